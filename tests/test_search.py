"""The search of a page: every spelling of a name finds it, by keyboard, pasted or composed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from made_plans import SIDE, SOUTH, WEST, made_plan, towns
from opened import Opened, payload
from planner import planner_file
from playwright.sync_api import Browser

from geo.council_page import councils
from geo.names import SPELLINGS, fold
from geo.pipeline import compute
from geo.plan import CouncilMap
from geo.plan_file import load_plan
from geo.study import Study

HOSTILE = "<img src=x onerror=window.pwned=1>"
NAMES = [
    "朝日ケ丘一丁目",
    "朝日ケ丘二丁目",
    "都町十一丁目",
    "サクラ台",
    "松ケ丘町",
    "松ケ丘町",
    "桧原",
    HOSTILE,
]
SHOWN = 12
CONTENT = {
    "items": "item_id,zone_id,text_ja,text_en,themes,start_year,end_year\n"
    "i,松ヶ丘地区,防災訓練の日をそろえる,Hold disaster drills,,,\n",
    "cases": "case_id,ward_code,title_ja,title_en,place_kind,zone_id,place_ja,lon,lat\n"
    "1,緑区,見守りの会,Watchers,area,南地区,緑区の南,,\n"
    f"2,緑区,居場所,A place to be,point,,公民館,{WEST + SIDE},{SOUTH + SIDE}\n"
    "3,,全市の催し,City fair,none,,市内全域,,\n",
    "points": f"名称,緯度,経度\n中央公民館,{SOUTH + 2 * SIDE},{WEST + 3 * SIDE}\n",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """25 towns in two wards, two districts and two care areas; two towns share a name."""
    made = towns(5, 5)
    made["name"] = NAMES + [f"{i}番町" for i in range(len(NAMES), 25)]
    made.loc[23, "name"] = "Ångström Café がん"
    made["ward"] = np.where(made.index % 2, "緑区", "中央区")
    made["district"] = np.where(made["y"] < 3, "松ヶ丘地区", "南地区")
    made["care"] = np.where(made["x"] < 2, "松ヶ丘", "緑")
    return compute(load_plan(made_plan(tmp_path_factory.mktemp("city"), made, CONTENT)))


@pytest.fixture(scope="module")
def path(city: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planner_file(city, tmp_path_factory.mktemp("planner"))


@pytest.fixture
def opened(browser: Browser, path: Path) -> Iterator[Opened]:
    one = Opened(browser, path)
    yield one
    assert one.complaints == []
    one.close()


def results(opened: Opened) -> list[str]:
    return [
        " ".join(text.split()) for text in opened.page.locator("#search-found li").all_inner_texts()
    ]


def look_for(opened: Opened, query: str) -> list[str]:
    """Pastes a query: no key is pressed."""
    opened.page.fill("#search", "")
    opened.page.focus("#search")
    opened.page.keyboard.insert_text(query)
    return results(opened)


def selected(opened: Opened) -> tuple[str, str] | None:
    found = opened(
        "keniki.selected && [keniki.selected.key,"
        " keniki.byKey[keniki.selected.key].ids[keniki.selected.zone]]"
    )
    return found and tuple(found)


# --- what is found --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queries", "first"),
    [
        (["松ヶ丘", "松ケ丘", "松が丘", "松ガ丘", "松ｹ丘", "松 ケ 丘", " 松ヶ丘　"], "松ヶ丘 圏域"),
        (["朝日ケ丘一丁目", "朝日ヶ丘１丁目", "朝日が丘　1 丁目"], "朝日ケ丘一丁目 町丁目・中央区"),
        (["都町11丁目", "都町１１丁目", "都町十一丁目"], "都町十一丁目 町丁目・中央区"),
        (["サクラ台", "さくら台", "ｻｸﾗ台", "サくラ台"], "サクラ台 町丁目・緑区"),
        (["緑区 松ケ丘町", "緑区松が丘町", "松ヶ丘町　緑区"], "松ケ丘町 町丁目・緑区"),
        (["桧原", "檜原", "大字檜原", "大字桧"], "桧原 町丁目・中央区"),
        (["防災訓練", "DISASTER", "ｄｉｓａｓｔｅｒ drills"], "防災訓練の日をそろえる items"),
        (["中央公民館"], "中央公民館 points"),
        (["居場所"], "居場所 取組事例・公民館"),
        (["cafe", "Café", "CAFE\u0301", "ｃａｆé"], "Ångström Café がん 町丁目・緑区"),
        (["angstrom cafe がん", "ÅNGSTRÖM"], "Ångström Café がん 町丁目・緑区"),
        ([HOSTILE, "onerror"], f"{HOSTILE} 町丁目・緑区"),
    ],
)  # fmt: skip
def test_every_spelling_finds_it_first(opened: Opened, queries: list[str], first: str) -> None:
    assert [look_for(opened, query)[0] for query in queries] == [first] * len(queries)
    assert opened("window.pwned") is None


def test_names_that_are_one_to_the_register_are_one_to_the_search(opened: Opened) -> None:
    random = np.random.default_rng(1)
    pairs = [list(pair) for pair in SPELLINGS.split()]
    some = [
        *pairs,
        ["ア", "ｱ"],
        ["1", "１"],
        [" ", ""],
        ["町", "町\ufe00"],
        ["字", "大字"],
        ["が", "か\u3099"],
    ]
    names = [
        "".join(random.choice(some[i]) for i in random.integers(0, len(some), 3))
        for _ in range(4000)
    ]
    names += ["".join(pair[i] for pair in some) for i in (0, 1)]
    keys = opened(
        "names => names.map(keyMaker(keniki.data.entries.spellings)).map(withoutPrefix)", names
    )
    table = pd.DataFrame({"fold": [fold(name) for name in names], "key": keys})
    assert table.groupby("fold")["key"].nunique().max() == 1
    assert table["fold"].nunique() > 1000


def test_who_is_sought_by_name_is_found(opened: Opened) -> None:
    """Whatever stands in the list can be typed as it is read, and is among the very names."""
    ranks = opened(
        """() => {
          const finder = new Finder(keniki);
          return finder.all.map((one) => eachLanguage(one.text, (text) => {
            const found = finder.find(text), exact = found.filter(({ keys }) => (
              keys.includes(withoutPrefix(finder.key(text)))));
            return found.indexOf(one) >= 0 && found.indexOf(one) < exact.length;
          })).flat();
        }"""
    )
    assert len(ranks) == 2 * (2 + 2 + 2 + 25 + 1 + 1 + 3)
    assert all(ranks)


def test_the_very_name_comes_first_and_towns_come_last(opened: Opened, city: Study) -> None:
    names = city.partitions["town"].zones["name"]
    in_midori = list(names.iloc[1::2])
    assert look_for(opened, "松ヶ丘") == [
        "松ヶ丘 圏域",
        "松ヶ丘地区 地区",
        "松ケ丘町 町丁目・中央区",
        "松ケ丘町 町丁目・緑区",
    ]
    found = look_for(opened, "緑区")
    assert found[:2] == ["緑区 区", "見守りの会 取組事例・緑区の南"]
    assert found[2:] == [f"{name} 町丁目・緑区" for name in in_midori[: SHOWN - 2]]


def test_a_kind_helps_to_say_which(opened: Opened) -> None:
    assert look_for(opened, "松ヶ丘 圏域") == ["松ヶ丘 圏域"]
    assert look_for(opened, "Care areas") == ["松ヶ丘 圏域", "緑 圏域"]
    assert look_for(opened, "town 桧原") == ["桧原 町丁目・中央区"]


def test_what_is_found_is_counted(opened: Opened) -> None:
    assert len(look_for(opened, "番町")) == SHOWN
    assert opened.text("#search-said") == "12件を表示、ほか4件"
    look_for(opened, "松ヶ丘")
    assert opened.text("#search-said") == "4件"
    opened.page.click("#language")
    look_for(opened, "番町")
    assert opened.text("#search-said") == "12 shown, and 4 more"
    assert opened.page.get_attribute("#search-said", "role") == "status"


def test_what_is_not_found_is_said_with_what_could_be(opened: Opened) -> None:
    assert look_for(opened, f"海{HOSTILE}") == []
    assert opened.text("#search-said") == (
        f"「海{HOSTILE}」は見つかりません。"
        "探せるもの: 区、地区、圏域、町丁目、points、items、取組事例。"
    )
    assert opened.page.get_attribute("#search", "aria-expanded") == "false"
    assert opened("window.pwned") is None
    for nothing in ("", "　 ", "\ufe00"):
        assert look_for(opened, nothing) == []


# --- how it is typed ------------------------------------------------------------------------------


def test_it_is_sought_while_letters_are_composed(opened: Opened) -> None:
    opened.page.focus("#search")
    input_method = opened.context.new_cdp_session(opened.page)
    for text in ("s", "さ", "さくr", "さくら"):
        input_method.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    assert results(opened) == ["サクラ台 町丁目・緑区"]
    for key in ("Enter", "ArrowDown"):
        opened(
            "key => byId('search').dispatchEvent("
            "new KeyboardEvent('keydown', { key, isComposing: true }))",
            key,
        )
    assert results(opened) == ["サクラ台 町丁目・緑区"]
    assert opened.page.get_attribute("#search", "aria-activedescendant") is None
    assert selected(opened) is None
    input_method.send("Input.insertText", {"text": "さくら"})
    assert opened.page.input_value("#search") == "さくら"
    opened.page.keyboard.press("Enter")
    assert selected(opened) == ("town", "00003")


def test_keys_are_enough(opened: Opened) -> None:
    page = opened.page
    for _ in range(20):
        page.keyboard.press("Tab")
        if opened("document.activeElement.id") == "search":
            break
    page.keyboard.type("番町")
    state = (
        "all('#search-found li').findIndex((one) => one.getAttribute('aria-selected') === 'true')"
    )
    for key, expected in [
        ("ArrowDown", 0),
        ("ArrowDown", 1),
        ("ArrowUp", 0),
        ("ArrowUp", SHOWN - 1),
        ("ArrowDown", 0),
    ]:
        page.keyboard.press(key)
        assert opened(state) == expected
        assert page.get_attribute("#search", "aria-activedescendant") == f"search-{expected}"
    page.keyboard.press("Escape")
    assert (page.get_attribute("#search", "aria-expanded"), page.input_value("#search")) == (
        "false",
        "番町",
    )
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#search", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert selected(opened) == ("town", "00008")
    assert opened("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    page.keyboard.press("Enter")
    assert selected(opened) == ("town", "00008")


def test_a_pointer_chooses_and_leaving_closes(opened: Opened) -> None:
    look_for(opened, "松ヶ丘")
    opened.page.click("#search-found li >> nth=1")
    assert selected(opened) == ("district", "松ヶ丘地区")
    look_for(opened, "松ヶ丘")
    opened.page.keyboard.press("Tab")
    assert opened.page.get_attribute("#search", "aria-expanded") == "false"


def test_the_list_meets_the_rules_of_accessibility(opened: Opened) -> None:
    for query in ("松", "海", ""):
        look_for(opened, query)
        opened.page.keyboard.press("ArrowDown")
        found = Axe().run(opened.page, context=".search")
        assert [one["id"] for one in found.response["violations"]] == []


# --- where it leads -------------------------------------------------------------------------------


def choose(opened: Opened, query: str) -> str:
    look_for(opened, query)
    opened.page.keyboard.press("Enter")
    return opened.text("#detail")


def test_a_town_is_shown_with_its_layer(opened: Opened) -> None:
    assert not opened("keniki.isOn('town')")
    told = choose(opened, "緑区 松ヶ丘町")
    assert told.startswith("松ケ丘町 町丁目")
    assert (selected(opened), opened("keniki.isOn('town')")) == (("town", "00005"), True)
    assert opened.page.is_checked("[data-layer=town]")
    assert opened("keniki.map.getBounds().contains(keniki.byKey.town.box(5))")


def test_a_town_is_told_with_the_zones_that_it_lies_in(opened: Opened) -> None:
    expected = "松ケ丘町 町丁目 区 緑区 地区 松ヶ丘地区 圏域 松ヶ丘 住民"
    assert choose(opened, "緑区 松ヶ丘町").startswith(expected)
    opened.page.click("#language")
    assert "Wards 緑区 Districts 松ヶ丘地区 Care areas 松ヶ丘" in opened.text("#detail")
    assert "区 緑区" not in choose(opened, "松ヶ丘地区")


def test_a_town_that_a_border_cuts_is_told_with_both_sides(opened: Opened) -> None:
    told = opened("""() => {
      const { town, district, care } = keniki.byKey, names = ["a", "b"];
      const cut = { ...district, names, members: [[...town.members[0], 999], town.members[0]] };
      const elsewhere = { ...care, names, members: [[998], [999]], at: () => [1] };
      return around({ layers: [cut, elsewhere] }, town, 0);
    }""")
    assert told == [
        [["圏域", "Care areas"], ["b", "b"]],
        [["地区", "Districts"], ["a、b", "a, b"]],
    ]


def test_an_item_leads_to_its_district_and_is_said(opened: Opened) -> None:
    told = choose(opened, "防災")
    assert told.startswith("items 防災訓練の日をそろえる 松ヶ丘地区 地区")
    assert selected(opened) == ("district", "松ヶ丘地区")


def test_a_case_leads_to_its_zone_its_point_or_nowhere(opened: Opened) -> None:
    assert choose(opened, "見守り").startswith("取組事例 見守りの会 緑区の南 南地区 地区")
    assert selected(opened) == ("district", "南地区")
    assert choose(opened, "居場所") == "取組事例 居場所 公民館"
    assert (selected(opened), opened("keniki.isOn('cases')")) == (None, True)
    center: dict[str, float] = opened("keniki.map.getCenter()")
    assert (center["lat"], center["lng"]) == pytest.approx((SOUTH + SIDE, WEST + SIDE), abs=1e-5)
    assert choose(opened, "全市") == "取組事例 全市の催し 市内全域"
    assert opened("keniki.map.getCenter()") == center


def test_a_facility_is_gone_to(opened: Opened) -> None:
    assert choose(opened, "公民館") == "points 中央公民館"
    center = opened("keniki.map.getCenter()")
    assert (center["lat"], center["lng"]) == pytest.approx(
        (SOUTH + 2 * SIDE, WEST + 3 * SIDE), abs=1e-5
    )


def test_on_a_phone_the_box_is_above_the_map(browser: Browser, path: Path) -> None:
    opened = Opened(browser, path, width=320)
    look_for(opened, "番町")
    box, stage = (opened.page.locator(one).bounding_box() for one in ("#search", ".stage"))
    assert box is not None
    assert stage is not None
    assert box["y"] + box["height"] <= stage["y"]
    assert opened("document.documentElement.scrollWidth") == 320
    assert opened.complaints == []
    opened.close()


# --- what a page is told --------------------------------------------------------------------------


def test_columns_of_entries_belong_together(path: Path) -> None:
    data = payload(path.read_text(encoding="utf-8"))
    entries: dict[str, Any] = data["entries"]
    columns = [entries[name] for name in ("kind", "texts", "places", "layer", "row")]
    assert [len(column) for column in columns] == [4] * 5
    layers = {layer["key"]: layer for layer in data["layers"]}
    found = {
        text[0]: layers[key]["ids"][row] if "ids" in layers.get(key, {}) else (key, row)
        for text, key, row in zip(entries["texts"], entries["layer"], entries["row"], strict=True)
    }
    assert found == {
        "防災訓練の日をそろえる": "松ヶ丘地区",
        "見守りの会": "南地区",
        "居場所": ("cases", 0),
        "全市の催し": ("", -1),
    }


def test_a_council_finds_what_is_on_its_own_map(city: Study) -> None:
    """Every item and case of the city is found on the page of some ward, and leads to its map."""
    page = next(one for one in city.plan.map if isinstance(one, CouncilMap))
    for name, html in councils(city, page):
        data = payload(html)
        rows = {
            layer["key"]: len(layer["ids"] if layer["kind"] == "zones" else layer["names"])
            for layer in data["layers"]
            if layer["kind"] in ("zones", "dots")
        }
        entries = data["entries"]
        for key, row in zip(entries["layer"], entries["row"], strict=True):
            assert (key, row) == ("", -1) or 0 <= row < rows[key], name
        assert len(entries["texts"]) >= 2
