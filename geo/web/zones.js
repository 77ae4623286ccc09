// A layer of zones: outlines, borders, which zone a place is in, and what is known of each.
"use strict";

function insideRing(ring, lat, lng) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i], b = ring[j];
    if (a.lat > lat !== b.lat > lat
      && lng < ((b.lng - a.lng) * (lat - a.lat)) / (b.lat - a.lat) + a.lng) inside = !inside;
  }
  return inside;
}

class Zones {
  /** `base` is the layer whose faces the zones are made of, where they have none of their own. */
  constructor(layer, topology, base) {
    Object.assign(this, layer);
    this.topology = topology;
    this.size = this.ids ? this.ids.length : layer.faces.length;
    this.outlines = new Array(this.size);
    this.boxes = new Array(this.size);
    this.members = Array.from({ length: this.size }, () => []);
    if (base) base.faces.forEach((face, i) => layer.row[i] && this.members[layer.row[i] - 1].push(face));
    else layer.faces.forEach((face, i) => this.members[i].push(face));
    this.baseFaces = base ? base.faces : null;
  }

  /** Even-odd over all rings, so that holes and several parts need no special case. */
  outline(zone) {
    if (!this.outlines[zone]) this.outlines[zone] = this.topology.outline(this.members[zone]);
    return this.outlines[zone];
  }

  box(zone) {
    if (!this.boxes[zone]) {
      const box = L.latLngBounds([]);
      for (const ring of this.outline(zone)) for (const place of ring) box.extend(place);
      this.boxes[zone] = box;
    }
    return this.boxes[zone];
  }

  borders() {
    if (this.lines) return this.lines;
    const zone = new Map();
    this.members.forEach((faces, i) => faces.forEach((face) => zone.set(face, i)));
    this.lines = this.topology.borders([...zone.keys()], (face) => zone.get(face));
    return this.lines;
  }

  /** All zones as one outline. */
  whole() {
    return this.topology.outline([...new Set(this.members.flat())]);
  }

  place(zone) {
    return L.latLng(this.lat[zone] / this.topology.scale, this.lng[zone] / this.topology.scale);
  }

  /** The zones that hold a place: one, none, or several where zones overlap. */
  at({ lat, lng }) {
    const found = [];
    for (let zone = 0; zone < this.size; zone++) if (this.holds(zone, { lat, lng })) found.push(zone);
    return found;
  }

  holds(zone, { lat, lng }) {
    const box = this.box(zone);
    return box.isValid() && lat >= box.getSouth() && lat <= box.getNorth() && lng >= box.getWest()
      && lng <= box.getEast()
      && this.outline(zone).filter((ring) => insideRing(ring, lat, lng)).length % 2 === 1;
  }

  isFlagged(zone) {
    return Boolean(this.flagged && this.flagged.includes(zone));
  }

  /** What a reader sees of a zone: [title, value] pairs. */
  facts(zone) {
    const columns = (this.columns || []).map((column) => (
      [column.title, reading(zone, column)]));
    return [...columns, ...(this.said ? this.said[zone] : [])];
  }
}

/** Which zones of two layers share people (or land), most first. */
class Pairs {
  constructor(pairs) {
    Object.assign(this, pairs);
    this.byLeft = new Map();
    this.byRight = new Map();
    pairs.lefts.forEach((left, i) => {
      pushTo(this.byLeft, left, i);
      pushTo(this.byRight, pairs.rights[i], i);
    });
  }

  /** The parts of a zone of layer `key`: [other layer, other zone, value, share], most first. */
  parts(key, zone) {
    const isLeft = key === this.left;
    const rows = (isLeft ? this.byLeft : this.byRight).get(zone) || [];
    const total = rows.reduce((sum, i) => sum + (this.values[i] || 0), 0);
    return rows
      .map((i) => [isLeft ? this.right : this.left, (isLeft ? this.rights : this.lefts)[i],
        this.values[i], this.values[i] === null || !total ? NaN : this.values[i] / total])
      .sort((a, b) => (b[2] || 0) - (a[2] || 0));
  }
}
