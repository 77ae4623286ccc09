"""Items, goals and cases onto zones."""

from __future__ import annotations

import pandas as pd
from conftest import of_towns, partition
from shapely import box

from geo.attach import content, main_wards, rows_of, text_of, themes_of, zones_of_ward
from geo.layers import ContentType, Layer
from geo.overlap import crosswalk
from geo.partition import Partition
from geo.slivers import SliverRule, marked
from geo.words import Text, same

THEMES = pd.DataFrame(
    {"theme_id": ["1", "2", "10"], "name_ja": ["一", "二", "十"], "name_en": ["one", "two", ""]}
)


def layer(type_: ContentType, **columns: list[str]) -> Layer:
    return Layer(type_, type_, same(type_), pd.DataFrame(columns))


# --- tables ---------------------------------------------------------------------------------------


def test_layers_of_a_type_stand_below_each_other_and_absent_ones_are_empty() -> None:
    made = content(
        (
            layer("items", item_id=["1", "2"]),
            layer("cases", case_id=["c"]),
            layer("items", item_id=["3"]),
        )
    )
    assert made.items["item_id"].tolist() == ["1", "2", "3"]
    assert made.items.index.tolist() == [0, 1, 2]
    assert made.cases["case_id"].tolist() == ["c"]
    assert made.themes.empty
    assert made.goals.empty


def test_rows_of_a_zone_in_the_order_of_the_file() -> None:
    items = pd.DataFrame({"zone_id": ["b", "a", "b"], "item_id": ["2", "1", "0"]})
    assert [row["item_id"] for row in rows_of(items, "zone_id", "b")] == ["2", "0"]
    assert rows_of(items, "zone_id", "c") == []
    assert rows_of(pd.DataFrame(), "zone_id", "b") == []


def test_themes_of_an_item_in_its_own_order() -> None:
    def names(ids: str) -> list[str]:
        return [theme["name_ja"] for theme in themes_of({"themes": ids}, THEMES)]

    assert names("10; 1") == ["十", "一"]
    assert names("2") == ["二"]
    assert names("") == []
    assert names("1;7") == ["一"]
    assert themes_of({"themes": "1"}, pd.DataFrame()) == []


def test_where_there_is_no_english_the_japanese_stands() -> None:
    row = {"name_ja": "十", "name_en": "", "note_ja": "注"}
    assert text_of(row, "name") == Text("十", "十")
    assert text_of(row, "note") == Text("注", "注")
    assert text_of(row | {"name_en": "ten"}, "name") == Text("十", "ten")


# --- the zones of a ward --------------------------------------------------------------------------


def test_zones_of_a_ward(row: Partition) -> None:
    """The wards W, E and the districts p, q, r; q has a town in each ward, e lies beyond::

    ┌───┬───┬───┬───┐
    │ W │ W │ E │ E │
    │ q │ p │ q │ r │
    └───┴───┴───┴───┘
    """
    wards = of_towns("ward", row, {"a": "W", "b": "W", "c": "E", "d": "E"})
    districts = of_towns("district", row, {"a": "q", "b": "p", "c": "q", "d": "r"})
    table = crosswalk(wards, districts, towns=row)
    west = zones_of_ward(table, "W")
    assert west["share_in_ward"].to_dict() == {"p": 1.0, "q": 0.5}
    assert west["other_wards"].to_dict() == {"p": [], "q": ["E"]}
    assert list(west.index) == ["p", "q"]
    assert list(zones_of_ward(table, "E").index) == ["q", "r"]  # of two halves E has the lower id
    assert zones_of_ward(table, "N").empty


def test_zones_mostly_in_the_ward_come_first(row: Partition) -> None:
    """Zone a is 30 % in W, b 90 %, c 60 %: a last, and the others keep the order of their ids."""
    wards = partition("ward", {"W": box(0, 0, 1000, 1000), "E": box(1000, 0, 3000, 1000)})
    districts = partition(
        "district",
        {
            "a": box(700, 0, 1700, 300),
            "b": box(100, 300, 1100, 600),
            "c": box(400, 600, 1400, 900),
        },
    )
    west = zones_of_ward(crosswalk(wards, districts, towns=row), "W")
    assert west["share_in_ward"].round(12).to_dict() == {"b": 0.9, "c": 0.6, "a": 0.3}
    assert list(west.index) == ["b", "c", "a"]
    assert west["is_main"].to_dict() == {"b": True, "c": True, "a": False}


def test_a_zone_has_one_main_ward_whatever_the_order_of_wards(row: Partition) -> None:
    """Zone p has 40, 35 and 25 % in three wards, none more than half; q is halved."""
    shapes = {
        "U": box(0, 0, 1000, 1000),
        "V": box(1000, 0, 1640, 1000),
        "W": box(1640, 0, 4000, 1000),
    }
    districts = partition("district", {"p": box(650, 0, 2250, 400), "q": box(500, 400, 1500, 900)})
    for names in (list(shapes), list(reversed(shapes))):
        wards = partition("ward", {name: shapes[name] for name in names})
        table = crosswalk(wards, districts, towns=row)
        assert main_wards(table).to_dict() == {"p": "V", "q": "U"}
        assert list(zones_of_ward(table, "U").index) == ["q", "p"]


def test_slivers_do_not_put_a_zone_into_a_ward(row: Partition) -> None:
    """Zone p reaches 5 m into E, 0.5 % of it; what lies outside every ward is no ward."""
    wards = partition("ward", {"W": box(0, 0, 1000, 1000), "E": box(1000, 0, 2000, 1000)})
    districts = partition("district", {"p": box(5, 0, 1005, 1000), "q": box(1500, 0, 2500, 1000)})
    every = crosswalk(wards, districts, towns=row)
    assert zones_of_ward(every, "W")["other_wards"].to_dict() == {"p": ["E"]}
    table = marked(every, wards, districts, SliverRule())
    assert zones_of_ward(table, "W")["other_wards"].to_dict() == {"p": []}
    east = zones_of_ward(table, "E")
    assert list(east.index) == ["q"]
    assert east["other_wards"].to_dict() == {"q": []}


def test_a_zone_that_is_a_sliver_itself_stands_in_the_ward_that_holds_most_of_it(
    row: Partition,
) -> None:
    """A strip of 20 m, 300 m of it in W and 700 m in E."""
    wards = partition("ward", {"W": box(0, 0, 1000, 1000), "E": box(1000, 0, 2000, 1000)})
    districts = partition("district", {"strip": box(700, 0, 1700, 20)})
    table = marked(crosswalk(wards, districts, towns=row), wards, districts, SliverRule())
    assert zones_of_ward(table, "W").empty
    assert zones_of_ward(table, "E")["share_in_ward"].to_dict() == {"strip": 0.7}
