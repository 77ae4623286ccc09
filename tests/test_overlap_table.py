"""The table of overlaps: read without a script, sorted, and tied to the map both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from opened import Opened
from planner import planner_file
from playwright.sync_api import Browser

from geo.overlap_rows import overlap_places, overlap_rows
from geo.study import Study

ROWS = """() => [...overlaps.tBodies[0].rows].map((row) =>
  [...row.cells].map((cell) => cell.innerText.trim()))"""
#: Whether a place is inside of the shape that is marked, and inside of what it is clipped by.
INSIDE = """([lat, lng]) => {
  const path = document.querySelector("path.overlap-fill");
  const clip = document.getElementById(path.getAttribute("clip-path").slice(5, -1));
  const { x, y } = keniki.map.latLngToLayerPoint([lat, lng]);
  return [path, clip.firstChild].map((one) => one.isPointInFill(new DOMPoint(x, y)));
}"""


@pytest.fixture(scope="module")
def page(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planner_file(study, tmp_path_factory.mktemp("overlaps"))


@pytest.fixture
def opened(browser: Browser, page: Path) -> Iterator[Opened]:
    found = Opened(browser, page)
    yield found
    assert found.complaints == []
    found.close()


def rows_of(study: Study) -> list[list[str]]:
    left, right = study.partitions["district"], study.partitions["care"]
    return [
        [row["left"], row["right"], row["value"].ja, row["share"]]
        for row in overlap_rows(study, left, right)
    ]


def place(study: Study, shape: shapely.Geometry) -> list[float]:
    """Latitude and longitude of a point inside of a shape."""
    crs = study.partitions["district"].zones.crs
    spot = gpd.GeoSeries([shape.representative_point()], crs=crs).to_crs(4326)[0]
    return [spot.y, spot.x]


# --- without a browser ----------------------------------------------------------------------------


def test_rows_add_up_to_their_zones_and_the_largest_minority_comes_first(study: Study) -> None:
    left, right = study.partitions["district"], study.partitions["care"]
    measured = study.zones["district", "care"]["population"]
    rows = overlap_rows(study, left, right)
    zones = list(dict.fromkeys(row["pair"][0] for row in rows))
    split = measured[measured["parts"] > 1]
    assert set(zones) == set(split.index)
    assert len(rows) == split["parts"].sum()
    minorities = split.loc[zones, "minority"].tolist()
    assert minorities == sorted(minorities, reverse=True)
    for zone in zones:
        people = [int(row["value"].ja.replace(",", "")) for row in rows if row["pair"][0] == zone]
        assert people == sorted(people, reverse=True)
        assert sum(people) == pytest.approx(split["total"][zone], abs=len(people))


def test_the_box_of_a_row_is_that_of_the_land_in_common(study: Study) -> None:
    left, right = study.partitions["district"], study.partitions["care"]
    rows = overlap_rows(study, left, right)
    places = overlap_places(study, left, right, rows)
    table = study.crosswalks["district", "care"]
    assert len(places["rows"]) == len(rows)
    for number, row in enumerate(rows):
        one, other = row["pair"]
        shared = left.zones.geometry[one].intersection(right.zones.geometry[other])
        assert shared.area == pytest.approx(table["area_m2"][one, other], rel=1e-6)
        west, south, east, north = (
            places[side].values[number] / 1e5 for side in ("west", "south", "east", "north")
        )
        lat, lng = place(study, shared)
        assert west < lng < east
        assert south < lat < north


def test_a_row_is_few_bytes(study: Study, page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    found = re.findall(r"<tr><th scope=row>.*\n", html)
    assert len(found) == len(rows_of(study))
    assert max(len(row.encode()) for row in found) <= 120


# --- in a browser ---------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_table_is_read_without_a_script(browser: Browser, page: Path, study: Study) -> None:
    opened = Opened(browser, page, java_script_enabled=False)
    cells = opened.page.locator("#overlaps tbody tr").all_inner_texts()
    assert [cell.split("\t") for cell in cells] == rows_of(study)
    assert opened.page.locator("#overlaps button").count() == 0
    assert opened.page.locator("#overlaps thead th").nth(2).inner_text() == "住民（人）"
    opened.close()


@pytest.mark.browser
def test_it_is_sorted_by_each_column_both_ways_and_back(opened: Opened, study: Study) -> None:
    rows = rows_of(study)
    assert opened(ROWS) == rows
    heads = opened.page.locator("#overlaps thead th")
    for column, (first, then) in enumerate(
        [("ascending", "descending")] * 2 + [("descending", "ascending")] * 2
    ):
        for way in (first, then):
            heads.nth(column).get_by_role("button").click()
            assert heads.nth(column).get_attribute("aria-sort") == way
            assert opened.page.locator("#overlaps [aria-sort]").count() == 1
            values = [row[column] for row in opened(ROWS)]
            assert sorted(values) == sorted(row[column] for row in rows)
            if column > 1:
                numbers = [float(re.sub("[,%<>]", "", value)) for value in values]
                assert numbers == sorted(numbers, reverse=way == "descending")
            else:
                groups = [one for one, before in zip(values, ["", *values], strict=False)
                          if one != before]  # fmt: skip
                assert len(groups) == len(set(groups)), "a name stands in one block"
        heads.nth(column).get_by_role("button").click()
        assert opened.page.locator("#overlaps [aria-sort]").count() == 0
        assert opened(ROWS) == rows


@pytest.mark.browser
def test_a_row_marks_the_very_overlap_and_tells_both(opened: Opened, study: Study) -> None:
    left, right = study.partitions["district"], study.partitions["care"]
    row = overlap_rows(study, left, right)[3]
    one, other = left.zones.geometry[row["pair"][0]], right.zones.geometry[row["pair"][1]]
    button = opened.page.get_by_role("button", name=f"{row['left']} × {row['right']}")
    button.click()
    places = [place(study, shape) for shape in (one.intersection(other), one.difference(other),
                                                other.difference(one))]  # fmt: skip
    expected = [[True, True], [True, False], [False, True]]
    opened("keniki.map.setZoom(11, { animate: false }) && 0")
    assert [opened(INSIDE, at) for at in places] == expected
    opened("keniki.map.setZoom(12.5, { animate: false }).panBy([40, 30], { animate: false }) && 0")
    assert [opened(INSIDE, at) for at in places] == expected, "the mark follows the map"
    detail = opened.text("#detail")
    for said in (f"{row['left']} × {row['right']}", row["value"].ja, row["share"], right.title.ja):
        assert said in detail
    chosen = opened.page.locator("#overlaps tr[aria-current]")
    assert chosen.all_inner_texts() == [
        "\t".join([row["left"], row["right"], row["value"].ja, row["share"]])
    ]
    opened("keniki.select('district', null)")
    assert opened.page.locator("path.overlap-fill, path.overlap-line, clipPath").count() == 0
    assert chosen.count() == 0


@pytest.mark.browser
def test_a_row_goes_to_its_overlap_by_keyboard(opened: Opened, study: Study) -> None:
    left, right = study.partitions["district"], study.partitions["care"]
    row = overlap_rows(study, left, right)[-1]
    shared = left.zones.geometry[row["pair"][0]].intersection(right.zones.geometry[row["pair"][1]])
    opened("keniki.show('care', false)")
    opened.page.get_by_role("button", name=f"{row['left']} × {row['right']}").focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.is_checked("[data-layer=care]"), "both partitions are seen"
    assert opened("(at) => keniki.map.getBounds().contains(at)", place(study, shared))
    assert opened("keniki.map.getZoom()") >= 12


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_whoever_tabs_up_the_rows_sees_where_they_are(
    browser: Browser, page: Path, width: int
) -> None:
    opened = Opened(browser, page, width)
    opened.page.locator("#overlaps tbody button").last.focus()
    for _ in range(len(opened(ROWS)) - 1):
        opened.page.keyboard.press("Shift+Tab")
        assert opened("""() => {
            const focused = document.activeElement, { bottom } = overlaps.tHead.rows[0].cells[0]
              .getBoundingClientRect();
            return focused.matches("tbody button") && focused.getBoundingClientRect().top >= bottom;
        }"""), opened.text(":focus")
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("side", ["district", "care"])
def test_a_zone_chosen_on_the_map_is_found_in_the_table(
    opened: Opened, study: Study, side: str
) -> None:
    rows = rows_of(study)
    column = ("district", "care").index(side)
    name = rows[-1][column]
    scrolled = "[document.scrollingElement.scrollTop, panel.scrollTop]"
    before = opened(scrolled)
    opened(
        "([side, name]) => keniki.select(side, keniki.byKey[side].names.indexOf(name))",
        [side, name],
    )
    here = opened.page.locator("#overlaps tr[data-here]")
    assert here.all_inner_texts() == ["\t".join(row) for row in rows if row[column] == name]
    assert opened(scrolled) == before, "only the table's own box is scrolled"
    assert opened("""() => {
        const box = document.querySelector(".overlaps").getBoundingClientRect();
        const head = overlaps.tHead.getBoundingClientRect();
        const row = document.querySelector("#overlaps tr[data-here]").getBoundingClientRect();
        return row.top >= head.bottom - 2 && row.bottom <= box.bottom + 1;
    }""")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_buttons_are_large_enough_and_the_page_fits(
    browser: Browser, page: Path, width: int
) -> None:
    opened = Opened(browser, page, width)
    assert opened("document.documentElement.scrollWidth") <= width
    heights = opened("""() => [...document.querySelectorAll("#overlaps button")].map(
        (one) => one.getBoundingClientRect().height)""")
    assert min(heights) >= 24
    opened.close()
