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
    shapes = parts.to_numpy().copy()
    ends = [np.empty((0, 2))]
    town_ids = town_of.to_numpy()
    cut = pd.Series(town_ids).duplicated(keep=False).to_numpy()
    for town_id in pd.unique(town_ids[cut]):
        rows = np.flatnonzero(town_ids == town_id)
        shapes[rows], its_ends = _of_town(shapes[rows], towns[town_id], width_m)
        ends.append(its_ends)
    return gpd.GeoSeries(_with_ends(shapes, np.vstack(ends)), parts.index, crs=parts.crs)


def _of_town(parts: Shapes, town: shapely.Geometry, width_m: float) -> tuple[Shapes, Points]:
    """The parts of one town without splinters and needless vertices, and the ends of its cuts."""
    parts = _without_splinters(parts, width_m)
    points, part = shapely.get_coordinates(parts, return_index=True)
    number = _numbers(np.vstack([shapely.get_coordinates(town), points]))
    own, number = number[: -len(points)], number[-len(points) :]
    pairs = np.unique(np.column_stack([number, part]), axis=0)
    shared = np.bincount(pairs[:, 0], minlength=number.max() + 1)[number] > 1
    on_border = shapely.dwithin(shapely.points(points), shapely.boundary(town), ONE_POINT_M)
    is_end = on_border & shared & ~np.isin(number, own)
    kept = ~on_border | shared | np.isin(number, own)
    return _of_vertices(parts, kept), points[is_end]


def _without_splinters(parts: Shapes, width_m: float) -> Shapes:
    """Each narrow piece with the part that it shares most border with."""
    pieces, part = shapely.get_parts(parts, return_index=True)
    largest = pd.Series(shapely.area(pieces)).groupby(part).idxmax()
    splinter = narrow(pieces, width_m)
    splinter[largest] = False
    for row in np.flatnonzero(splinter):
        touching = shapely.length(shapely.intersection(pieces[row], shapely.boundary(pieces)))
        touching[splinter] = -1.0
        part[row] = part[int(touching.argmax())]
    return np.array(
        [shapely.union_all(pieces[part == number]) for number in range(len(parts))], dtype=object
    )


def _numbers(points: Points) -> NDArray[np.int64]:
    """The same number for the same point."""
    cells = np.round(points / ONE_POINT_M).astype(np.int64)
    return np.unique(cells, axis=0, return_inverse=True)[1].ravel()


def _of_vertices(shapes: Shapes, kept: Flags) -> Shapes:
    """Shapes of these of their vertices; a ring of which no corner would be left stays whole."""
    polygons, shape = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    corners = np.bincount(ring[kept], minlength=len(rings))
    kept = kept | (corners < 4)[ring]
    made = []
    for number in range(len(rings)):
        its = points[(ring == number) & kept]
        closed = its if (its[0] == its[-1]).all() else np.vstack([its, its[:1]])
        made.append(shapely.linearrings(closed))
    whole = shapely.polygons(
        [made[np.flatnonzero(polygon == i)[0]] for i in range(len(polygons))],
        holes=None,
    )
    holes = [[made[k] for k in np.flatnonzero(polygon == i)[1:]] for i in range(len(polygons))]
    whole = np.array(
        [shapely.Polygon(one.exterior, inner) for one, inner in zip(whole, holes, strict=True)],
        dtype=object,
    )
    joined = [
        whole[shape == i][0]
        if (shape == i).sum() == 1
        else shapely.MultiPolygon(list(whole[shape == i]))
        for i in range(len(shapes))
    ]
    return np.array(joined, dtype=object)


def _with_ends(shapes: Shapes, ends: Points) -> Shapes:
    """Shapes with the ends of cuts that lie on their edges as vertices."""
    if not len(ends):
        return shapes
    spots = np.asarray(shapely.points(ends))
    row, spot = shapely.STRtree(spots).query(shapes, predicate="dwithin", distance=ONE_POINT_M)
    for one in np.unique(row):
        near = shapely.multipoints(spots[spot[row == one]])
        shapes[one] = shapely.snap(shapes[one], near, ONE_POINT_M)
    return shapes
