"""The pages and tables of periods: a small city whose areas and items changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from made_plans import made_plan, towns
from opened import Open, opening_in
from pdf_text import pdf_text
from playwright.sync_api import Browser

from geo.edition_page import edition_page
from geo.edition_tables import edition_tables
from geo.errors import PlanError
from geo.index_page import index
from geo.masthead import links, masthead
from geo.pipeline import compute
from geo.plan_file import load_plan
from geo.revision_page import revision_page
from geo.study import Study
from geo.tables import meanings_in, tables

MORE = """
[source.old]
title = { ja = "前の区域", en = "Areas before" }
publisher = { ja = "市", en = "City" }
date = "2020"
licence = { ja = "CC0", en = "CC0" }

[[partition]]
key = "care_old"
title = { ja = "圏域", en = "Care areas" }
role = "care"
sources = ["old"]
note = { ja = "前の区域の注", en = "Note on the areas before" }
town_column = { id = "care_old", name = "care_old" }

[[period]]
key = "areas"
title = { ja = "圏域の変更", en = "Care areas before and after" }
before = "care_old"
after = "care"
dates = [{ ja = "2020年", en = "2020" }, { ja = "2026年", en = "2026" }]

[[period]]
key = "content"
title = { ja = "項目の新旧", en = "Items before and now" }
before = "items_old"
after = "items"
dates = [{ ja = "第4期", en = "4th plan" }, { ja = "第5期", en = "5th plan" }]

