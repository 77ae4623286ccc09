"""Zones → the lines of a small picture: made simpler together, every border once.

A picture has a grid of whole units, x to the right and y down. Zones are made simpler as a coverage
before they are put on it, so that what meets still meets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from .coverage import is_coverage, simplified_shapes, unite
from .repair import snapped
from .topology import SCALE, Ints, topology

#: Borders nearer to each other than this part of a unit are one on any picture.
HAIR = 0.1


@dataclass(frozen=True)
class Frame:
    """Where a map lies on the grid of its picture.

    Attributes
    ----------
    west, north
        The corner of the grid, in metres of the map's CRS.
    scale
        Units per metre.
    width, height
        In units.
    """

    west: float
    north: float
    scale: float
    width: int
    height: int

    @classmethod
    def around(cls, ground: gpd.GeoSeries, size: int) -> Frame:
        """The frame of some zones, its longer side of `size` units."""
        west, south, east, north = ground.total_bounds
        scale = size / max(east - west, north - south)
        width, height = (max(1, round(side * scale)) for side in (east - west, north - south))
        return cls(west, north, scale, width, height)

    def place(self, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
        """Shapes of the map's CRS in units, not rounded yet."""
        corner = np.array([self.west, self.north])
        turned = np.array([self.scale, -self.scale])
        placed = shapely.transform(shapes.to_numpy(), lambda xy: (xy - corner) * turned)
        return gpd.GeoSeries(placed, index=shapes.index)

    def near(self, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
        """The shapes on the picture or less than its width or height beside it."""
        wide, high = self.width / self.scale, self.height / self.scale
        west, south = self.west - wide, self.north - 2 * high
        there = shapely.box(west, south, west + 3 * wide, south + 3 * high)
        return gpd.GeoSeries(shapes[shapes.intersects(there)])


class Layer(NamedTuple):
    """Zones, and whether they meet exactly."""

    shapes: gpd.GeoSeries
    meet: bool


def joined(shapes: gpd.GeoSeries, unit_m: float) -> Layer:
    """Shapes that meet, where the tenth of a unit of `unit_m` metres is all that parts them.

    Others stay as they are: zones that share land, or leave a gap that is seen.
    """
    if is_coverage(shapes):
        return Layer(shapes, True)
    closed, _ = snapped(gpd.GeoDataFrame(geometry=shapes), HAIR * unit_m)
    meet = is_coverage(closed.geometry)
    return Layer(closed.geometry if meet else shapes, meet)


def simpler(layers: Sequence[Layer], tolerance_m: float) -> list[Layer]:
    """Layers with fewer vertices (:func:`geo.coverage.simplified`), together.

    A layer that is a part of another looks as it does there. A layer that is no coverage keeps its
    vertices: made simpler zone by zone, borders would part.
    """
    known: dict[bytes, shapely.Geometry] = {}
    made: dict[int, list[shapely.Geometry]] = {}
    for number in sorted(range(len(layers)), key=lambda number: -len(layers[number].shapes)):
        shapes = layers[number].shapes.to_numpy()
        names = shapely.to_wkb(shapes)
        if not known.keys() >= set(names):
            fewer = simplified_shapes(shapes, tolerance_m) if layers[number].meet else shapes
            known |= dict(zip(names, fewer, strict=True))
        made[number] = [known[name] for name in names]
    return [
        Layer(gpd.GeoSeries(made[number], index=one.shapes.index, crs=one.shapes.crs), one.meet)
        for number, one in enumerate(layers)
    ]


def borders(shapes: gpd.GeoSeries) -> list[Ints]:
    """Every border once, in strokes as long as they can be: rows of x and y, on the grid.

    >>> halves = gpd.GeoSeries([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 20, 9)])
    >>> sum(len(stroke) - 1 for stroke in borders(halves))
    7
    """
    if shapes.empty:
        return []
    found = topology(shapely.transform(shapes.to_numpy(), lambda xy: xy / SCALE))
    vertices = np.column_stack([found.x, found.y])
    return _strokes(np.split(vertices, np.cumsum(found.lengths)[:-1])) if len(vertices) else []


def _strokes(arcs: list[Ints]) -> list[Ints]:
    """Arcs joined end to end while there is one to go on with, each of them once."""
    ends: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, arc in enumerate(arcs):
        ends[tuple(arc[0])].append(number)
        ends[tuple(arc[-1])].append(number)
    left, strokes = dict.fromkeys(range(len(arcs))), []
    while left:
        stroke = [arcs[left.popitem()[0]]]
        # On from the end, then from the beginning.
        for _ in range(2):
            while (at := next((n for n in ends[tuple(stroke[-1][-1])] if n in left), -1)) >= 0:
                del left[at]
                forward = (arcs[at][0] == stroke[-1][-1]).all()
                stroke.append(arcs[at] if forward else arcs[at][::-1])
            stroke = [arc[::-1] for arc in reversed(stroke)]
        strokes.append(np.concatenate([stroke[0], *(arc[1:] for arc in stroke[1:])]))
    return strokes[::-1]


def outlines(shapes: gpd.GeoSeries) -> list[Ints]:
    """The rings of all shapes as one, on the grid, their first vertex again at the end.

    >>> halves = gpd.GeoSeries([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 20, 9)])
    >>> [ring.tolist() for ring in outlines(halves)]
    [[[0, 0], [0, 9], [9, 9], [20, 9], [20, 0], [9, 0], [0, 0]]]
    """
    rings = shapely.get_rings(shapely.get_parts([unite(shapes)]))
    rounded = [np.round(shapely.get_coordinates(ring)).astype(np.int64) for ring in rings]
    drawn = [ring[np.r_[True, (ring[1:] != ring[:-1]).any(axis=1)]] for ring in rounded]
    return [ring for ring in drawn if len(ring) > 3]


def lost(shapes: gpd.GeoSeries) -> Ints:
    """Where the zones are of which nothing is left on the grid: rows of x and y."""
    gone = shapely.area(shapely.transform(shapes.to_numpy(), np.round)) == 0
    middle = shapely.get_coordinates(shapely.centroid(shapes.to_numpy()[gone]))
    return np.asarray(np.round(middle).astype(np.int64))


def middles(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """The middle of the widest place of each shape: where its name stands best (x and y).

    Known to a unit, or to a hundredth of the side of a square as large: nobody sees more.
    """
    parts, owner = shapely.get_parts(shapes.to_numpy(), return_index=True)
    largest = np.lexsort([-shapely.area(parts), owner])
    first = np.unique(owner[largest], return_index=True)[1]
    widest = parts[largest][first]
    known_to = np.maximum(1.0, np.sqrt(shapely.area(widest)) / 100)
    circles = shapely.maximum_inscribed_circle(widest, known_to)
    return np.asarray(shapely.get_coordinates(shapely.get_point(circles, 0)))
