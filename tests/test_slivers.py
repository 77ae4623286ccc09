"""Slivers: told by width and share, the same however badly a border was drawn, and always said."""

from __future__ import annotations

from io import StringIO
from itertools import pairwise
from math import pi
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from borders import drawn_again, grouped, shifted, towns
from conftest import ROOT, of_towns, outlines_only, partition, people
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.alignment import by_zone, overall
from geo.cli import main
from geo.errors import PlanError
from geo.overlap import Way, crosswalk, pairs, transposed
from geo.partition import Partition
from geo.pipeline import compute, sliver_rule
from geo.plan_file import load_plan
from geo.slivers import SliverRule, counting, marked, sensitivity
from geo.widths import holes, narrow

RULE = SliverRule()
Pairs = set[tuple[str, str]]


def real(left: Partition, right: Partition, rule: SliverRule = RULE) -> Pairs:
    """The pairs that two layers of outlines share in earnest."""
    inner = pairs(marked(crosswalk(left, right), left, right, rule))
    return set(inner.index[~inner["is_sliver"]])


def both(seed: int) -> tuple[Partition, Partition, Pairs]:
    """Two layers made of the same towns, as outlines, and the pairs that share a town."""
    made = towns(seed=seed)
    left, right = grouped("l", made, seed), grouped("r", made, seed + 1000)
    clean = set(pairs(crosswalk(left, right, towns=made)).index)
    return outlines_only(left), outlines_only(right), clean


# --- borders drawn badly --------------------------------------------------------------------------


def test_clean_layers_have_the_pairs_of_their_towns() -> None:
    for seed in range(5):
        left, right, clean = both(seed)
        assert real(left, right) == clean


@pytest.mark.parametrize("noise_m", [1, 2, 5, 10, 15, 25])
def test_a_layer_digitised_again_has_the_same_real_pairs(noise_m: float) -> None:
    """Up to 15 m, half the width, this is proved; 25 m holds where corners are not too sharp."""
    for seed in range(8):
        left, right, clean = both(seed)
        again = drawn_again(right, noise_m, seed=seed)
        assert len(pairs(crosswalk(left, again))) > len(clean)
        assert real(left, again) == clean


@pytest.mark.parametrize("noise_m", [1, 2, 5, 7])
def test_both_layers_digitised_again_have_the_same_real_pairs(noise_m: float) -> None:
    """Each is off on its own, so that both together must stay within half the width."""
    for seed in range(5):
        left, right, clean = both(seed)
        again = drawn_again(left, noise_m, seed=seed), drawn_again(right, noise_m, seed=seed + 50)
        assert real(*again) == clean


def test_noise_beyond_the_width_is_taken_for_land() -> None:
    """The limit of the rule: what is 30 m wide is counted, whoever drew it."""
    wrong = 0
    for seed in range(5):
        left, right, clean = both(seed)
        found = real(left, drawn_again(right, 40.0, seed=seed))
        assert clean <= found
        wrong += len(found - clean)
    assert wrong > 0


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), distance=st.floats(0.01, 25), angle=st.floats(0, 2 * pi))
def test_a_shifted_layer_has_the_same_real_pairs(seed: int, distance: float, angle: float) -> None:
    left, right, clean = both(seed)
    moved = shifted(right, distance * np.cos(angle), distance * np.sin(angle))
    assert real(left, moved) == clean


@pytest.mark.parametrize("shift_m", [1, 2, 5, 10, 25])
def test_a_nested_layer_that_is_shifted_splits_nobody(shift_m: float) -> None:
    made = towns(6, 6)
    whole = grouped("w", made, 3, zones=6)
    halves = of_towns(
        "h", made, {town: f"{zone}{int(town) % 2}" for town, zone in whole.members.items()}
    )
    moved = shifted(whole, shift_m * 0.6, shift_m * 0.8)
    table = crosswalk(outlines_only(halves), moved)
    every = by_zone(table, "area_m2")
    assert (every["parts"] > 1).mean() > 0.8
    kept = marked(table, halves, moved, RULE)
    ruled, back = by_zone(kept, "area_m2"), by_zone(transposed(kept), "area_m2")
    assert (ruled["parts"] == 1).all()
    assert ruled["total"].equals(every["total"])
    one = overall(ruled, "h", "w", "area_m2", opposite=back)
    assert (one.split_zones, one.excess_parts, one.coordination_pairs) == (0, 0, len(halves.zones))
    assert back["parts"].sum() == len(halves.zones)
    assert back["partial_parts"].sum() == 0
    assert one.minority_share < shift_m / 200, "next to nothing: towns are 400 m across"


