"""What the measurement of proposals takes for granted: its made city, and fair baselines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf

import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks import align, baselines, cities, recom
from benchmarks.baselines import Found
from benchmarks.made_city import CHIBA_SIZE, City, Land, Size, made_city
from geo.problem import Problem
from geo.realign import Front

SMALL = Size(blocks=120, wards=2, districts=10, care=6, exclaves=1, people=120_000)

QUICK: dict[str, Callable[[Problem], Found]] = {
    "greedy": baselines.greedy,
    "annealing": partial(baselines.annealing, moves=1_000),
    "ReCom": partial(recom.recom, bursts=2),
}


@pytest.fixture(scope="module")
def city() -> City:
    return made_city()


@pytest.fixture(scope="module")
def exact() -> align.Exact:
    case = cities.Case("small", "small", lambda: cities.City(made_city(SMALL).blocks(), 0.0, 0.0))
    return align.measure(case, 1)


def test_the_city_is_of_the_size_asked_for(city: City) -> None:
    assert len(city.shapes) == CHIBA_SIZE.blocks
    assert city.people.sum() == CHIBA_SIZE.people
    assert city.people.min() == 0
    assert 0.5 < (city.people > 0).mean() < 1
    for zone, count in (
        (city.ward, CHIBA_SIZE.wards),
        (city.district, CHIBA_SIZE.districts),
        (city.care, CHIBA_SIZE.care),
    ):
        assert sorted(set(zone)) == list(range(count))


def test_zones_hang_together_but_for_exclaves(city: City) -> None:
    land = Land.of(city.shapes)
    for zone in (city.ward, city.district):
        assert {land.pieces(np.flatnonzero(zone == k)) for k in set(zone)} == {1}
    pieces = [land.pieces(np.flatnonzero(city.care == k)) for k in range(CHIBA_SIZE.care)]
    assert sum(pieces) == CHIBA_SIZE.care + CHIBA_SIZE.exclaves
    assert max(pieces) == 2


def test_care_areas_keep_to_wards_and_some_districts_do_not(city: City) -> None:
    wards = pd.Series(city.ward).groupby(city.care).nunique()
    assert set(wards) == {1}
    assert 0 < (pd.Series(city.ward).groupby(city.district).nunique() > 1).sum() < 20


def test_the_same_seed_makes_the_same_city() -> None:
    one, other = made_city(SMALL), made_city(SMALL)
    for ours, theirs in zip(vars(one).values(), vars(other).values(), strict=True):
        assert np.array_equal(ours, theirs)
    assert not np.array_equal(one.care, made_city(SMALL, seed=2).care)


def test_blocks_are_those_of_the_city() -> None:
    small = made_city(SMALL)
    table = small.blocks().table
    assert len(table) == SMALL.blocks
    assert table["people"].sum() == SMALL.people
    assert table["area_m2"].sum() == pytest.approx(shapely.area(small.shapes).sum(), rel=1e-12)
    for column, zone in (("ward_id", small.ward), ("kept_id", small.district)):
        assert table[column].astype(int).tolist() == zone.tolist()
    assert table["moving_id"].astype(int).tolist() == small.care.tolist()


def found(exact: align.Exact, name: str) -> Front:
    """What a way finds on the small city, as a front."""
    if name == "ReCom":
        reason = "gerrychain is not installed: pip install keniki[bench]"
        pytest.importorskip("gerrychain", reason=reason)
    plans = [QUICK[name](group.problem) for group in exact.front.groups]
    return replace(exact.front, fronts=[align._points(one) for one in plans])


@pytest.mark.parametrize("name", QUICK)
def test_baselines_find_only_what_is_possible(exact: align.Exact, name: str) -> None:
    theirs = found(exact, name)
    align.check(theirs)
    align.stop_if_better(exact, name, theirs)
    for group, points in zip(theirs.groups, theirs.fronts, strict=True):
        for point in points:
            assert point.answer.zone is not None
            assert baselines.obeys(group.problem, point.answer.zone)
            assert group.problem.splits(point.answer.zone) == point.splits
            assert group.problem.moved(point.answer.zone) == point.moved


@pytest.mark.parametrize("name", QUICK)
def test_baselines_find_the_same_again(exact: align.Exact, name: str) -> None:
    once, again = found(exact, name), found(exact, name)
    assert once.frame().equals(again.frame())


def test_baselines_remove_splits(exact: align.Exact) -> None:
    for name in ("greedy", "annealing"):
        assert found(exact, name).points[-1].splits < exact.front.splits_today


def test_a_plan_that_breaks_a_rule_is_seen(exact: align.Exact) -> None:
    problem = exact.front.groups[0].problem
    assert baselines.obeys(problem, problem.today)
    for at in (0, problem.zones - 1):
        assert not baselines.obeys(problem, np.full(problem.blocks, at))


def test_a_plan_better_than_proved_stops_the_measurement(exact: align.Exact) -> None:
    fronts = [[replace(p, moved=p.moved - 1) for p in its if p.found] for its in exact.front.fronts]
    with pytest.raises(SystemExit, match="was proved to be the least"):
        align.stop_if_better(exact, "a cheat", replace(exact.front, fronts=fronts))


def test_a_plan_proved_impossible_stops_the_measurement(exact: align.Exact) -> None:
    fronts = [[replace(p, moved=1e9, splits=-1) for p in its[:1]] for its in exact.front.fronts]
    with pytest.raises(SystemExit, match="inf was proved to be the least"):
        align.stop_if_better(exact, "a cheat", replace(exact.front, fronts=fronts))


def test_excess_is_none_for_the_exact_front(exact: align.Exact) -> None:
    same = align.Other(exact, "exact", exact.front, 1.0)
    assert {more for more, _ in same.excess} == {0.0}
    today = replace(exact.front, fronts=[its[:1] for its in exact.front.fronts])
    none = align.Other(exact, "today", today, 1.0)
    assert [more for more, _ in none.excess] == [inf] * (len(exact.front.points) - 1)


def test_what_is_not_settled_is_said(exact: align.Exact) -> None:
    assert align.proved(exact.front) == "all"
    doubtful = align._points(QUICK["greedy"](exact.front.groups[0].problem))
    half = replace(exact.front, fronts=[doubtful, *exact.front.fronts[1:]])
    assert f"{len(doubtful)} of " in align.proved(half)
    assert "gaps up to" in align.proved(half)
