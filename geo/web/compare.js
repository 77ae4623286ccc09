// Comparing, in the panel: two partitions by swiping, today and the proposals.
"use strict";

/** Where the bar is at first, in per cent of the map's width. */
const MIDDLE = 50;

/** On a phone the map is above the panel. */
function showMap(page) {
  page.map.getContainer().scrollIntoView({ block: "nearest" });
}

/** The controls of a swipe; they and the bar on the map follow each other. */
class Compare {
  constructor(page) {
    this.page = page;
    this.keys = [page.pairs.left, page.pairs.right];
    this.layers = page.layers.filter(({ kind, style }) => kind === "zones" && !FILLED.includes(style));
    this.button = byId("swipe");
    this.range = byId("swipe-at");
    this.selects = SIDES.map((side) => byId(`swipe-${side}`));
    this.bind();
    this.name();
  }

  bind() {
    const { page, range } = this;
    this.button.addEventListener("click", () => {
      if (page.swiping) this.end();
      else this.begin(this.keys);
    });
    this.selects.forEach((select, side) => select.addEventListener("change", () => this.choose(side)));
    range.addEventListener("input", () => page.swiping.move(Number(range.value)));
    range.addEventListener("change", () => page.changed());
    page.addEventListener("swipe", () => this.follow());
    page.addEventListener("paint", () => this.leave());
    document.addEventListener("language", () => this.name());
  }

  /** One side is chosen anew; if both were the same then, they change places. */
  choose(side) {
    const { page, keys } = this, key = this.selects[side].value;
    if (key === keys[1 - side]) keys.reverse();
    else keys[side] = key;
    if (page.swiping) this.show(keys, page.swiping.at);
    else this.name();
  }

  /** Begins because the reader asks for it. */
  begin(keys) {
    this.show(keys, MIDDLE);
    showMap(this.page);
  }

  show(keys, at) {
    const { page } = this;
    if (page.swiping) page.swiping.end();
    this.keys = [...keys];
    this.seen = this.on();
    page.swiping = new Swipe(page, this.keys);
    page.swiping.move(at);
    this.name();
    page.changed();
  }

  end() {
    const { page } = this;
    if (!page.swiping) return;
    page.swiping.end();
    page.swiping = null;
    this.name();
    page.dispatchEvent(new Event("swipe"));
    page.dispatchEvent(new Event("labels"));
    page.changed();
  }

  /** What would be seen without the comparison. */
  on() {
    const { layers, coloured } = this.page;
    return [...layers.filter(({ on }) => on), coloured || {}].map(({ key }) => key).join();
  }

  /** Whoever shows or hides a layer wants to see it: the comparison ends. */
  leave() {
    if (this.page.swiping && this.on() !== this.seen) this.end();
  }

  /** What can be chosen and done, in the language of the page. */
  name() {
    const { swiping } = this.page;
    this.selects.forEach((select, side) => {
      select.replaceChildren(...this.layers.map(({ key, title }) => new Option(spoken(title), key)));
      select.value = this.keys[side];
    });
    this.button.replaceChildren(...said(swiping ? END : ["スワイプで比べる", "Compare by swiping"]));
    byId("swipe-where").hidden = !swiping;
    this.follow();
  }

  /** The range says where the bar is. */
  follow() {
    const { swiping } = this.page, at = swiping ? swiping.at : MIDDLE;
    const where = spoken([`左 ${at}%`, `left ${at}%`]);
    this.range.value = at;
    this.range.setAttribute("aria-valuetext", where);
    byId("swipe-said").textContent = where;
  }

  /** swipe=left,right,percent */
  read(params) {
    const [left, right, at] = (params.get("swipe") || "").split(",");
    const known = [left, right].every((one) => this.layers.some(({ key }) => key === one));
    // After all that the link restores: layers that it turns on or off would end the comparison.
    if (known && /^\d+$/.test(at)) queueMicrotask(() => this.show([left, right], Number(at)));
    else this.end();
  }

  write() {
    const { swiping } = this.page;
    return { swipe: swiping ? [...swiping.keys, swiping.at].join() : null };
  }
}

function bindCompare(page) {
  if (!byId("swipe")) return;
  page.compare = new Compare(page);
  page.states = page.states || {};
  page.states.swipe = page.compare;
}

/** Today beside the proposals: one of them on the map, or today and one of them to swipe. */
function bindProposals(page) {
  const seen = all("button[name=see]"), swiped = all("button[name=swipe]");
  const follow = () => {
    const { swiping } = page, on = page.layers.filter((layer) => layer.on && layer.moved).map(({ key }) => key);
    for (const one of seen) one.setAttribute("aria-pressed", one.value ? on.includes(one.value) : !on.length);
    for (const one of swiped) one.setAttribute("aria-pressed", Boolean(swiping) && swiping.keys.join() === one.value);
  };
  for (const one of seen) {
    one.addEventListener("click", () => {
      page.compare.end();
      for (const { key, moved } of page.layers) if (moved) page.show(key, key === one.value);
      showMap(page);
    });
  }
  for (const one of swiped) one.addEventListener("click", () => page.compare.begin(one.value.split(",")));
  page.addEventListener("paint", follow);
  page.addEventListener("swipe", follow);
  follow();
}

BINDINGS.push(bindCompare, bindProposals);
