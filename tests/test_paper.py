"""Pages on paper: what only a screen can use is left out, and nothing that is told is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from opened import Open, Opened, opening_in
from pdf_text import pdf_text
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def opening(browser: Browser, sample: Path) -> Iterator[Open]:
    yield from opening_in(browser, sample)


def printed(opened: Opened) -> str:
    """The words of the paper."""
    return pdf_text(opened.page.pdf(prefer_css_page_size=True))


def on_paper(opened: Opened) -> None:
    """From here on the page looks as it does on paper."""
    opened("window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")


def test_every_paper_of_the_table_of_overlaps_has_its_head(opening: Open) -> None:
    assert printed(opening("planner")).count("(人)割合") >= 3


@pytest.mark.parametrize("name", ["planner", "period-care_areas", "period-items"])
def test_paper_has_the_legend_below_the_map_and_nothing_to_press(opening: Open, name: str) -> None:
    opened = opening(name)
    opened.page.locator("[data-layer]").first.set_checked(False)
    words = printed(opened)
    assert ".csv" not in words.replace("findings.csv", "")
    on_paper(opened)
    tops = [opened(f"document.querySelector('{one}').getBoundingClientRect().top")
            for one in (".stage", ".layers", ".summary")]  # fmt: skip
    assert tops == sorted(tops)
    shown = [box.is_checked() for box in opened.page.locator("[data-layer]").all()]
    seen = [one.is_visible() for one in opened.page.locator("label:has([data-layer])").all()]
    assert seen == shown
    for control in ("input", "select", "#findings button", "#findings details", ".downloads"):
        assert opened.page.locator(f"{control}:visible").count() == 0, control
    opened("window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.locator("#panel .layers").count() == 1


def test_what_is_folded_on_the_page_of_proposals_is_printed(opening: Open, sample: Path) -> None:
    opened = opening("align")
    assert ".csv" not in printed(opened)
    on_paper(opened)
    words = opened.text("main")
    moves = pd.read_csv(sample / "align_moves.csv", dtype=str)
    reasons = pd.read_csv(sample / "align_reasons.csv", dtype=str)
    assert all(name in words for name in moves["block_name"])
    assert all(name in words for name in reasons["zone_name"])
    assert opened.page.locator("details:not([open])").count() == 0
    opened("window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.locator("details[open]").count() == 0


def test_a_council_s_paper_names_the_theme_and_says_what_it_is_for(opening: Open) -> None:
    words = printed(opening("council-12101", hash="#theme=9"))
    assert "テーマ「防災対策を通じた地域づくり」の項目がある地区" in words
    assert "テーマで絞り込む(分析用)" in words
    assert "テーマで絞り込む" not in printed(opening("council-12101"))


def test_headings_keep_their_distance_and_no_hint_is_printed(opening: Open) -> None:
    opened = opening("council-12101")
    opened.page.locator("path[role=button][tabindex='0']").focus()
    assert opened.page.locator(".leaflet-tooltip").count() == 1
    on_paper(opened)
    assert opened.page.locator(".leaflet-tooltip:visible").count() == 0
    margins = opened(
        "[...document.querySelectorAll('#list section > h2')]"
        ".map((one) => parseFloat(getComputedStyle(one).marginTop))"
    )
    assert len(margins) >= 2
    assert min(margins) >= 16
