"""The solver against every answer there is, and what it says when time runs out."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from small_problems import Answers, answers, at_random, grid_borders, line, linked

from geo import solver
from geo.front import joined, points
from geo.problem import NONE, Problem
from geo.solver import Model, Status, reachable

SEEDS = range(60)

solve_milp = solver.milp


@cache
def every(seed: int, reverse: bool) -> Answers:
    """All answers of a problem at random."""
    return answers(at_random(seed, reverse=reverse))


@pytest.fixture(params=["cuts", "flow"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Lazy cuts, and the flow model alone."""
    if request.param == "flow":
        monkeypatch.setattr(solver, "ROUNDS", 0)
    return str(request.param)


def front(problem: Problem) -> dict[int, float]:
    """The front as the solver finds it, all of it proved, and nothing beyond its end."""
    found = list(points(Model(problem), 60))
    assert {point.status for point in found[:-1]} <= {Status.PROVED}
    assert found[-1].status is Status.IMPOSSIBLE
    whole = joined([found])
    assert all(point.proved and point.gap == 0 for point in whole)
    return {point.splits: point.moved for point in whole}


# --- every answer ---------------------------------------------------------------------------------


def test_the_front_is_that_of_all_answers(way: str) -> None:
    for seed in SEEDS:
        assert front(at_random(seed)) == every(seed, False).front(), seed


def test_so_is_the_front_in_reverse(way: str) -> None:
    """Zones that lie in no kept zone at all are whole: nothing is gained by making them so."""
    for seed in range(20 if way == "cuts" else 10):
        problem = at_random(seed, reverse=True)
        assert front(problem) == every(seed, True).front(), seed


def test_the_grids_have_everything() -> None:
    """What the two tests above would be worth little without."""
    made = [at_random(seed) for seed in SEEDS]
    assert {(one.blocks, one.zones, one.kept_zones) for one in made} >= {
        (9, 2, 2), (9, 3, 4), (10, 3, 3), (12, 3, 4)
    }  # fmt: skip
    assert sum((one.kept == NONE).any() for one in made) > 10
    assert sum(len(one.loose(one.today)) > 0 for one in made) > 20, "must be joined"
    assert sum(one.anchors.sum() > one.zones for one in made) > 20, "may stay"
    assert sum(bool(np.isfinite(one.most).all()) for one in made) > 20
    fronts = [every(seed, False).front() for seed in SEEDS]
    assert sum(len(one) > 2 for one in fronts) > 20
    assert sum(not one for one in fronts) > 2, "no answer at all"


def test_every_answer_obeys_the_rules_and_is_what_it_says(way: str) -> None:
    for seed in range(10):
        problem, all_answers = at_random(seed), every(seed, False)
        for point in points(Model(problem), 60):
            if point.answer.zone is None:
                assert point.status is Status.IMPOSSIBLE
                assert point.moved == point.answer.bound == np.inf
                continue
            (row,) = np.flatnonzero((all_answers.zone == point.answer.zone).all(axis=1))
            assert (point.splits, point.moved) == (all_answers.splits[row], all_answers.moved[row])
            assert not problem.loose(point.answer.zone)


def test_the_floor_is_a_floor() -> None:
    found = 0
    for reverse in (False, True):
        for seed in range(20):
            floor = at_random(seed, reverse=reverse).floor
            front = every(seed, reverse).front()
            assert 0 <= floor <= min(front, default=floor)
            found += floor > 0
    assert found > 5


def test_zones_that_must_be_whole_and_blocks_that_must_stay() -> None:
    asked = 0
    for seed in range(10):
        for reverse in (False, True):
            problem, all_answers = at_random(seed, reverse=reverse), every(seed, reverse)
            model = Model(problem)
            one = seed % (problem.zones if reverse else problem.kept_zones)
            links = linked(problem, all_answers.zone).sum(axis=1 if reverse else 2)[:, one]
            block = int(np.argmax(problem.weight))
            stays = all_answers.zone[:, block] == problem.today[block]
            for limit in (None, 1):
                whole = model.solve(limit, whole=[one])
                assert moved(problem, whole) == all_answers.least(limit, links <= 1)
                still = model.solve(limit, still=[block])
                assert moved(problem, still) == all_answers.least(limit, stays)
                asked += np.isfinite(whole.bound)
    assert asked > 10


def moved(problem: Problem, answer: solver.Answer) -> float:
    """What an answer moves, which is its bound, too; infinite if there is none."""
    if answer.zone is None:
        assert answer.status is Status.IMPOSSIBLE
        return float("inf")
    assert answer.status is Status.PROVED
    assert answer.bound == problem.moved(answer.zone)
    return answer.bound


