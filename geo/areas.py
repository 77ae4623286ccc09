"""How much area polygons of two layers share, found without building a single overlap.

**From areas to borders.** By Green's theorem the area of a shape is the integral of x dy once round
its border, anticlockwise. The border of an overlap of p and q is made of stretches of p's border
inside q and stretches of q's border inside p, which take turns where the borders cross::

          ┌───────────────┐
          │ p             │            p's border enters q at c1 and leaves it at c2;
          │         c2 ┌──┼─────┐      q's border enters p at c2 and leaves it at c1.
          │            │▒▒│     │
          └────────────┼──┘ c1  │      area = (P(c2) - P(c1)) + (Q(c1) - Q(c2))
                       │      q │
                       └────────┘      (drawn schematically: c1, c2 are the two crossings)

Let P(c) be the integral along p's border from its reference vertex to c, and Q(c) the same for q.
A stretch from c to d adds P(d) - P(c): every crossing where p's border leaves q adds P, every one
where it enters takes P off, and Q the other way round. With k = +1 where p's border enters q and
k = -1 where it leaves it, all stretches together are one sum over crossings, in any order::

    area(p and q) = sum over crossings c of  k (Q(c) - P(c))
                  + the areas of p's rings whose reference vertex lies inside q
                  + the areas of q's rings whose reference vertex lies inside p

The last two lines belong to stretches that run past the reference vertex, where the integral starts
anew, and to rings without any crossing. Holes are rings that count negative. So a pair of polygons
costs as much as it has crossings, not vertices (W. R. Franklin's overlay area, 1990s). P and Q are
running sums over the rings, made once.

**When borders coincide** — between real layers they mostly do — "crosses" and "inside" have no
answer. One layer (q's) is therefore thought shifted by (e, e²), with e smaller than any number:
nothing coincides any more, and since the area depends continuously on the shift, the answer is that
of the unshifted layers (*simulation of simplicity*, Edelsbrunner & Mücke 1990). The shift is never
made: it decides only what an exact turn of 0 means. Because all signs are exact
(:mod:`geo.exact`), the crossings of any two rings fit together, however they touch.

**How crossings are found.** Segments of q lie in the square cells of a lattice; a segment of p is
compared with those in its cells only. Polygons of p that meet no cell with a border in it lie
wholly inside or outside each q: one vertex decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .chunks import VERTICES, Shapes, chunks
from .exact import Floats, Frame, Points, turn
from .inside import points_inside
from .lattice import Lattice
from .rings import Index, Rings, Segments, expanded
from .workers import Run, in_threads, one_by_one

Overlaps = tuple[Index, Index, Floats]
"""Positions in the left layer and in the right one, and the areas in m² that they share."""

Crossings = tuple[Index, Index, Floats, Points]
"""A segment of p, a segment of q, k, and the point: k is +1 where p ends on the left of q."""

#: Below this share of the smaller polygon, or that of the larger one, an area is rounding.
ROUNDING_OF_SMALLER, ROUNDING_OF_LARGER = 1e-9, 1e-14


def overlap_areas(left: Shapes, right: Shapes, *, threads: int | None = 1) -> Overlaps:
    """The area that each polygon of one layer shares with each of another.

    Parameters
    ----------
    left, right
        Valid Polygons and MultiPolygons in the same projected CRS, in metres. Zones of one layer
        may overlap each other or leave gaps. Empty and missing ones share nothing.
    threads
        How many chunks to work on at once (None: one for each core); the result is the same to the
        last bit.

    Returns
    -------
    (left position, right position, area in m²)
        Every pair that shares land, sorted. What is below 1e-9 of the smaller or 1e-14 of the
        larger of the two is rounding, and left out.

    Notes
    -----
    Coordinates are rounded to 2^-52 of the extent of a chunk (1e-11 m for a city). The result does
    not depend on the order of polygons, on where rings start or which way they run, but for
    rounding.

    >>> left = np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)])
    >>> right = np.array([shapely.box(1, 0, 3, 2)])
    >>> i, j, area_m2 = overlap_areas(left, right)
    >>> i.tolist(), j.tolist(), area_m2.tolist()
    ([0, 1], [0, 0], [2.0, 2.0])
    """
    return in_order(by_chunk(left, right, in_threads(threads)))


def by_chunk(
    left: Shapes, right: Shapes, run: Run = one_by_one, vertices: int = VERTICES
) -> Iterator[Overlaps]:
    """The same, chunk by chunk in space; every polygon on the left is in one chunk only."""
    parts = list(chunks(left, right, vertices))
    tasks = ((left[chunk], right[near]) for chunk, near in parts)
    for (chunk, near), (i, j, area) in zip(parts, run(_overlaps, tasks), strict=True):
        yield chunk[i], near[j], area


def in_order(found: Iterable[Overlaps]) -> Overlaps:
    """The overlaps of all chunks, sorted by position."""
    nothing = np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0)
    i, j, area = (np.concatenate(parts) for parts in zip(nothing, *found, strict=True))
    order = np.lexsort((j, i))
    return i[order], j[order], area[order]


def _overlaps(left: Shapes, right: Shapes) -> Overlaps:
    boxes, others = shapely.bounds(left), shapely.bounds(right)
    frame = Frame.around(boxes, others)
    q = Rings.of(right, frame)
    region = _common(_moved(boxes, frame), _moved(others, frame))
    segments = Segments.of(q, _meeting(q, region))
    lattice = Lattice.over(segments, region)
    near = lattice.meets(_moved(boxes, frame).T)
    p = Rings.of(left[near], frame)
    reference, clear = _references(p, lattice)
    i, j, terms = (
        np.concatenate(parts)
        for parts in zip(
            _terms_of_crossings(p, q, segments, lattice, reference),
            _left_rings_inside(p, q, reference, clear),
            _right_rings_inside(p, q),
            strict=True,
        )
    )
    i = np.flatnonzero(near)[i]
    far = np.flatnonzero(~near)
    k, inside = _whole_polygons(left[far], q, frame)
    return _summed(
        np.concatenate([i, far[k]]),
        np.concatenate([j, inside]),
        np.concatenate([terms, shapely.area(left[far[k]])]),
        shapely.area(left),
        shapely.area(right),
    )


def _moved(boxes: NDArray[Any], frame: Frame) -> NDArray[Any]:
    return np.hstack([frame.moved(boxes[:, :2]), frame.moved(boxes[:, 2:])])


def _common(boxes: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """The box that both layers reach into (turned inside out if there is none)."""
    low = np.maximum(boxes[:, :2].min(axis=0), others[:, :2].min(axis=0))
    high = np.minimum(boxes[:, 2:].max(axis=0), others[:, 2:].max(axis=0))
    return np.concatenate([low, high])


def _meeting(rings: Rings, region: NDArray[Any]) -> Index:
    """The segments whose box meets the region."""
    (ax, ay), (bx, by) = rings.ends()
    west, south, east, north = region
    apart = (
        (np.maximum(ax, bx) < west) | (np.minimum(ax, bx) > east)
        | (np.maximum(ay, by) < south) | (np.minimum(ay, by) > north)
    )  # fmt: skip
    return np.flatnonzero(~apart)


def _references(rings: Rings, lattice: Lattice) -> tuple[Index, NDArray[np.bool_]]:
    """The reference vertex of each ring: the first one clear of the other layer's borders, if any.

    Also returned: whether it is clear.
    """
    cell = lattice.cell_of((rings.x, rings.y))
    free = np.flatnonzero(lattice.first[cell + 1] == lattice.first[cell])
    ring = np.searchsorted(rings.first, free, side="right") - 1
    ring, first_free = np.unique(ring, return_index=True)
    reference, clear = rings.first.copy(), np.zeros(len(rings.first), dtype=bool)
    reference[ring], clear[ring] = free[first_free], True
    return reference, clear


def _terms_of_crossings(
    p: Rings, q: Rings, q_segments: Segments, lattice: Lattice, reference: Index
) -> Overlaps:
    """The terms k (Q(c) - P(c)) of every crossing c of a ring of p with a ring of q."""
    (ax, ay), (bx, by) = p.ends()
    box = np.minimum(ax, bx), np.minimum(ay, by), np.maximum(ax, bx), np.maximum(ay, by)
    p_segments = Segments.of(p, np.flatnonzero(lattice.meets(box)))
    crossings = _crossings(p_segments, q_segments, lattice)
    u, v, k, at = _of_each_ring(p_segments, q_segments, crossings)
    i, j = p.zone[p.ring[u]], q.zone[q.ring[v]]
    k = k * p.side[p.ring[u]] * q.side[q.ring[v]]
    # Both integrals count x from one vertex of q: small numbers lose no digits.
    x0 = q.x[q.start[q.segments_of_zone[j]]]
    anew = np.where(p.start[u] < reference[p.ring[u]], p.area[p.ring[u]], 0.0)
    return i, j, k * (q.integral(v, at, x0) - p.integral(u, at, x0) - anew)


def _crossings(p: Segments, q: Segments, lattice: Lattice) -> Crossings:
    """Where segments of p cross segments of q, thought shifted by (e, e²), each crossing once."""
    s, t = lattice.neighbours(p)
    s, t = _boxes_touch(p, q, s, t)
    (a, b), (c, d) = p.ends(s), q.ends(t)
    c_side, d_side = (_sided(turn(a, b, end)[0], p.tie[s]) for end in (c, d))
    apart = np.flatnonzero(c_side != d_side)
    s, t = s[apart], t[apart]
    (a, b), (c, d) = p.ends(s), q.ends(t)
    (a_sign, a_off), (b_sign, b_off) = turn(c, d, a), turn(c, d, b)
    a_side, b_side = _sided(a_sign, -q.tie[t]), _sided(b_sign, -q.tie[t])
    crossing = np.flatnonzero(a_side != b_side)
    # Two segments may share several cells.
    _, once = np.unique(s[crossing] * np.intp(len(q)) + t[crossing], return_index=True)
    crossing = crossing[once]
    a_off, b_off = a_off[crossing], b_off[crossing]
    (ax, ay), (bx, by) = p.ends(s[crossing])
    along = np.clip(a_off / (a_off - b_off), 0.0, 1.0)
    at = ax + along * (bx - ax), ay + along * (by - ay)
    return s[crossing], t[crossing], b_side[crossing], at


def _of_each_ring(p: Segments, q: Segments, found: Crossings) -> Crossings:
    """The same crossings for every ring that uses one of the segments: segments of the rings."""
    s, t, k, (x, y) = found
    uses = q.uses()[t]
    crossing, nth = expanded(p.uses()[s] * uses)
    of_p, of_q = np.divmod(nth, uses[crossing])
    of_p += p.first_use[s[crossing]]
    of_q += q.first_use[t[crossing]]
    k = k[crossing] * p.way[of_p] * q.way[of_q]
    return p.user[of_p], q.user[of_q], k, (x[crossing], y[crossing])


def _boxes_touch(p: Segments, q: Segments, s: Index, t: Index) -> tuple[Index, Index]:
    """The pairs of segments whose boxes touch."""
    west, south, east, north = p.box
    q_west, q_south, q_east, q_north = q.box
    both = np.flatnonzero((west[s] <= q_east[t]) & (q_west[t] <= east[s]))
    s, t = s[both], t[both]
    both = np.flatnonzero((south[s] <= q_north[t]) & (q_south[t] <= north[s]))
    return s[both], t[both]


def _sided(sign: Floats, tie: Floats) -> Floats:
    return np.where(sign == 0, tie, sign)


def _left_rings_inside(p: Rings, q: Rings, reference: Index, clear: NDArray[np.bool_]) -> Overlaps:
    """The areas of p's rings whose reference vertex lies in a polygon of q."""
    points = p.x[reference], p.y[reference]
    j, ring, times = points_inside(q, points, clear=clear, shifted=True)
    return p.zone[ring], j, times * (p.side * p.area)[ring]


