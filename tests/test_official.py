"""Official files as they come: recognised by their columns, told by name, listed to download."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from boundary_files import (
    KM2,
    parts_of,
    read,
    refused,
    shapefile,
    square,
    towns,
    written,
    zipped,
)
from click.testing import CliRunner

from geo import sources
from geo.cli import Voice, keniki
from geo.errors import UsageError
from geo.findings import Kind, Severity
from geo.official import E_STAT, N03

DEGREES = "EPSG:6668"


def e_stat(path: Path) -> Path:
    """Small areas as e-Stat ships them: CP932 and no .cpg; a town in two parts, a strip of sea::

    0    1    2    3    4 km
    ┌────┬────┬────┬────┐
    │ 幕張 │ 髙洲 │ 幕張 │ sea │
    └────┴────┴────┴────┘
    """
    rows = {
        "KEY_CODE": ["121020010", "121020020", "121020010", "121029999"],
        "PREF": ["12"] * 4,
        "CITY": ["102"] * 4,
        "CITY_NAME": ["千葉市花見川区"] * 4,
        "S_NAME": ["幕張町", "髙洲", "幕張町", ""],
        "KIGO_E": ["E1", "", "E2", ""],
        "HCODE": ["8101", "8101", "8101", "8154"],
        "JINKO": ["100", "50", "0", "0"],
    }
    shapes = [square(i * 1000) for i in range(4)]
    return shapefile(
        path, gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:6677").to_crs(DEGREES), "cp932"
    )


def n03(**columns: list[str | None]) -> gpd.GeoDataFrame:
    """Two wards of Chiba City, one of them in two parts, and land that is nobody's."""
    rows: dict[str, list[str | None]] = {
        "N03_001": ["千葉県"] * 4,
        "N03_002": [None] * 4,
        "N03_003": ["千葉市", "千葉市", "千葉市", None],
        "N03_004": ["中央区", "花見川区", "中央区", "所属未定地"],
        "N03_007": ["12101", "12102", "12101", None],
    } | columns
    shapes = [square(i * 1000) for i in range(4)]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:6677").to_crs(DEGREES)


# --- read without an id ---------------------------------------------------------------------------


def test_small_areas_of_e_stat(tmp_path: Path) -> None:
    shp = e_stat(tmp_path / "a.shp")
    path = zipped(tmp_path / "A002005212020DDSWC12102-JGD2011.zip", parts_of(shp, "r2ka12102"))
    for source in (shp, path):
        file, (only,) = read(source, id=None)
        assert file.zones["name"].to_dict() == {"121020010": "幕張町", "121020020": "髙洲"}
        assert file.zones.area.tolist() == pytest.approx([2 * KM2, KM2], rel=1e-5)
        assert file.attributes["JINKO"].tolist() == ["100", "50", "0"]
        assert (only.kind, only.severity, only.place, only.amount, only.unit) == (
            Kind.ROW_SET_ASIDE, Severity.NOTE, ("121029999",), 1.0, "rows",
        )  # fmt: skip
        assert "HCODE 8154" in only.what.en
        assert "水面調査区" in only.what.ja


def test_an_id_that_is_named_keeps_the_sea(tmp_path: Path) -> None:
    file, findings = read(e_stat(tmp_path / "a.shp"), id="KEY_CODE", name="S_NAME")
    assert file.zones["name"].to_dict()["121029999"] == "121029999"
    assert findings == []


def test_n03_as_it_comes(tmp_path: Path) -> None:
    file, (only,) = read(written(tmp_path / "a.geojson", n03()), id=None)
    assert file.zones["name"].to_dict() == {"12101": "千葉市中央区", "12102": "千葉市花見川区"}
    assert file.zones.area.tolist() == pytest.approx([2 * KM2, KM2], rel=1e-5)
    assert (only.kind, only.place) == (Kind.ROW_SET_ASIDE, ("所属未定地",))


def test_n03_since_2024(tmp_path: Path) -> None:
    """The city stands in 004 and its ward in 005; 003 is left for counties."""
    rows = n03(
        N03_003=[None, None, None, "印旛郡"],
        N03_004=["千葉市", "千葉市", "千葉市", "栄町"],
        N03_005=["中央区", "花見川区", "中央区", None],
        N03_007=["12101", "12102", "12101", "12329"],
    )
    file, findings = read(written(tmp_path / "a.gpkg", rows), id=None)
    assert file.zones["name"].tolist() == ["千葉市中央区", "千葉市花見川区", "栄町"]
    assert findings == []


def test_codes_that_lost_their_zero(tmp_path: Path) -> None:
    """Opened and saved by a spreadsheet, 01101 is 1101 and 011010010 is 11010010."""
    assert list(N03.ids(pd.Series([1101, 12101]))) == ["01101", "12101"]
    codes = ["11010010", "1101001001", "12101001001", "121010010"]
    assert list(E_STAT.ids(pd.Series(codes))) == [
        "011010010", "01101001001", "12101001001", "121010010",
    ]  # fmt: skip
    rows = n03().drop(columns="N03_007").assign(N03_007=[1101.0, 1102.0, 1101.0, None])
    file, _ = read(written(tmp_path / "a.gpkg", rows), id=None)
    assert list(file.zones.index) == ["01101", "01102"]


