"""Borders as flat arrays, the lattice that finds neighbours, and points on borders."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.random_layers import (
    KINDS,
    Shapes,
    as_array,
    blobs,
    densified,
    doubled,
    dressed,
    grouped,
    islands,
    pair_of_layers,
    reversed_,
    squares,
    triangles,
    turned,
)
from geo.exact import Frame, Points
from geo.inside import points_inside
from geo.lattice import Lattice
from geo.rings import Rings, Segments, expanded

SEEDS = range(8)


def framed(*layers: Shapes) -> Frame:
    return Frame.around(*(shapely.bounds(shapes) for shapes in layers))


def rings_of(*shapes: shapely.Geometry) -> Rings:
    return Rings.of(as_array(list(shapes)), framed(as_array(list(shapes))))


# --- rings ----------------------------------------------------------------------------------------

COURTYARD = shapely.Polygon(
    [(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (2, 4), (4, 4), (4, 2)], [(6, 6), (8, 6), (8, 8)]]
)
"""::

9 ┌─────────────┐
  │        ╱│   │   a square with a square hole and a triangular one
  │       ╱─┘   │
4 │  ┌──┐       │
2 │  └──┘       │
  └─────────────┘
"""


def test_holes_count_negative_whichever_way_they_run() -> None:
    for way in (COURTYARD, shapely.reverse(COURTYARD), shapely.normalize(COURTYARD)):
        rings = rings_of(way)
        assert (rings.side * rings.area).tolist() == [81, -4, -2]


def test_parts_and_holes_belong_to_their_polygon() -> None:
    island = shapely.transform(COURTYARD, lambda xy: xy + np.array([20, 0]))
    both = shapely.MultiPolygon([COURTYARD, island])
    rings = rings_of(shapely.box(0, 0, 1, 1), both, shapely.box(5, 5, 6, 6))
    assert rings.zone.tolist() == [0, 1, 1, 1, 1, 1, 1, 2]
    assert rings.segments_of_zone.tolist() == [0, 4, 4 + 2 * 11, 4 + 2 * 11 + 4]


def test_polygons_that_are_missing_or_empty_have_no_rings() -> None:
    shapes = as_array([None, shapely.box(0, 0, 1, 1), shapely.Polygon(), shapely.box(2, 0, 3, 1)])
    rings = Rings.of(shapes, framed(shapes))
    assert rings.zone.tolist() == [1, 3]
    assert rings.segments_of_zone.tolist() == [0, 0, 4, 4, 8]


@pytest.mark.parametrize("seed", SEEDS)
def test_rings_add_up_to_polygons(seed: int) -> None:
    """In whatever words: more vertices, some twice, another start, the other way."""
    _, left, right = pair_of_layers(seed)
    for shapes in (left, right):
        rings = Rings.of(shapes, framed(shapes))
        sums = np.bincount(rings.zone, rings.side * rings.area, minlength=len(shapes))
        large = shapely.area(shapely.box(*shapely.total_bounds(shapes)))
        np.testing.assert_allclose(sums, shapely.area(shapes), rtol=1e-9, atol=1e-14 * large)


def test_a_ring_among_larger_ones_keeps_its_digits() -> None:
    """A square metre between two countries: a running sum over all would have lost it."""
    country = shapely.Point(5e5, 5e5).buffer(5e5, quad_segs=2000)
    rings = rings_of(country, shapely.box(7, 7, 8, 8), country, shapely.box(3, 3, 4, 4))
    np.testing.assert_allclose(rings.area[[1, 3]], [1, 1], rtol=1e-9)
    np.testing.assert_allclose(np.abs(rings.area[[0, 2]]), country.area, rtol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_integral_along_a_ring_is_the_area_so_far(seed: int) -> None:
    """Closed by the way back to its first vertex at its x, a stretch of a ring is a polygon::

    first ────┐
              └──• point      integral of (x - x of first) dy = its signed area
    """
    rng = np.random.default_rng(seed)
    ring = shapely.Polygon(rng.uniform(0, 1000, (50, 2)))  # it may well cross itself
    rings = rings_of(ring)
    x0, y0 = rings.x[0], rings.y[0]
    for segment in rng.choice(50, 10, replace=False):
        start = np.array([rings.x[segment], rings.y[segment]])
        end = np.array([rings.x[segment + 1], rings.y[segment + 1]])
        point = start + rng.random() * (end - start)
        found = rings.integral(np.array([segment]), (point[:1], point[1:]), np.array([x0]))
        before = np.column_stack([rings.x, rings.y])[: segment + 1]
        x, y = np.vstack([before, point, [[x0, point[1]], [x0, y0]]]).T - [[x0], [y0]]
        twice = (x * np.roll(y, -1) - np.roll(x, -1) * y).sum()
        assert found[0] == pytest.approx(twice / 2, abs=1e-8)


def test_a_ring_of_millions_of_vertices_closes() -> None:
    """Adding up regular steps one by one would lose a square metre on a country's border."""
    triangle = shapely.Polygon([(1236, 0.3), (8e5, 9.1e4), (1237, -8.4e5)])
    rings = rings_of(shapely.segmentize(triangle, 5.0))
    assert len(rings.start) > 500_000
    assert abs(rings.area[0]) == pytest.approx(triangle.area, rel=1e-14)
    last = len(rings.start) - 1
    end = rings.integral(np.array([last]), (rings.x[:1], rings.y[:1]), rings.x[:1])
    assert end[0] == pytest.approx(rings.area[0], rel=1e-15)


