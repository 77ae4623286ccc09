"""Both partitions may change: as many splits fewer for as few people, if borders of both may move.

One model holds the zones of both sides: x[u, c] = 1 if block u belongs to zone c of the first,
z[u, d] = 1 if it belongs to zone d of the second, and y[d, c] = 1 if they share a block::

    min   sum of weights over both moves
    s.t.  x[u, c] + z[u, d] - 1 <= y[d, c]
          sum of y <= base + splits
          and for either side what :mod:`geo.solver` asks of it

It is much harder than one side alone, so it stops when its time is up; until then the better of the
two one-sided answers is what is known, and its gap is said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, milp

from .blocks import Blocks
from .cutting import OUTSIDE
from .front import CityPoint, Point, joined
from .groups import Group, group_of, homes
from .problem import NONE, Floats, Index
from .realign import Front
from .solver import IMPOSSIBLE, OPTIMAL, TIES, Answer, Model, Rows, Status
from .verify import Checker, neighbours

#: Rounds of cuts for one point.
ROUNDS = 20

NO_SITES = pd.Series(dtype=object)


@dataclass(frozen=True, eq=False)
class Pair:
    """The problems of both sides of one group; `rows` are the second's blocks among the first's."""

    blocks: Blocks
    first: Group
    second: Group
    rows: Index

    @cached_property
    def beside(self) -> dict[str, set[str]]:
        """The blocks beside each block, for the checker."""
        table = self.blocks.table.iloc[self.first.rows]
        return neighbours(replace(self.blocks, table=table))


class Joint:
    """The model of a pair."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.one, self.two = Model(pair.first.problem), Model(pair.second.problem)
        self.start = len(self.one.block)
        self.links = self.start + len(self.two.block)
        zones = pair.second.problem.zones, pair.first.problem.zones
        self.y = self.links + np.arange(zones[0] * zones[1]).reshape(zones)
        self.columns = self.links + self.y.size
        self.rows = self._rows()

    def solve(self, splits: int, seconds: float) -> tuple[Answer, Index | None]:
        """The least moved on both sides with at most so many splits: zones of the first, second."""
        start, bound = time.monotonic(), 0.0
        for _ in range(ROUNDS):
            left = seconds - (time.monotonic() - start)
            if left <= 0:
                break
            found = self._run(splits, left)
            if found.status == IMPOSSIBLE:
                return Answer(Status.IMPOSSIBLE, None, inf, time.monotonic() - start), None
            if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
                bound = max(bound, found.mip_dual_bound - TIES)
            if found.x is None:
                break
            zone, other = self.one.zone_of(found.x[: self.start]), self._second(found.x)
            if self.one.cut(zone) + self.two.cut(other) == 0:
                status = Status.PROVED if found.status == OPTIMAL else Status.OPEN
                moved = self.moved(zone, other)
                bound = moved if status is Status.PROVED else bound
                return Answer(status, zone, bound, time.monotonic() - start), other
            if found.status != OPTIMAL:
                break
        return Answer(Status.UNKNOWN, None, bound, time.monotonic() - start), None

    def moved(self, zone: Index, other: Index) -> float:
        """People who change zone on the first side, and on the second."""
        return self.pair.first.problem.moved(zone) + self.pair.second.problem.moved(other)

    def _second(self, x: Floats) -> Index:
        return self.two.zone_of(x[self.start : self.links])

    def _run(self, splits: int, seconds: float) -> Any:
        low, high = np.zeros(self.columns), np.ones(self.columns)
        low[self.one.fixed] = 1.0
        low[self.start + self.two.fixed] = 1.0
        limit = Rows()
        base = self.pair.second.problem.zones
        limit.add(np.zeros(self.y.size), self.y.ravel(), high=float(base + splits))
        parts = [(self.rows, 0), (limit, 0), (self.one.cuts, 0), (self.two.cuts, self.start)]
        return milp(
            self._cost(),
            integrality=np.ones(self.columns),
            bounds=Bounds(low, high),
            constraints=[rows.constraint(self.columns, at) for rows, at in parts if rows.count],
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )

    def _cost(self) -> Floats:
        sides = [model.cost[: len(model.block)] for model in (self.one, self.two)]
        return np.concatenate([*sides, np.full(self.y.size, TIES / 2 / self.y.size)])

    def _rows(self) -> Rows:
        rows = Rows()
        self.one.add_own_rows(rows)
        self.two.add_own_rows(rows, self.start)
        inner = np.full(self.pair.first.problem.blocks, NONE)
        inner[self.pair.rows] = np.arange(len(self.pair.rows))
        for nth, (block, zone) in enumerate(zip(self.one.block, self.one.zone, strict=True)):
            its = np.flatnonzero(self.two.block == inner[block])
            row = np.arange(len(its))
            column = [np.full(len(its), nth), self.start + its, self.y[self.two.zone[its], zone]]
            sign = np.repeat([1.0, 1.0, -1.0], len(its))
            if len(its):
                rows.add(np.tile(row, 3), np.concatenate(column), sign, high=np.ones(len(its)))
        return rows


