"""The front: for every number of splits one could live with, the least that would have to move.

Problems that share no block and no zone are settled one by one, and their splits add up. So the
front of the city joins theirs by (min, +) convolution, which is exact::

    F(k) = min over k1 + k2 + ... <= k  of  f1(k1) + f2(k2) + ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf

from .solver import Answer, Model, Status

IMPOSSIBLE = Status.IMPOSSIBLE

#: By number of splits: the weight moved, and the place of the point taken from each front.
Sums = dict[int, tuple[float, tuple[int, ...]]]


@dataclass(frozen=True, eq=False)
class Point:
    """What is known of one problem with at most `limit` splits (None: any number).

    `splits` are those of the answer; where there is none, the limit.
    """

    limit: int | None
    splits: int
    moved: float
    answer: Answer

    @property
    def status(self) -> Status:
        return self.answer.status

    @property
    def found(self) -> bool:
        return self.answer.zone is not None


def points(model: Model, seconds: float) -> Iterator[Point]:
    """The front of one problem, from the fewest moves to the fewest splits, point by point.

    Each point asks for one split less than the last had. The end is proved impossible by counting
    (:attr:`Problem.floor`) or by the solver; `seconds` is for each point.
    """
    problem = model.problem
    limit, splits = None, problem.splits(problem.today)
    while limit is None or limit >= problem.floor:
        answer = model.solve(limit, seconds=seconds)
        if answer.zone is None:
            at = splits if limit is None else limit
            yield Point(limit, at, inf, answer)
            if answer.status is IMPOSSIBLE:
                return
            splits = at
        else:
            splits = problem.splits(answer.zone)
            yield Point(limit, splits, problem.moved(answer.zone), answer)
        limit = splits - 1
    none = Answer(IMPOSSIBLE, None, inf, 0.0)
    yield Point(limit, problem.floor - 1, inf, none)


def end_proved(front: Sequence[Point]) -> bool:
    """Whether fewer splits than the last answer has are proved impossible: nothing is left open."""
    unanswered = [point.status for point in front if not point.found]
    return bool(unanswered) and set(unanswered) == {IMPOSSIBLE}


@dataclass(frozen=True)
class CityPoint:
    """One point of the front of all problems together.

    `picks` has the place of the point taken from the front of each problem; nothing moves less than
    `bound` with so many splits.
    """

    splits: int
    moved: float
    bound: float
    picks: tuple[int, ...]

    @property
    def proved(self) -> bool:
        return self.bound >= self.moved

    @property
    def gap(self) -> float:
        """How much less might have to move, as a share of what does (0: proved)."""
        return 0.0 if self.proved else (self.moved - self.bound) / self.moved


def joined(fronts: Sequence[Sequence[Point]]) -> list[CityPoint]:
    """The front of all problems from the most splits to the fewest; moves grow on the way."""
    found = [
        {point.splits: (point.moved, i) for i, point in enumerate(front) if point.found}
        for front in fronts
    ]
    # The bound of a point holds from its limit down to its splits: its splits stand for all.
    bounds = [
        {p.splits: (p.answer.bound, i) for i, p in enumerate(front) if p.status is not IMPOSSIBLE}
        for front in fronts
    ]
    best, below = _summed(found), _summed(bounds)
    kept: list[CityPoint] = []
    for splits, (moved, picks) in sorted(best.items()):
        if not kept or moved < kept[-1].moved:
            bound = min(least for k, (least, _) in below.items() if k <= splits)
            kept.append(CityPoint(splits, moved, min(bound, moved), picks))
    return kept[::-1]


def _summed(fronts: Sequence[dict[int, tuple[float, int]]]) -> Sums:
    """Every sum of points, one from each front; of those with equal splits the least moved."""
    sums: Sums = {0: (0.0, ())}
    for front in fronts:
        before, sums = sums, {}
        for (splits, (moved, picks)), (more, (its, i)) in product(before.items(), front.items()):
            total = (moved + its, (*picks, i))
            sums[splits + more] = min(total, sums.get(splits + more, total))
    return sums
