"""One layer → rows, whole and with its text proved.

:mod:`geo.bulk` reads them; here each format gets what it needs, and its text is proved to be read
as it was written. What GDAL only murmurs is kept as a finding.
"""

from __future__ import annotations

import mmap
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.parsers import expat

import geopandas as gpd
import pandas as pd

from . import encoding, jpgis, shapefile
from .bulk import FAULTS, column_names, read_all
from .errors import DataError, UsageError
from .findings import Finding, Kind, Report, Severity
from .formats import Format, Layer, unreadable
from .proof import decoded, is_utf8, not_utf8, proved, whole, words
from .rows import Rows, examined
from .words import Text

#: A Shapefile is read as what loses no byte, and decoded here, by the codec that was proved.
_BYTES = "ISO-8859-1"
#: So many bytes of a column's name are kept by a .dbf, whole characters or not.
_NAME = 10


def read_rows(layer: Layer, where: Path, declared: str | None, report: Report) -> Rows:
    """All rows of a layer; column `geometry` may hold None, and shapes that are not valid.

    The file is called `where` in errors; `declared` is the encoding of the plan, None finds out.

    Raises
    ------
    DataError
        If it cannot be read, is cut off, or its text cannot be proved to be read rightly.
    UsageError
        If there is no such layer or encoding.
    """
    if declared is not None and encoding.codec(declared) is None:
        what = Text(f"文字コード「{declared}」はありません", f"there is no encoding “{declared}”")
        raise UsageError(
            str(where), what, Text("utf-8 か cp932 を書いてください", "use utf-8 or cp932")
        )
    said: list[str] = []
    with _faults(where, said):
        rows = _READERS.get(layer.format, _read_layer)(layer, where, declared)
    for message in sorted(set(said)):
        report(_murmur(where, message))
    if rows.frame.empty:
        what = Text("面（ポリゴン）がありません", "there are no polygons")
        remedy = Text("面のデータを指定してください", "give a file of polygons")
        raise DataError(str(where), what, remedy)
    _refuse_doubles(rows.frame, where)
    if rows.frame.geometry.name == "geometry":
        return rows
    return Rows(rows.frame.rename_geometry("geometry"), rows.sound)


@contextmanager
def _faults(where: Path, said: list[str]) -> Iterator[None]:
    """What the drivers raise as one clear error; what they only warn of into `said`."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            yield
        except (DataError, UsageError):
            raise
        except FAULTS as err:
            raise unreadable(where, f"{err}" or type(err).__name__) from err
    said += [str(one.message).splitlines()[0] for one in heard if _matters(one.message)]


def _matters(warning: Warning | str) -> bool:
    # NaN coordinates are looked for below, where their row can be named.
    return "invalid value encountered" not in str(warning)


def _murmur(where: Path, message: str) -> Finding:
    message = message.split(". To avoid")[0].replace(str(where), where.name)[:200]
    what = Text(f"読み込み時の注意: {message}", f"noticed on reading: {message}")
    remedy = Text("元のデータを確かめてください", "check the source")
    return Finding(Kind.READ_WITH_DOUBT, Severity.WARNING, where.name, (), what, remedy)


# --- the ways to read -----------------------------------------------------------------------------


def _read_layer(layer: Layer, where: Path, declared: str | None) -> Rows:
    """GeoPackage, FlatGeobuf: binary, always UTF-8."""
    return read_all(layer, where, layer.path)


def _read_shapefile(layer: Layer, where: Path, declared: str | None) -> Rows:
    shapefile.examine(layer.path, str(where))
    stated = None if declared else shapefile.stated_encoding(layer.path, str(where))
    rows = read_all(layer, where, layer.path, encoding=_BYTES)
    frame = rows.frame
    texts = [column for column in frame.columns if _is_text(frame[column])]
    telling = [column for column in texts if not whole(words(frame[column])).isascii()]
    told = [written for column in frame.columns if len(written := column.encode(_BYTES)) < _NAME]
    told += [value.encode(_BYTES) for column in telling for value in _different(frame[column])]
    its = proved(told, declared, stated, where)
    for column in telling if its in encoding.KEEP_ASCII else texts:
        meant = {value: value.encode(_BYTES).decode(its) for value in _different(frame[column])}
        frame[column] = frame[column].map(meant)
    return Rows(frame.rename(columns=lambda column: _column_name(column, its)), rows.sound)


def _different(column: pd.Series) -> list[str]:
    return words(column).unique().tolist()


def _is_text(column: pd.Series | pd.DataFrame) -> bool:
    return isinstance(column, pd.Series) and pd.api.types.is_string_dtype(column.dtype)


def _column_name(column: str, name: str) -> str:
    """A column's name, of which a .dbf keeps ten bytes: the last character may be cut off."""
    written = column.encode(_BYTES)
    for end in range(len(written), max(0, len(written) - 4), -1):
        with suppress(UnicodeDecodeError):
            return written[:end].decode(name)
    return written.decode(name, "backslashreplace")


