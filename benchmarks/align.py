"""What proposals cost, and what other ways to look for them miss.

Every front is computed through the public interface and every point of it checked anew from the
map. Other ways (:mod:`benchmarks.baselines`) get the same problems, ward by ward, and their plans
are joined and checked in the same way; one that beats a proved value stops the measurement.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from importlib.metadata import version
from importlib.util import find_spec
from math import inf

import scipy

from benchmarks.baselines import Found, annealing, greedy
from benchmarks.cities import CASES, USUAL, Case, chiba, made
from benchmarks.recom import recom
from benchmarks.side_by_side import write_between
from geo.front import Point
from geo.problem import Problem
from geo.realign import Front, front
from geo.solver import TIES, Answer, Model, Status

WAYS: dict[str, Callable[[Problem], Found]] = {"greedy": greedy, "annealing": annealing}
if find_spec("gerrychain"):
    WAYS["ReCom"] = recom

UNSETTLED = (Status.OPEN, Status.UNKNOWN)


@dataclass(frozen=True)
class Exact:
    """The front of one case; seconds of wall and of CPU of each round."""

    case: Case
    front: Front
    seconds: list[tuple[float, float]]
    checked_s: float
    slowest_s: float


def measure(case: Case, rounds: int) -> Exact:
    """The front of a case, computed so many times and checked once."""
    its = case.city().blocks
    seconds = []
    for _ in range(min(rounds, case.most_rounds)):
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        found = front(its, case.rules, seconds=case.seconds)
        seconds.append((time.perf_counter() - wall, time.process_time() - cpu))
    start = time.perf_counter()
    check(found)
    checked_s = time.perf_counter() - start
    return Exact(case, found, seconds, checked_s, slowest_question(found, case.seconds))


def check(found: Front) -> None:
    """Every point checked from the map; DataError where one is not what it says."""
    for point in found.points:
        found.proposal(point)


def slowest_question(found: Front, seconds: float) -> float:
    """The longest time for one ward and one number of splits, of those settled, each asked anew."""
    slowest = 0.0
    for group, points in zip(found.groups, found.fronts, strict=True):
        for point in points:
            by_counting = point.splits < group.problem.floor
            if not by_counting and point.status not in UNSETTLED:
                start = time.perf_counter()
                Model(group.problem).solve(point.limit, seconds=seconds)
                slowest = max(slowest, time.perf_counter() - start)
    return slowest


@dataclass(frozen=True)
class Other:
    """What another way found for the case of an exact front, and how long it took."""

    exact: Exact
    name: str
    front: Front
    seconds: float

    @property
    def excess(self) -> list[tuple[float, float]]:
        """At every number of splits of the exact front: residents too many, and as a share.

        Infinite where the way has no plan with so few splits.
        """
        found = []
        for ours in self.exact.front.points:
            if ours.moved > 0:
                theirs = (p.moved for p in self.front.points if p.splits <= ours.splits)
                more = min(theirs, default=inf) - ours.moved
                found.append((more, more / ours.moved))
        return found


def compare(exact: Exact, name: str) -> Other:
    """Another way on the same problems; the measurement stops if a plan of it cannot be."""
    groups = exact.front.groups
    start = time.perf_counter()
    found = [WAYS[name](group.problem) for group in groups]
    seconds = time.perf_counter() - start
    theirs = replace(exact.front, fronts=[_points(one) for one in found])
    check(theirs)
    stop_if_better(exact, name, theirs)
    return Other(exact, name, theirs, seconds)


def _points(found: Found) -> list[Point]:
    """Plans as points of a front of which nothing is proved."""
    return [
        Point(None, splits, moved, Answer(Status.OPEN, zone, 0.0, 0.0))
        for splits, (moved, zone) in found.plans.items()
    ]


def stop_if_better(exact: Exact, name: str, theirs: Front) -> None:
    """SystemExit where a plan moves less than is proved possible."""
    for group, ours, its in zip(exact.front.groups, exact.front.fronts, theirs.fronts, strict=True):
        for point in its:
            least = proved_least(ours, point.splits)
            if point.moved < least - TIES:
                raise SystemExit(
                    f"{exact.case.key}, wards {group.wards}: {name} moves {point.moved} residents "
                    f"at {point.splits} splits; {least} was proved to be the least"
                )


def proved_least(points: Sequence[Point], splits: int) -> float:
    """What is proved of at most so many splits; infinite: that there is no plan."""
    return min((p.answer.bound for p in points if p.splits <= splits), default=inf)


def fronts(measured: list[Exact]) -> list[str]:
    """The table of exact fronts."""
    heads = ("problem", "splits", "points", "proved", "residents who move at last", "rounds",
             "front, s", "CPU, s", "checking, s", "slowest question, s")  # fmt: skip
    return [_row(*heads), _rule(len(heads)), *(_front_row(one) for one in measured)]


def _front_row(one: Exact) -> str:
    points = one.front.points
    wall, cpu = (sorted(of_round) for of_round in zip(*one.seconds, strict=True))
    return _row(
        one.case.title,
        f"{one.front.splits_today} → {points[-1].splits}",
        str(len(points)),
        proved(one.front),
        f"{points[-1].moved:,.0f}",
        str(len(one.seconds)),
        *(_spread(each) for each in (wall, cpu)),
        f"{one.checked_s:.1f}",
        f"{one.slowest_s:.2f}",
    )


def proved(found: Front) -> str:
    """How far a front is proved: its points, and what was asked of each ward."""
    asked = [point for points in found.fronts for point in points]
    unsettled = sum(point.status in UNSETTLED for point in asked)
    if not unsettled:
        return "all"
    gaps = [point.gap for point in found.points]
    said = f"{gaps.count(0.0)}, gaps up to {max(gaps):.1%}" if any(gaps) else "all points"
    return f"{said}; {unsettled} of {len(asked)} questions open"


def _spread(values: Sequence[float], form: str = ".1f") -> str:
    middle = f"{statistics.median(values):{form}}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):{form}} to {max(values):{form}})"


def shapes(measured: list[Exact]) -> list[str]:
    """How the fronts of the usual rules run: residents at some numbers of splits."""
    said = []
    for one in measured:
        if one.case.rules == USUAL:
            points = one.front.points
            some = sorted({round(k * (len(points) - 1) / 6) for k in range(7)})
            at = ", ".join(f"{points[k].splits}: {points[k].moved:,.0f}" for k in some)
            said += ["", f"{one.case.title}, splits: residents who move: {at}."]
    return said


def others(all_compared: list[Other]) -> list[str]:
    """The table of other ways."""
    heads = ("problem", "way", "seconds", "times the exact way", "as good",
             "too many residents", "in %", "fewest splits")  # fmt: skip
    return [_row(*heads), _rule(len(heads)), *(_other_row(one) for one in all_compared)]


def _other_row(one: Other) -> str:
    reached = [(more, share) for more, share in one.excess if more < inf]
    good = sum(more <= TIES for more, _ in reached)
    missed = len(one.excess) - len(reached)
    residents, shares = zip(*reached, strict=True) if reached else ((inf,), (inf,))
    exact_s = statistics.median(wall for wall, _ in one.exact.seconds)
    proved = one.exact.front.points[-1].splits
    return _row(
        one.exact.case.title,
        one.name,
        f"{one.seconds:.1f}",
        f"{one.seconds / exact_s:.1f}",
        f"{good} of {len(one.excess)}" + (f", {missed} not reached" if missed else ""),
        f"{statistics.median(residents):,.0f} (most {max(residents):,.0f})",
        f"{100 * statistics.median(shares):,.1f} (most {100 * max(shares):,.0f})",
        f"{one.front.points[-1].splits}; exact {proved}",
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _row("---", *["---:"] * (columns - 1))


def report(measured: list[Exact], compared: list[Other]) -> str:
    """All that is written into the README."""
    made_of = "; ".join(
        f"{name}: {len(city().blocks.table):,} blocks, read in {city().read_s:.1f} s, made in "
        f"{city().made_s:.1f} s"
        for name, city in (("Chiba", chiba), ("made city", made))
        if any(one.case.city is city for one in measured)
    )
    peers = f", GerryChain {version('gerrychain')}" if find_spec("gerrychain") else ""
    return "\n".join(
        [
            f"SciPy {scipy.__version__}{peers}, {os.cpu_count()} cores. {made_of}. Seconds: median "
            "(least to most).",
            "",
            *fronts(measured),
            *shapes(measured),
            *(["", *others(compared)] if compared else []),
        ]
    )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks align", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    keys = ", ".join(case.key for case in CASES)
    parser.add_argument("--only", metavar="CASE", nargs="+", help=f"patterns for: {keys}")
    parser.add_argument("--alone", action="store_true", help="leave the other ways out")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    asked = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    measured: list[Exact] = []
    compared: list[Other] = []
    for case in CASES:
        if asked.only and not any(fnmatch(case.key, pattern) for pattern in asked.only):
            continue
        if not case.is_here:
            print(f"{case.key}: left out, set KENIKI_DATA to the folder of the data")
            continue
        measured.append(measure(case, asked.rounds))
        print(_front_row(measured[-1]), flush=True)
        for name in WAYS if case.compared and not asked.alone else ():
            compared.append(compare(measured[-1], name))
            print(_other_row(compared[-1]), flush=True)
    print(report(measured, compared))
    if asked.write:
        write_between("align", report(measured, compared))
