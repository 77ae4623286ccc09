"""Tables → one Excel workbook (.xlsx), to read and to print. The only module that knows XlsxWriter.

Text stays text: it is never run as a formula, followed as a link or counted as a number, and ids
keep their leading zeros. What is missing stays empty. The same tables give the same bytes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from math import isinf
from numbers import Integral, Real

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from .errors import UsageError, did_you_mean, no_column
from .excel import (
    DIGITS,
    FONT,
    KINDS,
    LARGEST,
    ROW_HEIGHT,
    ROWS,
    STYLES,
    cut,
    sheet_names,
    typed,
    wide,
)
from .words import Text

Cell = str | float | None

#: So wide a column becomes, in half-width letters; longer text is wrapped.
WIDEST, WIDEST_HEADER = 48, 20
#: No time of writing in the file: the first day that its zip knows.
_WRITTEN = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: The kinds of columns for which none is named, by what pandas finds in them.
_INFERRED = {
    "boolean": "flag",
    "integer": "count",
    "floating": "number",
    "mixed-integer-float": "number",
}
_YES, _NO = "はい", "いいえ"
_FRONT = Text("表紙", "Front")
_HOW_TO_READ = (
    Text("表の読み方", "Reading the tables"),
    Text(
        "空欄は「わからない」か「当てはまらない」で、0 ではありません。"
        f"「{_YES}」「{_NO}」はそのとおり・そうではない、という意味です。",
        f"An empty cell is not known or does not apply; it is never 0. {_YES} is yes, {_NO} is no.",
    ),
)


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of a workbook.

    Attributes
    ----------
    title
        What the table is; the name of the sheet is made of it.
    frame
        Its rows. The index is not written.
    headers
        What each column is called: every column of `frame` has one.
    formats
        The kind of a column (a key of :data:`KINDS`); one not named here goes by what is in it.
        Shares are 0 to 1.
    note
        Stands below the table.
    infinite
        What an infinite number is called (``Text("制限なし", "no limit")``); None leaves it empty.
    """

    title: Text
    frame: pd.DataFrame
    headers: Mapping[str, Text]
    formats: Mapping[str, str] = field(default_factory=dict)
    note: Text | None = None
    infinite: Text | None = None


@dataclass(frozen=True, eq=False)
class _Column:
    head: Text
    kind: str
    cells: list[Cell]


def workbook(sheets: Sequence[Sheet], *, front: Sequence[tuple[Text, Text]]) -> bytes:
    """An Excel workbook: a front sheet, then the tables in their order.

    Parameters
    ----------
    sheets
        The tables.
    front
        Label and value of every row of the front sheet, of which there is one at least. The first
        value is the title of the workbook. A list of the tables and how to read them are added.

    Raises
    ------
    UsageError
        If a column has no header or an unknown kind, or a table is longer than Excel allows.
    """
    columns = [_columns(sheet) for sheet in sheets]
    names = sheet_names([_FRONT.ja, *(sheet.title.ja for sheet in sheets)])
    contents = map(_content, names[1:], sheets)
    out = BytesIO()
    # A copy: XlsxWriter writes into what it is given.
    options = {"default_format_properties": {**FONT}, "default_row_height": ROW_HEIGHT}
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        title = typed(front[0][1].ja)
        book.set_properties({"title": title, "created": _WRITTEN})
        styles = {name: book.add_format({**style}) for name, style in STYLES.items()}
        _write_front(book.add_worksheet(names[0]), [*front, *contents, _HOW_TO_READ], styles)
        for name, sheet, its in zip(names[1:], sheets, columns, strict=True):
            _write_sheet(book.add_worksheet(name), sheet, its, styles)
    return out.getvalue()


def _columns(sheet: Sheet) -> list[_Column]:
    frame, where = sheet.frame, sheet.title.ja
    if len(frame) > ROWS:
        what = Text(
            f"{len(frame):,}行あります（Excel のシートは{ROWS:,}行まで）",
            f"{len(frame):,} rows; a sheet of Excel has {ROWS:,}",
        )
        raise UsageError(where, what, Text("CSV を使ってください", "use the CSV"))
    for column in (*sheet.headers, *sheet.formats):
        if column not in frame.columns:
            raise no_column(where, column, frame.columns)
    missing = frame.isna().to_numpy()
    return [
        _column(sheet, name, frame.iloc[:, i], missing[:, i])
        for i, name in enumerate(map(str, frame.columns))
    ]


def _column(sheet: Sheet, name: str, values: pd.Series, missing: np.ndarray) -> _Column:
    kind = sheet.formats.get(name) or _kind(values)
    if kind not in KINDS:
        what = Text(f"列「{name}」の種類「{kind}」", f"kind “{kind}” of column “{name}”")
        raise UsageError(sheet.title.ja, what, did_you_mean(kind, KINDS))
    if name not in sheet.headers:
        what = Text(f"列「{name}」に見出しがありません", f"column “{name}” has no header")
        remedy = Text("見出しを付けてください", "give it one")
        raise UsageError(sheet.title.ja, what, remedy)
    cells = [
        None if gone else _cell(value, kind, sheet.infinite)
        for value, gone in zip(values.tolist(), missing, strict=True)
    ]
    return _Column(sheet.headers[name], kind, cells)


