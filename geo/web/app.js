// The script of every page: draws the layers of the payload on the Leaflet map that Folium made.
// Names and figures come from data: they only ever reach the page through textContent.
"use strict";

/** A text of the payload, [Japanese, English] or one word for both, as DOM nodes. */
function said(text) {
  if (!Array.isArray(text)) return [document.createTextNode(text)];
  return ["ja", "en"].map((language, i) => {
    const span = document.createElement("span");
    span.lang = language;
    span.textContent = text[i];
    return span;
  });
}

function element(tag, children, className) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// --- where is this point? -------------------------------------------------------------------------

function insideRing(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i], [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Even-odd over all rings, so that holes and several parts need no special case. */
function insideShape(shape, x, y) {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  return polygons.flat().filter((ring) => insideRing(ring, x, y)).length % 2 === 1;
}

function zoneAt(layer, latlng) {
  return layer.zones.find((zone) => {
    const [west, south, east, north] = zone.box;
    const { lng, lat } = latlng;
    return lng >= west && lng <= east && lat >= south && lat <= north
      && insideShape(zone.shape, lng, lat);
  });
}

// --- drawing ----------------------------------------------------------------------------------------

const CASED = ["district", "care"];

/** Leaflet reads no class of a style sheet for canvas, so styles of SVG paths live in app.css. */
function drawLayer(map, layer, depth) {
  const pane = map.createPane(layer.key);
  pane.style.zIndex = 400 + 2 * depth;
  const group = L.layerGroup();
  const plain = { pane: layer.key, interactive: false };
  for (const zone of layer.zones) {
    const level = zone.level ? ` level-${zone.level}` : "";
    zone.path = L.geoJSON(zone.shape, {
      ...plain,
      style: { className: `zone ${layer.style}${level}`, fillRule: "evenodd" },
    }).addTo(group);
    if (zone.label) group.addLayer(label(zone, layer));
  }
  if (layer.borders) {
    const style = { className: `border ${layer.style}` };
    L.geoJSON({ type: "MultiLineString", coordinates: layer.borders }, { ...plain, style }).addTo(group);
  }
  if (layer.dots) drawDots(group, layer);
  if (layer.style === "moved") hatch();
  layer.group = group;
  if (layer.on) group.addTo(map);
}

/** The hatching that the style sheet fills moved towns with. */
function hatch() {
  if (document.getElementById("hatch")) return;
  const svg = (tag, attributes, children = []) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const line = svg("path", { d: "M0 0V8", class: "hatch" });
  const pattern = svg("pattern", { id: "hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)" }, [line]);
  document.body.append(svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "defs" }, [pattern]));
}

/** A white line under each line, over the fills of the split zones and below all other lines. */
function drawCasing(group, layer) {
  const plain = { pane: "casing", interactive: false, style: { className: "casing" } };
  if (layer.borders) {
    L.geoJSON({ type: "MultiLineString", coordinates: layer.borders }, plain).addTo(group);
  } else {
    for (const zone of layer.zones) L.geoJSON(zone.shape, plain).addTo(group);
  }
}

function label(zone, layer) {
  const tooltip = L.tooltip({ permanent: true, direction: "center", className: `label ${layer.style}`,
    interactive: false });
  return tooltip.setLatLng(zone.at).setContent(element("span", [zone.label]));
}

/** Dots of facilities on a canvas, so that a page with tens of thousands of them stays quick. */
function drawDots(group, layer) {
  const renderer = L.canvas({ pane: layer.key, padding: 0.3 });
  const fillColor = getComputedStyle(document.documentElement).getPropertyValue(`--${layer.style}`).trim();
  const plain = { renderer, interactive: false, color: "#fff", weight: 1, fillColor, fillOpacity: 1 };
  for (const [lat, lon, names] of layer.dots) {
    L.circleMarker([lat, lon], { ...plain, radius: names.length > 1 ? 5 : 3.5 }).addTo(group);
  }
}

/** The dot nearest to a place, if the pointer is on it. */
function dotAt(map, layer, latlng) {
  const at = map.latLngToContainerPoint(latlng);
  const corner = map.containerPointToLatLng(at.subtract([8, 8]));
  const high = corner.lat - latlng.lat, wide = latlng.lng - corner.lng;
  const off = ([lat, lon]) => Math.hypot((lat - latlng.lat) / high, (lon - latlng.lng) / wide);
  let nearest = null, least = 1;
  for (const dot of layer.dots || []) {
    const far = off(dot);
    if (far <= least) [nearest, least] = [dot, far];
  }
  return nearest;
}

