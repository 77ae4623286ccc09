"""Polygons → arcs: every border once, however many zones and layers have it.

The vertices of all polygons are rounded to one grid of degrees. A *node* is a vertex where more or
fewer than two edges meet; an *arc* is a border from node to node. A ring is then a list of arcs,
and a border that two zones or two layers share is stored once (as in TopoJSON, Bostock 2012).
Shapes that meet exactly stay so after the rounding: the same vertex goes to the same place of the
grid. Vertices that say no more than the grid can are left out, arc by arc (:func:`lean`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Grid lines in a degree: cells of about one metre.
SCALE = 100_000
#: A ring has three corners.
CORNERS = 3
#: How far, in cells, a vertex on the grid may be from where it was: rounding moves it as much.
ROUNDED = 0.5
#: Grid lines are counted in so many bits, from the middle.
BITS = 26


@dataclass(frozen=True, eq=False)
class Topology:
    """Polygons as lists of arcs.

    Attributes
    ----------
    x, y
        Longitude and latitude of all vertices of all arcs, in grid lines (degrees × ``SCALE``).
    lengths
        How many vertices each arc has.
    arcs
        The arcs of all rings, one after another: the number of an arc, or ``~number`` where a ring
        runs against it.
    arcs_of_ring, rings_of_part, parts_of_face
        How many arcs each ring has, rings each polygon, polygons each face; a face is one of the
        geometries given, and has none where nothing of it is left on the grid.
    """

    x: Ints
    y: Ints
    lengths: Ints
    arcs: Ints
    arcs_of_ring: Ints
    rings_of_part: Ints
    parts_of_face: Ints

    @property
    def arcs_again(self) -> Ints:
        """The arcs of all rings in small numbers, since arcs are numbered as they come up.

        0 is the next new arc; n is the one n before it, against it if n is above 0.

        >>> halves = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
        >>> found = topology(halves)
        >>> found.arcs.tolist(), found.arcs_again.tolist()
        ([0, 1, 2, -1], [0, 0, 0, 3])
        """
        one = np.where(self.arcs < 0, ~self.arcs, self.arcs)
        new = np.zeros(len(one), dtype=bool)
        new[np.unique(one, return_index=True)[1]] = True
        before = np.cumsum(new) - one
        return np.where(new, 0, np.where(self.arcs < 0, before, -before))


def topology(shapes: NDArray[np.object_], apart: ArrayLike = 0) -> Topology:
    """The arcs of polygons in degrees (EPSG:4326); None and empty shapes are faces without parts.

    `apart` is one number for each shape, or for all: only shapes of one number share borders.

    Outer rings run anticlockwise, holes clockwise, so that two neighbours run along their border in
    opposite directions: the outline of some faces of a coverage is what is left of their arcs when
    each arc is cancelled by its own reverse.

    >>> halves = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> found = topology(halves)
    >>> len(found.lengths), found.arcs_of_ring.tolist()
    (3, [2, 2])
    """
    parts, face = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    grid, ring = _distinct(np.round(xy * SCALE).astype(np.int64), ring)
    if not len(ring):
        none = np.empty(0, dtype=np.int64)
        return Topology(none, none, none, none, none, none, np.zeros(len(shapes), dtype=np.int64))
    kept = np.unique(ring)
    # A polygon whose outer ring is lost on the grid has no holes either.
    outer = np.unique(part, return_index=True)[1] if len(part) else kept
    kept = kept[np.isin(part[kept], part[np.intersect1d(outer, kept)])]
    stays = np.isin(ring, kept)
    grid, ring = grid[stays], ring[stays]
    numbers = np.broadcast_to(np.asarray(apart, dtype=np.int64), len(shapes))
    vertex, at = _numbered(grid, numbers[face[part[ring]]])
    ring = np.searchsorted(kept, ring)
    first, size = _runs(ring, len(kept))
    vertex = vertex[_from_nodes(vertex, ring, first, size)]
    arcs, arcs_of_ring, sequence, lengths = _arcs(vertex, ring, first, size)
    parts_left, rings_of_part = np.unique(part[kept], return_counts=True)
    return Topology(
        at[sequence, 0],
        at[sequence, 1],
        lengths,
        arcs,
        arcs_of_ring,
        rings_of_part,
        np.bincount(face[parts_left], minlength=len(shapes)),
    )


def _distinct(grid: Ints, ring: Ints) -> tuple[Ints, Ints]:
    """Rings without the vertex that closes them, repeated vertices, and rings that are none."""
    if not len(ring):
        return grid, ring
    same_ring = np.r_[False, ring[1:] == ring[:-1]]
    again = same_ring & np.r_[False, (grid[1:] == grid[:-1]).all(axis=1)]
    grid, ring = grid[~again], ring[~again]
    last = np.r_[ring[1:] != ring[:-1], True]
    grid, ring = grid[~last], ring[~last]
    enough = np.bincount(ring) >= CORNERS
    return grid[enough[ring]], ring[enough[ring]]


def lean(found: Topology) -> Topology:
    """The same without the vertices that lie on the line between others, but for rounding.

    Rounded to the grid, a border is known to half a cell; a vertex that moves it by less adds
    nothing (Douglas & Peucker 1973, with a tolerance of ``ROUNDED`` cells). Nodes stay, and so do
    the arcs of a ring that would have no corners left, so that what meets still meets.

    >>> row = np.array([shapely.Polygon([(0, 0), (5, 4e-6), (9, 0), (9, 9), (0, 9)])])
    >>> lean(topology(row)).x.tolist()
    [0, 900000, 900000, 0, 0]
    """
    arc = np.repeat(np.arange(len(found.lengths)), found.lengths)
    points = np.column_stack([found.x, found.y]).astype(float)
    lines = np.asarray(shapely.linestrings(points, indices=arc), dtype=object)
    fewer = np.asarray(shapely.simplify(lines, ROUNDED, preserve_topology=False))
    ring = np.repeat(np.arange(len(found.arcs_of_ring)), found.arcs_of_ring)
    used = np.where(found.arcs < 0, ~found.arcs, found.arcs)
    corners = np.bincount(ring, shapely.get_num_coordinates(fewer)[used] - 1)
    needed = used[(corners < CORNERS)[ring]]
    fewer[needed] = lines[needed]
    xy = shapely.get_coordinates(fewer).astype(np.int64)
    lengths = np.asarray(shapely.get_num_coordinates(fewer), dtype=np.int64)
    return replace(found, x=xy[:, 0], y=xy[:, 1], lengths=lengths)


def _numbered(grid: Ints, apart: Ints) -> tuple[Ints, Ints]:
    """The number of each vertex, and where each number lies."""
    across, up = (grid + (1 << BITS - 1)).T
    key = apart << 2 * BITS | across << BITS | up
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return number.astype(np.int64), grid[first]


def _runs(ring: Ints, rings: int) -> tuple[Ints, Ints]:
    """Where each ring starts, and its length."""
    size = np.bincount(ring, minlength=rings).astype(np.int64)
    return np.cumsum(size) - size, size


def _neighbours(ring: Ints, first: Ints, size: Ints) -> tuple[Ints, Ints]:
    """The places before and after each place of its ring."""
    here = np.arange(len(ring)) - first[ring]
    return first[ring] + (here - 1) % size[ring], first[ring] + (here + 1) % size[ring]


def _is_node(vertex: Ints, before: Ints, after: Ints) -> Flags:
    """Which vertices end arcs: not exactly two edges meet there, or a ring turns back."""
    count = int(vertex.max(initial=-1)) + 1
    ends = np.sort(np.column_stack([vertex, vertex[after]]), axis=1)
    edges = np.unique(ends[:, 0] * count + ends[:, 1])
    degree = np.bincount(np.r_[edges // count, edges % count], minlength=count)
    node = degree != 2
    node[vertex[vertex[before] == vertex[after]]] = True
    return np.asarray(node)


def _from_nodes(vertex: Ints, ring: Ints, first: Ints, size: Ints) -> Ints:
    """The places of all rings, each turned to start at a node, or else at its least vertex."""
    before, after = _neighbours(ring, first, size)
    node = _is_node(vertex, before, after)
    order = np.lexsort([vertex, ~node[vertex], ring])
    start = order[first]
    here = np.arange(len(ring)) - first[ring]
    return np.asarray(first[ring] + (start[ring] - first[ring] + here) % size[ring], dtype=np.int64)


def _arcs(vertex: Ints, ring: Ints, first: Ints, size: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Rings cut at nodes: (arcs of rings, arcs of each ring, vertices of the arcs, lengths)."""
    before, after = _neighbours(ring, first, size)
    cut = _is_node(vertex, before, after)[vertex]
    cut[first] = True
    start = np.flatnonzero(cut)
    stop = np.r_[start[1:], len(vertex)]
    # An arc is known by its first step, in either direction: no other leaves its node that way.
    count = int(vertex.max(initial=-1)) + 1
    forth = vertex[start] * count + vertex[after[start]]
    end = after[stop - 1]
    back = vertex[end] * count + vertex[stop - 1]
    key, one, number = np.unique(np.minimum(forth, back), return_index=True, return_inverse=True)
    # Numbered in the order of the rings, so that neighbours in the list are neighbours on the map.
    rank = np.empty(len(key), dtype=np.int64)
    order = np.argsort(one)
    rank[order] = np.arange(len(key))
    number, one = rank[number], one[order]
    against = forth != forth[one][number]
    lengths = stop[one] - start[one] + 1
    offset = np.cumsum(lengths) - lengths
    step = np.arange(int(lengths.sum())) - np.repeat(offset, lengths)
    place = np.repeat(start[one], lengths) + step
    last = step == np.repeat(lengths, lengths) - 1
    place[last] = end[one]
    arcs_of_ring = np.bincount(ring[start], minlength=len(first))
    return np.where(against, ~number, number), arcs_of_ring, vertex[place], lengths
