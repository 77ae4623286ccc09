"""Where people live within towns: by hand on drawn towns, laws on random ones, files, plans."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import CRS, ROOT, of_towns, outlines_only, partition, people
from hypothesis import given, settings
from hypothesis import strategies as st
from test_overlap import City, check_totals, cities, drawn, moved, shifts

from geo import mesh
from geo.cli import main
from geo.crs import metric_crs
from geo.cutting import OUTSIDE
from geo.dwellings import read_dwellings
from geo.errors import DataError, PlanError, UsageError
from geo.findings import Finding, Kind, Severity
from geo.grains import cells, check_weights, grains_of, points
from geo.layers import Counts
from geo.overlap import Way, crosswalk, transposed
from geo.partition import Partition
from geo.pipeline import build, compute, inspect
from geo.plan import Count, Plan, WeightsPlan
from geo.plan_file import load_plan
from geo.spread import Weighting
from geo.weighting import Grains
from geo.words import same

TITLE = {"ja": "建物", "en": "Buildings"}


def weights(**keys: Any) -> WeightsPlan:
    return WeightsPlan.model_validate({"key": "w", "type": "weights", "title": TITLE, **keys})


def rows(shapes: list[shapely.Geometry], weight: list[float]) -> gpd.GeoDataFrame:
    """Rows of a file, numbered from 2 as under a header."""
    index = pd.RangeIndex(2, len(shapes) + 2, name="row")
    return gpd.GeoDataFrame({"weight": weight}, geometry=shapes, index=index, crs=CRS)


def dots(*places: tuple[float, float, float]) -> gpd.GeoDataFrame:
    """Points at x, y with a weight."""
    return rows([shapely.Point(x, y) for x, y, _ in places], [w for _, _, w in places])


def boxes(*places: tuple[float, float, float, float, float]) -> gpd.GeoDataFrame:
    """Cells from west, south to east, north with a weight."""
    return rows([shapely.box(*box) for *box, _ in places], [w for *_, w in places])


def by_points(table: gpd.GeoDataFrame, towns: Partition) -> Grains:
    return Grains(Weighting.POINTS, points(table, towns))


def by_mesh(table: gpd.GeoDataFrame, towns: Partition, *, beyond_is_sea: bool = False) -> Grains:
    return Grains(Weighting.MESH, cells(table, towns, beyond_is_sea=beyond_is_sea))


@pytest.fixture
def sides() -> Partition:
    """P to 1.5 km, Q from there: the border cuts town b in the middle."""
    shapes = {"P": shapely.box(0, 0, 1500, 1000), "Q": shapely.box(1500, 0, 4000, 1000)}
    return partition("side", shapes)


HUNDRED = people(dict.fromkeys("abcd", 100.0))


# --- by hand --------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_outlines", [False, True])
def test_points(row: Partition, halves: Partition, sides: Partition, as_outlines: bool) -> None:
    """Three of four buildings of b stand west of the border::

             P  ╎  Q
    ┌───┬───────╎───────┬───┬───┐
    │ a │ ∙ ∙ ∙ ╎   ∙   │ c │ d │     100 people in each town
    └───┴───────╎───────┴───┴───┘
    """
    spots = dots((1100, 500, 1), (1200, 500, 1), (1300, 500, 1), (1900, 500, 1), (2500, 500, 9))
    left = outlines_only(halves) if as_outlines else halves
    table = crosswalk(left, sides, towns=row, counts=HUNDRED, spread=by_points(spots, row))
    assert table["people"].to_dict() == pytest.approx(
        {("A", "P"): 175, ("A", "Q"): 25, ("B", "Q"): 200}
    )
    assert table.attrs["way"] is Way.BY_AREA
    assert table.attrs["weighting"] is Weighting.POINTS
    assert table.attrs["evenly"] == []
    evenly = crosswalk(left, sides, towns=row, counts=HUNDRED)
    assert evenly["people"].to_dict() == pytest.approx(
        {("A", "P"): 150, ("A", "Q"): 50, ("B", "Q"): 200}
    )
    areal = ["area_m2", "share_of_left", "share_of_right"]
    pd.testing.assert_frame_equal(table[areal], evenly[areal])


@pytest.mark.parametrize("as_outlines", [False, True])
def test_mesh(row: Partition, halves: Partition, sides: Partition, as_outlines: bool) -> None:
    """Cells of 500 m over b, and one of 1 km that the border of b and c halves::

         P  ╎  Q
    ┌───────╎───────┐
    │   30  ╎   4   │
    ├───────╎───┬───┼───┐       west 30 + 10, east 4 + 2 + 8 / 2 = 10
    │   10  ╎ 2 │   8   │       (the south of b's east: a cell of 250 m, and half of 500 m)
    └───────╎───┴───┴───┘
    """
    laid = boxes(
        (1000, 500, 1500, 1000, 30), (1500, 500, 2000, 1000, 4), (1000, 0, 1500, 500, 10),
        (1500, 0, 1750, 500, 2), (1750, 0, 2250, 500, 8),
    )  # fmt: skip
    left = outlines_only(halves) if as_outlines else halves
    table = crosswalk(left, sides, towns=row, counts=HUNDRED, spread=by_mesh(laid, row))
    assert table["people"].to_dict() == pytest.approx(
        {("A", "P"): 180, ("A", "Q"): 20, ("B", "Q"): 200}
    )
    assert table.attrs["weighting"] is Weighting.MESH


def test_what_lies_in_no_zone_has_its_people_too(row: Partition, halves: Partition) -> None:
    """R covers the west half of d, where one of four lives; L ends in the middle of a::

    ┌─╎─┬───┬───┬─╎─┐
    │ ╎ │ b │ c │∙╎3│
    └─╎─┴───┴───┴─╎─┘
    """
    spots = dots((3100, 500, 1), (3900, 500, 3), (400, 500, 4), (900, 500, 1))
    left = partition("l", {"L": shapely.box(500, 0, 4000, 1000)})
    right = partition("r", {"R": shapely.box(0, 0, 3500, 1000)})
    table = crosswalk(left, right, towns=row, counts=HUNDRED, spread=by_points(spots, row))
    assert table["people"].to_dict() == pytest.approx(
        {(OUTSIDE, "R"): 80, ("L", OUTSIDE): 75, ("L", "R"): 20 + 200 + 25}
    )


@pytest.mark.parametrize("laid", ["points", "mesh"])
def test_people_of_zones_that_overlap_are_counted_for_each(row: Partition, laid: str) -> None:
    """P and Q overlap on the middle of b, where two of four live; a gap follows::

    │ 1  ╞ 2 ╡ 0 ┆ 1 │  b       P to 1.6 km, Q from 1.4 to 1.8 km
    """
    spread = (
        by_points(dots((1200, 500, 1), (1500, 500, 2), (1900, 500, 1)), row)
        if laid == "points"
        else by_mesh(
            boxes((1100, 0, 1300, 9, 1), (1450, 0, 1550, 9, 2), (1850, 0, 1950, 9, 1)), row
        )
    )
    zones = {"P": shapely.box(1000, 0, 1600, 1000), "Q": shapely.box(1400, 0, 1800, 1000)}
    whole = of_towns("city", row, dict.fromkeys("abcd", "C"))
    right = partition("r", zones)
    table = crosswalk(whole, right, towns=row, counts=HUNDRED, spread=spread)
    assert table.attrs["overlapping"] == ["r"]
    assert table["people"].to_dict() == pytest.approx(
        {("C", OUTSIDE): 300 + 25, ("C", "P"): 75, ("C", "Q"): 50}
    )
    back = crosswalk(right, whole, towns=row, counts=HUNDRED, spread=spread)
    pd.testing.assert_frame_equal(transposed(back), table)


def test_a_point_on_a_border_counts_once_to_the_east(row: Partition, sides: Partition) -> None:
    """On the border of P and Q, on that of a and b, on corners, and on the coast all around."""
    spots = dots(
        (1500, 500, 1), (1000, 500, 2), (1000, 0, 4), (2000, 1000, 8),
        (0, 500, 16), (4000, 1000, 32), (3500, 0, 64), (3500, 1000, 128), (4000, 500, 256),
    )  # fmt: skip
    spread = by_points(spots, row)
    assert spread.of_towns.to_dict() == {"a": 16, "b": 7, "c": 8, "d": 32 + 64 + 128 + 256}
    table = crosswalk(row, sides, towns=row, counts=HUNDRED, spread=spread)
    assert table["people"].to_dict() == pytest.approx(
        {
            ("a", "P"): 100,
            ("b", "P"): 600 / 7,
            ("b", "Q"): 100 / 7,
            ("c", "Q"): 100,
            ("d", "Q"): 100,
        }
    )


def test_a_stated_share_goes_before_weights(row: Partition, sides: Partition) -> None:
    """A holds a quarter of b, as the plan states; that quarter and the rest live as points do."""
    halves = of_towns("half", row, {"a": "A", "b": "B", "c": "B", "d": "B"})
    parts = pd.DataFrame([("b", "A", "1番", 0.25)], columns=halves.parts.columns)
    halves = replace(halves, parts=parts)
    for spread in (
        by_points(dots((1200, 500, 9), (1700, 500, 1)), row),
        by_mesh(boxes((1000, 0, 1500, 1000, 9), (1500, 0, 2000, 1000, 1)), row),
    ):
        table = crosswalk(halves, sides, towns=row, counts=HUNDRED, spread=spread)
        assert table["people"].to_dict() == pytest.approx(
            {("A", "P"): 100 + 22.5, ("A", "Q"): 2.5, ("B", "P"): 67.5, ("B", "Q"): 207.5}
        )
    whole = of_towns("city", row, dict.fromkeys("abcd", "C"))
    table = crosswalk(halves, whole, towns=row, counts=HUNDRED, spread=spread)
    assert table["people"].tolist() == [125, 275]
    assert table.attrs["weighting"] is Weighting.SHARES


def test_a_town_without_weight_is_split_by_area(row: Partition, halves: Partition) -> None:
    """Borders cut a and b; nobody stands in a, and who stands there weighs nothing."""
    zones = {"P": shapely.box(0, 0, 250, 1000), "Q": shapely.box(250, 0, 1500, 1000)}
    spots = dots((100, 500, 0), (1900, 500, 1))
    table = crosswalk(
        halves, partition("r", zones), towns=row, counts=HUNDRED, spread=by_points(spots, row)
    )
    assert table["people"].to_dict() == pytest.approx(
        {("A", OUTSIDE): 100, ("A", "P"): 25, ("A", "Q"): 75, ("B", OUTSIDE): 200}
    )
    assert table.attrs["evenly"] == ["a"]


def test_a_rate_is_averaged_with_the_people_of_its_pieces(row: Partition, sides: Partition) -> None:
    """a: 10 % of 100 in P. b: 50 % of 100, of whom 3 in 4 live in P: (10 + 37.5) / 175."""
    defined = (
        Count(key="people", title=same("p"), unit=same("n"), column="p", kind="total"),
        Count(key="aged", title=same("a"), unit=same("%"), column="a", kind="rate", per="people"),
    )
    figures = {"people": [100.0] * 4, "aged": [10.0, 50.0, 20.0, 20.0]}
    counts = Counts(defined, pd.DataFrame(figures, index=list("abcd")))
    whole = of_towns("city", row, dict.fromkeys("abcd", "C"))
    spread = by_points(dots((1200, 500, 3), (1800, 500, 1)), row)
    table = crosswalk(whole, sides, towns=row, counts=counts, spread=spread)
    assert table["aged"].tolist() == pytest.approx([4750 / 175, (0.5 * 25 + 0.4 * 100) * 100 / 225])


def test_whole_towns_assume_nothing(row: Partition, halves: Partition, quarter: Partition) -> None:
    spread = by_points(dots((10, 10, 1)), row)
    table = crosswalk(halves, quarter, towns=row, counts=HUNDRED, spread=spread)
    pd.testing.assert_frame_equal(table, crosswalk(halves, quarter, towns=row, counts=HUNDRED))
    assert table.attrs["weighting"] is Weighting.WHOLE_TOWNS


def test_what_lies_beyond_a_cell_at_the_edge(row: Partition, sides: Partition) -> None:
    """The northern cell reaches as far beyond b as into it: 5 of its 10 if people live there, too::

      10 │ north, half of it beyond
    ├────┼────┤
      15 │ 10 │  b: 15 west of the border, 10 east
    """
    laid = boxes((1000, 0, 1500, 800, 15), (1500, 0, 2000, 1000, 10), (1000, 800, 1500, 1200, 10))
    inland = by_mesh(laid, row)
    coast = by_mesh(laid, row, beyond_is_sea=True)
    assert inland.of_towns["b"] == pytest.approx(15 + 10 + 5)
    assert coast.of_towns["b"] == pytest.approx(15 + 10 + 10)
    for spread, west in ((inland, 20 / 30), (coast, 25 / 35)):
        table = crosswalk(row, sides, towns=row, counts=HUNDRED, spread=spread)
        assert table.loc[("b", "P"), "people"] == pytest.approx(100 * west)


# --- laws -----------------------------------------------------------------------------------------

laws = settings(max_examples=15)
figure = st.floats(0, 1e4, allow_subnormal=False)
spot = st.tuples(st.floats(-50, 550), st.floats(-50, 450), figure)
spots = st.lists(spot, max_size=12)
clear = st.integers(-250, 250).map(lambda metres: metres + 0.3)  # of all borders of towns and cells
seeds, factors = st.integers(0, 99), st.floats(0.1, 99)
Spots = list[tuple[float, float, float]]


@st.composite
def meshes(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """Cells of one size somewhere over the towns, each with a weight; none overlaps by a hair."""
    size = draw(st.sampled_from([37.0, 100.0, 250.0]))
    east, north = (draw(st.integers(-50, 50)) + 1 / 8 for _ in range(2))
    corners = [(east + x * size, north + y * size) for x in range(3) for y in range(3)]
    return boxes(*((x, y, x + size, y + size, draw(figure)) for x, y in corners))


def both_spreads(towns: Partition, spots: Spots, laid: gpd.GeoDataFrame) -> list[Grains]:
    return [by_points(dots(*spots), towns), by_mesh(laid, towns)]


def same_people(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert list(one.index) == list(other.index)
    assert np.allclose(one["people"], other["people"], rtol=1e-9, atol=1e-6, equal_nan=True)


@laws
@given(city=cities(), east=shifts, north=shifts, spots=spots, laid=meshes())
def test_totals_are_kept(
    city: City,
    east: float,
    north: float,
    spots: Spots,
    laid: gpd.GeoDataFrame,
) -> None:
    towns, left, right, counts = drawn(city)
    other = moved(right, east, north)
    for spread in both_spreads(towns, spots, laid):
        for a in (left, outlines_only(left)):
            table = crosswalk(a, other, towns=towns, counts=counts, spread=spread)
            check_totals(table, left, other, counts)
            assert not (table["people"] < 0).any()
            areal = crosswalk(a, other, towns=towns, counts=counts)
            pd.testing.assert_series_equal(table["area_m2"], areal["area_m2"])
            missing = "people_missing_towns"
            pd.testing.assert_series_equal(table[missing], areal[missing])


@laws
@given(city=cities(), east=clear, north=clear, spots=spots, laid=meshes())
def test_the_zones_of_towns_add_up(
    city: City,
    east: float,
    north: float,
    spots: Spots,
    laid: gpd.GeoDataFrame,
) -> None:
    """What a zone shares is what its towns share; either side may be known by its outlines only."""
    towns, left, right, counts = drawn(city)
    other = moved(right, east, north)
    assert left.members is not None
    zone_of = {OUTSIDE: OUTSIDE, **left.members.to_dict()}
    for spread in both_spreads(towns, spots, laid):
        fine = crosswalk(towns, other, towns=towns, counts=counts, spread=spread).reset_index()
        fine["left_id"] = fine["left_id"].map(zone_of)
        summed = fine.groupby(["left_id", "right_id"])["people"].sum(min_count=1)
        table = crosswalk(left, other, towns=towns, counts=counts, spread=spread)
        assert np.allclose(summed.reindex(table.index), table["people"], atol=1e-6, equal_nan=True)
        drawn_only = crosswalk(
            outlines_only(left), other, towns=towns, counts=counts, spread=spread
        )
        same_people(drawn_only, table)


@laws
@given(city=cities(), spots=spots, laid=meshes(), seed=seeds, factor=factors)
def test_order_and_scale_do_not_matter(
    city: City,
    spots: Spots,
    laid: gpd.GeoDataFrame,
    seed: int,
    factor: float,
) -> None:
    towns, left, right, counts = drawn(city)
    other = moved(right, 30, 40)
    for make, table in ((by_points, dots(*spots)), (by_mesh, laid)):
        once = crosswalk(left, other, towns=towns, counts=counts, spread=make(table, towns))
        again = table.sample(frac=1, random_state=seed)
        again["weight"] *= factor
        same_people(
            once, crosswalk(left, other, towns=towns, counts=counts, spread=make(again, towns))
        )


@laws
@given(city=cities(), east=clear, north=clear)
def test_an_even_mesh_is_by_area(city: City, east: float, north: float) -> None:
    towns, left, right, counts = drawn(city)
    other = moved(right, east, north)
    steps = np.arange(-100, 500, 60.0)
    laid = boxes(*((x, y, x + 60, y + 60, 7.0) for x in steps for y in steps))
    evenly = crosswalk(left, other, towns=towns, counts=counts)
    table = crosswalk(left, other, towns=towns, counts=counts, spread=by_mesh(laid, towns))
    same_people(table, evenly)


def test_even_points_are_nearly_by_area(row: Partition, halves: Partition) -> None:
    """A point every 20 m: no more than half a column of them, 1 %, may fall on the wrong side."""
    steps = np.arange(10, 1000, 20.0)
    spots = dots(*((1000 + x, y, 1.0) for x in steps for y in steps))
    for border in (1003, 1237, 1500, 1999):
        zones = {"P": shapely.box(0, 0, border, 1000), "Q": shapely.box(border, 0, 4000, 1000)}
        table = crosswalk(
            halves, partition("r", zones), towns=row, counts=HUNDRED, spread=by_points(spots, row)
        )
        assert table.loc[("A", "P"), "people"] == pytest.approx(100 + (border - 1000) / 10, abs=1)


@laws
@given(city=cities(), laid=meshes())
def test_finer_cells_that_say_the_same_change_nothing(city: City, laid: gpd.GeoDataFrame) -> None:
    towns, left, right, counts = drawn(city)
    other = moved(right, 30, 40)
    quarters = [
        (west, south, east, north, weight / 4)
        for box, weight in zip(laid.bounds.to_numpy(), laid["weight"], strict=True)
        for west, east in pairwise((box[0], (box[0] + box[2]) / 2, box[2]))
        for south, north in pairwise((box[1], (box[1] + box[3]) / 2, box[3]))
    ]
    same_people(
        crosswalk(left, other, towns=towns, counts=counts, spread=by_mesh(laid, towns)),
        crosswalk(left, other, towns=towns, counts=counts, spread=by_mesh(boxes(*quarters), towns)),
    )


# --- what is said ---------------------------------------------------------------------------------


def test_every_weighting_says_what_it_assumes() -> None:
    for weighting in Weighting:
        assert weighting.said.ja
        assert weighting.said.en
    assert len({weighting.said for weighting in Weighting}) == len(Weighting)
    for way in Way:
        assert not re.search("均一|evenly|assume", way.said.ja + way.said.en), "said apart"


POINTS = weights(by="points", file="x.csv")


def test_points_outside_and_towns_without_weight_are_said(row: Partition) -> None:
    """Nobody lives in d, so it is no matter that nothing stands there."""
    spots = dots((500, 500, 1), (5000, 500, 1), (5000, 900, 0), (2500, 500, 0))
    counts = people({"a": 1, "b": 20, "c": 300, "d": 0})
    first, second = check_weights(by_points(spots, row), spots, POINTS, counts)
    assert (first.kind, first.severity, first.place, first.amount) == (
        Kind.POINT_OUTSIDE_CITY, Severity.WARNING, ("row 3",), 1,
    )  # fmt: skip
    assert (second.kind, second.severity, second.place, second.amount, second.unit) == (
        Kind.TOWN_WITHOUT_WEIGHT, Severity.NOTE, ("b", "c"), 2, "towns",
    )  # fmt: skip
    assert "320" in second.what.en
    assert "320" in second.what.ja


def test_weights_that_lie_elsewhere_are_an_error(row: Partition) -> None:
    spots = dots((9000, 500, 1))
    found = check_weights(by_points(spots, row), spots, POINTS, HUNDRED)
    assert [(one.kind, one.severity) for one in found] == [
        (Kind.POINT_OUTSIDE_CITY, Severity.WARNING), (Kind.TOWN_WITHOUT_WEIGHT, Severity.ERROR),
    ]  # fmt: skip


@pytest.mark.parametrize(("beyond", "words"), [("land", "as inside"), ("sea", "nobody")])
def test_cells_at_the_edge_are_said(row: Partition, beyond: str, words: str) -> None:
    laid = boxes((0, 0, 4000, 1000, 5), (3500, 1000, 4500, 2000, 3), (3500, -500, 4500, 0.5, 7),
                 (-100, 0, 100, 100, 0))  # fmt: skip
    plan = weights(by="mesh", file="x.csv", mesh="m", weight="n", beyond=beyond)
    (only,) = check_weights(grains_of(laid, plan, row), laid, plan, HUNDRED)
    assert (only.kind, only.severity, only.amount) == (Kind.OUTSIDE_CITY, Severity.NOTE, 1)
    assert "weight 7" in only.what.en
    assert words in only.what.en


# --- the mesh -------------------------------------------------------------------------------------

PLANE = metric_crs(CRS)


def test_cells_of_every_size_lie_in_the_cell_they_divide() -> None:
    codes = ["5339", "533946", "53394611", "533946113", "5339461132", "53394611323"]
    found = mesh.cells(codes)
    width = found[:, 2] - found[:, 0]
    assert width == pytest.approx([1, 1 / 8, 1 / 80, 1 / 160, 1 / 320, 1 / 640], rel=1e-6)
    shapes = shapely.box(*found.T)
    for outer, inner in pairwise(shapes):
        assert outer.buffer(1e-9).contains(inner)
    size = shapely.area(mesh.polygons(found, PLANE))
    assert 1e6 < size[2] < 1.1e6
    assert size[2:] == pytest.approx(size[2] / 4 ** np.arange(4), rel=1e-3)


@pytest.mark.parametrize(
    "code",
    ["", "5339460", "533989", "533946115", "5339461135", "53394611325", "9999", "0000",
     "533946113231", "53394a11", "-5339", "５３３９", "53394611.0", "5339 "],
)  # fmt: skip
def test_what_is_no_code(code: str) -> None:
    unknown, known = np.isnan(mesh.cells([code, "5339"]))
    assert unknown.all()
    assert not known.any()


def test_neighbours_meet_exactly() -> None:
    """The four quarters of a cell of 1 km are a coverage, and cover it but for bent edges."""
    quarters = mesh.polygons(mesh.cells([f"53394611{i}" for i in (1, 2, 3, 4)]), PLANE)
    assert shapely.coverage_is_valid(quarters)
    (whole,) = mesh.polygons(mesh.cells(["53394611"]), PLANE)
    assert shapely.area(quarters).sum() == pytest.approx(whole.area, rel=1e-4)


@pytest.mark.parametrize("code", ["5339", "533946", "53394611"])
def test_edges_follow_the_degrees_to_two_centimetres(code: str) -> None:
    box = mesh.cells([code])
    (drawn,) = mesh.polygons(box, PLANE)
    degrees = gpd.GeoSeries(shapely.segmentize(shapely.box(*box.T), 1e-4), crs=mesh.DATUM)
    assert shapely.hausdorff_distance(drawn, degrees.to_crs(PLANE)[0]) < 0.02


# --- files ----------------------------------------------------------------------------------------


def plan_in(folder: Path) -> Plan:
    named = {"ja": "計画", "en": "Plan"}
    one = {"key": "x", "title": named, "role": "other", "boundary": {"file": "x"}}
    plan = {"title": named, "city": named, "crs": CRS, "date": "2026", "partition": [one]}
    return Plan.model_validate(plan).standing_in(folder)


def read(folder: Path, text: str, **keys: Any) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    (folder / "w.csv").write_text(text, encoding="utf-8")
    found: list[Finding] = []
    declared = weights(file="w.csv", **keys)
    return read_dwellings(plan_in(folder), declared, found.append), found


def short(found: list[Finding]) -> list[tuple[Kind, tuple[str, ...]]]:
    return [(one.kind, one.place) for one in found]


def test_a_table_of_points(tmp_path: Path) -> None:
    """Usual columns need no name; what cannot be used is left out and said, row by row."""
    text = (
        "経度,緯度,床面積\n140.1,35.6,１２０\n35.6,140.2,80\n,35.6,1\n"
        "140.1,35.6,\n140.1,35.6,-3\n140.1,35.6,0\n"
    )
    table, found = read(tmp_path, text, by="points", weight="床面積")
    assert table["weight"].to_dict() == {2: 120, 3: 80, 7: 0}
    assert table.crs == PLANE
    assert table.geometry.to_crs(4326).y.tolist() == pytest.approx([35.6] * 3, abs=1e-7)
    assert short(found) == [
        (Kind.POINT_SWAPPED, ("row 3 35.6, 140.2",)),
        (Kind.POINT_WITHOUT_POSITION, ("row 4 , 35.6",)),
        (Kind.COUNT_MISSING, ("row 5",)),
        (Kind.COUNT_NEGATIVE, ("row 6 -3",)),
    ]


def test_without_a_column_every_point_is_alike(tmp_path: Path) -> None:
    table, found = read(tmp_path, "X,Y\n140.1,35.6\n140.2,35.6\n", by="points", lon="X", lat="Y")
    assert table["weight"].tolist() == [1, 1]
    assert found == []


def test_many_rows_are_counted_not_all_named(tmp_path: Path) -> None:
    text = "lon,lat\n140.1,35.6\n" + "x,35.6\n" * 70
    _, (only,) = read(tmp_path, text, by="points")
    assert only.amount == 70
    assert (only.place[0], only.place[-1], len(only.place)) == ("row 3 x, 35.6", "…", 51)


def test_a_file_of_points_and_footprints(tmp_path: Path) -> None:
    """Of a footprint a point inside counts; a line, and a row without a shape, is no place."""
    horseshoe = shapely.box(0, 0, 30, 30) - shapely.box(10, 10, 20, 30)
    shapes = [shapely.Point(5, 5), horseshoe, shapely.LineString([(0, 0), (9, 9)]), None]
    file = gpd.GeoDataFrame({"weight": [9] * 4, "floors": [2, 3, 4, 5]}, geometry=shapes, crs=CRS)
    file.to_file(tmp_path / "b.gpkg", engine="pyogrio")
    found: list[Finding] = []
    declared = weights(by="points", shapes={"file": "b.gpkg"}, weight="floors")
    table = read_dwellings(plan_in(tmp_path), declared, found.append)
    assert table["weight"].tolist() == [2, 3]
    assert horseshoe.contains(table.geometry.iloc[1])
    assert short(found) == [(Kind.POINT_WITHOUT_POSITION, ("row 3 LineString", "row 4"))]
    wrong = weights(by="points", shapes={"file": "b.gpkg"}, weight="flors")
    with pytest.raises(UsageError, match="no column “flors”"):
        read_dwellings(plan_in(tmp_path), wrong, found.append)


#: As e-Stat publishes it: titles in a second row, figures withheld (*) and joined to another cell.
E_STAT = """\
KEY_CODE,HTKSYORI,T000876001
,,　人口（総数）
533946113,0,120
533946114,1,*
53394612,0,900
"""


def test_a_table_of_the_mesh(tmp_path: Path) -> None:
    columns = {"by": "mesh", "mesh": "KEY_CODE", "weight": "T000876001"}
    table, found = read(tmp_path, E_STAT, **columns)
    assert table["weight"].to_dict() == {3: 120, 5: 900}
    assert table.area.tolist() == pytest.approx([2.6e5, 10.5e5], rel=0.01)
    assert short(found) == [(Kind.ROW_LEFT_OUT, ("row 2",)), (Kind.COUNT_MISSING, ("row 4 *",))]


def test_codes_that_do_not_fit_are_said(tmp_path: Path) -> None:
    """53394611 lies over its quarter; 5339999 is none; one cell stands there three times."""
    text = (
        "m,n\n53394611,5\n533946113,7\n5339999,1\n53394613,2\n53394613,2\n53394613,4\n"
        "５３３９４６１４,1\n"
    )
    table, found = read(tmp_path, text, by="mesh", mesh="m", weight="n")
    assert table["weight"].to_dict() == {3: 7, 5: 6, 8: 1}
    again = tuple(f"row {row} 53394613" for row in (5, 6, 7))
    assert short(found) == [
        (Kind.MESH_CODE_UNKNOWN, ("row 4 5339999",)),
        (Kind.COUNT_REPEATED, again),
        (Kind.OVERLAP_INSIDE, ("row 2 53394611",)),
    ]


WRONG_FILES = {
    "no column": ("m,x\n53394611,1\n", UsageError, "no column “n”"),
    "no number": ("m,n\n53394611,many\n", DataError, "n[2]: “many” is no number"),
    "no cell": ("m,n\n5339999,1\n", DataError, "no row has both a place and a weight"),
    "nobody known": ("m,n\n53394611,*\n", DataError, "no row has both a place and a weight"),
    "no rows": ("m,n\n", DataError, "no rows"),
}


@pytest.mark.parametrize(("text", "error", "words"), WRONG_FILES.values(), ids=WRONG_FILES.keys())
def test_a_file_without_weights(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=re.escape(words)):
        read(tmp_path, text, by="mesh", mesh="m", weight="n")


# --- the plan -------------------------------------------------------------------------------------

PLAN = """\
title = { ja = "計画", en = "Plan" }
city = { ja = "市", en = "City" }
crs = "EPSG:6677"
date = "2026"

[source.census]
title = { ja = "メッシュ統計（架空）", en = "Census mesh (made up)" }
publisher = { ja = "市", en = "City" }
date = "2020"
licence = { ja = "自由", en = "CC0" }

[[partition]]
key = "town"
title = { ja = "町丁目", en = "Towns" }
role = "units"
boundary = { file = "towns.gpkg", id = "id" }

[[partition]]
key = "ward"
title = { ja = "区", en = "Wards" }
role = "ward"
town_column = { id = "ward" }

[[partition]]
key = "care"
title = { ja = "圏域", en = "Care areas" }
role = "care"
boundary = { file = "care.gpkg", id = "id" }

[[layer]]
key = "people"
type = "counts"
title = { ja = "人口", en = "People" }
date = "2020"
count = [{ key = "people", column = "n", kind = "total", title = { ja = "人口", en = "People" }, unit = { ja = "人", en = "people" } }]

[[map]]
type = "planner"
title = { ja = "ずれ", en = "Differences" }
compare = ["ward", "care"]
"""  # noqa: E501

MESH = """
[[layer]]
key = "mesh"
type = "weights"
by = "mesh"
title = { ja = "メッシュ", en = "Mesh" }
sources = ["census"]
file = "mesh.csv"
mesh = "code"
weight = "n"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two towns of one cell of 1 km each; the western one is divided in the middle::

       1 | 2  ║         ║      people of the mesh (made up): 30 + 10 west, 40 + 20 east
      ---+--- ║   east  ║
       3 | 4  ║         ║      1,000 people live in each town
    care W | care E (to the end)
    """
    quarters = mesh.polygons(mesh.cells([f"53394611{i}" for i in (1, 2, 3, 4)]), PLANE)
    (east,) = mesh.polygons(mesh.cells(["53394612"]), PLANE)
    west = shapely.coverage_union_all(quarters)
    towns = {"id": ["w", "e"], "ward": ["1", "1"], "n": [1000, 1000]}
    gpd.GeoDataFrame(towns, geometry=[west, east], crs=CRS).to_file(tmp_path / "towns.gpkg")
    care = [shapely.union_all(quarters[[0, 2]]), shapely.union_all([*quarters[[1, 3]], east])]
    gpd.GeoDataFrame({"id": ["W", "E"]}, geometry=care, crs=CRS).to_file(tmp_path / "care.gpkg")
    text = "code,n\n533946111,30\n533946112,40\n533946113,10\n533946114,20\n53394613,999\nxyz,1\n"
    (tmp_path / "mesh.csv").write_text(text, encoding="utf-8")
    return tmp_path


def written(folder: Path, more: str = MESH) -> Path:
    path = folder / "plan.toml"
    path.write_text(PLAN + more, encoding="utf-8")
    return path


def test_a_plan_with_a_mesh_from_end_to_end(folder: Path) -> None:
    study, _ = build(load_plan(written(folder)), folder / "out")
    table = study.crosswalks["ward", "care"]
    found = table["people"].droplevel("left_id").to_dict()
    assert found == pytest.approx({"W": 400, "E": 1600}, rel=1e-6)
    assert study.figures["care"]["people"].to_dict() == pytest.approx(found, rel=1e-9)
    evenly = compute(load_plan(written(folder, ""))).crosswalks["ward", "care"]
    assert evenly.loc[("1", "W"), "people"] == pytest.approx(500, rel=1e-3)
    page = (folder / "out" / "planner.html").read_text(encoding="utf-8")
    for text in (Weighting.MESH.said, study.way(("ward", "care")).said):
        assert text.ja in page
        assert text.en[1:] in page
    assert "メッシュ統計（架空）" in page
    for name in ("crosswalk_ward_care.csv", "measures.csv"):
        rows = pd.read_csv(folder / "out" / name, encoding="utf-8-sig")
        assert set(rows["weighting"]) == {"mesh"}
    rows = pd.read_csv(folder / "out" / "crosswalk_town_ward.csv", encoding="utf-8-sig")
    assert set(rows["weighting"]) == {"whole_towns"}
    meanings = pd.read_csv(folder / "out" / "columns.csv", encoding="utf-8-sig")
    assert meanings["meaning_ja"].notna().all()


def test_check_says_what_build_says(folder: Path) -> None:
    plan = load_plan(written(folder))
    mine = [one for one in inspect(plan) if one.where == "mesh"]
    assert short(mine) == [
        (Kind.MESH_CODE_UNKNOWN, ("row 7 xyz",)), (Kind.TOWN_WITHOUT_WEIGHT, ("e",)),
    ]  # fmt: skip
    assert mine == [one for one in compute(plan).findings if one.where == "mesh"]


def test_the_command_says_what_is_assumed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the plan's mesh; two files without a plan stay even within LEFT, and say so."""
    monkeypatch.setenv("KENIKI_LANG", "en")
    plan = str(written(folder))
    files = [str(folder / name) for name in ("towns.gpkg", "care.gpkg")]
    asked = ["--left-id", "id", "--right-id", "id", "--crs", CRS]
    for words, weighting in (
        (["ward", "care", "--plan", plan], Weighting.MESH),
        (["town", "ward", "--plan", plan], Weighting.WHOLE_TOWNS),
        ([*files, *asked, "--counts", "n"], Weighting.ZONE_AREA),
        ([*files, *asked], Weighting.NOBODY),
    ):
        with pytest.raises(SystemExit) as done:
            main(["overlap", *words])
        assert done.value.code == 0
        assert weighting.said.en in capsys.readouterr().err


def test_the_command_says_which_towns_it_split_by_area(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mesh.csv").write_text("code,n\n53394612,5\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["--lang", "ja", "overlap", "ward", "care", "--plan", str(written(folder))])
    assert "重みのない町丁目 1 は面積で配分しました" in capsys.readouterr().err


#: What is changed in the layer, and what is said of it.
WRONG_PLANS = {
    "unknown key": (("weight =", "wieght ="), "layer[1].wieght", "did you mean “weight”"),
    "unknown way": (('"mesh"\ntitle', '"mehs"\ntitle'), "layer[1].by", "did you mean “mesh”"),
    "no codes": (('mesh = "code"\n', ""), "layer[1]", "the columns mesh"),
    "no weight": (('weight = "n"\n', ""), "layer[1]", "weight (residents)"),
    "lon": (('mesh = "code"', 'mesh = "code"\nlon = "x"\nlat = "y"'), "layer[1]", "no lon, lat"),
    "mesh of points": (('by = "mesh"', 'by = "points"'), "layer[1]", "neither mesh nor beyond"),
    "no place": (
        ('by = "mesh"\n', 'by = "points"\n'), "layer[1]", "either a file",
    ),
    "beyond": (('weight = "n"', 'weight = "n"\nbeyond = "see"'), "layer[1].beyond", "“sea”"),
    "no file": (("mesh.csv", "mush.csv"), "layer[1].file", "check the path"),
    "no source": (('["census"]', '["cencus"]'), "layer[1].sources", "did you mean “census”"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "where", "words"), WRONG_PLANS.values(), ids=WRONG_PLANS.keys())
def test_a_wrong_layer_of_weights(
    folder: Path, change: tuple[str, str], where: str, words: str
) -> None:
    assert change[0] in MESH
    with pytest.raises(PlanError) as caught:
        load_plan(written(folder, MESH.replace(*change)))
    found = [fault for fault in caught.value.faults if fault.where == where]
    assert words.casefold() in found[0].line("en").casefold()
    assert found[0].line("ja")


SHAPES = """
[[layer]]
key = "buildings"
type = "weights"
by = "points"
title = { ja = "建物", en = "Buildings" }
shapes = { file = "towns.gpkg" }
"""


@pytest.mark.parametrize(
    ("more", "where", "words"),
    [
        (MESH + SHAPES, "layer[2].type", "more than one layer of weights"),
        (SHAPES + 'file = "mesh.csv"\n', "layer[1]", "either a file"),
        (SHAPES + 'lon = "x"\n', "layer[1]", "Give lon and lat together"),
        (SHAPES.replace(".gpkg", ".gpk"), "layer[1].shapes.file", "there is no file"),
        (SHAPES.replace('.gpkg"', '.gpkg", crs = "EPSG:0"'), "layer[1].shapes.crs", "no CRS"),
        (SHAPES.replace('.gpkg"', '.gpkg", id = "x"'), "layer[1].shapes.id", "no key “id”"),
    ],
)
def test_a_plan_with_two_ways_or_half_a_way(
    folder: Path, more: str, where: str, words: str
) -> None:
    with pytest.raises(PlanError) as caught:
        load_plan(written(folder, more))
    assert words in next(f.line("en") for f in caught.value.faults if f.where == where)


def test_weights_need_counts_and_towns(folder: Path) -> None:
    path = folder / "plan.toml"
    start, end = PLAN.index("[[layer]]"), PLAN.index("[[map]]")
    path.write_text(PLAN[:start] + PLAN[end:] + MESH, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan(path)
    assert "no counts to share out" in caught.value.faults[0].line("en")


def test_shapes_of_a_plan(folder: Path) -> None:
    """One point inside each town: all 1,000 of the western one on one side."""
    study = compute(load_plan(written(folder, SHAPES)))
    assert study.crosswalks["ward", "care"]["people"].sum() == pytest.approx(2000, rel=1e-9)
    assert study.weighting(("ward", "care")) is Weighting.POINTS
    assert study.crosswalks["ward", "care"].loc[("1", "W"), "people"] in (0, 1000)


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_what_the_readme_shows_is_a_layer(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    shown = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    layers = [layer for block in shown for layer in block.get("layer", [])]
    assert [WeightsPlan.model_validate(one).by for one in layers if one["type"] == "weights"] == [
        "mesh"
    ]


# --- real data ------------------------------------------------------------------------------------


@pytest.mark.real
def test_the_people_of_chiba_stay(chiba: Path, tmp_path: Path) -> None:
    """Care providers as weights: nobody lives as they are spread, but nobody is lost, either."""
    plan = (ROOT / "tests" / "chiba" / "plan.toml").read_text(encoding="utf-8")
    more = SHAPES.replace(
        'shapes = { file = "towns.gpkg" }', 'file = "$KENIKI_DATA/chiba/care_providers.csv"'
    )
    (tmp_path / "plan.toml").write_text(plan + more, encoding="utf-8")
    study = compute(load_plan(tmp_path / "plan.toml"))
    for pair, table in study.crosswalks.items():
        assert table["population"].sum() == pytest.approx(971_882, rel=1e-9), pair
    assert study.weighting(("district", "care")) is Weighting.POINTS
    assert study.weighting(("ward", "care")) is Weighting.WHOLE_TOWNS
    assert len(study.crosswalks["district", "care"].attrs["evenly"]) > 0
    mine = {one.kind: one.amount for one in study.findings if one.where == "buildings"}
    assert mine[Kind.POINT_WITHOUT_POSITION] == 2
    assert mine[Kind.POINT_OUTSIDE_CITY] == 4
    evenly = compute(load_plan(ROOT / "tests" / "chiba" / "plan.toml"))
    one, other = (a.crosswalks["district", "care"] for a in (study, evenly))
    pd.testing.assert_series_equal(one["area_m2"], other["area_m2"])
    assert (one["population"] - other["population"]).abs().max() > 100
