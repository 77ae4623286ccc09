// Rows of lists follow what is chosen on the map: those of the zones at a place, or of one zone.
"use strict";

function bindRows(page) {
  const rows = all("[data-row]"), panel = byId("panel");
  if (!rows.length) return;
  const mark = (zones) => {
    const keys = zones.map(([layer, zone]) => `${layer.key}:${layer.ids[zone]}`);
    let first = null;
    for (const row of rows) {
      row.removeAttribute("aria-current");
      if (!keys.includes(row.dataset.row)) continue;
      row.setAttribute("aria-current", "true");
      first = first || row;
    }
    if (first) showIn(panel, first);
  };
  page.addEventListener("select", () => {
    const { selected, byKey } = page;
    mark(selected ? [[byKey[selected.key], selected.zone]] : []);
  });
  // What moved may lie under the zone that a click chooses.
  page.map.on("click", ({ latlng }) => mark(page.picking.at(latlng).zones));
}

BINDINGS.push(bindRows);
