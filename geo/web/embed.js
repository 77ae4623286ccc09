// The map that stands in another page: what its address asks for, a card, and good manners.
"use strict";

/** The layers that the address names; without any that is known, all of them. */
function showAsked(page) {
  const keys = (asked().get("layer") || "").split(","), known = page.layers.filter(({ key }) => keys.includes(key));
  for (const layer of page.layers) page.show(layer.key, !known.length || known.includes(layer));
  for (const line of all("[data-legend]")) line.hidden = !page.isOn(line.dataset.legend);
  // What can be reached by keyboard is what can be seen: the zones of the finest layer.
  const main = page.byKey[page.data.main], rest = page.visible().sort((a, b) => b.size - a.size);
  putFirst(page, main.on ? main.key : rest[0].key);
}

function putFirst(page, key) {
  if (key === page.main) return;
  for (const shape of page.shapes) shape.remove();
  page.main = key;
  page.drawMain();
  page.picking.bindKeyboard();
}

/** The zones that have items of a theme, as a fill; their names are written before all others. */
class Theme {
  constructor(page, theme) {
    this.layer = page.data.main;
    this.zones = page.byKey[this.layer];
    this.title = page.data.themes.titles[theme];
    this.classes = page.themesOf.map((themes) => (themes.includes(theme) ? "theme" : "none"));
  }

  /** What the button of a zone says besides its name. */
  said(zone) {
    return this.classes[zone] === "theme" ? eachLanguage(this.title, (title, i) => (
      i ? `items on ${title}` : `「${title}」の取組あり`)) : "";
  }

  labels() {
    return [this.classes.flatMap((one, i) => (one === "theme"
      ? [[this.zones.place(i), [this.zones.names[i]], "name theme", 13]] : []))];
  }
}

function colourAsked(page) {
  const { themes } = page.data, theme = themes ? themes.ids.indexOf(asked().get("theme")) : -1;
  const line = byId("theme-key");
  page.coloured = theme < 0 || !page.isOn(page.data.main) ? null : new Theme(page, theme);
  if (line) line.hidden = !page.coloured;
  if (page.coloured) {
    const many = page.coloured.classes.filter((one) => one === "theme").length;
    line.lastChild.replaceChildren(...said(eachLanguage(page.coloured.title, (title, i) => (
      i ? `For analysis. Items on: ${title} (${many})` : `【分析用】「${title}」の取組がある（${many}）`))));
  }
  page.paint();
}

/** What is known of a zone says its themes, too. */
function readThemes(page) {
  const { themes, main } = page.data;
  if (!themes) return;
  const start = starts(themes.sizes);
  page.themesOf = Array.from(themes.sizes, (_, i) => [...themes.numbers.subarray(start[i], start[i + 1])]);
  const titles = themes.titles.map((title) => eachLanguage(title, (one) => one));
  page.byKey[main].said = page.themesOf.map((found) => [[["取組のテーマ", "Themes"], !found.length
    ? ["まだ入力されていません", "none entered"]
    : eachLanguage("", (_, i) => found.map((theme) => titles[theme][i]).join(i ? ", " : "、"))]]);
}

/** How much room something on the map needs above or below; what is narrow leaves enough beside. */
function room(map, box) {
  return box.offsetWidth > map.getSize().x / 2 ? box.offsetHeight + 12 : 8;
}

/** The ward that the address names, else the whole city below its caption. */
function goAsked(page) {
  const ward = page.layers.find(({ style }) => style === "ward");
  const zone = ward ? ward.ids.indexOf(asked().get("ward")) : -1;
  const bounds = zone < 0 ? page.data.bounds : ward.box(zone);
  const top = room(page.map, document.querySelector(".caption"));
  page.map.fitBounds(bounds, { paddingTopLeft: [8, top], paddingBottomRight: [8, 8], animate: false });
}

// --- the card ---

function bindCard(page) {
  const card = document.querySelector(".card");
  page.addEventListener("select", () => {
    card.classList.toggle("open", Boolean(page.selected));
    byId("close").hidden = !page.selected;
    if (!page.selected) return byId("detail").replaceChildren();
    const { key, zone } = page.selected;
    return page.map.panInside(page.byKey[key].place(zone),
      { paddingTopLeft: [8, 8], paddingBottomRight: [8, room(page.map, card) + 40], animate: false });
  });
  const close = () => {
    const chosen = page.selected;
    page.select(page.main, null);
    if (chosen && chosen.key === page.main) page.picking.focus(chosen.zone);
    else page.map.getContainer().focus({ preventScroll: true });
  };
  byId("close").addEventListener("click", close);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && page.selected && close());
}

/** The larger map opens on what is chosen here. */
function bindLarger(page) {
  const link = byId("larger");
  if (link) link.addEventListener("click", () => {
    const [file] = link.getAttribute("href").split("#"), { lang } = document.documentElement.dataset;
    const params = new URLSearchParams(lang === "ja" ? {} : { lang });
    if (page.selected) params.set("zone", `${page.selected.key}:${page.byKey[page.selected.key].ids[page.selected.zone]}`);
    link.setAttribute("href", file + hashOf(params));
  });
}

// --- good manners ---

/** The wheel scrolls the page around the map, until a reader turns to the map. */
function bindWheel({ map }) {
  const box = map.getContainer(), wheel = map.scrollWheelZoom;
  wheel.disable();
  for (const event of ["focusin", "click"]) box.addEventListener(event, () => wheel.enable());
  for (const event of ["focusout", "mouseleave"]) box.addEventListener(event, () => wheel.disable());
}

/** One finger scrolls the page around the map; two move the map, as Leaflet's pinch does. */
function bindFingers({ map }) {
  const box = map.getContainer(), hint = document.querySelector(".two-fingers");
  const byTouch = (touch) => map.dragging[touch ? "disable" : "enable"]();
  byTouch(matchMedia("(pointer: coarse)").matches);
  box.addEventListener("pointerdown", ({ pointerType }) => byTouch(pointerType !== "mouse"), { capture: true });
  const follow = (event) => {
    const alone = event.touches.length === 1;
    hint.classList.toggle("shown", alone && event.type === "touchmove");
    if (!alone && event.cancelable) event.preventDefault();
  };
  for (const event of ["touchstart", "touchmove"]) box.addEventListener(event, follow, { passive: false });
  for (const event of ["touchend", "touchcancel"]) box.addEventListener(event, () => hint.classList.remove("shown"));
}

/** Tells the page around the map how high it would like to be: as the city is, for its width. */
function bindHeight({ map, data }) {
  const [low, high] = data.bounds.map((corner) => map.project(corner, 0));
  if (parent === window) return;
  const shape = (low.y - high.y) / (high.x - low.x), footer = document.querySelector("footer");
  const tell = () => {
    const height = Math.min(Math.max(shape * window.innerWidth, 280), 640) + footer.offsetHeight;
    parent.postMessage({ type: "map-height", height: Math.ceil(height) }, "*");
  };
  // It is as wide as the window, and higher where its words need more lines.
  new ResizeObserver(tell).observe(footer);
}

function bindEmbed(page) {
  const follow = () => {
    showAsked(page);
    colourAsked(page);
    goAsked(page);
  };
  readThemes(page);
  follow();
  window.addEventListener("hashchange", follow);
  bindCard(page);
  bindLarger(page);
  bindWheel(page);
  bindFingers(page);
  bindHeight(page);
}

BINDINGS.push(bindEmbed);
