"""Printed sheets: sizes, scale, north, names, patterns, and documents that can be searched."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from conftest import CRS, ROOT
from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from made_plans import made_plan, towns
from PIL import Image
from pypdf import PdfReader

from geo import pipeline, sheet_names, sheet_page
from geo.canvas import INK, Area, Line, Words, extent, picture, printed, rectangle
from geo.downloads import printed as printed_files
from geo.errors import DataError, PlanError
from geo.lettering import endings, held
from geo.pipeline import compute, write
from geo.plan import Role, SheetPlan
from geo.plan_file import load_plan
from geo.sheet import MARGIN_IN, PAPER_IN, Sheet
from geo.sheet_atlas import Atlas
from geo.sheet_drawing import OTHER_LAND, draw
from geo.sheet_map import AROUND_IN, INCH_M, round_scale, sheet_map
from geo.sheet_marks import BARE, BOX, HATCH_INK, HATCHES, LOOKS, OUTSIDE
from geo.sheet_names import LEAST_PT, Look, Names
from geo.sheet_page import pages
from geo.sheets import DPI, sheets
from geo.study import Study
from geo.typeset import LINE, Paragraph, columns, even, height, lines, paged, set_in
from geo.words import Text, same

TITLE = Text("地区と圏域", "Districts and care areas")
ITEMS = (
    "item_id,zone_id,text_ja,text_en,themes,start_year,end_year,who_ja,who_en\n"
    "1,D1,見守りの輪を広げる,Look after each other,,2021,2026,民生委員,Volunteers\n"
)
#: Of a district (which lies in both wards), of a ward, of a part of one, of no place, of no ward.
CASES = (
    "case_id,ward_code,title_ja,title_en,place_kind,partition,zone_id,place_ja\n"
    "k1,W1,庭の会,x,area,district,D2,東の町\n"
    "k2,W1,区の会,x,area,ward,W1,区の全体\n"
    "k3,W1,小さな会,x,small_area,ward,W1,団地の中\n"
    "k4,W1,点の会,x,point,,,集会所\n"
    "k5,W2,場所のない会,x,none,,,決まりなし\n"
    "k6,,市の会,x,none,,,市のどこか\n"
)


def made(folder: Path, *, items: str = ITEMS, cases: str = "") -> Study:
    """Two wards of 4 × 4 towns, three districts of which one lies in both, four care areas."""
    table = towns(8, 4)
    table["ward"] = np.where(table["x"] < 4, "W1", "W2")
    table["district"] = np.select([table["x"] < 3, table["x"] < 6], ["D1", "D2"], "D3")
    table["care"] = np.where(table["x"] < 4, "西", "東") + np.where(table["y"] < 2, "南", "北")
    layers = {"items": items} | ({"cases": cases} if cases else {})
    return compute(load_plan(made_plan(folder, table, layers)))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return made(tmp_path_factory.mktemp("city"))


def asked(type_: str = "ward", **more: Any) -> SheetPlan:
    known = {"title": TITLE, "districts": "district", "centres": "care", "mismatch": True}
    return SheetPlan(type=type_, **(known | more))  # type: ignore[arg-type]


def with_sheets(study: Study, *sheets_: SheetPlan) -> Study:
    return replace(study, plan=study.plan.model_copy(update={"sheet": sheets_}))


def named(study: Study, key: str, zone_id: str, name: str) -> Study:
    """The study with another name for one zone."""
    one = study.partitions[key]
    zones = one.zones.assign(name=one.zones["name"].where(one.zones.index != zone_id, name))
    return replace(study, partitions=study.partitions | {key: replace(one, zones=zones)})


@pytest.fixture(scope="module")
def files(city: Study) -> dict[str, bytes]:
    return sheets(with_sheets(city, asked(), asked("city", paper="A3"), asked("atlas")))


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in opened(pdf).pages).split())


def words_on(marks: list[Any]) -> str:
    return "".join("".join(mark.words.split()) for mark in marks if isinstance(mark, Words))


# --- files ----------------------------------------------------------------------------------------


def test_every_sheet_is_three_files_and_the_atlas_one(city: Study, files: dict[str, bytes]) -> None:
    stems = ("sheet-w1-a4", "sheet-w2-a4", "sheet-city-a3")
    names = {name for name in files if name != "atlas.pdf"}
    assert len(names) == 9
    assert {re.sub(r"-[0-9a-f]{6}(?=\.)", "", name) for name in names} == {
        f"{stem}.{ending}" for stem in stems for ending in ("pdf", "svg", "png")
    }
    study = with_sheets(city, asked(), asked("city", paper="A3"), asked("atlas"))
    assert printed_files(study).keys() == files.keys()


def test_the_same_bytes_again(city: Study, files: dict[str, bytes]) -> None:
    again = sheets(with_sheets(city, asked(), asked("city", paper="A3"), asked("atlas")))
    assert again == files


def test_paper_is_of_its_size_to_a_hundredth_of_a_millimetre(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if not name.endswith(".pdf"):
            continue
        paper = PAPER_IN["A3" if "a3" in name else "A4"]
        for page in opened(data).pages:
            size = sorted((float(page.mediabox.width) / 72, float(page.mediabox.height) / 72))
            assert size == pytest.approx(sorted(paper), abs=0.01 / 25.4)
    for name, data in files.items():
        if name.endswith(".png"):
            image = Image.open(BytesIO(data))
            paper = PAPER_IN["A3" if "a3" in name else "A4"]
            assert sorted(image.size) == pytest.approx([DPI * side for side in paper], abs=1)
            assert image.info["dpi"] == pytest.approx((DPI, DPI), abs=0.01)


def test_documents_say_their_language_and_title(city: Study, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if not name.endswith(".pdf"):
            continue
        pdf = opened(data)
        assert pdf.metadata is not None
        root: Any = pdf.trailer["/Root"]
        assert root["/Lang"] == "ja"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - no bool of Python
        assert TITLE.ja in str(pdf.metadata.title)
        assert pdf.metadata.author == city.plan.city.ja
        assert "/CreationDate" not in pdf.metadata
        assert "/ID" not in pdf.trailer


def test_fonts_are_embedded_and_words_can_be_found(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if not name.endswith(".pdf"):
            continue
        fonts = {}
        for page in opened(data).pages:
            resources: Any = page["/Resources"]
            fonts |= resources["/Font"]
        assert fonts
        for font in fonts.values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert (font.get_object()["/Subtype"], below["/Subtype"]) == ("/Type0", "/CIDFontType2")
            assert "/FontFile2" in below["/FontDescriptor"]
            assert re.fullmatch(r"/[A-Z]{6}\+IPAexGothic", font.get_object()["/BaseFont"])
        said = text_of(data)
        for word in ("地区と圏域", "出典", "作った例", "2026", "D2"):
            assert word in said, (name, word)
    ward = text_of(next(data for name, data in files.items() if re.match("sheet-w1.*pdf", name)))
    for word in ("見守りの輪を広げる", "2021–2026", "民生委員", "西南", "縮尺1:", "真北"):
        assert word in ward


def test_no_picture_is_in_a_pdf(files: dict[str, bytes]) -> None:
    """Borders are lines and words letters; there is no background map to pay for."""
    for name, data in files.items():
        if name.endswith(".pdf"):
            assert not any(page.images for page in opened(data).pages)


def test_the_svg_is_named_and_has_no_link(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if name.endswith(".svg"):
            svg = data.decode()
            assert 'role="img"' in svg
            assert TITLE.ja in svg.split("</title>")[0]
            assert "地区: D" in svg.split("</desc>")[0]
            assert "<image" not in svg
            assert set(re.findall(r'href="(.)', svg)) <= {"#"}


# --- the map --------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["A4", "A3"])
@pytest.mark.parametrize("orientation", ["portrait", "landscape", None])
def test_a_kilometre_on_paper_is_one_on_the_ground(
    city: Study, paper: str, orientation: str | None
) -> None:
    """Between the middles of districts: paper × scale against the ellipsoid."""
    sheet = Sheet(city, asked(paper=paper, orientation=orientation), "W1", "x")
    first = pages(sheet)[0]
    drawn, _, _ = draw(sheet, _frame_of(first))
    geod = pyproj.Geod(ellps="GRS80")
    care = city.partitions["care"].zones.geometry
    here = [one for one in care.index if drawn.zones["care"][one].area > 0]
    assert len(here) == 2
    on_paper = drawn.zones["care"][here].centroid
    on_land = care[here].centroid.to_crs(4326)
    mm = 25.4 * on_paper.iloc[0].distance(on_paper.iloc[1])
    metres = geod.inv(*shapely.get_coordinates(list(on_land)).ravel())[2]
    assert mm / 1000 * drawn.scale == pytest.approx(metres, rel=2e-3)
    assert f"縮尺1:{drawn.scale:,}（{paper}原寸）" in words_on(first)
    assert _bar(first) * INCH_M * drawn.scale == pytest.approx(_bar_says(first), rel=1e-6)


def _frame_of(marks: list[Any]) -> tuple[float, float]:
    """The size of the frame: the largest area but the paper."""
    rings = [np.concatenate(mark.rings) for mark in marks if isinstance(mark, Area)]
    largest = max(rings, key=lambda ring: np.prod(np.ptp(ring, axis=0)))
    wide, high = np.ptp(largest, axis=0)
    return float(wide), float(high)


def _bar(marks: list[Any]) -> float:
    """The length of the scale bar in inches: the black block and the white one beside it."""
    blocks = [
        mark.rings[0] for mark in marks
        if isinstance(mark, Area) and np.ptp(mark.rings[0][:, 1]) == pytest.approx(0.06)
    ]  # fmt: skip
    assert len(blocks) == 2
    return float(np.ptp(np.concatenate(blocks)[:, 0]))


def _bar_says(marks: list[Any]) -> float:
    said = [mark.words for mark in marks if isinstance(mark, Words)]
    [one] = [word for word in said if re.fullmatch(r"[\d.,]+ k?m", word)]
    number, unit = one.split()
    return float(number.replace(",", "")) * (1000 if unit == "km" else 1)


@pytest.mark.parametrize(("lon", "lat"), [(138.2, 36.3), (140.1, 35.6), (141.4, 35.9)])
def test_the_arrow_points_to_true_north(lon: float, lat: float) -> None:
    """It turns by the convergence of the grid: a degree at the edge of a plane-rectangular zone."""
    spot = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(CRS)
    ward = gpd.GeoSeries(spot.buffer(5000).to_numpy(), index=["W"], crs=CRS)
    drawn = sheet_map({"ward": ward}, "ward", pd.Index(["W"]), (7.0, 9.0))
    turn = np.degrees(np.arctan2(drawn.north[0], -drawn.north[1]))
    convergence = pyproj.Proj(CRS).get_factors(lon, lat).meridian_convergence
    assert turn == pytest.approx(-convergence, abs=0.01)
    assert (abs(turn) > 0.5) == (abs(lon - 139.8333) > 1)


@settings(max_examples=60)
@given(st.floats(100.0, 1e6), st.floats(100.0, 1e6), st.floats(1.0, 15.0), st.floats(1.0, 15.0))
def test_a_scale_is_round_and_the_ground_has_room(
    wide: float, high: float, room_wide: float, room_high: float
) -> None:
    ground, room = gpd.GeoSeries([shapely.box(0, 0, wide, high)]), (room_wide, room_high)
    scale = round_scale(ground, room)
    assert float(f"{scale:.2g}") == scale
    inner = [side - 2 * AROUND_IN for side in room]
    needs = max(wide / inner[0], high / inner[1]) / INCH_M
    assert scale >= needs * (1 - 1e-6) or scale == 1
    assert scale <= max(1.0, 1.11 * needs)


def test_the_paper_is_turned_so_that_the_map_is_larger(city: Study) -> None:
    """The whole city is twice as wide as it is high, a ward is a square."""
    for ward_id in (None, "W1"):
        scales = {}
        for orientation in ("portrait", "landscape"):
            sheet = Sheet(city, asked(orientation=orientation), ward_id, "x")
            assert (sheet.size_in[0] < sheet.size_in[1]) == (orientation == "portrait")
            scales[orientation] = round_scale(sheet.ground, sheet.room(sheet.size_in, 0.75))
        chosen = Sheet(city, asked(), ward_id, "x").size_in
        best = min(scales, key=scales.__getitem__)
        assert (chosen[0] < chosen[1]) == (best == "portrait")


def test_borders_are_there_once_and_within_the_frame(city: Study) -> None:
    drawn, _, marks = draw(Sheet(city, asked(), "W1", "x"), (6.0, 5.0))
    for mark in marks:
        if isinstance(mark, Words):
            continue
        points = np.concatenate(list(mark.rings if isinstance(mark, Area) else mark.strokes))
        assert (points >= -1e-9).all()
        assert (points <= np.array([6.0, 5.0]) + 1e-9).all()
    steps = [
        tuple(sorted((tuple(a), tuple(b))))
        for stroke in drawn.borders["district"]
        for a, b in zip(stroke[:-1].tolist(), stroke[1:].tolist(), strict=True)
    ]
    assert len(steps) == len(set(steps))
    zones = sum(zone.area for zone in drawn.zones["district"])
    assert zones == pytest.approx(drawn.land.area, rel=1e-4)


def with_bare_land(study: Study) -> Study:
    """The study with a district that no longer reaches to its borders."""
    one = study.partitions["district"]
    smaller = one.zones.geometry.where(one.zones.index != "D3", one.zones.geometry.buffer(-150))
    zones = one.zones.set_geometry(smaller)
    return replace(study, partitions=study.partitions | {"district": replace(one, zones=zones)})


def test_every_kind_of_land_is_in_the_legend_where_it_is_on_the_map(city: Study) -> None:
    """White means one thing; land in no district and what is outside of the city are no white."""
    bare, beyond, whole = "どの地区でもない", "市の外（陸・海）", "分かれていない"
    for study, ward_id, shown in (
        (city, None, {beyond, whole}),
        (with_bare_land(city), None, {bare, beyond, whole}),
        (with_bare_land(city), "W1", {beyond, whole}),
    ):
        sheet = Sheet(study, asked(), ward_id, "x")
        drawn, _, marks = draw(sheet, (6.0, 5.0))
        entries = sheet.entries(drawn)
        assert {entry.text.ja for entry in entries} & {bare, beyond, whole} == shown
        said = words_on(pages(sheet)[0])
        assert all(one in said for one in shown)
        assert (bare in said) == (bare in shown)
        on_map = {(mark.colour, mark.hatch, mark.ink) for mark in marks if isinstance(mark, Area)}
        assert (BARE in on_map) == (bare in shown)
        assert OUTSIDE in on_map
    sheet = Sheet(city, asked(mismatch=False), None, "x")
    assert whole not in {entry.text.ja for entry in sheet.entries(draw(sheet, (6.0, 5.0))[0])}


def test_a_frame_full_of_wards_has_nothing_outside() -> None:
    wards = gpd.GeoSeries(
        [
            shapely.box(0, 0, 9e3, 9e3),
            shapely.box(-9e4, -9e4, 9e4, 9e4) - shapely.box(0, 0, 9e3, 9e3),
        ],
        index=["W", "around"],
        crs=CRS,
    )
    zones = gpd.GeoSeries([shapely.box(0, 0, 9e3, 6e3)], index=["Z"], crs=CRS)
    drawn = sheet_map({"ward": wards, "zone": zones}, "ward", pd.Index(["W"]), (5.0, 7.0))
    assert drawn.outside.is_empty
    assert drawn.bare("ward").is_empty
    assert drawn.bare("zone").area == pytest.approx(drawn.land.area / 3, rel=0.01)
    alone = sheet_map({"ward": wards[:1]}, "ward", pd.Index(["W"]), (5.0, 7.0))
    assert alone.outside.area == pytest.approx(35 - alone.land.area, rel=0.01)


# --- names ----------------------------------------------------------------------------------------


def boxes_of(names: Names) -> list[shapely.Polygon]:
    return [shapely.box(*box) for box in names.boxes]


def check_names(sheet: Sheet, names: Names) -> None:
    """Every name is on the map or in the key; none is on another; none is too small."""
    assert not any(a.intersection(b).area > 1e-9 for a, b in combinations(boxes_of(names), 2))
    written = {"".join(mark.words.split()) for mark in names.marks if isinstance(mark, Words)}
    keyed = dict(names.key)
    assert len(keyed) == len(names.key)
    assert set(keyed) <= written
    shown = [sheet.districts.zones["name"][one] for _, its in sheet.numbers for one in its]
    said = written | {"".join(name.split()) for name in (*keyed.values(), *names.unseen)}
    assert {"".join(name.split()) for name in shown} <= said
    assert all(mark.size >= LEAST_PT for mark in names.marks if isinstance(mark, Words))
    frame = shapely.box(0, 0, *names.size_in).buffer(1e-9)
    assert all(frame.contains(box) for box in boxes_of(names))


@pytest.mark.parametrize("ward_id", ["W1", "W2", None])
def test_names_of_a_made_city(city: Study, ward_id: str | None) -> None:
    sheet = Sheet(city, asked(), ward_id, "x")
    drawn, names, _ = draw(sheet, (6.0, 5.0))
    check_names(sheet, names)
    assert names.key == []
    districts = [zone for zone in drawn.zones["district"] if zone.area > 0]
    first = 0 if ward_id else 2  # of the city its wards
    for box in boxes_of(names)[first : first + len(districts)]:
        assert any(zone.buffer(1e-6).contains(box) for zone in districts)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=25, unique=True),
    st.sampled_from(["町", "第一地区", "とても長い名前の地区です" * 3]),
    st.floats(0.05, 0.6),
)
def test_no_name_is_lost_and_none_is_on_another(
    spots: list[tuple[int, int]], name: str, side: float
) -> None:
    zones = [shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side) for x, y in spots]
    called = [f"{name}{n}" for n in range(len(zones))]
    names = Names((6.0, 6.0))
    names.add(zones, called, Look((11.0, 8.0)), lambda n, _: str(n + 1))
    written = {"".join(mark.words.split()) for mark in names.marks if isinstance(mark, Words)}
    assert len(names.boxes) == len(zones)
    assert set(called) <= written | {name for _, name in names.key}
    assert not any(a.intersection(b).area > 1e-9 for a, b in combinations(boxes_of(names), 2))


def test_a_name_is_in_the_largest_part_even_where_it_has_less_room_there() -> None:
    main, island = shapely.box(0.5, 0.5, 4.0, 0.62), shapely.box(3.0, 2.0, 3.6, 2.4)
    names = Names((5.0, 3.0))
    names.add([main | island], ["島の町"], Look((11.0, 8.0)), lambda n, _: str(n + 1))
    [box] = boxes_of(names)
    assert main.contains(box.centroid)
    names = Names((5.0, 3.0), boxes=np.array([[0.0, 0.0, 5.0, 1.5]]))
    names.add([main | island], ["島の町"], Look((11.0, 8.0)), lambda n, _: str(n + 1))
    assert island.contains(boxes_of(names)[1])


@settings(max_examples=25)
@given(
    st.floats(0.6, 3.4), st.floats(0.6, 3.4), st.sampled_from(["町", "第一地区", "長い名前の地区"])
)
def test_a_name_leaves_lines_free_where_it_can(across: float, up: float, name: str) -> None:
    lines = shapely.MultiLineString(
        [[(across, 0.0), (across, 4.0)], [(0.0, up), (4.0, up)], [(0.0, 2.0), (4.0, 2.0)]]
    )
    names = Names((4.0, 4.0), lines)
    names.add([shapely.box(0, 0, 4, 4)], [name], Look((9.0,)), lambda n, _: str(n + 1))
    assert not shapely.intersects(boxes_of(names)[0], lines)
    alone = Names((4.0, 4.0), shapely.MultiLineString([[(x, 0.0), (x, 4.0)] for x in range(5)]))
    alone.add([shapely.box(0, 0, 4, 4)], ["長い名前" * 9], Look((9.0,)), lambda n, _: str(n + 1))
    assert alone.key == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.22, 0.5), min_size=2, max_size=9), st.integers(3, 9))
def test_signs_stand_in_their_zones_where_names_leave_theirs(
    widths: list[float], long: int
) -> None:
    """No name of a neighbour takes the last room of a sign."""
    edges = 1 + np.cumsum([0.0, *widths])
    zones = [shapely.box(left, 1, right, 1.3) for left, right in pairwise(edges.tolist())]
    names = Names((8.0, 3.0))
    called = [f"{'長' * long}{n}" for n in range(len(zones))]
    names.add(zones, called, Look((11.0, 8.0)), lambda n, _: str(n + 1))
    assert not [mark for mark in names.marks if isinstance(mark, Line)]
    at = {mark.words: mark.at for mark in names.marks if isinstance(mark, Words)}
    for sign, _ in names.key:
        assert zones[int(sign) - 1].buffer(0.01).contains(shapely.Point(at[sign]))


def test_centres_are_named_on_the_map_of_the_city_where_there_is_room(city: Study) -> None:
    """In boxes; what finds no room is in the list of districts, and the sheet says so."""
    long = "とても長い名前の圏域です" * 30
    note = "場所がなく名前を書いていない圏域は、地区の一覧にあります。"
    for study, left_out in ((city, []), (named(city, "care", "西南", long), [long])):
        sheet = Sheet(study, asked("city", paper="A3"), None, "x")
        drawn, names, marks = draw(sheet, (12.0, 9.0))
        check_names(sheet, names)
        assert names.left_out == left_out
        boxed = [mark for mark in marks if isinstance(mark, Line) and mark.dashes == BOX]
        assert len(boxed) == 4 - len(left_out)
        zones = drawn.zones["care"]
        for box in boxed:
            assert any(zone.contains(shapely.Polygon(box.strokes[0])) for zone in zones)
        said = "".join(map(words_on, pages(sheet)))
        assert (note in said) == bool(left_out)
        assert "圏域と名前" in said
        assert all(name in said for name in study.partitions["care"].zones["name"])


@settings(max_examples=25)
@given(st.lists(st.floats(0.3, 1.6), min_size=3, max_size=8), st.sampled_from(["中学校区", "圏域"]))
def test_names_break_before_the_ending_that_they_share(sides: list[float], end: str) -> None:
    called = [f"{'東西南北'[: 2 + n % 3]}{n}{end}" for n in range(len(sides))]
    zones = [shapely.box(2 * n, 1, 2 * n + side, 1 + side) for n, side in enumerate(sides)]
    names = Names((18.0, 4.0))
    look = Look((11.0, 8.0), endings=endings(called))
    names.add(zones, called, look, lambda n, _: f"#{n}")
    for mark in names.marks:
        if isinstance(mark, Words) and "\n" in mark.words:
            assert end in mark.words.split("\n")[-1]
            assert min(map(len, mark.words.split("\n"))) > 1


@pytest.mark.parametrize("paper", ["A4", "A3"])
@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
def test_a_line_of_the_legend_is_one_line(city: Study, paper: str, orientation: str) -> None:
    care = city.partitions["care"]
    long = replace(care, title=Text("あんしんケアセンター圏域", "Care-centre areas"))
    study = replace(city, partitions=city.partitions | {"care": long})
    sheet = Sheet(study, asked(paper=paper, orientation=orientation), "W1", "x")
    said = [mark.words for mark in pages(sheet)[0] if isinstance(mark, Words)]
    drawn, _, _ = draw(sheet, (6.0, 5.0))
    assert {entry.text.ja for entry in sheet.entries(drawn)} <= set(said)


@given(st.floats(0.9, 4.0))
def test_a_name_and_its_share_stay_on_one_line(wide: float) -> None:
    words = "圏域（住民の割合）: " + "、".join(map(held, ("千葉寺 52.4%", "中央 40.0%")))
    found = lines(words, 8.5, wide)
    assert any("千葉寺 52.4%" in line for line in found)
    assert any("中央 40.0%" in line for line in found)


def test_a_sign_without_room_in_its_zone_has_a_line_to_it() -> None:
    names = Names((4.0, 4.0))
    zones = [shapely.box(1 + n / 100, 1, 1.008 + n / 100, 1.008) for n in range(3)]
    names.add(zones, ["あ", "い", "う"], Look((8.0,)), lambda n, _: str(n + 1))
    leads = [mark for mark in names.marks if isinstance(mark, Line)]
    assert len(leads) >= 2
    for lead in leads:
        ends = [shapely.Point(end) for end in lead.strokes[0]]
        assert any(zone.distance(ends[0]) < 0.01 for zone in zones)
        assert any(box.distance(ends[1]) < 1e-9 for box in boxes_of(names))
    assert names.key == [("1", "あ"), ("2", "い"), ("3", "う")]


def test_a_zone_too_small_to_be_drawn_is_named_beside_the_map(city: Study) -> None:
    sheet = Sheet(city, asked(), "W1", "x")
    drawn, _, _ = draw(sheet, (6.0, 5.0))
    names = Names(drawn.size_in)
    zones = [drawn.zones["district"]["D1"], shapely.Polygon(), None]
    names.add(zones, ["あ", "い", "う"], Look((8.0,)), lambda n, _: str(n + 1))
    assert (names.key, names.unseen) == ([], ["い", "う"])
    key = sheet_page._key(sheet, names, (5.0, 9.0), False)[0]
    assert key[-1].words == "い　う"


def test_a_long_key_stands_on_the_next_page(city: Study) -> None:
    long = "地" * 1500
    for orientation in ("portrait", "landscape"):
        study = named(city, "district", "D2", long)
        first, second, *_ = pages(Sheet(study, asked(orientation=orientation), "W1", "x"))
        assert f"2{long}" in words_on(second)
        assert "地図の番号・記号の一覧は次のページ" in words_on(first)


def test_paper_without_room_for_a_map_is_an_error(city: Study) -> None:
    study = replace(city, plan=city.plan.model_copy(update={"schematic": same("長い注記" * 900)}))
    with pytest.raises(DataError, match="no room for the map"):
        pages(Sheet(study, asked(), "W1", "x"))


# --- lists ----------------------------------------------------------------------------------------


def test_lists_are_complete_and_stay_on_the_paper(city: Study) -> None:
    rows = [
        f"{n},D{n % 3 + 1},取組 {n} {'長い説明 ' * 20},x,,2021,2026,だれか,x" for n in range(60)
    ]
    table = ITEMS.splitlines()[0] + "\n" + "\n".join(rows) + "\n"
    content = replace(city.content, items=_items(city, rows))
    assert table
    for orientation in ("portrait", "landscape"):
        sheet = Sheet(replace(city, content=content), asked(orientation=orientation), "W1", "x")
        made_pages = pages(sheet)
        assert len(made_pages) > 2
        said = "".join(map(words_on, made_pages))
        assert all(f"・取組{n}長い説明" in said for n in range(60) if n % 3 < 2)
        assert all(f"・取組{n}長い説明" not in said for n in range(60) if n % 3 == 2)
        assert said.count("長い説明") == 40 * 20
        assert "の一覧は次のページ" in words_on(made_pages[0])
        for marks in made_pages:
            for mark in marks:
                if isinstance(mark, Words) and not mark.middle:
                    wide, _ = extent(mark.words, mark.size)
                    assert mark.at[0] + wide <= sheet.size_in[0] - MARGIN_IN + 1e-6
                    assert mark.at[1] <= sheet.size_in[1] - MARGIN_IN + 1e-6


def _items(study: Study, rows: list[str]) -> pd.DataFrame:
    table = pd.DataFrame([row.split(",") for row in rows], columns=ITEMS.splitlines()[0].split(","))
    first = study.content.items.iloc[0]
    return table.assign(**{name: first[name] for name in study.content.items if name not in table})


def test_a_short_list_stands_on_the_first_page(city: Study) -> None:
    sheet = Sheet(city, asked(orientation="portrait"), None, "x")
    [only] = pages(sheet)
    assert "見守りの輪を広げる" in words_on(only)
    assert "次のページ" not in words_on(only)
    assert "W1（1）" in words_on(only)
    assert "W2（2）" in words_on(only)


def test_a_district_without_items_says_so_and_who_is_in_charge(city: Study) -> None:
    said = "".join(map(words_on, pages(Sheet(city, asked(), "W2", "x"))))
    assert "項目はまだ入力されていません。" in said
    assert re.search(r"圏域（住民の割合）:東[南北]50\.0%、東[南北]50\.0%", said)
    said = "".join(map(words_on, pages(Sheet(city, asked(), "W1", "x"))))
    assert "一部だけがW1に入る地区（1）" in said


@pytest.fixture(scope="module")
def with_cases(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return made(tmp_path_factory.mktemp("cases"), cases=CASES)


PLACES = {
    "庭の会": "区域:東の町",
    "区の会": "区域:区の全体",
    "小さな会": "地区より小さい区域:団地の中",
    "点の会": "地点:集会所",
    "場所のない会": "場所の指定なし:決まりなし",
    "市の会": "場所の指定なし:市のどこか",
}


@pytest.mark.parametrize(
    ("ward_id", "told"),
    [
        ("W1", ["庭の会", "区の会", "小さな会", "点の会"]),
        ("W2", ["庭の会", "場所のない会"]),
        (None, ["庭の会", "市の会"]),
    ],
)
def test_every_case_of_a_ward_is_on_its_sheet_once(
    with_cases: Study, ward_id: str | None, told: list[str]
) -> None:
    said = "".join(map(words_on, pages(Sheet(with_cases, asked(), ward_id, "x"))))
    for title, place in PLACES.items():
        assert said.count(f"{title}{place}") == said.count(title) == (title in told)


@given(
    st.lists(st.lists(st.floats(5, 30), min_size=1, max_size=8), max_size=12), st.floats(1.0, 9.0)
)
def test_columns_hold_every_line_in_order(sizes: list[list[float]], room: float) -> None:
    groups = [[Paragraph(f"{g}-{n}", size) for n, size in enumerate(its)]
              for g, its in enumerate(sizes)]  # fmt: skip
    for filled in (columns(groups, room), even(groups, room, 3)):
        assert [line.words for one in filled for line in one] == [
            line.words for group in groups for line in group
        ]
        assert all(height(one) <= room + 1e-9 for one in filled)
    if all(height(group) <= room for group in groups):
        groups_of = [{line.words.split("-")[0] for line in one} for one in even(groups, room, 3)]
        assert sum(map(len, groups_of)) == len(groups)


@given(
    st.lists(st.lists(st.floats(5, 30), min_size=1, max_size=8), min_size=1, max_size=30),
    st.floats(1.0, 9.0),
    st.integers(1, 3),
)
def test_pages_are_filled_before_the_last_is_evened_out(
    sizes: list[list[float]], room: float, count: int
) -> None:
    groups = [[Paragraph(f"{g}-{n}", size) for n, size in enumerate(its)]
              for g, its in enumerate(sizes)]  # fmt: skip
    made_pages = paged(groups, room, count)
    filled = columns(groups, room)
    assert [line.words for page in made_pages for one in page for line in one] == [
        line.words for group in groups for line in group
    ]
    assert made_pages[:-1] == [filled[n * count : (n + 1) * count]
                               for n in range(len(made_pages) - 1)]  # fmt: skip
    assert len(made_pages) == max(1, -(-len(filled) // count))
    assert all(len(page) <= count for page in made_pages)
    assert all(height(one) <= room + 1e-9 for page in made_pages for one in page)


def test_pages_of_lists_say_what_they_are_of(city: Study) -> None:
    """Title, date, where the sources are, the number of the page; that borders are not real."""
    rows = [f"{n},D1,取組 {n} {'長い説明 ' * 20},x,,2021,2026,だれか,x" for n in range(60)]
    note = Text("模式図です", "A schematic map")
    plan = city.plan.model_copy(update={"schematic": note})
    content = replace(city.content, items=_items(city, rows))
    for study, notices in ((city, 0), (replace(city, plan=plan), 1)):
        made_pages = pages(Sheet(replace(study, content=content), asked(), "W1", "x"))
        assert len(made_pages) > 2
        for number, marks in enumerate(made_pages[1:], 2):
            said = words_on(marks)
            assert "市の区域（2026）出典は1枚目にあります。" in said
            assert f"W1{number}/{len(made_pages)}" in said
            assert said.count("模式図です") == notices


@given(st.text(st.sampled_from("あア亜a b、。（"), max_size=80), st.floats(0.5, 4.0))
def test_lines_have_room_and_lose_nothing(words: str, wide: float) -> None:
    found = lines(words, 9.0, wide)
    assert "".join("".join(found).split()) == "".join(words.split())
    assert all(extent(line.rstrip(), 9.0)[0] <= wide or len(line) == 1 for line in found)
    set_ = set_in([Paragraph(words, 9.0, indent=0.1, before=0.2)], wide + 0.1)
    assert height(set_) == pytest.approx(0.2 + len(found) * LINE * 9 / 72)


# --- without colour -------------------------------------------------------------------------------


def bits(marks: list[Any], size: tuple[float, float]) -> np.ndarray[Any, Any]:
    """What a photocopier sees: black (True) and white."""
    _, png = picture(size, marks, dpi=DPI, title="", described="")
    return np.asarray(Image.open(BytesIO(png)).convert("L").point(lambda v: 255 * (v >= 128))) == 0


def test_classes_differ_in_a_copy_without_colour() -> None:
    """By how much is black, and by which way it runs: dots, lines one way, lines both ways."""
    ring = rectangle(0, 0, 2, 2)
    patches = [
        bits([Area([ring], colour, hatch, HATCH_INK)], (2.0, 2.0))
        for colour, hatch in [("#ffffff", ""), *HATCHES]
    ]
    black = [patch.mean() for patch in patches]
    assert black[0] == 0
    assert all(more > 1.2 * less for less, more in pairwise(black[1:]))
    assert black[1] > 0.01
    assert black[3] < 0.4
    for patch, slanted in zip(
        patches[1:], ((False, False), (True, False), (True, True)), strict=True
    ):
        shifted = [
            (
                patch[20:-20, 20:-20] & np.roll(patch, (step, way * step), (0, 1))[20:-20, 20:-20]
            ).sum()
            / patch[20:-20, 20:-20].sum()
            for step in (3,)
            for way in (-1, 1)
        ]
        assert tuple(share > 0.4 for share in shifted) == slanted


def test_ground_differs_in_a_copy_without_colour() -> None:
    """Land of other wards, land in no district and what is outside: by lines, and which way."""
    shades = []
    for look in ((OTHER_LAND, "", INK), BARE, OUTSIDE):
        _, png = picture((2.0, 2.0), [Area([rectangle(0, 0, 2, 2)], *look)], dpi=DPI, title="",
                         described="")  # fmt: skip
        shades.append(np.asarray(Image.open(BytesIO(png)).convert("L"), dtype=float)[9:-9, 9:-9])
    land, bare, outside = shades
    assert np.ptp(land) == 0
    for lined, along in ((bare, 0), (outside, 1)):
        assert np.ptp(lined) > 30
        assert np.ptp(lined, axis=along).max() == 0
    assert land.mean() - outside.mean() > 5


def test_borders_differ_in_a_copy_without_colour() -> None:
    """Wards thick, districts thin, centres broken."""
    inked = {}
    for role in (Role.WARD, Role.DISTRICT, Role.CARE):
        line = Line([np.array([[0.0, 0.25], [3.0, 0.25]])], *LOOKS[role])
        black = bits([line], (3.0, 0.5))
        rows, along = black.any(axis=1).sum(), black.any(axis=0).mean()
        inked[role] = (rows, along)
    assert inked[Role.WARD][0] > 2 * inked[Role.DISTRICT][0]
    assert min(inked[Role.WARD][1], inked[Role.DISTRICT][1]) > 0.99
    assert 0.5 < inked[Role.CARE][1] < 0.8


def test_the_hatches_of_a_sheet_are_those_of_its_districts(city: Study) -> None:
    _, _, marks = draw(Sheet(city, asked(), None, "x"), (6.0, 4.0))
    hatched = [
        mark for mark in marks if isinstance(mark, Area) and mark.ink == HATCH_INK and mark.hatch
    ]
    assert len(hatched) == 3
    assert {mark.hatch for mark in hatched} == {HATCHES[2][1]}
    _, _, marks = draw(Sheet(city, asked(mismatch=False), None, "x"), (6.0, 4.0))
    assert all(mark.hatch not in dict(HATCHES).values() for mark in marks if isinstance(mark, Area))


# --- the atlas ------------------------------------------------------------------------------------


def test_the_atlas_can_be_found_through(city: Study, files: dict[str, bytes]) -> None:
    pdf = opened(files["atlas.pdf"])
    said = ["".join(page.extract_text().split()) for page in pdf.pages]
    titles = [str(one.title) for one in pdf.outline]  # type: ignore[union-attr]
    starts = [pdf.get_destination_page_number(one) for one in pdf.outline]  # type: ignore[arg-type]
    assert titles[:2] == ["表紙", "目次"]
    assert [title.split("　")[0] for title in titles[2:]] == [city.plan.city.ja, "W1", "W2"]
    assert starts[:3] == [0, 1, 2]
    links = [note.get_object() for note in pdf.pages[1]["/Annots"]]  # type: ignore[attr-defined]
    goals = [
        next(n for n, page in enumerate(pdf.pages) if page.indirect_reference == link["/Dest"][0]
             or link["/Dest"][0] == n)
        for link in links
    ]  # fmt: skip
    assert goals == starts[2:]
    for title, start in zip(titles[2:], starts[2:], strict=True):
        assert "".join(title.split()) in said[start]
        assert re.search(rf"{''.join(title.split())}・+{start + 1}", said[1])
    for number, words in enumerate(said[1:], 2):
        assert words.endswith(str(number))
    assert city.plan.date in said[0]
    assert "作った例" in said[0]


def test_links_lie_on_their_lines(files: dict[str, bytes]) -> None:
    page = opened(files["atlas.pdf"]).pages[1]
    wide, high = (float(side) for side in (page.mediabox.width, page.mediabox.height))
    boxes = [note.get_object()["/Rect"] for note in page["/Annots"]]  # type: ignore[attr-defined]
    tops = [float(box[3]) for box in boxes]
    assert tops == sorted(tops, reverse=True)
    assert all(0 < float(box[0]) < float(box[2]) < wide for box in boxes)
    assert all(0 < float(box[1]) < float(box[3]) < high for box in boxes)


def test_sheets_that_look_alike_are_drawn_once(
    city: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def counted(pages_: Any) -> bytes:
        drawn.append(len(pages_))
        return printed(pages_)

    monkeypatch.setattr("geo.sheets.printed", counted)
    monkeypatch.setattr("geo.sheets.picture", lambda *_, **__: (b"", b""))
    alone = sheets(with_sheets(city, asked("atlas")))
    both = sheets(with_sheets(city, asked(), asked("atlas")))
    assert drawn[0] == drawn[1]
    assert text_of(alone["atlas.pdf"]) == text_of(both["atlas.pdf"])


def test_the_atlas_lists_what_the_city_sheet_does_each_once(with_cases: Study) -> None:
    """Districts stand with their wards; what is the city's own, and districts of no ward, there."""
    study = with_goals(with_cases)
    city_sheet, *wards = Atlas(study, asked("atlas")).sheets
    said = "".join(map(words_on, pages(city_sheet)))
    for own in ("市の目標", "市の視点", "市の方針", "市の会場所の指定なし"):
        assert said.count(own) == 1
    assert "庭の会" not in said
    assert "・見守りの輪を広げる" not in said
    assert "の一覧は次のページ" not in said or "目標・項目・取組事例の一覧" in said
    assert "・見守りの輪を広げる" in "".join(map(words_on, pages(wards[0])))
    last = [group for group in city_sheet.numbers if group[0].startswith("どの区にも")]
    alone = replace(city_sheet)
    alone.__dict__["numbers"] = [("W1（2）", ["D1", "D2"]), (last[0][0], ["D3"])]
    said = "".join(map(words_on, pages(alone)))
    assert "どの区にも入らない地区（0）3D3" in said
    assert "1D1" not in said


