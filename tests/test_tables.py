"""Tables for Excel: safe to open, exact, every column explained."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import outlines_only, partition

from geo import phrases, tables
from geo.content_tables import CONTENT
from geo.cutting import PAIR
from geo.intake import quiet
from geo.layers import NO_COUNTS
from geo.partition import Partition
from geo.pipeline import overlap, tolerances
from geo.plan import Role
from geo.slivers import SliverRule, counting
from geo.study import Study
from geo.table import Table, file_name, rounded, safe, write_pairs
from geo.words import same

BOM = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def made(study: Study) -> dict[str, Table]:
    return {table.name: table for table in tables.tables(study)}


def parsed(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "=", "-", "--5", "-5x", "+81-43"]
)
def test_a_spreadsheet_runs_no_cell(cell: str) -> None:
    assert safe(pd.DataFrame({"name": [cell]}))["name"].tolist() == [f"'{cell}"]


@pytest.mark.parametrize(
    "cell", ["弁天", "", "a=b", "5-3", "-5", "-0.25", "1e5", " x", "12101-d01"]
)
def test_other_text_and_numbers_stay_as_they_are(cell: str) -> None:
    assert safe(pd.DataFrame({"name": [cell]}))["name"].tolist() == [cell]


def test_numbers_keep_their_sign() -> None:
    frame = pd.DataFrame({"a": [-1.5, np.nan], "b": pd.array([-2, None], dtype="Int64")})
    data = Table("t.csv", same("t"), frame).csv()
    assert parsed(data) == [{"a": "-1.5", "b": "-2"}, {"a": "", "b": ""}]


def test_column_names_are_safe_too() -> None:
    """`keniki overlap --counts` takes them from somebody's file."""
    assert list(safe(pd.DataFrame({"=cmd": [1], "@x": ["y"]})).columns) == ["'=cmd", "'@x"]


def test_bytes_as_excel_expects_them() -> None:
    frame = pd.DataFrame({"name": ["弁天", '"x",\ny'], "n": [1, 2]})
    data = Table("t.csv", same("t"), frame).csv()
    assert data == BOM + 'name,n\r\n弁天,1\r\n"""x"",\ny",2\r\n'.encode()


def test_rounding() -> None:
    frame = pd.DataFrame(
        {"area_m2": [1.23456], "share_of_left": [1 / 3], "people": [2 / 3], "parts": [2]}
    )
    assert rounded(frame).iloc[0].tolist() == [1.2346, 0.333333333333, 0.666667, 2]


def test_a_crosswalk_for_other_programs() -> None:
    """Ids first, no BOM, line feeds, twelve digits."""
    index = pd.MultiIndex.from_tuples([("", "=X"), ("A", "Y")], names=PAIR)
    out = io.StringIO(newline="")
    write_pairs(pd.DataFrame({"area_m2": [1 / 3, 2.0], "people": [np.nan, -1]}, index=index), out)
    assert out.getvalue() == ("left_id,right_id,area_m2,people\n,'=X,0.333333333333,\nA,Y,2,-1\n")


# --- file names -----------------------------------------------------------------------------------

HOSTILE = [
    "../x", "a/b", "a\\b", "a_b", "a b", "CON", "nul", "", ".", "..", "a.", "a:b", "a*b", "%00",
    "\x00", "\n", "中央区", "中央区 ", "<b>", "'x'", '"x"', "-", "x" * 40, "a＿b",
]  # fmt: skip


def council_files() -> Iterator[str]:
    return (file_name(f"council-{id_}", ".html") for id_ in HOSTILE)


def test_file_names_of_hostile_ids_are_safe() -> None:
    """On any system: no folder, no device, no blank, nothing that a link must escape."""
    for name in council_files():
        assert re.fullmatch(r"council-[\w-]*\.html", name), name
        assert "/" not in name
    assert file_name("council-12101", ".html") == "council-12101.html"


def test_file_names_of_different_ids_are_different() -> None:
    assert len(set(council_files())) == len(HOSTILE)


