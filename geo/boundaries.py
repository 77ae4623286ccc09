"""Boundary file → zones. The only module that touches Fiona and GDAL for boundaries.

Fiona looks into the file (layers, columns, CRS) so that what is missing can be named; the bulk is
read by pyogrio, which is many times faster. Rows that share an id are parts of one zone. Zones
come out in the plan's CRS, with unique string ids; what had to be mended or assumed is a finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fiona
import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from fiona.errors import FionaError

from .crs import Box, covers, metric_crs
from .errors import DataError, UsageError, did_you_mean
from .findings import Finding, Kind, Severity
from .plan import Boundary
from .words import Text

Report = Callable[[Finding], None]


@dataclass(frozen=True, eq=False)
class ZoneFile:
    """What a boundary file holds: `zones` as in :class:`Partition`, `attributes` row by row."""

    zones: gpd.GeoDataFrame
    attributes: pd.DataFrame


def read_zones(path: Path, source: Boundary, crs: str, report: Report) -> ZoneFile:
    """Zones of the boundary file at `path`, in `crs` (projected, metres).

    Raises
    ------
    DataError
        If the file cannot be read, has no polygons, or is not where its CRS says.
    UsageError
        If it has no such layer or column.
    """
    layer = _layer(path, source.layer)
    columns = _columns(path, layer)
    for asked in filter(None, (source.id, source.name)):
        if asked not in columns:
            what = Text(f"列「{asked}」がありません", f"there is no column “{asked}”")
            raise UsageError(str(path), what, did_you_mean(asked, columns))
    try:
        rows = gpd.read_file(path, layer=layer, engine="pyogrio")
    except (RuntimeError, ValueError) as err:
        raise _unreadable(path, err) from err
    ids = _ids(rows[source.id], path, source.id)
    rows = rows.set_index(ids).rename_axis("zone_id")
    rows = _in_crs(rows, path, metric_crs(crs), source.crs, report)
    rows = _polygons(rows, path, report)
    names = rows[source.name].fillna("").astype(str) if source.name else rows.index.to_series()
    return ZoneFile(
        zones=_one_row_per_zone(names, rows.geometry),
        attributes=pd.DataFrame(rows.drop(columns=rows.geometry.name)),
    )


def _layer(path: Path, asked: str | None) -> str:
    if not path.is_file():
        what = Text("ファイルがありません", "there is no such file")
        raise UsageError(str(path), what, Text("道筋を確かめてください", "check the path"))
    try:
        layers = list(fiona.listlayers(path))
    except (FionaError, ValueError) as err:
        raise _unreadable(path, err) from err
    if asked is not None and asked not in layers:
        what = Text(f"レイヤ「{asked}」がありません", f"there is no layer “{asked}”")
        raise UsageError(str(path), what, did_you_mean(asked, layers))
    if asked is None and len(layers) > 1:
        names = ", ".join(layers)
        what = Text(f"レイヤが複数あります（{names}）", f"there are several layers ({names})")
        raise UsageError(
            str(path), what, Text("layer で1つ選んでください", "choose one with layer")
        )
    return asked or layers[0]


def _columns(path: Path, layer: str) -> list[str]:
    try:
        with fiona.open(path, layer=layer) as file:
            return list(file.schema["properties"])
    except FionaError as err:
        raise _unreadable(path, err) from err


def _unreadable(path: Path, err: Exception) -> DataError:
    reason = str(err).splitlines()[0] if str(err) else type(err).__name__
    what = Text(f"境界ファイルとして読めません（{reason}）", f"not a boundary file ({reason})")
    remedy = Text(
        "GeoJSON、GeoPackage、シェープファイルなどを指定してください",
        "give a GeoJSON, GeoPackage, Shapefile or the like",
    )
    return DataError(str(path), what, remedy)


def _ids(column: pd.Series, path: Path, name: str) -> pd.Index:
    """The ids as text: whole numbers without a point, and never missing."""
    missing = column.isna() | (column.astype(str).str.strip() == "")
    if missing.any():
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(missing)[:5])
        what = Text(
            f"列「{name}」が空の行があります（{missing.sum()}行、{rows}行目など）",
            f"column “{name}” is empty in {missing.sum()} rows (row {rows})",
        )
        remedy = Text("ID を書き入れるか、別の列を選んでください", "fill it in or choose another")
        raise DataError(str(path), what, remedy)
    if pd.api.types.is_float_dtype(column) and (column % 1 == 0).all():
        column = column.astype("int64")
    return pd.Index(column.astype(str).str.strip(), dtype=str)


def _in_crs(
    rows: gpd.GeoDataFrame,
    path: Path,
    crs: pyproj.CRS,
    declared: str | None,
    report: Report,
) -> gpd.GeoDataFrame:
    """`rows` in `crs`: from the file's own CRS, or from the declared one where it names none."""
    if rows.crs is None or _only_pretends_degrees(rows, path, crs):
        if declared is None:
            what = Text(
                "座標系が書かれていないか、座標が度ではありません",
                "the file names no CRS, or its coordinates are not the degrees it says",
            )
            remedy = Text("crs に EPSG コードを書いてください", "declare its EPSG code as crs")
            raise DataError(str(path), what, remedy)
        rows = rows.set_crs(declared, allow_override=True)
        what = Text(
            f"座標系を {declared} とみなしました", f"taken to be in {declared}, as declared"
        )
        remedy = Text("違う場合は crs を直してください", "correct crs if it is not")
        report(Finding(Kind.CRS_ASSUMED, Severity.NOTE, str(path.name), (), what, remedy))
    bounds = Box(*rows.to_crs(4326).total_bounds.tolist())
    if not np.isfinite(bounds).all() or not covers(crs, bounds):
        box = ", ".join(f"{value:.4g}" for value in bounds)
        code = crs.to_string()
        what = Text(
            f"位置（経度・緯度 {box}）が {code} の範囲の外です",
            f"its place (longitude, latitude {box}) is outside what {code} is made for",
        )
        remedy = Text(
            "ファイルの座標系と、計画の crs を確かめてください",
            "check the CRS of the file and of the plan",
        )
        raise DataError(str(path), what, remedy)
    return rows.to_crs(crs)


