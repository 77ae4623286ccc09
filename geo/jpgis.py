"""JPGIS GML of 国土数値情報 → rows: curves, surfaces made of them, features that point at those.

GDAL's GML driver follows none of these links and finds no shape at all, so this is read here. In
JPGIS latitude stands first; what comes out is longitude, latitude. N03's elements get the names of
its columns in the Shapefile, so that a plan need not know which of the two it was given.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from .errors import DataError
from .words import Text

Element = ElementTree.Element
Coordinates = NDArray[np.float64]

#: How `srsName` calls the datums, to the CRS in degrees of each.
DATUMS = {"JGD2011": "EPSG:6668", "JGD2000": "EPSG:4612", "TD": "EPSG:4301", "WGS84": "EPSG:4326"}

_COLUMNS = {
    "prefectureName": "N03_001", "subPrefectureName": "N03_002", "subprefectureName": "N03_002",
    "countyName": "N03_003", "cityName": "N03_004", "wardName": "N03_005",
    "administrativeAreaCode": "N03_007",
}  # fmt: skip
_GML_ID = "{http://www.opengis.net/gml/3.2}id"
_HREF = "{http://www.w3.org/1999/xlink}href"


class _Link(NamedTuple):
    """A curve that stands elsewhere in the file, backwards or not."""

    id: str
    backwards: bool = False


_Ring = list["_Link | Coordinates"]


class _Dataset:
    """What has been read so far, links not yet followed."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.curves: dict[str, _Ring] = {}
        self.surfaces: dict[str, list[list[_Ring]]] = {}
        self.features: list[tuple[dict[str, str | None], list[str]]] = []
        self.srs: str | None = None


def read(path: Path, where: str) -> gpd.GeoDataFrame:
    """The features of a JPGIS file, one row each; CRS as its `srsName` says, None if it says none.

    Raises
    ------
    DataError
        If it is no XML, or points at a curve or surface that is not in it.
    """
    data = _Dataset(where)
    try:
        events = ElementTree.iterparse(path, ("start", "end"))  # noqa: S314
        depth = 0
        root = None
        for event, element in events:
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            data.srs = data.srs or element.get("srsName")
            if event == "end" and depth == 1:
                _take(element, data)
                root.clear()
    except (ElementTree.ParseError, ValueError) as err:
        what = Text(f"XML として読めません（{err}）", f"it is not well-formed XML ({err})")
        remedy = Text("もう一度ダウンロードしてください", "download it again")
        raise DataError(where, what, remedy) from err
    shapes = [_shape(links, data) for _, links in data.features]
    rows = [row for row, _ in data.features]
    datum = (data.srs or "").split("/")[0].strip()
    geometry = np.array(shapes, dtype=object)
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=DATUMS.get(datum))


def _tag(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _take(element: Element, data: _Dataset) -> None:
    """One child of the root: a curve, a surface or a feature."""
    name, tag = element.get(_GML_ID, ""), _tag(element)
    if tag in ("Curve", "OrientableCurve"):
        data.curves[name] = _curve(element)
    elif tag in ("Surface", "Polygon"):
        data.surfaces[name] = _patches(element)
    elif element.tag.startswith("{http://www.opengis.net/gml"):
        return  # a description, a time, a box around everything
    else:
        _take_feature(element, name, data)


def _take_feature(element: Element, name: str, data: _Dataset) -> None:
    row: dict[str, str | None] = {}
    links: list[str] = []
    for child in element:
        shapes = [part for part in child.iter() if _tag(part) in ("Surface", "Polygon")]
        if href := child.get(_HREF):
            links.append(href.lstrip("#"))
        elif shapes:
            for shape in shapes:
                links.append(f"{name}/{len(links)}")
                data.surfaces[links[-1]] = _patches(shape)
        else:
            tag = _tag(child)
            row[_COLUMNS.get(tag, tag)] = (child.text or "").strip() or None
    data.features.append((row, links))


def _curve(element: Element) -> _Ring:
    """A curve as parts one after the other: coordinates, or links to other curves."""
    if _tag(element) == "OrientableCurve":
        base = next(part for part in element if _tag(part) == "baseCurve")
        return [_Link(base.get(_HREF, "").lstrip("#"), element.get("orientation") == "-")]
    return [_numbers(part) for part in element.iter() if _tag(part) in ("posList", "pos")]


def _patches(element: Element) -> list[list[_Ring]]:
    """The polygons of a surface: each its rings, the outer one first."""
    patches = [part for part in element.iter() if _tag(part) in ("PolygonPatch", "Polygon")]
    return [
        [_ring(side) for kind in ("exterior", "interior") for side in patch if _tag(side) == kind]
        for patch in patches
    ]


def _ring(side: Element) -> _Ring:
    ring: _Ring = []
    for part in side.iter():
        if _tag(part) in ("posList", "pos"):
            ring.append(_numbers(part))
        elif _tag(part) == "curveMember" and (href := part.get(_HREF)):
            ring.append(_Link(href.lstrip("#")))
    return ring


def _numbers(element: Element) -> Coordinates:
    """The coordinates of a `posList`, as (longitude, latitude)."""
    words = (element.text or "").split()
    size = int(element.get("srsDimension", "2"))
    points = np.array(words, dtype=float).reshape(-1, size)
    return points[:, 1::-1]


def _shape(links: list[str], data: _Dataset) -> shapely.Geometry | None:
    polygons = []
    for link in links:
        for patch in data.surfaces.get(link) or _missing(link, data.where):
            rings = [_joined(ring, data) for ring in patch]
            rings = [ring for ring in rings if len(ring)]
            if rings:
                polygons.append(shapely.Polygon(_closed(rings[0]), list(map(_closed, rings[1:]))))
    if len(polygons) == 1:
        return polygons[0]
    return shapely.MultiPolygon(polygons) if polygons else None


def _joined(ring: _Ring, data: _Dataset, depth: int = 0) -> Coordinates:
    """The coordinates of a ring, links followed (a link to a link to … is not followed forever)."""
    parts = [np.empty((0, 2))]
    for part in ring:
        if isinstance(part, _Link):
            its = data.curves.get(part.id)
            if its is None or depth > 8:
                _missing(part.id, data.where)
            else:
                points = _joined(its, data, depth + 1)
                parts.append(points[::-1] if part.backwards else points)
        else:
            parts.append(part)
    return np.concatenate(parts)


def _closed(ring: Coordinates) -> Coordinates:
    """A ring that ends where it starts; one too short to be any has its point repeated."""
    ends = [] if len(ring) >= 4 and (ring[0] == ring[-1]).all() else [ring[:1]]
    ring = np.concatenate([ring, *ends])
    return np.concatenate([ring, np.repeat(ring[-1:], max(0, 4 - len(ring)), axis=0)])


def _missing(name: str, where: str) -> list[list[_Ring]]:
    what = Text(
        f"「{name}」を指していますが、ファイルの中にありません",
        f"it points at “{name}”, which is not in the file",
    )
    remedy = Text("もう一度ダウンロードしてください", "download it again")
    raise DataError(where, what, remedy)
