"""The checker: every way in which a proposal can be broken is caught, one at a time, and named."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import shapely
from made_cities import at_random, city, drawn
from shapely import Point

from geo.blocks import Blocks
from geo.cutting import OUTSIDE
from geo.errors import DataError
from geo.groups import Rules
from geo.realign import front
from geo.staff import Keep, LoadRule
from geo.verify import Checker

KEPT = "A A B B C C / A A B B C C / A A B B C C"
TODAY = "X X X Y Z Z / X X Y Y Z Z / X X Y Y Z Z"
LIVES = "9 9 5 9 9 9 / 9 9 4 9 9 9 / 9 9 - 9 9 9"
WARDS = "W W W W E E / W W W W E E / W W W W E E"
HOMES = {"X": "12", "Y": "3", "Z": "17"}

#: The town between A and B goes from X to Y; and one goes the other way.
FIVE = "X X Y Y Z Z / X X Y Y Z Z / X X Y Y Z Z"
FOUR = "X X X Y Z Z / X X X Y Z Z / X X Y Y Z Z"

FREE = Rules(detour_times=None)


@pytest.fixture(scope="module")
def made() -> Blocks:
    """X's centre stands in the north-west, Y's in the south-east; Z has a ward of its own::

    12 13 14 15 | 16 17      X X X Y | Z Z
     6  7  8  9 | 10 11      X X Y Y | Z Z
     0  1  2  3 |  4  5      X X Y Y | Z Z     town 2: no figure
    """
    return city(KEPT, TODAY, LIVES, wards=WARDS)


def checker(made: Blocks, rules: Rules = FREE, homes: dict[str, str] = HOMES) -> Checker:
    blocks = list(homes.values())
    points = shapely.centroid(made.table.geometry[blocks].to_numpy())
    columns = {"zone_id": list(homes), "ward_id": made.table["ward_id"][blocks].to_numpy(),
               "block_id": blocks, "point": points}  # fmt: skip
    return Checker(made, rules, pd.DataFrame(columns))


def zones(made: Blocks, words: str = TODAY) -> pd.Series:
    """The zones of a map, by block."""
    members = drawn(words)
    return pd.Series({one: members[one].replace("-", OUTSIDE) for one in made.table.index})


def faults(made: Blocks, words: str, splits: int, moved: float, rules: Rules = FREE) -> list[str]:
    """What is wrong with a map that claims so many splits and moves, in English."""
    found = list(checker(made, rules).faults(zones(made, words), splits, moved))
    assert all(one.ja and one.ja != one.en for one in found)
    return [one.en for one in found]


# --- sound ----------------------------------------------------------------------------------------


def test_today_and_a_sound_proposal_pass(made: Blocks) -> None:
    for rules in (FREE, Rules(), Rules(load=LoadRule(Keep.BAND), exclaves_stay=False)):
        assert faults(made, TODAY, 1, 0.0, rules) == []
        assert faults(made, FIVE, 0, 5.0, rules) == []


def test_a_broken_one_is_never_shown(made: Blocks) -> None:
    with pytest.raises(DataError) as refused:
        checker(made).verify(zones(made), 0, 1.0)
    for language, words in (
        ("en", "it has 1 splits, not 0; 0 move, not 1"),
        ("ja", "分割は1で0でない"),
    ):
        assert words in refused.value.line(language)  # type: ignore[arg-type]
    assert refused.value.where == "moving"
    assert "report" in refused.value.line("en")


# --- broken, one by one ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "splits", "moved", "said"),
    [
        # what it claims
        (TODAY, 2, 0.0, ["it has 1 splits, not 2"]),
        (TODAY, 1, 3.0, ["0 move, not 3"]),
        (FIVE, 0, 5.01, ["5 move, not 5.01"]),
        # a zone in two pieces: town 6 cuts X's site off from 0 and 1, with 7 and 8
        (
            "X X X Y Z Z / Y Y Y Y Z Z / X X Y Y Z Z", 2, 18.0,
            ["X does not hang together"],
        ),
        # one town of X among those of Y: 9 touches 8, 3 and 15
        (
            "X X X Y Z Z / X X Y X Z Z / X X Y Y Z Z", 1, 9.0,
            ["X does not hang together", "Y does not hang together"],
        ),
        # the block of a site
        (
            "X X X Y Z Z / X X Y Y Z Z / X X X X Z Z", 1, 9.0,
            ["blocks of sites move [\"3: 'Y' → 'X'\"]", "blocks without a figure move",
             "Y does not hang together"],
        ),
        # nobody knows who lives in town 2
        (
            "X X X Y Z Z / X X Y Y Z Z / X X X Y Z Z", 1, 0.0,
            ["blocks without a figure move [\"2: 'Y' → 'X'\"]"],
        ),
        # out of every zone
        (
            "X X X - Z Z / X X Y Y Z Z / X X Y Y Z Z", 1, 9.0,
            ["blocks out of every zone move [\"15: 'Y' → ''\"]"],
        ),
        # over the ward line
        (
            "X X X Y Y Z / X X Y Y Z Z / X X Y Y Z Z", 2, 9.0,
            ["ward lines are crossed [('Y', 'E')]"],
        ),
        # no such zone
        ("X X X V Z Z / X X Y Y Z Z / X X Y Y Z Z", 1, 9.0, ["unknown zones ['V']"]),
    ],
)  # fmt: skip
def test_what_is_broken_is_named(
    made: Blocks, words: str, splits: int, moved: float, said: list[str]
) -> None:
    found = faults(made, words, splits, moved)
    assert len(found) == len(said), found
    for one, start in zip(found, said, strict=True):
        assert one.startswith(start)


def test_a_block_that_is_missing_or_there_twice_is_named(made: Blocks) -> None:
    check, zone = checker(made), zones(made)
    for odd, said in (
        (zone.drop("7"), "['7']"),
        (pd.concat([zone, zone[["7"]]]), "['7']"),
        (zone.rename({"7": "seven"}), "['7', 'seven']"),
        (zone.sample(frac=1, random_state=1), "[]"),
    ):
        (fault,) = check.faults(odd, 1, 0.0)
        assert fault.en == f"not every block is there once, in order {said}"
    unknown = zone.copy()
    unknown["7"] = None
    (fault,) = check.faults(unknown, 1, 0.0)
    assert fault.en == "unknown zones ['?']"


@pytest.mark.parametrize(
    ("rule", "words", "moved", "said"),
    [
        # X has 59 today, Y 31, Z 54: town 14 has 5, town 8 has 4
        (LoadRule(Keep.BAND, band=0.17), FIVE, 5.0, []),
        (LoadRule(Keep.BAND, band=0.16), FIVE, 5.0, ["the load of Y: 31 → 36"]),
        (LoadRule(Keep.BAND, band=0.13), FOUR, 4.0, []),
        (LoadRule(Keep.BAND, band=0.12), FOUR, 4.0, ["the load of Y: 31 → 27"]),
        # sets of staff: 2 for X, 1 for Y
        (LoadRule(Keep.ENOUGH, least=20, most=37), FIVE, 5.0, []),
        (LoadRule(Keep.ENOUGH, least=20, most=36), FIVE, 5.0, ["the load of Y: 31 → 36"]),
        (LoadRule(Keep.STAFF, least=20, most=54), FIVE, 5.0, []),
        (LoadRule(Keep.STAFF, least=20, most=58), FIVE, 5.0, ["the load of X: 59 → 54"]),
        (LoadRule(Keep.ENOUGH, least=20, most=58), FIVE, 5.0, []),
        # one for each
        (LoadRule(Keep.ENOUGH, least=27, most=64), FOUR, 4.0, []),
        (LoadRule(Keep.ENOUGH, least=28, most=64), FOUR, 4.0, ["the load of Y: 31 → 27"]),
        (LoadRule(Keep.ENOUGH, least=20, most=63), FOUR, 4.0, ["the load of X: 59 → 63"]),
    ],
)  # fmt: skip
def test_loads_that_no_rule_allows(
    made: Blocks, rule: LoadRule, words: str, moved: float, said: list[str]
) -> None:
    splits = 0 if moved == 5 else 1
    found = faults(made, words, splits, moved, replace(FREE, load=rule))
    assert found == said


def test_loads_are_of_the_column_and_share_that_count() -> None:
    """X has 10 of 65 and over, Y has 10; half of them count, and the other people do not."""
    made = city("A B B C", "X X Y Y", "10 4 6 10", old="8 2 6 4")
    rules = replace(FREE, load=LoadRule(Keep.BAND, band=0.1), load_column="old", load_share=0.5)
    check = checker(made, rules, {"X": "0", "Y": "3"})
    said = [one.en for one in check.faults(zones(made, "X Y Y Y"), 0, 4.0)]
    assert said == ["the load of X: 5 → 4", "the load of Y: 5 → 6"]


def test_nobody_is_sent_too_far(made: Blocks) -> None:
    """Town 14 is 200 m from X's site and 224 m from Y's."""
    for times, more_m, said in (
        (1.0, 24.0, []),
        (1.0, 23.0, ["the site of 14 goes from 200 m to 224 m away"]),
        (1.12, 0.0, []),
        (1.11, 0.0, ["the site of 14 goes from 200 m to 224 m away"]),
        (None, 0.0, []),
    ):
        rules = Rules(detour_times=times, detour_m=more_m)
        assert faults(made, FIVE, 0, 5.0, rules) == said


def test_exclaves_may_stay_shrink_and_be_given_up_but_not_come_about() -> None:
    """X has two towns in the east, behind Y; Y's centre is in the middle."""
    made = city("A A A A A A", "X X Y Y X X", "1 1 1 1 1 2")

    def said(words: str, splits: int, moved: float, rules: Rules = FREE) -> list[str]:
        check = checker(made, rules, {"X": "0", "Y": "2"})
        return [one.en for one in check.faults(zones(made, words), splits, moved)]

    for words, moved in (("X X Y Y X X", 0), ("X X Y X X X", 1), ("X X Y Y Y X", 1)):
        assert said(words, 1, moved) == []
        join = replace(FREE, exclaves_stay=False)
        assert said(words, 1, moved, join) == ["X does not hang together"]
    assert said("X X Y Y Y Y", 1, 3, replace(FREE, exclaves_stay=False)) == []
    # Without its largest town an exclave may not stay.
    light = city("A A A A A A A", "X X Y Y X X Y", "1 1 1 1 2 1 1")
    check = checker(light, FREE, {"X": "0", "Y": "2"})
    found = [one.en for one in check.faults(zones(light, "X X Y Y Y X Y"), 1, 2.0)]
    assert found == ["X does not hang together"]
    # A second exclave: one more than there was.
    broken = city("A A A A A A A", "X X Y Y X X X", "1 1 1 1 1 1 1")
    check = checker(broken, FREE, {"X": "0", "Y": "2"})
    found = [one.en for one in check.faults(zones(broken, "X X Y Y X Y X"), 1, 1.0)]
    assert found == ["X does not hang together", "Y does not hang together"]
    # Two that become one make no room for a new one.
    three = city("A A A A A A A", "X Y X Y X Y Y", "1 1 1 1 1 1 1")
    check = checker(three, FREE, {"X": "0", "Y": "1"})
    found = [one.en for one in check.faults(zones(three, "X Y X X X Y X"), 1, 2.0)]
    assert found == ["X does not hang together"]


