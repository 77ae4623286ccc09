"""Where on earth: the datum that is 400 m away, degrees for metres, latitude first, other zones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pyproj
import pytest
import shapely
from boundary_files import KM2, geojson, read, refused, shapefile, square, towns, written
from conftest import CRS

from geo.crs import Box, covers, in_degrees, known_crs, metric_crs, way, zones_at
from geo.errors import DataError, UsageError
from geo.findings import Kind, Severity

#: The origin of the Japanese geodetic datum (日本経緯度原点): longitude, latitude as laid down in
#: 1918 (Tokyo Datum), 2002 (JGD2000) and 2011 (JGD2011).
OF_1918 = (139 + 44 / 60 + 40.5020 / 3600, 35 + 39 / 60 + 17.5148 / 3600)
OF_2002 = (139 + 44 / 60 + 28.8759 / 3600, 35 + 39 / 60 + 29.1572 / 3600)
OF_2011 = (139 + 44 / 60 + 28.8869 / 3600, 35 + 39 / 60 + 29.1572 / 3600)


def around(point: tuple[float, float], crs: str, half: float = 0.001) -> gpd.GeoDataFrame:
    x, y = point
    box = shapely.box(x - half, y - half, x + half, y + half)
    return gpd.GeoDataFrame({"id": ["1"]}, geometry=[box], crs=crs)


def middle(path: Path, **boundary: str) -> shapely.Point:
    return read(path, **boundary)[0].zones.geometry.iloc[0].centroid


def off(path: Path, **boundary: str) -> float:
    """How far (m) the middle of the only zone is from the origin as laid down in 2011."""
    to_metres = pyproj.Transformer.from_crs("EPSG:6668", CRS, always_xy=True)
    return middle(path, **boundary).distance(shapely.Point(to_metres.transform(*OF_2011)))


# --- datums ---------------------------------------------------------------------------------------


def test_tokyo_datum(tmp_path: Path) -> None:
    """Taken for JGD2011 it would be 463 m away; the known shift leaves one metre here."""
    path = written(tmp_path / "a.gpkg", around(OF_1918, "EPSG:4301"))
    assert off(path) < 1.5
    unshifted = written(tmp_path / "b.gpkg", around(OF_1918, "EPSG:6668"))
    assert off(unshifted) == pytest.approx(463, abs=2)


def test_tokyo_datum_is_said_with_its_metres(tmp_path: Path) -> None:
    _, (only,) = read(written(tmp_path / "a.gpkg", around(OF_1918, "EPSG:4301")))
    grids = pyproj.transformer.TransformerGroup("EPSG:4301", "EPSG:4612").unavailable_operations
    if not grids:
        pytest.skip("the grid of Tokyo Datum is installed here")
    assert (only.kind, only.severity, only.amount, only.unit) == (
        Kind.CRS_ROUGH, Severity.WARNING, 10.0, "m",
    )  # fmt: skip
    assert only.what.en == (
        "transformed from EPSG:4301 to EPSG:6677; borders may be off by about 10 m "
        "(the grid tky2jgd.gsb, touhokutaiheiyouoki2011.gsb is not installed)"
    )


def test_a_zone_on_tokyo_datum(tmp_path: Path) -> None:
    """EPSG:30169 is zone IX as it was until 2002."""
    rows = around(OF_1918, "EPSG:4301").to_crs("EPSG:30169")
    assert off(written(tmp_path / "a.gpkg", rows)) < 1.5


@pytest.mark.parametrize(
    ("point", "crs"), [(OF_2011, "EPSG:6668"), (OF_2002, "EPSG:4612"), (OF_2011, "EPSG:4326")]
)
def test_world_geodetic_datums(tmp_path: Path, point: tuple[float, float], crs: str) -> None:
    """From JGD2000 the place moved by a third of a metre in 2011, which no grid here knows."""
    path = written(tmp_path / "a.gpkg", around(point, crs))
    assert off(path) < 0.5
    assert read(path)[1] == []


@pytest.mark.parametrize("crs", ["EPSG:2451", "EPSG:6677", "EPSG:6676", "EPSG:6691", "EPSG:3857"])
def test_projected_crs(tmp_path: Path, crs: str) -> None:
    file, findings = read(written(tmp_path / "a.gpkg", towns(crs)))
    assert file.zones.area.tolist() == pytest.approx([KM2] * 4, rel=1e-4)
    assert file.zones.geometry.iloc[0].centroid.distance(shapely.Point(500, 500)) < 1
    assert findings == []


ESRI_JGD2011 = (
    'GEOGCS["GCS_JGD_2011",DATUM["D_JGD_2011",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
ESRI_TOKYO = (
    'GEOGCS["GCS_Tokyo",DATUM["D_Tokyo",SPHEROID["Bessel_1841",6377397.155,299.1528128]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
UNKNOWN = ESRI_JGD2011.replace("GCS_JGD_2011", "GCS_Local").replace("D_JGD_2011", "D_Local")


def test_prj_as_esri_writes_it(tmp_path: Path) -> None:
    for name, prj, point in (("new", ESRI_JGD2011, OF_2011), ("old", ESRI_TOKYO, OF_1918)):
        path = shapefile(tmp_path / f"{name}.shp", around(point, "EPSG:6668"), "utf-8")
        path.with_suffix(".prj").write_text(prj, encoding="ascii")
        assert off(path) < 1.5


def test_a_datum_that_nobody_knows_is_said(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", around(OF_2011, "EPSG:6668"), "utf-8")
    path.with_suffix(".prj").write_text(UNKNOWN, encoding="ascii")
    _, (only,) = read(path)
    assert (only.kind, only.amount) == (Kind.CRS_ROUGH, None)
    assert "how exact that is, is not known" in only.what.en


# --- no CRS ---------------------------------------------------------------------------------------


def without_prj(path: Path, crs: str) -> Path:
    shapefile(path, towns(crs), "utf-8")
    path.with_suffix(".prj").unlink()
    return path


def test_degrees_without_a_crs(tmp_path: Path) -> None:
    path = without_prj(tmp_path / "a.shp", "EPSG:6668")
    assert refused(path, DataError) == (
        "the file names no CRS; its coordinates (139.8, 36, 139.9, 36.01) look like degrees. "
        'Declare its crs: "EPSG:6668" for JGD2011, "EPSG:4301" for Tokyo Datum (before 2002).'
    )
    file, (only,) = read(path, crs="EPSG:6668")
    assert file.zones.area.tolist() == pytest.approx([KM2] * 4, rel=1e-5)
    assert only.kind is Kind.CRS_ASSUMED


def test_metres_without_a_crs(tmp_path: Path) -> None:
    path = without_prj(tmp_path / "a.shp", "EPSG:6677")
    assert "Declare its EPSG code as crs" in refused(path, DataError)
    assert read(path, crs="EPSG:6677")[0].zones.area.tolist() == [KM2] * 4


def test_a_declared_crs_that_does_not_exist(tmp_path: Path) -> None:
    path = without_prj(tmp_path / "a.shp", "EPSG:6677")
    assert "there is no CRS “EPSG:0”" in refused(path, UsageError, crs="EPSG:0")


# --- what contradicts itself ----------------------------------------------------------------------


def called(path: Path, rows: gpd.GeoDataFrame, crs: str) -> Path:
    """The same numbers, said to be in another CRS."""
    return written(path, rows.set_crs(crs, allow_override=True))


def test_degrees_called_metres(tmp_path: Path) -> None:
    path = called(tmp_path / "a.gpkg", towns("EPSG:6668"), "EPSG:6677")
    assert refused(path, DataError) == (
        "its CRS is EPSG:6677 (metres), but its coordinates (139.8, 36, 139.9, 36.01) are degrees. "
        "Correct the file's CRS (its .prj), or remove it and declare the right EPSG code as crs."
    )


def test_degrees_declared_as_metres(tmp_path: Path) -> None:
    path = without_prj(tmp_path / "a.shp", "EPSG:6668")
    assert "are degrees" in refused(path, DataError, crs="EPSG:6677")


def test_metres_called_degrees(tmp_path: Path) -> None:
    path = called(tmp_path / "a.gpkg", towns(), "EPSG:6668")
    assert refused(path, DataError).startswith(
        "its CRS is EPSG:6668 (degrees), but its coordinates (0, 0, 4000, 1000) are metres"
    )


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:6668", "EPSG:4301"])
def test_latitude_first(tmp_path: Path, crs: str) -> None:
    rows = towns(crs)
    rows.geometry = shapely.transform(rows.geometry, lambda points: points[:, ::-1])
    said = refused(written(tmp_path / "a.gpkg", rows), DataError)
    assert "place (longitude, latitude 36, 139.8, 36.01, 139.9) is outside what EPSG:6677" in said
    assert said.endswith(
        "with latitude and longitude exchanged it would be inside. "
        "Exchange latitude and longitude in the source."
    )


def test_latitude_first_in_geojson(tmp_path: Path) -> None:
    ring: list[Any] = [[35.6, 140.0], [35.6, 140.1], [35.7, 140.0], [35.6, 140.0]]
    path = geojson(tmp_path / "a.geojson", [ring])
    assert "exchanged it would be inside" in refused(path, DataError)


def test_data_of_another_zone_than_the_plan_s(tmp_path: Path) -> None:
    """A map of Nagasaki with the plan of Chiba: the zone it needs is named."""
    rows = gpd.GeoDataFrame({"id": ["1"]}, geometry=[square(0)], crs="EPSG:6669")
    said = refused(written(tmp_path / "a.gpkg", rows), DataError)
    assert "is outside what EPSG:6677 is made for" in said
    assert "If that is the right place, the crs of the plan is EPSG:6669" in said


def test_coordinates_beside_their_own_zone(tmp_path: Path) -> None:
    """Numbers of zone I that lie 900 km east of it: they belong to zone IX, or to no one."""
    rows = gpd.GeoDataFrame({"id": ["1"]}, geometry=[square(950_000, 320_000)], crs="EPSG:6669")
    _, findings = read(written(tmp_path / "a.gpkg", rows))
    assert [(f.kind, f.severity) for f in findings] == [(Kind.CRS_DOUBTFUL, Severity.WARNING)]
    assert "outside what its own CRS (EPSG:6669) is for" in findings[0].what.en


def test_the_plan_must_be_in_metres(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", towns())
    with pytest.raises(UsageError, match="EPSG:6668 is in degrees, not metres"):
        read(path, plan="EPSG:6668")
    with pytest.raises(UsageError, match="EPSG:2225 is in US survey foot"):
        metric_crs("EPSG:2225")


# --- the pieces -----------------------------------------------------------------------------------


def test_a_way_and_back_is_the_same() -> None:
    there = way(known_crs("EPSG:4301"), metric_crs(CRS))
    back = way(metric_crs(CRS), known_crs("EPSG:4301"))
    points = shapely.get_coordinates(shapely.box(139.7, 35.5, 140.2, 35.8))
    assert back.apply(there.apply(points)) == pytest.approx(points, abs=1e-6)


def test_no_way_is_a_ballpark_between_datums_of_japan() -> None:
    """PROJ alone would take Tokyo Datum for JGD2011 as it is, without a word to the reader."""
    for old in ("EPSG:4301", "EPSG:30169"):
        for new in (CRS, "EPSG:6668", "EPSG:6691", "EPSG:2451", "EPSG:4612"):
            found = way(known_crs(old), known_crs(new))
            assert found.accuracy_m is not None, (old, new)
            assert found.accuracy_m <= 10, (old, new)


@pytest.mark.parametrize("code", range(6669, 6688))
def test_every_zone_is_found_by_its_place(code: int) -> None:
    use = pyproj.CRS(code).area_of_use
    assert use is not None
    box = Box(use.west, use.south, use.east, use.north)
    assert f"EPSG:{code}" in zones_at(box)
    assert covers(pyproj.CRS(code), box)


def test_what_is_nowhere() -> None:
    nowhere = in_degrees(Box(1e12, 1e12, 2e12, 2e12), metric_crs(CRS))
    assert not covers(metric_crs(CRS), nowhere)
    assert zones_at(nowhere) == []


@pytest.mark.real
def test_towns_of_chiba_in_three_datums(chiba: Path, tmp_path: Path) -> None:
    """The same 512 towns measure the same, whichever CRS they come in."""
    rows = gpd.read_file(chiba / "towns.geojson")
    here, _ = read(chiba / "towns.geojson", id="key_code")
    for crs in ("EPSG:6668", "EPSG:2451", "EPSG:6677"):
        path = written(tmp_path / f"{crs[5:]}.fgb", rows.to_crs(crs))
        there, _ = read(path, id="key_code")
        areas = there.zones.area.reindex(here.zones.index)
        assert areas.tolist() == pytest.approx(here.zones.area.tolist(), rel=1e-6)
