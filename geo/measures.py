"""How badly the zones of one partition are divided by those of another: measures of one table.

N[a, b] is the weight (residents, households, m²) that left zone a shares with right zone b, n[a]
the sum of row a, n of all, and p[a, b] = N[a, b] / n[a]::

             right                     parts  minority  effective zones
    left A   [[ 90,  10],              2      10        1.38
         B    [  0, 100]]              1       0        1.00

All of these are in one direction, left by right: nothing here minds that a right zone holds many
left ones, which is what nesting means. (Indices that do: :mod:`geo.indices`.) For the other
direction hand in ``N.T``.

A table is anything NumPy takes for an array of numbers >= 0, zones on the left as rows. Functions
``…_by_zone`` answer row by row, the others for the whole. A row without weight has no say in the
whole and is NaN on its own; a table without weight is NaN, never 0. What is *counted* (parts,
pairs) may be told which cells are parts (`counts`, bool, same shape), since slivers are none;
weights are never cut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int_]


def shares(weights: ArrayLike) -> Floats:
    """Weights as shares of the sum of their row; NaN in a row without weight.

    >>> shares([[90, 10], [0, 0]]).tolist()
    [[0.9, 0.1], [nan, nan]]
    """
    weights = np.asarray(weights, dtype=float)
    total = weights.sum(axis=-1, keepdims=True)
    unknown = np.full_like(weights, np.nan)
    return np.asarray(np.divide(weights, total, out=unknown, where=total > 0))


def entropy(weights: ArrayLike) -> Floats:
    """H = -Σ p log2 p of each row of weights, in bits (Shannon 1948).

    0: all in one cell; log2 of the number of cells: the same in each; NaN without weight.

    >>> entropy([[100, 0], [50, 50], [0, 0]]).tolist()
    [0.0, 1.0, nan]
    >>> float(entropy([]))
    nan
    """
    p = shares(weights)
    bits = np.log2(p, out=np.zeros_like(p), where=p > 0)
    return 0.0 - _added(p * bits)


def _added(of_shares: Floats) -> Floats:
    """The sum of each row; NaN in one without cells, which has no weight either."""
    empty = of_shares.shape[-1] == 0
    return np.asarray(of_shares.sum(axis=-1) + (np.nan if empty else 0.0))


def mean(values: ArrayLike, weights: ArrayLike) -> float:
    """The mean of the zones by weight; those without weight have no say. NaN if none has any.

    >>> mean([1, 2, np.nan], [30, 10, 0])
    1.25
    """
    values, weights = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    some = weights > 0
    return float(np.average(values[some], weights=weights[some])) if some.any() else np.nan


# --- counted --------------------------------------------------------------------------------------


def parts_by_zone(table: ArrayLike, counts: ArrayLike | None = None) -> Integers:
    """How many parts each left zone falls into: #{b : N[a, b] > 0}, or the cells that count.

    0: wholly outside the right partition; 1: whole.

    >>> parts_by_zone([[90, 10], [0, 100]]).tolist()
    [2, 1]
    >>> parts_by_zone([[90, 10], [0, 100]], [[True, False], [False, True]]).tolist()
    [1, 1]
    """
    cells = np.asarray(table) > 0 if counts is None else np.asarray(counts, dtype=bool)
    return np.asarray(cells.sum(axis=1))


def split_zones(table: ArrayLike, counts: ArrayLike | None = None) -> int:
    """Left zones in two or more parts: #{a : parts[a] > 1}. 0: none, aligned.

    As `localities_split` of locality-splitting and `splits_admin` of redistmetrics.

    >>> split_zones([[90, 10], [0, 100]])
    1
    """
    return int((parts_by_zone(table, counts) > 1).sum())


def coordination_pairs(table: ArrayLike, counts: ArrayLike | None = None) -> int:
    """Pairs (a, b) that must work together: Σ parts[a]. The number of left zones: aligned.

    "Intersections" of Wachspress & Adler (locality-splitting).

    >>> coordination_pairs([[90, 10], [0, 100]])
    3
    """
    return int(parts_by_zone(table, counts).sum())


def excess_parts(table: ArrayLike, counts: ArrayLike | None = None) -> int:
    """Parts beyond the first of each left zone: Σ max(parts[a] - 1, 0). 0: aligned.

    >>> excess_parts([[90, 10], [0, 100]])
    1
    """
    return int((parts_by_zone(table, counts) - 1).clip(min=0).sum())


# --- weighed --------------------------------------------------------------------------------------


def minority_by_zone(table: ArrayLike) -> Floats:
    """The weight outside the main right zone of each left zone: n[a] - max over b of N[a, b].

    0: undivided (or without weight); at most n[a] (1 - 1 / number of right zones).

    >>> minority_by_zone([[90, 10], [0, 100]]).tolist()
    [10.0, 0.0]
    """
    table = np.asarray(table, dtype=float)
    return np.asarray(table.sum(axis=1) - table.max(axis=1, initial=0.0))


def minority(table: ArrayLike) -> float:
    """Those whose right zone is not the one that holds most of their left zone.

    The main headline. No plan that aligns the two can move fewer. 0: aligned.

    >>> minority([[90, 10], [0, 100]])
    10.0
    """
    return minority_share(table) * float(np.sum(table))


def minority_share(table: ArrayLike) -> float:
    """The minority as a share of all: Σ minority[a] / n = 1 - purity.

    0: aligned; at most 1 - 1 / number of right zones. (Manning, Raghavan & Schütze, *Introduction
    to Information Retrieval*, 16.3; the numerator of Goodman & Kruskal's lambda.)

    >>> minority_share([[90, 10], [0, 100]])
    0.05
    """
    total = float(np.sum(table))
    return float(minority_by_zone(table).sum()) / total if total > 0 else np.nan


def effective_zones_by_zone(table: ArrayLike) -> Floats:
    """As if each left zone lay in so many right zones of the same weight: 2^H[a].

    The Hill number of order 1 (Hill 1973). 1: undivided; at most the number of right zones.

    >>> effective_zones_by_zone([[90, 10], [50, 50]]).round(4).tolist()
    [1.3841, 2.0]
    """
    return np.asarray(np.exp2(entropy(table)))


def conditional_entropy(table: ArrayLike) -> float:
    """H(right | left) = Σ n[a]/n H[a], in bits: what the left zone leaves open of the right one.

    0: aligned; H(right): unrelated. (Shannon 1948; Guth, Nieh & Weighill 2020, arXiv 2010.14972.)

    >>> round(conditional_entropy([[90, 10], [0, 100]]), 10)
    0.2344977968
    """
    return mean(entropy(table), np.sum(table, axis=1))


def effective_zones(table: ArrayLike) -> float:
    """As if each left zone lay in so many right zones: 2^H(right | left), a geometric mean.

    1: aligned; at most the number of right zones.

    >>> round(effective_zones([[90, 10], [0, 100]]), 4)
    1.1765
    """
    return float(np.exp2(conditional_entropy(table)))


def effective_splits_by_zone(table: ArrayLike) -> Floats:
    """How often each left zone is split in earnest: 1 / Σ p² - 1.

    The Hill number of order 2, less 1. 0: undivided; 1: halved; above 0.5 substantial. (Chen, Wang,
    Grofman et al. 2022, 18 Stan. J. C.R. & C.L. 101; Dave's Redistricting.)

    >>> effective_splits_by_zone([[90, 10], [50, 50], [100, 0]]).round(2).tolist()
    [0.22, 1.0, 0.0]
    """
    return np.asarray(1.0 / _added(shares(table) ** 2) - 1.0)


def effective_splits(table: ArrayLike) -> float:
    """The splits in earnest of all left zones: their sum, large zones weigh no more than small.

    0: aligned; at most the number of left zones times (the number of right zones - 1).

    >>> round(effective_splits([[90, 10], [0, 100]]), 6)
    0.219512
    """
    splits = effective_splits_by_zone(table)
    return float(np.nansum(splits)) if not np.isnan(splits).all() else np.nan


def split_pairs_by_zone(table: ArrayLike) -> Floats:
    """How likely two drawn at random in a left zone are in different right zones: 1 - Σ p².

    0: undivided; 1 is never reached. (Wachspress & Adler, locality-splitting, who draw without
    putting back, which differs by at most 1 / n[a].)

    >>> split_pairs_by_zone([[90, 10], [0, 100]]).round(4).tolist()
    [0.18, 0.0]
    """
    return 1.0 - _added(shares(table) ** 2)


def split_pairs(table: ArrayLike) -> float:
    """How likely two drawn at random in the same left zone are in different right zones.

    The mean over left zones by weight. 0: aligned; 1 is never reached.

    >>> round(split_pairs([[90, 10], [0, 100]]), 4)
    0.09
    """
    return mean(split_pairs_by_zone(table), np.sum(table, axis=1))


def containment(table: ArrayLike) -> float:
    """How far each left zone lies inside one right zone: 1 - H(right | left) / H(right).

    1: every one wholly; 0: to know the left zone says nothing of the right one. It is the
    *completeness* of Rosenberg & Hirschberg (2007) with left zones as classes and right zones as
    clusters; their *homogeneity*, and that of sabre and scikit-learn, is the other direction,
    :func:`reverse_containment`.

    >>> containment([[100, 0], [100, 0], [0, 100], [0, 100]])
    1.0
    >>> round(containment([[90, 10], [0, 100]]), 6)
    0.763795
    """
    return explained(conditional_entropy(table), float(entropy(np.sum(table, axis=0))))


def reverse_containment(table: ArrayLike) -> float:
    """How far each right zone lies inside one left zone: 1 - H(left | right) / H(left).

    1: every one wholly; low is normal where right zones are meant to hold several left ones. It is
    the *homogeneity* of Rosenberg & Hirschberg (2007), see :func:`containment`.

    >>> reverse_containment([[100, 0], [100, 0], [0, 100], [0, 100]])
    0.5
    """
    return containment(np.transpose(np.asarray(table)))


def explained(left_open: float, whole: float) -> float:
    """The share of an entropy that is not left open; 1 where there is nothing to explain.

    >>> explained(0.5, 2.0), explained(0.0, 0.0)
    (0.75, 1.0)
    """
    return 1.0 if whole == 0 else float(np.clip(1.0 - left_open / whole, 0.0, 1.0))
