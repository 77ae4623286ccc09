"""Towns → partition: by a column, a table, or area texts; what is wrong is said, not guessed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from conftest import ROOT, partition

from geo.assemble import (
    members_from_column,
    members_from_lists,
    members_from_table,
    partition_of_towns,
)
from geo.errors import DataError, UsageError
from geo.findings import Finding, Kind, Severity, ignore
from geo.intake import drawn_shares, membership, read_partition
from geo.partition import Partition
from geo.plan import FILE_NAME, Alias, Part, PartitionPlan, Role, TownColumn, TownList, TownTable
from geo.plan_file import load_plan
from geo.register import How, Register
from geo.words import Text

KM2 = 1e6
NAMES = ["本町一丁目", "本町二丁目", "新町", "西新町"]
TABLE = TownTable(file="zones.csv", town="town", id="zone", name="name")
LIST = TownList(file="list.csv", id="id", name="name", text="text")


@pytest.fixture
def towns(row: Partition) -> Partition:
    """The four towns a, b, c, d of the row, with names."""
    row.zones["name"] = NAMES
    return row


def with_columns(towns: Partition, **columns: list[Any]) -> Partition:
    """The towns as read from a file with these columns, a row per town."""
    rows = pd.DataFrame(columns, index=towns.zones.index)
    return Partition("town", Text("町", "Towns"), Role.UNITS, towns.zones, attributes=rows)


def plan(**keys: Any) -> PartitionPlan:
    column = {"town_column": {"id": "x"}}
    title = {"ja": "圏域", "en": "Care areas"}
    return PartitionPlan.model_validate(
        {"key": "care", "title": title, "role": "care"} | column | keys
    )


def by_table(
    towns: Partition, rows: list[tuple[str, str, str]], report: Callable[[Finding], None]
) -> tuple[pd.Series, pd.Series]:
    return members_from_table(
        TABLE, pd.DataFrame(rows, columns=["town", "zone", "name"]), towns, report
    )


def by_lists(
    towns: Partition,
    rows: list[tuple[str, str, str]],
    report: Callable[[Finding], None] = ignore,
    aliases: tuple[Alias, ...] = (),
) -> tuple[pd.Series, pd.Series]:
    source = LIST.model_copy(update={"alias": aliases})
    frame = pd.DataFrame(rows, columns=["id", "name", "text"])
    members, names, _ = members_from_lists(source, frame, Register(towns, None, aliases), report)
    return members, names


def said(findings: list[Finding]) -> list[tuple[Kind, Severity, tuple[str, ...]]]:
    return [(f.kind, f.severity, f.place) for f in findings]


# --- a column of the towns' own file --------------------------------------------------------------


def test_a_column(towns: Partition) -> None:
    towns = with_columns(towns, ward=["2", "2", "1", "1"], name=["北", "北", "南", "南"])
    members, names = members_from_column(TownColumn(id="ward", name="name"), towns, "ward", ignore)
    assert members.to_dict() == {"a": "2", "b": "2", "c": "1", "d": "1"}
    assert names.to_dict() == {"2": "北", "1": "南"}
    _, names = members_from_column(TownColumn(id="ward"), towns, "ward", ignore)
    assert names.to_dict() == {"2": "2", "1": "1"}


@pytest.mark.parametrize("column", [["10", "10", "11", None], ["10", "10", "11", ""]])
def test_a_town_whose_cell_is_empty_is_in_no_zone(towns: Partition, column: list[Any]) -> None:
    towns = with_columns(towns, ward=column)
    members, names = members_from_column(TownColumn(id="ward"), towns, "ward", ignore)
    assert members.to_dict() == {"a": "10", "b": "10", "c": "11"}
    assert list(names.index) == ["10", "11"]


def test_whole_numbers_keep_no_point_beside_an_empty_cell(towns: Partition) -> None:
    """A file with an empty cell has its codes as 10.0; the id is 10."""
    towns = with_columns(towns, ward=[10.0, 10.0, 11.0, None])
    members, _ = members_from_column(TownColumn(id="ward"), towns, "ward", ignore)
    assert members.to_dict() == {"a": "10", "b": "10", "c": "11"}


def test_a_town_whose_rows_name_two_zones_is_an_error(towns: Partition) -> None:
    rows = pd.DataFrame({"ward": ["2", "1", "1", "1", "1"]}, index=list("aabcd"))
    findings: list[Finding] = []
    several = replace(towns, attributes=rows)
    members, _ = members_from_column(TownColumn(id="ward"), several, "ward", findings.append)
    assert members["a"] == "1"
    assert said(findings) == [(Kind.TOWN_IN_TWO_ZONES, Severity.ERROR, ("a",))]


def test_a_column_that_is_not_there(towns: Partition) -> None:
    towns = with_columns(towns, ward_code=["1"] * 4)
    with pytest.raises(UsageError, match=r"no column “wardcode”\. Did you mean “ward_code”"):
        members_from_column(TownColumn(id="wardcode"), towns, "ward", ignore)


# --- a table with one row per town ----------------------------------------------------------------

ROWS = [("a", "Y", "東"), ("b", "X", "西"), ("c", "Y", "東"), ("d", "", "")]


def test_a_table(towns: Partition) -> None:
    findings: list[Finding] = []
    members, names = by_table(towns, ROWS, findings.append)
    assert members.to_dict() == {"a": "Y", "b": "X", "c": "Y"}
    assert names.to_dict() == {"Y": "東", "X": "西"}
    assert findings == []
    made = partition_of_towns(plan(), members, names, towns, (), findings.append)
    assert list(made.zones.index) == ["Y", "X"]
    assert made.zones["name"].to_dict() == {"Y": "東", "X": "西"}
    assert made.area_m2.to_dict() == {"Y": 2 * KM2, "X": KM2}
    assert made.zones.geometry["Y"].geom_type == "MultiPolygon"
    assert made.role is Role.CARE
    (only,) = findings
    assert said(findings) == [(Kind.TOWN_IN_NO_ZONE, Severity.WARNING, ("d",))]
    assert (only.where, only.amount, only.unit) == ("care", 1, "towns")


def test_the_id_may_be_the_name(towns: Partition) -> None:
    frame = pd.DataFrame(ROWS, columns=["town", "zone", "name"])
    source = TABLE.model_copy(update={"name": "zone"})
    _, names = members_from_table(source, frame, towns, ignore)
    assert names.to_dict() == {"Y": "Y", "X": "X"}
    texts = pd.DataFrame([("A", "本町"), ("B", "新町")], columns=["id", "text"])
    lists = LIST.model_copy(update={"name": "id"})
    _, names, _ = members_from_lists(lists, texts, Register(towns), ignore)
    assert names.to_dict() == {"A": "A", "B": "B"}


def test_ids_that_are_no_town_are_an_error(towns: Partition) -> None:
    findings: list[Finding] = []
    members, _ = by_table(towns, [*ROWS, ("z", "X", "西"), ("01", "X", "西")], findings.append)
    assert set(members.index) == {"a", "b", "c"}
    assert said(findings) == [(Kind.NAME_WITHOUT_TOWN, Severity.ERROR, ("z", "01"))]


def test_a_town_in_two_zones_is_an_error_whatever_the_order(towns: Partition) -> None:
    rows = [
        ("a", "Y", "東"),
        ("b", "X", "西"),
        ("a", "X", "西"),
        ("c", "Y", "東"),
        ("c", "Y", "東"),
    ]
    answers = []
    for order in (rows, rows[::-1], rows[2:] + rows[:2]):
        findings: list[Finding] = []
        members, names = by_table(towns, order, findings.append)
        answers.append(
            (members.sort_index().to_dict(), dict(sorted(names.items())), said(findings))
        )
    zones, named = {"a": "X", "b": "X", "c": "Y"}, {"X": "西", "Y": "東"}
    assert answers == [(zones, named, [(Kind.TOWN_IN_TWO_ZONES, Severity.ERROR, ("a",))])] * 3


# --- area texts -----------------------------------------------------------------------------------


def test_lists(towns: Partition) -> None:
    findings: list[Finding] = []
    rows = [("02", "西", "西新町、本町2丁目"), ("01", "東", "本町1丁目、新町")]
    members, names = by_lists(towns, rows, findings.append)
    assert members.to_dict() == {"a": "01", "b": "02", "c": "01", "d": "02"}
    made = partition_of_towns(plan(), members, names, towns, (), findings.append)
    assert made.zones["name"].to_dict() == {"02": "西", "01": "東"}
    assert made.area_m2.to_dict() == {"02": 2 * KM2, "01": 2 * KM2}
    assert findings == []


def test_lists_that_claim_one_town_twice(towns: Partition) -> None:
    rows = [("B", "b", "本町、新町"), ("A", "a", "本町2丁目、西新町")]
    answers = []
    for order in (rows, rows[::-1]):
        findings: list[Finding] = []
        members, _ = by_lists(towns, order, findings.append)
        answers.append((members.sort_index().to_dict(), said(findings)))
    zones = {"a": "B", "b": "A", "c": "B", "d": "A"}
    assert answers == [(zones, [(Kind.TOWN_IN_TWO_ZONES, Severity.ERROR, ("b",))])] * 2


def test_a_part_of_a_town_is_not_rounded_to_the_whole(towns: Partition) -> None:
    findings: list[Finding] = []
    members, _ = by_lists(towns, [("A", "a", "新町の一部、本町")], findings.append)
    assert members.to_dict() == {"a": "A", "b": "A"}
    assert said(findings) == [(Kind.PART_OF_TOWN, Severity.WARNING, ("A", "c"))]


def by_parts(
    towns: Partition, text: str, *rules: Part
) -> tuple[dict[str, str], list[tuple[str, str, float]], list[Finding]]:
    """The members, the parts with their shares, and the findings of one text."""
    findings: list[Finding] = []
    source = LIST.model_copy(update={"part": rules})
    frame = pd.DataFrame([("A", "a", text)], columns=["id", "name", "text"])
    members, _, parts = members_from_lists(source, frame, Register(towns), findings.append)
    shares = parts[["town_id", "words", "share"]].itertuples(index=False, name=None)
    return members.to_dict(), list(shares), findings


def test_a_part_without_a_share_is_kept_as_words(towns: Partition) -> None:
    members, parts, _ = by_parts(towns, "新町1番～5番、本町")
    assert members == {"a": "A", "b": "A"}
    ((town, words, share),) = parts
    assert (town, words) == ("c", "1番～5番")
    assert isnan(share)


def test_a_stated_share_counts_and_is_noted(towns: Partition) -> None:
    rule = Part(text="新町の一部", zone="A", share=0.25, why=Text("調査", "survey"))
    members, parts, findings = by_parts(towns, "新町の一部、本町", rule)
    assert members == {"a": "A", "b": "A"}
    assert parts == [("c", "一部", 0.25)]
    assert said(findings) == [(Kind.PART_OF_TOWN, Severity.NOTE, ("A", "c"))]


def test_a_part_that_is_drawn_has_the_share_of_its_area(tmp_path: Path, towns: Partition) -> None:
    """The eastern 300 m of c, which reaches from 2 to 3 km; drawn beyond its border."""
    east = partition("part", {"p": shapely.box(2700, -500, 3500, 1500)}).zones
    east.reset_index().to_file(tmp_path / "part.gpkg")
    sample = load_plan(ROOT / FILE_NAME).standing_in(tmp_path)
    rule = Part(
        text="新町の一部", zone="A", why=Text("図", "drawn"),
        boundary={"file": "part.gpkg", "id": "zone_id"},  # type: ignore[arg-type]
    )  # fmt: skip
    share_of = drawn_shares(sample, (rule,), towns, ignore)
    assert share_of(rule, "c") == pytest.approx(0.3)
    stated = Part(text="新町の一部", zone="B", share=0.5, why=Text("x", "x"))
    assert share_of(stated, "c") == 0.5


def test_a_share_of_what_the_text_does_not_say_is_an_error(towns: Partition) -> None:
    rule = Part(text="西新町の一部", zone="A", share=0.25, why=Text("x", "x"))
    _, _, findings = by_parts(towns, "新町、本町", rule)
    assert said(findings) == [(Kind.NAME_WITHOUT_TOWN, Severity.ERROR, ("A",))]


def test_more_than_a_whole_town_is_refused(towns: Partition) -> None:
    rules = [Part(text=f"新町{n}番", zone="A", share=0.75, why=Text("x", "x")) for n in (1, 2)]
    with pytest.raises(DataError, match=r"more than 1 \(c: 1.5\)"):
        by_parts(towns, "新町1番、新町2番", *rules)


def test_all_but_a_chome_is_settled_exactly(towns: Partition) -> None:
    members, parts, findings = by_parts(towns, "本町（2丁目を除く）")
    assert (members, parts, findings) == ({"a": "A"}, [], [])
    _, _, findings = by_parts(towns, "本町（7丁目を除く）")
    assert findings


@pytest.mark.parametrize(
    ("text", "what", "nearest"),
    [
        ("本町、東新町", "no town is called “東新町”", "新町"),
        ("本町1～4丁目", "no town is called “本町1～4丁目”: 3丁目、4丁目", ""),
        ("本町、新町、西新町を除く", "西新町を除く", ""),
        ("本町、新町小学校区", "新町小学校区", ""),
    ],
)
def test_what_is_no_town_is_an_error_with_the_nearest_names(
    towns: Partition, text: str, what: str, nearest: str
) -> None:
    findings: list[Finding] = []
    by_lists(towns, [("A", "a", text)], findings.append)
    (only,) = findings
    assert (only.kind, only.severity, only.place) == (
        Kind.NAME_WITHOUT_TOWN, Severity.ERROR, ("A",),
    )  # fmt: skip
    assert what in only.what.en
    assert nearest in only.remedy.ja


@pytest.mark.parametrize("text", ["新町（駅前）", "新町3", "本町1丁目1番～2丁目3番"])
def test_what_cannot_be_told_is_said_though_its_town_is_known(towns: Partition, text: str) -> None:
    findings: list[Finding] = []
    members, _ = by_lists(towns, [("A", "a", text)], findings.append)
    assert members.empty
    (only,) = findings
    assert text in only.what.en
    assert only.place[0] == "A"


def test_an_alias_is_noted_with_its_reason(towns: Partition) -> None:
    why = Text("市に確認した", "the city says so")
    rule = Alias(text="駅前", towns=("c", "d"), why=why)
    findings: list[Finding] = []
    members, _ = by_lists(towns, [("A", "a", "駅前")], findings.append, (rule,))
    assert members.to_dict() == {"c": "A", "d": "A"}
    assert said(findings) == [(Kind.ALIAS_USED, Severity.NOTE, ("c", "d"))]
    assert findings[0].remedy == why


@pytest.mark.parametrize("text", ["緑が丘団地", "新町（駅前）", "駅の西側", "新町のうち西部"])
def test_an_alias_settles_what_could_not_be_told(towns: Partition, text: str) -> None:
    """The remedy that the finding names."""
    rule = Alias(text=text, towns=("c",), why=Text("x", "x"))
    findings: list[Finding] = []
    members, _ = by_lists(towns, [("A", "a", text)], findings.append, (rule,))
    assert members.to_dict() == {"c": "A"}
    assert [f.kind for f in findings] == [Kind.ALIAS_USED]


def test_an_alias_to_what_is_no_town_is_an_error(towns: Partition) -> None:
    rule = Alias(text="駅前", towns=("c", "99"), why=Text("x", "x"))
    findings: list[Finding] = []
    members, _ = by_lists(towns, [("A", "a", "駅前")], findings.append, (rule,))
    assert members.to_dict() == {"c": "A"}
    errors = [f for f in findings if f.severity is Severity.ERROR]
    assert said(errors) == [(Kind.NAME_WITHOUT_TOWN, Severity.ERROR, ("99",))]


def test_a_zone_may_be_written_on_several_rows(towns: Partition) -> None:
    """A centre whose area lies in two wards has a row in each."""
    rows = [("A", "a", "本町1丁目"), ("B", "b", "本町2丁目"), ("A", "a", "新町")]
    members, names = by_lists(towns, rows)
    made = partition_of_towns(plan(), members, names, towns, (), ignore)
    assert made.area_m2.to_dict() == {"A": 2 * KM2, "B": KM2}
    assert made.zones["name"].to_dict() == {"A": "a", "B": "b"}


def test_an_area_text_without_an_id_is_said(towns: Partition) -> None:
    """Its towns are in no zone: nothing may come out as if it were all right."""
    findings: list[Finding] = []
    members, names = by_lists(towns, [("A", "a", "本町"), ("", "?", "新町")], findings.append)
    assert members.to_dict() == {"a": "A", "b": "A"}
    partition_of_towns(plan(), members, names, towns, (), findings.append)
    assert (Kind.TOWN_IN_NO_ZONE, Severity.WARNING, ("c", "d")) in said(findings)


# --- outlines -------------------------------------------------------------------------------------


def test_no_town_at_all_is_refused(towns: Partition) -> None:
    with pytest.raises(DataError, match="care: it has no town at all"):
        partition_of_towns(plan(), pd.Series(dtype=str), pd.Series(dtype=str), towns, (), ignore)


def test_towns_that_overlap_are_joined_all_the_same() -> None:
    """::

    0    1  1.5   2.5 km
    ┌────┬──┬──────┐
    │ a  │ab│  b   │
    └────┴──┴──────┘
    """
    towns = partition(
        "town", {"a": shapely.box(0, 0, 1500, 1000), "b": shapely.box(1000, 0, 2500, 1000)}
    )
    findings: list[Finding] = []
    members = pd.Series({"a": "Z", "b": "Z"})
    made = partition_of_towns(plan(), members, pd.Series({"Z": "z"}), towns, (), findings.append)
    assert made.area_m2["Z"] == 2.5 * KM2
    assert said(findings) == [(Kind.EDGES_APART, Severity.WARNING, ("a", "b"))]


def test_outlines_of_their_own_are_kept(towns: Partition) -> None:
    outlines = partition("ward", {"N": shapely.box(-10, 0, 4000, 1000)})
    members = pd.Series(dict.fromkeys("abcd", "N"))
    made = partition_of_towns(plan(), members, members, towns, (), ignore, outlines.zones)
    assert made.area_m2["N"] == 4.01 * KM2
    assert made.members is not None


def test_a_zone_of_towns_without_an_outline_is_said(towns: Partition) -> None:
    """Maps could not draw S, nor tables name it."""
    outlines = partition("ward", {"N": shapely.box(0, 0, 2000, 1000)})
    members = pd.Series({"a": "N", "b": "N", "c": "S", "d": "S"})
    findings: list[Finding] = []
    partition_of_towns(plan(), members, members, towns, (), findings.append, outlines.zones)
    assert any("S" in f.place and f.severity is Severity.ERROR for f in findings)


# --- the sample -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample_towns() -> Partition:
    declared = load_plan(ROOT / FILE_NAME)
    one = declared.with_role(Role.UNITS)
    assert one is not None
    return read_partition(declared, one, None, ignore)


def test_the_texts_of_the_sample_say_what_the_recipe_knew(sample_towns: Partition) -> None:
    """The texts were composed from the centre of each town: 500 of 500 come back."""
    declared = load_plan(ROOT / FILE_NAME)
    care = declared.with_role(Role.CARE)
    assert care is not None
    findings: list[Finding] = []
    members, names, parts = membership(declared, care, sample_towns, findings.append)
    assert parts.empty
    assert len(names) == 28
    with (ROOT / "boundaries/recipe/town_points.csv").open(encoding="utf-8", newline="") as file:
        known = [point["centre"] for point in csv.DictReader(file)]
    assert len(known) == 500
    assert members.reindex(sample_towns.zones.index).map(names).tolist() == known
    assert findings == []


def test_every_name_of_the_sample_is_found_as_written_or_folded(sample_towns: Partition) -> None:
    register = Register(sample_towns, sample_towns.attributes["ward_code"])
    how = {How.EXACT: 0, How.FOLDED: 0}
    with (ROOT / "boundaries/care_centres.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for match in register.read(row["area_text"], row["ward_code"]):
                how[match.how] += 1
                folded = "ヶ" in match.piece.text or "ヶ" in str(match.piece.name)
                assert (match.how is How.FOLDED) == folded, match.piece.text
    assert how[How.EXACT] > 200
    assert how[How.FOLDED] >= 3
