"""Two editions of a partition: what is kept, what moved, what became of each zone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import grid, of_towns, outlines_only, partition, people
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cutting import OUTSIDE
from geo.editions import SIDES, Edition
from geo.layers import Counts
from geo.moved import moved_land, spots
from geo.partition import Partition
from geo.periods import compared
from geo.slivers import SliverRule

RULE = SliverRule()
TOWNS = grid(4, 2)
#: Examples of a law; each cuts the city several times.
FEW = 25
IDS = list(TOWNS.zones.index)
MIRROR = {
    "new": "gone", "gone": "new", "merged": "divided", "divided": "merged", "grown": "shrunk",
    "shrunk": "grown",
}  # fmt: skip


def made(members: list[str]) -> Partition:
    """A partition of the towns; a town whose zone is "" is in none."""
    known = {town: zone for town, zone in zip(IDS, members, strict=True) if zone}
    return of_towns("areas", TOWNS, known)


def compare(old: Partition, new: Partition, figures: Counts | None = None) -> Edition:
    return compared(old, new, figures or people(dict.fromkeys(IDS, 10.0)), RULE, towns=TOWNS)


zones = st.lists(st.sampled_from(["A", "B", "C", "D", ""]), min_size=8, max_size=8).filter(any)
figures = st.lists(st.none() | st.integers(0, 500), min_size=8, max_size=8).map(
    lambda found: people(dict(zip(IDS, found, strict=True)))
)
cases = st.tuples(zones, zones, figures, st.booleans())


def edition_of(case: tuple[list[str], list[str], Counts, bool]) -> Edition:
    old, new = made(case[0]), made(case[1])
    if case[3]:
        old, new = outlines_only(old), outlines_only(new)
    return compare(old, new, case[2])


# --- laws -----------------------------------------------------------------------------------------


@given(cases)
@settings(max_examples=FEW)
def test_totals_are_kept_and_what_zones_gain_others_lose(case: Any) -> None:
    found = edition_of(case)
    assert found.flows["people"].sum() == pytest.approx(case[2].table["people"].sum())
    assert found.flows["area_m2"].sum() == pytest.approx(10_000.0 * len(IDS))
    edge, rows = found.moves.drop(found.within.index), found.zones.fillna(0.0)
    for weight in found.weights:
        change = rows[f"{weight}_gained"] - rows[f"{weight}_lost"] + rows[f"{weight}_slivers"]
        after = rows[f"{weight}_before"] + change
        assert after.to_numpy() == pytest.approx(rows[f"{weight}_after"].to_numpy(), abs=1e-6)
        come = rows[f"{weight}_gained"].sum() - edge.loc[edge["to_id"] != "", weight].sum()
        go = rows[f"{weight}_lost"].sum() - edge.loc[edge["from_id"] != "", weight].sum()
        assert come == pytest.approx(go, abs=1e-6)
        assert come == pytest.approx(found.within[weight].sum(), abs=1e-6)
    towns_add_up(found)
    land_is_drawn(found)


def towns_add_up(found: Edition) -> None:
    sums = found.pieces.groupby("number")[["area_m2", "people"]].sum(min_count=1)
    for weight in ("area_m2", "people"):
        expected = found.moves[weight].astype(float).to_numpy()
        assert sums[weight].to_numpy(float) == pytest.approx(expected, nan_ok=True)


def land_is_drawn(found: Edition) -> None:
    land = moved_land(found, TOWNS)
    if land is None:
        assert found.moves.empty
        return
    assert land.zones.index.tolist() == [str(number) for number in found.moves.index]
    assert land.area_m2.to_numpy() == pytest.approx(found.moves["area_m2"].to_numpy())
    points, numbers = spots(land)
    assert set(numbers) == set(land.zones.index)
    shapes = land.zones.geometry.reindex(numbers)
    assert shapely.contains(np.asarray(shapes), np.asarray(points)).all()


@given(zones, st.booleans())
@settings(max_examples=FEW)
def test_an_edition_and_itself_are_the_same(members: list[str], drawn: bool) -> None:
    one = outlines_only(made(members)) if drawn else made(members)
    found = compare(one, one)
    assert found.moves.empty
    assert found.pieces.empty
    assert set(found.zones["what"]) == {"unchanged"}
    assert moved_land(found, TOWNS) is None


@given(cases)
@settings(max_examples=FEW)
def test_swapping_the_editions_mirrors_everything(case: Any) -> None:
    there = edition_of(case)
    back = edition_of((case[1], case[0], *case[2:]))

    def rows(table: pd.DataFrame, names: list[str]) -> set[Any]:
        return set(table[names].round(6).fillna(-1).itertuples(index=False, name=None))

    turned = ["to_id", "from_id"]
    assert rows(there.matches, [*SIDES, "by"]) == rows(back.matches, [*turned, "by"])
    ours = rows(there.moves, [*SIDES, "share_of_from", "share_of_to", "area_m2", "people"])
    mine = rows(back.moves, [*turned, "share_of_to", "share_of_from", "area_m2", "people"])
    assert ours == mine
    sizes = ["people_before", "people_after", "people_gained", "people_lost"]
    mirrored = ["people_after", "people_before", "people_lost", "people_gained"]
    assert rows(there.zones, [*SIDES, *sizes]) == rows(back.zones, [*turned, *mirrored])
    said = {tuple(row[side] for side in SIDES): row["what"] for row in records(there)}
    other = {tuple(row[side] for side in turned): row["what"] for row in records(back)}
    assert {pair: mirror(what) for pair, what in said.items()} == {
        pair: set(what.split(";")) for pair, what in other.items()
    }


def records(found: Edition) -> list[dict[Any, Any]]:
    return found.zones.to_dict("records")


def mirror(what: str) -> set[str]:
    return {MIRROR.get(word, word) for word in what.split(";")}


@given(zones, st.permutations(["A", "B", "C", "D"]), st.booleans())
@settings(max_examples=FEW)
def test_the_same_land_under_other_ids_did_not_move(
    members: list[str], order: list[str], named: bool
) -> None:
    """Whether the names go with the land or are new, too."""
    new_id = dict(zip("ABCD", (f"x{one}" for one in order), strict=True)) | {"": ""}
    old, new = made(members), made([new_id[one] for one in members])
    if named:
        new.zones["name"] = [{v: k for k, v in new_id.items()}[one] for one in new.zones.index]
    found = compare(old, new)
    assert found.moves.empty
    assert set(found.matches["by"]) == {"name" if named else "land"}
    assert all("renumbered" in what for what in found.zones["what"])
    assert all(("renamed" in what) is not named for what in found.zones["what"])


@given(zones, zones, figures)
@settings(max_examples=FEW)
def test_by_area_is_as_by_towns(old: list[str], new: list[str], counted: Counts) -> None:
    """Towns of 100 m are no slivers; what has no more than the share of a sliver is not here."""
    by_towns, by_area = (edition_of((old, new, counted, drawn)) for drawn in (False, True))
    columns = [*SIDES, "area_m2", "people", "people_missing_towns"]
    one, other = (found.moves[columns].sort_values([*SIDES]) for found in (by_towns, by_area))
    pd.testing.assert_frame_equal(
        one.reset_index(drop=True), other.reset_index(drop=True), rtol=1e-9
    )


# --- examples -------------------------------------------------------------------------------------


def row_of(names: str) -> list[str]:
    """The same zones in both rows of towns."""
    return list(names) * 2


def what(found: Edition) -> dict[tuple[str, str], str]:
    return {tuple(row[side] for side in SIDES): row["what"] for row in records(found)}


def test_a_zone_grows_and_the_other_shrinks() -> None:
    found = compare(made(row_of("AABB")), made(row_of("AAAB")))
    assert found.moves[[*SIDES, "people", "share_of_from", "share_of_to"]].to_numpy().tolist() == [
        ["B", "A", 20.0, 0.5, pytest.approx(1 / 3)]
    ]
    assert what(found) == {("A", "A"): "grown", ("B", "B"): "shrunk"}
    assert found.pieces["town_id"].tolist() == ["2", "6"]


def test_a_zone_goes_into_another() -> None:
    found = compare(made(row_of("AABC")), made(row_of("AABB")))
    assert what(found) == {
        ("A", "A"): "unchanged",
        ("B", "B"): "merged;grown",
        ("C", OUTSIDE): "gone;merged",
    }


def test_a_zone_falls_apart() -> None:
    found = compare(made(row_of("ACCB")), made(row_of("AABB")))
    assert what(found)["C", OUTSIDE] == "gone;divided"
    assert what(found)["A", "A"] == "grown"


def test_two_zones_become_a_new_one() -> None:
    found = compare(made(row_of("AABC")), made(row_of("AADD")))
    assert what(found) == {
        ("A", "A"): "unchanged",
        ("B", OUTSIDE): "gone;merged",
        ("C", OUTSIDE): "gone;merged",
        (OUTSIDE, "D"): "new;merged",
    }


def test_land_that_one_edition_does_not_hold_is_told_apart() -> None:
    found = compare(made([*"AABBAAB", ""]),
                    made(row_of("AABB")))  # fmt: skip
    assert found.within.empty
    assert found.moves[list(SIDES)].to_numpy().tolist() == [[OUTSIDE, "B"]]
    assert found.zones.set_index("to_id").loc["B", "people_gained"] == 10.0


def test_a_town_whose_people_are_not_known_stays_so() -> None:
    counted = people(dict.fromkeys(IDS, 10.0) | {"2": None})
    found = compare(made(row_of("AABB")), made(row_of("AAAB")), counted)
    (move,) = found.moves.to_dict("records")
    assert (move["people"], move["people_missing_towns"]) == (10.0, 1)
    alone = people(dict.fromkeys(IDS, 10.0) | dict.fromkeys(["2", "6"]))
    found = compare(made(row_of("AABB")), made(row_of("AAAB")), alone)
    assert np.isnan(found.moves["people"].iloc[0])
    assert np.isnan(found.zones.set_index("to_id").loc["A", "people_gained"])
    assert found.zones.set_index("to_id").loc["B", "people_gained"] == 0.0


def test_a_border_drawn_twice_moves_nobody() -> None:
    """The border runs 2 m beside the old one, and so does the edge of the city."""
    old = partition("areas", {"A": shapely.box(0, 0, 200, 300), "B": shapely.box(200, 0, 400, 300)})
    new = partition("areas", {"A": shapely.box(2, 0, 202, 300), "B": shapely.box(202, 0, 402, 300)})
    found = compare(old, new)
    assert found.moves.empty
    assert (found.flows["kind"] == "sliver").sum() == 3
    assert set(found.zones["what"]) == {"unchanged"}
    assert found.zones["area_m2_slivers"].tolist() == pytest.approx([0.0, 0.0])
    wide = partition(
        "areas", {"A": shapely.box(0, 0, 260, 300), "B": shapely.box(260, 0, 400, 300)}
    )
    assert compare(old, wide).moves[list(SIDES)].to_numpy().tolist() == [["B", "A"]]


def test_a_town_of_few_people_that_is_moved_whole_is_no_sliver() -> None:
    wide = partition(
        "town", {"a": shapely.box(0, 0, 9000, 9000), "b": shapely.box(9000, 0, 9010, 10),
                 "c": shapely.box(9010, 0, 18000, 9000)},
    )  # fmt: skip
    old = of_towns("areas", wide, {"a": "A", "b": "A", "c": "C"})
    new = of_towns("areas", wide, {"a": "A", "b": "C", "c": "C"})
    counted = people({"a": 900.0, "b": 1.0, "c": 900.0})
    found = compared(old, new, counted, RULE, towns=wide)
    assert found.moves["people"].tolist() == [1.0]


def test_ids_that_were_given_anew_follow_the_names() -> None:
    """Ids 1, 2, 3 are those of other zones now, and one of them lost a town."""
    old = partition("areas", {"1": box(0, 2), "2": box(2, 3), "3": box(3, 4)})
    new = partition("areas", {"2": box(0, 1), "3": box(1, 3), "1": box(3, 4)})
    old.zones["name"], new.zones["name"] = ["弁天ヶ丘", "中央", "幸"], ["弁天ケ丘", "中央", "幸"]
    found = compare(old, new)
    assert found.matches.to_numpy().tolist() == [
        ["1", "2", "name"], ["2", "3", "name"], ["3", "1", "name"]
    ]  # fmt: skip
    assert found.moves[list(SIDES)].to_numpy().tolist() == [["1", "3"]]
    assert what(found)["3", "1"] == "renumbered"


def box(west: int, east: int) -> shapely.Polygon:
    return shapely.box(west * 100.0, 0, east * 100.0, 300)


def test_without_towns_or_people_land_is_compared() -> None:
    old = partition("areas", {"A": box(0, 2), "B": box(2, 4)})
    new = partition("areas", {"A": box(0, 3), "B": box(3, 4)})
    found = compared(old, new, Counts((), pd.DataFrame()), RULE)
    assert found.weights == ["area_m2"]
    assert found.moves["area_m2"].tolist() == [30_000.0]
    assert found.pieces.empty
    land = moved_land(found, None)
    assert land is not None
    assert land.area_m2.tolist() == [30_000.0]
