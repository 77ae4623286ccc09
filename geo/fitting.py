"""Parts of towns whose outlines meet those of their neighbours in the very same vertices.

A border of another layer that runs along that of a town cuts the town into parts, but also into
splinters, and leaves vertices that the neighbours lack. For a map, splinters narrower than a sliver
go to the part beside them; a part keeps the vertices of its town, those inside the town, and the
ends of cuts; and neighbours get these ends. Whatever is put together from such parts then needs no
outline of its own.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .widths import narrow

Shapes = NDArray[np.object_]
Points = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Points closer than this are one point, in metres.
ONE_POINT_M = 1e-3


def fitted(
    parts: gpd.GeoSeries, town_of: pd.Series, towns: gpd.GeoSeries, width_m: float
) -> gpd.GeoSeries:
    """The parts with outlines that meet.

    Parameters
    ----------
    parts
        Polygons in metres that make up the towns; a town that is not cut is one part.
    town_of
        The town of each part.
    towns
        The outlines of the towns, by id.
    width_m
        Pieces of a part that are nowhere as wide go to the part beside them.

    Returns
    -------
    GeoSeries
        The parts, to within splinters, and to ``ONE_POINT_M`` along borders.
    """
    cut = np.flatnonzero(town_of.duplicated(keep=False))
    town, cut_towns = pd.factorize(town_of.to_numpy()[cut])
    shapes = parts.to_numpy().copy()
    outlines = towns.to_numpy()[towns.index.get_indexer(pd.Index(cut_towns))]
    shapes[cut], ends = _lean(shapes[cut], town, outlines, width_m)
    return gpd.GeoSeries(_with_ends(shapes, ends), parts.index, crs=parts.crs)


def _lean(parts: Shapes, town: Ints, towns: Shapes, width_m: float) -> tuple[Shapes, Points]:
    """Parts without splinters and needless vertices, and the ends of cuts.

    `town` says which of `towns` each part is of.
    """
    parts = _without_splinters(parts, town, width_m)
    points, part = shapely.get_coordinates(parts, return_index=True)
    corners, corner_of = shapely.get_coordinates(towns, return_index=True)
    number = _numbers(np.vstack([corners, points]), np.concatenate([corner_of, town[part]]))
    own, number = number[: len(corners)], number[len(corners) :]
    met = np.unique(np.column_stack([number, part]), axis=0)[:, 0]
    shared = np.bincount(met, minlength=number.max(initial=0) + 1)[number] > 1
    inner = np.flatnonzero(~np.isin(number, own))
    border = shapely.boundary(towns)
    shapely.prepare(border)
    spots = shapely.points(points[inner])
    beside = shapely.dwithin(border[town[part[inner]]], spots, ONE_POINT_M)
    kept = np.ones(len(points), dtype=bool)
    kept[inner[beside]] = shared[inner[beside]]
    return _of_vertices(parts, kept), points[inner[beside & shared[inner]]]


def _without_splinters(parts: Shapes, town: Ints, width_m: float) -> Shapes:
    """Each narrow piece with the part of its town that it shares most border with."""
    pieces, part = shapely.get_parts(parts, return_index=True)
    splinter = narrow(pieces, width_m)
    splinter[pd.Series(shapely.area(pieces)).groupby(part).idxmax()] = False
    small, large = np.flatnonzero(splinter), np.flatnonzero(~splinter)
    i, j = shapely.STRtree(pieces[large]).query(pieces[small], predicate="intersects")
    i, j = small[i], large[j]
    together = town[part[i]] == town[part[j]]
    i, j = i[together], j[together]
    border_m = shapely.length(shapely.intersection(pieces[i], shapely.boundary(pieces)[j]))
    shared = pd.Series(border_m).groupby([i, part[j]]).sum().sort_values(kind="stable")
    longest = shared.reset_index().drop_duplicates("level_0", keep="last")
    moved, before, parts = longest["level_0"].to_numpy(), part.copy(), parts.copy()
    part[moved] = longest["level_1"]
    for number in np.unique([before[moved], part[moved]]):
        parts[number] = shapely.union_all(pieces[part == number])
    return parts


def _numbers(points: Points, town: Ints) -> Ints:
    """The same number for the same point of a town."""
    cells = pd.DataFrame(np.round(points / ONE_POINT_M).astype(np.int64)).assign(town=town)
    return np.asarray(cells.groupby(["town", 0, 1], sort=False).ngroup())


def _of_vertices(shapes: Shapes, kept: Flags) -> Shapes:
    """Shapes of these of their vertices; a ring of which no corner would be left stays whole."""
    polygons, shape = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    kept = kept | (np.bincount(ring[kept], minlength=len(rings)) < 4)[ring]
    lean = np.asarray(shapely.linearrings(points[kept], indices=ring[kept]))
    polygons = np.asarray(shapely.polygons(lean, indices=polygon))
    made = np.asarray(shapely.multipolygons(polygons, indices=shape))
    alone = np.bincount(shape) == 1
    made[alone] = shapely.get_geometry(made[alone], 0)
    return made


def _with_ends(shapes: Shapes, ends: Points) -> Shapes:
    """Shapes with the ends of cuts that lie on their edges as vertices."""
    spots = np.asarray(shapely.points(ends))
    row, spot = shapely.STRtree(spots).query(shapes, predicate="dwithin", distance=ONE_POINT_M)
    changed, number = np.unique(row, return_inverse=True)
    near = shapely.multipoints(spots[spot], indices=number)
    shapes[changed] = shapely.snap(shapes[changed], near, ONE_POINT_M)
    return shapes
