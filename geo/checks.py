"""What is wrong with the zones of a partition: overlaps, gaps, land left out.

Findings do not stop the work: they say where and how much, so that a planner can judge.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .boundaries import unite
from .findings import Finding, Kind, Severity
from .overlap import intersections
from .partition import Partition
from .words import Text

#: Below this area (m²) a difference is rounding of coordinates.
LEAST_M2 = 1.0


def check(partition: Partition, city: shapely.Geometry | None) -> list[Finding]:
    """Findings on one partition, and against the outline of the city if it is known.

    A partition whose zones meet exactly (a valid coverage) has no overlaps to look for.
    """
    zones = partition.zones.geometry
    valid = bool(shapely.coverage_is_valid(zones.to_numpy()))
    whole = unite(zones, valid)
    found = [] if valid else list(_overlaps(partition.key, zones))
    if city is not None:
        found += [*_gaps(partition.key, whole, city), *_left_out(partition, whole, city)]
    return found


def _overlaps(key: str, zones: gpd.GeoSeries) -> Iterator[Finding]:
    twice = intersections(zones, zones)[0]
    twice = twice[(twice["left_id"] < twice["right_id"]) & (twice["area_m2"] >= LEAST_M2)]
    for pair in twice.sort_values("area_m2", ascending=False).itertuples():
        what = Text("区域どうしが重なっています", "these zones overlap")
        remedy = Text("境界をどちらかに揃えてください", "give the land to one of them")
        place, amount = (str(pair.left_id), str(pair.right_id)), float(str(pair.area_m2))
        severity = Severity.WARNING
        yield Finding(Kind.OVERLAP_INSIDE, severity, key, place, what, remedy, amount, "m2")


def _gaps(key: str, whole: shapely.Geometry, city: shapely.Geometry) -> Iterator[Finding]:
    """Holes between zones that are inside the city (a lake of the city's outline is none)."""
    parts = shapely.get_parts(whole)
    rings = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    holes = shapely.intersection(np.array(rings, dtype=object), city)
    for hole in holes[shapely.area(holes) >= LEAST_M2]:
        spot = shapely.point_on_surface(hole)
        what = Text("区域の間に隙間があります", "there is a gap between zones")
        remedy = Text("隣の区域に含めてください", "add it to a zone beside it")
        place, amount = (f"x={spot.x:.0f} y={spot.y:.0f}",), float(hole.area)
        yield Finding(Kind.GAP_INSIDE, Severity.WARNING, key, place, what, remedy, amount, "m2")


def _left_out(
    partition: Partition, whole: shapely.Geometry, city: shapely.Geometry
) -> Iterator[Finding]:
    uncovered = shapely.difference(city, whole).area
    if uncovered >= LEAST_M2:
        what = Text("市内にどの区域でもない土地があります", "some land of the city is in no zone")
        remedy = Text("対応表では「区域外」の行になります", "crosswalks show it in rows of no zone")
        severity = Severity.WARNING if partition.covers_city else Severity.NOTE
        finding = (Kind.NOT_COVERED, severity, partition.key, ())
        yield Finding(*finding, what, remedy, float(uncovered), "m2")
    beyond = shapely.difference(whole, city).area
    if beyond >= LEAST_M2:
        what = Text("市の外にはみ出す区域があります", "zones reach beyond the city")
        remedy = Text(
            "対応表では「町丁目外」の行になります", "crosswalks show it in rows of no town"
        )
        finding = (Kind.OUTSIDE_CITY, Severity.NOTE, partition.key, ())
        yield Finding(*finding, what, remedy, float(beyond), "m2")


def outline(towns: Partition) -> shapely.Geometry:
    """The city: all its towns united."""
    zones = towns.zones.geometry
    return unite(zones, bool(shapely.coverage_is_valid(zones.to_numpy())))


def unknown_ids(
    key: str, written: pd.Series, partition: Partition, *, may_be_empty: bool = False
) -> list[Finding]:
    """The ids that a layer has `written` of zones which are not there."""
    strangers = sorted(set(written[~written.isin(partition.zones.index)]))
    if may_be_empty:
        strangers = [word for word in strangers if word]
    if not strangers:
        return []
    what = Text(
        f"「{partition.title.ja}」にない ID です",
        f"there is no such zone in “{partition.title.en}”",
    )
    remedy = Text(
        "ID を直してください。地図には出ません", "correct the id; maps cannot show the row"
    )
    kind, severity = Kind.ROW_WITHOUT_ZONE, Severity.ERROR
    return [Finding(kind, severity, key, tuple(strangers), what, remedy)]
