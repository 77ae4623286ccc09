"""Table → layer: counts of the towns, and the content of the welfare plan.

Tables come as text and are turned into numbers here, so that ids keep their leading zeros and
nothing missing ever becomes 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from .cells import number
from .errors import DataError, no_column
from .findings import Finding, Kind, Report, Severity
from .plan import Count, CountKind, Source
from .words import Text

ContentType = Literal["themes", "goals", "items", "flags", "cases", "marks"]

#: The column that tells rows of a type apart; goals need it only where they are marked.
ID_COLUMN = {"themes": "theme_id", "goals": "goal_id", "items": "item_id", "cases": "case_id"}

#: What a row of a type says, before the language: without it there is nothing to show.
WORDS = {"themes": "name", "goals": "text", "items": "text", "flags": "text", "cases": "title"}


@dataclass(frozen=True, eq=False)
class Layer:
    """Something laid over the partitions: `table` has one text row per item, case, goal, theme.

    `of` is the partition or "city" that it belongs to; of marks the layer that is marked. `where`
    is the file as findings name it.
    """

    key: str
    type: ContentType
    title: Text
    table: pd.DataFrame
    of: str | None = None
    sources: tuple[Source, ...] = ()
    note: Text | None = None
    file: str = ""

    @property
    def where(self) -> str:
        return self.file or self.key

    @property
    def wordless(self) -> pd.Series:
        """Whether a row says nothing in any language."""
        words = {f"{WORDS.get(self.type)}_{of}" for of in ("ja", "en")} & set(self.table)
        said = (self.table[name] != "" for name in words)
        return ~pd.concat(said, axis=1).any(axis=1) if words else pd.Series(False, self.table.index)


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

    @property
    def people(self) -> str | None:
        """The key of the count that stands for people: the first total."""
        return next((count.key for count in self.totals), None)


NO_COUNTS = Counts((), pd.DataFrame())


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
            raise no_column(where, count.column, rows.columns)
    columns = {c.key: _of_town(numbers(rows[c.column], where), c, where, report) for c in defined}
    table = pd.DataFrame(columns).reindex(towns)
    for count in defined:
        _say_missing(table[count.key], count, where, report)
    return table


def numbers(column: pd.Series, where: str) -> pd.Series:
    """A column of figures as numbers, NaN where one is missing; DataError at what is none."""
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
    if not different.any():
        return by_town.first()
    is_total = count.kind is CountKind.TOTAL
    did = Text("合計", "added up") if is_total else Text("単純に平均", "averaged as they are")
    what = Text(
        f"「{count.column}」の値が行ごとに違うため、{did.ja}しました",
        f"“{count.column}” differs between the rows of one zone; they were {did.en}",
    )
    remedy = Text("同じ値の繰り返しなら、値を揃えてください", "if one figure, make them equal")
    towns = tuple(different.index[different].astype(str))
    report(Finding(Kind.COUNT_REPEATED, Severity.WARNING, where, towns, what, remedy))
    several = by_town.sum(min_count=1) if is_total else by_town.mean()
    return by_town.first().where(~different, several)


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