def test_a_real_overlap_that_is_thin_cannot_be_told_from_a_sliver() -> None:
    """A zone of a road, 20 m wide: the largest of its slivers counts, so that it has a part."""
    left = partition("l", {"road": box(0, 0, 1000, 20)})
    right = partition("r", {"N": box(0, 8, 1000, 500), "S": box(0, -500, 1000, 8)})
    table = marked(crosswalk(left, right), left, right, RULE)
    assert pairs(table)["is_sliver"].all()
    assert by_zone(table, "area_m2")["parts"].to_dict() == {"road": 1}
    assert counting(table).to_dict() == {("road", "N"): True, ("road", "S"): False}


# --- the rule -------------------------------------------------------------------------------------


def strip(width: float, share: float = 0.0, lives: float | None = None) -> bool:
    """Whether B, which reaches so far into X, shares a sliver with it."""
    left = partition("l", {"A": box(0, 0, 1000, 1000), "B": box(1000, 0, 3000, 1000)})
    right = partition("r", {"X": box(0, 0, 1000 + width, 1000)})
    counts = people({"A": 500, "B": lives})
    table = crosswalk(left, right, counts=counts)
    rule = SliverRule(width_m=30.0 if not share else 0.0, min_share=share)
    return bool(marked(table, left, right, rule, "people").loc[("B", "X"), "is_sliver"])


def test_the_width_decides() -> None:
    assert [strip(width) for width in (1, 29.9, 30.1, 100)] == [True, True, False, False]


def test_a_share_is_a_sliver_only_with_few_people() -> None:
    """35 m are 3.4 % of X, and 1.75 % of B and of its people."""
    assert strip(35, share=0.04, lives=100)
    assert strip(35, share=0.04, lives=1142)
    assert not strip(35, share=0.04, lives=1143), "20 people"
    assert not strip(35, share=0.02, lives=0), "too large"


def test_a_share_decides_alone_where_people_are_not_known() -> None:
    assert strip(35, share=0.04, lives=None)


def test_it_must_be_little_of_both() -> None:
    """A hamlet is a hundredth of the city, and the city all of the hamlet."""
    left = partition("l", {"city": box(0, 0, 10_000, 1000)})
    right = partition("r", {"hamlet": box(0, 0, 40, 40)})
    assert real(left, right) == {("city", "hamlet")}


def test_nothing_is_a_sliver_without_a_rule() -> None:
    left, right, _ = both(1)
    table = crosswalk(left, drawn_again(right, 5.0, seed=1))
    off = marked(table, left, right, SliverRule(width_m=0, min_share=0))
    assert not off["is_sliver"].any()
    assert off.attrs["slivers"].said.en == "every part counts"


def test_totals_are_not_cut() -> None:
    left, right, _ = both(2)
    table = crosswalk(left, right)
    pd.testing.assert_frame_equal(marked(table, left, right, RULE).drop(columns="is_sliver"), table)


def test_the_other_side_sees_the_same_slivers() -> None:
    left, right, _ = both(3)
    right = drawn_again(right, 10.0, seed=3)
    there = marked(crosswalk(left, right), left, right, RULE)
    back = marked(crosswalk(right, left), right, left, RULE)
    assert transposed(there)["is_sliver"].equals(back["is_sliver"])
    assert transposed(there).attrs["slivers"] == there.attrs["slivers"]


def test_the_order_of_zones_does_not_matter() -> None:
    left, right, _ = both(4)
    right = drawn_again(right, 10.0, seed=4)
    turned = Partition("l", left.title, left.role, left.zones[::-1])
    table = crosswalk(left, right)
    assert marked(table, turned, right, RULE).equals(marked(table, left, right, RULE))


@pytest.mark.parametrize(("lives", "sliver"), [(50.0, False), (5.0, True), (None, True)])
def test_towns_are_no_borders_drawn_twice(lives: float | None, sliver: bool) -> None:
    """Town b is 20 m wide, and 0.25 % of B and of X: only how many live there counts."""
    shapes = {"a": box(0, 0, 8000, 100), "b": box(8000, 0, 8020, 100), "c": box(8020, 0, 16e3, 100)}
    made = partition("town", shapes)
    left = of_towns("l", made, {"a": "A", "b": "B", "c": "B"})
    right = of_towns("r", made, {"a": "X", "b": "X", "c": "Y"})
    counts = people({"a": 900.0, "b": lives, "c": 900.0})
    table = crosswalk(left, right, towns=made, counts=counts)
    assert table.attrs["way"] is Way.BY_TOWNS
    ruled = marked(table, left, right, RULE, "people")
    assert ruled.loc[("B", "X"), "is_sliver"] == sliver
    assert ruled.attrs["slivers"] == SliverRule(width_m=0.0)


