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
holds of a cell. A point lies in the piece in which it lies; a grain of a cell is spread evenly, so
it is cut like a town, with the town's own zones and stated shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .cutting import OUTSIDE, PIECE, cut, intersections, membership
from .findings import Finding, Kind, Severity, named
from .layers import Counts
from .partition import Partition
from .plan import Role, Source, WeightsPlan
from .spread import Weighting
from .words import Text, same
from .workers import Run

#: A point on a border counts on the side that lies a micrometre from it to the east, a little north
#: or south of it; if no town lies there (it stands on the coast), to the west; at last where it is.
_ASIDE_M = 1e-6 * np.array([[1.0, 0.3], [1.0, -0.3], [-1.0, 0.3], [-1.0, -0.3], [0.0, 0.0]])
NOBODY = pd.DataFrame(
    {**dict.fromkeys(PIECE, pd.Series(dtype=str)), "weight": pd.Series(dtype=float)}
)
#: A cell of which the towns cover more than this does not reach beyond them.
WHOLE = 0.999


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
        pieces["weight"] = pieces["share"].to_numpy() * grain["weight"].to_numpy()
        pieces["town_id"] = grain["town_id"].to_numpy()
        return pieces.groupby(PIECE)["weight"].sum().reset_index()


def grains(
    rows: gpd.GeoDataFrame, plan: WeightsPlan, towns: Partition, sources: tuple[Source, ...] = ()
) -> Grains:
    """Where people live, by the rows of :func:`geo.dwellings.read_dwellings`."""
    weighting = Weighting(plan.by)
    if weighting is Weighting.POINTS:
        return Grains(weighting, points(rows, towns), sources)
    table = cells(rows, towns, beyond_is_sea=plan.beyond == "sea")
    return Grains(weighting, table, sources)


def points(rows: gpd.GeoDataFrame, towns: Partition) -> gpd.GeoDataFrame:
    """The grains of points.

    Parameters
    ----------
    rows
        Points in the CRS of `towns`, with a column `weight` (≥ 0).
    towns
        The towns. One that lies in several (they overlap) has its weight in each.

    Returns
    -------
    GeoDataFrame
        As in :class:`Grains`. Points outside all towns are in none of its rows.
    """
    rows = rows[rows["weight"] > 0]
    tree = shapely.STRtree(towns.zones.geometry.to_numpy())
    rest, found = rows, []
    for aside in _ASIDE_M:
        moved = shapely.points(rest.get_coordinates().to_numpy() + aside)
        i, j = tree.query(moved, predicate="intersects")
        data = {"town_id": towns.zones.index[j], "row": rest.index[i], "geometry": moved[i]}
        found.append(pd.DataFrame(data))
        rest = rest[~rest.index.isin(rest.index[i])]
    grains = pd.concat(found, ignore_index=True)
    return _grains(grains, rows["weight"].loc[grains["row"]], towns)


def cells(rows: gpd.GeoDataFrame, towns: Partition, *, beyond_is_sea: bool) -> gpd.GeoDataFrame:
    """The grains of cells.

    Parameters
    ----------
    rows
        Polygons in the CRS of `towns`, with a column `weight` (≥ 0).
    towns
        The towns.
    beyond_is_sea
        Whether nobody lives where a cell reaches beyond the towns, so that all of its weight is
        inside. Else its weight is spread evenly over the whole cell, and what lies beyond the
        towns (the next city) is left out.

    Returns
    -------
    GeoDataFrame
        As in :class:`Grains`. Cells outside all towns are in none of its rows.
    """
    rows = rows[rows["weight"] > 0]
    found, shapes = intersections(towns.zones.geometry, rows.geometry)
    inside = found.groupby("right_id")["area_m2"].transform("sum").to_numpy()
    whole = inside if beyond_is_sea else rows.area.loc[found["right_id"]].to_numpy()
    weight = rows["weight"].loc[found["right_id"]].to_numpy() * found["area_m2"] / whole
    names = {"left_id": "town_id", "right_id": "row"}
    return _grains(found.rename(columns=names).assign(geometry=shapes), weight, towns)