/** The first names at a spot, and how many more stand there. */
function namesAt(dot, most) {
  const lines = dot[2].slice(0, most).map(([name, category]) => element("div",
    category ? [...said(name), " ", element("small", [category])] : said(name)));
  const more = dot[2].length - lines.length;
  return more ? [...lines, element("div", said([`ほか${more}件`, `and ${more} more`]))] : lines;
}

/** Only what has a known position gets a dot. */
function drawPoint(map, point) {
  const content = element("div", [...said(point.name), element("br", []), ...said(point.place)]);
  L.circleMarker(point.at, { className: "point", radius: 8 }).bindTooltip(content).addTo(map);
}

// --- what a reader does -----------------------------------------------------------------------------

function describe(zone, layer) {
  const facts = zone.facts.flatMap(([name, value]) => [
    element("dt", said(name)), element("dd", said(value)),
  ]);
  return element("div", [
    element("h3", [zone.name, " ", element("small", said(layer.title))]),
    element("dl", facts),
  ], "zone-facts");
}

function describeSpot(dot, layer) {
  return element("div", [element("h3", said(layer.title)), ...namesAt(dot, 20)], "zone-facts");
}

class MapPage {
  constructor(map, payload) {
    this.map = map;
    this.payload = payload;
    this.layers = payload.layers;
    this.selected = null;
    map.createPane("land").style.zIndex = 390;
    map.createPane("casing").style.zIndex = 401;
    // Everything drawn stands in the lists too: a screen reader need not read labels one by one.
    map.getPane("mapPane").setAttribute("aria-hidden", "true");
    L.geoJSON(payload.land, { pane: "land", interactive: false, style: { className: "land" } }).addTo(map);
    payload.layers.forEach((layer, depth) => drawLayer(map, layer, depth));
    payload.points.forEach((point) => drawPoint(map, point));
    this.byKey = Object.fromEntries(this.layers.map((layer) => [layer.key, layer]));
    if (this.byKey.split) {
      this.layers.filter(({ style }) => CASED.includes(style)).forEach((layer) => drawCasing(layer.group, layer));
    }
    map.fitBounds(payload.bounds, { padding: [8, 8] });
    this.bindLayers();
    this.bindPointer();
    this.bindZones();
    this.bindPlaces();
    this.bindTiles();
    this.bindPrint();
  }

  visible() {
    return this.layers.filter((layer) => this.map.hasLayer(layer.group));
  }

  bindLayers() {
    for (const box of document.querySelectorAll("[data-layer]")) {
      const { group } = this.byKey[box.dataset.layer];
      // A browser may restore a form after a reload: the box is right, not the payload.
      const follow = () => (box.checked ? group.addTo(this.map) : group.remove());
      box.addEventListener("change", follow);
      follow();
    }
  }

