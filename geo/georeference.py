"""Where on earth the rows of a file are, and how they come into the plan's CRS.

What a file says of its CRS is believed until its coordinates contradict it. Each contradiction is
told apart, since each has its own remedy: no CRS at all, metres called degrees, degrees called
metres, latitude first, another zone. A CRS is assumed only where the plan declares one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import shapely

from .crs import Box, Way, covers, in_degrees, known_crs, way, zones_at
from .errors import DataError
from .findings import Finding, Kind, Report, Severity
from .rows import Rows, examined
from .words import Text

#: Japan in degrees, with its outlying islands: what numbers of a map of Japan look like.
JAPAN = Box(122.0, 20.0, 154.5, 46.0)
#: A transformation that is worse than this (m) is said.
ROUGH_M = 2.0


def placed(
    rows: Rows,
    where: Path,
    target: pyproj.CRS,
    declared: str | None,
    report: Report,
    *,
    degrees_by_default: bool = False,
) -> Rows:
    """`rows`, flat, in `target` (metres).

    `declared` is the CRS that the plan declares, for a file that names none; `degrees_by_default`
    is whether it names none, but its format makes degrees of that (GeoJSON, TopoJSON).

    Raises
    ------
    DataError
        If a coordinate is no number, or the place cannot be what the CRS says.
    """
    _refuse_not_numbers(rows, where)
    rows = rows.flat()
    stated = rows.frame.crs
    numbers = Box(*shapely.total_bounds(rows.shapes).tolist())
    source = _source(stated, numbers, where, target, declared, report, degrees_by_default)
    box = in_degrees(numbers, source)
    _refuse_elsewhere(numbers, box, source, target, where)
    if source == target:
        return Rows(rows.frame.set_crs(target, allow_override=True), rows.sound)
    if not covers(source, box):
        report(_beside_its_own(where, source, box))
    found = way(source, target, box)
    if found.accuracy_m is None or found.accuracy_m > ROUGH_M:
        report(_rough(where, source, target, found))
    moved = shapely.transform(rows.shapes, found.apply)
    return examined(rows.frame.set_geometry(moved, crs=target))


def _source(
    stated: pyproj.CRS | None,
    numbers: Box,
    where: Path,
    target: pyproj.CRS,
    declared: str | None,
    report: Report,
    degrees_by_default: bool,
) -> pyproj.CRS:
    """The CRS of the file: as it states, or as declared where it states none."""
    if stated is not None and not degrees_by_default:
        return stated
    if stated is not None and _can_be_degrees(numbers) and covers(target, numbers):
        return stated
    if declared is None:
        raise _undeclared(stated, numbers, where, target)
    crs = known_crs(declared, str(where))
    what = Text(f"座標系を {declared} とみなしました", f"taken to be in {declared}, as declared")
    remedy = Text("違う場合は crs を直してください", "correct crs if it is not")
    report(Finding(Kind.CRS_ASSUMED, Severity.NOTE, where.name, (), what, remedy))
    return crs


def _can_be_degrees(numbers: Box) -> bool:
    return (
        -180 <= numbers.west <= numbers.east <= 180 and -90 <= numbers.south <= numbers.north <= 90
    )


def _is_latitude_first(numbers: Box, target: pyproj.CRS) -> bool:
    """Whether the place is outside of `target`, but with x and y exchanged it is inside."""
    swapped = _swapped(numbers)
    outside = not (_can_be_degrees(numbers) and covers(target, numbers))
    return outside and _can_be_degrees(swapped) and covers(target, swapped)


def _swapped(numbers: Box) -> Box:
    return Box(numbers.south, numbers.west, numbers.north, numbers.east)


def _inside(numbers: Box, outer: Box) -> bool:
    return (
        outer.west <= numbers.west <= numbers.east <= outer.east
        and outer.south <= numbers.south <= numbers.north <= outer.north
    )


def _said(numbers: Box) -> str:
    return ", ".join(f"{value:.4g}" for value in numbers)


def _refuse_not_numbers(rows: Rows, where: Path) -> None:
    doubtful = rows.frame[~rows.sound]  # no shape is sound that has such a coordinate
    points, index = shapely.get_coordinates(doubtful.geometry.to_numpy(), return_index=True)
    bad = ~np.isfinite(points).all(axis=1)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        x, y = points[first]
        place, lines = doubtful.index[index[first]], len(set(index[bad]))
        what = Text(
            f"座標が数でない行が {lines} 行あります（最初は {place}: {x}, {y}）",
            f"a coordinate is no number in {lines} rows (first in {place}: {x}, {y})",
        )
        remedy = Text("元のデータの図形を直してください", "mend these shapes in the source")
        raise DataError(str(where), what, remedy)


def _refuse_elsewhere(
    numbers: Box, box: Box, source: pyproj.CRS, target: pyproj.CRS, where: Path
) -> None:
    """Stop if the coordinates are not where `source` says, or not where `target` is made for."""
    is_inside = bool(np.isfinite(box).all()) and covers(target, box)
    if source.is_geographic:
        if _is_latitude_first(numbers, target):
            raise _elsewhere(box, target, where, _LATITUDE_FIRST, _SWAP)
        if not _can_be_degrees(numbers):
            raise _wrong_unit(numbers, source, where, "メートル", "metres", "度", "degrees")
    elif _inside(numbers, JAPAN) or _inside(_swapped(numbers), JAPAN):
        raise _wrong_unit(numbers, source, where, "度", "degrees", "メートル", "metres")
    if not is_inside:
        raise _elsewhere(box, target, where, Text("", ""), _check_both(box, target))


def _undeclared(
    stated: pyproj.CRS | None, numbers: Box, where: Path, target: pyproj.CRS
) -> DataError:
    if stated is not None and _is_latitude_first(numbers, target):
        return _elsewhere(numbers, target, where, _LATITUDE_FIRST, _SWAP)
    if stated is None and _inside(numbers, JAPAN):
        what = Text(
            f"座標系が書かれていません（座標 {_said(numbers)} は度のようです）",
            f"the file names no CRS; its coordinates ({_said(numbers)}) look like degrees",
        )
        remedy = Text(
            'crs に書いてください（世界測地系は "EPSG:6668"、日本測地系は "EPSG:4301"）',
            'declare its crs: "EPSG:6668" for JGD2011, "EPSG:4301" for Tokyo Datum (before 2002)',
        )
        return DataError(str(where), what, remedy)
    what = Text(
        "座標系が書かれていないか、座標が度ではありません",
        "the file names no CRS, or its coordinates are not the degrees it says",
    )
    remedy = Text("crs に EPSG コードを書いてください", "declare its EPSG code as crs")
    return DataError(str(where), what, remedy)


_LATITUDE_FIRST = Text(
    "。緯度と経度を入れ替えると範囲に入ります",
    "; with latitude and longitude exchanged it would be inside",
)
_SWAP = Text(
    "元のデータの緯度と経度を入れ替えてください",
    "exchange latitude and longitude in the source",
)


def _check_both(box: Box, target: pyproj.CRS) -> Text:
    zones = zones_at(box)
    if not zones:
        return Text(
            "ファイルの座標系と、計画の crs を確かめてください",
            "check the CRS of the file and of the plan",
        )
    named = ", ".join(zones)
    return Text(
        f"その位置が正しければ計画の crs を {named} に、違えばファイルの座標系を直してください",
        f"if that is the right place, the crs of the plan is {named}; else correct the file's CRS",
    )


def _elsewhere(box: Box, target: pyproj.CRS, where: Path, more: Text, remedy: Text) -> DataError:
    code = target.to_string()
    what = Text(
        f"位置（経度・緯度 {_said(box)}）が {code} の範囲の外です{more.ja}",
        f"its place (longitude, latitude {_said(box)}) is outside what {code} is made for{more.en}",
    )
    return DataError(str(where), what, remedy)


def _wrong_unit(
    numbers: Box, source: pyproj.CRS, where: Path, ja: str, en: str, says_ja: str, says_en: str
) -> DataError:
    code = source.to_string() if source.to_authority() else source.name
    what = Text(
        f"座標系は {code}（{says_ja}）とありますが、座標 {_said(numbers)} は{ja}です",
        f"its CRS is {code} ({says_en}), but its coordinates ({_said(numbers)}) are {en}",
    )
    remedy = Text(
        "ファイルの座標系（.prj など）を直すか、消して計画の crs に EPSG コードを書いてください",
        "correct the file's CRS (its .prj), or remove it and declare the right EPSG code as crs",
    )
    return DataError(str(where), what, remedy)


def _beside_its_own(where: Path, source: pyproj.CRS, box: Box) -> Finding:
    code = source.to_string() if source.to_authority() else source.name
    what = Text(
        f"位置（経度・緯度 {_said(box)}）が、ファイルの座標系 {code} の範囲の外です",
        f"its place (longitude, latitude {_said(box)}) is outside what its own CRS ({code}) is for",
    )
    remedy = Text(
        "別の系の座標でないか、ファイルの座標系を確かめてください",
        "see whether its coordinates belong to another zone",
    )
    return Finding(Kind.CRS_DOUBTFUL, Severity.WARNING, where.name, (), what, remedy)


def _rough(where: Path, source: pyproj.CRS, target: pyproj.CRS, found: Way) -> Finding:
    code, to = source.to_string() if source.to_authority() else source.name, target.to_string()
    grids = ", ".join(found.missing_grids)
    by_ja = f"（格子データ {grids} がないため）" if grids else ""
    by_en = f" (the grid {grids} is not installed)" if grids else ""
    if found.accuracy_m is None:
        exact = Text("精度がわかりません", "how exact that is, is not known")
    else:
        m = f"{found.accuracy_m:.0f} m"
        exact = Text(f"{m} ほどずれることがあります", f"borders may be off by about {m}")
    what = Text(
        f"{code} から {to} に変換しました。{exact.ja}{by_ja}",
        f"transformed from {code} to {to}; {exact.en}{by_en}",
    )
    remedy = Text(
        "正確な境界が要るときは、国土地理院の TKY2JGD・PatchJGD で変換したデータを使ってください",
        "where exact borders matter, use data converted with the TKY2JGD or PatchJGD of GSI",
    )
    finding = (Kind.CRS_ROUGH, Severity.WARNING, where.name, ())
    return Finding(*finding, what, remedy, found.accuracy_m, "m" if found.accuracy_m else "")
