"""Measures against tables worked by hand."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from conftest import of_towns, outlines_only, partition, people
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo import measures
from geo.alignment import Alignment, by_zone, overall
from geo.overlap import Way, crosswalk, transposed
from geo.partition import Partition
from geo.slivers import SliverRule, marked


def contingency(table: list[list[float]]) -> pd.DataFrame:
    """A crosswalk with these weights; every zone's area is divided as its people are."""
    weights = np.array(table, dtype=float)
    rows = [
        (f"L{i}", f"R{j}", cell, cell / weights[i].sum(), cell / weights[:, j].sum())
        for (i, j), cell in np.ndenumerate(weights)
        if cell
    ]
    columns = ["left_id", "right_id", "people", "share_of_left", "share_of_right"]
    return pd.DataFrame(rows, columns=columns).set_index(["left_id", "right_id"])


def aligned(table: pd.DataFrame, weight: str = "people") -> Alignment:
    """The measures of a whole crosswalk."""
    there, back = by_zone(table, weight), by_zone(transposed(table), weight)
    return overall(there, "left", "right", weight, opposite=back)


@pytest.mark.parametrize(
    ("table", "split", "pairs", "minority", "total"),
    [
        ([[100, 0], [100, 0], [0, 100], [0, 100]], 0, 4, 0, 400),
        ([[50, 50], [50, 50]], 2, 4, 100, 200),
        ([[90, 10], [0, 100]], 1, 3, 10, 200),
        ([[50, 25, 25], [0, 100, 0]], 1, 4, 50, 200),
        ([[60, 40, 0], [0, 80, 20], [0, 0, 100]], 2, 5, 60, 300),
    ],
    ids=["nested", "independent", "nibble", "three pieces", "two splits"],
)
def test_tables_by_hand(
    table: list[list[float]], split: int, pairs: int, minority: float, total: float
) -> None:
    one = aligned(contingency(table))
    assert (one.split_zones, one.coordination_pairs, one.zones) == (split, pairs, len(table))
    assert one.excess_parts == pairs - len(table)
    assert (one.minority, one.total) == (minority, total)
    assert one.minority_share == minority / total


def test_a_tie_has_the_first_id_as_main() -> None:
    zones = by_zone(contingency([[50, 50]]), "people")
    assert zones.loc["L0", "main_id"] == "R0"


def test_a_zone_where_nobody_lives_has_no_main_zone(row: Partition, halves: Partition) -> None:
    counts = people({"a": 0, "b": 0, "c": 1, "d": 2})
    zones = by_zone(crosswalk(halves, row, towns=row, counts=counts), "people")
    assert pd.isna(zones.loc["A", "main_id"])
    assert pd.isna(zones.loc["A", "main_share"])
    assert zones.loc["A", "minority"] == 0
    assert zones.loc["A", "parts"] == 2


def test_unknown_people_stay_unknown(row: Partition, halves: Partition) -> None:
    counts = people(dict.fromkeys("abcd"))
    zones = by_zone(crosswalk(halves, row, towns=row, counts=counts), "people")
    assert zones["total"].isna().all()
    assert zones["minority"].isna().all()
    assert zones[["effective_zones", "split_pairs", "total_per_part"]].isna().all(axis=None)
    one = asdict(aligned(crosswalk(halves, row, towns=row, counts=counts)))
    unknown = {name for name, value in one.items() if isinstance(value, float)}
    assert len(unknown) == 8
    assert all(np.isnan(one[name]) for name in unknown)
    assert (one["split_zones"], one["excess_parts"]) == (2, 2), "land is known"


def test_slivers_are_no_parts_and_keep_their_weight(row: Partition, halves: Partition) -> None:
    """The other layer is the same, drawn 5 m further east: 0.25 % of A is in the wrong zone."""
    other = partition("moved", {"P": box(5, 0, 2005, 1000), "Q": box(2005, 0, 4005, 1000)})
    counts = people({"a": 100, "b": 100, "c": 100, "d": 100})
    table = crosswalk(halves, other, towns=row, counts=counts)
    assert table.attrs["way"] is Way.BY_AREA
    assert by_zone(table, "people")["parts"].tolist() == [1, 2]
    ruled = marked(table, halves, other, SliverRule(), "people")
    zones = by_zone(ruled, "people")
    assert zones["parts"].tolist() == [1, 1]
    assert zones.loc["B", "minority"] == pytest.approx(0.5)
    assert zones.loc["B", "effective_zones"] == by_zone(table, "people").loc["B", "effective_zones"]
    one = aligned(ruled)
    assert one.coordination_pairs == 2
    assert one.minority == pytest.approx(0.5)
    assert 0.9 < one.containment < 1


