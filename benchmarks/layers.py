"""Two layers to overlap: real ones from KENIKI_DATA, and made ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks import made
from geo.findings import ignore
from geo.intake import quiet, read
from geo.partition import Partition
from geo.plan import Role
from geo.plan_file import load_plan
from geo.words import same

CHIBA = Path(__file__).parent.parent / "tests" / "chiba" / "plan.toml"
EQUAL_AREA = "EPSG:6933"


def data_are_here() -> bool:
    """Whether the real data are."""
    return "KENIKI_DATA" in os.environ


@dataclass(frozen=True, eq=False)
class Layers:
    """Two layers (rows numbered from 0) and, where both are made of the same towns, what of."""

    left: gpd.GeoDataFrame
    right: gpd.GeoDataFrame
    by_towns: tuple[Partition, Partition, Partition] | None = None

    @property
    def vertices(self) -> int:
        sides = (self.left, self.right)
        return sum(int(shapely.get_num_coordinates(side.geometry).sum()) for side in sides)


@dataclass(frozen=True)
class Case:
    """A pair of layers to measure; the largest in few rounds."""

    key: str
    title: str
    load: Callable[[], Layers]
    most_rounds: int = 99

    @property
    def is_here(self) -> bool:
        """Whether its data are: made ones always are."""
        return not self.key.startswith(("chiba", "japan")) or data_are_here()


def made_layers(left: str, right: str, count: int) -> Layers:
    """Layers of :mod:`benchmarks.made` above `count` towns."""
    frames = {name: made.layer(name, count) for name in {left, right, "towns"}}
    towns = frames["towns"]
    members = {name: towns[name] for name in ("left", "right")} | {"towns": towns.index}
    by_towns = None
    if {left, right} <= set(members):
        its = {name: _partition(frames[name], members[name]) for name in frames}
        by_towns = its[left], its[right], its["towns"]
    return Layers(_numbered(frames[left]), _numbered(frames[right]), by_towns)


def _partition(zones: gpd.GeoDataFrame, members: pd.Series) -> Partition:
    index = _codes(len(zones)).rename("zone_id")
    named = gpd.GeoDataFrame({"name": index}, geometry=zones.geometry.to_numpy(), crs=zones.crs)
    its = pd.Series(index.to_numpy()[np.asarray(members)], _codes(len(members)), dtype=str)
    return Partition("zones", same("zones"), Role.OTHER, named.set_axis(index), its)


def _codes(count: int) -> pd.Index:
    """Ids of one length, as official codes are."""
    return pd.Index([f"{k:06d}" for k in range(count)], dtype=str)


def _numbered(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return zones[["geometry"]].reset_index(drop=True)


def chiba_layers(left: str, right: str) -> Layers:
    """Two partitions of the plan of Chiba City, by key."""
    partitions = read(load_plan(CHIBA), quiet, ignore)
    return Layers(*(_numbered(partitions[key].zones) for key in (left, right)))


def chiba_towns(zones: str) -> gpd.GeoDataFrame:
    """The towns of Chiba City with `zone`, the id of theirs in a partition made of towns."""
    partitions = read(load_plan(CHIBA), quiet, ignore)
    members = partitions[zones].members
    assert members is not None  # noqa: S101
    return partitions["town"].zones[["geometry"]].assign(zone=members)


def japan_layers() -> Layers:
    """All municipalities and the House districts; the two invalid outlines of each made valid."""
    folder = Path(os.environ["KENIKI_DATA"]) / "japan"
    sides = []
    for name in ("municipalities", "house_districts"):
        zones = gpd.read_file(folder / f"{name}.topojson", engine="pyogrio")
        zones = _numbered(zones.set_crs(4326, allow_override=True).to_crs(EQUAL_AREA))
        valid = zones.geometry.make_valid(method="structure", keep_collapsed=False)
        sides.append(zones.set_geometry(valid))
    return Layers(*sides)


BORDERS = {"right": "exact borders", "noisy": "1 m off", "crossing": "borders of their own"}


def _above(count: int, left: str, right: str, most_rounds: int = 99) -> Case:
    title = f"{'zones of ' * (left == 'left')}{count:,} towns × zones, {BORDERS[right]}"
    load = partial(made_layers, left, right, count)
    return Case(f"{left}-{right}-{count}", title, load, most_rounds)


CASES = (
    Case(
        "chiba-care", "Chiba: care areas × junior-high", partial(chiba_layers, "care", "district")
    ),
    Case("chiba-towns", "Chiba: towns × junior-high", partial(chiba_layers, "town", "district")),
    Case("japan", "municipalities × House districts", japan_layers),
    _above(1_000, "towns", "right"),
    _above(20_000, "towns", "right"),
    _above(20_000, "towns", "noisy"),
    _above(20_000, "towns", "crossing"),
    _above(20_000, "left", "right"),
    _above(72_000, "towns", "right", 3),
    _above(72_000, "towns", "noisy", 3),
    _above(200_000, "towns", "right", 1),
    _above(200_000, "towns", "noisy", 1),
)
