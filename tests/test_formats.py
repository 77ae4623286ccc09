"""Every format that boundaries come in gives the same zones; archives and layers are found."""

from __future__ import annotations

import sqlite3
import sys
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from boundary_files import (
    KM2,
    NAMES,
    parts_of,
    read,
    refused,
    shapefile,
    square,
    towns,
    written,
    zipped,
)

from geo.errors import DataError, UsageError
from geo.findings import Kind
from geo.formats import sniffed

DEGREES = "EPSG:6668"


def plain(folder: Path, suffix: str) -> Path:
    """The towns in a file of this format."""
    crs = "EPSG:4326" if suffix in (".kml", ".topojson") else DEGREES
    path = folder / f"町丁目{suffix}"
    if suffix == ".parquet":
        towns(crs).to_parquet(path)
        return path
    if suffix == ".topojson":
        return topology(path)
    if suffix == ".xml":
        return jpgis(path)
    return written(path, towns(crs))


def topology(path: Path) -> Path:
    """Two towns that share a border, as TopoJSON: the border is an arc of both."""
    path.write_text(
        """{"type": "Topology", "objects": {"towns": {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "properties": {"id": "1", "name": "幕張町"}, "arcs": [[0, 1]]},
        {"type": "Polygon", "properties": {"id": "2", "name": "髙洲"}, "arcs": [[-1, 2]]}]}},
        "arcs": [[[140.1, 35.6], [140.1, 35.7]], [[140.1, 35.7], [140.0, 35.7], [140.0, 35.6],
        [140.1, 35.6]], [[140.1, 35.6], [140.2, 35.6], [140.2, 35.7], [140.1, 35.7]]]}""",
        encoding="utf-8",
    )
    return path


JPGIS = """<?xml version="1.0" encoding="{encoding}"?>
<ksj:Dataset xmlns:ksj="http://nlftp.mlit.go.jp/ksj/schemas/ksj-app"
  xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink">
<gml:description>行政区域</gml:description>
<gml:Curve gml:id="cv1"><gml:segments><gml:LineStringSegment><gml:posList>
35.6 140.0
35.6 140.1
35.7 140.1
</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>
<gml:Curve gml:id="cv2"><gml:segments><gml:LineStringSegment><gml:posList>
35.6 140.0
35.7 140.0
35.7 140.1
</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>
<gml:OrientableCurve gml:id="_cv2" orientation="-"><gml:baseCurve xlink:href="#cv2"/>
</gml:OrientableCurve>
<gml:Curve gml:id="hole"><gml:segments><gml:LineStringSegment><gml:posList>
35.64 140.04 35.66 140.04 35.66 140.06 35.64 140.06 35.64 140.04
</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>
<gml:Surface gml:id="sf1" srsName="JGD2011 / (B, L)"><gml:patches><gml:PolygonPatch>
<gml:exterior><gml:Ring><gml:curveMember xlink:href="#cv1"/><gml:curveMember xlink:href="#_cv2"/>
</gml:Ring></gml:exterior>
<gml:interior><gml:Ring><gml:curveMember xlink:href="#hole"/></gml:Ring></gml:interior>
</gml:PolygonPatch></gml:patches></gml:Surface>
<gml:Surface gml:id="sf2" srsName="JGD2011 / (B, L)"><gml:patches><gml:PolygonPatch>
<gml:exterior><gml:LinearRing><gml:posList>
35.6 140.1 35.6 140.2 35.7 140.2 35.7 140.1 35.6 140.1
</gml:posList></gml:LinearRing></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>
<ksj:AdministrativeBoundary gml:id="gy1"><ksj:bounds xlink:href="#sf1"/>
<ksj:prefectureName>千葉県</ksj:prefectureName><ksj:subPrefectureName/>
<ksj:countyName>千葉市</ksj:countyName><ksj:cityName>中央区</ksj:cityName>
<ksj:administrativeAreaCode codeSpace="AdministrativeAreaCode.xml">12101
</ksj:administrativeAreaCode></ksj:AdministrativeBoundary>
<ksj:AdministrativeBoundary gml:id="gy2"><ksj:bounds xlink:href="#sf2"/>
<ksj:prefectureName>千葉県</ksj:prefectureName><ksj:subPrefectureName/>
<ksj:countyName>印旛郡</ksj:countyName><ksj:cityName>栄町</ksj:cityName>
<ksj:administrativeAreaCode codeSpace="AdministrativeAreaCode.xml">12329
</ksj:administrativeAreaCode></ksj:AdministrativeBoundary>
</ksj:Dataset>"""


