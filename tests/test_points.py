"""Facilities: found under their usual columns, put into zones, told where they are not."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from conftest import CRS, ROOT, grid, of_towns, outlines_only
from opened import Opened
from openpyxl import Workbook
from pdf_text import pdf_strokes
from planner import planner_file
from playwright.sync_api import Browser

from geo import tables
from geo.dots import points_layer
from geo.errors import DataError, PlanError, UsageError
from geo.findings import Finding, Kind
from geo.partition import Partition
from geo.pipeline import build, compute, inspect
from geo.placing import place
from geo.plan import FILE_NAME, PointsPlan, Role
from geo.plan_file import load_plan
from geo.points import Points, read_points
from geo.register import Register
from geo.study import Study
from geo.words import same


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Degrees of a spot in the drawn town (metres in EPSG:6677)."""
    spot = gpd.GeoSeries([shapely.Point(x, y)], crs=CRS).to_crs(4326)[0]
    return spot.x, spot.y


def layer(**more: str) -> PointsPlan:
    title = {"ja": "施設", "en": "Facilities"}
    return PointsPlan.model_validate(
        {"key": "sites", "type": "points", "title": title, "file": "sites.csv", **more}
    )


def read(tmp_path: Path, text: str, **more: str) -> tuple[Points, list[Finding]]:
    path = tmp_path / "sites.csv"
    path.write_text(text, encoding="utf-8")
    findings: list[Finding] = []
    return read_points(path, layer(**more), (), findings.append), findings


def said(findings: Sequence[Finding]) -> list[tuple[Kind, tuple[str, ...]]]:
    return [(finding.kind, finding.place) for finding in findings]


# --- columns --------------------------------------------------------------------------------------

#: Headers of the national standards for open data and of 介護サービス情報の公表, as they are.
HEADERS = {
    "推奨データセット（介護）": (
        "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,介護サービス事業所名称,介護サービス"
        "事業所名称_カナ,実施サービス,住所,方書,緯度,経度",
        "121002,1,千葉県,千葉市,弁天,ベンテン,通所介護,弁天1,,35.6,140.1",
    ),
    "推奨データセット（公共施設）": (
        "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,POIコード,"
        "住所,方書,緯度,経度",
        "121002,1,千葉県,千葉市,弁天,ベンテン,,1403,弁天1,,35.6,140.1",
    ),
    "自治体標準オープンデータセット": (
        "全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英語,所在地_全国地方公共団体コード,"
        "町字ID,所在地_連結表記,所在地_都道府県,緯度,経度,高度の種別,実施サービス",
        "121002,1,千葉市,弁天,ベンテン,,121002,,弁天1,千葉県,35.6,140.1,,通所介護",
    ),
    "介護サービス情報の公表": (
        "都道府県コード又は市町村コード,No,都道府県名,市区町村名,事業所名,事業所名カナ,サービスの種類,"
        "住所,方書（ビル名等）,緯度,経度,電話番号,法人の名称,事業所番号",
        "121002,1,千葉県,千葉市,弁天,ベンテン,通所介護,弁天1,,35.6,140.1,043-0,法人,1270",
    ),
    "英語": (
        "id,name,kana,address,lat,lng,serviceType",
        "1270,弁天,ベンテン,弁天1,35.6,140.1,通所介護",
    ),
    "測地系": ("施設 名,経度（世界測地系）,緯度（世界測地系）,住所", "弁天,140.1,35.6,弁天1"),
    "座標": ("名前,X,Y,所在地", "弁天,140.1,35.6,弁天1"),
    "度分秒": ("施設名称,東経,北緯,住所", "弁天,140°6′0″,35°36′0″,弁天1"),
}


@pytest.mark.parametrize("header", HEADERS)
def test_usual_columns_need_no_names(tmp_path: Path, header: str) -> None:
    points, findings = read(tmp_path, "\n".join(HEADERS[header]))
    (row,) = points.table.to_dict("records")
    assert (row["name"], row["address"]) == ("弁天", "弁天1")
    assert (row["lon"], row["lat"]) == pytest.approx((140.1, 35.6))
    assert row["category"] == ("通所介護" if "通所介護" in HEADERS[header][1] else "")
    assert findings == []


