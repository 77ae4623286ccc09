"""Proposals for made cities, worked out by hand, and the laws that every front obeys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import grid, of_towns, people
from made_cities import at_random, city, map_of, minority, towns_of
from shapely import Point

from geo.blocks import AREA, Blocks, blocks
from geo.cutting import OUTSIDE
from geo.errors import UsageError
from geo.findings import ignore
from geo.groups import Rules, groups
from geo.intake import quiet, read, read_counts, units
from geo.overlap import crosswalk
from geo.pipeline import sliver_rule
from geo.plan_file import load_plan
from geo.realign import Front, front
from geo.slivers import counting, marked
from geo.solver import Answer, Model, Status
from geo.staff import Keep, LoadRule
from geo.words import Text

FREE = Rules(detour_times=None)
"""No rule of load, no limit of distance."""

SEEDS = [0, 3, 4]


def by_splits(found: Front) -> dict[int, float]:
    """The front; every point of it is verified on the way."""
    for point in found.points:
        found.proposal(point)
    return {point.splits: point.moved for point in found.points}


def shown(made: Blocks, found: Front, splits: int) -> str:
    return map_of(made, found.plan(splits).zone)


def site(town: str, words: str) -> Point:
    return towns_of(words).zones.geometry[town].centroid


# --- by hand --------------------------------------------------------------------------------------


def test_four_towns_in_a_row() -> None:
    sites = pd.Series({"X": Point(50, 50), "Y": Point(350, 50)})
    made = city("A B B C", "X X Y Y", "10 4 6 10")
    found = front(made, FREE, sites=sites)
    assert by_splits(found) == {1: 0.0, 0: 4.0}
    assert (found.splits_today, found.straddling, found.finished, found.end_proved) == (
        1,
        0,
        True,
        True,
    )
    assert shown(made, found, 0) == "X Y Y Y"
    assert found.frame().to_dict("list") == {
        "splits": [1, 0], "moved": [0.0, 4.0], "bound": [0.0, 4.0], "proved": [True, True],
        "gap": [0.0, 0.0],
    }  # fmt: skip


def test_too_little_room_leaves_it_split_and_says_so() -> None:
    """At most 19 for each centre; today's 14 and 16 are enough for one set of staff each."""
    sites = pd.Series({"X": Point(50, 50), "Y": Point(350, 50)})
    rules = replace(FREE, load=LoadRule(Keep.ENOUGH, least=5, most=20))
    found = front(city("A B B C", "X X Y Y", "10 4 6 10"), rules, sites=sites)
    assert by_splits(found) == {1: 0.0}
    with pytest.raises(UsageError) as refused:
        found.plan(0)
    assert "it is proved that no proposal has so few splits as 0" in refused.value.line("en")
    assert "the fewest are 1" in refused.value.line("en").lower()


def test_nothing_to_improve() -> None:
    made = city("A A B B", "X X X X", "1 2 3 4")
    found = front(made, Rules())
    assert by_splits(found) == {0: 0.0}
    assert shown(made, found, 0) == "X X X X"
    assert found.end_proved


def test_one_centre_in_a_ward_leaves_nothing_to_move() -> None:
    """B lies in both wards: no proposal can help it."""
    made = city("A B B C", "X X Y Y", "10 4 6 10", wards="W W E E")
    found = front(made, FREE)
    assert by_splits(found) == {1: 0.0}
    assert (found.splits_today, found.straddling) == (1, 1)
    assert [group.wards for group in found.groups] == [("E",), ("W",)]
    assert found.end_proved


def test_without_ward_lines_zones_cross_them() -> None:
    sites = pd.Series({"X": Point(50, 50), "Y": Point(350, 50)})
    made = city("A B B C", "X X Y Y", "10 4 6 10", wards="W W E E")
    found = front(made, replace(FREE, ward_lines=False), sites=sites)
    assert by_splits(found) == {1: 0.0, 0: 4.0}
    assert found.straddling == 0
    assert [group.wards for group in found.groups] == [("E", "W")]


def test_wards_that_share_a_zone_are_settled_together() -> None:
    """Y lies in both wards, and goes on in each of them only."""
    made = city(
        "A B B C C D / A B B C C D", "X X Y Y Z Z / X X Y Y Z Z", "9 1 9 9 1 9 / 9 1 9 9 1 9",
        wards="W W W E E E / W W W E E E",
    )  # fmt: skip
    found = front(made, FREE)
    assert [group.wards for group in found.groups] == [("E", "W")]
    assert by_splits(found) == {2: 0.0, 1: 2.0, 0: 4.0}
    problem = found.groups[0].problem
    west = made.table["ward_id"].to_numpy() == "W"
    zones = found.groups[0].zones
    assert not problem.allowed[west, zones.index("Z")].any()
    assert not problem.allowed[~west, zones.index("X")].any()


