"""Slivers: what two zones share only because a border was drawn twice.

Two layers digitised apart never meet exactly: a map that is nested perfectly, moved by 2 m, has
nearly every zone "split". A sliver is told by its width; what is wide, by its share of both zones
and by how few people live in it::

    left      right     overlaps
    ┌──┬──┐   ┌───┬─┐   (A, X)   real
    │A │B │   │X  │Y│   (B, X)   a strip that is nowhere 30 m wide: a sliver
    └──┴──┘   └───┴─┘   (B, Y)   real

It is a property of a pair in a crosswalk. Weights are never cut by it: totals stay.

What the width rule promises, with w its width. Let one layer be shifted by d, or be digitised again
so that no point of its borders moves by more than d.

- A pair that shares nothing stays a sliver while d ≤ w for a shift, and while d ≤ w / 2 for noise.
  (Shifted: a circle inside the false overlap, and the same circle shifted back, lie in two zones
  that share nothing; so they are apart, and its diameter is at most d. Noise: the centre of the
  circle lies in one zone and was in the other within d; so its radius is at most d.) At corners of
  90° and more noise is harmless up to 0.85 w: between its sides at a distance d the largest circle
  measures 1.17 d.
- A pair that shares a circle of diameter w + d (shift) or w + 2 d (noise) stays real. A real
  overlap thinner than that cannot be told from a border drawn badly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .overlap import Way, pairs
from .partition import Partition
from .widths import circle_m2, holes, most_if_narrow_m2, narrow
from .words import Text

WIDTHS_M = (10.0, 30.0, 50.0, 100.0)

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SliverRule:
    """When an overlap is a sliver, and no part of a zone.

    Attributes
    ----------
    width_m
        It is nowhere as wide as this (0: its width does not matter); or
    min_share
        it is less than this of the area of both zones (0: its share does not matter),
    min_people
        and fewer people than this live in it. None: nobody is counted, and the share decides alone,
        as it does in an overlap whose people are not known.
    """

    width_m: float = 30.0
    min_share: float = 0.005
    min_people: float | None = 20.0

    @property
    def said(self) -> Text:
        said = []
        if self.width_m:
            said.append(
                Text(
                    f"どこも幅{self.width_m:g} m に満たない重なり",
                    f"overlaps that are nowhere {self.width_m:g} m wide",
                )
            )
        if self.min_share:
            said.append(self._share_said("those" if said else "overlaps"))
        if not said:
            return Text("すべての部分を数える", "every part counts")
        ja, en = "と、".join(one.ja for one in said), ", and ".join(one.en for one in said)
        return Text(f"{ja}は数えない", f"{en} do not count")

    def _share_said(self, overlaps: str) -> Text:
        share = f"{100 * self.min_share:g}%"
        small = Text(
            f"両方の区域の面積の{share}未満", f"{overlaps} of less than {share} of both zones"
        )
        if self.min_people is None:
            return Text(
                f"{small.ja}の重なり（人数がわからないため面積だけで判断）",
                f"{small.en} (by area alone: nobody is counted)",
            )
        people = f"{self.min_people:g}"
        return Text(
            f"{small.ja}で{people}人未満の重なり（人数がわからないところは面積だけで判断）",
            f"{small.en} with fewer than {people} people (where they are not known: by area alone)",
        )


def marked(
    table: pd.DataFrame,
    left: Partition,
    right: Partition,
    rule: SliverRule,
    people: str | None = None,
) -> pd.DataFrame:
    """A crosswalk with its slivers marked.

    Parameters
    ----------
    table
        From :func:`geo.overlap.crosswalk`.
    left, right
        The partitions that it is of.
    rule
        What is a sliver. Its width does not apply where the crosswalk was added up by towns: its
        pairs are made of whole towns then, not of borders drawn twice.
    people
        The column that counts people; None: nobody is counted.

    Returns
    -------
    DataFrame
        The crosswalk with one more column, ``is_sliver`` (False where a side is OUTSIDE), and the
        rule as it was applied in ``attrs["slivers"]``.
    """
    inner = pairs(table)
    applied = replace(
        rule,
        width_m=rule.width_m if table.attrs["way"] is Way.BY_AREA else 0.0,
        min_people=None if people is None else rule.min_people,
    )
    sliver = _tiny(inner, applied, people) | _narrow_pairs(inner, left, right, applied.width_m)
    flags = pd.Series(sliver, index=inner.index).reindex(table.index, fill_value=False)
    with_slivers = table.assign(is_sliver=flags)
    with_slivers.attrs = table.attrs | {"slivers": applied}
    return with_slivers


def counting(table: pd.DataFrame, side: Literal["left", "right"] = "left") -> pd.Series:
    """Which pairs count as parts of the zones on one side of a crosswalk.

    Those that are no slivers; of a zone that has none but slivers, the largest, so that every zone
    with land in the other layer has a part. Where no slivers are marked every pair counts.

    Returns
    -------
    Series of bool
        By pair, for the rows where both sides are zones.
    """
    inner = pairs(table)
    zone = inner.index.get_level_values(f"{side}_id")
    marks = inner["is_sliver"] if "is_sliver" in inner else pd.Series(False, index=inner.index)
    only_slivers = marks.groupby(zone).transform("all")
    order = inner[f"share_of_{side}"].groupby(zone).rank(method="first", ascending=False)
    return ~marks | (only_slivers & (order == 1))


def sensitivity(
    table: pd.DataFrame,
    left: Partition,
    right: Partition,
    rule: SliverRule,
    people: str | None = None,
    *,
    widths_m: Sequence[float] = WIDTHS_M,
) -> pd.DataFrame:
    """How many pairs count, and how many zones on the left are split, for several widths.

    Returns
    -------
    DataFrame
        Index `width_m`; columns ``pairs`` and ``split_zones``.
    """
    rows = []
    for width_m in widths_m:
        with_slivers = marked(table, left, right, replace(rule, width_m=width_m), people)
        parts = counting(with_slivers).groupby(level="left_id").sum()
        rows.append((int(parts.sum()), int((parts > 1).sum())))
    index = pd.Index(widths_m, name="width_m", dtype=float)
    return pd.DataFrame(rows, index=index, columns=["pairs", "split_zones"])


def _tiny(inner: pd.DataFrame, rule: SliverRule, people: str | None) -> Flags:
    """Pairs that are little land of both zones with few people in it."""
    share = inner[["share_of_left", "share_of_right"]].max(axis="columns").to_numpy()
    tiny = share < rule.min_share
    if people is not None and rule.min_people is not None:
        # Not known (NaN) is not "enough": there the share decides alone.
        tiny &= ~(inner[people].to_numpy() >= rule.min_people)
    return np.asarray(tiny)


def _narrow_pairs(inner: pd.DataFrame, left: Partition, right: Partition, width_m: float) -> Flags:
    """Pairs whose overlap is nowhere `width_m` wide.

    Most are settled by what is known already. The border of an overlap consists of stretches of
    both borders, and its holes are holes of theirs: so it cannot be longer or have more than both
    together. Only what is neither too small for the circle nor too large to be narrow is cut out.
    """
    sides = []
    for one, level in ((left, "left_id"), (right, "right_id")):
        rows = one.zones.index.get_indexer(inner.index.get_level_values(level))
        used, pair = np.unique(rows, return_inverse=True)
        shapes = one.zones.geometry.to_numpy()[used]
        sides.append((shapes[pair], shapely.length(shapes)[pair], holes(shapes)[pair]))
    (a, length_a, holes_a), (b, length_b, holes_b) = sides
    area = inner["area_m2"].to_numpy()
    found = area < circle_m2(width_m)
    most = most_if_narrow_m2(length_a + length_b, holes_a + holes_b, width_m)
    undecided = np.flatnonzero(~found & (area <= most))
    overlaps = shapely.intersection(a[undecided], b[undecided])
    # Zones of stated towns may share people where their outlines do not meet: no width is known.
    found[undecided] = narrow(overlaps, width_m) & ~shapely.is_empty(overlaps)
    return np.asarray(found)
