// Dots of facilities on a canvas; those that would cover each other are drawn as one.
"use strict";

/** Dots closer than this are one dot, in pixels. */
const DOT_CELL = 7;
const NAMES_SHOWN = 5;

class Dots extends L.Layer {
  constructor(map, layer) {
    super();
    this.layer = layer;
    const scale = map.keniki.scale;
    this.places = Array.from(layer.lat, (lat, i) => L.latLng(lat / scale, layer.lng[i] / scale));
  }

  onAdd(map) {
    const style = getComputedStyle(document.documentElement);
    this.renderer = L.canvas({ pane: "dots", padding: 0.3 });
    this.plain = { renderer: this.renderer, pane: "dots", interactive: false, color: "#fff", weight: 1,
      fillColor: style.getPropertyValue(`--${this.layer.style}`).trim(), fillOpacity: 1 };
    this.group = L.layerGroup().addTo(map);
    this.redraw();
    map.on("moveend", this.redraw, this);
  }

  onRemove(map) {
    map.off("moveend", this.redraw, this);
    this.group.remove();
    this.renderer.remove();
    this.tellJoined(false);
  }

  /** The dots in sight, one for each cell of the screen. */
  redraw() {
    const map = this._map, sight = map.getBounds().pad(0.3), cells = new Map();
    this.places.forEach((place, i) => {
      if (!sight.contains(place)) return;
      const { x, y } = map.latLngToLayerPoint(place);
      pushTo(cells, `${Math.floor(x / DOT_CELL)} ${Math.floor(y / DOT_CELL)}`, i);
    });
    this.group.clearLayers();
    this.cells = [...cells.values()];
    for (const cell of this.cells) {
      const several = cell.length > 1 || this.layer.names[cell[0]].length > 1;
      L.circleMarker(this.places[cell[0]], { ...this.plain, radius: several ? 5 : 3.5 }).addTo(this.group);
    }
    this.tellJoined(this.cells.some((cell) => cell.length > 1));
  }

  /** Says in the list of layers whether dots stand for several. */
  tellJoined(joined) {
    for (const note of all(`[data-joined="${CSS.escape(this.layer.key)}"]`)) note.hidden = !joined;
  }

  /** The names at a place, if the pointer is on a dot; else none. */
  namesAt(latlng) {
    const map = this._map, at = map.latLngToLayerPoint(latlng);
    let nearest = null, least = 9;
    for (const cell of this.cells || []) {
      const far = map.latLngToLayerPoint(this.places[cell[0]]).distanceTo(at);
      if (far <= least) [nearest, least] = [cell, far];
    }
    return nearest ? nearest.flatMap((i) => this.layer.names[i]) : [];
  }
}

/** The first names at a spot, and how many more stand there. */
function firstNames(names, most = NAMES_SHOWN) {
  const lines = names.slice(0, most).map(([name, category]) => element("div",
    category && category.length ? [...said(name), " ", element("small", said(category))] : said(name)));
  const more = names.length - lines.length;
  return more > 0 ? [...lines, element("div", said([`ほか${more}件`, `and ${more} more`]))] : lines;
}
