"""Names and numbers on the map: what matters most is there, nothing lies over anything else."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from made_plans import SIDE, SOUTH, WEST, made_plan, towns
from opened import Opened, payload
from planner import planner_file
from playwright.sync_api import Browser

from geo.council_page import councils
from geo.pipeline import compute
from geo.plan import CouncilMap
from geo.plan_file import load_plan
from geo.study import Study
from geo.topology import SCALE

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


# --- without a browser ----------------------------------------------------------------------------


def test_a_zone_with_an_exclave_is_named_in_its_main_part(tmp_path: Path) -> None:
    """A column of five towns, and one as wide as two of them at half its height::

    D E E E E
    D E E D D
    D E E E E
    """
    columns = {0: (1, "DDDDD"), 1: (2, "EEEEE"), 3: (2, "EEDEE")}
    rows = [
        {"x": x, "y": y, "width": width, "district": its[y]}
        for x, (width, its) in columns.items()
        for y in range(5)
    ]
    made = towns(len(rows), 1).assign(**pd.DataFrame(rows))
    path = planner_file(compute(load_plan(made_plan(tmp_path, made))), tmp_path)
    layers = {one["key"]: one for one in payload(path.read_text(encoding="utf-8"))["layers"]}
    layer = layers["district"]
    zone = layer["ids"].index("D")
    lng, lat = (layer[name][zone] / SCALE for name in ("lng", "lat"))
    assert WEST < lng < WEST + SIDE
    assert SOUTH < lat < SOUTH + 5 * SIDE


def test_names_stand_where_zones_are_widest(study: Study, page: Path) -> None:
    layers = payload(page.read_text(encoding="utf-8"))["layers"]
    for layer in layers:
        if layer["key"] not in study.partitions:
            continue
        zones = study.partitions[layer["key"]].zones.geometry
        spots = gpd.GeoSeries.from_xy(
            np.array(layer["lng"]) / SCALE, np.array(layer["lat"]) / SCALE, crs=4326
        ).to_crs(zones.crs)
        parts, owner = shapely.get_parts(zones.to_numpy(), return_index=True)
        largest = pd.Series(parts).groupby(owner).agg(lambda its: max(its, key=shapely.area))
        assert shapely.contains(largest.to_numpy(), spots.to_numpy()).all()
        borders = shapely.boundary(zones.to_numpy())
        best, other = (
            shapely.distance(borders, one)
            for one in (spots.to_numpy(), shapely.point_on_surface(largest.to_numpy()))
        )
        assert (best >= other - 3).all(), layer["key"]


# --- in a browser ---------------------------------------------------------------------------------


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


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_every_split_district_has_its_number(browser: Browser, page: Path, width: int) -> None:
    opened = Opened(browser, page, width)
    numbers_are_there(opened)
    assert len(opened(TEXTS, "ward")) >= 5, "wards are named where numbers leave room"
    apart(opened)
    opened.close()


@pytest.mark.real
@pytest.mark.browser
def test_every_split_district_of_the_real_city_has_its_number(
    browser: Browser, chiba_study: Study, tmp_path: Path
) -> None:
    opened = Opened(browser, planner_file(chiba_study, tmp_path))
    numbers_are_there(opened)
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_wards_have_figure_and_name(browser: Browser, page: Path, width: int) -> None:
    opened = Opened(browser, page, width, hash="#colour=population:ward")
    values = opened("[...keniki.states.colour.chosen.values].map((one) => figure(one, {})[0])")
    assert sorted(opened(TEXTS, "value")) == sorted(values)
    assert sorted(opened(TEXTS, "ward")) == sorted(opened("keniki.byKey.ward.names"))
    apart(opened)
    opened.close()


@pytest.mark.browser
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
