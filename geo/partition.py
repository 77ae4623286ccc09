"""A partition (区域区分): one way the city is divided. What every later module works on."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from .plan import Role, Source
from .words import Text

NO_PARTS = pd.DataFrame(
    {
        "town_id": pd.Series(dtype=str),
        "zone_id": pd.Series(dtype=str),
        "words": pd.Series(dtype=str),
        "share": pd.Series(dtype=float),
    }
)


@dataclass(frozen=True, eq=False)
class Partition:
    """One way the city is divided (区域区分).

    Attributes
    ----------
    zones
        GeoDataFrame in the plan's CRS: index `zone_id` (unique str), columns `name` and `geometry`
        (valid Polygon or MultiPolygon).
    members
        Where the partition is made of towns: the zone id of each town (index `town_id`). None for
        a partition that is only known by its outlines. A partition of towns is its own.
    parts
        Towns of which a zone holds only a part: `town_id`, `zone_id`, `words` (which part, as the
        area text says) and `share` of the town (NaN: not known, so nobody is counted).
    attributes
        The other columns of the boundary file by zone id, one row per row of the file.
    """

    key: str
    title: Text
    role: Role
    zones: gpd.GeoDataFrame
    members: pd.Series | None = None
    covers_city: bool = True
    sources: tuple[Source, ...] = ()
    note: Text | None = None
    parts: pd.DataFrame = field(default_factory=lambda: NO_PARTS)
    attributes: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def area_m2(self) -> pd.Series:
        """Area of each zone in m², by zone id."""
        return self.zones.area.rename("area_m2")
