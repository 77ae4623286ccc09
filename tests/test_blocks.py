"""Blocks: every person and square metre is in one, and which of them lie side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from borders import drawn_again, grouped, shifted
from borders import towns as winding_towns
from conftest import grid, of_towns, outlines_only, partition, people
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.blocks import AREA, Blocks, blocks, side_by_side
from geo.cutting import OUTSIDE
from geo.errors import DataError
from geo.layers import Counts
from geo.partition import Partition
from geo.pieces import MULTIPOLYGON, POLYGON
from geo.slivers import SliverRule

EVERY = SliverRule(width_m=0.0, min_share=0.0)
"""No sliver at all."""


def with_parts(one: Partition, *parts: tuple[str, str, float]) -> Partition:
    """The partition with stated parts of towns: (town, zone, share)."""
    table = pd.DataFrame(parts, columns=["town_id", "zone_id", "share"]).assign(words="")
    return replace(one, parts=table)


def shuffled(one: Partition, seed: int) -> Partition:
    """The same zones in another order."""
    members = None if one.members is None else one.members.sample(frac=1, random_state=seed)
    return replace(one, zones=one.zones.sample(frac=1, random_state=seed + 1), members=members)


def named_borders(made: Blocks) -> set[tuple[str, str]]:
    ids = made.table.index
    return {(ids[i], ids[j]) for i, j in made.borders}


# --- totals ---------------------------------------------------------------------------------------


@settings(max_examples=10)
@given(
    seed=st.integers(0, 10_000), noise=st.sampled_from([0.0, 3.0, 18.0]), kinds=st.integers(0, 3)
)
def test_everybody_and_all_land_are_in_one_block(seed: int, noise: float, kinds: int) -> None:
    """Both sides made of towns, one of them, none; drawn well and badly."""
    towns = winding_towns(5, 4, seed=seed)
    sides = [grouped(key, towns, seed + nth, zones=5) for nth, key in enumerate("lr")]
    for nth, one in enumerate(sides):
        if kinds >> nth & 1:
            sides[nth] = drawn_again(one, noise, seed=seed) if noise else outlines_only(one)
    rng = np.random.default_rng(seed)
    figures = {town: float(rng.integers(0, 500)) for town in towns.zones.index}
    old = {town: float(rng.random()) for town in towns.zones.index}
    figures["0101"] = np.nan
    counts = people(figures, old=old)
    table = blocks(*sides, towns, counts=counts).table
    by_town = table.groupby("town_id")
    assert by_town["people"].sum(min_count=1).to_dict() == pytest.approx(figures, nan_ok=True)
    assert by_town["old"].sum().to_dict() == pytest.approx(old)
    area = by_town[AREA].sum()
    assert area.to_dict() == pytest.approx(towns.area_m2.to_dict())
    assert table[table["town_id"] == "0101"]["people"].isna().all()
    drawn = shapely.area(table.geometry.to_numpy())
    assert drawn == pytest.approx(table[AREA].to_numpy(), rel=1e-6)


def test_zones_that_overlap_a_little_count_nobody_twice(row: Partition) -> None:
    """A and B share a strip of 0.5 m of town b: less than a thousandth of it."""
    halves = partition("half", {"A": box(0, 0, 1500.5, 1000), "B": box(1500, 0, 4000, 1000)})
    table = blocks(halves, row, row, counts=people(dict.fromkeys("abcd", 100.0))).table
    assert table["kept_id"].to_dict() == {"a": "A", "b": "A", "b/2": "B", "c": "B", "d": "B"}
    assert table["people"].sum() == pytest.approx(400, abs=1e-9)
    assert table[AREA].sum() == pytest.approx(4e6, abs=1e-3)


def test_zones_that_overlap_far_are_refused_in_words(row: Partition, halves: Partition) -> None:
    wide = partition("half", {"A": box(0, 0, 2000, 1000), "B": box(1700, 0, 4000, 1000)})
    with pytest.raises(DataError) as refused:
        blocks(wide, halves, row)
    assert "overlap each other" in refused.value.line("en")
    assert "(b)" in refused.value.line("en"), "the town is named"
    assert "half" in refused.value.where
    assert "clean_m" in refused.value.line("ja")


# --- which blocks there are -----------------------------------------------------------------------


def test_towns_that_nothing_cuts_are_blocks_as_they_are(
    row: Partition, halves: Partition, quarter: Partition
) -> None:
    made = blocks(halves, quarter, row, counts=people(dict.fromkeys("abcd", 10.0)))
    table = made.table
    assert table.index.tolist() == list("abcd")
    assert table["name"].tolist() == list("abcd")
    assert table["kept_id"].tolist() == list("AABB")
    assert table["moving_id"].tolist() == list("XYYY")
    assert (table["ward_id"] == OUTSIDE).all()
    assert table.geometry.tolist() == row.zones.geometry.tolist()
    assert table.crs == row.zones.crs
    assert made.borders.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert (made.people, made.weight) == ("people", "people")


def test_where_nobody_is_counted_area_is_the_weight(row: Partition, halves: Partition) -> None:
    made = blocks(halves, row, row)
    assert (made.people, made.weight) == (None, AREA)


def test_a_border_cuts_a_town_in_two_and_each_part_is_named(row: Partition) -> None:
    """The larger part of town b comes first."""
    cut = partition("half", {"A": box(0, 0, 1300, 1000), "B": box(1300, 0, 4000, 1000)})
    made = blocks(cut, row, row, counts=people(dict.fromkeys("abcd", 100.0)))
    assert made.table.loc[["b", "b/2"], "name"].tolist() == ["b（B）", "b（A）"]
    assert made.table.loc[["b", "b/2"], "people"].tolist() == pytest.approx([70, 30])
    assert made.table.geometry["b/2"].equals(box(1000, 0, 1300, 1000))
    assert named_borders(made) == {("a", "b/2"), ("b", "b/2"), ("b", "c"), ("c", "d")}


@pytest.mark.parametrize("shift_m", [1, 5, 14])
def test_slivers_go_with_the_main_part_of_their_town(shift_m: float) -> None:
    towns = grid(6, 4)
    zones = of_towns("z", towns, {town: f"Z{int(town) % 6 // 3}" for town in towns.zones.index})
    moved = shifted(zones, shift_m, -shift_m)
    counts = people(dict.fromkeys(towns.zones.index, 7.0))
    plain, made = (blocks(one, towns, towns, counts=counts) for one in (zones, moved))
    columns = ["town_id", "name", "kept_id", "moving_id"]
    assert made.table[columns].equals(plain.table[columns])
    assert made.table["people"].tolist() == pytest.approx([7.0] * 24)
    assert made.borders.tolist() == plain.borders.tolist()
    assert made.table.geometry.tolist() == towns.zones.geometry[made.table.index].tolist()
    assert len(blocks(moved, towns, towns, rule=EVERY).table) > len(plain.table)


def test_the_main_part_is_that_of_most_people(row: Partition) -> None:
    """The strip of b in A is a sliver, however the rest of b is cut."""
    cut = partition(
        "half",
        {"A": box(0, 0, 1020, 1000), "B": box(1020, 0, 1400, 1000), "C": box(1400, 0, 4000, 1000)},
    )
    made = blocks(cut, row, row, counts=people(dict.fromkeys("abcd", 100.0)))
    assert made.table["kept_id"].to_dict() == {"a": "A", "b": "C", "b/2": "B", "c": "C", "d": "C"}
    assert made.table["people"].to_dict() == pytest.approx(
        {"a": 100, "b": 62, "b/2": 38, "c": 100, "d": 100}
    )


def test_a_small_share_is_a_sliver_only_with_few_people(row: Partition) -> None:
    """60 m × 60 m of b: wide enough, but 0.36 % of it."""
    corner = box(1000, 0, 1060, 60)
    cut = partition("half", {"A": corner, "B": row.zones.union_all().difference(corner)})

    def parts(lives: float, rule: SliverRule) -> int:
        return len(blocks(cut, row, row, counts=people({"b": lives}), rule=rule).table)

    rule = SliverRule()
    assert parts(5000.0, rule) == 4, "18 people"
    assert parts(6000.0, rule) == 5, "21.6 people"
    assert parts(6000.0, replace(rule, min_people=None)) == 4, "the share decides alone"
    assert len(blocks(cut, row, row, rule=rule).table) == 4, "nobody is counted"
    assert len(blocks(cut, row, row, counts=people({"a": 1.0}), rule=rule).table) == 4, "not known"


def test_blocks_outside_a_partition_are_in_none(row: Partition, halves: Partition) -> None:
    left = partition("left", {"A": box(0, 0, 1600, 1000)})
    made = blocks(left, halves, row, counts=people(dict.fromkeys("abcd", 10.0)))
    kept = {"a": "A", "b": "A", "b/2": OUTSIDE, "c": OUTSIDE, "d": OUTSIDE}
    assert made.table["kept_id"].to_dict() == kept
    assert made.table["name"].tolist() == ["a", "b（A）", "b（—）", "c", "d"]
    assert made.table.geometry["b/2"].equals(box(1600, 0, 2000, 1000))
    assert made.table["people"].sum() == pytest.approx(40)
    other = blocks(halves, left, row)
    assert other.table["moving_id"].to_dict() == kept


def test_stated_parts_stand_where_their_town_does(row: Partition, quarter: Partition) -> None:
    """A quarter of b is X's; nobody knows which."""
    stated = with_parts(quarter, ("b", "X", 0.25))
    halves = partition("half", {"A": box(0, 0, 2000, 1000), "B": box(2000, 0, 4000, 1000)})
    made = blocks(halves, stated, row, counts=people(dict.fromkeys("abcd", 100.0)))
    table = made.table
    assert table["moving_id"].to_dict() == {"a": "X", "b": "Y", "b/2": "X", "c": "Y", "d": "Y"}
    assert table["people"].tolist() == pytest.approx([100, 75, 25, 100, 100])
    assert table[AREA].tolist() == pytest.approx([1e6, 0.75e6, 0.25e6, 1e6, 1e6])
    assert all(table.geometry[part].equals(row.zones.geometry["b"]) for part in ("b", "b/2"))
    assert named_borders(made) == {
        ("a", "b"), ("a", "b/2"), ("b", "b/2"), ("b", "c"), ("b/2", "c"), ("c", "d")
    }  # fmt: skip