def _read_text(layer: Layer, where: Path, declared: str | None) -> Rows:
    """GeoJSON, TopoJSON, KML, GML: one text, UTF-8 unless declared or stated otherwise."""
    stated = None
    is_xml = layer.format in (Format.KML, Format.GML, Format.JPGIS)
    if is_xml:
        data = layer.path.read_bytes()
        stated = _xml_encoding(data)
        _refuse_entities(data, where)
    name = encoding.codec(declared or stated or "utf-8") or "utf-8"
    with TemporaryDirectory(prefix="keniki-", ignore_cleanup_errors=True) as folder:
        path = layer.path
        if name != "utf-8":
            text = decoded(path.read_bytes(), name, where)
            path = Path(folder) / f"{layer.path.stem}{layer.format.value}"
            path.write_text(_without_prolog(text), encoding="utf-8")
        elif not is_utf8(path):
            raise not_utf8(path.read_bytes(), where)
        if is_xml:
            expat.ParserCreate().Parse(path.read_bytes(), True)
        if layer.format is Format.JPGIS:
            return examined(jpgis.read(path, str(where)))
        rows = read_all(layer, where, path)
        is_bare = layer.format is Format.TOPOJSON and rows.frame.crs is None
        return Rows(rows.frame.set_crs(4326), rows.sound) if is_bare else rows


def _read_parquet(layer: Layer, where: Path, declared: str | None) -> Rows:
    try:
        import pyarrow  # noqa: F401
    except ImportError as err:
        what = Text("GeoParquet を読むには pyarrow が必要です", "GeoParquet needs pyarrow")
        remedy = Text(
            "pip install 'keniki[parquet]' を実行するか、GeoPackage に変換してください",
            "run pip install 'keniki[parquet]', or convert it to a GeoPackage",
        )
        raise UsageError(str(where), what, remedy) from err
    return examined(gpd.read_parquet(layer.path))


_READERS = {
    Format.SHAPEFILE: _read_shapefile,
    Format.PARQUET: _read_parquet,
    **dict.fromkeys(
        (Format.GEOJSON, Format.TOPOJSON, Format.KML, Format.GML, Format.JPGIS), _read_text
    ),
}


# --- columns --------------------------------------------------------------------------------------


def columns_of(layer: Layer, where: Path) -> tuple[str, ...]:
    """The columns of a layer, without its rows where that can be."""
    if layer.format in (Format.JPGIS, Format.PARQUET):
        rows = read_rows(layer, where, None, lambda finding: None)
        return tuple(map(str, rows.frame.columns.drop("geometry")))
    with _faults(where, []):
        return column_names(layer, where)


def _refuse_doubles(rows: gpd.GeoDataFrame, where: Path) -> None:
    """Stop at two columns of one name: nobody can say which is meant."""
    twice = rows.columns[rows.columns.duplicated()]
    if len(twice):
        what = Text(f"列「{twice[0]}」が2つあります", f"there are two columns “{twice[0]}”")
        remedy = Text("片方の名前を変えてください", "rename one of them")
        raise DataError(str(where), what, remedy)


# --- XML -----------------------------------------------------------------------------------------

_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")


def _xml_encoding(data: bytes) -> str | None:
    found = re.match(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)""", data[:200])
    return found.group(1).decode("ascii") if found else None


def _without_prolog(text: str) -> str:
    return _PROLOG.sub("", text, count=1)


def _refuse_entities(data: bytes, where: Path) -> None:
    """Stop at declarations of entities: boundary data have none, attacks do."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        what = Text("XML の中に DOCTYPE の宣言があります", "the XML declares a document type")
        remedy = Text("宣言を消してください", "remove the declaration")
        raise DataError(str(where), what, remedy)


def assumes_degrees(layer: Layer, rows: gpd.GeoDataFrame) -> bool:
    """Whether a file names no CRS, but its format makes degrees of that: GeoJSON and TopoJSON."""
    if layer.format is Format.TOPOJSON:
        return True
    if layer.format is not Format.GEOJSON or rows.crs is None or not rows.crs.is_geographic:
        return False
    with (
        layer.path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        return re.search(rb'"crs"\s*:\s*\{', data) is None