def test_corners_do_not_hold_a_zone_together() -> None:
    made = city("A A / A A", "X Y / X X", "1 1 1 1")
    check = checker(made, FREE, {"X": "2", "Y": "3"})
    said = [one.en for one in check.faults(zones(made, "X Y / Y X"), 1, 1.0)]
    assert said == ["X does not hang together", "Y does not hang together"]


# --- reverse --------------------------------------------------------------------------------------


def test_in_reverse_each_ward_has_a_zone_of_its_own() -> None:
    """B lies in two wards. In each it has a core, and a load of its own."""
    made = city("1 1 2 3 4 4", "A B B B B C", "9 4 6 6 1 9", wards="W W W E E E")
    rules = replace(FREE, reverse=True)
    homes = pd.DataFrame(
        {
            "zone_id": ["A", "B", "B", "C"],
            "ward_id": ["W", "W", "E", "E"],
            "block_id": ["0", "2", "3", "5"],
            "point": [Point(50, 50), Point(250, 50), Point(350, 50), Point(550, 50)],
        }
    )

    def said(rules: Rules, words: str, splits: int, moved: float) -> list[str]:
        check = Checker(made, rules, homes)
        return [one.en for one in check.faults(zones(made, words), splits, moved)]

    assert said(rules, "A B B B B C", 3, 0.0) == []
    assert said(rules, "A A B B C C", 1, 5.0) == []
    band = replace(rules, load=LoadRule(Keep.BAND, band=0.2))
    assert said(band, "A B B B C C", 2, 1.0) == []
    assert said(band, "A A B B B C", 2, 4.0) == [
        "the load of A@W: 9 → 13",
        "the load of B@W: 10 → 6",
    ]
    near = replace(rules, detour_times=1.0, detour_m=0.0)
    assert said(near, "A A B B B C", 2, 4.0) == [], "100 m from both"
    crossed = said(near, "A B B B A C", 3, 1.0)
    assert crossed[0] == "ward lines are crossed [('A', 'E')]"
    assert "A@E does not hang together" in crossed


