"""The floors of the house: a module imports only from lower floors, a library has one door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

GEO = Path(__file__).parent.parent / "geo"

FLOORS = [
    {
        "pdf",
        "problem",
        "exact",
        "widths",
        "workers",
        "words",
        "names",
        "townwords",
        "grid",
        "cells",
        "encoding",
        "measures",
        "excel",
        "lettering",
        "palette",
        "stream",
        "topology",
    },
    {
        "paper",
        "indices",
        "qgis_style",
        "columns",
        "solver",
        "staff",
        "rings",
        "errors",
        "findings",
        "voice",
        "townlist",
        "positions",
        "official",
        "records",
        "rows",
        "years",
    },
    {
        "front",
        "geopackage",
        "table",
        "photo",
        "goals",
        "cluster",
        "inside",
        "lattice",
        "chunks",
        "coverage",
        "curves",
        "canvas",
        "faces",
        "crs",
        "header",
        "textfile",
        "workbook",
        "archives",
        "shapefile",
        "jpgis",
        "proof",
    },
    {
        "worksheet",
        "chart",
        "qgis_project",
        "typeset",
        "sheet_names",
        "areas",
        "mesh",
        "plan",
        "frame",
        "formats",
        "georeference",
    },
    {"bulk", "spreadsheet", "plan_rows"},
    {
        "pieces",
        "tabular",
        "reading",
        "partition",
        "plan_data",
        "plan_content",
        "plan_outputs",
    },
    {
        "cutting",
        "spread",
        "plan_file",
        "boundaries",
        "sources",
        "layers",
        "points",
        "schemes",
        "content_columns",
    },
    {"dwellings", "weighting", "register", "overlap", "cases"},
    {"grains", "slivers"},
    {"assemble", "checks", "repair", "alignment", "attach"},
    {
        "indicator_rows",
        "reallocation",
        "snapping",
        "placing",
        "blocks",
        "linework",
        "offices",
        "content_checks",
        "editions",
    },
    {
        "adjusting",
        "moved",
        "indicators",
        "revisions",
        "groups",
        "sites",
        "still",
        "picture_map",
        "fitting",
        "case_spots",
    },
    {"intake", "page", "sheet_map", "verify"},
    {"content_intake"},
    {"realign"},
    {"reasons", "outcome", "joint"},
    {"proposals"},
    {"study", "aligning", "periods"},
    {"content_tables", "indicator_tables"},
    {"tables", "phrases"},
    {"edition_words", "indicator_words", "proposal_tables"},
    {"edition_tables", "shapes", "downloads", "cover", "datapackage"},
    {"drawing", "beside", "origins"},
    {"choropleth", "dots", "content_words", "masthead", "overlap_rows", "atlas_looks"},
    {"districts", "picture", "atlas_layers", "book_words", "book_kinds"},
    {"book", "entries", "sheet_marks", "sheet_text", "atlas_overlaps"},
    {"align_page", "atlas", "edition_page", "planner_page", "council_page", "embed_page", "sheet"},
    {"index_page", "revision_page", "sheet_drawing", "sheet_atlas"},
    {"maps", "sheet_page"},
    {"sheets"},
    {"pipeline"},
    {"commands"},
    {"overlap_command", "align_command"},
    {"cli"},
    {"__main__"},
]
FLOOR = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}

DOORS = {
    "fiona": {"records"},
    "pyogrio": {"bulk", "geopackage"},
    "folium": {"page"},
    "branca": {"page"},
    "xstatic": {"page"},
    "jinja2": {"page"},
    "rcssmin": {"page"},
    "jismesh": {"mesh"},
    "mapclassify": {"choropleth"},
    "lark": {"townwords", "townlist"},
    "openpyxl": {"workbook"},
    "xlsxwriter": {"spreadsheet"},
    "matplotlib": {"canvas", "chart"},
    "pypdf": {"pdf"},
    "pydantic": {"plan", "plan_file"},
    "click": {"cli"},
    "rich": {"voice", "commands"},
}


def imports(module: str) -> tuple[set[str], set[str]]:
    """The modules of geo and the libraries that a module imports."""
    tree = ast.parse((GEO / f"{module}.py").read_text(encoding="utf-8"))
    ours: set[str] = set()
    theirs: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            ours |= {node.module} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            theirs.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Import):
            theirs |= {alias.name.split(".")[0] for alias in node.names}
    return ours, theirs


def test_every_module_has_a_floor() -> None:
    assert {path.stem for path in GEO.glob("*.py")} - {"__init__"} == set(FLOOR)


@pytest.mark.parametrize("module", sorted(FLOOR))
def test_imports_go_down_only(module: str) -> None:
    ours, theirs = imports(module)
    assert "geo" not in theirs, "import relatively inside geo"
    assert {name for name in ours if FLOOR[name] >= FLOOR[module]} == set()


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    users = {module for module in FLOOR if library in imports(module)[1]}
    assert users == DOORS[library]
