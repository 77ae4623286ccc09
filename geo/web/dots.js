// Dots of facilities; those that would cover each other are drawn as one.
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
    this.colour = style.getPropertyValue(`--${this.layer.style}`).trim();
    this.group = L.layerGroup().addTo(map);
    this.redraw();
    map.on("moveend", this.redraw, this);
  }

  onRemove(map) {
    map.off("moveend", this.redraw, this);
    this.group.remove();
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
    this.cells = [...cells.values()];
    const isAlone = (cell) => cell.length === 1 && this.layer.names[cell[0]].length === 1;
    const alone = this.cells.filter(isAlone), several = this.cells.filter((cell) => !isAlone(cell));
    this.group.clearLayers();
    for (const [some, size] of [[alone, 7], [several, 10]]) {
      for (const [color, weight] of [["#fff", size + 2], [this.colour, size]]) this.stroke(some, color, weight);
    }
    this.tellJoined(this.cells.some((cell) => cell.length > 1));
  }

  /** Thousands of dots as one path: lines of no length with round ends. A canvas would print blank. */
  stroke(some, color, weight) {
    const lines = some.map(([i]) => [this.places[i], this.places[i]]);
    L.polyline(lines, { pane: "dots", interactive: false, className: "dots", noClip: true, smoothFactor: 0, color, weight })
      .addTo(this.group);
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
