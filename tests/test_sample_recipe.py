"""The embedded sample: made by its recipe, whole, honest about what is missing or invented."""

import csv
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

ROOT = Path(__file__).resolve().parents[1]
BOUNDARIES = ROOT / "boundaries"
LAYERS = ROOT / "layers"
RECIPE = BOUNDARIES / "recipe"
PLANE = 6677  # the plane rectangular system of Chiba, in metres

MADE = [
    "boundaries/towns.geojson",
    "boundaries/wards.geojson",
    "boundaries/care_centres.csv",
    "boundaries/districts.csv",
    "layers/census_2015.csv",
]


def rows(path):
    """A CSV file as dicts of strings."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def towns():
    return gpd.read_file(BOUNDARIES / "towns.geojson")


@pytest.fixture(scope="module")
def wards():
    return gpd.read_file(BOUNDARIES / "wards.geojson")


@pytest.fixture(scope="module")
def points():
    return rows(RECIPE / "town_points.csv")


# --- the recipe ----------------------------------------------------------------------------------


def test_recipe_writes_the_committed_bytes(tmp_path):
    script = RECIPE / "schematic_chiba.py"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True)
    made = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert made == set(MADE)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes(), name


def test_sample_is_small():
    files = [p for folder in (BOUNDARIES, LAYERS) for p in folder.rglob("*") if p.is_file()]
    embedded = [p for p in files if RECIPE not in p.parents]
    assert sum(p.stat().st_size for p in embedded) <= 500_000


@pytest.mark.parametrize("path", sorted([*BOUNDARIES.rglob("*.csv"), *LAYERS.glob("*.csv")]))
def test_csv_files_are_plain(path):
    data = path.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert all(None not in row and None not in row.values() for row in rows(path))


# --- shapes --------------------------------------------------------------------------------------


def test_500_towns_each_with_one_shape(towns, points):
    assert len(towns) == towns["town_id"].nunique() == 500
    assert set(towns.geom_type) == {"Polygon"}
    assert list(towns["name"]) == [point["town"] for point in points]
    assert towns["town_id"].iloc[0] == "12101-001"
    assert towns.to_crs(PLANE).area.min() > 30_000  # m²: no slivers


@pytest.mark.parametrize("crs", [4326, PLANE])
def test_towns_and_wards_are_valid_coverages(towns, wards, crs):
    for frame in (towns, wards):
        shapes = frame.to_crs(crs).geometry
        assert shapes.is_valid.all()
        assert shapely.coverage_is_valid(shapes.to_numpy())


def test_coordinates_are_what_the_file_says(towns, wards):
    for frame in (towns, wards):
        xy = shapely.get_coordinates(frame.geometry.to_numpy())
        assert (xy == xy.round(6)).all()


def test_rings_follow_rfc_7946(towns, wards):
    for frame in (towns, wards):
        shells = shapely.get_exterior_ring(shapely.get_parts(frame.geometry.to_numpy()))
        assert shapely.is_ccw(shells).all()


def test_wards_are_the_union_of_their_towns(towns, wards):
    towns, wards = towns.to_crs(PLANE), wards.to_crs(PLANE)
    for ward in wards.itertuples():
        cells = towns.geometry[towns["ward_code"] == ward.ward_code]
        union = shapely.coverage_union_all(cells.to_numpy())
        assert cells.area.sum() == pytest.approx(ward.geometry.area, rel=1e-9)
        assert shapely.equals(union, ward.geometry)


def test_towns_nest_in_wards_without_new_nodes(towns, wards):
    for ward in wards.itertuples():
        cells = towns.geometry[towns["ward_code"] == ward.ward_code]
        union = shapely.coverage_union_all(cells.to_numpy())
        assert shapely.normalize(union).equals_exact(shapely.normalize(ward.geometry), 0)


def test_points_lie_in_their_cells(towns, points):
    """All but one: 春日二丁目 lies a little outside its coarse ward outline."""
    positions = shapely.points([(float(p["lon"]), float(p["lat"])) for p in points])
    outside = ~shapely.covers(towns.geometry.to_numpy(), positions)
    assert list(towns["name"][outside]) == ["春日二丁目"]


# --- care centres and districts ------------------------------------------------------------------


def test_care_centres():
    centres = rows(BOUNDARIES / "care_centres.csv")
    assert [c["centre_id"] for c in centres] == [f"{n:02d}" for n in range(1, 29)]
    areas = {c["centre"]: c["area_text"].split("、") for c in centres}
    assert areas["にれの木台"][0] == "朝日ヶ丘1～3丁目・5丁目"
    assert areas["花園"][:2] == ["朝日ヶ丘町", "朝日ヶ丘4丁目"]
    assert "宮野木台2丁目～4丁目" in areas["さつきが丘"]
    assert areas["高洲"][-1] == "高浜1～4丁目・7丁目"
    assert {"小仲台"} == {name for name, area in areas.items() if "小仲台" in area}
    assert {"山王"} == {name for name, area in areas.items() if "小中台町" in area}
    assert "都町" in areas["中央"]
    texts = [text for area in areas.values() for text in area]
    assert len(texts) == len(set(texts))


def test_every_town_has_one_district(towns):
    districts = rows(BOUNDARIES / "districts.csv")
    assert [d["town_id"] for d in districts] == list(towns["town_id"])
    names = {d["district_id"]: d["district"] for d in districts}
    assert len(names) == len(set(names.values())) == 54
    assert districts[0]["district_id"] == "12101-d01"
    assert districts[0]["district"] == "椿森中学校区"


# --- layers --------------------------------------------------------------------------------------


def test_census_sums(points):
    census = rows(LAYERS / "census_2015.csv")
    for column in ("population", "households"):
        counted = [int(row[column]) for row in census if row[column]]
        assert sum(counted) == sum(int(p[f"{column}_2015"] or 0) for p in points)
    assert sum(int(row["population"] or 0) for row in census) == 971_837
    assert sum(int(row["households"] or 0) for row in census) == 417_835


def test_missing_population_stays_missing():
    census = rows(LAYERS / "census_2015.csv")
    missing = [row for row in census if row["population"] == ""]
    assert [row["town"] for row in missing] == [f"み春野{n}丁目" for n in "一二三"]
    assert all(row["households"] == "" and row["note"] for row in missing)
    assert any(row["population"] == "0" for row in census)  # nobody there is another thing


def test_every_zone_in_the_layers_exists(wards):
    ward_codes = set(wards["ward_code"])
    district_ids = {row["district_id"] for row in rows(BOUNDARIES / "districts.csv")}
    zones = {"ward": ward_codes, "district": district_ids, "": {""}}
    for case in rows(LAYERS / "cases.csv"):
        assert case["ward_code"] in ward_codes
        assert case["zone_id"] in zones[case["partition"]]
    assert {goal["ward_code"] for goal in rows(LAYERS / "ward_goals.csv")} == ward_codes
    assert {item["zone_id"] for item in rows(LAYERS / "items.csv")} < district_ids


def test_no_position_is_invented():
    cases = rows(LAYERS / "cases.csv")
    kinds = [case["place_kind"] for case in cases]
    assert sorted(kinds) == ["area", "area", "area", "none", "point", "small_area"]
    assert all(case["lon"] == case["lat"] == "" for case in cases)


def test_items_are_marked_as_invented():
    items = rows(LAYERS / "items.csv")
    theme_ids = {theme["theme_id"] for theme in rows(LAYERS / "themes.csv")}
    assert theme_ids == {str(n) for n in range(1, 11)}
    assert {item["zone_id"].split("-")[0] for item in items} == {f"1210{n}" for n in range(1, 7)}
    for item in items:
        assert item["text_ja"].startswith("【記入例】")
        assert item["text_en"].startswith("[Sample entry]")
        assert item["note"].startswith("記入例")
        assert set(filter(None, item["themes"].split(";"))) <= theme_ids
        assert 2021 <= int(item["start_year"]) <= int(item["end_year"]) <= 2026


def test_each_ward_has_one_goal_and_its_policies():
    goals = rows(LAYERS / "ward_goals.csv")
    policies = {"12101": 7, "12102": 5, "12103": 5, "12104": 5, "12105": 3, "12106": 3}
    for code, count in policies.items():
        mine = [goal for goal in goals if goal["ward_code"] == code]
        expected = [("goal", "1")] + [("policy", str(n)) for n in range(1, count + 1)]
        assert [(goal["kind"], goal["number"]) for goal in mine] == expected
        assert all(goal["text_ja"] and goal["text_en"] for goal in mine)
