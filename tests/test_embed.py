"""The map that stands in other pages: what its address asks for, its manners, what is pasted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import folium
import pandas as pd
import pytest
from made_plans import EMPTY, made_plan, towns
from opened import SANDBOX, Opened, payload
from playwright.sync_api import Browser

from geo.embed_page import embed, embedded, height_script, picture_link, snippet
from geo.pipeline import compute
from geo.plan import EmbedMap
from geo.plan_file import load_plan
from geo.study import Study
from geo.words import Text

Open = Callable[..., Opened]


def page_of(study: Study) -> EmbedMap:
    return next(page for page in study.plan.map if isinstance(page, EmbedMap))


@pytest.fixture(scope="module")
def path(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's page, with the care centres as well."""
    page = page_of(study).model_copy(update={"show": ("ward", "district", "care")})
    path = tmp_path_factory.mktemp("embed") / "embed.html"
    path.write_text(embed(study, page), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, path: Path) -> Iterator[Open]:
    """Opens the page; whatever the browser complains of fails the test."""
    made: list[Opened] = []

    def opening(**more: Any) -> Opened:
        made.append(Opened(browser, path, **more))
        return made[-1]

    yield opening
    for one in made:
        assert one.complaints == []
        one.close()


# --- what the page holds --------------------------------------------------------------------------


def of_districts(study: Study) -> pd.DataFrame:
    """The items of districts, not those of wards or the city."""
    items = study.content.items
    return items[items["of"] == "district"]


def test_it_names_only_the_sources_of_what_it_shows(study: Study) -> None:
    html = embed(study, page_of(study))
    for shown in ("行政区域データ", "中学校区データ", "位置参照情報", "2026-11", "模式図"):
        assert shown in html
    for not_shown in ("国勢調査", "あんしんケアセンター一覧"):
        assert not_shown not in html


def test_it_knows_the_themes_of_every_district(study: Study, path: Path) -> None:
    found = payload(path.read_text(encoding="utf-8"))
    assert found["main"] == "district"
    themes, start = found["themes"], 0
    assert themes["ids"] == study.content.themes["theme_id"].tolist()
    items = of_districts(study).groupby("zone_id")["themes"].agg(";".join)
    for zone_id, size in zip(
        study.partitions["district"].zones.index, themes["sizes"], strict=True
    ):
        ids = [themes["ids"][one] for one in themes["numbers"][start : start + size]]
        assert set(ids) == set(filter(None, items.get(zone_id, "").split(";")))
        start += size
    assert start == len(themes["numbers"])


def test_a_plan_without_themes_or_items_has_none(tmp_path: Path) -> None:
    study = compute(load_plan(made_plan(tmp_path, towns(2, 2), EMPTY)))
    assert "themes" not in payload(embed(study, page_of(study)))
    assert 'id="theme-key"' not in embed(study, page_of(study))


def test_what_publishers_paste() -> None:
    title = Text('<区> & "地区"', "<x>")
    line = snippet(title)
    assert f'sandbox="{SANDBOX}"' in line
    assert 'loading="lazy"' in line
    assert "allow-same-origin" not in line
    assert 'title="&lt;区&gt; &amp; &#34;地区&#34;"' in line
    assert type(line) is type(picture_link(title)) is str  # so that a page escapes it once more
    assert '<img src="embed.png" alt="&lt;区&gt; &amp; &#34;地区&#34;' in picture_link(title)


# --- what its address asks for --------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ["care", "district", "ward"]),
        ("#layer=ward", ["ward"]),
        ("#layer=care,ward", ["care", "ward"]),
        ("#layer=care,none", ["care"]),
        ("#layer=town,atom", ["care", "district", "ward"]),
    ],
)
def test_layers(opened: Open, asked: str, shown: list[str]) -> None:
    one = opened(hash=asked)
    assert sorted(one("keniki.visible().map(({ key }) => key)")) == shown
    legend = one.here.locator("[data-legend]:visible")
    assert sorted(str(line.get_attribute("data-legend")) for line in legend.all()) == shown
    for key in ("ward", "district", "care"):
        assert one.here.locator(f"path.border.{key}").count() == (key in shown)
    reached = "district" if "district" in shown else "care" if "care" in shown else "ward"
    assert one("keniki.main") == reached
    assert one.here.locator("path[role=button]").count() == one(f"keniki.byKey.{reached}.size")
    assert one.here.locator("path[role=button][tabindex='0']").count() == 1


@pytest.mark.browser
def test_a_theme(opened: Open, study: Study) -> None:
    one = opened(hash="#theme=3")
    having = [
        zone
        for zone, ids in of_districts(study)[["zone_id", "themes"]].itertuples(index=False)
        if "3" in ids.split(";")
    ]
    filled = one("""keniki.shapes.flatMap((shape, i) => (
      shape.getElement().matches(".class-theme") ? [keniki.byKey.district.ids[i]] : []))""")
    assert sorted(filled) == sorted(set(having))
    assert f"「地域のつながりづくり」の取組がある（{len(set(having))}）" in one.text(".legend")
    names = study.partitions["district"].zones["name"]
    button = one.here.locator("path.class-theme").first
    assert "「地域のつながりづくり」の取組あり" in str(button.get_attribute("aria-label"))
    labels = one.here.locator(".map-label.theme").all_inner_texts()
    assert set(labels) <= {names[zone] for zone in having}
    assert labels
    one.here.click("#language")
    assert "Items on: Building ties in the community" in one.text(".legend")


