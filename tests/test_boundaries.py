"""Boundary file → zones: small files of squares, read as they stand or refused with a reason."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from conftest import CRS

from geo.boundaries import ZoneFile, read_zones
from geo.errors import DataError, KenikiError, UsageError
from geo.findings import Finding, Kind, Severity
from geo.plan import Boundary

KM2 = 1e6
BOW_TIE = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
NO_POLYGONS = {"type": "FeatureCollection", "features": []}


def square(west: float, south: float = 0, side: float = 1000) -> shapely.Polygon:
    return shapely.box(west, south, west + side, south + side)


def written(
    path: Path, shapes: list[Any], crs: str | None = CRS, layer: str | None = None, **columns: Any
) -> Path:
    """A boundary file of the kind that the suffix says, with ids 1, 2, … unless given."""
    columns = {"id": [str(i + 1) for i in range(len(shapes))]} | columns
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        frame.to_file(path, **({"layer": layer} if layer else {}))
    return path


def read(path: Path, **boundary: str) -> tuple[ZoneFile, list[Finding]]:
    """The zones in the file, described by keys of a plan's `boundary`, and what is said of them."""
    findings: list[Finding] = []
    source = Boundary.model_validate({"file": path.name, "id": "id"} | boundary)
    return read_zones(path, source, CRS, findings.append), findings


def refused(path: Path, error: type[KenikiError], **boundary: str) -> str:
    """The one line that refuses the file."""
    with pytest.raises(error) as caught:
        read(path, **boundary)
    return caught.value.line("en").removeprefix(f"{path}: ")


# --- zones and their ids --------------------------------------------------------------------------


def test_rows_that_share_an_id_are_parts_of_one_zone(tmp_path: Path) -> None:
    """B is written first, in two parts a kilometre apart::

    0   1   2   3   4 km
    ┌───┐   ┌───┬───┐
    │ B │   │ B │ A │
    └───┘   └───┴───┘
    """
    shapes = [square(0), square(3000), square(2000)]
    path = written(
        tmp_path / "a.gpkg", shapes, id=["B", "A", "B"], name=["b", "a", "b"], n=[1, 2, 3]
    )
    file, findings = read(path, name="name")
    assert list(file.zones.index) == ["B", "A"]
    assert file.zones.area.to_dict() == {"B": 2 * KM2, "A": KM2}
    assert file.zones["name"].to_dict() == {"B": "b", "A": "a"}
    assert file.zones.geometry["B"].geom_type == "MultiPolygon"
    assert list(file.attributes.index) == ["B", "A", "B"]
    assert file.attributes["n"].tolist() == [1, 2, 3]
    assert findings == []


