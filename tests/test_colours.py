"""Zones coloured by a figure: classes, legend, figures on the map, the link that restores them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opened import Opened, payload
from planner import planner_file
from playwright.sync_api import Browser

from geo.study import Study

pytestmark = pytest.mark.browser

CHOSEN = "population:district"
FILLS = """(kind) => keniki.shapes.map((one) =>
  [...one.getElement().classList].find((name) => name.startsWith(kind)) || "")"""


@pytest.fixture(scope="module")
def page(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planner_file(study, tmp_path_factory.mktemp("colours"))


@pytest.fixture
def opened(browser: Browser, page: Path) -> Iterator[Opened]:
    found = Opened(browser, page)
    yield found
    assert found.complaints == []
    found.close()


def indicator(page: Path, value: str) -> dict[str, Any]:
    key, layer = value.split(":")
    found = payload(page.read_text(encoding="utf-8"))["indicators"]
    return next(one for one in found if (one["key"], one["layer"]) == (key, layer))


def test_every_figure_of_every_layer_can_be_chosen(opened: Opened) -> None:
    groups = opened("""() => [...document.querySelectorAll("#colour optgroup")].map((one) =>
        [one.label, [...one.children].map((option) => option.text)])""")
    every = ["住民の密度", "世帯の密度", "2020年の人口の密度"]
    assert groups == [
        [layer, every] for layer in ("区", "地区", "あんしんケアセンター圏域", "町丁目")
    ]
    opened.page.click("#language")
    assert opened.page.locator("#colour option").nth(1).inner_text() == "Residents per km²"
    assert opened.page.get_by_label("Colours").count() == 1


def test_the_main_zones_take_shades_instead_of_the_split_and_give_them_back(
    opened: Opened, page: Path
) -> None:
    split = opened(FILLS, "level-")
    assert len(set(split)) > 1
    opened.page.select_option("#colour", CHOSEN)
    one = indicator(page, CHOSEN)
    inner = one["limits"][1:-1]
    expected = [f"class-{1 + sum(value > limit for limit in inner)}" for value in one["values"]]
    assert opened(FILLS, "class-") == expected
    assert set(opened(FILLS, "level-")) == {""}
    opened.page.select_option("#colour", "")
    assert opened(FILLS, "level-") == split
    assert set(opened(FILLS, "class-")) == {""}
    assert opened.text("#colour-legend") == ""


def test_the_legend_says_what_the_shades_are(opened: Opened, page: Path) -> None:
    opened.page.select_option("#colour", CHOSEN)
    one, said = indicator(page, CHOSEN), opened.text("#colour-legend")
    for expected in ("住民の密度", "地区", "分位数", "町丁目の面積", "国勢調査", "2015-10-01"):
        assert expected in said
    first, last = one["limits"][:2], one["limits"][-2:]
    assert f"{first[0]:,}–{first[1]:,}人/km²" in said
    assert f"{last[0] + 1:,}–{last[1]:,}人/km²" in said
    counts = opened.page.locator("#colour-legend li .licence").all_inner_texts()
    assert sum(int(count.removesuffix("区域")) for count in counts) == len(one["values"])


def test_a_town_without_a_figure_is_hatched_and_said_to_be_unknown(
    opened: Opened, study: Study
) -> None:
    opened.page.select_option("#colour", "population:town")
    missing = int(study.counts.table["population"].isna().sum())
    drawn = opened.page.locator(".leaflet-colour-pane path.zone")
    assert drawn.count() == len(study.partitions["town"].zones)
    hatched = opened.page.locator(".leaflet-colour-pane path.class-0")
    assert hatched.count() == missing == 3
    fill = "(path) => getComputedStyle(path).fill"
    assert hatched.first.evaluate(fill) == 'url("#unknown")'
    assert "不明 3区域" in opened.text("#colour-legend")
    assert set(opened(FILLS, "level-")) == {""}, "two fills mixed are unreadable"
    opened.page.select_option("#colour", "population:ward")
    assert drawn.count() == 6
    assert "不明" not in opened.text("#colour-legend")
    opened.page.select_option("#colour", "")
    assert drawn.count() == 0


def test_figures_stand_on_the_map_and_in_the_facts(opened: Opened, page: Path) -> None:
    opened.page.select_option("#colour", CHOSEN)
    one = indicator(page, CHOSEN)
    numbers = opened.page.locator(".map-label.value").all_inner_texts()
    assert len(numbers) > 10
    assert set(numbers) <= {f"{value:,}" for value in one["values"]}
    opened("keniki.select('district', 0)")
    assert f"住民の密度 {one['values'][0]:,}人/km²" in opened.text("#detail")
    label = opened.page.locator(".leaflet-fill-pane path[role=button]").first
    assert f"住民の密度 {one['values'][0]:,}人/km²" in (label.get_attribute("aria-label") or "")


def test_an_estimate_says_what_it_rests_on(opened: Opened) -> None:
    opened.page.select_option("#colour", "population_2020:care")
    said = opened.text("#colour-legend")
    for expected in (
        "区の値を割り振った推計",
        "住民の数に応じて",
        "区別の人口（千葉市）、2020-01-01",
    ):
        assert expected in said
    opened.page.select_option("#colour", "population_2020:ward")
    assert "区ごとの値。" in opened.text("#colour-legend")


def test_a_figure_of_a_part_says_of_how_much(opened: Opened) -> None:
    column = {"values": [3, 3, None], "covered": [100, 40, 0], "unit": ["人", "people"]}
    said = opened("(column) => [0, 1, 2].map((zone) => reading(zone, column))", column)
    assert said == [
        ["3人", "3 people"],
        ["3人（区域の40%の分）", "3 people (for 40% of the zone)"],
        ["不明", "not known"],
    ]


def test_whoever_asks_for_the_split_zones_sees_them(opened: Opened) -> None:
    box = opened.page.locator("[data-layer=split]")
    for shown in (True, False):
        box.set_checked(shown)
        opened.page.select_option("#colour", CHOSEN)
        box.check()
        assert opened.page.input_value("#colour") == ""
        assert len(set(opened(FILLS, "level-"))) > 1


@pytest.mark.parametrize("shown", [True, False])
def test_box_and_legend_of_the_split_zones_say_what_is_drawn(opened: Opened, shown: bool) -> None:
    box, classes = (
        opened.page.locator("[data-layer=split]"),
        opened.page.locator(".layers .classes"),
    )
    box.set_checked(shown)
    for one in (CHOSEN, "population:town"):
        opened.page.select_option("#colour", one)
        assert (box.is_checked(), classes.is_visible()) == (False, False)
        assert len(set(opened(FILLS, "level-"))) == 1
    opened.page.select_option("#colour", "")
    assert (box.is_checked(), classes.is_visible()) == (shown, True)
    assert (len(set(opened(FILLS, "level-"))) > 1) == shown


def test_a_link_restores_the_colours(browser: Browser, page: Path) -> None:
    opened = Opened(browser, page, hash="#colour=households:care")
    assert opened.page.input_value("#colour") == "households:care"
    assert "世帯の密度" in opened.text("#colour-legend")
    written = "keniki.states.colour.write()"
    assert opened(written) == {"colour": "households:care"}
    opened("keniki.states.colour.read(new URLSearchParams('colour=nothing:known'))")
    assert opened(written) == {"colour": None}
    assert opened.complaints == []
    opened.close()


@pytest.mark.parametrize(
    ("values", "limits", "expected"),
    [
        ([5, 5], [5, 5], [3, 3]),
        ([1, 2, None], [1, 1, 2], [1, 5, 0]),
        ([None, None], [], [0, 0]),
        ([1, 2, 3], [1, 1, 2, 3], [1, 3, 5]),
    ],
)
def test_few_classes_take_shades_that_are_far_apart(
    opened: Opened, values: list[int | None], limits: list[int], expected: list[int]
) -> None:
    found = opened(
        "([values, limits]) => values.map((one) => shade(classOf(one, limits), { limits }))",
        [values, limits],
    )
    assert found == expected


@pytest.mark.parametrize("width", [1280, 320])
def test_the_legend_fits(browser: Browser, page: Path, width: int) -> None:
    opened = Opened(browser, page, width)
    opened.page.select_option("#colour", "population:town")
    assert opened("document.documentElement.scrollWidth") <= width
    box = opened.page.locator("#colour").bounding_box()
    assert box is not None
    assert box["height"] >= 24
    opened.close()
