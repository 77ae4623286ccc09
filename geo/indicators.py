"""Indicators re-allocated: figures of the zones of one partition → those of every other.

How is worked out in :mod:`geo.reallocation`; here every indicator of a plan is re-allocated, and
what lies in no zone is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cutting import OUTSIDE
from .findings import Finding, Kind, Report, Severity
from .indicator_rows import Stated
from .layers import Counts
from .overlap import crosswalk
from .partition import ROUNDING, Partition
from .plan import Count, CountKind, IndicatorCount, IndicatorsPlan, Role, Source
from .reallocation import AREA, Basis, reallocated, shared_out
from .spread import Spread
from .words import Text

#: Figures that cover so much of a zone cover all of it, but for edges drawn twice.
ALL = 0.999
#: How the figures of a partition's own zones were computed: not at all.
STATED = "stated"


@dataclass(frozen=True, eq=False)
class Estimate:
    """One indicator of all zones of one partition.

    Attributes
    ----------
    stated
        Where it comes from.
    per
        What a rate is a rate of.
    of
        The key of the partition.
    table
        By zone id: `value` (NaN: nothing is known), `covered` (0 to 1: the share of the zone's
        people whose figure is known; of its land where it has no people), `basis`
        (:class:`Basis`), `known_m2` (the land whose figure is known).
    outside
        How much of a total lies in none of the zones; 0 for a rate.
    way
        How the overlaps were computed (:class:`geo.overlap.Way`), or "stated".
    """

    count: IndicatorCount
    stated: Stated
    per: Count | None
    of: str
    table: pd.DataFrame
    outside: float
    way: str

    @property
    def plan(self) -> IndicatorsPlan:
        return self.stated.plan

    @property
    def sources(self) -> tuple[Source, ...]:
        return self.stated.sources


def estimates(
    layers: Iterable[Stated],
    partitions: Mapping[str, Partition],
    crosswalks: Mapping[tuple[str, str], pd.DataFrame],
    counts: Counts,
    *,
    spread: Spread | None = None,
    report: Report,
) -> tuple[Estimate, ...]:
    """Every indicator of every layer for every partition.

    Parameters
    ----------
    layers
        What is stated.
    partitions, crosswalks
        All partitions by key, and the crosswalks of every two of them.
    counts, spread
        The people of the towns, and where they live within them (for cells of the mesh).
    report
        Told what lies in no zone of a partition.
    """
    towns = next((one for one in partitions.values() if one.role is Role.UNITS), None)
    found: list[Estimate] = []
    for stated in layers:
        source = stated.zones
        tables = {
            key: crosswalks[source.key, key]
            if source.key in partitions
            else crosswalk(source, target, towns=towns, counts=counts, spread=spread)
            for key, target in partitions.items()
            if target is not source
        }
        wholes = _wholes(source, tables.get(towns.key) if towns else None, counts)
        for key, target in partitions.items():
            found += _of(stated, target, tables.get(key), wholes, counts)
    for estimate in found:
        for finding in _outside(estimate, partitions[estimate.of]):
            report(finding)
    return tuple(found)


def _wholes(source: Partition, by_towns: pd.DataFrame | None, counts: Counts) -> pd.DataFrame:
    """The land and the people of each source zone, by zone id."""
    table = pd.DataFrame({AREA: source.area_m2})
    if counts.people is not None:
        one = counts.table if by_towns is None else by_towns.groupby(level="left_id").sum()
        table[counts.people] = one[counts.people].reindex(table.index)
    return table


def _of(
    stated: Stated,
    target: Partition,
    pairs: pd.DataFrame | None,
    wholes: pd.DataFrame,
    counts: Counts,
) -> Iterator[Estimate]:
    """The indicators of one layer for one partition."""
    ids = target.zones.index
    known = {count.key: count for count in (*counts.defined, *stated.plan.count)}
    for count in stated.plan.count:
        if pairs is None:
            table, outside, way = as_stated(stated.table[count.key], target.area_m2), 0.0, STATED
        else:
            twice = target.key in pairs.attrs["overlapping"]
            out = shared_out(pairs, counts.people, wholes if twice else None)
            made = reallocated(out, stated.table, count, stated.plan.count)
            table, way = made.reindex(ids), str(pairs.attrs["way"])
            table["basis"] = table["basis"].fillna(Basis.NOTHING)
            table["covered"] = table["covered"].fillna(0.0)
            outside = _left_over(made, stated.table[count.key], pairs)
        per = known[count.per] if count.per else None
        is_total = count.kind is CountKind.TOTAL
        yield Estimate(count, stated, per, target.key, table, outside if is_total else 0.0, way)


def as_stated(figures: pd.Series, area_m2: pd.Series) -> pd.DataFrame:
    """The figures of the very zones that they are stated of, as :attr:`Estimate.table`."""
    known = figures.notna()
    return pd.DataFrame(
        {
            "value": figures,
            "covered": known.astype(float),
            "basis": np.where(known, str(Basis.STATED), str(Basis.NOTHING)),
            "known_m2": area_m2.where(known),
        }
    )


# --- what lies in no zone -------------------------------------------------------------------------


def _left_over(made: pd.DataFrame, figures: pd.Series, pairs: pd.DataFrame) -> float:
    """How much of a total is in no target zone."""
    nowhere = figures.index.difference(pairs.index.get_level_values("left_id"))
    outside = made["value"].get(OUTSIDE, 0.0)
    return float(np.nansum([outside, figures[nowhere].sum()]))


def _outside(one: Estimate, target: Partition) -> Iterator[Finding]:
    if abs(one.outside) > ROUNDING * one.stated.table[one.count.key].abs().sum():
        title, amount = one.count.title, f"{one.outside:,.1f}"
        what = Text(
            f"{title.ja}のうち{amount}{one.count.unit.ja}は、どの{target.title.ja}にも入りません",
            f"{title.en}: {amount} {one.count.unit.en} are in none of “{target.title.en}”",
        )
        remedy = Text(
            "区域ごとの値の合計は、その分だけ少なくなります",
            "the figures of its zones add up to so much less",
        )
        finding = (Kind.NOT_COVERED, Severity.NOTE, one.plan.key, (), what, remedy)
        yield Finding(*finding, one.outside, one.count.unit.en)
