"""Snapping: borders land on those of the other layer, coverages stay coverages, and it is said."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from borders import drawn_again, grouped, shifted, towns, with_shapes
from conftest import ROOT, outlines_only, partition
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.cli import main
from geo.coverage import is_coverage
from geo.errors import PlanError
from geo.faces import faces, owners, sides
from geo.findings import Finding, Kind, ignore
from geo.intake import quiet, read
from geo.overlap import crosswalk, pairs
from geo.partition import Partition
from geo.pipeline import compute
from geo.plan_file import load_plan
from geo.repair import COLUMNS, KEPT
from geo.slivers import SliverRule, marked
from geo.snapping import snapped_to
from geo.tables import tables
from geo.widths import narrow


def zones(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return partition("zones", shapes).zones


def moved_m2(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.Series:
    """The land that each zone gained and lost."""
    return before.geometry.symmetric_difference(after.geometry.reindex(before.index)).area


def slivers(left: Partition, right: Partition) -> pd.Series:
    inner = pairs(marked(crosswalk(left, right), left, right, SliverRule()))
    return inner.loc[inner["is_sliver"], "area_m2"]


# --- what it does ---------------------------------------------------------------------------------


def test_a_border_lands_on_the_other() -> None:
    drawn = zones(A=box(0, 0, 98, 100), B=box(98, 0, 200, 100))
    after, changes = snapped_to(drawn, zones(X=box(0, 0, 100, 100)), 5.0)
    assert after.geometry["A"].equals(box(0, 0, 100, 100))
    assert after.geometry["B"].equals(box(100, 0, 200, 100))
    assert list(changes.columns) == COLUMNS
    assert changes["moved_m2"].tolist() == [200, 200]
    assert changes["area_after_m2"].tolist() == [10_000, 10_000]


def test_what_is_further_apart_than_the_tolerance_stays() -> None:
    drawn = zones(A=box(0, 0, 94, 100), B=box(94, 0, 200, 100))
    after, changes = snapped_to(drawn, zones(X=box(0, 0, 100, 100)), 5.0)
    assert after is drawn
    assert changes.empty


def test_borders_that_cross_stay() -> None:
    drawn = zones(W=box(0, 0, 100, 200), E=box(100, 0, 200, 200))
    after, changes = snapped_to(drawn, zones(S=box(0, 0, 200, 100), N=box(0, 100, 200, 200)), 10.0)
    assert changes.empty
    assert after is drawn


def test_a_border_that_leaves_the_other_is_cut_where_it_does() -> None:
    """The border of A runs 2 m beside that of X for 500 m, then turns away."""
    turn = [(502, 0), (502, 500), (700, 800), (700, 1000)]
    west = shapely.Polygon([(0, 0), *turn, (0, 1000)])
    drawn = zones(A=west, B=box(0, 0, 1000, 1000).difference(west))
    x = box(0, 0, 500, 1000)
    after, changes = snapped_to(drawn, zones(X=x, Y=box(500, 0, 1000, 1000)), 5.0)
    strip = box(500, 0, 502, 500).area
    assert changes["moved_m2"].tolist() == pytest.approx([strip] * 2, rel=0.02)
    assert after.geometry["A"].boundary.intersection(x.boundary).length > 2000 + 495
    assert is_coverage(after.geometry)
    assert after.geometry["A"].contains(box(510, 520, 511, 700).intersection(west))


def test_outer_borders_snap_too() -> None:
    """A reaches 2 m beyond the reference in the east, and lacks 3 m in the north."""
    after, changes = snapped_to(zones(A=box(0, 0, 502, 497)), zones(X=box(0, 0, 500, 500)), 5.0)
    assert after.geometry["A"].equals(box(0, 0, 500, 500))
    assert changes["moved_m2"].sum() == pytest.approx(2 * 497 + 3 * 500)


def test_a_zone_that_would_vanish_stays_and_is_listed() -> None:
    """A road of 4 m on both sides of the border between X and Y."""
    drawn = zones(N=box(0, 2, 500, 500), road=box(0, -2, 500, 2), S=box(0, -500, 500, -2))
    reference = zones(X=box(0, 0, 500, 500), Y=box(0, -500, 500, 0))
    after, changes = snapped_to(drawn, reference, 10.0)
    assert moved_m2(drawn, after).sum() == 0
    assert changes.set_index("zone_id")["change_en"].to_dict() == {"road": KEPT.en}


def test_a_road_across_a_border_is_left_alone() -> None:
    drawn = zones(W=box(0, 0, 98, 200), road=box(98, 0, 102, 200), E=box(102, 0, 200, 200))
    after, changes = snapped_to(drawn, zones(S=box(0, 0, 200, 100), N=box(0, 100, 200, 200)), 10.0)
    assert after is drawn
    assert changes.empty


def test_a_lake_that_is_no_zone_stays_one() -> None:
    ring = box(0, 0, 500, 500).difference(box(200, 200, 204, 300))
    after, changes = snapped_to(zones(A=ring), zones(X=box(0, 0, 500, 500)), 10.0)
    assert changes.empty
    assert after.geometry["A"].equals(ring)


def test_zones_that_overlap_may_keep_their_overlap() -> None:
    drawn = zones(A=box(0, 0, 300, 500), B=box(200, 0, 498, 500))
    after, _ = snapped_to(drawn, zones(X=box(0, 0, 500, 500)), 5.0)
    assert after.geometry["A"].intersection(after.geometry["B"]).area == 100 * 500
    assert after.geometry["B"].equals(box(200, 0, 500, 500))


def test_no_tolerance_changes_nothing() -> None:
    drawn = zones(A=box(0, 0, 98, 100))
    after, changes = snapped_to(drawn, zones(X=box(0, 0, 100, 100)), 0.0)
    assert after is drawn
    assert changes.empty


def test_layers_apart_have_nothing_to_snap() -> None:
    drawn = zones(A=box(0, 0, 98, 100))
    for reference in (zones(X=box(500, 0, 600, 100)), zones()):
        after, changes = snapped_to(drawn, reference, 5.0)
        assert after is drawn
        assert changes.empty


def test_the_input_is_not_touched() -> None:
    drawn, reference = zones(A=box(0, 0, 98, 100)), zones(X=box(0, 0, 100, 100))
    before = drawn.copy(deep=True), reference.copy(deep=True)
    snapped_to(drawn, reference, 5.0)
    assert drawn.equals(before[0])
    assert reference.equals(before[1])


# --- layers digitised twice -----------------------------------------------------------------------


@pytest.mark.parametrize("noise_m", [1.0, 5.0, 10.0])
def test_a_layer_digitised_twice_becomes_the_first_again(noise_m: float) -> None:
    """Snapped to the towns that it is made of, to the very vertex; no sliver is left."""
    for seed in range(3):
        made = towns(seed=seed)
        left, clean = grouped("l", made, seed), grouped("r", made, seed + 1000)
        again = drawn_again(clean, noise_m, seed=seed)
        after, changes = snapped_to(again.zones, made.zones, 1.2 * noise_m)
        assert moved_m2(clean.zones, after).max() == 0
        assert changes["moved_m2"].sum() == pytest.approx(moved_m2(again.zones, after).sum())
        assert len(slivers(outlines_only(left), again)) > 0
        snapped = with_shapes(clean, after.geometry.to_numpy())
        assert slivers(outlines_only(left), snapped).sum() == 0
        assert snapped_to(after, made.zones, 1.2 * noise_m)[1].empty, "twice is once"


@pytest.mark.parametrize("noise_m", [1.0, 5.0, 10.0])
def test_snapped_to_a_layer_that_shares_some_borders_few_slivers_are_left(noise_m: float) -> None:
    """What is left lies where a border leaves the other: it is no wider than the noise."""
    before, after = [], []
    for seed in range(5):
        made = towns(seed=seed)
        left = outlines_only(grouped("l", made, seed))
        again = drawn_again(grouped("r", made, seed + 1000), noise_m, seed=seed)
        moved, _ = snapped_to(again.zones, left.zones, 1.2 * noise_m)
        before.append(slivers(left, again))
        after.append(slivers(left, with_shapes(again, moved.geometry.to_numpy())))
    assert sum(map(len, after)) < 0.15 * sum(map(len, before))
    assert sum(one.sum() for one in after) < 0.001 * sum(one.sum() for one in before)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    noise_m=st.sampled_from([0.0, 1.0, 10.0, 25.0]),
    tolerance_m=st.sampled_from([0.5, 3.0, 10.0, 30.0, 80.0]),
    shift_m=st.floats(-30, 30),
    own=st.booleans(),
)
def test_laws(seed: int, noise_m: float, tolerance_m: float, shift_m: float, own: bool) -> None:
    made = towns(4, 3, seed=seed)
    drawn = shifted(drawn_again(grouped("r", made, seed, 4), noise_m, seed=seed), shift_m, 7.0)
    reference = made if own else grouped("l", made, seed + 1, 4)
    after, changes = snapped_to(drawn.zones, reference.zones, tolerance_m)
    before = drawn.zones
    assert after.is_valid.all()
    assert is_coverage(after.geometry)
    assert set(after.index) == set(before.index)
    for one, other in ((before, after), (after, before)):
        gone = one.geometry.difference(other.geometry.reindex(one.index)).to_numpy()
        assert narrow(gone, tolerance_m * 1.001 + 0.001).all(), "nothing moves further"
    moved = moved_m2(before, after).sum()
    assert changes["moved_m2"].sum() == pytest.approx(moved, rel=1e-6, abs=0.01)
    turned, _ = snapped_to(before[::-1], reference.zones[::-1], tolerance_m)
    assert moved_m2(after, turned).sum() < 0.01, "the order of zones does not matter"
    again = snapped_to(after, reference.zones, tolerance_m)[1]["moved_m2"].sum()
    assert again <= 0.2 * moved + 0.01, "twice is nearly once"


# --- the faces ------------------------------------------------------------------------------------


def test_faces_and_their_sides() -> None:
    """Two unit squares side by side, one of them with a hole."""
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    made = faces(shapely.boundary([ring, box(3, 0, 6, 3)]))
    assert sorted(shapely.area(made)) == [1, 8, 9]
    order = {area: face for face, area in enumerate(shapely.area(made).tolist())}
    beside = sides(made)
    around = beside.total(np.ones(len(beside.a), dtype=bool), len(made))
    assert [around[order[area]] for area in (1, 8, 9)] == [4, 16, 12]
    shared = beside.length_m[(beside.a == order[8]) & (beside.b == order[9])].sum()
    assert shared == 3
    assert beside.length_m[(beside.a == order[9]) & (beside.b == len(made))].sum() == 9


def test_faces_know_all_their_owners() -> None:
    drawn = np.array([box(0, 0, 2, 1), box(1, 0, 3, 1)])
    made = faces(shapely.boundary([*drawn, box(5, 0, 6, 1)]))
    held = owners(made, drawn, apart=False)
    west_to_east = np.argsort(shapely.get_x(shapely.centroid(made)))
    assert [held.sets[one] for one in held.of[west_to_east]] == [(0,), (0, 1), (1,), ()]
    assert held.sets[held.of[-1]] == ()


# --- the plan and the command ---------------------------------------------------------------------

CITY = """
title = {{ ja = "市", en = "City" }}
city = {{ ja = "市", en = "City" }}
crs = "EPSG:6677"
date = "2026"

