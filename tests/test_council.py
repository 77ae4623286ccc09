"""The councils' pages: every district once, themes, cases, centres, what is printed."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile import EVERYTHING, HOSTILE
from opened import Opened, payload
from playwright.sync_api import Browser

from geo.attach import main_wards, zones_of_ward
from geo.content_words import scheme_keys
from geo.council_page import councils
from geo.districts import facts, in_one_line
from geo.dots import cases_layer
from geo.masthead import CITY_FILE, council_file
from geo.plan import CouncilMap, Role
from geo.study import Study

WARDS = ("12101", "12102", "12103", "12104", "12105", "12106")
FILES = (CITY_FILE, *map(council_file, WARDS))
MAP_HEIGHT_MM, PAPER_HEIGHT_MM = 100, 297 - 2 * 12
PIXELS_PER_MM = 96 / 25.4


def page_of(study: Study) -> CouncilMap:
    return next(page for page in study.plan.map if isinstance(page, CouncilMap))


def made(study: Study, page: CouncilMap | None = None) -> dict[str, str]:
    return dict(councils(study, page or page_of(study)))


def with_rows(study: Study, **more: list[dict[str, str]]) -> Study:
    """A study with more rows of content, by type."""
    tables = {
        name: pd.concat([getattr(study.content, name), pd.DataFrame(rows)]).fillna("")
        for name, rows in more.items()
    }
    return replace(study, content=replace(study.content, **tables))


ITEM = {"item_id": "x", "layer": "items", "of": "district", "zone_id": "12101-d01", "themes": "",
        "start_year": "", "end_year": ""}  # fmt: skip
CASE = {"case_id": "x", "ward_code": "12101", "zone_id": "12101", "partition": "ward",
        "place_ja": "公民館", "place_kind": "point"}  # fmt: skip


@pytest.fixture(scope="session")
def rich(study: Study) -> Study:
    """The sample with an item of no theme, a case of known place and one of no ward."""
    items = [ITEM | {"text_ja": "分類のない取組", "text_en": "An item of no theme"}]
    cases = [
        CASE | {"title_ja": "居場所", "title_en": "A place to be", "lon": "140.12", "lat": "35.60"},
        CASE | {"title_ja": "市の事例", "ward_code": "", "zone_id": "", "place_kind": "none"},
    ]
    return with_rows(study, items=items, cases=cases)


@pytest.fixture(scope="session")
def pages(rich: Study) -> dict[str, str]:
    return made(rich)


@pytest.fixture(scope="session")
def folder(pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("councils")
    for name, html in pages.items():
        (out / name).write_text(html, encoding="utf-8")
    return out


class Outline(HTMLParser):
    """The levels of a page's headings, and its articles: the district of each and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.articles: list[tuple[str, str]] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "article":
            self.inside = True
            self.articles.append((dict(attrs)["data-district"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "article"

    def handle_data(self, data: str) -> None:
        if self.inside:
            district, text = self.articles[-1]
            self.articles[-1] = (district, text + data)


def layer(html: str, key: str) -> dict[str, list[object]]:
    found: dict[str, list[object]] = next(
        one for one in payload(html)["layers"] if one["key"] == key
    )
    return found


# --- without a browser ----------------------------------------------------------------------------


def test_a_ward_lists_each_of_its_districts_once(study: Study, pages: dict[str, str]) -> None:
    for ward in WARDS:
        here = zones_of_ward(study.crosswalks["ward", "district"], ward)
        listed = Outline(pages[council_file(ward)]).articles
        assert [district for district, _ in listed] == list(here.index)
        assert layer(pages[council_file(ward)], "district")["ids"] == list(here.index)


def test_the_city_lists_each_item_and_each_district_once(
    rich: Study, pages: dict[str, str]
) -> None:
    articles = Outline(pages[CITY_FILE]).articles
    its = rich.content.items
    of_districts = its[its["of"] == "district"]
    assert sorted(d for d, _ in articles) == sorted(set(of_districts["zone_id"]))
    text = "".join(text for _, text in articles)
    assert [text.count(item) for item in of_districts["text_ja"]] == [1] * 9
    assert [pages[CITY_FILE].count(item) for item in its["text_ja"]] == [1] * 11
    numbers = [
        [int(number) for number in found]
        for found in re.findall(
            r"地区 (\d+)(?:（[^）]*）)?・[^・]* (\d+)件・取組事例 (\d+)件", pages[CITY_FILE]
        )
    ]
    assert [sum(column) for column in zip(*numbers, strict=True)] == [54, 9, 7]
    assert len(layer(pages[CITY_FILE], "district")["ids"]) == 54


def test_a_district_in_no_ward_stands_at_the_end(study: Study) -> None:
    table = study.crosswalks["ward", "district"]
    beyond = table[table.index.get_level_values("right_id") != "12101-d01"]
    beyond.attrs = dict(table.attrs)
    pages = made(replace(study, crosswalks=study.crosswalks | {("ward", "district"): beyond}))
    assert "12101-d01" not in main_wards(beyond).index
    assert "どの区にも入らない地区" in pages[CITY_FILE]
    assert Outline(pages[CITY_FILE]).articles[-1][0] == "12101-d01"
    assert "どの区にも入らない地区" not in made(study)[CITY_FILE]


def test_a_district_in_several_wards_says_so_and_leads_there(
    study: Study, pages: dict[str, str]
) -> None:
    here = zones_of_ward(study.crosswalks["ward", "district"], "12101")
    articles = dict(Outline(pages[council_file("12101")]).articles)
    assert 0 < (here["other_wards"].str.len() > 0).sum() < len(here)
    for zone, others in here["other_wards"].items():
        said = articles[str(zone)]
        assert ("複数の区にまたがる" in said) == bool(others)
        assert all(study.partitions["ward"].zones["name"][ward] in said for ward in others)
    assert f'href="{council_file("12104")}">若葉区</a>' in pages[council_file("12101")]


def test_districts_without_items_say_so(study: Study) -> None:
    html = made(study)[council_file("12101")]
    items = study.content.items
    with_items = set(items["zone_id"][items["of"] == "district"])
    for district, text in Outline(html).articles:
        assert ("【記入例】" in text) == (district in with_items)
        assert ("No item entered." in text) == (district not in with_items)
    assert "重点取組項目（記入例）" in html


def test_centres_share_out_the_residents_of_a_district(pages: dict[str, str]) -> None:
    html = pages[council_file("12101")]
    lists = re.findall(r'<ul class="centres">(.*?)</ul>', html, re.DOTALL)
    assert len(lists) == len(Outline(html).articles)
    for one in lists:
        widths = [float(w) for w in re.findall(r'<rect width="([\d.]+)"', one)]
        assert sum(widths) == pytest.approx(100, abs=0.2)
        assert widths == sorted(widths, reverse=True)
        assert [f"{width:.1f}%" for width in widths] == re.findall(r"<b>([\d.]+%)</b>", one)


def test_where_nobody_is_counted_centres_share_the_land(study: Study) -> None:
    nobody = {
        pair: table.assign(population=float("nan")) for pair, table in study.crosswalks.items()
    }
    for pair, table in study.crosswalks.items():
        nobody[pair].attrs = dict(table.attrs)
    html = made(replace(study, crosswalks=nobody))[council_file("12101")]
    assert "（面積の割合）" in html
    assert "（住民の割合）" not in html


def test_a_case_tells_what_kind_of_place_it_has(pages: dict[str, str]) -> None:
    html = {ward: pages[council_file(ward)] for ward in WARDS}
    assert "区域</span>" in html["12101"]
    assert "場所の指定なし" in html["12103"]
    assert "地区より小さい区域" in html["12105"]
    assert "範囲の図が資料にないため" in html["12105"]
    assert "位置が資料にないため" in html["12106"]
    assert "位置が資料にないため" not in html["12103"]
    assert "市の事例" in pages[CITY_FILE]
    assert "市の事例" not in "".join(html.values())


def test_only_a_case_whose_place_is_known_has_a_dot(pages: dict[str, str]) -> None:
    for name in FILES:
        dots = [one for one in payload(pages[name])["layers"] if one["key"] == "cases"]
        known = name in (CITY_FILE, council_file("12101"))
        assert len(dots) == known
        assert ("data-lat" in pages[name]) == known
    dot = layer(pages[CITY_FILE], "cases")
    assert (dot["lat"], dot["lng"]) == ([3_560_000], [14_012_000])


def test_a_position_that_cannot_be_read_has_no_dot() -> None:
    case = CASE | {"title_ja": "x"}
    cells = [("35度36分", "140度6分"), ("35.6", "140.1"), ("nan", "nan"), ("about", "140.1"),
             ("", "140.1"), ("inf", "140.1"), ("999", "999")]  # fmt: skip
    drawn = cases_layer([*(case | {"lat": lat, "lon": lon} for lat, lon in cells), case])
    assert drawn is not None
    assert (drawn["lat"].values.tolist(), drawn["lng"].values.tolist()) == (
        [3_560_000],
        [14_010_000],
    )
    assert len(drawn["names"][0]) == 2
    assert cases_layer([case]) is None


def test_a_plan_may_leave_the_themes_out(study: Study, pages: dict[str, str]) -> None:
    without = made(study, page_of(study).model_copy(update={"filter_by_theme": False}))
    assert all('id="theme"' not in html for html in without.values())
    lonely = council_file("12106")  # its only item has no theme
    assert all(('id="theme"' in pages[name]) == (name != lonely) for name in FILES)
    nothing = replace(study.content, themes=pd.DataFrame())
    assert 'id="theme"' not in made(replace(study, content=nothing))[CITY_FILE]
    assert "分析用" in pages[CITY_FILE]
    assert "分類や関連づけは行わない" in pages[CITY_FILE]


def test_themes_say_how_many_items_they_have(rich: Study, pages: dict[str, str]) -> None:
    said = re.findall(r'<option value="([^"]+)"[^>]* data-number="(\d+)"', pages[CITY_FILE])
    named = ";".join(rich.content.items["themes"]).split(";")
    assert dict(said) == {t: str(named.count(t)) for t in rich.content.themes["theme_id"]}
    assert "テーマのない項目: 3件" in pages[CITY_FILE]


@pytest.mark.parametrize("name", FILES)
def test_headings_skip_no_level_and_pages_know_each_other(name: str, pages: dict[str, str]) -> None:
    levels = Outline(pages[name]).levels
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    linked = re.findall(r'<a href="([^"#]+)"', pages[name])
    assert set(FILES) <= set(linked)
    assert re.search(rf'<a href="{name}" aria-current="page">', pages[name])


def test_a_plan_without_centres_or_content_has_pages_too(study: Study) -> None:
    kept = {key: one for key, one in study.partitions.items() if one.role is not Role.CARE}
    empty = replace(
        study.content,
        **dict.fromkeys(("themes", "goals", "items", "cases"), pd.DataFrame()),
    )
    pages = made(replace(study, partitions=kept, content=empty))
    assert "No item entered." in pages[council_file("12101")]
    assert 'class="centres"' not in pages[council_file("12101")]


def test_figures_of_a_district_are_a_list_with_dates(study: Study, pages: dict[str, str]) -> None:
    html = pages[council_file("12101")]
    lists = re.findall(r'<ul class="counted">(.*?)</ul>', html, re.DOTALL)
    assert len(lists) == len(Outline(html).articles)
    for one in lists:
        figures = re.findall("<li>.*?</li>", one, re.DOTALL)
        assert len(figures) == 3
        assert [re.findall(r"（([^（]*?\d{4}-\d\d-\d\d)）", figure) for figure in figures] == [
            ["2015-10-01"], ["2015-10-01"], ["推計、2020-01-01"]
        ]  # fmt: skip
        assert "区の値から（分かれる所では、住民の数に応じて）" in figures[2]
    line = in_one_line(facts(study, study.partitions["district"], "12101-d01")).ja
    assert line.count("（2015-10-01）、") == 2
    assert "\n" not in line


def test_marks_are_counted_for_what_the_caption_says(study: Study, pages: dict[str, str]) -> None:
    ward, city = pages[council_file("12101")], pages[CITY_FILE]
    assert "このページの評価の数" in ward
    assert "このページの評価の数" not in city
    assert "市全体の評価の数（区と地区の分を含む）" in city
    counted = [one for scheme in scheme_keys(study) for one in scheme["years"]]
    marks = study.content.marks
    assert sum(sum(one["numbers"]) + one["without"] for one in counted) <= len(marks)
    assert sum(sum(one["numbers"]) for one in counted) == (marks["mark"] != "").sum()


def test_a_source_s_changes_and_licence_are_told_apart(study: Study, pages: dict[str, str]) -> None:
    for source in study.sources:
        assert source.said.ja in pages[CITY_FILE]
        assert source.said.en in pages[CITY_FILE]


# --- in a browser ---------------------------------------------------------------------------------


def choose(opened: Opened, theme: str) -> None:
    opened.page.select_option("#theme", theme)


@pytest.mark.browser
@pytest.mark.parametrize("name", [CITY_FILE, council_file("12101")])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_a_page_opens_without_a_complaint(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    opened = Opened(browser, folder / name, width)
    assert opened.complaints == []
    assert opened("document.documentElement.scrollWidth") <= width
    opened.page.click("#language")
    assert opened("document.documentElement.scrollWidth") <= width
    opened.close()


@pytest.mark.browser
def test_a_theme_filters_the_list_and_marks_the_map(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / CITY_FILE)
    page = opened.page
    choose(opened, "1")
    assert page.locator("li[data-themes]:visible").count() == 3
    assert page.locator("[data-own]:visible").count() == 1
    assert page.locator("article:visible").count() == 2
    assert page.locator("path.zone.class-theme").count() == 2
    assert opened.text("#theme-found") == "「見守りの仕組みづくり」の項目: 3件（2地区）"
    assert opened.text("#theme-key").startswith("テーマ「見守りの仕組みづくり」の項目がある地区")
    numbers = [text.split()[-1] for text in page.locator(".map-label.theme").all_inner_texts()]
    assert numbers == ["1件", "1件"]
    choose(opened, "6")
    assert page.locator("article:visible").count() == 0
    assert "ありません" in opened.text("#theme-found")
    choose(opened, "")
    assert page.locator("path.zone.class-theme").count() == 0
    assert opened.text("#theme-found") == ""
    assert opened("document.querySelectorAll('article[hidden], li[hidden]').length") == 0
    opened.close()


@pytest.mark.browser
def test_the_number_on_the_map_is_that_of_the_list(
    browser: Browser, folder: Path, rich: Study
) -> None:
    opened = Opened(browser, folder / CITY_FILE)
    for theme in rich.content.themes["theme_id"]:
        choose(opened, theme)
        counts = dict(
            zip(
                opened("[...keniki.byKey.district.ids]"),
                opened("keniki.themes.counts"),
                strict=True,
            )
        )
        its = rich.content.items[rich.content.items["of"] == "district"]
        has = its["themes"].str.split(";").map(lambda ids, theme=theme: theme in ids)
        wanted = its[has].groupby("zone_id").size().to_dict()
        assert {zone: count for zone, count in counts.items() if count} == wanted
        labelled = opened.page.locator(".map-label.theme").count()
        assert labelled == len(wanted)
    opened.close()


@pytest.mark.browser
def test_a_link_brings_the_theme_back(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / council_file("12101"), hash="#lang=en&theme=9")
    assert opened.page.input_value("#theme") == "9"
    assert opened.page.locator("article:visible").count() == 1
    assert opened.text("#theme-found") == (
        "Building community through disaster preparedness: 1 items (Districts: 1)"
    )
    assert opened.text("#theme option:checked").endswith("(1)")
    choose(opened, "3")
    opened.page.wait_for_url(re.compile("theme=3"))
    opened.close()
    unknown = Opened(browser, folder / council_file("12101"), hash="#theme=99")
    assert unknown.page.input_value("#theme") == ""
    assert unknown.page.locator("article:visible").count() == 13
    unknown.close()


@pytest.mark.browser
def test_the_list_shows_a_district_by_keyboard(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / council_file("12101"))
    opened.page.locator("h3 [data-zone='12101-d01']").focus()
    opened.page.keyboard.press("Enter")
    assert "椿森中学校区" in opened.text("#detail")
    assert opened.page.locator("path.selected").count() == 1
    assert (
        opened.page.locator("article[aria-current]").get_attribute("data-district") == "12101-d01"
    )
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", [CITY_FILE, council_file("12101")])
def test_the_list_follows_the_map(browser: Browser, folder: Path, name: str) -> None:
    opened = Opened(browser, folder / name)
    opened("keniki.select('district', keniki.byKey.district.ids.indexOf('12101-d08'))")
    article, panel = (
        opened.page.locator(selector).bounding_box()
        for selector in ("article[aria-current]", "#panel")
    )
    assert article is not None
    assert panel is not None
    assert panel["y"] <= article["y"]
    assert article["y"] + article["height"] <= panel["y"] + panel["height"]
    assert opened("document.documentElement.scrollHeight") <= 800
    opened.close()


@pytest.mark.browser
def test_a_case_is_gone_to(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / council_file("12101"))
    opened.page.click("[data-lat]")
    centre = opened("[keniki.map.getCenter().lat, keniki.map.getCenter().lng]")
    assert centre == pytest.approx([35.6, 140.12], abs=1e-3)
    assert "居場所" in opened.text("#detail")
    assert "地図で見る" not in opened.text("#detail")
    opened.page.click("article .cases [data-zone='12101-d06']")
    assert "松ケ丘" in opened.text("#detail")
    opened.close()


@pytest.mark.browser
def test_on_a_phone_the_map_comes_first(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / council_file("12101"), width=390, height=844)
    tops = {one: opened(f"document.querySelector('{one}').getBoundingClientRect().top")
            for one in (".sheet", "#detail", ".layers", "#panel")}  # fmt: skip
    assert list(tops) == sorted(tops, key=lambda one: tops[one]), tops
    high = opened("document.querySelector('.sheet').clientHeight")
    assert high == pytest.approx(0.55 * 844, abs=2)
    button = opened.page.locator("h3 [data-zone]").last
    name = button.inner_text().removesuffix("地図で見る").strip()
    button.click()
    assert name in opened.text("#detail")
    assert opened("document.activeElement.id") == "detail"
    opened.close()


@pytest.mark.browser
def test_a_bullet_stands_at_the_first_line_of_a_case(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / council_file("12101"), width=390, hash="#lang=en")
    buttons = "[...document.querySelectorAll('.cases button.link')]"
    lines = opened(f"{buttons}.map((one) => one.getBoundingClientRect().height)")
    assert max(lines) > 50, "none has two lines"
    aligned = opened(f"{buttons}.map((one) => getComputedStyle(one).verticalAlign)")
    assert set(aligned) == {"top"}
    opened.close()


@pytest.mark.browser
def test_skip_links_lead_to_the_map_and_to_the_list(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / council_file("12101"), hash="#lang=en&theme=9")
    for there in ("stage", "list"):
        opened.page.locator(f"a.skip[href='#{there}']").focus()
        opened.page.keyboard.press("Enter")
        assert opened("document.activeElement.id") == there
    assert opened("document.documentElement.lang") == "en"
    assert opened.page.input_value("#theme") == "9"
    opened.close()


@pytest.mark.browser
def test_the_button_prints(browser: Browser, folder: Path) -> None:
    opened = Opened(
        browser, folder / CITY_FILE, before="window.print = () => { window.printed = 1; };"
    )
    opened.page.click("#print")
    assert opened("window.printed") == 1
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", [CITY_FILE, council_file("12104")])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_first_sheet_has_the_whole_map(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    opened = Opened(browser, folder / name, width)
    choose(opened, "1")
    opened("window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    opened.page.set_viewport_size({"width": round(186 * PIXELS_PER_MM), "height": 1000})
    boxes = {
        selector: opened.page.locator(selector).first.bounding_box()
        for selector in (
            "header",
            ".sheet",
            "#theme-key",
            ".layers",
            ".credits",
        )
    }
    bottoms = [box["y"] + box["height"] for box in boxes.values() if box]
    assert len(bottoms) == len(boxes)
    assert bottoms == sorted(bottoms)
    assert bottoms[-1] <= PAPER_HEIGHT_MM * PIXELS_PER_MM
    assert opened.page.locator(".schematic:visible").count() == 1
    sheet = boxes[".sheet"]
    assert sheet is not None
    assert sheet["height"] >= MAP_HEIGHT_MM * PIXELS_PER_MM
    assert sheet["width"] == pytest.approx(186 * PIXELS_PER_MM, abs=1)
    size = opened("[keniki.map.getSize().x, keniki.map.getSize().y]")
    assert size == pytest.approx([sheet["width"], sheet["height"]], abs=1.5)
    assert opened("keniki.map.getBounds().contains(keniki.data.bounds)")
    for control in ("#print", "#theme", "#search", "#copy", "input", "summary", ".go", "#detail"):
        assert opened.page.locator(f"{control}:visible").count() == 0, control
    assert opened.page.locator("article:visible").count() >= 1
    opened.close()


@pytest.mark.browser
def test_no_name_is_cut_at_the_edge_of_the_paper(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, folder / council_file("12104"))
    opened("window.dispatchEvent(new Event('beforeprint'))")
    over = """() => {
        const map = keniki.map.getContainer().getBoundingClientRect();
        const labels = [...document.querySelectorAll(".map-label")];
        return labels.map((one) => one.getBoundingClientRect())
          .filter((box) => box.left < map.left - 1 || box.right > map.right + 1).length;
    }"""
    assert opened.page.locator(".map-label.name").count() >= 8
    assert opened(over) == 0
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", [CITY_FILE, council_file("12101")])
def test_paper_is_a4_and_the_list_begins_on_the_second_sheet(
    browser: Browser, folder: Path, name: str
) -> None:
    opened = Opened(browser, folder / name)
    with_list = opened.page.pdf(prefer_css_page_size=True)
    opened("document.querySelectorAll('#panel > *').forEach((one) => one.remove())")
    map_only = opened.page.pdf(prefer_css_page_size=True)
    sheets = [len(re.findall(rb"/Type /Page\b", pdf)) for pdf in (with_list, map_only)]
    boxes = {
        tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]*)\]", with_list)
    }
    assert [tuple(round(one) for one in box) for box in boxes] == [(0, 0, 595, 842)]
    assert sheets[0] >= 3
    assert sheets[1] <= 2
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_without_scripts_sources_stand_at_the_picture_and_words_over_nothing(
    browser: Browser, folder: Path, width: int
) -> None:
    opened = Opened(browser, folder / CITY_FILE, width, java_script_enabled=False)
    spans = []
    for one in (".sheet", ".still-of", "noscript p:not(.still-of)", ".layers"):
        box = opened.page.locator(one).bounding_box()
        assert box is not None, one
        spans.append((box["y"], box["y"] + box["height"]))
    sheet, credit, words, legend = spans
    assert sheet[0] <= credit[0] < credit[1] <= sheet[1] + 1
    assert sheet[1] <= words[0] < words[1] <= legend[0] + 1
    assert "国土交通省" in opened.text(".still-of")
    assert "2026-11" in opened.text(".still-of")
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", [CITY_FILE, council_file("12101")])
def test_nothing_stands_in_the_way_of_anyone(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    opened = Opened(browser, folder / name, width)
    choose(opened, "1")
    opened("keniki.select('district', 0)")
    found = Axe().run(
        opened.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
    )
    said = [(one["id"], one["nodes"][0]["html"][:120]) for one in found.response["violations"]]
    assert said == []
    opened.close()


@pytest.mark.browser
def test_hostile_text_is_shown_as_typed(browser: Browser, study: Study, tmp_path: Path) -> None:
    item = ITEM | dict.fromkeys(("text_ja", "who_ja", "themes", "start_year"), EVERYTHING)
    case = CASE | dict.fromkeys(("title_ja", "place_ja", "note_ja", "place_kind"), EVERYTHING)
    theme = {"theme_id": EVERYTHING, "name_ja": EVERYTHING}
    cases = [case, case | {"lon": "140.12", "lat": "35.60", "place_kind": "point"}]
    for name, html in made(with_rows(study, items=[item], cases=cases, themes=[theme])).items():
        (tmp_path / name).write_text(html, encoding="utf-8")
    for name in (CITY_FILE, council_file("12101")):
        opened = Opened(browser, tmp_path / name, 320)
        opened.page.select_option("#theme", index=11)
        assert opened.page.locator("li[data-themes]:visible").count() == 1
        opened.page.locator("[data-lat]").click()
        assert opened.complaints == []
        assert opened("typeof window.pwned") == "undefined"
        assert opened("document.documentElement.scrollWidth") <= 320
        text = opened.text()
        assert all(" ".join(one.split()) in text for one in HOSTILE)
        opened.close()
