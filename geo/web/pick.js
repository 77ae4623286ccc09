// Pointing and choosing: by pointer, by keyboard, or in a list; what is chosen is told in words.
"use strict";

/** What a town lies in: its zone of every partition, or all of them where a border cuts it. */
function around(page, town, row) {
  const faces = new Set(town.members[row]);
  return page.layers.filter((layer) => layer.columns && layer !== town).reverse().map((layer) => {
    const own = layer.names.filter((_, zone) => layer.members[zone].some((face) => faces.has(face)));
    const names = own.length ? own : layer.at(town.place(row)).map((zone) => layer.names[zone]);
    return [layer.title, ["、", ", "].map((comma) => names.join(comma))];
  }).filter(([, [names]]) => names);
}

function describe(page, layer, zone) {
  const facts = [...(layer.style === "town" ? around(page, layer, zone) : []), ...layer.facts(zone)];
  if (page.pairs && [page.pairs.left, page.pairs.right].includes(layer.key)) {
    for (const [key, other, value, share] of page.pairs.parts(layer.key, zone)) {
      const part = eachLanguage(figure(value, page.pairs), (text, i) => (
        `${page.byKey[key].names[other]} ${percent(share)}${i ? ` (${text})` : `（${text}）`}`));
      facts.push([page.byKey[key].title, part]);
    }
  }
  return element("div", [
    element("h3", [layer.names[zone], " ", element("small", said(layer.title))]),
    element("dl", facts.flatMap(([name, value]) => [element("dt", said(name)), element("dd", said(value))])),
  ], "zone-facts");
}

/** What the button of a zone says to a screen reader. */
function buttonName(page, zone) {
  const layer = page.byKey[page.main], parts = page.splits() ? page.splits().number[zone] : 0;
  const more = page.coloured && page.coloured.said ? eachLanguage(page.coloured.said(zone), (one) => one) : ["", ""];
  const flags = layer.isFlagged(zone) ? eachLanguage(layer.said[zone][0][0], (one) => one) : ["", ""];
  return eachLanguage(layer.names[zone], (name, i) => {
    const split = !parts ? "" : i ? `split between ${parts}` : `${parts}つに分かれる`;
    return [name, flags[i], split, more[i]].filter(Boolean).join(i ? ", " : "、");
  });
}

class Picking {
  constructor(page) {
    this.page = page;
    this.detail = byId("detail");
    this.bindPointer();
    this.bindKeyboard();
    this.bindLists();
    this.bindScrolling();
    page.addEventListener("select", () => this.tell());
    page.addEventListener("paint", () => this.nameButtons());
    document.addEventListener("language", () => this.nameButtons());
  }

  // --- by pointer ---

  /** What lies at a place: [layer, zone] of each visible layer, the main one first, and dots. */
  at(latlng) {
    const { page } = this;
    const layers = page.visible().filter(({ kind }) => kind === "zones");
    layers.sort((a, b) => (b.key === page.main) - (a.key === page.main));
    const zones = layers.flatMap((layer) => layer.at(latlng).map((zone) => [layer, zone]));
    const dots = page.visible().filter(({ kind }) => kind === "dots")
      .map((layer) => [layer, page.groups[layer.key].namesAt(latlng)]).filter(([, names]) => names.length);
    const moves = layers.filter(({ moved }) => moved).flatMap((layer) => this.moveAt(layer, latlng));
    return { zones, dots, moves };
  }

  /** The town that a proposal moves and that lies here. */
  moveAt(layer, { lat, lng }) {
    const { topology, byKey } = this.page, faces = byKey[layer.of].faces;
    const found = [...layer.moved].findIndex((block) => topology.outline([faces[block]])
      .filter((ring) => insideRing(ring, lat, lng)).length % 2);
    return found < 0 ? [] : [[layer, layer.moves.names[found], layer.moves.said[found]]];
  }

  bindPointer() {
    const { map } = this.page;
    const hover = L.tooltip({ className: "hover", offset: [14, 0], direction: "auto", pane: "tooltipPane" });
    let last = null, waiting = false;
    const tell = () => {
      waiting = false;
      if (!last) return;
      const { zones, dots } = this.at(last);
      const lines = [
        ...zones.map(([layer, zone]) => element("div", [element("small", said(layer.title)), " ", layer.names[zone]])),
        ...dots.flatMap(([, names]) => firstNames(names)),
      ];
      if (lines.length) hover.setLatLng(last).setContent(element("div", lines)).addTo(map);
      else hover.remove();
    };
    map.on("mousemove", ({ latlng }) => {
      last = latlng;
      if (!waiting) requestAnimationFrame(tell);
      waiting = true;
    });
    map.on("mouseout", () => {
      last = null;
      hover.remove();
    });
    map.on("click", ({ latlng }) => this.choose(latlng));
  }

