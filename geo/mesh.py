"""Codes of the Japanese grid (地域メッシュ, JIS X 0410) → cells. The only door to jismesh.

A code names a rectangle of longitude and latitude on the world geodetic system: 4 digits a cell of
about 80 km, 6 of 10 km, 8 of 1 km, 9 of 500 m, 10 of 250 m, 11 of 125 m, and the cells joined from
those (2 km, 5 km …). A code does not say its own mistakes: it is believed if the cell that it names
has this very code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import jismesh.utils as jismesh
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from .crs import known_crs, way
from .findings import Kind, Report, Severity, of_rows
from .words import Text

#: JGD2011. Cells of the older codes on Tokyo Datum lie 400 m from those of the same code today.
DATUM = "EPSG:6668"
#: What can be a code around Japan: 20° to 47° north, 120° to 160° east.
_CODE = re.compile(r"[3-6]\d[2-5]\d{1,8}", re.ASCII)
#: Some code, in the place of what is none.
_SOME = 5339
#: Edges are straight in degrees and bent in the plane: on 1 km by 2 cm, on 80 km by 100 m. So they
#: get a corner every 1.4 km at most (in degrees; a cell of 1 km has sides of 1/80° and 1/120°).
_STRETCH = 0.0126
#: Much less than the smallest cell, much more than the rounding of its corners (in degrees).
_LITTLE = 1e-9


def cells(codes: Sequence[str]) -> NDArray[np.float64]:
    """West, south, east and north of each cell in degrees (n × 4); NaN where no cell has the code.

    >>> cells(["53393599", "533935995", "53398"]).tolist()
    [[139.7375, 35.6583333333, 139.75, 35.6666666667], [nan, nan, nan, nan], [nan, nan, nan, nan]]
    """
    written = [int(code) if _CODE.fullmatch(code) else _SOME for code in codes]
    # Two more: for a single code jismesh calls np.asscalar, which NumPy has no more.
    number = np.array([*written, _SOME, _SOME], dtype=np.int64)
    level = jismesh.to_meshlevel(number)
    number[level < 0] = _SOME
    level[level < 0] = 1
    again = jismesh.to_meshcode(*jismesh.to_meshpoint(number, 0.5, 0.5), level)
    south, west = jismesh.to_meshpoint(number, 0, 0)
    north, east = jismesh.to_meshpoint(number, 1, 1)
    # Rounded to 0.01 mm, so that neighbours have the same edge.
    found = np.column_stack([west, south, east, north]).round(10)[: len(written)]
    names = zip(codes, number, again, strict=False)
    found[[not (code == str(its) and its == same) for code, its, same in names]] = np.nan
    return found


def known_cells(codes: pd.Series, where: str, remedy: Text, report: Report) -> pd.DataFrame:
    """The boxes of :func:`cells` of the rows with a code of the mesh; the others are said.

    `codes` are by the number of their row.
    """
    found = pd.DataFrame(cells(codes.tolist()), index=codes.index)
    unknown = found.isna().any(axis=1)
    without = Text("コードのない行です", "these rows have no code")
    strange = Text("メッシュのコードではありません", "these are no codes of the mesh")
    empty, wrong = codes[codes == ""], codes[unknown & (codes != "")]
    for finding in (
        *of_rows(empty, Kind.ROW_LEFT_OUT, where, without, remedy, Severity.NOTE),
        *of_rows(wrong, Kind.MESH_CODE_UNKNOWN, where, strange, remedy),
    ):
        report(finding)
    return found[~unknown]


def not_doubled(boxes: pd.DataFrame, codes: pd.Series, where: str, report: Report) -> pd.DataFrame:
    """The cells that lie over no smaller one; the others are said, by their `codes`."""
    over = doubled(boxes.to_numpy())
    what = Text("より小さいメッシュと重なっています", "these cells lie over smaller ones")
    remedy = Text(
        "小さい方だけを使いました。片方の大きさに揃えてください",
        "only the smaller ones were used; keep cells of one size",
    )
    for finding in of_rows(codes[boxes.index][over], Kind.OVERLAP_INSIDE, where, what, remedy):
        report(finding)
    return boxes[~over]


def polygons(boxes: NDArray[np.float64], crs: pyproj.CRS) -> NDArray[np.object_]:
    """Cells (n × 4, degrees) as polygons in `crs`."""
    west, south, east, north = boxes.T
    drawn = shapely.segmentize(shapely.box(west, south, east, north), _STRETCH)
    return np.asarray(shapely.transform(drawn, way(known_crs(DATUM), crs).apply))


def doubled(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which cells lie over a smaller one, or over the same one given before.

    >>> doubled(cells(["53393599", "533935991", "533935992", "53393598", "53393598"])).tolist()
    [True, False, False, False, True]
    """
    west, south, east, north = boxes.T
    inner = shapely.box(west + _LITTLE, south + _LITTLE, east - _LITTLE, north - _LITTLE)
    i, j = shapely.STRtree(inner).query(inner, predicate="intersects")
    size = (east - west) * (north - south)
    larger = (size[i] > size[j] * 1.001) | (np.isclose(size[i], size[j], rtol=1e-3) & (i > j))
    over = np.zeros(len(boxes), dtype=bool)
    over[i[larger]] = True
    return over
