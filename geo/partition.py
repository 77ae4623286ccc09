"""A partition (区域区分): one way the city is divided. What every later module works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import pandas as pd

from .areas import overlap_areas
from .coverage import is_coverage
from .plan import Role, Source
from .words import Text

#: Land below this share of a whole is rounding of coordinates.
ROUNDING = 1e-9

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
    joined
        Whether the outlines of the zones are those of their towns put together.
    parts
        Towns of which a zone holds only a part: `town_id`, `zone_id`, `words` (which part, as the
        area text says) and `share` of the town (NaN: not known, so nobody is counted).
    attributes
        The other columns of the boundary file by zone id, one row per row of the file.
    changes
        What cleaning and snapping moved, with the columns of :mod:`geo.repair`.
    overlapping
        Whether zones share land, where that is known already.
    """

    key: str
    title: Text
    role: Role
    zones: gpd.GeoDataFrame
    members: pd.Series | None = None
    joined: bool = False
    covers_city: bool = True
    sources: tuple[Source, ...] = ()
    note: Text | None = None
    parts: pd.DataFrame = field(default_factory=lambda: NO_PARTS)
    attributes: pd.DataFrame = field(default_factory=pd.DataFrame)
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    overlapping: bool | None = None

    @cached_property
    def overlaps_itself(self) -> bool:
        """Whether zones share land, so that it is counted for each of them."""
        shapes = self.zones.geometry.to_numpy()
        if self.overlapping is not None:
            return self.overlapping
        if self.members is not None or self.meets_exactly:
            return False
        i, j, area_m2 = overlap_areas(shapes, shapes)
        return bool(area_m2[i < j].sum() > ROUNDING * self.area_m2.sum())

    @cached_property
    def meets_exactly(self) -> bool:
        """Whether neighbours share their borders vertex by vertex, and none overlap."""
        return is_coverage(self.zones.geometry)

    @cached_property
    def area_m2(self) -> pd.Series:
        """Area of each zone in m², by zone id."""
        return self.zones.area.rename("area_m2")
