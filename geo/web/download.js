// What the map shows, as a CSV: the overlaps of the zones in sight, or the zones of the layer on top.
"use strict";

/** As geo/tables.py has it: Excel and its kin run a text that begins so; a number keeps its sign. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;
const PLAIN_NUMBER = /^-?\p{Nd}+(\.\p{Nd}+)?$/u;
/** File systems take names of 255 bytes: so many for the page, for the table and for the date. */
const NAME_BYTES = [90, 100, 45];

function csvCell(text) {
  const safe = FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** UTF-8 with BOM and CRLF, as Excel expects of a CSV. */
function csvOf(rows) {
  return `\uFEFF${rows.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("")}`;
}

/** A figure as a plain number; what is not known stays empty. */
function plain(value, { digits = 0 }) {
  return value === null || value === undefined ? "" : (value / 10 ** digits).toFixed(digits);
}

function withUnit({ title, unit }) {
  return eachLanguage(title, (name, i) => {
    const its = unit && eachLanguage(unit, String)[i];
    return its ? [`${name}（${its}）`, `${name} (${its})`][i] : name;
  });
}

/** Whether any part of a zone lies within what is seen of the map. */
function isSeen(layer, zone, seen) {
  const box = layer.box(zone), rings = layer.outline(zone);
  if (!box.isValid() || !seen.intersects(box)) return false;
  const flat = ({ lat, lng }) => L.point(lng, lat), { lat, lng } = seen.getCenter();
  const frame = L.bounds(flat(seen.getSouthWest()), flat(seen.getNorthEast()));
  const crosses = (ring) => ring.some((to, i) => (
    L.LineUtil.clipSegment(flat(ring[(i || ring.length) - 1]), flat(to), frame)));
  return rings.some(crosses) || rings.filter((ring) => insideRing(ring, lat, lng)).length % 2 === 1;
}

/** The numbers of the zones in sight. */
function seenOf(page, layer) {
  const seen = page.map.getBounds();
  return layer.ids.map((_, zone) => zone).filter((zone) => isSeen(layer, zone, seen));
}

/** Overlaps are those of today, whatever proposal is shown. */
function overlapTable(page) {
  const { pairs, byKey } = page, left = byKey[pairs.left], right = byKey[pairs.right];
  const [a, b] = [left, right].map(({ title }) => eachLanguage(title, String));
  const today = page.proposal() ? ["今の", " today"] : ["", ""];
  const share = eachLanguage(pairs.title, (title, i) => [
    `${title}の割合（${a[0]}ごと、0〜1）`, `${title}: share within ${a[1]} (0-1)`][i]);
  return {
    title: [`${today[0]}${a[0]}と${b[0]}の重なり`, `Overlaps${today[1]}: ${a[1]} and ${b[1]}`],
    head: [...[a, b].flatMap((title) => [title.map((one) => `${one} ID`), title]), withUnit(pairs), share],
    rows: () => seenOf(page, left).flatMap((zone) => pairs.parts(left.key, zone).map(([, other, value, part]) => [
      left.ids[zone], left.names[zone], right.ids[other], right.names[other],
      plain(value, pairs), Number.isNaN(part) ? "" : part.toFixed(6)])),
  };
}

function zoneTable(page, layer) {
  return {
    title: layer.title,
    head: [eachLanguage(layer.title, (title) => `${title} ID`), layer.title, ...layer.columns.map(withUnit)],
    rows: () => seenOf(page, layer).map((zone) => [layer.ids[zone], layer.names[zone],
      ...layer.columns.map((column) => plain(column.values[zone], column))]),
  };
}

/** It says by what zones are coloured: 地区・住民の密度. */
function colouredTable(page, layer) {
  const { title } = page.data.indicators.find(({ key, layer: of }) => `${key}:${of}` === page.coloured.key);
  const [figure, zones] = [title, layer.title].map((one) => eachLanguage(one, String));
  return { ...zoneTable(page, layer), title: [`${zones[0]}・${figure[0]}`, `${zones[1]}, ${figure[1]}`] };
}

/** The table of what is shown: what is coloured is seen before what lies on top. */
function shownTable(page) {
  if (page.coloured) return colouredTable(page, page.byKey[page.coloured.layer]);
  if (page.isOn("split") && page.pairs) return overlapTable(page);
  const [top] = page.visible().filter(({ columns }) => columns).slice(-1);
  return top ? zoneTable(page, top) : null;
}

/** The beginning of a text that has at most so many bytes, as letters, digits, _ and - only. */
function safe(text, most) {
  let left = most;
  return [...text.replace(/[^\p{L}\p{N}_-]+/gu, "_")].filter((letter) => {
    left -= left < 0 ? 0 : new TextEncoder().encode(letter).length;
    return left >= 0;
  }).join("");
}

/** The title of the page, what is in the file, and the date of the plan. */
function fileName(what, date) {
  return `${[document.querySelector("h1").innerText, what, date].map((one, i) => safe(one, NAME_BYTES[i])).join("_")}.csv`;
}

function saveFile(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function bindDownload(page) {
  const button = byId("save");
  if (!button) return;
  const follow = () => {
    const table = shownTable(page), title = table ? table.title : ["表示中の区域がありません", "no areas are shown"];
    button.disabled = !table;
    byId("save-what").replaceChildren(...said(eachLanguage(title, (one, i) => [
      `保存される表: ${one}`, `The table: ${one}`][i])));
  };
  button.addEventListener("click", () => {
    const { title, head, rows } = shownTable(page), found = rows(), name = fileName(spoken(title), button.dataset.date);
    saveFile(csvOf([head.map(spoken), ...found]), name);
    byId("view-said").replaceChildren(...said([
      `地図に見えている範囲の${found.length}行を「${name}」に保存しました。`,
      `${found.length} rows of what the map shows were saved as “${name}”.`]));
  });
  page.addEventListener("change", follow);
  follow();
}

BINDINGS.push(bindDownload);
