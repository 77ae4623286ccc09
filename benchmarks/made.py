"""Made towns with wiggly borders, and zones above them: the same for the same seed.

Towns are Voronoi cells about 400 m across. Each edge of a cell becomes a winding line that stays
within the triangles between the edge and the centres on its two sides; those triangles do not meet,
so neither do the lines, and both neighbours take the same points: a coverage by construction::

          centre
          ╱    ╲          the line leaves the edge by at most the smaller angle
        ╱ ╭─╮   ╲         at its ends, on either side
      •──╯───╰─╮──•
        ╲      ╰╱
          centre

Layers are kept in the temporary folder of the machine and made again when this file changes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

CRS = "EPSG:6677"
SIZES = (1_000, 20_000, 72_000, 200_000)
ACROSS_M = 400.0
STEP_M = 16.0
WAVES = 6
LAYERS = ("towns", "left", "right", "noisy", "crossing")


def layer(name: str, count: int) -> gpd.GeoDataFrame:
    """One of LAYERS above `count` towns, made once and kept.

    `towns` have columns `left` and `right`, the rows of their zones in the layers of that name,
    whose borders are exactly theirs. `noisy`: `right` digitised again, 1 m off. `crossing`: as many
    zones as `right`, with borders of their own.
    """
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"keniki-made-{recipe}"
    path = folder / f"{name}-{count}.gpkg"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.gpkg")
        _made(name, count).to_file(unfinished, engine="pyogrio")
        unfinished.replace(path)
    return gpd.read_file(path, engine="pyogrio")


def _made(name: str, count: int) -> gpd.GeoDataFrame:
    right_count = max(9, count // 55)
    if name == "towns":
        shapes = towns(count)
        zones = {
            "left": grouped(shapes, max(12, count // 40), seed=2),
            "right": grouped(shapes, right_count, seed=3),
        }
        return gpd.GeoDataFrame(zones, geometry=shapes, crs=CRS)
    if name == "crossing":
        across_m = ACROSS_M * (count / right_count) ** 0.5
        shapes = towns(right_count, across_m=across_m, seed=4)
    elif name == "noisy":
        shapes = noisy(np.asarray(layer("right", count).geometry), 1.0)
    else:
        its = layer("towns", count)
        shapes = dissolved(np.asarray(its.geometry), its[name].to_numpy())
    return gpd.GeoDataFrame(geometry=shapes, crs=CRS)


def towns(count: int, *, across_m: float = ACROSS_M, seed: int = 1) -> Shapes:
    """A coverage of `count` polygons of about 100 vertices (`across_m` in metres)."""
    rng = np.random.default_rng(seed)
    centres = _centres(count, across_m, rng)
    cells = shapely.voronoi_polygons(shapely.multipoints(centres), ordered=True)
    return _winding(shapely.get_parts(cells)[:count], centres, rng)


def _centres(count: int, across_m: float, rng: np.random.Generator) -> Floats:
    """Points of a shaken grid (n × 2, metres): first, row by row, `count` in a lobed country."""
    side = int(1.4 * count**0.5) + 6
    grid = np.column_stack(np.divmod(np.arange(side**2), side)) - side / 2
    points = across_m * (grid + rng.uniform(-0.45, 0.45, grid.shape))
    angle = np.arctan2(points[:, 1], points[:, 0])
    lobes = 1 + 0.13 * np.cos(3 * angle) + 0.07 * np.cos(7 * angle + 2)
    order = np.argsort(np.hypot(*points.T) / lobes, kind="stable")
    order[:count].sort()
    return points[order]


def _winding(cells: Shapes, centres: Floats, rng: np.random.Generator) -> Shapes:
    """The cells with every edge replaced by a winding line, the same on both of its sides."""
    corners, cell = shapely.get_coordinates(cells, return_index=True)
    distinct, corner = np.unique(corners, axis=0, return_inverse=True)
    side = np.flatnonzero(cell[1:] == cell[:-1])
    start, end, cell = corner[side], corner[side + 1], cell[side]
    ends = np.sort(np.column_stack([start, end]), axis=1)
    edges, one_side, edge = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    lines, first = _lines(distinct[edges], centres[cell[one_side]], rng)
    steps = np.diff(first) - 1
    own, step = _counted(steps[edge])
    forward = (start < end)[own]
    point = first[edge[own]] + np.where(forward, step, steps[edge[own]] - step)
    return shapely.polygons(shapely.linearrings(lines[point], indices=cell[own]))


def _lines(edges: Floats, centre: Floats, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Winding lines along edges (n × 2 × 2), all points after each other, and where each begins."""
    start, end = edges[:, 0], edges[:, 1]
    along = end - start
    length = np.hypot(*along.T)
    angle = np.minimum(_angle(along, centre - start), _angle(-along, centre - end))
    room = np.minimum(0.35, 0.7 * np.tan(np.minimum(angle, 1.4)))
    steps = np.maximum(1, np.ceil(length / STEP_M)).astype(int)
    own, step = _counted(steps + 1)
    at = step / steps[own]
    off = room[own] * np.minimum(at, 1 - at) * _wave(at, own, len(edges), rng)
    across = np.column_stack([-along[:, 1], along[:, 0]])[own]
    straight = (1 - at)[:, None] * start[own] + at[:, None] * end[own]
    return straight + off[:, None] * across, np.concatenate([[0], np.cumsum(steps + 1)])


