"""Layers → one GeoPackage with their styles for QGIS: the same bytes for the same content.

With :mod:`geo.bulk` the door to pyogrio, which writes features; SQLite does the rest.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from .columns import Meaning
from .qgis_style import Style, qml
from .words import Language, Text

#: When a file says it was written: always the same, so that its bytes are.
WRITTEN = "1980-01-01T00:00:00.000Z"
#: What GDAL calls the rows and the shapes of a layer.
FID, SHAPE = "fid", "geom"
STYLES = "layer_styles"
#: Of the format: older programs know it, and it has everything that is needed.
VERSION = "1.2"
#: The styles of a layer by name; the first one is what QGIS opens it with.
LANGUAGES: dict[str, Language] = {"日本語": "ja", "English": "en"}
SPEC = "http://www.geopackage.org/spec120/"
SCHEMA = (
    "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
    "name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, "
    "PRIMARY KEY (table_name, column_name), UNIQUE (table_name, name))",
    "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, "
    "constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, "
    "max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, "
    "UNIQUE (constraint_name, constraint_type, value))",
)


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer to be written.

    Attributes
    ----------
    name
        Of its table: ASCII.
    title, about
        What it is called, and what is to be known of it.
    rows
        Polygons or points in one CRS; without shapes a plain table.
    columns
        What its columns mean.
    style
        How QGIS draws it; None: not at all.
    shown
        Whether it is seen when the whole atlas is opened.
    """

    name: str
    title: Text
    rows: pd.DataFrame
    about: Text
    columns: Mapping[str, Meaning]
    style: Style | None = None
    shown: bool = True

    @property
    def names(self) -> dict[str, Text]:
        """What its fields are called, in the order of the file."""
        return {column: meaning for column, (meaning, _) in self.columns.items()}


def geopackage(
    layers: Sequence[Layer], about: Mapping[str, str], projects: Mapping[str, bytes] | None = None
) -> bytes:
    """Layers as the bytes of one file, the topmost first.

    Text stays as it is but for "", which becomes NULL, as does whatever else is missing.

    Parameters
    ----------
    layers
        Each with a name of its own.
    about
        What is to be known of the whole file, by key (table ``gpkg_metadata``).
    projects
        Projects of QGIS (``.qgz``) by name.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, "layers.gpkg")
        for layer, title in zip(layers, _titles(layers), strict=True):
            said = {"IDENTIFIER": title, "DESCRIPTION": layer.about.ja}
            whole = {} if path.exists() else {"dataset_metadata": dict(about), "VERSION": VERSION}
            _append(_with_nulls(layer.rows), path, layer.name, layer_options=said, **whole)
        asked = {"FID": "id", "DATETIME_PRECISION": "MILLISECOND"}
        _append(_styles(layers), path, STYLES, layer_options=asked)
        with closing(sqlite3.connect(path)) as db:
            with db:
                _explain(db, layers)
                _keep(db, projects or {})
                _settle(db)
            db.execute("VACUUM")  # no trace of the steps
        return path.read_bytes()


def _titles(layers: Sequence[Layer]) -> list[str]:
    """What layers are called in the file: no two alike."""
    said = Counter(layer.title.ja for layer in layers)
    return [
        f"{layer.title.ja} ({layer.name})" if said[layer.title.ja] > 1 else layer.title.ja
        for layer in layers
    ]


def _append(rows: pd.DataFrame, path: Path, name: str, **options: Any) -> None:
    if isinstance(rows, gpd.GeoDataFrame):
        rows = rows.rename_geometry(SHAPE)
        kinds = {kind.removeprefix("Multi") for kind in rows.geom_type.dropna()}
        (kind,) = kinds
        options["geometry_type"] = kind if kind == "Point" else f"Multi{kind}"
    pyogrio.write_dataframe(rows, path, layer=name, driver="GPKG", **options)


def _with_nulls(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in which texts that are not there are missing."""
    texts = rows.select_dtypes(["object", "string"]).columns
    return rows.assign(**{text: rows[text].where(rows[text] != "", None) for text in texts})


def _styles(layers: Sequence[Layer]) -> pd.DataFrame:
    """The table in which QGIS looks for the styles of layers."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer.name,
            "f_geometry_column": SHAPE,
            "styleName": name,
            "styleQML": qml(layer.style, layer.names, language),
            "styleSLD": "",
            "useAsDefault": language == "ja",
            "description": layer.title.ja,
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(WRITTEN),
        }
        for layer in layers
        if layer.style
        for name, language in LANGUAGES.items()
    ]
    return pd.DataFrame(rows)


def _explain(db: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    """What columns mean (the schema extension of GeoPackage), for programs other than QGIS."""
    for statement in SCHEMA:
        db.execute(statement)
    for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        extension = (table, "gpkg_schema", f"{SPEC}#extension_schema", "read-write")
        db.execute("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, ?)", extension)
    for layer in layers:
        for column, (meaning, unit) in layer.columns.items():
            said = f"{meaning.en} ({unit})" if unit else meaning.en
            row = (layer.name, column, meaning.ja, said)
            db.execute("INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, NULL)", row)


def _keep(db: sqlite3.Connection, projects: Mapping[str, bytes]) -> None:
    """Projects where QGIS looks for them: in hexadecimal digits."""
    if projects:
        db.execute(
            "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
        )
    for name, content in projects.items():
        told = json.dumps({"last_modified_time": WRITTEN, "last_modified_user": ""})
        db.execute("INSERT INTO qgis_projects VALUES (?, ?, ?)", (name, told, content.hex()))


def _settle(db: sqlite3.Connection) -> None:
    """No trace of when the file was written."""
    db.execute("UPDATE gpkg_contents SET last_change = ?", (WRITTEN,))
    db.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (WRITTEN,))
