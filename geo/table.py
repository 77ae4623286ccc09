"""One table: a frame with a name, and how it is written as a CSV that Excel opens safely."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TextIO

import pandas as pd

from .columns import Meaning
from .words import Text

#: Excel, LibreOffice and their kin run a cell that begins with one of these.
FORMULA = re.compile(r"^[=+\-@＝＋－＠\t\r\n]")


@dataclass(frozen=True, eq=False)
class Table:
    """A table to be written.

    Attributes
    ----------
    name
        Its file name.
    title
        What it is.
    frame
        Its rows. The index is not written.
    own
        What columns mean that only this table has, or that mean something special here; the
        others are in :data:`geo.columns.COLUMNS` or come from the plan.
    key
        The columns that tell its rows apart, where there are such.
    refers
        Columns of ids of zones, and the key of their partition; `<key>_id` needs no mention.
    """

    name: str
    title: Text
    frame: pd.DataFrame
    own: Mapping[str, Meaning] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)

    def csv(self) -> bytes:
        """UTF-8 with BOM and CRLF, as Excel expects of a CSV."""
        text = safe(rounded(self.frame)).to_csv(index=False, lineterminator="\r\n")
        return text.encode("utf-8-sig")


def write_pairs(frame: pd.DataFrame, out: TextIO, *, header: bool = True) -> None:
    """A crosswalk as plain CSV for other programs: ids first, no BOM, twelve digits."""
    rows = safe(frame.reset_index())
    rows.to_csv(out, index=False, header=header, lineterminator="\n", float_format="%.12g")
    out.flush()


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with an apostrophe before every text that a spreadsheet would run.

    >>> safe(pd.DataFrame({"name": ["=1+1", "弁天", "-5"]}))["name"].tolist()
    ["'=1+1", '弁天', '-5']
    """
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    safe_cells = frame.assign(
        **{
            name: pd.Series([_safe_cell(cell) for cell in frame[name]], frame.index, dtype=object)
            for name in texts
        }
    )
    return safe_cells.set_axis([_safe_cell(name) for name in frame.columns], axis="columns")


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Floats to a length that people read: m² to 4 decimals, shares to 12, the rest to 6."""

    def places(name: str) -> int:
        return 4 if name.endswith("_m2") else 12 if "share" in name else 6

    floats = frame.select_dtypes("float").columns
    return frame.round({name: places(str(name)) for name in floats})


def file_name(stem: str, suffix: str) -> str:
    """A file name for an id from the data: lower-case letters, digits, _ and -, still unique.

    It is cut where a file system would not take it (255 bytes).

    >>> file_name("council-12101", ".html")
    'council-12101.html'
    >>> file_name("council-../x", ".html")
    'council-___x-f1a01c.html'
    """
    plain = re.sub(r"[^\w-]", "_", stem.lower())[:60]
    if plain != stem:
        plain = f"{plain}-{sha256(stem.encode()).hexdigest()[:6]}"
    return plain + suffix


def _safe_cell(cell: object) -> object:
    """A number keeps its sign; every other text loses its power."""
    if isinstance(cell, str) and FORMULA.match(cell) and not re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return f"'{cell}"
    return cell
