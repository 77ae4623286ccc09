"""Arcs: every border once, and the polygons come back as they were on the grid."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.fitting import fitted
from geo.shapes import Faces
from geo.stream import Steps, packed, varints
from geo.topology import SCALE, Topology, lean, topology

Shapes = NDArray[np.object_]


def unpacked(found: Topology) -> Shapes:
    """The polygons of a topology, as a browser puts them together, in degrees."""
    stop = np.cumsum(found.lengths)
    lines = [
        np.column_stack([found.x[a:b], found.y[a:b]]) / SCALE
        for a, b in zip(stop - found.lengths, stop, strict=True)
    ]
    arcs, rings, parts = (iter(one.tolist()) for one in (
        found.arcs, found.arcs_of_ring, found.rings_of_part))  # fmt: skip

    def ring() -> NDArray[np.float64]:
        its = [next(arcs) for _ in range(next(rings))]
        pieces = [lines[arc] if arc >= 0 else lines[~arc][::-1] for arc in its]
        for one, after in zip(pieces, pieces[1:] + pieces[:1], strict=True):
            assert (one[-1] == after[0]).all()
        return np.vstack([piece[:-1] for piece in pieces] + [pieces[0][:1]])

    def polygon() -> shapely.Polygon:
        its = [ring() for _ in range(next(parts))]
        return shapely.Polygon(its[0], its[1:])

    return np.array(
        [shapely.MultiPolygon([polygon() for _ in range(n)]) for n in found.parts_of_face.tolist()],
        dtype=object,
    )


def on_grid(shapes: Shapes) -> Shapes:
    return np.asarray(shapely.transform(shapes, lambda xy: np.round(xy * SCALE) / SCALE))


def cells(across: int, up: int) -> Shapes:
    corners = [(x / 100, y / 100) for y in range(up) for x in range(across)]
    return np.array([shapely.box(x, y, x + 0.01, y + 0.01) for x, y in corners], dtype=object)


def test_the_polygons_of_the_city_come_back(chiba: Path) -> None:
    towns = np.asarray(gpd.read_file(chiba / "towns.geojson").geometry)
    back = unpacked(topology(towns))
    np.testing.assert_allclose(shapely.area(back), shapely.area(on_grid(towns)), rtol=1e-9)
    assert shapely.coverage_is_valid(back[shapely.is_valid(back)])


def test_a_hole_and_islands_come_back() -> None:
    ring = shapely.box(0, 0, 1, 1).difference(shapely.box(0.4, 0.4, 0.6, 0.6))
    several = shapely.union(ring, shapely.box(2, 2, 3, 3))
    lake = shapely.box(0.4, 0.4, 0.6, 0.6)
    back = unpacked(topology(np.array([several, lake], dtype=object)))
    assert [one.equals(other) for one, other in zip(back, [several, lake], strict=True)] == [
        True
    ] * 2


@given(st.integers(1, 4), st.integers(1, 4), st.randoms(use_true_random=False))
def test_every_border_is_there_once_in_whatever_order(across: int, up: int, chance: object) -> None:
    shapes = cells(across, up)
    order = list(range(len(shapes)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    found = topology(shapes[order])
    edges: Counter[tuple[tuple[int, int], ...]] = Counter()
    stop = np.cumsum(found.lengths)
    for a, b in zip(stop - found.lengths, stop, strict=True):
        points = list(zip(found.x[a:b].tolist(), found.y[a:b].tolist(), strict=True))
        edges.update(tuple(sorted(pair)) for pair in pairwise(points))
    assert set(edges.values()) == {1}
    assert len(edges) == across * (up + 1) + up * (across + 1)
    back = unpacked(found)
    assert all(one.equals(shapes[i]) for one, i in zip(back, order, strict=True))


@given(st.integers(2, 5), st.integers(2, 5), st.data())
def test_an_outline_is_what_arcs_are_not_cancelled(
    across: int, up: int, data: st.DataObject
) -> None:
    shapes = cells(across, up)
    chosen = data.draw(st.sets(st.integers(0, len(shapes) - 1), min_size=1))
    found = topology(shapes)
    left: Counter[int] = Counter()
    stop = np.cumsum(found.arcs_of_ring)
    for face in chosen:  # each cell has one ring
        for arc in found.arcs[stop[face] - found.arcs_of_ring[face] : stop[face]].tolist():
            left[arc if arc >= 0 else ~arc] += 1 if arc >= 0 else -1
    outer = [arc for arc, times in left.items() if times]
    ends = np.cumsum(found.lengths)
    length = sum(
        np.abs(np.diff(one[ends[arc] - found.lengths[arc] : ends[arc]])).sum()
        for arc in outer
        for one in (found.x, found.y)
    )
    united = shapely.union_all(shapes[list(chosen)])
    assert length == round(shapely.length(united) * SCALE)


def test_what_is_lost_on_the_grid_is_a_face_without_parts() -> None:
    speck = shapely.box(0, 0, 1e-7, 1e-7)
    found = topology(
        np.array([speck, shapely.Polygon(), None, shapely.box(0, 0, 1, 1)], dtype=object)
    )
    assert found.parts_of_face.tolist() == [0, 0, 0, 1]
    assert topology(np.empty(0, dtype=object)).parts_of_face.tolist() == []


def test_a_lean_border_is_where_it_was_to_half_a_cell(chiba: Path) -> None:
    towns = np.asarray(gpd.read_file(chiba / "towns.geojson").geometry)
    found = topology(towns)
    fewer = lean(found)
    assert len(fewer.x) < 0.75 * len(found.x)
    back, before = unpacked(fewer), unpacked(found)
    apart = shapely.hausdorff_distance(shapely.boundary(before), shapely.boundary(back))
    assert apart.max() <= 0.5 / SCALE * (1 + 1e-6)
    np.testing.assert_allclose(shapely.area(back).sum(), shapely.area(before).sum(), rtol=1e-5)
    assert shapely.coverage_is_valid(back[shapely.is_valid(back)])


def test_a_thin_ring_keeps_its_corners() -> None:
    """Its third corner is nearer than half a cell to the line between the others."""
    thin = shapely.Polygon(np.array([(0, 0), (10, 1), (5, 0)]) / SCALE)
    found = lean(topology(np.array([thin], dtype=object)))
    assert found.lengths.sum() - len(found.lengths) == 3
    assert unpacked(found)[0].area > 0


def test_layers_apart_share_no_border() -> None:
    shapes = cells(2, 1)
    assert topology(shapes).arcs.tolist() == [0, 1, 2, -1]
    assert topology(shapes, [0, 1]).arcs.tolist() == [0, 1]
    assert all(a.equals(b) for a, b in zip(unpacked(topology(shapes, [0, 1])), shapes, strict=True))


def test_a_layer_that_meets_another_here_and_there_is_stored_apart() -> None:
    """A border drawn again, with every tenth vertex of the first, cuts it into no pieces."""
    wave = np.column_stack([np.arange(101) / 100, np.sin(np.arange(101)) / 50 + 0.5])
    low = shapely.Polygon([*wave, (1, 0), (0, 0)])
    again = wave.copy()
    again[np.arange(101) % 10 > 0, 1] += 0.004
    layers = [np.array([low]), np.array([shapely.Polygon([*again, (1, 0), (0, 0)])])]

    def arcs(*layers: Shapes) -> int:
        faces = Faces()
        for layer in layers:
            faces.add(gpd.GeoSeries(layer, crs=4326))
        return len(faces.topology().lengths)

    assert arcs(*layers) == 2
    assert arcs(layers[0], layers[0]) == 1


def test_a_cut_town_meets_its_neighbours_in_the_same_vertices() -> None:
    towns = gpd.GeoSeries(
        {"a": shapely.box(0, 0, 1000, 1000), "b": shapely.box(1000, 0, 2000, 1000)}
    )
    # A border runs across a, with a splinter of 5 m along the border to b.
    lower = shapely.union_all([shapely.box(0, 0, 1000, 400), shapely.box(995, 500, 1000, 800)])
    parts = gpd.GeoSeries([lower, towns["a"].difference(lower), towns["b"]], crs="EPSG:6677")
    fit = fitted(parts, gpd.pd.Series(["a", "a", "b"]), towns, 30.0)
    assert shapely.coverage_is_valid(fit.to_numpy())
    assert fit.area.tolist() == pytest.approx([400_000, 600_000, 1_000_000])


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_numbers_come_back(values: list[int]) -> None:
    data, found, at = varints(values), [], 0
    while at < len(data):
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                break
        found.append((value >> 1) ^ -(value & 1))
    assert found == values


def test_the_packed_text_ends_no_script() -> None:
    text = packed({"name": "</script><script>alert(1)</script>", "x": Steps(np.array([5, 7]))})
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    whole = zlib.decompress(base64.b64decode(text), -15)
    size = int.from_bytes(whole[:4], "little")
    head = json.loads(whole[4 : 4 + size])
    assert head == {"name": "</script><script>alert(1)</script>", "x": {"steps": 0}}
    assert whole[4 + size :] == varints([2, 5, 2])
