"""What one cell of a table says: a number, or that it is not known."""

from __future__ import annotations

import re
import unicodedata

#: How statistics write "not known" or "withheld" (秘匿), with full-width signs made plain.
MISSING = frozenset(
    {"", "x", "χ", "-", "−", "‐", "–", "—", "―", "─", "ー", "..", "...", "*", "**", "***", "nan"}
)
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)


def plain(cell: object) -> str:
    """A cell with full-width signs made plain and no blanks around it.

    >>> plain("　１２－３ ")
    '12-3'
    """
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def is_missing(cell: object) -> bool:
    """Whether a cell says that its value is not known or withheld.

    >>> is_missing("Ｘ"), is_missing("…"), is_missing("0")
    (True, True, False)
    """
    return plain(cell).lower() in MISSING


def number(cell: object) -> float:
    """One figure as statistics print it; NaN where it is missing or withheld.

    >>> number("１２,３４５"), number("－３"), number("X")
    (12345.0, -3.0, nan)
    """
    word = plain(cell)
    if is_missing(word):
        return float("nan")
    if not _NUMBER.fullmatch(word):
        raise ValueError(f"not a number: {word!r}")
    return float(word.replace(",", ""))