def both(first: Front, second: Front, seconds: float) -> list[CityPoint]:
    """The front of both sides together, as far as it is known in `seconds` for each point.

    Parameters
    ----------
    first, second
        The fronts of either side alone.
    seconds
        For each point of each group; then the better of the two sides alone stands for it.

    Returns
    -------
    list of CityPoint
        As :attr:`geo.realign.Front.points`. People who would change on both sides count twice.
    """
    fronts = [list(_points(first, second, nth, seconds)) for nth in range(len(first.groups))]
    return [
        CityPoint(one.splits + first.straddling, one.moved, one.bound, one.picks)
        for one in joined(fronts)
    ]


def _points(first: Front, second: Front, nth: int, seconds: float) -> Iterator[Point]:
    """The front of one group: today, then one split less at a time, until that is impossible."""
    group = first.groups[nth]
    pair = _pair(first, second, group)
    joint, problem = Joint(pair), group.problem
    alone = [*first.fronts[nth], *_same_wards(second, group)]
    limit = problem.splits(problem.today)
    yield Point(None, limit, 0.0, Answer(Status.PROVED, problem.today, 0.0, 0.0))
    while limit > 0:
        limit -= 1
        answer, other = joint.solve(limit, seconds)
        if answer.status is Status.IMPOSSIBLE:
            yield Point(limit, limit, inf, answer)
            return
        found = [point for point in alone if point.found and point.splits <= limit]
        moved = inf
        if answer.zone is not None and other is not None:
            moved = joint.moved(answer.zone, other)
            _verify(first, second, pair, answer.zone, other)
        best = min(found, key=lambda point: point.moved, default=None)
        if best is not None and best.moved < moved:
            known = Answer(Status.OPEN, best.answer.zone, min(answer.bound, best.moved), 0.0)
            yield Point(limit, limit, best.moved, known)
        else:
            yield Point(limit, limit, moved, answer)


def _pair(first: Front, second: Front, group: Group) -> Pair:
    """The same blocks, seen from either side."""
    turned = first.blocks.turned()
    inside = (turned.table["moving_id"].iloc[group.rows] != OUTSIDE).to_numpy()
    other = group_of(turned, group.wards, group.rows[inside], second.rules, NO_SITES)
    return Pair(first.blocks, group, other, np.flatnonzero(inside))


def _same_wards(front: Front, group: Group) -> list[Point]:
    """What the other side alone can do in the same wards; nothing where its groups are others."""
    fronts = zip(front.groups, front.fronts, strict=True)
    return next((points for one, points in fronts if one.wards == group.wards), [])


def _verify(first: Front, second: Front, pair: Pair, zone: Index, other: Index) -> None:
    """Check a plan of both sides from the map: each side, the other being as proposed."""
    table = first.blocks.table
    new = table.assign(moving_id=_proposed(table["moving_id"], pair.first, zone))
    new["kept_id"] = _proposed(table["kept_id"], pair.second, other)
    one = replace(first.blocks, table=table.assign(kept_id=new["kept_id"]).iloc[pair.first.rows])
    two = replace(first.blocks, table=table.assign(moving_id=new["moving_id"])).turned()
    two = replace(two, table=two.table.iloc[pair.first.rows])
    here, beside = new.iloc[pair.first.rows], pair.beside
    splits = len(here[here["kept_id"] != OUTSIDE].drop_duplicates(["kept_id", "moving_id"]))
    splits -= pair.second.problem.zones
    for blocks, rules, group, column, its in (
        (one, first.rules, pair.first, "moving_id", zone),
        (two, second.rules, pair.second, "kept_id", other),
    ):
        checker = Checker(blocks, rules, homes(first.blocks, [group]), beside)
        checker.verify(here[column], splits, group.problem.moved(its))


def _proposed(today: pd.Series, group: Group, zone: Index) -> pd.Series:
    ids = today.to_numpy(dtype=object).copy()
    ids[group.rows] = np.array(group.zones, dtype=object)[zone]
    return pd.Series(ids, index=today.index)