def test_a_ward_with_no_zone_today_is_left_alone() -> None:
    made = city("A A B B", "X X - -", "1 2 3 4", wards="W W E E")
    found = front(made, FREE)
    assert by_splits(found) == {0: 0.0}
    assert shown(made, found, 0) == "X X - -"


def test_no_zone_at_all_is_a_front_of_nothing() -> None:
    made = city("A A", "X X", "1 2")
    nowhere = replace(made, table=made.table.assign(moving_id=OUTSIDE))
    for rules in (FREE, replace(FREE, ward_lines=False)):
        found = front(nowhere, rules)
        assert by_splits(found) == {0: 0.0}
        assert found.homes.empty


def test_where_nobody_is_counted_the_least_land_moves() -> None:
    made = city("A B B B C", "X X Y Y Y")
    assert made.weight == AREA
    found = front(made, FREE)
    assert list(by_splits(found)) == [1, 0]
    assert found.plan(0).moved == pytest.approx(10_000)
    assert shown(made, found, 0) == "X Y Y Y Y"


# --- what must stay -------------------------------------------------------------------------------


def test_a_town_without_a_figure_never_moves() -> None:
    for lives, fewest in (("10 1 6 10", {1: 0.0, 0: 1.0}), ("10 - 6 10", {1: 0.0, 0: 6.0}),
                          ("10 - - 10", {1: 0.0})):  # fmt: skip
        made = city("A B B C", "X X Y Y", lives)
        assert by_splits(front(made, FREE)) == fewest
    made = city("A B B C", "X X Y Y", "10 4 6 10", old="1 - 1 1")
    assert by_splits(front(made, replace(FREE, load_column="old"))) == {1: 0.0, 0: 6.0}


def test_an_empty_town_moves_for_nothing() -> None:
    assert by_splits(front(city("A B B C", "X X Y Y", "10 0 6 10"), FREE)) == {0: 0.0}


def test_the_block_of_a_site_stays() -> None:
    words = "A B B C"
    made = city(words, "X X Y Y", "10 4 6 10")
    inside = pd.Series({"X": site("1", words)})
    found = front(made, FREE, sites=inside)
    assert by_splits(found) == {1: 0.0, 0: 6.0}
    homes = found.homes.set_index("zone_id")
    assert homes["block_id"].to_dict() == {"X": "1", "Y": "3"}
    assert homes.loc["X", "point"] == inside["X"]


def test_a_site_outside_its_zone_leaves_the_core_in_it() -> None:
    """X's centre stands in Y: distances are to where it is, but its block is Y's."""
    words = "A B B C"
    made = city(words, "X X Y Y", "10 4 6 10")
    found = front(made, FREE, sites=pd.Series({"X": site("2", words)}))
    homes = found.homes.set_index("zone_id")
    assert homes["block_id"].to_dict() == {"X": "0", "Y": "3"}
    assert homes.loc["X", "point"] == site("2", words)
    assert by_splits(found) == {1: 0.0, 0: 4.0}


def test_a_core_is_where_the_people_of_the_largest_piece_are() -> None:
    """X lies in two pieces: the eastern one has most people, and most of them in town 4."""
    made = city("A A A A A A", "X Y X X X Y", "20 5 7 6 30 5")
    homes = front(made, FREE).homes.set_index("zone_id")
    assert homes.loc["X", "block_id"] == "4"
    assert homes.loc["X", "point"] == made.points[4]


def test_a_core_of_empty_towns_is_in_their_middle() -> None:
    made = city("A A A A A", "X X X Y Y", "0 0 0 9 9")
    assert front(made, FREE).homes.set_index("zone_id").loc["X", "block_id"] == "1"


def test_nobody_is_sent_further_than_the_rule_allows() -> None:
    """Town 1 is 100 m from X's site and 300 m from Y's."""
    sites = pd.Series({"X": Point(50, 50), "Y": Point(450, 50)})
    made = city("A B B B C", "X X Y Y Y", "10 4 6 6 10")
    for times, more_m, fronts in (
        (1.5, 500.0, {1: 0.0, 0: 4.0}),
        (2.0, 100.0, {1: 0.0, 0: 4.0}),
        (2.0, 99.0, {1: 0.0}),
        (1.0, 200.0, {1: 0.0, 0: 4.0}),
    ):
        found = front(made, Rules(detour_times=times, detour_m=more_m), sites=sites)
        assert by_splits(found) == fronts, (times, more_m)


