"""Two editions of one partition: which zones go on, what moved between them, what became of each.

All of it is read from one crosswalk, the earlier edition on the left. A zone that goes on keeps its
land where its two rows meet; every other row is land that moved::

    before      after         moves
    ┌──┬────┐   ┌────┬──┐     A goes on as A, B goes on as B,
    │A │B   │   │A   │B │     what lies between moved from B to A
    └──┴────┘   └────┴──┘

A border that was only drawn twice moves nobody: slivers of a crosswalk by area (:mod:`geo.slivers`)
are no moves, and are counted apart. Towns are not drawn twice: each that changes its zone moves.
Totals are kept: of every zone, before + gained - lost + slivers = after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .alignment import AREA
from .cutting import OUTSIDE
from .names import fold
from .overlap import Way
from .partition import Partition
from .widths import narrow

#: Two zones with so much of each other's land are one, whatever they are called; and a zone of
#: which another took so much went into that one alone.
MOST = 0.9
#: What a zone's columns say of a weight.
ASPECTS = ("before", "after", "gained", "lost", "slivers")

Pairs = set[tuple[str, str]]
SIDES = {"from_id": "left_id", "to_id": "right_id"}


@dataclass(frozen=True, eq=False)
class Edition:
    """What changed from one edition of a partition to the next.

    Attributes
    ----------
    crosswalk
        Both editions, `before` on the left, slivers marked.
    weights
        What is counted: totals, then the area (:func:`geo.alignment.weights`).
    matches
        The zones that go on (:func:`matches`).
    flows
        Where the land of each zone went (:func:`flows`).
    zones
        What became of each zone (:func:`zones`).
    pieces
        The towns and parts of towns that moved: `number` of the move, `town_id`, `area_m2`,
        `share_of_town` and the counts; empty where the plan has no towns.
    """

    before: Partition
    after: Partition
    crosswalk: pd.DataFrame
    weights: list[str]
    matches: pd.DataFrame
    flows: pd.DataFrame
    zones: pd.DataFrame
    pieces: pd.DataFrame

    @property
    def moves(self) -> pd.DataFrame:
        """Land that changed its zone: index `number` (from 1), most of the first weight first."""
        rows = self.flows[self.flows["number"] > 0].set_index("number").sort_index()
        return rows.drop(columns="kind")

    @property
    def within(self) -> pd.DataFrame:
        """The moves within the land that both editions hold."""
        return inside(self.moves)


def edition(
    before: Partition,
    after: Partition,
    table: pd.DataFrame,
    weights: Sequence[str] = (AREA,),
    pieces: pd.DataFrame | None = None,
) -> Edition:
    """What changed from `before` to `after`.

    Parameters
    ----------
    before, after
        Two editions of a partition, in the same CRS.
    table
        Their crosswalk, slivers marked (:func:`geo.slivers.marked`).
    weights
        Its columns to count by, those of people first (:func:`geo.alignment.weights`).
    pieces
        The crosswalk in pieces (:func:`geo.overlap.counted_pieces`); None: there are no towns.
    """
    known = matches(before, after, table)
    flow = flows(before, after, table, known, weights[0])
    became = zones(before, after, flow, known, weights)
    parts = pd.DataFrame(columns=["number", "town_id"])
    if pieces is not None:
        numbers = flow.loc[flow["number"] > 0, [*SIDES, "number"]].rename(columns=SIDES)
        parts = numbers.merge(pieces, on=list(SIDES.values())).drop(columns=SIDES.values())
    return Edition(before, after, table, list(weights), known, flow, became, parts)


def inside(rows: pd.DataFrame) -> pd.DataFrame:
    """The flows from a zone to a zone."""
    return rows[(rows["from_id"] != OUTSIDE) & (rows["to_id"] != OUTSIDE)]


# --- which zones go on ----------------------------------------------------------------------------


def matches(before: Partition, after: Partition, table: pd.DataFrame) -> pd.DataFrame:
    """The zones that go on, one row each: `from_id`, `to_id`, `by` (``id``, ``name``, ``land``).

    Zones with the same id and name are one; so are those with MOST of each other's land, those with
    the same id (unless a name says otherwise), and those with the same name. A name is compared in
    any spelling (:func:`geo.names.fold`) and only where one zone of each edition bears it.
    """
    named = _same_name(before, after)
    same_id = {(zone, zone) for zone in before.zones.index.intersection(after.zones.index)}
    torn = {
        pair for pair in same_id - named if any(pair[side] in _side(named, side) for side in (0, 1))
    }
    rounds = (same_id & named, _same_land(table), same_id - torn, named, same_id)
    found: dict[str, str] = {}
    for old, new in (pair for pairs in rounds for pair in sorted(pairs)):
        if old not in found and new not in found.values():
            found[old] = new
    by = ["id" if old == new else "name" if (old, new) in named else "land"
          for old, new in sorted(found.items())]  # fmt: skip
    rows = pd.DataFrame(sorted(found.items()), columns=list(SIDES), dtype=str)
    return rows.assign(by=pd.Series(by, dtype=str))


def _side(pairs: Pairs, side: int) -> set[str]:
    return {pair[side] for pair in pairs}


def _same_name(before: Partition, after: Partition) -> Pairs:
    """Zones that alone bear the same name."""
    sides = []
    for one in (before, after):
        names = one.zones["name"].map(str).map(fold)
        sides.append(names[(names != "") & ~names.duplicated(keep=False)])
    old = pd.Series(sides[0].index, index=sides[0].to_numpy())
    new = pd.Series(sides[1].index, index=sides[1].to_numpy())
    return {(old[name], new[name]) for name in old.index.intersection(new.index)}


def _same_land(table: pd.DataFrame) -> Pairs:
    shares = table[["share_of_left", "share_of_right"]].min(axis=1, skipna=False)
    return set(table.index[shares >= MOST])


# --- what moved -----------------------------------------------------------------------------------


def flows(
    before: Partition, after: Partition, table: pd.DataFrame, known: pd.DataFrame, first: str
) -> pd.DataFrame:
    """Where the land of each zone went: the rows of the crosswalk, each of one kind.

    Returns
    -------
    DataFrame
        `from_id`, `to_id` (OUTSIDE: no zone of that edition holds it), `kind` (``stays``,
        ``moved``, ``sliver``), `number` of the move (from 1, most of the weight `first` first; 0:
        none), ``share_of_from`` and ``share_of_to`` (of the zone's area; NaN where there is no
        zone), and the other columns of the crosswalk.
    """
    same = pd.MultiIndex.from_frame(known[list(SIDES)])
    stays = table.index.isin(same) | table.index.isin([(OUTSIDE, OUTSIDE)])
    kind = np.where(stays, "stays", np.where(drawn_twice(table, before, after), "sliver", "moved"))
    names = {"share_of_left": "share_of_from", "share_of_right": "share_of_to"}
    rows = table.drop(columns="is_sliver", errors="ignore").rename(columns=names)
    rows = rows.rename_axis(list(SIDES)).reset_index().assign(kind=kind, number=0)
    order = rows[rows["kind"] == "moved"].sort_values([first, AREA], ascending=False).index
    rows.loc[order, "number"] = np.arange(1, len(order) + 1)
    return rows


def drawn_twice(table: pd.DataFrame, before: Partition, after: Partition) -> pd.Series:
    """Which rows of a crosswalk are slivers, those at the edge of an edition among them."""
    if table.attrs["way"] is not Way.BY_AREA:
        return pd.Series(False, index=table.index)
    flags = table["is_sliver"].astype(bool)
    width_m = table.attrs["slivers"].width_m
    for side, (one, other) in enumerate(((before, after), (after, before))):
        ids = table.index.get_level_values(side)
        alone = (table.index.get_level_values(1 - side) == OUTSIDE) & (ids != OUTSIDE)
        if alone.any() and width_m:
            flags[alone] = narrow(beyond(one, ids[alone], other), width_m)
    return flags


def beyond(one: Partition, ids: pd.Index, other: Partition) -> NDArray[np.object_]:
    """What of these zones lies in no zone of another partition."""
    whole = shapely.union_all(other.zones.geometry.to_numpy())
    return np.asarray(shapely.difference(np.asarray(one.zones.geometry.loc[ids]), whole))


# --- what became of each zone ---------------------------------------------------------------------


def zones(
    before: Partition,
    after: Partition,
    flow: pd.DataFrame,
    known: pd.DataFrame,
    weights: Sequence[str],
) -> pd.DataFrame:
    """What became of each zone: those that go on, then those that are gone, then the new ones.

    Returns
    -------
    DataFrame
        `from_id`, `to_id` ("": there is none), `by`, `what` (see :func:`_became`; words joined by
        ``;``), and for each weight ``<weight>_before``, ``_after``, ``_gained``, ``_lost`` and
        ``_slivers`` (gained less lost by borders drawn twice). Known of no town is NaN.
    """
    gone = before.zones.index.difference(list(known["from_id"]), sort=False)
    new = after.zones.index.difference(list(known["to_id"]), sort=False)
    ended = pd.DataFrame({"from_id": gone, "to_id": OUTSIDE, "by": ""})
    begun = pd.DataFrame({"from_id": OUTSIDE, "to_id": new, "by": ""})
    rows = pd.concat([known, ended, begun], ignore_index=True)
    moved, thin = flow[flow["kind"] == "moved"], flow[flow["kind"] == "sliver"]
    rows["what"] = [";".join(one) for one in _became(before, after, rows, moved)]
    for weight in weights:
        rows[f"{weight}_before"] = rows["from_id"].map(_sums(flow, weight, "from_id"))
        rows[f"{weight}_after"] = rows["to_id"].map(_sums(flow, weight, "to_id"))
        rows[f"{weight}_gained"] = _of_each(moved, weight, "to_id", rows)
        rows[f"{weight}_lost"] = _of_each(moved, weight, "from_id", rows)
        net = [_of_each(thin, weight, side, rows).fillna(0.0) for side in ("to_id", "from_id")]
        rows[f"{weight}_slivers"] = net[0] - net[1]
    return rows


def _sums(flow: pd.DataFrame, weight: str, side: str) -> pd.Series:
    """The weight of each zone of one side; NaN where none of it is known."""
    return flow[flow[side] != OUTSIDE].groupby(side)[weight].sum(min_count=1)


def _of_each(flow: pd.DataFrame, weight: str, side: str, rows: pd.DataFrame) -> pd.Series:
    """What flowed for the zone of each row: 0 where nothing did, NaN where none of it is known."""
    sums = _sums(flow, weight, side)
    return rows[side].map(sums).where(rows[side].isin(sums.index), 0.0)


def _became(
    before: Partition, after: Partition, rows: pd.DataFrame, moved: pd.DataFrame
) -> Iterator[list[str]]:
    """What became of each zone, in words of a closed list.

    ``gone``, ``new``; ``merged`` (a zone that went whole into another, one that took such a zone
    in, a new one of parts of several) and ``divided`` (a zone that fell apart, one that a new zone
    came out of, and that one); ``grown``, ``shrunk``, ``exchanged`` (both); ``renamed``,
    ``renumbered``; ``unchanged``. Looked at from the other side, gone is new and merged is divided.
    """
    went = _alone(inside(moved), "from_id", "to_id", "share_of_from")
    came = _alone(inside(moved), "to_id", "from_id", "share_of_to")
    into = {went.get(one) for one in rows.loc[rows["to_id"] == OUTSIDE, "from_id"]}
    out_of = {came.get(one) for one in rows.loc[rows["from_id"] == OUTSIDE, "to_id"]}
    old_names, new_names = before.zones["name"], after.zones["name"]
    for old, new_ in rows[list(SIDES)].itertuples(index=False):
        if new_ == OUTSIDE:
            yield ["gone", *([] if old not in went else ["merged" if went[old] else "divided"])]
        elif old == OUTSIDE:
            yield ["new", *([] if new_ not in came else ["divided" if came[new_] else "merged"])]
        else:
            said = ["merged"] * (new_ in into) + ["divided"] * (old in out_of)
            said += _size(new_ in set(moved["to_id"]), old in set(moved["from_id"]))
            said += ["renamed"] * (fold(str(old_names[old])) != fold(str(new_names[new_])))
            said += ["renumbered"] * (old != new_)
            yield said or ["unchanged"]


def _alone(moved: pd.DataFrame, side: str, other: str, share: str) -> dict[str, str]:
    """For each zone on one side that moved: the one zone that all or MOST of it went to, or ""."""
    most = moved.sort_values(share, ascending=False, kind="stable").groupby(side)
    return {
        str(zone): str(rows[other].iloc[0]) if len(rows) == 1 or rows[share].iloc[0] >= MOST else ""
        for zone, rows in most
    }


def _size(gained: bool, lost: bool) -> list[str]:
    if gained and lost:
        return ["exchanged"]
    return ["grown"] * gained + ["shrunk"] * lost
