"""Pictures of the embedded map: what stands in them, where north is, the same bytes each time."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pyproj
import pytest
import shapely
from conftest import CRS, ROOT
from hostile import EVERYTHING, HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import picture as picture_module
from geo.canvas import Area, Line, Words, extent
from geo.errors import DataError
from geo.picture import GROUND, INNER_IN, LEFT_OUT, LOOKS, MARGIN_IN, WIDTH_IN, pictures
from geo.picture_map import bar, north, paper_map, seats
from geo.pipeline import compute
from geo.plan import EmbedMap, Role
from geo.plan_file import load_plan
from geo.study import Study
from geo.words import same

SVG = "{http://www.w3.org/2000/svg}"
FILES = {"embed.svg", "embed.png", "embed_en.svg", "embed_en.png"}
STYLE = (ROOT / "geo" / "web" / "app.css").read_text(encoding="utf-8")


def page_of(study: Study) -> EmbedMap:
    return next(page for page in study.plan.map if isinstance(page, EmbedMap))


@pytest.fixture(scope="module")
def drawn(study: Study) -> dict[str, bytes]:
    return pictures(study, page_of(study))


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is drawn, picture by picture, instead of the pictures: (size in inches, marks)."""
    made: list[Any] = []

    def kept(size_in: tuple[float, float], its: Any, **_: object) -> tuple[bytes, bytes]:
        made.append((size_in, its))
        return b"", b""

    monkeypatch.setattr(picture_module, "picture", kept)
    return made


def words(its: list[Any]) -> list[str]:
    return [mark.words for mark in its if isinstance(mark, Words)]


# --- what stands in them --------------------------------------------------------------------------


def test_four_files_of_their_size(drawn: dict[str, bytes]) -> None:
    assert drawn.keys() == FILES
    for name in ("embed.png", "embed_en.png"):
        assert struct.unpack(">I", drawn[name][16:20]) == (1600,)
        assert len(drawn[name]) < 250_000
        assert b"tEXt" not in drawn[name]
        assert b"atplotlib" not in drawn[name]
    assert all(len(drawn[name]) < 400_000 for name in ("embed.svg", "embed_en.svg"))


@pytest.mark.real
def test_pictures_of_the_real_city_are_small(chiba: Path) -> None:
    plan = load_plan(ROOT / "tests" / "chiba" / "plan.toml").model_copy(update={"realign": None})
    study = compute(plan)
    for name, data in pictures(study, page_of(study)).items():
        assert len(data) < (250_000 if name.endswith("png") else 400_000)


def test_same_study_same_bytes(study: Study, drawn: dict[str, bytes]) -> None:
    before = dict(mpl.rcParams)
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "figure.facecolor": "red"}):
        assert pictures(study, page_of(study)) == drawn
    assert dict(mpl.rcParams) == before


def test_svg_is_a_picture_with_a_name(study: Study, drawn: dict[str, bytes]) -> None:
    for name, title, ward in (
        ("embed.svg", page_of(study).title.ja, "区（6）: "),
        ("embed_en.svg", page_of(study).title.en, "Wards (6): "),
    ):
        root = ET.fromstring(drawn[name])  # noqa: S314 - our own
        assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
        assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
        assert root[0].text == title
        said = str(root[1].text)
        assert ward in said
        assert all(zone in said for zone in study.partitions["ward"].zones["name"])
        assert not root.findall(f".//{SVG}text")
        assert not root.findall(f".//{SVG}metadata")
    assert str(study.plan.schematic and study.plan.schematic.ja) in drawn["embed.svg"].decode()


def test_what_is_written(study: Study, marks: list[Any]) -> None:
    """Title, notice, names of wards, legend, scale, north, notes, date, sources of what shows."""
    pictures(study, page_of(study))
    (_, ja), (_, en) = marks
    for said, language in ((words(ja), "ja"), (words(en), "en")):
        whole = "".join(said)
        assert page_of(study).title.say(language) in said  # type: ignore[arg-type]
        assert set(study.partitions["ward"].zones["name"]) <= set(said)
        assert {"N", "5 km"} <= set(said)
        assert "2026-11" in whole
    assert {"区", "地区"} <= set(words(ja))
    assert {"Wards", "Districts"} <= set(words(en))
    assert "模式図：境界は" in "".join(words(ja))
    assert "Schematic: borders" in "".join(words(en))
    for shown in ("行政区域データ", "中学校区データ", "位置参照情報", "社協地区部会"):
        assert shown in "".join(words(ja))
    for not_shown in ("国勢調査", "あんしんケアセンター", LEFT_OUT.ja):
        assert not_shown not in "".join(words(ja))


def test_a_plan_with_real_borders_has_no_notice(study: Study, marks: list[Any]) -> None:
    real = replace(study, plan=study.plan.model_copy(update={"schematic": None}))
    pictures(real, page_of(study))
    assert not any("模式図：" in one for one in words(marks[0][1]))


