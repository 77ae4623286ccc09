"""Layers onto zones: items to districts, goals and cases to wards.

A case study stands where the plan says it does: at a point only if its position is known, else in
words with the zone it belongs to. No place is ever invented.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .layers import Layer
from .overlap import pairs
from .slivers import counting
from .words import Text


@dataclass(frozen=True, eq=False)
class Content:
    """The welfare plan's content, by type; an absent layer is an empty table."""

    themes: pd.DataFrame
    goals: pd.DataFrame
    items: pd.DataFrame
    cases: pd.DataFrame


def content(layers: tuple[Layer, ...]) -> Content:
    """The tables of all layers of each type, one below the other."""

    def of(type_: str) -> pd.DataFrame:
        tables = [layer.table for layer in layers if layer.type == type_]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    return Content(of("themes"), of("goals"), of("items"), of("cases"))


def rows_of(table: pd.DataFrame, column: str, id_: str) -> list[dict[str, str]]:
    """The rows of a layer that belong to one zone, in the order of the file.

    >>> rows_of(pd.DataFrame({"zone_id": ["a", "b"], "text": ["x", "y"]}), "zone_id", "b")
    [{'zone_id': 'b', 'text': 'y'}]
    """
    if table.empty:
        return []
    return records(table[table[column] == id_])


def records(table: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a table of text, as dictionaries."""
    return [
        {str(key): str(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def zones_of_ward(ward_to_zone: pd.DataFrame, ward_id: str) -> pd.DataFrame:
    """The zones that a ward holds at least in part.

    Parameters
    ----------
    ward_to_zone
        Crosswalk with the wards on the left; slivers marked in it are left out.
    ward_id
        The ward.

    Returns
    -------
    DataFrame
        Index `zone_id`, ``share_in_ward`` (of the zone's area, 0 to 1), ``other_wards`` (ids of
        the wards that hold the rest) and ``is_main`` (whether this is its main ward), zones whose
        main ward this is first.
    """
    inner = _counting(ward_to_zone)
    wards = inner.groupby("right_id")["left_id"].agg(list)
    here = inner[inner["left_id"] == ward_id].set_index("right_id")["share_of_right"]
    frame = pd.DataFrame({"share_in_ward": here}).rename_axis("zone_id")
    frame["other_wards"] = [[w for w in wards.loc[zone] if w != ward_id] for zone in frame.index]
    frame["is_main"] = main_wards(ward_to_zone).reindex(frame.index) == ward_id
    return frame.sort_values("is_main", ascending=False, kind="stable")


def main_wards(ward_to_zone: pd.DataFrame) -> pd.Series:
    """The ward that holds most of each zone's land, by zone id; of two alike the one of lower id.

    Each zone has one at most, so that sums over wards count nothing twice.
    """
    inner = _counting(ward_to_zone)
    order = inner.sort_values(["share_of_right", "left_id"], ascending=[False, True])
    return order.drop_duplicates("right_id").set_index("right_id")["left_id"].sort_index()


def _counting(ward_to_zone: pd.DataFrame) -> pd.DataFrame:
    """The rows of a crosswalk that put a zone into a ward."""
    inner = pairs(ward_to_zone)
    return inner[counting(ward_to_zone, "right")].reset_index()


def text_of(row: dict[str, str], field: str) -> Text:
    """The two language columns of a row; where no English is given the Japanese stands.

    >>> text_of({"title_ja": "子ども食堂", "title_en": ""}, "title").en
    '子ども食堂'
    """
    ja = row[f"{field}_ja"]
    return Text(ja, row.get(f"{field}_en") or ja)


def themes_of(item: dict[str, str], themes: pd.DataFrame) -> list[dict[str, str]]:
    """The themes of an item: none, one or several, in the order of the item."""
    known = {row["theme_id"]: row for row in records(themes)}
    ids = [id_.strip() for id_ in item["themes"].split(";")]
    return [known[id_] for id_ in ids if id_ in known]