def test_a_town_without_a_figure_has_none_in_any_part(row: Partition) -> None:
    cut = partition("half", {"A": box(0, 0, 1300, 1000), "B": box(1300, 0, 4000, 1000)})
    table = blocks(cut, row, row, counts=people({"a": 1, "b": None, "c": 0})).table
    assert table["people"].isna().to_dict() == {
        "a": False, "b": True, "b/2": True, "c": False, "d": True
    }  # fmt: skip


def test_every_name_stands_for_one_block(row: Partition, quarter: Partition) -> None:
    """Two towns called 本町 in two wards, two called 緑 in one."""
    towns = replace(row, zones=row.zones.assign(name=["本町", "本町", "緑", "緑"]))
    wards = of_towns("ward", row, {"a": "W", "b": "E", "c": "E", "d": "E"})
    wards.zones["name"] = ["西区", "東区"]
    cut = partition("half", {"A": box(0, 0, 1300, 1000), "B": box(1300, 0, 4000, 1000)})
    table = blocks(cut, quarter, towns, wards=wards).table
    assert table["name"].to_dict() == {
        "a": "本町（西区）",
        "b": "本町（東区）（B）",
        "b/2": "本町（東区）（A）",
        "c": "緑（c）",
        "d": "緑（d）",
    }
    plain = blocks(cut, quarter, towns).table
    assert plain["name"].is_unique


