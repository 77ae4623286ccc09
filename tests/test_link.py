"""A link restores what was seen: place, layers, what was chosen, and what other parts register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_plans import SOUTH, WEST, made_plan, towns
from opened import Opened
from planner import planner_file
from playwright.sync_api import Browser

from geo.pipeline import compute
from geo.plan_file import load_plan

#: Everything that a link restores, as the page has it.
VIEW = """() => {
  const { map, layers, selected, byKey, states } = keniki, { lat, lng } = map.getCenter();
  return {
    at: [lat.toFixed(5), lng.toFixed(5)], zoom: map.getZoom(),
    on: layers.filter(({ on }) => on).map(({ key }) => key),
    boxes: all("[data-layer]:checked").map(({ dataset }) => dataset.layer).sort(),
    zone: selected && [selected.key, byKey[selected.key].ids[selected.zone]],
    marked: Boolean(keniki.marked), language: document.documentElement.dataset.lang,
    states: Object.values(states).map((state) => state.write()),
  };
}"""
LINK = "() => { byId('copy').click(); return byId('link').value; }"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
#: Longer than the page waits before it writes its address.
WRITTEN_MS = 600


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 towns; ids of districts that an address must not take apart."""
    folder = tmp_path_factory.mktemp("city")
    made = towns(6, 6)
    made["ward"] = np.where(made["x"] < 3, "中央区", "緑区")
    made["district"] = np.where(made["y"] < 2, "a:b,c&d=e#%25 +/?", "二")
    made["care"] = np.where(made["x"] < 2, "1", "2")
    made["people"] = np.arange(36.0)
    return planner_file(compute(load_plan(made_plan(folder, made))), folder)


@pytest.fixture
def opened(browser: Browser, path: Path) -> Iterator[Opened]:
    one = Opened(browser, path, before=NO_CLIPBOARD)
    yield one
    assert one.complaints == []
    one.close()


def view(opened: Opened) -> dict[str, Any]:
    return dict(opened(VIEW))


def address(opened: Opened) -> str:
    """The address after the page has had time to write it."""
    opened.page.wait_for_timeout(WRITTEN_MS)
    return str(opened("location.hash"))


def change(opened: Opened) -> None:
    """All that a reader may have done."""
    page = opened.page
    opened(
        "at => keniki.map.setView(at, 15.25, { reset: true })", [SOUTH + 0.00712345, WEST + 0.0103]
    )
    page.check("[data-layer=town]")
    page.uncheck("[data-layer=ward]")
    opened("keniki.select('district', 0)")
    page.select_option("#colour", "people:care")
    page.evaluate(
        "() => { byId('opacity').value = 40; byId('opacity').dispatchEvent(new Event('input')); }"
    )
    page.evaluate("byId('opacity').dispatchEvent(new Event('change'))")
    page.click("#swipe")
    page.click("#language")


def test_a_link_opened_elsewhere_shows_the_same(
    browser: Browser, opened: Opened, path: Path
) -> None:
    at_first = view(opened)
    change(opened)
    expected, link = view(opened), opened(LINK)
    assert {key for key in expected if expected[key] != at_first[key]} == set(expected)
    assert link == path.as_uri() + address(opened)
    other = Opened(browser, path, width=1000, hash=f"#{link.partition('#')[2]}")
    assert view(other) == expected
    assert "a:b,c&d=e#%25 +/?" in other.text("#detail")
    assert address(other) == address(opened)
    assert other.complaints == []
    other.close()


def test_links_are_exact_wherever_the_map_is(opened: Opened) -> None:
    """Moved by pixels, at any zoom: back at a link everything is as when it was made."""
    random = np.random.default_rng(7)
    seen = []
    keys = opened("keniki.layers.map(({ key }) => key)")
    for _ in range(12):
        opened(
            "by => keniki.map.panBy(by, { animate: false })", random.integers(-80, 80, 2).tolist()
        )
        opened("zoom => keniki.map.setZoom(zoom, { animate: false })", random.integers(40, 70) / 4)
        opened(
            "([key, on]) => keniki.show(key, on)", [random.choice(keys), bool(random.integers(2))]
        )
        town = int(random.integers(36)) if random.integers(3) else None
        opened("zone => keniki.select('town', zone)", town)
        seen.append((opened(LINK), view(opened)))
    for link, expected in reversed(seen):
        opened("link => { location.hash = link.split('#')[1]; }", link)
        opened.page.wait_for_timeout(50)
        assert view(opened) == expected
        assert opened(LINK) == link
    assert len({link for link, _ in seen}) == len(seen)


def test_back_at_a_link_without_a_choice_nothing_is_told(opened: Opened) -> None:
    link, told = opened(LINK), opened.text("#detail")
    opened("keniki.select('town', 3)")
    assert opened.text("#detail") != told
    opened("link => { location.hash = link.split('#')[1]; }", link)
    opened.page.wait_for_function("!keniki.selected")
    assert (opened.text("#detail"), opened("Boolean(keniki.marked)")) == (told, False)