def test_columns_may_be_named(tmp_path: Path) -> None:
    text = "名称,通称,経度,緯度,e,n\n弁天,べんてん,1,1,140.1,35.6\n"
    points, _ = read(tmp_path, text, name="通称", lon="e", lat="n")
    assert points.table[["name", "lon", "lat"]].to_numpy().tolist() == [["べんてん", 140.1, 35.6]]


def test_positions_that_are_missing_are_said_by_their_row(tmp_path: Path) -> None:
    text = "名称,緯度,経度\nA,35.6,140.1\nB,,\nC,0,0\nD,35.6,百四十\nE,－,140.1\n"
    points, findings = read(tmp_path, text)
    assert len(points.table) == 5
    assert points.table["lon"].isna().tolist() == [False, True, True, True, True]
    assert said(findings) == [
        (Kind.POINT_WITHOUT_POSITION, ("row 3 B", "row 4 C", "row 6 E")),
        (Kind.POINT_WITHOUT_POSITION, ("row 5 D (百四十, 35.6)",)),
    ]
    assert findings[0].amount == 3


def test_swapped_columns_are_read_as_meant_and_said(tmp_path: Path) -> None:
    points, findings = read(tmp_path, "名称,緯度,経度\nA,140.1,35.6\nB,35.7,140.2\n")
    assert points.table[["lon", "lat"]].to_numpy().tolist() == [[140.1, 35.6], [140.2, 35.7]]
    assert said(findings) == [(Kind.POINT_SWAPPED, ("row 2 A",))]


def test_metres_are_no_degrees(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"these are no degrees \(-43021.5, 25310.1\)"):
        read(tmp_path, "名称,X座標,Y座標\nA,-43021.5,25310.1\n")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("名称,緯度\nA,35\n", "there is no column “経度” (nor lon, lng, longitude …)"),
        ("緯度,経度\n35,140\n", "there is no column “名称”"),
        ("名称,経度(日本測地系),緯度(日本測地系)\nA,140,35\n", "there is no column “経度”"),
    ],
)
def test_columns_that_are_not_there(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert what in caught.value.line("en")


def test_a_table_without_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no rows"):
        read(tmp_path, "名称,緯度,経度\n")


def test_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["施設一覧"], ["No", "施設名", "緯度", "経度"], [1, "弁天", 35.6, 140.1]):
        book.worksheets[0].append(row)
    book.create_sheet("メモ").append(["x"])
    book.save(tmp_path / "t.xlsx")
    points = read_points(tmp_path / "t.xlsx", layer(), (), lambda finding: None)
    assert points.table["name"].to_dict() == {3: "弁天"}


# --- zones ----------------------------------------------------------------------------------------


@pytest.fixture
def city() -> dict[str, Partition]:
    """Six towns 0–5 of 100 m × 100 m, three across; A = 0 1 3 4, B = 2 5; W is only known by area::

    ┌───┬───┬───┐        ┌───────┬───┐      ┌─────┬─────┐
    │ 3 │ 4 │ 5 │        │       │   │      │     │     │
    ├───┼───┼───┤        │   A   │ B │      │  W1 │  W2 │
    │ 0 │ 1 │ 2 │        │       │   │      │     │     │
    └───┴───┴───┘        └───────┴───┘      └─────┴─────┘
    """
    drawn = grid(3, 2)
    zones = drawn.zones.assign(name=["弁天", "春日１丁目", "春日２丁目", "松波", "登戸", "松波"])
    towns = Partition("town", same("Towns"), Role.UNITS, zones)
    care = of_towns("care", towns, dict(zip("012345", "AABAAB", strict=True)))
    halves = {"W1": shapely.box(0, 0, 150, 200), "W2": shapely.box(150, 0, 300, 200)}
    index = gpd.pd.Index(list(halves), name="zone_id", dtype=str)
    frame = gpd.GeoDataFrame(
        {"name": list(halves), "geometry": list(halves.values())}, index=index, crs=CRS
    )
    wards = Partition("ward", same("Wards"), Role.WARD, frame)
    return {"ward": wards, "care": care, "town": towns}


