// What is wrong with the data: a list, worst first, and a way through it one by one.
"use strict";

class Findings {
  constructor(page, section) {
    const layer = page.byKey.findings;
    Object.assign(this, { page, layer, section, at: -1, ring: null });
    this.spots = [];
    layer.names.forEach((found, spot) => found.forEach((number) => { this.spots[number] = spot; }));
    layer.names = layer.names.map((found) => found.map((number) => this.short(number)));
    /** Those of which the same is said stand together. */
    this.order = [...layer.text.keys()].sort((a, b) => layer.text[a] - layer.text[b] || a - b);
    this.makeCard();
    this.list();
    page.addEventListener("select", () => this.unmark());
  }

  about(number) {
    const { severity, said: [word, what, remedy, where, unit] } = this.layer.about[this.layer.text[number]];
    return { severity, word, what, remedy, where, unit };
  }

  /** What its dot says: what is wrong, and of whom. */
  short(number) {
    const { what, where } = this.about(number);
    return [what, eachLanguage(where, (one) => `${one} ${this.layer.places[number]}`.trim())];
  }

  /** Of whom, and how much. */
  line(number) {
    const { places, amounts } = this.layer, { where, unit } = this.about(number);
    const amount = amounts[number] === null ? "" : figure(amounts[number], { unit });
    const sizes = eachLanguage(amount, (one, i) => one && (i ? `, ${one}` : `、${one}`));
    return eachLanguage(where, (one, i) => `${places[number] || one}${sizes[i]}`);
  }

  title(number) {
    const { word, what } = this.about(number), words = eachLanguage(word, String);
    return eachLanguage(what, (one, i) => `${words[i]}: ${one}`);
  }

  // --- the list ---

  list() {
    const start = this.button(["1件ずつ見る", "One by one"], () => this.go(0));
    const list = element("details", [element("summary", said(["場所の一覧", "List of places"]))]);
    list.addEventListener("toggle", () => this.fill(list), { once: true });
    this.section.append(start, list);
  }

  /** A list may be long: it is made when it is opened. */
  fill(list) {
    for (let i = 0, end; i < this.order.length; i = end) {
      const { severity, remedy, where } = this.about(this.order[i]), text = this.layer.text[this.order[i]];
      end = this.order.findIndex((number, j) => j > i && this.layer.text[number] !== text);
      if (end < 0) end = this.order.length;
      list.append(
        element("h3", [...said(this.title(this.order[i])), " ", element("small", said([`${end - i}件`, `${end - i}`]))], severity),
        element("p", [...said(where), " – ", ...said(remedy)], "meta"),
        element("ul", this.order.slice(i, end).map((number, j) => (
          element("li", [this.button(this.line(number), () => this.go(i + j), "link")])))),
      );
    }
  }

  button(text, act, className) {
    const made = element("button", said(text), className);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  // --- one of them ---

  /** Its buttons stay where they are from one finding to the next: they may have the focus. */
  makeCard() {
    this.count = element("span");
    this.told = element("div");
    const steps = [[["前へ", "Previous"], -1], [["次へ", "Next"], 1]].map(([text, step]) => (
      this.button(text, () => this.go((this.at + step + this.order.length) % this.order.length))));
    this.card = element("div", [element("p", [steps[0], this.count, steps[1]], "steps"), this.told], "finding-card");
  }

  go(at) {
    const { page, layer } = this, number = this.order[at], { remedy, where, severity } = this.about(number);
    this.at = at;
    page.show(layer.key, true);
    page.select(page.main, null);
    this.mark(this.spots[number]);
    this.count.textContent = `${at + 1} / ${this.order.length}`;
    this.told.replaceChildren(
      element("h3", said(this.title(number)), severity),
      element("p", said(this.line(number))),
      element("p", [...said(where), " – ", ...said(remedy)], "meta"),
    );
    if (!byId("detail").contains(this.card)) byId("detail").replaceChildren(this.card);
    page.picking.reveal();
  }

  mark(spot) {
    const { page: { map, data }, layer } = this, at = [layer.lat[spot] / data.scale, layer.lng[spot] / data.scale];
    map.setView(at, Math.max(map.getZoom(), 14), { animate: false });
    this.ring = L.circleMarker(at, { pane: "selected", interactive: false, radius: 12, className: "finding-ring" }).addTo(map);
  }

  unmark() {
    if (this.ring) this.ring.remove();
    this.ring = null;
  }
}

function bindFindings(page) {
  const section = byId("findings");
  if (section && page.byKey.findings.text.length) page.findings = new Findings(page, section);
}

BINDINGS.push(bindFindings);