def test_the_ward_of_a_block_is_that_of_most_of_its_town(row: Partition) -> None:
    made_of = of_towns("ward", row, {"a": "W", "b": "E", "c": "E"})
    drawn = partition("ward", {"W": box(0, 0, 1400, 1000), "E": box(1400, 0, 3000, 1000)})
    for wards in (made_of, drawn):
        table = blocks(row, row, row, wards=wards).table
        assert table["ward_id"].to_dict() == {"a": "W", "b": "E", "c": "E", "d": OUTSIDE}


def test_the_order_of_rows_does_not_matter() -> None:
    towns = winding_towns(5, 4, seed=3)
    counts = people({town: float(nth) for nth, town in enumerate(towns.zones.index)})
    kept, moving = grouped("k", towns, 3, zones=4), drawn_again(grouped("m", towns, 4), 25, seed=5)
    wards = outlines_only(grouped("w", towns, 6, zones=2))
    made = blocks(kept, moving, towns, wards=wards, counts=counts)
    for seed in range(3):
        turned = Counts(counts.defined, counts.table.sample(frac=1, random_state=seed))
        again = blocks(
            *(shuffled(one, seed) for one in (kept, moving, towns)),
            wards=shuffled(wards, seed), counts=turned,
        )  # fmt: skip
        columns = ["town_id", "name", "ward_id", "kept_id", "moving_id"]
        assert again.table[columns].equals(made.table[columns])
        figures = [AREA, "people"]
        assert again.table[figures].to_numpy() == pytest.approx(made.table[figures].to_numpy())
        assert again.borders.tolist() == made.borders.tolist()