  choose(latlng) {
    const found = this.at(latlng);
    if (found.zones.length) this.page.select(found.zones[0][0].key, found.zones[0][1]);
    if (!this.detail || !(found.zones.length + found.dots.length)) return;
    this.detail.replaceChildren(
      ...found.dots.map(([layer, names]) => element("div",
        [element("h3", said(layer.title)), ...firstNames(names, 20)], "zone-facts")),
      ...found.moves.map(([layer, name, facts]) => element("div", [
        element("h3", [name, " ", element("small", said(layer.title))]),
        element("dl", facts.flatMap(([title, value]) => [element("dt", said(title)), element("dd", said(value))])),
      ], "zone-facts")),
      ...found.zones.map(([layer, zone]) => describe(this.page, layer, zone)),
    );
  }

  // --- by keyboard: one tab stop; arrows go to the neighbour there, Page keys through the list ---

  bindKeyboard() {
    this.page.shapes.forEach((shape, i) => {
      const path = shape.getElement();
      path.setAttribute("role", "button");
      path.setAttribute("tabindex", i ? "-1" : "0");
      path.addEventListener("keydown", (event) => this.key(event, i));
      path.addEventListener("focus", () => this.focused(i));
      path.addEventListener("blur", () => this.unfocused());
    });
    this.nameButtons();
  }

  nameButtons() {
    const { page } = this, group = page.map.getPane("fill").querySelector("svg");
    if (!group) return;
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", spoken(eachLanguage(page.byKey[page.main].title, (title, i) => (i
      ? `${title}: arrow keys move, Enter chooses` : `${title}（矢印キーで移動、Enterで選択）`))));
    page.shapes.forEach((shape, i) => shape.getElement().setAttribute("aria-label", spoken(buttonName(page, i))));
  }

  key(event, zone) {
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const last = this.page.shapes.length - 1;
    const place = { Home: 0, End: last, PageUp: zone - 1, PageDown: zone + 1 }[event.key];
    if (!direction && place === undefined && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (direction) this.move(zone, direction);
    else if (place === undefined) this.page.select(this.page.main, zone);
    else this.focus(Math.min(Math.max(place, 0), last));
  }

  /** Focus goes to the zone that is nearest in the quarter of this direction: so all are reached. */
  move(zone, [right, down]) {
    const { page } = this, main = page.byKey[page.main];
    const at = (i) => page.map.project(main.place(i)), here = at(zone);
    let nearest = null, least = Infinity;
    page.shapes.forEach((_, i) => {
      const { x, y } = at(i).subtract(here);
      const ahead = x * right + y * down, aside = Math.abs(x * down) + Math.abs(y * right);
      const far = Math.hypot(x, y);
      if (i !== zone && ahead > 0 && aside <= ahead && far < least) [nearest, least] = [i, far];
    });
    if (nearest !== null) this.focus(nearest);
  }

  focus(zone) {
    this.page.shapes.forEach((shape, i) => shape.getElement().setAttribute("tabindex", i === zone ? "0" : "-1"));
    this.page.shapes[zone].getElement().focus({ preventScroll: true });
  }

  focused(zone) {
    const { page } = this, main = page.byKey[page.main];
    page.shapes[zone].getElement().classList.add("focused");
    this.ring = page.shape(main.outline(zone), "selected", "zone focus-ring").addTo(page.map);
    if (!page.map.getBounds().contains(main.place(zone))) page.map.panTo(main.place(zone), { animate: false });
    this.hint = L.tooltip({ className: "hover", direction: "top" }).setLatLng(main.place(zone))
      .setContent(element("div", said(main.names[zone]))).addTo(page.map);
  }

  unfocused() {
    for (const one of [this.ring, this.hint]) if (one) one.remove();
  }

  // --- in a list ---

  bindLists() {
    for (const button of all("[data-zone]")) {
      button.addEventListener("click", () => {
        const layer = this.page.byKey[button.dataset.show];
        this.page.select(layer.key, layer.ids.indexOf(button.dataset.zone), { go: true });
        this.reveal();
      });
    }
  }

  /** What is told is a tab stop while there is more of it than is seen, so that keys can scroll it. */
  bindScrolling() {
    const { detail } = this;
    if (!detail) return;
    const follow = () => {
      detail.tabIndex = detail.scrollHeight > detail.clientHeight ? 0 : -1;
    };
    new MutationObserver(follow).observe(detail, { childList: true, subtree: true });
    window.addEventListener("resize", follow);
    document.addEventListener("language", follow);
    follow();
  }

  tell() {
    const { selected, byKey } = this.page;
    if (this.detail && selected) this.detail.replaceChildren(describe(this.page, byKey[selected.key], selected.zone));
  }

  /** After a choice in a list: on a phone the map and what it tells are far above. */
  reveal() {
    if (!this.detail) return;
    const { top, bottom } = this.detail.getBoundingClientRect();
    if (bottom > 0 && top < window.innerHeight) return;
    this.page.map.getContainer().scrollIntoView({ block: "start" });
    this.detail.focus({ preventScroll: true });
  }
}
