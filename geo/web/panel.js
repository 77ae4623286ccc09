// The panel of a map: boxes of layers, places to go to, background tiles, paper.
"use strict";

function bindLayers(page) {
  for (const box of all("[data-layer]")) {
    // A browser may restore a form after a reload: the box is right, not the data.
    const follow = () => page.show(box.dataset.layer, box.checked);
    box.addEventListener("change", follow);
    follow();
  }
}

/** A place in a list: go there, with the layer that shows what is there, and say it. */
function bindPlaces(page) {
  for (const button of all("[data-lat]")) {
    button.addEventListener("click", () => {
      page.show(button.dataset.in, true);
      page.select(page.main, null);
      const lines = [...button.closest("li").children].map((line) => element("p", [...line.cloneNode(true).childNodes]));
      const title = element("h3", said(page.byKey[button.dataset.in].title));
      byId("detail").replaceChildren(element("div", [title, ...lines]));
      page.map.setView([Number(button.dataset.lat), Number(button.dataset.lon)], 14);
      page.picking.reveal();
    });
  }
}

const NO_TILES = ["背景の地図を読み込めません。インターネットにつながっているか確かめてください。",
  "The background map cannot be loaded. Is there a connection to the internet?"];

/** Background tiles: the only thing that a page asks of a host, and only if the reader wants it. */
function bindTiles(page) {
  const box = byId("tiles");
  if (!box) return;
  const { url, credit } = page.data.tiles;
  const tiles = L.tileLayer(url, { attribution: credit, minZoom: 5, maxZoom: 18 });
  const told = element("p", [], "tiles-said");
  told.setAttribute("role", "status");
  box.closest("label").after(told);
  const tell = (...words) => told.replaceChildren(...words);
  const follow = () => {
    page.map.getContainer().classList.toggle("tiled", box.checked);
    if (box.checked) tiles.addTo(page.map);
    else tiles.remove();
    tell();
  };
  // Off the coast single tiles are missing: only a map of which nothing comes is a map that cannot be loaded.
  let came = false;
  tiles.on("loading", () => {
    came = false;
  });
  tiles.on("tileload", () => {
    came = true;
    tell();
  });
  tiles.on("tileerror", () => {
    if (!came && !told.hasChildNodes()) tell(...said(NO_TILES));
  });
  box.addEventListener("change", follow);
  follow();
}

/** On paper the whole map, as wide as the page, and below it the legend; afterwards as it was. */
function bindPrint({ map, data }) {
  let before = null;
  const legend = document.querySelector("#panel .layers"), place = document.createComment("");
  const resize = () => map.invalidateSize({ animate: false, pan: false });
  window.addEventListener("beforeprint", () => {
    if (before) return;
    before = [map.getCenter(), map.getZoom()];
    if (legend) {
      legend.replaceWith(place);
      byId("stage").after(legend);
    }
    document.body.classList.add("printing");
    resize();
    map.fitBounds(data.bounds, { padding: [8, 8], animate: false });
  });
  window.addEventListener("afterprint", () => {
    if (!before) return;
    const [center, zoom] = before;
    before = null;
    if (legend) place.replaceWith(legend);
    document.body.classList.remove("printing");
    resize();
    map.setView(center, zoom, { animate: false });
  });
}

BINDINGS.push(bindLayers, bindPlaces, bindTiles, bindPrint);