def test_nothing_is_written_beyond_the_sheet_or_on_other_words(
    study: Study, marks: list[Any]
) -> None:
    pictures(study, page_of(study).model_copy(update={"show": ("ward", "district", "care")}))
    for (wide, high), its in marks:
        boxes = []
        for mark in its:
            if isinstance(mark, Words):
                size, (x, y) = extent(mark.words, mark.size), mark.at
                left, top = (x - size[0] / 2, y - size[1] / 2) if mark.middle else (x, y - size[1])
                boxes.append(shapely.box(left, top, left + size[0], top + size[1]).buffer(-0.02))
            else:
                shapes = mark.rings if isinstance(mark, Area) else mark.strokes
                points = np.concatenate(list(shapes))
                assert (points >= 0).all()
                assert (points <= (wide, high)).all()
        sheet = shapely.box(0, 0, wide, high)
        assert all(sheet.contains(box) for box in boxes)
        assert not any(a.intersects(b) for a, b in combinations(boxes, 2))


def test_lines_are_as_on_the_page_and_differ_without_colour() -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", STYLE))
    names = {Role.UNITS: "town", Role.OTHER: "accent"}
    assert {role: look[0] for role, look in LOOKS.items()} == {
        role: colours[names.get(role, str(role))] for role in Role
    }
    assert colours["ground"] == GROUND
    assert len({look[1:] for look in LOOKS.values()}) == len(Role)
    assert [bool(LOOKS[role][2]) for role in Role] == [False, False, False, True, True]
    for colour in picture_module.NOTICE[:2]:
        assert colour in STYLE


def test_every_border_is_drawn_once(study: Study, marks: list[Any]) -> None:
    """A dashed border that is drawn from either side fills its own gaps."""
    pictures(study, page_of(study).model_copy(update={"show": ("ward", "care")}))
    [line] = [
        mark for mark in marks[0][1]
        if isinstance(mark, Line) and mark.colour == LOOKS[Role.CARE][0] and len(mark.strokes) > 1
    ]  # fmt: skip
    steps = [
        tuple(sorted((tuple(a), tuple(b))))
        for stroke in line.strokes
        for a, b in zip(stroke[:-1].tolist(), stroke[1:].tolist(), strict=True)
    ]
    assert len(steps) == len(set(steps))
    faces = shapely.polygonize(shapely.linestrings(steps)).geoms
    assert len(faces) >= len(study.partitions["care"].zones)


# --- hostile and odd ------------------------------------------------------------------------------


def poisoned(study: Study, name: str) -> Study:
    """The study with that name for its first ward."""
    ward = study.partitions["ward"]
    zones = ward.zones.assign(name=[name, *ward.zones["name"][1:]])
    return replace(study, partitions=study.partitions | {"ward": replace(ward, zones=zones)})


def test_hostile_words_are_words(study: Study) -> None:
    page = page_of(study).model_copy(update={"title": same(f"$x^2$ _a {EVERYTHING}")})
    made = pictures(poisoned(study, f"$y$ {EVERYTHING}"), page)
    for name in ("embed.svg", "embed_en.svg"):
        root = ET.fromstring(made[name])  # noqa: S314 - our own
        assert not root.findall(f".//{SVG}script")
        typed = " ".join(f"$x^2$ _a {EVERYTHING}".split())
        assert " ".join(str(root[0].text).split()) == typed
        for one in HOSTILE:
            assert " ".join(one.split()) in " ".join(str(root[1].text).split())


def test_a_name_without_room_is_left_out_and_said(study: Study, marks: list[Any]) -> None:
    pictures(poisoned(study, "長" * 99), page_of(study))
    (_, ja), (_, en) = marks
    assert LEFT_OUT.ja in words(ja)
    assert LEFT_OUT.en in words(en)
    assert set(study.partitions["ward"].zones["name"][1:]) <= set(words(ja))


@pytest.mark.parametrize("sign", ["🎌", "𠮷", "\x07"])
def test_a_sign_without_a_picture_is_an_error(study: Study, sign: str) -> None:
    with pytest.raises(DataError) as caught:
        pictures(poisoned(study, f"東{sign}区"), page_of(study))
    assert f"U+{ord(sign):04X}" in caught.value.line("ja")
    assert caught.value.where == "embed.svg"


@pytest.mark.parametrize("show", [("district",), ("care",), ("ward", "town"), ("care", "ward")])
def test_whatever_is_shown(study: Study, marks: list[Any], show: tuple[str, ...]) -> None:
    """Wards are named where they are shown, else the zones of the highest layer."""
    pictures(study, page_of(study).model_copy(update={"show": show}))
    key = "ward" if "ward" in show else show[-1]
    names = set(study.partitions[key].zones["name"])
    written = {one.replace("\n", "") for one in words(marks[0][1])} & names
    assert written == names or LEFT_OUT.ja in words(marks[0][1])
    assert len(written) > 0.8 * len(names)