def test_file_names_of_long_ids_are_taken_by_file_systems() -> None:
    names = {file_name(f"council-{'𠮷' * 99}{end}", ".html") for end in "ab"}
    assert len(names) == 2
    assert all(len(name.encode()) <= 255 for name in names)


def test_file_names_differ_where_letters_have_no_case() -> None:
    """As on Windows and macOS."""
    names = [file_name(f"council-{id_}", ".html").lower() for id_ in ("a1", "A1")]
    assert len(set(names)) == 2


# --- the tables of the sample ---------------------------------------------------------------------


def test_every_table_is_there_and_no_other(made: dict[str, Table]) -> None:
    order = ["ward", "district", "care", "town"]
    pairs = [(a, b) for i, a in enumerate(order) for b in order[i + 1 :]]
    measured = [(a, b) for a in order[:3] for b in order[:3] if a != b]
    assert sorted(made) == sorted(
        ["measures.csv", "towns.csv", "findings.csv", "columns.csv"]
        + [f"crosswalk_{a}_{b}.csv" for a, b in pairs]
        + [f"zones_{a}_{b}.csv" for a, b in measured]
        + [f"list_{key}.csv" for key in order[:3]]
        + [f"indicators_{key}.csv" for key in order]
        + [f"{name}.csv" for name in CONTENT]
    )
    assert list(made)[-1] == "columns.csv"


def test_every_column_of_every_table_is_explained(made: dict[str, Table]) -> None:
    explained = {(row["file"], row["column"]): row for row in parsed(made["columns.csv"].csv())}
    columns = {(name, column) for name, table in made.items() for column in parsed(table.csv())[0]}
    assert columns == set(explained), "those of columns.csv itself, too"
    assert all(row["meaning_ja"] and row["meaning_en"] for row in explained.values())
    assert explained["towns.csv", "population"]["unit"] == "people"
    assert explained["crosswalk_district_care.csv", "area_m2"]["unit"] == "m2"


def test_a_partition_may_have_any_key(study: Study) -> None:
    """`left_id` means the left zone of a crosswalk, also where a partition is called left."""
    meaning = tables.meanings(study)("left_id")[0].en
    renamed = {"left": study.partitions["district"], "care": study.partitions["care"]}
    other = Study(**{**study.__dict__, "partitions": renamed})
    assert tables.meanings(other)("left_id")[0].en == meaning


def test_every_table_has_rows_of_the_same_columns(made: dict[str, Table]) -> None:
    for table in made.values():
        data = table.csv()
        assert data.startswith(BOM)
        assert data.count(b"\n") == data.count(b"\r\n"), table.name
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert {len(row) for row in rows} == {len(table.frame.columns)}
        assert len(rows) == len(table.frame) + 1


@pytest.mark.parametrize("name", ["crosswalk_district_care.csv", "crosswalk_ward_town.csv"])
def test_crosswalks_keep_the_people_of_the_census(made: dict[str, Table], name: str) -> None:
    rows = parsed(made[name].csv())
    assert sum(float(row["population"] or 0) for row in rows) == 971_837
    assert sum(float(row["households"] or 0) for row in rows) == 417_835
    assert {row["way"] for row in rows} == {"by_towns"}


def test_what_is_not_known_stays_empty(made: dict[str, Table]) -> None:
    rows = {row["town_name"]: row for row in parsed(made["towns.csv"].csv())}
    assert len(rows) == 500
    assert [rows[f"み春野{n}丁目"]["population"] for n in "一二三"] == ["", "", ""]
    assert rows["道場北町"]["population"] == "0.0"
    assert rows["道場北町"]["care_name"] == "弁天"


def test_names_stand_beside_ids(study: Study, made: dict[str, Table]) -> None:
    names = {key: one.zones["name"] for key, one in study.partitions.items()}
    for row in parsed(made["crosswalk_district_care.csv"].csv()):
        assert row["left_name"] == names["district"][row["left_id"]]
        assert row["right_name"] == names["care"][row["right_id"]]
    for row in parsed(made["zones_district_care.csv"].csv()):
        assert row["main_name"] == names["care"][row["main_id"]]


