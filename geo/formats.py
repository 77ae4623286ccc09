"""What kind of boundary file this is, and which layer of it is meant.

Told by what a file begins with, never by its name alone: only the formats named here are ever
handed to a driver, because others (virtual files, web services) would reach beyond the file.
Zip files are looked into; of the same data in several formats the best is taken.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zipfile import ZipFile

from . import archives
from .archives import Member
from .errors import DataError, UsageError, did_you_mean
from .words import Text


class Format(Enum):
    """The formats of boundaries, the best first: which carry their encoding and CRS with them."""

    GEOPACKAGE = ".gpkg"
    FLATGEOBUF = ".fgb"
    GEOJSON = ".geojson"
    SHAPEFILE = ".shp"
    PARQUET = ".parquet"
    TOPOJSON = ".topojson"
    KML = ".kml"
    GML = ".gml"
    JPGIS = ".xml"
    ZIP = ".zip"


class Layer(NamedTuple):
    """One layer on disk. `inside` is its name in the file, None where the file is one layer."""

    path: Path
    format: Format
    inside: str | None


@dataclass(frozen=True)
class Dataset:
    """Boundary data in an archive: `name` as a plan calls it, and the files that belong to it."""

    name: str
    format: Format
    main: Member
    parts: tuple[Member, ...]


TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".dbf")
_HEAD = 2**16
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")

_STARTS = {
    b"PK\x03\x04": Format.ZIP,
    b"PK\x05\x06": Format.ZIP,
    b"SQLite format 3\0": Format.GEOPACKAGE,
    b"fgb\x03": Format.FLATGEOBUF,
    b"PAR1": Format.PARQUET,
    b"\x00\x00\x27\x0a": Format.SHAPEFILE,
}


def sniffed(head: bytes) -> Format | None:
    """The format of a file that begins with `head`; None if it is none of ours.

    >>> sniffed(b'{"type": "Topology", "arcs": []}')
    <Format.TOPOJSON: '.topojson'>
    >>> sniffed(b"<OGRVRTDataSource><SrcDataSource>http://")
    """
    for start, its in _STARTS.items():
        if head.startswith(start):
            return its
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        is_topology = re.search(rb'"type"\s*:\s*"Topology"', text)
        return Format.TOPOJSON if is_topology else Format.GEOJSON
    if text.startswith(b"<"):
        root = re.search(rb"<(?:[\w.-]+:)?([A-Za-z]\w*)[\s>]", text)
        name = root.group(1) if root else b""
        if name == b"kml":
            return Format.KML
        if name == b"Dataset" and b"/ksj/schemas" in text:
            return Format.JPGIS
        if name == b"FeatureCollection" and b"opengis.net/gml" in text:
            return Format.GML
    return None


@contextmanager
def opened(path: Path, asked: str | None) -> Iterator[Layer]:
    """The layer of the file at `path` that is called `asked`; its only one if None.

    What has to be unpacked stands in a folder that is gone afterwards; `path` is only read.

    Raises
    ------
    UsageError
        If there is no such file or layer, or several and none is asked for.
    DataError
        If it is not a boundary file, or an archive that cannot be trusted.
    """
    if not path.is_file():
        what = Text("ファイルがありません", "there is no such file")
        raise UsageError(str(path), what, Text("道筋を確かめてください", "check the path"))
    _refuse_unspeakable(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    form = sniffed(head)
    if form is None:
        raise _no_polygons(path) if path.suffix.lower() in TABLES else unknown(path, head)
    with TemporaryDirectory(prefix="keniki-", ignore_cleanup_errors=True) as folder:
        if form is Format.ZIP:
            yield _in_zip(path, asked, Path(folder))
        else:
            yield Layer(_placed(path, form, Path(folder)), form, asked)


def _refuse_unspeakable(path: Path) -> None:
    """Stop at a name whose bytes are no text here: no driver could be told of it."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as err:
        said = str(path).encode("utf-8", "backslashreplace").decode()
        what = Text("名前が文字として読めません", "its name cannot be read as text")
        remedy = Text("ファイルの名前を変えてください", "rename the file")
        raise UsageError(said, what, remedy) from err


def _placed(path: Path, form: Format, folder: Path) -> Path:
    """`path`, or a copy of it where a driver goes by the name or writes beside the file."""
    right = path.suffix.lower() == form.value
    if form is Format.SHAPEFILE or (right and form not in (Format.GML, Format.KML)):
        return path
    if form in (Format.GEOJSON, Format.TOPOJSON, Format.JPGIS, Format.PARQUET):
        return path
    return Path(shutil.copyfile(path, folder / f"{path.stem}{form.value}"))


