"""The atlas: every layer of a study in one GeoPackage that opens in QGIS as the pages look."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .atlas_layers import areas_of_cases, borders, content, dots, said, zones
from .atlas_overlaps import earlier, moves, pieces, splits
from .geopackage import Layer, geopackage
from .plan import Role
from .qgis_project import project
from .study import Study
from .table import Table
from .words import Language, Text

FILE = "atlas.gpkg"
#: The projects that open all layers at once.
PROJECTS: dict[str, Language] = {"atlas": "ja", "atlas_en": "en"}
COLUMNS = {
    "layer": (Text("レイヤ", "layer"), ""),
    "title_ja": (Text("内容（日本語）", "what it is, in Japanese"), ""),
    "title_en": (Text("内容（英語）", "what it is, in English"), ""),
    "rows": (Text("件数", "number of rows"), ""),
    "about_ja": (Text("説明と出典（日本語）", "notes and sources, in Japanese"), ""),
    "about_en": (Text("説明と出典（英語）", "notes and sources, in English"), ""),
}
NOTHING = Text("該当するものがないため、レイヤはない", "There are none, and no layer")


def atlas(study: Study, made: Sequence[Table]) -> bytes:
    """The atlas as the bytes of a GeoPackage, in the CRS of the plan; `made`: all tables.

    The topmost layer comes first, tables without shapes come last. A layer without rows is not
    written; the table ``about``, which lists all of them, says so.
    """
    tables = {table.name: table for table in made}
    layers = [
        *dots(study, tables),
        *areas_of_cases(study, tables),
        *zones(study, tables, Role.WARD),
        *earlier(study, tables),
        *moves(study, tables),
        *borders(study),
        *zones(study, tables, Role.DISTRICT, Role.CARE, Role.OTHER, Role.UNITS),
        *splits(study, tables),
        *pieces(study),
    ]
    drawn = [layer for layer in layers if len(layer.rows)]
    projects = {
        name: project(FILE, drawn, study.plan.title, language)
        for name, language in PROJECTS.items()
    }
    listed = list(content(study, tables))
    about = _contents(study, [*layers, *listed])
    return geopackage([*drawn, *listed, about], _told(study), projects)


def _contents(study: Study, layers: Sequence[Layer]) -> Layer:
    """The list of all layers, for people, as a table without shapes."""
    rows = [
        {
            "layer": layer.name,
            "title_ja": layer.title.ja,
            "title_en": layer.title.en,
            "rows": len(layer.rows),
            "about_ja": layer.about.ja if len(layer.rows) else NOTHING.ja,
            "about_en": layer.about.en if len(layer.rows) else NOTHING.en,
        }
        for layer in layers
    ]
    title = Text("この地図帳について", "About this atlas")
    return Layer("about", title, pd.DataFrame(rows), said(study, study.sources), COLUMNS)


def _told(study: Study) -> dict[str, str]:
    """What must be known of the whole file, as other programs show it."""
    plan, about = study.plan, said(study, study.sources)
    return {
        "title": plan.title.ja,
        "title_en": plan.title.en,
        "date": plan.date,
        "about": about.ja,
        "about_en": about.en,
    }
