"""What a page draws and lets be reached, asked of the page itself."""

from __future__ import annotations

import numpy as np
from opened import Opened

AREAS = """() => Object.fromEntries(keniki.layers.filter(({ kind }) => kind === "zones").map((layer) => {
  const turn = Math.PI / 180;
  // A cylinder of equal area: longitude and the sine of latitude.
  const ring = (places) => places.slice(1).reduce((sum, to, i) => (sum + (places[i].lng - to.lng)
    * (Math.sin(to.lat * turn) + Math.sin(places[i].lat * turn)) / 2 * turn), 0);
  return [layer.key, Array.from({ length: layer.size }, (_, zone) => (
    layer.outline(zone).reduce((sum, places) => sum + ring(places), 0)))];
}))"""  # noqa: E501
#: GRS 80.
RADIUS_M, E2 = 6_378_137.0, 0.00669438002290
#: Half a cell of the grid that pages are drawn on.
HALF_CELL_M = 0.55


def radius2_m2(lat: float) -> float:
    """The square of the radius of the sphere that fits the earth best at a latitude."""
    w = 1 - E2 * np.sin(np.radians(lat)) ** 2
    return float(RADIUS_M**2 * (1 - E2) / w**2)


#: Which of the main zones the arrow keys reach, from the one tab stop on.
REACHED = """() => {
  const paths = keniki.shapes.map((shape) => shape.getElement());
  const stops = paths.filter((path) => path.getAttribute("tabindex") === "0");
  if (stops.length !== 1) return [false];
  const reached = new Set([paths.indexOf(stops[0])]);
  for (const zone of reached) {
    for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
      paths[zone].focus();
      paths[zone].dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      reached.add(paths.indexOf(document.activeElement));
    }
  }
  return paths.map((_, zone) => reached.has(zone));
}"""


def show_all(opened: Opened) -> None:
    """Every layer on, every fold open."""
    opened("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for box in opened.here.locator("[data-layer]").all():
        box.check()
