"""Case studies: what kind of place each has, its outline, its photograph, its link.

A case is at a point, in a zone, in an area smaller than a zone, or nowhere in particular. Only a
point gets a dot: a dot in the middle of an area would be a false address. An area smaller than a
zone is drawn where its outline is known, and else said in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from math import isnan
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import pandas as pd

from .boundaries import read_zones
from .errors import DataError
from .findings import Finding, Kind, Report, Severity, named
from .photo import Photo, read_photo
from .plan import Boundary, Plan
from .positions import Position, position
from .words import Text


class Place(StrEnum):
    """The kind of place that the plan names for a case."""

    POINT = "point"
    AREA = "area"
    SMALL_AREA = "small_area"
    NONE = "none"


Row = Mapping[str, str]


def spot_of(case: Row) -> Position | None:
    """Where a case at a point stands, if its position is known."""
    if case.get("place_kind") != Place.POINT:
        return None
    spot = position(case.get("lon", ""), case.get("lat", ""))
    return None if isnan(spot.lat) else spot


def host_of(link: str) -> str:
    """The host that a link leads to; "" where it is no plain link of the web.

    >>> host_of("https://www.city.chiba.jp/x"), host_of("javascript:alert(1)")
    ('www.city.chiba.jp', '')
    >>> host_of("https://city.example@other.example/")
    ''
    """
    if any(sign.isspace() or not sign.isprintable() or sign in "\\<>\"'`" for sign in link):
        return ""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
        host.encode("idna")
    except (ValueError, UnicodeError):
        return ""
    return host if parts.scheme in ("http", "https") and "@" not in parts.netloc else ""


def outlines(plan: Plan, source: Boundary | None, report: Report) -> gpd.GeoSeries:
    """The areas that are smaller than a zone, by the id of their case, in the plan's CRS."""
    if source is None:
        return gpd.GeoSeries(crs=plan.crs)
    return gpd.GeoSeries(
        read_zones(plan.path(source.file), source, plan.crs, report).zones.geometry
    )


def photos(plan: Plan, table: pd.DataFrame, file: str) -> dict[str, Photo]:
    """The photographs of cases, by the id of the case.

    Their names count from the folder of the plan, and nothing outside it is shown: a table from
    elsewhere must not publish what it happens to find.

    Raises
    ------
    DataError
        If there is no such file, it is no picture, or nothing says what it shows.
    """
    found: dict[str, Photo] = {}
    for row, case in table.iterrows():
        if name := case.get("photo", ""):
            place = f"{file} row {row} ({case['case_id']})"
            ja, en = case.get("photo_ja", ""), case.get("photo_en", "")
            alt = Text(ja or en, en or ja)
            if not alt.ja:
                what = Text(f"写真「{name}」の説明がありません", f"the photo “{name}” has no words")
                remedy = Text(
                    "何が写っているかを photo_ja に書いてください",
                    "say what it shows in photo_ja (in English in photo_en)",
                )
                raise DataError(place, what, remedy)
            path = _inside(plan.folder, name, place)
            found[case["case_id"]] = read_photo(path, alt, f"{place}: {name}")
    return found


def _inside(folder: Path, name: str, place: str) -> Path:
    path = folder / name
    if not (path.resolve().is_relative_to(folder.resolve()) and path.is_file()):
        what = Text(
            f"写真「{name}」が計画のフォルダの中にありません",
            f"there is no photo “{name}” in the plan's folder",
        )
        remedy = Text("計画のフォルダからの道筋を書いてください", "write its path from that folder")
        raise DataError(place, what, remedy)
    return path


# --- what is doubtful -----------------------------------------------------------------------------