def placed(
    tmp_path: Path, city: dict[str, Partition], rows: str, **more: str
) -> tuple[Points, list[Finding]]:
    points, findings = read(tmp_path, rows, **more)
    register = Register(city["town"]) if "town" in city else None
    return place(points, city, register, findings.append), findings


def spots(*at: tuple[float, float]) -> str:
    rows = (",".join((f"P{i}", *map(repr, lonlat(*xy)))) for i, xy in enumerate(at))
    return "\n".join(["name,lon,lat", *rows])


def test_points_get_the_zone_of_every_partition(tmp_path: Path, city: dict[str, Partition]) -> None:
    points, findings = placed(tmp_path, city, spots((50, 50), (250, 150), (250, 150), (120, 20)))
    assert points.zones.to_numpy().tolist() == [
        ["W1", "A", "0"], ["W2", "B", "5"], ["W2", "B", "5"], ["W1", "A", "1"],
    ]  # fmt: skip
    assert findings == []
    assert points.per_zone("care") == {"A": 2, "B": 2}


def test_points_outside_the_city_stay_and_are_said(
    tmp_path: Path, city: dict[str, Partition]
) -> None:
    points, findings = placed(tmp_path, city, spots((50, 50), (-50, 50)))
    assert points.zones.loc[3].tolist() == ["", "", ""]
    assert said(findings) == [(Kind.POINT_OUTSIDE_CITY, ("row 3 P1",))]
    assert points.per_zone("care") == {"A": 1}
    without = {"care": outlines_only(city["care"])}
    _, findings = placed(tmp_path, without, spots((50, 50), (-50, 50)))
    assert said(findings) == [(Kind.POINT_OUTSIDE_CITY, ("row 3 P1",))]


def test_a_point_at_the_end_of_the_world(tmp_path: Path, city: dict[str, Partition]) -> None:
    _, findings = placed(tmp_path, city, "name,lon,lat\nA,-40,-90\nB,50,0.1\n")
    assert said(findings) == [(Kind.POINT_OUTSIDE_CITY, ("row 2 A", "row 3 B"))]


def test_a_point_in_two_zones_counts_in_the_first_and_is_said(
    tmp_path: Path, city: dict[str, Partition]
) -> None:
    both = {"X": shapely.box(0, 0, 200, 200), "Y": shapely.box(100, 0, 300, 200)}
    index = gpd.pd.Index(list(both), name="zone_id", dtype=str)
    frame = gpd.GeoDataFrame(
        {"name": ["X", "Y"], "geometry": [*both.values()]}, index=index, crs=CRS
    )
    over = Partition("over", same("Overlaps"), Role.OTHER, frame)
    points, findings = placed(tmp_path, {"over": over, **city}, spots((150.5, 50), (50, 50)))
    assert points.zones["over"].tolist() == ["X", "X"]
    assert said(findings) == [(Kind.POINT_IN_TWO_ZONES, ("row 2 P0",))]


def test_a_town_places_a_facility_without_a_dot(tmp_path: Path, city: dict[str, Partition]) -> None:
    """By its id or its name; where the town is divided the zone is not known."""
    rows = "名称,町\nA,弁天\nB,春日一丁目\nC,春日\nD,松波\nE,5\nF,無い町\nG,\nH,弁天の一部\n"
    points, findings = placed(tmp_path, city, rows, town="町")
    assert points.zones.to_numpy().tolist() == [
        ["W1", "A", "0"], ["", "A", "1"], ["", "", ""], ["", "", ""], ["W2", "B", "5"],
        ["", "", ""], ["", "", ""], ["", "", ""],
    ]  # fmt: skip
    assert points.table["lon"].isna().all()
    assert said(findings) == [
        (Kind.POINT_WITHOUT_POSITION, ("row 8 G",)),
        (
            Kind.POINT_WITHOUT_TOWN,
            (
                "row 4 C 「春日」",
                "row 5 D 「松波」",
                "row 7 F 「無い町」",
                "row 9 H 「弁天の一部」",
            ),
        ),
        (Kind.POINT_IN_TWO_ZONES, ("row 3 B",)),
    ]


