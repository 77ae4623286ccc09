"""Made towns with winding borders, and the same borders drawn a second time."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely
from conftest import of_towns, outlines_only, partition

from geo.partition import Partition

TOWN_M = 400.0
STEP_M = 100.0
WINDING_M = 30.0


def towns(across: int = 8, up: int = 6, *, seed: int = 0) -> Partition:
    """Towns about 400 m across that meet exactly, with a corner every 100 m."""
    cells = {
        f"{y:02}{x:02}": shapely.segmentize(
            shapely.box(x * TOWN_M, y * TOWN_M, (x + 1) * TOWN_M, (y + 1) * TOWN_M), STEP_M
        )
        for y, x in np.ndindex(up, across)
    }
    return drawn_again(partition("town", cells), WINDING_M, seed=seed)


def grouped(key: str, of: Partition, seed: int, zones: int = 9) -> Partition:
    """The towns put together into zones: each to the nearest of as many random centres."""
    rng = np.random.default_rng(seed)
    spots = shapely.get_coordinates(shapely.centroid(of.zones.geometry.to_numpy()))
    low, high = spots.min(axis=0), spots.max(axis=0)
    centres = rng.uniform(low, high, (zones, 2))
    nearest = np.linalg.norm(spots[:, None] - centres, axis=2).argmin(axis=1)
    names = [f"{key}{number}" for number in nearest]
    return of_towns(key, of, dict(zip(of.zones.index, names, strict=True)))


def drawn_again(one: Partition, noise_m: float, *, seed: int) -> Partition:
    """The same borders with every corner up to `noise_m` off: once, so that neighbours still meet.

    Along an edge nothing moves further than its two ends do.
    """
    rng = np.random.default_rng(seed)
    shapes = one.zones.geometry.to_numpy()
    spots, number = np.unique(shapely.get_coordinates(shapes), axis=0, return_inverse=True)
    angle, distance = rng.uniform(0, 2 * np.pi, len(spots)), rng.uniform(0, noise_m, len(spots))
    moved = spots + distance[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return with_shapes(one, shapely.set_coordinates(shapes.copy(), moved[number.ravel()]))


def shifted(one: Partition, east_m: float, north_m: float) -> Partition:
    """The same borders, all of them moved alike."""
    shapes = one.zones.geometry.to_numpy()
    return with_shapes(
        one, shapely.transform(shapes, lambda spots: spots + np.array([east_m, north_m]))
    )


def with_shapes(one: Partition, shapes: np.ndarray) -> Partition:
    """The partition as only its outlines are known, which are these."""
    assert shapely.is_valid(shapes).all()
    zones = one.zones.set_geometry(gpd.GeoSeries(shapes, one.zones.index, crs=one.zones.crs))
    return replace(outlines_only(one), zones=zones)