def jpgis(path: Path, encoding: str = "UTF-8") -> Path:
    """N03 as 国土数値情報 ships it: curves, one of them backwards; surfaces, one with a hole."""
    path.write_bytes(JPGIS.format(encoding=encoding).encode(encoding))
    return path


# --- one format after the other -------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb", ".shp", ".gml", ".kml"])
def test_the_same_zones_in_every_format(tmp_path: Path, suffix: str) -> None:
    path = plain(tmp_path, suffix)
    file, findings = read(path, name="Name" if suffix == ".kml" else "name")
    assert sorted(file.zones.index) == ["1", "2", "3", "4"]
    if suffix != ".kml":  # whose Name is not the column called name
        assert file.zones["name"].sort_index().tolist() == NAMES
    assert file.zones.area.tolist() == pytest.approx([KM2] * 4, rel=1e-5)
    assert findings == []


def test_a_topology_is_in_degrees(tmp_path: Path) -> None:
    file, findings = read(plain(tmp_path, ".topojson"), name="name")
    assert file.zones["name"].to_dict() == {"1": "幕張町", "2": "髙洲"}
    west, east = file.zones.geometry
    assert west.intersection(east).length == pytest.approx(11_095, abs=10)
    assert findings == []


@pytest.mark.parametrize("encoding", ["UTF-8", "Shift_JIS", "EUC-JP"])
def test_jpgis(tmp_path: Path, encoding: str) -> None:
    """GDAL finds no shape in it. The hole is 4 % of the first; the second has no hole."""
    file, findings = read(jpgis(tmp_path / "N03.xml", encoding), id=None)
    assert file.zones["name"].to_dict() == {"12101": "千葉市中央区", "12329": "栄町"}
    holed, whole = file.zones.area
    assert holed / whole == pytest.approx(0.96, rel=1e-4)
    assert file.attributes["N03_001"].tolist() == ["千葉県", "千葉県"]
    assert findings == []


def test_jpgis_that_points_at_nothing(tmp_path: Path) -> None:
    path = jpgis(tmp_path / "N03.xml")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('gml:id="hole"', 'gml:id="gone"'), encoding="utf-8")
    assert "it points at “hole”, which is not in the file" in refused(path, DataError, id=None)


def test_jpgis_with_shapes_inside_the_features(tmp_path: Path) -> None:
    """A feature may hold its own surfaces, here two; a ring that is no ring is closed."""
    patch = (
        "<gml:Polygon><gml:exterior><gml:LinearRing>{}</gml:LinearRing></gml:exterior>"
        "</gml:Polygon>"
    )
    ring = "<gml:posList>35.6 {w} 35.6 {e} 35.7 {e} 35.7 {w} 35.6 {w}</gml:posList>"
    parts = "".join(
        f"<ksj:area>{patch.format(ring.format(w=west, e=west + 0.1))}</ksj:area>"
        for west in (140.0, 140.2)
    )
    start = JPGIS.format(encoding="UTF-8").split("<gml:description>")[0]
    body = (
        "<ksj:District gml:id='a'><ksj:school>末広中学校</ksj:school>{}</ksj:District>"
        "</ksj:Dataset>"
    )
    path = tmp_path / "a.xml"
    path.write_text(start + body.format(parts), encoding="utf-8")
    file, (only,) = read(path, id="school", crs="EPSG:6668")
    assert shapely.get_num_geometries(file.zones.geometry["末広中学校"]) == 2
    assert only.kind is Kind.CRS_ASSUMED
    for wrong in ("35.6 x", "35.6 140.0 35.7", "35.6 140.0"):
        no_ring = patch.format(f"<gml:posList>{wrong}</gml:posList>")
        path.write_text(start + body.format(f"<ksj:area>{no_ring}</ksj:area>"), encoding="utf-8")
        refused(path, DataError, id="school", crs="EPSG:6668")


