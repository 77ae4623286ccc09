"""A project of QGIS over the layers of one GeoPackage: their order, names and what is seen first.

It is kept in the GeoPackage itself, so that the whole opens at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import numpy as np
import pyproj

from .geopackage import Layer
from .qgis_style import dress, written
from .words import Language, Text

#: Of zip files: always the same, so that their bytes are.
WRITTEN = (1980, 1, 1, 0, 0, 0)
#: That the project has a CRS of its own, and that its files stand beside it.
PROPERTIES = (
    ("SpatialRefSys", "ProjectionsEnabled", "int", "1"),
    ("Paths", "Absolute", "bool", "false"),
)
#: Before the name of a layer: QGIS gives another id to layers whose id is short.
ID = "keniki_layer_"


def project(file: str, layers: Sequence[Layer], title: Text, language: Language) -> bytes:
    """A project (``.qgz``) of these layers, the topmost first.

    `file` is the name of the GeoPackage that they and the project stand in.
    """
    drawn = [layer for layer in layers if isinstance(layer.rows, gpd.GeoDataFrame)]
    root = ET.Element("qgis", version="3.22.0", projectname=title.say(language))
    ET.SubElement(root, "title").text = title.say(language)
    crs = pyproj.CRS(str(drawn[0].rows.crs))
    _crs(root, "projectCrs", crs)
    tree = ET.SubElement(root, "layer-tree-group")
    listed = ET.SubElement(root, "projectlayers")
    for layer in drawn:
        source = f"./{file}|layername={layer.name}"
        has_legend = layer.style is not None and len(layer.style.classes) > 0
        ET.SubElement(
            tree, "layer-tree-layer", id=ID + layer.name, name=layer.title.say(language),
            checked="Qt::Checked" if layer.shown else "Qt::Unchecked",
            expanded=str(int(has_legend)), providerKey="ogr", source=source,
        )  # fmt: skip
        listed.append(_layer(layer, source, crs, language))
    _view(root, drawn, crs)
    properties = ET.SubElement(root, "properties")
    for group, name, kind, value in PROPERTIES:
        ET.SubElement(ET.SubElement(properties, group), name, type=kind).text = value
    return _zipped(written(root, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"))


def _layer(layer: Layer, source: str, crs: pyproj.CRS, language: Language) -> ET.Element:
    rows = layer.rows
    assert isinstance(rows, gpd.GeoDataFrame)  # noqa: S101  (only those are drawn)
    kind = next(iter(rows.geom_type.dropna())).removeprefix("Multi")
    named = {"Polygon": "Polygon", "LineString": "Line", "Point": "Point"}[kind]
    root = ET.Element("maplayer", type="vector", geometry=named)
    said = {"id": ID + layer.name, "datasource": source, "layername": layer.title.say(language),
            "title": layer.title.say(language), "abstract": layer.about.say(language)}  # fmt: skip
    for name, text in said.items():
        ET.SubElement(root, name).text = text
    ET.SubElement(root, "provider", encoding="UTF-8").text = "ogr"
    _crs(root, "srs", crs)
    if layer.style:
        dress(root, layer.style, layer.names, language)
    return root


def _crs(root: ET.Element, name: str, crs: pyproj.CRS) -> None:
    """A CRS by its WKT, and by its code where it has one."""
    said = ET.SubElement(ET.SubElement(root, name), "spatialrefsys")
    ET.SubElement(said, "wkt").text = crs.to_wkt()
    authority = crs.to_authority()
    ET.SubElement(said, "authid").text = ":".join(authority) if authority else ""


def _view(root: ET.Element, layers: Sequence[Layer], crs: pyproj.CRS) -> None:
    """What is seen at first: all of it."""
    bounds = np.array([layer.rows.total_bounds for layer in layers])
    west, south = np.nanmin(bounds[:, :2], axis=0)
    east, north = np.nanmax(bounds[:, 2:], axis=0)
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters"
    extent = ET.SubElement(canvas, "extent")
    for name, value in (("xmin", west), ("ymin", south), ("xmax", east), ("ymax", north)):
        ET.SubElement(extent, name).text = repr(float(value))
    _crs(canvas, "destinationsrs", crs)


def _zipped(text: str) -> bytes:
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as archive:
        info = ZipInfo("atlas.qgs", WRITTEN)
        info.compress_type = ZIP_DEFLATED
        archive.writestr(info, text.encode())
    return whole.getvalue()
