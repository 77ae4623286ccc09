// One theme of several: the list shows the items that have it, the map where they are and how many.
"use strict";

class Themes {
  constructor(page, box) {
    Object.assign(this, { page, box, main: page.byKey[page.main], items: all("li[data-themes]") });
    this.districts = all("[data-district]");
    box.addEventListener("change", () => {
      this.follow();
      page.changed();
    });
    document.addEventListener("language", () => this.speak());
    page.states = page.states || {};
    page.states.theme = {
      read: (params) => this.choose(params.get("theme") || ""),
      write: () => ({ theme: box.value || null }),
    };
    this.speak();
    this.follow();
  }

  /** A theme that the page does not know is none. */
  choose(theme) {
    this.box.value = theme;
    if (this.box.selectedIndex < 0) this.box.value = "";
    this.follow();
  }

  follow() {
    const theme = this.box.value;
    for (const item of this.items) item.hidden = Boolean(theme) && !item.dataset.themes.split(";").includes(theme);
    this.counts = new Array(this.main.size).fill(0);
    for (const district of this.districts) {
      const found = this.items.filter((item) => !item.hidden && district.contains(item)).length;
      district.hidden = Boolean(theme) && !found;
      this.counts[this.main.ids.indexOf(district.dataset.district)] += found;
    }
    for (const group of all("[data-districts]")) {
      group.hidden = this.districts.every((district) => district.hidden || !group.contains(district));
      const fold = group.closest("details");
      if (fold && theme && !group.hidden) fold.open = true;
    }
    for (const own of all("[data-own]")) own.hidden = this.items.every((item) => item.hidden || !own.contains(item));
    byId("theme-key").hidden = !theme;
    this.tell();
    this.paint();
  }

  tell() {
    const found = this.items.filter((item) => !item.hidden).length;
    const places = this.counts.filter(Boolean).length;
    const { ja, en } = this.box.selectedOptions[0].dataset;
    const words = eachLanguage(this.main.title, (title, i) => (i
      ? `${en}: ${found || "no"} items${found ? ` (${title}: ${places})` : ""}`
      : `「${ja}」の項目: ${found ? `${found}件（${places}${title}）` : "ありません"}`));
    // Paper has no box in which the theme stands.
    byId("theme-named").replaceChildren(...said(eachLanguage(this.main.title, (title, i) => (i
      ? `${title} with items of the theme “${en}” (figure: how many; for analysis)`
      : `テーマ「${ja}」の項目がある${title}（数字は項目の数、分析用）`))));
    byId("theme-found").replaceChildren(...(this.box.value ? said(words) : []));
  }

  paint() {
    this.page.coloured = this.box.value ? {
      layer: this.page.main,
      classes: this.counts.map((count) => (count ? "theme" : "none")),
      labels: () => this.labels(),
    } : null;
    this.page.paint();
  }

  /** Names with the numbers of items; numbers alone where there is no room for both. */
  labels() {
    const { counts, main } = this, number = (zone) => spoken([`${counts[zone]}件`, String(counts[zone])]);
    const having = [...counts.keys()].filter((zone) => counts[zone]);
    return [[(zone) => [main.names[zone], number(zone)], (zone) => [number(zone)]].flatMap((lines) => (
      having.map((zone) => [main.place(zone), lines(zone), "theme", this.page.labels.letters()])))];
  }

  /** Options hold no elements: their words change with the language. */
  speak() {
    for (const option of this.box.options) {
      const { ja, en, number } = option.dataset;
      option.textContent = spoken([`${ja}（${number}）`, `${en} (${number})`]);
    }
    this.page.dispatchEvent(new Event("labels"));
  }
}

function bindThemes(page) {
  const box = byId("theme");
  if (box) page.themes = new Themes(page, box);
}

BINDINGS.push(bindThemes);