[[partition]]
key = "zone"
title = {{ ja = "区域", en = "Zones" }}
role = "district"
boundary = {{ file = "zones.gpkg", id = "zone_id", crs = "EPSG:6677" }}
{asked}

[[partition]]
key = "town"
title = {{ ja = "町丁目", en = "Towns" }}
role = "units"
boundary = {{ file = "towns.gpkg", id = "zone_id", crs = "EPSG:6677" }}
"""


def city(folder: Path, asked: str) -> Path:
    made = towns(4, 3)
    again = drawn_again(grouped("r", made, 1, 4), 3.0, seed=1)
    made.zones.reset_index().to_file(folder / "towns.gpkg")
    again.zones.reset_index().to_file(folder / "zones.gpkg")
    (folder / "plan.toml").write_text(CITY.format(asked=asked), encoding="utf-8")
    return folder / "plan.toml"


def test_nothing_is_ever_moved_without_being_asked(tmp_path: Path) -> None:
    study = compute(load_plan(city(tmp_path, "")))
    assert not [finding for finding in study.findings if finding.kind is Kind.BORDERS_MOVED]
    assert "repairs.csv" not in [table.name for table in tables(study)]


def test_a_plan_asks_for_snapping(tmp_path: Path) -> None:
    study = compute(load_plan(city(tmp_path, 'snap = { to = "town", within_m = 4 }')))
    (said,) = [finding for finding in study.findings if finding.kind is Kind.BORDERS_MOVED]
    (table,) = [table for table in tables(study) if table.name == "repairs.csv"]
    moved = table.frame["moved_m2"].sum()
    assert said.amount == pytest.approx(moved)
    assert "to “Towns” within 4 m" in said.what.en
    assert f"{moved:,.0f} m²" in said.what.en
    assert table.frame["partition"].unique().tolist() == ["zone"]
    inside = study.crosswalks["town", "zone"]
    assert pairs(inside)["share_of_left"].min() == pytest.approx(1), "every town is in one zone"
    unsnapped = read(load_plan(city(tmp_path, "")), quiet, ignore)["zone"]
    gained = moved_m2(unsnapped.zones, study.partitions["zone"].zones)
    assert gained.sum() == pytest.approx(moved, rel=1e-6)


def test_a_plan_asks_for_cleaning(tmp_path: Path) -> None:
    path = city(tmp_path, "clean_m = 2")
    gap = partition("zone", {"A": box(0, 0, 799, 1200), "B": box(800, 0, 1600, 1200)})
    gap.zones.reset_index().to_file(tmp_path / "zones.gpkg")
    findings: list[Finding] = []
    cleaned = read(load_plan(path), quiet, findings.append)["zone"]
    (said,) = [finding for finding in findings if finding.kind is Kind.BORDERS_MOVED]
    assert said.amount == pytest.approx(1200)
    assert "clean_m = 2" in said.what.en
    assert cleaned.area_m2.sum() == 1600 * 1200
    assert is_coverage(cleaned.zones.geometry)
    assert cleaned.changes["moved_m2"].sum() == pytest.approx(1200)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('snap = { to = "twon", within_m = 4 }', "“twon” is not defined"),
        ('snap = { to = "zone", within_m = 4 }', "not snapped itself"),
        ('snap = { to = "town", within_m = 0 }', "partition[0].snap.within_m"),
        ('snap = { to = "town" }', "partition[0].snap.within_m"),
        ("clean_m = -1", "partition[0].clean_m"),
    ],
)
def test_a_plan_that_asks_wrongly_is_told(tmp_path: Path, asked: str, said: str) -> None:
    with pytest.raises(PlanError) as error:
        load_plan(city(tmp_path, asked))
    assert said in str(error.value)


def test_only_outlines_can_be_moved_and_towns_stay(tmp_path: Path) -> None:
    text = (ROOT / "plan.toml").read_text(encoding="utf-8")
    without = text.replace('role = "care"', 'role = "care"\nclean_m = 1')
    units = text.replace('role = "units"', 'role = "units"\nsnap = { to = "ward", within_m = 1 }')
    for wrong, said in ((without, "with a boundary"), (units, "towns stay")):
        (tmp_path / "plan.toml").write_text(wrong, encoding="utf-8")
        with pytest.raises(PlanError) as error:
            load_plan(tmp_path / "plan.toml")
        assert said in str(error.value)


def test_the_command_snaps_one_file_to_the_other_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city(tmp_path, "")
    inputs = {path: path.read_bytes() for path in tmp_path.glob("*.gpkg")}
    words = ["--lang", "en", "overlap", str(tmp_path / "towns.gpkg"), str(tmp_path / "zones.gpkg")]
    words += ["--left-id", "zone_id", "--right-id", "zone_id", "--crs", "EPSG:6677"]
    raw, said = _run(words, capsys)
    assert len(raw) > 12
    assert "moved" not in said
    snapped, said = _run([*words, "--snap", "4"], capsys)
    assert len(snapped) == 12, "a row per town"
    assert "borders moved" in said
    assert "m² gained and lost" in said
    assert {path: path.read_bytes() for path in inputs} == inputs


def test_partitions_of_a_plan_are_snapped_by_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["overlap", "district", "care", "--plan", str(ROOT / "plan.toml"), "--snap", "4"]
    with pytest.raises(SystemExit) as done:
        main(["--lang", "en", *words])
    assert done.value.code == 2
    assert "write snap into the plan" in capsys.readouterr().err.lower()


def _run(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    with pytest.raises(SystemExit) as done:
        main(words)
    out, err = capsys.readouterr()
    assert done.value.code == 0, err
    return out.splitlines()[1:], err