def test_zones_that_share_towns_but_no_outline_have_no_width(row: Partition) -> None:
    """Members count, outlines of their own lie elsewhere: the width says nothing."""
    left = partition("l", {"A": box(0, 2000, 1000, 3000)}, {"a": "A"})
    right = partition("r", {"X": box(0, 0, 1000, 1000)})
    table = crosswalk(left, right, towns=row)
    assert not marked(table, left, right, RULE).loc[("A", "X"), "is_sliver"]


@pytest.mark.parametrize(
    ("rule", "ja", "en"),
    [
        (
            SliverRule(),
            "どこも幅30 m に満たない重なりと、両方の区域の面積の0.5%未満で20人未満の重なり"
            "（人数がわからないところは面積だけで判断）は数えない",
            "overlaps that are nowhere 30 m wide, and those of less than 0.5% of both zones with "
            "fewer than 20 people (where they are not known: by area alone) do not count",
        ),
        (
            SliverRule(width_m=0, min_people=None),
            "両方の区域の面積の0.5%未満の重なり（人数がわからないため面積だけで判断）は数えない",
            "overlaps of less than 0.5% of both zones (by area alone: nobody is counted) do not "
            "count",
        ),
        (
            SliverRule(min_share=0),
            "どこも幅30 m に満たない重なりは数えない",
            "overlaps that are nowhere 30 m wide do not count",
        ),
        (SliverRule(width_m=0, min_share=0), "すべての部分を数える", "every part counts"),
    ],
)
def test_the_rule_says_what_it_does(rule: SliverRule, ja: str, en: str) -> None:
    assert (rule.said.ja, rule.said.en) == (ja, en)


# --- the width ------------------------------------------------------------------------------------

polygons = st.builds(
    lambda seed, corners, squeeze: shapely.transform(
        _star(np.random.default_rng(seed), corners), lambda spots: spots * (1.0, squeeze)
    ),
    st.integers(0, 10**6),
    st.integers(3, 30),
    st.floats(0.02, 1),
)


def _star(rng: np.random.Generator, corners: int) -> shapely.Polygon:
    """A polygon around a point, with a hole now and then."""
    angle = np.sort(rng.uniform(0, 2 * pi, corners))
    reach = rng.uniform(20, 200, corners)
    star = shapely.Polygon(np.column_stack([np.cos(angle) * reach, np.sin(angle) * reach]))
    hole = shapely.Point(rng.uniform(-50, 50, 2)).buffer(rng.uniform(0, 30))
    return shapely.make_valid(star).difference(hole)


@settings(max_examples=300)
@given(shape=polygons, width=st.floats(1, 150))
def test_the_width_is_that_of_the_largest_circle(shape: shapely.Geometry, width: float) -> None:
    """Against another algorithm of GEOS, which finds the circle within a tolerance."""
    if shape.is_empty:
        return
    parts = shapely.get_parts(shape)
    widest = 2 * max(shapely.maximum_inscribed_circle(part, 0.01).length for part in parts)
    said = bool(narrow(np.array([shape]), width)[0])
    if abs(widest - width) > 0.05 + 0.01 * width:
        assert said == (widest < width)


@settings(max_examples=300)
@given(shape=polygons, width=st.floats(1, 150))
def test_no_shape_is_larger_than_its_width_allows(shape: shapely.Geometry, width: float) -> None:
    """The bound by which wide shapes are told without a closer look, against the closer look."""
    if shapely.buffer(shape, -width / 2, quad_segs=64).is_empty:
        most = shape.length * width / 2 + holes(np.array([shape]))[0] * pi * width**2 / 4
        assert shape.area <= most


def test_lines_in_which_zones_touch_have_no_width() -> None:
    line = shapely.LineString([(0, 0), (0, 5000)])
    wide, thin = (shapely.GeometryCollection([box(10, 0, 10 + m, 300), line]) for m in (40, 20))
    assert narrow(np.array([wide, thin, line]), 30.0).tolist() == [False, True, True]


