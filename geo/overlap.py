"""Two partitions → crosswalk (対応表): how much they share, pair by pair.

Everything is counted on the pieces of the city (:mod:`geo.cutting`), and what no zone holds keeps
its row, with the id :data:`~geo.cutting.OUTSIDE`.

Three ways, the exact one first, and the way taken is recorded in the result:

- *by towns*: both partitions are made of the same towns, so every town is one piece. No geometry.
- *by shares*: the same, but the plan states which share of some towns a zone holds.
- *by area*: borders are intersected; the people of a town are split **within the town**, never
  across a whole zone.

How the people of a town are split over its pieces is recorded, too: by area, unless the plan says
where they live (:mod:`geo.weighting`). Areas are areas, whatever people are weighted by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

import numpy as np
import pandas as pd

from .cutting import OUTSIDE, PAIR, PIECE, cut, made_of, uncovered
from .layers import NO_COUNTS, Counts
from .partition import Partition
from .plan import CountKind
from .spread import Spread, Weighting
from .words import Text
from .workers import Run

#: Zones on the left in one part of a crosswalk that is made in parts.
PART = 20_000

COLUMNS = {*PAIR, "area_m2", "share_of_left", "share_of_right"}


class Way(StrEnum):
    """How a crosswalk was computed."""

    BY_TOWNS = "by_towns"
    BY_SHARES = "by_shares"
    BY_AREA = "by_area"

    @property
    def said(self) -> Text:
        if self is Way.BY_TOWNS:
            return Text(
                "どちらの区域も町丁目でできているため、町丁目ごとに集計（図形の重ね合わせなし）",
                "both are made of the same towns: added up town by town, without geometry",
            )
        if self is Way.BY_SHARES:
            return Text(
                "町丁目ごとに集計。町丁目の一部は、計画に書かれた割合で配分",
                "added up town by town; parts of towns by the shares that the plan states",
            )
        return Text("境界を重ね合わせて計算", "borders intersected")


def crosswalk(
    left: Partition,
    right: Partition,
    *,
    towns: Partition | None = None,
    counts: Counts = NO_COUNTS,
    spread: Spread | None = None,
    run: Run | None = None,
) -> pd.DataFrame:
    """What two partitions share, pair by pair.

    Parameters
    ----------
    left, right
        The two partitions, in the same CRS (projected, metres).
    towns
        The units that carry `counts`. Without them `left` is its own units.
    counts
        Figures of the towns; none: areas only.
    spread
        Where people live in towns that a border cuts; None: evenly. The share of a town that a
        plan states goes before it, and a town without weight is split by area.
    run
        Who works on the chunks of large layers (None: the cores of this machine). The result is
        the same to the last bit.

    Returns
    -------
    DataFrame
        One row per pair that shares some area, sorted by (`left_id`, `right_id`), columns
        ``area_m2`` (float, > 0), ``share_of_left`` and ``share_of_right`` (of the zone's area,
        NaN where the side is OUTSIDE), one column per count (totals are split, rates averaged,
        NaN where no town of the pair has a figure) and ``<count>_missing_towns`` (how many towns
        of the pair have none). Rows with id OUTSIDE hold what the other partition does not cover:
        shares of one zone add to 1 and totals are kept. ``attrs["way"]`` is the :class:`Way`,
        ``attrs["weighting"]`` the :class:`Weighting`, ``attrs["evenly"]`` the towns that were split
        by area since `spread` has nobody in them; ``attrs["overlapping"]`` the keys of partitions
        whose own zones overlap: what they share is counted for each of them, so that shares and
        totals of the other side add to more.
    """
    units = left if towns is None else towns
    taken = way(left, right, units)
    overlapping = _overlapping(left, right, taken)
    pieces, evenly = _weighed_pieces(left, right, units, spread, run)
    by_pair = pieces.groupby(PAIR)
    table = pd.DataFrame(by_pair["area_m2"].sum())
    for one, side in ((left, "left"), (right, "right")):
        ids = table.index.get_level_values(f"{side}_id")
        whole = table["area_m2"].groupby(level=f"{side}_id").transform("sum").to_numpy()
        if one.members is None:
            whole = one.area_m2.reindex(ids).to_numpy()
        table[f"share_of_{side}"] = (table["area_m2"] / whole).where(ids != OUTSIDE)
    pair = by_pair.ngroup().to_numpy()
    for name, values in _counted(pieces, pair, counts).items():
        table[name] = values
    within = Weighting.ZONE_AREA if towns is None else Weighting.AREA
    table.attrs["way"] = taken
    table.attrs["weighting"] = _weighting(taken, counts, spread.weighting if spread else within)
    table.attrs["evenly"] = evenly
    table.attrs["overlapping"] = overlapping
    return table


def counted_pieces(
    left: Partition,
    right: Partition,
    towns: Partition,
    *,
    counts: Counts = NO_COUNTS,
    spread: Spread | None = None,
) -> pd.DataFrame:
    """The pieces that two partitions cut towns into, with their people: a crosswalk in pieces.

    Parameters are those of :func:`crosswalk`, columns those of :func:`geo.cutting.cut` and of its
    counts.
    """
    pieces, _ = _weighed_pieces(left, right, towns, spread, None)
    return pieces.assign(**_counted(pieces, np.arange(len(pieces)), counts))


def _weighed_pieces(
    left: Partition, right: Partition, units: Partition, spread: Spread | None, run: Run | None
) -> tuple[pd.DataFrame, list[str]]:
    """The pieces, with the share of a town's people; and towns split by area for want of it."""
    pieces = cut(left, right, units, run)
    taken = way(left, right, units)
    if spread is None or taken is not Way.BY_AREA:
        return pieces, []
    sides = (_made_of(units, left), _made_of(units, right))
    return _weighed(pieces, sides, spread, run, twice=bool(_overlapping(left, right, taken)))


