"""How badly two partitions disagree: measures from one crosswalk.

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

import pandas as pd

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
        Index `left_id`, every zone on the left; ``total`` (weight of the zone inside the right
        partition), ``parts`` (0: wholly outside it), ``main_id`` (right zone with most weight; the
        first id on a tie), ``main_share`` (0 to 1, 1: undivided), ``minority`` (weight outside the
        main zone, 0: undivided): all of what is known, missing where the zone has no weight or none
        is known; ``missing_towns``, how many of its towns have no figure.

    Notes
    -----
    minority[a] = n[a] - max over b of N[a, b]; summed and divided by n it is 1 - purity
    (Manning, Raghavan & Schütze, *Introduction to Information Retrieval*, 16.3).

    >>> index = pd.MultiIndex.from_tuples([("A", "X"), ("A", "Y"), ("B", "Y")],
    ...                                   names=["left_id", "right_id"])
    >>> table = pd.DataFrame({"people": [90, 10, 100], "area_m2": 1.0,
    ...                       "share_of_left": [0.5, 0.5, 1.0]}, index=index)
    >>> by_zone(table, "people")
             total  parts main_id  main_share  minority  missing_towns
    left_id
    A          100      2       X         0.9        10              0
    B          100      1       Y         1.0         0              0
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
            "missing_towns": _missing(inner, weight),
        }
    )
    measured = measured.reindex(every).rename_axis("left_id")
    return measured.assign(
        parts=measured["parts"].fillna(0).astype(int),
        missing_towns=measured["missing_towns"].fillna(0).astype(int),
    )


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


def overall(zones: pd.DataFrame, left: str, right: str, weight: str) -> Alignment:
    """The measures of a whole partition from those of its zones (:func:`by_zone`).

    `total`, `minority` and the share are NaN where nothing is known of the weight.
    """
    total = zones["total"].sum(min_count=1)
    minority = zones["minority"].sum(min_count=1)
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
    )
