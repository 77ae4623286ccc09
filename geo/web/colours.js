// Zones coloured by a figure: their classes, the legend, the figures on the map.
"use strict";

/** So many shades are in the style sheet. */
const SHADES = 5;
/** The size of figures on the map, in pixels. */
const LETTER = 12;

/** The class of a value, from 1; a limit belongs to the class below it. 0: not known. */
function classOf(value, limits) {
  return value === null ? 0 : 1 + limits.slice(1, -1).filter((limit) => value > limit).length;
}

/** Few classes take shades that are far apart. */
function shade(level, { limits }) {
  const classes = limits.length - 1;
  return level && (classes > 1 ? 1 + Math.round((level - 1) * (SHADES - 1) / (classes - 1)) : 3);
}

class Colours {
  constructor(page) {
    Object.assign(this, { page, select: byId("colour"), chosen: null, shapes: [] });
    this.known = new Map(page.data.indicators.map((one) => [`${one.key}:${one.layer}`, one]));
    // What can be coloured can be read, too.
    for (const one of this.known.values()) page.byKey[one.layer].columns.push(one);
    this.select.addEventListener("change", () => {
      this.choose(this.select.value);
      if (this.chosen) page.show(this.chosen.layer, true);
    });
    // Whoever asks for the split zones wants to see them; while zones are coloured, the box is empty.
    for (const box of all('[data-layer="split"]')) {
      box.addEventListener("change", () => this.choose(""));
    }
    document.addEventListener("language", () => this.offer());
    this.offer();
    byId("colours").hidden = false;
  }

  /** What can be chosen, by layer, the topmost first; an option holds one language. */
  offer() {
    const none = new Option(spoken(this.page.byKey.split
      ? ["なし（ずれを塗る）", "None (split zones)"] : ["なし", "None"]), "");
    const groups = [...this.page.layers].reverse().map(({ key, title }) => {
      const group = element("optgroup", [...this.known].filter(([, { layer }]) => layer === key)
        .map(([value, one]) => new Option(spoken(one.title), value)));
      group.label = spoken(title);
      return group;
    });
    this.select.replaceChildren(none, ...groups.filter((group) => group.children.length));
    this.select.value = this.chosen ? `${this.chosen.key}:${this.chosen.layer}` : "";
  }

  choose(value) {
    const { page } = this, one = this.known.get(value) || null;
    if (one === this.chosen) return;
    this.chosen = one;
    this.select.value = one ? value : "";
    const levels = one && Array.from(one.values, (figure) => classOf(figure, one.limits));
    const classes = one && levels.map((level) => shade(level, one));
    page.coloured = one && { key: value, layer: one.layer, classes,
      labels: () => this.labels(one), said: (zone) => this.told(one, zone) };
    this.fill(one, classes);
    byId("colour-legend").replaceChildren(...(one ? this.legend(one, levels) : []));
    page.paint();
    page.changed();
  }

  /** The zones of the main layer are there already; those of another are drawn, below all lines. */
  fill(one, classes) {
    const { page } = this;
    for (const shape of this.shapes) shape.remove();
    this.shapes = !one || one.layer === page.main ? [] : classes.map((level, zone) => (
      page.shape(page.byKey[one.layer].outline(zone), "colour", `zone class-${level}`).addTo(page.map)));
  }

  /** Figures before names: they are what the map is about. Where zones are small, zooming in shows theirs. */
  labels({ layer: key, values, digits }) {
    const layer = this.page.byKey[key], numbers = Array.from(values, (value) => value !== null && figure(value, { digits })[0]);
    const zones = [...numbers.keys()].filter((zone) => numbers[zone] && this.fits(layer.box(zone), numbers[zone]));
    const look = layer.style === "ward" ? ["ward under", 16] : ["name under", LETTER - 1];
    return [
      zones.map((zone) => [layer.place(zone), [numbers[zone]], "value", LETTER, [layer, zone]]),
      zones.map((zone) => [layer.place(zone), [layer.names[zone]], ...look, [layer, zone]]),
    ];
  }

  /** Whether a zone is about as large on the screen as its figure. */
  fits(box, number) {
    if (!box.isValid()) return false;
    const { map } = this.page, west = map.latLngToLayerPoint(box.getSouthWest()), east = map.latLngToLayerPoint(box.getNorthEast());
    return east.x - west.x > widthOf(number) * LETTER * 0.8;
  }

  told(one, zone) {
    const title = eachLanguage(one.title, String);
    return eachLanguage(reading(zone, one), (value, i) => `${title[i]} ${value}`);
  }

  // --- the legend ---

  legend(one, levels) {
    const { limits } = one, places = levels.filter((level) => !level).length;
    const classes = limits.slice(1).map((limit, i) => {
      const least = i ? limits[i] + 1 : limits[0];
      return this.line(shade(i + 1, one), this.range(least, limit, one), levels.filter((level) => level === i + 1).length);
    });
    if (places) classes.push(this.line(0, UNKNOWN, places));
    const method = ["区域の数がほぼ等しくなるように分けた（分位数）。", "Classes of about as many zones each (quantiles)."];
    return [
      element("p", [element("strong", said(one.title)), " ", element("small", said(this.page.byKey[one.layer].title))]),
      element("ul", classes, "classes"),
      element("p", [...said(limits.length > 2 ? method : ""), " ", ...said(one.basis)], "rule"),
      element("p", said(one.source), "rule"),
    ];
  }

  range(least, most, one) {
    const from = figure(least, { digits: one.digits })[0];
    return eachLanguage(figure(most, one), (to) => (least < most ? `${from}–${to}` : to));
  }

  line(level, text, zones) {
    const swatch = element("span", [], `swatch class-${level}`);
    swatch.setAttribute("aria-hidden", "true");
    const number = figure(zones, { unit: ["区域", zones === 1 ? "zone" : "zones"] });
    return element("li", [swatch, element("span", said(text)), element("span", said(number), "licence")]);
  }

  // --- in a link: colour=key:layer ---

  read(params) {
    this.choose(params.get("colour") || "");
  }

  write() {
    return { colour: this.select.value || null };
  }
}

function bindColours(page) {
  if (!page.data.indicators || !page.data.indicators.length) return;
  page.states = page.states || {};
  page.states.colour = new Colours(page);
}

BINDINGS.push(bindColours);