def test_the_way_through_is_closed_if_a_block_on_it_may_not_go() -> None:
    """Town 0 is near enough to Y, but town 1 in between, with X's site, stays."""
    made = city("A A B", "X X Y", "1 1 1")
    rules = Rules(detour_times=2.0, detour_m=0.0)
    (group,) = groups(made, rules, pd.Series({"X": Point(150, 50)}))
    assert group.metres[0].tolist() == [100.0, 200.0]
    assert group.problem.allowed.tolist() == [[True, False], [True, False], [False, True]]


def test_of_an_exclave_that_may_stay_the_largest_block_is_the_root() -> None:
    made = city("A A A A A A", "X X Y X X X", "9 9 9 1 3 2")
    (group,) = groups(made, FREE)
    assert np.argwhere(group.problem.anchors).tolist() == [[0, 0], [2, 1], [4, 0]]
    (joined,) = groups(made, replace(FREE, exclaves_stay=False))
    assert np.argwhere(joined.problem.anchors).tolist() == [[0, 0], [2, 1]]
    assert joined.problem.allowed.tolist()[0] == [True, False], "the block of a site"
    assert joined.problem.allowed[3:].all()


def test_exclaves_may_stay_or_must_be_joined() -> None:
    """Town 4 is X's, behind Y: joined it must be through Y's towns, or be Y's."""
    made = city("A A B B C C", "X X Y Y X Y", "9 9 1 9 5 9")
    sites = pd.Series({"X": Point(50, 50), "Y": Point(550, 50)})
    stay = front(made, FREE, sites=sites)
    assert by_splits(stay) == {1: 0.0, 0: 5.0}
    join = front(made, replace(FREE, exclaves_stay=False), sites=sites)
    assert by_splits(join) == {0: 5.0}
    assert shown(made, join, 0) == "X X Y Y Y Y"


def test_an_exclave_that_cannot_be_joined_leaves_no_proposal() -> None:
    """Nobody knows how many live in it, so that it may not be given away, and Y is in between."""
    made = city("A A B B", "X Y Y X", "9 9 9 -")
    sites = pd.Series({"X": Point(50, 50), "Y": Point(150, 50)})
    assert by_splits(front(made, FREE, sites=sites)) == {2: 0.0, 1: 9.0}
    found = front(made, replace(FREE, exclaves_stay=False), sites=sites)
    assert found.points == []
    assert found.end_proved
    with pytest.raises(UsageError, match="it is proved that no proposal"):
        found.plan(9)


# --- reverse --------------------------------------------------------------------------------------


def test_in_reverse_zones_that_move_are_made_whole() -> None:
    """Districts B in C1 and C2: its 4 people go to A, or its 6 to C."""
    made = city("1 1 2 2", "A B B C", "10 4 6 10")
    found = front(made, replace(FREE, reverse=True))
    assert by_splits(found) == {1: 0.0, 0: 4.0}
    assert shown(made, found, 0) == "A A B C"


def test_in_reverse_a_zone_in_two_wards_is_settled_in_each() -> None:
    made = city("1 1 2 2 3 3", "A B B B B C", "9 4 6 6 1 9", wards="W W W E E E")
    found = front(made, replace(FREE, reverse=True))
    assert [group.wards for group in found.groups] == [("E", "W")], "2 lies in both"
    apart = city("1 1 2 3 4 4", "A B B B B C", "9 4 6 6 1 9", wards="W W W E E E")
    found = front(apart, replace(FREE, reverse=True))
    assert [group.wards for group in found.groups] == [("E",), ("W",)]
    assert found.straddling == 1
    assert by_splits(found) == {3: 0.0, 2: 1.0, 1: 5.0}
    assert shown(apart, found, 1) == "A A B B C C"


def test_in_reverse_wards_that_share_a_zone_that_stays_are_settled_together() -> None:
    """B and 2 meet in both wards, which is one link."""
    made = city("1 1 2 2 3 3", "A B B B B C", "9 4 6 6 1 9", wards="W W W E E E")
    found = front(made, replace(FREE, reverse=True))
    assert (found.splits_today, found.straddling) == (2, 0)
    assert by_splits(found) == {2: 0.0, 1: 1.0, 0: 5.0}
    assert shown(made, found, 0) == "A A B B C C"


