"""Boundary file → zones, in the plan's CRS and with unique string ids.

The file is opened (:mod:`geo.formats`), read with its text proved (:mod:`geo.reading`), recognised
if it is an official one (:mod:`geo.official`) and brought to its place (:mod:`geo.georeference`).
Rows that share an id are parts of one zone; what had to be mended or assumed is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import formats
from .crs import metric_crs
from .errors import DataError, UsageError, no_column
from .findings import Finding, Kind, Report, Severity
from .georeference import placed
from .official import Known, recognised
from .plan import Boundary
from .proof import doubtful_text
from .reading import assumes_degrees, read_rows
from .rows import Bools, Rows, Shapes, uncollected
from .words import Text


@dataclass(frozen=True, eq=False)
class ZoneFile:
    """What a boundary file holds: `zones` as in :class:`Partition`, `attributes` row by row."""

    zones: gpd.GeoDataFrame
    attributes: pd.DataFrame


@uncollected()
def read_zones(path: Path, source: Boundary, crs: str, report: Report) -> ZoneFile:
    """Zones of the boundary file at `path`, in `crs` (projected, metres).

    Raises
    ------
    DataError
        If the file cannot be read whole, has no polygons, its text cannot be proved, or it is not
        where its CRS says.
    UsageError
        If it has no such layer or column, or its ids are not named and not known.
    """
    target = metric_crs(crs)
    with formats.opened(path, source.layer) as layer:
        rows = read_rows(layer, path, source.encoding, report)
        by_default = assumes_degrees(layer, rows.frame)
    known = recognised(rows.frame.columns) if source.id is None else None
    id_column = _id_column(rows.frame, source, known, path)
    if known is not None:
        rows = _without_others(rows, known, path, report)
    column = rows.frame[id_column]
    ids = _ids(known.ids(column) if known else column, path, id_column)
    names = _names(rows.frame, source, known, ids)
    rows = Rows(rows.frame.set_axis(ids), rows.sound)
    _prove_text(rows.frame, names, source.name, path, report)
    if not rows.sound.any():
        _refuse_no_polygons(rows.shapes, path)
    rows = placed(rows, path, target, source.crs, report, degrees_by_default=by_default)
    frame, has_polygon = _polygons(rows, path, report)
    in_parts = len(ids.array.unique()) < len(ids)
    if in_parts:
        _say_repeated(frame.geometry, path, report)
        names = _one_name_each(names, path, report)
    names = names.mask(names == "", ids.to_series())[has_polygon]
    data = {"name": names.array, "geometry": frame.geometry.array}
    zones = gpd.GeoDataFrame(data, index=frame.index)
    return ZoneFile(
        zones=_one_row_per_zone(zones) if in_parts else zones,
        attributes=pd.DataFrame(frame.drop(columns="geometry")),
    )


def _id_column(rows: gpd.GeoDataFrame, source: Boundary, known: Known | None, path: Path) -> str:
    """The column of ids: as the plan names it, or as it is known to be."""
    columns = [str(column) for column in rows.columns if column != "geometry"]
    for asked in filter(None, (source.id, source.name)):
        if asked not in columns:
            raise no_column(str(path), asked, columns)
    if source.id is not None:
        return source.id
    if known is not None:
        return known.id
    said = ", ".join(columns[:40]) + (" …" if len(columns) > 40 else "")
    what = Text(
        f"id がなく、列から N03 や e-Stat の小地域とも認められません（列: {said}）",
        f"no id is given, and its columns are not those of N03 or e-Stat ({said})",
    )
    remedy = Text("ID の列を id に書いてください", "name the column of ids as id")
    raise UsageError(str(path), what, remedy)


def _without_others(rows: Rows, known: Known, path: Path, report: Report) -> Rows:
    """Rows of an official file without those that are no zones, which is said."""
    others = known.no_zone(rows.frame)
    if others.any():
        what = Text(
            f"{known.title.ja}の{known.reason.ja}を除きました",
            f"{known.reason.en} are set aside ({known.title.en})",
        )
        remedy = Text(
            "区域として使うときは、計画に id を書いてください", "name id in the plan to keep them"
        )
        ids = known.ids(rows.frame.loc[others, known.id])
        place = tuple(dict.fromkeys(ids.fillna(known.names(rows.frame[others]))))
        amount = float(others.sum())
        finding = (Kind.ROW_SET_ASIDE, Severity.NOTE, path.name, place, what, remedy)
        report(Finding(*finding, amount, "rows"))
    return rows.only(~others.to_numpy())


def _ids(column: pd.Series, path: Path, name: str) -> pd.Index:
    """The ids as text: whole numbers without a point, and never missing."""
    text = column.astype(str).str.strip()
    missing = column.isna() | (text == "")
    if missing.any():
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(missing)[:5])
        what = Text(
            f"列「{name}」が空の行があります（{missing.sum()}行、{rows}行目など）",
            f"column “{name}” is empty in {missing.sum()} rows (row {rows})",
        )
        remedy = Text("ID を書き入れるか、別の列を選んでください", "fill it in or choose another")
        raise DataError(str(path), what, remedy)
    if pd.api.types.is_float_dtype(column) and (column % 1 == 0).all():
        text = column.astype("int64").astype(str)
    return pd.Index(text, dtype=str, name="zone_id")


def _names(
    rows: gpd.GeoDataFrame, source: Boundary, known: Known | None, ids: pd.Index
) -> pd.Series:
    """The name of each row, empty where it has none; its id where no column of names is known."""
    if source.name is not None:
        names = rows[source.name].fillna("").astype(str)
    elif known is not None:
        names = known.names(rows)
    else:
        names = ids.to_series()
    return names.astype(str).set_axis(ids)


def _prove_text(
    rows: gpd.GeoDataFrame,
    names: pd.Series,
    column_of_names: str | None,
    path: Path,
    report: Report,
) -> None:
    """Stop at ids and names that nobody wrote so (文字化け); say it of other columns."""
    for label, ja, texts in (("an id", "ID", rows.index.to_series()), ("a name", "名前", names)):
        if value := doubtful_text(texts):
            what = Text(f"{ja}が文字化けしています（{value}）", f"{label} is garbled ({value})")
            raise DataError(str(path), what, _UNGARBLE)
    for column in rows.columns.difference(["geometry", column_of_names], sort=False):
        is_text = pd.api.types.is_string_dtype(rows[column].dtype)
        if is_text and (value := doubtful_text(rows[column])):
            what = Text(
                f"列「{column}」が文字化けしています（{value}）",
                f"column “{column}” is garbled ({value})",
            )
            finding = (Kind.TEXT_DOUBTFUL, Severity.WARNING, path.name, (str(column),))
            report(Finding(*finding, what, _UNGARBLE))


_UNGARBLE = Text(
    "元のデータを正しい文字コードで作り直すか、計画に encoding を書いてください",
    "make it again in the right encoding, or declare encoding in the plan",
)


def _polygons(rows: Rows, path: Path, report: Report) -> tuple[gpd.GeoDataFrame, Bools]:
    """Rows with a valid polygon, and which they are; what is mended or left out is said."""
    if rows.sound.all():
        return rows.frame, rows.sound
    shapes, index = rows.shapes.copy(), rows.frame.index
    rest = np.flatnonzero(~rows.sound)
    broken = rest[~shapely.is_valid(shapes[rest]) & ~shapely.is_missing(shapes[rest])]
    for zone_id, shape in zip(index[broken], shapes[broken], strict=True):
        reason = shapely.is_valid_reason(shape)
        what = Text(f"輪郭が正しくありません（{reason}）", f"its ring is broken ({reason})")
        remedy = Text(
            "読み込み時に直しました。元のデータを直してください",
            "mended on reading; correct the source",
        )
        place = (str(zone_id),)
        report(Finding(Kind.INVALID_RING, Severity.WARNING, path.name, place, what, remedy))
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure")
    shapes[rest] = [_only_polygons(shape) for shape in shapes[rest]]
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for zone_id in index[empty]:
        what = Text("面の図形がない行です", "this row has no polygon")
        remedy = Text("図形を加えるか、行を消してください", "give it one or delete the row")
        finding = (Kind.ROW_WITHOUT_ZONE, Severity.WARNING, path.name, (str(zone_id),))
        report(Finding(*finding, what, remedy))
    _refuse_no_polygons(shapes, path)
    return rows.frame.set_geometry(shapes, crs=rows.frame.crs)[~empty], ~empty


def _refuse_no_polygons(shapes: Shapes, path: Path) -> None:
    if (shapely.is_missing(shapes) | shapely.is_empty(shapes)).all():
        what = Text("面（ポリゴン）がありません", "there are no polygons")
        remedy = Text("面のデータを指定してください", "give a file of polygons")
        raise DataError(str(path), what, remedy)


def _only_polygons(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    if shape is None or isinstance(shape, (shapely.Polygon, shapely.MultiPolygon)):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all([part for part in parts if isinstance(part, shapely.Polygon)])


def _say_repeated(shapes: gpd.GeoSeries, path: Path, report: Report) -> None:
    """Rows of one zone with exactly the same shape: it is taken once."""
    its = shapes[_alike(shapes)]
    drawn = pd.Series(shapely.to_wkb(shapely.normalize(np.asarray(its))), index=its.index)
    repeated = drawn.reset_index().duplicated()
    for zone_id in sorted(set(its.index[repeated.to_numpy()])):
        what = Text("まったく同じ行が2度あります", "a row of this zone stands there twice")
        remedy = Text("1つだけ使いました", "it was taken once")
        place = (str(zone_id),)
        report(Finding(Kind.ROW_REPEATED, Severity.NOTE, path.name, place, what, remedy))


def _alike(shapes: gpd.GeoSeries) -> Bools:
    """Rows with the zone, the bounds and the number of corners of another: the same, perhaps."""
    of_parts = shapes.index.duplicated(keep=False)
    its = np.asarray(shapes[of_parts])
    said = pd.DataFrame(shapely.bounds(its)).assign(
        zone_id=shapes.index[of_parts], corners=shapely.get_num_coordinates(its)
    )
    of_parts[of_parts] = said.duplicated(keep=False).to_numpy()
    return of_parts


def _one_name_each(names: pd.Series, path: Path, report: Report) -> pd.Series:
    """The same name on every row of a zone: where rows differ the first in order of signs."""
    written = names.where(names != "")
    by_zone = written.groupby(level=0)
    for zone_id in sorted(by_zone.nunique()[lambda count: count > 1].index):
        several = sorted(written.loc[zone_id].dropna().unique())
        what = Text(
            f"1つの区域に複数の名前があります（{'、'.join(several)}）",
            f"one zone has several names ({', '.join(several)})",
        )
        remedy = Text("名前を揃えてください", "give its rows one name")
        finding = (Kind.NAMES_DIFFER, Severity.WARNING, path.name, (str(zone_id),))
        report(Finding(*finding, what, remedy))
    return by_zone.transform("min").fillna("")


def _one_row_per_zone(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    parts = rows.index.duplicated(keep=False)
    joined = rows[parts].dissolve(level=0, method="unary", aggfunc="first")
    return pd.concat([rows[~parts], joined]).loc[rows.index.unique(), ["name", "geometry"]]


def write_zones(zones: gpd.GeoDataFrame, path: Path) -> None:
    """Zones with all their columns as a new GeoPackage."""
    zones.to_file(path, driver="GPKG", layer=path.stem, engine="pyogrio", index=False)
