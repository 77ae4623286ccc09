"""Random layers as nasty as they come, small enough to be checked pair by pair.

Between real layers degenerate positions are the rule: vertices and whole edges are shared, edges
run along each other, corners touch. On a grid of whole numbers they come by themselves, and
`dressed` says the same shapes in other words::

    ┌──┬──┐     ┌──•──┐          ┌──┬──┐  grouped at random: parts that touch
    │  │  │  =  •  │  •  (more    │a │b │  in corners, holes, islands in holes,
    └──┴──┘     └──•──┘  vertices) ├──┼──┤  exclaves, neighbours with the same
                                 │b │a │  border
                                 └──┴──┘
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.made import dissolved, towns
from benchmarks.made import grouped as grouped_by_place

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Rng = np.random.Generator

SCALES = (1.0, 1.0, 37.1, 1e-3, 1e3, 1e7)
OFFSETS = (0.0, 0.0, 1234.567, 1234567.891, -1e7)
NOISES = (1e-13, 1e-11, 1e-9, 1e-6, 1e-3)


class Pair(NamedTuple):
    """Two layers to overlap, and in which way they were drawn."""

    kind: str
    left: Shapes
    right: Shapes


def as_array(shapes: list[shapely.Geometry]) -> Shapes:
    """A one-dimensional array, whatever the shapes are."""
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a shape, without the lines and points of a collection."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


# --- layers ---------------------------------------------------------------------------------------


def blobs(rng: Rng, count: int, grid: int) -> Shapes:
    """Boxes and triangles of whole numbers, some of them joined; they lie over each other."""

    def one() -> shapely.Geometry:
        if rng.random() < 0.6:
            (x, y), (wide, tall) = rng.integers(0, grid, 2), rng.integers(1, 4, 2)
            return shapely.box(x, y, x + wide, y + tall)
        return shapely.Polygon(rng.integers(0, grid + 3, (3, 2)))

    def blob() -> shapely.Geometry:
        shapes = [one() for _ in range(rng.integers(1, 6))]
        return polygons_of(shapely.union_all([shape for shape in shapes if shape.area > 0]))

    return as_array([blob() for _ in range(count)])


def squares(grid: int) -> Shapes:
    """The cells of a square grid."""
    y, x = np.divmod(np.arange(grid**2), grid)
    return shapely.box(x, y, x + 1.0, y + 1.0)


def triangles(rng: Rng, grid: int) -> Shapes:
    """Triangles between random points of whole numbers: a coverage with slanting edges."""
    points = shapely.multipoints(rng.integers(0, 2 * grid, (3 * grid, 2)))
    found = shapely.get_parts(shapely.delaunay_triangles(points))
    return found if len(found) else squares(1)


def grouped(rng: Rng, cells: Shapes, count: int) -> Shapes:
    """A coverage put together at random to at most `count` zones."""
    zone = rng.integers(0, count, len(cells))
    zones = [polygons_of(shapely.union_all(cells[zone == k])) for k in np.unique(zone)]
    return as_array(zones)


def islands(rng: Rng, grid: int) -> Shapes:
    """Squares in squares in squares, every second one a zone of its own::

    ┌───────────┐
    │a┌───────┐a│
    │ │b┌───┐b│ │
    │ │ │ a │ │ │
    """
    sides = np.sort(rng.choice(np.arange(1, 2 * grid), size=min(5, 2 * grid - 1), replace=False))
    nested = [shapely.box(-side, -side, side, side) for side in sides]
    rings = [nested[0], *(b.difference(a) for a, b in pairwise(nested))]
    return grouped(rng, as_array(rings), 2)


def needles(rng: Rng, grid: int) -> Shapes:
    """What is left when two drawings of one coverage are cut: faces, and slivers between them."""
    noise = rng.choice(NOISES)
    side = np.arange(min(grid, 4) + 1.0)
    corners = np.stack(np.meshgrid(side, side), axis=-1)
    corners += rng.uniform(-0.3, 0.3, corners.shape)

    def cells(xy: Floats) -> Shapes:
        around = [xy[:-1, :-1], xy[:-1, 1:], xy[1:, 1:], xy[1:, :-1]]
        return shapely.polygons(np.stack(around, axis=2).reshape(-1, 4, 2))

    once, again = cells(corners), cells(corners + rng.uniform(-noise, noise, corners.shape))
    i, j = shapely.STRtree(again).query(once, predicate="intersects")
    faces = as_array([polygons_of(face) for face in shapely.intersection(once[i], again[j])])
    return faces[shapely.area(faces) > 0]


# --- the same in other words ----------------------------------------------------------------------


def dressed(rng: Rng, shapes: Shapes) -> Shapes:
    """The same shapes: more vertices, some twice, rings from another start and the other way."""
    ways: tuple[Callable[[Rng, Shapes], Shapes], ...] = (densified, turned, reversed_, doubled)
    for way in ways:
        if rng.random() < 0.4:
            shapes = way(rng, shapes)
    return shapes


def densified(rng: Rng, shapes: Shapes) -> Shapes:
    west, _, east, _ = shapely.total_bounds(shapes)
    return shapely.segmentize(shapes, max(rng.choice([1.0, 0.5, 0.25]), (east - west) / 500))


def reversed_(rng: Rng, shapes: Shapes) -> Shapes:
    return shapely.reverse(shapes)


def turned(rng: Rng, shapes: Shapes) -> Shapes:
    """Every ring starts elsewhere."""
    return _ring_by_ring(shapes, lambda ring: np.roll(ring, rng.integers(len(ring)), axis=0))


def doubled(rng: Rng, shapes: Shapes) -> Shapes:
    """Some vertices stand twice or three times."""
    return _ring_by_ring(
        shapes, lambda ring: np.repeat(ring, rng.integers(1, 4, len(ring)), axis=0)
    )


def _ring_by_ring(shapes: Shapes, changed: Callable[[Floats], Floats]) -> Shapes:
    """Every ring, its vertices (n × 2, none repeated at the end) changed."""

    def ring(its: shapely.LinearRing) -> shapely.LinearRing:
        return shapely.LinearRing(changed(shapely.get_coordinates(its)[:-1]))

    def polygon(its: shapely.Polygon) -> shapely.Polygon:
        return shapely.Polygon(ring(its.exterior), [ring(hole) for hole in its.interiors])

    def shape(its: shapely.Geometry) -> shapely.Geometry:
        if its.geom_type == "Polygon":
            return polygon(its)
        return shapely.MultiPolygon([polygon(part) for part in its.geoms])

    return as_array([shape(its) for its in shapes])


# --- pairs of layers ------------------------------------------------------------------------------


def _overlapping(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    return blobs(rng, 5, grid), blobs(rng, 5, grid)


def _two_coverages(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    return grouped(rng, squares(grid), 5), grouped(rng, squares(grid), 5)


def _coverage_and_blobs(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    return grouped(rng, squares(grid), 5), blobs(rng, 4, grid)


def _shifted(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    left, right = _two_coverages(rng, grid)
    shift = rng.choice([0, 0.5, 1, 1e-9, 0.1, -1e-12], 2)
    return left, shapely.transform(right, lambda xy: xy + shift)


def _refinement(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    cells = triangles(rng, grid)
    return cells, grouped(rng, cells, 4)


def _groupings(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    cells = triangles(rng, grid)
    return grouped(rng, cells, 4), grouped(rng, cells, 4)


def _nested(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    return islands(rng, grid), np.concatenate([islands(rng, grid), blobs(rng, 2, grid)])


def _with_needles(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    faces = needles(rng, grid)
    other = faces if rng.random() < 0.5 else grouped(rng, faces, 5)
    return grouped(rng, faces, 5), other


def _winding(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    """Towns with hundreds of vertices, and zones of them, exactly or drawn a little off."""
    cells = towns(4 * grid, across_m=4.0, seed=int(rng.integers(2**32)))
    zones = dissolved(cells, grouped_by_place(cells, grid, seed=int(rng.integers(2**32))))
    angle, off = rng.choice([0, 0, 1e-9, 1e-3]), rng.choice([0, 0, 1e-9, 0.01, 0.5])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return cells, shapely.transform(zones, lambda xy: xy @ turn.T + off)


def _small_and_large(rng: Rng, grid: int) -> tuple[Shapes, Shapes]:
    """A few square metres, and triangles as large as a country that reach into them."""
    corners = rng.uniform(-1, 1, (6, 3, 2)) * 10.0 ** rng.integers(0, 7, (6, 1, 1))
    corners[:, 0] = rng.integers(0, grid, (6, 2))
    return grouped(rng, squares(grid), 6), shapely.polygons(corners)


KINDS: dict[str, Callable[[Rng, int], tuple[Shapes, Shapes]]] = {
    "overlapping": _overlapping,
    "two coverages": _two_coverages,
    "coverage and blobs": _coverage_and_blobs,
    "shifted": _shifted,
    "refinement": _refinement,
    "groupings": _groupings,
    "nested": _nested,
    "needles": _with_needles,
    "winding": _winding,
    "small and large": _small_and_large,
}


def pair_of_layers(seed: int, kind: str | None = None) -> Pair:
    """Two layers of valid polygons, the same for the same seed; of any kind, or of `kind`."""
    rng = np.random.default_rng(seed)
    kind = kind or list(KINDS)[rng.integers(len(KINDS))]
    left, right = KINDS[kind](rng, int(rng.integers(2, 9)))
    scale, offset = rng.choice(SCALES), rng.choice(OFFSETS, 2)
    layers = []
    for shapes in (left, right):
        placed = shapely.transform(dressed(rng, shapes), lambda xy: xy * scale + offset)
        if rng.random() < 0.2:  # far away: then all are rounded to coarser steps
            far = offset.max() + scale * 10.0 ** rng.integers(2, 8)
            placed = np.append(placed, shapely.box(far, far, far + scale, far + scale))
        # Far from 0 there are fewer numbers, and thin shapes may break.
        layers.append(placed[shapely.is_valid(placed) & (shapely.area(placed) > 0)])
    return Pair(kind, *layers)