def test_lists_of_zones_add_up_to_the_census(study: Study, made: dict[str, Table]) -> None:
    for key in ("ward", "district", "care"):
        rows = parsed(made[f"list_{key}.csv"].csv())
        assert [row["zone_id"] for row in rows] == list(study.partitions[key].zones.index)
        assert sum(float(row["population"]) for row in rows) == 971_837
        assert sum(float(row["area_m2"]) for row in rows) == pytest.approx(
            study.partitions[key].area_m2.sum(), abs=0.01
        )


def test_towns_lie_in_the_zone_that_holds_most_of_them(
    row: Partition, halves: Partition, study: Study
) -> None:
    """Where a partition is not made of towns: with the share of the town; outside, in none."""
    shapes = {"E": shapely.box(1700, 0, 2500, 1000), "W": shapely.box(0, 0, 1700, 1000)}
    drawn = partition("drawn", shapes)
    towns = replace(row, role=Role.UNITS)
    partitions = {"drawn": drawn, "half": halves, "town": towns}
    crosswalks = overlap(partitions, NO_COUNTS, SliverRule(), quiet)
    made = replace(study, partitions=partitions, counts=NO_COUNTS, crosswalks=crosswalks)
    [table] = tables._towns(made)
    rows = table.frame.set_index("town_id")
    assert rows["half_id"].tolist() == ["A", "A", "B", "B"]
    assert rows["drawn_id"].tolist() == ["W", "W", "E", ""]
    assert rows["drawn_name"].tolist() == ["W", "W", "E", ""]
    assert rows["drawn_share"].tolist()[:3] == pytest.approx([1, 0.7, 0.5])
    assert np.isnan(rows["drawn_share"]["d"])
    assert set(table.frame.columns) <= set(tables.meanings_in(table, made))


def test_the_width_of_slivers_is_tried_where_it_applies(
    study: Study, made: dict[str, Table]
) -> None:
    """The sample is added up by towns; known by outlines only, its borders are intersected."""
    assert study.sensitivity == {}
    assert "sensitivity.csv" not in made
    drawn = {key: outlines_only(study.partitions[key]) for key in ("district", "care")}
    crosswalks = overlap(drawn, NO_COUNTS, SliverRule(), quiet)
    pair = ("district", "care")
    found = tolerances(study.plan, drawn, crosswalks, NO_COUNTS)
    assert list(found) == [pair]
    assert found[pair].index.tolist() == [10, 30, 50]
    at_30 = found[pair].loc[30]
    assert at_30["pairs"] == counting(crosswalks[pair]).sum()
    tried = replace(study, sensitivity=found)
    rows = parsed({table.name: table for table in tables.tables(tried)}["sensitivity.csv"].csv())
    assert [row["sliver_width_m"] for row in rows] == ["10.0", "30.0", "50.0"]
    assert int(rows[1]["split_zones"]) == at_30["split_zones"]
    said = phrases.tolerances(tried, *drawn.values())
    assert f"30 m: {at_30['split_zones']} ({at_30['pairs']} pairs)" in said.en
    assert f"30 m: {at_30['split_zones']}（連携の組{at_30['pairs']}）" in said.ja
    assert "no width" in phrases.tolerances(study, *drawn.values()).en


def test_measures_add_up_from_the_zones(made: dict[str, Table]) -> None:
    measures = {
        (row["left"], row["right"], row["weight"]): row
        for row in parsed(made["measures.csv"].csv())
    }
    assert len(measures) == 6 * 3
    for (left, right, weight), whole in measures.items():
        rows = parsed(made[f"zones_{left}_{right}.csv"].csv())
        rows = [row for row in rows if row["weight"] == weight]
        assert int(whole["zones"]) == len(rows)
        assert int(whole["split_zones"]) == sum(int(row["parts"]) > 1 for row in rows)
        assert int(whole["coordination_pairs"]) == sum(int(row["parts"]) for row in rows)
        minority = sum(float(row["minority"]) for row in rows)
        assert float(whole["minority"]) == pytest.approx(minority, abs=1e-3)