def test_only_polygons_are_left_of_what_zones_only_touch() -> None:
    """B meets the town in a square and along a line: the line is no land."""
    towns = partition("town", {"t": box(0, 0, 1000, 1000)})
    bent = shapely.Polygon(
        [(400, 0), (1400, 0), (1400, 1000), (1000, 1000), (1000, 300), (400, 300)]
    )
    rest = shapely.union_all([box(0, 0, 1400, 1000)]).difference(bent)
    zones = partition("zone", {"A": rest, "B": bent})
    assert shapely.intersection(towns.zones.geometry["t"], bent).geom_type == "GeometryCollection"
    made = blocks(zones, towns, towns)
    shapes = made.table.geometry.to_numpy()
    assert made.table["kept_id"].tolist() == ["A", "B"]
    assert np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON)).all()
    assert shapely.area(shapes).tolist() == pytest.approx([820_000, 180_000])


def test_a_block_stands_inside_itself() -> None:
    """A town like a horseshoe: its centroid lies in the town between its arms."""
    inside = box(300, 300, 700, 1000)
    towns = partition("town", {"t": box(0, 0, 1000, 1000).difference(inside), "u": inside})
    made = blocks(towns, towns, towns)
    assert shapely.contains(made.table.geometry.to_numpy(), made.points).all()
    assert made.points[1] == shapely.Point(500, 650)


# --- side by side ---------------------------------------------------------------------------------


def beside(*shapes: shapely.Geometry) -> list[list[int]]:
    array = np.array(shapes, dtype=object)
    found = side_by_side(array)
    turned = side_by_side(array[::-1])
    assert {tuple(sorted((len(shapes) - 1 - turned).T[:, k])) for k in range(len(turned))} == {
        tuple(pair) for pair in found.tolist()
    }, "the order of shapes does not matter"
    return found.tolist()


def test_a_corner_is_no_border() -> None:
    one = box(0, 0, 100, 100)
    assert beside(one, box(100, 100, 200, 200)) == []
    assert beside(one, box(100, 97, 200, 200)) == [], "3 m"
    assert beside(one, box(100, 94, 200, 200)) == [[0, 1]], "6 m"


def test_small_gaps_are_bridged() -> None:
    one = box(0, 0, 100, 100)
    assert beside(one, box(100.3, 0, 200, 100)) == [[0, 1]]
    assert beside(one, box(99.7, 0, 200, 100)) == [[0, 1]], "and small overlaps"
    assert beside(one, box(102, 0, 200, 100)) == []


def test_a_hole_has_a_border_with_what_fills_it() -> None:
    ring = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    assert beside(ring, box(40, 40, 60, 60)) == [[0, 1]]
    assert beside(ring, box(45, 45, 55, 55)) == [], "an island in a lake"


def test_shapes_that_lie_in_each_other_have_a_border_either_way_round() -> None:
    """Stated parts stand where their town does."""
    assert beside(box(0, 0, 100, 100), box(20, 20, 40, 40)) == [[0, 1]]


def test_no_shapes_have_no_borders() -> None:
    assert beside(box(0, 0, 1, 1)) == []
    assert side_by_side(np.array([box(0, 0, 1, 1)])).shape == (0, 2)


def test_a_grid_has_the_borders_of_a_grid() -> None:
    made = side_by_side(grid(4, 3).zones.geometry.to_numpy())
    assert len(made) == 3 * 3 + 4 * 2
    assert set(np.diff(made).ravel().tolist()) == {1, 4}