def test_area_is_a_weight_too(row: Partition, halves: Partition, quarter: Partition) -> None:
    zones = by_zone(crosswalk(halves, quarter, towns=row), "area_m2")
    assert zones["minority"].tolist() == [1e6, 0]
    assert zones["main_share"].tolist() == [0.5, 1]


few = settings(max_examples=30)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 50), min_size=width, max_size=width).filter(any),
        min_size=1,
        max_size=5,
    )
)


@few
@given(table=tables)
def test_the_minority_is_what_a_planner_would_add_up(table: list[list[int]]) -> None:
    one = aligned(contingency(table))
    assert one.minority == sum(sum(cells) - max(cells) for cells in table)
    assert 0 <= one.minority_share <= 1 - 1 / len(table[0]) + 1e-12
    assert one.coordination_pairs == sum(cell > 0 for cells in table for cell in cells)


@few
@given(table=tables)
def test_the_measures_are_those_of_the_whole_table(table: list[list[int]]) -> None:
    """Zone by zone and from rows kept short, they are what the table itself gives."""
    one = aligned(contingency(table))
    for name in (
        "minority", "minority_share", "split_zones", "coordination_pairs", "excess_parts",
        "effective_zones", "effective_splits", "split_pairs", "containment", "reverse_containment",
    ):  # fmt: skip
        assert getattr(one, name) == pytest.approx(getattr(measures, name)(table)), name


@few
@given(table=tables)
def test_each_side_contains_as_the_other_is_contained(table: list[list[int]]) -> None:
    there = aligned(contingency(table))
    back = aligned(transposed(contingency(table)))
    assert there.containment == pytest.approx(back.reverse_containment, abs=1e-12)
    assert there.coordination_pairs == back.coordination_pairs


def test_what_a_centre_has_of_its_districts() -> None:
    """R0 serves L0 wholly and most of L1; R1 the rest of L1."""
    zones = by_zone(transposed(contingency([[100, 0], [90, 10]])), "people")
    assert zones["parts"].tolist() == [2, 1]
    assert zones["partial_parts"].tolist() == [1, 1]
    assert zones["total_per_part"].tolist() == [95, 10]


@few
@given(table=tables)
def test_joining_right_zones_never_makes_it_worse(table: list[list[int]]) -> None:
    joined = [[sum(cells[:2]), *cells[2:]] for cells in table]
    fine, coarse = (aligned(contingency(one)) for one in (table, joined))
    assert coarse.minority <= fine.minority
    assert coarse.split_zones <= fine.split_zones


def test_what_lies_outside_the_right_partition_has_no_weight(row: Partition) -> None:
    whole = of_towns("city", row, dict.fromkeys("abcd", "C"))
    part = outlines_only(of_towns("part", row, {"a": "P"}))
    counts = people({"a": 10, "b": 20, "c": 30, "d": 40})
    zones = by_zone(crosswalk(whole, part, towns=row, counts=counts), "people")
    assert zones.loc["C", ["total", "minority", "parts"]].tolist() == [10, 0, 1]


def test_a_zone_wholly_outside_is_there_and_in_no_part(row: Partition, halves: Partition) -> None:
    west = outlines_only(of_towns("west", row, {"a": "W", "b": "W"}))
    counts = people(dict.fromkeys("abcd", 5.0))
    zones = by_zone(crosswalk(halves, west, towns=row, counts=counts), "people")
    assert zones["parts"].to_dict() == {"A": 1, "B": 0}
    assert pd.isna(zones.loc["B", "total"])
    one = aligned(crosswalk(halves, west, towns=row, counts=counts))
    assert (one.zones, one.split_zones, one.excess_parts) == (2, 0, 0)


def test_towns_without_a_figure_are_counted(row: Partition, halves: Partition) -> None:
    counts = people({"a": 100, "b": None, "c": 1, "d": 1})
    zones = by_zone(crosswalk(halves, row, towns=row, counts=counts), "people")
    assert zones["missing_towns"].to_dict() == {"A": 1, "B": 0}
    assert aligned(crosswalk(halves, row, towns=row, counts=counts)).missing_towns == 1
