"""Rows of cells → a table: where its header stands, which column is which.

A CSV file and a sheet of a workbook both arrive here as a :class:`Grid` of text. Tables of offices
have titles above the header, headers in two rows, spaces and full-width digits in names; the header
is the first row that holds every column asked for. A table keeps the number of each row in its
file, so that whatever is said of a row can be found there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from .errors import DataError, UsageError, did_you_mean
from .words import Text

#: A header further down than this is no header.
HEADER_WITHIN = 50


@dataclass(frozen=True)
class Span:
    """Merged cells: first and last row (from 1) and column (from 0)."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells as text.

    Attributes
    ----------
    where
        The file, and the sheet if there are several.
    rows
        Cells by number of the row (or line) in the file, rows without any text left out.
    spans
        Merged cells; their text stands in each of them.
    faults
        Cells that hold no value although they should, by (row, column): what stands there.
    ragged
        Whether rows have as many cells as were written (CSV), or all the same number.
    hidden
        Rows and columns that the reader of the file does not see, as words.
    """

    where: str
    rows: dict[int, tuple[str, ...]]
    spans: tuple[Span, ...] = ()
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    ragged: bool = False
    hidden: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class Column:
    """A column to look for.

    Attributes
    ----------
    key
        What the table will call it.
    names
        What the file may call it, the best name first.
    optional
        Whether the table may lack it.
    loose
        Whether case, brackets and underscores of a name do not matter.
    figure
        Whether it holds figures, which must not be repeated into merged cells.
    """

    key: str
    names: tuple[str, ...]
    optional: bool = False
    loose: bool = False
    figure: bool = False

    def found(self, header: Sequence[str]) -> list[int]:
        """Where `header` has the column: the first of its names that is there, as written first.

        >>> Column("name", ("施設名", "名称")).found(["ID", "名　称", "名称_カナ"])
        [1]
        """
        for name in self.names:
            written = [i for i, word in enumerate(header) if word == name]
            key = (_loose if self.loose else fold)(name)
            folded = _loose if self.loose else fold
            if found := written or [i for i, word in enumerate(header) if folded(word) == key]:
                return found
        return []


@dataclass(frozen=True, eq=False)
class Header:
    """A header: the last of its rows, the full name of each column, and its lowest cell."""

    last_row: int
    names: list[str]
    lowest: list[str]

    def places(self, column: Column) -> list[int]:
        return column.found(self.names) or column.found(self.lowest)


@cache
def fold(name: str) -> str:
    """A column name without the differences that nobody sees.

    >>> fold("２０１５年　人口\\n（人）")
    '2015年人口(人)'
    """
    return "".join(unicodedata.normalize("NFKC", name).split())


@cache
def _loose(name: str) -> str:
    return re.sub(r"[()\[\]_・:\-]", "", fold(name).casefold())


def letters(column: int) -> str:
    """What Excel calls the column (from 0).

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    said = ""
    while column >= 0:
        column, last = divmod(column, 26)
        said, column = chr(ord("A") + last) + said, column - 1
    return said


def table(grid: Grid, columns: Sequence[Column]) -> pd.DataFrame:
    """The table in `grid`, as text.

    Returns
    -------
    DataFrame
        Index: number of the row in the file. `columns` by their keys, the others by the names they
        have (unnamed ones with something in them: ``[C]``); cells without blanks around them.

    Raises
    ------
    UsageError
        If there is no such column.
    DataError
        If a column is there twice, a row has more cells than names, or a cell has no value.
    """
    header = find_header(grid, columns)
    if header is None:
        raise no_such_column(grid, columns)
    rows = {number: row for number, row in grid.rows.items() if number > header.last_row}
    named = _named(grid, header, columns)
    if grid.ragged:
        _refuse_long(grid, rows, len(header.names))
    _refuse_faults(grid, header)
    _refuse_merged(grid, header, [i for i, c in named.items() if c.figure])
    keys = _keys(header, {i: column.key for i, column in named.items()})
    width = len(keys)
    cells = [(*row, *("",) * (width - len(row)))[:width] for row in rows.values()]
    index = pd.Index(list(rows), name="row", dtype="int64")
    made = pd.DataFrame(cells, index=index, columns=keys, dtype=str)
    empty = [key for key, name in zip(keys, header.names, strict=True)
             if not name and not (made[key] != "").any()]  # fmt: skip
    return made.drop(columns=empty)


def find_header(grid: Grid, columns: Sequence[Column]) -> Header | None:
    """The first header that holds all of `columns` but the optional ones."""
    needed = [column for column in columns if not column.optional]
    for header in _candidates(grid):
        if all(header.places(column) for column in needed):
            return header
    return None


