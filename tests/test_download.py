"""What is shown is saved as it is: rows in sight, totals of the crosswalk, cells that are safe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hostile import EVERYTHING, HOSTILE
from made_plans import SIDE, SOUTH, WEST, made_plan, towns
from opened import Opened
from planner import planner_file
from playwright.sync_api import Browser

from geo.phrases import counted
from geo.pipeline import compute
from geo.plan_file import load_plan
from geo.study import Study
from geo.table import Table
from geo.words import same

Rows = list[dict[str, str]]
ACROSS = 6
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "-1+1",
    "@x",
    "＝1",
    "＋x",
    "－x",
    "＠x",
    'a"b',
    "a,b",
    "a\nb",
    "'x",
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """36 towns, the names of some of them formulas, the people of one not known."""
    made = towns(ACROSS, ACROSS)
    made["name"] = FORMULAS + [f"{i}番町" for i in range(len(FORMULAS), ACROSS**2)]
    made["ward"] = np.where(made["x"] < 3, "01", "02")
    made["district"] = (made["x"] // 2).astype(str) + (made["y"] // 3).astype(str)
    made["care"] = np.where(made["x"] < 3, "=C", "D")
    made["people"] = np.arange(ACROSS**2) * 100.0 + 1
    made.loc[35, "people"] = np.nan
    return compute(load_plan(made_plan(tmp_path_factory.mktemp("city"), made)))


@pytest.fixture(scope="module")
def path(city: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planner_file(city, tmp_path_factory.mktemp("planner"))


@pytest.fixture
def opened(browser: Browser, path: Path) -> Iterator[Opened]:
    one = Opened(browser, path)
    yield one
    assert one.complaints == []
    one.close()


def saved(opened: Opened) -> tuple[str, bytes]:
    """The name and the bytes of the file that the page saves."""
    with opened.page.expect_download() as found:
        opened.here.click("#save")
    return found.value.suggested_filename, found.value.path().read_bytes()


def rows(opened: Opened) -> Rows:
    data = saved(opened)[1].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def look_at(
    opened: Opened, west: float, south: float, east: float, north: float
) -> shapely.Polygon:
    """Moves the map into a box, in sides of towns, and says what of them is seen."""
    corners = [
        [SOUTH + south * SIDE, WEST + west * SIDE],
        [SOUTH + north * SIDE, WEST + east * SIDE],
    ]
    seen = opened(
        """corners => {
          keniki.map.fitBounds(corners, { animate: false });
          const seen = keniki.map.getBounds();
          return [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
        }""",
        corners,
    )
    return shapely.box(*seen)


# --- what is in it --------------------------------------------------------------------------------


def test_overlaps_add_up_to_the_crosswalk(browser: Browser, study: Study, tmp_path: Path) -> None:
    opened = Opened(browser, planner_file(study, tmp_path))
    found = pd.DataFrame(rows(opened))
    assert list(found) == [
        "地区 ID", "地区", "あんしんケアセンター圏域 ID", "あんしんケアセンター圏域", "住民（人）",
        "住民の割合（地区ごと、0〜1）",
    ]  # fmt: skip
    expected = counted(study.crosswalks["district", "care"])["population"]
    found = found.set_index(["地区 ID", "あんしんケアセンター圏域 ID"])
    assert found["住民（人）"].astype(float).sum() == expected.sum()
    assert found["住民（人）"].astype(float).to_dict() == expected.to_dict()
    shares = found["住民の割合（地区ごと、0〜1）"].astype(float)
    assert shares.groupby(level=0).sum().to_numpy() == pytest.approx(1, abs=5e-6)
    whole = expected.groupby(level="left_id").transform("sum")
    assert shares.to_dict() == pytest.approx((expected / whole).to_dict(), abs=5e-7)
    names = study.partitions["district"].zones["name"]
    assert found["地区"].to_dict() == {pair: names[pair[0]] for pair in expected.index}
    assert opened.complaints == []
    opened.close()


BOXES = [(0, 0, 6, 6), (0, 0, 1, 1), (2.2, 1.2, 2.4, 1.4), (5, 2, 6, 4), (-4, -4, -2, -2)]


@pytest.mark.parametrize("box", BOXES)
def test_rows_are_those_of_the_zones_in_sight(
    opened: Opened, city: Study, box: tuple[float, float, float, float]
) -> None:
    seen = look_at(opened, *box)
    for key, title in [("district", "地区"), ("town", "町丁目")]:
        zones = city.partitions[key].zones.geometry.to_crs(4326)
        found = rows(opened)
        assert {row[f"{title} ID"] for row in found} == set(zones.index[zones.intersects(seen)])
        for other in ("split", "ward", "district", "care"):
            opened.page.uncheck(f"[data-layer={other}]")
        opened.page.check("[data-layer=town]")


def test_zones_of_the_layer_on_top_with_their_columns(opened: Opened, city: Study) -> None:
    opened.page.uncheck("[data-layer=split]")
    assert opened.text("#save-what") == "保存される表: 区"
    assert [row["区 ID"] for row in rows(opened)] == ["01", "02"]
    for other in ("ward", "district", "care"):
        opened.page.uncheck(f"[data-layer={other}]")
    assert opened.page.is_disabled("#save")
    assert opened.text("#save-what") == "保存される表: 表示中の区域がありません"
    opened.page.check("[data-layer=town]")
    found = rows(opened)
    figures = city.figures["town"]
    assert [row["住民（人）"] for row in found] == [
        "" if np.isnan(people) else f"{people:.0f}" for people in figures["people"]
    ]
    assert [row["面積（km²）"] for row in found] == [f"{a / 1e6:.2f}" for a in figures["area_m2"]]
    assert found[35]["住民の密度（人/km²）"] == ""
    assert sum(float(row["住民（人）"] or 0) for row in found) == figures["people"].sum()


def test_what_is_coloured_is_saved(opened: Opened) -> None:
    opened.page.select_option("#colour", "people:care")
    assert opened.text("#save-what") == "保存される表: 圏域・住民の密度"
    opened.page.click("#language")
    assert [row["Care areas ID"] for row in rows(opened)] == ["'=C", "D"]
    assert list(rows(opened)[0])[2:] == [
        "Residents (people)", "Area (km²)", "Residents per km² (people/km²)",
    ]  # fmt: skip
    assert opened.text("#view-said").startswith("2 rows of what the map shows were saved as “")
    names = []
    for figure in ("people:care", "people:district", ""):
        opened.page.select_option("#colour", figure)
        names.append(saved(opened)[0])
    assert names == [
        "Where_they_disagree_Care_areas_Residents_per_km²_2026.csv",
        "Where_they_disagree_Districts_Residents_per_km²_2026.csv",
        "Where_they_disagree_Overlaps_Districts_and_Care_areas_2026.csv",
    ]


# --- how it is written ----------------------------------------------------------------------------


def test_cells_are_written_as_by_the_tables(opened: Opened) -> None:
    """The same bytes as a table of the build: BOM, CRLF, quotes, apostrophes."""
    cells = [
        *FORMULAS,
        *HOSTILE,
        EVERYTHING,
        "",
        "-1.5",
        "-1.",
        "-１",
        "\tx",
        "\rx",
        "\nx",
        '"',
        "弁天",
    ]
    table = pd.DataFrame({"=a": cells, "b,": cells[::-1]})
    expected = Table("x.csv", same("x"), table).csv()
    found = opened("rows => csvOf(rows)", [list(table), *table.to_numpy().tolist()])
    assert found.encode() == expected


def test_the_file_is_as_the_tables_of_the_build(opened: Opened) -> None:
    for other in ("split", "ward", "district", "care"):
        opened.page.uncheck(f"[data-layer={other}]")
    opened.page.check("[data-layer=town]")
    name, data = saved(opened)
    assert name == "ずれ_町丁目_2026.csv"
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 1 + ACROSS**2
    named = [row["町丁目"] for row in rows(opened)][: len(FORMULAS)]
    assert named == [
        "'=1+1",
        "'+1",
        "-1",
        "'-1+1",
        *(f"'{one}" for one in FORMULAS[4:9]),
        *FORMULAS[9:],
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "_etc_passwd"),
        ("a\u202egpj.exe:*?<>|\\\"'\x07", "a_gpj_exe_"),
        ("=cmd|'/c calc'!A1", "_cmd_c_calc_A1"),
        ("あ" * 300, "あ" * 30),
        ("𠮷" * 300 + "a", "𠮷" * 22),
        ("", ""),
    ],
)
def test_names_of_files_are_safe(opened: Opened, title: str, name: str) -> None:
    opened("title => { document.querySelector('h1').textContent = title; }", title)
    assert opened("fileName('表', '2026')") == f"{name}_表_2026.csv"
    assert saved(opened)[0] == f"{name}_地区と圏域の重なり_2026.csv"
    longest = opened("title => fileName(title, title)", title)
    assert len(longest.encode()) <= 255
    assert longest.startswith(f"{name}_{name}")


def test_a_sandboxed_frame_may_save(browser: Browser, path: Path, opened: Opened) -> None:
    framed = Opened(browser, path, framed=True)
    look_at(framed, 0, 0, ACROSS, ACROSS)
    assert saved(framed) == saved(opened)
    framed.close()
