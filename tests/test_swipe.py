"""Comparing on the planners' page: by swiping, today beside proposals, how strong fills are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shapely
from opened import payload
from playwright.sync_api import Browser, FloatRect, Locator, Page

from geo.align_page import proposals
from geo.beside import beside, brief
from geo.cutting import OUTSIDE
from geo.plan import PlannerMap
from geo.planner_page import planner
from geo.stream import packed
from geo.study import Study

Open = Callable[..., Page]

#: Made of towns; with outlines of its own; towns; proposals, which are made of parts of towns.
PAIRS = [("district", "care"), ("ward", "district"), ("town", "ward"), ("care", "option-B")]


def html_of(study: Study) -> str:
    (page,) = (one for one in study.plan.map if isinstance(one, PlannerMap))
    return planner(study, page, [])


@pytest.fixture(scope="module")
def path(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planners' page of the sample."""
    made = tmp_path_factory.mktemp("planner") / "planner.html"
    made.write_text(html_of(study), encoding="utf-8")
    return made


@pytest.fixture
def opened(browser: Browser, path: Path) -> Iterator[Open]:
    """Opens the page; whatever the browser complains of fails the test."""
    complaints: list[str] = []

    def open_page(width: int = 1280, *, touch: bool = False, view: str = "") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, has_touch=touch, offline=True
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri() + view)
        page.wait_for_selector("body[data-live]")
        return page

    yield open_page
    assert complaints == []


def swipe(page: Page, left: str, right: str) -> None:
    page.select_option("#swipe-left", left)
    page.select_option("#swipe-right", right)
    page.click("#swipe")


def written(page: Page, name: str) -> dict[str, str | None]:
    return dict(page.evaluate(f"keniki.states.{name}.write()"))


def box_of(one: Locator) -> FloatRect:
    """Where it is on the screen."""
    box = one.bounding_box()
    assert box is not None
    return box


def bar_x(page: Page) -> float:
    """The middle of the bar on the screen."""
    box = box_of(page.locator(".swipe-bar"))
    return box["x"] + box["width"] / 2


def clips(page: Page) -> dict[str, list[float]]:
    """From where to where each pane is seen, on the screen, as the browser places it."""
    return dict(
        page.evaluate(
            """() => Object.fromEntries(["left", "right"].map((side) => {
                const pane = document.querySelector(`.leaflet-swipe-${side}-pane`);
                const { x } = pane.getBoundingClientRect();
                const [, corners] = getComputedStyle(pane).clipPath.match(/polygon\\((.*)\\)/);
                const at = corners.split(",").map((corner) => x + parseFloat(corner));
                return [side, [Math.min(...at), Math.max(...at)]];
            }))"""
        )
    )


def assert_clipped(page: Page) -> None:
    """Each pane is seen on its own side of the bar, to the edge of the map."""
    stage, bar = box_of(page.locator(".stage")), bar_x(page)
    edges = [stage["x"], bar, stage["x"] + stage["width"]]
    assert clips(page)["left"] == pytest.approx(edges[:2], abs=1)
    assert clips(page)["right"] == pytest.approx(edges[1:], abs=1)


def on_screen(page: Page, place: str) -> tuple[float, float]:
    """Where a place on the map is on the screen."""
    x, y = page.evaluate(
        f"""() => {{
            const point = keniki.map.latLngToContainerPoint({place});
            const {{ x, y }} = keniki.map.getContainer().getBoundingClientRect();
            return [x + point.x, y + point.y];
        }}"""
    )
    return x, y


def layers_on(page: Page) -> list[str]:
    return list(page.evaluate("keniki.layers.filter(({ on }) => on).map(({ key }) => key)"))


def seen_panes(page: Page) -> list[str]:
    """The panes of the map that are not hidden, with how much is drawn in them."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(".leaflet-map-pane > .leaflet-pane")]
                .filter((pane) => !pane.hidden && pane.querySelector("path"))
                .map((pane) => `${pane.className} ${pane.querySelectorAll("path").length}`)"""
        )
    )


# --- without a browser ----------------------------------------------------------------------------


def test_today_beside_the_proposals(study: Study) -> None:
    found = study.proposals
    assert found is not None
    rows = {row.key: [value.en for value in row.values] for row in beside(study, found)}
    assert len(rows) == len(beside(study, found))
    assert rows["splits"] == ["31", *(str(one.proposal.splits) for one in found.options)]
    assert rows["moved"] == [
        "–", "3,755 people (0.4%)", "15,362 people (1.6%)", "34,141 people (3.5%)"
    ]  # fmt: skip
    assert rows["coordination_pairs"] == ["85", "81", "78", "75"]
    assert rows["farthest"] == ["–", "+857 m", "+1,236 m", "+1,236 m"]
    assert rows["proof"] == ["–", "proved", "proved", "proved"]
    page, whole = html_of(study), proposals(study, [], {})
    shown = brief(study)
    assert shown is not None
    for row in shown["rows"]:
        for text in (row.title, *row.values):
            for html in (page, whole):
                assert text.ja in html
                assert text.en in html


def test_a_way_that_is_not_known_says_so(study: Study) -> None:
    assert study.proposals is not None
    first, *others = study.proposals.options
    lost = replace(first, moves=first.moves.assign(metres_more=np.nan))
    still = replace(first, moves=first.moves.iloc[:0])
    found = replace(study.proposals, options=(lost, still, *others))
    rows = {row.key: [value.en for value in row.values] for row in beside(study, found)}
    assert rows["farthest"][:3] == ["–", "not known", "–"]


def test_without_proposals_nothing_is_said_of_them(study: Study) -> None:
    html = html_of(replace(study, proposals=None))
    for word in ("提案", "align.html", "hatch", 'name="see"'):
        assert word in html_of(study)
        assert word not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert 'id="swipe"' in html
    assert study.proposals is not None
    assert brief(replace(study, proposals=replace(study.proposals, options=()))) is None


# --- swiping --------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("pair", PAIRS)
def test_both_partitions_are_drawn(opened: Open, study: Study, pair: tuple[str, str]) -> None:
    page = opened()
    swipe(page, *pair)
    assert_clipped(page)
    assert page.locator(".swipe-name").all_inner_texts() == [
        page.locator(f"#swipe-left option[value={key}]").inner_text() for key in pair
    ]
    for side, key in zip(("left", "right"), pair, strict=True):
        pane = f".leaflet-swipe-{side}-pane"
        style = page.evaluate("(key) => keniki.byKey[key].style", key)
        assert page.locator(f"{pane} path.border.{style}").count() == 1
        same_zones = "care" if key.startswith("option") else key
        zones = len(study.partitions[same_zones].zones)
        assert page.locator(f'{pane} path[class*="tint-"]').count() == zones
    moved = 15 if "option-B" in pair else 0
    assert page.locator(".leaflet-swipe-right-pane path.zone.moved").count() == moved


@pytest.mark.browser
def test_neighbours_differ_and_the_same_zone_looks_the_same(opened: Open, study: Study) -> None:
    page = opened()
    tints = {}
    for pair in [*PAIRS, ("care", "option-C")]:
        page.evaluate("(keys) => keniki.compare.show(keys, 50)", list(pair))
        for side, key in zip(("left", "right"), pair, strict=True):
            paths = page.locator(f'.leaflet-swipe-{side}-pane path[class*="tint-"]')
            classes = paths.evaluate_all("(paths) => paths.map((path) => path.classList[1])")
            tints[pair, key] = classes
    care = ("care", "option-C")
    assert tints[care, "care"] == tints[care, "option-C"]
    assert set().union(*tints.values()) == {f"tint-{n}" for n in range(1, 7)}
    for (_, key), of_zone in tints.items():
        if key in study.partitions:
            shapes = study.partitions[key].zones.geometry.to_numpy()
            assert_apart(shapes, of_zone)
    assert study.proposals is not None
    proposed = study.proposals.options[-1].proposal.zone
    blocks = study.proposals.front.blocks
    inside = blocks.table.geometry[proposed != OUTSIDE]
    shapes = [
        shapely.union_all(inside[proposed[inside.index] == zone].to_numpy())
        for zone in blocks.moving.zones.index
    ]
    assert_apart(np.array(shapes, dtype=object), tints[care, "option-C"])


@pytest.mark.browser
def test_tints_differ_today_and_as_proposed(opened: Open) -> None:
    """Today 0 and 1 have a border, 2 is an island; the proposal makes 2 a neighbour of 0."""
    assert opened().evaluate(
        """() => {
            const of = (arcs) => ({ ids: ["a", "b", "c"], members: [[0], [1], [2]],
                topology: { arcsOf: (face) => arcs[face] } });
            const today = of([[1], [~1], [3]]), proposed = of([[1, 2], [~1], [~2]]);
            return [tints([today]), tints([today, proposed])];
        }"""
    ) == [[0, 1, 0], [0, 1, 1]]


def assert_apart(shapes: np.ndarray, tints: list[str]) -> None:
    """Shapes that have more than a hundred metres of border in common have different tints."""
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    checked = 0
    for a, b in pairs[pairs[:, 0] < pairs[:, 1]]:
        common = shapely.intersection(shapely.boundary(shapes[a]), shapely.boundary(shapes[b]))
        if shapely.length(common) > 100:
            checked += 1
            assert tints[a] != tints[b], (a, b)
    assert checked > 4


@pytest.mark.browser
def test_the_clip_follows_the_map(opened: Open) -> None:
    page = opened()
    swipe(page, "district", "care")
    for change in (
        "keniki.map.panBy([130, -70], { animate: false })",
        "keniki.map.setZoom(13, { animate: false })",
        "keniki.map.panBy([-200, 30], { animate: false })",
        "keniki.swiping.move(31)",
        "keniki.map.setView([35.6, 140.1], 12, { animate: false })",
    ):
        page.evaluate(f"() => {{ {change} }}")
        assert_clipped(page)
    page.evaluate(
        "() => { window.resized = new Promise((done) => keniki.map.once('resize', done)); }"
    )
    page.set_viewport_size({"width": 900, "height": 700})
    page.evaluate("resized.then(() => true)")
    assert_clipped(page)
    page.mouse.move(700, 400)
    page.mouse.down()
    page.mouse.move(760, 450, steps=4)
    assert_clipped(page)
    page.mouse.up()


@pytest.mark.browser
def test_the_keyboard_moves_the_bar(opened: Open) -> None:
    page = opened()
    page.focus("#swipe")
    page.keyboard.press("Enter")
    before = bar_x(page)
    page.focus("#swipe-at")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    width = page.evaluate("keniki.map.getSize().x")
    assert bar_x(page) - before == pytest.approx(0.03 * width, abs=1)
    assert page.get_attribute("#swipe-at", "aria-valuetext") == "左 53%"
    assert_clipped(page)
    page.keyboard.press("Home")
    assert written(page, "swipe") == {"swipe": "district,care,0"}
    page.click("#language")
    assert page.get_attribute("#swipe-at", "aria-valuetext") == "left 0%"
    chosen = page.locator("#swipe-right option:checked")
    assert chosen.inner_text() == "Anshin Care Centre areas" or not re.search(
        r"[^\x00-\x7f]", chosen.inner_text()
    )
    assert page.get_by_label("Where the bar is").get_attribute("id") == "swipe-at"


@pytest.mark.browser
def test_the_bar_is_dragged(opened: Open) -> None:
    page = opened()
    swipe(page, "district", "care")
    centre = "keniki.map.getCenter().toString()"
    before, (x, y) = page.evaluate(centre), (bar_x(page), 600)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y + 40, steps=5)
    assert bar_x(page) == pytest.approx(x - 120, abs=5)
    assert_clipped(page)
    page.mouse.move(0, y, steps=5)
    page.mouse.up()
    assert page.input_value("#swipe-at") == "0"
    page.mouse.move(x, y)
    assert page.input_value("#swipe-at") == "0", "it has been let go"
    assert page.evaluate(centre) == before, "the map has stayed where it was"


