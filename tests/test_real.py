"""The main job on the real data of Chiba City, through the same command as everybody's."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
import shapely
from conftest import ROOT, partition
from shapely import box

from geo.boundaries import read_zones
from geo.checks import check, outline
from geo.cli import main
from geo.cutting import OUTSIDE
from geo.findings import Finding, Kind, Severity, ignore
from geo.partition import Partition
from geo.pipeline import compute
from geo.plan import Boundary, Role
from geo.plan_file import load_plan
from geo.register import Register
from geo.slivers import SliverRule, sensitivity
from geo.study import Study
from geo.words import same

PLAN = Path(__file__).parent / "chiba" / "plan.toml"
POPULATION = 971_882

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def study(chiba: Path) -> Study:
    return compute(load_plan(PLAN))


@pytest.fixture(scope="module")
def built(chiba: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("chiba")
    with pytest.raises(SystemExit) as done:
        main(["build", str(PLAN), "--out", str(out), "--quiet"])
    assert done.value.code == 0
    return out


def test_the_area_texts_give_every_town_its_centre(study: Study, chiba: Path) -> None:
    with (chiba / "expected_town_to_care_centre.csv").open(encoding="utf-8-sig") as file:
        expected = {row["key_code"]: row["centre_id"] for row in csv.DictReader(file)}
    members = study.partitions["care"].members
    assert members is not None
    assert len(expected) == 512
    assert members.to_dict() == expected
    assert len(study.partitions["care"].zones) == 28


def test_the_area_texts_name_every_town_of_the_register_once(chiba: Path) -> None:
    """505 towns: the 500 that have a point, and 都町四～八丁目, which have none."""
    with (ROOT / "boundaries/recipe/town_points.csv").open(encoding="utf-8") as file:
        named = [(row["ward_code"], row["town"]) for row in csv.DictReader(file)]
    named += [("12101", f"都町{number}丁目") for number in "四五六七八"]
    towns = partition("town", {str(i): box(i, 0, i + 1, 1) for i in range(len(named))})
    towns.zones["name"] = [name for _, name in named]
    register = Register(towns, pd.Series({str(i): ward for i, (ward, _) in enumerate(named)}))
    with (chiba / "care_centres.csv").open(encoding="utf-8-sig") as file:
        texts = [(row["ward_code"], row["area_text"]) for row in csv.DictReader(file)]
    matches = [match for ward, text in texts for match in register.read(text, ward)]
    assert all(match.whole and not match.missing_chome for match in matches)
    claimed = [town_id for match in matches for town_id in match.towns]
    assert len(claimed) == len(set(claimed)) == len(named) == 505


def test_what_was_declared_is_said(study: Study) -> None:
    declared = [f.place for f in study.findings if f.kind == "alias_used"]
    assert sorted(declared) == [("121020042",), ("121020051",), ("121020052",)]
    assert not [f for f in study.findings if f.severity == "error"]


def test_every_crosswalk_keeps_the_population(study: Study) -> None:
    assert len(study.crosswalks) == 12
    for pair, table in study.crosswalks.items():
        assert table["population"].sum() == pytest.approx(POPULATION, rel=1e-9), pair
        assert (table["population_missing_towns"] == 0).all()


def test_every_crosswalk_keeps_the_shares(study: Study) -> None:
    for table in study.crosswalks.values():
        for level, side in enumerate(("left", "right")):
            inside = table[table.index.get_level_values(level) != OUTSIDE]
            shares = inside[f"share_of_{side}"].groupby(level=level).sum()
            assert (shares - 1).abs().max() < 1e-9


def test_known_figures(study: Study) -> None:
    table = study.crosswalks["district", "care"]
    inner = table[(table.index.get_level_values(0) != OUTSIDE)
                  & (table.index.get_level_values(1) != OUTSIDE)]  # fmt: skip
    assert len(inner) == 199
    one = study.alignments["district", "care"]["population"]
    assert (one.zones, one.split_zones) == (55, 37)
    assert (one.coordination_pairs, one.excess_parts) == (123, 68)
    tried = study.sensitivity["district", "care"]
    assert tried.index.tolist() == [10, 30, 50]
    assert tried.to_numpy().tolist() == [[138, 41], [123, 37], [116, 34]]
    by_width = sensitivity(
        table, study.partitions["district"], study.partitions["care"], SliverRule(min_share=0.0)
    )
    assert by_width["pairs"].to_dict() == {10.0: 159, 30.0: 129, 50.0: 119, 100.0: 102}
    assert by_width["split_zones"].to_dict() == {10.0: 44, 30.0: 38, 50.0: 35, 100.0: 32}
    towns = study.partitions["town"].area_m2.sum()
    assert towns == pytest.approx(271_500_176.64, abs=0.01)


def test_the_command_writes_it_all(built: Path) -> None:
    pages = {path.name for path in built.glob("*.html")}
    assert {"index.html", "planner.html", "embed.html"} < pages
    assert len([name for name in pages if name.startswith("council-")]) == 6
    table = pd.read_csv(built / "crosswalk_district_care.csv", encoding="utf-8-sig")
    assert table["population"].sum() == pytest.approx(POPULATION, rel=1e-9)
    assert "模式図" not in (built / "planner.html").read_text(encoding="utf-8")


# --- faults that are known to be in these files ---------------------------------------------------


@pytest.fixture(scope="module")
def city(study: Study) -> shapely.Geometry:
    found = outline(study.partitions.values())
    assert found is not None
    return found


def faults(path: Path, id_: str, city: shapely.Geometry) -> list[Finding]:
    zones = read_zones(path, Boundary(file=path.name, id=id_), "EPSG:6677", ignore).zones
    return check(Partition("zones", same(path.stem), Role.OTHER, zones), city)


def of_kind(found: list[Finding], kind: Kind) -> list[Finding]:
    return [finding for finding in found if finding.kind is kind]


def test_the_double_area_and_the_slivers_of_the_elementary_districts(
    chiba: Path, city: shapely.Geometry
) -> None:
    found = faults(chiba / "elementary_districts.geojson", "A27_007", city)
    (twins,) = of_kind(found, Kind.SAME_SHAPE)
    assert set(twins.place) == {"更科小学校", "更科小学校富田分校"}
    assert twins.amount == pytest.approx(24.3e6, abs=0.05e6)
    assert twins.at is not None
    assert len(of_kind(found, Kind.SLIVER)) == 10


def test_the_uncovered_land_and_the_broken_edges_of_the_junior_high_districts(
    chiba: Path, city: shapely.Geometry
) -> None:
    found = faults(chiba / "junior_high_districts.geojson", "A32_003", city)
    (uncovered,) = of_kind(found, Kind.NOT_COVERED)
    assert uncovered.amount == pytest.approx(7.5e6, abs=0.05e6)
    (edges,) = of_kind(found, Kind.EDGES_APART)
    assert (len(edges.place), edges.unit) == (3, "m")


def test_nothing_severe_is_wrong_with_the_towns(chiba: Path, city: shapely.Geometry) -> None:
    found = faults(chiba / "towns.geojson", "key_code", city)
    assert not [finding for finding in found if finding.severity is Severity.ERROR]
    assert {finding.kind for finding in found} == {
        Kind.OUTSIDE_CITY, Kind.NOT_COVERED, Kind.EXCLAVE, Kind.ISLAND,
    }  # fmt: skip
