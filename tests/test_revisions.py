"""Two editions of the priority items: which go on, and how that is known."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import grid, of_towns, people
from hypothesis import given
from hypothesis import strategies as st

from geo.layers import Layer
from geo.partition import Partition
from geo.periods import compared
from geo.revisions import ALIKE, Revision, likeness, revision
from geo.slivers import SliverRule
from geo.words import same

Row = tuple[str, str, str]
TOWNS = grid(4, 1)


def layer(rows: list[Row], *, years: str = "2021") -> Layer:
    """Items: id, district, text."""
    table = pd.DataFrame(rows, columns=["item_id", "zone_id", "text_ja"], dtype=str)
    return Layer("items", "items", same("items"), table.assign(start_year=years, end_year=""))


def told(found: Revision) -> list[tuple[str, str, str]]:
    return list(found.items[["what", "by", "changes"]].itertuples(index=False, name=None))


texts = st.sampled_from(
    ["サロンを開く", "サロンを毎月開く", "防災訓練をする", "見守りをする", "見守る"]
)
rows = st.lists(st.tuples(st.sampled_from(["", "1", "2", "3"]), st.sampled_from("abc"), texts))


@given(rows, rows)
def test_every_item_of_both_editions_stands_once_and_is_counted(
    old: list[Row], new: list[Row]
) -> None:
    found = revision(layer(old), layer(new))
    for side, table in (("from", old), ("to", new)):
        places = found.items[f"{side}_row"]
        assert sorted(places[places >= 0]) == list(range(len(table)))
    sums = found.districts.set_index("to_id")
    assert (sums["before"] == sums[["kept", "changed", "went", "removed"]].sum(axis=1)).all()
    assert (sums["after"] == sums[["kept", "changed", "came", "added"]].sum(axis=1)).all()
    assert (sums["before"].sum(), sums["after"].sum()) == (len(old), len(new))
    assert sums["came"].sum() == sums["went"].sum()


@given(rows)
def test_an_edition_and_itself_are_the_same(items: list[Row]) -> None:
    found = revision(layer(items), layer(items))
    assert set(found.items["what"]) <= {"kept"}
    assert set(found.items["changes"]) <= {""}


@given(rows, rows)
def test_swapping_the_editions_mirrors_the_items(old: list[Row], new: list[Row]) -> None:
    turned = {"added": "removed", "removed": "added"}
    there = revision(layer(old), layer(new)).items
    back = revision(layer(new), layer(old)).items
    ours = set(there[["from_row", "to_row", "by", "changes", "what"]].itertuples(index=False))
    mine = set(back[["to_row", "from_row", "by", "changes", "what"]].itertuples(index=False))
    assert {(*row[:4], turned.get(row[4], row[4])) for row in map(tuple, mine)} == set(
        map(tuple, ours)
    )


@given(st.text(), st.text())
def test_likeness_is_the_same_either_way(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1


def test_an_item_is_matched_by_its_id_first() -> None:
    """Wherever it went, and whatever it says now."""
    found = revision(layer([("1", "a", "サロンを開く")]), layer([("1", "b", "防災訓練")]))
    assert told(found) == [("changed", "id", "text;zone")]
    moved = found.districts.set_index("to_id")
    assert (moved.loc["a", "went"], moved.loc["b", "came"]) == (1, 1)


def test_else_by_the_text_within_a_district() -> None:
    old = layer([("1", "a", "月1回のサロンを開く"), ("2", "a", "防災訓練をする")])
    new = layer([("8", "a", "毎月サロンを開く"), ("9", "b", "防災訓練をする")], years="2026")
    found = revision(old, new)
    assert told(found) == [
        ("changed", "text", "text;years"),
        ("removed", "", ""),
        ("added", "", ""),
    ]
    assert found.items["likeness"].iloc[0] >= ALIKE


def test_other_years_alone_are_no_change() -> None:
    found = revision(layer([("1", "a", "サロン")]), layer([("2", "a", "サロン ")], years="2026"))
    assert told(found) == [("kept", "text", "years")]


def test_an_id_on_two_rows_is_none() -> None:
    old = layer([("1", "a", "サロンを開く"), ("1", "a", "防災訓練をする")])
    new = layer([("1", "a", "防災訓練をする")])
    assert told(revision(old, new)) == [("kept", "text", ""), ("removed", "", "")]


def test_items_of_the_city_have_no_district() -> None:
    tables = [
        pd.DataFrame({"item_id": [one], "text_ja": ["窓口をつくる"], "start_year": "2021"})
        for one in "12"
    ]
    two = [Layer("items", "items", same("items"), table, of="city") for table in tables]
    found = revision(two[0], two[1])
    assert told(found) == [("kept", "text", "")]
    assert found.districts[["from_id", "to_id", "before", "after"]].to_numpy().tolist() == [
        ["", "", 1, 1]
    ]


@pytest.fixture
def districts() -> tuple[Partition, Partition]:
    """District C is gone: a part of B now."""
    ids = list(TOWNS.zones.index)
    return tuple(
        of_towns("district", TOWNS, dict(zip(ids, zones, strict=True)))
        for zones in ("AABC", "AABB")
    )  # type: ignore[return-value]


def test_content_of_a_district_that_is_gone_is_told(
    districts: tuple[Partition, Partition],
) -> None:
    """It may go on in the district that took its land, and nowhere else."""
    old, new = districts
    counted = people(dict.fromkeys(TOWNS.zones.index, 10.0))
    zones = compared(old, new, counted, SliverRule(), towns=TOWNS)
    before = layer([("1", "C", "サロンを開く"), ("2", "C", "防災訓練をする")])
    after = layer([("8", "B", "サロンを開く"), ("9", "A", "防災訓練をする")])
    found = revision(before, after, districts, zones)
    assert told(found) == [("changed", "text", "zone"), ("removed", "", ""), ("added", "", "")]
    gone = found.districts.set_index("from_id").loc["C"]
    assert (gone["to_id"], gone["before"], gone["went"], gone["removed"]) == ("", 2, 1, 1)
