"""Tables as an Excel workbook: what is written is what is read back, and nothing of it is run."""

from __future__ import annotations

import zipfile
from io import BytesIO
from math import inf, nan

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from geo.errors import UsageError
from geo.excel import KINDS as EXCEL_KINDS
from geo.excel import NAME_UNITS, UNITS, sheet_names, typed
from geo.spreadsheet import workbook
from geo.words import Text, same
from geo.worksheet import Sheet

FRONT = [(Text("件名", "Title"), Text("区域の見直し案", "Proposals"))]
HOSTILE = [
    '=HYPERLINK("http://a.example","x")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "{=1}",
    "http://a.example",
    "internal:'a'!A1",
    "mailto:a@example.org",
    "00123",
    "1e5",
    "TRUE",
    "#N/A",
    "<r><t>x</t></r>",
    "<r>&</r>",
    "_x0041_",
    "_x0041_x0042_x0043_",
    "a\x00\x07\x1bb",
    "a\ufffe\uffffb\ud800c",
    " a\tb ",
    "a\r\nb\rc",
    "&L&P",
    "'",
]


def sheet(columns: dict[str, list[object]], title: str = "表", **more: object) -> Sheet:
    """A table of `columns` whose headers are their names."""
    frame = pd.DataFrame(columns)
    return Sheet(same(title), frame, {name: same(name) for name in columns}, **more)  # type: ignore[arg-type]


def opened(*sheets: Sheet) -> list[Worksheet]:
    """The sheets as Excel would find them, the front sheet first."""
    book = openpyxl.load_workbook(BytesIO(workbook(sheets, front=FRONT)))
    return [page for page in book.worksheets if isinstance(page, Worksheet)]


def column(page: Worksheet, letter: str) -> list[object]:
    """The cells below both headers."""
    return [cell.value for cell in page[letter][2:]]


def texts(page: Worksheet, letter: str) -> list[str]:
    return [str(value) for value in column(page, letter)]


def test_hostile_text_is_text() -> None:
    frame = pd.DataFrame({"a": HOSTILE}, dtype=object)
    page = opened(Sheet(same("表"), frame, {"a": same("a")}))[1]
    assert texts(page, "A") == [typed(text) for text in HOSTILE]
    assert {cell.data_type for cell in page["A"]} == {"s"}
    assert all(cell.hyperlink is None for cell in page["A"])


def test_what_a_cell_cannot_hold_is_shown() -> None:
    assert typed("a\x00b\x1b") == "a␀b␛"
    assert typed("\ud800\ufffe") == "\ufffd\ufffd"
    assert typed("<r>&</r>") == "＜r>&</r>"
    assert typed("_x0041_x0042_") == "_x0041＿x0042_"
    long = typed("漢" * (UNITS + 1))
    assert len(long) == UNITS
    assert long.endswith("全32,768字 / cut, 32,768 characters in all）")


def test_hostile_words_everywhere() -> None:
    """Titles, headers, notes, the front: none of them breaks the workbook."""
    for text in HOSTILE:
        head = {"a": same(text)}
        one = Sheet(same(text), pd.DataFrame({"a": [1]}), head, note=same(text))
        book = openpyxl.load_workbook(BytesIO(workbook([one], front=[(same(text), same(text))])))
        cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert book.worksheets[1]["A1"].value == typed(text)


@settings(max_examples=25)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_text_round_trips(words: list[str]) -> None:
    page = opened(sheet({"n": list(range(len(words))), "a": words}))[1]
    found = [page.cell(row, 2).value for row in range(3, 3 + len(words))]
    assert [str(value or "") for value in found] == [typed(word) for word in words]


@settings(max_examples=25)
@given(st.lists(st.floats(-1e300, 1e300) | st.integers(-(10**14), 10**14), min_size=1))
def test_numbers_are_equal(numbers: list[float]) -> None:
    page = opened(sheet({"a": numbers}))[1]
    assert column(page, "A") == pytest.approx(numbers, rel=1e-15, abs=0)
    assert {cell.data_type for cell in page["A"][2:]} == {"n"}


def test_missing_is_empty() -> None:
    columns: dict[str, list[object]] = {
        "float": [1.5, nan],
        "object": ["a", None],
        "flag": [True, None],
        "int": pd.array([0, None], dtype="Int64").tolist(),
        "blank": ["a", ""],
    }
    page = opened(sheet(columns))[1]
    assert [cell.value for cell in page[4]] == [None] * 5
    assert page["D3"].value == 0


def test_infinite_is_called_by_its_name() -> None:
    named = sheet({"a": [inf, 1.0]}, infinite=Text("制限なし", "no limit"))
    assert column(opened(named)[1], "A") == ["制限なし / no limit", 1]
    assert opened(sheet({"a": [inf, 1.0]}))[1]["A3"].value is None


