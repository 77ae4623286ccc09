"""The borders of a layer as flat arrays: rings of vertices, and the segments between them.

Everything that asks for overlaps asks it of all segments at once, so the polygons are taken apart
here, once. Positions (of zones, rings, segments) count from 0 in the arrays given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .exact import Floats, Frame, Points

Index = NDArray[np.intp]

#: Segments of a ring to add up at a time.
STRETCH = 1024

EVERY = slice(None)


def expanded(counts: Index) -> tuple[Index, Index]:
    """For each of `counts` its position so many times, and a number from 0 for each time.

    >>> position, nth = expanded(np.array([2, 0, 3]))
    >>> position.tolist(), nth.tolist()
    ([0, 0, 2, 2, 2], [0, 1, 0, 1, 2])
    """
    position = np.repeat(np.arange(len(counts)), counts)
    return position, np.arange(len(position)) - np.repeat(np.cumsum(counts) - counts, counts)


@dataclass(frozen=True, eq=False)
class Rings:
    """The rings of polygons in a frame.

    Attributes
    ----------
    x, y
        Vertices, ring after ring; the last one of a ring repeats the first.
    first, zone
        Of each ring: its first vertex, and the polygon it belongs to.
    side
        Of each ring: +1 if the polygon lies on the left of its vertices' order, else -1.
    area
        Of each ring: what it encloses, counted positive where its vertices run anticlockwise.
    start, ring
        Of each segment: the vertex it starts from (it ends at the next one), and its ring.
    so_far
        Of each segment: the integral of x dy along its ring up to its start, x counted from the
        ring's first vertex.
    """

    shapes: NDArray[Any] = field(repr=False)
    x: Floats
    y: Floats
    first: Index
    zone: Index
    side: Floats
    area: Floats
    start: Index
    ring: Index
    so_far: Floats

    @classmethod
    def of(cls, polygons: NDArray[Any], frame: Frame) -> Rings:
        """The rings of an array of Polygons and MultiPolygons, moved into `frame`."""
        shapes = shapely.transform(polygons, frame.moved)
        (x, y), ring_of_vertex, zone, is_hole = _taken_apart(shapes)
        vertices = np.bincount(ring_of_vertex, minlength=len(zone))
        first = np.cumsum(vertices) - vertices
        runs_on = np.ones(len(x), dtype=bool)
        runs_on[first + vertices - 1] = False
        start = np.flatnonzero(runs_on)
        ring = ring_of_vertex[start]
        area, so_far = _integrals(x, y, first, start, ring)
        side = np.where(is_hole, -np.sign(area), np.sign(area))
        return cls(shapes, x, y, first, zone, side, area, start, ring, so_far)

    def ends(self, chosen: Index | slice = EVERY) -> tuple[Points, Points]:
        """Where segments start and end."""
        a = self.start[chosen]
        return (self.x[a], self.y[a]), (self.x[a + 1], self.y[a + 1])

    @cached_property
    def segments_of_zone(self) -> Index:
        """The segments of zone k are those from position k to position k + 1 of this."""
        zones = np.arange(len(self.shapes) + 1)
        return np.searchsorted(self.zone[self.ring], zones)

    def integral(self, segment: Index, point: Points, x0: Floats) -> Floats:
        """The integral of (x - x0) dy along a ring from its first vertex to a point on a segment.

        What is left out is one constant for each ring.
        """
        (x, y), ring = point, self.ring[segment]
        x1, y1 = self.x[self.start[segment]], self.y[self.start[segment]]
        x_ring, y_ring = self.x[self.first[ring]], self.y[self.first[ring]]
        rest = 0.5 * ((x1 - x_ring) + (x - x_ring)) * (y - y1)
        return self.so_far[segment] + rest + (x_ring - x0) * (y - y_ring)


def _taken_apart(shapes: NDArray[Any]) -> tuple[Points, Index, Index, NDArray[np.bool_]]:
    """All vertices and the ring of each; the shape of each ring, and whether it is a hole."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    del parts  # GEOS copies what it takes apart
    xy, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    points = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    return points, ring_of_vertex, shape[part], np.diff(part, prepend=-1) == 0