@pytest.mark.browser
@pytest.mark.parametrize("asked", ["#theme=99", "#theme=", "#theme=3&layer=ward", ""])
def test_no_theme(opened: Open, asked: str) -> None:
    one = opened(hash=asked)
    assert one.here.locator(".class-theme").count() == 0
    assert one.here.locator("#theme-key").is_hidden()


@pytest.mark.browser
def test_a_ward_is_gone_to(opened: Open) -> None:
    whole, ward = opened(), opened(hash="#ward=12101")
    assert ward("keniki.map.getZoom()") > whole("keniki.map.getZoom()")
    inside = "keniki.map.getBounds().contains(keniki.byKey.ward.box(0))"
    assert ward("keniki.byKey.ward.ids[0]") == "12101"
    assert ward(inside)
    ward("location.hash = '#ward=12106'")
    ward.page.wait_for_function("keniki.map.getBounds().contains(keniki.byKey.ward.box(5))")
    assert opened(hash="#ward=1")("keniki.map.getZoom()") == whole("keniki.map.getZoom()")


@pytest.mark.browser
def test_a_language(opened: Open) -> None:
    one = opened(hash="#lang=en")
    assert one("document.documentElement.lang") == "en"
    assert "Wards and districts of Chiba City schematic" in one.text(".caption")
    assert one.here.locator("#larger").get_attribute("href") == "planner.html#lang=en"


# --- choosing -------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_zone_is_told_on_a_card_that_closes(opened: Open) -> None:
    one = opened(framed=True)
    keys = one.page.keyboard
    one.here.locator("path[role=button][tabindex='0']").focus()
    keys.press("PageDown")
    keys.press("Enter")
    for said in ("住民", "世帯", "面積", "km²", "取組のテーマ", "まだ入力されていません"):
        assert said in one.text(".card")
    name = one("keniki.byKey.district.names[1]")
    assert name in one.text(".card h3")
    assert one.here.locator(".leaflet-selected-pane path").count() >= 1
    one.here.locator("#close").focus()
    keys.press("Enter")
    assert one.text(".card") == ""
    assert one.here.locator("#close").is_hidden()
    assert one("document.activeElement.getAttribute('aria-label')") == name
    keys.press("Enter")
    assert name in one.text(".card")
    keys.press("Escape")
    assert one.text(".card") == ""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_card_leaves_its_zone_to_be_seen(opened: Open, width: int) -> None:
    one = opened(width=width, height=560)
    sizes = one("keniki.byKey.district.size")
    for zone in range(0, sizes, 9):
        one(f"keniki.select('district', {zone})")
        at = one(f"keniki.map.latLngToContainerPoint(keniki.byKey.district.place({zone}))")
        card = one.here.locator(".card").bounding_box()
        assert card is not None
        assert 0 <= at["y"] < card["y"]


@pytest.mark.browser
def test_the_larger_map_opens_on_what_is_chosen(opened: Open) -> None:
    one = opened(hash="#lang=en")
    one("keniki.select('district', 0)")
    one("document.addEventListener('click', (e) => e.preventDefault())")
    one.here.click("#larger")
    href = one.here.locator("#larger").get_attribute("href")
    assert href == "planner.html#lang=en&zone=district:12101-d01"


# --- manners --------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_wheel_is_the_hosts_until_a_reader_turns_to_the_map(opened: Open) -> None:
    one = opened()
    one.page.mouse.move(600, 300)
    zoom = "keniki.map.getZoom()"
    before = one(zoom)

    def wheel() -> float:
        one.page.mouse.wheel(0, -300)
        one.page.wait_for_timeout(400)
        return float(one(zoom))

    assert wheel() == before
    one.page.mouse.click(600, 300)
    nearer = wheel()
    assert nearer > before
    one.page.mouse.move(600, 790)  # the footer
    one.page.mouse.move(600, 300)
    assert wheel() == nearer
    one.here.locator("#larger").focus()
    one.here.locator(".folium-map").focus()
    farther = wheel()
    assert farther > nearer
    one.here.locator("#larger").focus()
    assert wheel() == farther