def _kind(values: pd.Series) -> str:
    inferred = pd.api.types.infer_dtype(values, skipna=True)
    return _INFERRED.get(inferred, "text")


def _cell(value: object, kind: str, infinite: Text | None) -> Cell:
    if isinstance(value, bool | np.bool_):
        return _YES if value else _NO
    if kind == "text" or not isinstance(value, Real):
        return typed(str(value)) or None
    if isinstance(value, Integral) and abs(int(value)) >= 10**DIGITS:
        return str(int(value))  # as a number its last digits would become 0
    if isinf(value):
        return None if infinite is None else typed(_both(infinite))
    return float(value) if -LARGEST < float(value) < LARGEST else str(value)


def _both(text: Text) -> str:
    return text.ja if text.ja == text.en else f"{text.ja} / {text.en}"


def _content(name: str, sheet: Sheet) -> tuple[Text, Text]:
    """What the front sheet says of a table; its whole title, if the name of the sheet is not."""
    rows, note = len(sheet.frame), sheet.note or Text("", "")
    title = "" if name == sheet.title.ja else f"{sheet.title.ja}。"
    said = Text(
        f"{title}{rows:,}行。{note.ja}", f"{rows:,} row{'s' * (rows != 1)}. {note.en}".strip()
    )
    return Text(name, sheet.title.en), said


def _write_front(
    page: Worksheet, rows: Sequence[tuple[Text, Text]], styles: dict[str, Format]
) -> None:
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 96)
    line = 0
    for number, (label, value) in enumerate(rows):
        for language in ("ja", "en"):
            if language == "en" and (label.en, value.en) == (label.ja, value.ja):
                continue
            style = "title" if number == 0 else "value"
            page.write_string(line, 0, typed(label.say(language)), styles[f"label_{language}"])
            page.write_string(line, 1, typed(value.say(language)), styles[f"{style}_{language}"])
            line += 1
        page.set_row(line, 6)
        line += 1
    _print_setup(page, rows[0][1].ja)


def _write_sheet(
    page: Worksheet, sheet: Sheet, columns: Sequence[_Column], styles: dict[str, Format]
) -> None:
    last = len(sheet.frame) + 1
    widths = [_width(column) for column in columns]
    for number, (column, width) in enumerate(zip(columns, widths, strict=True)):
        page.set_column(number, number, width)
        page.write_string(0, number, typed(column.head.ja), styles["head_ja"])
        page.write_string(1, number, typed(column.head.en), styles["head_en"])
        _write_cells(page, number, column, styles)
    page.set_row(0, 18 * _lines((c.head.ja for c in columns), widths))
    page.set_row(1, 15 * _lines((c.head.en for c in columns), widths))
    page.freeze_panes(2, 0)
    if columns:
        page.autofilter(1, 0, last, len(columns) - 1)
        # Digits that are an id: no warning sign in every cell.
        page.ignore_errors(
            {"number_stored_as_text": xl_range(2, 0, max(last, 2), len(columns) - 1)}
        )
    if sheet.note:
        page.write_string(last + 2, 0, typed(f"注: {sheet.note.ja}"), styles["note_ja"])
        page.write_string(last + 3, 0, typed(f"Note: {sheet.note.en}"), styles["note_en"])
    page.repeat_rows(0, 1)
    _print_setup(page, sheet.title.ja)


def _write_cells(page: Worksheet, number: int, column: _Column, styles: dict[str, Format]) -> None:
    texts = [cell for cell in column.cells if isinstance(cell, str)]
    long = any(wide(text) > WIDEST or "\n" in text for text in texts)
    plain = "wrapped" if long else column.kind if column.kind in ("text", "flag") else "word"
    for row, cell in enumerate(column.cells, start=2):
        if cell is None:
            page.write_blank(row, number, None, styles[column.kind])
        elif isinstance(cell, str):
            page.write_string(row, number, cell, styles[plain])
        else:
            page.write_number(row, number, cell, styles[column.kind])


def _width(column: _Column) -> int:
    """As wide as its widest cell and, if it is short, its header with the button of the filter."""
    cells = max((wide(_shown(cell, column.kind)) for cell in column.cells), default=0)
    heads = max(wide(column.head.ja), wide(column.head.en) + 3)
    return 2 + max(min(cells, WIDEST), min(heads, WIDEST_HEADER))


def _shown(cell: Cell, kind: str) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    return (
        f"{cell:.1%}" if kind == "share" else f"{cell:.10g}" if kind == "number" else f"{cell:,.0f}"
    )


def _lines(heads: Iterable[str], widths: Sequence[int]) -> int:
    """Lines of the tallest header."""
    rooms = [
        (head, width - 1 if head.isascii() else width // 2 - 1)
        for head, width in zip(heads, widths, strict=True)
    ]
    return max((len(textwrap.wrap(head, max(room, 1))) for head, room in rooms), default=1) or 1


def _print_setup(page: Worksheet, title: str) -> None:
    page.hide_gridlines(2)
    page.set_paper(9)  # A4
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    said = cut(" ".join(typed(title).split()), 100).replace("&", "&&")
    page.set_footer(f"&L{said}&R&P / &N")
