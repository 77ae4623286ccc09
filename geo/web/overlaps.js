// The table of overlaps: sorting it, and from a row to the place on the map and back.
"use strict";

/** What each column sorts by, and which way first. */
const SORTS = [
  { by: ({ names }) => names[0], first: 1 },
  { by: ({ names }) => names[1], first: 1 },
  { by: ({ value }) => value, first: -1 },
  { by: ({ share }) => share, first: -1 },
];

/** How far the ring of what has the focus stands out, in pixels. */
const RING = 6;

/** Names in the order of the language, figures by size; what is not known comes last. */
function compared(a, b, way) {
  if (typeof a === "string") return way * a.localeCompare(b, "ja");
  const [known, other] = [a, b].map((one) => one !== null && !Number.isNaN(one));
  return known && other ? way * (a - b) : other - known;
}

class Overlaps {
  constructor(page, table) {
    Object.assign(this, { page, table, box: table.parentElement, marks: [] });
    this.rows = all("tbody tr", table).map((row, i) => this.read(row, page.data.overlaps.rows[i], i));
    this.heads = all("thead th", table);
    this.heads.forEach((head, column) => {
      const button = element("button", [...head.childNodes], "sort");
      button.type = "button";
      button.addEventListener("click", () => this.sort(column));
      head.append(button);
    });
    table.tBodies[0].addEventListener("click", ({ target }) => {
      const row = target.closest("tr");
      this.choose(this.rows.find((one) => one.row === row));
    });
    page.addEventListener("select", () => this.follow());
    // A row that takes the focus is scrolled to below the head, which stays, and shows its whole ring.
    new ResizeObserver(() => {
      this.box.style.scrollPaddingTop = `${this.heads[0].offsetHeight + RING}px`;
    }).observe(this.heads[0]);
  }

  /** A row, with the pair that it is; its first name becomes a button. */
  read(row, pair, number) {
    const { pairs } = this.page, names = [...row.cells].slice(0, 2).map((cell) => cell.textContent.trim());
    const left = pairs.lefts[pair], right = pairs.rights[pair];
    const [, , value, share] = pairs.parts(pairs.left, left).find(([, other]) => other === right);
    const button = element("button", [...row.cells[0].childNodes], "link");
    button.type = "button";
    button.setAttribute("aria-label", names.join(" × "));
    row.cells[0].append(button);
    return { row, number, names, left, right, value, share };
  }

  // --- sorting: one way, the other way, as it was ---

  sort(column) {
    const { by, first } = SORTS[column], words = { 1: "ascending", [-1]: "descending" };
    const was = this.heads[column].getAttribute("aria-sort");
    const way = !was ? first : was === words[first] ? -first : 0;
    for (const head of this.heads) head.removeAttribute("aria-sort");
    if (way) this.heads[column].setAttribute("aria-sort", words[way]);
    const sorted = [...this.rows].sort((a, b) => (way && compared(by(a), by(b), way)) || a.number - b.number);
    this.table.tBodies[0].append(...sorted.map(({ row }) => row));
    this.box.scrollTop = 0;
  }

  // --- from the table to the map ---

  choose(chosen) {
    const { page } = this, { pairs, byKey } = page, left = byKey[pairs.left], right = byKey[pairs.right];
    this.chosen = chosen;
    for (const { key } of [left, right]) page.show(key, true);
    page.select(pairs.left, chosen.left);
    this.chosen = null;
    chosen.row.setAttribute("aria-current", "true");
    const shapes = [left.outline(chosen.left), right.outline(chosen.right)];
    this.marks = [...this.clipped(...shapes, "overlap-fill"), ...this.clipped(...shapes.reverse(), "overlap-line")];
    this.goTo(chosen.number);
    byId("detail").replaceChildren(this.told(chosen), describe(page, left, chosen.left), describe(page, right, chosen.right));
    page.picking.reveal();
  }

  /** A shape of which only what lies within another is seen. Leaflet keeps both at their place. */
  clipped(rings, within, id) {
    const { page } = this;
    const shape = page.shape(rings, "selected", `zone ${id}`).addTo(page.map);
    const mask = page.shape(within, "selected", "mask").addTo(page.map);
    const path = shape.getElement(), clip = svg("clipPath", { id });
    path.before(clip);
    clip.append(mask.getElement());
    path.setAttribute("clip-path", `url(#${id})`);
    return [shape, mask, clip];
  }

  goTo(number) {
    const { west, south, east, north } = this.page.data.overlaps, { scale } = this.page.data;
    const corners = [[south, west], [north, east]].map(([y, x]) => [y[number] / scale, x[number] / scale]);
    this.page.map.fitBounds(L.latLngBounds(corners).pad(0.4), { maxZoom: 16, animate: false });
  }

  told({ names, value, share, left, right }) {
    const { page } = this, { pairs } = page;
    const [, , , other] = pairs.parts(pairs.right, right).find(([, zone]) => zone === left);
    const facts = [[pairs.title, figure(value, pairs)],
      ...names.map((name, i) => [[`${name}のうち`, `of ${name}`], percent(i ? other : share)])];
    return element("div", [
      element("h3", [names.join(" × "), " ", element("small", said(["重なり", "overlap"]))]),
      element("dl", facts.flatMap(([title, text]) => [element("dt", said(title)), element("dd", said(text))])),
    ], "zone-facts");
  }

  // --- from the map to the table ---

  /** The rows of what is chosen on the map; only the table's own box is scrolled to them. */
  follow() {
    const { page: { selected, pairs }, box } = this;
    for (const one of this.marks) one.remove();
    this.marks = [];
    const zone = (key) => (selected && selected.key === key ? selected.zone : null);
    const here = ({ left, right }) => left === zone(pairs.left) || right === zone(pairs.right);
    for (const one of this.rows) {
      one.row.removeAttribute("aria-current");
      one.row.toggleAttribute("data-here", here(one));
    }
    const first = this.table.querySelector("tr[data-here]");
    if (!first || this.chosen) return;
    // Its head stays, so that a row is seen below it when the box is scrolled as far as it is down the body.
    box.scrollTop = first.getBoundingClientRect().top - this.table.tBodies[0].getBoundingClientRect().top;
  }
}

function bindOverlaps(page) {
  const table = byId("overlaps");
  if (table) page.overlaps = new Overlaps(page, table);
}

BINDINGS.push(bindOverlaps);
