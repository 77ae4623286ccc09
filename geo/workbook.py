"""Excel workbook (.xlsx) → grids, one per sheet. The only module that knows openpyxl.

A cell becomes the text that Excel shows of its value: a number without ".0" and with the leading
zeros of its format, a date as 2025-06-30. Furigana are no part of a text. A formula counts by the
value that Excel saved with it; one that was never calculated is a fault, never an empty cell.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from io import BytesIO

import numpy as np
import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils.escape import unescape
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from .errors import DataError
from .grid import Grid, Span, letters
from .words import Text

#: A workbook that unpacks to more than this many bytes is refused before it fills the memory.
LARGEST = 100_000_000

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: A formula that Excel has not calculated yet.
NOT_CALCULATED = "="

_SAVE_AS = Text(
    "Excel で開き、「Excel ブック (.xlsx)」としてパスワードなしで保存しなおしてください",
    "open it in Excel and save it again as an Excel workbook (.xlsx) without a password",
)


def read_workbook(data: bytes, where: str) -> tuple[list[Grid], list[Grid]]:
    """The visible and the hidden sheets that have any text, in the order of the workbook.

    Raises
    ------
    DataError
        If it is no workbook, an old or a locked one, damaged, or too large.
    """
    _refuse_others(data, where)
    book = _loaded(data, where, values=False)
    sheets = [sheet for sheet in book.worksheets if isinstance(sheet, Worksheet)]
    if any(cell.data_type == "f" for sheet in sheets for cell in _cells(sheet)):
        book = _loaded(data, where, values=True)
        formulas = {
            sheet.title: {(c.row, c.column) for c in _cells(sheet) if c.data_type == "f"}
            for sheet in sheets
        }
        sheets = [sheet for sheet in book.worksheets if isinstance(sheet, Worksheet)]
    else:
        formulas = {}
    grids = [(s, _grid(s, where, formulas.get(s.title, set()))) for s in sheets]
    filled = [(sheet, grid) for sheet, grid in grids if grid.rows]
    return (
        [grid for sheet, grid in filled if sheet.sheet_state == "visible"],
        [grid for sheet, grid in filled if sheet.sheet_state != "visible"],
    )


def _refuse_others(data: bytes, where: str) -> None:
    if data.startswith(OLE):
        what = Text(
            "古い形式（.xls）か、パスワード付きの Excel ファイルです",
            "an Excel file of the old kind (.xls), or one with a password",
        )
        raise DataError(where, what, _SAVE_AS)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as err:
        what = Text("Excel ファイルとして読めません（壊れています）", "a damaged Excel file")
        raise DataError(where, what, _SAVE_AS) from err
    if size > LARGEST:
        unpacked, most = f"{size / 1e6:,.0f} MB", f"{LARGEST / 1e6:,.0f} MB"
        what = Text(
            f"展開すると {unpacked} になる Excel ファイルです（上限 {most}）",
            f"an Excel file that unpacks to {unpacked} (at most {most})",
        )
        remedy = Text(
            "必要なシートだけを別のファイルに保存してください", "save the sheet needed on its own"
        )
        raise DataError(where, what, remedy)


def _loaded(data: bytes, where: str, *, values: bool) -> Workbook:
    """The workbook with its formulas, or with the values saved for them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drop-down lists and the like, which are no data
            return openpyxl.load_workbook(BytesIO(data), data_only=values, keep_links=False)
    except Exception as err:  # openpyxl raises whatever a damaged part makes it stumble over
        reason = " ".join(f"{type(err).__name__}: {err}".split())[:120]
        what = Text(
            f"Excel ファイルとして読めません（{reason}）", f"not an Excel workbook ({reason})"
        )
        raise DataError(where, what, _SAVE_AS) from err


def _cells(sheet: Worksheet) -> Iterator[Cell]:
    """The cells that are written in the file; asking for others would make them."""
    return (cell for cell in sheet._cells.values() if isinstance(cell, Cell))


def _grid(sheet: Worksheet, where: str, formulas: set[tuple[int, int]]) -> Grid:
    texts: dict[tuple[int, int], str] = {}
    faults: dict[tuple[int, int], str] = {}
    for cell in _cells(sheet):
        place = (cell.row, cell.column - 1)
        if cell.data_type == "e":
            faults[place] = str(cell.value)
        elif (cell.row, cell.column) in formulas and cell.value is None and cell.data_type == "n":
            faults[place] = NOT_CALCULATED  # a calculated empty text has the type "str"
        elif text := shown(cell.value, cell.number_format if cell.data_type == "n" else ""):
            texts[place] = text
    spans = tuple(
        Span(area.min_row, area.min_col - 1, area.max_row, area.max_col - 1)
        for area in sorted(sheet.merged_cells.ranges, key=lambda area: (area.min_row, area.min_col))
    )
    width = 1 + max((column for _, column in (*texts, *faults)), default=-1)
    _fill(texts, spans, max((row for row, _ in texts), default=0), width)
    numbers = sorted({row for row, _ in (*texts, *faults)})
    rows = {row: tuple(texts.get((row, column), "") for column in range(width)) for row in numbers}
    return Grid(where, rows, sheet.title, spans, faults, _hidden(sheet, rows, width))


def _fill(texts: dict[tuple[int, int], str], spans: Iterable[Span], end: int, width: int) -> None:
    """The text of merged cells into each of them, down to the last row that has text."""
    for span in spans:
        if text := texts.get((span.top, span.left)):
            for row in range(span.top, min(span.bottom, end) + 1):
                for column in range(span.left, min(span.right, width - 1) + 1):
                    texts[row, column] = text


def shown(value: object, number_format: str = "") -> str:
    """A value as text, without blanks around it.

    >>> shown(12101.0), shown(123, "00000"), shown(35.6384051), shown(1e-05), shown(True)
    ('12101', '00123', '35.6384051', '0.00001', 'TRUE')
    >>> shown(datetime(2025, 6, 30)), shown(datetime(2025, 6, 30, 9, 30)), shown(time(9, 30))
    ('2025-06-30', '2025-06-30 09:30:00', '09:30:00')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        whole = float(value).is_integer() and abs(value) < 2**63
        text = str(int(value)) if whole else np.format_float_positional(value, trim="-")
        padded = whole and value >= 0 and re.fullmatch("0+", number_format)
        return text.zfill(len(number_format)) if padded else text
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value.replace(microsecond=0))
    if isinstance(value, date | time):
        return value.isoformat()
    return unescape(str(value)).replace("\r\n", "\n").strip()


def _hidden(sheet: Worksheet, rows: Iterable[int], width: int) -> tuple[str, ...]:
    """Hidden rows and columns among those with text."""
    down = [f"row {row}" for row in rows if sheet.row_dimensions[row].hidden]
    across = [
        f"column {letters(column)}"
        for column in range(width)
        if any(
            one.hidden and one.min and one.max and one.min <= column + 1 <= one.max
            for one in sheet.column_dimensions.values()
        )
    ]
    return (*down, *across)