def test_a_link_of_one_thing_changes_only_that(browser: Browser, path: Path) -> None:
    opened = Opened(browser, path, hash="#zone=town:00035")
    assert view(opened)["zone"] == ["town", "00035"]
    assert opened(
        "keniki.isOn('town') && keniki.map.getBounds().contains(keniki.byKey.town.box(35))"
    )
    opened.page.check("[data-layer=town]")
    opened.page.uncheck("[data-layer=ward]")
    before = view(opened)
    opened("location.hash = 'zone=town:00001'")
    opened.page.wait_for_function("keniki.byKey.town.ids[keniki.selected.zone] === '00001'")
    assert view(opened)["on"] == before["on"]
    opened.close()


HOSTILE = [
    "#at=999,999&z=11", "#at=NaN,NaN", "#at=35.6", "#at=35.6,140.0;alert(1)", "#at=1e2,1e2", "#z=3",
    "#at=Infinity,0", "#at=%3Cimg%20src=x%20onerror=alert(1)%3E", "#zone=__proto__:constructor",
    "#zone=constructor:name", "#zone=town", "#zone=town:none", "#zone=:", "#zone=split:0",
    "#colour=%00", "#%E0%A4%A", "#&&==&=", "#on=__proto__,constructor,%3Cscript%3E", "#off=none,,",
    "#opacity=1e9", "#opacity=-5", "#swipe=ward,ward,1e9", "#swipe=__proto__,ward,5", "#lang=xx",
    "#panel", "#list", "#nothing=1",
]  # fmt: skip


def test_what_is_unknown_or_hostile_is_ignored(opened: Opened) -> None:
    expected = view(opened)
    for hash_ in HOSTILE:
        opened("hash => { location.hash = hash; }", hash_)
        opened.page.wait_for_timeout(20)
        assert view(opened) == expected, hash_


@pytest.mark.parametrize(
    "hash_", ["#at=999,999&z=11&zone=__proto__:x&on=%00", "#%E0%A4%A", "#stage"]
)
def test_a_page_starts_whatever_its_address_says(browser: Browser, path: Path, hash_: str) -> None:
    plain, opened = Opened(browser, path), Opened(browser, path, hash=hash_)
    assert view(opened) == view(plain)
    assert opened.complaints == []
    plain.close()
    opened.close()


@pytest.mark.parametrize("z", ["99", "-1", "x", "1e1", ""])
def test_a_place_without_a_zoom_that_can_be_keeps_the_zoom(opened: Opened, z: str) -> None:
    before = view(opened)
    opened("z => { location.hash = `at=35.61,140.01&z=${z}`; }", z)
    opened.page.wait_for_function("keniki.map.getCenter().lat === 35.61")
    assert view(opened) == before | {"at": ["35.61000", "140.01000"]}


def test_nothing_is_written_before_anything_changes(opened: Opened) -> None:
    assert address(opened) == ""


def test_a_skip_link_stays_no_part_of_the_view(opened: Opened) -> None:
    opened("location.hash = 'list'")
    opened("keniki.select('town', 0)")
    assert address(opened).startswith("#zone=town:00000&at=")


def test_the_address_is_written_seldom(browser: Browser, path: Path) -> None:
    """Browsers refuse more than about a hundred writes in half a minute."""
    count = """
      window.writes = 0;
      const write = history.replaceState.bind(history);
      history.replaceState = (...of) => { window.writes += 1; write(...of); };
    """
    opened = Opened(browser, path, before=count)
    for _ in range(100):
        opened("keniki.map.panBy([3, 1], { animate: false })")
    took_ms = opened("performance.now()")
    address(opened)
    assert 1 <= opened("window.writes") <= 2 + took_ms / 400
    opened.close()


def test_a_browser_that_refuses_to_write_is_no_fault(browser: Browser, path: Path) -> None:
    refuse = "history.replaceState = () => { throw new DOMException('no', 'SecurityError'); };"
    opened = Opened(browser, path, before=refuse + NO_CLIPBOARD)
    opened("keniki.select('town', 5)")
    assert address(opened) == ""
    assert "zone=town:00005" in opened(LINK)
    assert opened.complaints == []
    opened.close()


# --- copying --------------------------------------------------------------------------------------


def test_a_link_is_copied(browser: Browser, path: Path) -> None:
    kept = (
        "Object.defineProperty(navigator, 'clipboard',"
        " { value: { writeText: async (text) => { window.kept = text; } } });"
    )
    opened = Opened(browser, path, before=kept)
    opened("keniki.select('town', 5)")
    opened.page.click("#copy")
    assert opened.text("#view-said") == "リンクをコピーしました。"
    assert opened("window.kept") == path.as_uri() + address(opened)
    assert not opened.page.is_visible("#link")
    opened.close()


@pytest.mark.parametrize("framed", [False, True])
def test_where_nothing_may_be_copied_the_link_is_there_to_copy(
    browser: Browser, path: Path, framed: bool
) -> None:
    opened = Opened(browser, path, framed=framed, before="" if framed else NO_CLIPBOARD)
    opened.here.click("#copy")
    opened.here.wait_for_selector("#link", state="visible")
    link = opened("byId('link').value")
    assert link.startswith(f"{path.as_uri()}#at=")
    assert opened("getSelection().toString()") == link
    assert opened("document.activeElement.id") == "link"
    assert opened.text("#view-said") == "下のリンクをコピーしてください。"
    opened("keniki.select('town', 5)")
    assert not opened.here.is_visible("#link")
    assert opened.text("#view-said") == ""
    assert opened.complaints == []
    opened.close()
