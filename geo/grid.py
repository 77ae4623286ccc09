"""Cells of a file as text, and what is known of them: what a CSV and a workbook have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath


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
    file, sheet
        Where they stand; a CSV has no sheet.
    rows
        Cells without blanks around them, by number of the row (or line) in the file; rows without
        any text are left out. The text of merged cells stands in each of them.
    spans
        The merged cells.
    faults
        Cells that have no value although they should, by (row, column): what stands there.
    hidden
        Rows and columns that are hidden in the file, as words.
    ragged
        Whether every row has as many cells as were written (CSV); else all have the same number.
    """

    file: str
    rows: dict[int, tuple[str, ...]]
    sheet: str = ""
    spans: tuple[Span, ...] = ()
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    ragged: bool = False

    @property
    def where(self) -> str:
        """The file, and the sheet where there is one."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    @property
    def name(self) -> str:
        """The same without the folder: what pages and tables may say."""
        return PurePath(self.where).name

    def cell(self, row: int, column: int) -> str:
        """The address of a cell as Excel writes it."""
        return f"{self.sheet}!{letters(column)}{row}"


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