def _grains(table: pd.DataFrame, weight: pd.Series, towns: Partition) -> gpd.GeoDataFrame:
    """The rows that lie in towns, each a grain."""
    index = pd.Index([f"{number}" for number in range(len(table))], name="grain", dtype=str)
    columns = table[["town_id", "row", "geometry"]].set_axis(index)
    return gpd.GeoDataFrame(columns.assign(weight=np.asarray(weight)), crs=towns.zones.crs)


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
    tree = shapely.STRtree(partition.zones.geometry.to_numpy())
    i, j = tree.query(grains.zones.geometry.to_numpy(), predicate="intersects")
    ids = grains.zones.index
    outside = ids[~np.isin(np.arange(len(ids)), i)]
    town_ids, zone_ids = ids[i].append(outside), partition.zones.index[j].to_list()
    zones = [*zone_ids, *[OUTSIDE] * len(outside)]
    return pd.DataFrame({"town_id": town_ids, "zone_id": zones, "share": 1.0})


# --- what is wrong with weights -------------------------------------------------------------------


def check_weights(
    found: Grains, rows: gpd.GeoDataFrame, plan: WeightsPlan, counts: Counts
) -> Iterator[Finding]:
    """Rows that lie outside the towns, and towns with people but without weight."""
    rows = rows[rows["weight"] > 0]
    if found.weighting is Weighting.POINTS:
        yield from _outside(found, rows, plan.key)
    else:
        yield from _beyond(found, rows, plan)
    totals = counts.table[[count.key for count in counts.totals]]
    peopled = totals.index[(totals > 0).any(axis=1)]
    without = peopled.difference(found.of_towns.index)
    if len(without):
        first = counts.totals[0]
        people = f"{counts.table.loc[without, first.key].sum():,.0f}"
        what = Text(
            f"重みのない町丁目があります（{first.title.ja}{people}{first.unit.ja}）",
            f"these towns have people but no weight ({people} {first.unit.en})",
        )
        remedy = Text(
            "境界が通るときは面積で配分します", "where a border cuts them they are split by area"
        )
        severity = Severity.ERROR if len(without) == len(peopled) else Severity.NOTE
        finding = (Kind.TOWN_WITHOUT_WEIGHT, severity, plan.key, tuple(map(str, without)))
        yield Finding(*finding, what, remedy, float(len(without)), "towns")


def _outside(found: Grains, rows: gpd.GeoDataFrame, key: str) -> Iterator[Finding]:
    outside = rows.index.difference(pd.Index(found.table["row"]))
    if len(outside):
        place = named(f"row {row}" for row in outside)
        what = Text("どの町丁目にもない地点があります", "these points lie in no town")
        remedy = Text(
            "重みには使いません。位置を確かめてください",
            "they are left out of the weights; check their positions",
        )
        finding = (Kind.POINT_OUTSIDE_CITY, Severity.WARNING, key, place, what, remedy)
        yield Finding(*finding, float(len(outside)), "points")


def _beyond(found: Grains, rows: gpd.GeoDataFrame, plan: WeightsPlan) -> Iterator[Finding]:
    """Cells at the edge of the towns, whose people may live on either side of it."""
    covered = found.table.area.groupby(found.table["row"]).sum() / rows.area
    edge = rows["weight"][covered < WHOLE]
    if len(edge):
        size = f"{edge.sum():,.0f}"
        beyond = _BEYOND[plan.beyond]
        what = Text(
            f"町丁目の外にかかるメッシュがあります（重み {size}）。{beyond.ja}とみなしました",
            f"cells reach beyond the towns (weight {size}); {beyond.en}",
        )
        remedy = Text(
            '外が隣の市町村なら beyond = "land"、海なら "sea" と書いてください',
            'write beyond = "land" if the next city lies there, "sea" if water does',
        )
        finding = (Kind.OUTSIDE_CITY, Severity.NOTE, plan.key, (), what, remedy)
        yield Finding(*finding, float(len(edge)), "cells")


_BEYOND = {
    "land": Text("外にも内側と同じように住む", "as many were taken to live beyond as inside"),
    "sea": Text("外にはだれも住まない", "nobody was taken to live beyond"),
}
