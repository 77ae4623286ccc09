"""By Arrow or without: the same rows, the same findings, the same refusals."""

from __future__ import annotations

import json
import sqlite3
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from boundary_files import NAMES, read, refused, shapefile, square, towns, written
from pandas.testing import assert_frame_equal

from geo import bulk
from geo.boundaries import ZoneFile
from geo.errors import DataError, UsageError
from geo.findings import Finding, Kind
from geo.rows import are_sound

DEGREES = "EPSG:6668"

USUAL: dict[str, Callable[[Path], Path]] = {
    "gpkg": lambda folder: written(folder / "a.gpkg", some()),
    "fgb": lambda folder: written(folder / "a.fgb", some().dropna()),
    "shp": lambda folder: written(folder / "a.shp", some()),
    "shp in CP932": lambda folder: shapefile(folder / "a.shp", towns(DEGREES), "cp932"),
}


def some(**columns: Any) -> gpd.GeoDataFrame:
    """The four towns with columns of all the usual kinds; a bow tie among them."""
    rows = towns(DEGREES, people=[1, 2, 3, 4], share=[0.5, None, 1, 0], note=["x", None, "", "町"])
    west, south, east, north = rows.geometry[1].bounds
    crossing = [(west, south), (east, north), (east, south), (west, north)]
    rows.loc[1, "geometry"] = shapely.Polygon(crossing)
    return rows.assign(**columns)


@pytest.fixture
def by_arrow(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Batches of three rows, read by Arrow."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(bulk, "AT_A_TIME", 3)
    return monkeypatch


def without_arrow(path: Path, **boundary: str) -> tuple[ZoneFile, list[Finding]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "_BY_ARROW", ())
        return read(path, **boundary)


def same_both_ways(path: Path, **boundary: str) -> list[Finding]:
    """What is found in a file, which is the same by Arrow and without."""
    file, findings = read(path, **boundary)
    plain, others = without_arrow(path, **boundary)
    assert_frame_equal(file.zones, plain.zones)
    assert_frame_equal(file.attributes, plain.attributes)
    assert findings == others
    return findings


# --- the usual comes by Arrow ---------------------------------------------------------------------


@pytest.mark.parametrize("name", USUAL)
def test_the_usual_comes_by_arrow(tmp_path: Path, by_arrow: pytest.MonkeyPatch, name: str) -> None:
    path = USUAL[name](tmp_path)
    same_both_ways(path, name="name")
    by_arrow.delattr(bulk, "_plainly")
    file, _ = read(path, name="name")
    assert set(file.zones["name"]) <= set(NAMES)


@pytest.mark.parametrize(
    "columns",
    [
        {"date": pd.to_datetime(["2020-01-02", None, "2020-01-04", "2020-01-05"])},
        {"is": [True, False, True, False]},
        {"empty": [None] * 4},
        {"geometry": [square(0), None, square(2000), square(3000)]},
        {"geometry": [square(0), shapely.LineString([(0, 0), (1, 1)]), square(2000), square(9000)]},
        {"geometry": [shapely.force_3d(square(i * 1000), 5) for i in range(4)]},
    ],
    ids=["dates", "yes or no", "nothing", "no shape", "a line", "heights"],
)
@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".shp"])
@pytest.mark.usefixtures("by_arrow")
def test_the_unusual(tmp_path: Path, suffix: str, columns: dict[str, Any]) -> None:
    rows = gpd.GeoDataFrame(towns().assign(**columns), crs=towns().crs)
    if suffix == ".shp" and "date" in columns:
        rows["date"] = rows["date"].dt.date
    if suffix != ".gpkg" and rows.geom_type.nunique(dropna=False) > 1:
        pytest.skip("this format takes no such shapes")
    same_both_ways(written(tmp_path / f"a{suffix}", rows), name="name")


# --- what GDAL would not notice by Arrow ----------------------------------------------------------


@pytest.mark.usefixtures("by_arrow")
def test_a_field_that_is_set_twice(tmp_path: Path) -> None:
    """The name of the first town is called an id: by Arrow it would become its id."""
    path = written(tmp_path / "a.fgb", towns(DEGREES), SPATIAL_INDEX="NO")
    name = struct.pack("<I", len(NAMES[0].encode())) + NAMES[0].encode()
    data = path.read_bytes()
    assert data.count(b"\1\0" + name) == 1
    path.write_bytes(data.replace(b"\1\0" + name, b"\0\0" + name))
    assert "not a boundary file" in refused(path, DataError)


