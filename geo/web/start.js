// Starts a map page: Folium's map is there, the data are unpacked, and every part binds what it finds.
"use strict";

async function start(map) {
  const data = await unpack(byId("data").textContent);
  map.keniki = data;
  const page = new MapPage(map, data);
  window.keniki = page;
  page.start();
  if (data.credit) map.attributionControl.addAttribution(element("span", said(data.credit)).outerHTML);
  page.picking = new Picking(page);
  page.labels = new Labels(page);
  for (const bind of BINDINGS) bind(page);
  for (const still of all(".still")) still.remove();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.body.dataset.live = "";
  }));
}
