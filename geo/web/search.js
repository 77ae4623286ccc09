// The box in which a reader searches for what the page names.
"use strict";

const FOUND_SHOWN = 12;

/** The box and its list: ARIA's combobox; focus stays in the box. */
class SearchBox {
  constructor(page, box) {
    Object.assign(this, { page, box, list: byId("search-found"), told: byId("search-said"), found: [], active: -1 });
    box.addEventListener("input", () => this.search());
    box.addEventListener("focus", () => this.search());
    box.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("blur", () => this.open([]));
    // A pointer must not take the focus before it has chosen.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("li");
      if (option) this.choose(this.found[[...this.list.children].indexOf(option)]);
    });
  }

  search() {
    this.finder = this.finder || new Finder(this.page);
    const query = this.box.value.trim(), found = this.finder.find(query);
    this.open(found.slice(0, FOUND_SHOWN));
    this.told.replaceChildren(...(query ? said(this.count(query, found.length)) : []));
  }

  count(query, number) {
    const more = number - FOUND_SHOWN, { kinds } = this.finder;
    if (more > 0) return [`${FOUND_SHOWN}件を表示、ほか${more}件`, `${FOUND_SHOWN} shown, and ${more} more`];
    if (number) return [`${number}件`, `${number} found`];
    const list = (i, comma) => kinds.map((kind) => eachLanguage(kind, String)[i]).join(comma);
    return [`「${query}」は見つかりません。探せるもの: ${list(0, "、")}。`,
      `“${query}” was not found. What can be searched: ${list(1, ", ")}.`];
  }

  open(found) {
    this.found = found;
    this.list.replaceChildren(...found.map(({ text, kind, place }, i) => {
      const small = element("small", [...said(kind), place ? "・" : "", ...said(place)]);
      const option = element("li", [element("span", said(text)), " ", small]);
      option.id = `search-${i}`;
      option.setAttribute("role", "option");
      return option;
    }));
    this.list.hidden = !found.length;
    this.box.setAttribute("aria-expanded", Boolean(found.length));
    this.point(-1);
  }

  point(active) {
    this.active = active;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", i === active));
    if (active < 0) return this.box.removeAttribute("aria-activedescendant");
    this.box.setAttribute("aria-activedescendant", `search-${active}`);
    return this.list.children[active].scrollIntoView({ block: "nearest" });
  }

  press(event) {
    // Enter and arrows of an input method choose among its own candidates.
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], { length } = this.found;
    if (step && !length) this.search();
    else if (step) this.point(this.active < 0 && step < 0 ? length - 1 : (this.active + step + length) % length);
    else if (event.key === "Enter") this.choose(this.found[Math.max(this.active, 0)]);
    else if (event.key === "Escape") this.escape();
    else return;
    event.preventDefault();
  }

  /** First the list goes, then what is written. */
  escape() {
    if (!this.found.length) this.box.value = "";
    this.told.replaceChildren();
    this.open([]);
  }

  choose(entry) {
    if (!entry) return;
    this.box.value = spoken(entry.text);
    this.told.replaceChildren();
    this.open([]);
    goToFound(this.page, entry);
    this.page.picking.reveal();
  }
}

/** Goes to the zone or the dot of what was found, and says what a zone alone does not. */
function goToFound(page, { text, kind, layer, row, style, place }) {
  const there = page.byKey[layer], isZone = there && there.kind === "zones", detail = byId("detail");
  if (there) page.show(layer, true);
  if (isZone) page.select(layer, row, { go: true });
  else page.select(page.main, null);
  if (there && !isZone) {
    const { scale } = page.data;
    page.map.setView([there.lat[row] / scale, there.lng[row] / scale], 15, { reset: true });
  }
  if (isZone && style !== "entry") return;
  const lines = [text, place].filter(String).map((one) => element("p", said(one)));
  const words = element("div", [element("h3", said(kind)), ...lines], "zone-facts");
  if (isZone) detail.prepend(words);
  else detail.replaceChildren(words);
}

function bindSearch(page) {
  const box = byId("search");
  if (!box) return;
  page.search = new SearchBox(page, box);
  box.closest(".search").hidden = false;
}

BINDINGS.push(bindSearch);