def test_a_position_goes_before_a_town(tmp_path: Path, city: dict[str, Partition]) -> None:
    lon, lat = lonlat(250, 50)
    rows = f"名称,町,経度,緯度\nA,弁天,{lon!r},{lat!r}\nB,弁天,,\n"
    points, findings = placed(tmp_path, city, rows, town="町")
    assert points.zones["town"].tolist() == ["2", "0"]
    assert findings == []


# --- the plan -------------------------------------------------------------------------------------

POINTS = """
[[layer]]
key = "sites"
type = "points"
title = { ja = "施設", en = "Facilities" }
sources = ["census"]
file = "layers/sites.csv"
"""


def sample(tmp_path: Path, more: str = POINTS, rows: str | None = None) -> Path:
    root = Path(__file__).parent.parent
    for part in ("boundaries", "layers"):
        shutil.copytree(root / part, tmp_path / part, ignore=shutil.ignore_patterns("recipe"))
    plan = (root / "plan.toml").read_text(encoding="utf-8")
    (tmp_path / "plan.toml").write_text(plan + more, encoding="utf-8")
    if rows is not None:
        (tmp_path / "layers" / "sites.csv").write_text(rows, encoding="utf-8")
    return tmp_path / "plan.toml"


HOSTILE = "</script><script>window.pwned=1</script>{{7*7}}<img src=x onerror=window.pwned=1>"
ROWS = f"""\
名称,種別,緯度,経度
=1+1,A,35.61,140.12
{HOSTILE},B,35.61,140.12
遠い,C,36.5,140.1
無い,D,,
"""


def test_a_wrong_layer_is_said_with_the_rest_of_the_plan(tmp_path: Path) -> None:
    path = sample(tmp_path, POINTS + 'lon = "x"\nnmae = "y"\n')
    with pytest.raises(PlanError) as caught:
        load_plan(path)
    lines = caught.value.lines("en")
    places = [line.removeprefix(f"{path}: ").split(":")[0] for line in lines]
    last = (ROOT / FILE_NAME).read_text(encoding="utf-8").count("[[layer]]")
    assert places == [f"layer[{last}].nmae", f"layer[{last}]", f"layer[{last}].file"]
    assert "did you mean “name”" in lines[0].lower()
    assert "Give lon and lat together" in lines[1]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return compute(load_plan(sample(tmp_path_factory.mktemp("points"), rows=ROWS)))


def test_check_says_what_build_says(study: Study, tmp_path: Path) -> None:
    findings = inspect(load_plan(sample(tmp_path, rows=ROWS)))
    mine = [finding for finding in findings if finding.where == "sites"]
    assert said(mine) == [
        (Kind.POINT_WITHOUT_POSITION, ("row 5 無い",)),
        (Kind.POINT_OUTSIDE_CITY, ("row 4 遠い",)),
    ]
    assert mine == [finding for finding in study.findings if finding.where == "sites"]


def test_the_table_of_points(study: Study) -> None:
    made = {table.name: table for table in tables.tables(study)}
    text = made["points_sites.csv"].csv().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["row"] for row in rows] == ["2", "3", "4", "5"]
    assert rows[0]["name"] == "'=1+1"
    assert (rows[0]["lon"], rows[0]["lat"], rows[3]["lon"]) == ("140.12", "35.61", "")
    assert rows[0]["ward_name"] == study.partitions["ward"].zones.loc[rows[0]["ward_id"], "name"]
    assert rows[2]["ward_id"] == rows[3]["ward_id"] == ""
    explained = made["columns.csv"].frame
    mine = explained[explained["file"] == "points_sites.csv"]
    assert mine["column"].tolist() == list(rows[0])
    assert (mine["meaning_ja"] != "").all()


def test_facilities_on_one_spot_stay_several(study: Study) -> None:
    made = points_layer(study, 0)
    assert made["names"] == [[["=1+1", "A"], [HOSTILE, "B"]], [["遠い", "C"]]]
    assert (made["lat"].values / 1e5).tolist() == [35.61, 36.5]
    assert (made["lng"].values / 1e5).tolist() == [140.12, 140.1]
    assert made["note"].ja == "（4か所のうち3か所）"