# --- segments -------------------------------------------------------------------------------------


def test_the_border_of_two_neighbours_stands_once() -> None:
    """::

    ┌─┬─┐   8 segments of rings, 7 different ones: the middle one has two users,
    │a│b│   which run along it in opposite ways.
    └─┴─┘
    """
    rings = rings_of(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1))
    segments = Segments.of(rings, np.arange(8))
    assert sorted(segments.uses().tolist()) == [1] * 6 + [2]
    shared = int(np.argmax(segments.uses()))
    users = slice(segments.first_use[shared], segments.first_use[shared + 1])
    assert sorted(rings.zone[rings.ring[segments.user[users]]].tolist()) == [0, 1]
    assert sorted(segments.way[users].tolist()) == [-1, 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_segments_keep_every_use(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rings = rings_of(*dressed(rng, grouped(rng, triangles(rng, 5), 4)))
    chosen = rng.permutation(len(rings.start))[: len(rings.start) // 2]
    segments = Segments.of(rings, chosen)
    assert sorted(segments.user.tolist()) == sorted(chosen.tolist())
    of_use, _ = expanded(segments.uses())
    (ax, ay), (bx, by) = ((x[of_use], y[of_use]) for x, y in (segments.a, segments.b))
    forth = segments.way > 0
    start = rings.start[segments.user]
    end = start + 1
    np.testing.assert_array_equal(np.where(forth, ax, bx), rings.x[start])
    np.testing.assert_array_equal(np.where(forth, ay, by), rings.y[start])
    np.testing.assert_array_equal(np.where(forth, bx, ax), rings.x[end])
    np.testing.assert_array_equal(np.where(forth, by, ay), rings.y[end])
    assert ((segments.a[0] < segments.b[0]) | (segments.a[0] == segments.b[0])).all()


# --- lattice --------------------------------------------------------------------------------------


def thin_and_long(rng: np.random.Generator, count: int) -> Shapes:
    """Triangles from some millimetres to a thousand kilometres long."""
    corners = rng.uniform(-1, 1, (count, 1, 2)) * 10
    return shapely.polygons(
        corners + rng.uniform(-1, 1, (count, 3, 2)) * 10.0 ** rng.integers(-3, 7, (count, 1, 1))
    )


def touching(p: Segments, q: Segments) -> set[tuple[int, int]]:
    """Every pair of segments that have a point in common, one by one."""

    def lines(segments: Segments) -> np.ndarray:
        (ax, ay), (bx, by) = segments.a, segments.b
        return shapely.linestrings(np.stack([np.stack([ax, bx], 1), np.stack([ay, by], 1)], 2))

    return set(zip(*np.nonzero(shapely.intersects(lines(p)[:, None], lines(q))), strict=True))


DRAWINGS = {
    "blobs": lambda rng: (blobs(rng, 4, 8), blobs(rng, 4, 8)),
    "triangles": lambda rng: (triangles(rng, 5), triangles(rng, 5)),
    "thin and long": lambda rng: (thin_and_long(rng, 15), thin_and_long(rng, 15)),
    "small and large": lambda rng: (densified(rng, squares(4)), thin_and_long(rng, 15)),
}


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_segments_that_touch_are_neighbours(drawing: str) -> None:
    """All that touch within the region that both layers reach into; others may be among them."""
    touched = 0
    for seed in range(12):
        layers = DRAWINGS[drawing](np.random.default_rng(seed))
        frame = framed(*layers)
        p, q = (Rings.of(shapes, frame) for shapes in layers)
        lows, highs = np.split(
            np.array([shapely.total_bounds(rings.shapes) for rings in (p, q)]), 2, axis=1
        )
        p_segments, q_segments = (Segments.of(one, np.arange(len(one.start))) for one in (p, q))
        lattice = Lattice.over(q_segments, np.append(lows.max(axis=0), highs.min(axis=0)))
        found = set(zip(*lattice.neighbours(p_segments), strict=True))
        expected = touching(p_segments, q_segments)
        assert expected <= found
        touched += len(expected)
    assert touched > 50


def test_far_more_strangers_than_neighbours_are_left_out() -> None:
    cells = squares(20)
    rings = rings_of(*cells)
    segments = Segments.of(rings, np.arange(len(rings.start)))
    lattice = Lattice.over(segments, shapely.total_bounds(rings.shapes))
    s, _ = lattice.neighbours(segments)
    assert len(s) < 0.1 * len(segments) ** 2


def test_a_long_border_past_a_small_region_takes_few_cells() -> None:
    """Two circles of a metre, and a box a hundred kilometres long that ends between them."""
    circles = [shapely.Point(x, 0).buffer(1, quad_segs=500) for x in (0, 0.1)]
    rings = rings_of(*circles, shapely.box(-1e5, -1e5, 0.5, 1e5))
    segments = Segments.of(rings, np.arange(len(rings.start)))
    lattice = Lattice.over(segments, shapely.total_bounds(rings.shapes[:2]))
    segment, _ = lattice.cells(segments)
    assert len(segment) < 10 * len(segments)


def test_a_cell_without_borders_is_free() -> None:
    """The border of a ring, of side 10, and a point in the middle of it."""
    rings = rings_of(shapely.segmentize(shapely.box(0, 0, 10, 10), 0.1))
    segments = Segments.of(rings, np.arange(len(rings.start)))
    lattice = Lattice.over(segments, shapely.total_bounds(rings.shapes))
    middle, edge = (
        np.array([[x, y, x + 0.01, y + 0.01]]) + rings.x.min() for x, y in ((5, 5), (9.99, 5))
    )
    assert not lattice.meets(tuple(middle.T)).any()
    assert lattice.meets(tuple(edge.T)).all()
    cell = lattice.cell_of((middle[:, 0], middle[:, 1]))
    assert lattice.first[cell] == lattice.first[cell + 1]


# --- points ---------------------------------------------------------------------------------------


def table(rings: Rings, points: Points, *, shifted: bool, clear: bool = False) -> np.ndarray:
    """How often each point (columns) lies in each polygon (rows)."""
    known = np.full(len(points[0]), clear)
    polygon, point, times = points_inside(rings, points, clear=known, shifted=shifted)
    found = np.zeros((len(rings.shapes), len(points[0])))
    np.add.at(found, (polygon, point), times)
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shifted", [True, False])
def test_points_off_the_borders(seed: int, shifted: bool) -> None:
    """Shapely knows; the shift decides nothing, nor does knowing that they are clear."""
    rng = np.random.default_rng(seed)
    rings = rings_of(*blobs(rng, 5, 8), *islands(rng, 4))
    spots = rng.uniform(*np.split(shapely.total_bounds(rings.shapes), 2), (300, 2))
    dots = shapely.points(spots)
    off = shapely.distance(shapely.boundary(rings.shapes)[:, None], dots).min(axis=0) > 1e-9
    points = spots[off, 0], spots[off, 1]
    expected = shapely.contains_properly(rings.shapes[:, None], dots[off])
    for clear in (True, False):
        np.testing.assert_array_equal(table(rings, points, shifted=shifted, clear=clear), expected)


def half_points(shapes: Shapes) -> Points:
    """Every vertex, and the middle of every edge."""
    both = [shapely.get_coordinates(shapes)]
    for ring in shapely.get_rings(shapes):
        xy = shapely.get_coordinates(ring)
        both.append((xy[1:] + xy[:-1]) / 2)
    x, y = np.unique(np.vstack(both), axis=0).T
    return x, y


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shifted", [True, False])
def test_every_point_of_a_coverage_lies_in_one_polygon(seed: int, shifted: bool) -> None:
    """On a border, too: the shift gives it to one side, never to both or to none::

    ┌──┬──┐    • is moved by (e, e²), or the polygons are: then it lies in one of them
    │  •  │
    ├──•──┤
    """
    rng = np.random.default_rng(seed)
    cells = triangles(rng, 5) if seed % 2 else squares(5)
    shapes = doubled(rng, turned(rng, grouped(rng, cells, 4)))
    around = shapely.box(-50, -50, 50, 50).difference(shapely.union_all(shapes))
    rings = rings_of(*shapes, around)
    points = half_points(rings.shapes[:-1])
    np.testing.assert_array_equal(table(rings, points, shifted=shifted).sum(axis=0), 1)


@pytest.mark.parametrize("shift", [(1e-6, 1e-9), (-1e-6, -1e-9)])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_shift_is_what_it_is_said_to_be(seed: int, shift: tuple[float, float]) -> None:
    """A point on a border answers like one moved by (e, e²), and the polygons' move is contrary."""
    rng = np.random.default_rng(seed)
    rings = rings_of(*grouped(rng, triangles(rng, 5), 4), *islands(rng, 3))
    points = half_points(rings.shapes)
    moved = shapely.points(points[0] + shift[0], points[1] + shift[1])
    expected = shapely.contains_properly(rings.shapes[:, None], moved)
    found = table(rings, points, shifted=shift[0] < 0)
    np.testing.assert_array_equal(found, expected)


def test_corners_of_a_square() -> None:
    """Points move east and a little north; polygons likewise, which is as if points moved back::

    3───2
    │   │   points moved: only corner 0 comes inside; polygons moved: only corner 2 does
    0───1
    """
    rings = rings_of(shapely.box(0, 0, 1, 1))
    x, y = np.array([0.0, 1, 1, 0]) + rings.x.min(), np.array([0.0, 0, 1, 1]) + rings.y.min()
    assert table(rings, (x, y), shifted=False).tolist() == [[1, 0, 0, 0]]
    assert table(rings, (x, y), shifted=True).tolist() == [[0, 0, 1, 0]]


def test_what_rounding_turned_inside_out_counts_negative() -> None:
    """A needle 5e-9 m wide in a frame with steps of 3.7e-9 m: its two sides change places."""
    needle = [(100, 100), (50, 100), (50 - 2e-9, 150), (50, 200), (50 - 5e-9, 100), (0, 100)]
    house = shapely.Polygon([(0, 0), (100, 0), *needle])
    shapes = as_array([house, shapely.box(1e7, 0, 1e7 + 1, 1)])
    rings = Rings.of(shapes, framed(shapes))
    side = rings.x[4:5], rings.y[4:5]
    assert house.is_valid
    assert table(rings, side, shifted=False)[0] == [-1]


# --- the smallest tool ----------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5), max_size=10))
def test_expanded(counts: list[int]) -> None:
    position, nth = expanded(np.array(counts, dtype=np.intp))
    expected = [(k, n) for k, count in enumerate(counts) for n in range(count)]
    assert list(zip(position.tolist(), nth.tolist(), strict=True)) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [densified, turned, reversed_, doubled])
def test_other_words_for_the_same_shapes(kind: str, way: object) -> None:
    """The random layers themselves: dressing changes no shape and breaks none."""
    rng = np.random.default_rng(0)
    for shapes in KINDS[kind](rng, 4):
        other = way(rng, shapes)  # type: ignore[operator]
        np.testing.assert_allclose(shapely.area(other), shapely.area(shapes), rtol=1e-9, atol=1e-15)
        assert shapely.is_valid(other).mean() > 0.9