def test_parts_that_overlap_are_counted_once(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", [square(0), square(500)], id=["A", "A"])
    file, _ = read(path)
    assert file.zones.area.to_dict() == {"A": 1.5 * KM2}


def test_a_zone_is_named_by_any_of_its_rows_or_by_its_id(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.gpkg",
        [square(0), square(1000), square(2000)],
        id=["A", "A", "B"],
        name=[None, "Alder", None],
    )
    file, _ = read(path, name="name")
    assert file.zones["name"].to_dict() == {"A": "Alder", "B": "B"}


@pytest.mark.parametrize(
    ("written_ids", "ids"),
    [
        (["01", "001"], ["01", "001"]),
        ([1, 12101], ["1", "12101"]),
        ([1.0, 12101.0], ["1", "12101"]),
        ([1.5, 2.0], ["1.5", "2.0"]),
        ([" 01", "０１ "], ["01", "０１"]),
    ],
)
def test_ids_are_text(tmp_path: Path, written_ids: list[Any], ids: list[str]) -> None:
    file, _ = read(written(tmp_path / "a.gpkg", [square(0), square(1000)], id=written_ids))
    assert list(file.zones.index) == ids


@pytest.mark.parametrize("missing", [None, "", "  "])
def test_a_missing_id_is_refused_with_its_row(tmp_path: Path, missing: str | None) -> None:
    path = written(tmp_path / "a.gpkg", [square(0), square(1000)], id=["A", missing])
    assert refused(path, DataError) == (
        "column “id” is empty in 1 rows (row 2). Fill it in or choose another."
    )


def test_a_missing_number_is_refused_too(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", [square(0), square(1000)], id=[None, 2.0])
    assert "(row 1)" in refused(path, DataError)


# --- what is not there ----------------------------------------------------------------------------


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", [square(0)], town_name=["x"])
    assert refused(path, UsageError, id="idd") == "there is no column “idd”. Did you mean “id”?"
    said = refused(path, UsageError, name="townname")
    assert said == "there is no column “townname”. Did you mean “town_name”?"


def test_layers_of_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", [square(0)], layer="wards")
    written(path, [square(0), square(1000)], layer="towns")
    assert refused(path, UsageError) == (
        "there are several layers (wards, towns). Choose one with layer."
    )
    said = refused(path, UsageError, layer="town")
    assert said == "there is no layer “town”. Did you mean “towns”?"
    assert len(read(path, layer="towns")[0].zones) == 2
    assert len(read(path, layer="wards")[0].zones) == 1


def test_not_a_boundary_file(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "nope.gpkg", UsageError)
    junk = tmp_path / "junk.geojson"
    junk.write_text("hello", encoding="utf-8")
    assert "not a boundary file" in refused(junk, DataError)
    half = written(tmp_path / "half.geojson", [square(0)])
    half.write_bytes(half.read_bytes()[:300])
    assert "not a boundary file" in refused(half, DataError)


def points(path: Path) -> Path:
    return written(path.with_suffix(".gpkg"), [shapely.Point(0, 0)])


def nothing(path: Path) -> Path:
    return written(path.with_suffix(".gpkg"), [None])


def nothing_in_geojson(path: Path) -> Path:
    return written(path.with_suffix(".geojson"), [None], crs="EPSG:4326")


def no_rows(path: Path) -> Path:
    path = path.with_suffix(".geojson")
    path.write_text(json.dumps(NO_POLYGONS), encoding="utf-8")
    return path


def a_table(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text("id,name\n1,a\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("make", [points, nothing, nothing_in_geojson, no_rows, a_table])
def test_no_polygons(tmp_path: Path, make: Any) -> None:
    assert "there are no polygons" in refused(make(tmp_path / "a"), DataError)


# --- shapes that are mended or left out, never in silence -----------------------------------------


def test_rows_without_a_polygon_are_said(tmp_path: Path) -> None:
    shapes = [square(0), None, shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)])]
    path = written(tmp_path / "a.gpkg", [*shapes, shapely.Polygon()], id=list("ABCDE"))
    file, findings = read(path)
    assert list(file.zones.index) == ["A"]
    assert list(file.attributes.index) == ["A"]
    assert file.zones.index.name == file.attributes.index.name == "zone_id"
    assert [(f.kind, f.severity, f.place) for f in findings] == [
        (Kind.ROW_WITHOUT_ZONE, Severity.WARNING, (zone,)) for zone in "BCDE"
    ]


def test_a_bow_tie_is_mended_and_said(tmp_path: Path) -> None:
    """Its two triangles are a quarter of the square each::

    ┌╲    ╱┐
    │  ╲╱  │
    │  ╱╲  │
    └╱    ╲┘
    """
    path = written(tmp_path / "a.gpkg", [BOW_TIE, square(2000)], id=["B", "S"])
    file, (only,) = read(path)
    assert file.zones.area.to_dict() == {"B": KM2 / 2, "S": KM2}
    assert file.zones.is_valid.all()
    assert (only.kind, only.severity, only.place) == (
        Kind.INVALID_RING, Severity.WARNING, ("B",),
    )  # fmt: skip
    assert only.what.en == "its ring is broken (Self-intersection[500 500])"


def test_only_the_polygons_of_a_collection_are_taken(tmp_path: Path) -> None:
    mixed = shapely.GeometryCollection([square(0), shapely.Point(5000, 5000)])
    file, _ = read(written(tmp_path / "a.gpkg", [mixed]))
    assert file.zones.geometry.iloc[0].equals(square(0))


def test_heights_are_dropped(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", [shapely.force_3d(square(0), 12.5)])
    file, findings = read(path)
    assert not file.zones.has_z.any()
    assert file.zones.area.tolist() == [KM2]
    assert findings == []


# --- where on earth -------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".shp", ".gpkg"])
def test_a_file_without_a_crs_needs_one_declared(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"a{suffix}", [square(0)], crs=None)
    assert refused(path, DataError) == (
        "the file names no CRS, or its coordinates are not the degrees it says. "
        "Declare its EPSG code as crs."
    )
    file, (only,) = read(path, crs="EPSG:6677")
    assert file.zones.area.tolist() == [KM2]
    assert (only.kind, only.severity) == (Kind.CRS_ASSUMED, Severity.NOTE)
    assert "EPSG:6677" in only.what.en


@pytest.mark.parametrize("side", [50, 1000])
def test_geojson_in_metres(tmp_path: Path, side: float) -> None:
    """RFC 7946 makes degrees of a GeoJSON that names no CRS. These cannot be: not in Japan."""
    path = written(tmp_path / "a.geojson", [square(0, side=side)], crs=None)
    assert "crs" not in json.loads(path.read_bytes())
    assert "Declare its EPSG code as crs" in refused(path, DataError)
    file, findings = read(path, crs=CRS)
    assert file.zones.area.tolist() == [side**2]
    assert [f.kind for f in findings] == [Kind.CRS_ASSUMED]


def test_geojson_in_degrees_needs_nothing_declared(tmp_path: Path) -> None:
    there = gpd.GeoSeries([square(0)], crs=CRS).to_crs(4326)
    path = written(tmp_path / "a.geojson", list(there), crs=None)
    for declared in ({}, {"crs": CRS}):
        file, findings = read(path, **declared)
        assert file.zones.area.tolist() == pytest.approx([KM2], rel=1e-6)
        assert findings == []


def test_what_a_file_says_is_not_overruled(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", [square(0)], crs="EPSG:6676")
    file, findings = read(path, crs="EPSG:6677")
    there = gpd.GeoSeries([square(0)], crs="EPSG:6676").to_crs(CRS)
    assert file.zones.geometry.iloc[0].equals_exact(there.iloc[0], 1e-6)
    assert findings == []


def test_a_crs_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", [square(0)], crs=None)
    with pytest.raises(UsageError, match="there is no CRS “EPSG:99999”"):
        read(path, crs="EPSG:99999")


@pytest.mark.parametrize(
    ("shape", "crs", "place"),
    [
        (shapely.box(0, 0, 1, 1), "EPSG:4326", "0, 0, 1, 1"),
        (shapely.box(35.6, 140.1, 35.7, 140.2), "EPSG:4326", "35.6"),
        (square(0), "EPSG:2443", "129.5"),
    ],
    ids=["gulf of guinea", "latitude first", "nagasaki"],
)
def test_a_layer_elsewhere_is_refused(
    tmp_path: Path, shape: shapely.Polygon, crs: str, place: str
) -> None:
    said = refused(written(tmp_path / "a.gpkg", [shape], crs=crs), DataError)
    assert "is outside what EPSG:6677 is made for" in said
    assert place in said


def test_the_same_zones_in_another_crs_measure_the_same(tmp_path: Path) -> None:
    shapes = gpd.GeoSeries([square(0), square(7000, 3000, 130)], crs=CRS)
    here, _ = read(written(tmp_path / "here.gpkg", list(shapes)))
    assert here.zones.area.tolist() == [KM2, 130**2]
    for code in ("EPSG:4326", "EPSG:3857", "EPSG:6668"):
        there = shapes.to_crs(code)
        file, _ = read(written(tmp_path / f"{code[5:]}.gpkg", list(there), crs=code))
        assert file.zones.crs == CRS
        assert file.zones.area.tolist() == pytest.approx([KM2, 130**2], rel=1e-6)


def test_a_zone_of_two_names_is_said_whatever_the_order(tmp_path: Path) -> None:
    shapes = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
    for names in (["西町", "東町"], ["東町", "西町"]):
        rows = gpd.GeoDataFrame({"id": ["A", "A"], "name": names}, geometry=shapes, crs="EPSG:6677")
        path = tmp_path / f"{names[0]}.gpkg"
        rows.to_file(path)
        findings: list[Finding] = []
        source = Boundary(file=path.name, id="id", name="name")
        zones = read_zones(path, source, "EPSG:6677", findings.append).zones
        assert zones["name"].to_dict() == {"A": "東町"}
        assert [finding.kind for finding in findings] == [Kind.NAMES_DIFFER]
