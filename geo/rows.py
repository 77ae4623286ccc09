"""Rows of a boundary file, and which of them are sound: found out while they are read.

To prove a shape takes longer than all other proofs together, but GEOS lets go of Python's lock
meanwhile: rows read by now are examined in threads, still in fast memory, while others are read.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from .workers import in_threads

Shapes = NDArray[Any]
Bools = NDArray[np.bool_]

#: Rows that are examined at a time: few enough to stay in fast memory.
AT_A_TIME = 8192
#: As :func:`shapely.get_type_id` says it.
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, eq=False)
class Rows:
    """`frame` as it was read, and row by row whether its shape is sound.

    Sound is a valid polygon (or several) without heights that is not empty: of such nothing has to
    be asked any more. A shape with a coordinate that is no number is not valid.
    """

    frame: gpd.GeoDataFrame
    sound: Bools

    @property
    def shapes(self) -> Shapes:
        """The shapes alone."""
        return self.frame.geometry.to_numpy()

    def only(self, kept: Bools) -> Rows:
        """Those that are to be kept."""
        return self if kept.all() else Rows(self.frame[kept], self.sound[kept])

    def flat(self) -> Rows:
        """The same without heights."""
        rest = ~self.sound
        if not rest.any():
            return self
        shapes, sound = self.shapes.copy(), self.sound.copy()
        shapes[rest] = shapely.force_2d(shapes[rest])
        sound[rest] = are_sound(shapes[rest])
        return Rows(self.frame.set_geometry(shapes, crs=self.frame.crs), sound)


def examined(frame: gpd.GeoDataFrame) -> Rows:
    """A frame that has been read, with what is sound of it.

    >>> crossing, missing = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), None
    >>> examined(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), crossing, missing])).sound
    array([ True, False, False])
    """
    shapes = frame.geometry.to_numpy()
    parts = np.array_split(shapes, len(shapes) // AT_A_TIME + 1)
    return Rows(frame, np.concatenate(list(in_threads()(are_sound, ((part,) for part in parts)))))


def are_sound(shapes: Shapes) -> Bools:
    """Which shapes are sound.

    `shapely.is_valid` silences warnings for a moment, and in all threads: what GDAL murmurs
    meanwhile would be lost. What it calls does not.
    """
    with np.errstate(all="ignore"):  # a coordinate that is no number is no news here
        is_polygon = np.isin(shapely.get_type_id(shapes), POLYGONS) & ~shapely.is_empty(shapes)
        is_flat = shapely.get_coordinate_dimension(shapes) == 2
        its: Bools = is_polygon & is_flat & shapely.lib.is_valid(shapes)
    return its


@contextmanager
def uncollected() -> Iterator[None]:
    """Python's collector of garbage waits: it would visit all shapes again whenever more are made.

    >>> import gc
    >>> with uncollected():
    ...     gc.isenabled()
    False
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
