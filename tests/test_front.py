"""Fronts joined: the same as every combination of their points, and bounds that stay true."""

from __future__ import annotations

from itertools import pairwise, product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.front import CityPoint, Point, end_proved, joined
from geo.solver import Answer, Status

Truth = dict[int, float]
"""The least moved, by exact number of splits, of one part of the city."""


@st.composite
def truths(draw: st.DrawFn) -> list[Truth]:
    """Up to four parts of a city: the fewer splits, the more moves."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        splits = sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=4)), reverse=True)
        steps = draw(st.lists(st.integers(0, 9), min_size=len(splits), max_size=len(splits)))
        parts.append(dict(zip(splits, np.cumsum(steps).astype(float).tolist(), strict=True)))
    return parts


def proved(truth: Truth) -> list[Point]:
    """Its front as the solver gives it, with the end proved."""
    found, limit = [], None
    for splits, moved in truth.items():
        answer = Answer(Status.PROVED, np.zeros(1, dtype=int), moved, 0.0)
        found.append(Point(limit, splits, moved, answer))
        limit = splits - 1
    return [*found, Point(limit, min(truth) - 1, inf, Answer(Status.IMPOSSIBLE, None, inf, 0.0))]


def hurried(truth: Truth, rng: np.random.Generator) -> list[Point]:
    """Its front if time runs out now and then: worse answers, or none, with bounds that are true.

    It asks as :func:`geo.front.points` does: each time for one split less than there was.
    """
    found: list[Point] = []
    limit: int | None = None
    at = max(truth)
    while limit is None or limit >= 0:
        fit = {k: moved for k, moved in truth.items() if limit is None or k <= limit}
        if not fit:
            break
        least = min(fit.values())
        bound = max(0.0, least - rng.integers(0, 4))
        if rng.random() < 0.3:
            at = at if limit is None else limit
            found.append(Point(limit, at, inf, Answer(Status.UNKNOWN, None, bound, 0.0)))
        else:
            at = int(rng.choice(list(fit)))
            moved = fit[at] + float(rng.integers(0, 4))
            status = Status.PROVED if moved == bound == least else Status.OPEN
            found.append(Point(limit, at, moved, Answer(status, np.zeros(1, int), bound, 0.0)))
        limit = at - 1
    end = Answer(Status.IMPOSSIBLE, None, inf, 0.0)
    return [*found, Point(limit, min(truth) - 1, inf, end)]


def combined(parts: list[Truth]) -> Truth:
    """The least moved by number of splits, of every combination of points; only what is of use."""
    best: Truth = {}
    for chosen in product(*(part.items() for part in parts)):
        splits = sum(k for k, _ in chosen)
        best[splits] = min(best.get(splits, inf), sum(moved for _, moved in chosen))
    return {
        splits: moved
        for splits, moved in sorted(best.items())
        if all(moved < best[fewer] for fewer in best if fewer < splits)
    }


def least(parts: list[Truth], splits: int) -> float:
    return min((moved for k, moved in combined(parts).items() if k <= splits), default=inf)


@given(parts=truths())
def test_it_is_every_combination(parts: list[Truth]) -> None:
    fronts = [proved(part) for part in parts]
    whole = joined(fronts)
    assert {point.splits: point.moved for point in whole} == combined(parts)
    assert all(point.proved and point.bound == point.moved for point in whole)
    for point in whole:
        picked = [front[pick] for front, pick in zip(fronts, point.picks, strict=True)]
        assert sum(one.splits for one in picked) == point.splits
        assert sum(one.moved for one in picked) == point.moved


@given(parts=truths(), seed=st.integers(0, 1000))
def test_the_order_of_the_parts_does_not_matter(parts: list[Truth], seed: int) -> None:
    rng = np.random.default_rng(seed)
    fronts = [hurried(part, rng) for part in parts]
    order = rng.permutation(len(fronts))
    other = joined([fronts[nth] for nth in order])
    assert [(p.splits, p.moved, p.bound) for p in joined(fronts)] == [
        (p.splits, p.moved, p.bound) for p in other
    ]


@settings(max_examples=300)
@given(parts=truths(), seed=st.integers(0, 1000))
def test_bounds_are_true_whatever_is_open_or_not_known(parts: list[Truth], seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = joined([hurried(part, rng) for part in parts])
    for point in whole:
        assert point.bound <= least(parts, point.splits) <= point.moved
        assert point.proved == (point.gap == 0.0)
        assert point.moved * (1 - point.gap) == pytest.approx(point.bound)


@given(parts=truths(), seed=st.integers(0, 1000))
def test_fewer_splits_never_move_less(parts: list[Truth], seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = joined([hurried(part, rng) for part in parts])
    for some, fewer in pairwise(whole):
        assert fewer.splits < some.splits
        assert fewer.moved > some.moved
        assert fewer.bound >= some.bound


def test_an_open_point_says_its_gap() -> None:
    open_ = Point(None, 2, 10.0, Answer(Status.OPEN, np.zeros(1, dtype=int), 8.0, 1.0))
    other = proved({1: 0.0, 0: 30.0})
    whole = joined([[open_], other])
    assert [(p.splits, p.moved, p.bound, p.proved) for p in whole] == [
        (3, 10.0, 8.0, False), (2, 40.0, 38.0, False)
    ]  # fmt: skip
    assert [p.gap for p in whole] == [0.2, 0.05]


def test_where_no_answer_was_found_in_time_the_bound_is_that_of_the_question() -> None:
    """Whether one split is possible is not known, but that to have none moves 9 is proved."""
    unknown = Point(1, 1, inf, Answer(Status.UNKNOWN, None, 4.0, 1.0))
    two, _ = proved({2: 3.0})
    none = Point(0, 0, 9.0, Answer(Status.PROVED, np.zeros(1, dtype=int), 9.0, 1.0))
    assert joined([[two, unknown, none]]) == [
        CityPoint(2, 3.0, 3.0, (0,)), CityPoint(0, 9.0, 9.0, (2,))
    ]  # fmt: skip
    assert joined([[two, unknown]]) == [CityPoint(2, 3.0, 3.0, (0,))]


def test_a_part_without_any_answer_leaves_the_city_without_one() -> None:
    none = Point(None, 3, inf, Answer(Status.IMPOSSIBLE, None, inf, 1.0))
    assert joined([proved({1: 0.0}), [none]]) == []


def test_a_city_of_no_parts_has_nothing_to_move() -> None:
    assert joined([]) == [CityPoint(0, 0.0, 0.0, ())]


@settings(max_examples=300)
@given(parts=truths(), seed=st.integers(0, 1000))
def test_the_end_is_proved_only_if_nothing_is_left_open(parts: list[Truth], seed: int) -> None:
    rng = np.random.default_rng(seed)
    for part in parts:
        assert end_proved(proved(part))
        front = hurried(part, rng)
        if end_proved(front):
            assert min(point.splits for point in front if point.found) == min(part)
        unknown = Point(0, 0, inf, Answer(Status.UNKNOWN, None, 0.0, 1.0))
        assert not end_proved([*front[:-1], unknown, front[-1]])
    assert not end_proved([])
