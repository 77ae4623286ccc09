"""Marks (評価) of items and goals: read, computed from target and actual, counted.

A mark belongs to a scheme, which says which marks there are, what each means and for which years.
Marks of two schemes are never compared, put in one order or averaged; nor are the marks of one
averaged, since they are no numbers: they are counted, year by year.

A computed mark follows from the share of its target that was reached, in exact fractions: 28 of 35
is 80 % and no rounding more or less. Where target or actual is not known there is no mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isnan
from typing import Any

import pandas as pd

from .cells import is_missing, number, plain
from .errors import DataError
from .findings import Finding, Kind, Report, Severity, named
from .plan import Mark, Scheme
from .words import Text
from .years import year

#: The columns of marks once they are read; a table need not have the optional ones.
OPTIONAL = ("mark", "target", "actual", "note_ja", "note_en")
COLUMNS = ("layer", "scheme", "id", "year", "mark", "follows", "target", "actual", "note_ja",
           "note_en", "state")  # fmt: skip
NO_MARKS = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
#: Signs that look alike in print and mean the same mark.
ALIKE = {"〇": "○", "◯": "○", "✕": "×", "✖": "×", "╳": "×"}
#: In figures these say "withheld" (秘匿), in marks perhaps ×: nobody can tell which is meant.
_WITHHELD = frozenset({"x", "χ"})


class State(StrEnum):
    """Where a mark comes from, or why there is none."""

    STATED = "stated"
    COMPUTED = "computed"
    NO_TARGET = "no_target"
    NO_ACTUAL = "no_actual"
    TARGET_NOT_ABOVE_0 = "target_not_above_0"
    NOT_GIVEN = "not_given"

    @property
    def said(self) -> Text:
        return _STATES[self]


_STATES = {
    State.STATED: Text("計画に書かれた評価", "as the plan states it"),
    State.COMPUTED: Text("目標と実績から計算", "computed from target and actual"),
    State.NO_TARGET: Text("評価なし（目標が未記入）", "no mark: no target given"),
    State.NO_ACTUAL: Text("評価なし（実績が未記入）", "no mark: no actual figure given"),
    State.TARGET_NOT_ABOVE_0: Text(
        "評価なし（目標が0以下で計算できない）", "no mark: a target of 0 or less cannot be reached"
    ),
    State.NOT_GIVEN: Text("評価なし（未記入）", "no mark given"),
}


def computed(scheme: Scheme, target: Fraction, actual: Fraction) -> Mark:
    """The mark for reaching `actual` where `target` (above 0) was the aim.

    >>> from geo.words import same
    >>> marks = [Mark(key="A", title=same("A"), least=0.8), Mark(key="C", title=same("C"))]
    >>> scheme = Scheme(title=same("x"), period=(2021, 2026), mark=marks)
    >>> [computed(scheme, Fraction(35), Fraction(actual)).key for actual in (28, 27)]
    ['A', 'C']
    """
    if target <= 0:
        raise ValueError(f"a target of {target} cannot be reached")
    return next(mark for mark in scheme.mark if _reached(mark, actual / target))


def _reached(mark: Mark, share: Fraction) -> bool:
    if mark.above is not None:
        return share > Fraction(str(mark.above))
    return mark.least is None or share >= Fraction(str(mark.least))


# --- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """What a table of marks is about: the scheme `key`, the rows `ids` of a `layer`, the `file`."""

    layer: str
    key: str
    scheme: Scheme
    ids: frozenset[str]
    file: str


def read_marks(rows: pd.DataFrame, about: Marked, report: Report) -> pd.DataFrame:
    """The marks of one table, one row each, with the columns :data:`COLUMNS`.

    Parameters
    ----------
    rows
        Text with the columns `id`, `year` and some of :data:`OPTIONAL`; index: rows of the file.
    about
        What they mark, and how.
    report
        Told of marks that are missing, contradict their figures, or are of no such row or year.

    Returns
    -------
    DataFrame
        `year` as a number, `mark` as the scheme writes it ("": none), `follows` (the mark that
        target and actual give; "": none), `target` and `actual` as written, `state`
        (:class:`State`).

    Raises
    ------
    DataError
        At a mark that the scheme does not have, a year or figure that is none, or a second mark of
        one row for one year.
    """
    table = rows.reindex(columns=["id", "year", *OPTIONAL], fill_value="")
    years = [_year(about, row, cell) for row, cell in table["year"].items()]
    _refuse_doubles(about, table, years)
    found = [_mark(about, row, cells) for row, cells in table.iterrows()]
    marks = [stated or follows for stated, follows, _ in found]
    made = table.assign(
        layer=about.layer,
        scheme=about.key,
        year=years,
        mark=[mark.key if mark else "" for mark in marks],
        follows=[follows.key if follows else "" for _, follows, _ in found],
        state=[str(state) for _, _, state in found],
    )
    for one in (
        _strangers(about, made),
        _of_other_years(about, made),
        _without_mark(about, made),
        _contradicting(about, made),
    ):
        if one.place:
            report(one)
    return made[list(COLUMNS)]


def _mark(about: Marked, row: Any, cells: pd.Series) -> tuple[Mark | None, Mark | None, State]:
    """The mark that is stated, the one that follows from the figures, and where it is from."""
    stated = _stated(about, row, cells["mark"])
    target, actual = (_figure(about, row, name, cells[name]) for name in ("target", "actual"))
    follows, why = None, State.NOT_GIVEN
    if about.scheme.is_computed:
        if target is None or actual is None:
            why = State.NO_TARGET if target is None else State.NO_ACTUAL
        elif target <= 0:
            why = State.TARGET_NOT_ABOVE_0
        else:
            follows, why = computed(about.scheme, target, actual), State.COMPUTED
    return stated, follows, State.STATED if stated else why


def _stated(about: Marked, row: Any, cell: str) -> Mark | None:
    word = plain(cell)
    known = {mark.key: mark for mark in about.scheme.mark}
    found = known.get(cell) or known.get(word) or known.get(ALIKE.get(word, ""))
    if found is None and (not is_missing(word) or word.lower() in _WITHHELD):
        allowed = " ".join(known)
        what = Text(
            f"{row}行目の評価「{cell}」は、この基準にありません",
            f"row {row}: the scheme has no mark “{cell}”",
        )
        remedy = Text(f"次のどれかにしてください: {allowed}", f"use one of: {allowed}")
        raise DataError(about.file, what, remedy)
    return found


def _figure(about: Marked, row: Any, name: str, cell: str) -> Fraction | None:
    """A figure exactly as written; None where it is missing."""
    try:
        value = number(cell)
    except ValueError as err:
        what = Text(
            f"{row}行目の {name}「{cell}」は数ではありません",
            f"row {row}: {name} “{cell}” is no number",
        )
        remedy = Text("数か空欄にしてください", "write a number or leave it empty")
        raise DataError(about.file, what, remedy) from err
    return None if isnan(value) else Fraction(plain(cell).replace(",", ""))


def _year(about: Marked, row: Any, cell: str) -> int:
    try:
        found = year(cell)
    except ValueError:
        found = None
    if found is None:
        what = Text(
            f"{row}行目の年「{cell}」は西暦の年ではありません", f"row {row}: “{cell}” is no year"
        )
        raise DataError(about.file, what, Text("西暦4桁で書いてください", "write four digits"))
    return found


def _refuse_doubles(about: Marked, table: pd.DataFrame, years: list[int]) -> None:
    pairs = pd.Series(list(zip(table["id"], years, strict=True)), index=table.index)
    twice = pairs[pairs.duplicated()]
    if len(twice):
        row, (id_, of) = twice.index[0], twice.iloc[0]
        what = Text(
            f"{row}行目: 「{id_}」の{of}年の評価が2つあります",
            f"row {row}: “{id_}” is marked twice for {of}",
        )
        raise DataError(about.file, what, Text("1つにしてください", "keep one"))


# --- what is doubtful -----------------------------------------------------------------------------


def _rows(table: pd.DataFrame) -> tuple[str, ...]:
    """Rows as findings name them: `row 3 item-1 2021`."""
    return tuple(f"row {row} {cells['id']} {cells['year']}" for row, cells in table.iterrows())


def _finding(
    about: Marked, kind: Kind, severity: Severity, place: Iterable[str], what: Text, remedy: Text
) -> Finding:
    places = tuple(place)
    amount = float(len(places))
    return Finding(kind, severity, about.file, named(places), what, remedy, amount, "marks")


def _strangers(about: Marked, made: pd.DataFrame) -> Finding:
    what = Text(
        f"「{about.layer}」にない ID の評価です", f"“{about.layer}” has no rows with these ids"
    )
    remedy = Text(
        "ID を直してください。どこにも出ません", "correct the ids; no page shows the marks"
    )
    rows = _rows(made[~made["id"].isin(about.ids)])
    return _finding(about, Kind.MARK_WITHOUT_ROW, Severity.ERROR, rows, what, remedy)


def _of_other_years(about: Marked, made: pd.DataFrame) -> Finding:
    first, last = about.scheme.period
    what = Text(
        f"評価の基準の期間（{first}–{last}年）の外の年です",
        f"these years are outside the scheme's period, {first} to {last}",
    )
    remedy = Text(
        "年か、基準の period を直してください。集計には入れません",
        "correct the year, or the period of the scheme; no summary counts them",
    )
    rows = _rows(made[~within(made, about.scheme)])
    return _finding(about, Kind.MARK_OUTSIDE_PERIOD, Severity.WARNING, rows, what, remedy)


def _without_mark(about: Marked, made: pd.DataFrame) -> Finding:
    what = Text("評価がありません", "these have no mark")
    remedy = Text(
        "評価か、目標（0より大きい数）と実績を書いてください。いちばん下の評価とはみなしません",
        "write the mark, or target (above 0) and actual; the lowest mark is not assumed",
    )
    missing = made[made["mark"] == ""]
    rows = [
        f"{said}: {State(state).said.en}"
        for said, state in zip(_rows(missing), missing["state"], strict=True)
    ]
    return _finding(about, Kind.MARK_MISSING, Severity.NOTE, rows, what, remedy)


def _contradicting(about: Marked, made: pd.DataFrame) -> Finding:
    what = Text(
        "書かれた評価が、目標と実績から計算した評価と違います",
        "the marks stated are not those that follow from target and actual",
    )
    remedy = Text(
        "どちらが正しいか確かめてください。書かれた評価に、計算した評価を添えて示します",
        "check which is right; the stated ones are shown, with the others beside them",
    )
    apart = made[(made["follows"] != "") & (made["follows"] != made["mark"])]
    rows = [
        f"{said}: {cells['mark']}, {cells['actual']} / {cells['target']} = {cells['follows']}"
        for said, (_, cells) in zip(_rows(apart), apart.iterrows(), strict=True)
    ]
    return _finding(about, Kind.MARK_DIFFERS, Severity.WARNING, rows, what, remedy)


# --- summaries ------------------------------------------------------------------------------------


def within(marks: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Whether each mark is of a year in the scheme's period."""
    first, last = scheme.period
    return marks["year"].between(first, last)


def tally(marks: pd.DataFrame, key: str, scheme: Scheme) -> pd.DataFrame:
    """How many of each mark a scheme has, year by year: the only summary that marks allow.

    Parameters
    ----------
    marks
        With the columns :data:`COLUMNS`; those of other schemes and of years outside the period
        are left out.
    key, scheme
        Which scheme.

    Returns
    -------
    DataFrame
        Index `year` (those that have marks), one column per mark in the order of the scheme, and
        last "" for those without a mark. All rows of a scheme in its period are counted once.
    """
    own = marks[(marks["scheme"] == key)]
    own = own[within(own, scheme)]
    columns = [*(mark.key for mark in scheme.mark), ""]
    counted = pd.crosstab(own["year"], own["mark"]) if len(own) else pd.DataFrame()
    return counted.reindex(columns=columns, fill_value=0).rename_axis(index="year").astype(int)