def with_goals(study: Study) -> Study:
    """The study with a goal, a viewpoint and a policy of the city."""
    rows = [("goal", "市の目標"), ("viewpoint", "市の視点"), ("policy", "市の方針")]
    goals = pd.DataFrame(
        [{"of": "city", "layer": "g", "goal_id": kind, "ward_code": "", "kind": kind, "number": "",
          "text_ja": text} for kind, text in rows]
    )  # fmt: skip
    return replace(study, content=replace(study.content, goals=goals))


# --- hostile and wrong ----------------------------------------------------------------------------


def test_hostile_words_are_words(city: Study) -> None:
    typed = f"$x^2$ _a \\alpha {{}} % {' '.join(HOSTILE)}"
    study = named(named(city, "district", "D1", typed), "ward", "W1", f"$y$ {typed}")
    title = same(f"$z$ {typed}")
    pages_ = (asked(paper="A3", title=title), asked("atlas", paper="A3", title=title))
    made_files = sheets(with_sheets(study, *pages_))
    for name, data in made_files.items():
        if name.endswith(".pdf"):
            said = text_of(data)
            for one in ("$x^2$_a\\alpha{}%", *("".join(text.split()) for text in HOSTILE)):
                assert one in said, (name, one)
        elif name.endswith(".svg"):
            assert "<script" not in data.decode()


