"""Overlaps as polygons: they have the areas that areas say, and nothing is cut that need not be."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from benchmarks import made
from benchmarks.fuzz import last_digits_m2, snapped_m2
from benchmarks.random_layers import KINDS, Shapes, as_array, grouped, pair_of_layers, triangles
from geo.areas import overlap_areas
from geo.pieces import PAIRS, overlap_pieces

SEEDS = range(4)


def winding(seed: int) -> tuple[Shapes, Shapes]:
    """Towns, and zones with borders of their own."""
    return made.towns(80, seed=seed), made.towns(12, across_m=1000, seed=seed + 50)


# --- drawn by hand --------------------------------------------------------------------------------


def test_a_piece_is_what_both_hold() -> None:
    """::

    ┌─────┐
    │  ┌──┼──┐
    │  │▒▒│  │
    └──┼──┘  │
       └─────┘
    """
    i, j, shapes = overlap_pieces(as_array([box(0, 0, 3, 3)]), as_array([box(2, -1, 5, 2)]))
    assert (i.tolist(), j.tolist()) == ([0], [0])
    assert shapes[0].equals(box(2, 0, 3, 2))


def test_a_polygon_that_lies_inside_is_passed_on_untouched() -> None:
    """No copy is made, and no vertex is added or taken off, whichever side is inside."""
    inner = shapely.segmentize(box(1, 0, 2, 2), 0.3)
    outer = box(0, 0, 4, 2)
    for left, right in ((inner, outer), (outer, inner)):
        _, _, shapes = overlap_pieces(as_array([left]), as_array([right]))
        assert shapes[0] is inner
    _, _, shapes = overlap_pieces(as_array([inner]), as_array([shapely.reverse(inner)]))
    assert shapes[0] is inner, "the left one, if both are the same"


def test_lines_and_points_in_which_polygons_touch_are_left_out() -> None:
    """They share the middle box; beside it a corner of q touches p, and they share an edge::

            ╱╲
    ┌──────•──┴───┐
    │ p  ┌────┐   │
    │    │▒▒▒▒│   ├──┐
    └────┼────┼───┤q │     GEOS gives a box, a line and a point
         │    └───┘  │
         └───────────┘
    """
    p = box(0, 0, 10, 6)
    q = Polygon([(3, -3), (12, -3), (12, 4), (10, 4), (10, -1), (6, -1), (6, 3), (3, 3)])
    assert shapely.intersection(p, q).geom_type == "GeometryCollection"
    _, _, shapes = overlap_pieces(as_array([p]), as_array([q]))
    assert shapes[0].equals(box(3, 0, 6, 3))
    assert shapes[0].geom_type in ("Polygon", "MultiPolygon")


def test_neighbours_have_no_piece() -> None:
    left, right = as_array([box(0, 0, 2, 2)]), as_array([box(2, 0, 4, 2), box(2, 2, 3, 3)])
    assert [len(each) for each in overlap_pieces(left, right)] == [0, 0, 0]


def test_empty_and_missing_polygons_have_none() -> None:
    left = as_array([None, Polygon(), box(0, 0, 2, 2), MultiPolygon()])
    i, j, shapes = overlap_pieces(left, as_array([Polygon(), None, box(1, 1, 3, 3)]))
    assert (i.tolist(), j.tolist(), shapely.area(shapes).tolist()) == ([2], [2], [1])


def test_what_geos_gives_wrongly_is_cut_again() -> None:
    """Two thin slivers, of 1e-12 and 1e-3 m, and GEOS holds all of the left polygon for shared.

    They share but a square of 25 m²; p ∩ q by plain GEOS 3.14 has 1047 m².
    """
    p = MultiPolygon(
        [
            Polygon(
                [
                    (-10.30240760419093, 1298.8157779837586),
                    (33.23422415344646, 1319.8204928918205),
                    (5.832395614111133, 1306.6001868370838),
                ]
            ),
            Polygon(
                [
                    (106.10282974142493, 1280.537750022263),
                    (157.54975771551383, 1274.742937395463),
                    (155.16040786269772, 1235.2889067427823),
                ]
            ),
            box(0, 0, 10, 10),
        ]
    )
    q = MultiPolygon(
        [
            Polygon(
                [
                    (31.800707820627423, 1233.39076540445),
                    (-9.360233703668706, 1245.4386729718317),
                    (-1.3439355118449485, 1258.779535644687),
                    (40.53945007414263, 1264.8972521881321),
                ]
            ),
            Polygon(
                [
                    (33.234224153446185, 1319.8204928918226),
                    (33.23422415344646, 1319.8204928918205),
                    (26.383767018612627, 1316.5154163781363),
                ]
            ),
            Polygon(
                [
                    (106.1028297414249, 1280.5377500222633),
                    (106.10282974142493, 1280.537750022263),
                    (106.10282974142481, 1280.5377500222633),
                ]
            ),
            box(5, 5, 15, 15),
        ]
    )
    assert p.is_valid
    assert q.is_valid
    _, _, shapes = overlap_pieces(as_array([p]), as_array([q]))
    assert shapely.area(shapes) == pytest.approx([25], abs=1e-6)


# --- laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_are_the_pairs_of_areas(kind: str) -> None:
    """Same pairs, same order, same areas, but for what GEOS snaps together; valid polygons only."""
    for seed in range(6):
        _, left, right = pair_of_layers(seed, kind)
        if not len(left) or not len(right):
            continue
        i, j, area_m2 = overlap_areas(left, right)
        k, n, shapes = overlap_pieces(left, right)
        allowed = last_digits_m2(left, right) + snapped_m2(left, right)
        pieces_m2 = dict(zip(zip(k, n, strict=True), shapely.area(shapes), strict=True))
        for pair, its_m2 in zip(zip(i, j, strict=True), area_m2, strict=True):
            assert abs(pieces_m2.pop(pair, 0.0) - its_m2) <= allowed[pair]
        assert not pieces_m2, "no piece without an area"
        assert (np.diff(k * len(right) + n) > 0).all()
        assert shapely.is_valid(shapes).all()
        assert np.isin(shapely.get_type_id(shapes), (3, 6)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_lie_in_both_polygons(seed: int) -> None:
    left, right = winding(seed)
    i, j, shapes = overlap_pieces(left, right)
    for side in (left[i], right[j]):
        assert (shapely.area(shapely.difference(shapes, side)) < 1e-6).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_of_one_polygon_do_not_overlap_and_fill_it(seed: int) -> None:
    """Where the other layer is a coverage; what it does not cover is left::

    ┌────┬───────┐
    │▒▒▒▒│░░░░░░░│
    │▒▒▒▒├───┬───┤
    │▒▒▒▒│▓▓▓│   │
    └────┴───┴───┘
    """
    left, right = winding(seed)
    covered = shapely.union_all(right)
    i, _, shapes = overlap_pieces(left, right)
    for k in np.unique(i):
        its = shapes[i == k]
        together = shapely.union_all(its)
        assert shapely.area(its).sum() == pytest.approx(together.area, rel=1e-9)
        whole = shapely.intersection(left[k], covered)
        assert shapely.area(shapely.symmetric_difference(together, whole)) < 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_units_of_a_zone_are_passed_on_untouched(seed: int) -> None:
    rng = np.random.default_rng(seed)
    towns = made.towns(80, seed=seed)
    units = [
        (towns, made.dissolved(towns, made.grouped(towns, 9, seed=seed))),
        ((cells := triangles(rng, 6)), grouped(rng, cells, 4)),
    ]
    for left, right in units:
        i, _, shapes = overlap_pieces(left, right)
        assert i.tolist() == list(range(len(left)))
        assert all(shape is left[k] for k, shape in zip(i, shapes, strict=True))
        for zone, unit, shape in zip(*overlap_pieces(right, left), strict=True):
            # A zone of one unit is both.
            assert shape is left[unit] or (shape is right[zone] and shape.equals(left[unit]))


def test_threads_change_no_bit() -> None:
    """With more pairs to cut than one task takes."""
    left, right = made.towns(500, seed=1), made.towns(90, across_m=700, seed=2)
    alone, together = (overlap_pieces(left, right, threads=threads) for threads in (1, 2))
    assert len(alone[0]) > PAIRS
    for one, other in zip(alone[:2], together[:2], strict=True):
        np.testing.assert_array_equal(one, other)
    assert (shapely.to_wkb(alone[2]) == shapely.to_wkb(together[2])).all()