def _wave(at: Floats, own: Ints, lines: int, rng: np.random.Generator) -> Floats:
    """Sums of sines with random phases for each line, within -1 and 1."""
    weights = 1 / np.arange(1, WAVES + 1) ** 0.5
    total = np.zeros_like(at)
    for times, weight in enumerate(weights / weights.sum(), start=1):
        phase = rng.uniform(0, 2 * np.pi, lines)
        total += weight * np.sin(2 * np.pi * times * at + phase[own])
    return total


def _angle(a: Floats, b: Floats) -> Floats:
    """The angle between vectors (n × 2), 0 to π."""
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return np.arctan2(np.abs(cross), (a * b).sum(axis=1))


def _counted(counts: Ints) -> tuple[Ints, Ints]:
    """For counts 2, 3: the owners 0 0 1 1 1 and their numbers 0 1 0 1 2."""
    own = np.repeat(np.arange(len(counts)), counts)
    return own, np.arange(len(own)) - np.repeat(np.cumsum(counts) - counts, counts)


def grouped(shapes: Shapes, count: int, *, seed: int) -> Ints:
    """The zone of each shape, 0 to `count` - 1: that of the nearest of `count` shapes by chance."""
    middles = shapely.centroid(shapes)
    chosen = np.random.default_rng(seed).choice(len(shapes), count, replace=False)
    return shapely.STRtree(middles[np.sort(chosen)]).nearest(middles)


def dissolved(shapes: Shapes, zone: Ints) -> Shapes:
    """The zones of a coverage, with exactly its borders; zone of each shape: 0, 1, 2 …"""
    order = np.argsort(zone, kind="stable")
    parts = np.split(shapes[order], np.cumsum(np.bincount(zone))[:-1])
    return np.array([shapely.coverage_union_all(part) for part in parts], dtype=object)


def noisy(shapes: Shapes, noise_m: float, *, seed: int = 5) -> Shapes:
    """A coverage digitised again: every vertex off by `noise_m` (root of the mean square).

    Neighbours move alike, so that it stays a coverage: proved before it is handed out.
    """
    xy, vertex = np.unique(shapely.get_coordinates(shapes), axis=0, return_inverse=True)
    off = _drift(xy, noise_m, np.random.default_rng(seed))
    moved = shapely.set_coordinates(shapes.copy(), (xy + off)[vertex])
    if not (shapely.is_valid(moved).all() and shapely.coverage_is_valid(moved)):
        raise ValueError(f"noise of {noise_m} m with seed {seed} leaves no coverage")
    return moved


def _drift(xy: Floats, noise_m: float, rng: np.random.Generator, waves: int = 16) -> Floats:
    """A smooth field of displacements (n × 2): waves 20 to 80 times as long as they are high."""
    off = np.zeros_like(xy)
    for _ in range(waves):
        length = noise_m * rng.uniform(20, 80)
        turn, way, phase = rng.uniform(0, 2 * np.pi, 3)
        along = xy[:, 0] * np.cos(turn) + xy[:, 1] * np.sin(turn)
        high = np.sin(2 * np.pi * along / length + phase)
        off += high[:, None] * np.array([np.cos(way), np.sin(way)])
    return noise_m * (2 / waves) ** 0.5 * off
