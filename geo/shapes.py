"""The shapes of a page: every partition as it is drawn there, made simpler as a coverage."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .coverage import simplified, unite_by
from .errors import DataError
from .partition import Partition
from .topology import SCALE, Ints, Topology, lean, topology

Geometries = NDArray[np.object_]
#: The part of a layer's vertices beyond which its borders are those of others.
MOSTLY = 0.5


class Faces:
    """The polygons of a page, collected layer by layer, in degrees."""

    def __init__(self) -> None:
        self._shapes: list[Geometries] = []
        self._count = 0

    def add(self, shapes: gpd.GeoSeries) -> Ints:
        """The numbers that these shapes (in any CRS) have on the page."""
        self._shapes.append(np.asarray(shapes.to_crs(4326)))
        numbers = self._count + np.arange(len(shapes))
        self._count += len(shapes)
        return numbers

    def topology(self) -> Topology:
        """The arcs of all of them, as fine as the grid is.

        A layer shares the borders of those before it where most of its vertices are theirs. One
        that was digitised apart, and meets them here and there, would only cut theirs into pieces.
        """
        if not self._shapes:
            return topology(np.empty(0, dtype=object))
        known, apart = np.empty(0, dtype=np.int64), list[int]()
        for layer in self._shapes:
            own = _vertices(layer)
            is_shared = not apart or np.isin(own, known).mean() > MOSTLY
            apart.append(0 if is_shared else len(apart))
            known = np.concatenate([known, own]) if is_shared else known
        sizes = [len(layer) for layer in self._shapes]
        return lean(topology(np.concatenate(self._shapes), np.repeat(apart, sizes)))


def _vertices(shapes: Geometries) -> Ints:
    """The vertices of shapes in degrees, one number for each place on the grid."""
    x, y = np.round(shapely.get_coordinates(shapes) * SCALE).astype(np.int64).T
    return np.asarray(np.unique(x << 32 | (y & 0xFFFFFFFF)))


class Shapes:
    """The shapes of some partitions at one tolerance, for all pages that draw them so.

    Parameters
    ----------
    towns
        The units that other partitions are joined of; None: there are none.
    tolerance_m
        How far borders are made simpler (:func:`geo.coverage.simplified`); 0: not at all. What is
        no coverage stays as it is: made simpler zone by zone, borders would part.
    """

    def __init__(self, towns: Partition | None, tolerance_m: float) -> None:
        self.towns, self.tolerance_m = towns, tolerance_m
        self._drawn: dict[str, gpd.GeoSeries] = {}
        self.towns_meet = towns is not None and towns.meets_exactly

    def of(self, partition: Partition) -> gpd.GeoSeries:
        """The outlines of the zones, by zone id, in the plan's CRS."""
        if partition.key not in self._drawn:
            self._drawn[partition.key] = self._simpler(partition)
        return self._drawn[partition.key]

    def joined(self, partition: Partition) -> bool:
        """Whether the zones can be drawn from their towns: whatever borders remain are theirs."""
        return partition.joined and partition.members is not None and self.towns_meet

    def atoms(self, partitions: Sequence[Partition], keep: pd.Index) -> tuple[gpd.GeoSeries, Ints]:
        """The largest pieces that no border of these joined partitions cuts.

        Parameters
        ----------
        partitions
            Partitions for which :meth:`joined` holds.
        keep
            The towns to draw.

        Returns
        -------
        Series of geometries, array of int (pieces × partitions)
            Each piece, and the row of the zone that it lies in, in each partition (-1: in none).
        """
        assert self.towns is not None  # noqa: S101  (nothing is joined without towns)
        zones = [one.zones.index.get_indexer(pd.Index(zone_of(one, keep))) for one in partitions]
        kinds, number = np.unique(np.column_stack(zones), axis=0, return_inverse=True)
        shapes = self.of(self.towns).loc[keep]
        apart = np.zeros(len(shapes), dtype=bool)
        pieces = unite_by(shapes, pd.Series(number.ravel(), shapes.index), apart=apart)
        return gpd.GeoSeries(pieces, crs=self.towns.zones.crs), kinds

    def _simpler(self, partition: Partition) -> gpd.GeoSeries:
        zones = partition.zones
        with suppress(DataError):
            if self.tolerance_m:
                zones = simplified(zones, self.tolerance_m, partition.key)
        return gpd.GeoSeries(zones.geometry)


def zone_of(partition: Partition, towns: pd.Index) -> pd.Series:
    """The zone of each town, "" where it is in none."""
    members = partition.members
    assert members is not None  # noqa: S101  (asked of joined partitions only)
    return members.reindex(towns).fillna("")
