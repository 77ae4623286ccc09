"""The index: every file of a build, what it is for, how large it is, what it was made from."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from opened import Opened
from playwright.sync_api import Browser

from geo.embed_page import picture_link, snippet
from geo.index_page import GROUPS, index, kilobytes
from geo.maps import pages
from geo.masthead import links
from geo.origins import sources_of
from geo.plan import EmbedMap
from geo.study import Study
from geo.table import Table
from geo.tables import tables

#: The smallest PNG there is.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
DRAWN = {
    "overlaps.xlsx": b"x",
    "align.xlsx": b"x" * 2500,
    "atlas.gpkg": b"x",
    "embed.png": PICTURE,
    "embed_en.svg": b"<svg/>",
}


@pytest.fixture(scope="session")
def made(study: Study) -> list[Table]:
    return tables(study, [])


@pytest.fixture(scope="session")
def sizes(made: list[Table], study: Study) -> dict[str, int]:
    known = {table.name: len(table.csv()) for table in made}
    return known | {name: len(data) for name, data in DRAWN.items()} | {"planner.html": 345_678}


@pytest.fixture(scope="session")
def html(study: Study, made: list[Table], sizes: dict[str, int]) -> str:
    return index(study, made, DRAWN, sizes)


@pytest.fixture(scope="session")
def path(html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "index.html"
    path.write_text(html, encoding="utf-8")
    return path


def rows(html: str) -> dict[str, tuple[str, str, list[int]]]:
    """Of every file in a table: how many rows, how large, the numbers of its sources."""
    found = re.findall(
        r'<tr><td><a href="([^"]+)" download>.*?</td>(?:<td class="figure">([^<]*)</td>)?'
        r'<td class="figure">([^<]*)</td><td class="from">(.*?)</td></tr>',
        html,
    )
    return {
        unescape(name): (number, size, [int(n) for n in re.findall(r"#source-(\d+)", of)])
        for name, number, size, of in found
    }


def textareas(html: str) -> dict[str, str]:
    found = re.findall(r'<textarea id="(\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return {name: unescape(text) for name, text in found}


def test_it_lists_every_file_once_with_its_size(
    html: str, made: list[Table], sizes: dict[str, int]
) -> None:
    listed = rows(html)
    assert sorted(listed) == sorted([*(table.name for table in made), *DRAWN])
    assert html.count(" download>") == len(listed)
    assert all(size == kilobytes(sizes, name) for name, (_, size, _) in listed.items())
    assert listed["align.xlsx"][:2] == ("", "2 kB")
    assert listed["towns.csv"][0] == "500"


def test_every_page_says_for_whom_and_from_what(html: str, study: Study) -> None:
    cards = html[
        html.index('<ul class="cards">') : html.index("</ul>", html.index('class="cards"'))
    ]
    for link in links(study):
        card = re.search(rf'<li><a href="{link.href}">.*?</li>', cards, re.DOTALL)
        assert card is not None, link.href
        assert link.purpose.ja in card[0]
        assert f"{link.whom.ja}向け" in card[0]
        numbers = [int(number) for number in re.findall(r"#source-(\d+)", card[0])]
        assert [study.sources[number - 1] for number in numbers] == list(link.sources)
        assert ("346 kB" in card[0]) == (link.href == "planner.html")
    assert '<a href="council.html"><span lang="ja">市全体</span>' in cards


def test_sources_are_numbered_and_named_with_their_licence(html: str, study: Study) -> None:
    for number, source in enumerate(study.sources, 1):
        said = re.search(rf'<li id="source-{number}"[^>]*>(.*?)</li>', html)
        assert said is not None
        assert source.licence.ja in said[1]
        assert source.date in said[1]
    asked = {int(number) for number in re.findall(r"#source-(\d+)", html)}
    assert asked == set(range(1, len(study.sources) + 1))


def test_a_table_names_only_the_sources_that_it_is_made_from(html: str, study: Study) -> None:
    listed = rows(html)
    pair = [study.partitions[key] for key in ("ward", "district")]
    used = [*sources_of(study, pair), *study.counts.sources]
    for name in ("crosswalk_ward_district.csv", "zones_district_ward.csv"):
        assert {study.sources[n - 1] for n in listed[name][2]} == set(used)
    shown = next(link.sources for link in links(study) if link.href == "embed.html")
    assert [study.sources[n - 1] for n in listed["embed.png"][2]] == list(shown)
    assert not {study.sources[n - 1] for n in listed["towns.csv"][2]} & set(study.content_sources)


def test_what_holds_indicators_or_content_names_their_sources(html: str, study: Study) -> None:
    keys = {source: key for key, source in study.plan.source.items()}

    def of(numbers: list[int]) -> set[str]:
        return {keys[study.every_source[number - 1]] for number in numbers}

    listed = {name: of(numbers) for name, (_, _, numbers) in rows(html).items()}
    towns = {"points", "n03"}
    assert listed["indicators_ward.csv"] == {"n03", "census", "wards"}
    assert listed["indicators_care.csv"] == {*towns, "centres", "census", "wards"}
    assert listed["items.csv"] == listed["cases.csv"] == listed["marks.csv"] == {"welfare"}
    assert listed["list_ward.csv"] == {"n03", "census"}
    assert listed["overlaps.xlsx"] == listed["atlas.gpkg"] == set(keys.values())
    assert listed["align.xlsx"] == {*towns, "schools", "centres", "census"}
    assert listed["columns.csv"] == set()
    shown = {link.href: {keys[source] for source in link.sources} for link in links(study)}
    assert shown["planner.html"] == shown["council.html"] == set(keys.values())
    assert shown["align.html"] == listed["align.xlsx"]


def test_tables_stand_with_their_kind(html: str) -> None:
    order = [group.title.ja for group in GROUPS]
    titles = [
        re.sub("<[^>]*>.*", "", title)
        for title in re.findall('<h3><span lang="ja">(.*?)</h3>', html)
    ]
    shown = [title for title in titles if title in order]
    assert shown == [title for title in order if title in shown]
    assert shown[0] == "Excel で使う"
    towns, zones = (html.index(f'href="{name}"') for name in ("towns.csv", "measures.csv"))
    assert html.index("どこに入るか</span>") < towns < html.index("分かれ方</span>") < zones


def test_what_publishers_paste_stands_ready(html: str, study: Study, made: list[Table]) -> None:
    page = next(one for one in study.plan.map if isinstance(one, EmbedMap))
    assert textareas(html)["snippet"] == snippet(page.title)
    assert textareas(html)["picture"] == picture_link(page.title)
    assert '<img src="data:image/png;base64,' in html
    assert sorted(textareas(index(study, made, {}, {}))) == ["height", "snippet"]
    assert "<img" not in index(study, made, {}, {})
    others = tuple(one for one in study.plan.map if not isinstance(one, EmbedMap))
    without = replace(study, plan=study.plan.model_copy(update={"map": others}))
    assert textareas(index(without, made, {}, {})) == {}


def test_a_build_knows_the_sizes_of_its_pages(study: Study, made: list[Table]) -> None:
    maps = tuple(one for one in study.plan.map if isinstance(one, EmbedMap))
    plan = study.plan.model_copy(update={"map": maps, "period": ()})
    small = replace(study, plan=plan, proposals=None)
    files = {table.name: table.csv() for table in made}
    written = dict(pages(small, made, files))
    assert list(written) == ["embed.html", "index.html"]
    assert f"{round(len(written['embed.html'].encode()) / 1000)} kB" in written["index.html"]
    assert all(size for _, size, _ in rows(written["index.html"]).values())


def test_in_english_the_line_and_the_picture_are_in_english(
    study: Study, made: list[Table]
) -> None:
    html = index(study, made, DRAWN | {"embed_en.png": PICTURE}, {})
    page = next(one for one in study.plan.map if isinstance(one, EmbedMap))
    lines = [unescape(one) for one in re.findall(r"<textarea[^>]*>(.*?)</textarea>", html, re.S)]
    english = [line for line in lines if 'embed.html#lang=en"' in line]
    assert len(english) == 2
    assert f'title="{page.title.en}"' in english[0]
    assert 'src="embed_en.png"' in english[1]
    assert f'alt="{page.title.en} (' in english[1]
    assert [page.title.ja in line for line in english] == [False, False]
    assert re.findall(r'<img src="data:[^"]*" alt="([^"]*)"', html) == [
        page.title.ja,
        page.title.en,
    ]


def test_no_head_of_a_column_is_empty_and_names_break_at_their_joints(html: str) -> None:
    assert not re.search(r"<th[^>]*></th>", html)
    assert ">crosswalk_<wbr>ward_<wbr>district.csv</a>" in html


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_it_opens_without_a_complaint(browser: Browser, path: Path, width: int) -> None:
    opened = Opened(browser, path, width)
    assert opened.complaints == []
    assert opened.requests == [path.as_uri()]
    assert opened("document.documentElement.scrollWidth") <= width
    opened.page.click("#language")
    assert opened("document.documentElement.scrollWidth") <= width
    assert opened.page.locator("img").evaluate("one => one.naturalWidth") == 1
    found = Axe().run(
        opened.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
    )
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    opened.close()


@pytest.mark.browser
def test_a_number_leads_to_its_source(browser: Browser, path: Path) -> None:
    opened = Opened(browser, path, hash="#lang=en")
    opened.page.locator("a[href='#source-2']").first.click()
    assert opened("document.activeElement.id") == "source-2"
    assert opened("document.documentElement.lang") == "en"
    opened.close()