def _overlapping(left: Partition, right: Partition, taken: Way) -> list[str]:
    """The keys of partitions whose zones share land, where borders count."""
    return [one.key for one in (left, right) if taken is Way.BY_AREA and one.overlaps_itself]


def in_parts(
    left: Partition,
    right: Partition,
    *,
    counts: Counts = NO_COUNTS,
    run: Run | None = None,
    zones: int = PART,
) -> Iterator[pd.DataFrame]:
    """The crosswalk of two layers of outlines, some zones of the left one at a time.

    The parts, one below the other, are the rows of ``crosswalk(left, right, counts=counts)`` in the
    order of the left ids; what lies outside every zone on the left comes last. No part is kept.
    """
    ids = left.zones.index.sort_values()
    shared = pd.Series(0.0, index=right.zones.index)
    for start in range(0, len(ids), zones):
        some = left.zones.loc[ids[start : start + zones]]
        part = replace(left, zones=some, overlapping=left.overlaps_itself)
        table = crosswalk(part, right, counts=counts, run=run)
        table = table[table.index.get_level_values("left_id") != OUTSIDE]
        found = table["area_m2"].groupby(level="right_id").sum()
        shared = shared.add(found.drop(OUTSIDE, errors="ignore"), fill_value=0.0)
        yield table
    yield _beyond(table, uncovered(right, left, shared, run), right)


def _beyond(like: pd.DataFrame, rest_m2: pd.Series, right: Partition) -> pd.DataFrame:
    """Rows, with the columns of another crosswalk, for what no zone on the left covers."""
    rows = pd.DataFrame(np.nan, index=rest_m2.index, columns=like.columns)
    rows["area_m2"] = rest_m2
    rows["share_of_right"] = rest_m2 / right.area_m2.reindex(rest_m2.index)
    for column in rows.columns[rows.columns.str.endswith("_missing_towns")]:
        rows[column] = 0
    rows.index = pd.MultiIndex.from_product([[OUTSIDE], rest_m2.index], names=PAIR)
    rows.attrs = dict(like.attrs)
    return rows