def check_cases(table: pd.DataFrame, drawn: gpd.GeoSeries, file: str) -> Iterator[Finding]:
    """Cases whose place does not fit its kind, outlines of no case, and links that are none."""
    doubts: dict[tuple[Text, Text, Severity], list[str]] = {}
    for row, case in table.iterrows():
        cells = {str(name): str(cell) for name, cell in case.items()}
        for doubt in _doubts(cells, cells["case_id"] in drawn.index):
            doubts.setdefault(doubt, []).append(f"row {row} {cells['case_id']}")
    unlinked = [
        f"row {row} {case['case_id']}: {case['link']}"
        for row, case in table.iterrows()
        if case.get("link") and not host_of(case["link"])
    ]
    if unlinked:
        what = Text("http か https のリンクではありません", "these are no http or https links")
        remedy = Text("直してください。ページには出ません", "correct them; pages leave them out")
        kind = Kind.LINK_DOUBTFUL
        yield _finding(kind, Severity.WARNING, file, unlinked, what, remedy)
    strangers = [str(id_) for id_ in drawn.index.difference(list(table["case_id"]))]
    if strangers:
        doubts[_STRANGERS] = strangers
    for (what, remedy, severity), place in doubts.items():
        yield _finding(Kind.CASE_PLACE_DOUBTFUL, severity, file, place, what, remedy)


def _finding(
    kind: Kind, severity: Severity, file: str, place: list[str], what: Text, remedy: Text
) -> Finding:
    return Finding(kind, severity, file, named(place), what, remedy, float(len(place)), "cases")


def _doubts(case: Row, is_drawn: bool) -> Iterator[tuple[Text, Text, Severity]]:
    kind = case["place_kind"]
    if kind not in set(Place):
        yield _unknown(kind)
        return
    spot = position(case.get("lon", ""), case.get("lat", ""))
    if kind == Place.POINT and isnan(spot.lat):
        yield _NO_POSITION
    if kind != Place.POINT and not isnan(spot.lat):
        yield _FALSE_ADDRESS
    if kind == Place.AREA and not case["zone_id"]:
        yield _NO_ZONE
    if kind == Place.SMALL_AREA and not is_drawn and not case["place_ja"]:
        yield _NO_WORDS
    if kind != Place.SMALL_AREA and is_drawn:
        yield _NOT_SMALL


def _unknown(kind: str) -> tuple[Text, Text, Severity]:
    kinds = ", ".join(Place)
    what = Text(f"場所の種類「{kind}」はありません", f"there is no place_kind “{kind}”")
    remedy = Text(
        "次のどれかにしてください: 地点（point）、区域（area）、区域より狭い範囲（small_area）、"
        "場所なし（none）",
        f"use one of: {kinds}",
    )
    return what, remedy, Severity.ERROR


_NO_POSITION = (
    Text("地点の事例に位置（経度・緯度）がありません", "these cases at a point have no position"),
    Text(
        "地図に点は出ません。わかれば lon と lat に書いてください",
        "the map has no dot for them; write lon and lat if they are known",
    ),
    Severity.NOTE,
)
_FALSE_ADDRESS = (
    Text("地点ではない事例に位置があります", "these cases are not at a point, but have a position"),
    Text(
        "点は出ません（区域の真ん中の点は誤った住所になります）。place_kind か位置を直してください",
        "no dot is drawn (one within an area is a false address); correct place_kind or position",
    ),
    Severity.WARNING,
)
_NO_ZONE = (
    Text("区域の事例に区域がありません", "these cases are of an area, but name no zone"),
    Text("partition と zone_id を書いてください", "write partition and zone_id"),
    Severity.WARNING,
)
_NO_WORDS = (
    Text(
        "地区より小さい区域の、図形も説明もありません",
        "these small areas have neither an outline nor words",
    ),
    Text(
        "place_ja に範囲を書くか、shapes のファイルに図形を加えてください",
        "describe them in place_ja, or draw them in the file of shapes",
    ),
    Severity.WARNING,
)
_NOT_SMALL = (
    Text(
        "small_area ではない事例に図形があります", "these cases have an outline, but no small_area"
    ),
    Text("地図には出ません。place_kind を直してください", "no map shows it; correct place_kind"),
    Severity.WARNING,
)
_STRANGERS = (
    Text("どの事例のものでもない図形です", "these outlines belong to no case"),
    Text("ID を case_id に揃えてください", "give them the case_id of their case"),
    Severity.WARNING,
)
