"""Names of an area text among the towns: the right ones, all of them, and never a guess."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from conftest import partition
from shapely import box

from geo.plan import Alias
from geo.register import How, Match, Register
from geo.words import same

CENTRAL, NORTH = "12101", "12102"

#: id: (ward, name). Two wards have a 新田町 each.
TOWNS = {
    "01": (CENTRAL, "朝日ケ丘一丁目"),
    "02": (CENTRAL, "朝日ケ丘二丁目"),
    "03": (CENTRAL, "朝日ケ丘五丁目"),
    "04": (CENTRAL, "朝日ケ丘町"),
    "05": (CENTRAL, "新田町"),
    "06": (CENTRAL, "今井"),
    "07": (CENTRAL, "今井町"),
    "08": (CENTRAL, "今井一丁目"),
    "09": (CENTRAL, "今井二丁目"),
    "10": (NORTH, "都賀一丁目"),
    "11": (NORTH, "都賀二丁目"),
    "12": (NORTH, "都賀の台一丁目"),
    "13": (NORTH, "新田町"),
    "14": (NORTH, "中島"),
    "15": (NORTH, "中嶋"),
}


def register(*aliases: Alias) -> Register:
    towns = partition("town", {id_: box(0, 0, 1, 1) for id_ in TOWNS})
    towns.zones["name"] = [name for _, name in TOWNS.values()]
    ward = pd.Series({id_: ward for id_, (ward, _) in TOWNS.items()})
    return Register(towns, ward, aliases)


def alias(text: str, *towns: str, ward: str | None = None) -> Alias:
    return Alias(text=text, towns=towns, ward=ward, why=same("why"))


def only(text: str, ward: str | None = None, *aliases: Alias) -> Match:
    """The one piece of a text, looked up."""
    (match,) = register(*aliases).read(text, ward)
    return match


def found(text: str, ward: str | None = None, *aliases: Alias) -> list[str]:
    """The names of all the towns of a text."""
    return [TOWNS[id_][1] for m in register(*aliases).read(text, ward) for id_ in m.towns]


# --- as written, then folded ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("朝日ケ丘1丁目", How.EXACT),
        ("朝日ケ丘一丁目", How.EXACT),
        ("朝日ケ丘１丁目", How.EXACT),
        ("朝日ヶ丘1丁目", How.FOLDED),
        ("朝日が丘1丁目", How.FOLDED),
        ("大字今井", How.FOLDED),
    ],
)
def test_how_a_name_was_found_is_recorded(text: str, how: How) -> None:
    match = only(text)
    assert match.how is how
    assert match.towns[0] in ("01", "06")


def test_a_name_as_written_is_not_another_that_folds_to_the_same() -> None:
    """中島 and 中嶋 are two towns."""
    assert only("中島").towns == ("14",)
    assert only("中島").how is How.EXACT
    assert only("中嶋").towns == ("15",)


def test_a_spelling_that_meets_two_towns_is_no_answer() -> None:
    match = only("中嶌")
    assert match.how is How.NOT_FOUND
    assert match.towns == ()
    assert set(match.nearest) >= {"中島", "中嶋"}


def test_x_and_x_machi_are_two_towns() -> None:
    assert found("朝日ケ丘町") == ["朝日ケ丘町"]
    assert found("朝日ケ丘") == ["朝日ケ丘一丁目", "朝日ケ丘二丁目", "朝日ケ丘五丁目"]
    assert found("都賀町") == []
    assert found("新田") == []


def test_a_prefix_never_matches() -> None:
    assert found("都賀") == ["都賀一丁目", "都賀二丁目"]
    assert found("都賀の台") == ["都賀の台一丁目"]
    assert found("都") == []
    assert found("朝日") == []


def test_a_bare_name_is_the_bare_town_and_all_its_chome() -> None:
    assert found("今井") == ["今井", "今井一丁目", "今井二丁目"]
    assert found("今井町") == ["今井町"]
    assert found("今井1丁目") == ["今井一丁目"]


def test_a_list_of_chome() -> None:
    assert found("朝日ヶ丘1～2丁目・5丁目、都賀の台1丁目") == [
        "朝日ケ丘一丁目", "朝日ケ丘二丁目", "朝日ケ丘五丁目", "都賀の台一丁目",
    ]  # fmt: skip


# --- what is not found is said --------------------------------------------------------------------


def test_a_missing_chome_is_said() -> None:
    match = only("朝日ケ丘1～5丁目")
    assert match.towns == ("01", "02", "03")
    assert match.missing_chome == (3, 4)
    assert match.how is How.EXACT


def test_no_chome_at_all_is_not_found() -> None:
    match = only("今井7丁目")
    assert (match.how, match.towns, match.missing_chome) == (How.NOT_FOUND, (), (7,))
    assert "今井" in match.nearest


def test_an_unknown_name_comes_with_the_nearest() -> None:
    match = only("新田丁", NORTH)
    assert (match.how, match.towns) == (How.NOT_FOUND, ())
    assert match.nearest[0] == "新田町"
    assert only("弁天", NORTH).nearest == ()


def test_an_area_of_another_kind_is_no_town() -> None:
    assert [m.how for m in register().read("今井小学校区、都賀地区")] == [How.NOT_FOUND] * 2


def test_a_part_is_not_the_whole() -> None:
    match = only("今井町の一部")
    assert match.towns == ("07",)
    assert not match.whole


# --- wards ----------------------------------------------------------------------------------------


def test_only_the_towns_of_the_ward() -> None:
    assert only("新田町", CENTRAL).towns == ("05",)
    assert only("新田町", NORTH).towns == ("13",)
    assert only("新田町").towns == ("05", "13")
    assert only("今井", NORTH).how is How.NOT_FOUND


def test_wards_are_listed_and_towns_without_one_are_in_none() -> None:
    towns = partition("town", {"1": box(0, 0, 1, 1), "2": box(1, 0, 2, 1)})
    one = Register(towns, pd.Series({"1": NORTH}))
    assert one.wards == [NORTH]
    assert one.as_json("2") == {"id": "2", "name": "2", "ward": None}


def test_wards_that_are_not_known_do_no_harm() -> None:
    towns = partition("town", {"1": box(0, 0, 1, 1), "2": box(1, 0, 2, 1)})
    assert Register(towns, pd.Series({"1": NORTH, "2": None})).wards == [NORTH]


# --- aliases --------------------------------------------------------------------------------------


def test_an_alias_comes_before_any_name() -> None:
    match = only("今井", CENTRAL, alias("今井", "06"))
    assert (match.towns, match.how) == (("06",), How.ALIAS)


def test_an_alias_is_folded_too() -> None:
    assert only("緑ヶ丘団地", None, alias("緑ケ丘団地", "04")).towns == ("04",)


def test_an_alias_of_one_ward_says_nothing_in_another() -> None:
    rule = alias("駅前", "10", "11", ward=NORTH)
    assert only("駅前", NORTH, rule).towns == ("10", "11")
    assert only("駅前", CENTRAL, rule).how is How.NOT_FOUND
    assert only("駅前", None, rule).how is How.NOT_FOUND


def test_the_alias_of_the_ward_comes_before_that_of_the_city() -> None:
    rules = (alias("駅前", "05"), alias("駅前", "10", ward=NORTH))
    assert only("駅前", NORTH, *rules).towns == ("10",)
    assert only("駅前", CENTRAL, *rules).towns == ("05",)


def test_an_alias_of_a_chome_that_the_text_elides() -> None:
    """「今井1・7丁目」 is one piece; 「今井1丁目、7丁目」 two, the second without its name."""
    assert found("今井1丁目、7丁目", None, alias("今井7丁目", "07")) == ["今井一丁目", "今井町"]


def test_for_machines() -> None:
    one = register()
    (match,) = one.read("朝日ヶ丘2～3丁目", CENTRAL)
    said = json.loads(json.dumps(match.as_json(one), ensure_ascii=False))
    assert said["towns"] == [{"id": "02", "name": "朝日ケ丘二丁目", "ward": CENTRAL}]
    assert (said["start"], said["end"], said["text"]) == (0, 9, "朝日ヶ丘2～3丁目")
    assert (said["how"], said["state"], said["missing_chome"]) == ("folded", "whole", [3])
