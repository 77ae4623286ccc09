// Words and figures. Names come from data: they only ever reach the page through textContent.
"use strict";

/** What every part of the page does when the map is there. */
const BINDINGS = [];

/** A text, [Japanese, English] or one word for both, as DOM nodes; the style sheet shows one. */
function said(text) {
  if (!Array.isArray(text)) return [document.createTextNode(text)];
  return ["ja", "en"].map((language, i) => {
    const span = document.createElement("span");
    span.lang = language;
    span.textContent = text[i];
    return span;
  });
}

/** A text in the language of the page, for labels that hold no nodes. */
function spoken(text) {
  return Array.isArray(text) ? text[document.documentElement.dataset.lang === "en" ? 1 : 0] : text;
}

/** [Japanese, English] → [f(Japanese, 0), f(English, 1)]. */
function eachLanguage(text, f) {
  return [0, 1].map((i) => f(Array.isArray(text) ? text[i] : text, i));
}

function element(tag, children = [], className = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function svg(tag, attributes, children = []) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const UNKNOWN = ["不明", "not known"];

/** A figure of a column with its unit: 1,234人 / 1,234 people. What is not known says so. */
function figure(value, column) {
  if (value === null || value === undefined) return UNKNOWN;
  const digits = column.digits || 0;
  const number = (value / 10 ** digits).toLocaleString("en-US",
    { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return eachLanguage(column.unit || "", (unit, i) => {
    const gap = unit && (i === 1 || /^[ -~]/.test(unit)) ? " " : "";
    return number + gap + unit;
  });
}

/** The figure of a zone, and how much of the zone it covers, where it is not all. */
function reading(zone, column) {
  const value = column.values[zone], part = column.covered ? column.covered[zone] : 100;
  const covered = value === null || part > 99 ? ["", ""] : [`（区域の${part}%の分）`, ` (for ${part}% of the zone)`];
  return eachLanguage(figure(value, column), (text, i) => text + covered[i]);
}

/** A share. Only what is nothing reads 0.0%, and only what is all reads 100.0%. */
function percent(share) {
  if (Number.isNaN(share)) return "–";
  if (share > 0 && share < 0.0005) return "<0.1%";
  if (share >= 0.9995 && share < 1) return ">99.9%";
  return `${(share * 100).toFixed(1)}%`;
}

const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