def no_such_column(grid: Grid, columns: Sequence[Column]) -> UsageError:
    """What to say where no row holds all of `columns`: by the row that holds most of them."""
    needed = [column for column in columns if not column.optional]
    headers = list(_candidates(grid))
    if not headers:
        return DataErrorOfNothing(grid.where)
    best = max(headers, key=lambda header: sum(bool(header.places(c)) for c in needed))
    missing = next(column for column in needed if not best.places(column))
    name = missing.names[0]
    more = "／".join(missing.names[1:4])
    what = Text(
        f"列「{name}」{f'（{more} なども可）' if more else ''}がありません",
        f"there is no column “{name}”{f' (or {more} …)' if more else ''}",
    )
    return UsageError(grid.where, what, did_you_mean(name, filter(None, best.names)))


def _candidates(grid: Grid) -> Iterator[Header]:
    """Every row as a header, with the rows its merged cells reach down to; then with one more."""
    for number in list(grid.rows)[:HEADER_WITHIN]:
        end = _reach(grid, number)
        yield _header(grid, number, end)
        if grid.spans and end + 1 in grid.rows:
            yield _header(grid, number, _reach(grid, end + 1))


def _reach(grid: Grid, number: int) -> int:
    return max((s.bottom for s in grid.spans if s.top <= number <= s.bottom), default=number)


def _header(grid: Grid, first: int, last: int) -> Header:
    rows = [grid.rows[number] for number in range(first, last + 1) if number in grid.rows]
    width = max(map(len, rows))
    columns = [[row[i] for row in rows if i < len(row) and row[i]] for i in range(width)]
    names = [" ".join(dict.fromkeys(" ".join(cell.split()) for cell in cells)) for cells in columns]
    return Header(last, names, [cells[-1] if cells else "" for cells in columns])


def _named(grid: Grid, header: Header, columns: Sequence[Column]) -> dict[int, Column]:
    named: dict[int, Column] = {}
    for column in columns:
        places = header.places(column)
        if len(places) > 1 and not (column.optional and column.loose):
            where = "、".join(map(letters, places))
            name = header.names[places[0]] or column.names[0]
            what = Text(
                f"列「{name}」が{len(places)}つあります（{where}）",
                f"there are {len(places)} columns “{name}” ({where})",
            )
            remedy = Text(
                "1つだけ残すか、別の名前にしてください", "keep one of them, or rename the others"
            )
            raise DataError(grid.where, what, remedy)
        if places:
            named.setdefault(places[0], column)
    return named


def _keys(header: Header, keys: dict[int, str]) -> list[str]:
    """A name for every column, each another: names that meet get the letter of their column."""
    taken = Counter([*keys.values(), *(n for i, n in enumerate(header.names) if i not in keys)])
    made = []
    for i, name in enumerate(header.names):
        plain = name if taken[name] == 1 else f"{name} [{letters(i)}]".strip()
        made.append(keys.get(i, plain))
    return made


def _refuse_long(grid: Grid, rows: dict[int, tuple[str, ...]], width: int) -> None:
    long = [(number, len(row)) for number, row in rows.items() if any(row[width:])]
    if long:
        shown = "、".join(f"{number}行目 {cells}個" for number, cells in long[:5])
        said = ", ".join(f"line {number}: {cells} cells" for number, cells in long[:5])
        more = " …" if len(long) > 5 else ""
        what = Text(
            f"表として読めません（列名 {width}個、{shown}{more}）",
            f"not a table (names of {width} columns, {said}{more})",
        )
        remedy = Text("各行の列の数を確かめてください", "check the number of cells per row")
        raise DataError(grid.where, what, remedy)


def _refuse_faults(grid: Grid, header: Header) -> None:
    """A cell without its value stops the work, but only in columns that have a name."""
    named = {i for i, name in enumerate(header.names) if name}
    faults = [
        f"{grid.sheet}!{letters(column)}{row}: {said}"
        for (row, column), said in sorted(grid.faults.items())
        if row > header.last_row and column in named
    ]
    if faults:
        shown = "、".join(faults[:5]) + (" …" if len(faults) > 5 else "")
        what = Text(f"値のないセルがあります（{shown}）", f"cells without a value ({shown})")
        remedy = Text(
            "Excel で開いて数式を直し、保存しなおしてください",
            "open it in Excel, mend the formulas and save it again",
        )
        raise DataError(grid.where, what, remedy)


def _refuse_merged(grid: Grid, header: Header, figures: Sequence[int]) -> None:
    """A figure in merged cells is one figure: repeated into each of them it would count twice."""
    for span in grid.spans:
        if span.top > header.last_row and any(span.left <= i <= span.right for i in figures):
            cells = f"{letters(span.left)}{span.top}:{letters(span.right)}{span.bottom}"
            what = Text(
                f"結合されたセル {grid.sheet}!{cells} に1つの数があります",
                f"one figure stands in the merged cells {grid.sheet}!{cells}",
            )
            remedy = Text(
                "結合を解いて、行ごとの数を書いてください", "unmerge them and give each row its own"
            )
            raise DataError(grid.where, what, remedy)


def DataErrorOfNothing(where: str) -> UsageError:  # noqa: N802
    raise NotImplementedError
