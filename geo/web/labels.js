// Names and numbers on the map: never one over another, the most important first.
"use strict";

/** About how wide a text is, in its own height: Japanese letters are square. */
function widthOf(text) {
  return [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 1 : 0.6), 0);
}

/** One of the places that a layer has numbers for. */
function spotAt({ topology: { scale } }, { lat, lng }, i) {
  return L.latLng(lat[i] / scale, lng[i] / scale);
}

/** The least size of a name, and how far below its place one begins that is under a number, in pixels. */
const SMALL = 11, UNDER = 9.3;
/** Where a label stands: to the right and down of its place, in its heights, and how large. */
const HERE = [0, 0, 1];
const STEPS = [0, -0.7, 0.7, -1.4, 1.4, -2.1, 2.1, -2.8, 2.8];
/** The places that it tries when its own is taken: the nearest first, then in smaller letters. */
const AROUND = STEPS.flatMap((down) => STEPS.map((right) => [right, down])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
const ELSEWHERE = [1, 0.8].flatMap((scale) => AROUND.map((spot) => [...spot, scale]));

class Labels {
  constructor(page) {
    this.page = page;
    this.pane = page.map.getPane("labels");
    const place = () => this.place();
    page.map.on("zoomend moveend", place);
    page.addEventListener("paint", place);
    page.addEventListener("labels", place);
    place();
  }

  /** The size of names, in pixels: what the page asks for, less on a small screen. */
  letters() {
    return Math.max(12, Math.min(this.page.data.letters || 12, this.page.map.getSize().x / 30));
  }

  /**
   * What there is to say, the most important group first. A label: [place, lines, class, size in pixels],
   * and, if it may move to where it finds room, [layer, zone], the zone that it must not leave.
   */
  wanted() {
    const { page } = this, { coloured } = page, split = page.splitsShown();
    if (page.swiping) return [page.swiping.labels()];
    const [figures, ...names] = coloured ? coloured.labels() : [[]];
    return [this.spots(), split ? this.numbers(split) : [], figures, this.wards(), ...names, this.names(split)];
  }

  spots() {
    return this.page.layers.filter(({ on, spots }) => on && spots).flatMap(({ spots }) => (
      spots.text.map((text, i) => [spotAt(this.page, spots, i), [text], "number", 13])));
  }

  numbers({ number }) {
    const own = this.page.byKey[this.page.byKey.split.of];
    return [...number.keys()].filter((zone) => number[zone])
      .map((zone) => [own.place(zone), [String(number[zone])], "split", 13, [own, zone]]);
  }

  /** Names of wards, unless they stand with the wards' figures. */
  wards() {
    const { page } = this, ward = page.layers.find(({ style }) => style === "ward");
    const told = page.coloured && page.coloured.layer === (ward || {}).key;
    if (!ward || !ward.on || ward.key === page.main || ward.size < 2 || told) return [];
    return ward.names.map((name, zone) => [ward.place(zone), [name], "ward", 16, [ward, zone]]);
  }

  /** Names of the main zones, those with a number below it. */
  names(split) {
    const { page } = this, main = page.byKey[page.main];
    if (!main.on) return [];
    const told = page.coloured && page.coloured.layer === main.key;
    return main.names.map((name, zone) => [
      main.place(zone), [(main.isFlagged(zone) ? "★ " : "") + name],
      ...(split ? [split.number[zone] ? "name under" : "name", SMALL] : ["name", this.letters()]),
      // Where figures stand with names, a name that moved would stand there twice.
      ...(told ? [] : [[main, zone]])]);
  }

  // --- placing them ---

  place() {
    Object.assign(this, { used: [], made: [] });
    for (const group of this.wanted()) {
      const left = group.filter((label) => !this.put(label, HERE));
      for (const label of left.filter(([, , , , within]) => within)) ELSEWHERE.some((spot) => this.put(label, spot));
    }
    this.pane.replaceChildren(...this.made);
  }

  /** Puts a label on the map, if there is room for it: to the right and down by so many of its heights. */
  put([at, lines, className, size, within], [right, down, scale]) {
    const { map } = this.page, { x: width, y: height } = map.getSize(), point = map.latLngToContainerPoint(at);
    const letters = Math.min(size, Math.max(SMALL, size * scale));
    const half = [Math.max(...lines.map(widthOf)) * letters / 2 + 2, letters * 0.7 * lines.length];
    const y = point.y + (className.endsWith("under") ? UNDER + half[1] : 0) + down * letters;
    const aside = point.x + right * letters;
    if (aside < 0 || aside > width) return false;
    // A name at the edge of the map moves in.
    const x = Math.min(Math.max(aside, half[0]), Math.max(half[0], width - half[0]));
    const box = [x - half[0], y - half[1], x + half[0], y + half[1]];
    if (box[3] < 0 || box[1] > height) return false;
    if (this.used.some((one) => box[0] < one[2] && box[2] > one[0] && box[1] < one[3] && box[3] > one[1])) return false;
    const moved = right || down;
    if (moved && !within[0].holds(within[1], map.containerPointToLatLng([x, y]))) return false;
    this.used.push(box);
    const label = element("div", lines.map((line) => element("div", said(line))), `map-label ${className}`);
    const spot = map.containerPointToLayerPoint([x, y]);
    label.style.left = `${spot.x}px`;
    label.style.top = `${spot.y}px`;
    label.style.fontSize = `${letters}px`;
    this.made.push(label);
    return true;
  }
}
