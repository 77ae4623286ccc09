"""Areas that polygons share: drawn by hand, laws, and answers of others who go another way."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, box

from benchmarks import made
from benchmarks.fuzz import Tally, as_table, check, last_digits_m2, said
from benchmarks.random_layers import (
    KINDS,
    Shapes,
    as_array,
    blobs,
    doubled,
    grouped,
    pair_of_layers,
    reversed_,
    squares,
    triangles,
    turned,
)
from benchmarks.rational import shared_m2
from geo.areas import by_chunk, in_order, overlap_areas
from geo.boundaries import read_zones
from geo.findings import ignore
from geo.plan import Boundary

Table = NDArray[np.float64]


def shared(left: Shapes, right: Shapes) -> Table:
    """The areas of all pairs, left × right."""
    return as_table(overlap_areas(left, right), left, right)


def shared_by(p: shapely.Geometry, q: shapely.Geometry) -> float:
    """The area that two polygons share; it does not matter which is left."""
    found, swapped = shared(as_array([p]), as_array([q])), shared(as_array([q]), as_array([p]))
    assert found[0, 0] == pytest.approx(swapped[0, 0], rel=1e-9)
    return float(found[0, 0])


# --- drawn by hand --------------------------------------------------------------------------------


def test_borders_that_cross() -> None:
    """::

    3 ┌─────┐
      │  ┌──┼──┐
    1 │  │▒▒│  │
      └──┼──┘  │
         └─────┘
    """
    assert shared_by(box(0, 0, 3, 3), box(2, -1, 5, 2)) == 2


def test_one_inside_the_other_with_and_without_a_common_border() -> None:
    """::

    ┌───────┐  ┌───────┐  ┌───────┐
    │  ┌─┐  │  │   ┌───┤  │   ┌───┤
    │  └─┘  │  │   └───┤  │   │   │
    └───────┘  └───────┘  └───┴───┘
    """
    for inner in (box(1, 1, 2, 2), box(1, 1, 3, 2), box(2, 0, 3, 2), box(0, 0, 3, 3)):
        assert shared_by(inner, box(0, 0, 3, 3)) == inner.area


def test_neighbours_share_nothing() -> None:
    """A whole edge, a part of one, a corner in an edge, a corner, and nothing at all."""
    house = box(0, 0, 2, 2)
    for other in (
        box(2, 0, 4, 2), box(2, 1, 3, 5), Polygon([(2, 1), (4, 0), (4, 2)]), box(2, 2, 3, 3),
        box(5, 5, 6, 6),
    ):  # fmt: skip
        assert shared_by(house, other) == 0


def test_a_hole_takes_away_and_an_island_in_it_adds() -> None:
    """::

    ┌─────────────┐  q is the middle square, with the border of the hole:
    │ p ┌───────┐ │  it shares only the island with p
    │   │ q ┌─┐ │ │
    │   │   │p│ │ │
    │   │   └─┘ │ │
    │   └───────┘ │
    └─────────────┘
    """
    hole, island = box(2, 2, 8, 8), box(4, 4, 5, 5)
    p = MultiPolygon([box(0, 0, 10, 10).difference(hole), island])
    assert shared_by(p, hole) == 1
    assert shared_by(p, box(0, 0, 10, 10)) == p.area == 65
    assert shared_by(p, box(1, 4, 5, 5)) == 2
    assert shared_by(hole.difference(island), p) == 0


def test_edges_along_each_other_in_both_ways() -> None:
    """Two combs: the teeth of one fill half of the gaps of the other::

    4 ┌─┐ ┌─┐      p has teeth from 0 to 1 and from 2 to 3,
      │ │ │ │      q from 1 to 3, upside down: they share the second tooth
    1 │ └─┘ │
      └─────┘
    """
    p = Polygon([(0, 0), (3, 0), (3, 4), (2, 4), (2, 1), (1, 1), (1, 4), (0, 4)])
    q = Polygon([(1, 1), (3, 1), (3, 5), (0, 5), (0, 4), (1, 4)])
    assert shared_by(p, q) == 3
    assert p.area + q.area - 3 == p.union(q).area


def test_a_corner_that_touches_an_edge_from_inside() -> None:
    """::

    ┌───────┐
    │  ╱╲   │
    │ ╱  ╲  │   all corners of the rhomb lie on edges of the square
    │ ╲  ╱  │
    └──╲╱───┘
    """
    rhomb = Polygon([(2, 0), (4, 2), (2, 4), (0, 2)])
    assert shared_by(rhomb, box(0, 0, 4, 4)) == rhomb.area == 8
    assert shared_by(rhomb, box(0, 0, 4, 4).difference(rhomb)) == 0


def test_zones_of_one_layer_may_lie_over_each_other() -> None:
    left = as_array([box(0, 0, 2, 2), box(0, 0, 2, 2), box(1, 0, 3, 2)])
    right = as_array([box(0, 0, 1, 2), box(0, 0, 3, 1), box(0, 0, 3, 1)])
    assert shared(left, right).tolist() == [[2, 2, 2], [2, 2, 2], [0, 2, 2]]


def test_empty_and_missing_polygons_keep_their_positions_and_share_nothing() -> None:
    left = as_array([None, box(0, 0, 2, 2), Polygon(), MultiPolygon()])
    right = as_array([Polygon(), box(1, 1, 3, 3), None, MultiPolygon([Polygon(), box(0, 0, 1, 1)])])
    i, j, area_m2 = overlap_areas(left, right)
    assert list(zip(i.tolist(), j.tolist(), area_m2.tolist(), strict=True)) == [
        (1, 1, 1.0), (1, 3, 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize("nothing", [[], [None], [Polygon()], [box(100, 100, 101, 101)]])
def test_no_pair_is_three_empty_arrays(nothing: list[shapely.Geometry]) -> None:
    one, none = as_array([box(0, 0, 1, 1)]), as_array(nothing)
    for found in (overlap_areas(one, none), overlap_areas(none, one)):
        assert [len(each) for each in found] == [0, 0, 0]
        assert [each.dtype.kind for each in found] == ["i", "i", "f"]


def test_heights_are_not_looked_at() -> None:
    high = shapely.force_3d(box(0, 0, 2, 2), 7.0)
    assert shared_by(high, box(1, 1, 3, 3)) == 1


# --- laws: what can be counted --------------------------------------------------------------------
#
# Every cell of a grid is cut into two triangles; both layers are made of these, so what two zones
# share is counted, not computed:
#
#      ┌───┬───┐    left   ┌───┬───┐    right  ┌───┬───┐
#      │ ╱ │ ╱ │           │a╱b│b╱b│           │c╱c│d╱d│    a and c share one triangle: 1/2 m²
#      ├───┼───┤           ├───┼───┤           ├───┼───┤
#      │ ╱ │ ╱ │           │b╱a│a╱b│           │c╱d│d╱c│

MOST = 4


def half_cells(across: int, up: int) -> Shapes:
    """Two triangles of each cell."""
    x, y = (each.ravel() for each in np.meshgrid(np.arange(across), np.arange(up)))
    corners = np.array([[[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 1], [0, 1]]], dtype=float)
    return shapely.polygons((np.stack([x, y], 1)[:, None, None] + corners).reshape(-1, 3, 2))


@st.composite
def labelled(draw: st.DrawFn) -> tuple[Shapes, NDArray[np.intp], NDArray[np.intp]]:
    """Half cells, and for each its zone on the left and on the right (-1: in none)."""
    across, up = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    count = 2 * across * up
    zone = st.lists(st.integers(-1, MOST - 1), min_size=count, max_size=count).map(np.array)
    return half_cells(across, up), draw(zone), draw(zone)


def zones_of(cells: Shapes, zone: NDArray[np.intp]) -> Shapes:
    return as_array([shapely.union_all(cells[zone == k]) for k in range(MOST)])


def counted(left: NDArray[np.intp], right: NDArray[np.intp]) -> Table:
    """Half a square metre for each half cell that lies in a zone on both sides."""
    table = np.zeros((MOST, MOST))
    both = (left >= 0) & (right >= 0)
    np.add.at(table, (left[both], right[both]), 0.5)
    return table


scales = st.sampled_from([1e-3, 1.0, 37.1, 1e4, 1e7])
offsets = st.tuples(*[st.sampled_from([0.0, -1.0, 0.1, 12345.678, 1e7])] * 2)


@given(labelled(), st.data())
@settings(max_examples=100)
def test_shared_cells_can_be_counted(
    drawn: tuple[Shapes, NDArray[np.intp], NDArray[np.intp]], data: st.DataObject
) -> None:
    """However the shapes are written down, however large they are and wherever they lie."""
    cells, left_zone, right_zone = drawn
    scale, offset = data.draw(scales), np.array(data.draw(offsets))
    rng = np.random.default_rng(data.draw(st.integers(0, 9)))
    left, right = zones_of(cells, left_zone), zones_of(cells, right_zone)
    for way in data.draw(st.sets(st.sampled_from([turned, reversed_, doubled]))):
        left = way(rng, left)
    # An offset is rounded to the numbers there are, and with it the cells.
    step = np.spacing(np.abs(offset).max() + 4 * scale) / scale
    left, right = (shapely.transform(s, lambda xy: xy * scale + offset) for s in (left, right))
    found = shared(left, right) / scale**2
    np.testing.assert_allclose(found, counted(left_zone, right_zone), rtol=1e-9, atol=100 * step)


@given(labelled())
@settings(max_examples=50)
def test_zones_share_themselves_and_neighbours_nothing(
    drawn: tuple[Shapes, NDArray[np.intp], NDArray[np.intp]],
) -> None:
    cells, zone, _ = drawn
    zones = zones_of(cells, zone)
    i, j, area_m2 = overlap_areas(zones, zones)
    drawn_ones = np.unique(zone[zone >= 0])
    assert i.tolist() == j.tolist() == drawn_ones.tolist()
    np.testing.assert_allclose(area_m2, shapely.area(zones[drawn_ones]), rtol=1e-12)


# --- laws: random layers --------------------------------------------------------------------------

SEEDS = range(4)


@cache
def winding(seed: int, count: int = 100) -> tuple[Shapes, Shapes, Shapes]:
    """Towns with winding borders, zones made of them, and zones of their own over all of it."""
    towns = made.towns(count, seed=seed)
    zones = made.dissolved(towns, made.grouped(towns, 9, seed=seed))
    middle = shapely.centroid(shapely.union_all(towns))
    own = made.towns(30, across_m=900, seed=seed + 100)
    around = middle.buffer(2e4).difference(shapely.union_all(own))
    return towns, zones, np.append(own, around)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_and_zones_made_of_them(seed: int) -> None:
    """Every town lies in one zone, with its whole area: no sliver on any common border."""
    towns, zones, _ = winding(seed)
    i, j, area_m2 = overlap_areas(towns, zones)
    assert i.tolist() == list(range(len(towns)))
    np.testing.assert_allclose(area_m2, shapely.area(towns), rtol=1e-9)
    k, n, swapped_m2 = overlap_areas(zones, towns)
    assert sorted(zip(n, k, strict=True)) == list(zip(i, j, strict=True))
    np.testing.assert_allclose(np.bincount(n, swapped_m2), area_m2, rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_parts_add_up_to_wholes(seed: int) -> None:
    """Where the other layer covers all of a zone, its parts are the zone."""
    towns, zones, own = winding(seed)
    for layer in (towns, zones):
        found = shared(layer, own)
        np.testing.assert_allclose(found.sum(axis=1), shapely.area(layer), rtol=1e-9)
        np.testing.assert_allclose(shared(own, layer), found.T, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_polygons_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = blobs(rng, 9, 8), grouped(rng, triangles(rng, 5), 5)
    p, q = rng.permutation(len(left)), rng.permutation(len(right))
    np.testing.assert_allclose(shared(left[p], right[q]), shared(left, right)[np.ix_(p, q)], 1e-12)


@pytest.mark.parametrize("way", [turned, reversed_, doubled, lambda _, s: shapely.normalize(s)])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_vertices_does_not_matter(seed: int, way: object) -> None:
    rng = np.random.default_rng(seed)
    left, right = blobs(rng, 6, 8), grouped(rng, squares(7), 5)
    expected = shared(left, right)
    np.testing.assert_allclose(shared(way(rng, left), right), expected, rtol=1e-9)  # type: ignore[operator]
    np.testing.assert_allclose(shared(left, way(rng, right)), expected, rtol=1e-9)  # type: ignore[operator]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("offset", [(1, 1), (-1e7, 1e7), (2.0**30, -3)])
def test_where_both_layers_lie_does_not_matter(seed: int, offset: tuple[float, float]) -> None:
    """Whole numbers stay whole: no bit changes."""
    rng = np.random.default_rng(seed)
    layers = grouped(rng, triangles(rng, 6), 5), grouped(rng, squares(8), 5)
    moved = (shapely.transform(shapes, lambda xy: xy + np.array(offset)) for shapes in layers)
    for found, expected in zip(overlap_areas(*moved), overlap_areas(*layers), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_else_is_in_a_layer_does_not_matter() -> None:
    """Chunks, frames and cells are chosen for all polygons together; the answer is each pair's."""
    rng = np.random.default_rng(0)
    left, right = blobs(rng, 5, 6), blobs(rng, 5, 6)
    one_by_one = [[shared_by(p, q) for q in right] for p in left]
    far = as_array([box(1e6, 1e6, 2e6, 2e6), shapely.segmentize(box(-3e5, 0, -2e5, 1), 50)])
    found = shared(np.append(left, far), np.append(right, far))[:5, :5]
    np.testing.assert_allclose(found, one_by_one, rtol=1e-7, atol=1e-7)


