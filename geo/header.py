"""Which row of a grid is the header, and which column is which.

Tables of offices have titles above the header, headers in two rows, spaces and full-width digits in
names. The header is the first row that holds every column asked for; rows joined to it by merged
cells belong to it, and then a column is called by all its cells (人口 男) or by the lowest (男).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from .errors import KenikiError, UsageError, did_you_mean
from .grid import Grid
from .words import Text

#: A header further down than this many rows is no header.
WITHIN = 50
#: A header has at most this many rows.
HEADER_ROWS = 5


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
        Whether case, brackets and underscores of a name do not matter either.
    figure
        Whether it holds figures, which must not be repeated into merged cells.
    """

    key: str
    names: tuple[str, ...]
    optional: bool = False
    loose: bool = False
    figure: bool = False

    def places(self, header: Sequence[str]) -> list[int]:
        """Where `header` has the column, under the first of its names that is there.

        >>> Column("name", ("施設名", "名称")).places(["ID", "名　称", "名称_カナ"])
        [1]
        """
        key = _loose if self.loose else fold
        for name in self.names:
            written = [i for i, word in enumerate(header) if word == name]
            if found := written or [i for i, word in enumerate(header) if key(word) == key(name)]:
                return found
        return []


@dataclass(frozen=True, eq=False)
class Header:
    """A header: the number of its last row, each column by all its cells, and by the lowest."""

    last_row: int
    names: list[str]
    lowest: list[str]

    def places(self, column: Column) -> list[int]:
        """Where the column stands (from 0): once, not at all, or too often."""
        return column.places(self.names) or column.places(self.lowest)


@cache
def fold(name: str) -> str:
    """A column name without the differences that nobody sees.

    >>> fold("２０１５年　人口（人）")
    '2015年人口(人)'
    """
    return "".join(unicodedata.normalize("NFKC", name).split())


@cache
def _loose(name: str) -> str:
    return re.sub(r"[()\[\]_・:\-]", "", fold(name).casefold())


def find_header(grid: Grid, columns: Sequence[Column]) -> Header | None:
    """The first header that holds all of `columns` but the optional ones."""
    needed = [column for column in columns if not column.optional]
    holds_all = (h for h in _candidates(grid) if all(h.places(column) for column in needed))
    return next(holds_all, None)


def no_such_column(grid: Grid, columns: Sequence[Column]) -> KenikiError:
    """What to say where no row holds all of `columns`, judged by the row that holds most of them.

    The grid has at least one row.
    """
    needed = [column for column in columns if not column.optional]
    best = max(_candidates(grid), key=lambda header: sum(bool(header.places(c)) for c in needed))
    missing = next(column for column in needed if not best.places(column))
    name, others = missing.names[0], ", ".join(missing.names[1:4])
    or_ja, or_en = (f"（{others} なども可）", f" (nor {others} …)") if others else ("", "")
    what = Text(f"列「{name}」{or_ja}がありません", f"there is no column “{name}”{or_en}")
    return UsageError(grid.where, what, did_you_mean(name, filter(None, best.names)))


def _candidates(grid: Grid) -> Iterator[Header]:
    """Every row with those its merged cells reach down to; then, with merged cells, one more."""
    for number in list(grid.rows)[:WITHIN]:
        end = _reach(grid, number)
        yield _header(grid, number, end)
        if grid.spans and end + 1 in grid.rows:
            yield _header(grid, number, _reach(grid, end + 1))


def _reach(grid: Grid, number: int) -> int:
    """The last row of a header that begins here; cells merged along a whole table are no header."""
    low = (s for s in grid.spans if s.bottom - s.top < HEADER_ROWS)
    return max((s.bottom for s in low if s.top <= number <= s.bottom), default=number)


def _header(grid: Grid, first: int, last: int) -> Header:
    rows = [grid.rows[number] for number in range(first, last + 1) if number in grid.rows]
    width = max(map(len, rows))
    columns = [[row[i] for row in rows if i < len(row) and row[i]] for i in range(width)]
    names = [" ".join(dict.fromkeys(" ".join(cell.split()) for cell in cells)) for cells in columns]
    return Header(last, names, [cells[-1] if cells else "" for cells in columns])
