"""Proposals: the smallest moves that would align two partitions, for every number of splits.

The parts of the city that can be settled apart (:mod:`geo.groups`) are exact problems
(:mod:`geo.solver`); their fronts are joined into that of the city (:mod:`geo.front`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
import pandas as pd

from .blocks import Blocks
from .errors import UsageError
from .front import CityPoint, Point, end_proved, joined, points
from .groups import Group, Rules, groups, homes
from .solver import Answer, Model, Status
from .verify import Checker
from .words import Text

Progress = Callable[[Text], None]


@dataclass(frozen=True, eq=False)
class Proposal:
    """One point of the front: where every block would belong.

    Attributes
    ----------
    splits
        Links between zones of the two partitions beyond one for each zone to be made whole.
    moved
        People (m² where nobody is counted) who would change zone.
    bound
        Nothing with so few splits moves less.
    zone
        The proposed zone id of every block, by block id (OUTSIDE: in none, as today).
    """

    splits: int
    moved: float
    bound: float
    zone: pd.Series

    @property
    def proved(self) -> bool:
        return self.bound >= self.moved


@dataclass(frozen=True, eq=False)
class Front:
    """All proposals worth considering, from the fewest moves to the fewest splits.

    Attributes
    ----------
    groups, fronts
        The parts of the city that are settled apart, and the points of each.
    finished
        False if the work was broken off: the points say how far they are proved.
    """

    blocks: Blocks
    rules: Rules
    groups: list[Group]
    fronts: list[list[Point]]
    finished: bool = True

    @cached_property
    def points(self) -> list[CityPoint]:
        """The front of the whole city; its splits include those in ward lines."""
        return [
            CityPoint(one.splits + self.straddling, one.moved, one.bound, one.picks)
            for one in joined(self.fronts)
        ]

    @property
    def straddling(self) -> int:
        """Splits in the lines between groups: a zone on both sides has links on both."""
        whole = [group.zones if self.rules.reverse else group.kept for group in self.groups]
        sides = [zone for zones in whole for zone in zones]
        return len(sides) - len(set(sides))

    @cached_property
    def homes(self) -> pd.DataFrame:
        """Where each zone has its site: ``zone_id``, ``ward_id``, ``block_id``, ``point``."""
        return homes(self.blocks, self.groups)

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.blocks, self.rules, self.homes)

    @property
    def splits_today(self) -> int:
        problems = [group.problem for group in self.groups]
        return sum(one.splits(one.today) for one in problems) + self.straddling

    @property
    def end_proved(self) -> bool:
        """Whether fewer splits than the last point has are proved impossible."""
        return all(map(end_proved, self.fronts))

    def frame(self) -> pd.DataFrame:
        """One row per point: ``splits``, ``moved``, ``bound``, ``proved``, ``gap``."""
        rows = [(p.splits, p.moved, p.bound, p.proved, p.gap) for p in self.points]
        return pd.DataFrame(rows, columns=["splits", "moved", "bound", "proved", "gap"])

    def plan(self, splits: int) -> Proposal:
        """The proposal that moves least of those with at most so many splits.

        Raises
        ------
        UsageError
            If none was found; it says whether there is none, and what the fewest splits are.
        """
        for point in self.points:
            if point.splits <= splits:
                return self.proposal(point)
        if self.end_proved:
            what = Text(
                f"分割が{splits}以下の案はありません（証明済み）",
                f"it is proved that no proposal has so few splits as {splits}",
            )
        else:
            what = Text(
                f"分割が{splits}以下の案は、時間内に見つかりませんでした",
                f"in the time given no proposal was found with so few splits as {splits}",
            )
        fewest = self.points[-1].splits if self.points else "–"
        remedy = Text(f"最も少ない案の分割は {fewest} です", f"the fewest are {fewest}")
        raise UsageError("--splits", what, remedy)

    def proposal(self, point: CityPoint) -> Proposal:
        """Where every block belongs at one point of the front, checked from the map."""
        zone = self.blocks.table["moving_id"].to_numpy(dtype=object).copy()
        for group, front, pick in zip(self.groups, self.fronts, point.picks, strict=True):
            answer = front[pick].answer.zone
            assert answer is not None  # noqa: S101  (only points with an answer are picked)
            zone[group.rows] = np.array(group.zones, dtype=object)[answer]
        ids = pd.Series(zone, index=self.blocks.table.index)
        self._checker.verify(ids, point.splits, point.moved)
        return Proposal(point.splits, point.moved, point.bound, ids)


def front(
    blocks: Blocks,
    rules: Rules,
    *,
    sites: pd.Series | None = None,
    seconds: float = 60.0,
    progress: Progress = lambda step: None,
) -> Front:
    """Every proposal for the zones of `blocks.moving` that is worth considering.

    Parameters
    ----------
    blocks, rules
        What can move, and what every proposal must obey.
    sites
        Where the centre of each zone stands (:func:`geo.groups.groups`).
    seconds
        For each point of each group; then the best so far is taken, and its gap is known.
    progress
        Told what is done.

    Returns
    -------
    Front
        Broken off (Ctrl-C) it has what was done until then.
    """
    apart = groups(blocks, rules, sites)
    fronts: list[list[Point]] = [[] for _ in apart]
    finished = True
    try:
        for nth, (group, found) in enumerate(zip(apart, fronts, strict=True)):
            progress(_step(nth + 1, len(apart)))
            for point in points(Model(group.problem), seconds):
                found.append(point)
    except KeyboardInterrupt:
        finished = False
    for group, found in zip(apart, fronts, strict=True):
        _close(group, found)
    return Front(blocks, rules, apart, fronts, finished)


def _close(group: Group, found: list[Point]) -> None:
    """Give a front that was broken off its end: nothing is known of fewer splits."""
    if found and found[-1].status is Status.IMPOSSIBLE:
        return
    problem = group.problem
    if not found and not problem.loose(problem.today):
        today = Answer(Status.OPEN, problem.today, 0.0, 0.0)
        found.append(Point(None, problem.splits(problem.today), 0.0, today))
    bound = found[-1].answer.bound if found else 0.0
    found.append(Point(None, problem.floor, inf, Answer(Status.UNKNOWN, None, bound, 0.0)))


def _step(nth: int, groups: int) -> Text:
    return Text(
        f"案を計算しています（{groups}のうち{nth}）", f"Computing proposals ({nth} of {groups})"
    )