def _weighting(taken: Way, counts: Counts, within: Weighting) -> Weighting:
    """What was assumed: `within` towns that are cut, nothing where none is."""
    if not counts.defined:
        return Weighting.NOBODY
    uncut = {Way.BY_TOWNS: Weighting.WHOLE_TOWNS, Way.BY_SHARES: Weighting.SHARES}
    return uncut.get(taken, within)


def way(left: Partition, right: Partition, towns: Partition) -> Way:
    """The exact way wherever both sides are made of the towns."""
    if not (made_of(left, towns) and made_of(right, towns)):
        return Way.BY_AREA
    stated = any(one.parts["share"].notna().any() for one in (left, right))
    return Way.BY_SHARES if stated else Way.BY_TOWNS


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a crosswalk where both sides are zones."""
    left, right = (table.index.get_level_values(level) for level in (0, 1))
    return table[(left != OUTSIDE) & (right != OUTSIDE)]


def transposed(table: pd.DataFrame) -> pd.DataFrame:
    """The same crosswalk, seen from the other side."""
    names = {"share_of_left": "share_of_right", "share_of_right": "share_of_left"}
    turned = table.rename(columns=names)[table.columns].swaplevel().rename_axis(PAIR).sort_index()
    turned.attrs = dict(table.attrs)
    return turned


def _made_of(towns: Partition, one: Partition) -> Partition:
    """The towns themselves as a partition made of towns; any other as it is."""
    return replace(one, members=one.zones.index.to_series()) if one is towns else one


def _weighed(
    pieces: pd.DataFrame,
    sides: tuple[Partition, Partition],
    spread: Spread,
    run: Run | None,
    *,
    twice: bool,
) -> tuple[pd.DataFrame, list[str]]:
    """Pieces with the `share_of_town` of its people that each holds; towns that have no weight.

    `twice`: land in zones that overlap each other is counted for each, and its people with it.
    """
    town = pieces["town_id"]
    cut_up = town.duplicated(keep=False) & (town != OUTSIDE)
    found = spread.of_pieces(*sides, town[cut_up].unique(), run)
    weight = pieces[PIECE].merge(found, on=PIECE, how="left")["weight"].fillna(0.0)
    if twice:
        whole = spread.of_towns.reindex(town).set_axis(town.index).fillna(0.0)
    else:
        whole = weight.groupby(town).transform("sum")
    share = (weight / whole).where(cut_up & (whole > 0), pieces["share_of_town"])
    evenly = sorted(town[cut_up & ~(whole > 0)].unique())
    return pieces.assign(share_of_town=share), evenly


def _counted(pieces: pd.DataFrame, pair: np.ndarray, counts: Counts) -> dict[str, np.ndarray]:
    """Every count per pair, and how many towns of the pair have no figure; `pair` numbers them."""
    columns: dict[str, np.ndarray] = {}
    for count in counts.defined:
        figure = counts.table[count.key].reindex(pieces["town_id"]).to_numpy()
        share = pieces["share_of_town"].to_numpy()
        if count.kind is CountKind.TOTAL:
            value = _sum(pair, figure * share)
        else:
            weight = counts.table[count.per].reindex(pieces["town_id"]).to_numpy() * share
            weight = np.where(np.isnan(figure), np.nan, weight)
            above, below = _sum(pair, figure * weight), _sum(pair, weight)
            value = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
        columns[count.key] = value
        unknown = np.isnan(figure) & (pieces["town_id"] != OUTSIDE).to_numpy()
        columns[f"{count.key}_missing_towns"] = _sum(pair, unknown.astype(int))
    return columns


def _sum(pair: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum per pair; missing only where nothing is known."""
    return pd.Series(values).groupby(pair).sum(min_count=1).to_numpy()
