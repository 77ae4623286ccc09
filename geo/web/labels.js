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

  /** What there is to say, most important first: [place, lines, class, size in pixels]. */
  wanted() {
    const { page } = this, main = page.byKey[page.main], found = [];
    if (page.swiping) return page.swiping.labels();
    for (const { on, spots } of page.layers) {
      if (on && spots) spots.text.forEach((text, i) => found.push([spotAt(page, spots, i), [text], "number", 13]));
    }
    const ward = page.layers.find(({ style }) => style === "ward");
    if (ward && ward.on && ward !== main && ward.size > 1) {
      for (let i = 0; i < ward.size; i++) found.push([ward.place(i), [ward.names[i]], "ward", 16]);
    }
    const split = page.splitsShown();
    if (split) {
      const own = page.byKey[page.byKey.split.of];
      split.number.forEach((number, i) => {
        if (number) found.push([own.place(i), [String(number)], "split", 13]);
      });
    }
    if (page.coloured) found.push(...page.coloured.labels());
    const names = page.layers.find(({ style, on }) => on && style === "care") && split ? [] : [main];
    for (const layer of names) {
      if (!layer.on) continue;
      for (let i = 0; i < layer.size; i++) found.push([layer.place(i), [(layer.isFlagged(i) ? "★ " : "") + layer.names[i]], "name", this.letters()]);
    }
    if (split && main.on) {
      for (let i = 0; i < main.size; i++) found.push([main.place(i), [main.names[i]], "name under", 11]);
    }
    return found;
  }

  place() {
    const { map } = this.page, size = map.getSize(), used = [], made = [];
    for (const [at, lines, className, height] of this.wanted()) {
      const point = map.latLngToContainerPoint(at), under = className.endsWith("under") ? 17 : 0, { y } = point;
      const half = Math.max(...lines.map(widthOf)) * height / 2 + 2;
      // A name at the edge of the map moves in, as long as its place is in sight.
      const x = point.x < 0 || point.x > size.x ? point.x : Math.min(Math.max(point.x, half), Math.max(half, size.x - half));
      const box = [x - half, y + under - height * 0.7 * lines.length, x + half, y + under + height * 0.7 * lines.length];
      if (box[2] < 0 || box[3] < 0 || box[0] > size.x || box[1] > size.y) continue;
      if (used.some((one) => box[0] < one[2] && box[2] > one[0] && box[1] < one[3] && box[3] > one[1])) continue;
      used.push(box);
      const label = element("div", lines.map((line) => element("div", said(line))), `map-label ${className}`);
      const spot = map.containerPointToLayerPoint([x, y + under]);
      label.style.left = `${spot.x}px`;
      label.style.top = `${spot.y}px`;
      label.style.fontSize = `${height}px`;
      made.push(label);
    }
    this.pane.replaceChildren(...made);
  }
}