def test_ids_and_long_numbers_keep_their_digits() -> None:
    page = opened(sheet({"id": ["00123", "12101"], "long": [12345678901234567, 1]}))[1]
    assert column(page, "A") == ["00123", "12101"]
    assert column(page, "B") == ["12345678901234567", 1]
    assert column(opened(sheet({"a": [1.5e308, 10**400]}))[1], "A") == ["1.5e+308", str(10**400)]


def test_flags_are_words() -> None:
    assert column(opened(sheet({"a": [True, False]}))[1], "A") == ["はい", "いいえ"]


def test_number_formats() -> None:
    kinds = {"n": "count", "s": "share", "m": "metres", "id": "text"}
    page = opened(sheet({"n": [1], "s": [0.5], "m": [2.5], "id": [7], "x": [1.5]}, formats=kinds))[
        1
    ]
    shown = [cell.number_format for cell in page[3]]
    assert shown == ["#,##0", "0.0%", "#,##0", "@", EXCEL_KINDS["number"]]
    assert page["D3"].value == "7"


def test_headers_stay_in_sight_and_in_print() -> None:
    one = Sheet(
        Text("移る町丁目 & 人", "Moves"),
        pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        {"a": Text("人", "People"), "b": Text("名前", "Name")},
        note=Text("直線の距離", "straight"),
    )
    page = opened(one)[1]
    assert [[cell.value for cell in row] for row in page["A1:B2"]] == [
        ["人", "名前"],
        ["People", "Name"],
    ]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A3", "A2:B4")
    assert page.print_title_rows == "$1:$2"
    setup = page.page_setup
    assert (setup.orientation, int(setup.paperSize), setup.fitToHeight) == ("landscape", 9, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert not page.sheet_view.showGridLines
    assert page.oddFooter.right.text == "&P / &N"
    assert page.oddFooter.left.text == "移る町丁目 && 人"
    assert [page["A6"].value, page["A7"].value] == ["注: 直線の距離", "Note: straight"]


def test_columns_are_as_wide_as_their_text() -> None:
    page = opened(sheet({"a": ["弁" * 15], "b": ["b" * 15], "c": ["長" * 99]}))[1]
    widths = [page.column_dimensions[letter].width for letter in "ABC"]
    assert widths == pytest.approx([33.7, 18.7, 39.7], abs=0.1)
    assert page["C3"].alignment.wrap_text
    assert not page["A3"].alignment.wrap_text


def test_front_sheet_says_what_is_inside() -> None:
    one = sheet({"a": [1]}, "表1", note=Text("注意", "care"))
    page = opened(one)[0]
    said = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value]
    assert said[:6] == ["件名", "区域の見直し案", "Title", "Proposals", "表1", "1行。注意"]
    assert any("0 ではありません" in words for words in said)


def test_an_empty_table_is_a_table() -> None:
    page = opened(Sheet(same("無"), pd.DataFrame({"a": []}), {"a": same("a")}))[1]
    assert (page["A1"].value, page.max_row) == ("a", 2)


def test_same_tables_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = sheet({"a": ["x", None], "b": [1.5, inf]}, infinite=same("∞"))
    first = workbook([one], front=FRONT)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert workbook([one], front=FRONT) == first
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b'<dcterms:created xsi:type="dcterms:W3CDTF">1980' in archive.read(
            "docProps/core.xml"
        )
        assert b"scheme" not in archive.read("xl/styles.xml")


@settings(max_examples=50)
@given(st.lists(st.text(st.sampled_from("aAａ区[]:*?/\\：￥'’ \n\x00𠮷"), max_size=40), max_size=8))
def test_sheet_names_are_valid(titles: list[str]) -> None:
    names = sheet_names(titles)
    assert len(names) == len(titles)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= NAME_UNITS
        assert not set(name) & set("[]:*?/\\［］：＊？／＼￥¥\n\x00")
        assert name.strip("'’＇") == name


def test_names_that_excel_keeps_for_itself() -> None:
    assert sheet_names(["履歴", "History"]) == ["履歴 (2)", "History (2)"]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Sheet(same("t"), pd.DataFrame({"a": [1]}), {}), "column “a” has no header"),
        (Sheet(same("t"), pd.DataFrame({"a": [1]}), {"b": same("b")}), "no column “b”"),
        (sheet({"a": [1]}, formats={"a": "shares"}), "did you mean “share”"),
        (sheet({"a": range(1_048_571)}), "1,048,571 rows"),  # type: ignore[dict-item]
    ],
)
def test_faults_are_named(one: Sheet, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        workbook([one], front=FRONT)
    assert said.lower() in caught.value.line("en").lower()