def test_holes_are_counted() -> None:
    ring = box(0, 0, 10, 10).difference(box(2, 2, 4, 4)).difference(box(6, 6, 8, 8))
    two = shapely.MultiPolygon([ring, box(20, 0, 30, 10)])
    assert holes(np.array([box(0, 0, 1, 1), ring, two, shapely.Polygon()])).tolist() == [0, 2, 2, 0]


# --- sensitivity, plan and command ----------------------------------------------------------------


def test_a_wider_rule_never_counts_more() -> None:
    left, right, clean = both(6)
    again = drawn_again(right, 20.0, seed=6)
    table = sensitivity(crosswalk(left, again), left, again, RULE, widths_m=(0, 5, 30, 100, 300))
    assert table.index.tolist() == [0, 5, 30, 100, 300]
    assert all(a >= b for a, b in pairwise(table["pairs"]))
    assert all(a >= b for a, b in pairwise(table["split_zones"]))
    assert table.loc[30, "pairs"] == len(clean)
    assert table.loc[0, "pairs"] > table.loc[30, "pairs"]


def test_the_plan_states_the_rule(tmp_path: Path) -> None:
    text = (ROOT / "plan.toml").read_text(encoding="utf-8")
    assert sliver_rule(load_plan(ROOT / "plan.toml")) == RULE
    stated = text.replace("[schematic]", "[slivers]\nwidth_m = 50\nmin_people = 5\n\n[schematic]")
    path = _plan(tmp_path, stated)
    assert sliver_rule(load_plan(path)) == SliverRule(width_m=50, min_people=5)
    for wrong in ("width_m = -1", "min_share = 1", 'min_people = "few"', "wide = 3"):
        with pytest.raises(PlanError) as error:
            load_plan(
                _plan(tmp_path, text.replace("[schematic]", f"[slivers]\n{wrong}\n[schematic]"))
            )
        assert "slivers" in str(error.value)


def _plan(folder: Path, text: str) -> Path:
    """A plan beside links to the sample's files."""
    for part in ("boundaries", "layers"):
        if not (folder / part).exists():
            (folder / part).symlink_to(ROOT / part)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder / "plan.toml"


def test_the_rule_of_the_plan_is_that_of_every_crosswalk(tmp_path: Path) -> None:
    text = (ROOT / "plan.toml").read_text(encoding="utf-8")
    rule = "[slivers]\nmin_share = 0.04\nmin_people = 600\n"
    study = compute(load_plan(_plan(tmp_path, text.replace("[schematic]", f"{rule}[schematic]"))))
    pair = ("district", "care")
    assert study.rule(pair) == SliverRule(width_m=0.0, min_share=0.04, min_people=600)
    table = pairs(study.crosswalks[pair])
    tiny = (table[["share_of_left", "share_of_right"]].max(axis=1) < 0.04) & (
        table["population"] < 600
    )
    assert table["is_sliver"].equals(tiny.rename("is_sliver"))
    assert tiny.any()
    assert study.alignments[pair]["population"].coordination_pairs == (~tiny).sum()


def test_the_command_marks_slivers_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left, right, clean = both(7)
    for name, one in (("left", left), ("right", drawn_again(right, 5.0, seed=7))):
        one.zones.reset_index().to_file(tmp_path / f"{name}.gpkg")
    files = [str(tmp_path / "left.gpkg"), str(tmp_path / "right.gpkg")]
    files += ["--left-id", "zone_id", "--right-id", "zone_id", "--crs", "EPSG:6677"]
    plain, _ = _run(["--lang", "en", "overlap", *files], capsys)
    assert "is_sliver" not in plain.columns
    ruled, said = _run(["--lang", "en", "overlap", *files, "--sliver-width", "30"], capsys)
    assert ruled.drop(columns="is_sliver").equals(plain)
    found = set(ruled.loc[~ruled["is_sliver"], ["left_id", "right_id"]].itertuples(index=False))
    assert {tuple(pair) for pair in found} == clean
    assert "is_sliver: overlaps that are nowhere 30 m wide, and" in said


def test_the_command_takes_the_rule_of_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--lang", "en", "overlap", "district", "care", "--plan", str(ROOT / "plan.toml")]
    table, said = _run([*asked, "--sliver-share", "0.04"], capsys)
    assert not table["is_sliver"].all()
    assert "is_sliver: overlaps of less than 4% of both zones with fewer than 20" in said


def _run(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[pd.DataFrame, str]:
    with pytest.raises(SystemExit) as done:
        main(words)
    out, err = capsys.readouterr()
    assert done.value.code == 0, err
    return pd.read_csv(StringIO(out), dtype={"left_id": str, "right_id": str}), err
