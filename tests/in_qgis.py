"""Run by a Python that has QGIS: what QGIS makes of a GeoPackage, as JSON.

python3 tests/in_qgis.py FILE
"""

from __future__ import annotations

import json
import sqlite3
import sys
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def layer(path: str, name: str) -> dict[str, Any]:
    """A layer opened by itself, with the style that QGIS gives it."""
    found = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    _, is_styled = found.loadDefaultStyle()
    symbols = found.renderer().symbols(QgsRenderContext())
    return {
        "valid": found.isValid(),
        "styled": is_styled,
        "crs": found.crs().authid(),
        "rows": found.featureCount(),
        "renderer": found.renderer().type(),
        "symbols": [[part.layerType() for part in one.symbolLayers()] for one in symbols],
        "labels": found.labeling().settings().fieldName if found.labelsEnabled() else None,
        "aliases": {field.name(): field.alias() for field in found.fields()},
        "title": found.metadata().title(),
        "about": found.metadata().abstract(),
        "colours": colours([found]),
    }


def project(path: str, name: str) -> dict[str, Any]:
    """A project kept in the file, opened."""
    found = QgsProject()
    is_read = found.read(f"geopackage:{path}?projectName={name}")
    nodes = found.layerTreeRoot().findLayers()
    return {
        "read": is_read,
        "title": found.title(),
        "crs": found.crs().authid(),
        "names": [node.name() for node in nodes],
        "valid": [node.layer() is not None and node.layer().isValid() for node in nodes],
        "shown": [node.isVisible() for node in nodes],
        "colours": colours([node.layer() for node in nodes if node.isVisible()]),
    }


def colours(layers: list[Any]) -> dict[str, int]:
    """How many pixels of a small map have which colour; only those of more than a hundred."""
    around = layers[0].extent()
    for one in layers:
        around.combineExtentWith(one.extent())
    around.grow(0.05 * max(around.width(), around.height(), 1))
    asked = QgsMapSettings()
    asked.setLayers(layers)
    asked.setDestinationCrs(layers[0].crs())
    asked.setExtent(around)
    asked.setOutputSize(QSize(500, 500))
    asked.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(asked)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    found: dict[str, int] = {}
    for x in range(image.width()):
        for y in range(image.height()):
            name = image.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return {name: number for name, number in found.items() if number > 100}


def main(path: str) -> None:
    program = QgsApplication([], False)
    program.initQgis()
    db = sqlite3.connect(path)
    names = db.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")
    projects = db.execute("SELECT name FROM qgis_projects")
    seen = {
        "layers": {name: layer(path, name) for (name,) in names},
        "projects": {name: project(path, name) for (name,) in projects},
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1])
