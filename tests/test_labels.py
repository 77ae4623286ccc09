"""Names and numbers on the map: what matters most is there, nothing lies over anything else."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from opened import Opened
from planner import planner_file
from playwright.sync_api import Browser

from geo.council_page import councils
from geo.plan import CouncilMap
from geo.study import Study

pytestmark = pytest.mark.browser

TEXTS = """(kind) => all(`.map-label.${kind}`).map((one) => one.innerText)"""
#: The labels of a kind whose middle is in no zone that they are of.
ASTRAY = """([kind, key, texts]) => {
  const layer = keniki.byKey[key], frame = keniki.map.getContainer().getBoundingClientRect();
  return all(`.map-label.${kind}`).filter((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    const at = keniki.map.containerPointToLatLng(
      [x - frame.x + width / 2, y - frame.y + height / 2]);
    return !layer.at(at).some((zone) => String(texts[zone]) === one.innerText);
  }).map((one) => one.innerText);
}"""
BOXES = """() => all(".map-label").map((one) => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return [left, top, right, bottom];
})"""


@pytest.fixture(scope="module")
def page(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planner_file(study, tmp_path_factory.mktemp("labels"))


@pytest.fixture(scope="module")
def council(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the whole city."""
    page = next(one for one in study.plan.map if isinstance(one, CouncilMap))
    path = tmp_path_factory.mktemp("council") / "council.html"
    path.write_text(dict(councils(study, page))[path.name], encoding="utf-8")
    return path


def apart(opened: Opened) -> None:
    """No label lies over another, but for the blank above and below its letters."""
    for one, other in combinations(opened(BOXES), 2):
        wide = min(one[2], other[2]) - max(one[0], other[0])
        high = min(one[3], other[3]) - max(one[1], other[1])
        assert wide <= 0 or high <= 4, (one, other)


def numbers_are_there(opened: Opened) -> None:
    numbers = opened("[...keniki.splits().number]")
    assert sorted(opened(TEXTS, "split")) == sorted(str(one) for one in numbers if one)
    assert opened(ASTRAY, ["split", "district", numbers]) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_every_split_district_has_its_number(browser: Browser, page: Path, width: int) -> None:
    opened = Opened(browser, page, width)
    numbers_are_there(opened)
    assert len(opened(TEXTS, "ward")) >= 5, "wards are named where numbers leave room"
    apart(opened)
    opened.close()


@pytest.mark.real
def test_every_split_district_of_the_real_city_has_its_number(
    browser: Browser, chiba_study: Study, tmp_path: Path
) -> None:
    opened = Opened(browser, planner_file(chiba_study, tmp_path))
    numbers_are_there(opened)
    opened.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_wards_have_figure_and_name(browser: Browser, page: Path, width: int) -> None:
    opened = Opened(browser, page, width, hash="#colour=population:ward")
    values = opened("[...keniki.states.colour.chosen.values].map((one) => figure(one, {})[0])")
    assert sorted(opened(TEXTS, "value")) == sorted(values)
    assert sorted(opened(TEXTS, "ward")) == sorted(opened("keniki.byKey.ward.names"))
    apart(opened)
    opened.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_name_whose_place_is_taken_finds_another(
    browser: Browser, council: Path, width: int
) -> None:
    opened = Opened(browser, council, width)
    names = opened(TEXTS, "name")
    assert len(names) == len(set(names))
    own = opened("keniki.byKey.district.names.map((_, i) => keniki.labels.names(null)[i][1][0])")
    assert opened(ASTRAY, ["name", "district", own]) == []
    apart(opened)
    opened("ELSEWHERE.length = 0, keniki.labels.place()")
    assert len(names) >= len(opened(TEXTS, "name")) + 3
    opened.close()
