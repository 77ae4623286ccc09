"""Ways to overlap two layers, each giving the same table: what pairs share how many m².

keniki's own and those of its peers, called as their documents say. tobler's table of areas is the
inner step of its `area_interpolate`, which hands out no areas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.layers import Layers
from geo.areas import overlap_areas
from geo.overlap import crosswalk, pairs
from geo.pieces import overlap_pieces

OVERLAY, TOBLER, BY_TOWNS = "geopandas.overlay", "tobler", "keniki by towns"


class Shared(NamedTuple):
    """Positions on the left and on the right, and the area of each pair in m²; in any order."""

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    area_m2: NDArray[np.float64]


def overlay(layers: Layers) -> Shared:
    """geopandas.overlay, how="intersection"."""
    left, right = layers.left.assign(i=layers.left.index), layers.right.assign(j=layers.right.index)
    found = gpd.overlay(left, right, how="intersection", keep_geom_type=True)
    return Shared(found["i"].to_numpy(), found["j"].to_numpy(), found.area.to_numpy())


def by_maup(layers: Layers) -> Shared:
    """maup.intersections."""
    import maup

    found = maup.intersections(layers.left, layers.right, area_cutoff=0).area
    i, j = (found.index.get_level_values(level).to_numpy() for level in (0, 1))
    return Shared(i, j, found.to_numpy())


def by_tobler(layers: Layers) -> Shared:
    """The table of areas of tobler (float32)."""
    from tobler.area_weighted.area_interpolate import _area_tables_binning

    found = _area_tables_binning(layers.left, layers.right, "auto").tocoo()
    return Shared(found.row, found.col, found.data.astype(float))


def by_tree(layers: Layers) -> Shared:
    """What a programmer writes with shapely: a tree, then intersections."""
    left, right = _shapes(layers)
    i, j = shapely.STRtree(right).query(left, predicate="intersects")
    return Shared(i, j, shapely.area(shapely.intersection(left[i], right[j])))


def by_areas(layers: Layers, threads: int = 1) -> Shared:
    """keniki, no polygons built."""
    return Shared(*overlap_areas(*_shapes(layers), threads=threads))


def by_pieces(layers: Layers) -> Shared:
    """keniki, the polygons of all overlaps."""
    i, j, shapes = overlap_pieces(*_shapes(layers))
    return Shared(i, j, shapely.area(shapes))


def by_towns(layers: Layers) -> Shared:
    """The crosswalk of keniki, of two partitions made of the same towns."""
    assert layers.by_towns is not None  # noqa: S101
    # Copies, which know nothing that an earlier round has computed.
    left, right, towns = (replace(one) for one in layers.by_towns)
    found = pairs(crosswalk(left, right, towns=towns))
    i, j = (found.index.get_level_values(level).astype(int).to_numpy() for level in (0, 1))
    return Shared(i, j, found["area_m2"].to_numpy())


def _shapes(layers: Layers) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    return layers.left.geometry.to_numpy(), layers.right.geometry.to_numpy()


Way = Callable[[Layers], Shared]

WAYS: dict[str, Way] = {
    OVERLAY: overlay,
    "maup": by_maup,
    TOBLER: by_tobler,
    "STRtree + intersection": by_tree,
    "keniki areas": by_areas,
    "keniki areas, 2 threads": lambda layers: by_areas(layers, threads=2),
    "keniki pieces": by_pieces,
    BY_TOWNS: by_towns,
}


class Difference(NamedTuple):
    """A pair on which two ways differ by more than allowed."""

    i: int
    j: int
    area_m2: float
    expected_m2: float


def compared(found: Shared, expected: Shared, layers: Layers, way: str) -> list[Difference]:
    """The pairs on which a way differs from `expected`; a pair that it has not, shares 0 m²."""
    count = len(layers.right)
    ours, theirs = found.i * count + found.j, expected.i * count + expected.j
    keys = np.union1d(ours, theirs)
    i, j = np.divmod(keys, count)
    ours_m2, theirs_m2 = (
        np.bincount(np.searchsorted(keys, key), each.area_m2, len(keys))
        for key, each in ((ours, found), (theirs, expected))
    )
    left_m2, right_m2 = (shapely.area(shapes) for shapes in _shapes(layers))
    smaller_m2 = np.minimum(left_m2[i], right_m2[j])
    apart = np.abs(ours_m2 - theirs_m2) > tolerance_m2(way, smaller_m2, theirs_m2)
    at = np.flatnonzero(apart)
    return [Difference(*row) for row in zip(i[at], j[at], ours_m2[at], theirs_m2[at], strict=True)]


def tolerance_m2(
    way: str, smaller_m2: NDArray[np.float64], area_m2: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What a way may differ by on each pair: 0.001 m² and 1e-9 of the smaller polygon.

    tobler keeps its areas in float32: half a unit in the last place more.
    """
    half_unit = 2.0**-24 if way == TOBLER else 0.0
    return 1e-3 + 1e-9 * smaller_m2 + half_unit * area_m2
