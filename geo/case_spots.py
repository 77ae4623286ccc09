"""Whether case studies at a point stand in the city, the ward and the zone that they name."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import geopandas as gpd
import pandas as pd
import shapely

from .attach import records
from .cases import Row, spot_of
from .findings import Finding, Kind, Severity, named
from .partition import Partition
from .placing import spots_of
from .plan import Role
from .words import Text


def check_spots(
    table: pd.DataFrame, partitions: Mapping[str, Partition], file: str
) -> Iterator[Finding]:
    """Points of cases outside the city, or outside a zone that the case names.

    Each is said with what is stated and where it stands: `row 2 k1 サロン, 公民館: 12101 / 12102`
    ("-": in no zone). What is outside the city is not said again of its zones.
    """
    outside: list[str] = []
    apart: dict[str, list[str]] = {}
    cells = dict(zip(table.index.tolist(), records(table), strict=True))
    for row, spot in _spots(cells, partitions).items():
        case = cells[row]
        said = f"row {row} {case['case_id']} {case['title_ja']}, {case['place_ja']}".rstrip(", ")
        if not _is_inside(spot, partitions):
            outside.append(said)
            continue
        for key, zone_id in _stated(case, partitions):
            stands = partitions[key].zones.index[partitions[key].zones.intersects(spot)]
            if zone_id not in stands:
                where = stands[0] if len(stands) else "-"
                apart.setdefault(key, []).append(f"{said}: {zone_id} / {where}")
    if outside:
        yield _finding(Kind.POINT_OUTSIDE_CITY, file, outside, *_OUTSIDE)
    for key, place in apart.items():
        title = partitions[key].title
        what = Text(
            f"書かれた「{title.ja}」の区域の外にある事例です",
            f"these cases stand outside the zone of “{title.en}” that they name",
        )
        yield _finding(Kind.CASE_PLACE_DOUBTFUL, file, place, what, _REMEDY)


def _spots(cases: Mapping[Hashable, Row], partitions: Mapping[str, Partition]) -> gpd.GeoSeries:
    """The points of cases whose position is known, by row, in the CRS of the zones."""
    rows = {row: (spot.lon, spot.lat) for row, case in cases.items() if (spot := spot_of(case))}
    degrees = pd.DataFrame.from_dict(rows, orient="index", columns=["lon", "lat"], dtype=float)
    return spots_of(degrees, next(iter(partitions.values())).zones)


def _is_inside(spot: shapely.Geometry, partitions: Mapping[str, Partition]) -> bool:
    """Whether a point lies in the city: in a town, or in any zone where there are no towns."""
    towns = [one for one in partitions.values() if one.role is Role.UNITS]
    return any(one.zones.intersects(spot).any() for one in towns or partitions.values())


def _stated(case: Row, partitions: Mapping[str, Partition]) -> Iterator[tuple[str, str]]:
    """The ward and the zone that a case names, as far as they are there."""
    ward = next((key for key, one in partitions.items() if one.role is Role.WARD), "")
    for key, column in ((ward, "ward_code"), (case.get("partition", ""), "zone_id")):
        if key in partitions and case.get(column) in partitions[key].zones.index:
            yield key, case[column]


def _finding(kind: Kind, file: str, place: list[str], what: Text, remedy: Text) -> Finding:
    amount, severity = float(len(place)), Severity.WARNING
    return Finding(kind, severity, file, named(place), what, remedy, amount, "cases")


_OUTSIDE = (
    Text("市の外にある事例です", "these cases stand outside the city"),
    Text("経度・緯度を確かめてください", "check longitude and latitude"),
)
_REMEDY = Text(
    "経度・緯度か、書かれた区域を確かめてください",
    "check longitude and latitude, or the zone that is named",
)