def _in_zip(path: Path, asked: str | None, folder: Path) -> Layer:
    with archives.opened(path) as archive:
        found = _datasets(archives.members(archive, str(path)), archive)
        if not found:
            raise _nothing_inside(path, [name for name in archive.namelist() if name[-1:] != "/"])
        names = [dataset.name for dataset in found]
        name, _, rest = (asked or "").partition("/")
        if len(found) == 1 and asked not in names:
            dataset, inside = found[0], asked
        elif asked in names:
            dataset, inside = found[names.index(asked)], None
        elif name in names and rest:
            dataset, inside = found[names.index(name)], rest
        else:
            raise choose(path, asked, names)
        for part in dataset.parts:
            suffix = dataset.format.value if part == dataset.main else part.suffix
            archives.unpack(archive, part, folder / f"layer{suffix}")
    return Layer(folder / f"layer{dataset.format.value}", dataset.format, inside)


def _datasets(members: list[Member], archive: ZipFile) -> list[Dataset]:
    """The boundary data in an archive, each once and in its best format."""
    best: dict[tuple[str, str], tuple[Format, Member]] = {}
    for member in members:
        form = _format_of(member, archive)
        if form and (member.key not in best or _rank(form) < _rank(best[member.key][0])):
            best[member.key] = (form, member)
    stems = [key[1] for key in best]
    found = []
    for key, (form, main) in best.items():
        once = stems.count(key[1]) == 1
        name = main.path.stem if once else str(main.path.with_suffix(""))
        parts = [m for m in members if m.key == key and m.suffix in _PARTS]
        mine = tuple(parts) if form is Format.SHAPEFILE else (main,)
        found.append(Dataset(name, form, main, mine))
    return sorted(found, key=lambda dataset: dataset.name)


def _format_of(member: Member, archive: ZipFile) -> Format | None:
    known = {form.value for form in Format} - {Format.ZIP.value} | {".json"}
    if member.suffix not in known:
        return None
    form = sniffed(archives.head(archive, member, _HEAD))
    # A Shapefile that does not begin like one is still what it was meant to be: say so, below.
    return Format.SHAPEFILE if member.suffix == ".shp" else form


def _rank(form: Format) -> int:
    return list(Format).index(form)


# --- what is said --------------------------------------------------------------------------------

_GIVE = Text(
    "GeoJSON、GeoPackage、シェープファイルなどを指定してください",
    "give a GeoJSON, GeoPackage, Shapefile or the like",
)


def choose(path: Path, asked: str | None, names: list[str]) -> UsageError:
    """The error for a layer that is not there, or that has to be chosen."""
    if asked is not None:
        what = Text(f"レイヤ「{asked}」がありません", f"there is no layer “{asked}”")
        return UsageError(str(path), what, did_you_mean(asked, names))
    said = ", ".join(names)
    what = Text(f"レイヤが複数あります（{said}）", f"there are several layers ({said})")
    return UsageError(str(path), what, Text("layer で1つ選んでください", "choose one with layer"))


def unreadable(path: Path, reason: str) -> DataError:
    """The error for a file that its driver gives up on."""
    reason = " ".join(reason.replace(str(path), path.name).split())[:200] or "?"
    what = Text(f"境界ファイルとして読めません（{reason}）", f"not a boundary file ({reason})")
    return DataError(str(path), what, _GIVE)


def unknown(path: Path, head: bytes) -> DataError:
    """The error for a file of no known format, with what it begins with."""
    if not head:
        what = Text("空のファイルです", "the file is empty")
        return DataError(
            str(path), what, Text("もう一度入手してください", "get it again from its source")
        )
    start = ascii(head[:24].decode("latin-1")).strip("'")
    return unreadable(path, f"begins with {start}")


def _no_polygons(path: Path) -> DataError:
    what = Text("表であり、面（ポリゴン）がありません", "this is a table and there are no polygons")
    return DataError(
        str(path), what, Text("面のデータを指定してください", "give a file of polygons")
    )


def _nothing_inside(path: Path, names: list[str]) -> DataError:
    said = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    what = Text(f"zip の中に境界ファイルがありません（{said}）", f"no boundary file in it ({said})")
    inner = [name for name in names if name.lower().endswith((".zip", ".kmz"))]
    remedy = Text("中の zip を展開して指定してください", "unpack it and give the zip inside")
    return DataError(str(path), what, remedy if inner else _GIVE)