def test_a_source_of_points_is_printed(tmp_path: Path) -> None:
    source = """
[source.sites]
title = { ja = "施設台帳", en = "Register of facilities" }
publisher = { ja = "市", en = "City" }
date = "2026"
licence = { ja = "自由", en = "CC0" }
"""
    plan = sample(tmp_path, POINTS.replace("census", "sites") + source, ROWS)
    assert "施設台帳" in [one.title.ja for one in compute(load_plan(plan)).sources]


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.browser
def test_twenty_thousand_dots(browser: Browser, tmp_path: Path) -> None:
    """The page opens, its dots are text, and a click on one says who is there."""
    rows = "".join(
        f"施設{i},x,{35.55 + i % 141 / 1000},{140.05 + i // 141 / 1000}\n" for i in range(20_000)
    )
    build(load_plan(sample(tmp_path, rows=ROWS + rows)), tmp_path / "out", sheets=False)
    opened = Opened(browser, tmp_path / "out" / "planner.html", height=900)
    entry = opened.here.locator("label", has=opened.here.locator("[data-layer=points-sites]"))
    assert "施設 （20,004か所のうち20,003か所）" in " ".join(entry.inner_text().split())
    look = "keniki.map.latLngToContainerPoint([35.61, 140.12])"
    box = opened.here.locator(".folium-map").bounding_box()
    assert box is not None
    opened.page.mouse.click(box["x"] + opened(f"{look}.x"), box["y"] + opened(f"{look}.y"))
    detail = opened.here.locator("#detail").inner_text()
    assert HOSTILE in detail
    assert "=1+1" in detail
    dots = "keniki.groups['points-sites']"
    assert opened(f"keniki.map.hasLayer({dots}.group)")
    assert 0 < opened(f"{dots}.cells.length") < 20_003
    assert not opened.here.locator("[data-joined=points-sites]").is_hidden()
    opened.here.locator("[data-layer=points-sites]").uncheck()
    assert not opened(f"keniki.map.hasLayer({dots}.group)")
    assert opened("window.pwned") is None
    assert (opened.complaints, opened.requests[1:]) == ([], [])
    opened.close()


@pytest.mark.browser
def test_a_map_with_dots_and_towns_prints_its_lines(browser: Browser, tmp_path: Path) -> None:
    """Nothing is a canvas: on paper one hides the borders beside it."""
    study = compute(load_plan(sample(tmp_path, rows=ROWS)))
    opened = Opened(browser, planner_file(study, tmp_path))
    layers = [f"[data-layer={key}]" for key in ("points-sites", "town")]
    strokes = []
    for show in (opened.here.uncheck, opened.here.check):
        for layer in layers:
            show(layer)
        strokes.append(pdf_strokes(opened.page.pdf(prefer_css_page_size=True)))
    assert strokes[1] > strokes[0] > 1000
    assert opened("document.querySelectorAll('canvas').length") == 0
    opened.close()


# --- the real list --------------------------------------------------------------------------------


@pytest.mark.real
def test_the_care_providers_of_chiba(chiba: Path, tmp_path: Path) -> None:
    """585 rows: 2 without a position, 4 outside the city, and nothing else to say."""
    plan = (Path(__file__).parent / "chiba" / "plan.toml").read_text(encoding="utf-8")
    more = POINTS.replace("layers/sites.csv", "$KENIKI_DATA/chiba/care_providers.csv")
    (tmp_path / "plan.toml").write_text(plan + more, encoding="utf-8")
    study = compute(load_plan(tmp_path / "plan.toml"))
    (points,) = study.points
    mine = [finding for finding in study.findings if finding.where == "sites"]
    assert [(finding.kind, finding.amount) for finding in mine] == [
        (Kind.POINT_WITHOUT_POSITION, 2), (Kind.POINT_OUTSIDE_CITY, 4),
    ]  # fmt: skip
    assert mine[0].place == (
        "row 327 訪問介護ピアサポート",
        "row 373 土屋訪問介護事業所　千葉若葉センター",
    )
    assert len(points.table) == 585
    assert sum(points.per_zone("town").values()) == 585 - 2 - 4
    assert sum(points.per_zone("ward").values()) >= 579
    names = points_layer(study, 0)["names"]
    assert sum(map(len, names)) == 583
    assert max(map(len, names)) > 1
