"""Points → the zone that each lies in, partition by partition.

A point with a position lies where its position is. One that is only known by its town gets the
zones that the whole town lies in; where the town is divided its zone is not known, and none is
chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .cutting import OUTSIDE, shared_areas
from .findings import Finding, Kind, Report, Severity
from .partition import Partition
from .plan import Role
from .points import Points, spoken
from .register import Register
from .words import Text

#: A town lies in a zone that holds this share of its area: borders drawn twice never meet exactly.
WHOLE = 0.99


def place(
    points: Points, partitions: dict[str, Partition], register: Register | None, report: Report
) -> Points:
    """`points` with the zone of every partition that each lies in.

    Parameters
    ----------
    points
        As they were read.
    partitions
        By key, in one CRS.
    register
        The towns by name; None where the plan has no towns (then no point names one).
    report
        Told of points outside the city, in two zones at once, and in towns that are not known.
    """
    table = points.table
    spots = spots_of(table, next(iter(partitions.values())).zones)
    towns = _towns(points, table.index.difference(spots.index, sort=False), register, report)
    zones = pd.DataFrame(OUTSIDE, index=table.index, columns=list(partitions), dtype=str)
    for key, partition in partitions.items():
        zones.loc[spots.index, key] = _by_position(points, spots, partition, report)
        zones.loc[towns.index, key] = _by_town(points, towns, partition, partitions, report)
    _say_outside(points, zones.loc[spots.index], partitions, report)
    return replace(points, zones=zones)


def spots_of(table: pd.DataFrame, zones: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The points with a position, in the CRS of `zones`."""
    known = table[table["lon"].notna()]
    lonlat = gpd.points_from_xy(known["lon"], known["lat"], crs=4326)
    return gpd.GeoSeries(lonlat.to_crs(zones.crs), index=known.index)


def _by_position(
    points: Points, spots: gpd.GeoSeries, partition: Partition, report: Report
) -> pd.Series:
    """The zone around each spot; the first of several (a border, an overlap), which is said."""
    shapes = spots.to_numpy()
    real = np.isfinite(shapely.get_x(shapes)) & np.isfinite(shapely.get_y(shapes))
    tree = shapely.STRtree(partition.zones.geometry.to_numpy())
    i, j = tree.query(shapes[real], predicate="intersects")
    pairs = pd.DataFrame({"row": spots.index[real][i], "order": j}).sort_values(["row", "order"])
    several = pairs["row"][pairs["row"].duplicated()].unique()
    if len(several):
        what = Text(
            f"「{partition.title.ja}」の2つの区域に入る地点があります（境界上か、区域の重なり）",
            f"these points lie in two zones of “{partition.title.en}” (a border, or an overlap)",
        )
        remedy = Text("先に並ぶ区域に数えました", "they count in the zone that comes first")
        _say(Kind.POINT_IN_TWO_ZONES, points, several, what, remedy, report)
    first = pairs.drop_duplicates("row").set_index("row")["order"]
    ids = pd.Series(partition.zones.index[first.to_numpy()], index=first.index, dtype=str)
    return ids.reindex(spots.index, fill_value=OUTSIDE)


def _towns(
    points: Points, rows: pd.Index[Any], register: Register | None, report: Report
) -> pd.Series:
    """The town id of each of `rows` that names exactly one town, by its id or its name."""
    named = points.table.loc[rows]
    named = named[named["town"] != ""]
    found = {row: _town(cells["town"], cells["ward"], register) for row, cells in named.iterrows()}
    unknown: list[Any] = [row for row, town_id in found.items() if town_id is None]
    if unknown:
        words = named["town"].to_dict()
        said = spoken(points.table, unknown)
        place = tuple(f"{s} 「{words[row]}」" for row, s in zip(unknown, said, strict=True))
        what = Text(
            "どの町丁目にあるかわからない行があります", "the towns of these rows are not known"
        )
        remedy = Text(
            "町丁目の ID か、丁目まで（同じ名前があれば区も）書いてください",
            "write the id of the town, or its name with its chome (and ward, if names repeat)",
        )
        amount = float(len(unknown))
        finding = (Kind.POINT_WITHOUT_TOWN, Severity.WARNING, points.key, place)
        report(Finding(*finding, what, remedy, amount, "points"))
    return pd.Series({row: town for row, town in found.items() if town}, dtype=str)


def _town(word: str, ward: str, register: Register | None) -> str | None:
    if register is None:
        return None
    if word in register.names:
        return word
    read = register.read(word, ward or None)
    towns = {town_id for match in read for town_id in match.towns}
    return towns.pop() if len(towns) == 1 and all(match.whole for match in read) else None


def _by_town(
    points: Points,
    towns: pd.Series,
    partition: Partition,
    partitions: dict[str, Partition],
    report: Report,
) -> pd.Series:
    """The zone that each of `towns` lies in as a whole."""
    if partition.role is Role.UNITS or towns.empty:
        return towns
    if partition.members is not None:
        zone_of = partition.members
    else:
        units = next(p for p in partitions.values() if p.role is Role.UNITS)
        zone_of = _whole(units, towns.unique(), partition)
        divided = [row for row, town_id in towns.items() if zone_of.get(town_id) is None]
        if divided:
            what = Text(
                f"町丁目が「{partition.title.ja}」で分かれるため、区域がわからない地点があります",
                f"their towns are divided by “{partition.title.en}”: their zone is not known",
            )
            remedy = Text("経度・緯度を書き加えてください", "add longitude and latitude")
            _say(Kind.POINT_IN_TWO_ZONES, points, divided, what, remedy, report)
    return towns.map(zone_of).fillna(OUTSIDE).astype(str)


def _whole(units: Partition, towns: Iterable[str], partition: Partition) -> pd.Series:
    """The zone of each town that lies in one (but for slivers); others are left out."""
    asked = units.zones.loc[list(towns)]
    found = shared_areas(asked.geometry, partition.zones.geometry)
    share = found["area_m2"] / asked.area.reindex(found["left_id"]).to_numpy()
    whole = found[share >= WHOLE]
    ids: pd.Series = whole.drop_duplicates("left_id").set_index("left_id")["right_id"]
    return ids


def _say_outside(
    points: Points, zones: pd.DataFrame, partitions: dict[str, Partition], report: Report
) -> None:
    """Points outside the city: outside its towns, or all zones where there are no towns."""
    units = [key for key, one in partitions.items() if one.role is Role.UNITS]
    outside = zones.index[(zones[units or list(partitions)] == OUTSIDE).all(axis=1)]
    if len(outside):
        what = Text("市の外にある地点があります", "these points lie outside the city")
        remedy = Text(
            "位置を確かめてください。どの区域にも数えません",
            "check their positions; they count in no zone",
        )
        _say(Kind.POINT_OUTSIDE_CITY, points, outside, what, remedy, report)


def _say(
    kind: Kind, points: Points, rows: Iterable[Any], what: Text, remedy: Text, report: Report
) -> None:
    place = spoken(points.table, rows)
    amount = float(len(place))
    report(Finding(kind, Severity.WARNING, points.key, place, what, remedy, amount, "points"))
