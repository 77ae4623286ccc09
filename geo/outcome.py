"""What a proposal comes to, in tables: who moves, how zones fare, what is measured anew.

Every table is a plain frame; ids stand beside names.
"""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from .alignment import Alignment, by_zone, overall
from .blocks import AREA, Blocks
from .cutting import OUTSIDE
from .groups import Rules
from .realign import Front, Proposal
from .solver import TIES, Model, Status

#: Seconds for finding out whether one move is required.
SECONDS = 5.0


def contingency(blocks: Blocks, zone: pd.Series, rules: Rules) -> pd.DataFrame:
    """The crosswalk of today's zones, or of proposed ones, added up block by block.

    Left is the partition to be made whole. Columns are the totals, ``area_m2`` and the shares of
    both sides, as :func:`geo.overlap.crosswalk` gives them.
    """
    left, right = blocks.table["kept_id"], zone
    if rules.reverse:
        left, right = right, left
    pair = [left.rename("left_id"), right.rename("right_id")]
    by_pair = blocks.table.groupby(pair)
    table = by_pair[columns(blocks)].sum(min_count=1)
    for name in columns(blocks):
        table[f"{name}_missing_towns"] = blocks.table[name].isna().groupby(pair).sum()
    for side in ("left", "right"):
        ids = table.index.get_level_values(f"{side}_id")
        share = table[AREA] / table[AREA].groupby(level=f"{side}_id").transform("sum")
        table[f"share_of_{side}"] = share.where(ids != OUTSIDE)
    return table


def columns(blocks: Blocks) -> list[str]:
    """What blocks are weighed by: every count that is a total, then the area."""
    known = ["town_id", "kept_id", "moving_id", "name", "ward_id", "geometry", AREA]
    return [*(name for name in blocks.table.columns if name not in known), AREA]


def measures(
    front: Front, proposal: Proposal, *, before: dict[str, Alignment] | None = None
) -> pd.DataFrame:
    """Every measure of :class:`geo.alignment.Alignment` before and after, one row per weight.

    Columns ``weight``, ``measure``, ``before``, ``after``. `before` is what :func:`today` says,
    where that is known.
    """
    before, after = before or today(front), _measured(front, proposal.zone)
    rows = [
        (weight, name, asdict(before[weight])[name], value)
        for weight, one in after.items()
        for name, value in asdict(one).items()
        if name not in ("left", "right", "weight")
    ]
    return pd.DataFrame(rows, columns=["weight", "measure", "before", "after"])


def today(front: Front) -> dict[str, Alignment]:
    """The measures as things are, by weight."""
    return _measured(front, front.blocks.table["moving_id"])


def _measured(front: Front, zone: pd.Series) -> dict[str, Alignment]:
    blocks = front.blocks
    table = contingency(blocks, zone, front.rules)
    turned = contingency(blocks, zone, replace(front.rules, reverse=not front.rules.reverse))
    keys = (blocks.kept.key, blocks.moving.key)
    left, right = keys[::-1] if front.rules.reverse else keys
    return {
        weight: overall(
            by_zone(table, weight), left, right, weight, opposite=by_zone(turned, weight)
        )
        for weight in columns(blocks)
    }


