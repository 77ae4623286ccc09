"""The pages: self-contained, safe, and drawn as expected in a headless Chromium without network."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page

from geo.drawing import payload
from geo.findings import Finding, Kind, Severity
from geo.phrases import names, readings, sentence, tolerances, where
from geo.pipeline import build
from geo.plan import FILE_NAME
from geo.plan_file import load_plan
from geo.study import Study
from geo.words import Text

WARDS = ["12101", "12102", "12103", "12104", "12105", "12106"]
PAGES = ["index", "planner", "embed", *(f"council-{ward}" for ward in WARDS)]

#: Text that would run as Python in Folium's templates, or as JavaScript or HTML in the page.
HOSTILE = [
    "{{cycler.__init__.__globals__.os.mkdir(dict(pwned=1)|join)}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "{# gone #}",
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "</script><script>window.pwned=1</script>",
    "`-window.pwned=1-`",
    "${window.pwned=1}",
    "\"+(window.pwned=1)+\"",
    "'-(window.pwned=1)-'",
    "back\\slash\\",
    "line\u2028separator",
    "<!--<script>",
]  # fmt: skip


EVERYTHING = " ".join(HOSTILE)


def poison_table(path: Path, column: str) -> None:
    """Hostile text in the first row of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = EVERYTHING
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with hostile text in every field that the pages show."""
    folder = tmp_path_factory.mktemp("hostile")
    for part in ("boundaries", "layers"):
        shutil.copytree(ROOT / part, folder / part)
    plan = (ROOT / FILE_NAME).read_text(encoding="utf-8")
    said = json.dumps(EVERYTHING, ensure_ascii=False)
    plan = re.sub(r'\b(ja|en|date) = "[^"]*"', lambda found: f"{found[1]} = {said}", plan)
    (folder / FILE_NAME).write_text(plan, encoding="utf-8")
    wards = folder / "boundaries" / "wards.geojson"
    drawn = json.loads(wards.read_text(encoding="utf-8"))
    drawn["features"][0]["properties"]["ward"] = EVERYTHING
    wards.write_text(json.dumps(drawn), encoding="utf-8")
    for name, columns in {
        "boundaries/districts.csv": ["district"],
        "boundaries/care_centres.csv": ["centre"],
        "layers/items.csv": ["text_ja", "text_en", "who_ja", "who_en", "start_year"],
        "layers/themes.csv": ["name_ja", "name_en"],
        "layers/ward_goals.csv": ["text_ja", "text_en"],
        "layers/cases.csv": ["title_ja", "title_en", "place_ja", "place_en", "note_ja", "note_en"],
    }.items():
        for column in columns:
            poison_table(folder / name, column)
    here = Path.cwd()
    os.chdir(folder)  # where the Python among the payloads would make its folder
    try:
        build(load_plan(folder / FILE_NAME), folder / "maps_out")
    finally:
        os.chdir(here)
    return folder


# --- without a browser ----------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_host_but_the_tiles(sample: Path, page: str) -> None:
    html = (sample / f"{page}.html").read_text(encoding="utf-8")
    asked = re.findall(r"""(?:src|href)=["']?(https?:[^"' >]+)|url\(["']?(https?:[^)]+)""", html)
    links = {url for pair in asked for url in pair if url}
    assert links <= {"https://leafletjs.com", "https://maps.gsi.go.jp/development/ichiran.html\\"}


class Blocks(HTMLParser):
    """The text of every script that runs and every style of a page, and its policy."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {"script": [], "style": []}
        self.policy, self.inside = "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        if tag in self.found and "type" not in values:
            self.inside = tag
            self.found[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[self.inside][-1] += data


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_allows_exactly_what_the_page_holds(sample: Path, page: str) -> None:
    blocks = Blocks((sample / f"{page}.html").read_text(encoding="utf-8"))
    for kind in ("script", "style"):
        hashes = {
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for text in blocks.found[kind]
        }
        allowed = re.search(rf"{kind}-src ([^;]+)", blocks.policy)
        assert allowed is not None
        assert set(allowed[1].split()) == hashes
    assert "unsafe" not in blocks.policy


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_sample_says_schematic_and_names_its_sources(
    sample: Path, page: str
) -> None:
    html = (sample / f"{page}.html").read_text(encoding="utf-8")
    assert "模式図" in html
    assert "国土数値情報（行政区域データ）" in html
    assert '<html lang="ja"' in html
    assert "user-scalable" not in html


def test_two_builds_give_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    _, written = build(load_plan(ROOT / FILE_NAME), tmp_path)
    assert {path.name for path in written} == {path.name for path in sample.iterdir()}
    for path in written:
        assert path.read_bytes() == (sample / path.name).read_bytes(), path.name


def test_districts_without_items_say_so(sample: Path, study: Study) -> None:
    html = (sample / "council-12101.html").read_text(encoding="utf-8")
    with_items = set(study.content.items["zone_id"])
    assert "【記入例】" in html
    assert html.count("No item entered.") == html.count("<article") - len(
        [zone for zone in with_items if f'data-zone="{zone}"' in html]
    )


def test_a_case_without_a_known_place_gets_no_dot(sample: Path) -> None:
    for ward in WARDS:
        assert '"points":[]' in (sample / f"council-{ward}.html").read_text(encoding="utf-8")


def test_a_position_that_cannot_be_read_gets_no_dot(study: Study) -> None:
    case = {f"{part}_{lang}": "x" for part in ("title", "place") for lang in ("ja", "en")}
    cells = [("35度36分", "140度6分"), ("35.6", "140.1"), ("nan", "nan"), ("about", "140.1"),
             ("", "140.1"), ("inf", "140.1"), ("999", "999")]  # fmt: skip
    cases = [case | {"lat": lat, "lon": lon} for lat, lon in cells]
    ground = study.partitions["ward"].zones
    drawn = payload([], main="ward", ground=ground, cases=[*cases, case])
    assert [point["at"] for point in drawn["points"]] == [[35.6, 140.1], [35.6, 140.1]]


def test_sentences_of_the_planner(sample: Path, study: Study) -> None:
    html = (sample / "planner.html").read_text(encoding="utf-8")
    pair = (study.partitions["district"], study.partitions["care"])
    assert sentence(study, *pair).en == (
        "163,048 of 971,837 residents (16.8%) are in other care-centre areas than most residents "
        "of their own districts."
    )
    assert study.rule(("district", "care")).said.ja in html
    assert study.way(("district", "care")).said.ja in html
    said = [*readings(study, *pair), tolerances(study, *pair)]
    assert all(one.ja in html and one.en in html for one in said)
    assert [one.en for one in said] == [
        "54 districts need 85 working relations with care-centre areas; 54 is the least possible.",
        "On average districts are divided as if each lay in 1.42 care-centre areas "
        "(1.00: aligned).",
        "Two residents picked at random in any one of the districts are in different care-centre "
        "areas 21.9% of the time.",
        "Districts lie within single care-centre areas to a degree of 0.89 (1.00: every one "
        "wholly; 0.00: unrelated).",
        "Added up by towns: no width of slivers changes these counts.",
    ]


def test_the_embedded_map_names_only_the_sources_of_what_it_shows(sample: Path) -> None:
    html = (sample / "embed.html").read_text(encoding="utf-8")
    for shown in ("行政区域データ", "中学校区データ", "位置参照情報"):
        assert shown in html
    for not_shown in ("国勢調査", "あんしんケアセンター一覧"):
        assert not_shown not in html
    assert "https://" in (sample / "index.html").read_text(encoding="utf-8")


def test_a_finding_names_its_zones(study: Study) -> None:
    words = Text("重なる", "overlap")
    place = ("12101-d01", "12101-d99")
    finding = Finding(Kind.OVERLAP_INSIDE, Severity.ERROR, "district", place, words, words)
    assert names(study, finding) == "椿森中学校区, 12101-d99"
    assert where(study, finding).ja == "地区"


def test_hostile_text_runs_no_python(hostile: Path) -> None:
    assert not (hostile / "pwned").exists()
    html = (hostile / "maps_out" / "planner.html").read_text(encoding="utf-8")
    assert "cycler.__init__" in html
    assert "{# gone #}" in html


# --- in a browser ---------------------------------------------------------------------------------


class Opened:
    """A page opened from the disk with the network off, and what it complained of."""

    def __init__(self, browser: Browser, path: Path, width: int = 1280) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def follow(self, name: str) -> None:
        """Follow the link to the page of that name, and wait until its script has run."""
        self.page.click(f"header nav a[href^='{name}']")
        self.page.wait_for_url(f"**/{name}*", wait_until="load")

    def paths(self, pane: str) -> int:
        return self.page.locator(f".leaflet-{pane}-pane path.zone").count()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_offline_without_a_complaint(
    browser: Browser, sample: Path, name: str, width: int
) -> None:
    path = sample / f"{name}.html"
    opened = Opened(browser, path, width)
    assert opened.complaints == []
    assert opened.requests == [path.as_uri()]
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_planner_draws_every_area(browser: Browser, sample: Path, study: Study) -> None:
    opened = Opened(browser, sample / "planner.html")
    split = study.alignments["district", "care"]["population"].split_zones
    expected = {"ward": 6, "district": 54, "care": 28, "town": 0, "split": split}
    assert {pane: opened.paths(pane) for pane in expected} == expected
    opened.page.check("[data-layer=town]")
    assert opened.paths("town") == 500
    opened.page.uncheck("[data-layer=district]")
    assert opened.paths("district") == 0


@pytest.mark.browser
def test_a_click_tells_the_areas_of_a_place(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "planner.html")
    opened.page.check("[data-layer=town]")
    at = opened.page.evaluate(
        """() => {
            const town = keniki.byKey.town.zones.find((zone) => zone.name === "長洲一丁目");
            const point = keniki.map.latLngToContainerPoint(town.at);
            const box = keniki.map.getContainer().getBoundingClientRect();
            return [box.x + point.x, box.y + point.y];
        }"""
    )
    opened.page.mouse.move(*at)
    opened.page.wait_for_selector(".leaflet-tooltip.hover")
    assert "長洲一丁目" in opened.page.inner_text(".leaflet-tooltip.hover")
    opened.page.mouse.click(*at)
    detail = opened.page.inner_text("#detail")
    for expected in ("中央区", "千葉寺", "長洲一丁目", "住民"):
        assert expected in detail


@pytest.mark.browser
def test_a_finding_is_gone_to(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "planner.html")
    opened.page.click("details:has(.findings) summary")
    button = opened.page.locator("[data-lat]").first
    button.click()
    wanted = [float(button.get_attribute(f"data-{name}") or "nan") for name in ("lat", "lon")]
    centre = opened.page.evaluate("[keniki.map.getCenter().lat, keniki.map.getCenter().lng]")
    assert centre == pytest.approx(wanted, abs=1e-3)
    assert opened.page.is_checked("[data-layer=findings]")
    said = opened.page.inner_text("#detail")
    assert button.inner_text() in said
    assert button.inner_text().split(":")[0] in ("誤り", "注意", "参考")


@pytest.mark.browser
def test_towns_held_in_part_are_shown_as_such(browser: Browser, tmp_path: Path) -> None:
    for part in ("boundaries", "layers"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / FILE_NAME, tmp_path)
    centres = tmp_path / "boundaries" / "care_centres.csv"
    text = centres.read_text(encoding="utf-8")
    assert "弁天、松波、祐光" in text
    centres.write_text(text.replace("弁天、松波、祐光", "弁天、松波、祐光1丁目の一部"), "utf-8")
    study, _ = build(load_plan(tmp_path / FILE_NAME), tmp_path / "maps_out")
    assert study.partitions["care"].parts["words"].tolist() == ["一部"]
    opened = Opened(browser, tmp_path / "maps_out" / "planner.html")
    assert opened.paths("parts") == 1
    table = (tmp_path / "maps_out" / "parts.csv").read_text(encoding="utf-8-sig")
    assert "祐光一丁目" in table


@pytest.mark.browser
def test_the_list_shows_a_district_by_keyboard(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "council-12101.html")
    button = opened.page.locator("[data-zone='12101-d01']")
    button.focus()
    opened.page.keyboard.press("Enter")
    assert "椿森中学校区" in opened.page.inner_text("#detail")
    assert opened.page.locator("path.selected").count() == 1


@pytest.mark.browser
def test_the_language_switch(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "planner.html")
    assert "分かれています" in opened.page.inner_text("body")
    opened.page.click("#language")
    text = opened.page.inner_text("body")
    assert "分かれています" not in text
    assert "lie in two or more" in text
    assert opened.page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.browser
def test_a_link_takes_the_language_with_it(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "planner.html")
    opened.page.click("#language")
    assert opened.page.evaluate("location.hash") == "#lang=en"
    opened.follow("council-12101")
    assert opened.page.evaluate("document.documentElement.lang") == "en"
    assert opened.page.inner_text("#language") == "日本語"
    opened.page.click("#language")
    opened.follow("index")
    assert opened.page.evaluate("document.documentElement.lang") == "ja"
    assert opened.complaints == []


@pytest.mark.browser
def test_the_land_gives_way_to_tiles_only(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "planner.html")
    display = "getComputedStyle(document.querySelector('path.land')).display"
    assert opened.page.evaluate(display) != "none"
    opened.page.evaluate("keniki.map.getContainer().classList.add('tiled')")
    assert opened.page.evaluate(display) == "none"


@pytest.mark.browser
@pytest.mark.parametrize("name", ["planner", "council-12101"])
def test_a_desk_page_needs_no_scroll_bar_of_its_own(
    browser: Browser, sample: Path, name: str
) -> None:
    opened = Opened(browser, sample / f"{name}.html")
    assert opened.page.evaluate("document.documentElement.scrollHeight") <= 800
    low = opened.page.evaluate("document.querySelector('.stage').getBoundingClientRect().bottom")
    assert low == pytest.approx(800, abs=1)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["planner", "council-12101"])
