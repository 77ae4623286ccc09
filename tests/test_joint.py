"""Both partitions may change: equal to trying everything, and never worse than one side alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from made_cities import city

from geo.blocks import Blocks
from geo.groups import Group, Rules
from geo.joint import both
from geo.proposals import turned
from geo.realign import Front, front
from geo.staff import Keep, LoadRule

FREE = Rules(detour_times=None)


def fronts(made: Blocks, rules: Rules = FREE) -> tuple[Front, Front]:
    other = replace(turned(rules), load=LoadRule(Keep.NOTHING))
    return front(made, rules), front(made.turned(), other)


def shapes(group: Group) -> list[np.ndarray]:
    """Every way to put the blocks of a group into its zones that its problem allows."""
    problem = group.problem
    ways = product(*(np.flatnonzero(row) for row in problem.allowed))
    zones = (np.array(way) for way in ways)
    return [zone for zone in zones if not problem.loose(zone) and _bears(group, zone)]


def _bears(group: Group, zone: np.ndarray) -> bool:
    problem = group.problem
    load = np.bincount(zone, problem.load, problem.zones)
    return bool(((load >= problem.least) & (load <= problem.most)).all())


def tried(one: Front, two: Front) -> dict[int, float]:
    """The front of both sides by trying everything; cities of one group."""
    (first,), (second,) = one.groups, two.groups
    best: dict[int, float] = {}
    for zone in shapes(first):
        for other in shapes(second):
            links = len(set(zip(zone.tolist(), other.tolist(), strict=True)))
            splits = links - second.problem.zones
            moved = first.problem.moved(zone) + second.problem.moved(other)
            best[splits] = min(moved, best.get(splits, moved))
    least = float("inf")
    kept = {}
    for splits in sorted(best):
        if best[splits] < least:
            least = kept[splits] = best[splits]
    return kept


@pytest.mark.parametrize("seed", range(12))
def test_the_front_is_that_of_trying_everything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = [" ".join(rng.choice(list("AB" if side else "XY"), 8)) for side in (1, 0)]
    rows = [f"{one[:7]} / {one[8:]}" for one in words]
    lives = " ".join(map(str, rng.integers(1, 20, 8)))
    made = city(*rows, f"{lives.split(' ', 4)[0]} {' '.join(lives.split()[1:4])} / "
                f"{' '.join(lives.split()[4:])}")  # fmt: skip
    one, two = fronts(made)
    assert {p.splits: p.moved for p in both(one, two, 30.0)} == tried(one, two)


def test_halfway_is_cheaper_than_either_side() -> None:
    """One block of A lies in Y and one of B in X: each side gives up the lighter of the two."""
    made = city(
        "A A A B B B / A A A B B B", "X X Y X Y Y / X X X Y Y Y", "9 9 2 7 9 9 / 9 9 9 9 9 9"
    )
    one, two = fronts(made)
    joint = {point.splits: point.moved for point in both(one, two, 30.0)}
    for alone in (one, two):
        for point in alone.points:
            assert min(m for k, m in joint.items() if k <= point.splits) <= point.moved
    assert all(point.proved for point in both(one, two, 30.0))


def test_out_of_time_the_better_side_stands_and_says_its_gap() -> None:
    made = city("A B B C", "X X Y Y", "10 4 6 10")
    one, two = fronts(made)
    points = both(one, two, 1e-9)
    assert [point.splits for point in points] == [1, 0]
    assert points[-1].moved == min(one.points[-1].moved, two.points[-1].moved)
    assert points[-1].bound <= points[-1].moved


def test_towns_of_no_district_have_no_links() -> None:
    """The third town is in no district: that Y has it, and B, splits nothing."""
    one, two = fronts(city("A A - B", "X X Y Y", "5 1 3 5"))
    assert one.splits_today == 0
    assert {p.splits: p.moved for p in both(one, two, 30.0)} == {0: 0.0}


def test_wards_add_up() -> None:
    left = city("A A B B", "X Y Y Y", "5 3 5 5")
    twice = city(
        "A A B B / C C D D", "X Y Y Y / V W W W", "5 3 5 5 / 5 3 5 5", wards="w w w w / v v v v"
    )
    alone = {p.splits: p.moved for p in both(*fronts(left), 30.0)}
    together = {p.splits: p.moved for p in both(*fronts(twice), 30.0)}
    assert min(together.values()) == 0.0
    assert together[min(together)] == 2 * alone[min(alone)]
