"""Pages of cities made up to be hard: empty, tiny, scattered, unknown, narrow, large."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawn import AREAS, HALF_CELL_M, REACHED, radius2_m2, show_all
from made_plans import EMPTY, SIDE, SOUTH, WEST, made_plan, towns
from opened import Opened
from planner import planner_file
from playwright.sync_api import Browser

from geo.maps import pages
from geo.pipeline import compute
from geo.plan_file import load_plan
from geo.tables import tables

pytestmark = pytest.mark.browser


def split_towns(across: int = 4, up: int = 3) -> pd.DataFrame:
    made = towns(across, up)
    return made.assign(
        district=np.where(made["x"] < 2, "西", "東"), care=np.where(made["y"] < 2, "南", "北")
    )


def islands() -> pd.DataFrame:
    made = split_towns()
    return made.assign(y=made["y"].where(made["y"] < 2, 9))


def with_people(people: list[float]) -> pd.DataFrame:
    return split_towns().assign(people=people)


def narrow_towns() -> pd.DataFrame:
    """Towns of 20 cm between others: on the grid of a page they are lines there and back."""
    return towns(6, 2).assign(
        x=lambda made: made["x"].map([0, 1, 1.0005, 2, 2.0005, 3].__getitem__),
        width=lambda made: [1, 0.0005, 0.9995, 0.0005, 0.9995, 1] * 2,
    )


CITIES: dict[str, tuple[pd.DataFrame, dict[str, str] | None]] = {
    "empty": (split_towns(), EMPTY),
    "one zone": (towns(3, 2), None),
    "one town": (towns(1, 1), None),
    "islands": (islands(), None),
    "nobody known": (with_people([np.nan] * 12), None),
    "some not known": (with_people([10.0] * 6 + [np.nan] * 6), None),
    "nobody there": (with_people([0.0] * 12), None),
    "narrower than the grid": (narrow_towns(), None),
}


@pytest.mark.parametrize("city", CITIES)
def test_pages_of_a_made_city(browser: Browser, tmp_path: Path, city: str) -> None:
    study = compute(load_plan(made_plan(tmp_path, *CITIES[city])))
    made = list(pages(study, tables(study, [])))
    assert {"planner.html", "council.html", "embed.html", "index.html"} <= {
        name for name, _ in made
    }
    for name, html in made:
        (tmp_path / name).write_text(html, encoding="utf-8")
        opened = Opened(browser, tmp_path / name, 390)
        show_all(opened)
        if opened.here.locator("#data").count():
            assert all(opened(REACHED))
            opened.page.keyboard.press("Enter")
            text = opened.text("#detail")
            assert "NaN" not in text
            if name == "planner.html":
                areas = opened(AREAS)
                radius2 = radius2_m2(opened("keniki.map.getCenter().lat"))
                for key, one in study.partitions.items():
                    found, cells = np.array(areas[key]) * radius2, HALF_CELL_M * one.zones.length
                    assert np.all(np.abs(found - one.zones.area) <= cells), key
                if city == "narrower than the grid":
                    assert opened("keniki.byKey.district.outline(0).length") == 1
                known = "不明" if city == "nobody known" else "人"
                assert known in text
        assert "NaN" not in opened.text()
        assert "undefined" not in opened.text()
        assert opened.complaints == []
        opened.close()


def test_a_large_city_with_many_points(browser: Browser, tmp_path: Path) -> None:
    """2,000 towns and 20,000 points: dots that meet are one, and the list of layers says so."""
    made, across, up, many = towns(50, 40), 50, 40, 20_000
    made["district"] = (made["x"] // 5).astype(str) + "-" + (made["y"] // 5).astype(str)
    made["care"] = (made["x"] // 7).astype(str) + "-" + (made["y"] // 7).astype(str)
    x, y = np.random.default_rng(0).random((2, many)).round(4)
    points = pd.DataFrame(
        {
            "名称": [f"施設{i}" for i in range(many)],
            "緯度": SOUTH + y * up * SIDE,
            "経度": WEST + x * across * SIDE,
        }
    )
    plan = made_plan(tmp_path, made, {"points": points.to_csv(index=False)})
    study = compute(load_plan(plan))
    opened = Opened(browser, planner_file(study, tmp_path))
    assert all(opened(REACHED))
    note = opened.here.locator("[data-joined='points-points']")
    assert note.is_visible()
    assert "まとめて" in note.inner_text()
    dots = "keniki.groups['points-points'].cells"
    drawn = opened(f"{dots}.length")
    assert 0 < drawn < many
    assert opened(f"{dots}.flat().length") <= many
    opened("void keniki.map.setView(keniki.byKey.town.place(1000), 18, { animate: false })")
    assert opened(f"{dots}.every((cell) => cell.length === 1)")
    assert note.is_hidden()
    opened("void keniki.map.setZoom(11, { animate: false })")
    assert note.is_visible()
    opened.here.uncheck("[data-layer=points-points]")
    assert note.is_hidden()
    assert opened.complaints == []
    opened.close()
