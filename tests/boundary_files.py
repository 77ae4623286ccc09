"""Small boundary files, written in every format, and what becomes of them."""

from __future__ import annotations

import json
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from conftest import CRS

from geo.boundaries import ZoneFile, read_zones
from geo.errors import KenikiError
from geo.findings import Finding
from geo.plan import Boundary

KM2 = 1e6
NAMES = ["幕張町", "髙洲", "﨑山", "土気町"]
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def square(west: float, south: float = 0, side: float = 1000) -> shapely.Polygon:
    return shapely.box(west, south, west + side, south + side)


def towns(crs: str = CRS, names: list[str] = NAMES, **columns: Any) -> gpd.GeoDataFrame:
    """One km² each, side by side in EPSG:6677, called `names`, with ids 1, 2, …; in `crs`."""
    columns = {"id": [str(i + 1) for i in range(len(names))], "name": names} | columns
    shapes = [square(i * 1000) for i in range(len(names))]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_crs(crs)


def written(path: Path, rows: gpd.GeoDataFrame, **options: Any) -> Path:
    """A file of the format that the suffix says."""
    drivers = {".kml": "LIBKML", ".topojson": "TopoJSON"}
    if path.suffix in drivers:
        options = {"driver": drivers[path.suffix]} | options
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        rows.to_file(path, **options)
    return path


def shapefile(path: Path, rows: gpd.GeoDataFrame, encoding: str, cpg: str | None = None) -> Path:
    """A Shapefile with its text in `encoding`; nothing says so unless `cpg` does."""
    written(path, rows, encoding="utf-8")
    table(path.with_suffix(".dbf"), rows.drop(columns="geometry").astype(str), encoding)
    path.with_suffix(".cpg").unlink()
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return path


def table(path: Path, rows: Any, encoding: str, mark: int = 0, claims: int | None = None) -> Path:
    """A .dbf of text columns of 40 bytes; its header `claims` so many rows."""
    width, columns = 40, list(rows.columns)
    count = len(rows) if claims is None else claims
    head = struct.pack("<4BIHH", 3, 124, 1, 1, count, 33 + 32 * len(columns), 1 + 40 * len(columns))
    out = head + bytes(17) + bytes([mark]) + bytes(2)
    for column in columns:
        name = column if isinstance(column, bytes) else column.encode(encoding)
        out += name[:10].ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    out += b"\r"
    for row in rows.itertuples(index=False):
        cells = [v if isinstance(v, bytes) else v.encode(encoding) for v in row]
        out += b" " + b"".join(cell[:width].ljust(width) for cell in cells)
    path.write_bytes(out + b"\x1a")
    return path


def zipped(path: Path, files: dict[str, Path | bytes]) -> Path:
    """A zip of `files` by the name they have in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content.read_bytes() if isinstance(content, Path) else content)
    return path


def parts_of(shp: Path, name: str) -> dict[str, Path | bytes]:
    """The parts of a Shapefile, as they are to be called in a zip."""
    there = [shp.with_suffix(suffix) for suffix in PARTS if shp.with_suffix(suffix).exists()]
    return {f"{name}{part.suffix}": part for part in there}


def geojson(path: Path, coordinates: Any, kind: str = "Polygon", **more: Any) -> Path:
    """One feature with the id 1 and these coordinates, however wrong."""
    geometry = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {"id": "1"}, "geometry": geometry}
    data = {"type": "FeatureCollection", "features": [feature]} | more
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def read(path: Path, *, plan: str = CRS, **boundary: str | None) -> tuple[ZoneFile, list[Finding]]:
    """The zones in the file, described by keys of a plan's `boundary`, and what is said of them.

    Whatever comes of it, every file in the folder is as it was, and there is none more.
    """
    findings: list[Finding] = []
    described = {"file": path.name, "id": "id"} | boundary
    before = contents(path.parent)
    try:
        return read_zones(path, Boundary.model_validate(described), plan, findings.append), findings
    finally:
        assert contents(path.parent) == before


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def refused(
    path: Path, error: type[KenikiError], *, plan: str = CRS, **boundary: str | None
) -> str:
    """The one line that refuses the file, in English; it has one in Japanese too."""
    with pytest.raises(error) as caught:
        read(path, plan=plan, **boundary)
    for language in ("ja", "en"):
        assert "\n" not in caught.value.line(language)
    assert caught.value.what.ja != caught.value.what.en
    return caught.value.line("en").removeprefix(f"{path}: ")
