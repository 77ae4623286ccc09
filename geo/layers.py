"""Table → layer: counts of the towns, and the content of the welfare plan.

Tables are read as text and turned into numbers here, so that ids keep their leading zeros and
nothing missing ever becomes 0. The only module that reads tables.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from .errors import DataError, UsageError, did_you_mean
from .findings import Finding, Kind, Severity
from .plan import Count, CountKind, Source
from .words import Text

Report = Callable[[Finding], None]
ContentType = Literal["themes", "goals", "items", "cases"]

#: How statistics write "not known" or "withheld" (秘匿).
MISSING = frozenset({"", "X", "x", "-", "－", "―", "…", "***", "nan", "NaN"})

#: The columns of each content table that must be there.
COLUMNS: dict[str, tuple[str, ...]] = {
    "themes": ("theme_id", "name_ja", "name_en"),
    "goals": ("ward_code", "kind", "number", "text_ja", "text_en"),
    "items": ("item_id", "zone_id", "text_ja", "text_en", "themes", "start_year", "end_year"),
    "cases": ("case_id", "ward_code", "title_ja", "title_en", "place_kind", "zone_id", "place_ja"),
}


@dataclass(frozen=True, eq=False)
class Layer:
    """Something laid over the partitions: `table` has one text row per item, case, goal, theme."""

    key: str
    type: ContentType
    title: Text
    table: pd.DataFrame
    of: str | None = None
    sources: tuple[Source, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, eq=False)
class Counts:
    """Figures of the towns: `table` by town id, one float column per count key (NaN: missing)."""

    defined: tuple[Count, ...]
    table: pd.DataFrame
    sources: tuple[Source, ...] = ()

    @property
    def totals(self) -> tuple[Count, ...]:
        """The counts that can be added up."""
        return tuple(count for count in self.defined if count.kind is CountKind.TOTAL)


NO_COUNTS = Counts((), pd.DataFrame())


def read_table(path: Path, needed: tuple[str, ...] = ()) -> pd.DataFrame:
    """A CSV (UTF-8 with or without BOM, else CP932) as text, empty cells as empty text.

    Raises
    ------
    UsageError
        If a column of `needed` is not there.
    DataError
        If the file is not a table in a known encoding.
    """
    for encoding in ("utf-8-sig", "cp932"):
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)
            break
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as err:
            what = Text(f"表として読めません（{err}）", f"not a table ({err})")
            remedy = Text("各行の列の数を確かめてください", "check the number of cells per row")
            raise DataError(str(path), what, remedy) from err
    else:
        what = Text("文字コードがわかりません", "its encoding is not known")
        remedy = Text("UTF-8 で保存しなおしてください", "save it again as UTF-8")
        raise DataError(str(path), what, remedy)
    for column in needed:
        if column not in table.columns:
            what = Text(f"列「{column}」がありません", f"there is no column “{column}”")
            raise UsageError(str(path), what, did_you_mean(column, list(table.columns)))
    return table.map(str.strip)


def read_content(path: Path, type_: ContentType) -> pd.DataFrame:
    """A content table with the columns of :data:`COLUMNS`, as text."""
    return read_table(path, COLUMNS[type_])


def counts_from_rows(
    rows: pd.DataFrame,
    defined: tuple[Count, ...],
    where: str,
    towns: pd.Index,
    report: Report,
) -> pd.DataFrame:
    """The figures of each of `towns` from `rows` (index: town id; a town may have several rows).

    A figure repeated on every row of a town is one figure; different totals on the rows of a town
    are figures of its parts and add up, which is said.
    """
    for count in defined:
        if count.column not in rows.columns:
            what = Text(f"列「{count.column}」がありません", f"there is no column “{count.column}”")
            raise UsageError(where, what, did_you_mean(count.column, list(rows.columns)))
    columns = {c.key: _of_town(_numbers(rows[c.column], where), c, where, report) for c in defined}
    table = pd.DataFrame(columns).reindex(towns)
    for count in defined:
        _say_missing(table[count.key], count, where, report)
    return table


def number(cell: object) -> float:
    """One figure as statistics print it; NaN where it is missing or withheld.

    >>> number("１２,３４５"), number("X")
    (12345.0, nan)
    """
    word = unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()
    return float("nan") if word in MISSING else float(word.replace(",", ""))


def _numbers(column: pd.Series, where: str) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    values = np.empty(len(column))
    for position, cell in enumerate(column):
        try:
            values[position] = number(cell)
        except ValueError as err:
            place = f"{column.name}[{column.index[position]}]"
            what = Text(
                f"{place} の「{cell}」は数ではありません", f"{place}: “{cell}” is no number"
            )
            remedy = Text("数か空欄にしてください", "write a number or leave it empty")
            raise DataError(where, what, remedy) from err
    return pd.Series(values, index=column.index, name=column.name)


def _of_town(values: pd.Series, count: Count, where: str, report: Report) -> pd.Series:
    by_town = values.groupby(level=0, sort=False)
    different = by_town.nunique() > 1
    if different.any() and count.kind is CountKind.TOTAL:
        towns = tuple(different.index[different].astype(str))
        what = Text(
            f"「{count.column}」の値が行ごとに違うため、合計しました",
            f"“{count.column}” differs between the rows of one zone; they were added up",
        )
        remedy = Text("同じ値の繰り返しなら、値を揃えてください", "if one figure, make them equal")
        report(Finding(Kind.COUNT_REPEATED, Severity.WARNING, where, towns, what, remedy))
        return by_town.first().where(~different, by_town.sum(min_count=1))
    return by_town.mean() if count.kind is CountKind.RATE else by_town.first()


def _say_missing(values: pd.Series, count: Count, where: str, report: Report) -> None:
    missing = values.index[values.isna()]
    if len(missing):
        what = Text(
            f"{count.title.ja}がわからない町丁目があります",
            f"{count.title.en} is not known for these towns",
        )
        remedy = Text(
            "合計は、わかっている町丁目だけのものです", "sums are of the towns that are known"
        )
        place = tuple(missing.astype(str))
        amount = float(len(missing))
        report(
            Finding(Kind.COUNT_MISSING, Severity.NOTE, where, place, what, remedy, amount, "towns")
        )
    negative = values.index[values < 0]
    if len(negative):
        what = Text(f"{count.title.ja}が負の数です", f"{count.title.en} is negative")
        remedy = Text("元の表を直してください", "correct the table")
        place = tuple(negative.astype(str))
        report(Finding(Kind.COUNT_NEGATIVE, Severity.ERROR, where, place, what, remedy))
