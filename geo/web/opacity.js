// How strong fills are, as the reader wants it.
"use strict";

/** How strong fills are: on the map, and in the legend, which would else not agree with it. */
function bindOpacity(page) {
  const range = byId("opacity");
  if (!range) return;
  const set = (percent) => {
    range.value = percent;
    range.setAttribute("aria-valuetext", `${range.value}%`);
    byId("opacity-said").textContent = `${range.value}%`;
    for (const one of [page.map.getContainer(), ...all(".layers, .colours")]) one.style.setProperty("--opacity", range.value / 100);
  };
  range.addEventListener("input", () => set(range.value));
  range.addEventListener("change", () => page.changed());
  page.states = page.states || {};
  page.states.opacity = {
    read: (params) => set(/^\d+$/.test(params.get("opacity")) ? params.get("opacity") : 100),
    write: () => ({ opacity: range.value === "100" ? null : range.value }),
  };
  set(range.value);
}

BINDINGS.push(bindOpacity);