def test_a_property_called_crs_names_none(tmp_path: Path) -> None:
    path = written(tmp_path / "a.geojson", towns().set_crs(None, allow_override=True))
    text = path.read_text(encoding="utf-8").replace('"name": "幕', '"crs": "?", "name": "幕')
    path.write_text(text, encoding="utf-8")
    file, (only,) = read(path, crs="EPSG:6677")
    assert file.zones.area.tolist() == [KM2] * 4
    assert only.kind is Kind.CRS_ASSUMED


def test_geoparquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    file, findings = read(plain(tmp_path, ".parquet"), name="name")
    assert file.zones["name"].tolist() == NAMES
    assert file.zones.area.tolist() == pytest.approx([KM2] * 4, rel=1e-5)
    assert findings == []


def test_geoparquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + bytes(20) + b"PAR1")
    assert "Run pip install 'keniki[parquet]'" in refused(path, UsageError)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb", ".kml", ".gml"])
def test_a_format_is_told_by_its_content(tmp_path: Path, suffix: str) -> None:
    path = plain(tmp_path, suffix)
    bare = path.rename(tmp_path / "towns.data")
    assert len(read(bare)[0].zones) == 4


@pytest.mark.parametrize(
    "head",
    [
        b"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd",
        b"<OGRWFSDataSource><URL>http://example.org/",
        b"%PDF-1.7", b"GIF89a", b"id,name\n1,a", b"<html><body>", b"",
    ],
)  # fmt: skip
def test_nothing_else_reaches_a_driver(tmp_path: Path, head: bytes) -> None:
    assert sniffed(head) is None
    path = tmp_path / "a.geojson"
    path.write_bytes(head)
    said = refused(path, DataError)
    assert "not a boundary file" in said if head else "the file is empty" in said


# --- archives -------------------------------------------------------------------------------------


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    path = zipped(tmp_path / "a.zip", parts_of(shp, "h27ka12101"))
    for layer in (None, "h27ka12101"):
        file, findings = read(path, name="name", layer=layer)
        assert file.zones["name"].tolist() == NAMES
        assert findings == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_several_shapefiles_in_a_folder_with_japanese_names(tmp_path: Path, encoding: str) -> None:
    """Whoever packed it, on whatever system: names without the UTF-8 flag are in CP932."""
    small = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    large = shapefile(tmp_path / "b.shp", towns(DEGREES, ["中央区"]), "cp932")
    files = parts_of(small, "千葉市/町丁目") | parts_of(large, "千葉市/区")
    path = zipped(tmp_path / "千葉.zip", files)
    if encoding == "cp932":
        as_packed_on_windows(path)
    assert refused(path, UsageError) == (
        "there are several layers (区, 町丁目). Choose one with layer."
    )
    assert refused(path, UsageError, layer="町丁") == (
        "there is no layer “町丁”. Did you mean “町丁目”?"
    )
    assert len(read(path, layer="町丁目")[0].zones) == 4
    assert read(path, layer="区", name="name")[0].zones["name"].tolist() == ["中央区"]


def as_packed_on_windows(path: Path) -> None:
    """The same archive with its names in CP932 and no flag that says otherwise."""
    with zipfile.ZipFile(path) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    stand_ins = {name: f"{i:0{len(name.encode('cp932'))}d}" for i, name in enumerate(files)}
    zipped(path, {stand_ins[name]: data for name, data in files.items()})
    data = path.read_bytes()
    for name, stand_in in stand_ins.items():
        data = data.replace(stand_in.encode(), name.encode("cp932"))
    path.write_bytes(data)


def test_of_one_map_in_several_formats_the_best_is_taken(tmp_path: Path) -> None:
    """As in a zip of 国土数値情報: the same as .shp, .geojson and .xml, and a description."""
    shp = shapefile(tmp_path / "a.shp", towns(DEGREES, ["シェープ"]), "cp932")
    path = zipped(
        tmp_path / "N03-20240101_12_GML.zip",
        {
            **parts_of(shp, "N03-20240101_12"),
            "N03-20240101_12.geojson": written(tmp_path / "a.geojson", towns(DEGREES, ["ジオ"])),
            "N03-20240101_12.xml": jpgis(tmp_path / "a.xml"),
            "KS-META-N03-20240101_12.xml": b"<?xml version='1.0'?><MD_Metadata/>",
            "__MACOSX/._N03-20240101_12.shp": b"\0\5\x16\7",
            "読んでください.txt": "説明".encode(),
        },
    )
    assert read(path, name="name")[0].zones["name"].tolist() == ["ジオ"]


