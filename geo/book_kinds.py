"""How cells are shown in columns that hold figures of several kinds: row by row.

A column of shares, people and areas one below the other has no format of its own. What is stored is
never rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from .columns import COLUMNS
from .indicator_words import decimals
from .worksheet import kind_of

#: Kinds by so many decimals.
PLACES = ("count", "tenths", "hundredths", "thousandths")

Kinds = list[str]


def kinds(name: str, frame: pd.DataFrame) -> Mapping[str, Kinds]:
    """The kind of every cell of such columns of the table of this file name."""
    known = next((its for begin, its in BY_ROW.items() if name.startswith(begin)), {})
    return {
        column: kinds_of(frame, column) for column, kinds_of in known.items() if column in frame
    }


def _by_measure(frame: pd.DataFrame, column: str) -> Kinds:
    """Measures before and after: each as the table of measures shows it."""
    kind = {
        measure: _of_measure(str(measure), pd.concat([rows["before"], rows["after"]]))
        for measure, rows in frame.groupby("measure")
    }
    return [kind[measure] for measure in frame["measure"]]


def _of_measure(measure: str, values: pd.Series) -> str:
    unit = COLUMNS[measure][1] if measure in COLUMNS else ""
    is_whole = unit != "0-1" and (values.dropna() == values.dropna().round()).all()
    return "count" if is_whole else kind_of(values, unit) or "number"


def _by_indicator(frame: pd.DataFrame, column: str) -> Kinds:
    """All figures of an indicator with as many decimals as a typical one of them needs."""
    values = frame[column].astype(float)
    places = values.groupby(frame["indicator"]).transform(_places).astype(int)
    return [PLACES[number] for number in places]


def _places(values: pd.Series) -> int:
    known = values.dropna()
    return 0 if (known == known.round()).all() else decimals(known)


def _by_unit(frame: pd.DataFrame, column: str) -> Kinds:
    """Amounts of findings: whole, unless there is less than one."""
    values = frame[column].astype(float).abs()
    return ["decimal" if 0 < value < 1 else "count" for value in values]


def _as_written(frame: pd.DataFrame, column: str) -> Kinds:
    """Targets and what was reached: whole where they are."""
    values = frame[column].astype(float)
    return ["count" if value == round(value) else "number" for value in values.fillna(0.0)]


#: The columns that hold several kinds, by how the names of their tables begin.
BY_ROW: dict[str, dict[str, Callable[[pd.DataFrame, str], Kinds]]] = {
    "align_measures": {"before": _by_measure, "after": _by_measure},
    "indicators_": {"value": _by_indicator},
    "findings": {"amount": _by_unit},
    "marks": {"target": _as_written, "actual": _as_written},
}