def test_the_build_writes_and_lists_them(sample: Path) -> None:
    index = (sample / "index.html").read_text(encoding="utf-8")
    for name in FILES:
        assert (sample / name).exists()
        assert f'href="{name}"' in index
    assert "embed.svg" not in (sample / "align.html").read_text(encoding="utf-8")


# --- north, and how far ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [(6677, 140.1, 35.6), (6677, 138.5, 36.0), (6680, 140.0, 42.0), (32654, 139.0, 26.0),
     (32754, 139.0, -20.0), (3099, 131.0, 33.0)],
)  # fmt: skip
def test_north_is_where_the_meridian_goes(crs: int, lon: float, lat: float) -> None:
    """The step turns by the convergence of the grid: left of its up where east of its middle."""
    spot = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(crs)
    right, down = north(spot.buffer(9000))
    turn = np.degrees(np.arctan2(right, -down))
    convergence = pyproj.Proj(crs).get_factors(lon, lat).meridian_convergence
    assert turn == pytest.approx(-convergence, abs=0.01)
    assert down < -0.8


def test_the_arrow_points_up_and_its_letter_is_above(study: Study, marks: list[Any]) -> None:
    pictures(study, page_of(study))
    its = marks[0][1]
    number = next(i for i, mark in enumerate(its) if isinstance(mark, Words) and mark.words == "N")
    arrow = its[number - 1].rings[0]
    tip, ends = arrow[0], arrow[1:-1]
    assert its[number].at[1] < tip[1] < ends[:, 1].min()
    assert ends[:, 0].min() < tip[0] < ends[:, 0].max()


def test_north_is_above_on_the_map() -> None:
    made = gpd.GeoSeries([shapely.box(0, 0, 1000, 1000), shapely.box(0, 5000, 1000, 6000)], crs=CRS)
    paper = paper_map([made], made, (5.0, 5.0))
    south, north_of_it = paper.zones[0].centroid
    assert north_of_it.y < south.y


def test_a_scale_bar_is_as_long_as_it_says(study: Study) -> None:
    wards = study.partitions["ward"].zones.geometry
    paper = paper_map([wards], wards, (5.0, 7.0))
    middles = wards.centroid.to_crs(4326)
    geod = pyproj.Geod(ellps="GRS80")
    for one, other in combinations(range(len(wards)), 2):
        a, b = (middles.iloc[i] for i in (one, other))
        inches = paper.zones[0].iloc[one].centroid.distance(paper.zones[0].iloc[other].centroid)
        assert inches * paper.metres == pytest.approx(geod.inv(a.x, a.y, b.x, b.y)[2], rel=0.01)
    long_in, said = bar(paper.metres, 1.3)
    assert long_in <= 1.3
    assert float(said.en.removesuffix(" km")) * 1000 == pytest.approx(long_in * paper.metres)
    whole = gpd.GeoSeries(wards.union_all(), crs=wards.crs).total_bounds
    assert paper.size_in[0] * paper.metres == pytest.approx(whole[2] - whole[0], rel=1e-3)


@given(st.floats(1e-2, 1e7), st.floats(0.5, 3.0))
def test_a_scale_bar_is_round_and_not_short(metres: float, most_in: float) -> None:
    long_in, said = bar(metres, most_in)
    assert most_in / 2.6 < long_in <= most_in * (1 + 1e-9)
    assert re.fullmatch(r"(0\.0*)?[125][0,]*( km| m)", said.en)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=12, unique=True),
    st.floats(0.2, 1.5),
)
def test_names_stand_in_their_zones_and_on_no_other(
    spots: list[tuple[int, int]], wide: float
) -> None:
    made = gpd.GeoSeries([shapely.box(x / 2, y / 2, x / 2 + 0.5, y / 2 + 0.5) for x, y in spots])
    boxes = seats(made, [(wide, 0.2)] * len(made), (4.5, 4.5))
    found = [
        (zone, shapely.box(*box)) for zone, box in zip(made, boxes, strict=True) if box is not None
    ]
    assert all(zone.contains(box.centroid) for zone, box in found)
    assert all(shapely.box(0, 0, 4.5, 4.5).buffer(1e-9).contains(box) for _, box in found)
    assert not any(a.intersection(b).area > 1e-12 for (_, a), (_, b) in combinations(found, 2))
    if wide <= 0.5:
        assert len(found) == len(spots)


def test_the_map_is_as_large_as_there_is_room() -> None:
    for wide, high in ((9000, 1000), (1000, 9000), (4000, 4000)):
        made = gpd.GeoSeries([shapely.box(0, 0, wide, high)], crs=CRS)
        size = paper_map([made], made, (INNER_IN, 7.5)).size_in
        assert size[0] <= INNER_IN + 1e-9
        assert size[1] <= 7.5 + 1e-9
        assert size[0] == pytest.approx(INNER_IN) or size[1] == pytest.approx(7.5)
    assert INNER_IN + 2 * MARGIN_IN == WIDTH_IN
