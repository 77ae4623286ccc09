"""What a plan says of where people live → points or cells of the mesh, with their weights.

A row without a place or a weight has no say in where people live: it is left out, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import formats, mesh
from .cells import plain
from .crs import metric_crs
from .errors import DataError, no_column
from .findings import Kind, Report, Severity, of_rows
from .georeference import placed
from .header import Column
from .layers import numbers
from .plan import Plan, Shapes, WeightsPlan
from .points import USUAL
from .positions import State, position
from .reading import assumes_degrees, read_rows
from .rows import examined
from .tabular import read_columns
from .words import Text

_POINT, _POLYGON = 0, 2

LEFT_OUT = Text(
    "重みには使いません。元のデータを確かめてください",
    "they are left out of the weights; check the source",
)


@dataclass(frozen=True)
class _Layer:
    """The layer that is read, and where to tell what is wrong with its rows."""

    plan: WeightsPlan
    path: Path
    crs: str
    report: Report

    def say(
        self,
        kind: Kind,
        rows: pd.Series,
        what: Text,
        remedy: Text = LEFT_OUT,
        severity: Severity = Severity.WARNING,
    ) -> None:
        """A finding on some rows: what stands there, by their numbers."""
        for finding in of_rows(rows, kind, self.plan.key, what, remedy, severity):
            self.report(finding)


def read_dwellings(plan: Plan, weights: WeightsPlan, report: Report) -> gpd.GeoDataFrame:
    """Where people live by a layer of weights.

    Returns
    -------
    GeoDataFrame
        In the plan's CRS: index `row` (its number in the file), columns `weight` (float, ≥ 0) and
        `geometry`: points, or polygons of cells that do not overlap.

    Raises
    ------
    UsageError
        If a column is not there.
    DataError
        If the file cannot be read, a weight is no number, or no row has both a place and a weight.
    """
    file = weights.shapes.file if weights.shapes else weights.file
    assert file is not None  # noqa: S101  (the plan is validated)
    layer = _Layer(weights, plan.path(file), plan.crs, report)
    if weights.shapes:
        rows = _shapes(layer, weights.shapes)
    else:
        rows = _cells(layer) if weights.by == "mesh" else _positions(layer)
    if rows.empty:
        what = Text("位置と重みのある行がありません", "no row has both a place and a weight")
        remedy = Text("列とその値を確かめてください", "check its columns and what they hold")
        raise DataError(str(layer.path), what, remedy)
    return rows


# --- three kinds of files -------------------------------------------------------------------------


def _positions(layer: _Layer) -> gpd.GeoDataFrame:
    """A table with longitude and latitude."""
    axes = {"lon": layer.plan.lon, "lat": layer.plan.lat}
    columns = [
        Column(key, (name,)) if name else Column(key, USUAL[key], loose=True)
        for key, name in axes.items()
    ]
    table = _table(layer, columns)
    written = table["lon"] + ", " + table["lat"]
    found = [position(lon, lat) for lon, lat in zip(table["lon"], table["lat"], strict=True)]
    swapped = [one.state is State.SWAPPED for one in found]
    what = Text(
        "経度と緯度が逆なので、入れ替えて読みました",
        "longitude and latitude are the wrong way round; they were read as meant",
    )
    remedy = Text("元の表を直してください", "correct the table")
    layer.say(Kind.POINT_SWAPPED, written[swapped], what, remedy)
    degrees = gpd.points_from_xy([one.lon for one in found], [one.lat for one in found], crs=4326)
    spots = gpd.GeoSeries(degrees, index=table.index).to_crs(layer.crs)
    known = np.isfinite(shapely.get_x(spots.to_numpy()))
    what = Text("位置（経度・緯度）のわからない行です", "the position of these rows is not known")
    layer.say(Kind.POINT_WITHOUT_POSITION, written[~known], what)
    return _weighed(layer, table.assign(geometry=spots)[known])


def _shapes(layer: _Layer, source: Shapes) -> gpd.GeoDataFrame:
    """A file of points or footprints; of a footprint some point inside."""
    with formats.opened(layer.path, source.layer) as opened:
        rows = read_rows(opened, layer.path, source.encoding, layer.report).frame
        in_degrees = assumes_degrees(opened, rows)
    weight = layer.plan.weight
    if weight is not None and weight not in rows.columns:
        raise no_column(str(layer.path), weight, rows.columns.drop("geometry"))
    rows = rows.set_axis(pd.RangeIndex(1, len(rows) + 1, name="row"))
    kinds = shapely.get_dimensions(rows.geometry.to_numpy())
    known = np.isin(kinds, (_POINT, _POLYGON)) & ~rows.geometry.is_empty.to_numpy()
    what = Text("点も面もない行です", "these rows have neither a point nor a polygon")
    layer.say(Kind.POINT_WITHOUT_POSITION, rows.geom_type[~known].fillna(""), what)
    if known.any():
        crs = metric_crs(layer.crs)
        found = (examined(rows[known]), layer.path, crs, source.crs, layer.report)
        rows = placed(*found, degrees_by_default=in_degrees).frame
        inner = shapely.point_on_surface(shapely.make_valid(rows.geometry.to_numpy()))
        rows = rows.set_geometry(inner, crs=crs)
    table = rows[["geometry"]]
    return _weighed(layer, table.assign(weight=rows[weight]) if weight else table)


def _cells(layer: _Layer) -> gpd.GeoDataFrame:
    """A table of cells of the mesh by their codes."""
    assert layer.plan.mesh is not None  # noqa: S101  (the plan is validated)
    table = _table(layer, [Column("mesh", (layer.plan.mesh,))])
    code = table["mesh"].map(plain)
    boxes = mesh.known_cells(code, layer.plan.key, LEFT_OUT, layer.report)
    table = table.assign(mesh=code, geometry=None).loc[boxes.index]
    rows = _once(layer, _weighed(layer, table))
    boxes = mesh.not_doubled(boxes.loc[rows.index], code, layer.plan.key, layer.report)
    crs = metric_crs(layer.crs)
    shapes = mesh.polygons(boxes.to_numpy(), crs)
    return rows.loc[boxes.index, ["weight"]].set_geometry(shapes, crs=crs)


# --- weights --------------------------------------------------------------------------------------


def _table(layer: _Layer, columns: Sequence[Column]) -> pd.DataFrame:
    """The columns that say where, and the weight if there is one."""
    weight, plan = layer.plan.weight, layer.plan
    asked = [*columns, *([Column("weight", (weight,), figure=True)] if weight else [])]
    read = read_columns(
        layer.path, asked,
        encoding=plan.encoding, sheet=plan.sheet, may_be_empty=False, report=layer.report,
    )  # fmt: skip
    return read[[column.key for column in asked]]


def _weighed(layer: _Layer, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """The rows with a weight, as a number: 1 each where no column holds it."""
    if layer.plan.weight is None:
        return gpd.GeoDataFrame(rows.assign(weight=1.0))
    weight = numbers(rows["weight"].rename(layer.plan.weight), str(layer.path))
    unknown = ~np.isfinite(weight)
    what = Text("重みのわからない行です", "the weight of these rows is not known")
    layer.say(Kind.COUNT_MISSING, rows["weight"][unknown], what, severity=Severity.NOTE)
    what = Text("重みが負の数です", "the weight of these rows is negative")
    layer.say(Kind.COUNT_NEGATIVE, rows["weight"][weight < 0], what, severity=Severity.ERROR)
    return gpd.GeoDataFrame(rows.assign(weight=weight)[~unknown & ~(weight < 0)])


def _once(layer: _Layer, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Every cell on one row."""
    again = rows["mesh"].duplicated(keep=False)
    what = Text("同じメッシュが複数の行にあります", "these cells stand on several rows")
    remedy = Text(
        "1行にまとめてください。同じ値は1つ、違う値は合計とみなしました",
        "give each one row; equal weights were taken once, different ones added up",
    )
    layer.say(Kind.COUNT_REPEATED, rows["mesh"][again], what, remedy)
    different = ~rows.duplicated(["mesh", "weight"])
    weight = rows["weight"].where(different, 0.0).groupby(rows["mesh"]).transform("sum")
    return rows.assign(weight=weight)[~rows["mesh"].duplicated()]
