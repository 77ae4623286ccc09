"""The pages in a headless Chromium with the network off: what is drawn, said, reached, printed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from drawn import AREAS, HALF_CELL_M, REACHED, radius2_m2, show_all
from hostile import CENTRE, DISTRICT, EVERYTHING, HOSTILE, WARD
from opened import Open, Opened, opening_in
from pdf_text import pdf_text
from planner import planner_file
from playwright.sync_api import Browser, Route

from geo.cutting import OUTSIDE
from geo.masthead import council_file
from geo.pipeline import compute
from geo.plan import FILE_NAME
from geo.plan_file import load_plan
from geo.study import Study
from geo.tables import tables

MAPS = ["planner", "council", "council-12101", "embed"]
PAGES = ["index", "align", *MAPS]
LANGUAGES = {"": "ja", "#lang=en": "en"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = pytest.mark.browser


@pytest.fixture
def opening(browser: Browser, sample: Path) -> Iterator[Open]:
    yield from opening_in(browser, sample)


# --- opening --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("hash_", LANGUAGES)
def test_a_page_opens_offline_at_any_width(
    opening: Open, sample: Path, name: str, width: int, hash_: str
) -> None:
    opened = opening(name, width, hash=hash_)
    address = (sample / f"{name}.html").as_uri()
    assert opened.requests == [address]
    assert opened("document.documentElement.scrollWidth") <= width
    assert opened("document.documentElement.lang") == LANGUAGES[hash_]
    if name in MAPS:
        show_all(opened)
        opened("keniki.select(keniki.main, 0, { go: true })")
        assert opened("document.documentElement.scrollWidth") <= width
    assert opened.requests == [address]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_in_a_sandboxed_frame(opening: Open, sample: Path, name: str) -> None:
    opened = opening(name, framed=True, hash="#lang=en")
    assert opened("document.documentElement.lang") == "en"
    if name in MAPS:
        show_all(opened)
        opened("keniki.select(keniki.main, 0, { go: true })")
        opened.here.locator("path[role=button][tabindex='0']").focus()
        opened.page.keyboard.press("Enter")
        opened.here.click("#language")
        assert opened.text("#detail") != ""
    assert len(opened.requests) == 2


@pytest.mark.parametrize("name", MAPS)
def test_without_decompression_the_page_is_the_same(opening: Open, name: str) -> None:
    drawn = """() => [...document.querySelectorAll(".leaflet-pane path")].map((path) => (
      `${path.getAttribute("class")} ${path.getAttribute("d")}`))"""
    usual = opening(name)
    old = opening(name, before="delete window.DecompressionStream")
    assert old("typeof DecompressionStream") == "undefined"
    assert len(old(drawn)) > 10
    assert old(drawn) == usual(drawn)
    assert old.text() == usual.text()


@pytest.mark.parametrize("name", MAPS)
def test_without_scripts_there_are_a_picture_and_words(opening: Open, name: str) -> None:
    opened = opening(name, java_script_enabled=False)
    still = opened.here.locator("svg.still")
    box = still.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 200
    assert still.locator("path").count() >= 2
    assert still.get_attribute("role") == "img"
    assert still.locator("title").count() == 1
    assert "JavaScript" in opened.text()
    if name != "embed":
        told = "#overlaps tbody tr" if name == "planner" else "#list h2"
        assert opened.here.locator(told).first.is_visible()


# --- what is drawn --------------------------------------------------------------------------------


def zones_of(study: Study) -> dict[str, gpd.GeoSeries]:
    """The zones of every layer of the planners' page, in the plan's CRS."""
    found = {key: one.zones.geometry for key, one in study.partitions.items()}
    assert study.proposals is not None
    for option in study.proposals.options:
        blocks, zone = study.proposals.front.blocks, option.proposal.zone
        inside = blocks.table[zone != OUTSIDE].geometry
        joined = gpd.GeoDataFrame(geometry=inside).dissolve(zone[zone != OUTSIDE]).geometry
        found[f"option-{option.label}"] = joined.reindex(blocks.moving.zones.index)
    return found


def areas_agree(opened: Opened, study: Study) -> None:
    drawn = opened(AREAS)
    expected = zones_of(study)
    assert set(drawn) == set(expected)
    radius2 = radius2_m2(opened("keniki.map.getCenter().lat"))
    for key, zones in expected.items():
        assert opened(f"keniki.byKey['{key}'].ids") == zones.index.astype(str).tolist()
        found, areas = np.array(drawn[key]) * radius2, zones.area.to_numpy()
        tolerance = 1e-3 * areas
        if key == "town":  # the smallest are a few cells of the grid
            tolerance = np.maximum(tolerance, HALF_CELL_M * zones.length.to_numpy())
        if key.startswith("option-"):  # splinters are drawn with the part beside them
            tolerance = tolerance * 2
        assert np.all(np.abs(found - areas) <= tolerance), key


def test_areas_are_those_of_the_zones(opening: Open, study: Study) -> None:
    areas_agree(opening("planner"), study)


@pytest.mark.real
def test_areas_of_the_real_city_are_those_of_its_zones(
    browser: Browser, chiba_study: Study, tmp_path: Path
) -> None:
    opened = Opened(browser, planner_file(chiba_study, tmp_path))
    areas_agree(opened, chiba_study)
    assert all(opened(REACHED))
    assert opened.complaints == []
    opened.close()


def test_the_planner_draws_every_layer(opening: Open, study: Study) -> None:
    opened = opening("planner")
    split = study.alignments["district", "care"]["population"].split_zones
    assert opened.here.locator("path[class*='level-']:not(.level-0)[role=button]").count() == split
    shown = {"ward": 6, "district": 54, "care": 28, "town": 500}
    assert opened(f"{list(shown)}.map((key) => keniki.byKey[key].size)") == list(shown.values())
    lines = ".leaflet-{0}-pane path.border.{0}"
    opened.here.check("[data-layer=town]")
    for key in shown:
        drawn = opened.here.locator(lines.format(key))
        assert drawn.count() == 1
        opened.here.uncheck(f"[data-layer={key}]")
        assert drawn.count() == 0


def test_a_proposal_draws_the_towns_that_move(opening: Open, study: Study) -> None:
    opened = opening("planner")
    assert study.proposals is not None
    for option in study.proposals.options:
        box = f"[data-layer=option-{option.label}]"
        opened.here.check(box)
        assert opened.here.locator("path.zone.moved").count() == len(option.moves)
        opened.here.uncheck(box)


def test_towns_held_in_part_are_shown_as_such(browser: Browser, tmp_path: Path) -> None:
    for part in ("boundaries", "layers"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / FILE_NAME, tmp_path)
    centres = tmp_path / "boundaries" / "care_centres.csv"
    text = centres.read_text(encoding="utf-8")
    assert "弁天、松波、祐光" in text
    centres.write_text(text.replace("弁天、松波、祐光", "弁天、松波、祐光1丁目の一部"), "utf-8")
    plan = load_plan(tmp_path / FILE_NAME).model_copy(update={"realign": None})
    study = compute(plan)
    assert study.partitions["care"].parts["words"].tolist() == ["一部"]
    opened = Opened(browser, planner_file(study, tmp_path))
    assert opened.here.locator(".leaflet-part-pane path.zone").count() == 1
    parts = next(table for table in tables(study, []) if table.name == "parts.csv")
    assert "祐光一丁目" in parts.csv().decode("utf-8-sig")
    assert opened.complaints == []
    opened.close()


def test_the_land_gives_way_to_tiles_only(opening: Open) -> None:
    opened = opening("planner")
    display = "getComputedStyle(document.querySelector('path.land')).display"
    assert opened(display) != "none"
    opened("keniki.map.getContainer().classList.add('tiled')")
    assert opened(display) == "none"


BARE = """(selector) => {
  const { left, right, top, bottom } = document.querySelector(selector).getBoundingClientRect();
  return [left, top, right, bottom];
}"""


@pytest.mark.parametrize("width", [1280, 800, 390, 320])
def test_the_credit_leaves_the_scale_bare(opening: Open, width: int) -> None:
    for name in MAPS:
        opened = opening(name, width)
        scale, credit, stage = (
            opened(BARE, one)
            for one in (".leaflet-control-scale", ".leaflet-control-attribution", ".folium-map")
        )
        assert scale[3] <= credit[1], name
        assert stage[0] <= scale[0] < scale[2] <= stage[2], name
        assert stage[1] <= scale[1] < credit[3] <= stage[3] + 1, name
        at = [(scale[0] + scale[2]) / 2, scale[1] - 20]
        hit = "at => document.elementFromPoint(...at).closest('.leaflet-control-container')"
        assert opened(hit, at) is None, "what stands beside it can be pointed at"


@pytest.mark.parametrize("name", MAPS)
def test_what_is_chosen_is_seen_on_white(opening: Open, name: str) -> None:
    opened = opening(name)
    opened("keniki.select(keniki.main, 0, { go: true })")
    looks = opened(
        """() => all(".leaflet-selected-pane path").map((path) => {
          const { stroke, strokeWidth } = getComputedStyle(path);
          return [stroke, parseFloat(strokeWidth), path.getAttribute("d")];
        })"""
    )
    (dark, wide, under), (bright, narrow, line) = looks
    assert (dark, bright) == ("rgb(27, 27, 31)", "rgb(240, 228, 66)")
    assert wide >= narrow + 3
    assert under == line
    opened("keniki.select(keniki.main, null)")
    assert opened.here.locator(".leaflet-selected-pane path").count() == 0


def test_a_hint_does_not_stay_over_the_panel(opening: Open) -> None:
    opened = opening("planner")
    position = "getComputedStyle(byId('detail')).position"
    assert opened(position) == "static"
    opened("keniki.select(keniki.main, 0)")
    assert opened(position) == "sticky"


@pytest.mark.parametrize("name", ["planner", "council"])
def test_tiles_that_do_not_come_are_said(browser: Browser, sample: Path, name: str) -> None:
    opened = Opened(browser, sample / f"{name}.html")
    told = opened.page.locator(".tiles-said[role=status]")
    assert told.inner_text() == ""
    opened.page.check("#tiles")
    opened.page.wait_for_selector(".tiles-said:has-text('読み込めません')")
    opened.page.click("#language")
    assert "cannot be loaded" in told.inner_text()
    assert violations(opened) == []
    opened.page.uncheck("#tiles")
    assert told.inner_text() == ""
    assert all("ERR_INTERNET_DISCONNECTED" in one for one in opened.complaints)
    opened.close()


def test_a_single_tile_that_is_missing_is_no_fault(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "planner.html")
    dot = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    number = count()

    def answer(route: Route) -> None:
        if next(number) % 4:
            route.fulfill(body=dot, content_type="image/svg+xml")
        else:
            route.fulfill(status=404)

    opened.page.route("https://cyberjapandata.gsi.go.jp/**", answer)
    opened.page.check("#tiles")
    opened.page.wait_for_selector(".leaflet-tile-loaded >> nth=5", state="attached")
    assert opened.text(".tiles-said") == ""
    opened.close()


# --- pointing and choosing ------------------------------------------------------------------------


def test_a_click_tells_the_areas_of_a_place(opening: Open) -> None:
    opened = opening("planner")
    opened.page.check("[data-layer=town]")
    at = opened(
        """() => {
            const { names } = keniki.byKey.town;
            const place = keniki.byKey.town.place(names.indexOf("長洲一丁目"));
            const point = keniki.map.latLngToContainerPoint(place);
            const box = keniki.map.getContainer().getBoundingClientRect();
            return [box.x + point.x, box.y + point.y];
        }"""
    )
    opened.page.mouse.move(*at)
    opened.page.wait_for_selector(".leaflet-tooltip.hover")
    assert "長洲一丁目" in opened.text(".leaflet-tooltip.hover")
    opened.page.mouse.click(*at)
    for expected in ("中央区", "千葉寺", "長洲一丁目", "住民"):
        assert expected in opened.text("#detail")


@pytest.mark.parametrize("name", MAPS)
def test_every_district_is_reached_by_the_arrow_keys(opening: Open, name: str) -> None:
    opened = opening(name)
    reached = opened(REACHED)
    names = opened("keniki.byKey[keniki.main].names")
    assert [one for one, there in zip(names, reached, strict=True) if not there] == []
    assert opened.here.locator("path[role=button][tabindex='0']").count() == 1


@pytest.mark.parametrize("name", MAPS)
def test_keys_go_through_all_districts_in_order(opening: Open, name: str) -> None:
    opened = opening(name)
    names = opened("keniki.byKey[keniki.main].names")
    focused = "document.activeElement.getAttribute('aria-label')"
    opened.here.locator("path[role=button][tabindex='0']").focus()
    keys = opened.page.keyboard
    keys.press("Home")
    assert str(opened(focused)).startswith(names[0])
    for one in names[1:3]:
        keys.press("PageDown")
        assert str(opened(focused)).startswith(one)
    keys.press("PageUp")
    assert str(opened(focused)).startswith(names[1])
    keys.press("End")
    keys.press("PageDown")
    assert str(opened(focused)).startswith(names[-1])
    keys.press("Enter")
    assert names[-1] in opened.text("#detail")
    assert opened.here.locator("#detail[aria-live=polite]").count() == 1
    assert opened.here.locator("path.zone.selected").count() >= 1


def test_tab_leaves_the_map_after_one_stop(opening: Open) -> None:
    opened = opening("planner")
    opened.here.locator("path[role=button][tabindex='0']").focus()
    opened.page.keyboard.press("Tab")
    assert not opened("document.activeElement.matches('path')")
    opened.page.keyboard.press("Shift+Tab")
    assert opened("document.activeElement.matches('path[role=button]')")


@pytest.mark.parametrize("name", ["planner", "council", "council-12101"])
def test_skip_links_lead_to_the_map_and_to_the_list(opening: Open, name: str) -> None:
    opened = opening(name)
    for id_ in ("stage", "list"):
        link = opened.page.locator(f".skip[href='#{id_}']")
        opened.page.keyboard.press("Tab")
        assert link.is_visible()
        assert opened("document.activeElement.hash") == f"#{id_}"
        opened.page.keyboard.press("Enter")
        assert opened("document.activeElement.id") == id_
        opened.page.locator(".skip").first.focus()


def test_what_a_screen_reader_is_told(opening: Open) -> None:
    opened = opening("planner")
    assert opened.page.locator("main").get_attribute("id") == "panel"
    assert "地図" in (opened.page.get_by_role("application").get_attribute("aria-label") or "")
    seen = opened.page.locator(".leaflet-map-pane > .leaflet-pane:not([aria-hidden=true])")
    panes = {str(one.get_attribute("class")).split()[1] for one in seen.all()}
    assert "leaflet-fill-pane" in panes
    assert not panes & {f"leaflet-{name}-pane" for name in ("labels", "ward", "town", "dots")}
    group = opened.page.locator(".leaflet-fill-pane svg[role=group]")
    assert "矢印キー" in str(group.get_attribute("aria-label"))
    opened.page.click("#language")
    assert "arrow keys" in str(group.get_attribute("aria-label"))


# --- accessibility --------------------------------------------------------------------------------


def violations(opened: Opened) -> list[str]:
    """What axe finds against the rules of WCAG 2.2, A and AA."""
    found = Axe().run(opened.page, options={"runOnly": {"type": "tag", "values": RULES}}).response
    assert len(found["passes"]) > 10
    return [
        f"{one['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("hash_", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_stands_in_the_way_of_anyone(
    opening: Open, name: str, hash_: str, width: int
) -> None:
    opened = opening(name, width, hash=hash_)
    assert violations(opened) == []
    show_all(opened)
    assert violations(opened) == []
    if name in MAPS:
        opened("keniki.select(keniki.main, 0, { go: true })")
        assert violations(opened) == []
        opened.here.locator("path[role=button][tabindex='0']").focus()
        assert violations(opened) == []


# --- languages ------------------------------------------------------------------------------------


def test_the_language_switch(opening: Open) -> None:
    opened = opening("planner")
    assert "分かれています" in opened.text()
    opened.page.click("#language")
    assert "分かれています" not in opened.text()
    assert "lie in two or more" in opened.text()
    assert opened("document.documentElement.lang") == "en"


def test_a_link_takes_the_language_with_it(opening: Open) -> None:
    opened = opening("planner")
    opened.page.click("#language")
    assert "lang=en" in opened("location.hash")
    opened.follow("council-12101")
    assert opened("document.documentElement.lang") == "en"
    assert opened.text("#language") == "日本語"
    opened.page.click("#language")
    opened.follow("index")
    assert opened("document.documentElement.lang") == "ja"


def test_figures_in_english_stand_in_brackets_of_english(opening: Open) -> None:
    opened = opening("planner")
    opened("keniki.select('district', 0)")
    japanese = opened.text("#detail")
    assert re.search(r"\d%（[\d,]+人）", japanese)
    opened.page.click("#language")
    assert re.search(r"\d% \([\d,]+ people\)", opened.text("#detail"))
    assert "（" not in opened.text("#detail")


# --- screens and paper ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["planner", "council-12101"])
def test_a_desk_page_needs_no_scroll_bar_of_its_own(opening: Open, name: str) -> None:
    opened = opening(name)
    assert opened("document.documentElement.scrollHeight") <= 800
    low = opened("document.querySelector('.stage').getBoundingClientRect().bottom")
    assert low == pytest.approx(800, abs=1)


@pytest.mark.parametrize("hash_", LANGUAGES)
@pytest.mark.parametrize("name", [*PAGES, "period-care_areas", "period-items"])
def test_letters_twice_as_large_need_no_scrolling_sideways(
    opening: Open, name: str, hash_: str
) -> None:
    opened = opening(name, 390, hash=hash_)
    opened("document.documentElement.style.fontSize = '200%'")
    opened("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert opened("document.documentElement.scrollWidth") <= 390
    broken = """() => {
        const text = document.createTreeWalker(document.querySelector("h1"), NodeFilter.SHOW_TEXT);
        const found = [], range = document.createRange();
        while (text.nextNode()) {
          for (const { index, 0: word } of text.currentNode.data.matchAll(/[A-Za-z]+/g)) {
            range.setStart(text.currentNode, index);
            range.setEnd(text.currentNode, index + word.length);
            if (range.getClientRects().length > 1) found.push(word);
          }
        }
        return found;
    }"""
    assert opened(broken) == []


@pytest.mark.parametrize("name", ["align", "period-items"])
def test_on_a_small_phone_what_is_folded_scrolls_in_boxes_of_its_own(
    opening: Open, name: str
) -> None:
    opened = opening(name, 320, hash="#lang=en")
    opened("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert opened("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ["planner", "council", "align"])
def test_the_language_stands_beside_the_title(opening: Open, name: str) -> None:
    opened = opening(name)
    boxes = [opened.page.locator(one).bounding_box() for one in ("h1", "#language", "header nav")]
    title, button, links = (box for box in boxes if box)
    assert abs(title["y"] + title["height"] / 2 - button["y"] - button["height"] / 2) < 8
    assert links["y"] >= button["y"] + button["height"]


def test_on_a_phone_a_choice_in_a_list_is_shown(opening: Open) -> None:
    opened = opening("planner", 390)
    button = opened.page.locator("#overlaps button.link").last
    button.click()
    assert button.inner_text() in opened.text("#detail")
    assert opened("document.activeElement.id") == "detail"
    for shown in (".stage", "#detail h3"):
        box = opened.page.locator(shown).first.bounding_box()
        assert box is not None
        assert box["y"] >= -1
        assert box["y"] + box["height"] <= 800


def test_paper_shows_the_whole_map_and_the_screen_comes_back(opening: Open) -> None:
    opened = opening("planner")
    opened("keniki.map.setView([35.6, 140.1], 13)")
    look = "[keniki.map.getZoom(), keniki.map.getSize().x, keniki.map.getSize().y]"
    before = opened(look)
    opened("window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened("keniki.map.getBounds().contains(keniki.data.bounds)")
    assert opened("keniki.map.getContainer().getBoundingClientRect().width") <= 186 / 25.4 * 96 + 1
    assert opened("getComputedStyle(document.querySelector('.swatch')).printColorAdjust") == "exact"
    opened.page.emulate_media(media="screen")
    opened("window.dispatchEvent(new Event('afterprint'))")
    assert opened(look) == before


@pytest.mark.parametrize("name", PAGES)
def test_paper_holds_the_sources_and_the_date(opening: Open, name: str) -> None:
    opened = opening(name)
    words = pdf_text(opened.page.pdf(prefer_css_page_size=True))
    for said in ("2026-11", "国土数値情報(行政区域データ)", "位置参照情報", "Geolonia", "模式図"):
        assert said in words, said
    assert ("Leaflet" in words) == (name in MAPS)


# --- hostile text ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_names(hostile: Path) -> list[str]:
    return [path.stem for path in (hostile / "maps_out").glob("*.html")]


@pytest.mark.parametrize("name", [*PAGES[:3], "council", council_file(WARD)[:-5], "embed"])
def test_hostile_text_is_shown_as_typed(browser: Browser, hostile: Path, name: str) -> None:
    opened = Opened(browser, hostile / "maps_out" / f"{name}.html")
    elements = "document.querySelectorAll('script:not([type]), img, svg').length"
    before = opened(elements)
    show_all(opened)
    for button in opened.here.locator("[data-zone]:visible").all()[:3]:
        button.click()
    assert opened.complaints == []
    assert opened("typeof window.pwned") == "undefined"
    assert opened(elements) - before <= 3  # swatches, bars
    assert all(" ".join(one.split()) in opened.text() for one in HOSTILE)
    assert len(opened.requests) == 1
    opened.close()


def test_hostile_text_is_shown_as_typed_wherever_the_map_tells_it(
    browser: Browser, hostile: Path
) -> None:
    opened = Opened(browser, hostile / "maps_out" / "planner.html")
    typed = " ".join(EVERYTHING.split())
    for key, zone_id in {"district": DISTRICT, "care": CENTRE, "ward": WARD}.items():
        zone = opened(f"(id) => keniki.byKey.{key}.ids.indexOf(id)", zone_id)
        assert zone >= 0, key
        opened(f"keniki.select('{key}', {zone}, {{ go: true }})")
        assert typed in opened.text("#detail")
        if key == "district":
            for layer in ("ward", "care", "split"):
                opened.here.uncheck(f"[data-layer={layer}]")
            labels = " ".join(opened.here.locator(".map-label").all_inner_texts())
            assert typed in " ".join(labels.split())
            opened.here.check("[data-layer=split]")
    point = opened(
        """(name) => {
          const { district } = keniki.byKey, zone = district.names.indexOf(name);
          keniki.select("district", zone, { go: true });
          return keniki.map.latLngToContainerPoint(district.place(zone));
        }""",
        EVERYTHING,
    )
    box = opened.here.locator(".folium-map").bounding_box()
    assert box is not None
    opened.page.mouse.move(box["x"] + point["x"], box["y"] + point["y"])
    opened.page.wait_for_selector(".leaflet-tooltip.hover")
    assert typed in opened.text(".leaflet-tooltip.hover")
    assert typed in opened.text("fieldset.layers")
    opened.here.fill("#search", "window.pwned")
    found = opened.here.locator("#search-found li")
    found.first.wait_for()
    assert typed in " ".join(" ".join(found.all_inner_texts()).split())
    found.first.click()
    opened("document.getElementById('search').value = ''")
    assert opened.complaints == []
    assert opened("typeof window.pwned") == "undefined"
    assert opened.here.locator("img").count() == 0
    opened.close()


def test_a_hostile_address_runs_nothing(opening: Open) -> None:
    for name in MAPS:
        for part in ("lang", "zone", "on", "theme", "layer", "ward", "at", "swipe", "colour"):
            opened = opening(name, hash=f"#{part}=%3Cimg%20src=x%20onerror=window.pwned=1%3E")
            assert opened("typeof window.pwned") == "undefined"
            opened.close()
