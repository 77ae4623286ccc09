"""What a planner is given: the front, a few proposals at its knees, and all that is known of them.

There is never one "best" plan: at least three are shown, from few moves to few splits, and the
choice is the planner's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from . import outcome
from .blocks import blocks
from .front import CityPoint
from .groups import Rules
from .joint import both
from .layers import Counts
from .partition import Partition
from .realign import Front, Proposal, front
from .reasons import Explainer, Reason
from .slivers import SliverRule
from .spread import Spread
from .staff import Keep, LoadRule
from .words import Text

Progress = Callable[[Text], None]

#: What the zones that plans work in may grow and shrink to, where they move and nobody says.
SIZE = LoadRule(Keep.BAND, band=0.5)


#: A point of both sides together that takes longer stays open, and says its gap.
JOINT_SECONDS = 20.0


@dataclass(frozen=True, eq=False)
class City:
    """What proposals are made of: the partitions of a plan and its people."""

    kept: Partition
    moving: Partition
    towns: Partition
    wards: Partition | None
    counts: Counts
    spread: Spread | None
    slivers: SliverRule
    sites: pd.Series | None = None

    def swapped(self) -> City:
        """The same for the other direction."""
        return replace(self, kept=self.moving, moving=self.kept, sites=None)


@dataclass(frozen=True, eq=False)
class Option:
    """One proposal with its tables (:mod:`geo.outcome`), and why what remains split is split."""

    label: str
    proposal: Proposal
    moves: pd.DataFrame
    measures: pd.DataFrame
    loads: pd.DataFrame
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, eq=False)
class Proposals:
    """Attributes
    ----------
    front, other
        What is possible if the zones of one partition move, and if those of the other do instead.
    both
        What is possible if both sides move; empty where it was not asked for.
    options
        Proposals of `front`, from few moves to few splits.
    ends
        Why no proposal of `front` has fewer splits, group by group.
    """

    front: Front
    other: Front | None
    both: tuple[CityPoint, ...]
    options: tuple[Option, ...]
    ends: tuple[Text, ...]


def proposals(
    first: tuple[City, Rules],
    second: tuple[City, Rules] | None = None,
    *,
    splits: Sequence[int] = (),
    jointly: bool = True,
    seconds: float = 60.0,
    progress: Progress = lambda step: None,
) -> Proposals:
    """The front of one direction with proposals worth a council's time, and that of the other.

    Parameters
    ----------
    first, second
        What is there and what must be obeyed, in the direction of the proposals and in the other
        (None: it is not worked out).
    splits
        Of the proposals wanted; none: those at the knees of the front.
    jointly
        Whether to work out, with both directions known, what they can do together.
    seconds
        For each point of the front of each ward.
    progress
        Told what is done.
    """
    main = _front(*first, seconds, progress)
    other = _front(*second, seconds, progress) if second and main.finished else None
    together: list[CityPoint] = []
    if other is not None and other.finished and jointly:
        progress(
            Text("両方を動かす案を計算しています", "Computing what both sides can do together")
        )
        together = both(main, other, min(seconds, JOINT_SECONDS))
    progress(Text("案を検算し、理由を調べています", "Checking proposals and asking why"))
    why, before = Explainer(main), outcome.today(main)
    asked = [main.plan(k) for k in splits] or [main.proposal(one) for one in knees(main.points)]
    options = tuple(
        Option(
            label=chr(ord("A") + nth),
            proposal=one,
            moves=outcome.moves(main, one),
            measures=outcome.measures(main, one, before=before),
            loads=outcome.loads(main, one),
            reasons=tuple(why.remaining(one)),
        )
        for nth, one in enumerate(asked)
    )
    return Proposals(main, other, tuple(together), options, tuple(why.end()))


def turned(rules: Rules) -> Rules:
    """The rules for the other direction: zones that plans work in have no staff, but a size."""
    return replace(rules, load=SIZE, load_column=None, load_share=1.0, reverse=True)


def _front(city: City, rules: Rules, seconds: float, progress: Progress) -> Front:
    made = blocks(
        city.kept,
        city.moving,
        city.towns,
        wards=city.wards,
        counts=city.counts,
        spread=city.spread,
        rule=city.slivers,
    )
    found = front(made, rules, sites=city.sites, seconds=seconds, progress=progress)
    for point in found.points:
        found.proposal(point)  # which checks it: no number is shown of a plan that is not sound
    return found


def knees(points: Sequence[CityPoint], most: int = 3) -> list[CityPoint]:
    """The points that bend the front most, without its first (which moves least).

    The knee of a stretch is the point furthest below the straight line between its ends (Satopää et
    al. 2011, Finding a "Kneedle" in a haystack); then come those of the stretches beside it.

    >>> front = [CityPoint(9 - k, 2.0**k, 2.0**k, ()) for k in range(9)]
    >>> [point.splits for point in knees(front)]
    [6, 4, 2]
    """
    stretches, found = [(0, len(points) - 1)], set[int]()
    while stretches and len(found) < most:
        first, last = stretches.pop(0)
        if last - first < 2:
            continue
        knee = first + _knee(points[first : last + 1])
        found.add(knee)
        stretches += [(knee, last), (first, knee)]
    if len(found) < most:
        found |= set(range(max(1, len(points) - most), len(points)))
    return [points[i] for i in sorted(found)][-most:]


def _knee(points: Sequence[CityPoint]) -> int:
    """The place of the point furthest below the line between the first and the last."""
    x = np.array([point.splits for point in points], dtype=float)
    y = np.array([point.moved for point in points])
    x, y = (x - x[0]) / (x[-1] - x[0]), (y - y[0]) / (y[-1] - y[0] or 1.0)
    return int(np.argmax((x - y)[1:-1])) + 1
