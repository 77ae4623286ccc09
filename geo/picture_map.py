"""Zones on paper: their borders in inches, names with room, north, and a scale bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .canvas import INK, Area, Mark, Words
from .lettering import Boxes, seat
from .linework import Frame, borders, joined, lost, middles, outlines, simpler
from .words import Text, same

#: Units of the longer side of the grid, and how far borders are made simpler in units.
GRID, TOLERANCE = 4000, 6.0
#: Where a name may stand: so many of its heights from the middle of its zone, in these directions.
STEPS, TURNS = np.arange(0.0, 4.1, 0.5), np.radians(np.arange(0, 360, 30))

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PaperMap:
    """Zones on paper, in inches from the upper left corner of the map.

    Attributes
    ----------
    land
        Rings around all ground.
    borders
        The borders of each layer, every one once.
    zones
        The zones of each layer.
    size_in
        Width and height.
    metres
        In one inch.
    north
        Where north is in the middle of the map: a step of length 1, to the right and down.
    """

    land: list[Points]
    borders: list[list[Points]]
    zones: list[gpd.GeoSeries]
    size_in: tuple[float, float]
    metres: float
    north: Points


def paper_map(
    layers: Sequence[gpd.GeoSeries], ground: gpd.GeoSeries, most_in: tuple[float, float]
) -> PaperMap:
    """Layers of zones over `ground`, all in one CRS in metres, as large as there is room."""
    everything = gpd.GeoSeries(pd.concat([ground, *layers]))
    frame = Frame.around(everything, GRID)
    meeting = [joined(layer, 1 / frame.scale) for layer in (ground, *layers)]
    fewer = simpler(meeting, TOLERANCE / frame.scale)
    land, *placed = (frame.place(layer.shapes) for layer in fewer)
    inch = min(most_in[0] / frame.width, most_in[1] / frame.height)
    return PaperMap(
        [inch * ring.astype(float) for ring in outlines(land)],
        [
            [inch * line.astype(float) for line in (*borders(zones), *_dots(zones))]
            for zones in placed
        ],
        [gpd.GeoSeries(zones.scale(inch, inch, origin=(0, 0))) for zones in placed],
        (frame.width * inch, frame.height * inch),
        1 / (frame.scale * inch),
        north(everything),
    )


def _dots(zones: gpd.GeoSeries) -> Iterator[Points]:
    """What stands for zones that are too small for the grid."""
    return (np.array([spot, spot + np.array([1.0, 0.0])]) for spot in lost(zones))


def north(zones: gpd.GeoSeries) -> Points:
    """Where north is on a map of zones, in the middle: a step of length 1, to the right and down.

    >>> north(gpd.GeoSeries([shapely.box(0, 0, 1e5, 1e5)], crs="EPSG:6677")).round(2)
    array([-0.01, -1.  ])
    """
    middle = gpd.GeoSeries([shapely.box(*zones.total_bounds).centroid], crs=zones.crs).to_crs(4326)
    here = shapely.get_coordinates(middle.to_numpy())[0]
    around = gpd.GeoSeries(shapely.points(here + np.array([[0, -0.01], [0, 0.01]])), crs=4326)
    placed = shapely.get_coordinates(around.to_crs(str(zones.crs)).to_numpy())
    east, up = placed[1] - placed[0]
    return np.asarray(np.array([east, -up]) / np.hypot(east, up))


def arrow(middle: Points, way: Points) -> list[Mark]:
    """An arrow to the north (:func:`north`), with the letter beyond its point."""
    aside = np.array([-way[1], way[0]])
    tip, foot = middle + 0.16 * way, middle - 0.16 * way
    head = np.array([tip, foot + 0.1 * aside, foot + 0.05 * way, foot - 0.1 * aside, tip])
    x, y = middle + 0.26 * way
    return [Area([head], INK), Words("N", (float(x), float(y)), 10.0, middle=True)]


def bar(metres: float, most_in: float) -> tuple[float, Text]:
    """The longest scale bar of a round length: its inches, and what stands on it.

    >>> bar(4000.0, 1.4)
    (1.25, Text(ja='5 km', en='5 km'))
    >>> bar(300.0, 1.0)[1].en
    '200 m'
    """
    most_m = metres * most_in
    digit = 10.0 ** floor(log10(most_m))
    long_m = max(step * digit for step in (1, 2, 5) if step * digit <= most_m)
    return long_m / metres, same(f"{long_m / 1000:,g} km" if long_m >= 1000 else f"{long_m:g} m")


def seats(
    zones: gpd.GeoSeries, sizes: Sequence[tuple[float, float]], size_in: tuple[float, float]
) -> list[NDArray[np.float64] | None]:
    """A box for the name of each zone, in the zone, on no other name; None where there is no room.

    `sizes` are widths and heights of names, `size_in` of the map.
    """
    taken: Boxes = np.empty((0, 4))
    found: list[NDArray[np.float64] | None] = []
    for zone, size, middle in zip(zones, sizes, middles(zones), strict=True):
        spots = _spots(zone, middle, size, size_in)
        box = seat(size, spots, labels=taken)
        found.append(box)
        taken = taken if box is None else np.vstack([taken, box])
    return found


def _spots(
    zone: shapely.Geometry, middle: Points, size: tuple[float, float], size_in: tuple[float, float]
) -> Points:
    """Where the middle of a name may be, the best first: in its zone, the name on the map."""
    ways = np.column_stack([np.cos(TURNS), np.sin(TURNS)])
    spots = middle + (STEPS[:, None, None] * size[1] * ways).reshape(-1, 2)
    half = np.array(size) / 2
    on_map = ((spots >= half) & (spots <= np.array(size_in) - half)).all(axis=1)
    inside = shapely.contains_xy(zone, spots[:, 0], spots[:, 1])
    return np.asarray(spots[on_map & inside])
