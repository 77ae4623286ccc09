"""Other ways to look for proposals: what they find is possible, and nothing tells how good it is.

Each takes a problem (:class:`geo.problem.Problem`) and gives the best plan that it came across for
every number of splits. *Greedy* joins one fragment of a kept zone after the other to another part
of it, the cheapest first. *Annealing* moves blocks and fragments by chance, at first also for the
worse, and weighs a split in residents, at several prices. ReCom is in :mod:`benchmarks.recom`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp

import numpy as np

from geo.problem import NONE, Flags, Index, Problem

SEED = 1
#: Residents that a split is worth to those who look for a plan at a price.
PRICES = (300.0, 1_000.0, 2_000.0, 3_000.0, 5_000.0, 10_000.0, 30_000.0)
#: Moves tried by annealing at each price; how often they are of a whole fragment.
MOVES, FRAGMENTS = 40_000, 0.4
#: Temperature, in prices of a split: at first and at last.
HOT, COLD = 0.2, 0.004
#: Loads are sums of rounded numbers.
SLACK = 1e-6


@dataclass(eq=False)
class Found:
    """The best plan for every number of splits, of those shown."""

    problem: Problem
    plans: dict[int, tuple[float, Index]] = field(default_factory=dict)

    def show(self, zone: Index) -> None:
        """Take a plan that obeys the rules if it is better than what was found."""
        splits, moved = self.problem.splits(zone), self.problem.moved(zone)
        if self.promises(splits, moved):
            self.plans[splits] = (moved, zone.copy())

    def promises(self, splits: int, moved: float) -> bool:
        """Whether a plan like that would be better than what was found."""
        return splits not in self.plans or moved < self.plans[splits][0]


def obeys(problem: Problem, zone: Index) -> bool:
    """Whether a plan keeps to all rules."""
    load = np.bincount(zone, problem.load, problem.zones)
    return bool(
        problem.allowed[np.arange(problem.blocks), zone].all()
        and (load >= problem.least - SLACK).all()
        and (load <= problem.most + SLACK).all()
        and not problem.loose(zone)
    )


def greedy(problem: Problem) -> Found:
    """From today on, whole fragments to another zone of the same kept zone, the cheapest first."""
    found, zone = Found(problem), problem.today.copy()
    while True:
        found.show(zone)
        after = min(_joined(problem, zone), key=problem.moved, default=None)
        if after is None:
            return found
        zone = after


def _joined(problem: Problem, zone: Index) -> Iterator[Index]:
    """The plans in which one fragment more is joined to another of its kept zone."""
    for kept in range(problem.kept_zones):
        inside = problem.kept == kept
        zones = np.unique(zone[inside])
        for c in zones:
            for to in zones[zones != c]:
                after = np.where(inside & (zone == c), to, zone)
                if obeys(problem, after):
                    yield after


class Annealing:
    """A plan that changes move by move, with all that is needed to judge a move fast."""

    def __init__(self, problem: Problem, price: float, seed: int) -> None:
        self.problem, self.price = problem, price
        self.chance = random.Random(seed)  # noqa: S311
        self.zone: list[int] = problem.today.tolist()
        self.members = [_places(problem.today == c) for c in range(problem.zones)]
        self.anchors = [_places(column) for column in problem.anchors.T]
        near = problem.neighbours
        self.beside = [set(near[[u]].indices.tolist()) for u in range(problem.blocks)]
        self.kept: list[int] = problem.kept.tolist()
        inside = problem.kept != NONE
        links = np.zeros((problem.kept_zones, problem.zones), dtype=int)
        np.add.at(links, (problem.kept[inside], problem.today[inside]), 1)
        self.links: list[list[int]] = links.tolist()
        self.load = np.bincount(problem.today, problem.load, problem.zones).tolist()
        self.loads: list[float] = problem.load.tolist()
        self.splits, self.moved = problem.splits(problem.today), 0.0
        self.found = Found(problem)
        self.found.show(problem.today)

    def run(self, moves: int = MOVES) -> Found:
        """So many moves by chance, from hot to cold."""
        allowed = [_places(row) for row in self.problem.allowed]
        free = [u for u, zones in enumerate(allowed) if len(zones) > 1]
        for nth in range(moves if free else 0):
            heat = self.price * HOT * (COLD / HOT) ** (nth / moves)
            block = self.chance.choice(free)
            here = self.zone[block]
            others = {self.zone[v] for v in self.beside[block]} & allowed[block] - {here}
            if others:
                to = self.chance.choice(sorted(others))
                gone = self._gone(block)
                if all(to in allowed[u] for u in gone):
                    self._try(gone, here, to, heat)
        return self.found

    def _gone(self, block: int) -> set[int]:
        """What moves: the block, or all of its fragment."""
        if self.kept[block] == NONE or self.chance.random() >= FRAGMENTS:
            return {block}
        its = self.kept[block]
        return {u for u in self.members[self.zone[block]] if self.kept[u] == its}

    def _try(self, gone: set[int], here: int, to: int, heat: float) -> None:
        """Make a move if chance and the rules let it be."""
        weight, today = self.problem.weight, self.problem.today
        more = sum(float(weight[u]) * ((today[u] == here) - int(today[u] == to)) for u in gone)
        links = self._links(gone, here, to)
        worse = more + self.price * links
        if worse > 0 and self.chance.random() >= exp(-worse / heat):
            return
        load = sum(self.loads[u] for u in gone)
        if not (self._bears(here, -load) and self._bears(to, load)):
            return
        if not (self._hangs(here, self.members[here] - gone)
                and self._hangs(to, self.members[to] | gone)):  # fmt: skip
            return
        self._move(gone, here, to, load)
        self.splits += links
        self.moved += more
        if self.found.promises(self.splits, self.moved - SLACK):
            self.found.show(np.array(self.zone))

    def _links(self, gone: set[int], here: int, to: int) -> int:
        """How many links a move makes, less those that it removes."""
        more = 0
        for its in {self.kept[u] for u in gone} - {NONE}:
            count = sum(self.kept[u] == its for u in gone)
            more += (self.links[its][to] == 0) - int(self.links[its][here] == count)
        return more

    def _bears(self, zone: int, more: float) -> bool:
        load = self.load[zone] + more
        least, most = self.problem.least[zone], self.problem.most[zone]
        return bool(least - SLACK <= load <= most + SLACK)

    def _hangs(self, zone: int, members: set[int]) -> bool:
        """Whether every part of a zone holds an anchor of it."""
        reached: set[int] = set()
        edge = self.anchors[zone] & members
        while edge:
            reached |= edge
            edge = set().union(*(self.beside[u] for u in edge)) & members - reached
        return len(reached) == len(members)

    def _move(self, gone: set[int], here: int, to: int, load: float) -> None:
        self.members[here] -= gone
        self.members[to] |= gone
        self.load[here] -= load
        self.load[to] += load
        for u in gone:
            self.zone[u] = to
            if self.kept[u] != NONE:
                self.links[self.kept[u]][here] -= 1
                self.links[self.kept[u]][to] += 1


def _places(flags: Flags) -> set[int]:
    return set(np.flatnonzero(flags).tolist())


def annealing(problem: Problem, moves: int = MOVES) -> Found:
    """Simulated annealing at every price."""
    found = Found(problem)
    for price in PRICES:
        for _, zone in Annealing(problem, price, SEED).run(moves).plans.values():
            found.show(zone)
    return found