def test_a_file_that_is_not_known_needs_an_id(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", towns(DEGREES))
    assert refused(path, UsageError, id=None) == (
        "no id is given, and its columns are not those of N03 or e-Stat (id, name). "
        "Name the column of ids as id."
    )


@pytest.mark.real
def test_the_real_wards_and_all_of_japan(chiba: Path) -> None:
    file, findings = read(chiba / "wards.geojson", id=None)
    assert len(file.zones) == 6
    assert file.zones["name"].str.startswith("千葉市").all()
    assert file.zones.area.sum() / KM2 == pytest.approx(271.763, abs=0.06)
    assert findings == []
    japan, said = read(chiba.parent / "japan/municipalities.topojson", id=None, plan="EPSG:3099")
    assert len(japan.zones) > 1890
    assert japan.zones["name"]["01101"] == "札幌市中央区"
    assert {f.kind for f in said} == {Kind.ROW_SET_ASIDE, Kind.INVALID_RING}


# --- told by name and columns ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("N03-20240101_12_GML.zip", "n03"), ("N03-190101_12_GML.zip", "n03"),
        ("N03-20230101_GML.zip", "n03"), ("N03-20240101_12.geojson", "n03"),
        ("A002005212020DDSWC12101-JGD2011.zip", "estat_towns"),
        ("A002005212015XYSWC12101.zip", "estat_towns"), ("h27ka12101.shp", "estat_towns"),
        ("r2ka12101.shp", "estat_towns"), ("tblT001082C12.zip", "estat_ages"),
        ("tblT000849C12.txt", "estat_ages"), ("A27-23_12_GML.zip", "a27"),
        ("A32-21_12.geojson", "a32"), ("500m_mesh_2024_12_GEOJSON.zip", "mesh"),
        ("tblT001141H5339.zip", "estat_mesh"),
        ("N02-23_GML.zip", None), ("towns.geojson", None), ("xA27-23_12.zip", None),
    ],
)  # fmt: skip
def test_names(name: str, key: str | None) -> None:
    found = sources.by_name(name)
    assert (found and found.key) == key


def test_every_source_knows_the_names_that_it_expects() -> None:
    for source in sources.OFFICIAL:
        for name in source.expected("12101"):
            assert sources.by_name(name) is source
        assert source.page.startswith("https://")
        assert source.title.ja != source.title.en


def run(*arguments: str, language: str = "en") -> tuple[int, str]:
    done = CliRunner().invoke(
        keniki,
        ["sources", *arguments],
        obj=Voice(language),
        standalone_mode=False,  # type: ignore[arg-type]
    )
    if done.exception is not None:
        raise done.exception
    return done.return_value, done.output


def test_the_list() -> None:
    code, said = run("12101")
    assert code == 0
    for expected in (
        "N03-20240101_12_GML.zip", "A002005212020DDSWC12101-JGD2011.zip", "tblT001082C12.zip",
        "A32-23_12_GML.zip", "A27-23_12_GML.zip", "500m_mesh_2024_12_GEOJSON.zip",
        "https://nlftp.mlit.go.jp/ksj/", "https://www.e-stat.go.jp/gis/",
    ):  # fmt: skip
        assert expected in said
    assert "中学校区" in run("12101", language="ja")[1]
    rows = json.loads(run("--json")[1])
    assert [row["key"] for row in rows] == [source.key for source in sources.OFFICIAL]
    assert rows[0]["files"] == ["N03-20240101_{pref}_GML.zip"]


@pytest.mark.parametrize("code", ["1210", "千葉", "１２１０１", "121010"])
def test_a_code_that_is_none(code: str) -> None:
    with pytest.raises(UsageError, match="is no municipality code"):
        run(code)


def test_check_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "N03-20240101_12.geojson", n03())
    code, said = run("--check", str(path))
    assert code == 0
    assert "municipalities and wards (N03)" in said
    assert "Known by its name and its columns" in said
    renamed = path.rename(tmp_path / "区.geojson")
    assert "Known by its columns, not its name" in run("--check", str(renamed))[1]
    found = json.loads(run("--check", str(renamed), "--json")[1])
    assert (found["key"], found["by_name"], found["by_columns"]) == ("n03", False, True)
    assert "行政区域" in run("--check", str(renamed), language="ja")[1]


def test_check_tables_and_archives(tmp_path: Path) -> None:
    head = "KEY_CODE,HYOSYO,CITYNAME,NAME,HTKSYORI,HTKSAKI,GASSAN,T001082001\r\n,,,,,,,総数\r\n"
    text = tmp_path / "tblT001082C12.txt"
    text.write_text(head, encoding="cp932")
    path = zipped(tmp_path / "tblT001082C12.zip", {"tblT001082C12.txt": text})
    for file in (text, path):
        assert "5-year ages" in run("--check", str(file))[1]
    shp = e_stat(tmp_path / "a.shp")
    zone = zipped(tmp_path / "x.zip", parts_of(shp, "r2ka12102"))
    assert "census small areas (towns)" in run("--check", str(zone))[1]


def test_check_a_file_that_nobody_knows(tmp_path: Path) -> None:
    mine = written(tmp_path / "mine.gpkg", towns(DEGREES))
    false = written(tmp_path / "N03-20240101_12.geojson", towns(DEGREES))
    broken = tmp_path / "a.zip"
    broken.write_bytes(b"PK\x03\x04")
    for file in (mine, false, broken):
        with pytest.raises(Exception, match="it is not an official file that is known") as caught:
            run("--check", str(file))
        assert caught.value.exit_code == 1  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="there is no such file"):
        run("--check", str(tmp_path / "nope"))