# --- chunks and threads ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_chunks_change_no_more_than_rounding(seed: int) -> None:
    towns, _, own = winding(seed)
    at_once = shared(towns, own)
    for vertices in (500, 5000):
        found = in_order(by_chunk(towns, own, vertices=vertices))
        allowed = 1e-9 * shapely.area(towns)[:, None]
        assert (np.abs(as_table(found, towns, own) - at_once) < allowed).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_threads_change_no_bit(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.areas.by_chunk.__defaults__", (*by_chunk.__defaults__[:-1], 2000))
    towns, _, own = winding(seed)
    alone, together = (overlap_areas(towns, own, threads=threads) for threads in (1, 2))
    assert [each.tobytes() for each in alone] == [each.tobytes() for each in together]


def test_a_polygon_larger_than_a_chunk() -> None:
    large = shapely.segmentize(box(0, 0, 10, 10), 0.01)
    left = as_array([large, box(0, 0, 1, 1), large])
    right = as_array([box(-1, -1, 2, 2)])
    i, j, area_m2 = in_order(by_chunk(left, right, vertices=1000))
    assert (i.tolist(), j.tolist()) == ([0, 1, 2], [0, 0, 0])
    np.testing.assert_allclose(area_m2, [4, 1, 4], rtol=1e-9)


# --- places where it went wrong, or might ---------------------------------------------------------


def test_a_needle_thinner_than_the_steps_of_its_frame() -> None:
    """Rounding turns the needle on the roof inside out, and the flag at its side starts there::

             │╲
             │ ╲         the box far away makes the steps 3.7e-9 m wide, the needle is 5e-9;
        ◁────┤  ╲        the flag touches the needle, and shares nothing with the house
             │   ╲
    ┌────────┴────┴────┐
    │      house       │                                               ┌─┐ 10,000 km
    └──────────────────┘                                               └─┘
    """
    mast = (50 - 2e-9, 150)
    roof = [(100, 100), (50, 100), mast, (50, 200), (50 - 5e-9, 100), (0, 100)]
    house, far = Polygon([(0, 0), (100, 0), *roof]), box(1e7, 0, 1e7 + 1, 1)
    flag = [mast, (20, 180), (20, 120)]
    for start in range(3):
        shapes = as_array([Polygon(flag[start:] + flag[:start])])
        assert not len(overlap_areas(as_array([house, far]), shapes)[0])
        assert not len(overlap_areas(shapes, as_array([house, far]))[0])


@pytest.mark.parametrize("far", [1e3, 1e6])
def test_a_long_border_past_a_detailed_shape(far: float) -> None:
    """Circles of a metre, drawn to the millimetre, under shapes as large as a country."""
    circle, other = (shapely.Point(x, 0).buffer(1, quad_segs=2000) for x in (0, 0.1))
    left = as_array([circle])
    right = as_array(
        [other, box(-far, -far, 0.5, far), Polygon([(-far, -far), (0.5, -far), (0, far)])]
    )
    expected = shapely.area(shapely.intersection(circle, right))
    assert (np.abs(shared(left, right) - expected) <= last_digits_m2(left, right)).all()


def test_a_small_shape_at_the_first_vertex_of_a_large_ring() -> None:
    """Its share is the difference of two numbers as large as the country: they must fit."""
    country = shapely.segmentize(Polygon([(1236, 0.3), (8e5, 9.1e4), (1237, -8.4e5)]), 5.0)
    house = box(1235.567, 0, 1236.567, 1)
    expected = float(shared_m2(house, Polygon([(1236, 0.3), (8e5, 9.1e4), (1237, -8.4e5)])))
    found = shared(as_array([house]), as_array([country, box(0, 0, 1300, 2)]))[0]
    # 1e-14 of the country, 0.003 m², is taken as rounding: what is found is far better.
    assert found[0] == pytest.approx(expected, abs=2e-5)
    assert found[1] == pytest.approx(1, rel=1e-9)


# --- who goes another way -------------------------------------------------------------------------


def test_the_rational_judge_himself() -> None:
    """Half a square, a square with a hole, a needle of 1e-12 m."""
    assert shared_m2(box(0, 0, 1, 1), Polygon([(0, 0), (2, 0), (0, 2)])) == 1
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    assert shared_m2(ring, shapely.reverse(box(0, 0, 2, 2))) == 3
    assert shared_m2(ring, MultiPolygon([box(1, 1, 2, 2), box(5, 5, 6, 6)])) == 0
    needle = Polygon([(0, 0), (1e6, 0), (0, 1e-12)])
    assert shared_m2(needle, box(0, -1, 5e5, 1)) == Fraction(1e-12) * Fraction(3 * 10**6, 8)


@pytest.mark.parametrize("kind", KINDS)
def test_random_layers_against_shapely(kind: str) -> None:
    """As `python -m benchmarks fuzz` does for hours; rational arithmetic judges differences."""
    tally = Tally()
    for seed in range(10):
        check(seed, pair_of_layers(seed, kind), tally)
    assert tally.polygons
    assert not [one for one in tally.wrong if one.way != "shapely"], said(tally)
    assert not tally.unfit


@pytest.mark.parametrize("seed", range(4))
def test_needles_against_rational_numbers(seed: int) -> None:
    """Slivers from 1e-13 to 1e-3 m wide, where shapely itself may be off."""
    rng = np.random.default_rng(seed)
    left, right = (layer[shapely.is_valid(layer)][:4] for layer in KINDS["needles"](rng, 3))
    expected = [[float(shared_m2(p, q)) for q in right] for p in left]
    assert (np.abs(shared(left, right) - expected) <= last_digits_m2(left, right)).all()


@pytest.mark.parametrize("seed", range(3))
def test_winding_layers_against_overlay(seed: int) -> None:
    towns, zones, own = winding(seed, 60)
    for left, right in ((towns, own), (zones, own), (own, made.noisy(zones, 1.0))):
        layers = [
            gpd.GeoDataFrame({name: np.arange(len(shapes))}, geometry=shapes, crs="EPSG:6677")
            for name, shapes in (("i", left), ("j", right))
        ]
        theirs = gpd.overlay(*layers, how="intersection", keep_geom_type=True)
        table = as_table((theirs["i"], theirs["j"], theirs.area), left, right)
        assert (np.abs(shared(left, right) - table) <= last_digits_m2(left, right) + 1e-6).all()


FILES = {
    "towns": "key_code",
    "junior_high_districts": "A32_003",
    "elementary_districts": "A27_007",
}


@pytest.mark.real
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("junior_high_districts", "towns"),
        ("elementary_districts", "junior_high_districts"),
        ("towns", "elementary_districts"),
    ],
)
def test_real_layers_with_their_faults(chiba: Path, left: str, right: str) -> None:
    """Broken edges, double areas, land that nobody covers: pair by pair as shapely has it."""
    p, q = (
        read_zones(
            chiba / f"{name}.geojson",
            Boundary(file=f"{name}.geojson", id=FILES[name]),
            "EPSG:6677",
            ignore,
        ).zones.geometry.to_numpy()
        for name in (left, right)
    )
    found = shared(p, q)
    i, j = shapely.STRtree(q).query(p, predicate="intersects")
    theirs = as_table((i, j, shapely.area(shapely.intersection(p[i], q[j]))), p, q)
    smaller = np.minimum(shapely.area(p)[:, None], shapely.area(q))
    land = found > 0
    assert np.abs(found - theirs)[land].max() < 1e-6
    assert (theirs[~land] <= 1e-9 * smaller[~land] + 1e-6).all()
