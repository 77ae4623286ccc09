"""The list of findings: worst first, one by one, and a file where there is no script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from opened import Opened
from planner import planner_file
from playwright.sync_api import Browser

from geo.dots import findings_layer
from geo.findings import Finding, Kind, Severity
from geo.study import Study
from geo.words import Text

HOSTILE = "<img src=x onerror=window.pwned=1>"
GAP, ISLE = Text("すき間", "a gap"), Text("島", "an island")
MEND, LOOK = Text("直す", "mend it"), Text("見る", "look at it")


def finding(
    severity: Severity, what: Text, place: tuple[str, ...], lat: float, amount: float | None = None
) -> Finding:
    remedy = MEND if what is GAP else LOOK
    at = (140.1, lat)
    return Finding(Kind.GAP_INSIDE, severity, "district", place, what, remedy, amount, "m2", at)


FINDINGS = (
    finding(Severity.NOTE, ISLE, ("12101-d01",), 35.60),
    finding(Severity.ERROR, GAP, (HOSTILE,), 35.61, 1234.4),
    finding(Severity.NOTE, ISLE, ("12101-d02",), 35.60, 3e9),
    finding(Severity.WARNING, GAP, (), 35.62, 0.0),
    replace(finding(Severity.ERROR, GAP, (), 0), at=None),
)


@pytest.fixture(scope="module")
def told(study: Study) -> Study:
    return replace(study, findings=FINDINGS)


@pytest.fixture(scope="module")
def page(told: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planner_file(told, tmp_path_factory.mktemp("findings"))


@pytest.fixture
def opened(browser: Browser, page: Path) -> Iterator[Opened]:
    found = Opened(browser, page)
    yield found
    assert found.complaints == []
    found.close()


def test_what_is_said_of_several_places_is_sent_once(told: Study) -> None:
    layer = findings_layer(told)
    assert [one["severity"] for one in layer["about"]] == ["error", "warning", "note"]
    assert list(layer["text"]) == [0, 1, 2, 2]
    assert layer["amounts"] == [1234, 0, None, 3_000_000_000]
    assert layer["names"] == [[0], [1], [2, 3]], "two of them at one spot"
    assert layer["note"].ja == "（3か所）"


@pytest.mark.browser
def test_the_list_has_the_worst_first(opened: Opened) -> None:
    opened.page.click("#findings summary")
    assert opened.page.locator("#findings h2").inner_text() == "点検結果（5件）"
    assert "場所がわかるものは4件" in opened.text("#findings")
    assert opened.page.locator("#findings h3").all_inner_texts() == [
        "誤り: すき間 1件", "注意: すき間 1件", "参考: 島 2件"]  # fmt: skip
    assert opened.page.locator("#findings li").all_inner_texts() == [
        f"{HOSTILE}、1,234 m²", "地区、0 m²", "椿森中学校区", "星久喜中学校区、3,000,000,000 m²"
    ]  # fmt: skip
    assert opened("typeof window.pwned") == "undefined"


@pytest.mark.browser
def test_a_click_goes_there_and_says_it(opened: Opened) -> None:
    opened.page.click("#findings summary")
    opened.page.locator("#findings li button").nth(1).click()
    lat, lng = opened("[keniki.map.getCenter().lat, keniki.map.getCenter().lng]")
    assert (lat, lng) == pytest.approx((35.62, 140.1), abs=1e-3)
    assert opened("keniki.map.getZoom()") >= 14
    assert opened.page.is_checked("[data-layer=findings]")
    assert opened.page.locator("path.finding-ring").count() == 1
    for said in ("2 / 4", "注意: すき間", "0 m²", "直す"):
        assert said in opened.text("#detail")
    opened("keniki.select('district', 0)")
    assert opened.page.locator("path.finding-ring").count() == 0
    assert "すき間" not in opened.text("#detail")


@pytest.mark.browser
def test_all_are_clicked_through_by_keyboard_and_round(opened: Opened) -> None:
    opened.page.get_by_role("button", name="1件ずつ見る").click()
    following = opened.page.get_by_role("button", name="次へ")
    following.focus()
    seen = []
    for _ in range(5):
        seen.append(opened.page.locator("#detail .steps > span").inner_text())
        opened.page.keyboard.press("Enter")
        assert opened("document.activeElement.innerText") == "次へ", "the focus stays"
    assert seen == ["1 / 4", "2 / 4", "3 / 4", "4 / 4", "1 / 4"]
    opened.page.get_by_role("button", name="前へ").click()
    assert "1 / 4" in opened.text("#detail")
    opened.page.click("#language")
    assert "Error: a gap" in opened.text("#detail")


@pytest.mark.browser
def test_a_dot_says_what_is_wrong_there(opened: Opened) -> None:
    opened.page.check("[data-layer=findings]")
    names = opened("keniki.groups.findings.namesAt(L.latLng(35.6, 140.1))")
    assert names == [
        [["島", "an island"], [f"地区 {district}", f"Districts {district}"]]
        for district in ("椿森中学校区", "星久喜中学校区")
    ]


@pytest.mark.browser
def test_without_a_script_a_table_stands_there(browser: Browser, page: Path) -> None:
    opened = Opened(browser, page, java_script_enabled=False)
    link = opened.page.locator("#findings a")
    assert link.get_attribute("href") == "findings.csv"
    assert opened.page.locator("#findings button, #findings details").count() == 0
    opened.close()


@pytest.mark.browser
def test_a_study_without_findings_has_no_list(
    browser: Browser, study: Study, tmp_path: Path
) -> None:
    opened = Opened(browser, planner_file(replace(study, findings=()), tmp_path))
    assert opened.page.locator("#findings").count() == 0
    assert opened.complaints == []
    opened.close()
