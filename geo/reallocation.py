"""Areal interpolation: the figures of source zones → those of target zones, by a crosswalk.

A total of a source zone is shared out over the target zones as its people are (as the people of the
towns say, :mod:`geo.overlap`); by area where it has none, or where the plan asks for it::

    share(s, t) = people(s, t) / people(s)
    value(t)    = Σ x(s) · share(s, t)            over the zones s whose figure x is known
    covered(t)  = Σ people(s, t) / people(t)      over the same

A rate is a numerator by a denominator: both are re-allocated, then divided, so that a rate that is
the same everywhere stays the same. This is areal interpolation, dasymetric where people are known
(Goodchild & Lam 1980, *Geo-Processing* 1; Eicher & Brewer 2001, *CaGIS* 28). What is missing stays
missing: it is no 0, and every figure says the share of people that it covers.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from .cutting import PAIR
from .partition import ROUNDING
from .plan import CountKind, IndicatorCount

AREA = "area_m2"


class Basis(StrEnum):
    """What the figure of a zone rests on; a rate also on the mean by its denominator."""

    NOTHING = ""
    STATED = "stated"
    WHOLE = "whole_zones"
    PEOPLE = "people"
    AREA = "area"
    BOTH = "people_and_area"
    DENOMINATOR = "denominator"


def shared_out(
    pairs: pd.DataFrame, people: str | None, wholes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Which share of each source zone each target zone takes.

    Parameters
    ----------
    pairs
        Crosswalk with the source zones on the left (:func:`geo.overlap.crosswalk`).
    people
        Its column of people; None: there is none.
    wholes
        The land and the people of the source zones, where target zones overlap each other, so that
        their shares of a source zone add to more than 1.

    Returns
    -------
    DataFrame
        `pairs` with ``by_people`` and ``by_area`` (shares of the source zone, which add to 1; by
        area where it has no people; NaN where it has some, and nobody knows whether here),
        ``populated`` (whether it has people) and ``seen``: people, in target zones without people
        m², by which they are covered.
    """
    left, right = (pairs.index.get_level_values(level) for level in PAIR)
    area = pairs[AREA]
    lives = pairs[people].fillna(0.0) if people else 0.0 * area

    def of_whole(values: pd.Series) -> pd.Series:
        if wholes is None or values.name not in wholes:
            return values.groupby(left).transform("sum")
        return pd.Series(wholes[values.name].reindex(left).to_numpy(), values.index)

    everybody = of_whole(lives)
    by_area = area / of_whole(area)
    by_people = (pairs[people] if people else lives) / everybody.where(everybody > 0)
    here = lives.groupby(right).transform("sum")
    return pairs.assign(
        populated=everybody > 0,
        by_area=by_area,
        by_people=by_people.where(everybody > 0, by_area),
        seen=lives.where(here > 0, area),
    )


def reallocated(
    shared: pd.DataFrame,
    figures: pd.DataFrame,
    count: IndicatorCount,
    defined: Sequence[IndicatorCount],
) -> pd.DataFrame:
    """One indicator of the target zones, as :attr:`Estimate.table`, and of what none holds.

    Parameters
    ----------
    shared
        As of :func:`shared_out`.
    figures
        The figures of the source zones: one column per count, by zone id (NaN: not known).
    count
        The indicator.
    defined
        The counts of its layer; a rate per another count is per one of the towns, which is a column
        of `shared`.
    """
    left, right = (shared.index.get_level_values(level) for level in PAIR)
    own = next((one for one in defined if one.key == count.per), None)
    total = count if count.kind is CountKind.TOTAL else own
    column = "by_area" if total is not None and total.weight == "area" else "by_people"
    share = shared[column]
    figure = pd.Series(figures[count.key].reindex(left).to_numpy(), shared.index)
    if count.kind is CountKind.TOTAL:
        known = figure.notna() & share.notna()
        value = _sum(figure * share, right)
    else:
        of = figures[own.key].reindex(left).to_numpy() * share if own else shared[count.per]
        known = figure.notna() & of.notna()
        below = _sum(of.where(known), right)
        value = _sum(figure * of, right) / below.where(below > 0)
    some = known & ((shared["seen"] > 0) | (share > 0))
    value = value.where(some.groupby(right).any())
    covered = _sum(shared["seen"].where(known, 0.0), right) / _sum(shared["seen"], right)
    by_people = shared["populated"] & (column == "by_people")
    basis = _basis(right, some & (share < 1 - ROUNDING), by_people, count.kind, own)
    return pd.DataFrame(
        {
            "value": value,
            "covered": covered.where(value.notna(), 0.0),
            "basis": basis.where(value.notna(), str(Basis.NOTHING)),
            "known_m2": _sum(shared[AREA].where(known), right),
        }
    )


def _basis(
    target: pd.Index,
    divided: pd.Series,
    by_people: pd.Series,
    kind: CountKind,
    own: IndicatorCount | None,
) -> pd.Series:
    """The :class:`Basis` of each target zone, by what source zones are divided by."""
    people, area = ((divided & one).groupby(target).any() for one in (by_people, ~by_people))
    cases = [people & area, people, area]
    if kind is CountKind.RATE and own is None:
        cases, said = [people | area], [Basis.DENOMINATOR]
    else:
        said = [Basis.BOTH, Basis.PEOPLE, Basis.AREA]
    found = np.select(cases, list(map(str, said)), str(Basis.WHOLE))
    return pd.Series(found, people.index)


def _sum(values: pd.Series, target: pd.Index) -> pd.Series:
    """The sum for each target zone, of what is known; NaN where nothing is."""
    return values.groupby(target).sum(min_count=1)