@pytest.mark.browser
def test_one_finger_is_the_hosts_and_two_are_the_maps(browser: Browser, path: Path) -> None:
    one = Opened(browser, path, 390, framed=True, has_touch=True)
    one.page.add_style_tag(content="body { height: 3000px } iframe { width: 100%; height: 600px }")
    devtools = one.context.new_cdp_session(one.page)

    def drag(*fingers: float) -> tuple[float, float, bool]:
        """Fingers move 100 pixels up: how far the host has scrolled, the map, is the hint there."""
        for kind, up in (("touchStart", 0), *(("touchMove", 10 * i) for i in range(1, 11))):
            points = [{"x": x, "y": 300 - up, "id": i} for i, x in enumerate(fingers)]
            devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            one.page.wait_for_timeout(20)
        hint = one.here.locator(".two-fingers.shown").count() == 1
        devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        one.page.wait_for_timeout(300)
        return one.page.evaluate("scrollY"), one("keniki.map.getCenter().lat"), hint

    # The map takes the new size of its frame in the frame after.
    one.here.wait_for_function(
        "() => { const { x, y } = keniki.map.getSize(), box = keniki.map.getContainer();"
        " return x === box.clientWidth && y === box.clientHeight; }"
    )
    one.page.wait_for_timeout(300)
    north = one("keniki.map.getCenter().lat")
    scrolled, centre, hint = drag(200)
    assert scrolled > 50
    assert centre == north
    assert hint
    again, centre, hint = drag(150, 250)
    assert again == scrolled
    assert centre < north
    assert not hint
    one.page.touchscreen.tap(220, 100)
    assert one.here.locator(".two-fingers.shown").count() == 0
    assert one.complaints == []


@pytest.mark.browser
def test_a_mouse_still_drags_where_fingers_could(opened: Open) -> None:
    one = opened(has_touch=True)
    mouse, north = one.page.mouse, one("keniki.map.getCenter().lat")
    mouse.move(500, 300)
    mouse.down()
    mouse.move(500, 200, steps=5)
    mouse.up()
    assert one("keniki.map.getCenter().lat") < north


@pytest.mark.browser
@pytest.mark.parametrize("width", [1000, 390, 320])
def test_the_frame_becomes_as_high_as_the_map_asks(
    browser: Browser, path: Path, width: int
) -> None:
    frames = "".join(f"{snippet(Text('地図', 'Map'))}" for _ in range(2))
    host = path.with_name(f"host-{width}.html")
    host.write_text(
        '<!DOCTYPE html><html lang="ja"><meta name="viewport" content="width=device-width">'
        f"<title>host</title><body>{frames}{height_script()}</body></html>",
        encoding="utf-8",
    )
    one = Opened(browser, host, width)
    one.page.evaluate("for (const f of document.querySelectorAll('iframe')) f.loading = 'eager'")
    inner = [frame for frame in one.page.frames if frame.parent_frame]
    assert len(inner) == 2
    for frame in inner:
        frame.wait_for_selector("body[data-live]")
    one.page.wait_for_timeout(500)
    heights = one.page.locator("iframe").evaluate_all("all => all.map((f) => f.offsetHeight)")
    assert len(set(heights)) == 1
    assert 350 < heights[0] < 900
    assert heights[0] != 420
    for frame in inner:  # nothing is cut, and nothing scrolls
        high = "[document.documentElement.scrollHeight, innerHeight]"
        scroll, room = frame.evaluate(high)
        assert scroll <= room
    # Only the frame that speaks is made higher, whoever else says what.
    one.page.evaluate("postMessage({ type: 'map-height', height: 77 }, '*')")
    inner[0].evaluate("parent.postMessage({ type: 'map-height', height: 555 }, '*')")
    inner[1].evaluate("parent.postMessage({ type: 'map-height', height: 'x' }, '*')")
    one.page.wait_for_timeout(300)
    after = one.page.locator("iframe").evaluate_all("all => all.map((f) => f.offsetHeight)")
    assert after == [555, heights[1]]
    assert one.complaints == []


@pytest.mark.browser
def test_sources_and_date_are_always_there(opened: Open) -> None:
    for width, height in ((1280, 800), (390, 420), (320, 300)):
        one = opened(width=width, height=height)
        words = one.here.locator("footer .licence")
        assert words.is_visible()
        assert re.search(r"出典: .*2013.*2021.*2026-11 作成", words.inner_text())
        assert words.evaluate("(e) => getComputedStyle(e).overflow") == "visible"


# --- what others add ------------------------------------------------------------------------------


@pytest.mark.browser
def test_who_knows_folium_adds_to_the_map(browser: Browser, study: Study, tmp_path: Path) -> None:
    page = embedded(study, page_of(study))
    assert page.map is not None
    dot = folium.CircleMarker([35.6, 140.12], radius=9, fill=True, class_name="added")
    dot.add_to(page.map)
    corners = [[140, 35.5], [140.1, 35.5], [140.1, 35.6], [140, 35.5]]
    shape = {"type": "Polygon", "coordinates": [corners]}
    folium.GeoJson(shape, style_function=lambda _: {"className": "also"}).add_to(page.map)
    path = tmp_path / "embed.html"
    path.write_text(page.render(), encoding="utf-8")
    one = Opened(browser, path)
    for name in ("path.added", "path.also"):
        assert one.here.locator(name).is_visible()
    on_top = """() => {
      const { x, y, width, height } = document.querySelector("path.added").getBoundingClientRect();
      const found = document.elementsFromPoint(x + width / 2, y + height / 2);
      return found[0].matches("path.added");
    }"""
    assert one(on_top)
    assert one.complaints == []
