"""Small drawn towns that every test can work out by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from geo.layers import Counts
from geo.partition import Partition
from geo.pipeline import build, compute, write
from geo.plan import FILE_NAME, Count, Role
from geo.plan_file import load_plan
from geo.study import Study
from geo.words import same

# No deadlines: machines that run tests are busy, and a slow example is no fault.
settings.register_profile("keniki", deadline=None)
settings.load_profile("keniki")

CRS = "EPSG:6677"
ROOT = Path(__file__).parent.parent
#: Run by a Python that has QGIS, not by pytest.
collect_ignore = ["in_qgis.py"]


def partition(
    key: str, shapes: dict[str, shapely.Geometry], members: dict[str, str] | None = None
) -> Partition:
    """A partition of shapes in metres, by zone id; `members` if it is made of towns."""
    index = pd.Index(list(shapes), name="zone_id", dtype=str)
    data = {"name": list(shapes), "geometry": list(shapes.values())}
    zones = gpd.GeoDataFrame(data, index=index, crs=CRS)
    towns = None if members is None else pd.Series(members, dtype=str)
    return Partition(key, same(key), Role.OTHER, zones, towns)


def of_towns(key: str, towns: Partition, members: dict[str, str]) -> Partition:
    """A partition made of `towns`, with its outlines."""
    shapes = {
        zone: shapely.union_all(
            [towns.zones.geometry[town] for town, its in members.items() if its == zone]
        )
        for zone in dict.fromkeys(members.values())
    }
    return partition(key, shapes, members)


def outlines_only(one: Partition) -> Partition:
    """The same partition, as if nobody knew that it is made of towns."""
    return Partition(one.key, one.title, one.role, one.zones)


def people(figures: dict[str, float | None], **more: dict[str, float | None]) -> Counts:
    """Counts of towns: `people`, and others by name; None is not known."""
    columns = {"people": figures, **more}
    defined = tuple(
        Count(key=key, title=same(key), unit=same("n"), column=key, kind="total") for key in columns
    )
    return Counts(defined, pd.DataFrame(columns).astype(float))


@pytest.fixture
def row() -> Partition:
    """Four towns of one km² each, side by side::

    0   1   2   3   4 km
    ┌───┬───┬───┬───┐
    │ a │ b │ c │ d │
    └───┴───┴───┴───┘
    """
    shapes = {
        name: shapely.box(east * 1000, 0, east * 1000 + 1000, 1000)
        for east, name in enumerate("abcd")
    }
    return partition("town", shapes)


@pytest.fixture
def halves(row: Partition) -> Partition:
    """A = a + b, B = c + d."""
    return of_towns("half", row, {"a": "A", "b": "A", "c": "B", "d": "B"})


@pytest.fixture
def quarter(row: Partition) -> Partition:
    """X = a, Y = b + c + d."""
    return of_towns("quarter", row, {"a": "X", "b": "Y", "c": "Y", "d": "Y"})


def grid(across: int, up: int) -> Partition:
    """Towns of 100 m × 100 m, some across and some up, called 0, 1, 2 … row by row."""
    cells = {
        str(i): shapely.box(x * 100.0, y * 100.0, x * 100.0 + 100, y * 100.0 + 100)
        for i, (y, x) in enumerate(np.ndindex(up, across))
    }
    return partition("town", cells)


@pytest.fixture(scope="session")
def study() -> Study:
    """The sample, computed."""
    return compute(load_plan(ROOT / FILE_NAME))


@pytest.fixture(scope="session")
def sample(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the sample was built into."""
    out = tmp_path_factory.mktemp("maps")
    write(study, out, sheets=False)  # test_sheets.py draws them
    return out


@pytest.fixture(scope="session")
def hostile(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a plan with hostile text wherever anything shows it, and of its maps_out."""
    from hostile import hostile_plan

    folder = tmp_path_factory.mktemp("hostile")
    members = study.partitions["care"].members
    assert members is not None
    plan = hostile_plan(folder, members.to_dict())
    here = Path.cwd()
    os.chdir(folder)  # where the Python among the payloads would make its folder
    try:
        build(load_plan(plan), folder / "maps_out", sheets=False)
    finally:
        os.chdir(here)
    return folder


@pytest.fixture(scope="session")
def chiba() -> Path:
    """The folder of the real data of Chiba City."""
    folder = os.environ.get("KENIKI_DATA")
    if not folder:
        pytest.skip("the real data are not here: set KENIKI_DATA to their folder")
    return Path(folder) / "chiba"


@pytest.fixture(scope="session")
def chiba_study(chiba: Path) -> Study:
    """The real Chiba City, computed."""
    return compute(load_plan(ROOT / "tests" / "chiba" / FILE_NAME))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("KENIKI_CHROMIUM") or shutil.which("chromium") or shutil.which(
        "google-chrome"
    )  # fmt: skip
    if path is None:
        message = "NO CHROMIUM FOUND: pages are not opened. Install it or set KENIKI_CHROMIUM."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
