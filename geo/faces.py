"""Two layers laid over each other: the faces that no border crosses, and which lie side by side.

Faces are made all at once from all borders, so that neighbours share their vertices exactly: any
zones put together from faces are a coverage. Each face belongs to the zones that hold it: one, none
(outside), or several where the zones of a layer overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Index = NDArray[np.intp]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

#: A micrometre.
GRID_M = 1e-6
#: A vertex this many grid widths from the line between its neighbours may be due to rounding.
STRAIGHT = 2.0
#: A ring has three corners, the first of them twice.
LEAST_POINTS = 4


@dataclass(frozen=True, eq=False)
class Owners:
    """Which zones of a layer hold each face.

    `sets` lists, sorted, every set of zones (rows of the layer) that occurs, the empty one first;
    `of` is the position in it of each face's set, and at the end that of the land around all faces.
    """

    sets: list[tuple[int, ...]]
    of: Index

    def members(self) -> tuple[Index, Index]:
        """Every pair of a face and a zone that holds it."""
        sizes = np.array([len(zones) for zones in self.sets])[self.of]
        zones = [zone for one in self.of for zone in self.sets[one]]
        return np.repeat(np.arange(len(self.of)), sizes), np.array(zones, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Sides:
    """Stretches of border: the faces `a` and `b` on both sides, and its length in metres.

    Each stretch is there twice, once from either side. The land around all faces has the number
    after the last face.
    """

    a: Index
    b: Index
    length_m: Floats

    def total(self, which: Flags, faces: int) -> Floats:
        """The length of border of each face, of the stretches that are meant."""
        sums = np.bincount(self.a[which], weights=self.length_m[which], minlength=faces + 1)
        return sums[:-1].astype(float)


def faces(*lines: Shapes) -> Shapes:
    """The faces between lines, holes between them included; their corners lie on a grid of GRID_M.

    Without a grid lines that nearly coincide would leave faces too thin for any sum of them.
    """
    noded = shapely.get_parts(shapely.union_all(np.concatenate(lines), grid_size=GRID_M))
    return np.asarray(shapely.get_parts(shapely.polygonize(noded)))


def owners(faces: Shapes, zones: Shapes, *, apart: bool) -> Owners:
    """Which zones hold each face; `apart`: no face lies in two (then rounding cannot say so)."""
    spots = shapely.point_on_surface(faces)
    face, zone = shapely.STRtree(zones).query(spots, predicate="intersects")
    found = pd.DataFrame({"face": face, "zone": zone}).sort_values(["face", "zone"])
    if apart:
        found = found.drop_duplicates("face")
    held = found.groupby("face")["zone"].agg(tuple).reindex(range(len(faces) + 1))
    sets = [zones if isinstance(zones, tuple) else () for zones in held]
    known = sorted({*sets, ()})
    place = {zones: number for number, zones in enumerate(known)}
    return Owners(known, np.array([place[zones] for zones in sets], dtype=np.intp))


def sides(faces: Shapes) -> Sides:
    """Which faces lie side by side, stretch by stretch."""
    rings, face = shapely.get_rings(faces, return_index=True)
    spots, ring = shapely.get_coordinates(rings, return_index=True)
    point = spots.view(np.complex128).ravel()
    within = ring[1:] == ring[:-1]
    number = np.unique(point, return_inverse=True)[1]
    start, end, face = number[:-1][within], number[1:][within], face[ring[1:][within]]
    length = np.abs(np.diff(point)[within])
    key = np.minimum(start, end) * len(point) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]])
    second = np.r_[first[1:], len(order)] - 1
    a = face[order[first]]
    b = np.where(second > first, face[order[second]], len(faces))
    length = length[order[first]]
    return Sides(np.r_[a, b], np.r_[b, a], np.r_[length, length])


def redrawn(shapes: Shapes, known: Shapes) -> Shapes:
    """Shapes made of faces with the very coordinates of the `known` lines again.

    Vertices that only mark where a line crossed a straight border go: those that are none of the
    known, have two neighbours, and lie on the line between them; from all shapes or from none, so
    that neighbours keep sharing theirs.
    """
    polygons, part_of = shapely.get_parts(shapes, return_index=True)
    # A ring in normal form starts at its westernmost vertex, which is a corner.
    kind, spots, (rings, parts) = shapely.to_ragged_array(shapely.normalize(polygons))
    names, number = np.unique(_on_grid(spots), return_inverse=True)
    given = shapely.get_coordinates(known)
    known_names, first = np.unique(_on_grid(given), return_index=True)
    place = np.searchsorted(known_names, names).clip(max=len(known_names) - 1)
    is_known = known_names[place] == names
    spots = np.where(is_known[number, None], given[first[place]][number], spots)
    stays = _needed(names[number], np.asarray(number), np.asarray(rings), is_known)[number]
    rings = np.append(0, np.cumsum(stays))[rings]
    plain = shapely.from_ragged_array(kind, spots[stays], (rings, parts))
    whole = np.asarray(shapely.multipolygons(plain, indices=part_of))
    single = shapely.get_num_geometries(whole) == 1
    whole[single] = shapely.get_geometry(whole[single], 0)
    return whole


def _on_grid(spots: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Coordinates as whole numbers of GRID_M, x + iy."""
    return np.ascontiguousarray(np.rint(spots / GRID_M)).view(np.complex128).ravel()


def _needed(
    point: NDArray[np.complex128], number: Index, rings: NDArray[np.integer], known: Flags
) -> Flags:
    """Which vertices (by number) are needed to draw the rings."""
    needed = known.copy()
    needed[number[rings[:-1]]] = True
    starts = np.setdiff1d(np.arange(len(point) - 1), rings[1:] - 1)
    edges = np.unique(np.sort([number[starts], number[starts + 1]], axis=0), axis=1)
    needed |= np.bincount(edges.ravel(), minlength=len(known)) != 2
    every = np.arange(len(point))
    off = _off_line(point, np.maximum(every - 1, 0), np.minimum(every + 1, every[-1]))
    while off.any():
        needed[number[off]] = True
        keep = needed[number]
        # Two vertices at one corner are each in line with the other: look along what is left.
        before = np.maximum.accumulate(np.where(keep, every, 0))
        after = np.minimum.accumulate(np.where(keep, every, every[-1])[::-1])[::-1]
        off = ~keep & _off_line(point, before, after)
    left = np.add.reduceat(needed[number], rings[:-1], dtype=np.intp)
    needed[number[np.repeat(left < LEAST_POINTS, np.diff(rings))]] = True
    return needed


def _off_line(point: NDArray[np.complex128], before: Index, after: Index) -> Flags:
    """Which points lie off the line between the points `before` and `after` them."""
    chord, step = point[after] - point[before], point - point[before]
    length = np.abs(chord)
    off = np.abs((chord.conj() * step).imag) > STRAIGHT * length
    return np.asarray(off | (length == 0))
