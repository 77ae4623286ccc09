"""Tables as offices keep them: encodings of Japan, Excel with merged cells, titles and furigana."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import by_hand, inline

from geo.errors import DataError, KenikiError
from geo.findings import Finding, Kind
from geo.header import Column
from geo.pipeline import compute
from geo.plan import FILE_NAME
from geo.plan_file import load_plan
from geo.tabular import read_columns, read_table
from geo.textfile import decoded, read_text


def saved(tmp_path: Path, rows: Sequence[Sequence[object]], *merged: str) -> Path:
    """A workbook with one sheet of `rows` and some merged cells."""
    book = Workbook()
    fill(book.worksheets[0], rows, *merged)
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def fill(sheet: Worksheet, rows: Sequence[Sequence[object]], *merged: str) -> None:
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)


def cells(path: Path, *needed: str, **options: object) -> list[list[str]]:
    """The needed columns, row by row."""
    table = read_table(path, needed, **options)
    return table[list(needed)].to_numpy().tolist()


def told(path: Path, *needed: str) -> list[tuple[Kind, tuple[str, ...]]]:
    """What is found, under the name of the file: its folder is nobody's business."""
    findings: list[Finding] = []
    read_table(path, needed, report=findings.append)
    assert {finding.where.split(" ")[0] for finding in findings} <= {path.name}
    return [(finding.kind, finding.place) for finding in findings]


# --- CSV: which encoding --------------------------------------------------------------------------