@pytest.mark.parametrize("sign", ["🎌", "𠮷", "א", "\u202e", "\x07"])
def test_a_sign_without_a_picture_is_an_error(city: Study, sign: str) -> None:
    """Hebrew, too: the font has none, and tofu in a printed plan is seen too late."""
    study = with_sheets(named(city, "district", "D1", f"東{sign}区"), asked())
    with pytest.raises(DataError) as caught:
        sheets(study)
    assert f"U+{ord(sign):04X}" in caught.value.line("ja")
    assert f"東{sign}区" in caught.value.line("ja")
    assert caught.value.where.startswith("sheet-w1")


def test_wards_of_one_name_are_two_groups(city: Study) -> None:
    study = named(named(city, "ward", "W1", "中央区"), "ward", "W2", "中央区")
    said = "".join(map(words_on, pages(Sheet(study, asked(), None, "x"))))
    assert all(one in said for one in ("1D1", "2D2", "3D3"))


WRONG = [
    (
        'districts = "distrct"',
        "sheet[0].districts: “distrct” is not defined anywhere. Did you mean",
    ),
    ('districts = "town"', "sheet[0].districts: wards and towns are no districts"),
    ('districts = "district"\ncentres = "district"', "“district” cannot be compared"),
    ('districts = "district"\nmismatch = true', "give mismatch together with centres"),
    ('districts = "district"\npaper = "A5"', "sheet[0].paper: “A5” is not allowed"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=[wrong for wrong, _ in WRONG])
def test_a_wrong_sheet_is_a_wrong_plan(tmp_path: Path, wrong: str, said: str) -> None:
    plan = made_plan(tmp_path, towns(2, 2))
    more = f'\n[[sheet]]\ntype = "ward"\ntitle = {{ ja = "x", en = "x" }}\n{wrong}\n'
    plan.write_text(plan.read_text(encoding="utf-8") + more, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan(plan)
    assert said.lower() in "\n".join(caught.value.lines("en")).lower()


def test_two_sheets_of_one_file_are_a_fault(tmp_path: Path) -> None:
    plan = made_plan(tmp_path, towns(2, 2))
    one = '\n[[sheet]]\ntype = "city"\ntitle = { ja = "x", en = "x" }\ndistricts = "district"\n'
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text + one + one, encoding="utf-8")
    with pytest.raises(PlanError, match="the same file as another"):
        load_plan(plan)
    plan.write_text(text + one + one + 'paper = "A3"\n', encoding="utf-8")
    assert [sheet.paper for sheet in load_plan(plan).sheet] == ["A4", "A3"]


# --- in a build -----------------------------------------------------------------------------------


def test_a_build_writes_and_lists_them(city: Study, tmp_path: Path) -> None:
    study = with_sheets(city, asked(), asked("atlas"))
    paths = {path.name: path for path in write(study, tmp_path / "out")}
    index = paths["index.html"].read_text(encoding="utf-8")
    for name, title in printed_files(study).items():
        size = f"{round(paths[name].stat().st_size / 1000):,} kB"
        row = re.search(rf'<a href="{name}" download>.*?</tr>', index, re.DOTALL)
        assert row is not None
        assert title.ja in row[0]
        assert f'<td class="figure">{size}</td>' in row[0]


def test_only_who_asks_for_sheets_waits_for_them(
    city: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []
    monkeypatch.setattr("geo.sheets.sheets", lambda _: asked_for.append("sheets") or {})
    study = with_sheets(city, asked())
    write(study, tmp_path, only="planner")
    write(study, tmp_path, sheets=False)
    write(city, tmp_path)
    assert asked_for == []
    pipeline.sheet_files(study, "sheet-w1", lambda _: None)
    assert asked_for == ["sheets"]


def test_the_sample_asks_for_wards_city_and_atlas() -> None:
    asked_for = load_plan(ROOT / "plan.toml").sheet
    assert [(one.type, one.paper) for one in asked_for] == [
        ("ward", "A4"), ("city", "A3"), ("atlas", "A4"),
    ]  # fmt: skip


# --- the real city --------------------------------------------------------------------------------


@pytest.mark.real
def test_sheets_of_the_real_city(chiba_study: Study) -> None:
    """Every name is there, none is on another, in every ward and in the whole city."""
    wards = chiba_study.partitions["ward"].zones.index
    for ward_id in (*wards, None):
        sheet = Sheet(chiba_study, asked(paper="A4" if ward_id else "A3"), ward_id, "x")
        _, names, _ = draw(sheet, sheet.room(sheet.size_in, 1.0))
        check_names(sheet, names)
        signed = [sign for sign, _ in names.key if sign.isdigit()]
        assert len(signed) <= 0.2 * sum(len(its) for _, its in sheet.numbers), ward_id
    assert sheet_names.LEAST_PT == 7
