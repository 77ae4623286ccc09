"""The made layers of the benchmarks: what measurements and tests take for granted of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import shapely

from benchmarks import made

COUNT = 300


@pytest.fixture(scope="module")
def towns() -> made.Shapes:
    return made.towns(COUNT)


def digest(shapes: made.Shapes) -> str:
    return hashlib.sha256(b"".join(shapely.to_wkb(shapes))).hexdigest()


def is_coverage(shapes: made.Shapes) -> bool:
    return bool(shapely.is_valid(shapes).all()) and shapely.coverage_is_valid(shapes)


def test_towns_are_a_coverage_of_the_size_asked_for(towns: made.Shapes) -> None:
    assert len(towns) == COUNT
    assert is_coverage(towns)
    vertices = shapely.get_num_coordinates(towns)
    assert 50 <= vertices.min() <= vertices.max() <= 200
    across_m = np.sqrt(shapely.area(towns))
    assert 300 < across_m.mean() < 500
    whole = shapely.union_all(towns)
    assert shapely.get_num_geometries(whole) == 1
    assert whole.area == pytest.approx(shapely.area(towns).sum(), rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_every_seed_makes_a_coverage(seed: int) -> None:
    assert is_coverage(made.towns(100, seed=seed))


def test_the_same_seed_makes_the_same_bytes(towns: made.Shapes) -> None:
    assert digest(made.towns(COUNT)) == digest(towns)
    assert digest(made.towns(COUNT, seed=2)) != digest(towns)


def test_zones_have_exactly_the_borders_of_their_towns(towns: made.Shapes) -> None:
    zone = made.grouped(towns, 7, seed=2)
    assert sorted(set(zone)) == list(range(7))
    zones = made.dissolved(towns, zone)
    assert is_coverage(zones)
    assert shapely.area(zones) == pytest.approx(np.bincount(zone, shapely.area(towns)), rel=1e-12)
    ours, theirs = (
        {tuple(point) for point in shapely.get_coordinates(each)} for each in (towns, zones)
    )
    assert theirs < ours


@pytest.mark.parametrize("noise_m", [0.1, 1.0, 25.0])
def test_noise_moves_every_vertex_and_leaves_a_coverage(towns: made.Shapes, noise_m: float) -> None:
    moved = made.noisy(towns, noise_m)
    assert is_coverage(moved)
    off = np.hypot(*(shapely.get_coordinates(moved) - shapely.get_coordinates(towns)).T)
    assert off.min() > 0
    assert np.sqrt((off**2).mean()) == pytest.approx(noise_m, rel=0.15)


def test_noise_that_leaves_no_coverage_is_refused(towns: made.Shapes) -> None:
    flat = shapely.transform(towns, lambda xy: xy * [1, 1e-4])
    with pytest.raises(ValueError, match="leaves no coverage"):
        made.noisy(flat, 1.0)


def test_layers_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made.tempfile, "gettempdir", lambda: str(tmp_path))
    frames = {name: made.layer(name, COUNT) for name in made.LAYERS}
    again = made.layer("noisy", COUNT)
    assert len(list(tmp_path.glob("*/*.gpkg"))) == len(made.LAYERS)
    assert digest(np.asarray(again.geometry)) == digest(np.asarray(frames["noisy"].geometry))
    assert {str(frame.crs) for frame in frames.values()} == {made.CRS}
    towns = frames.pop("towns")
    for side in ("left", "right"):
        area_m2 = np.bincount(towns[side], towns.area)
        assert frames[side].area.to_numpy() == pytest.approx(area_m2, rel=1e-12)
    assert all(is_coverage(np.asarray(frame.geometry)) for frame in frames.values())
