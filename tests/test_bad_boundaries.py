"""Broken files: one clear error or finding each; never a traceback, never half a map.

Whatever the file, it is as it was afterwards: `read` and `refused` compare every byte beside it.
"""

from __future__ import annotations

import json
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from boundary_files import (
    geojson,
    parts_of,
    read,
    refused,
    shapefile,
    square,
    table,
    towns,
    written,
    zipped,
)
from conftest import CRS
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geo import archives
from geo.boundaries import read_zones
from geo.errors import DataError, KenikiError, UsageError
from geo.findings import Kind
from geo.plan import Boundary
from geo.records import Look, look, saw

DEGREES = "EPSG:6668"
RING = [[140.0, 35.6], [140.1, 35.6], [140.1, 35.7], [140.0, 35.7], [140.0, 35.6]]


# --- archives that cannot be trusted --------------------------------------------------------------


def an_archive(tmp_path: Path, prefix: str = "") -> Path:
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    return zipped(tmp_path / "a.zip", parts_of(shp, f"{prefix}towns"))


@pytest.mark.parametrize("keep", [0.05, 0.5, 0.95])
def test_a_truncated_zip(tmp_path: Path, keep: float) -> None:
    path = an_archive(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert refused(path, DataError).endswith("Download it again.")


def test_a_zip_with_a_wrong_byte(tmp_path: Path) -> None:
    path = an_archive(tmp_path)
    data = bytearray(path.read_bytes())
    data[120] ^= 0xFF
    path.write_bytes(data)
    assert "the zip file is damaged" in refused(path, DataError)


@pytest.mark.parametrize(
    "name", ["../a.shp", "x/../../a.shp", "/etc/a.shp", "C:/a.shp", "..\\a.shp"]
)
def test_a_zip_that_leads_out_of_itself(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    path = zipped(folder / "a.zip", {name: b"\x00\x00\x27\x0a" + bytes(96)})
    assert "a name that leads out of it" in refused(path, DataError)
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["a.zip", "deep", "er"]


def test_a_zip_with_a_link(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("towns.geojson")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "a name that leads out of it" in refused(path, DataError)


def test_a_zip_bomb(tmp_path: Path) -> None:
    """128 MB of nothing in 125 kB: refused before any of it is unpacked."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("towns.geojson", bytes(128 * 2**20))
    said = refused(path, DataError)
    assert "a file packed beyond belief (towns.geojson: 134,217,728 bytes" in said
    assert "> 200:1)" in said


def test_a_zip_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = an_archive(tmp_path)
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    assert "contents that are too large (" in refused(path, DataError)
    assert "> 1,000 bytes)" in refused(path, DataError)
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    assert "too many files" in refused(path, DataError)


def test_a_zip_that_understates_its_contents(tmp_path: Path) -> None:
    """The headers say ten bytes; what is in it is not believed to be more."""
    path = zipped(tmp_path / "a.zip", {"a.geojson": json.dumps({"type": "x" * 5000}).encode()})
    data = path.read_bytes()
    size = struct.pack("<I", 5012)
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, struct.pack("<I", 10)))
    refused(path, DataError)


def test_a_locked_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.geojson": b"{}"})
    data = bytearray(path.read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(start) + flags] |= 1
    path.write_bytes(data)
    assert "it is locked by a password (a.geojson)" in refused(path, DataError)


# --- Shapefiles that are not whole ----------------------------------------------------------------


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_part_is_missing(tmp_path: Path, part: str) -> None:
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    shp.with_suffix(part).unlink()
    assert refused(shp, DataError).startswith(f"there is no {part} file beside it. Keep .shp")
    path = zipped(tmp_path / "a.zip", parts_of(shp, "towns"))
    assert f"there is no {part} file beside it" in refused(path, DataError)


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_part_is_cut_off(tmp_path: Path, part: str) -> None:
    """GDAL takes a cut .shp for towns without shapes, and says nothing."""
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    cut = shp.with_suffix(part)
    cut.write_bytes(cut.read_bytes()[:-30])
    assert f"the {part} file is cut off" in refused(shp, DataError)


def test_a_header_that_claims_a_gigabyte(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    data = bytearray(shp.read_bytes())
    data[24:28] = struct.pack(">i", 2**29)
    shp.write_bytes(data)
    assert "the .shp file is cut off" in refused(shp, DataError)
    assert "bytes of 1,073,741,824)" in refused(shp, DataError)


def test_a_table_that_claims_a_billion_rows(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    rows = towns().drop(columns="geometry")
    table(shp.with_suffix(".dbf"), rows, "cp932", claims=10**9)
    assert "the .dbf file is cut off" in refused(shp, DataError)
    table(shp.with_suffix(".dbf"), rows[:3], "cp932")
    assert "it has 4 shapes but 3 rows in its .dbf" in refused(shp, DataError)


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    rows = pd.DataFrame([[b"1", b"a", b"b"]] * 4, columns=["id", "name", "other"])
    table(shp.with_suffix(".dbf"), rows.set_axis(["id", "name", "name"], axis=1), "cp932")
    assert refused(shp, DataError) == "there are two columns “name”. Rename one of them."


def test_a_table_of_nothing(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    for part in (".shp", ".shx", ".dbf"):
        shp.with_suffix(part).write_bytes(shp.with_suffix(part).read_bytes()[:20])
    assert "is cut off" in refused(shp, DataError)


# --- other files that are not whole ---------------------------------------------------------------


def many(crs: str = DEGREES) -> gpd.GeoDataFrame:
    return towns(crs, [f"町{i}" for i in range(500)])


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb", ".kml", ".gml"])
@pytest.mark.parametrize("keep", [0.02, 0.3, 0.7, 0.98])
def test_a_file_cut_off(tmp_path: Path, suffix: str, keep: float) -> None:
    """A GML cut off is, to GDAL, a file of no rows; a FlatGeobuf one of fewer."""
    path = written(tmp_path / f"a{suffix}", many())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    said = refused(path, DataError)
    assert "not a boundary file" in said or "only 0 of its 500 rows can be read" in said


def test_a_damaged_file_does_not_end_the_process(tmp_path: Path) -> None:
    """Fiona 1.10 ends the process at words of GDAL that are not UTF-8; it is kept apart."""
    path = written(tmp_path / "a.gpkg", towns(DEGREES), layer="a")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"gpkg_tile_matrix_set", b"gpkg_tile_\xff\xfftrix_set", 1))
    assert "not a boundary file" in refused(path, DataError)
    assert look(path, "a") is None


def test_fiona_looks_record_by_record(tmp_path: Path) -> None:
    path = written(tmp_path / "a.fgb", many())
    assert saw(path, "a") == look(path, "a") == Look(("id", "name"), 500)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.7)])
    seen = saw(path, "a")
    assert 0 < seen.whole < 500
    assert f"records before it breaks: {seen.whole}" in refused(path, DataError)
    none = towns(DEGREES)
    none.loc[2, "geometry"] = None
    assert saw(written(tmp_path / "b.gpkg", none), "b").whole == 2


def test_a_flatgeobuf_that_claims_a_gigabyte(tmp_path: Path) -> None:
    path = written(tmp_path / "a.fgb", many())
    data = bytearray(path.read_bytes())
    data[8:12] = struct.pack("<I", 2**30)
    path.write_bytes(data)
    assert "not a boundary file" in refused(path, DataError)


def test_an_empty_layer(tmp_path: Path) -> None:
    for suffix in (".gpkg", ".geojson", ".fgb"):
        path = written(tmp_path / f"a{suffix}", towns(DEGREES)[:0])
        assert "there are no polygons" in refused(path, DataError)


# --- coordinates ----------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_no_numbers(tmp_path: Path, wrong: float) -> None:
    shape = shapely.transform(
        square(0), lambda p: np.where((p == [1000, 1000]).all(axis=1)[:, None], [wrong, 0], p)
    )
    rows = gpd.GeoDataFrame({"id": ["A", "B"]}, geometry=[square(2000), shape], crs="EPSG:6677")
    said = refused(written(tmp_path / "a.gpkg", rows), DataError)
    assert said == (
        f"a coordinate is no number in 1 rows (first in B: {wrong}, 0.0). "
        "Mend these shapes in the source."
    )


@pytest.mark.parametrize("word", ["NaN", "1e999", '"x"', "null"])
def test_coordinates_that_are_no_json(tmp_path: Path, word: str) -> None:
    path = geojson(tmp_path / "a.geojson", [RING])
    path.write_text(path.read_text(encoding="utf-8").replace("140.1", word), encoding="utf-8")
    refused(path, DataError)


def test_coordinates_beyond_all_bounds(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [[[x * 1e300, y] for x, y in RING]])
    refused(path, DataError)
    refused(path, DataError, crs="EPSG:6677")


# --- rings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coordinates", "share"),
    [
        ([[[140, 35.6], [140.1, 35.7], [140.1, 35.6], [140, 35.7], [140, 35.6]]], 0.5),
        ([[*RING[:-1], [140.0, 35.65], [140.05, 35.65], [140.0, 35.65], RING[0]]], 1.0),
    ],
    ids=["bow tie", "a spike inwards"],
)
def test_a_ring_that_crosses_itself(tmp_path: Path, coordinates: Any, share: float) -> None:
    whole = read(geojson(tmp_path / "whole.geojson", [RING]))[0].zones.area.iloc[0]
    file, findings = read(geojson(tmp_path / "a.geojson", coordinates))
    assert file.zones.is_valid.all()
    assert file.zones.area.iloc[0] / whole == pytest.approx(share, abs=0.001)
    assert [f.kind for f in findings] == [Kind.INVALID_RING]


def test_rings_that_enclose_nothing(tmp_path: Path) -> None:
    """Two points are no ring. Beside a sound part of a zone they are mended away, and said."""
    for ring in (RING[:2], RING[:1], [RING[0], RING[1], RING[0]], []):
        assert "there are no polygons" in refused(
            geojson(tmp_path / "a.geojson", [ring]), DataError
        )
    path = geojson(tmp_path / "b.geojson", [[RING], [RING[:2]]], kind="MultiPolygon")
    file, findings = read(path)
    assert shapely.get_num_geometries(file.zones.geometry.iloc[0]) == 1
    assert Kind.INVALID_RING in {f.kind for f in findings}


def test_an_open_ring_is_closed_and_said(tmp_path: Path) -> None:
    file, findings = read(geojson(tmp_path / "a.geojson", [RING[:-1]]))
    whole = read(geojson(tmp_path / "whole.geojson", [RING]))[0]
    assert file.zones.area.tolist() == whole.zones.area.tolist()
    assert [(f.kind, f.where) for f in findings] == [(Kind.READ_WITH_DOUBT, "a.geojson")]
    assert findings[0].what.en == "noticed on reading: Non closed ring detected"


def test_a_row_without_a_shape_beside_sound_ones(tmp_path: Path) -> None:
    rows = towns(DEGREES)
    rows.loc[1, "geometry"] = None
    file, findings = read(written(tmp_path / "a.gpkg", rows))
    assert list(file.zones.index) == ["1", "3", "4"]
    assert [(f.kind, f.place) for f in findings] == [(Kind.ROW_WITHOUT_ZONE, ("2",))]


# --- plain wrong use ------------------------------------------------------------------------------


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path, UsageError)
    assert "there is no such file" in refused(tmp_path / "a.shp", UsageError)


def test_a_property_called_geometry(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [RING])
    data = json.loads(path.read_text(encoding="utf-8"))
    data["features"][0]["properties"]["geometry"] = "a square"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert len(read(path)[0].zones) == 1


def test_a_deeply_nested_json(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": ' + "[" * 10**5, encoding="utf-8")
    refused(path, DataError)


# --- anything at all ------------------------------------------------------------------------------

MAKERS: dict[str, Callable[[Path], Path]] = {
    "geojson": lambda folder: written(folder / "a.geojson", towns(DEGREES)),
    "fgb": lambda folder: written(folder / "a.fgb", towns(DEGREES)),
    "gpkg": lambda folder: written(folder / "a.gpkg", towns(DEGREES)),
    "kml": lambda folder: written(folder / "a.kml", towns("EPSG:4326")),
    "gml": lambda folder: written(folder / "a.gml", towns(DEGREES)),
    "shp": lambda folder: shapefile(folder / "a.shp", towns(DEGREES), "cp932"),
    "zip": an_archive,
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in MAKERS.items()}


def survives(path: Path) -> None:
    """Either whole zones come out or one of our errors does; nothing else."""
    try:
        file, _ = read(path)
    except KenikiError as error:
        lines = [error.line("ja"), error.line("en")]
        file = None
    if file is None:
        assert all(lines)
    else:
        assert file.zones.is_valid.all()
        assert file.zones.index.is_unique
        assert np.isfinite(file.zones.area).all()


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(MAKERS)),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=6)), max_size=4),
    keep=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_a_file_changed_anywhere(
    sound: dict[str, Path],
    tmp_path: Path,
    name: str,
    changes: list[tuple[float, bytes]],
    keep: float,
) -> None:
    for part in sound[name].parent.iterdir():
        (tmp_path / part.name).write_bytes(part.read_bytes())
    path = tmp_path / sound[name].name
    data = bytearray(path.read_bytes())
    for place, new in changes:
        start = int(place * len(data))
        data[start : start + len(new)] = new
    path.write_bytes(data[: int(len(data) * keep)])
    survives(path)
    for part in tmp_path.iterdir():
        part.unlink()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    start=st.sampled_from(
        [
            b"",
            b"fgb\x03fgb\x00",
            b"SQLite format 3\0",
            b"PK\x03\x04",
            b"{",
            b"<",
            b"\x00\x00\x27\x0a",
            b'{"type":"Topology",',
            b"<kml ",
            b"PAR1",
        ]
    ),
    rest=st.binary(max_size=300),
    suffix=st.sampled_from([".shp", ".geojson", ".zip", ".gpkg", ".xml", ".dat"]),
)
@example(start=b"", rest=b"", suffix=".shp")
def test_any_bytes(tmp_path: Path, start: bytes, rest: bytes, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(start + rest)
    survives(path)
    path.unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="names of files are no bytes there")
def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / b"\x96\x8b\x92\xa3.geojson".decode("utf-8", "surrogateescape")
    path.write_bytes(geojson(tmp_path / "a.geojson", [RING]).read_bytes())
    with pytest.raises(UsageError, match="its name cannot be read as text") as caught:
        read_zones(path, Boundary(file="a", id="id"), CRS, [].append)
    assert str(caught.value).isprintable()
