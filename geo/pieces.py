"""The overlaps of two layers as polygons: for maps, and for whatever is counted on them.

Areas come first (:mod:`geo.areas`), since they cost a fraction of a polygon: what shares no land is
never cut, and a polygon that lies wholly inside the other one is passed on as it is. GEOS cuts only
the rest, and its areas are compared: where shapes have needles thinner than its rounding, it may
give a whole polygon for one that hardly touches the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .areas import ROUNDING_OF_LARGER, Overlaps, by_chunk, in_order
from .chunks import Shapes
from .exact import Floats
from .rings import Index
from .workers import in_threads

Pieces = tuple[Index, Index, NDArray[Any]]
"""Positions in the left layer and in the right one, and the polygons that they share."""

#: A polygon whose overlap has all but this share of its area lies inside the other one. (Far less
#: than what a crosswalk counts as land, 1e-9.)
WHOLE = 1e-11

#: Pieces whose area is off by more than this share of the smaller polygon are cut again, on a grid
#: of so many metres: slower, but GEOS cannot lose its way there.
ASTRAY, GRID_M = 1e-7, 1e-7

#: Pairs to cut in one task of a thread.
PAIRS = 500


def overlap_pieces(left: Shapes, right: Shapes, *, threads: int | None = None) -> Pieces:
    """The land that each polygon of one layer shares with each of another, as polygons.

    Parameters
    ----------
    left, right, threads
        As for :func:`geo.areas.overlap_areas`.

    Returns
    -------
    (left position, right position, Polygon or MultiPolygon)
        The pairs of :func:`geo.areas.overlap_areas`, in its order. Lines and points in which two
        polygons only touch are left out. A polygon that lies inside the other one but for rounding
        (1e-11 of its area) is passed on untouched.

    >>> left = np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)])
    >>> i, j, shapes = overlap_pieces(left, np.array([shapely.box(-1, -1, 3, 3)]))
    >>> shapes[0] is left[0], shapely.area(shapes).tolist()
    (True, [4.0, 2.0])
    """
    run = in_threads(threads)
    found = in_order(by_chunk(left, right, run))
    i, j, area = found
    shapes = _uncut(left, right, found)
    cut = np.flatnonzero(shapely.is_missing(shapes))
    parts = np.array_split(cut, max(1, len(cut) // PAIRS))
    tasks = ((left[i[part]], right[j[part]], area[part]) for part in parts)
    for part, pieces in zip(parts, run(_cut, tasks), strict=True):
        shapes[part] = pieces
    land = ~shapely.is_empty(shapes)
    return i[land], j[land], shapes[land]


def _uncut(left: Shapes, right: Shapes, found: Overlaps) -> NDArray[Any]:
    """The polygon of each pair that lies wholly inside the other; None where neither does."""
    i, j, area = found
    left_m2, right_m2 = shapely.area(left)[i], shapely.area(right)[j]
    larger = np.maximum(left_m2, right_m2)
    shapes = np.full(len(i), None, dtype=object)
    for side, m2 in ((right[j], right_m2), (left[i], left_m2)):
        inside = area >= m2 * (1 - WHOLE) - larger * ROUNDING_OF_LARGER
        shapes[inside] = side[inside]
    return shapes


def _cut(left: Shapes, right: Shapes, area: Floats) -> NDArray[Any]:
    """The intersections, polygons only, which have these areas in m²."""
    shapes = only_polygons(shapely.intersection(left, right))
    off = np.abs(shapely.area(shapes) - area)
    astray = np.flatnonzero(off > ASTRAY * np.minimum(shapely.area(left), shapely.area(right)))
    again = only_polygons(shapely.intersection(left[astray], right[astray], grid_size=GRID_M))
    better = np.abs(shapely.area(again) - area[astray]) < off[astray]
    shapes[astray[better]] = again[better]
    return shapes


def only_polygons(shapes: NDArray[Any]) -> NDArray[Any]:
    """The same without lines and points."""
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON)))
    for k in mixed:
        parts = shapely.get_parts(shapely.get_parts(shapes[k]))
        shapes[k] = shapely.multipolygons(parts[shapely.get_type_id(parts) == POLYGON])
    return shapes


POLYGON, MULTIPOLYGON = shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON
