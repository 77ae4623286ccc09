"""The still of a map: everything that is shown is in it, in few bytes, and nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from math import log, pi, radians, tan
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from borders import towns
from conftest import CRS, ROOT
from hostile import EVERYTHING, HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from geo.linework import Frame, Layer, borders, joined, lost, outlines, simpler
from geo.pipeline import compute
from geo.plan_file import load_plan
from geo.still import LINES, MERCATOR, SIZE, TOLERANCES, Shown, path, still
from geo.study import Study
from geo.words import Text, same

TITLE = Text("区と地区", "Wards and districts")


def zones(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    """Shapes in metres, called 0, 1, 2 …"""
    return gpd.GeoDataFrame(
        geometry=list(shapes), index=[str(i) for i in range(len(shapes))], crs=CRS
    )


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def lines(svg: str, classes: str) -> list[np.ndarray]:
    """The lines of a path; rings with their first point again at the end."""
    found = [one.get("d") for one in parsed(svg).iter("path") if one.get("class") == classes]
    assert len(found) <= 1
    read, at = [], np.zeros(2, dtype=int)
    for steps, closed in re.findall(r"m([^mz]+)(z?)", found[0] or "") if found else []:
        numbers = np.array(re.findall(r"-?\d+", steps), dtype=int).reshape(-1, 2)
        line = at + np.cumsum(numbers, axis=0)
        read.append(np.vstack([line, line[:1]]) if closed else line)
        at = line[0] if closed else line[-1]
    return read


def edges(drawn: list[np.ndarray]) -> list[tuple[tuple[int, ...], ...]]:
    """Every step between two points, whichever way it is gone."""
    steps = (zip(line[:-1].tolist(), line[1:].tolist(), strict=True) for line in drawn)
    return [tuple(sorted((tuple(a), tuple(b)))) for line in steps for a, b in line]


def on_grid(shapes: gpd.GeoDataFrame, tolerance: float = TOLERANCES[0]) -> gpd.GeoSeries:
    """What a still draws, before it is rounded."""
    land = shapes.geometry.to_crs(MERCATOR)
    frame = Frame.around(land, SIZE)
    return frame.place(simpler([Layer(land, True)], tolerance / frame.scale)[0].shapes)


# --- what is drawn --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_every_zone_is_drawn_with_its_area(seed: int) -> None:
    """Borders enclose as many faces as there are zones, each of its zone's size to rounding."""
    made = towns(6, 5, seed=seed).zones
    svg = still([Shown("district", made.geometry)], made, TITLE)
    simple = on_grid(made)
    drawn = edges(lines(svg, "border district"))
    assert len(drawn) == len(set(drawn))
    faces = np.array(shapely.polygonize(shapely.linestrings(drawn)).geoms)
    assert len(faces) == len(made)
    tree = shapely.STRtree(faces)
    for zone in simple:
        face = faces[tree.query(zone.representative_point(), predicate="within")]
        assert len(face) == 1
        assert abs(face[0].area - zone.area) <= zone.length * 0.71


@pytest.mark.parametrize("seed", range(5))
def test_filled_zones_have_their_area_and_fit_their_borders(seed: int) -> None:
    made = towns(6, 5, seed=seed).zones
    some = made.geometry.iloc[[0, 1, 7, 14, 20, 29]]
    svg = still([Shown("split level-2", some), Shown("district", made.geometry)], made, TITLE)
    simple = on_grid(made)
    rings = lines(svg, "zone split level-2")
    signed = [np.sum(r[:-1, 0] * r[1:, 1] - r[1:, 0] * r[:-1, 1]) / 2 for r in rings]
    area = simple.loc[some.index].area.sum()
    assert abs(abs(sum(signed)) - area) <= simple.loc[some.index].length.sum() * 0.71
    assert set(edges(rings)) <= set(edges(lines(svg, "border district")))
    assert set(edges(lines(svg, "land"))) <= set(edges(lines(svg, "border district")))


def test_a_hole_stays_a_hole() -> None:
    around = shapely.box(0, 0, 9000, 9000) - shapely.box(3000, 3000, 6000, 6000)
    made = zones(around, shapely.box(3000, 3000, 6000, 6000))
    rings = lines(
        still([Shown("split level-1", made.geometry[:1])], made, TITLE), "zone split level-1"
    )
    areas = [shapely.Polygon(ring).area for ring in rings]
    turns = {shapely.is_ccw(shapely.LinearRing(ring)) for ring in rings}
    assert sorted(areas) == pytest.approx([SIZE**2 / 9, SIZE**2], rel=0.01)
    assert turns == {True, False}


def test_layers_lie_in_the_order_given_and_labels_above_all() -> None:
    made = zones(shapely.box(0, 0, 900, 900), shapely.box(900, 0, 1800, 900))
    styles = ["split level-3", *sorted(LINES)]
    svg = still([Shown(one, made.geometry, {"1": "b"}) for one in styles], made, TITLE)
    drawn = [one.get("class") for one in parsed(svg) if one.tag != "title"]
    kinds = ["zone split level-3", *(f"border {one}" for one in sorted(LINES))]
    assert drawn == ["land", *kinds, *styles]
    assert {text.text for text in parsed(svg).iter("text")} == {"b"}


def test_the_projection_is_that_of_leaflet() -> None:
    """X of longitude, y of ln tan(45° + latitude / 2), the longer side SIZE units."""
    west, south, east, north = 139.0, 35.0, 139.5, 36.0
    lonlat = gpd.GeoSeries([shapely.box(west, south, east, north)], index=["a"], crs=4326)
    ground = gpd.GeoDataFrame(geometry=lonlat.to_crs(CRS))
    high = [log(tan(pi / 4 + radians(lat) / 2)) for lat in (south, north)]
    wide = SIZE * radians(east - west) / (high[1] - high[0])
    view = [int(side) for side in str(parsed(still([], ground, TITLE)).get("viewBox")).split()]
    assert view == [0, 0, round(wide), SIZE]
    [corners] = lines(still([], ground, TITLE), "land")
    assert {tuple(corner) for corner in corners.tolist()} == {
        (x, y) for x in (0, round(wide)) for y in (0, SIZE)
    }


def test_a_name_stands_in_its_zone() -> None:
    bent = shapely.union_all([shapely.box(0, 0, 9000, 500), shapely.box(0, 0, 500, 9000)])
    made = zones(bent | shapely.box(5000, 7000, 8000, 9000))
    svg = still([Shown("ward", made.geometry, {"0": "L", "9": "elsewhere"})], made, TITLE)
    [text] = parsed(svg).iter("text")
    spot = shapely.Point(float(text.get("x", "")), float(text.get("y", "")))
    assert on_grid(made)["0"].contains(spot)
    assert text.text == "L"


# --- few bytes ------------------------------------------------------------------------------------


def shown_of(study: Study, *, split: bool) -> list[Shown]:
    """Wards, districts, and those that are split, as planners see them."""
    districts, wards = (study.partitions[key].zones for key in ("district", "ward"))
    layers = []
    if split:
        measured = study.zones["district", "care"][study.weight].query("parts > 1")
        level = 1 + np.digitize((measured["minority"] / measured["total"]).fillna(0.0), (0.05, 0.2))
        layers = [
            Shown(f"split level-{n}", districts.geometry.loc[measured.index[level == n]])
            for n in (1, 2, 3)
        ]
    names = Shown("ward", wards.geometry, wards["name"].to_dict())
    return [*layers, Shown("district", districts.geometry), names]


@pytest.mark.parametrize(("split", "most"), [(True, 12_000), (False, 8_000)])
def test_the_still_of_the_sample_is_small(study: Study, split: bool, most: int) -> None:
    ground = study.partitions["ward"].zones
    svg = still(shown_of(study, split=split), ground, TITLE, most_bytes=most)
    assert 3_000 < len(svg.encode()) <= most
    assert {text.text for text in parsed(svg).iter("text")} == set(ground["name"])


@pytest.mark.real
def test_the_still_of_the_real_city_is_small(chiba: Path) -> None:
    plan = load_plan(ROOT / "tests" / "chiba" / "plan.toml").model_copy(update={"realign": None})
    study = compute(plan)
    ground = study.partitions["ward"].zones
    for split, most in ((True, 12_000), (False, 8_000)):
        svg = still(shown_of(study, split=split), ground, TITLE, most_bytes=most)
        assert len(svg.encode()) <= most


def test_more_bytes_show_more() -> None:
    made = towns(6, 5, seed=3).zones

    def size(most: int) -> int:
        drawn = still([Shown("district", made.geometry)], made, TITLE, most_bytes=most)
        return len(drawn.encode())

    coarsest, finest = size(0), size(10**6)
    middle = (coarsest + finest) // 2
    assert coarsest < size(middle) <= middle < finest
    assert size(finest) == finest


def test_a_hairline_does_not_keep_a_layer_from_being_simpler() -> None:
    """A vertex that a neighbour lacks makes a layer no coverage; nobody sees it."""
    made = towns(4, 4, seed=1).zones.geometry
    assert joined(made, 50.0).shapes is made
    ring = shapely.get_coordinates(made.iloc[0].exterior)
    middle = (ring[0] + ring[1]) / 2 + 1e-3
    torn = made.copy()
    torn.iloc[0] = shapely.Polygon(np.vstack([ring[:1], middle, ring[1:]]))
    assert not shapely.coverage_is_valid(torn.to_numpy())
    assert shapely.coverage_is_valid(joined(torn, 50.0).shapes.to_numpy())
    vertices = shapely.get_num_coordinates
    (fewer,) = simpler([joined(torn, 50.0)], 100.0)
    assert vertices(fewer.shapes.to_numpy()).sum() < vertices(made).sum()


def test_zones_that_share_land_keep_every_vertex() -> None:
    circles = zones(shapely.Point(0, 0).buffer(5000, 64), shapely.Point(6000, 0).buffer(5000, 64))
    apart = joined(circles.geometry, 20.0)
    assert not apart.meet
    assert apart.shapes.equals(circles.geometry)
    assert simpler([apart], 900.0)[0].shapes.equals(circles.geometry)
    svg = still([Shown("other", circles.geometry)], circles, TITLE, most_bytes=0)
    assert len(edges(lines(svg, "border other"))) >= 2 * 4 * 64


def test_what_is_far_away_is_left_out() -> None:
    made = zones(*(shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 1900, 2500, 99_000)))
    svg = still([Shown("town", made.geometry)], made.iloc[:1], TITLE)
    assert len(set(edges(lines(svg, "border town")))) == 4 + 3 + 4  # 0 with 1, and 2; 3 is too far


# --- the edges of what can be drawn ---------------------------------------------------------------


def test_an_empty_layer_draws_nothing() -> None:
    made = zones(shapely.box(0, 0, 1000, 500))
    nothing = made.geometry.iloc[:0]
    svg = still(
        [Shown("district", nothing, {"0": "a"}), Shown("split level-1", nothing)], made, TITLE
    )
    assert svg == still([], made, TITLE)
    assert [one.tag for one in parsed(svg)] == ["title", "path"]


def test_one_zone() -> None:
    made = zones(shapely.box(0, 0, 1000, 1000))
    svg = still([Shown("ward", made.geometry)], made, TITLE)
    assert {len(line) for line in lines(svg, "border ward")} == {5}
    assert len(edges(lines(svg, "border ward"))) == 4


def test_a_zone_too_small_for_the_grid_is_a_dash() -> None:
    made = zones(shapely.box(0, 0, 90_000, 90_000), shapely.box(95_000, 40_000, 95_001, 40_001))
    for style in ("ward", "split level-1"):
        kind = f"border {style}" if style in LINES else f"zone {style}"
        drawn = lines(still([Shown(style, made.geometry)], made, TITLE), kind)
        [dash] = [line for line in drawn if len(set(map(tuple, line.tolist()))) == 2]
        assert dash[:, 0].max() == dash[:, 0].min() + 1
        assert dash[0, 0] == pytest.approx(SIZE, abs=2)
    assert lost(on_grid(made)).shape == (1, 2)


def test_hostile_words_are_words(study: Study) -> None:
    ground = study.partitions["ward"].zones
    words = [*HOSTILE, EVERYTHING, "\"'<&>"]
    for one in words:
        labels = dict.fromkeys(ground.index, one)
        svg = still([Shown("ward", ground.geometry, labels)], ground, same(one))
        root = parsed(svg)
        assert {element.tag for element in root.iter()} == {"svg", "title", "path", "g", "text"}
        assert {text.text for text in root.iter("text")} == {one}
        assert root[0].text == f"{one} / {one}"
        assert not any("style" in element.attrib for element in root.iter())


def test_it_is_a_picture_with_a_name() -> None:
    made = zones(shapely.box(0, 0, 1000, 1000))
    root = parsed(still([], made, TITLE))
    assert (root.get("role"), root.get("preserveAspectRatio")) == ("img", "xMidYMid meet")
    assert root[0].text == "区と地区 / Wards and districts"


def test_same_zones_same_bytes(study: Study) -> None:
    ground = study.partitions["ward"].zones
    one, other = (still(shown_of(study, split=True), ground, TITLE) for _ in range(2))
    assert one == other


@settings(max_examples=50)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-999, 999), st.integers(-999, 999)), min_size=2, max_size=6),
        max_size=5,
    )
)
def test_a_path_says_what_it_was_given(points: list[list[tuple[int, int]]]) -> None:
    given_lines = [np.array(line) for line in points]
    svg = f'<svg><path class="x" d="{path(given_lines)}"/></svg>'
    assert [line.tolist() for line in lines(svg, "x")] == [line.tolist() for line in given_lines]


def test_strokes_are_long() -> None:
    """A grid of 3 × 3 squares has 8 corners from which an odd number of borders go: 4 strokes."""
    squares = [shapely.box(x, y, x + 10, y + 10) for x in (0, 10, 20) for y in (0, 10, 20)]
    assert len(borders(gpd.GeoSeries(squares))) <= 8
    assert len(outlines(gpd.GeoSeries(squares))) == 1


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fills_its_place_and_lines_keep_their_width(
    browser: Browser, study: Study, width: int
) -> None:
    ground = study.partitions["ward"].zones
    css = (ROOT / "geo" / "web" / "app.css").read_text(encoding="utf-8")
    svg = still(shown_of(study, split=True), ground, TITLE)
    page = browser.new_page(viewport={"width": width, "height": 600})
    page.set_content(f'<style>{css}</style><main class="stage folium-map">{svg}</main>')
    box = page.locator("svg.still").bounding_box()
    assert box is not None
    assert box == page.locator("main").bounding_box()
    style = "el => [getComputedStyle(el).vectorEffect, getComputedStyle(el).stroke]"
    effect, stroke = page.locator("path.border.district").evaluate(style)
    assert (effect, stroke) == ("non-scaling-stroke", "rgb(0, 114, 178)")
    assert page.locator("path.border.district").evaluate("el => el.getTotalLength()") > SIZE
    names = page.locator(".still text").evaluate_all(BOXES)
    assert len(names) == len(ground)
    assert all(box["height"] > 10 for box in names)
    assert apart(names)
    page.close()


BOXES = "all => all.map(el => el.getBoundingClientRect().toJSON()).filter(box => box.width)"


def apart(boxes: list[dict[str, float]]) -> bool:
    return all(
        a["right"] <= b["left"] or b["right"] <= a["left"]
        or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
        for i, a in enumerate(boxes) for b in boxes[:i]
    )  # fmt: skip


@pytest.mark.browser
def test_no_name_stands_over_another(browser: Browser, study: Study) -> None:
    """Of many districts those that have room, on a phone fewer; the largest is always there."""
    districts = study.partitions["district"].zones
    names = Shown("district", districts.geometry, districts["name"].to_dict())
    svg = still([names], study.partitions["ward"].zones, TITLE)
    css = (ROOT / "geo" / "web" / "app.css").read_text(encoding="utf-8")
    shown = []
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 1280})
        page.set_content(f'<style>{css}</style><main class="stage folium-map">{svg}</main>')
        shown.append(page.locator(".still text").evaluate_all(BOXES))
        assert apart(shown[-1])
        assert districts["name"][districts.area.idxmax()] in (page.text_content(".still") or "")
        page.close()
    assert len(districts) > len(shown[0]) > len(shown[1]) >= 10