# --- against the solver ---------------------------------------------------------------------------


@pytest.mark.parametrize("reverse", [False, True])
def test_any_single_block_moved_on_is_caught(reverse: bool) -> None:
    """Proposals of the solver, with one block put elsewhere: the claim no longer fits, at least."""
    caught = 0
    for seed in (0, 4):
        made = at_random(seed)
        found = front(made, replace(FREE, reverse=reverse))
        point = found.points[len(found.points) // 2]
        zone = found.proposal(point).zone
        check = Checker(made, found.rules, found.homes)
        assert list(check.faults(zone, point.splits, point.moved)) == []
        others = sorted(set(zone))
        for nth, name in enumerate(zone.index[seed::2]):
            if made.table["people"].get(name) == 0:
                continue
            turned = zone.copy()
            turned[name] = next(o for o in others[nth % len(others) :] + others if o != zone[name])
            assert list(check.faults(turned, point.splits, point.moved)), name
            caught += 1
    assert caught > 25


def test_borders_are_measured_as_blocks_are(made: Blocks) -> None:
    """The checker finds the borders anew, and the same."""
    ids = made.table.index
    pairs = {frozenset((ids[i], ids[j])) for i, j in made.borders}
    found = checker(made).beside
    assert {frozenset((one, other)) for one in found for other in found[one]} == pairs
