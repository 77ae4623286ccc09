// Two partitions on one map, one on each side of a bar that the reader moves.
"use strict";

const SIDES = ["left", "right"];
const END = ["比べるのを終える", "End comparing"];
/** Panes that stay: the ground, the buttons of the keyboard (unseen), what is chosen, names. */
const KEPT = ["land", "fill", "selected", "labels"];
/** The size of names on the map, and the least width of a side that is named, in pixels. */
const LETTERS = 12, NAMED = 90;

class Swipe {
  /** Shows the layers of two keys on both sides of a bar; `move` says where it stands. */
  constructor(page, keys) {
    this.page = page;
    this.keys = keys;
    this.layers = keys.map((key) => page.byKey[key]);
    // The place for a zone's name may be where a proposal has moved the zone away.
    this.named = this.layers.map((layer) => [...layer.names.keys()].filter((zone) => layer.holds(zone, layer.place(zone))));
    // The same zones, today and proposed, look the same on both sides.
    const [left, right] = this.layers, same = left.ids.join() === right.ids.join();
    this.groups = this.layers.map((layer, i) => (
      this.draw(layer, `swipe-${SIDES[i]}`, tints(same ? [left, right] : [layer])).addTo(page.map)));
    this.cover = this.makeCover();
    this.hide(true);
    page.map.on("move zoom viewreset resize", this.clip, this);
  }

  end() {
    this.page.map.off("move zoom viewreset resize", this.clip, this);
    for (const group of this.groups) group.remove();
    this.cover.remove();
    this.hide(false);
  }

  /** What is on stays on, unseen. */
  hide(hidden) {
    const { map } = this.page;
    for (const name of Object.keys(PANES)) if (!KEPT.includes(name)) map.getPane(name).hidden = hidden;
    map.getContainer().classList.toggle("swiping", hidden);
  }

  // --- drawing ---

  draw(layer, pane, tint) {
    const { page } = this, group = L.layerGroup();
    this.pane(pane);
    tint.forEach((number, zone) => (
      group.addLayer(page.shape(layer.outline(zone), pane, `zone tint-${number % TINTS + 1}`))));
    if (layer.moved) for (const town of page.movedTowns(layer, pane)) group.addLayer(town);
    if (CASED.includes(layer.style)) group.addLayer(page.line(layer, pane, "casing"));
    return group.addLayer(page.line(layer, pane, `border ${layer.style}`));
  }

  pane(name) {
    const { map } = this.page;
    if (!map.getPane(name)) map.createPane(name).setAttribute("aria-hidden", "true");
  }

  /** The bar, the names of both sides, and a way out. */
  makeCover() {
    const names = this.layers.map(({ title }, i) => (
      element("div", [element("span", said(title))], `swipe-name ${SIDES[i]}`)));
    const bar = element("div", [element("span", ["⇔"])], "swipe-bar");
    bar.setAttribute("aria-hidden", "true");
    const end = element("button", said(END));
    end.type = "button";
    end.addEventListener("click", () => {
      this.page.compare.end();
      this.page.compare.button.focus({ preventScroll: true });
    });
    this.bar = bar;
    this.bindBar();
    L.DomEvent.disableClickPropagation(end);
    const cover = element("div", [...names, bar, end], "swipe-cover");
    this.page.map.getContainer().append(cover);
    return cover;
  }

  bindBar() {
    const { bar, page } = this;
    L.DomEvent.disableClickPropagation(bar);
    bar.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      bar.setPointerCapture(event.pointerId);
    });
    bar.addEventListener("pointermove", (event) => {
      if (!bar.hasPointerCapture(event.pointerId)) return;
      const { left, width } = page.map.getContainer().getBoundingClientRect();
      this.move((event.clientX - left) / width * 100);
    });
    bar.addEventListener("pointerup", () => page.changed());
    // What the map tells of the place below the pointer is not wanted on the bar.
    bar.addEventListener("pointerenter", () => page.map.fire("mouseout"));
    bar.addEventListener("mousemove", (event) => event.stopPropagation());
  }

  // --- the bar ---

  /** Moves the bar to so many per cent of the map's width. */
  move(at) {
    this.at = Math.min(100, Math.max(0, Math.round(at)));
    this.bar.style.left = `${this.at}%`;
    this.cover.style.gridTemplateColumns = `${this.at}% 1fr`;
    this.clip();
    this.page.dispatchEvent(new Event("swipe"));
    this.page.dispatchEvent(new Event("labels"));
  }

  /** Where the bar is, in pixels from the left of the map. */
  x() {
    return this.page.map.getSize().x * this.at / 100;
  }

  /** Each pane ends at the bar, wherever the map has been moved to below it. */
  clip() {
    const { map } = this.page, { x, y } = map.getSize();
    const edges = [0, this.x(), x];
    SIDES.forEach((side, i) => {
      const corners = [[edges[i], 0], [edges[i + 1], 0], [edges[i + 1], y], [edges[i], y]]
        .map((corner) => map.containerPointToLayerPoint(corner)).map((at) => `${at.x}px ${at.y}px`);
      map.getPane(`swipe-${side}`).style.clipPath = `polygon(${corners.join(",")})`;
      this.cover.children[i].style.visibility = edges[i + 1] - edges[i] < NAMED ? "hidden" : "";
    });
  }

  /** The names of the zones on their own side: no name crosses the bar. */
  labels() {
    const { map } = this.page, bar = this.x(), top = this.cover.firstChild.offsetHeight;
    return this.layers.flatMap((layer, i) => this.named[i].filter((zone) => {
      const { x, y } = map.latLngToContainerPoint(layer.place(zone));
      const half = widthOf(layer.names[zone]) * LETTERS / 2 + 2;
      return y > top && (i ? x - half > bar : x + half < bar);
    }).map((zone) => [layer.place(zone), [layer.names[zone]], "name", LETTERS]));
  }
}
