"""Indices of the literature, to compare with other studies: none of them stands on a page.

They are of the same table N as :mod:`geo.measures` (rows: left zones). Most of them say how far two
partitions are *the same*, and so punish what is meant to be: districts nested perfectly, two to a
care-centre area, score far from their best. Others cannot be read without the sizes of the zones::

    [[100, 0], [100, 0], [0, 100], [0, 100]]     minority 0, containment 1: aligned, but
        V-measure 2/3, VI 1 bit, adjusted Rand and Jaccard 1/2, matching distance 200 of 400
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from .measures import (
    conditional_entropy,
    containment,
    entropy,
    mean,
    reverse_containment,
    shares,
)


def v_measure(table: ArrayLike) -> float:
    """The harmonic mean of containment c and reverse containment h: 2 h c / (h + c).

    0: unrelated; 1: the same. (Rosenberg & Hirschberg 2007; Nowosad & Stepinski 2018, sabre; ArcGIS
    "Spatial Association Between Zones".) Not on a page: nesting lowers it.

    >>> round(v_measure([[100, 0], [100, 0], [0, 100], [0, 100]]), 6)
    0.666667
    """
    c, h = containment(table), reverse_containment(table)
    return 0.0 if h + c == 0 else 2 * h * c / (h + c)


def variation_of_information(table: ArrayLike) -> float:
    """H(right | left) + H(left | right), in bits: a distance between partitions.

    0: the same; at most log2 of the number of left zones times that of right ones. (Meilă 2007;
    `dist_info` of redistmetrics.) Not on a page: nesting raises it, and bits are no figure to plan
    by.

    >>> variation_of_information([[100, 0], [100, 0], [0, 100], [0, 100]])
    1.0
    """
    return conditional_entropy(table) + conditional_entropy(np.transpose(np.asarray(table)))


def mutual_information(table: ArrayLike) -> float:
    """H(right) - H(right | left), in bits: what the two say of each other.

    0: unrelated; at most the smaller of H(left) and H(right). (Shannon 1948.) Not on a page: it
    grows with the number of zones; divided by H(right) it is the containment.

    >>> mutual_information([[100, 0], [100, 0], [0, 100], [0, 100]])
    1.0
    """
    return float(entropy(np.sum(table, axis=0))) - conditional_entropy(table)


def adjusted_rand(table: ArrayLike) -> float:
    """Pairs of residents on which the two agree, beyond chance: (s - e) / ((l + r) / 2 - e).

    s, l, r: pairs together in both, in left zones, in right zones, e = l r / all pairs. 0: as by
    chance (it may fall below), 1: the same. One unit of weight is one resident, so weigh by whole
    numbers. (Hubert & Arabie 1985.) Not on a page: nesting lowers it.

    >>> round(adjusted_rand([[100, 0], [100, 0], [0, 100], [0, 100]]), 4)
    0.4981
    """
    weights = np.asarray(table, dtype=float)
    total = weights.sum()
    if not total > 0:
        return np.nan
    both, left, right, every = (
        float((n * (n - 1) / 2).sum())
        for n in (weights, weights.sum(axis=1), weights.sum(axis=0), total)
    )
    # One of 0 or 1 resident has no pairs; two layers of one zone each agree on all of them.
    chance = left * right / every if every > 0 else 0.0
    best = (left + right) / 2
    return 1.0 if best == chance else (both - chance) / (best - chance)


def goodman_kruskal_lambda(table: ArrayLike) -> float:
    """How many fewer errors one makes guessing right zones from left ones: 1 - minority / errors.

    Errors: of guessing the largest right zone for everybody. 0: no fewer; 1: none, aligned; NaN
    where one right zone holds all. (Goodman & Kruskal 1954.) Not on a page: it is measured by the
    largest right zone, and 0 does not mean unrelated.

    >>> round(goodman_kruskal_lambda([[50, 25, 25], [0, 100, 0]]), 6)
    0.333333
    """
    weights = np.asarray(table, dtype=float)
    errors = weights.sum() - weights.sum(axis=0).max(initial=0.0)
    kept = weights.max(axis=1, initial=0.0).sum() - weights.sum(axis=0).max(initial=0.0)
    return float(kept / errors) if errors > 0 else np.nan


def jaccard(table: ArrayLike) -> float:
    """Pairs together in both, of the pairs together in either: s / (l + r - s).

    s = Σ N², l = Σ n[a]², r = Σ n[b]²: two drawn at random, one put back before the other is drawn,
    as in :func:`geo.measures.split_pairs`. Above 0; 1: the same. (Jaccard 1912.) Not on a page:
    nesting lowers it.

    >>> jaccard([[100, 0], [100, 0], [0, 100], [0, 100]])
    0.5
    """
    both, left, right = _pairs_together(table)
    return both / (left + right - both) if both > 0 else np.nan


def dice(table: ArrayLike) -> float:
    """Pairs together in both, twice, of those in left and in right zones: 2 s / (l + r).

    2 J / (1 + J) of :func:`jaccard`. Above 0; 1: the same. (Dice 1945.) Not on a page: nesting
    lowers it.

    >>> round(dice([[100, 0], [100, 0], [0, 100], [0, 100]]), 6)
    0.666667
    """
    both, left, right = _pairs_together(table)
    return 2 * both / (left + right) if both > 0 else np.nan


def best_match(table: ArrayLike) -> float:
    """How like its likest right zone each left zone is: max over b of N / (n[a] + n[b] - N).

    The mean over left zones by weight. Above 0; 1: the same. (Jaccard 1912, zone by zone.) Not on a
    page: nesting lowers it.

    >>> round(best_match([[90, 10], [0, 100]]), 6)
    0.904545
    """
    weights = np.asarray(table, dtype=float)
    left = weights.sum(axis=1)
    either = left[:, None] + weights.sum(axis=0) - weights
    likest = np.divide(weights, either, out=np.zeros_like(weights), where=either > 0)
    return mean(likest.max(axis=1, initial=0.0), left)


def sqrt_entropy(table: ArrayLike) -> float:
    """Σ n[a]/n Σ √p: how divided left zones are, by a concave sum that is not the entropy.

    1: aligned; at most √(number of right zones). (Duchin 2018, report to the Supreme Court of
    Pennsylvania.) Not on a page: it says what effective zones say, without a unit, and every sliver
    moves it.

    >>> round(sqrt_entropy([[50, 50], [50, 50]]), 6)
    1.414214
    """
    return mean(np.sqrt(shares(table)).sum(axis=1), np.sum(table, axis=1))


def mapcurves(table: ArrayLike) -> float:
    """The goodness of fit Σ over b of N² / (n[a] n[b]), its mean over zones, the better side's.

    Zones count alike, whatever their weight. Above 0; 1: on one side every zone consists of whole
    zones of the other, or is one. (Hargrove, Hoffman & Hessburg 2006: the area under their curve.)
    Not on a page: which side is divided is lost, and a small zone weighs as much as a large one.

    >>> round(mapcurves([[13, 3, 4], [0, 16, 4], [4, 0, 16], [0, 4, 16]]), 5)
    0.61166
    """
    weights = np.asarray(table, dtype=float)
    left, right = weights.sum(axis=1), weights.sum(axis=0)
    sizes = np.outer(left, right)
    fit = np.divide(weights**2, sizes, out=np.zeros_like(weights), where=sizes > 0)
    if not weights.sum() > 0:
        return np.nan
    return float(max(fit[left > 0].sum(axis=1).mean(), fit[:, right > 0].sum(axis=0).mean()))


def matching_distance(table: ArrayLike) -> float:
    """The weight outside the best matching of left zones with right ones, one with one.

    n - max over matchings of Σ N: what would have to move to make the two the same. 0: the same;
    below n. (Almudevar & Field 1999; Gusfield 2002.) Not on a page: of two districts nested in one
    area it counts one as wrong.

    >>> matching_distance([[100, 0], [100, 0], [0, 100], [0, 100]])
    200.0
    """
    weights = np.asarray(table, dtype=float)
    if not weights.sum() > 0:
        return np.nan
    return float(weights.sum() - weights[linear_sum_assignment(weights, maximize=True)].sum())


def _pairs_together(table: ArrayLike) -> tuple[float, float, float]:
    """Ordered pairs that lie together in both partitions, in left zones, in right zones."""
    weights = np.asarray(table, dtype=float)
    sides = (weights, weights.sum(axis=1), weights.sum(axis=0))
    both, left, right = (float((side**2).sum()) for side in sides)
    return both, left, right