def _right_rings_inside(p: Rings, q: Rings) -> Overlaps:
    """The areas of q's rings whose first vertex lies in a polygon of p."""
    points = q.x[q.first], q.y[q.first]
    unknown = np.zeros(len(q.first), dtype=bool)
    i, ring, times = points_inside(p, points, clear=unknown, shifted=False)
    return i, q.zone[ring], times * (q.side * q.area)[ring]


def _whole_polygons(shapes: Shapes, q: Rings, frame: Frame) -> tuple[Index, Index]:
    """(position, polygon of q) for the shapes, clear of all borders of q, that lie in it."""
    first = shapely.get_point(shapely.get_exterior_ring(shapely.get_geometry(shapes, 0)), 0)
    x, y = frame.moved(shapely.get_coordinates(first)).T
    j, k, _ = points_inside(q, (x, y), clear=np.ones(len(shapes), dtype=bool), shifted=True)
    return k, j


def _summed(i: Index, j: Index, terms: Floats, left_m2: Floats, right_m2: Floats) -> Overlaps:
    """The terms of each pair added up; what is only rounding is left out."""
    pair, term = np.unique(i * np.intp(len(right_m2)) + j, return_inverse=True)
    area: Floats = np.bincount(term, terms, minlength=len(pair)).astype(np.float64, copy=False)
    i, j = np.divmod(pair, len(right_m2))
    smaller, larger = np.minimum(left_m2[i], right_m2[j]), np.maximum(left_m2[i], right_m2[j])
    land = area > ROUNDING_OF_SMALLER * smaller + ROUNDING_OF_LARGER * larger
    return i[land], j[land], area[land]
