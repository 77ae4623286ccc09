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

/** Leaflet reads no class of a style sheet for canvas, so styles of SVG paths live in app.css. */
function drawLayer(map, layer, depth) {
  const pane = map.createPane(layer.key);
  pane.style.zIndex = 400 + depth;
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
  layer.group = group;
  if (layer.on) group.addTo(map);
}

function label(zone, layer) {
  const tooltip = L.tooltip({ permanent: true, direction: "center", className: `label ${layer.style}`,
    interactive: false });
  return tooltip.setLatLng(zone.at).setContent(element("span", [zone.label]));
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

class MapPage {
  constructor(map, payload) {
    this.map = map;
    this.payload = payload;
    this.layers = payload.layers;
    this.selected = null;
    map.createPane("land").style.zIndex = 390;
    L.geoJSON(payload.land, { pane: "land", interactive: false, style: { className: "land" } }).addTo(map);
    payload.layers.forEach((layer, depth) => drawLayer(map, layer, depth));
    payload.points.forEach((point) => drawPoint(map, point));
    this.byKey = Object.fromEntries(this.layers.map((layer) => [layer.key, layer]));
    map.fitBounds(payload.bounds, { padding: [8, 8] });
    this.bindLayers();
    this.bindPointer();
    this.bindZones();
    this.bindTiles();
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
    const hover = L.tooltip({ className: "hover", offset: [14, 0], direction: "right" });
    let waiting = false;
    this.map.on("mousemove", (event) => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        const lines = this.visible().flatMap((layer) => {
          const zone = zoneAt(layer, event.latlng);
          return zone ? [element("div", [element("small", said(layer.title)), " ", zone.name])] : [];
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
      this.show(found);
    });
  }

  bindZones() {
    for (const button of document.querySelectorAll("[data-zone]")) {
      button.addEventListener("click", () => {
        const layer = this.byKey[button.dataset.show];
        const zone = layer.zones.find((candidate) => candidate.id === button.dataset.zone);
        this.show([[zone, layer]]);
        this.map.fitBounds(zone.path.getBounds(), { padding: [40, 40], maxZoom: 14 });
      });
    }
  }

  show(found) {
    if (this.selected) this.selected.remove();
    this.selected = null;
    const detail = document.getElementById("detail");
    if (!found.length || !detail) return;
    const [zone] = found.find(([, layer]) => layer.key === this.payload.main) || found[0];
    const pane = this.map.getPane("selected") || this.map.createPane("selected");
    pane.style.zIndex = 450;
    const style = { className: "zone selected" };
    this.selected = L.geoJSON(zone.shape, { pane: "selected", interactive: false, style }).addTo(this.map);
    detail.replaceChildren(...found.map(([one, layer]) => describe(one, layer)));
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

function bindLanguage() {
  const button = document.getElementById("language");
  if (!button) return;
  const root = document.documentElement;
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = root.dataset.lang === "ja" ? "en" : "ja";
    root.dataset.lang = next;
    root.lang = next;
    button.textContent = next === "ja" ? "English" : "日本語";
    button.lang = next === "ja" ? "en" : "ja";
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
