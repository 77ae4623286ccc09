// The address says what is shown, and brings it back: place, layers, what is chosen, other parts.
"use strict";

/** Browsers refuse to write an address more than about a hundred times in half a minute. */
const WRITE_AFTER_MS = 400;
const DEGREES = /^-?\d{1,3}(\.\d+)?,-?\d{1,3}(\.\d+)?$/;
const MOST_ZOOM = 30;
/** Leaflet else moves a map by whole pixels. */
const EXACTLY = { reset: true };

/** at=latitude,longitude&z=zoom: a link that has it tells the whole view. */
class PlacePart {
  constructor({ map }) {
    this.map = map;
  }

  write() {
    const { lat, lng } = this.map.getCenter();
    return { at: `${lat.toFixed(5)},${lng.toFixed(5)}`, z: String(this.map.getZoom()) };
  }

  known(params) {
    if (!DEGREES.test(params.get("at"))) return null;
    const [lat, lng] = params.get("at").split(",").map(Number);
    return Math.abs(lat) <= 85 && Math.abs(lng) <= 180 ? [lat, lng] : null;
  }

  read(params) {
    const center = this.known(params), zoom = params.get("z");
    const known = /^\d{1,2}(\.\d+)?$/.test(zoom) && zoom <= MOST_ZOOM;
    if (center) this.map.setView(center, known ? Number(zoom) : this.map.getZoom(), EXACTLY);
  }
}

/** on=key,key and off=key,key: the layers that differ from the start, which the page's boxes know. */
class LayersPart {
  constructor(page) {
    this.page = page;
    this.first = new Map(all("[data-layer]").map((box) => [box.dataset.layer, box.defaultChecked]));
  }

  write() {
    const keys = (on) => [...this.first].filter(([key, first]) => first !== on && this.page.isOn(key) === on)
      .map(([key]) => key).join() || null;
    return { on: keys(true), off: keys(false) };
  }

  read(params) {
    const [on, off] = ["on", "off"].map((name) => (params.get(name) || "").split(","));
    for (const [key, first] of this.first) this.page.show(key, on.includes(key) || (first && !off.includes(key)));
  }
}

/** zone=key:id. Without a place in the link, the map goes there. */
class ZonePart {
  constructor(page, place) {
    Object.assign(this, { page, place, hint: [...byId("detail").childNodes] });
  }

  write() {
    const { selected, byKey } = this.page;
    return { zone: selected ? `${selected.key}:${byKey[selected.key].ids[selected.zone]}` : null };
  }

  read(params) {
    const { page } = this, [key, ...id] = (params.get("zone") || "").split(":");
    const layer = page.layers.find((one) => one.key === key && one.ids);
    const zone = layer ? layer.ids.indexOf(id.join(":")) : -1, go = !this.place.known(params);
    if (zone >= 0 && go) page.show(key, true);
    if (zone >= 0) page.select(key, zone, { go });
    else if (page.selected) {
      page.select(page.main, null);
      byId("detail").replaceChildren(...this.hint);
    }
  }
}

/** All parts in the order in which they are restored: the place last, for others may move the map. */
class View {
  constructor(page) {
    this.place = new PlacePart(page);
    this.parts = [new LayersPart(page), ...Object.values(page.states || {}), new ZonePart(page, this.place), this.place];
  }

  /** A link with a place resets what it does not name; another one changes only what it names. */
  read() {
    const params = asked(), whole = this.place.known(params);
    for (const part of this.parts) {
      if (whole || Object.keys(part.write()).some((key) => params.has(key))) part.read(params);
    }
  }

  params() {
    const { lang } = document.documentElement.dataset;
    const written = Object.assign({ lang: lang === "ja" ? null : lang }, ...this.parts.map((part) => part.write()));
    return new URLSearchParams(Object.entries(written).filter(([, value]) => value !== null));
  }

  link() {
    return location.href.split("#")[0] + hashOf(this.params());
  }
}

/** Whether the page's frame lets it copy: a browser that is asked to and must not says so in its console. */
function mayCopy() {
  const policy = document.permissionsPolicy || document.featurePolicy;
  return !policy || policy.allowsFeature("clipboard-write");
}

/** Copies, or where a page may not, shows the link to be copied. */
async function copyLink(link) {
  const field = byId("link");
  field.parentElement.hidden = true;
  try {
    if (!mayCopy()) throw new DOMException("not allowed", "NotAllowedError");
    await navigator.clipboard.writeText(link);
    return ["リンクをコピーしました。", "The link has been copied."];
  } catch {
    field.parentElement.hidden = false;
    field.value = link;
    field.focus();
    field.select();
    return ["下のリンクをコピーしてください。", "Copy the link below."];
  }
}

function bindLink(page) {
  const button = byId("copy");
  if (!button) return;
  const view = new View(page), field = byId("link").parentElement, told = byId("view-said");
  let waiting = null;
  const write = () => {
    // A link that is on show is one of another view now.
    if (!field.hidden) told.replaceChildren();
    field.hidden = true;
    waiting = waiting || setTimeout(() => {
      waiting = null;
      replaceAddress(view.params());
    }, WRITE_AFTER_MS);
  };
  view.read();
  window.addEventListener("hashchange", () => view.read());
  page.addEventListener("change", write);
  document.addEventListener("language", write);
  page.map.on("moveend", write);
  button.addEventListener("click", async () => told.replaceChildren(...said(await copyLink(view.link()))));
}

BINDINGS.push(bindLink);
