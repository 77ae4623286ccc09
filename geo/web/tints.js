// Which tint each zone gets, so that neighbours tell apart.
"use strict";

/** So many tints are in the style sheet. */
const TINTS = 6;

/** Adds to each zone those that it has a border with. */
function addNeighbours(beside, { topology, members }) {
  const owners = new Map();
  members.forEach((faces, zone) => faces.forEach((face) => topology.arcsOf(face).forEach((arc) => {
    const one = arc < 0 ? ~arc : arc;
    for (const other of owners.get(one) || []) {
      if (other !== zone) beside[beside[zone].add(other) && other].add(zone);
    }
    pushTo(owners, one, zone);
  })));
}

/**
 * A number for each zone, from 0, so that neighbours differ in all of these layers of the same zones:
 * those with most neighbours first, each takes the least that is free (Welsh and Powell 1967).
 */
function tints(layers) {
  const beside = layers[0].ids.map(() => new Set()), tint = [];
  for (const layer of layers) addNeighbours(beside, layer);
  const order = [...beside.keys()].sort((a, b) => beside[b].size - beside[a].size);
  for (const zone of order) {
    const taken = new Set([...beside[zone]].map((other) => tint[other]));
    tint[zone] = 0;
    while (taken.has(tint[zone])) tint[zone] += 1;
  }
  return tint;
}
