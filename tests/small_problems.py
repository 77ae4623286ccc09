"""Small problems at random, and every answer that they have: what the solver is judged by.

Nothing here is taken from the solver: rules are checked one by one on every assignment there is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from geo.problem import NONE, Problem

SHAPES = [(3, 3), (3, 4), (2, 5)]


def grid_borders(across: int, up: int) -> NDArray[np.intp]:
    """The borders of a grid, read row by row."""
    cell = np.arange(across * up).reshape(up, across)
    beside = np.column_stack([cell[:, :-1].ravel(), cell[:, 1:].ravel()])
    above = np.column_stack([cell[:-1].ravel(), cell[1:].ravel()])
    return np.vstack([beside, above]).astype(np.intp)


def line(most: float = np.inf) -> Problem:
    """Four blocks in a row with 10, 4, 6 and 10 residents; centres at both ends, B + C to be whole.

    ::

        A 10 │ B 4 ┃ C 6 │ D 10      today: centre 0 has A and B, centre 1 has C and D
    """
    weight = np.array([10.0, 4.0, 6.0, 10.0])
    today = np.array([0, 0, 1, 1])
    allowed = np.array([[True, False], [True, True], [True, True], [False, True]])
    anchors = np.array([[True, False], [False, False], [False, False], [False, True]])
    return Problem(
        weight, weight, np.array([0, 1, 1, 2]), today, grid_borders(4, 1), allowed, anchors,
        site=np.array([0, 3]), least=np.zeros(2), most=np.full(2, most), base=3,
    )  # fmt: skip


def at_random(seed: int, *, reverse: bool = False) -> Problem:
    """A grid whose zones need not hang together today; half of them with exclaves that may stay,
    with pairs of block and zone that are forbidden, with limits of load.
    """
    rng = np.random.default_rng(seed)
    across, up = SHAPES[seed % len(SHAPES)]
    blocks, zones, kept_zones = across * up, int(rng.integers(2, 4)), int(rng.integers(2, 5))
    site = rng.choice(blocks, zones, replace=False)
    today = rng.integers(0, zones, blocks)
    today[site] = np.arange(zones)
    weight = rng.integers(0, 30, blocks).astype(float)
    allowed = np.ones((blocks, zones), dtype=bool)
    if rng.random() < 0.5:
        allowed = rng.random((blocks, zones)) < 0.8
    allowed[np.arange(blocks), today] = True
    allowed[site] = False
    anchors = np.zeros((blocks, zones), dtype=bool)
    for flags in (allowed, anchors):
        flags[site, np.arange(zones)] = True
    least, most = np.zeros(zones), np.full(zones, np.inf)
    if rng.random() < 0.5:
        least[:], most[:] = weight.sum() / zones * 0.6 // 1, weight.sum() / zones * 1.4 // 1 + 1
    kept = _kept(rng, blocks, kept_zones)
    problem = Problem(
        weight, weight, kept, today, grid_borders(across, up), allowed, anchors, site, least, most,
        base=zones if reverse else int(kept.max()) + 1, reverse=reverse,
    )  # fmt: skip
    return with_exclaves(problem) if rng.random() < 0.5 else problem


def _kept(rng: np.random.Generator, blocks: int, zones: int) -> NDArray[np.intp]:
    """Kept zones at random, numbered without a gap; in a third of cases some blocks lie in none."""
    kept = rng.integers(0, zones, blocks)
    kept[rng.permutation(blocks)[:zones]] = np.arange(zones)
    if rng.random() < 1 / 3:
        kept[rng.choice(blocks, rng.integers(1, 4), replace=False)] = NONE
    held = kept != NONE
    kept[held] = np.unique(kept[held], return_inverse=True)[1]
    return kept


def with_exclaves(problem: Problem) -> Problem:
    """The same problem, if what lies apart today may stay so."""
    anchors = problem.anchors.copy()
    for zone, piece in problem.loose(problem.today):
        anchors[piece[0], zone] = True
    return replace(problem, anchors=anchors)


@dataclass(frozen=True)
class Answers:
    """Every assignment that obeys the rules, one per row of `zone`, with its splits and moves."""

    zone: NDArray[np.intp]
    splits: NDArray[np.intp]
    moved: NDArray[np.float64]

    def front(self) -> dict[int, float]:
        """The least moved by number of splits, where one more split is of use."""
        found: dict[int, float] = {}
        for splits in np.unique(self.splits):
            least = float(self.moved[self.splits == splits].min())
            if least < min(found.values(), default=np.inf):
                found[int(splits)] = least
        return found

    def least(self, splits: int | None, also: NDArray[np.bool_] | None = None) -> float:
        """The least moved with at most so many splits, of those for which `also` holds."""
        fit = np.ones(len(self.moved), dtype=bool) if also is None else also
        if splits is not None:
            fit = fit & (self.splits <= splits)
        return float(self.moved[fit].min(initial=np.inf))


def answers(problem: Problem) -> Answers:
    """Every answer of a small problem."""
    choices = [np.flatnonzero(row) for row in problem.allowed]
    zone = np.array(list(product(*choices)), dtype=np.intp)
    for c in range(problem.zones):
        load = (zone == c) @ problem.load
        zone = zone[(load >= problem.least[c] - 1e-9) & (load <= problem.most[c] + 1e-9)]
    for c in range(problem.zones):
        zone = zone[_hangs_together(problem, zone == c, problem.anchors[:, c])]
    moved = (zone != problem.today) @ problem.weight
    links = linked(problem, zone)
    if problem.reverse:  # a zone that lies in no kept zone at all is no split less
        splits = np.maximum(links.sum(axis=1), 1).sum(axis=1) - problem.base
    else:
        splits = links.sum(axis=(1, 2)) - problem.base
    return Answers(zone, splits, moved)


def linked(problem: Problem, zone: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether kept zones and zones share a block (answers × kept zones × zones)."""
    links = np.zeros((len(zone), problem.kept.max() + 1, problem.zones), dtype=bool)
    for block, kept in enumerate(problem.kept):
        if kept != NONE:
            links[np.arange(len(zone)), kept, zone[:, block]] = True
    return links


def _hangs_together(
    problem: Problem, mine: NDArray[np.bool_], anchors: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether all blocks of a zone are reached from its anchors, for each answer."""
    beside = np.zeros((problem.blocks, problem.blocks), dtype=np.uint8)
    for i, j in problem.borders:
        beside[i, j] = beside[j, i] = 1
    reached = mine & anchors
    for _ in range(problem.blocks):
        reached |= mine & (reached.astype(np.uint8) @ beside > 0)
    return np.asarray((reached == mine).all(axis=1))
