// The list beside a council's map follows what is chosen on the map; the button that prints.
"use strict";

function bindDistricts(page) {
  const districts = all("[data-district]"), panel = byId("panel");
  if (!districts.length) return;
  page.addEventListener("select", () => {
    const { selected, main, byKey } = page;
    const id = selected && selected.key === main ? byKey[main].ids[selected.zone] : null;
    for (const one of districts) {
      if (one.dataset.district !== id) one.removeAttribute("aria-current");
      else showIn(panel, one);
    }
  });
}

/** Marks a district and brings it into sight, where the list scrolls beside the map. */
function showIn(panel, district) {
  district.setAttribute("aria-current", "true");
  const fold = district.closest("details");
  if (fold) fold.open = true;
  const { top, bottom } = panel.getBoundingClientRect(), box = district.getBoundingClientRect();
  if (box.top < top || box.bottom > bottom) panel.scrollTop += box.top - top - 8;
}

function bindPrintButton() {
  const button = byId("print");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

BINDINGS.push(bindDistricts, bindPrintButton);