@pytest.mark.usefixtures("by_arrow")
def test_rows_out_of_order(tmp_path: Path) -> None:
    """The second row is numbered 0. Arrow looks for rows by number, and takes 3 and 4 twice."""
    path = written(tmp_path / "a.gpkg", towns())
    data = bytearray(path.read_bytes())
    start = [i for i in range(len(data)) if data[i : i + 3] == b"GP\0"]
    number = next(i - 7 for i in start if data[i - 7] == 2)
    data[number] = 0
    path.write_bytes(data)
    assert same_both_ways(path, name="name") == []
    assert len(read(path)[0].zones) == 4


@pytest.mark.usefixtures("by_arrow")
def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", towns())
    data = path.read_bytes()
    path.write_bytes(data.replace("幕張町".encode(), "幕張".encode("cp932") + b"     "))
    assert "not a boundary file ('utf-8' codec can't decode" in refused(path, DataError)


@pytest.mark.usefixtures("by_arrow")
def test_a_murmur_is_heard_whatever_the_threads_do(tmp_path: Path) -> None:
    path = written(tmp_path / "a.shp", towns(names=[f"町{i}" for i in range(60)]))
    data = bytearray(path.read_bytes())
    data[-16:-8] = struct.pack("<d", 60_123.0)  # the last ring does not end where it starts
    path.write_bytes(data)
    before = list(warnings.filters)
    for _ in range(20):
        assert Kind.READ_WITH_DOUBT in {finding.kind for finding in read(path)[1]}
    assert warnings.filters == before


@pytest.mark.parametrize("way", [read, without_arrow])
def test_a_geopackage_that_says_it_has_fewer_rows(tmp_path: Path, way: Any) -> None:
    """Other programs forget to correct the number: no row is left out for that."""
    path = written(tmp_path / "a.gpkg", towns())
    base = sqlite3.connect(path)
    base.execute("UPDATE gpkg_ogr_contents SET feature_count = 2")
    base.commit()
    base.close()
    assert len(way(path)[0].zones) == 4


# --- layers and values ----------------------------------------------------------------------------


def test_a_geojson_of_several_layers(tmp_path: Path) -> None:
    """JSON-FG may have them; which one is meant has to be said."""
    feature = {"type": "Feature", "geometry": json.loads(shapely.to_geojson(square(140, 35, 1)))}
    features = [feature | {"featureType": kind, "properties": {"id": kind}} for kind in ("a", "b")]
    conforms = ["http://www.opengis.net/spec/json-fg-1/0.2/conf/core"]
    data = {"type": "FeatureCollection", "conformsTo": conforms, "features": features}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert "there are several layers (a, b)" in refused(path, UsageError)
    assert list(read(path, layer="b")[0].zones.index) == ["b"]


def test_values_that_are_lists_and_objects(tmp_path: Path) -> None:
    path = written(tmp_path / "a.geojson", towns(DEGREES))
    data = json.loads(path.read_bytes())
    for feature in data["features"]:
        feature["properties"] |= {"of": {"ward": "緑区"}, "also": ["西", "東"], "none": None}
    path.write_text(json.dumps(data), encoding="utf-8")
    file, findings = read(path)
    assert file.attributes["of"].tolist() == [{"ward": "緑区"}] * 4
    assert findings == []


def test_what_is_sound() -> None:
    """A coordinate that is no number, wherever it stands, is not sound."""
    shapes = [square(0), shapely.MultiPolygon([square(0), square(2000)])]
    assert are_sound(np.array(shapes, dtype=object)).tolist() == [True, True]
    ring = np.array(square(0).exterior.coords)
    for wrong in (np.nan, np.inf):
        ring[2] = wrong
        with np.errstate(invalid="ignore"):
            odd = shapely.Polygon(ring)
        whole = np.array(square(-500, -500, 5000).exterior.coords)
        for shape in (
            odd,
            shapely.Polygon(whole, [odd.exterior]),
            shapely.MultiPolygon([odd, square(5000)]),
        ):
            assert not are_sound(np.array([shape], dtype=object)).any()
    rest = [None, shapely.Point(0, 0), shapely.Polygon(), shapely.force_3d(square(0)),
            shapely.GeometryCollection([square(0)])]  # fmt: skip
    assert not are_sound(np.array(rest, dtype=object)).any()
