"""The plan's content on pages and in tables: whose it is, where it is, what is said of it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hostile import EVERYTHING, HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from made_plans import SIDE, SOUTH, WEST, made_plan, towns
from opened import Opened, payload
from PIL import Image
from playwright.sync_api import Browser

from geo.cases import host_of
from geo.content_tables import content_tables
from geo.content_words import marks_of, open_end, years
from geo.council_page import councils
from geo.datapackage import datapackage
from geo.drawing import OUTLINES
from geo.embed_page import embed
from geo.errors import DataError, PlanError, UsageError
from geo.findings import Kind, Severity
from geo.goals import in_order
from geo.masthead import CITY_FILE, council_file
from geo.photo import SIDE as PHOTO_SIDE
from geo.photo import read_photo
from geo.pipeline import compute
from geo.plan import CouncilMap, EmbedMap
from geo.plan_file import load_plan
from geo.sheet_text import _own
from geo.study import Study
from geo.tables import tables
from geo.words import same

SCHEMES = """
[scheme.yearly]
title = { ja = "年度の評価", en = "Yearly marks" }
period = [2021, 2023]
mark = [
  { key = "◎", title = { ja = "上回る", en = "over" } },
  { key = "×", title = { ja = "未達成", en = "not at all" } },
]

[scheme.rate]
title = { ja = "達成率の評価", en = "Marks by rate" }
period = [2021, 2026]
mark = [
  { key = "S", above = 1.0, title = { ja = "超過", en = "above" } },
  { key = "A", least = 0.8, title = { ja = "ほぼ達成", en = "about" } },
  { key = "C", title = { ja = "下回る", en = "below" } },
]
"""
ITEM = "item_id,zone_id,text_ja,text_en,themes,start_year,end_year,who_ja,who_en\n"
GOAL = "ward_code,kind,number,text_ja,text_en,goal_id\n"
CASE = (
    "case_id,ward_code,title_ja,title_en,place_kind,partition,zone_id,place_ja,place_en,lon,lat,"
    "photo,photo_ja,photo_en,link\n"
)
#: Layers by key: type, further keys of the plan, and the table.
LAYERS: dict[str, tuple[str, str, str]] = {
    "themes": (
        "themes",
        "",
        "theme_id,name_ja,name_en\n1,見守り,Watching over\n2,防災,Disasters\n",
    ),
    "items": (
        "items",
        'of = "district"',
        ITEM + "i1,X,地区Xの項目,Item of district X,1; 2,2021,2026,自治会,Association\n"
        "i2,X,もう1つの項目,Another item,,2023,,,\n",
    ),
    "ward_items": ("items", 'of = "ward"', ITEM + "w1,X,区Xの項目,Item of ward X,2,,,,\n"),
    "city_items": (
        "items",
        'of = "city"',
        "item_id,text_ja,text_en,themes,start_year,end_year\nc1,市の項目,Item of the city,,,2024\n",
    ),
    "flags": (
        "flags",
        'of = "district"',
        "zone_id,text_ja,text_en\nY,見守りを重点に,Watching first\n",
    ),
    "goals": (
        "goals",
        'of = "ward"',
        GOAL + "X,goal,1,区Xの目標,Goal of ward X,g1\nX,policy,1,区Xの方針,Policy of ward X,g2\n",
    ),
    "city_goals": (
        "goals",
        'of = "city"',
        "kind,number,text_ja,text_en\nviewpoint,1,市の視点,A viewpoint\n"
        "policy,1,市の方針,A policy\n",
    ),
    "yearly": (
        "marks",
        'of = "items"\nscheme = "yearly"',
        "id,year,mark,note_ja,note_en\ni1,2022,◎,よくできた,Well done\ni1,2021,×,,\ni2,2021,,,\n",
    ),
    "rate": (
        "marks",
        'of = "goals"\nscheme = "rate"',
        "id,year,target,actual\ng2,2021,35,28\ng2,2022,35,\n",
    ),
    "cases": (
        "cases",
        'shapes = { file = "areas.geojson", id = "id" }',
        CASE + f"k1,X,点の事例,Case at a point,point,,,公民館,Hall,{WEST + SIDE},{SOUTH + SIDE},"
        "hall.png,公民館の玄関,The door of the hall,https://www.example.jp/a?b=1&c=2\n"
        "k2,X,図のある事例,Case with an outline,small_area,district,X,自治会の区域,Its area,,,,,,\n"
        "k3,X,言葉の事例,Case in words,small_area,,,川の東,East of the river,,,,,,\n"
        "k4,X,区域の事例,Case of an area,area,care,C,圏域C,Care area C,,,,,,\n"
        "k5,,場所のない事例,Case of no place,none,,,市内,In the city,,,,,,\n",
    ),
    "offices": (
        "points",
        'of = "care"\ncategory = "kind"',
        f"name,kind,zone,lat,lon\n本所,,C,{SOUTH + 2 * SIDE},{WEST + SIDE}\n"
        f"分室,分室,C,{SOUTH + 3 * SIDE},{WEST + SIDE}\n東の窓口,,D,,\n",
    ),
}


def small_area(id_: str, east: float = 1.0) -> dict[str, object]:
    west, south = WEST + (east - 0.5) * SIDE, SOUTH + 0.5 * SIDE
    corners = [[0, 0], [0.6, 0], [0.6, 0.8], [0, 0.8], [0, 0]]
    ring = [[west + x * SIDE, south + y * SIDE] for x, y in corners]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"id": id_}, "geometry": geometry}


def written(
    folder: Path, *, head: str = "", areas: tuple[str, ...] = ("k2",), **tables: str
) -> Path:
    """The plan of a city of 6 × 4 towns with all kinds of content; `tables` replaces some."""
    made = towns(6, 4)
    made["ward"] = np.where(made["x"] < 3, "X", "Z")
    made["district"] = np.where(made["x"] < 2, "X", "Y")  # an id that a ward has, too
    made["care"] = np.where(made["x"] < 4, "C", "D")
    path = made_plan(folder, made)
    features = [small_area(id_, 1 + i) for i, id_ in enumerate(areas)]
    (folder / "areas.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    photo = Image.effect_noise((900, 600), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    photo.save(folder / "hall.png", exif=exif)
    plan = head + path.read_text(encoding="utf-8") + SCHEMES
    for key, (type_, more, table) in LAYERS.items():
        (folder / f"{key}.csv").write_text(tables.get(key, table), encoding="utf-8-sig")
        plan += (
            f'\n[[layer]]\nkey = "{key}"\ntype = "{type_}"\nfile = "{key}.csv"\n{more}\n'
            f'title = {{ ja = "{key}の題", en = "Title of {key}" }}\n'
        )
    path.write_text(plan, encoding="utf-8")
    return path


def said_of(study: Study) -> dict[Kind, tuple[str, ...]]:
    return {one.kind: one.place for one in study.findings}


def pages_of(study: Study) -> dict[str, str]:
    page = next(one for one in study.plan.map if isinstance(one, CouncilMap))
    return dict(councils(study, page))


def words(html: str) -> str:
    """What a page, or a piece of one, says without its tags."""
    body = html.split("<body", 1)[-1].split("<script")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def article(html: str, district: str) -> str:
    found = re.search(rf'<article data-district="{district}">(.*?)</article>', html, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return compute(load_plan(written(tmp_path_factory.mktemp("content"))))


@pytest.fixture(scope="module")
def pages(city: Study) -> dict[str, str]:
    return pages_of(city)


WARD = council_file("X")


# --- whose it is ----------------------------------------------------------------------------------


def test_a_ward_and_a_district_of_one_id_keep_their_items_apart(pages: dict[str, str]) -> None:
    of_district = article(pages[WARD], "X")
    assert "地区Xの項目" in of_district
    assert "もう1つの項目" in of_district
    assert "区Xの項目" not in of_district.replace("地区Xの項目", "")
    own = re.search(r"<section data-own>(.*?)</section>", pages[WARD], re.DOTALL)
    assert own is not None
    assert "区Xの項目" in own[1]
    assert "ward_itemsの題" in own[1]
    assert "地区Xの項目" not in own[1]
    assert "市の項目" not in pages[WARD]
    assert [words(pages[CITY_FILE]).count(one) for one in ("市の項目", "もう1つの項目")] == [1, 1]
    assert "区Xの項目" not in pages[council_file("Z")].replace("地区Xの項目", "")


def test_a_district_without_items_says_so(pages: dict[str, str]) -> None:
    assert "項目はまだ入力されていません" in article(pages[WARD], "Y")
    assert "項目はまだ入力されていません" not in article(pages[WARD], "X")


def test_missing_years_stay_open(pages: dict[str, str]) -> None:
    said = words(article(pages[WARD], "X"))
    assert "2021–2026" in said
    assert "2023– ( 終わりの年は未記入 end not given )" in said
    assert years({"start_year": "", "end_year": "2024"}) == same("–2024")
    no_years = open_end({"start_year": "", "end_year": ""})
    assert no_years is not None
    assert no_years.en == "no years given"
    assert open_end({"start_year": "2021", "end_year": "2021"}) is None


def test_years_of_an_era_are_typed_in_japanese_and_ours_in_english(tmp_path: Path) -> None:
    items = ITEM + "i1,X,a,b,,令和6年度,令和8年度,,\ni2,X,c,d,,R6,Ｒ８年度,,\n"
    study = compute(load_plan(written(tmp_path, items=items)))
    said = article(pages_of(study)[WARD], "X")
    both = '<span lang="ja">令和6年度–令和8年度</span><span lang="en">FY2024–FY2026</span>'
    assert said.count(both) == 2


def test_a_flag_has_a_sign_and_words_in_the_list_and_on_the_map(pages: dict[str, str]) -> None:
    assert "★ flagsの題 Title of flags 見守りを重点に" in words(article(pages[WARD], "Y"))
    assert "★" not in words(article(pages[WARD], "X"))
    assert 'class="flag-key"' in pages[WARD]
    layer = next(one for one in payload(pages[WARD])["layers"] if one["key"] == "district")
    assert [layer["ids"][row] for row in layer["flagged"]] == ["Y"]
    assert layer["said"][layer["flagged"][0]] == [
        [["flagsの題", "Title of flags"], ["見守りを重点に", "Watching first"]]
    ]


def test_goals_viewpoints_and_policies(pages: dict[str, str]) -> None:
    ward, whole = words(pages[WARD]), words(pages[CITY_FILE])
    assert "区Xの目標" in ward
    assert "区Xの方針" in ward
    assert "市の視点" not in ward
    assert ("市の計画の視点" in whole, "市の視点" in whole, "市の方針" in whole) == (True,) * 3
    assert "区Xの目標" in whole


GOALS_OF_X = """X,policy,10,方針十,Ten,g1
X,policy,2,方針二,Two,g2
X,方針,,方針なし,None,g3
X,目標,1,目標その1,One,g4
X,goal,2,目標その2,Another,g5
X,めあて,1,めあての文,Aim,g6
X,policy,次,方針次,Next,g7
X,policy,２,方針また二,Again,g8
"""


def test_goals_stand_in_the_order_of_their_numbers_which_are_printed(tmp_path: Path) -> None:
    study = compute(load_plan(written(tmp_path, goals=GOAL + GOALS_OF_X)))
    html = pages_of(study)[WARD]
    (listed,) = re.findall(r'<ol class="policies">(.*?)</ol>', html, re.DOTALL)
    shown = re.findall(r'<li (?:value="(\d+)"|class="unnumbered")><span lang="ja">(.*?)<', listed)
    assert shown == [
        ("2", "方針二"), ("2", "方針また二"), ("10", "方針十"), ("", "方針なし"), ("", "方針次"),
    ]  # fmt: skip
    assert re.findall(r'<p class="headline"><span lang="ja">(.*?)<', html) == [
        "目標その1", "目標その2",
    ]  # fmt: skip
    assert "めあて: めあての文" in words(html)
    printed = [line.words for group in _own(study, "X", lambda text: text.ja) for line in group]
    assert printed[:10] == [
        "目標", "・目標その1", "・目標その2", "方針", "2. 方針二", "2. 方針また二", "10. 方針十",
        "・方針なし", "・方針次", "めあて",
    ]  # fmt: skip


def test_goals_that_do_not_fit_are_said_with_their_rows(city: Study, tmp_path: Path) -> None:
    study = compute(load_plan(written(tmp_path, goals=GOAL + GOALS_OF_X)))
    doubts = {f.what.en: f.place for f in study.findings if f.kind is Kind.GOAL_DOUBTFUL}
    assert doubts == {
        "these are no goal, viewpoint or policy": ("row 7: めあて",),
        "these numbers are none": ("row 8: 次",),
        "a row above has the same number": ("row 9: ２",),
        "the same zone has a goal already": ("row 6: 目標その2",),
    }
    assert Kind.GOAL_DOUBTFUL not in said_of(city)


@given(st.permutations([str(number) for number in range(1, 13)] + ["", ""]))
def test_goals_are_ordered_as_numbers_whatever_the_file_does(numbers: list[str]) -> None:
    ordered = [row["number"] for row in in_order([{"number": one} for one in numbers])]
    assert ordered == [str(number) for number in range(1, 13)] + ["", ""]


def test_what_has_no_words_is_said_and_no_empty_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        items=ITEM + "i1,X,,,1,2021,,,\ni2,X,,Only English,,,,,\ni3,X,ある,,,,,,\n",
        ward_items=ITEM + "w1,X,　,,,,,,\n",
        goals=GOAL + "X,goal,1,,,g1\nX,policy,1,方針,Policy,g2\n",
        flags="zone_id,text_ja,text_en\nY,,\n",
        cases=CASE + "k2,X,,,none,,,x,x,,,,,,\n",
    )
    study = compute(load_plan(path))
    missing = {f.where: f.place for f in study.findings if f.kind is Kind.TEXT_MISSING}
    assert missing == {
        "items.csv": ("row 2 X",), "ward_items.csv": ("row 2 X",), "goals.csv": ("row 2 X",),
        "flags.csv": ("row 2 Y",), "cases.csv": ("row 2 X",),
    }  # fmt: skip
    html = pages_of(study)[WARD]
    assert re.findall(r"<li[^>]*>\s*<p>\s*</p>", html) == []
    assert len(re.findall(r"<li data-themes", html)) == 2
    assert "Only English" in words(article(html, "X"))
    assert "★" not in words(article(html, "Y"))
    assert '<p class="headline">' not in html


# --- marks ----------------------------------------------------------------------------------------


def test_marks_stand_by_year_beside_what_they_mark(pages: dict[str, str]) -> None:
    said = words(article(pages[WARD], "X"))
    assert said.index("2021 × 未達成") < said.index("2022 ◎ 上回る")
    assert "よくできた" in said
    assert "2021 評価なし（未記入）" in said
    ward = words(pages[WARD])
    assert "区Xの方針 Policy of ward X 達成率の評価" in ward
    assert "2021 A ほぼ達成 about 目標 35、実績 28" in ward
    assert "2022 評価なし（実績が未記入）" in ward


def test_schemes_are_explained_and_counted_one_by_one(city: Study, pages: dict[str, str]) -> None:
    html = pages[WARD]
    sections = re.findall(r"<h3>(?:(?!</h3>).)*?評価.*?</table>", html, re.DOTALL)
    yearly, rate = (words(f"<body>{one}") for one in sections)
    assert "2021–2023" in yearly
    assert "2021 0 1 1 2022 1 0 0" in yearly  # ◎ × none
    assert "2021–2026" in rate
    assert "2021 0 1 0 0 2022 0 0 0 1" in rate  # S A C none
    assert "目標の80%以上" in rate
    assert ("S" in yearly.split("年度 Year")[1], "◎" in rate) == (False, False)
    assert "基準が違う評価は、比べたり平均したりできません" in html
    assert "評価の見方" not in pages[council_file("Z")]


def test_a_mark_that_its_figures_contradict_is_shown_with_theirs(tmp_path: Path) -> None:
    rate = "id,year,mark,target,actual\ng2,2021,S,10,3\ng2,2022,A,10,8\ng2,2023,C,,\n"
    study = compute(load_plan(written(tmp_path, rate=rate)))
    ward = words(pages_of(study)[WARD])
    assert "2021 S 超過 above （目標と実績からは C） (C by target and actual) 目標 10" in ward
    assert ward.count("目標と実績からは") == 1
    marks = [mark["said"] for one in marks_of(study, "goals", "g2") for mark in one["marks"]]
    assert marks[0].ja == "達成率の評価 2021年: S（目標と実績からは C）（目標 10、実績 3）"
    assert marks[0].en == "Marks by rate 2021: S (C by target and actual) (target 10, actual 3)"
    table = next(one.frame for one in content_tables(study) if one.name == "marks.csv")
    assert table.loc[table["scheme"] == "rate", "follows"].tolist() == ["C", "A", ""]


def test_marks_of_goals_need_ids(tmp_path: Path) -> None:
    goals = "ward_code,kind,number,text_ja,text_en\nX,goal,1,目標,Goal\n"
    with pytest.raises(UsageError, match="there is no column “goal_id”"):
        compute(load_plan(written(tmp_path, goals=goals)))


# --- cases ----------------------------------------------------------------------------------------


def test_only_a_point_has_a_dot_and_only_an_outline_is_drawn(pages: dict[str, str]) -> None:
    layers = {one["key"]: one for one in payload(pages[WARD])["layers"]}
    assert len(layers["cases"]["lat"]) == 1
    assert layers[OUTLINES]["ids"] == ["k2"]
    assert layers[OUTLINES]["style"] == "part"
    html = pages[WARD]
    assert f'data-show="{OUTLINES}" data-zone="k2"' in html
    assert 'data-show="care" data-zone="C"' in html
    assert html.count("範囲の図が資料にないため") == 1  # k3, in words
    assert 'data-lat="35.604"' in html
    assert OUTLINES not in {one["key"] for one in payload(pages[council_file("Z")])["layers"]}
    assert "場所のない事例" in words(pages[CITY_FILE])


def test_a_position_that_is_no_point_is_said_and_not_drawn(tmp_path: Path) -> None:
    rows = [
        f"k1,X,a,a,area,district,X,x,x,{WEST + SIDE},{SOUTH + SIDE},,,,",
        "k2,X,b,b,point,,,x,x,,,,,,",
        "k3,X,c,c,spot,,,x,x,,,,,,",
        "k4,X,d,d,area,district,Q,x,x,,,,,,",
        "k5,X,e,e,area,,,x,x,,,,,,",
        "k6,X,f,f,small_area,,,,,,,,,,",
        "k6,X,g,g,none,,,x,x,,,,,,javascript:alert(1)",
    ]
    path = written(tmp_path, cases=CASE + "\n".join(rows) + "\n", areas=("k9", "k1"))
    study = compute(load_plan(path))
    doubts = {
        one.what.en: one.place for one in study.findings if one.kind is Kind.CASE_PLACE_DOUBTFUL
    }
    assert doubts == {
        "these cases are not at a point, but have a position": ("row 2 k1",),
        "these cases have an outline, but no small_area": ("row 2 k1",),
        "these cases at a point have no position": ("row 3 k2",),
        "there is no place_kind “spot”": ("row 4 k3",),
        "these cases are of an area, but name no zone": ("row 6 k5",),
        "these small areas have neither an outline nor words": ("row 7 k6",),
        "these outlines belong to no case": ("k9",),
    }
    said = said_of(study)
    assert said[Kind.ROW_WITHOUT_ZONE] == ("row 5 Q",)
    assert said[Kind.LINK_DOUBTFUL] == ("row 8 k6: javascript:alert(1)",)
    assert said[Kind.ID_REPEATED] == ("row 8: k6 (row 7)",)
    html = pages_of(study)[WARD]
    assert "javascript:" not in html
    assert "cases" not in {one["key"] for one in payload(html)["layers"]}
    assert "k1" not in str([one.get("ids") for one in payload(html)["layers"]])


def test_a_point_outside_what_its_case_names_is_said(city: Study, tmp_path: Path) -> None:
    west, east = (f"{WEST + x * SIDE},{SOUTH + SIDE}" for x in (1, 5))
    rows = [
        f"k1,X,集い,Meeting,point,district,X,公民館,Hall,{east},,,,",
        f"k2,Z,体操,Exercise,point,district,Y,,,{east},,,,",
        f"k3,X,遠足,Trip,point,,,海,Sea,{WEST + 9 * SIDE},{SOUTH + SIDE},,,,",
        f"k4,Z,茶会,Tea,point,,,広場,Square,{west},,,,",
    ]
    study = compute(load_plan(written(tmp_path, cases=CASE + "\n".join(rows) + "\n")))
    found = {(f.kind, f.what.en): f.place for f in study.findings if "stand outside" in f.what.en}
    outside = "these cases stand outside the zone of “{}” that they name"
    assert found == {
        (Kind.POINT_OUTSIDE_CITY, "these cases stand outside the city"): ("row 4 k3 遠足, 海",),
        (Kind.CASE_PLACE_DOUBTFUL, outside.format("Wards")): (
            "row 2 k1 集い, 公民館: X / Z", "row 5 k4 茶会, 広場: Z / X",
        ),
        (Kind.CASE_PLACE_DOUBTFUL, outside.format("Districts")): ("row 2 k1 集い, 公民館: X / Y",),
    }  # fmt: skip
    assert Kind.CASE_PLACE_DOUBTFUL not in said_of(city)


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://www.example.jp/a?b=1", "www.example.jp"),
        ("http://EXAMPLE.jp:8080", "example.jp"),
        ("https://日本語.jp/", "日本語.jp"),
        ("javascript:alert(1)", ""),
        ("JavaScript://x.jp/%0aalert(1)", ""),
        ("data:text/html,x", ""),
        ("//x.jp", ""),
        ("https://", ""),
        ("https://a.jp@b.jp/", ""),
        ("https://a.jp/ b", ""),
        ('https://a.jp/"onclick="x', ""),
        ("https://[::1", ""),
    ],
)
def test_links_lead_to_the_web_and_say_where(link: str, host: str) -> None:
    assert host_of(link) == host


def test_a_link_says_its_host_and_does_not_hand_over_the_page(pages: dict[str, str]) -> None:
    found = re.search(r'<a href="https://www.example.jp[^>]*>', pages[WARD])
    assert found is not None
    assert 'rel="noopener noreferrer"' in found[0]
    assert "b=1&amp;c=2" in found[0]
    assert "(www.example.jp)" in words(pages[WARD])


# --- photographs ----------------------------------------------------------------------------------


def test_a_photo_is_small_plain_and_always_the_same(tmp_path: Path) -> None:
    written(tmp_path)
    one, two = (read_photo(tmp_path / "hall.png", same("x")) for _ in range(2))
    assert one.jpeg == two.jpeg
    assert (one.width, one.height) == (PHOTO_SIDE, 320)
    assert len(one.jpeg) < 100_000
    assert b"SECRET" not in one.jpeg
    assert b"Exif" not in one.jpeg


def test_a_photo_stands_upright_and_what_is_clear_is_white(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    Image.new("RGB", (40, 20), "red").save(tmp_path / "turned.jpg", exif=exif, comment=b"SECRET")
    found = read_photo(tmp_path / "turned.jpg", same("x"))
    assert (found.width, found.height) == (20, 40)
    assert b"SECRET" not in found.jpeg
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    (tmp_path / "clear.jpg").write_bytes(read_photo(tmp_path / "clear.png", same("x")).jpeg)
    with Image.open(tmp_path / "clear.jpg") as clear:
        assert clear.getpixel((4, 4)) == (255, 255, 255)


def test_a_photo_is_embedded_with_its_words(pages: dict[str, str]) -> None:
    for name in (WARD, CITY_FILE):
        (found,) = re.findall(r'<img class="photo" src="data:image/jpeg;base64,[^>]*>', pages[name])
        assert 'alt="公民館の玄関 / The door of the hall"' in found
        assert f'width="{PHOTO_SIDE}" height="320"' in found


def test_a_photo_needs_words_in_japanese_only(tmp_path: Path) -> None:
    table = CASE + "k2,X,a,a,地区より小さい区域,,,x,x,,,hall.png,玄関,,\n"
    study = compute(load_plan(written(tmp_path, cases=table)))
    assert study.content.photos["k2"].alt == same("玄関")
    assert 'alt="玄関"' in pages_of(study)[WARD]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("hall.png,,", "cases.csv row 2 (k1): the photo “hall.png” has no words"),
        ("hall.png,,", "say what it shows in photo_ja"),
        ("none.png,玄関,door", "there is no photo “none.png” in the plan's folder"),
        ("../outside.png,玄関,door", "there is no photo “../outside.png” in the plan's folder"),
        ("/etc/hostname,玄関,door", "in the plan's folder"),
        (
            "items.csv,玄関,door",
            "cases.csv row 2 (k1): items.csv: this is no picture that can be read. give",
        ),
    ],
)
def test_a_photo_that_cannot_be_shown_is_refused(tmp_path: Path, cells: str, said: str) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "outside.png")
    table = CASE + f"k1,X,a,a,none,,,x,x,,,{cells},\n"
    with pytest.raises(DataError) as caught:
        compute(load_plan(written(folder, cases=table, areas=("k1",))))
    assert said.lower() in caught.value.line("en").lower()


# --- offices --------------------------------------------------------------------------------------


def test_areas_and_offices_are_counted_apart(city: Study, pages: dict[str, str]) -> None:
    whole = words(pages[CITY_FILE])
    assert "圏域 2、officesの題 3か所（2か所以上ある区域 1）" in whole
    assert "Care areas: 2; Title of offices: 3 (areas with two or more: 1)" in whole
    centres = re.search(r'<ul class="centres">(.*?)</ul>', article(pages[WARD], "X"), re.DOTALL)
    assert centres is not None
    assert "本所 分室（分室）" in words(f"<body>{centres[1]}")
    assert "東の窓口" not in centres[1]
    assert "東の窓口" in article(pages[council_file("Z")], "Y")  # in words, without a position
    assert Kind.OFFICE_OUTSIDE_ZONE not in said_of(city)
    assert not [f for f in city.findings if f.kind is Kind.OVERLAP_INSIDE]
    layers = {one["key"]: one for one in payload(pages[CITY_FILE])["layers"]}
    assert len(layers["points-offices"]["lat"]) == 2
    (counted,) = [c for c in layers["care"]["columns"] if c["key"] == "points-offices"]
    assert counted["values"] == [2, 1]
    assert "points-offices" not in {c["key"] for c in layers["district"]["columns"]}


def test_an_office_outside_its_zone_is_said(tmp_path: Path) -> None:
    table = (
        f"name,kind,zone,lat,lon\n迷子,,D,{SOUTH + SIDE},{WEST + SIDE}\n他所,,Q,,\n中,,C,"
        f"{SOUTH + SIDE},{WEST + SIDE}\n"
    )
    study = compute(load_plan(written(tmp_path, offices=table)))
    said = said_of(study)
    assert said[Kind.OFFICE_OUTSIDE_ZONE] == ("row 2 迷子: D / C",)
    assert said[Kind.ROW_WITHOUT_ZONE] == ("row 3 Q",)


# --- themes, and the published edition ------------------------------------------------------------


def test_a_published_edition_neither_filters_nor_colours(
    city: Study, pages: dict[str, str]
) -> None:
    show = next(one for one in city.plan.map if isinstance(one, EmbedMap))
    assert 'id="theme"' in pages[WARD]
    assert "分析用" in pages[WARD]
    assert "themes" in payload(embed(city, show))
    plan = city.plan.model_copy(update={"published": True})
    published = replace(city, plan=plan.standing_in(city.plan.folder))
    for html in pages_of(published).values():
        assert 'id="theme"' not in html
        assert "分析用" not in html
    assert '<span class="theme">' in pages_of(published)[WARD]  # read as text
    page = embed(published, show)
    assert "themes" not in payload(page)
    assert 'id="theme-key"' not in page


def test_published_is_read_from_the_plan(tmp_path: Path) -> None:
    assert load_plan(written(tmp_path, head="published = true\n")).published
    assert not load_plan(written(tmp_path)).published


# --- faults of the tables -------------------------------------------------------------------------


def test_items_that_do_not_fit_are_said_with_row_and_value(tmp_path: Path) -> None:
    items = ITEM + (
        "i1,X,a,a,1;7,2026,2021,,\ni1,X,b,b,,2021,next,,\ni3,Q,c,c,8,,,,\ni4,X,d,d,,2021,2021,,\n"
    )
    themes = "theme_id,name_ja,name_en\n1,a,a\n10,b,b\n2,c,c\n"
    wards = ITEM + "i4,X,a,a,,,,,\n"
    study = compute(load_plan(written(tmp_path, items=items, themes=themes, ward_items=wards)))
    found = [(f.kind, f.where, f.place) for f in study.findings if f.severity is Severity.ERROR]
    assert (Kind.THEME_UNKNOWN, "items.csv", ("row 2: 7", "row 4: 8")) in found
    assert (Kind.YEARS_DOUBTFUL, "items.csv", ("row 2: 2026 – 2021",)) in found
    assert (Kind.YEARS_DOUBTFUL, "items.csv", ("row 3: 2021 – next",)) in found
    assert (Kind.ID_REPEATED, "items.csv", ("row 3: i1 (row 2)",)) in found
    assert (Kind.ROW_WITHOUT_ZONE, "items.csv", ("row 4 Q",)) in found
    theme = next(f for f in study.findings if f.kind is Kind.THEME_UNKNOWN)
    assert "use one of: 1, 10, 2" in theme.remedy.en  # as the file has them
    reversed_ = next(f for f in study.findings if f.place == ("row 2: 2026 – 2021",))
    assert reversed_.what.en == "the end lies before the start"
    assert "four digits" not in reversed_.remedy.en
    elsewhere = next(f for f in study.findings if f.where == "ward_items.csv")
    assert elsewhere.place == ("row 2: i4 (items.csv row 5)",)
    assert "2026–2021" in words(pages_of(study)[WARD])


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        (('of = "city"\ntitle', "title"), "layer[4].of", "write of"),
        (('scheme = "rate"', 'scheme = "rat"'), "layer[9].scheme", "did you mean “rate”"),
        (('\nscheme = "rate"', ""), "layer[9].scheme", "write scheme"),
        (('of = "goals"', 'of = "cases"'), "layer[9].of", "use one of: items"),
        (('of = "ward"\ntitle = { ja = "goals', 'of = "care"\ntitle = { ja = "goals'),
         "layer[6].of", "goals are of the wards"),
        (('key = "care"', 'key = "city"'), "partition[2].key", "choose another"),
        (("[2021, 2023]", "[2023, 2021]"), "scheme.yearly.period", "first year"),
        (('"◎"', '"×"'), "scheme.yearly.mark", "a key of its own"),
        (("least = 0.8", "least = 1.2"), "scheme.rate.mark", "the highest first"),
        (('{ key = "C", ', '{ key = "C", least = 0.1, '), "scheme.rate.mark", "but the last"),
        (("above = 1.0, ", ""), "scheme.rate.mark", "either least or above"),
        (("above = 1.0", "above = 1.0, least = 1.0"), "scheme.rate.mark", "either least or above"),
        (("[2021, 2026]", "[2021]"), "scheme.rate.period[1]", "missing"),
        (('category = "kind"', 'zone = "kind"\nshapes = 1'), "layer[11].shapes", "no key"),
        (('of = "district"\ntitle', 'of = "district"\nshapes = { file = "areas.geojson" }\ntitle'),
         "layer[2].shapes", "only cases have shapes"),
        (('of = "care"\ncategory', 'zone = "kind"\ncategory'), "layer[11].zone", "with of"),
    ],
)  # fmt: skip
def test_a_plan_whose_content_does_not_fit_is_refused(
    tmp_path: Path, change: tuple[str, str], where: str, said: str
) -> None:
    path = written(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan(path)
    found = {fault.where: fault.line("en").lower() for fault in caught.value.faults}
    assert said in found[where], found
    assert all(line.endswith("。") for line in caught.value.lines("ja"))


# --- tables ---------------------------------------------------------------------------------------


def test_every_row_of_the_content_is_in_its_table(city: Study) -> None:
    made = {table.name: table for table in content_tables(city)}
    assert list(made) == ["items.csv", "cases.csv", "goals.csv", "flags.csv", "marks.csv"]
    items = made["items.csv"].frame.set_index("item_id")
    assert items["of"].to_dict() == {"i1": "district", "i2": "district", "w1": "ward", "c1": "city"}
    assert items["zone_name"].to_dict() == {"i1": "X", "i2": "X", "w1": "X", "c1": "市"}
    assert items.loc["i1", ["themes", "themes_ja"]].tolist() == ["1;2", "見守り、防災"]
    assert items["end_year"].isna().to_dict() == {"i1": False, "i2": True, "w1": True, "c1": False}
    cases = made["cases.csv"].frame.set_index("case_id")
    assert cases.index[cases["lon"].notna()].tolist() == ["k1"]
    assert cases.index[cases["is_drawn"]].tolist() == ["k2"]
    assert len(made["goals.csv"].frame) == 4
    marks = made["marks.csv"].frame
    assert marks.groupby("scheme").size().to_dict() == {"yearly": 3, "rate": 2}
    assert marks.loc[marks["row_id"] == "g2", "mark"].tolist() == ["A", ""]
    assert marks.loc[marks["row_id"] == "g2", "actual"].isna().tolist() == [False, True]
    assert marks.loc[marks["row_id"] == "g2", "text_en"].tolist() == ["Policy of ward X"] * 2
    goals = made["goals.csv"].frame
    assert goals["goal_id"].tolist() == ["g1", "g2", "", ""]
    marked = marks[marks["scheme"] == "rate"].merge(
        goals, left_on=["layer", "row_id"], right_on=["layer", "goal_id"]
    )
    assert len(marked) == 2
    for table in made.values():
        assert set(table.frame.columns) - set(table.own) <= {
            "zone_id", "zone_name", "ward_id", "partition", "lon", "lat",
        }  # fmt: skip
        if table.key:
            assert not table.frame.duplicated(list(table.key)).any()


def test_tables_keep_notes_offices_and_figures_as_the_files_have_them(tmp_path: Path) -> None:
    items = "地区,重点取組項目,備考\nX,見守り,来年も\n"
    rate = "id,year,mark,target,actual\ng2,2021,,30,30.0000001\ng2,2022,,-3,\ng2,2023,,1200,\n"
    yearly = "id,year,mark\nitems-2,2022,◎\n"
    path = written(tmp_path, items=items, rate=rate, yearly=yearly)
    study = compute(load_plan(path))
    made = {table.name: table for table in tables(study)}
    noted = made["items.csv"].frame.set_index("item_id")
    assert noted.loc["items-2", ["note_ja", "note_en"]].tolist() == ["来年も", ""]
    offices = made["points_offices.csv"]
    assert offices.frame[["serves_id", "serves_name"]].to_numpy().tolist() == [
        ["C", "C"], ["C", "C"], ["D", "D"],
    ]  # fmt: skip
    assert offices.refers == {"serves_id": "care"}
    rows = list(csv.DictReader(made["marks.csv"].csv().decode("utf-8-sig").splitlines()))
    figures = [(row["mark"], row["target"], row["actual"]) for row in rows]
    assert figures[1:] == [("S", "30", "30.0000001"), ("", "-3", ""), ("", "1200", "")]
    said = json.loads(
        datapackage(study, list(made.values()), {n: t.csv() for n, t in made.items()})
    )
    resources = {one["name"]: one["schema"] for one in said["resources"]}
    fields = {one["name"]: one["type"] for one in resources["marks"]["fields"]}
    assert (fields["target"], fields["actual"]) == ("integer", "number")
    served = {"resource": "list_care", "fields": ["zone_id"]}
    assert {"fields": ["serves_id"], "reference": served} in resources["points_offices"][
        "foreignKeys"
    ]


# --- in a browser ---------------------------------------------------------------------------------

Open = Callable[[str], Opened]


@pytest.fixture
def opening(browser: Browser, pages: dict[str, str], tmp_path: Path) -> Iterator[Open]:
    made: list[Opened] = []

    def one(name: str, width: int = 390) -> Opened:
        (tmp_path / name).write_text(pages[name], encoding="utf-8")
        made.append(Opened(browser, tmp_path / name, width))
        return made[-1]

    yield one
    for opened in made:
        assert opened.complaints == []
        opened.close()


@pytest.mark.browser
def test_a_small_area_and_a_care_area_are_shown_on_the_map(opening: Open) -> None:
    opened = opening(WARD)
    assert opened("document.documentElement.scrollWidth") <= 390
    assert opened.page.locator("path.zone.part").count() == 1
    opened.page.click(f"[data-show='{OUTLINES}']")
    assert "図のある事例" in opened.text("#detail")
    assert opened.page.locator("path.selected").count() == 1
    opened.page.click(".cases [data-show='care']")
    assert opened("keniki.selected.key") == "care"
    opened.page.click("[data-lat]")
    assert "点の事例" in opened.text("#detail")
    assert opened("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")


@pytest.mark.browser
def test_flags_are_on_the_map_and_said_to_screen_readers(opening: Open) -> None:
    opened = opening(WARD)
    assert "★ Y" in opened.page.locator(".map-label.name").all_inner_texts()
    named = opened.page.locator("path[role=button]").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('aria-label'))"
    )
    assert sorted(named) == ["X", "Y、flagsの題"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("query", "layer"),
    [("区Xの項目", "ward"), ("図のある", OUTLINES), ("市の項目", ""), ("点の事例", "cases")],
)
def test_search_finds_items_and_cases_of_every_kind(opening: Open, query: str, layer: str) -> None:
    opened = opening(WARD)
    found = opened(
        """(query) => { const box = document.getElementById("search"); box.focus();
          box.value = query; box.dispatchEvent(new Event("input"));
          return keniki.search.found.map(({ layer }) => layer); }""",
        query,
    )
    assert layer in found
    opened.page.keyboard.press("Enter")
    assert query[:4] in opened.text("#detail")


@pytest.mark.browser
def test_hostile_content_is_shown_as_typed(browser: Browser, tmp_path: Path) -> None:
    cell = '"' + EVERYTHING.replace('"', '""') + '"'
    x, twice = f"{cell},{cell}", f"{cell},{cell},{cell},{cell}"
    path = written(
        tmp_path,
        flags=f"zone_id,text_ja,text_en\nX,{x}\n",
        ward_items=ITEM + f"w1,X,{x},2,{twice}\n",
        yearly=f"id,year,mark,note_ja,note_en\ni1,2022,◎,{x}\n",
        goals=GOAL + f"X,goal,1,{x},g1\nX,{cell},1,{x},g2\n",
        offices=f"name,kind,zone,lat,lon\n{x},C,{SOUTH + SIDE},{WEST + SIDE}\n",
        cases=CASE + f"k2,X,{x},small_area,,,{x},,,hall.png,{x},{cell}\n",
    )
    text = path.read_text(encoding="utf-8")
    said = json.dumps(EVERYTHING, ensure_ascii=False)
    path.write_text(re.sub(r'\b(ja|en) = "[^"]*"', lambda m: f"{m[1]} = {said}", text), "utf-8")
    study = compute(load_plan(path))
    for name, html in pages_of(study).items():
        (tmp_path / name).write_text(html, encoding="utf-8")
    for name in (WARD, CITY_FILE):
        opened = Opened(browser, tmp_path / name, 320)
        opened("keniki.select('district', 0)")
        assert opened.complaints == []
        assert opened("typeof window.pwned") == "undefined"
        assert opened("document.documentElement.scrollWidth") <= 320
        assert all(" ".join(one.split()) in opened.text("#panel") for one in HOSTILE)
        assert opened("document.querySelectorAll('a[href^=\"=\"]').length") == 0
        opened.close()
