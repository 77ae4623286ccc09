"""The atlas: the figures of the tables with shapes, styles and projects that QGIS opens."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hostile import EVERYTHING, WARD
from made_plans import made_plan, towns

from geo.atlas import atlas
from geo.atlas_looks import BORDERS, ZONES
from geo.drawing import LEVELS
from geo.edition_tables import edition_tables
from geo.geopackage import WRITTEN
from geo.palette import colours
from geo.pipeline import build, compute
from geo.plan import Role
from geo.plan_file import load_plan
from geo.proposal_tables import proposal_tables
from geo.qgis_style import Area, Hatch, Label, Pen, Style, qml
from geo.study import Study
from geo.table import Table
from geo.tables import tables
from geo.words import Text, same

POINTS = "名称,経度,緯度\n診療所,140.002,35.602\n=薬局,140.022,35.602\n場所なし,,\n"
CASES = (
    "case_id,ward_code,title_ja,title_en,place_kind,zone_id,place_ja,lon,lat\n"
    "c1,W,サロン,Salon,point,,会館,140.006,35.602\n"
    "c2,W,見守り,Watch,none,,市内,,\n"
)
RATES = "id,rate\n00000,10\n00001,20\n"
INDICATORS = """
[[layer]]
key = "aged"
type = "indicators"
title = { ja = "高齢化率", en = "Ageing rate" }
date = "2021-04"
sources = ["made"]
file = "rates.csv"
by = "town"
id = "id"
count = [{ key = "rate", column = "rate", kind = "rate", per = "people", title = { ja = "高齢化率", en = "Ageing rate" }, unit = { ja = "%", en = "%" } }]
"""  # noqa: E501


def all_tables(study: Study) -> list[Table]:
    proposed = proposal_tables(study.proposals) if study.proposals else []
    return tables(study, [*proposed, *edition_tables(study)])


@pytest.fixture(scope="session")
def atlas_path(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The atlas of the sample."""
    path = tmp_path_factory.mktemp("atlas") / "atlas.gpkg"
    path.write_bytes(atlas(study, all_tables(study)))
    return path


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of a made city: six towns, one without people, districts that lie across areas."""
    folder = tmp_path_factory.mktemp("made_atlas")
    rows = towns(6, 1)
    rows["district"], rows["care"] = list("DDDEEE"), list("CCFFFF")
    rows.loc[5, "people"] = np.nan
    path = made_plan(folder, rows, {"points": POINTS, "cases": CASES})
    (folder / "rates.csv").write_text(RATES, encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(INDICATORS)
    return path


@pytest.fixture(scope="session")
def made_study(made_file: Path) -> Study:
    return compute(load_plan(made_file))


@pytest.fixture(scope="session")
def made_atlas(made_study: Study, made_file: Path) -> Path:
    path = made_file.parent / "atlas.gpkg"
    path.write_bytes(atlas(made_study, all_tables(made_study)))
    return path


def layer(path: Path, name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(path, layer=name, engine="pyogrio")


def queried(path: Path, query: str, *values: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.execute(query, values))


def parsed(xml: str | bytes) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 - our own


def layer_names(path: Path) -> list[str]:
    query = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
    return [str(name) for (name,) in queried(path, query)]


def table_names(path: Path) -> list[str]:
    """The tables without shapes, but for those that are of the whole file."""
    query = "SELECT table_name FROM gpkg_contents WHERE data_type = 'attributes'"
    names = [str(name) for (name,) in queried(path, query)]
    return [name for name in names if name not in ("about", "layer_styles")]


def styles(path: Path) -> Iterator[tuple[str, str, ET.Element]]:
    for table, name, text in queried(
        path, "SELECT f_table_name, styleName, styleQML FROM layer_styles ORDER BY id"
    ):
        yield str(table), str(name), parsed(str(text))


def project(path: Path, name: str) -> ET.Element:
    ((digits,),) = queried(path, "SELECT content FROM qgis_projects WHERE name = ?", name)
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(str(digits)))) as archive:
        (inside,) = archive.namelist()
        return parsed(archive.read(inside))


# --- layers ---------------------------------------------------------------------------------------


def test_every_partition_is_a_layer_with_its_zones(study: Study, atlas_path: Path) -> None:
    for key, partition in study.partitions.items():
        rows = layer(atlas_path, "towns" if partition.role is Role.UNITS else f"zones_{key}")
        assert rows.iloc[:, 0].tolist() == partition.zones.index.tolist()
        assert rows.iloc[:, 1].tolist() == partition.zones["name"].tolist()
        assert rows.crs == study.plan.crs
        np.testing.assert_allclose(rows["area_m2"], partition.area_m2, rtol=1e-12)
        np.testing.assert_allclose(rows.area, partition.area_m2, rtol=1e-12)


def test_figures_are_those_of_the_tables(study: Study, atlas_path: Path) -> None:
    """Read again from the CSV, which rounds: to its last digit."""
    listed = {table.name: table for table in all_tables(study)}
    for name, stem, kept in (
        ("towns", "towns", slice(None)),
        ("split_district_care", "zones_district_care", "weight == 'population' and parts > 1"),
    ):
        text = listed[f"{stem}.csv"].csv().decode("utf-8-sig")
        ids = {column: str for column in listed[f"{stem}.csv"].frame if column.endswith("_id")}
        expected = pd.read_csv(io.StringIO(text), dtype=ids)
        expected = expected.query(kept) if isinstance(kept, str) else expected
        found = pd.DataFrame(layer(atlas_path, name))[list(expected)]
        numbers = expected.select_dtypes("number").columns
        np.testing.assert_allclose(found[numbers], expected[numbers], atol=1e-4, rtol=1e-6)
        texts = expected.columns.difference(numbers)
        assert found[texts].fillna("").to_numpy().tolist() == (
            expected[texts].fillna("").to_numpy().tolist()
        )


def test_zones_say_how_the_compared_partition_splits_them(study: Study, atlas_path: Path) -> None:
    rows = layer(atlas_path, "zones_district").set_index("zone_id")
    measured = study.zones["district", "care"][study.weight].loc[rows.index]
    for name in ("parts", "main_share", "minority"):
        np.testing.assert_allclose(rows[f"care_{name}"], measured[name])
    assert rows["care_main_id"].tolist() == measured["main_id"].tolist()
    assert "care_parts" not in layer(atlas_path, "zones_ward")


def test_pieces_are_the_crosswalk_with_shapes(study: Study, atlas_path: Path) -> None:
    rows = layer(atlas_path, "pieces_district_care")
    np.testing.assert_allclose(rows.area, rows["area_m2"], rtol=1e-6)
    for side in ("left", "right"):
        key = {"left": "district", "right": "care"}[side]
        whole = rows.groupby(f"{side}_id")["area_m2"].sum()
        np.testing.assert_allclose(whole, study.partitions[key].area_m2.sort_index(), rtol=1e-9)
    people = rows["population"].sum()
    assert people == pytest.approx(study.counts.table["population"].sum())


def test_classes_are_those_of_the_page(study: Study, atlas_path: Path) -> None:
    zones = layer(atlas_path, "split_district_care")
    share = zones["minority"] / zones["total"]
    expected = 1 + (share >= LEVELS[0]).astype(int) + (share >= LEVELS[1])
    assert zones["level"].tolist() == expected.tolist()
    pieces = layer(atlas_path, "pieces_district_care")
    minor = pieces[pieces["level"] > 0]
    assert not minor["is_sliver"].any()
    assert set(minor["left_id"]) == set(zones["zone_id"])
    assert minor.groupby("left_id").size().add(1).tolist() == (
        zones.set_index("zone_id")["parts"].sort_index().tolist()
    )


def test_moves_are_those_of_the_proposals(study: Study, atlas_path: Path) -> None:
    assert study.proposals is not None
    for option in study.proposals.options:
        rows = layer(atlas_path, f"moves_{option.label.lower()}")
        assert rows["block_id"].tolist() == option.moves.index.tolist()
        np.testing.assert_allclose(rows.area, rows["block_area_m2"], rtol=1e-6)
        assert rows["population"].sum() == pytest.approx(option.moves["population"].sum())


def test_dashed_borders_are_there_once(study: Study, atlas_path: Path) -> None:
    zones = study.partitions["care"].zones
    lines = layer(atlas_path, "borders_care")
    outer = zones.union_all().length
    assert lines["length_m"].sum() == pytest.approx((zones.length.sum() + outer) / 2, rel=1e-9)


def test_what_is_missing_is_null_and_nothing_else_is(study: Study, atlas_path: Path) -> None:
    rows = layer(atlas_path, "towns").set_index("town_id")
    known = study.counts.table["population"]
    assert known.isna().any()
    assert (known == 0).any()
    assert rows["population"].isna().tolist() == known.isna().tolist()
    assert (rows["population"] == 0).tolist() == (known == 0).tolist()


def test_ids_are_text(atlas_path: Path) -> None:
    for name in layer_names(atlas_path):
        kinds = {column: kind for _, column, kind, *_ in
                 queried(atlas_path, f"PRAGMA table_info({name})")}  # fmt: skip
        assert {kind for column, kind in kinds.items() if str(column).endswith("_id")} <= {"TEXT"}
    assert layer(atlas_path, "zones_care")["zone_id"].iloc[0] == "01"


def test_real_chiba(chiba_study: Study, tmp_path: Path) -> None:
    """Borders that were drawn apart: shapes still have the areas of the crosswalk."""
    path = tmp_path / "atlas.gpkg"
    path.write_bytes(atlas(chiba_study, all_tables(chiba_study)))
    pieces = layer(path, "pieces_district_care")
    assert pieces.is_valid.all()
    np.testing.assert_allclose(pieces.area, pieces["area_m2"], rtol=1e-6)
    for key, partition in chiba_study.partitions.items():
        rows = layer(path, "towns" if key == "town" else f"zones_{key}")
        np.testing.assert_allclose(rows.area, partition.area_m2, rtol=1e-12)


# --- points, indicators, what is not there --------------------------------------------------------


def test_points_stand_where_they_are_and_say_how_many_are_missing(
    made_study: Study, made_atlas: Path
) -> None:
    rows = layer(made_atlas, "points_points")
    assert rows["name"].tolist() == ["診療所", "=薬局"]
    zones = layer(made_atlas, "zones_district").set_index("zone_id")
    for spot, zone_id in zip(rows.geometry, rows["district_id"], strict=True):
        assert zones.geometry[zone_id].contains(spot)
    ((about,),) = queried(
        made_atlas, "SELECT description FROM gpkg_contents WHERE table_name = 'points_points'"
    )
    assert str(about).startswith("3件のうち、位置がわかる2件")


def test_only_cases_with_a_position_have_a_dot(made_atlas: Path) -> None:
    assert layer(made_atlas, "cases")["case_id"].tolist() == ["c1"]


def test_indicators_are_columns_of_every_partition(made_study: Study, made_atlas: Path) -> None:
    towns_of_d = layer(made_atlas, "towns").set_index("town_id")
    assert towns_of_d["rate"].tolist()[:2] == [10, 20]
    assert towns_of_d["rate"].isna().sum() == 4
    district = layer(made_atlas, "zones_district").set_index("zone_id")
    assert district["rate"]["D"] == pytest.approx(15)
    assert district["rate_covered"]["D"] == pytest.approx(2 / 3)
    assert np.isnan(district["rate"]["E"])
    assert district["rate_covered"]["E"] == 0
    ((title,),) = queried(
        made_atlas,
        "SELECT title FROM gpkg_data_columns "
        "WHERE table_name = 'zones_district' AND column_name = 'rate'",
    )
    assert title == "高齢化率（2021-04）"


def test_the_content_of_the_plan_is_there_as_tables(study: Study, atlas_path: Path) -> None:
    """Every row and figure, whether or not it stands on the map."""
    listed = {table.name: table.frame for table in all_tables(study)}
    names = ["items", "cases", "goals", "flags", "marks"]
    assert table_names(atlas_path) == [f"{name}_list" for name in names]
    for name in names:
        found, expected = layer(atlas_path, f"{name}_list"), listed[f"{name}.csv"]
        assert not hasattr(found, "crs"), "no shapes"
        assert found.columns.tolist() == expected.columns.tolist()
        texts = expected.select_dtypes(["object", "str"]).columns
        missing = expected[texts].isna() | (expected[texts] == "")
        assert (found[texts].isna() == missing).to_numpy().all(), "NULL, and nothing else"
        assert (
            found[texts].fillna("").equals(expected[texts].fillna("").astype(found[texts].dtypes))
        )
        for column in expected.select_dtypes("number"):
            assert found[column].isna().tolist() == expected[column].isna().tolist()
            assert found[column].dropna().tolist() == expected[column].dropna().tolist()


def test_zones_say_how_many_items_they_have(study: Study, atlas_path: Path) -> None:
    items = study.content.items
    for key in ("ward", "district"):
        rows = layer(atlas_path, f"zones_{key}").set_index("zone_id")
        here = items[items["of"] == key].groupby("zone_id").size()
        assert rows["items"][here.index].tolist() == here.tolist()
        assert rows["items"].sum() == here.sum()
        assert (rows["items"] == 0).any()


def test_no_items_in_the_plan_no_numbers_of_items(made_atlas: Path) -> None:
    for name in layer_names(made_atlas):
        assert "items" not in layer(made_atlas, name)


def test_the_unknown_stays_unknown_in_sums(made_atlas: Path) -> None:
    rows = layer(made_atlas, "towns").set_index("town_id")
    assert np.isnan(rows["people"]["00005"])
    pieces = layer(made_atlas, "pieces_district_care")
    assert pieces["people_missing_towns"].sum() == 1


def test_layers_without_rows_are_listed_and_not_written(study: Study, atlas_path: Path) -> None:
    """No case study of the sample has a position."""
    about = pd.DataFrame(layer(atlas_path, "about")).set_index("layer")
    written = [*layer_names(atlas_path), *table_names(atlas_path)]
    assert about.index[about["rows"] > 0].tolist() == written
    assert all(len(layer(atlas_path, name)) == about["rows"][name] for name in written)
    assert about["rows"]["cases"] == 0
    assert about["about_ja"]["cases"] == "該当するものがないため、レイヤはない"


def test_no_comparison_no_pieces(made_study: Study, tmp_path: Path) -> None:
    alone = replace(made_study, plan=made_study.plan.model_copy(update={"map": ()}))
    path = tmp_path / "atlas.gpkg"
    path.write_bytes(atlas(alone, all_tables(alone)))
    assert not [name for name in layer_names(path) if name.startswith(("pieces", "split"))]
    assert "care_parts" not in layer(path, "zones_district")


# --- the file -------------------------------------------------------------------------------------


def test_the_bytes_are_the_same_in_two_processes(made_file: Path, made_atlas: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); from test_atlas import *\n"
        "study = compute(load_plan(Path(sys.argv[1])))\n"
        "print(hashlib.sha256(atlas(study, all_tables(study))).hexdigest())"
    )
    settings = os.environ | {"PYTHONHASHSEED": "1", "TZ": "UTC5"}
    command = [sys.executable, "-c", code, str(made_file)]
    done = subprocess.run(command, cwd=ROOT, env=settings, check=True, capture_output=True)
    assert done.stdout.decode().split() == [hashlib.sha256(made_atlas.read_bytes()).hexdigest()]


def test_it_is_a_sound_geopackage(atlas_path: Path) -> None:
    assert queried(atlas_path, "PRAGMA integrity_check") == [("ok",)]
    assert queried(atlas_path, "PRAGMA foreign_key_check") == []
    assert queried(atlas_path, "PRAGMA application_id") == [(int.from_bytes(b"GPKG", "big"),)]
    assert queried(atlas_path, "PRAGMA user_version") == [(10200,)]
    assert set(queried(atlas_path, "SELECT last_change FROM gpkg_contents")) == {(WRITTEN,)}
    names = [name for (name,) in queried(atlas_path, "SELECT table_name FROM gpkg_contents")]
    assert all(re.fullmatch("[a-z][a-z0-9_]*", str(name)) for name in names)
    indexed = queried(
        atlas_path,
        "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'",
    )
    assert sorted(str(name) for (name,) in indexed) == sorted(layer_names(atlas_path))


def test_layers_are_called_in_japanese_with_sources_and_notice(
    study: Study, atlas_path: Path
) -> None:
    assert study.plan.schematic is not None
    for name, title, about in queried(
        atlas_path,
        "SELECT table_name, identifier, description FROM gpkg_contents "
        "WHERE table_name != 'layer_styles'",
    ):
        assert re.search("[ぁ-ん一-龠]", str(title)), name
        assert study.plan.schematic.ja in str(about)
        assert study.plan.date in str(about)
    ((care,),) = queried(
        atlas_path, "SELECT description FROM gpkg_contents WHERE table_name = 'zones_care'"
    )
    assert study.plan.source["centres"].said.ja in str(care)
    ((whole,),) = queried(atlas_path, "SELECT metadata FROM gpkg_metadata")
    for source in study.sources:
        assert source.title.ja in str(whole)
        assert source.licence.en in str(whole)


def test_every_column_is_explained(atlas_path: Path) -> None:
    for name in [*layer_names(atlas_path), *table_names(atlas_path), "about"]:
        columns = [c for _, c, *_ in queried(atlas_path, f"PRAGMA table_info({name})")]
        told = queried(
            atlas_path,
            "SELECT column_name, title, description FROM gpkg_data_columns WHERE table_name = ?",
            name,
        )
        assert [column for column, *_ in told] == [c for c in columns if c not in ("fid", "geom")]
        assert all(title and description for _, title, description in told)


def test_hostile_text_stays_as_it_was_typed(hostile: Path) -> None:
    path = hostile / "maps_out" / "atlas.gpkg"
    assert queried(path, "PRAGMA integrity_check") == [("ok",)]
    wards = layer(path, "zones_ward").set_index("zone_id")
    assert wards["zone_name"][WARD] == EVERYTHING
    assert EVERYTHING in layer(path, "points_places")["name"].tolist()
    titles = [title for (title,) in queried(path, "SELECT identifier FROM gpkg_contents")]
    assert f"{EVERYTHING} (zones_ward)" in titles
    aliases = [one.get("name") for _, _, style in styles(path) for one in style.iter("alias")]
    assert f"{EVERYTHING} の ID" in aliases or f"{EVERYTHING}の ID" in aliases
    assert project(path, "atlas").findtext("title") == EVERYTHING
    assert not list(hostile.glob("**/pwned"))


# --- styles ---------------------------------------------------------------------------------------


def test_every_layer_has_a_style_of_its_own_in_both_languages(atlas_path: Path) -> None:
    columns = [c for _, c, *_ in queried(atlas_path, "PRAGMA table_info(layer_styles)")]
    assert columns == [
        "id", "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column",
        "styleName", "styleQML", "styleSLD", "useAsDefault", "description", "owner", "ui",
        "update_time",
    ]  # fmt: skip
    rows = queried(
        atlas_path,
        "SELECT f_table_name, f_table_schema, f_geometry_column, styleName, useAsDefault "
        "FROM layer_styles ORDER BY id",
    )
    assert rows == [
        (name, "", "geom", language, default)
        for name in layer_names(atlas_path)
        for language, default in (("日本語", 1), ("English", 0))
    ]


def test_fields_have_names_in_the_language_of_the_style(atlas_path: Path) -> None:
    for table, language, style in styles(atlas_path):
        fields = [column for _, column, *_ in queried(atlas_path, f"PRAGMA table_info({table})")]
        aliases = {one.get("field"): str(one.get("name")) for one in style.iter("alias")}
        assert list(aliases) == [column for column in fields if column not in ("fid", "geom")]
        assert all(aliases.values())
        if language == "English":
            own = [name for field, name in aliases.items() if not re.search("_ja$", str(field))]
            assert not [name for name in own if re.search("[ぁ-ん]", name)]
        else:
            assert not [name for name in aliases.values() if name.isascii()]


def options(style: ET.Element, kind: str) -> list[dict[str, str]]:
    """The options of all layers of symbols of one kind."""
    return [
        {str(one.get("name")): str(one.get("value")) for one in layer.findall("Option/Option")}
        for layer in style.iter("layer")
        if layer.get("class") == kind
    ]


def rgb(name: str) -> str:
    return ",".join(str(int(colours()[name][i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


@pytest.fixture(scope="session")
def style_of(atlas_path: Path) -> Callable[[str], ET.Element]:
    found = {table: style for table, language, style in styles(atlas_path) if language == "日本語"}
    return found.__getitem__


def test_lines_have_the_colours_of_the_pages(style_of: Callable[[str], ET.Element]) -> None:
    for key in ("ward", "district"):
        (line,) = options(style_of(f"zones_{key}"), "SimpleLine")
        assert line["line_color"] == rgb(key)
    (line,) = options(style_of("towns"), "SimpleLine")
    assert line["line_color"] == rgb("town")
    (line,) = options(style_of("borders_care"), "SimpleLine")
    assert (line["line_color"], line["use_custom_dash"]) == (rgb("care"), "1")
    assert options(style_of("zones_care"), "LinePatternFill")
    assert options(style_of("moves_a"), "LinePatternFill")


def test_widths_and_dashes_are_those_of_the_pages() -> None:
    sheet = (ROOT / "geo" / "web" / "app.css").read_text(encoding="utf-8")
    millimetres = 25.4 / 96
    for role, name in ((Role.WARD, "ward"), (Role.DISTRICT, "district"), (Role.CARE, "care")):
        rule = re.search(rf"path\.border\.{name} {{([^}}]*)}}", sheet)
        assert rule
        width = float(re.findall(r"stroke-width: ([\d.]+)", rule[1])[0])
        pen = BORDERS.get(role) or ZONES[role].pen
        assert pen is not None
        assert pen.width_mm == pytest.approx(width * millimetres, abs=0.01)
        dashes = re.findall(r"stroke-dasharray: (\d+) (\d+)", rule[1])
        expected = [float(d) * millimetres for d in dashes[0]] if dashes else []
        assert list(pen.dashes) == pytest.approx(expected, abs=0.01)


def test_mismatch_has_three_classes_with_numbers(style_of: Callable[[str], ET.Element]) -> None:
    for name, number in (("split_district_care", '"parts"'),
                         ("pieces_district_care", 'format_number("population", 0)')):  # fmt: skip
        style = style_of(name)
        renderer = style.find("renderer-v2")
        assert renderer is not None
        assert renderer.get("type") == "categorizedSymbol"
        assert renderer.get("attr") == '"level"'
        values = [str(one.get("value")) for one in style.iter("category")]
        assert values[:3] == ["1", "2", "3"]
        fills = [one["color"] for one in options(style, "SimpleFill")]
        assert fills == [rgb(f"level-{level}") for level in (1, 2, 3)]
        (text,) = style.iter("text-style")
        assert text.get("fieldName") == f'if("level" > 0, {number}, NULL)'


def test_labels_are_on_with_a_halo(atlas_path: Path) -> None:
    for table, _, style in styles(atlas_path):
        is_labelled = not table.startswith(("findings", "borders"))
        assert style.get("labelsEnabled") == str(int(is_labelled))
        halos = [one.get("bufferDraw") for one in style.iter("text-buffer")]
        assert halos == (["1"] if is_labelled else [])


def test_text_that_xml_cannot_hold() -> None:
    names = {"a": Text("<名>&\"'\x00\x0b\ud800", "x")}
    style = qml(Style(Area(), title='"a"'), names)
    (alias,) = parsed(style).iter("alias")
    assert alias.get("name") == "<名>&\"'"


def test_an_area_is_fill_hatch_border_from_below() -> None:
    look = Area(Pen("#000000", 1), "#ff0000", Hatch("#00ff00", 1, 2), opacity=0.5)
    style = parsed(qml(Style(look, label=Label("'x'", 8, "#000000")), {"a": same("a")}))
    symbol = style.find("renderer-v2/symbols/symbol")
    assert symbol is not None
    kinds = [one.get("class") for one in symbol.findall("layer")]
    assert kinds == ["SimpleFill", "LinePatternFill", "SimpleLine"]
    assert options(style, "SimpleFill")[0]["color"] == "255,0,0,128"


# --- projects -------------------------------------------------------------------------------------


def test_a_project_opens_all_layers_in_order(study: Study, atlas_path: Path) -> None:
    about = pd.DataFrame(layer(atlas_path, "about")).set_index("layer")
    for name, language in (("atlas", "ja"), ("atlas_en", "en")):
        root = project(atlas_path, name)
        assert root.findtext("title") == study.plan.title.say(language)
        nodes = list(root.iter("layer-tree-layer"))
        order = [str(node.get("source")).removeprefix("./atlas.gpkg|layername=") for node in nodes]
        assert order == layer_names(atlas_path)
        assert [n.get("name") for n in nodes] == about.loc[order, f"title_{language}"].tolist()
        maps = {one.findtext("id"): one for one in root.iter("maplayer")}
        assert list(maps) == [node.get("id") for node in nodes]
        assert all(one.find("renderer-v2") is not None for one in maps.values())
        shown = {o for o, n in zip(order, nodes, strict=True) if n.get("checked") == "Qt::Checked"}
        assert shown == {
            "zones_ward", "zones_district", "zones_care", "borders_care", "split_district_care",
        }  # fmt: skip
        assert order.index("zones_ward") < order.index("borders_care") < order.index(
            "split_district_care"
        )  # fmt: skip


# --- a build --------------------------------------------------------------------------------------


def test_a_build_writes_it_and_its_index_lists_it(made_file: Path, tmp_path: Path) -> None:
    _, paths = build(load_plan(made_file), tmp_path)
    assert tmp_path / "atlas.gpkg" in paths
    assert 'href="atlas.gpkg"' in (tmp_path / "index.html").read_text(encoding="utf-8")


# --- QGIS itself ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def qgis() -> Callable[[Path], dict[str, dict[str, dict[str, object]]]]:
    """What QGIS makes of a file, told by the Python that has it."""
    python = os.environ.get("KENIKI_QGIS_PYTHON", "/usr/bin/python3")
    settings = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    try:
        subprocess.run([python, "-c", "import qgis.core"], check=True, capture_output=True,
                       env=settings)  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("NO QGIS FOUND: styles are not proved in it. Install python3-qgis, or name a "
                    "Python that has it in KENIKI_QGIS_PYTHON.")  # fmt: skip

    def seen(path: Path) -> dict[str, dict[str, dict[str, object]]]:
        script = str(ROOT / "tests" / "in_qgis.py")
        done = subprocess.run([python, script, str(path)], check=True, capture_output=True,
                              env=settings)  # fmt: skip
        found: dict[str, dict[str, dict[str, object]]] = json.loads(done.stdout.splitlines()[-1])
        return found

    return seen


def test_qgis_opens_it_styled(
    qgis: Callable[[Path], dict[str, dict[str, dict[str, object]]]], atlas_path: Path
) -> None:
    seen = qgis(atlas_path)
    about = pd.DataFrame(layer(atlas_path, "about")).set_index("layer")
    assert list(seen["layers"]) == layer_names(atlas_path)
    for name, found in seen["layers"].items():
        assert found["valid"], name
        assert found["styled"], name
        assert found["crs"] == "EPSG:6677"
        assert found["rows"] == about["rows"][name]
        assert found["title"] == about["title_ja"][name]
        assert isinstance(found["aliases"], dict)
        assert all(alias for field, alias in found["aliases"].items() if field != "fid")
    drawn = {"zones_ward": ["ward"], "zones_district": ["district"], "borders_care": ["care"],
             "split_district_care": ["level-1", "level-2", "level-3"], "moves_b": ["moved"],
             "pieces_district_care": ["level-1", "level-2", "level-3"]}  # fmt: skip
    for name, expected in drawn.items():
        found = seen["layers"][name]["colours"]
        assert isinstance(found, dict)
        assert {colours()[one] for one in expected} <= set(found), name
    for name, title in (("atlas", "title_ja"), ("atlas_en", "title_en")):
        opened = seen["projects"][name]
        assert opened["read"]
        assert opened["crs"] == "EPSG:6677"
        assert opened["names"] == about.loc[layer_names(atlas_path), title].tolist()
        assert all(opened["valid"])  # type: ignore[arg-type]
