"""Safe repairs of zones, each one listed. The input is never touched.

What is safe: broken rings made valid and exact duplicates dropped (both on reading), and borders
snapped together where they run apart by less than a stated tolerance. A zone that snapping would
change by more than the tolerance keeps its shape, and that is listed too.
"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .findings import Finding, Kind
from .words import Text

DONE = {
    Kind.INVALID_RING: Text("輪郭を直した", "ring made valid"),
    Kind.ROW_REPEATED: Text("同じ行を1つにした", "repeated row dropped"),
}
SNAPPED = Text("境界を揃えた", "borders snapped")
KEPT = Text("許容範囲を超えるため、そのまま", "kept: it would move by more than the tolerance")

COLUMNS = ["zone_id", "change_ja", "change_en", "moved_m2", "area_before_m2", "area_after_m2"]
NO_CHANGES = pd.DataFrame(columns=COLUMNS)


def snapped(zones: gpd.GeoDataFrame, tolerance_m: float) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Zones with borders less than `tolerance_m` apart made one, and the list of changes.

    Gaps and overlaps up to that width go to the neighbour with the longest shared border
    (GEOS CoverageCleaner). Nothing moves by more than the tolerance. Needs shapely 2.2.

    >>> zones = gpd.GeoDataFrame({"geometry": [shapely.box(0, 0, 100, 100),
    ...     shapely.box(101, 0, 200, 100)]}, index=["a", "b"], crs="EPSG:6677")
    >>> closed, changes = snapped(zones, 2.0)
    >>> bool(shapely.coverage_is_valid(closed.geometry.to_numpy())), changes["moved_m2"].sum()
    (True, np.float64(100.0))
    """
    before = zones.geometry.to_numpy()
    clean = shapely.coverage_clean  # type: ignore[attr-defined]
    cleaned = clean(before, gap_width=tolerance_m, snapping_distance=tolerance_m)
    difference = shapely.symmetric_difference(before, cleaned)
    too_far = ~shapely.is_empty(shapely.buffer(difference, -tolerance_m / 2, quad_segs=2))
    after = np.where(too_far, before, cleaned)
    moved = shapely.area(difference)
    rows = [
        change(zone_id, KEPT if far else SNAPPED, 0.0 if far else amount, old, new)
        for zone_id, far, amount, old, new in zip(
            zones.index, too_far, moved, before, after, strict=True
        )
        if amount > 0
    ]
    return zones.set_geometry(gpd.GeoSeries(after, zones.index, crs=zones.crs)), listed(rows)


def mended(zones: gpd.GeoDataFrame, findings: Iterable[Finding]) -> pd.DataFrame:
    """The list of what reading the file has already mended."""
    rows = [
        change(zone_id, DONE[finding.kind], float("nan"), None, zones.geometry[zone_id])
        for finding in findings
        if finding.kind in DONE
        for zone_id in finding.place
        if zone_id in zones.index
    ]
    return listed(rows)


def with_columns(zones: gpd.GeoDataFrame, attributes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Repaired zones with the columns of their file, so that a plan can name them as before.

    Of a zone of several rows the first row's cells stand.
    """
    cells = attributes[~attributes.index.duplicated()].reindex(zones.index)
    return gpd.GeoDataFrame(cells, geometry=zones.geometry, crs=zones.crs)


def change(
    zone_id: object,
    what: Text,
    moved_m2: float,
    before: shapely.Geometry | None,
    after: shapely.Geometry,
) -> tuple[object, ...]:
    """A row of the list: `what` was done to a zone, and how much land it gained and lost."""
    area_before = float("nan") if before is None else float(shapely.area(before))
    return (zone_id, what.ja, what.en, moved_m2, area_before, float(shapely.area(after)))


def listed(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """The list of changes, with COLUMNS."""
    return pd.DataFrame(rows, columns=COLUMNS)