def _only_pretends_degrees(rows: gpd.GeoDataFrame, path: Path, crs: pyproj.CRS) -> bool:
    """Whether a GeoJSON that names no CRS, so in degrees by RFC 7946, cannot be in degrees."""
    if rows.crs is None or not rows.crs.is_geographic:
        return False
    box = Box(*rows.total_bounds.tolist())
    are_degrees = -180 <= box.west <= box.east <= 180 and -90 <= box.south <= box.north <= 90
    if are_degrees and covers(crs, box):
        return False
    return path.suffix.lower() in (".geojson", ".json") and not _names_a_crs(path)


def _names_a_crs(path: Path) -> bool:
    return "crs" in json.loads(path.read_bytes())


def _polygons(rows: gpd.GeoDataFrame, path: Path, report: Report) -> gpd.GeoDataFrame:
    """Rows with a valid, flat polygon; broken rings are mended and said, the rest are said."""
    shapes = shapely.force_2d(rows.geometry.to_numpy())
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    for zone_id, shape in zip(rows.index[broken], shapes[broken], strict=True):
        reason = shapely.is_valid_reason(shape)
        what = Text(f"輪郭が正しくありません（{reason}）", f"its ring is broken ({reason})")
        remedy = Text(
            "読み込み時に直しました。元のデータを直してください",
            "mended on reading; correct the source",
        )
        place = (str(zone_id),)
        report(Finding(Kind.INVALID_RING, Severity.WARNING, path.name, place, what, remedy))
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure")
    shapes = np.array([_only_polygons(shape) for shape in shapes], dtype=object)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for zone_id in rows.index[empty]:
        what = Text("面の図形がない行です", "this row has no polygon")
        remedy = Text("図形を加えるか、行を消してください", "give it one or delete the row")
        finding = (Kind.ROW_WITHOUT_ZONE, Severity.WARNING, path.name, (str(zone_id),))
        report(Finding(*finding, what, remedy))
    if empty.all():
        what = Text("面（ポリゴン）がありません", "there are no polygons")
        remedy = Text("面のデータを指定してください", "give a file of polygons")
        raise DataError(str(path), what, remedy)
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))[~empty]


def _only_polygons(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    if shape is None or isinstance(shape, (shapely.Polygon, shapely.MultiPolygon)):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all([part for part in parts if isinstance(part, shapely.Polygon)])


def _one_row_per_zone(names: pd.Series, shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    zones = gpd.GeoDataFrame({"name": names, "geometry": shapes}, crs=shapes.crs)
    parts = zones.index.duplicated(keep=False)
    if parts.any():
        joined = zones[parts].dissolve(level=0, method="unary", aggfunc="first")
        order = zones.index.unique()
        zones = pd.concat([zones[~parts], joined]).loc[order]
    nameless = zones["name"] == ""
    zones.loc[nameless, "name"] = zones.index[nameless]
    return zones[["name", "geometry"]]


def unite(shapes: pd.Series, is_coverage: bool) -> shapely.Geometry:
    """All shapes as one: the fast way where they are known to meet exactly, else the safe one."""
    united = shapely.coverage_union_all if is_coverage else shapely.union_all
    whole: shapely.Geometry = united(np.asarray(shapes))
    return whole