@pytest.mark.browser
def test_the_bar_is_dragged_with_a_finger(opened: Open) -> None:
    page = opened(390, touch=True)
    page.evaluate("keniki.compare.begin(['district', 'care'])")
    before, x, y = page.evaluate("keniki.map.getCenter().toString()"), bar_x(page), 400
    finger = page.context.new_cdp_session(page)
    for kind, dx in (("touchStart", 0), ("touchMove", 40), ("touchMove", 90)):
        at = [{"x": x + dx, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert bar_x(page) == pytest.approx(x + 90, abs=3)
    assert page.input_value("#swipe-at") == str(round((x + 90) / 390 * 100))
    assert_clipped(page)
    assert page.evaluate("keniki.map.getCenter().toString()") == before


@pytest.mark.browser
@pytest.mark.parametrize("pair", PAIRS)
def test_no_name_crosses_the_bar_or_another(
    opened: Open, study: Study, pair: tuple[str, str]
) -> None:
    page = opened()
    swipe(page, *pair)
    names = [
        set(study.partitions["care" if key.startswith("option") else key].zones["name"])
        for key in pair
    ]
    seen = [0, 0]
    for at in (0, 18, 37, 50, 64, 81, 100):
        page.evaluate("(at) => keniki.swiping.move(at)", at)
        # The city is higher than the map now: names would come to lie below those of the sides.
        page.evaluate("keniki.map.panBy([0, 25], { animate: false })")
        bar, tags = bar_x(page), page.locator(".swipe-name > span").all()
        below = max(tag["y"] + tag["height"] for tag in map(box_of, tags))
        boxes = page.evaluate(
            """() => [...document.querySelectorAll(".map-label")].map((label) => {
                const { left, right, top, bottom } = label.getBoundingClientRect();
                return [left, right, top, bottom, label.innerText.trim()];
            })"""
        )
        for left, right, top, _, name in boxes:
            side = 0 if right <= bar else 1
            assert right <= bar or left >= bar, (at, name)
            assert name in names[side]
            seen[side] += 1
            assert top > below - 1
        for a, b in combinations(boxes, 2):
            apart = a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] or b[3] <= a[2]
            assert apart, (a, b)
    assert min(seen) > 5


@pytest.mark.browser
def test_a_zone_is_not_named_in_another(opened: Open) -> None:
    """A proposal may move the very town that the name of the zone stands in."""
    named = opened().evaluate(
        """() => {
            const layer = keniki.byKey["option-C"], last = layer.names[layer.size - 1];
            const named = () => {
                keniki.compare.show(["care", "option-C"], 0);
                return keniki.swiping.labels().map(([, [name]]) => name).includes(last);
            };
            const before = named();
            [layer.lat[layer.size - 1], layer.lng[layer.size - 1]] = [layer.lat[0], layer.lng[0]];
            return [before, named()];
        }"""
    )
    assert named == [True, False]


@pytest.mark.browser
def test_it_ends_as_it_began(opened: Open) -> None:
    page = opened()
    page.check("[data-layer=town]")
    page.uncheck("[data-layer=ward]")
    on, panes = layers_on(page), seen_panes(page)
    labels = page.locator(".map-label").all_inner_texts()
    swipe(page, "care", "option-C")
    assert layers_on(page) == on
    assert page.locator(".map-label").all_inner_texts() != labels
    fill = "getComputedStyle(keniki.map.getPane('fill')).opacity"
    assert page.evaluate(fill) == "0"
    assert not [pane for pane in panes if "care" in pane and pane in seen_panes(page)]
    page.locator(".swipe-cover button").click()
    assert page.locator(".swipe-cover").count() == 0
    assert (layers_on(page), seen_panes(page)) == (on, panes)
    assert page.locator(".map-label").all_inner_texts() == labels
    assert page.evaluate(fill) == "1"
    assert page.evaluate("document.activeElement.id") == "swipe"
    assert page.is_hidden("#swipe-at")
    assert written(page, "swipe") == {"swipe": None}
    assert page.locator("#with-option-C").get_attribute("aria-pressed") == "false"
    page.click("#swipe")
    page.click("#swipe")
    assert seen_panes(page) == panes


@pytest.mark.browser
def test_who_turns_a_layer_on_sees_it(opened: Open) -> None:
    page = opened()
    page.click("#swipe")
    page.evaluate("keniki.changed()")
    assert page.locator(".swipe-cover").count() == 1
    page.check("[data-layer=town]")
    assert page.locator(".swipe-cover").count() == 0
    assert page.locator(".leaflet-town-pane").get_attribute("hidden") is None


@pytest.mark.browser
def test_both_sides_are_told_and_change_places(opened: Open) -> None:
    page = opened()
    swipe(page, "care", "option-C")
    page.mouse.move(*on_screen(page, "keniki.byKey.care.place(0)"))
    page.wait_for_selector(".leaflet-tooltip.hover")
    told = page.inner_text(".leaflet-tooltip.hover")
    assert len(re.findall("あんしんケアセンター圏域", told)) == 2
    assert "地区" not in told
    page.select_option("#swipe-left", "option-C")
    assert written(page, "swipe") == {"swipe": "option-C,care,50"}
    assert page.input_value("#swipe-right") == "care"


# --- links and paper ------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_link_brings_the_comparison_back(opened: Open) -> None:
    page = opened()
    swipe(page, "care", "option-A")
    page.fill("#swipe-at", "37")
    page.fill("#opacity", "60")
    states = written(page, "swipe") | written(page, "opacity")
    assert states == {"swipe": "care,option-A,37", "opacity": "60"}
    page.wait_for_url("**swipe=care,option-A,37**")
    other = opened(view=f"#{page.url.partition('#')[2]}")
    other.wait_for_selector(".swipe-cover")
    assert written(other, "swipe") | written(other, "opacity") == states
    other = opened()
    read = """(said) => ["swipe", "opacity"].forEach(
        (name) => keniki.states[name].read(new URLSearchParams(said)))"""
    other.evaluate(read, states)
    other.wait_for_selector(".swipe-cover")
    assert written(other, "swipe") | written(other, "opacity") == states
    assert_clipped(other)
    assert other.input_value("#swipe-at") == "37"
    assert other.evaluate("scrollY") == 0
    for wrong in ("care,nothing,37", "care", "care,option-A,x", ""):
        other.evaluate(read, {"swipe": wrong, "opacity": "x"})
        assert written(other, "swipe") == {"swipe": None}
        assert written(other, "opacity") == {"opacity": None}
    other.evaluate(read, {"swipe": "care,ward,400", "opacity": "3"})
    other.wait_for_selector(".swipe-cover")
    assert written(other, "swipe") == {"swipe": "care,ward,100"}
    assert written(other, "opacity") == {"opacity": "10"}


@pytest.mark.browser
def test_a_comparison_prints_as_it_stands(opened: Open) -> None:
    page = opened()
    swipe(page, "district", "care")
    page.fill("#swipe-at", "40")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert_clipped(page)
    stage = box_of(page.locator(".stage"))
    assert bar_x(page) - stage["x"] == pytest.approx(0.4 * stage["width"], abs=1)
    assert all(name.is_visible() for name in page.locator(".swipe-name").all())
    for control in ("#swipe", "#swipe-at", "#opacity", ".swipe-cover button", ".layers"):
        assert page.is_hidden(control)
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert_clipped(page)
    assert written(page, "swipe") == {"swipe": "district,care,40"}


# --- proposals and fills --------------------------------------------------------------------------


@pytest.mark.browser
def test_a_proposal_is_seen_alone(opened: Open, study: Study) -> None:
    page = opened()

    def options() -> list[str]:
        return [key for key in layers_on(page) if key.startswith("option")]

    def pressed() -> list[str]:
        found = page.locator('.proposals [aria-pressed="true"]')
        return [one.get_attribute("id") or "" for one in found.all()]

    assert pressed() == ["see-today"]
    page.get_by_role("button", name="地図で見る（移る町丁目は斜線） 提案B").click()
    assert (options(), pressed()) == (["option-B"], ["see-option-B"])
    page.click("#see-option-C")
    assert (options(), pressed()) == (["option-C"], ["see-option-C"])
    assert page.is_checked("[data-layer=option-C]")
    tell_move(page, study)
    page.get_by_role("button", name="今と比べる（スワイプ） 提案A").click()
    assert pressed() == ["see-option-C", "with-option-A"]
    assert written(page, "swipe") == {"swipe": "care,option-A,50"}
    page.click("#see-today")
    assert (options(), pressed()) == ([], ["see-today"])
    assert page.locator(".swipe-cover").count() == 0


def tell_move(page: Page, study: Study) -> None:
    """A moved town is hatched, and says how it moves when it is chosen."""
    assert study.proposals is not None
    moves = study.proposals.options[-1].moves
    hatched = page.locator(".leaflet-moved-pane path.zone.moved")
    assert hatched.count() == len(moves)
    assert "#hatch" in hatched.first.evaluate("(path) => getComputedStyle(path).fill")
    assert page.locator("#hatch path").count() == 1
    block = moves.index[0]
    spot = study.proposals.front.blocks.table.geometry[[block]].representative_point().to_crs(4326)
    place = f"[{spot.y.iloc[0]}, {spot.x.iloc[0]}]"
    page.evaluate(f"() => {{ keniki.map.setView({place}, 15, {{ animate: false }}) }}")
    page.mouse.click(*on_screen(page, place))
    told = page.inner_text("#detail")
    for word in (moves["name"].iloc[0], moves["from_name"].iloc[0], moves["to_name"].iloc[0]):
        assert word in told
    assert "変更後" in told


@pytest.mark.browser
def test_fills_are_as_strong_as_asked(opened: Open) -> None:
    page = opened()
    page.focus("#opacity")
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    assert page.inner_text("#opacity-said") == "40%"
    assert page.get_attribute("#opacity", "aria-valuetext") == "40%"
    opacity = "(one) => getComputedStyle(one).fillOpacity"
    assert page.locator("path.level-3").first.evaluate(opacity) == "0.4"
    legend = page.locator(".classes .level-3").first
    assert legend.evaluate("(one) => getComputedStyle(one).opacity") == "0.4"
    page.click("#swipe")
    assert page.locator("path.tint-1").first.evaluate(opacity) == "0.4"
    assert page.get_by_label("塗りの濃さ").get_attribute("id") == "opacity"


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_the_screen(opened: Open, width: int) -> None:
    page = opened(width)
    page.evaluate("keniki.compare.begin(['care', 'option-C'])")
    for language in ("ja", "en"):
        page.evaluate("(language) => speak(language)", language)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        controls = ".proposals button, .slide input, .sides select, #swipe, .swipe-cover button"
        for control in page.locator(controls).all():
            box = box_of(control)
            assert min(box["height"], box["width"]) >= 24
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        assert box_of(page.locator(".swipe-bar"))["width"] >= 24


# --- the splits of a proposal ---------------------------------------------------------------------


@pytest.mark.browser
def test_a_proposal_shown_alone_has_its_own_splits_on_the_map(opened: Open, study: Study) -> None:
    assert study.proposals is not None
    page = opened()
    fills = """() => keniki.shapes.map((one) =>
      [...one.getElement().classList].find((name) => name.startsWith("level-")))"""
    numbers = "keniki.splits().number.reduce((sum, one) => sum + Math.max(one - 1, 0), 0)"
    said = "keniki.shapes.filter((one) => /分かれる/.test(one.getElement().ariaLabel)).length"
    label = page.locator("label", has=page.locator("[data-layer=split]"))
    today, spoken = page.evaluate(fills), page.evaluate(said)
    seen = [today]
    for option in study.proposals.options:
        page.click(f"button[name=see][value=option-{option.label}]")
        assert page.evaluate(numbers) == option.proposal.splits
        measured = option.measures.set_index(["weight", "measure"])["after"]
        split = measured[study.weight, "split_zones"]
        seen.append(page.evaluate(fills))
        assert sum(level != "level-0" for level in seen[-1]) == split == page.evaluate(said)
        assert f"提案{option.label}" in label.inner_text()
    assert len({tuple(one) for one in seen}) == len(seen)
    page.check("[data-layer=option-A]")
    assert page.evaluate(fills) == today, "two proposals at once are neither"
    page.click("button[name=see][value='']")
    assert (page.evaluate(fills), page.evaluate(said)) == (today, spoken)
    assert "提案" not in label.inner_text()


def test_the_splits_of_proposals_are_few_bytes(study: Study) -> None:
    layers = payload(html_of(study))["layers"]
    (split,) = (layer for layer in layers if layer["key"] == "split")
    assert study.proposals is not None
    assert len(split["proposed"]) == len(study.proposals.options)
    numbers = [np.array(one[name]) for one in split["proposed"].values() for name in one]
    assert len(packed({"proposed": numbers})) < 600
