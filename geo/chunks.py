"""Two layers in chunks that lie close together, each a task of its own.

What one chunk of the left layer shares with the right one needs only the right polygons near it, so
memory is bounded by the chunk and not by the country.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from .rings import Index

Shapes = NDArray[Any]

#: Vertices of the left layer in a chunk: large enough that NumPy's overhead does not show, small
#: enough to stay in fast memory. Never taken from the number of workers, so that results are equal.
VERTICES = 100_000


def chunks(left: Shapes, right: Shapes, vertices: int = VERTICES) -> Iterator[tuple[Index, Index]]:
    """(positions on the left, positions on the right): every pair whose boxes meet is in one chunk.

    The left polygons stand along a Hilbert curve; empty and missing ones stand in no chunk.
    """
    drawn = np.flatnonzero(~(shapely.is_missing(left) | shapely.is_empty(left)))
    if not len(drawn):
        return
    along = drawn[np.argsort(gpd.GeoSeries(left[drawn]).hilbert_distance(), kind="stable")]
    filled = np.cumsum(shapely.get_num_coordinates(left[along]))
    tree = shapely.STRtree(right)
    for chunk in np.split(
        along, np.searchsorted(filled, np.arange(vertices, filled[-1], vertices))
    ):
        if not len(chunk):  # its place is taken by a polygon larger than a chunk
            continue
        near = np.sort(tree.query(shapely.box(*shapely.total_bounds(left[chunk]))))
        if len(near):
            yield np.sort(chunk), near
