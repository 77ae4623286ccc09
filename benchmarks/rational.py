"""The area that two polygons share, in rational numbers: slow, and right to the last digit.

Every edge that is not vertical stands for the land below it, down to a base line; land below upper
edges counts +1, below lower ones -1. So a polygon is a sum of such strips, and what two polygons
share is the sum over all pairs of edges of what their strips share: the integral of the lower of
the two edges, over the x that both have::

       ╱‾‾‾‾╲  +          area(p and q) = sum over edges e of p, f of q of
      ╱      ╲                            ± integral of (min(e(x), f(x)) - base) dx
      ╲______╱  -

It shares no idea with :mod:`geo.areas` and no arithmetic with GEOS: it judges where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import shapely


class Edge(NamedTuple):
    """From west to east; `way` is +1 if the polygon lies below it, else -1."""

    west: Fraction
    y_west: Fraction
    east: Fraction
    y_east: Fraction
    way: int

    def at(self, x: Fraction) -> Fraction:
        """The height of the edge at x."""
        part = (x - self.west) / (self.east - self.west)
        return self.y_west + part * (self.y_east - self.y_west)


def shared_m2(p: shapely.Geometry, q: shapely.Geometry) -> Fraction:
    """The area that two valid (Multi)Polygons share, exactly.

    >>> triangle = shapely.Polygon([(0, 0), (1, 0), (0, 1)])
    >>> shared_m2(triangle, shapely.box(0, 0, 0.25, 1))
    Fraction(7, 32)
    """
    base = Fraction(min(p.bounds[1], q.bounds[1]))
    of_q = list(_edges(q))
    total = Fraction(0)
    for e in _edges(p):
        for f in of_q:
            west, east = max(e.west, f.west), min(e.east, f.east)
            if west < east:
                total += e.way * f.way * _below_both(e, f, west, east, base)
    return total


def _edges(shape: shapely.Geometry) -> Iterator[Edge]:
    for polygon in shapely.get_parts(shape):
        for nth, ring in enumerate(shapely.get_rings(polygon)):
            yield from _edges_of_ring(ring, is_hole=nth > 0)


def _edges_of_ring(ring: shapely.LinearRing, *, is_hole: bool) -> Iterator[Edge]:
    points = [(Fraction(x), Fraction(y)) for x, y in shapely.get_coordinates(ring)]
    steps = list(pairwise(points))
    twice_area = sum((x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in steps), Fraction(0))
    anticlockwise = (twice_area > 0) != is_hole
    for (x0, y0), (x1, y1) in steps:
        if x0 < x1:
            yield Edge(x0, y0, x1, y1, -1 if anticlockwise else 1)
        elif x1 < x0:
            yield Edge(x1, y1, x0, y0, 1 if anticlockwise else -1)


def _below_both(e: Edge, f: Edge, west: Fraction, east: Fraction, base: Fraction) -> Fraction:
    """The integral of the lower of two edges above `base`; they cross once at most."""
    gap_west, gap_east = (e.at(x) - f.at(x) for x in (west, east))
    stops = [west, east]
    if gap_west * gap_east < 0:
        stops.insert(1, west + (east - west) * gap_west / (gap_west - gap_east))
    heights = [min(e.at(x), f.at(x)) - base for x in stops]
    corners = pairwise(zip(stops, heights, strict=True))
    return sum(((x1 - x0) * (h0 + h1) / 2 for (x0, h0), (x1, h1) in corners), Fraction(0))
