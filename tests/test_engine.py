"""The overlap engine as a whole: the same answer in chunks, in threads and as polygons."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from benchmarks.made import layer
from benchmarks.random_layers import pair_of_layers
from geo.areas import by_chunk, in_order, overlap_areas
from geo.pieces import overlap_pieces
from geo.workers import in_threads, one_by_one


@pytest.fixture(scope="module")
def layers() -> tuple[np.ndarray, np.ndarray]:
    """Towns of wiggly borders, and zones made of them that were digitised again."""
    return tuple(layer(name, 1000).geometry.to_numpy() for name in ("towns", "noisy"))


def test_threads_change_no_bit(layers: tuple[np.ndarray, np.ndarray]) -> None:
    alone, together = (
        in_order(by_chunk(*layers, run, vertices=5000)) for run in (one_by_one, in_threads(2))
    )
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_chunks_change_rounding_only(layers: tuple[np.ndarray, np.ndarray]) -> None:
    (i, j, area), (k, m, same) = (
        in_order(by_chunk(*layers, vertices=vertices)) for vertices in (3000, 10**9)
    )
    np.testing.assert_array_equal(np.c_[i, j], np.c_[k, m])
    np.testing.assert_allclose(area, same, rtol=1e-9, atol=1e-5)


def test_parts_of_towns_add_up_to_towns(layers: tuple[np.ndarray, np.ndarray]) -> None:
    towns, _ = layers
    i, _, area = overlap_areas(towns, layer("right", 1000).geometry.to_numpy())
    np.testing.assert_allclose(np.bincount(i, area), shapely.area(towns), rtol=1e-9)


def test_polygons_have_the_same_areas(layers: tuple[np.ndarray, np.ndarray]) -> None:
    i, j, area = overlap_areas(*layers)
    k, m, shapes = overlap_pieces(*layers)
    np.testing.assert_array_equal(np.c_[i, j], np.c_[k, m])
    np.testing.assert_allclose(shapely.area(shapes), area, rtol=1e-9, atol=1e-5)


@pytest.mark.parametrize("seed", range(0, 40, 10))
def test_nasty_layers_against_geos(seed: int) -> None:
    """Shared, collinear, crossing, touching, nested: ten pairs of layers for each seed."""
    for one in range(seed, seed + 10):
        _, left, right = pair_of_layers(one)
        if not (len(left) and len(right)):
            continue
        i, j, area = overlap_areas(left, right)
        ours = np.zeros((len(left), len(right)))
        ours[i, j] = area
        theirs = shapely.area(shapely.intersection(left[:, None], right[None, :]))
        largest = max(shapely.area(left).max(), shapely.area(right).max())
        reach = np.abs(shapely.total_bounds(np.append(left, right))).max()
        around = max(shapely.length(left).max(), shapely.length(right).max())
        # Where GEOS snaps borders together it moves them by up to 1e-11 of the coordinates.
        assert np.abs(ours - theirs).max() <= 1e-9 * largest + 1e-11 * reach * around
