"""Crosswalks: drawn towns with numbers done by hand, then laws on random partitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import grid, of_towns, outlines_only, partition, people
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cutting import OUTSIDE
from geo.layers import Counts
from geo.overlap import Way, crosswalk, pairs, transposed
from geo.partition import Partition
from geo.plan import Count
from geo.words import same

KM2 = 1e6


def test_by_towns(row: Partition, halves: Partition, quarter: Partition) -> None:
    """::

    ┌───┬───┬───┬───┐   A = a b   B = c d
    │100│200│ ? │400│   X = a     Y = b c d
    └───┴───┴───┴───┘
    """
    counts = people({"a": 100, "b": 200, "c": None, "d": 400})
    table = crosswalk(halves, quarter, towns=row, counts=counts)
    assert table.attrs["way"] is Way.BY_TOWNS
    assert list(table.index) == [("A", "X"), ("A", "Y"), ("B", "Y")]
    assert table["area_m2"].tolist() == [KM2, KM2, 2 * KM2]
    assert table["share_of_left"].tolist() == [0.5, 0.5, 1.0]
    assert table["share_of_right"].tolist() == pytest.approx([1.0, 1 / 3, 2 / 3])
    assert table["people"].tolist() == [100, 200, 400]
    assert table["people_missing_towns"].tolist() == [0, 0, 1]


def test_a_pair_of_which_nothing_is_known_is_missing_not_0(
    row: Partition, halves: Partition
) -> None:
    counts = people({"a": None, "b": None, "c": 0, "d": 5})
    table = crosswalk(halves, row, towns=row, counts=counts)
    assert np.isnan(table.loc[("A", "a"), "people"])
    assert table.loc[("B", "c"), "people"] == 0


def test_people_are_split_within_towns_never_across_zones(row: Partition) -> None:
    """The border of P and Q cuts town b in the middle; everybody lives in a and b::

    ┌───┬─┬─┬───┬───┐
    │100│20│20│ 0│ 0 │   P to 1.5 km, Q from there
    └───┴─┴─┴───┴───┘
    """
    counts = people({"a": 100, "b": 40, "c": 0, "d": 0})
    sides = partition(
        "side", {"P": shapely.box(0, 0, 1500, 1000), "Q": shapely.box(1500, 0, 4000, 1000)}
    )
    whole = of_towns("city", row, dict.fromkeys("abcd", "C"))
    table = crosswalk(whole, sides, towns=row, counts=counts)
    assert table.attrs["way"] is Way.BY_AREA
    assert table["area_m2"].tolist() == [1.5 * KM2, 2.5 * KM2]
    assert table["people"].tolist() == pytest.approx([120, 20])


def test_what_lies_outside_keeps_its_row(row: Partition, halves: Partition) -> None:
    """R leaves town d out and reaches one km beyond the city::

       ┌───┬───┬───┬───┐
       │ a │ b │ c │ d │
    ┌──┴───┴───┴───┤   │
    └ R ───────────┘
    """
    counts = people({"a": 1, "b": 2, "c": 4, "d": 8})
    reach = partition("reach", {"R": shapely.box(-1000, 0, 3000, 1000)})
    table = crosswalk(halves, reach, towns=row, counts=counts)
    assert table["area_m2"].to_dict() == {
        (OUTSIDE, "R"): KM2, ("A", "R"): 2 * KM2, ("B", OUTSIDE): KM2, ("B", "R"): KM2,
    }  # fmt: skip
    assert table.loc[("B", OUTSIDE), "people"] == 8
    assert np.isnan(table.loc[(OUTSIDE, "R"), "people"])
    assert table["people"].sum() == 15
    assert table.loc[("B", OUTSIDE), "share_of_left"] == 0.5
    assert np.isnan(table.loc[("B", OUTSIDE), "share_of_right"])
    assert len(pairs(table)) == 2


def test_a_town_in_no_zone_keeps_its_row(row: Partition, quarter: Partition) -> None:
    some = of_towns("some", row, {"a": "S", "b": "S", "c": "S"})
    table = crosswalk(some, quarter, towns=row, counts=people(dict.fromkeys("abcd", 1.0)))
    assert table.loc[(OUTSIDE, "Y"), "people"] == 1
    assert table["people"].sum() == 4


def test_neither_side_is_made_of_towns(row: Partition) -> None:
    """::

    ┌───┬─┬─┬───┬───┐      0.5 km of b and all of c lie in both;
    │ L ══╪═╪═══╡   │      L reaches from 0 to 3 km,
    │   │ ╞═╪═ R ═══╡      R from 1.5 to 4 km
    └───┴─┴─┴───┴───┘
    """
    left = partition("left", {"L": shapely.box(0, 0, 3000, 1000)})
    right = partition("right", {"R": shapely.box(1500, 0, 4000, 1000)})
    counts = people({"a": 10, "b": 20, "c": 40, "d": 80})
    table = crosswalk(left, right, towns=row, counts=counts)
    assert table["area_m2"].to_dict() == pytest.approx(
        {(OUTSIDE, "R"): KM2, ("L", OUTSIDE): 1.5 * KM2, ("L", "R"): 1.5 * KM2}
    )
    assert table["people"].to_dict() == pytest.approx(
        {(OUTSIDE, "R"): 80, ("L", OUTSIDE): 20, ("L", "R"): 50}
    )


def test_stated_shares_of_a_town(row: Partition, quarter: Partition) -> None:
    """A holds a and a quarter of b, B the rest of b, c and d: 100 + 0.25 × 200 people in A."""
    halves = of_towns("half", row, {"a": "A", "b": "B", "c": "B", "d": "B"})
    parts = pd.DataFrame([("b", "A", "1番", 0.25)], columns=halves.parts.columns)
    halves = replace(halves, parts=parts)
    counts = people({"a": 100, "b": 200, "c": 300, "d": 400})
    table = crosswalk(halves, quarter, towns=row, counts=counts)
    assert table.attrs["way"] is Way.BY_SHARES
    assert table["people"].to_dict() == {("A", "X"): 100, ("A", "Y"): 50, ("B", "Y"): 850}
    assert table["area_m2"].to_dict() == {
        ("A", "X"): KM2,
        ("A", "Y"): KM2 / 4,
        ("B", "Y"): 2.75 * KM2,
    }
    cut = crosswalk(halves, outlines_only(quarter), towns=row, counts=counts)
    pd.testing.assert_frame_equal(cut, table)


def test_a_part_of_unknown_share_counts_nobody(row: Partition, quarter: Partition) -> None:
    some = of_towns("some", row, {"a": "A", "c": "B", "d": "B"})
    parts = pd.DataFrame([("b", "A", "一部", np.nan)], columns=some.parts.columns)
    counts = people({"a": 100, "b": 200, "c": 300, "d": 400})
    table = crosswalk(replace(some, parts=parts), quarter, towns=row, counts=counts)
    assert table.attrs["way"] is Way.BY_TOWNS
    assert table.loc[(OUTSIDE, "Y"), "people"] == 200


def test_a_rate_is_averaged_with_its_denominator(row: Partition, halves: Partition) -> None:
    """10 % of 100 and 40 % of 300 are 32.5 % of 400; a town without a rate does not count."""
    defined = (
        Count(key="people", title=same("p"), unit=same("n"), column="p", kind="total"),
        Count(key="aged", title=same("a"), unit=same("%"), column="a", kind="rate", per="people"),
    )
    figures = {"people": [100.0, 300.0, 50.0, 50.0], "aged": [10.0, 40.0, 20.0, np.nan]}
    counts = Counts(defined, pd.DataFrame(figures, index=list("abcd")))
    whole = of_towns("city", row, dict.fromkeys("abcd", "C"))
    table = crosswalk(halves, whole, towns=row, counts=counts)
    assert table["aged"].tolist() == pytest.approx([32.5, 20.0])
    assert table["aged_missing_towns"].tolist() == [0, 1]


def test_touching_zones_share_nothing(row: Partition) -> None:
    west = partition("west", {"W": shapely.box(0, 0, 2000, 1000)})
    east = partition("east", {"E": shapely.box(2000, 0, 4000, 1000)})
    assert len(pairs(crosswalk(west, east, towns=row))) == 0


def test_without_towns_the_left_zones_carry_the_counts() -> None:
    left = partition("left", {"L": shapely.box(0, 0, 1000, 1000)})
    right = partition(
        "right", {"R": shapely.box(0, 0, 250, 1000), "S": shapely.box(250, 0, 1000, 1000)}
    )
    table = crosswalk(left, right, counts=people({"L": 8}))
    assert table["people"].tolist() == pytest.approx([2, 6])


def test_zones_that_overlap_are_counted_each_and_never_rescaled() -> None:
    """X and Y both lie on the left half of A; the right half is in no zone::

    ┌────┬────┐
    │ XY │    │ A
    └────┴────┘
    """
    one = partition("one", {"A": shapely.box(0, 0, 1000, 1000)})
    half = shapely.box(0, 0, 500, 1000)
    two = partition("two", {"X": half, "Y": half})
    table = crosswalk(one, two, counts=people({"A": 10}))
    assert table.attrs["overlapping"] == ["two"]
    assert table["share_of_left"].to_dict() == {("A", ""): 0.5, ("A", "X"): 0.5, ("A", "Y"): 0.5}
    assert table["share_of_right"].dropna().tolist() == [1, 1]
    assert table["people"].to_dict() == {("A", ""): 5, ("A", "X"): 5, ("A", "Y"): 5}
    back = crosswalk(two, one)
    assert back["share_of_right"].to_dict() == {("", "A"): 0.5, ("X", "A"): 0.5, ("Y", "A"): 0.5}


def test_overlapping_zones_on_both_sides(row: Partition) -> None:
    """P, Q overlap on b; R, S overlap on c; d lies in S only; a in P only::

    ┌───┬───┬───┬───┐
    │ P │P Q│QRS│ S │
    └───┴───┴───┴───┘
    """
    left = partition(
        "l", {"P": shapely.box(0, 0, 2000, 1000), "Q": shapely.box(1000, 0, 3000, 1000)}
    )
    right = partition(
        "r", {"R": shapely.box(2000, 0, 3000, 1000), "S": shapely.box(2000, 0, 4000, 1000)}
    )
    counts = people({"a": 1, "b": 2, "c": 4, "d": 8})
    table = crosswalk(left, right, towns=row, counts=counts)
    assert table["people"].to_dict() == pytest.approx(
        {("P", ""): 3, ("Q", ""): 2, ("Q", "R"): 4, ("Q", "S"): 4, ("", "S"): 8}
    )
    assert table.loc[("Q", "R"), "share_of_left"] == 0.5
    assert table.attrs["overlapping"] == ["l", "r"]


# --- laws -----------------------------------------------------------------------------------------


@st.composite
def cities(draw: st.DrawFn) -> tuple[int, int, list[int], list[int], list[float | None]]:
    """A grid of towns, two ways to divide it, and people of whom some are not known."""
    across, up = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    zones = st.lists(st.integers(0, 3), min_size=across * up, max_size=across * up)
    figure = st.none() | st.floats(0, 1e6, allow_subnormal=False)
    figures = st.lists(figure, min_size=across * up, max_size=across * up)
    return across, up, draw(zones), draw(zones), draw(figures)


City = tuple[int, int, list[int], list[int], list[float | None]]


def drawn(city: City) -> tuple[Partition, Partition, Partition, Counts]:
    across, up, of_left, of_right, figures = city
    towns = grid(across, up)
    ids = list(towns.zones.index)
    left = of_towns("left", towns, {i: f"L{zone}" for i, zone in zip(ids, of_left, strict=True)})
    right = of_towns("right", towns, {i: f"R{zone}" for i, zone in zip(ids, of_right, strict=True)})
    return towns, left, right, people(dict(zip(ids, figures, strict=True)))


shifts = st.floats(-250, 250, allow_subnormal=False)
laws = settings(max_examples=40, deadline=None)


def moved(one: Partition, east: float, north: float) -> Partition:
    by = np.array([east, north])
    shapes = shapely.transform(one.zones.geometry.to_numpy(), lambda xy: xy + by)
    return partition(one.key, dict(zip(one.zones.index, shapes, strict=True)))


def check_totals(table: pd.DataFrame, left: Partition, right: Partition, counts: Counts) -> None:
    """Area, people and shares of every zone are kept."""
    for side, one in ((0, left), (1, right)):
        inside = table[table.index.get_level_values(side) != OUTSIDE]
        area = inside["area_m2"].groupby(level=side).sum()
        pd.testing.assert_series_equal(
            area, one.area_m2.sort_index(), check_names=False, rtol=1e-9, check_index_type=False
        )
        shares = inside[f"share_of_{'left' if side == 0 else 'right'}"].groupby(level=side).sum()
        assert np.allclose(shares, 1, rtol=0, atol=1e-9)
    known = counts.table["people"].sum()
    assert table["people"].sum() == pytest.approx(known, rel=1e-9, abs=1e-9)


@laws
@given(city=cities())
def test_both_ways_agree_and_keep_every_total(city: City) -> None:
    towns, left, right, counts = drawn(city)
    exact = crosswalk(left, right, towns=towns, counts=counts)
    check_totals(exact, left, right, counts)
    for a, b in ((outlines_only(left), right), (left, outlines_only(right)),
                 (outlines_only(left), outlines_only(right))):  # fmt: skip
        cut = crosswalk(a, b, towns=towns, counts=counts)
        assert cut.attrs["way"] is Way.BY_AREA
        pd.testing.assert_frame_equal(cut, exact, rtol=1e-9, check_dtype=False)


@laws
@given(city=cities(), east=shifts, north=shifts)
def test_totals_are_kept_wherever_the_borders_run(city: City, east: float, north: float) -> None:
    towns, left, right, counts = drawn(city)
    other = moved(right, east, north)
    for a in (left, outlines_only(left)):
        table = crosswalk(a, other, towns=towns, counts=counts)
        check_totals(table, left, other, counts)
        back = crosswalk(other, a, towns=towns, counts=counts)
        pd.testing.assert_frame_equal(transposed(back), table, rtol=1e-9, atol=1e-6)


@laws
@given(city=cities(), seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(city: City, seed: int) -> None:
    towns, left, right, counts = drawn(city)

    def shuffled(one: Partition) -> Partition:
        members = None if one.members is None else one.members.sample(frac=1, random_state=seed)
        zones = one.zones.sample(frac=1, random_state=seed)
        return Partition(one.key, one.title, one.role, zones, members)

    table = crosswalk(left, right, towns=towns, counts=counts)
    again = crosswalk(shuffled(left), shuffled(right), towns=shuffled(towns), counts=counts)
    pd.testing.assert_frame_equal(table, again, rtol=1e-12)


@laws
@given(city=cities())
def test_a_refinement_nests(city: City) -> None:
    towns, left, _, counts = drawn(city)
    for one in (left, outlines_only(left)):
        table = pairs(crosswalk(towns, one, towns=towns, counts=counts))
        assert len(table) == len(towns.zones)
        assert np.allclose(table["share_of_left"], 1, rtol=0, atol=1e-9)
