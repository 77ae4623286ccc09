"""How wide a shape is: as wide as the largest circle that fits inside.

Whether the circle of some width fits is what an inward buffer by half of it tells: something is
left. Most shapes are settled by their area and the length of their border, without a buffer.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

#: The polygon by which GEOS draws an arc (16 sides to a quarter) comes this near to its radius.
ROUND = 0.998


def narrow(shapes: NDArray[np.object_], width_m: float) -> Flags:
    """Whether shapes (in metres) are nowhere as wide as `width_m`: no circle of it fits inside.

    >>> narrow(np.array([shapely.box(0, 0, 1000, 29), shapely.box(0, 0, 1000, 31)]), 30.0)
    array([ True, False])
    """
    area = shapely.area(shapes)
    found = area < circle_m2(width_m)
    undecided = ~found & (area <= most_if_narrow_m2(shapely.length(shapes), holes(shapes), width_m))
    found[undecided] = ~_has_core(shapes[undecided], width_m / 2)
    return np.asarray(found)


def _has_core(shapes: NDArray[np.object_], radius_m: float) -> Flags:
    """Whether something is left of shapes after an inward buffer.

    Of a shape that should vanish GEOS may leave a splinter turned inside out; it is told by lying
    nearer to the border than the radius.
    """
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    # Lines in which zones only touch have no inside, and no border to measure from.
    shapes = shapes.copy()
    shapes[mixed] = shapely.buffer(shapes[mixed], 0.0)
    left = shapely.buffer(shapes, -radius_m, quad_segs=16)
    cores, row = shapely.get_parts(left, return_index=True)
    inside_m = shapely.distance(shapely.point_on_surface(cores), shapely.boundary(shapes[row]))
    real = row[inside_m >= ROUND * radius_m]
    return np.asarray(np.bincount(real, minlength=len(shapes)) > 0)


def holes(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """How many holes each shape has."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    in_parts = shapely.get_num_interior_rings(parts)
    return np.bincount(row, weights=in_parts, minlength=len(shapes)).astype(float)


def circle_m2(width_m: float) -> float:
    """The area of the circle that is so wide: the least that a wide shape can have."""
    return float(np.pi * width_m**2 / 4)


def most_if_narrow_m2(
    length_m: NDArray[np.float64], holes: NDArray[np.float64], width_m: float
) -> NDArray[np.float64]:
    """The most area that a shape can have which is nowhere `width_m` wide.

    All of it lies within r = width / 2 of its border. Inside a ring of length L that is at most
    L r, outside the ring of a hole at most L r + π r² (B. Sz.-Nagy, Über Parallelmengen
    nichtkonvexer ebener Bereiche, Acta Sci. Math. 20, 1959). So no shape is called wide wrongly.
    """
    return np.asarray(length_m * (width_m / 2) + holes * circle_m2(width_m))
