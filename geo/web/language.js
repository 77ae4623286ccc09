// Japanese or English, on this page and on those it links to.
"use strict";

function speak(language) {
  const root = document.documentElement, button = byId("language");
  root.dataset.lang = root.lang = language;
  if (button) {
    button.textContent = language === "ja" ? "English" : "日本語";
    button.lang = language === "ja" ? "en" : "ja";
  }
  for (const link of all("a[href]")) {
    const [page] = link.getAttribute("href").split("#");
    if (/^[^:/]+\.html$/.test(page)) link.setAttribute("href", page + (language === "ja" ? "" : `#lang=${language}`));
  }
  document.dispatchEvent(new Event("language"));
}

/** What the address says behind its #. */
const asked = () => new URLSearchParams(location.hash.slice(1));

/** What stands in an address, from its #; "" if there is nothing. */
function hashOf(params) {
  const written = params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return written && `#${written}`;
}

/** Writes one thing of many into the address; a null takes it out. */
function writeAddress(changes) {
  const params = asked();
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) params.delete(key);
    else params.set(key, value);
  }
  replaceAddress(params);
}

function replaceAddress(params) {
  try {
    history.replaceState(null, "", hashOf(params) || location.pathname + location.search);
  } catch {
    // A frame may not be allowed to write its address: what was chosen lasts for this page only.
  }
}

function bindLanguage() {
  const follow = () => {
    const language = asked().get("lang") || "ja";
    if (["ja", "en"].includes(language) && language !== document.documentElement.dataset.lang) speak(language);
  };
  follow();
  window.addEventListener("hashchange", follow);
  const button = byId("language");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const language = document.documentElement.dataset.lang === "ja" ? "en" : "ja";
    speak(language);
    writeAddress({ lang: language === "ja" ? null : language });
  });
}

/** A link within the page leaves the address alone: what stands behind its # is the view. */
function bindAnchors() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const there = link && byId(link.getAttribute("href").slice(1));
    if (!there) return;
    event.preventDefault();
    there.scrollIntoView();
    there.focus({ preventScroll: true });
  });
}

bindLanguage();
bindAnchors();
