"""`overlaps.xlsx` as Excel finds it: every table, nothing run, nothing lost, ready to print."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from math import ceil

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import column_index_from_string
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from test_spreadsheet import HOSTILE

from geo import book, book_kinds, tables, worksheet
from geo.book_words import NEEDS, spoken
from geo.cases import Place
from geo.columns import COLUMNS, heading
from geo.content_words import GOAL_WORDS
from geo.edition_tables import edition_tables
from geo.edition_words import BECAME, CHANGES, ITEMS, MATCHED
from geo.excel import typed, wide
from geo.findings import Kind, Severity
from geo.overlap import Way
from geo.proposal_tables import proposal_tables
from geo.reallocation import Basis
from geo.schemes import State
from geo.study import Study
from geo.table import Table
from geo.words import Text, same
from geo.worksheet import sheet_of

LONG = "長い" * 20_000


@pytest.fixture(scope="module")
def made(study: Study) -> list[Table]:
    assert study.proposals is not None
    return tables.tables(study, [*proposal_tables(study.proposals), *edition_tables(study)])


@pytest.fixture(scope="module")
def data(study: Study, made: list[Table]) -> bytes:
    return book.overlaps(study, made)


@pytest.fixture(scope="module")
def found(data: bytes) -> Workbook:
    return read(data)


@pytest.fixture(scope="module")
def aligned(study: Study) -> Workbook:
    assert study.proposals is not None
    return read(book.proposals(study, proposal_tables(study.proposals)))


def read(data: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def named(study: Study, *tables: Table) -> Workbook:
    """The workbook of these tables only."""
    return read(book.overlaps(study, tables))


def rows(page: Worksheet) -> list[dict[str, object]]:
    """The rows below both headers, by the English header; the note below is left out."""
    _, heads, *cells = page.iter_rows(values_only=True)
    last = int(str(page.auto_filter.ref).rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return [dict(zip(map(str, heads), row, strict=True)) for row in cells[: last - 2]]


def front(found: Workbook) -> list[str]:
    return [str(cell) for row in found.worksheets[0].values for cell in row if cell is not None]


# --- what is in it --------------------------------------------------------------------------------


def test_every_table_has_its_sheet(study: Study, made: list[Table], found: Workbook) -> None:
    """But for the long lists of towns, the zones on one sheet, and the proposals in align.xlsx."""
    lengths = [page.max_row - 2 for page in found.worksheets[1:]]
    kept = [
        len(table.frame)
        for table in made
        if not table.name.startswith(("zones_", "align_", "crosswalk_"))
    ]
    pairs = ["ward_district", "ward_care", "district_care"]
    sizes = {table.name: len(table.frame) for table in made}
    noted = [sizes[f"crosswalk_{pair}.csv"] + 3 for pair in pairs]  # with the note below
    zones = sum(size for name, size in sizes.items() if name.startswith("zones_"))
    assert sorted(lengths) == sorted([*kept, *noted, zones, sizes["align_moves.csv"]])
    assert found.sheetnames[:2] == ["表紙", "町丁目ごとの所属"]
    assert found.sheetnames[-2:] == ["点検結果", "列の説明"]


def test_a_table_that_nobody_knows_comes_in_by_itself(study: Study) -> None:
    frame = pd.DataFrame({"zone_id": ["01"], "zone_name": ["弁天"]})
    new = Table("new.csv", Text("新しい表", "New"), frame)
    last = Table("findings.csv", Text("点検結果", "Findings"), frame)
    assert named(study, last, new).sheetnames == ["表紙", "新しい表", "点検結果"]


def test_the_front_says_what_each_sheet_holds(found: Workbook, aligned: Workbook) -> None:
    """In words, not only in how many rows; and no workbook sends a reader to itself."""
    for whole in (found, aligned):
        said = front(whole)
        for name in whole.sheetnames[1:]:
            assert re.fullmatch("(.*。)?[0-9,]+行。.+", said[said.index(name) + 1]), name
    assert not [line for line in front(aligned) if "align.xlsx" in line]
    assert [line for line in front(found) if "align.xlsx" in line]


def test_the_front_leads_to_every_sheet(found: Workbook) -> None:
    links = [cell.hyperlink for page in found for row in page.iter_rows() for cell in row]
    targets = [link.location for link in links if link is not None]
    names = [target.removesuffix("!A1").strip("'").replace("''", "'") for target in targets]
    assert names == found.sheetnames[1:]
    assert all(link.target is None for link in links if link is not None), "nothing leads outside"


def test_the_front_says_what_it_is_and_how_it_was_made(study: Study, found: Workbook) -> None:
    said = front(found)
    assert said[:2] == ["題名", study.plan.title.ja]
    assert study.plan.schematic is not None
    for text in (study.plan.schematic, *(source.said for source in study.every_source)):
        assert {text.ja, text.en} <= set(said)
    for words in (
        "EPSG:6677",
        "町丁目ごとに集計",
        "added up town by town",
        "0.5%未満",
        study.plan.date,
    ):
        assert any(words in line for line in said), words


def test_rules_that_differ_are_said_pair_by_pair(study: Study, found: Workbook) -> None:
    pair = ("district", "care")
    table = study.crosswalks[pair].copy()
    table.attrs = table.attrs | {"slivers": replace(study.rule(pair), width_m=30.0)}
    other = replace(study, crosswalks=study.crosswalks | {pair: table})
    said = front(named(other))
    assert any(line.startswith("地区 × あんしんケアセンター圏域: どこも幅30 m") for line in said)
    assert any(line.startswith("区 × 地区、区 × あんしんケアセンター圏域: 両方") for line in said)
    assert not any("×" in line and "0.5%" in line for line in front(found)), "once for all"


def test_a_table_too_long_for_excel_is_told(
    study: Study, made: list[Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worksheet, "ROWS", 100)
    towns = next(table for table in made if table.name == "towns.csv")
    found = named(study, towns, made[0])
    assert found.sheetnames == ["表紙", made[0].title.ja]
    assert any("towns.csv" in line and "500行" in line for line in front(found))


# --- cells ----------------------------------------------------------------------------------------


def test_figures_are_those_of_the_csv(made: list[Table], found: Workbook) -> None:
    frame = next(table.frame for table in made if table.name == "crosswalk_district_care.csv")
    sheet = rows(found["地区 × あんしんケアセンター圏域"])
    for head, column in {
        "zone of Districts": "left_id",
        "zone of Care-centre areas": "right_id",
        "area shared (m²)": "area_m2",
        "Residents (people)": "population",
    }.items():
        expected = frame[column].tolist()
        got = [row[head] for row in sheet]
        assert got == (expected if "id" in column else pytest.approx(expected, abs=1e-3))


def test_ids_keep_their_zeros_and_the_missing_stay_empty(found: Workbook) -> None:
    towns = {row["name of the zone of Towns"]: row for row in rows(found["町丁目ごとの所属"])}
    assert {row["zone of Care-centre areas"] for row in towns.values()} >= {"01", "09", "28"}
    assert [towns[f"み春野{n}丁目"]["Residents (people)"] for n in "一二三"] == [None] * 3
    assert towns["道場北町"]["Residents (people)"] == 0


def test_land_in_no_zone_is_named_and_has_no_id(study: Study, made: list[Table]) -> None:
    table = next(table for table in made if table.name == "crosswalk_district_care.csv")
    frame = table.frame.copy()
    frame.loc[3, ["left_id", "left_name"]] = frame.loc[5, ["right_id", "right_name"]] = ""
    page = named(study, replace(table, frame=frame))["地区 × あんしんケアセンター圏域"]
    assert [page.cell(6, column).value for column in (1, 2)] == [None, "（どの地区でもない）"]
    assert page["C8"].value is None
    assert page["D8"].value == "（どのあんしんケアセンター圏域でもない）"
    assert frame["left_name"][3] == "", "the CSV stays as it is"
    named_so = [cell.value for row in page.iter_rows() for cell in row if cell.value]
    assert sum("でもない" in str(value) for value in named_so) == 2


def test_number_formats_go_by_units(found: Workbook) -> None:
    page = found["地区 × あんしんケアセンター圏域"]
    shown = {page.cell(2, cell.column).value: cell.number_format for cell in page[3]}
    assert shown["zone of Districts"] == "@"
    assert shown["area shared (m²)"] == shown["Residents (people)"] == "#,##0"
    assert shown["share of the area of the zone of Districts"] == "0.0%"


def formats(page: Worksheet, head: str, of: str) -> dict[object, set[str]]:
    """The number formats of one column by what another says of the row."""
    heads = [cell.value for cell in page[2]]
    found: dict[object, set[str]] = {}
    for row in page.iter_rows(min_row=3):
        cell = row[heads.index(head)]
        if cell.value is not None:
            found.setdefault(row[heads.index(of)].value, set()).add(cell.number_format)
    return found


def test_figures_of_several_kinds_are_shown_row_by_row(
    made: list[Table], found: Workbook, aligned: Workbook
) -> None:
    measures = aligned["案の前と後の指標"]
    by = formats(measures, "today", "measure: a column of measures.csv")
    assert by["少数側の割合"] == by["同じ区域から2人を選ぶと、相手の区域が異なる確率"] == {"0.0%"}
    assert by["2つ以上に分かれている区域の数"] == {"#,##0"}
    assert by["いくつの相手の区域に等しく分かれているのと同じか"] == {"0.00##"}
    assert by["それ以外の区域に入っている分"] == {"#,##0"}
    table = next(table for table in made if table.name == "indicators_town.csv")
    town = found["指標 町丁目ごと"]
    assert formats(town, "figure", "key of the indicator") == {"population_2020": {"#,##0"}}
    stored = [row["figure"] for row in rows(town) if row["figure"] is not None]
    assert stored == pytest.approx(table.frame["value"].dropna().tolist(), abs=1e-6)
    marks = found["評価"]
    assert set().union(*formats(marks, "target", "mark").values()) == {"#,##0"}
    assert set().union(*formats(found["点検結果"], "how much", "kind of finding").values()) == {
        "#,##0"
    }


def test_decimals_of_indicators_are_those_that_a_typical_figure_needs() -> None:
    frame = pd.DataFrame({"indicator": list("aabbcd"),
                          "value": [2000.4, 12.25, 0.25, 0.5, 3.0, np.nan]})  # fmt: skip
    assert book_kinds.kinds("indicators_x.csv", frame)["value"] == [
        "count", "count", "thousandths", "thousandths", "count", "count",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "values", "kind"),
    [
        ("m2", [1.5], "area"),
        ("0-1", [0.5], "share"),
        ("people", [1.5, np.nan], "count"),
        ("degrees", [140.1], "degrees"),
        ("year", [2026], "plain"),
        ("", [2026], "plain"),
        ("", [0.25], "decimal"),
        ("", [0.25, 12_345.0], "number"),
        ("世帯", [3.0, np.nan], "count"),
        ("%", [23.4], "decimal"),
        ("世帯", [1647.0, 487.403979], "tenths"),
    ],
)
def test_kinds_of_columns(unit: str, values: list[float], kind: str) -> None:
    table = Table("t.csv", same("t"), pd.DataFrame({"a": values}))
    assert sheet_of(table, {"a": (same("a"), unit)}).formats == {"a": kind}


def test_codes_are_words(study: Study, found: Workbook) -> None:
    measures = rows(found["区域区分どうしの不一致（全体）"])
    assert {row["what is weighed"] for row in measures} == {"住民", "世帯", "面積"}
    assert {row["partition whose zones are divided"] for row in measures} == {
        study.partitions[key].title.ja for key in ("ward", "district", "care")
    }
    assert {row["error, warning or note"] for row in rows(found["点検結果"])} <= {
        "誤り", "注意", "参考",
    }  # fmt: skip


#: Every closed set of codes that tables have, by the module's own list of them.
CODES = {
    *Basis, *BECAME, *CHANGES, *GOAL_WORDS, *ITEMS, *Kind, *NEEDS, *Place, *Severity, *State, *Way,
    *MATCHED, "both", "city", "m2", "towns",
} - {""}  # fmt: skip
#: Columns of names that the plan gives, and what the codes of CSVs mean.
NAMED = {"file", "column", "key of the layer in the plan", "key of the scheme of marks",
         "key of the indicator", "meaning, in Japanese"}  # fmt: skip


def test_no_code_is_left_on_any_sheet(study: Study, found: Workbook, aligned: Workbook) -> None:
    codes = (
        CODES
        | set(study.partitions)
        | set(study.earlier)
        | {one.key for one in study.counts.defined}
    )
    for page in [*found.worksheets[1:], *aligned.worksheets[1:]]:
        seen = zip([cell.value for cell in page[2]], widths(page), strict=True)
        heads = [head for head, width in seen if width and head not in NAMED]
        for row in rows(page):
            for head in heads:
                words = set(re.split("[;・]", str(row[str(head)])))
                assert not words & codes, (page.title, head, words)


def test_every_code_of_a_closed_set_has_its_word(study: Study) -> None:
    """Whether the sample has it or not; no two of a set are called the same."""
    for name, column, codes in (
        ("findings.csv", "kind", Kind), ("findings.csv", "severity", Severity),
        ("goals.csv", "kind", GOAL_WORDS), ("cases.csv", "place_kind", Place),
        ("marks.csv", "state", State), ("indicators_a.csv", "basis", Basis),
        ("indicators_a.csv", "way", [*Way, "stated"]), ("align_moves.csv", "need", NEEDS),
        ("period_a_zones.csv", "what", BECAME), ("period_a.csv", "what", ITEMS),
        ("period_a.csv", "changes", CHANGES), ("period_a.csv", "by", [*MATCHED, "text"]),
        ("findings.csv", "unit", ["m2", "m", "towns", "rows", "cases", "points", "zones",
                                  "marks", "cells", "offices"]),
    ):  # fmt: skip
        asked = [str(code) for code in codes if code not in ("", "m")]
        said = spoken(study, name, pd.DataFrame({column: asked}))[column].tolist()
        assert not set(said) & set(asked), (name, column)
        assert len(set(said)) == len(asked)
        assert all(re.search("[ぁ-んァ-ヶ一-龠²]", word) for word in said), (name, column)


def test_joined_codes_are_said_word_by_word(study: Study) -> None:
    frame = pd.DataFrame({"what": ["divided;shrunk", "new"], "changes": ["text;years", ""]})
    said = spoken(study, "period_a.csv", frame)
    assert said["what"].tolist() == ["分かれた・狭くなった", "新しくできた"]
    assert said["changes"].tolist() == ["文・期間", ""]


def test_places_of_findings_are_in_japanese(study: Study) -> None:
    frame = pd.DataFrame({"place": ["row 4 x 2023: no mark given; row 12", "row house 3"]})
    said = spoken(study, "findings.csv", frame.assign(where=["care_before", "layers/x.csv"]))
    assert said["place"].tolist() == ["4行目 x 2023: 評価なし（未記入）; 12行目", "row house 3"]
    assert said["where"].tolist() == [study.earlier["care_before"].title.ja, "layers/x.csv"]


def test_texts_in_english_stand_folded(found: Workbook) -> None:
    page = found["点検結果"]
    folded = {
        page.cell(2, number).value
        for of in page.column_dimensions.values()
        if of.hidden and of.outlineLevel == 1
        for number in range(of.min, of.max + 1)
    }
    assert folded == {"what it is, in English", "what to do, in English"}


def test_no_text_runs_or_leads_anywhere(study: Study) -> None:
    """As a cell, a code, an id, a name, a header and a title."""
    whole = [text for text in HOSTILE if "\ud800" not in text]  # which no file can hold
    texts = [*whole, LONG]
    columns = {f"c{number}": (same(text), "") for number, text in enumerate(whole)}
    names = dict.fromkeys(["weight", "zone_id", "left", "words_ja"], texts)
    numbers = {name: [1.5] * len(texts) for name in columns}
    frame = pd.DataFrame(names | numbers, dtype=object)
    hostile = Table("x.csv", Text(HOSTILE[0], HOSTILE[1]), frame, own=columns)
    found = named(study, hostile)
    cells = [cell for row in found.worksheets[1].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    page = found.worksheets[1]
    for column in "ABCD":
        assert [str(cell.value or "") for cell in page[column][2:]] == [typed(t) for t in texts]


# --- print ----------------------------------------------------------------------------------------


def test_every_sheet_is_ready_to_read_and_to_print(found: Workbook) -> None:
    for page in found.worksheets:
        setup = page.page_setup
        assert (setup.orientation, int(setup.paperSize)) == ("landscape", 9)
        assert setup.fitToHeight == (None if page is found.worksheets[0] else 0)
        assert page.oddFooter.right.text == "&P / &N"
        assert page.oddFooter.left.text
    for page in found.worksheets[1:]:
        assert (page.freeze_panes, page.print_title_rows) == ("A3", "$1:$2")
        assert page.page_setup.pageOrder == (None if one_page(page) else "overThenDown")
        assert str(page.auto_filter.ref).startswith("A2:")
        assert all(page.cell(row, 1).value for row in (1, 2))


def one_page(page: Worksheet) -> bool:
    return int(page.page_setup.fitToWidth or 1) == 1


def widths(page: Worksheet) -> list[float]:
    """The columns that are printed, in points: Excel has 8 pixels for a letter of this font."""
    found = [0.0] * page.max_column
    for of in page.column_dimensions.values():
        for number in range(of.min, of.max + 1):
            found[number - 1] = 0.0 if of.hidden else int(8 * of.width + 0.5) * 0.75
    return found


def repeated(page: Worksheet) -> int:
    """How many columns stand on every page."""
    return column_index_from_string(str(page.print_title_cols).strip("$").split(":$")[1])


def pages_at(page: Worksheet, scale: float) -> int:
    """On how many pages side by side a printer puts the columns at a scale."""
    room = (297 / 25.4 - page.page_margins.left - page.page_margins.right) * 72 / scale
    first = repeated(page) if page.print_title_cols else 0
    pages, used = 1, 0.0
    for number, width in enumerate(widths(page)):
        if used + width > room:
            assert number >= first, "what stands on every page leaves room for the rest"
            pages, used = pages + 1, sum(widths(page)[:first])
        used += width
    return pages


def smallest(page: Worksheet) -> float:
    """The least size of letters on a page, before it is scaled."""
    return min(float(cell.font.size) for row in page.iter_rows() for cell in row if cell.value)


def test_no_letter_is_printed_smaller_than_seven_points(found: Workbook, aligned: Workbook) -> None:
    for page in [*found.worksheets, *aligned.worksheets]:
        scale = next(
            percent / 100
            for percent in range(int(page.page_setup.scale or 100), 0, -1)
            if pages_at(page, percent / 100) <= int(page.page_setup.fitToWidth or 1)
        )
        assert scale * smallest(page) >= 7, page.title


def test_no_sheet_takes_more_pages_than_it_must(found: Workbook, aligned: Workbook) -> None:
    """One narrow enough is on one page side by side; of a wide one every page says which row."""
    for page in [*found.worksheets, *aligned.worksheets]:
        pages = int(page.page_setup.fitToWidth or 1)
        assert pages == pages_at(page, ceil(700 / smallest(page)) / 100), page.title
        assert pages == 1 or page.print_title_cols, page.title
    assert one_page(found["区の一覧"])
    assert one_page(found["地区 × あんしんケアセンター圏域"])
    (care,) = (page for page in found if str(page["F1"].value).startswith("区域がどうなったか"))
    assert not one_page(care)
    assert care.print_title_cols == "$A:$D"


def test_no_page_break_parts_japanese_from_its_english(found: Workbook) -> None:
    page = found.worksheets[0]
    first = [row for row in range(2, page.max_row + 1)
             if page.cell(row, 1).value and not page.cell(row - 1, 1).value]  # fmt: skip
    breaks = [at.id for at in page.row_breaks.brk]
    assert breaks
    assert {at + 1 for at in breaks} <= set(first), "a page begins at a label in Japanese"
    room = (210 / 25.4 - page.page_margins.top - page.page_margins.bottom) * 72
    room /= int(page.page_setup.scale) / 100
    for above, below in pairwise([0, *breaks, page.max_row]):
        heights = [page.row_dimensions[row].height for row in range(above + 1, below + 1)]
        assert sum(float(height or 18) for height in heights) <= room
    assert page["B1"].alignment.indent == 1, "apart from the label"
    assert not page.sheet_properties.pageSetUpPr.fitToPage, (
        "Excel heeds no breaks on sheets that it fits"
    )


def test_no_header_breaks_within_brackets(found: Workbook, aligned: Workbook) -> None:
    heads = [
        (str(head.value), points / 6)
        for book in (found, aligned)
        for page in book.worksheets[1:]
        for head, points in zip(page[1], widths(page), strict=True)
        if points
    ]
    assert any(head.endswith("\n（人）") for head, _ in heads)
    for head, room in heads:
        for line in head.split("\n"):
            tail = re.search("（[^（）]{1,8}）$", line)
            assert not tail or wide(line) <= room, head


def test_wrapped_text_has_room(study: Study) -> None:
    frame = pd.DataFrame({"words_ja": ["短い", "とても長い文です。" * 10]})
    page = named(study, Table("x.csv", same("x"), frame)).worksheets[1]
    assert page.row_dimensions[3].height is None or page.row_dimensions[3].height < 20
    assert page.row_dimensions[4].height > 4 * 18


def test_same_tables_same_bytes(study: Study, made: list[Table], data: bytes) -> None:
    assert book.overlaps(study, made) == data


def test_headers_begin_what_columns_mean() -> None:
    """In Japanese and in English no header is empty, and none lists codes."""
    for name, meaning in COLUMNS.items():
        head = heading(meaning)
        assert head.ja, name
        assert head.en, name
        assert meaning[0].ja.startswith(head.ja.partition("（")[0])
        assert ":" not in head.ja
