"""One table as a sheet of Excel: what its columns are called, of which kind, what each cell holds.

Text stays text, and ids keep their leading zeros. What is missing stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, isinf
from numbers import Integral, Real

import numpy as np
import pandas as pd

from .columns import Meaning, heading
from .errors import UsageError, did_you_mean, no_column
from .excel import COLUMNS, DIGITS, KINDS, LARGEST, ROWS, typed, wide
from .table import Table, rounded
from .words import Text

Cell = str | float | None

#: So wide a column becomes, in half-width letters; longer text is wrapped.
WIDEST, WIDEST_HEADER = 36, 10
#: What is beside the text of a cell, and the button of the filter beside that of a header.
BESIDE, BUTTON = 3, 3
#: So much of a header stays on one line, if it is a word (of small letters) or in brackets.
LONGEST, SMALLER = 20, 0.95
BRACKETS = re.compile("（[^（）]*）")
YES, NO = "はい", "いいえ"

#: The kinds of columns for which none is named, by what pandas finds in them.
_INFERRED = {
    "boolean": "flag",
    "integer": "count",
    "floating": "number",
    "mixed-integer-float": "number",
}
#: The kinds of columns of numbers by their unit.
_OF_UNITS = {
    "m2": "area",
    "m": "metres",
    "0-1": "share",
    "degrees": "degrees",
    "year": "plain",
    "people": "count",
    "weight": "count",
    "load": "count",
}


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of a workbook.

    Attributes
    ----------
    title
        What the table is.
    frame
        Its rows. The index is not written.
    headers
        What each column is called: every column of `frame` has one.
    formats
        The kind of a column (a key of :data:`KINDS`); one not named here goes by what is in it.
        Shares are 0 to 1.
    by_row
        The kind of each cell of a column of numbers that are of several kinds.
    holds
        What the front sheet says of it; without it the note.
    note
        Stands below the table.
    infinite
        What an infinite number is called (``Text("制限なし", "no limit")``); None leaves it empty.
    tab
        What the sheet is called, as far as Excel takes it; without it the title.
    folded
        Columns that stand folded: not in sight and not in print, until they are unfolded.
    leads
        So many columns at its beginning say which row this is; they are on every page in print.
    """

    title: Text
    frame: pd.DataFrame
    headers: Mapping[str, Text]
    formats: Mapping[str, str] = field(default_factory=dict)
    by_row: Mapping[str, Sequence[str]] = field(default_factory=dict)
    holds: Text | None = None
    note: Text | None = None
    infinite: Text | None = None
    tab: str = ""
    folded: frozenset[str] = frozenset()
    leads: int = 0


@dataclass(frozen=True, eq=False)
class Column:
    """A column as it is written: its header, its kind, its cells and the kind of each."""

    head: Text
    kind: str
    cells: list[Cell]
    kinds: Sequence[str]
    folded: bool = False

    @property
    def wrapped(self) -> bool:
        texts = [cell for cell in self.cells if isinstance(cell, str)]
        return any(wide(text) > WIDEST or "\n" in text for text in texts)

    @property
    def width(self) -> int:
        """As wide as its widest cell, its header if short, and what no header may be broken in."""
        shown = map(_shown, self.cells, self.kinds)
        cells = max(map(wide, shown), default=0)
        heads = max(wide(self.head.ja), wide(self.head.en) + BUTTON)
        words = [ceil(wide(word) * SMALLER) for word in self.head.en.split()]
        whole = max([*map(wide, BRACKETS.findall(self.head.ja)), *words], default=0)
        heads = max(min(heads, WIDEST_HEADER), min(whole, LONGEST))
        return BESIDE + max(min(cells, WIDEST), heads)


def lines(head: str, room: int) -> str:
    r"""A header in lines: what has no room begins a new one at a bracket.

    >>> lines("住民（変更前）（人）", 16), lines("住民（人）", 16)
    ('住民（変更前）\n（人）', '住民（人）')
    """
    said = [""]
    for piece in re.split("(?=（)", head):
        if said[-1] and wide(said[-1] + piece) > room:
            said.append("")
        said[-1] += piece
    return "\n".join(said)


def sheet_of(table: Table, meanings: Mapping[str, Meaning]) -> Sheet:
    """A table as a sheet: headers and kinds of columns by their meanings and units."""
    frame = rounded(table.frame)
    headers = {name: heading(meanings[name]) for name in map(str, frame.columns)}
    formats = {
        str(name): kind
        for name, values in frame.items()
        if (kind := kind_of(values, meanings[str(name)][1]))
    }
    return Sheet(table.title, frame, headers, formats)


def fits(frame: pd.DataFrame) -> bool:
    """Whether a sheet of Excel has room for it."""
    return len(frame) <= ROWS and len(frame.columns) <= COLUMNS


def columns(sheet: Sheet) -> list[Column]:
    """The columns of a sheet.

    Raises
    ------
    UsageError
        If a column has no header or an unknown kind, or Excel has no room for the table.
    """
    frame, where = sheet.frame, sheet.title.ja
    if not fits(frame):
        rows, across = frame.shape
        what = Text(
            f"{rows:,}行{across:,}列あります（Excel のシートは{ROWS:,}行{COLUMNS:,}列まで）",
            f"{rows:,} rows and {across:,} columns; a sheet of Excel has {ROWS:,} and {COLUMNS:,}",
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


def kind_of(values: pd.Series, unit: str) -> str | None:
    """The kind of a column of numbers by its unit and, for a unit of the plan's, by its values."""
    inferred = _kind(values)
    if inferred not in ("count", "number"):
        return None
    if unit in _OF_UNITS:
        return _OF_UNITS[unit]
    if inferred == "count":
        return "count" if unit else "plain"
    known = pd.to_numeric(values).dropna().to_numpy(dtype=float)
    if unit and (known == known.round()).all():
        return "count"
    if np.abs(known).max(initial=0) < 1000:
        return "decimal"
    return "tenths" if unit else "number"


def _column(sheet: Sheet, name: str, values: pd.Series, missing: np.ndarray) -> Column:
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
    kinds = sheet.by_row.get(name) or [kind] * len(cells)
    return Column(sheet.headers[name], kind, cells, kinds, name in sheet.folded)


def _kind(values: pd.Series) -> str:
    inferred = pd.api.types.infer_dtype(values, skipna=True)
    return _INFERRED.get(inferred, "text")


def _cell(value: object, kind: str, infinite: Text | None) -> Cell:
    if isinstance(value, bool | np.bool_):
        return YES if value else NO
    if kind == "text" or not isinstance(value, Real):
        return typed(str(value)) or None
    if isinstance(value, Integral) and abs(int(value)) >= 10**DIGITS:
        return str(int(value))  # as a number its last digits would become 0
    if isinf(value):
        return None if infinite is None else typed(_both(infinite))
    return float(value) if -LARGEST < float(value) < LARGEST else str(value)


def _both(text: Text) -> str:
    return text.ja if text.ja == text.en else f"{text.ja} / {text.en}"


def _shown(cell: Cell, kind: str) -> str:
    """A cell about as Excel shows it, to see how wide it is."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if kind == "number":
        return f"{cell:.10g}"
    places = {"share": ".1%", "decimal": ",.4f", "degrees": ".6f",
              "tenths": ",.1f", "hundredths": ",.2f", "thousandths": ",.3f"}  # fmt: skip
    return format(cell, places.get(kind, ",.0f"))