def moves(front: Front, proposal: Proposal, *, seconds: float = SECONDS) -> pd.DataFrame:
    """Every block that changes zone, sorted by ward, from, to and name.

    Returns
    -------
    DataFrame
        Index `block_id`; ``town_id``, ``name``, ``ward_id``, ``kept_id``, ``kept_name``,
        ``from_id``, ``from_name``, ``to_id``, ``to_name``, every total count, ``area_m2``,
        ``load`` (what the load rule counts),
        ``metres_before``, ``metres_after``, ``metres_more`` (straight to the sites), and ``need``:
        ``required`` (without this move as few splits cost more), ``optional`` (they do not), or
        ``unknown`` (not found out in `seconds`).
    """
    blocks = front.blocks
    table = blocks.table
    moved = table[proposal.zone != table["moving_id"]]
    to = proposal.zone[moved.index]
    listed = moved[["town_id", "name", "ward_id", "kept_id"]].assign(
        kept_name=_names(moved["kept_id"], blocks.kept.zones["name"]),
        from_id=moved["moving_id"],
        from_name=_names(moved["moving_id"], blocks.moving.zones["name"]),
        to_id=to,
        to_name=_names(to, blocks.moving.zones["name"]),
    )
    listed[columns(blocks)] = moved[columns(blocks)]
    listed["load"] = moved[front.rules.load_column or blocks.weight] * front.rules.load_share
    before, after = metres(front, table["moving_id"]), metres(front, proposal.zone)
    listed["metres_before"], listed["metres_after"] = before[moved.index], after[moved.index]
    listed["metres_more"] = listed["metres_after"] - listed["metres_before"]
    listed["need"] = pd.Series(_needs(front, proposal, seconds), dtype=object).reindex(listed.index)
    return listed.sort_values(["ward_id", "from_id", "to_id", "name"], kind="stable")


def _names(ids: pd.Series, names: pd.Series) -> pd.Series:
    return pd.Series([str(names.get(one, "")) for one in ids], index=ids.index, dtype=str)


def metres(front: Front, zone: pd.Series) -> pd.Series:
    """How far each block is from the site of its zone, straight; NaN where it is in none."""
    found = np.full(len(zone), np.nan)
    for group in front.groups:
        its = group.numbers(zone)
        found[group.rows] = group.metres[np.arange(len(its)), its]
    return pd.Series(found, index=zone.index)


def _needs(front: Front, proposal: Proposal, seconds: float) -> dict[str, str]:
    """Whether each move is required: what the same splits cost if the block stays."""
    needs = {}
    for group in front.groups:
        problem, model = group.problem, Model(group.problem)
        zone = group.numbers(proposal.zone)
        limit, moved = problem.splits(zone), problem.moved(zone)
        for block in np.flatnonzero(zone != problem.today):
            answer = model.solve(limit, still=[int(block)], seconds=seconds)
            name = str(front.blocks.table.index[group.rows[block]])
            needs[name] = _need(answer.status, answer.bound, moved)
    return needs


def _need(status: Status, bound: float, moved: float) -> str:
    if status is Status.IMPOSSIBLE or bound > moved + TIES:
        return "required"
    return "optional" if status is Status.PROVED else "unknown"


def loads(front: Front, proposal: Proposal) -> pd.DataFrame:
    """How each zone fares: index `zone_id`.

    ``name``, ``people_before``, ``people_after``, ``load_before``, ``load_after``,
    ``least``, ``most`` (what it may have), ``sets_before``, ``sets_after`` (of staff; missing where
    the rule speaks of none), ``blocks_in``, ``blocks_out``.
    """
    blocks, rules = front.blocks, front.rules
    table, today, after = blocks.table, blocks.table["moving_id"], proposal.zone
    load = table[rules.load_column or blocks.weight] * rules.load_share
    zones = blocks.moving.zones.index
    limits = pd.concat(
        pd.DataFrame({"least": group.problem.least, "most": group.problem.most}, index=group.zones)
        for group in front.groups
    )
    limits = limits.groupby(level=0).sum().reindex(zones)
    found = pd.DataFrame(
        {
            "name": blocks.moving.zones["name"],
            "people_before": _sums(table[blocks.weight], today, zones),
            "people_after": _sums(table[blocks.weight], after, zones),
            "load_before": _sums(load, today, zones),
            "load_after": _sums(load, after, zones),
            **limits,
        }
    )
    if rules.load.counts_staff:
        for side in ("before", "after"):
            found[f"sets_{side}"] = rules.load.sets(found[f"load_{side}"].to_numpy())
    gone = today != after
    found["blocks_in"] = after[gone].value_counts().reindex(zones, fill_value=0)
    found["blocks_out"] = today[gone].value_counts().reindex(zones, fill_value=0)
    return found.rename_axis("zone_id")


def _sums(values: pd.Series, zone: pd.Series, zones: pd.Index) -> pd.Series:
    return values.groupby(zone).sum(min_count=1).reindex(zones)
