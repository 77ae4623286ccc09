"""The map of a printed sheet: zones in a frame of paper, to a round scale.

What lies outside the wards that a sheet is about is there, too, in thin lines: borders do not end
where a ward does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .coverage import unite
from .linework import Frame, borders, joined, lost, simpler
from .picture_map import north

#: Units of the grid in one inch of paper (0.06 mm), and how far borders are made simpler in units.
UNITS, TOLERANCE = 400, 4.0
#: Between a map and its frame.
AROUND_IN = 0.12
#: What is narrower is a trace of two borders, not land, in inches.
THIN_IN = 0.05
#: Metres of paper in an inch.
INCH_M = 0.0254

Points = NDArray[np.float64]
Size = tuple[float, float]


@dataclass(frozen=True, eq=False)
class SheetMap:
    """A map in inches from the upper left corner of its frame.

    Attributes
    ----------
    scale
        Metres on the ground for one metre of paper.
    land, around
        The wards of the sheet as one shape; all others in the frame, by ward id.
    zones
        The zones of each partition, by key: what of them lies in the wards of the sheet.
    borders, beyond
        The borders of each partition, every one once: within those wards, and outside.
    north
        Where true north is: a step of length 1, to the right and down.
    """

    size_in: Size
    scale: int
    land: shapely.Geometry
    around: gpd.GeoSeries
    zones: dict[str, gpd.GeoSeries]
    borders: dict[str, list[Points]]
    beyond: dict[str, list[Points]]
    north: Points

    @property
    def metres(self) -> float:
        """On the ground, in one inch of the map."""
        return self.scale * INCH_M

    @property
    def outside(self) -> shapely.Geometry:
        """What of the frame is in no ward: land of neighbours, and sea."""
        frame = shapely.box(0, 0, *self.size_in)
        return _broad(shapely.difference(frame, shapely.union_all([self.land, *self.around])))

    def bare(self, key: str) -> shapely.Geometry:
        """What of the land is in no zone of a partition."""
        return _broad(shapely.difference(self.land, shapely.union_all(self.zones[key])))


def _broad(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape, but for what of it is thin.

    >>> strip, square = shapely.box(0, 0, 5, 0.02), shapely.box(0, 0, 1, 1)
    >>> _broad(strip).is_empty, round(_broad(square | strip).area, 2)
    (True, 1.0)
    """
    kept = shapely.buffer(shape, -THIN_IN / 2, join_style="mitre")
    return shapely.buffer(kept, THIN_IN / 2, join_style="mitre") & shape


def round_scale(ground: gpd.GeoSeries, room_in: Size) -> int:
    """The largest scale of two digits at which the ground (in metres) has room on paper.

    >>> round_scale(gpd.GeoSeries([shapely.box(0, 0, 9000, 4000)]), (8.0, 8.0))
    46000
    """
    west, south, east, north = ground.total_bounds
    inner = [side - 2 * AROUND_IN for side in room_in]
    need = max((east - west) / inner[0], (north - south) / inner[1], 1e-3) / INCH_M
    digit = 10.0 ** (floor(log10(need)) - 1)
    return max(1, round(ceil(need / digit - 1e-9) * digit))


def height_at(ground: gpd.GeoSeries, scale: int) -> float:
    """How high the frame of a map is at least, in inches."""
    _, south, _, north = ground.total_bounds
    return float(north - south) / scale / INCH_M + 2 * AROUND_IN


def sheet_map(
    layers: Mapping[str, gpd.GeoSeries], wards: str, here: pd.Index, size_in: Size
) -> SheetMap:
    """The wards `here` in the middle of a frame, with layers of zones.

    `layers` are partitions by key, in one CRS in metres; `wards` is the key of the wards.
    """
    own = gpd.GeoSeries(layers[wards][here])
    scale = round_scale(own, size_in)
    frame = _frame(own, scale, size_in)
    near = [frame.near(zones) for zones in layers.values()]
    meeting = [joined(zones, 1 / frame.scale) for zones in near]
    fewer = simpler(meeting, TOLERANCE / frame.scale)
    placed = {key: frame.place(one.shapes) for key, one in zip(layers, fewer, strict=True)}
    box = shapely.box(0, 0, frame.width, frame.height)
    is_own = placed[wards].index.isin(here)
    land = shapely.intersection(unite(gpd.GeoSeries(placed[wards][is_own])), box)
    others = placed[wards][~is_own]
    around = _inches(shapely.intersection(np.asarray(others), box))
    zones, inside, beyond = {}, {}, {}
    for key, shapes in placed.items():
        zones[key] = gpd.GeoSeries(_inches(shapely.intersection(shapes, land)), shapes.index)
        inside[key], beyond[key] = _strokes(shapes, land, box)
    return SheetMap(
        size_in,
        scale,
        _inches(np.array([land]))[0],
        gpd.GeoSeries(around, others.index),
        zones,
        inside,
        beyond,
        north(own),
    )


def _frame(own: gpd.GeoSeries, scale: int, size_in: Size) -> Frame:
    """The frame of so many inches with the ground in its middle."""
    west, south, east, north = own.total_bounds
    wide_m, high_m = (side * scale * INCH_M for side in size_in)
    corner = (west + east - wide_m) / 2, (south + north + high_m) / 2
    units = UNITS / (scale * INCH_M)
    return Frame(*corner, units, round(size_in[0] * UNITS), round(size_in[1] * UNITS))


def _strokes(
    shapes: gpd.GeoSeries, land: shapely.Geometry, box: shapely.Geometry
) -> tuple[list[Points], list[Points]]:
    """Borders within some land (and along its edge), and outside."""
    strokes = np.array([shapely.linestrings(one) for one in borders(shapes)], dtype=object)
    lines = shapely.intersection(shapely.multilinestrings(strokes), box)
    wider: shapely.Geometry = shapely.buffer(land, 2.0)
    within, beyond = _cut(lines & wider), _cut(lines - wider)
    dots = [spot for spot in lost(shapes) if shapely.contains_xy(wider, *spot)]
    return [*within, *(np.array([spot, spot + 1]) / UNITS for spot in dots)], beyond


def _cut(lines: shapely.Geometry) -> list[Points]:
    """Strokes in inches, as long as they can be."""
    merged = shapely.get_parts(shapely.line_merge(lines))
    kept = merged[shapely.length(merged) > 0]
    return [shapely.get_coordinates(one) / UNITS for one in kept]


def _inches(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return shapely.transform(shapes, lambda xy: xy / UNITS)


def rings(shapes: Sequence[shapely.Geometry] | shapely.Geometry) -> list[Points]:
    """All rings of some shapes."""
    parts = shapely.get_parts(shapes)
    parts = parts[shapely.get_dimensions(parts) == 2]
    return [shapely.get_coordinates(ring) for ring in shapely.get_rings(parts)]
