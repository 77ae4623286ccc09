"""Indicators: figures of zones that a planner may colour a map by, and their classes.

An indicator does not grow with the size of a zone: a density, a rate. A zone that has no figure is
in no class.

Classes are quantiles: each holds about as many zones as the next. Figures of towns are skewed (few
dense towns, many thin ones): natural breaks would give most colours to a few towns and leave the
rest in one. Readers compare zones and maps best by quantiles (Brewer & Pickle 2002, *Annals of the
AAG* 92), and a zone keeps its class in whatever unit the figure is stated.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .alignment import AREA
from .drawing import Data, both, whole
from .indicator_words import basis, decimals, of_partition
from .indicator_words import source as source_of
from .indicators import ALL, Estimate
from .partition import Partition
from .phrases import inside
from .plan import Count, CountKind, CountsPlan, Role
from .study import Study
from .words import Text

#: So many shades of one colour are told apart on a map.
CLASSES = 5
M2_PER_KM2 = 1e6


@dataclass(frozen=True, eq=False)
class Indicator:
    """A figure of every zone of a partition.

    Attributes
    ----------
    layer
        The key of the partition.
    values
        By zone id; NaN: not known.
    basis
        How it was computed, in a sentence.
    source
        Where it comes from, and of when it is.
    covered
        By zone id, the share (0 to 1) of its people whose figure is known; None: of all.
    """

    key: str
    title: Text
    unit: Text
    layer: str
    values: pd.Series
    basis: Text
    source: Text
    covered: pd.Series | None = None

    def drawn(self, ids: pd.Index) -> Data:
        """What a page needs to colour the zones `ids`: whole numbers of the last digit."""
        digits = decimals(self.values)
        values = whole(self.values.reindex(ids) * 10**digits)
        return {
            "key": self.key,
            "title": both(self.title),
            "unit": both(self.unit),
            "digits": digits,
            "layer": self.layer,
            "values": values,
            "limits": limits([value for value in values if value is not None]),
            "basis": both(self.basis),
            "source": both(self.source),
        } | self._covering(ids)

    def _covering(self, ids: pd.Index) -> Data:
        """How many per cent are covered, where it is not everything: 100 is all, 0 nothing."""
        if self.covered is None or (self.covered[ids] >= ALL).all():
            return {}
        share = self.covered[ids]
        some = (100 * share).clip(1, 99).where(share > 0, 0).where(share < ALL, 100)
        return {"covered": whole(some)}


def indicators(study: Study, partitions: Iterable[Partition]) -> Iterator[Indicator]:
    """Every figure of the plan for each of `partitions`: totals as densities, rates as they are."""
    for partition in partitions:
        yield from _counts(study, partition)
        for one in of_partition(study, partition.key):
            yield estimated(study, one)


def _counts(study: Study, partition: Partition) -> Iterator[Indicator]:
    """The counts of the towns."""
    towns = study.with_role(Role.UNITS)
    if towns is not None:
        if partition is towns:
            pairs = study.counts.table.assign(**{AREA: towns.area_m2})
        else:
            pairs = study.crosswalks[towns.key, partition.key].droplevel("left_id")
        for count in study.counts.defined:
            make = density if count.kind is CountKind.TOTAL else rate
            yield make(study, partition, count, pairs)


def estimated(study: Study, one: Estimate) -> Indicator:
    """An indicator beside the counts: a total per km² of the land whose figure is known."""
    count, values, how = one.count, one.table["value"], basis(study, one)
    title, unit = count.title, count.unit
    if count.kind is CountKind.TOTAL:
        title, unit = _per_km2(count)
        values = values / (one.table["known_m2"] / M2_PER_KM2)
        how = Text(
            f"{count.title.ja} ÷ 面積。{how.ja}",
            f"{count.title.en} divided by the land. {how.en}",
        )
    return Indicator(
        key=count.key,
        title=title,
        unit=unit,
        layer=one.of,
        values=values,
        basis=how,
        source=source_of(one),
        covered=one.table["covered"],
    )


def _per_km2(count: Count) -> tuple[Text, Text]:
    """The title and the unit of a density."""
    title = Text(f"{count.title.ja}の密度", f"{count.title.en} per km²")
    return title, Text(f"{count.unit.ja}/km²", f"{count.unit.en}/km²")


def density(study: Study, partition: Partition, count: Count, pairs: pd.DataFrame) -> Indicator:
    """A total per km² of the land whose figure is known.

    `pairs` are towns, or what zones share with towns, by zone id: one row each.
    """
    unknown = int(study.counts.table[count.key].isna().sum())
    ja = f"数がわからない{unknown:,}か所は、面積も除いた。" if unknown else ""
    en = f" Left out with their land: {unknown:,} towns without a figure." if unknown else ""
    title, unit = _per_km2(count)
    return Indicator(
        key=count.key,
        title=title,
        unit=unit,
        layer=partition.key,
        values=ratio(pairs[count.key], pairs[AREA] / M2_PER_KM2),
        basis=Text(
            f"{count.title.ja}の数 ÷ 町丁目の面積。{ja}",
            f"{count.title.en} divided by the land of the towns.{en}",
        ),
        source=_source(study, count),
    )


def rate(study: Study, partition: Partition, count: Count, pairs: pd.DataFrame) -> Indicator:
    """A rate: of a town as the table states it, of other zones the mean by what it is a rate of."""
    per = next(one for one in study.counts.defined if one.key == count.per)
    values, basis = pairs[count.key], Text("町丁目ごとの値。", "The figure of each town.")
    if partition.role is not Role.UNITS:
        values = ratio(values * pairs[per.key], pairs[per.key])
        basis = Text(
            f"町丁目の値を、{per.title.ja}の数で重みをつけて平均した。",
            f"The mean of the towns, weighted by {inside(per.title)}.",
        )
    return Indicator(
        count.key, count.title, count.unit, partition.key, values, basis, _source(study, count)
    )


def ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    """The sum of `above` by that of `below` for each label of their index, where both are known.

    NaN where nothing is known, or `below` adds up to nothing.

    >>> zones = ["A", "A", "B"]
    >>> ratio(pd.Series([10, np.nan, np.nan], zones), pd.Series([2.0, 8, 1], zones)).to_dict()
    {'A': 5.0, 'B': nan}
    """
    known = above.notna() & below.notna()
    top, bottom = (one.where(known).groupby(level=0).sum(min_count=1) for one in (above, below))
    return top / bottom.where(bottom > 0)


def _source(study: Study, count: Count) -> Text:
    """Where a count comes from, and of when it is."""
    layers = (layer for layer in study.plan.layer if isinstance(layer, CountsPlan))
    layer = next(one for one in layers if count in one.count)
    used = [study.plan.source[key] for key in layer.sources]
    ja = "、".join(f"{one.title.ja}（{one.publisher.ja}）" for one in used)
    en = "; ".join(f"{one.title.en} ({one.publisher.en})" for one in used)
    return Text(f"{ja or layer.title.ja}、{layer.date}", f"{en or layer.title.en}, {layer.date}")


# --- classes --------------------------------------------------------------------------------------


def limits(values: Iterable[int]) -> list[int]:
    """The limits of at most CLASSES classes of whole numbers, from the least to the greatest.

    A limit belongs to the class below it. It is the roundest number that leaves every value in the
    class where its quantile puts it, so that what is printed is what is drawn.

    >>> limits([12, 130, 480, 1210, 1990, 5160])
    [12, 200, 1000, 1500, 5000, 5160]
    >>> limits([7, 7]), limits([])
    ([7, 7], [])
    """
    known = np.sort(np.fromiter(values, dtype=np.int64))
    if not known.size:
        return []
    after = np.unique(np.searchsorted(known, _quantiles(known), side="right"))
    cuts = [roundest(int(known[i - 1]), int(known[i])) for i in after if i < known.size]
    return [int(known[0]), *cuts, int(known[-1])]


def _quantiles(known: NDArray[np.int64]) -> NDArray[np.float64]:
    """The upper limits of the classes as they fall."""
    from mapclassify import Quantiles  # takes more than a second to load

    with warnings.catch_warnings():
        # It warns where values repeat, so that fewer classes are left: the legend shows how many.
        warnings.simplefilter("ignore", UserWarning)
        found = Quantiles(known, k=min(CLASSES, np.unique(known).size))
    return np.asarray(found.bins, dtype=np.float64)


def roundest(low: int, high: int) -> int:
    """The whole number with most zeros at its end, low ≤ n < high.

    >>> roundest(1210, 1990), roundest(99, 100), roundest(-3, 5)
    (1500, 99, 0)
    """
    most = len(str(max(abs(low), abs(high))))
    steps = (int(10**power) * unit for power in range(most, -1, -1) for unit in (5, 1))
    return next(found for step in steps if (found := -(-low // step) * step) < high)