def test_the_same_name_in_two_folders(tmp_path: Path) -> None:
    one, two = (written(tmp_path / f"{n}.geojson", towns(DEGREES, NAMES[:n])) for n in (1, 2))
    path = zipped(tmp_path / "a.zip", {"2015/町.geojson": one, "2020/町.geojson": two})
    assert "several layers (2015/町, 2020/町)" in refused(path, UsageError)
    assert len(read(path, layer="2020/町")[0].zones) == 2


def test_layers_of_a_geopackage_in_a_zip(tmp_path: Path) -> None:
    inner = written(tmp_path / "a.gpkg", towns(DEGREES), layer="towns")
    written(inner, towns(DEGREES, ["区"]), layer="wards")
    other = written(tmp_path / "b.geojson", towns(DEGREES))
    alone = zipped(tmp_path / "a.zip", {"map.gpkg": inner})
    assert len(read(alone, layer="wards")[0].zones) == 1
    both = zipped(tmp_path / "b.zip", {"map.gpkg": inner, "b.geojson": other})
    assert len(read(both, layer="map/wards")[0].zones) == 1
    assert "several layers (towns, wards)" in refused(both, UsageError, layer="map")


def test_kmz(tmp_path: Path) -> None:
    kml = written(tmp_path / "a.kml", towns("EPSG:4326"))
    path = zipped(tmp_path / "a.kmz", {"doc.kml": kml, "files/icon.png": b"\x89PNG"})
    assert len(read(path)[0].zones) == 4


def test_a_table_in_a_geopackage_is_no_layer(tmp_path: Path) -> None:
    """As QGIS leaves it: its styles stand beside the map."""
    path = written(tmp_path / "a.gpkg", towns(DEGREES), layer="towns")
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, style TEXT)")
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles')"
    )
    base.commit()
    base.close()
    assert len(read(path)[0].zones) == 4


def test_a_zip_of_nothing_or_of_zips(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"readme.txt": b"hello"})
    assert "no boundary file in it (readme.txt)" in refused(path, DataError)
    outer = zipped(tmp_path / "b.zip", {"12/a.zip": path})
    assert refused(outer, DataError) == (
        "no boundary file in it (12/a.zip). Unpack it and give the zip inside."
    )


# --- inputs stay as they are ----------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb", ".shp", ".gml", ".kml", ".xml"])
def test_inputs_are_only_read(tmp_path: Path, suffix: str) -> None:
    """GDAL likes to write beside what it reads: .gfs, .resolved.gml, -wal, .shx."""
    path = plain(tmp_path, suffix)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    read(path, id=None if suffix == ".xml" else "id")
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_geopackage_with_a_journal_is_only_read(tmp_path: Path) -> None:
    path = plain(tmp_path, ".gpkg")
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = WAL")
    base.close()
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    read(path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


# --- mixed shapes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg"])
def test_shapes_of_all_kinds(tmp_path: Path, suffix: str) -> None:
    """3-D, several parts, a collection; a point and a line are said and left out."""
    flat = square(0)
    shapes: list[Any] = [
        shapely.force_3d(flat, 5), shapely.MultiPolygon([square(2000), square(4000)]),
        shapely.GeometryCollection([square(6000), shapely.Point(0, 0)]),
        shapely.Point(1, 1), shapely.LineString([(0, 0), (9, 9)]),
    ]  # fmt: skip
    rows = gpd.GeoDataFrame({"id": list("ABCDE")}, geometry=shapes, crs="EPSG:6677")
    file, findings = read(written(tmp_path / f"a{suffix}", rows.to_crs(DEGREES)))
    assert file.zones.area.sort_index().tolist() == pytest.approx([KM2, 2 * KM2, KM2], rel=1e-5)
    assert sorted(f.place for f in findings) == [("D",), ("E",)]
