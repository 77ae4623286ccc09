"""Tables: read as text in the encodings of Japan, numbers as statistics print them."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.content_columns import columns
from geo.errors import DataError, KenikiError, UsageError
from geo.findings import Finding, Kind, Severity
from geo.layers import counts_from_rows, number
from geo.plan import Count
from geo.tabular import read_columns, read_table

TOWNS = pd.Index(["01", "02", "03"])


def table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def count(key: str = "people", *, per: str | None = None) -> Count:
    return Count.model_validate(
        {
            "key": key, "column": key, "title": {"ja": key, "en": key},
            "unit": {"ja": "n", "en": "n"}, "kind": "rate" if per else "total", "per": per,
        }
    )  # fmt: skip


def counted(
    figures: list[tuple[str, object]], *defined: Count
) -> tuple[dict[str, float], list[Finding]]:
    """The figures of the towns 01, 02, 03 from rows of (town id, cell)."""
    defined = defined or (count(),)
    rows = pd.DataFrame(
        {defined[-1].column: [cell for _, cell in figures]}, index=[id_ for id_, _ in figures]
    )
    findings: list[Finding] = []
    made = counts_from_rows(rows, defined[-1:], "people.csv", TOWNS, findings.append)
    return made[defined[-1].key].to_dict(), findings


def refused(error: type[KenikiError], path: Path, *needed: str) -> str:
    with pytest.raises(error) as caught:
        read_table(path, needed)
    return caught.value.line("en").removeprefix(f"{path}: ")


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings(tmp_path: Path, encoding: str, line_end: str) -> None:
    text = line_end.join(["町丁,人口", "朝日ケ丘①, 12 ", "﨑町,", ""])
    rows = read_table(table(tmp_path / "t.csv", text, encoding), ("町丁", "人口"))
    assert rows.to_dict("records") == [
        {"町丁": "朝日ケ丘①", "人口": "12"},
        {"町丁": "﨑町", "人口": ""},
    ]


def test_every_cell_stays_text(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", 'id,a,b\n007,1.0,NA\n"1,2",nan,null\n08,x\n')
    assert read_table(path).to_numpy().tolist() == [
        ["007", "1.0", "NA"],
        ["1,2", "nan", "null"],
        ["08", "x", ""],
    ]


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,name\n1,\xff\xfe\x81\n")
    assert refused(DataError, path) == "its encoding is not known. Save it again as UTF-8."


@pytest.mark.parametrize("text", ["", "id,a\n1,2,3\n", 'id,a\n1,"2\n', "id,a\n1,2\n1,2,3\n"])
def test_not_a_table(tmp_path: Path, text: str) -> None:
    """Never a column to the left: a row with more cells than names is no row of this table."""
    said = refused(DataError, table(tmp_path / "t.csv", text))
    assert said.startswith("not a table (")
    assert said.endswith("Check the number of cells per row.")


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", "town_id,town\n1,a\n")
    assert refused(UsageError, path, "town", "townid") == (
        "there is no column “townid”. Did you mean “town_id”?"
    )


def test_content_needs_its_columns(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", "theme_id,nameja,name_en\n1,a,b\n")
    with pytest.raises(UsageError, match=r"there is no column “name_ja” .*Did you mean “nameja”"):
        read_columns(path, columns("themes", None))


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0", 0), ("１２,３４５", 12345), ("1,234.5", 1234.5), ("－３", -3), (" 7 ", 7), (8, 8)],
)
def test_numbers(cell: object, value: float) -> None:
    assert number(cell) == value


@pytest.mark.parametrize(
    "cell", [None, "", "　", "X", "x", "Ｘ", "-", "－", "―", "…", "***", "nan", np.nan]
)
def test_missing_is_never_0(cell: object) -> None:
    assert isnan(number(cell))


@pytest.mark.parametrize("cell", ["12人", "△5", "1 2", "inf", "Infinity", "1_000", "?", "不明"])
def test_not_a_number(cell: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        number(cell)


def test_a_cell_that_is_no_number_is_refused_with_its_place() -> None:
    with pytest.raises(DataError) as caught:
        counted([("01", "5"), ("02", "約６")])
    assert caught.value.line("en") == (
        "people.csv: people[02]: “約６” is no number. Write a number or leave it empty."
    )
    assert "people[02] の「約６」は数ではありません" in caught.value.line("ja")


# --- the figures of the towns ---------------------------------------------------------------------


def test_a_town_without_a_figure_is_missing_not_0() -> None:
    figures, findings = counted([("01", "0"), ("02", "X")])
    assert figures["01"] == 0
    assert isnan(figures["02"])
    assert isnan(figures["03"])
    (only,) = findings
    assert (only.kind, only.severity, only.place) == (
        Kind.COUNT_MISSING, Severity.NOTE, ("02", "03"),
    )  # fmt: skip
    assert (only.amount, only.unit) == (2, "towns")


def test_a_figure_repeated_on_the_parts_of_a_town_is_taken_once() -> None:
    figures, findings = counted([("01", "5"), ("01", "5"), ("01", ""), ("02", "1"), ("03", "2")])
    assert figures == {"01": 5, "02": 1, "03": 2}
    assert findings == []


def test_different_figures_of_parts_are_added_up_and_said() -> None:
    figures, (only,) = counted(
        [("01", "5"), ("02", "1"), ("01", "7"), ("01", "7"), ("02", "1"), ("03", "2")]
    )
    assert figures == {"01": 19, "02": 1, "03": 2}
    assert (only.kind, only.severity, only.place) == (
        Kind.COUNT_REPEATED, Severity.WARNING, ("01",),
    )  # fmt: skip


def test_different_rates_of_parts_are_said_never_averaged_in_silence() -> None:
    _, findings = counted(
        [("01", "10"), ("01", "40"), ("02", "1"), ("03", "2")], count(), count("aged", per="people")
    )
    assert [f.kind for f in findings] == [Kind.COUNT_REPEATED]


def test_a_negative_figure_is_an_error() -> None:
    figures, (only,) = counted([("01", "-1"), ("02", "0"), ("03", "2")])
    assert figures["01"] == -1
    assert (only.kind, only.severity, only.place) == (
        Kind.COUNT_NEGATIVE, Severity.ERROR, ("01",),
    )  # fmt: skip


def test_numbers_of_a_boundary_file_are_taken_as_they_are() -> None:
    figures, findings = counted([("01", 5), ("02", 0), ("03", 7)])
    assert figures == {"01": 5.0, "02": 0.0, "03": 7.0}
    assert findings == []


def test_a_count_whose_column_is_not_there() -> None:
    rows = pd.DataFrame({"peple": ["1"]}, index=["01"])
    with pytest.raises(UsageError) as caught:
        counts_from_rows(rows, (count(),), "people.csv", TOWNS, lambda finding: None)
    assert caught.value.line("en") == (
        "people.csv: there is no column “people”. Did you mean “peple”?"
    )
