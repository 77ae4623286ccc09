"""A made city of about the size of Chiba: wards, districts, care areas and people; no real data.

All zones grow at once from their seeds, block by block along the shortest ways, where the length
of a step is partly chance: so every zone hangs together, and borders wander. A step across a line
that zones should heed is so many times as long: care areas heed those of districts a little and
disagree elsewhere; districts heed those of wards, but some straddle them.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from benchmarks.made import CRS, Floats, Ints, Shapes, dissolved, towns
from geo.blocks import Blocks, blocks, side_by_side
from geo.layers import Counts
from geo.partition import Partition
from geo.plan import Count, CountKind, Role
from geo.words import same

SEED = 20240401
#: Across a block: 1,000 of them cover what Chiba does, 270 km².
ACROSS_M = 520.0
#: Share of blocks in which nobody lives.
EMPTY = 0.04
#: How many times as long a step is: of a district across ward lines, of care across districts'.
ACROSS_WARDS, ACROSS_DISTRICTS = 3.0, 1.2


@dataclass(frozen=True)
class Size:
    """How many of what a city has."""

    blocks: int = 1_000
    wards: int = 6
    districts: int = 68
    care: int = 28
    exclaves: int = 5
    people: int = 977_000


CHIBA_SIZE = Size()


@dataclass(frozen=True, eq=False)
class City:
    """The blocks of a city, and who lives in each; its ward, district and care area (0, 1, 2 …)."""

    shapes: Shapes
    people: Ints
    ward: Ints
    district: Ints
    care: Ints

    def blocks(self) -> Blocks:
        """The city as proposals see it: care areas may change, districts are to be made whole."""
        town = self._zones("town", Role.UNITS, np.arange(len(self.shapes)))
        ward = self._zones("ward", Role.WARD, self.ward)
        district = self._zones("district", Role.DISTRICT, self.district)
        care = self._zones("care", Role.CARE, self.care)
        count = Count(
            key="people",
            title=same("people"),
            unit=same("people"),
            column="people",
            kind=CountKind.TOTAL,
        )
        figures = pd.DataFrame({"people": self.people.astype(float)}, index=town.zones.index)
        return blocks(district, care, town, wards=ward, counts=Counts((count,), figures))

    def _zones(self, key: str, role: Role, zone: Ints) -> Partition:
        """The blocks of each zone as one, with exactly their borders."""
        ids, towns = (
            pd.Index([f"{k:04d}" for k in range(n)], dtype=str) for n in (zone.max() + 1, len(zone))
        )
        data = {"name": ids, "geometry": dissolved(self.shapes, zone)}
        zones = gpd.GeoDataFrame(data, index=ids.rename("zone_id"), crs=CRS)
        return Partition(key, same(key), role, zones, pd.Series(ids[zone], index=towns, dtype=str))


def made_city(size: Size = CHIBA_SIZE, seed: int = SEED) -> City:
    """The city of this size: the same for the same seed."""
    rng = np.random.default_rng(seed)
    shapes = towns(size.blocks, across_m=ACROSS_M, seed=seed)
    people = _people(size, rng)
    land = Land.of(shapes)
    everywhere = np.arange(size.blocks)
    ward = land.grown(land.spread(everywhere, size.wards, rng), rng)
    seeds = land.spread(everywhere, size.districts, rng)
    district = land.grown(seeds, rng, (ward, ACROSS_WARDS))
    centres = _shared_out(size.care, np.bincount(ward, people))
    seeds = np.concatenate(
        [land.spread(np.flatnonzero(ward == w), count, rng) for w, count in enumerate(centres)]
    )
    care = land.grown(seeds, rng, (ward, np.inf), (district, ACROSS_DISTRICTS))
    for _ in range(size.exclaves):
        care = _with_exclave(land, care, np.flatnonzero(people), ward, rng)
    return City(shapes, people, ward, district, care)


@dataclass(frozen=True, eq=False)
class Land:
    """Where blocks are (n × 2, metres), and which of them lie side by side (pairs)."""

    points: Floats
    borders: Ints

    @classmethod
    def of(cls, shapes: Shapes) -> Land:
        centres = gpd.GeoSeries(shapes).centroid
        return cls(np.column_stack([centres.x, centres.y]), side_by_side(shapes))

    def spread(self, inside: Ints, count: int, rng: np.random.Generator) -> Ints:
        """So many of the blocks `inside`: each as far as can be from those before it."""
        points = self.points[inside]
        chosen = [int(rng.integers(len(inside)))]
        while len(chosen) < count:
            away = points[:, None] - points[chosen]
            chosen.append(int(np.argmax(np.hypot(*away.T).min(axis=0))))
        return inside[chosen]

    def grown(self, seeds: Ints, rng: np.random.Generator, *lines: tuple[Ints, float]) -> Ints:
        """The zone of each block: that of the seed with the shortest way.

        `lines`: zones of the blocks, and how many times as long a step between two of them is.
        """
        i, j = self.borders.T
        length = np.hypot(*(self.points[i] - self.points[j]).T) * rng.uniform(0.5, 1.5, len(i))
        for zone, times in lines:
            length[zone[i] != zone[j]] *= times
        _, _, nearest = csgraph.dijkstra(
            self._matrix(length, np.isfinite(length)),
            directed=False,
            indices=seeds,
            min_only=True,
            return_predecessors=True,
        )
        order = np.argsort(seeds)
        return order[np.searchsorted(seeds[order], nearest)]

    def pieces(self, inside: Ints) -> int:
        """In how many pieces blocks lie."""
        both = np.isin(self.borders, inside).all(axis=1)
        matrix = self._matrix(np.ones(len(self.borders)), both)[inside][:, inside]
        return int(csgraph.connected_components(matrix, directed=False)[0])

    def _matrix(self, values: Floats, chosen: np.ndarray) -> sparse.csr_array:
        i, j = self.borders[chosen].T
        return sparse.csr_array((values[chosen], (i, j)), (len(self.points),) * 2)


def _people(size: Size, rng: np.random.Generator) -> Ints:
    """Who lives in each block: unevenly, in some nobody, in all as many as there should be."""
    shares = rng.lognormal(0, 0.75, size.blocks)
    shares[rng.random(size.blocks) < EMPTY] = 0.0
    return _shared_out(size.people, shares)


def _shared_out(total: int, shares: Floats) -> Ints:
    """A whole number in whole parts, by largest remainders."""
    exact = total * shares / shares.sum()
    parts = np.floor(exact).astype(int)
    parts[np.argsort(parts - exact, kind="stable")[: total - parts.sum()]] += 1
    return parts


def _with_exclave(
    land: Land, care: Ints, peopled: Ints, ward: Ints, rng: np.random.Generator
) -> Ints:
    """Care areas of which one more holds a block that lies apart from it in the same ward."""
    for zone in rng.permutation(care.max() + 1):
        own = np.flatnonzero(care == zone)
        beside = np.unique(land.borders[np.isin(land.borders, own).any(axis=1)])
        others = peopled[(ward[peopled] == ward[own[0]]) & ~np.isin(peopled, [*own, *beside])]
        away = land.points[others][:, None] - land.points[own]
        for block in others[np.argsort(np.hypot(*away.T).min(axis=0), kind="stable")]:
            rest = np.flatnonzero((care == care[block]) & (np.arange(len(care)) != block))
            if land.pieces(own) == land.pieces(rest) == 1:
                return np.where(np.arange(len(care)) == block, zone, care)
    raise ValueError("no block can become an exclave")
