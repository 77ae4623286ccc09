"""Where people live within towns → the weight of every piece that borders cut a town into.

People are known town by town. Where a border cuts a town they are shared out over its pieces in
proportion to a weight: of points (buildings), or of cells of a mesh (the census grid)::

    town, 100 people          points                  mesh
    ┌───────╎───────┐    ┌───────╎───────┐    ┌───────╎───────┐
    │ left  ╎ right │    │     · ╎       │    │  30   ╎   0   │
    │       ╎       │    │  ·  · ╎   ·   │    ├───────╎───────┤
    └───────╎───────┘    └───────╎───────┘    └──10───╎──10───┘
    by area  50 : 50      by points 75 : 25     by mesh 80 : 20

Only proportions within a town matter: the people of a town stay the people of the town, whatever
its weight adds up to.

A *grain* is the smallest thing that has a weight and lies in one town: a point, or what a town
holds of a cell (:mod:`geo.grains`). A point lies in one piece; a grain of a cell is evenly spread,
so it is cut like a town, with its town's own zones and stated shares.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .cutting import OUTSIDE, PIECE, cut, membership
from .partition import Partition
from .plan import Role, Source
from .spread import Weighting
from .words import same
from .workers import Run

NOBODY = pd.DataFrame(
    {**dict.fromkeys(PIECE, pd.Series(dtype=str)), "weight": pd.Series(dtype=float)}
)


@dataclass(frozen=True, eq=False)
class Grains:
    """A :class:`geo.spread.Spread` of points, or of cells of a mesh.

    Attributes
    ----------
    table
        GeoDataFrame in the plan's CRS: index `grain` (str), columns `town_id`, `row` (of which row
        of the input it is), `weight` (> 0) and `geometry` (points, or polygons).
    """

    weighting: Weighting
    table: gpd.GeoDataFrame
    sources: tuple[Source, ...] = ()

    @property
    def of_towns(self) -> pd.Series:
        """The weight of each town by its id; towns without any are left out."""
        weight: pd.Series = self.table.groupby("town_id")["weight"].sum()
        return weight

    def of_pieces(
        self, left: Partition, right: Partition, towns: Iterable[str], run: Run | None = None
    ) -> pd.DataFrame:
        """The weight of the pieces of some towns; see :class:`geo.spread.Spread`."""
        grains = self.table[self.table["town_id"].isin(list(towns))]
        if grains.empty:
            return NOBODY
        sides = (_of_grains(left, grains), _of_grains(right, grains))
        units = Partition("grain", same("grain"), Role.OTHER, grains[["geometry"]])
        if self.weighting is Weighting.MESH:
            pieces = cut(*sides, units, run).rename(columns={"share_of_town": "share"})
            pieces = pieces[pieces["town_id"] != OUTSIDE]
        else:
            pieces = _at(*sides, units)
        grain = grains.loc[pieces["town_id"]]
        weight = pieces["share"].to_numpy() * grain["weight"].to_numpy()
        pieces = pieces.assign(weight=weight, town_id=grain["town_id"].to_numpy())
        return pieces.groupby(PIECE)["weight"].sum().reset_index()


def _of_grains(partition: Partition, grains: gpd.GeoDataFrame) -> Partition:
    """A partition made of towns as made of their grains; one with borders of its own as it is."""
    if partition.members is None:
        return partition
    town = grains["town_id"]
    members = partition.members.reindex(town).set_axis(town.index)
    parts = town.reset_index().merge(partition.parts, on="town_id").drop(columns="town_id")
    return replace(partition, members=members, parts=parts.rename(columns={"grain": "town_id"}))


def _at(left: Partition, right: Partition, grains: Partition) -> pd.DataFrame:
    """The piece that each point lies in: columns `town_id` (its grain), zones and `share`."""
    of_left, of_right = (_zones_at(one, grains) for one in (left, right))
    both = of_left.merge(of_right, on="town_id", suffixes=("_left", "_right"))
    names = {"zone_id_left": "left_id", "zone_id_right": "right_id"}
    pieces = both.rename(columns=names)[PIECE]
    return pieces.assign(share=both["share_left"] * both["share_right"])


def _zones_at(partition: Partition, grains: Partition) -> pd.DataFrame:
    """The zones that each point lies in: as its town is held, else where it stands."""
    held = membership(partition, grains)
    if held is not None:
        return held
    i, j = lying_in(partition, grains.zones.geometry.to_numpy())
    ids = grains.zones.index
    outside = ids[~np.isin(np.arange(len(ids)), i)]
    town_ids, zone_ids = ids[i].append(outside), partition.zones.index[j].to_list()
    zones = [*zone_ids, *[OUTSIDE] * len(outside)]
    return pd.DataFrame({"town_id": town_ids, "zone_id": zones, "share": 1.0})


def lying_in(partition: Partition, spots: NDArray[np.object_]) -> NDArray[np.intp]:
    """(point, zone), by position: the zones that points lie in."""
    # GEOS prepares the geometries that a tree is asked for, and zones are worth it.
    zone, spot = shapely.STRtree(spots).query(partition.zones.geometry, predicate="intersects")
    return np.stack([spot, zone])
