"""The exact model of a proposal: the least weight moved for a given number of splits.

Variables: x[u, c] = 1 if block u belongs to zone c; y[d, c] = 1 if kept zone d is linked to c::

    min   sum of the weights of blocks that move  (+ less than half a resident, see TIES)
    s.t.  every block belongs to one zone, and a site stays where it is
          least[c] <= load of c <= most[c]
          x[u, c] <= y[kept zone of u, c]
          sum of y <= base + splits
          y[d, c] <= sum of y[d', c] over the neighbours d' of d      (c has no anchor in d)
          every connected part of a zone holds an anchor of it        (see below)

The last is asked for only where an answer breaks it (lazy cuts): for a piece S without an anchor,
one of the blocks that part it from all anchors must belong to the zone, too (Oehrlein & Haunert
2017; Validi, Buchanan & Lykhovyd 2022)::

    x[u, c] <= sum of x[v, c] over the separator, for u in S

Where that takes too many rounds, every block of a zone is sent one part of flow from its anchors
(Shirabe 2009). Both are solved by HiGHS, by way of SciPy.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csgraph

from .problem import NONE, Flags, Floats, Index, Problem

#: Of answers that move as much, the one with fewer moves and links is taken: all of that together
#: weighs less than this many residents, and no answer is proved better than to within it.
TIES = 0.5

#: Rounds and seconds of lazy cuts before the flow model takes over.
ROUNDS, PATIENCE_S = 12, 8.0

#: What SciPy's milp calls a result.
OPTIMAL, IMPOSSIBLE = 0, 2


class Status(StrEnum):
    """What is known of an answer."""

    PROVED = "proved"
    OPEN = "open"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Answer:
    """A zone for every block, or why there is none.

    Attributes
    ----------
    status
        PROVED: nothing better exists; OPEN: time ran out, and `bound` says what may still be
        gained; IMPOSSIBLE: proved that there is no answer; UNKNOWN: time ran out without one.
    zone
        Of each block; None without an answer.
    bound
        No answer moves less than this (infinite: there is none).
    """

    status: Status
    zone: Index | None
    bound: float
    seconds: float


class Rows:
    """Rows of a linear model, one kind at a time: `low` <= sum of `value` * `column` <= `high`."""

    def __init__(self) -> None:
        self.count = 0
        self._cells: list[tuple[Index, Index, Floats]] = []
        self._limits: list[tuple[Floats, Floats]] = []

    def add(
        self, row: Any, column: Any, value: Any = 1.0, *, low: Any = -np.inf, high: Any = np.inf
    ) -> None:
        """`row` counts from 0 among these rows; `low` or `high` has an entry for each of them."""
        row, column = np.asarray(row, dtype=np.intp), np.asarray(column, dtype=np.intp)
        value = np.broadcast_to(np.asarray(value, dtype=float), column.shape)
        low, high = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
        self._cells.append((row + self.count, column, value))
        self._limits.append((low.ravel(), high.ravel()))
        self.count += low.size

    def constraint(self, columns: int, first: int = 0) -> LinearConstraint:
        """What SciPy takes; `first` is added to every column."""
        row, column, value = (np.concatenate(part) for part in zip(*self._cells, strict=True))
        low, high = (np.concatenate(part) for part in zip(*self._limits, strict=True))
        table = sparse.csr_array((value, (row, column + first)), (self.count, columns))
        return LinearConstraint(table, low, high)


class Model:
    """The model of one problem; what is learned in one answer (cuts) serves the next."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.block, self.zone = np.nonzero(problem.allowed)
        self.x = _numbered(problem.allowed)
        kept = problem.kept[self.block]
        linked = np.zeros((problem.kept_zones, problem.zones), dtype=bool)
        linked[kept[kept != NONE], self.zone[kept != NONE]] = True
        if problem.reverse:  # one more row: the link that stands in where a zone has none
            none = (problem.allowed & (problem.kept == NONE)[:, None]).any(axis=0)
            linked = np.vstack([linked, none])
        self.y = _numbered(linked, first=len(self.block))
        self.columns = len(self.block) + int(linked.sum())
        self.cuts = Rows()

    def solve(
        self,
        splits: int | None = None,
        *,
        whole: Collection[int] = (),
        still: Collection[int] = (),
        seconds: float = 60.0,
    ) -> Answer:
        """The least weight moved with at most so many splits (None: any number).

        `whole`: zones that must have one link (kept ones, in reverse those that move); `still`:
        blocks that must stay; `seconds`: when to stop with what there is.
        """
        start = time.monotonic()
        ask = self._limits(splits, whole, still)
        answer = self._with_cuts(ask, start, min(seconds, PATIENCE_S))
        if answer.status in (Status.OPEN, Status.UNKNOWN):
            left = seconds - (time.monotonic() - start)
            flow = self._with_flow(ask, start, max(left, 1.0), answer.bound)
            answer = self._lesser(answer, flow)
        return answer

    def _with_cuts(self, ask: Rows, start: float, seconds: float) -> Answer:
        """The answer of lazy cuts; OPEN or UNKNOWN if they do not settle it in time."""
        bound = 0.0
        for _ in range(ROUNDS):
            left = seconds - (time.monotonic() - start)
            if left <= 0:
                break
            found = self._run([self._rows, self.cuts, ask], left)
            if found.status == IMPOSSIBLE:
                return self._answer(Status.IMPOSSIBLE, None, np.inf, start)
            bound = max(bound, self._bound(found))
            if found.x is None:
                break
            zone = self.zone_of(found.x)
            if not self.cut(zone):
                proved = found.status == OPTIMAL
                return self._answer(Status.PROVED if proved else Status.OPEN, zone, bound, start)
            if found.status != OPTIMAL:
                break
        return self._answer(Status.UNKNOWN, None, bound, start)

    def _with_flow(self, ask: Rows, start: float, seconds: float, bound: float) -> Answer:
        """The answer of the flow model."""
        flow, columns = self._flow
        found = self._run([self._rows, self.cuts, flow, ask], seconds, columns)
        if found.status == IMPOSSIBLE:
            return self._answer(Status.IMPOSSIBLE, None, np.inf, start)
        bound = max(bound, self._bound(found))
        if found.x is None:
            return self._answer(Status.UNKNOWN, None, bound, start)
        status = Status.PROVED if found.status == OPTIMAL else Status.OPEN
        return self._answer(status, self.zone_of(found.x), bound, start)

    def _lesser(self, cuts: Answer, flow: Answer) -> Answer:
        """What the flow model found; what cuts did where time ran out and it moves less."""
        if cuts.zone is None or flow.status in (Status.PROVED, Status.IMPOSSIBLE):
            return flow
        moved = self.problem.moved
        if flow.zone is not None and moved(flow.zone) <= moved(cuts.zone):
            return flow
        return replace(cuts, bound=flow.bound, seconds=flow.seconds)

    def _answer(self, status: Status, zone: Index | None, bound: float, start: float) -> Answer:
        if status is Status.PROVED and zone is not None:
            bound = self.problem.moved(zone)
        return Answer(status, zone, bound, time.monotonic() - start)

    def _run(self, rows: list[Rows], seconds: float, columns: int | None = None) -> Any:
        """HiGHS on these rows; columns beyond those of the model are flow."""
        columns = columns or self.columns
        flow = columns - self.columns
        high = np.concatenate([np.ones(self.columns), np.full(flow, float(self.problem.blocks))])
        low = np.zeros(columns)
        low[self.fixed] = 1.0
        return milp(
            np.concatenate([self.cost, np.zeros(flow)]),
            integrality=np.concatenate([np.ones(self.columns), np.zeros(flow)]),
            bounds=Bounds(low, high),
            constraints=[part.constraint(columns) for part in rows if part.count],
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )

    @cached_property
    def fixed(self) -> Index:
        """The columns of sites, which stay in their zones."""
        zone = np.flatnonzero(self.problem.site != NONE)
        return np.asarray(self.x[self.problem.site[zone], zone])

    def _bound(self, found: Any) -> float:
        """No answer moves less than this, whatever the ties cost."""
        bound = found.mip_dual_bound
        return 0.0 if bound is None or not np.isfinite(bound) else max(0.0, bound - TIES)

    def zone_of(self, x: Floats) -> Index:
        """The zone of each block, from values of the columns of blocks."""
        chosen = x[: len(self.block)] > 0.5
        zone = np.empty(self.problem.blocks, dtype=np.intp)
        zone[self.block[chosen]] = self.zone[chosen]
        return zone

    # --- rows -------------------------------------------------------------------------------------

    @cached_property
    def cost(self) -> Floats:
        """What each column costs: moves their weight, and ties."""
        problem = self.problem
        moves = self.zone != problem.today[self.block]
        links = self.columns - len(self.block)
        tie = TIES / 2 / max(problem.blocks, 1)
        cost = np.where(moves, problem.weight[self.block] + tie, 0.0)
        return np.concatenate([cost, np.full(links, TIES / 2 / max(links, 1))])

    def add_own_rows(self, rows: Rows, first: int = 0) -> None:
        """Every block has one zone, and loads are kept to; columns count from `first`."""
        problem, x = self.problem, first + np.arange(len(self.block))
        rows.add(self.block, x, low=np.ones(problem.blocks), high=1.0)
        load = problem.load[self.block]
        rows.add(self.zone, x, load, low=problem.least, high=problem.most)

    @cached_property
    def _rows(self) -> Rows:
        """All rows but the cuts, and what is asked for."""
        problem, rows, x = self.problem, Rows(), np.arange(len(self.block))
        self.add_own_rows(rows)
        kept = problem.kept[self.block]
        x, y = x[kept != NONE], self.y[kept, self.zone][kept != NONE]
        two = np.concatenate([np.arange(len(x))] * 2)
        sign = np.repeat([1.0, -1.0], len(x))
        rows.add(two, np.concatenate([x, y]), sign, high=np.zeros(len(x)))
        self._add_kept_neighbours(rows)
        for link in self.y.T[(self.y[problem.kept_zones :] != NONE).any(axis=0)]:
            link = link[link != NONE]
            rows.add(np.zeros(len(link)), link, low=1.0)
        return rows

    def _add_kept_neighbours(self, rows: Rows) -> None:
        """A zone reaches a kept zone without an anchor of it only through its neighbours."""
        problem = self.problem
        d, e = problem.kept[np.concatenate([problem.borders, problem.borders[:, ::-1]])].T
        beside = np.zeros((problem.kept_zones, problem.kept_zones), dtype=bool)
        both = (d != NONE) & (e != NONE) & (d != e)
        beside[d[both], e[both]] = True
        free = np.zeros(problem.kept_zones, dtype=bool)  # beside land that lies in none
        free[d[(d != NONE) & (e == NONE)]] = True
        y = self.y[: problem.kept_zones]
        anchored = np.zeros_like(y, dtype=bool)
        u, c = np.nonzero(problem.anchors & (problem.kept != NONE)[:, None])
        anchored[problem.kept[u], c] = True
        for d, c in zip(*np.nonzero((y != NONE) & ~anchored & ~free[:, None]), strict=True):
            through = y[beside[d], c]
            through = through[through != NONE]
            sign = np.concatenate([[1.0], np.full(len(through), -1.0)])
            rows.add(np.zeros(len(sign)), np.append(y[d, c], through), sign, high=0.0)

    def _limits(self, splits: int | None, whole: Collection[int], still: Collection[int]) -> Rows:
        """Rows of what is asked for."""
        rows = Rows()
        if splits is not None:
            y = self.y[self.y != NONE]
            rows.add(np.zeros(len(y)), y, high=float(self.problem.base + splits))
        for zone in whole:
            y = self.y[:, zone] if self.problem.reverse else self.y[zone]
            y = y[y != NONE]
            rows.add(np.zeros(len(y)), y, high=1.0)
        if stay := list(still):
            x = self.x[stay, self.problem.today[stay]]
            rows.add(np.arange(len(x)), x, low=np.ones(len(x)))
        return rows

    def cut(self, zone: Index) -> int:
        """Add cuts for every piece without an anchor; returns how many pieces there are.

        They are added for all zones without an anchor in the piece: else it would go from one to
        the next, round by round.
        """
        loose = self.problem.loose(zone)
        for _, piece in loose:
            for c in np.flatnonzero(~self.problem.anchors[piece].any(axis=0)):
                self._cut_off(piece[self.problem.allowed[piece, c]], piece, int(c))
        return len(loose)

    def _cut_off(self, blocks: Index, piece: Index, c: int) -> None:
        """Blocks of the piece belong to the zone only with one that parts it from the anchors."""
        x, through = self.x[blocks, c], self.x[self._separator(piece, c), c]
        column = np.column_stack([x, np.tile(through, (len(x), 1))])
        sign = np.concatenate([[1.0], np.full(len(through), -1.0)])
        row = np.repeat(np.arange(len(x)), column.shape[1])
        self.cuts.add(row, column.ravel(), np.tile(sign, len(x)), high=np.zeros(len(x)))

    def _separator(self, piece: Index, c: int) -> Index:
        """Blocks beside the piece that can be reached from an anchor of the zone around them."""
        problem = self.problem
        around = np.zeros(problem.blocks, dtype=bool)
        around[problem.neighbours[piece].indices] = True
        around[piece] = False
        around &= problem.allowed[:, c]
        passable = problem.allowed[:, c] & ~around
        passable[piece] = False
        reached = problem.anchors[:, c] & problem.allowed[:, c]
        for part in problem.pieces(passable):
            if problem.anchors[part, c].any():
                reached[problem.neighbours[part].indices] = True
        return np.flatnonzero(around & reached)

    @cached_property
    def _flow(self) -> tuple[Rows, int]:
        """Rows of the flow model, and how many columns it has with those of the model.

        Flow runs along borders, within a zone: each of its blocks takes one, and only anchors that
        belong to the zone may give.
        """
        problem, rows = self.problem, Rows()
        i, j = np.concatenate([problem.borders, problem.borders[:, ::-1]]).T
        arc, c = np.nonzero(problem.allowed[i] & problem.allowed[j])
        flow = self.columns + np.arange(len(arc))
        into, out_of = self.x[j[arc], c], self.x[i[arc], c]
        x = np.arange(len(self.block))
        most = float(problem.blocks)
        for end in (into, out_of):  # none where the block is not of the zone
            rows.add(
                np.concatenate([end, x]), np.concatenate([flow, x]),
                np.concatenate([np.ones(len(flow)), np.full(len(x), -most)]), high=np.zeros(len(x)),
            )  # fmt: skip
        gives = problem.anchors[self.block, self.zone]
        rows.add(
            np.concatenate([into, out_of, x]), np.concatenate([flow, flow, x]),
            np.concatenate([np.ones(len(flow)), np.full(len(flow), -1.0), np.full(len(x), -1.0)]),
            low=np.where(gives, -np.inf, 0.0), high=np.inf,
        )  # fmt: skip
        return rows, self.columns + len(arc)


def _numbered(flags: Flags, first: int = 0) -> Index:
    """The number of every cell that is set, in reading order from `first`; NONE elsewhere."""
    numbers = np.full(flags.shape, NONE, dtype=np.intp)
    numbers[flags] = first + np.arange(int(flags.sum()))
    return numbers


def reachable(allowed: Flags, neighbours: sparse.csr_array, anchors: Flags) -> Flags:
    """Whether a block hangs together with an anchor of a zone through blocks allowed in it."""
    reached = np.zeros_like(allowed)
    for c in range(allowed.shape[1]):
        members = np.flatnonzero(allowed[:, c])
        inside = neighbours[members][:, members]
        _, piece = csgraph.connected_components(inside, directed=False)
        held = np.unique(piece[anchors[members, c]])
        reached[members, c] = np.isin(piece, held)
    return reached
