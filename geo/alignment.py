"""How badly two partitions disagree: the measures of :mod:`geo.measures`, from one crosswalk.

With N[a, b] the weight (residents, households, m²) that zone a of the left partition shares with
zone b of the right one, and n[a] the weight of a inside the right partition::

              right
              X    Y          n   main   minority = n - main
    left A   90   10        100     90        10
    left B    0  100        100    100         0

Everything is in one direction: how the *left* zones are divided by the right ones. What lies
outside the right partition belongs to no zone of it and is left out of the weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import measures
from .cutting import OUTSIDE
from .layers import Counts
from .overlap import pairs
from .slivers import counting

AREA = "area_m2"


def weights(counts: Counts) -> list[str]:
    """What zones are weighed by: every count that is a total, then the area."""
    return [*(count.key for count in counts.totals), AREA]


def by_zone(crosswalk: pd.DataFrame, weight: str) -> pd.DataFrame:
    """How each zone on the left is divided by the zones on the right.

    Parameters
    ----------
    crosswalk
        From :func:`geo.overlap.crosswalk`; slivers marked by :func:`geo.slivers.marked` are no
        parts. Weights are never cut by it.
    weight
        Column to weigh by: a count that is a total, or ``area_m2``.

    Returns
    -------
    DataFrame
        Index `left_id`, every zone on the left. Columns, all of what is known, missing where the
        zone has no weight or none is known:

        ``total``
            weight of the zone inside the right partition
        ``parts``
            how many it falls into (0: wholly outside)
        ``main_id``, ``main_share``
            right zone with most weight (the first id on a tie), and its share (0 to 1: undivided)
        ``minority``
            weight outside the main zone (0: undivided)
        ``effective_zones``, ``effective_splits``, ``split_pairs``
            as :mod:`geo.measures` defines them
        ``partial_parts``
            parts that are not the whole of the right zone inside the left partition
        ``total_per_part``
            weight to a part
        ``missing_towns``
            how many of its towns have no figure

    >>> index = pd.MultiIndex.from_tuples([("A", "X"), ("A", "Y"), ("B", "Y")],
    ...                                   names=["left_id", "right_id"])
    >>> table = pd.DataFrame({"people": [90, 10, 100], "area_m2": 1.0,
    ...                       "share_of_left": [0.5, 0.5, 1.0],
    ...                       "share_of_right": [1.0, 0.5, 0.5]}, index=index)
    >>> zones = by_zone(table, "people")
    >>> zones[["total", "parts", "main_id", "main_share", "minority", "missing_towns"]]
             total  parts main_id  main_share  minority  missing_towns
    left_id
    A          100      2       X         0.9        10              0
    B          100      1       Y         1.0         0              0
    >>> zones[["effective_zones", "effective_splits", "split_pairs", "partial_parts"]].round(4)
             effective_zones  effective_splits  split_pairs  partial_parts
    left_id
    A                 1.3841            0.2195         0.18              1
    B                 1.0000            0.0000         0.00              1
    """
    inner = pairs(crosswalk)
    every = crosswalk.index.get_level_values("left_id").unique()
    every = every[every != OUTSIDE]
    weights = inner[weight]
    by_left = weights.groupby(level="left_id")
    total, largest = by_left.sum(min_count=1), by_left.max()
    main = weights[weights == largest.reindex(weights.index, level="left_id")]
    main_id = main[main > 0].reset_index().groupby("left_id")["right_id"].min()
    parts = counting(crosswalk).groupby(level="left_id").sum()
    measured = pd.DataFrame(
        {
            "total": total,
            "parts": parts,
            "main_id": main_id.reindex(total.index),
            "main_share": (largest / total).where(total > 0),
            "minority": total - largest,
            **_divided(weights),
            "partial_parts": _partial(crosswalk),
            "total_per_part": total / parts,
            "missing_towns": _missing(inner, weight),
        }
    )
    measured = measured.reindex(every).rename_axis("left_id")
    whole = ["parts", "partial_parts", "missing_towns"]
    return measured.assign(**measured[whole].fillna(0).astype(int))


def _divided(weights: pd.Series) -> dict[str, pd.Series]:
    """The measures that are made of a zone's shares, by left id."""
    # No measure of a row minds the order of its cells, or empty ones: so the rows of a large table
    # are kept as short as what is in them.
    row, ids = pd.factorize(weights.index.get_level_values("left_id"))
    cell = weights.groupby(row).cumcount().to_numpy()
    table = np.zeros((len(ids), cell.max(initial=-1) + 1))
    table[row, cell] = weights.fillna(0.0)
    found = {
        "effective_zones": measures.effective_zones_by_zone(table),
        "effective_splits": measures.effective_splits_by_zone(table),
        "split_pairs": measures.split_pairs_by_zone(table),
    }
    return {name: pd.Series(values, index=ids) for name, values in found.items()}