def test_on_a_phone_a_choice_in_a_list_is_shown(browser: Browser, sample: Path, name: str) -> None:
    opened = Opened(browser, sample / f"{name}.html", width=390)
    button = opened.page.locator("[data-zone]").last
    button.click()
    assert button.inner_text() in opened.page.inner_text("#detail")
    assert opened.page.evaluate("document.activeElement.id") == "detail"
    for shown in (".stage", "#detail h3"):
        box = opened.page.locator(shown).first.bounding_box()
        assert box is not None
        assert box["y"] >= -1
        assert box["y"] + box["height"] <= 800


@pytest.mark.browser
def test_paper_shows_the_whole_map_and_the_screen_comes_back(
    browser: Browser, sample: Path
) -> None:
    opened = Opened(browser, sample / "planner.html")
    opened.page.evaluate("keniki.map.setView([35.6, 140.1], 13)")
    look = "[keniki.map.getZoom(), keniki.map.getSize().x, keniki.map.getSize().y]"
    before = opened.page.evaluate(look)
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate("keniki.map.getBounds().contains(keniki.payload.bounds)")
    width = opened.page.evaluate("keniki.map.getContainer().getBoundingClientRect().width")
    assert width <= 186 / 25.4 * 96 + 1
    adjust = "getComputedStyle(document.querySelector('.swatch')).printColorAdjust"
    assert opened.page.evaluate(adjust) == "exact"
    opened.page.emulate_media(media="screen")
    opened.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.evaluate(look) == before


