// Arcs and faces: what geo/topology.py made, as outlines and borders for Leaflet.
"use strict";

/** The items of a list one after another, each as long as `sizes` says: where they start. */
function starts(sizes) {
  const found = new Int32Array(sizes.length + 1);
  sizes.forEach((size, i) => {
    found[i + 1] = found[i] + size;
  });
  return found;
}

/** The arcs of rings: 0 is the next new one, n the one n before it, against it if n is above 0. */
function numbered(steps) {
  let next = 0;
  return steps.map((n) => (n === 0 ? next++ : n > 0 ? ~(next - n) : next + n));
}

function pushTo(lists, key, value) {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

class Topology {
  constructor({ arcs, faces, scale }) {
    this.arcs = arcs;
    this.scale = scale;
    this.start = starts(arcs.lengths);
    this.points = new Array(arcs.lengths.length);
    const part = starts(faces.parts), ring = starts(faces.rings), arc = starts(faces.sizes);
    const directed = numbered(faces.arcs);
    /** The directed arcs of a face: those of all its rings. */
    this.arcsOf = (face) => directed.subarray(arc[ring[part[face]]], arc[ring[part[face + 1]]]);
    /** The rings of a face as lists of directed arcs. */
    this.ringsOf = (face) => {
      const found = [];
      for (let r = ring[part[face]]; r < ring[part[face + 1]]; r++) {
        found.push(directed.subarray(arc[r], arc[r + 1]));
      }
      return found;
    };
  }

  /** The places of an arc, made once, so that all layers share them. */
  pointsOf(arc) {
    if (!this.points[arc]) {
      const { x, y } = this.arcs, found = [];
      for (let i = this.start[arc]; i < this.start[arc + 1]; i++) {
        found.push(new L.LatLng(y[i] / this.scale, x[i] / this.scale));
      }
      this.points[arc] = found;
    }
    return this.points[arc];
  }

  /** The node that a directed arc starts or ends at, as a number. */
  node(arc, end) {
    const one = arc < 0 ? ~arc : arc, atEnd = end !== (arc < 0);
    const i = atEnd ? this.start[one + 1] - 1 : this.start[one];
    return (this.arcs.x[i] + 2 ** 25) * 2 ** 26 + this.arcs.y[i] + 2 ** 25;
  }

  /** Directed arcs, each starting where the one before ends, as one line of places. */
  line(arcs) {
    const found = [];
    for (const arc of arcs) {
      const points = this.pointsOf(arc < 0 ? ~arc : arc);
      const skip = found.length ? 1 : 0;
      if (arc >= 0) for (let i = skip; i < points.length; i++) found.push(points[i]);
      else for (let i = points.length - 1 - skip; i >= 0; i--) found.push(points[i]);
    }
    return found;
  }

  /**
   * The outline of some faces as rings: the arcs that are not cancelled by their own reverse.
   * An arc may run several times where the grid has closed a gap, so that they are counted.
   */
  outline(faces) {
    if (faces.length === 1) return this.ringsOf(faces[0]).map((arcs) => this.line(arcs));
    const times = new Map(), from = new Map(), rings = [];
    for (const face of faces) {
      for (const arc of this.arcsOf(face)) {
        const one = arc < 0 ? ~arc : arc;
        times.set(one, (times.get(one) || 0) + (arc < 0 ? -1 : 1));
      }
    }
    for (const [one, count] of times) {
      const arc = count < 0 ? ~one : one;
      for (let i = 0; i < Math.abs(count); i++) pushTo(from, this.node(arc, false), arc);
    }
    // As many arcs leave a node as reach it: a walk ends where it began.
    for (const leaving of from.values()) {
      while (leaving.length) {
        const ring = [];
        for (let arc = leaving.pop(); arc !== undefined; arc = from.get(this.node(arc, true)).pop()) ring.push(arc);
        rings.push(this.line(ring));
      }
    }
    return rings;
  }

  /**
   * Every border once, as lines: the arcs whose two sides are in different groups.
   * A dashed line drawn from both sides would fill its own gaps.
   */
  borders(faces, groupOf) {
    const side = new Map(), inner = new Set();
    for (const face of faces) {
      const group = groupOf(face);
      if (group === undefined) continue;
      for (const arc of this.arcsOf(face)) {
        const one = arc < 0 ? ~arc : arc;
        if (side.get(one) === group) inner.add(one);
        else side.set(one, group);
      }
    }
    return this.chains([...side.keys()].filter((arc) => !inner.has(arc)));
  }

  /** Arcs joined into lines as long as possible: to where other than two of them meet. */
  chains(arcs) {
    const at = new Map(), left = new Set(arcs);
    for (const arc of arcs) {
      pushTo(at, this.node(arc, false), arc);
      pushTo(at, this.node(arc, true), ~arc);
    }
    const further = (arc) => {
      const here = at.get(this.node(arc, true));
      const next = here.length === 2 ? here.find((one) => one !== ~arc) : undefined;
      return next !== undefined && left.delete(next < 0 ? ~next : next) ? next : undefined;
    };
    const lines = [];
    for (const arc of arcs) {
      if (!left.delete(arc)) continue;
      const line = [arc];
      for (let next = further(arc); next !== undefined; next = further(next)) line.push(next);
      for (let back = further(~arc); back !== undefined; back = further(back)) line.unshift(~back);
      lines.push(this.line(line));
    }
    return lines;
  }
}
