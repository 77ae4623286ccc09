"""Layers whose zones meet exactly: joined fast, and made simpler without gaps.

Zones are a *coverage* where neighbours share the very same vertices along their borders and none
overlap. Such shapes are united by dropping the edges that occur twice; others need the slower union
of shapes, which is right for all. Which they are is checked once for a whole layer: some units that
meet all their neighbours exactly are a coverage, whatever the rest of the layer is.
"""

from __future__ import annotations

from contextlib import suppress

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .errors import DataError
from .words import Text


def is_coverage(shapes: pd.Series | NDArray[np.object_]) -> bool:
    """Whether zones meet exactly: they share their edges, and none overlap."""
    return bool(shapely.coverage_is_valid(np.asarray(shapes)))


def edges_apart(shapes: pd.Series) -> NDArray[np.object_]:
    """The edges of each shape along which it does not meet its neighbours; empty where it does."""
    return np.asarray(shapely.coverage_invalid_edges(np.asarray(shapes)))


def unite(shapes: pd.Series, *, meet: bool | None = None) -> shapely.Geometry:
    """All shapes as one: the fast way where they meet exactly, else the safe one.

    `meet`: whether they are a coverage, where that is known; else it is checked here.

    >>> halves = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> unite(halves).area
    2.0
    """
    meet = is_coverage(shapes) if meet is None else meet
    if meet:
        # GEOS may find edges of zones without any width left that it took for a coverage.
        with suppress(shapely.errors.GEOSException):
            return shapely.coverage_union_all(np.asarray(shapes))
    return shapely.union_all(np.asarray(shapes))


def unite_by(
    shapes: pd.Series, zone_of: pd.Series, *, apart: NDArray[np.bool_] | None = None
) -> pd.Series:
    """The shapes of each zone as one; only zones with a unit that is `apart` need the slow way.

    Parameters
    ----------
    shapes
        Units of one layer, by unit id.
    zone_of
        The zone id of each unit, in the same order.
    apart
        Which units do not meet their neighbours exactly, where that is known; else all are checked
        here, once.

    Returns
    -------
    Series of geometries
        By zone id, sorted.
    """
    apart = ~shapely.is_empty(edges_apart(shapes)) if apart is None else apart
    groups = pd.Series(np.arange(len(shapes))).groupby(zone_of.to_numpy(), sort=True).indices
    united = [unite(shapes.iloc[rows], meet=not apart[rows].any()) for rows in groups.values()]
    return pd.Series(united, index=pd.Index(list(groups)), dtype=object)


def simplified(zones: gpd.GeoDataFrame, tolerance_m: float, where: str) -> gpd.GeoDataFrame:
    """Zones of a coverage with fewer vertices, still a coverage: shared borders stay shared.

    Parameters
    ----------
    zones
        Zones that meet exactly, in metres.
    tolerance_m
        A corner stays if the triangle between it and its neighbours is larger than the square of
        this (Visvalingam & Whyatt 1993, as in GEOS CoverageSimplifier).
    where
        The layer, as an error names it.

    Raises
    ------
    DataError
        If the zones do not meet exactly.
    """
    if not is_coverage(zones.geometry):
        what = Text(
            "区域どうしの境界が一致していないため、簡略化できません",
            "its zones do not meet exactly, so that their borders cannot be made simpler",
        )
        remedy = Text(
            "先に境界を揃えてください（keniki check --repair --snap）",
            "align the borders first (keniki check --repair --snap)",
        )
        raise DataError(where, what, remedy)
    shapes = simplified_shapes(zones.geometry.to_numpy(), tolerance_m)
    return zones.set_geometry(gpd.GeoSeries(shapes, zones.index, crs=zones.crs))


def simplified_shapes(shapes: NDArray[np.object_], tolerance_m: float) -> NDArray[np.object_]:
    """Shapes that are known to be a coverage, with fewer vertices (:func:`simplified`).

    The only way in which keniki makes borders simpler. Zone by zone it would open gaps.
    """
    return np.asarray(shapely.coverage_simplify(shapes, tolerance_m))
