"""Layers onto zones: items to districts, wards and the city, goals and cases to wards.

A case study stands where the plan says it does: at a point only if its position is known, else in
words with the zone it belongs to. No place is ever invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import pandas as pd

from .layers import Layer
from .overlap import pairs
from .photo import Photo
from .plan import CITY
from .schemes import NO_MARKS
from .slivers import counting
from .words import Text


@dataclass(frozen=True, eq=False)
class Content:
    """The welfare plan's content, by type; an absent layer is an empty table.

    Attributes
    ----------
    themes, goals, items, cases, flags
        Text, with the columns `layer` (its key) and `of` (what it belongs to: a partition or
        "city"; ids of zones are unique only within a partition).
    marks
        With the columns of :data:`geo.schemes.COLUMNS`.
    outlines
        The areas smaller than a zone, by the id of their case, in the plan's CRS.
    photos
        By the id of their case.
    """

    themes: pd.DataFrame
    goals: pd.DataFrame
    items: pd.DataFrame
    cases: pd.DataFrame
    flags: pd.DataFrame = field(default_factory=pd.DataFrame)
    marks: pd.DataFrame = field(default_factory=lambda: NO_MARKS)
    outlines: gpd.GeoSeries = field(default_factory=gpd.GeoSeries)
    photos: Mapping[str, Photo] = field(default_factory=dict)

    @cached_property
    def marks_by_row(self) -> dict[tuple[str, str], pd.DataFrame]:
        """The marks of each row of a layer, by its key and the id of the row, in order of years."""
        grouped = self.marks.sort_values("year", kind="stable").groupby(["layer", "id"])
        return {(str(layer), str(id_)): rows for (layer, id_), rows in grouped}


def content(
    layers: Iterable[Layer],
    outlines: gpd.GeoSeries | None = None,
    photos: Mapping[str, Photo] | None = None,
) -> Content:
    """The tables of all layers of each type, one below the other."""
    known = tuple(layers)

    def of(type_: str) -> pd.DataFrame:
        tables = [
            layer.table.assign(layer=layer.key, of=layer.of or "")
            for layer in known
            if layer.type == type_
        ]
        return pd.concat(tables, ignore_index=True).fillna("") if tables else pd.DataFrame()

    marks = [layer.table for layer in known if layer.type == "marks" and len(layer.table)]
    return Content(
        of("themes"),
        of("goals"),
        of("items"),
        of("cases"),
        of("flags"),
        pd.concat(marks, ignore_index=True) if marks else NO_MARKS,
        gpd.GeoSeries() if outlines is None else outlines,
        photos or {},
    )


def rows_at(table: pd.DataFrame, of: str, zone_id: str) -> list[dict[str, str]]:
    """The rows of a layer that belong to one zone of the partition `of`, or to the city.

    >>> rows = pd.DataFrame({"of": ["ward", "city"], "zone_id": ["1", ""], "text": ["x", "y"]})
    >>> [row["text"] for row in rows_at(rows, "ward", "1") + rows_at(rows, "city", "")]
    ['x', 'y']
    """
    if table.empty:
        return []
    here = table["of"] == of
    return records(table[here if of == CITY else here & (table["zone_id"] == zone_id)])


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
    """The two language columns of a row; where one language is not given the other stands.

    >>> text_of({"title_ja": "子ども食堂", "title_en": ""}, "title").en
    '子ども食堂'
    """
    ja, en = row[f"{field}_ja"], row.get(f"{field}_en", "")
    return Text(ja or en, en or ja)


def themes_of(item: dict[str, str], themes: pd.DataFrame) -> list[dict[str, str]]:
    """The themes of an item: none, one or several, in the order of the item."""
    known = {row["theme_id"]: row for row in records(themes)}
    ids = [id_.strip() for id_ in item["themes"].split(";")]
    return [known[id_] for id_ in ids if id_ in known]
