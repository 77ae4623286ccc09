"""Which points lie in which polygons, exactly, also for points that lie on a border.

For points on a border there is no answer until one layer is thought shifted (see :mod:`geo.areas`):
then the border's windings round the point are counted along a ray, each crossing of it decided by
an exact turn. GEOS answers, faster, for points that are known to be clear of all borders.

Why windings: a needle thinner than the rounding of a :class:`~geo.exact.Frame` may come out of it
inside out, and two parts that touch may come to lie over each other. What lies in there counts -1
or 2 times, as it does for the crossings::

        ╱╲                 ╲╱
       ╱  ╲   a needle,    ╱╲   and moved into a frame with coarse steps:
      ╱ +1 ╲              ╱-1╲  its two sides have changed places
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .exact import Floats, Points, turn
from .rings import Index, Rings, expanded

Flags = NDArray[np.bool_]

#: Horizontal bands into which segments are sorted, so that a ray meets few of them.
BANDS = 1024


def points_inside(
    rings: Rings, points: Points, *, clear: Flags, shifted: bool
) -> tuple[Index, Index, Floats]:
    """Every (polygon, point) where the point lies in the polygon, as positions, and how many times.

    Parameters
    ----------
    rings
        The polygons, in the points' frame.
    points
        The points.
    clear
        Which points are known to lie on no border of these polygons.
    shifted
        Whether the polygons are the layer that is thought shifted; else the points are.

    Returns
    -------
    (polygon, point, times)
        `times` is 1, but where rounding has turned a needle inside out or laid parts together.
    """
    dots = np.asarray(shapely.points(*points))
    shapely.prepare(rings.shapes)
    polygon, point = shapely.STRtree(dots[clear]).query(rings.shapes, predicate="intersects")
    doubtful = np.flatnonzero(~clear)
    candidate, its = shapely.STRtree(dots[doubtful]).query(rings.shapes)
    its = doubtful[its]
    times = _windings(rings, candidate, (points[0][its], points[1][its]), shifted)
    inside = times != 0
    return (
        np.concatenate([polygon, candidate[inside]]),
        np.concatenate([np.flatnonzero(clear)[point], its[inside]]),
        np.concatenate([np.ones(len(polygon)), times[inside]]),
    )


def _windings(rings: Rings, polygon: Index, points: Points, shifted: bool) -> Floats:
    """How often the border of ``polygon[k]`` runs round point k, seen along a ray to the east."""
    if not len(polygon):
        return np.zeros(0)
    pair, segment = _segments_at(rings, polygon, points[1])
    (ax, ay), (bx, by) = rings.ends(segment)
    px, py = (values[pair] for values in points)
    # A vertex at the height of the point counts as above it if the border is thought shifted up.
    a_above, b_above = (ay >= py, by >= py) if shifted else (ay > py, by > py)
    rises = np.flatnonzero(a_above != b_above)
    upward = np.where(b_above[rises], 1.0, -1.0)
    a, b, p = ((x[rises], y[rises]) for x, y in ((ax, ay), (bx, by), (px, py)))
    side, _ = turn(a, b, p)
    side = np.where(side == 0, upward if shifted else -upward, side)
    east = side == upward
    way = (upward * rings.side[rings.ring[segment[rises]]])[east]
    times = np.bincount(pair[rises[east]], way, minlength=len(polygon))
    return times.astype(np.float64, copy=False)


def _segments_at(rings: Rings, polygon: Index, height: NDArray[Any]) -> tuple[Index, Index]:
    """(k, segment) for the segments of ``polygon[k]`` that may reach ``height[k]``."""
    wanted = np.unique(polygon)
    bounds = rings.segments_of_zone
    of, nth = expanded(bounds[wanted + 1] - bounds[wanted])
    segment = bounds[wanted][of] + nth
    (_, ay), (_, by) = rings.ends(segment)
    south, north = np.minimum(ay, by), np.maximum(ay, by)
    step = (north.max() - south.min()) / BANDS or 1.0

    def band(y: NDArray[Any]) -> Index:
        numbered: Index = np.clip((y - south.min()) / step, 0, BANDS - 1).astype(np.intp)
        return numbered

    entry, up = expanded(band(north) - band(south) + 1)
    key = of[entry] * BANDS + band(south)[entry] + up
    order = np.argsort(key, kind="stable")
    asked = np.searchsorted(wanted, polygon) * BANDS + band(height)
    first = np.searchsorted(key[order], asked, side="left")
    last = np.searchsorted(key[order], asked, side="right")
    pair, nth = expanded(last - first)
    return pair, segment[entry[order[first[pair] + nth]]]