#: What names and figures in Japan are made of, half-width katakana and 外字 of Windows included.
JAPANESE = st.text(
    st.sampled_from(
        "亜一丁目中央区千葉市花見川弁天松ケ丘ヶ崎幕張あいうえおアイウエオーｱｲｳﾃﾂﾆﾄﾞﾟ①㈱髙﨑・－０１２"
        "abc123 ,"
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@given(JAPANESE, st.sampled_from(["utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-8-sig", "utf-16"]))
def test_no_mojibake_passes(text: str, encoding: str) -> None:
    """Whatever it is written in: the text comes back as it was, or it is refused."""
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    try:
        read = decoded(data, "t.csv")
    except DataError:
        read = text
    assert read == text


@given(
    st.text(st.characters(codec="cp932", min_codepoint=0x3041, max_codepoint=0x9FFF), min_size=4)
)
def test_kana_and_kanji_of_cp932_are_read(text: str) -> None:
    """Real names are not refused for being in doubt: hiragana settles it."""
    assert decoded(f"{text}の町".encode("cp932"), "t.csv") == f"{text}の町"


def test_a_declared_encoding_wins(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("名,数\nﾃｱ,1\n".encode("cp932"))
    assert cells(path, "名", encoding="Shift_JIS") == [["ﾃｱ"]]
    path.write_bytes("名,数\n日本,1\n".encode("euc_jp"))
    assert cells(path, "名", encoding="euc_jp") == [["日本"]]


def test_excel_s_unicode_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes("名\t数\r\n髙﨑\t1\r\n".encode("utf-16"))
    assert cells(path, "名", "数") == [["髙﨑", "1"]]


@pytest.mark.parametrize("broken", ["縺ゅ＞縺医♀", "弁\ufffd", "譁ｰ螳ｿ", "弁\ue000"])
def test_text_that_was_broken_before_is_said(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,名\n1,弁天\n2,{broken}\n", encoding="utf-8")
    assert told(path, "名") == [(Kind.TEXT_DOUBTFUL, ("row 3 名",))]


# --- CSV: rows ------------------------------------------------------------------------------------

CELL = st.text(st.characters(exclude_categories=["C", "Z"], max_codepoint=0xFFFF), max_size=6)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), st.sampled_from("\n\r"))
def test_cells_come_back_as_they_were_written(rows: list[tuple[str, str, str]], end: str) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = "a,b,c" + "".join(end + ",".join(map(quoted, row)) for row in rows)
    grid = read_text(text.encode("utf-8-sig"), "t.csv")
    stripped = [tuple(cell.strip() for cell in row) for row in rows]
    assert [row for number, row in grid.rows.items() if number > 1] == [
        row for row in stripped if any(row)
    ]


def test_rows_keep_the_number_of_their_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('表 1,,\n\nid,名,注\n01,"二行\nの名",\n\n,,\n02,b,x\n', encoding="utf-8")
    table = read_table(path, ("id", "名"))
    assert table.index.tolist() == [4, 8]
    assert table["名"].tolist() == ["二行\nの名", "b"]
    assert list(table.columns) == ["id", "名", "注"]


def test_short_rows_are_said(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,a,b\n1,x\n2,y,z\n3\n", encoding="utf-8")
    assert told(path, "id") == [(Kind.ROW_SHORT, ("line 2", "line 4"))]


# --- names of columns -----------------------------------------------------------------------------


def test_spaces_and_full_width_signs_in_names_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("区 名,２０１５年　人口（人）\n中央区,5\n", encoding="utf-8")
    assert cells(path, "区名", "2015年人口(人)") == [["中央区", "5"]]


def test_as_written_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("人 口,人口\n1,2\n", encoding="utf-8")
    assert cells(path, "人口") == [["2"]]


def test_names_that_meet_get_the_letter_of_their_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,備考,備考,,\n1,a,b,c,\n", encoding="utf-8")
    assert list(read_table(path, ("id",)).columns) == ["id", "備考 [B]", "備考 [C]", "[D]"]


def test_the_best_of_several_usual_names_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("ServiceType,事業所名,name\n通所,弁天,x\n", encoding="utf-8")
    columns = [
        Column("name", ("名称", "事業所名", "name")),
        Column("kind", ("種別", "service_type"), loose=True),
        Column("note", ("備考",), optional=True),
    ]
    table = read_columns(path, columns)
    assert table.to_dict("records") == [{"kind": "通所", "name": "弁天", "name [C]": "x"}]


# --- Excel ----------------------------------------------------------------------------------------


def test_furigana_are_no_part_of_a_name(tmp_path: Path) -> None:
    """In shared and in inline strings, with and without rich text."""
    strings = (
        "<si><t>名</t></si>"
        '<si><t>弁天</t><rPh sb="0" eb="2"><t>ベンテン</t></rPh><phoneticPr fontId="1"/></si>'
        "<si><r><t>千葉</t></r><r><rPr><b/></rPr><t>寺</t></r>"
        '<rPh sb="0" eb="3"><t>チバデラ</t></rPh></si>'
    )
    inlined = '<is><t>松波</t><rPh sb="0" eb="2"><t>マツナミ</t></rPh></is>'
    rows = "".join(f'<row r="{i + 1}"><c r="A{i + 1}" t="s"><v>{i}</v></c></row>' for i in range(3))
    rows += f'<row r="4"><c r="A4" t="inlineStr">{inlined}</c></row>'
    path = by_hand(tmp_path / "t.xlsx", rows, strings)
    assert cells(path, "名") == [["弁天"], ["千葉寺"], ["松波"]]


def test_ids_stay_text(tmp_path: Path) -> None:
    path = saved(tmp_path, [["id", "n"], [12101, 1.0], ["0123", "1,234"], [7, 0.1 + 0.2]])
    assert cells(path, "id", "n") == [
        ["12101", "1"],
        ["0123", "1,234"],
        ["7", "0.3"],
    ]


def test_the_zeros_of_a_number_format_belong_to_the_id(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    fill(sheet, [["id"], [123], [45678]])
    for row in (2, 3):
        sheet.cell(row, 1).number_format = "00000"
    book.save(tmp_path / "t.xlsx")
    assert cells(tmp_path / "t.xlsx", "id") == [["00123"], ["45678"]]


def test_dates_and_truths(tmp_path: Path) -> None:
    path = saved(tmp_path, [["a", "b"], [date(2025, 6, 30), True]])
    assert cells(path, "a", "b") == [["2025-06-30", "TRUE"]]


def test_merged_cells_are_filled_down_and_right(tmp_path: Path) -> None:
    rows = [["区域", "町", "丁目"], ["弁天", "院内", 1], [None, "春日", 2], [None, "要町", None]]
    path = saved(tmp_path, rows, "A2:A4", "B4:C4")
    assert cells(path, "区域", "町", "丁目") == [
        ["弁天", "院内", "1"], ["弁天", "春日", "2"], ["弁天", "要町", "要町"],
    ]  # fmt: skip


def test_titles_stand_above_the_header(tmp_path: Path) -> None:
    rows = [["町丁別人口", None], [], ["令和2年10月1日", "単位: 人"], ["町", "人口"], ["院内", 5]]
    path = saved(tmp_path, rows, "A1:B1")
    assert read_table(path, ("町", "人口")).to_dict("index") == {5: {"町": "院内", "人口": "5"}}


HEADER_OF_TWO_ROWS = [
    ["町丁別人口"],
    ["町", "人口", None, "世帯", None],
    [None, "男", "女", "男", "総数"],
    ["院内", 1, 2, 3, 4],
]
MERGED = ("A1:E1", "A2:A3", "B2:C2", "D2:E2")


@pytest.mark.parametrize(
    ("names", "row"),
    [
        (("町", "人口 男", "世帯 男"), ["院内", "1", "3"]),
        (("町", "人口男", "総数"), ["院内", "1", "4"]),
        (("町", "女"), ["院内", "2"]),
        (("町",), ["院内"]),
    ],
)
def test_headers_in_two_rows(tmp_path: Path, names: tuple[str, ...], row: list[str]) -> None:
    """A column is called by all its cells, or by the lowest where that is clear."""
    assert cells(saved(tmp_path, HEADER_OF_TWO_ROWS, *MERGED), *names) == [row]


def test_a_name_under_two_parents_is_not_clear(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"2 columns “男” \(B、D\)"):
        read_table(saved(tmp_path, HEADER_OF_TWO_ROWS, *MERGED), ("男",))


def test_one_figure_in_merged_cells_is_refused(tmp_path: Path) -> None:
    """Filled down, it would count three times."""
    path = saved(tmp_path, [["町", "人口"], ["院内", 9], ["春日"], ["要町"]], "B2:B4")
    with pytest.raises(DataError, match=r"merged cells Sheet!B2:B4"):
        read_table(path, ("町",), figures=("人口",))
    assert cells(path, "町", "人口")[2] == ["要町", "9"]


def test_a_note_merged_below_the_table_is_no_row(tmp_path: Path) -> None:
    path = saved(tmp_path, [["町", "人口"], ["院内", 9], ["注）令和2年"]], "A3:B3")
    assert cells(path, "町", "人口") == [["院内", "9"]]
    assert told(path, "町", "人口") == [(Kind.ROW_LEFT_OUT, ("row 3",))]


def test_hidden_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    fill(sheet, [["町", "人口"], ["院内", 1], ["春日", 2]])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.save(tmp_path / "t.xlsx")
    assert cells(tmp_path / "t.xlsx", "町", "人口") == [["院内", "1"], ["春日", "2"]]
    assert told(tmp_path / "t.xlsx", "町") == [(Kind.ROW_HIDDEN, ("row 3", "column B"))]


# --- which sheet ----------------------------------------------------------------------------------


def sheets(tmp_path: Path, hidden: str = "", **rows: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, written in rows.items():
        fill(book.create_sheet(name), written)
        if name == hidden:
            book[name].sheet_state = "hidden"
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def refused(path: Path, *needed: str, **options: object) -> str:
    with pytest.raises(KenikiError) as caught:
        read_table(path, needed, **options)
    return caught.value.line("en").removeprefix(f"{path}: ")


def test_the_only_sheet_with_the_columns_is_taken(tmp_path: Path) -> None:
    path = sheets(tmp_path, 表紙=[["町丁別人口"]], 令和2年=[["町"], ["院内"]], 空=[])
    assert cells(path, "町") == [["院内"]]


def test_several_sheets_are_asked_for(tmp_path: Path) -> None:
    path = sheets(tmp_path, 令和2年=[["町"], ["院内"]], 平成27年=[["町"], ["春日"]])
    assert refused(path, "町") == (
        'several sheets have these columns (令和2年、平成27年). Choose one with sheet = "…".'
    )
    assert cells(path, "町", sheet="平成２７年") == [["春日"]]
    assert refused(path, "町", sheet="令和3年").startswith("there is no sheet “令和3年”. Did you")


def test_a_hidden_sheet_is_never_chosen_in_silence(tmp_path: Path) -> None:
    path = sheets(tmp_path, "旧", 表紙=[["題"]], 旧=[["町"], ["院内"]])
    assert refused(path, "町").startswith("no visible sheet has all the columns (表紙; hidden: 旧)")
    assert cells(path, "町", sheet="旧") == [["院内"]]
    path = sheets(tmp_path, "旧", 新=[["町"], ["春日"]], 旧=[["町"], ["院内"]])
    assert cells(path, "町") == [["春日"]]


def test_formulas_count_by_their_saved_values(tmp_path: Path) -> None:
    rows = inline("町", "人口", "注") + (
        '<row r="2"><c r="A2" t="str"><f>B9</f><v>院内</v></c>'
        '<c r="B2"><f>1+1</f><v>2</v></c><c r="C2" t="str"><f>""</f><v></v></c></row>'
    )
    path = by_hand(tmp_path / "t.xlsx", rows)
    assert cells(path, "町", "人口", "注") == [["院内", "2", ""]]


# --- a whole plan ---------------------------------------------------------------------------------


def test_a_plan_of_workbooks_and_cp932(tmp_path: Path) -> None:
    """The sample with its tables kept as offices keep them comes to the same figures."""
    for part in ("boundaries", "layers"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("recipe"))
    plan = (ROOT / FILE_NAME).read_text(encoding="utf-8")
    for name in ("boundaries/districts", "boundaries/care_centres", "layers/census_2015"):
        rows = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        book = Workbook()
        book.worksheets[0].append(["様式第1号"])
        for row in csv.reader(rows):
            book.worksheets[0].append([int(cell) if cell.isdecimal() else cell for cell in row])
            if name == "boundaries/care_centres":
                book.worksheets[0].cell(book.worksheets[0].max_row, 1).number_format = "00"
        book.copy_worksheet(book.worksheets[0]).title = "控え"
        book.save(tmp_path / f"{name}.xlsx")
        plan = plan.replace(f'"{name}.csv"', f'"{name}.xlsx", sheet = "Sheet"')
    plan = plan.replace('.xlsx", sheet = "Sheet"\nid', '.xlsx"\nsheet = "Sheet"\nid')
    goals = tmp_path / "layers" / "ward_goals.csv"
    goals.write_bytes(goals.read_text(encoding="utf-8").encode("cp932"))
    plan = plan.replace('ward_goals.csv"', 'ward_goals.csv"\nencoding = "Shift_JIS"')
    (tmp_path / FILE_NAME).write_text(plan, encoding="utf-8")
    study, sample = compute(load_plan(tmp_path / FILE_NAME)), compute(load_plan(ROOT / FILE_NAME))
    for pair, table in sample.crosswalks.items():
        pd.testing.assert_frame_equal(study.crosswalks[pair], table)
    assert study.content.goals.to_dict("records") == sample.content.goals.to_dict("records")
    assert [(f.kind, f.place) for f in study.findings] == [
        (f.kind, f.place) for f in sample.findings
    ]