# --- by hand --------------------------------------------------------------------------------------


def test_four_blocks_in_a_row(way: str) -> None:
    problem = line()
    assert problem.splits(problem.today) == 1
    assert front(problem) == {1: 0.0, 0: 4.0}
    whole = Model(problem).solve(0)
    assert whole.zone is not None
    assert whole.zone.tolist() == [0, 1, 1, 1]


def test_nineteen_for_each_centre_are_too_few_to_make_it_whole(way: str) -> None:
    *found, end = points(Model(line(most=19)), 60)
    assert [(point.splits, point.moved) for point in found] == [(1, 0.0)]
    assert (end.limit, end.splits, end.status) == (0, 0, Status.IMPOSSIBLE)


def test_two_sites_in_a_zone_are_a_floor_that_needs_no_solver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = replace(line(), kept=np.zeros(4, dtype=int), base=1)
    asked: list[int | None] = []
    solve = Model.solve

    def counted(self: Model, limit: int | None = None, **more: Any) -> solver.Answer:
        asked.append(limit)
        return solve(self, limit, **more)

    monkeypatch.setattr(Model, "solve", counted)
    *_, end = points(Model(problem), 60)
    assert problem.floor == 1
    assert asked == [None], "the end is proved by counting"
    assert (end.limit, end.status, end.answer.bound) == (0, Status.IMPOSSIBLE, np.inf)


def test_of_answers_that_move_as_much_the_one_with_fewer_moves_is_taken() -> None:
    """An empty block beside the border is not handed over for nothing."""
    problem = replace(line(), weight=np.array([10.0, 0.0, 6.0, 10.0]), kept=np.array([0, 0, 1, 1]),
                      base=2)  # fmt: skip
    answer = Model(problem).solve()
    assert answer.zone is not None
    assert answer.zone.tolist() == problem.today.tolist()


def test_a_zone_spreads_only_through_blocks_that_it_may_take() -> None:
    """A ring of blocks around one that the zone may not enter; the way around is closed, too."""
    borders = grid_borders(3, 1)
    beside = replace(line(), weight=np.ones(3), today=np.zeros(3, int), borders=borders).neighbours
    allowed = np.array([[True, True], [True, False], [True, True]])
    anchors = np.array([[True, False], [False, False], [False, True]])
    reached = reachable(allowed, beside, anchors)
    assert reached.tolist() == [[True, False], [True, False], [True, True]]


# --- out of time ----------------------------------------------------------------------------------


class Hurried:
    """HiGHS, out of time at some of the questions: with what it has, or with nothing at all."""

    def __init__(self, out_of_time: dict[int, bool], *, below: float = 3.0) -> None:
        self.out_of_time, self.below, self.asked = out_of_time, below, 0

    def __call__(self, *args: Any, **more: Any) -> Any:
        found = solve_milp(*args, **more)
        nth, self.asked = self.asked, self.asked + 1
        if nth in self.out_of_time and found.status == 0:
            found.status, found.mip_dual_bound = 1, found.mip_dual_bound - self.below
            found.x = found.x if self.out_of_time[nth] else None
        return found


def test_the_answer_of_the_cuts_is_kept_if_the_flow_finds_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solver, "milp", Hurried({0: True, 1: False}))
    answer = Model(line()).solve(0)
    assert answer.status is Status.OPEN
    assert answer.zone is not None
    assert answer.zone.tolist() == [0, 1, 1, 1]
    assert 0 < answer.bound < 4


def test_without_an_answer_in_time_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "milp", Hurried({0: False, 1: False}))
    answer = Model(line()).solve(0)
    assert (answer.status, answer.zone) == (Status.UNKNOWN, None)
    assert 0 < answer.bound < 4


def test_whatever_runs_out_of_time_bounds_are_true() -> None:
    statuses = set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        hurried = Hurried({int(nth): rng.random() < 0.5 for nth in rng.integers(0, 8, 4)})
        problem, all_answers = at_random(seed), every(seed, False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(solver, "milp", hurried)
            found = list(points(Model(problem), 60))
        for point in found:
            statuses.add(point.status)
            assert point.answer.bound <= all_answers.least(point.limit)
            if point.answer.zone is not None:
                assert point.moved >= all_answers.least(point.limit)
                assert (all_answers.zone == point.answer.zone).all(axis=1).any()
        for city in joined([found]):
            assert city.bound <= all_answers.least(city.splits) <= city.moved
            assert city.proved == (city.gap == 0)
            assert city.gap == pytest.approx((city.moved - city.bound) / max(city.moved, 1e-9))
    assert statuses == set(Status)