def test_in_reverse_without_ward_lines_all_is_settled_together() -> None:
    made = city("1 1 2 3 4 4", "A B B B B C", "9 4 6 6 1 9", wards="W W W E E E")
    found = front(made, replace(FREE, reverse=True, ward_lines=False, load=LoadRule(Keep.BAND)))
    assert len(found.groups) == 1
    assert found.straddling == 0
    assert list(by_splits(found)) == [3, 2, 1]
    limited = front(made, Rules(reverse=True, ward_lines=False))
    assert limited.splits_today == 3
    assert by_splits(limited)


def test_in_reverse_a_zone_that_lies_in_no_other_is_whole() -> None:
    """D has no link: that is no split less, and to give B's only link away is of no use."""
    made = city("1 1 - - 2 2", "A A B D D C", "9 9 9 1 1 9")
    found = front(made, replace(FREE, reverse=True))
    assert by_splits(found) == {0: 0.0}


# --- laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reverse", [False, True])
def test_nobody_can_do_better_than_the_free_bound(reverse: bool) -> None:
    """Those who move, and the minority left, are no fewer than the minority today."""
    points = 0
    for seed in (0, 2, 4, 6):
        made = at_random(seed)
        found = front(made, replace(FREE, reverse=reverse))
        today = minority(made, made.table["moving_id"], reverse=reverse)
        for point in found.points:
            one = found.proposal(point)
            assert one.moved + minority(made, one.zone, reverse=reverse) >= today
            points += 1
    assert points > 15


@pytest.mark.parametrize(
    "rules",
    [
        FREE,
        Rules(),
        Rules(load=LoadRule(Keep.BAND, band=0.3), detour_m=50),
        Rules(load=LoadRule(Keep.ENOUGH, least=30, most=80)),
        Rules(load=LoadRule(Keep.STAFF, least=30, most=80), detour_times=None),
        Rules(exclaves_stay=False, detour_times=None),
        Rules(reverse=True, detour_times=None),
        Rules(reverse=True, load=LoadRule(Keep.BAND), ward_lines=False),
        Rules(ward_lines=False, detour_m=100),
    ],
)
def test_every_point_of_every_front_is_verified(rules: Rules) -> None:
    for seed in SEEDS:
        made = at_random(seed, nested=seed % 2 == 1)
        found = front(made, rules)
        assert found.finished
        assert found.end_proved
        points = by_splits(found)
        assert list(points) == sorted(points, reverse=True)
        assert list(points.values()) == sorted(points.values())
        assert found.frame()["proved"].all()
        if rules.exclaves_stay:
            assert found.points[0].moved == 0.0
            assert found.points[0].splits <= found.splits_today
        for point in found.points:
            assert found.plan(point.splits).zone.equals(found.proposal(point).zone)


def test_what_is_kept_out_stays_out() -> None:
    for seed in SEEDS:
        made = at_random(seed)
        found = front(made, FREE)
        fewest = found.proposal(found.points[-1])
        unknown = made.table["people"].isna()
        assert (fewest.zone == made.table["moving_id"])[unknown].all()
        assert (
            made.table.loc[fewest.zone != made.table["moving_id"], "people"].sum() == fewest.moved
        )


def test_the_same_city_has_the_same_proposals() -> None:
    """Run again, and with its rows in another order."""
    for seed in (1, 3):
        rng = np.random.default_rng(seed)
        towns = grid(6, 4)
        ids = towns.zones.index
        lives = people({town: float(rng.integers(1, 99)) for town in ids})
        kept = of_towns(
            "k", towns, {town: f"K{int(town) % 6 // 2}{int(town) // 12}" for town in ids}
        )
        moving = of_towns("m", towns, {town: f"M{(int(town) + 5) % 6 // 3}" for town in ids})
        wards = of_towns("w", towns, dict.fromkeys(ids, "W"))
        one = front(blocks(kept, moving, towns, wards=wards, counts=lives), FREE)
        again = front(blocks(kept, moving, towns, wards=wards, counts=lives), FREE)
        parts = [
            replace(p, zones=p.zones.sample(frac=1, random_state=seed),
                    members=None if p.members is None else p.members.sample(frac=1, random_state=9))
            for p in (kept, moving, towns, wards)
        ]  # fmt: skip
        turned = replace(lives, table=lives.table.sample(frac=1, random_state=2))
        other = front(blocks(*parts[:3], wards=parts[3], counts=turned), FREE)
        assert len(one.points) > 2
        for found in (again, other):
            assert found.points == one.points
            for point in one.points:
                assert found.proposal(point).zone.equals(one.proposal(point).zone)