  bindPointer() {
    const hover = L.tooltip({ className: "hover", offset: [14, 0], direction: "auto" });
    let waiting = false;
    this.map.on("mousemove", (event) => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        const lines = this.visible().flatMap((layer) => {
          const zone = zoneAt(layer, event.latlng);
          if (zone) return [element("div", [element("small", said(layer.title)), " ", zone.name])];
          const dot = dotAt(this.map, layer, event.latlng);
          return dot ? namesAt(dot, 5) : [];
        });
        if (lines.length) hover.setLatLng(event.latlng).setContent(element("div", lines)).addTo(this.map);
        else hover.remove();
      });
    });
    this.map.on("mouseout", () => hover.remove());
    this.map.on("click", (event) => {
      const found = this.visible()
        .map((layer) => [zoneAt(layer, event.latlng), layer])
        .filter(([zone]) => zone)
        .reverse();
      const spots = this.visible()
        .map((layer) => [dotAt(this.map, layer, event.latlng), layer])
        .filter(([dot]) => dot);
      this.show(found, spots);
    });
  }

  bindZones() {
    for (const button of document.querySelectorAll("[data-zone]")) {
      button.addEventListener("click", () => {
        const layer = this.byKey[button.dataset.show];
        const zone = layer.zones.find((candidate) => candidate.id === button.dataset.zone);
        this.show([[zone, layer]]);
        this.map.fitBounds(zone.path.getBounds(), { padding: [40, 40], maxZoom: 14 });
        this.reveal();
      });
    }
  }

  show(found, spots = []) {
    if (this.selected) this.selected.remove();
    this.selected = null;
    const detail = document.getElementById("detail");
    if (!detail || !(found.length || spots.length)) return;
    detail.replaceChildren(
      ...spots.map(([dot, layer]) => describeSpot(dot, layer)),
      ...found.map(([one, layer]) => describe(one, layer)),
    );
    if (!found.length) return;
    const [zone] = found.find(([, layer]) => layer.key === this.payload.main) || found[0];
    const pane = this.map.getPane("selected") || this.map.createPane("selected");
    pane.style.zIndex = 450;
    const style = { className: "zone selected" };
    this.selected = L.geoJSON(zone.shape, { pane: "selected", interactive: false, style }).addTo(this.map);
  }

  /** After a choice in a list: on a phone the map and what it tells are far above. */
  reveal() {
    const detail = document.getElementById("detail");
    const { top, bottom } = detail.getBoundingClientRect();
    if (bottom > 0 && top < window.innerHeight) return;
    this.map.getContainer().scrollIntoView({ block: "start" });
    detail.focus({ preventScroll: true });
  }

  /** A place in a list: go there, with the layer that shows what is there, and say it. */
  bindPlaces() {
    for (const button of document.querySelectorAll("[data-lat]")) {
      button.addEventListener("click", () => {
        const box = document.querySelector(`[data-layer="${button.dataset.in}"]`);
        if (box && !box.checked) box.click();
        this.show([]);
        const lines = [...button.closest("li").children].map((line) => (
          element("p", [...line.cloneNode(true).childNodes])));
        const title = element("h3", said(this.byKey[button.dataset.in].title));
        document.getElementById("detail").replaceChildren(element("div", [title, ...lines]));
        this.map.setView([Number(button.dataset.lat), Number(button.dataset.lon)], 14);
        this.reveal();
      });
    }
  }

  /** On paper the whole map, as wide as the page; afterwards as it was. */
  bindPrint() {
    let before = null;
    const resize = () => this.map.invalidateSize({ animate: false, pan: false });
    window.addEventListener("beforeprint", () => {
      if (before) return;
      before = [this.map.getCenter(), this.map.getZoom()];
      document.body.classList.add("printing");
      resize();
      this.map.fitBounds(this.payload.bounds, { padding: [8, 8], animate: false });
    });
    window.addEventListener("afterprint", () => {
      if (!before) return;
      document.body.classList.remove("printing");
      resize();
      this.map.setView(...before, { animate: false });
      before = null;
    });
  }

  bindTiles() {
    const box = document.getElementById("tiles");
    if (!box) return;
    const tiles = L.tileLayer(this.payload.tiles.url, { attribution: this.payload.tiles.credit,
      minZoom: 5, maxZoom: 18 });
    const follow = () => {
      this.map.getContainer().classList.toggle("tiled", box.checked);
      if (box.checked) tiles.addTo(this.map);
      else tiles.remove();
    };
    box.addEventListener("change", follow);
    follow();
  }
}

// --- language, and life inside another page ---------------------------------------------------------

function speak(language) {
  const root = document.documentElement, button = document.getElementById("language");
  root.dataset.lang = root.lang = language;
  if (button) {
    button.textContent = language === "ja" ? "English" : "日本語";
    button.lang = language === "ja" ? "en" : "ja";
  }
  // Links to the other pages take the language with them.
  for (const link of document.querySelectorAll("a[href]")) {
    const [page] = link.getAttribute("href").split("#");
    if (/^[^:/]+\.html$/.test(page)) link.setAttribute("href", page + (language === "ja" ? "" : `#lang=${language}`));
  }
}

function bindLanguage() {
  const asked = () => new URLSearchParams(location.hash.slice(1)).get("lang");
  if (asked() === "en") speak("en");
  window.addEventListener("hashchange", () => {
    if (["ja", "en"].includes(asked())) speak(asked());
  });
  const button = document.getElementById("language");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    speak(document.documentElement.dataset.lang === "ja" ? "en" : "ja");
    try {
      history.replaceState(null, "", `#lang=${document.documentElement.lang}`);
    } catch {
      // A frame may not be allowed to write its address: the language then lasts for this page only.
    }
  });
}

/** The wheel scrolls the page around an embedded map until the reader has chosen the map. */
function bindEmbedded(map) {
  map.scrollWheelZoom.disable();
  map.on("focus click", () => map.scrollWheelZoom.enable());
  map.on("blur mouseout", () => map.scrollWheelZoom.disable());
  window.parent.postMessage({ type: "map-height", height: document.documentElement.scrollHeight }, "*");
}

function start(map) {
  const payload = JSON.parse(document.getElementById("payload").textContent);
  const page = new MapPage(map, payload);
  if (document.body.classList.contains("embed")) bindEmbedded(map);
  window.keniki = page;
}

bindLanguage();
