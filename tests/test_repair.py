"""Repairs move nothing further than they say, and list everything they do."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from borders import drawn_again, towns, with_shapes
from conftest import ROOT, partition
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.boundaries import read_zones
from geo.cli import main
from geo.coverage import is_coverage, unite
from geo.findings import Finding, Kind, Severity
from geo.plan import Boundary
from geo.repair import mended, snapped
from geo.widths import narrow
from geo.words import same


def zones(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return partition("zones", shapes).zones


def test_a_narrow_gap_is_closed() -> None:
    """One metre of 100 between them, both 100 m high: 100 m² go to one of the two."""
    closed, changes = snapped(zones(a=box(0, 0, 100, 100), b=box(101, 0, 200, 100)), 2.0)
    assert shapely.coverage_is_valid(closed.geometry.to_numpy())
    assert closed.area.sum() == 20_000
    assert changes["moved_m2"].sum() == 100
    assert set(changes["change_en"]) == {"borders snapped"}


def test_a_narrow_overlap_is_given_to_one() -> None:
    closed, _ = snapped(zones(a=box(0, 0, 101, 100), b=box(100, 0, 200, 100)), 2.0)
    assert shapely.coverage_is_valid(closed.geometry.to_numpy())
    assert closed.area.sum() == 20_000


def test_a_wide_overlap_is_left_alone_and_said() -> None:
    drawn = zones(a=box(0, 0, 150, 100), b=box(100, 0, 200, 100))
    kept, changes = snapped(drawn, 2.0)
    assert shapely.equals(kept.geometry.to_numpy(), drawn.geometry.to_numpy()).all()
    assert changes["change_en"].unique().tolist() == [
        "kept: it would move by more than the tolerance"
    ]
    assert changes["moved_m2"].tolist() == [0.0]


def test_a_clean_coverage_does_not_change() -> None:
    drawn = zones(a=box(0, 0, 100, 100), b=box(100, 0, 200, 100))
    same_zones, changes = snapped(drawn, 5.0)
    assert shapely.equals(same_zones.geometry.to_numpy(), drawn.geometry.to_numpy()).all()
    assert changes.empty


def test_the_input_is_not_touched() -> None:
    drawn = zones(a=box(0, 0, 100, 100), b=box(101, 0, 200, 100))
    before = drawn.copy(deep=True)
    snapped(drawn, 2.0)
    assert drawn.equals(before)


@settings(max_examples=30, deadline=None)
@given(apart=st.floats(-20, 20), tolerance=st.floats(0.5, 10))
def test_nothing_moves_further_than_the_tolerance(apart: float, tolerance: float) -> None:
    drawn = zones(a=box(0, 0, 1000, 1000), b=box(1000 + apart, 0, 2000, 1000))
    after, _ = snapped(drawn, tolerance)
    moved = shapely.symmetric_difference(drawn.geometry.to_numpy(), after.geometry.to_numpy())
    assert narrow(moved, tolerance + 1e-6).all()


@given(seed=st.integers(0, 1000), tolerance=st.floats(0.5, 20))
def test_cleaning_a_coverage_keeps_every_area(seed: int, tolerance: float) -> None:
    drawn = towns(4, 3, seed=seed).zones
    after, changes = snapped(drawn, tolerance)
    assert after.area.to_numpy() == pytest.approx(drawn.area.to_numpy(), rel=1e-12)
    assert changes.empty


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), noise_m=st.sampled_from([0.1, 1.0, 3.0]))
def test_zones_digitised_one_by_one_become_a_coverage(seed: int, noise_m: float) -> None:
    """Every zone has its own noise: cleaned they meet, and only the outline of all may move."""
    made = towns(4, 3, seed=seed)
    shapes = [
        drawn_again(partition("one", {"z": shape}), noise_m, seed=seed + number).zones.geometry["z"]
        for number, shape in enumerate(made.zones.geometry)
    ]
    drawn = with_shapes(made, np.array(shapes)).zones
    after, changes = snapped(drawn, 2.5 * noise_m)
    assert not is_coverage(drawn.geometry)
    assert is_coverage(after.geometry)
    city = unite(made.zones.geometry)
    assert abs(after.area.sum() - city.area) <= city.length * noise_m
    moved = drawn.geometry.symmetric_difference(after.geometry).area
    listed = changes.set_index("zone_id")["moved_m2"].reindex(moved.index).fillna(0)
    assert listed.to_numpy() == pytest.approx(moved.to_numpy(), abs=0.01)


def test_what_reading_mended_is_listed() -> None:
    drawn = zones(a=box(0, 0, 100, 100))
    finding = Finding(
        Kind.INVALID_RING, Severity.WARNING, "f", ("a",), same("bow-tie"), same("mended")
    )
    changes = mended(drawn, [finding])
    assert changes[["zone_id", "change_en", "area_after_m2"]].iloc[0].tolist() == [
        "a", "ring made valid", pytest.approx(10_000),
    ]  # fmt: skip


def test_the_command_writes_new_files_and_a_list(tmp_path: Path) -> None:
    inputs = {path: path.read_bytes() for path in (ROOT / "boundaries").glob("*.geojson")}
    with pytest.raises(SystemExit) as done:
        main(["check", str(ROOT / "plan.toml"), "--repair", str(tmp_path), "--snap", "1", "-q"])
    assert done.value.code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"ward.gpkg", "town.gpkg", "repairs.csv"}
    towns = gpd.read_file(tmp_path / "town.gpkg")
    assert len(towns) == 500
    assert shapely.coverage_is_valid(towns.geometry.to_numpy())
    assert {path: path.read_bytes() for path in inputs} == inputs
    assert {"town_id", "name", "ward_code"} <= set(towns.columns)


def test_no_file_that_is_there_is_written_over(tmp_path: Path) -> None:
    precious = tmp_path / "town.gpkg"
    precious.write_bytes(b"mine")
    with pytest.raises(SystemExit) as done:
        main(["check", str(ROOT / "plan.toml"), "--repair", str(tmp_path), "-q"])
    assert done.value.code == 2
    assert {path.name for path in tmp_path.iterdir()} == {"town.gpkg"}
    assert precious.read_bytes() == b"mine"


def test_snap_without_repair_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["check", str(ROOT / "plan.toml"), "--snap", "1", "-q"])
    assert done.value.code == 2
    assert "Add --repair DIR" in capsys.readouterr().err


def test_a_row_that_stands_there_twice_is_dropped_and_listed(tmp_path: Path) -> None:
    square = box(0, 0, 100, 100)
    rows = gpd.GeoDataFrame({"id": ["A", "A"]}, geometry=[square, square], crs="EPSG:6677")
    rows.to_file(tmp_path / "twice.gpkg")
    findings: list[Finding] = []
    source = Boundary(file="twice.gpkg", id="id")
    drawn = read_zones(tmp_path / "twice.gpkg", source, "EPSG:6677", findings.append).zones
    assert drawn.area.tolist() == [10_000]
    assert mended(drawn, findings)["change_en"].tolist() == ["repeated row dropped"]