@pytest.mark.browser
def test_what_a_screen_reader_is_told(browser: Browser, sample: Path) -> None:
    opened = Opened(browser, sample / "planner.html")
    assert opened.page.locator("main").get_attribute("id") == "panel"
    assert opened.page.locator(".leaflet-map-pane").get_attribute("aria-hidden") == "true"
    assert "地図" in (opened.page.get_by_role("application").get_attribute("aria-label") or "")
    assert opened.page.get_by_role("tooltip").count() == 0


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_are_told_apart() -> None:
    css = (ROOT / "geo" / "web" / "app.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", css))
    number = re.search(r"\.label\.split \{[^}]*color: (#[0-9a-f]{6})", css)
    assert number is not None
    for level in ("level-1", "level-2", "level-3"):
        assert contrast(number[1], colours[level]) >= 4.5
    assert contrast(colours["split"], colours["ground"]) >= 3
    for line in ("district", "care"):
        assert contrast(colours[line], "#ffffff") >= 4.5  # the casing under it


@pytest.mark.browser
def test_the_embedded_map_works_in_a_sandboxed_frame(
    browser: Browser, sample: Path, tmp_path: Path
) -> None:
    index = (sample / "index.html").read_text(encoding="utf-8")
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", index, re.DOTALL)
    assert found is not None
    snippet = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
    shutil.copy(sample / "embed.html", tmp_path)
    host = tmp_path / "host.html"
    host.write_text(f"<!DOCTYPE html><title>host</title>{snippet}", encoding="utf-8")
    opened = Opened(browser, host)
    frame = opened.page.frame_locator("iframe")
    frame.locator("path.zone").first.wait_for(state="attached")
    assert frame.locator("path.zone").count() == 6 + 54
    assert opened.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", "planner", "embed", "council-12101"])
def test_hostile_text_is_shown_as_typed(browser: Browser, hostile: Path, name: str) -> None:
    opened = Opened(browser, hostile / "maps_out" / f"{name}.html")
    for box in opened.page.locator("[data-layer]").all():
        box.check()
    for button in opened.page.locator("[data-zone]").all()[:3]:
        button.click()
    assert opened.complaints == []
    assert opened.page.evaluate("typeof window.pwned") == "undefined"
    text = " ".join(opened.page.inner_text("body").split())
    for hostile_text in HOSTILE:
        assert " ".join(hostile_text.split()) in text