def _partial(crosswalk: pd.DataFrame) -> pd.Series:
    """How many parts of each left zone are of a right zone that has other parts, too."""
    theirs = counting(crosswalk, "right").groupby(level="right_id").transform("sum")
    return (counting(crosswalk) & (theirs > 1)).groupby(level="left_id").sum()


def _missing(inner: pd.DataFrame, weight: str) -> pd.Series:
    """How many towns of each left zone have no figure (0 where nothing is counted by towns)."""
    column = f"{weight}_missing_towns"
    zeros = pd.Series(0, index=inner.index)
    return inner.get(column, zeros).groupby(level="left_id").sum()


@dataclass(frozen=True)
class Alignment:
    """The whole partition in one line (`weight`: residents, households or m²).

    Attributes
    ----------
    zones, split_zones
        How many zones on the left, and how many have more than one part.
    coordination_pairs
        Pairs (left, right) that must work together; `zones` is the least possible.
    minority, minority_share
        People whose right zone is not the one that serves most of their left zone; 0 is aligned.
    missing_towns
        Towns without a figure: they are in no total and no minority.
    excess_parts
        Parts beyond the first of each zone; 0 is aligned.
    effective_zones
        As if each zone lay in so many right zones; 1 is aligned.
    effective_splits
        Splits in earnest of all zones together; 0 is aligned.
    split_pairs
        How likely two people of a zone are in different right zones; 0 is aligned.
    containment, reverse_containment
        How far left zones lie inside one right zone, and right ones inside one left zone; 1: all.
    """

    left: str
    right: str
    weight: str
    zones: int
    split_zones: int
    coordination_pairs: int
    total: float
    minority: float
    minority_share: float
    missing_towns: int
    excess_parts: int
    effective_zones: float
    effective_splits: float
    split_pairs: float
    containment: float
    reverse_containment: float


def overall(
    zones: pd.DataFrame, left: str, right: str, weight: str, *, opposite: pd.DataFrame
) -> Alignment:
    """The measures of a whole partition from those of its zones (:func:`by_zone`).

    Those of the right zones (`opposite`, from the transposed crosswalk) tell how far either side
    contains the other. What is made of weights is NaN where nothing is known of the weight.
    """
    total = zones["total"].sum(min_count=1)
    minority = zones["minority"].sum(min_count=1)
    open_right, open_left = _open(zones), _open(opposite)
    of_left, of_right = (
        float(measures.entropy(one["total"].dropna())) for one in (zones, opposite)
    )
    return Alignment(
        left=left,
        right=right,
        weight=weight,
        zones=len(zones),
        split_zones=int((zones["parts"] > 1).sum()),
        coordination_pairs=int(zones["parts"].sum()),
        total=float(total),
        minority=float(minority),
        minority_share=float(minority / total) if total else float("nan"),
        missing_towns=int(zones["missing_towns"].sum()),
        excess_parts=int((zones["parts"] - 1).clip(lower=0).sum()),
        effective_zones=float(np.exp2(open_right)),
        effective_splits=float(zones["effective_splits"].sum(min_count=1)),
        split_pairs=measures.mean(zones["split_pairs"], zones["total"]),
        containment=measures.explained(open_right, of_right),
        reverse_containment=measures.explained(open_left, of_left),
    )


def _open(zones: pd.DataFrame) -> float:
    """The entropy of the other side that these zones leave open, in bits."""
    return measures.mean(np.log2(zones["effective_zones"]), zones["total"])
