"""All rows of a layer at once. The only door to pyogrio and its GDAL.

GDAL is not believed: rows that are fewer than the file says stop the work, and where it fails,
Fiona looks record by record (:mod:`geo.records`). With pyarrow the usual file comes by Arrow, which
is faster. Whatever is unusual about it (a murmur of GDAL, text that is not UTF-8, columns or shapes
of another type, fewer rows) is read again without Arrow: both ways give the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.parsers import expat

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.raw import open_arrow
from shapely.errors import ShapelyError

from .errors import DataError
from .formats import Format, Layer, choose, unreadable
from .records import look
from .rows import AT_A_TIME, POLYGONS, Bools, Rows, Shapes, are_sound, examined
from .words import Text
from .workers import in_threads

#: What the drivers raise on files that are not what they should be.
FAULTS = (
    ShapelyError, RuntimeError, ValueError, OSError, LookupError, MemoryError,
    OverflowError, TypeError, expat.ExpatError,
)  # fmt: skip

#: Formats whose header says how many rows there are, so that fewer are noticed.
_COUNTED = (Format.GEOPACKAGE, Format.FLATGEOBUF, Format.SHAPEFILE, Format.GML)
#: Formats that come faster by Arrow; all of them are counted.
_BY_ARROW = (Format.GEOPACKAGE, Format.FLATGEOBUF, Format.SHAPEFILE)
#: Kinds of shapes that come by Arrow as they do without.
_USUAL = (shapely.GeometryType.POINT, *POLYGONS)
_OPTIONS: dict[Format, dict[str, str]] = {Format.GML: {"DOWNLOAD_SCHEMA": "NO"}}


def read_all(layer: Layer, where: Path, path: Path, **options: Any) -> Rows:
    """The rows of a layer that stands at `path`; the file is called `where` in errors.

    Rings that are too short or open are closed, for the repair that follows.

    Raises
    ------
    UsageError
        If there is no such layer, or several and none is asked for.
    DataError
        If it cannot be read whole.
    """
    name = layer_name(layer, where, path)
    options = {"layer": name} | _OPTIONS.get(layer.format, {}) | options
    try:
        is_counted = layer.format in _COUNTED
        said = pyogrio.read_info(path, layer=name)["features"] if is_counted else 0
        rows = _by_arrow(layer, path, said, options) if layer.format in _BY_ARROW else None
        rows = rows or examined(_plainly(layer, path, said, options))
    except FAULTS as err:
        seen = look(path, name) if name else None
        after = f"; records before it breaks: {seen.whole}" if seen and seen.whole else ""
        raise unreadable(where, f"{err}{after}") from err
    except UserWarning as err:
        raise choose(where, None, _layers(path)) from err
    if len(rows.frame) < said:
        what = Text(
            f"{said:,} 行のはずが {len(rows.frame):,} 行しか読めません",
            f"only {len(rows.frame):,} of its {said:,} rows can be read",
        )
        remedy = Text("もう一度ダウンロードしてください", "download it again")
        raise DataError(str(where), what, remedy)
    return rows


def _plainly(layer: Layer, path: Path, said: int, options: dict[str, Any]) -> gpd.GeoDataFrame:
    if layer.format is Format.GEOPACKAGE and _count(path, options["layer"]) > said:
        options = options | {"where": "1 = 1"}  # else no more rows are read than it says it has
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "More than one layer")
        rows = pyogrio.read_dataframe(path, on_invalid="fix", use_arrow=False, **options)
    if isinstance(rows, gpd.GeoDataFrame):
        return rows
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(None, rows.index))  # it has no shapes


def _count(path: Path, table: str) -> int:
    """How many rows a GeoPackage has; what it says itself other programs forget to correct."""
    quoted = table.replace('"', '""')
    query = f'SELECT COUNT(*) AS rows FROM "{quoted}"'  # noqa: S608  (it is quoted)
    with suppress(*FAULTS):  # where the layer is no table of that name
        return int(pyogrio.read_dataframe(path, sql=query)["rows"].iloc[0])
    return 0


# --- by Arrow -------------------------------------------------------------------------------------


def _by_arrow(layer: Layer, path: Path, said: int, options: dict[str, Any]) -> Rows | None:
    """The rows as `_plainly` would read them; None where that is not certain."""
    if find_spec("pyarrow") is None:
        return None
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            rows = _streamed(layer.format, path, options)
        except FAULTS:
            return None
    murmurs = any(issubclass(one.category, (RuntimeWarning, UserWarning)) for one in heard)
    if rows is None or murmurs or len(rows.frame) < said:
        return None
    kinds = shapely.get_type_id(rows.shapes[~rows.sound])
    return rows if np.isin(kinds, _USUAL).all() else None


def _streamed(form: Format, path: Path, options: dict[str, Any]) -> Rows | None:
    """Batch by batch, each examined in threads while the next ones are read.

    Two things that GDAL notices in a broken file go unnoticed by Arrow. The rows of a GeoPackage
    that are out of order come twice or never: they are numbered here. A field of a FlatGeobuf that
    is set twice leaves another one empty: where something is empty, it is unusual.
    """
    import pyarrow as pa

    options = options | {"return_fids": form is Format.GEOPACKAGE, "batch_size": AT_A_TIME}
    with open_arrow(path, use_pyarrow=True, **options) as (meta, batches):
        geometry = meta["geometry_name"] or "wkb_geometry"
        others = [i for i, field in enumerate(batches.schema) if field.name != geometry]
        if not all(_is_usual(batches.schema.field(i)) for i in others):
            return None
        parts = list(in_threads()(_examined, _parts(batches, geometry, others)))
    if not parts:
        return None
    columns, shapes, sound = zip(*parts, strict=True)
    table = pa.Table.from_batches(columns)
    if form is Format.FLATGEOBUF and any(column.null_count for column in table.columns):
        return None
    frame = table.to_pandas()
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    frame[[name for name in texts if table[name].null_count == len(table)]] = None
    if form is Format.GEOPACKAGE and not (np.diff(frame.pop(meta["fid_column"])) > 0).all():
        return None
    frame = gpd.GeoDataFrame(frame, geometry=np.concatenate(shapes), crs=meta["crs"])
    return Rows(frame, np.concatenate(sound))


def _parts(batches: Any, geometry: str, others: list[int]) -> Iterator[tuple[Any, Shapes]]:
    """(all other columns, shapes) of each batch."""
    for batch in batches:
        batch.validate(full=True)  # which proves that text is UTF-8
        wkb = batch.column(geometry)
        wkb = getattr(wkb, "storage", wkb)  # where another package knows the type geoarrow.wkb
        shapes = shapely.from_wkb(wkb.to_numpy(zero_copy_only=False), on_invalid="fix")
        yield batch.select(others), shapes


def _examined(columns: Any, shapes: Shapes) -> tuple[Any, Shapes, Bools]:
    return columns, shapes, are_sound(shapes)


def _is_usual(field: Any) -> bool:
    """Whether a column comes by Arrow as it does without: text and numbers."""
    import pyarrow as pa

    is_number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    is_special = b"ARROW:extension:name" in (field.metadata or {})
    return (is_number or pa.types.is_string(field.type)) and not is_special


# --- layers and columns ---------------------------------------------------------------------------


def layer_name(layer: Layer, where: Path, path: Path) -> str | None:
    """The name inside the file of the layer that is meant; None for its only one.

    A GeoJSON is not asked which layers it has: GDAL would read all of it once more.
    """
    if layer.format is Format.GEOJSON and layer.inside is None:
        return None
    names = _layers(path)
    if not names:
        raise unreadable(where, "no layers")
    own = {where.stem, layer.path.stem, None} if len(names) == 1 else set()
    if layer.inside in names:
        return layer.inside
    if layer.inside in own:
        return names[0]
    raise choose(where, layer.inside, names)


def _layers(path: Path) -> list[str]:
    """The layers of a file. Tables without shapes are none, unless there is nothing else."""
    kinds = dict(pyogrio.list_layers(path))
    return [str(name) for name, kind in kinds.items() if kind is not None] or list(map(str, kinds))


def column_names(layer: Layer, where: Path) -> tuple[str, ...]:
    """The columns of a layer, without its rows."""
    info = pyogrio.read_info(layer.path, layer=layer_name(layer, where, layer.path))
    return tuple(map(str, info["fields"]))