# --- broken off -----------------------------------------------------------------------------------


def broken_off(made: Blocks, rules: Rules, after: int) -> Front:
    """The front if somebody presses Ctrl-C when so many questions have been answered."""
    solve, done = Model.solve, 0

    def interrupted(self: Model, limit: int | None = None, **more: Any) -> Answer:
        nonlocal done
        if done == after:
            raise KeyboardInterrupt
        done += 1
        return solve(self, limit, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "solve", interrupted)
        return front(made, rules)


def test_a_front_that_is_broken_off_keeps_what_is_done() -> None:
    made = at_random(4)
    whole = front(made, FREE)
    after = 0
    while not (found := broken_off(made, FREE, after)).finished:
        after += 1
        assert found.points[0].moved == 0.0
        for point in found.points:
            assert found.proposal(point).bound == point.bound
            assert point.bound <= whole.plan(point.splits).moved <= point.moved
            assert point.proved == (point.gap == 0)
        assert all(len(points) > 1 for points in found.fronts)
        assert not found.end_proved
    assert after > 3
    assert found.points == whole.points
    early = broken_off(made, FREE, 1)
    assert early.points[-1].splits > whole.points[-1].splits
    with pytest.raises(UsageError, match="in the time given no proposal was found"):
        early.plan(whole.points[-1].splits)


def test_broken_off_before_anything_was_done_today_is_left() -> None:
    made = at_random(4)
    found = broken_off(made, FREE, 0)
    assert [[one.status for one in points] for points in found.fronts] == [
        [Status.OPEN, Status.UNKNOWN], [Status.OPEN, Status.UNKNOWN]
    ]  # fmt: skip
    (point,) = found.points
    assert (point.splits, point.moved, point.proved) == (found.splits_today, 0.0, True)
    assert found.proposal(point).zone.equals(made.table["moving_id"])


def test_progress_is_told_of_every_group_and_may_break_off() -> None:
    said: list[Text] = []

    def stop_at_second(step: Text) -> None:
        said.append(step)
        if "(2 of 2)" in step.en:
            raise KeyboardInterrupt

    made = at_random(4)
    found = front(made, FREE, progress=stop_at_second)
    assert "(1 of 2)" in said[0].en
    assert "2のうち1" in said[0].ja
    assert not found.finished
    assert found.fronts[0][-1].status is Status.IMPOSSIBLE
    assert found.fronts[1][-1].status is Status.UNKNOWN


def test_broken_off_where_exclaves_must_be_joined_nothing_is_claimed() -> None:
    """Today breaks the rule, so it is no proposal."""
    rules = replace(FREE, exclaves_stay=False)
    made = city("A A A B B B", "X X X Y Z Y", "9 1 5 9 1 5", wards="E E E W W W")
    assert len(groups(made, rules)) == 2
    stopped = broken_off(made, rules, 1)
    assert stopped.points == []
    assert stopped.frame().empty
    with pytest.raises(UsageError, match="fewest are –"):
        stopped.plan(5)


# --- Chiba City -----------------------------------------------------------------------------------


@pytest.mark.real
def test_the_whole_front_of_chiba_is_proved(chiba: Path) -> None:
    plan = load_plan(Path(__file__).parent / "chiba" / "plan.toml")
    every = read(plan, quiet, ignore)
    counts, towns, rule = read_counts(plan, every, ignore), units(every), sliver_rule(plan)
    district, care = every["district"], every["care"]
    made = blocks(district, care, towns, wards=every["ward"], counts=counts, rule=rule)
    assert made.table["population"].sum() == pytest.approx(971_882, abs=1e-6)
    assert made.table["name"].is_unique
    links = made.table[made.table["kept_id"] != OUTSIDE].groupby(["kept_id", "moving_id"]).ngroups
    table = marked(crosswalk(district, care, towns=towns, counts=counts), district, care, rule,
                   counts.people)  # fmt: skip
    assert abs(links - int(counting(table).sum())) <= 3
    found = front(made, Rules(load=LoadRule(Keep.ENOUGH), load_share=0.263))
    points = by_splits(found)
    assert found.frame()["proved"].all()
    assert found.end_proved
    assert found.splits_today == links - len(district.zones)
    assert (max(points), min(points)) == (68, 37)
    today = minority(made, made.table["moving_id"])
    for splits in (68, 50, 37):
        one = found.plan(splits)
        assert one.moved + minority(made, one.zone) >= today
