"""The overlaps of split zones, row by row: a table to read, and where each of them lies."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .drawing import Data, degrees
from .partition import Partition
from .phrases import counted, parts_by_zone
from .study import Study
from .words import Text, same

NOT_KNOWN = Text("不明", "not known")
#: The sides of a box, as a frame of bounds calls them.
BOX = {"west": "minx", "south": "miny", "east": "maxx", "north": "maxy"}


def heading(study: Study) -> Text:
    """What the figures of the table are, with their unit."""
    if study.people is None:
        return Text("面積（km²）", "Area (km²)")
    title, unit = study.people.title, study.people.unit
    return Text(
        title.ja + (f"（{unit.ja}）" if unit.ja else ""),
        title.en + (f" ({unit.en})" if unit.en else ""),
    )


def overlap_rows(study: Study, left: Partition, right: Partition) -> list[dict[str, Any]]:
    """The overlaps of split zones on the left, most people on the minority side first.

    Each has `pair` (the ids of both zones), `left`, `right` (their names), `value` (people, else
    km², without the unit) and `share` (of the zone on the left).
    """
    zones = study.zones[left.key, right.key][study.weight]
    split = zones[zones["parts"] > 1].sort_values("minority", ascending=False, kind="stable")
    parts = parts_by_zone(study, study.crosswalks[left.key, right.key], right)
    return [
        {
            "pair": (zone_id, part["id"]),
            "left": left.zones.loc[zone_id, "name"],
            "right": part["name"],
            "value": _number(study, part["value"]),
            "share": part["share"],
        }
        for zone_id in split.index
        for part in parts[zone_id]
    ]


def _number(study: Study, value: float) -> Text:
    if pd.isna(value):
        return NOT_KNOWN
    return same(f"{value:,.0f}" if study.people else f"{value / 1e6:,.2f}")


def overlap_places(
    study: Study, left: Partition, right: Partition, rows: list[dict[str, Any]]
) -> Data:
    """Which pair of :meth:`geo.drawing.Drawing.pairs` each row is, and the box that it fills.

    A zone that holds land only by what the plan states has no shape in common: then the box is that
    of the zone on the left.
    """
    pairs = pd.MultiIndex.from_tuples([row["pair"] for row in rows], names=["left_id", "right_id"])
    one, other = (
        np.asarray(zones.geometry.reindex(pairs.get_level_values(side)))
        for zones, side in ((left.zones, 0), (right.zones, 1))
    )
    shared = shapely.intersection(one, other)
    shared = np.where(shapely.area(shared) > 0, shared, one)
    box = gpd.GeoSeries(shared, crs=left.zones.crs).to_crs(4326).bounds
    table = counted(study.crosswalks[left.key, right.key])
    return {
        "rows": np.asarray(table.index.get_indexer(pairs), dtype=np.int64),
        **{name: degrees(box[of]) for name, of in BOX.items()},
    }