def _integrals(x: Floats, y: Floats, first: Index, start: Index, ring: Index) -> Points:
    """The integral of x dy round each ring, and along each ring up to each of its segments."""
    near = x - np.repeat(x[first], np.diff(np.append(first, len(x))))
    along = (0.5 * (near[start] + near[start + 1])) * (y[start + 1] - y[start])
    # Millions of numbers added up one after the other lose digits: stretches of a ring come first.
    segments = np.bincount(ring, minlength=len(first))
    stretches = -(-segments // STRETCH)
    nth = np.arange(len(ring)) - (np.cumsum(segments) - segments)[ring]
    stretch = (np.cumsum(stretches) - stretches)[ring] + nth // STRETCH
    of_stretch, within = _sums(along, stretch)
    _, before = _sums(of_stretch, np.repeat(np.arange(len(first)), stretches))
    so_far: Floats = before[stretch] + within
    last = np.cumsum(segments) - 1
    # Added up in the same way as `so_far`: a ring must close, whatever is lost on the way.
    return so_far[last] + along[last], so_far


def _sums(values: Floats, group: Index) -> Points:
    """The sum of each group (0, 1, 2 … in order), and before each value that of its group so far.

    A running sum over all groups would lose digits from group to group: each group's own mean is
    taken off first, so that the sum comes back to zero at the end of every group.
    """
    count = np.bincount(group)
    total: Floats = np.bincount(group, values).astype(np.float64, copy=False)
    mean = total / np.maximum(count, 1)
    off = values - mean[group]
    running = np.cumsum(off) - off
    first = np.cumsum(count) - count
    nth = np.arange(len(values)) - first[group]
    so_far: Floats = running - running[first][group] + nth * mean[group]
    return total, so_far


@dataclass(frozen=True, eq=False)
class Segments:
    """Different segments; the border between two neighbours, which both rings draw, stands once.

    Attributes
    ----------
    a, b
        Their ends, `a` before `b` (from west to east, then from south to north).
    first_use
        The uses of segment k are those from ``first_use[k]`` to ``first_use[k + 1]``.
    user
        Of each use: the segment of the rings.
    way
        Of each use: +1 if that ring runs from `a` to `b`, else -1.
    """

    a: Points
    b: Points
    first_use: Index
    user: Index
    way: Floats

    @classmethod
    def of(cls, rings: Rings, chosen: Index) -> Segments:
        """The segments at the positions `chosen` of `rings`."""
        (x0, y0), (x1, y1) = rings.ends(chosen)
        forth = (x0 < x1) | ((x0 == x1) & (y0 < y1))
        ax, bx = np.where(forth, x0, x1), np.where(forth, x1, x0)
        ay, by = np.where(forth, y0, y1), np.where(forth, y1, y0)
        order = np.argsort(_hash(ax, ay, bx, by))
        ends = [values[order] for values in (ax, ay, bx, by)]
        # Equal segments stand side by side. Where two hashes clash they may not: then a segment
        # stands twice, which costs time and changes nothing.
        new = np.zeros(len(order), dtype=bool)
        new[:1] = True
        for values in ends:
            new[1:] |= values[1:] != values[:-1]
        first = np.flatnonzero(new)
        ax, ay, bx, by = (values[first] for values in ends)
        way = np.where(forth[order], 1.0, -1.0)
        return cls((ax, ay), (bx, by), np.append(first, len(order)), chosen[order], way)

    def __len__(self) -> int:
        return len(self.first_use) - 1

    def ends(self, chosen: Index) -> tuple[Points, Points]:
        """Where some segments start and end."""
        (ax, ay), (bx, by) = self.a, self.b
        return (ax[chosen], ay[chosen]), (bx[chosen], by[chosen])

    @cached_property
    def tie(self) -> Floats:
        """On which side of each segment lies a point on it that is thought shifted by (e, e²).

        d turn(a, b, c) / d(cx, cy) = (ay - by, bx - ax): the first of the two that is not zero.
        """
        (ax, ay), (bx, by) = self.a, self.b
        return np.where(ay != by, np.sign(ay - by), np.sign(bx - ax))

    @cached_property
    def box(self) -> tuple[Floats, Floats, Floats, Floats]:
        """West, south, east and north of each segment."""
        (ax, ay), (bx, by) = self.a, self.b
        return ax, np.minimum(ay, by), bx, np.maximum(ay, by)

    def uses(self) -> Index:
        """How many rings use each segment."""
        return np.diff(self.first_use)


def _hash(*columns: Floats) -> NDArray[np.uint64]:
    """One number for each row of coordinates (multiplicative hashing, Knuth 6.4)."""
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    for values in columns:
        mixed = (mixed ^ values.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
