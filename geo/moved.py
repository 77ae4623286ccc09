"""Where the land lies that changed its zone from one edition to the next."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .coverage import unite_by
from .cutting import OUTSIDE
from .editions import Edition, beyond
from .overlap import Way
from .partition import Partition
from .plan import Role
from .words import Text

#: No partition of a plan can be called so.
KEY = "moved-land"
POLYGON = 3


def moved_land(found: Edition, towns: Partition | None) -> Partition | None:
    """The land of each move as a zone, whose id is the number of the move; None: nothing moved.

    Where both editions are made of `towns` it is made of them, too; a town of which only a stated
    share moved is drawn whole, since nobody knows which part.
    """
    if found.moves.empty:
        return None
    members, by_towns = None, found.crosswalk.attrs["way"] is not Way.BY_AREA
    if by_towns and towns is not None:
        town_ids = pd.Index(found.pieces["town_id"])
        numbers = pd.Series(found.pieces["number"].astype(str).to_numpy(), town_ids)
        shapes = unite_by(towns.zones.geometry.loc[town_ids], numbers)
        members = None if town_ids.has_duplicates else numbers
        shapes = shapes.reindex(found.moves.index.astype(str))
    else:
        shapes = pd.Series(_shared(found), found.moves.index.astype(str))
    joined = members is not None and found.before.joined and found.after.joined
    data = {"name": _names(found), "geometry": shapes.to_numpy()}
    index = pd.Index(shapes.index, name="zone_id", dtype=str)
    zones = gpd.GeoDataFrame(data, index=index, crs=found.after.zones.crs)
    title = Text("移ったところ", "Land that moved")
    return Partition(KEY, title, Role.OTHER, zones, members, joined, covers_city=False)


def _names(found: Edition) -> list[str]:
    """Moves as the map names them: 2: A → B."""
    old, new = found.before.zones["name"], found.after.zones["name"]
    return [
        f"{number}: {old.get(row.from_id, '–')} → {new.get(row.to_id, '–')}"
        for number, row in zip(found.moves.index, found.moves.itertuples(), strict=True)
    ]


def _shared(found: Edition) -> list[shapely.Geometry]:
    """What the two zones of each move share; of land in one edition only, what the other leaves."""
    old, new = (dict(one.zones.geometry.items()) for one in (found.before, found.after))
    shapes = []
    for from_id, to_id in found.moves[["from_id", "to_id"]].itertuples(index=False):
        if to_id == OUTSIDE:
            shapes.append(beyond(found.before, pd.Index([from_id]), found.after)[0])
        elif from_id == OUTSIDE:
            shapes.append(beyond(found.after, pd.Index([to_id]), found.before)[0])
        else:
            shapes.append(shapely.intersection(old[from_id], new[to_id]))
    return [_polygons(shape) for shape in shapes]


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape without the lines and points where borders only touch."""
    parts = shapely.get_parts(shape)
    whole: shapely.Geometry = shapely.multipolygons(parts[shapely.get_type_id(parts) == POLYGON])
    return whole


def spots(land: Partition, least: float = 0.02) -> tuple[gpd.GeoSeries, NDArray[np.str_]]:
    """Where the numbers of moves stand: in each part with so much of the land of its move.

    Returns
    -------
    Points in the plan's CRS, and the number of the move at each.
    """
    parts = gpd.GeoSeries(land.zones.geometry).explode()
    share = parts.area / land.area_m2.reindex(parts.index).to_numpy()
    parts = parts[share.to_numpy() >= least]
    points = shapely.point_on_surface(np.asarray(parts))
    return gpd.GeoSeries(points, crs=parts.crs), np.asarray(parts.index, dtype=str)
