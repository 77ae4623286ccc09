// The map: which layers there are, which are on, and how they are drawn.
"use strict";

/** Panes from below: fills, what lies on them, white lines under dark ones, lines, what is chosen. */
const PANES = { land: 390, fill: 400, colour: 401, part: 405, casing: 410, town: 415, other: 420,
  before: 422, district: 425, after: 428, care: 430, moved: 435, ward: 440, selected: 450, dots: 460, labels: 620 };
const CASED = ["care", "moved"];
/** Layers without borders: their zones lie here and there. */
const FILLED = ["part", "hatched"];

class MapPage extends EventTarget {
  constructor(map, data) {
    super();
    Object.assign(this, { map, data, main: data.main, selected: null });
    this.topology = new Topology(data);
    this.byKey = {};
    this.groups = {};
    for (const layer of data.layers) this.byKey[layer.key] = this.read(layer);
    this.layers = data.layers.map(({ key }) => this.byKey[key]).filter(({ kind }) => kind !== "base");
    this.pairs = data.pairs ? new Pairs(data.pairs) : null;
    for (const [name, depth] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = depth;
      // Zones of the main layer are the buttons of the map; the rest stands in lists and in words.
      if (name !== "fill") pane.setAttribute("aria-hidden", "true");
    }
    for (const name of ["tilePane", "overlayPane", "shadowPane"]) map.getPane(name).setAttribute("aria-hidden", "true");
    // What somebody adds with Folium is not to lie under the areas.
    map.getPane("overlayPane").style.zIndex = 455;
    map.fitBounds(data.bounds, { padding: [8, 8], animate: false });
  }

  read(layer) {
    if (layer.kind !== "zones") return layer;
    return new Zones(layer, this.topology, layer.faces ? null : this.byKey[layer.of]);
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  // --- which layers are on ---

  /** Draws what is on at first. */
  start() {
    const ground = this.byKey[this.data.ground];
    L.polygon(ground.whole(), { pane: "land", interactive: false, className: "land" }).addTo(this.map);
    this.drawMain();
    for (const layer of this.layers) if (layer.on) this.draw(layer);
    this.paint();
  }

  isOn(key) {
    return Boolean(this.byKey[key] && this.byKey[key].on);
  }

  show(key, on) {
    const layer = this.byKey[key];
    if (layer.on === on) return;
    layer.on = on;
    if (on) this.draw(layer);
    else if (this.groups[key]) this.groups[key].remove();
    const box = document.querySelector(`[data-layer="${CSS.escape(key)}"]`);
    if (box) box.checked = on;
    this.paint();
    this.changed();
  }

  /** The proposal that is shown alone. */
  proposal() {
    const shown = this.layers.filter(({ on, moved }) => on && moved);
    return shown.length === 1 ? shown[0] : null;
  }

  /** How zones are split: as the proposal shown would have it, else as it is. */
  splits() {
    const { split } = this.byKey, proposal = this.proposal();
    return (proposal && split && split.proposed[proposal.key]) || split;
  }

  /** What of it is drawn: nothing while zones are coloured by a figure. */
  splitsShown() {
    return this.isOn("split") && !this.coloured ? this.splits() : null;
  }

  visible() {
    return this.swiping ? this.swiping.layers : this.layers.filter(({ on }) => on);
  }

  // --- drawing ---

  draw(layer) {
    if (layer.kind === "classes") return;
    if (!this.groups[layer.key]) {
      this.groups[layer.key] = layer.kind === "dots" ? new Dots(this.map, layer) : this.drawZones(layer);
    }
    this.groups[layer.key].addTo(this.map);
  }

  drawZones(layer) {
    const { style } = layer, group = L.layerGroup();
    if (FILLED.includes(style)) {
      for (let i = 0; i < layer.size; i++) group.addLayer(this.shape(layer.outline(i), "part", `zone ${style}`));
      return group;
    }
    if (style === "moved") for (const town of this.movedTowns(layer, "moved")) group.addLayer(town);
    if (CASED.includes(style)) group.addLayer(this.line(layer, "casing", "casing"));
    return group.addLayer(this.line(layer, style, `border ${style}`));
  }

  movedTowns({ of, moved }, pane) {
    const { faces } = this.byKey[of];
    return [...moved].map((block) => this.shape(this.topology.outline([faces[block]]), pane, "zone moved"));
  }

  shape(rings, pane, className) {
    return L.polygon(rings, { pane, interactive: false, className });
  }

  line(layer, pane, className) {
    return L.polyline(layer.borders(), { pane, interactive: false, className });
  }

  /** The zones that can be reached by keyboard; their fill says what is chosen. */
  drawMain() {
    const main = this.byKey[this.main];
    this.shapes = Array.from({ length: main.size },
      (_, i) => this.shape(main.outline(i), "fill", "zone").addTo(this.map));
  }

  /** Fills: the classes of a figure that was chosen, else how much zones are split. */
  paint() {
    const split = this.splitsShown();
    this.shapes.forEach((shape, i) => {
      const level = this.coloured && this.coloured.layer === this.main ? `class-${this.coloured.classes[i]}`
        : split ? `level-${split.level[i]}` : "";
      const path = shape.getElement();
      for (const name of [...path.classList]) if (/^(class|level)-/.test(name)) path.classList.remove(name);
      if (level) path.classList.add(level);
    });
    this.dispatchEvent(new Event("paint"));
  }

  // --- choosing ---

  /** Chooses a zone: marks it, and goes there if asked. */
  select(key, zone, { go = false } = {}) {
    this.mark(key, zone);
    this.selected = zone === null ? null : { key, zone };
    if (go && zone !== null) this.goTo(key, zone);
    this.dispatchEvent(new Event("select"));
    this.changed();
  }

  mark(key, zone) {
    if (this.marked) this.marked.remove();
    // A dark line under the bright one: it is seen on white, too.
    this.marked = zone === null ? null : L.layerGroup(["selected-casing", "selected"].map((line) => (
      this.shape(this.byKey[key].outline(zone), "selected", `zone ${line}`)))).addTo(this.map);
  }

  goTo(key, zone) {
    const box = this.byKey[key].box(zone);
    if (box.isValid()) this.map.fitBounds(box, { padding: [40, 40], maxZoom: 15, animate: false });
  }
}
