"""Points or cells with their weights + towns → grains, and what is wrong with them.

What a town holds of a cell has as much of its weight as of its area. What lies in no town has no
say in where people live.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .cutting import intersections
from .findings import Finding, Kind, Severity, named
from .layers import Counts
from .partition import Partition
from .plan import Source, WeightsPlan
from .spread import Weighting
from .weighting import Grains, lying_in
from .words import Text

#: A point on a border counts on the side that lies a micrometre from it to the east, a little north
#: or south of it; if no town lies there (it stands on the coast), to the west; at last where it is.
_ASIDE_M = 1e-6 * np.array([[1.0, 0.3], [1.0, -0.3], [-1.0, 0.3], [-1.0, -0.3], [0.0, 0.0]])
#: A cell of which the towns cover more than this does not reach beyond them.
WHOLE = 0.999


def grains_of(
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
    rest, found = rows.iloc[np.unique(lying_in(towns, rows.geometry.to_numpy())[0])], []
    for aside in _ASIDE_M:
        moved = shapely.points(rest.get_coordinates().to_numpy() + aside)
        i, j = lying_in(towns, moved)
        data = {"town_id": towns.zones.index[j], "row": rest.index[i], "geometry": moved[i]}
        found.append(pd.DataFrame(data))
        rest = rest[~rest.index.isin(rest.index[i])]
    grains = pd.concat(found, ignore_index=True)
    return _table(grains, rows["weight"].loc[grains["row"]], towns)


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
    covered = found.groupby("right_id")["area_m2"].transform("sum").to_numpy()
    whole = covered if beyond_is_sea else rows.area.loc[found["right_id"]].to_numpy()
    weight = rows["weight"].loc[found["right_id"]].to_numpy() * found["area_m2"] / whole
    names = {"left_id": "town_id", "right_id": "row"}
    return _table(found.rename(columns=names).assign(geometry=shapes), weight, towns)


def _table(table: pd.DataFrame, weight: pd.Series, towns: Partition) -> gpd.GeoDataFrame:
    """The rows that lie in towns, each a grain."""
    index = pd.Index([f"{number}" for number in range(len(table))], name="grain", dtype=str)
    columns = table[["town_id", "row", "geometry"]].set_axis(index)
    return gpd.GeoDataFrame(columns.assign(weight=np.asarray(weight)), crs=towns.zones.crs)


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