[[layer]]
key = "items_old"
type = "items"
file = "items_old.csv"
title = { ja = "前の項目", en = "Items before" }
of = "district"
"""
ITEMS = "item_id,zone_id,text_ja,text_en,themes,start_year,end_year,who_ja,who_en\n"
OLD = ITEMS + "1,D,サロンを開く,,,2018,2020,,\n2,D,<img src=x onerror=alert(1)>,,,2018,2020,,\n"
NEW = ITEMS + "1,D,サロンを毎月開く,,,2021,2026,,\n3,D,見守り,,,2021,2026,,\n"
AT = {"period-areas": edition_page, "period-content": revision_page}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def plan_file(folder: Path) -> Path:
    """Six towns by two: area E came out of C, and one town's people are not known."""
    made = towns(6, 2).assign(care_old="C")
    made["care"] = ["E" if x > 3 else "C" for x in made["x"]]
    made.loc[made["x"] == 0, "care_old"] = "<b>=G"
    made.loc[made["id"] == "00005", "people"] = None
    path = made_plan(folder, made, {"items": NEW})
    (folder / "items_old.csv").write_text(OLD, encoding="utf-8-sig")
    path.write_text(path.read_text(encoding="utf-8") + MORE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return compute(load_plan(plan_file(tmp_path_factory.mktemp("periods"))))


@pytest.fixture(scope="module")
def built(changed: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages of both periods."""
    folder, made = tmp_path_factory.mktemp("pages"), edition_tables(changed)
    for period, page in zip(changed.plan.period, AT.values(), strict=True):
        html = page(changed, period, made)
        (folder / f"period-{period.key}.html").write_text(html, encoding="utf-8")
    return folder


# --- an earlier edition stands nowhere else -------------------------------------------------------


def test_an_earlier_edition_is_in_no_other_table(changed: Study) -> None:
    assert list(changed.partitions) == ["ward", "district", "care", "town"]
    assert list(changed.earlier) == ["care_old"]
    assert not any("care_old" in pair for pair in changed.crosswalks)
    made = [table.name for table in tables(changed, edition_tables(changed))]
    assert [name for name in made if "old" in name] == []
    assert [name for name in made if name.startswith("period_")] == [
        "period_areas.csv", "period_areas_zones.csv", "period_areas_towns.csv",
        "period_content.csv", "period_content_zones.csv",
    ]  # fmt: skip
    assert changed.content.items["item_id"].tolist() == ["1", "3"]


def test_its_sources_are_those_of_its_page_and_of_the_index(changed: Study) -> None:
    old = changed.plan.source["old"]
    assert old not in changed.sources
    assert old not in masthead(changed, "planner.html")["study"]["sources"]
    assert old in masthead(changed, "index.html")["study"]["sources"]
    assert old in next(one.sources for one in links(changed) if one.href == "period-areas.html")
    html = index(changed, edition_tables(changed), {}, {})
    assert "period-areas.html" in html
    assert "period_areas_zones.csv" in html


def test_what_is_asked_for_elsewhere_is_no_mere_edition(tmp_path: Path) -> None:
    path = plan_file(tmp_path)
    text = path.read_text(encoding="utf-8")
    shown = text.replace('show = ["ward", "district", "care"]', 'show = ["ward", "care_old"]')
    path.write_text(shown, encoding="utf-8")
    plan = load_plan(path)
    assert plan.earlier == {"items_old"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('before = "care_old"', 'before = "care"', "cannot be compared"),
        ('before = "care_old"', 'before = "items_old"', "cannot be compared"),
        ('before = "care_old"', 'before = "town"', "“town” cannot be compared"),
        ('before = "care_old"', 'before = "care_odl"', "“care_odl” cannot be compared"),
        ('key = "content"', 'key = "areas"', "used twice"),
        ('key = "content"', 'key = "areas_zones"', "is a column"),
        ('{ ja = "2020年", en = "2020" }, ', "", "dates"),
    ],
)
def test_wrong_periods_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = plan_file(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(PlanError) as fault:
        load_plan(path)
    assert said in "\n".join(fault.value.lines("en"))


# --- tables ---------------------------------------------------------------------------------------


def test_the_tables_say_what_moved_in_words(changed: Study) -> None:
    made = {table.name: table for table in edition_tables(changed)}
    for table in made.values():
        assert set(meanings_in(table, changed)) == set(table.frame.columns)
        assert not table.frame.duplicated(list(table.key) or None).any()

    def parsed(name: str) -> list[dict[str, str]]:
        text = made[name].csv().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    moves = parsed("period_areas.csv")
    assert [(row["from_id"], row["to_id"], row["people"]) for row in moves] == [
        ("C", "E", "300.0"), ("<b>=G", "C", "200.0")
    ]  # fmt: skip
    assert moves[0]["people_missing_towns"] == "1"
    said = {
        (row["from_id"], row["to_id"]): row["words_en"] for row in parsed("period_areas_zones.csv")
    }
    assert said["", "E"] == "New; out of C (300 people)"
    assert said["<b>=G", ""] == "No longer there; now in C (200 people)"
    assert len(parsed("period_areas_towns.csv")) == 6
    items = {row["what"]: row for row in parsed("period_content.csv")}
    assert set(items) == {"changed", "added", "removed"}
    assert (items["changed"]["by"], items["changed"]["changes"]) == ("id", "text;years")
    (district,) = parsed("period_content_zones.csv")
    assert (district["before"], district["after"], district["words_ja"]) == (
        "2", "2", "変更1、追加1、終了1"
    )  # fmt: skip


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def opening(browser: Browser, built: Path) -> Iterator[Open]:
    yield from opening_in(browser, built)


@pytest.mark.browser
@pytest.mark.parametrize("hash_", ["", "#lang=en"])
@pytest.mark.parametrize("name", AT)
def test_a_page_opens_offline_and_is_accessible(opening: Open, name: str, hash_: str) -> None:
    for width in (1280, 320):
        opened = opening(name, width, hash=hash_)
        assert len(opened.requests) == 1
        assert opened("document.documentElement.scrollWidth") <= width
        opened("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        options = {"runOnly": {"type": "tag", "values": RULES}}
        found = Axe().run(opened.page, options=options).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.browser
def test_moves_are_hatched_and_numbered(opening: Open, changed: Study) -> None:
    opened = opening("period-areas")
    moves = changed.editions["areas"].moves
    assert opened.here.locator("path.zone.hatched").count() == len(moves)
    labels = opened.here.locator(".map-label.number").all_inner_texts()
    assert sorted(labels) == [str(number) for number in moves.index]
    assert "2020年" in opened.text(".layers")
    assert "200人" in opened.text("main")
    assert "人数のわからない町丁目1" in opened.text(".summary")
    assert opened.here.locator("b:has(img), img").count() == 0


@pytest.mark.browser
def test_the_table_of_moves_and_the_map_follow_each_other(opening: Open) -> None:
    opened = opening("period-areas")
    current = ".moves tr[aria-current]"
    opened.here.focus("[data-show=moved-land][data-zone='2']")
    opened.page.keyboard.press("Enter")
    assert "2: <b>=G → C" in opened.text("#detail")
    assert opened.here.locator(current).get_attribute("data-row") == "moved-land:2"
    opened("keniki.map.fitBounds(keniki.data.bounds, { animate: false })")
    at = opened(
        "() => { const { map, byKey } = keniki;"
        " const at = map.latLngToContainerPoint(byKey['moved-land'].place(0));"
        " return [at.x, at.y]; }"
    )
    box = opened.here.locator(".folium-map").bounding_box()
    assert box is not None
    opened.page.mouse.click(box["x"] + at[0] + 12, box["y"] + at[1] + 12)
    assert opened.here.locator(current).get_attribute("data-row") == "moved-land:1"
    assert opened.here.locator(".became li[aria-current]").count() == 1


@pytest.mark.browser
def test_both_editions_can_be_swiped(opening: Open) -> None:
    opened = opening("period-areas")
    opened.here.click("#swipe")
    assert opened.text(".swipe-name.left") == "圏域（2020年）"
    assert opened.text(".swipe-name.right") == "圏域（2026年）"
    options = opened.here.locator("#swipe-left option").all_inner_texts()
    assert not any("移った" in text for text in options)
    opened.here.click("#swipe")
    assert opened.here.locator(".swipe-cover").count() == 0


@pytest.mark.browser
def test_the_changes_of_items_stand_by_district(opening: Open) -> None:
    opened = opening("period-content")
    assert opened.text(".headline") == "項目は2件から2件に（追加1、変更1、継続0、終了1）。"
    article = opened.text("article")
    assert "前の文: サロンを開く" in article
    assert "<img src=x onerror=alert(1)>" in article
    assert opened.here.locator(".map-label.number").inner_text() == "+1 −1 ±1"
    opened.here.click("article [data-zone=D]")
    assert opened.here.locator("article[aria-current]").count() == 1


def test_an_item_whose_years_changed_is_not_just_kept(tmp_path: Path) -> None:
    path = plan_file(tmp_path)
    (tmp_path / "items_old.csv").write_text(NEW.replace("2021,2026", "2018,2020"), "utf-8-sig")
    changed = compute(load_plan(path))
    html = revision_page(changed, changed.plan.period[1], edition_tables(changed))
    assert html.count("kept, years changed</span></b>") == html.count("継続（期間は変更）") == 2
    assert ">kept<" not in html


@pytest.mark.browser
@pytest.mark.parametrize("name", AT)
def test_without_scripts_there_are_a_picture_and_words(opening: Open, name: str) -> None:
    opened = opening(name, java_script_enabled=False)
    assert opened.here.locator("svg.still path").count() >= 2
    assert opened.here.locator("#list h2").first.is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("name", AT)
def test_it_prints_whole(opening: Open, name: str) -> None:
    said = pdf_text(opening(name).page.pdf(format="A4"))
    for words in (
        ("2020年", "200人", "移ったところ", "区域ごとに")
        if name == "period-areas"
        else ("第4期", "見守り")
    ):
        assert words in said
