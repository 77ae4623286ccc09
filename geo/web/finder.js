// What a page names, and how it is found: zones, facilities, items, cases, in any spelling.
"use strict";

/** What comes first among results that are alike. */
const SEARCH_ORDER = ["ward", "district", "care", "other", "dots", "entry", "town"];

/** What digits of kanji write: 二十三 → 23. */
function arabic(digits) {
  let total = 0, last = 0;
  for (const digit of digits) {
    if (digit === "十") [total, last] = [total + (last || 1) * 10, 0];
    else last = last * 10 + "〇一二三四五六七八九".indexOf(digit);
  }
  return String(total + last);
}

/** The key under which spellings of a name meet: that of geo/names.py, then also ア/あ, A/a, é/e, 一/1. */
function keyMaker(spellings) {
  const same = new Map(spellings.split(" ").map((pair) => [...pair]));
  // Marks of Latin letters go; those of kana (が, ぱ) make other letters.
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036F]/g, "").normalize("NFKC");
  return (text) => [...plain(text).replace(/[\s\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu, "")]
    .map((letter) => same.get(letter) || letter).join("").toLowerCase()
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/[〇一二三四五六七八九十]+/g, arabic);
}

const withoutPrefix = (key) => key.replace(/^(大字|字)(?=.)/u, "");

/** All that can be found on a page, and what a query finds. */
class Finder {
  constructor(page) {
    this.page = page;
    this.key = keyMaker(page.data.entries.spellings);
    this.ward = page.layers.find(({ style }) => style === "ward");
    const zones = page.layers.filter(({ columns }) => columns).reverse();
    const dots = page.layers.filter(({ key }) => key.startsWith("points-"));
    this.kinds = [...zones, ...dots].map(({ title }) => title);
    this.all = [...zones.flatMap((one) => this.zones(one)), ...dots.flatMap((one) => this.dots(one)), ...this.entries()]
      .sort((a, b) => SEARCH_ORDER.indexOf(a.style) - SEARCH_ORDER.indexOf(b.style));
  }

  /** Names of towns meet in several wards: their ward is said, and can be searched for, too. */
  zones(layer) {
    return layer.names.map((name, row) => this.entry(name, layer.title, layer.key, row, {
      style: layer.style, place: layer.style === "town" ? this.wardOf(layer, row) : "" }));
  }

  wardOf(towns, row) {
    const { ward } = this;
    if (!ward) return "";
    const zone = ward.of === towns.key ? ward.row[row] - 1 : ward.at(towns.place(row))[0];
    return ward.names[zone] || "";
  }

  dots({ key, title, names }) {
    return names.flatMap((spot, row) => spot.map(([name]) => this.entry(name, title, key, row, { style: "dots" })));
  }

  entries() {
    const { kinds, kind, texts, places, layer, row } = this.page.data.entries;
    this.kinds.push(...kinds.filter((_, i) => kind.includes(i)));
    return texts.map((text, i) => this.entry(text, kinds[kind[i]], layer[i], row[i], { style: "entry", place: places[i] }));
  }

  entry(text, kind, layer, row, { style, place = "" }) {
    const keys = eachLanguage(text, this.key), places = eachLanguage(place, this.key);
    const searched = keys.map((key, i) => places[i] + key).join("\n");
    const kinds = eachLanguage(kind, this.key).join("\n");
    return { text, kind, layer, row, style, place, searched, kinds, keys: keys.map(withoutPrefix) };
  }

  /** How well a name is what was asked for: the very name, its start, within it, with the help of its kind. */
  rank({ keys, searched }, whole, words) {
    if (keys.includes(whole)) return 0;
    if (keys.some((key) => key.startsWith(whole))) return 1;
    return words.every((word) => searched.includes(word)) ? 2 : 3;
  }

  /** What has every word of a query, best first. */
  find(query) {
    const whole = withoutPrefix(this.key(query));
    if (!whole) return [];
    const words = query.normalize("NFKC").split(/\s+/).map((word) => withoutPrefix(this.key(word)));
    return this.all
      .filter(({ searched, kinds }) => words.every((word) => searched.includes(word) || kinds.includes(word)))
      .map((entry) => [this.rank(entry, whole, words), entry])
      .sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }
}
