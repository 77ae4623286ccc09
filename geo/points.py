"""Table → points: facilities and centres, each with its position or the town it lies in.

The columns of the national standards for open data (推奨データセット, then 自治体標準オープンデータ
セット) and of 介護サービス情報の公表 are known, so that a plan need not name them. Every row stays:
one without a position is told and has no dot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .errors import DataError
from .findings import Finding, Kind, Report, Severity
from .header import Column
from .plan import PointsPlan, Source
from .positions import Position, State, position
from .tabular import read_columns
from .words import Text

_DATUMS = ("世界測地系", "WGS84", "JGD2011", "JGD2000", "10進", "10進法", "10進数", "10進度")


def _with_datums(*names: str) -> tuple[str, ...]:
    """Names of an axis, alone and with the datum before or behind them."""
    marked = [word for name in names for datum in _DATUMS for word in (name + datum, datum + name)]
    return (*names, *marked)


#: What columns of facilities are usually called, by what they hold.
USUAL: dict[str, tuple[str, ...]] = {
    "name": (
        "名称", "施設名", "施設名称", "施設の名称", "事業所名", "事業所名称", "事業所の名称",
        "介護サービス事業所名称", "医療機関名称", "センター名", "名前", "name",
    ),
    "id": ("事業所番号", "介護サービス事業所番号", "施設番号", "管理番号", "ID", "NO", "番号"),
    "category": (
        "サービス種別", "サービスの種類", "サービス種類", "実施サービス", "提供サービス",
        "施設種別", "施設の種類", "種別", "分類", "serviceType", "category",
    ),
    "address": ("所在地_連結表記", "所在地_連結標記", "所在地", "住所", "address"),
    "lon": _with_datums("経度", "lon", "lng", "longitude", "東経", "long", "x", "x座標"),
    "lat": _with_datums("緯度", "lat", "latitude", "北緯", "y", "y座標"),
}  # fmt: skip

TEXTS = ("name", "id", "category", "address", "town", "ward", "zone")


@dataclass(frozen=True, eq=False)
class Points:
    """Places laid over the partitions.

    Attributes
    ----------
    table
        Index `row` (its number in the file), text columns `name`, `id`, `category`, `address`,
        `town`, `ward`, `zone` (empty: not given), and `lon`, `lat` in degrees (NaN: no position).
    zones
        The id of the zone that each row lies in, one column per partition (empty: in none).
    of
        The partition whose zone in the column `zone` each row serves; None: they serve none.
    """

    key: str
    title: Text
    table: pd.DataFrame
    zones: pd.DataFrame = field(default_factory=pd.DataFrame)
    sources: tuple[Source, ...] = ()
    note: Text | None = None
    of: str | None = None

    @property
    def is_placed(self) -> bool:
        """Whether any of them has a dot."""
        return bool(self.table["lon"].notna().any())

    def per_zone(self, partition: str) -> dict[str, int]:
        """How many lie in each zone of a partition, or serve it."""
        zones = self.table["zone"] if partition == self.of else self.zones[partition]
        counted = zones.value_counts()
        return {str(zone_id): int(number) for zone_id, number in counted.items() if zone_id}


def read_points(
    path: Path, layer: PointsPlan, sources: tuple[Source, ...], report: Report
) -> Points:
    """The places of `layer`, not yet in zones.

    Raises
    ------
    UsageError
        If a column is not there.
    DataError
        If the file is no table, or what should be degrees is none in any row.
    """
    columns = _columns(layer)
    read = read_columns(
        path, columns, encoding=layer.encoding, sheet=layer.sheet, may_be_empty=False, report=report
    )
    table = read.reindex(columns=[*TEXTS, "lon", "lat"], fill_value="")
    found = [position(lon, lat) for lon, lat in zip(table["lon"], table["lat"], strict=True)]
    _refuse_metres(str(path), found, table)
    _say_doubtful(layer.key, found, table, report)
    table["lon"] = [one.lon for one in found]
    table["lat"] = [one.lat for one in found]
    return Points(layer.key, layer.title, table, sources=sources, note=layer.note, of=layer.of)


def spoken(table: pd.DataFrame, rows: Iterable[Any]) -> tuple[str, ...]:
    """Rows as findings name them: `row 12 弁天デイサービス`."""
    return tuple(f"row {row} {table.loc[row, 'name']}".strip() for row in rows)


def _columns(layer: PointsPlan) -> list[Column]:
    """What to look for: what the plan names, else what has a usual name."""
    declared = layer.model_dump(include={"name", "category", "lon", "lat", "town", "ward", "zone"})
    if layer.of and not layer.zone:
        declared["zone"] = "zone"
    columns = [Column(key, (name,)) for key, name in declared.items() if name]
    for key, names in USUAL.items():
        if not declared.get(key):
            placed = bool(layer.town or layer.of)
            may_lack = key not in ("name", "lon", "lat") or (key != "name" and placed)
            columns.append(Column(key, names, optional=may_lack, loose=True))
    return columns


def _refuse_metres(where: str, found: list[Position], table: pd.DataFrame) -> None:
    states = {one.state for one in found} - {State.MISSING}
    if states == {State.UNREADABLE}:
        row = next(i for i, one in enumerate(found) if one.state is State.UNREADABLE)
        cells = f"{table['lon'].iloc[row]}, {table['lat'].iloc[row]}"
        what = Text(f"経度・緯度（度）ではありません（{cells}）", f"these are no degrees ({cells})")
        remedy = Text(
            "世界測地系の経度・緯度の列を lon と lat で指定してください",
            "name columns of longitude and latitude (WGS 84, JGD 2011) in lon and lat",
        )
        raise DataError(where, what, remedy)


def _say_doubtful(key: str, found: list[Position], table: pd.DataFrame, report: Report) -> None:
    rows = {state: [r for r, one in zip(table.index, found, strict=True) if one.state is state]
            for state in State}  # fmt: skip
    if swapped := rows[State.SWAPPED]:
        what = Text(
            "経度と緯度が逆なので、入れ替えて読みました",
            "longitude and latitude are the wrong way round; they were read as meant",
        )
        remedy = Text("元の表を直してください", "correct the table")
        _say(Kind.POINT_SWAPPED, key, spoken(table, swapped), what, remedy, report)
    remedy = Text(
        "地図には出ません。緯度・経度を書き加えてください",
        "it has no dot on the map; add its longitude and latitude",
    )
    missing = [row for row in rows[State.MISSING] if not table.loc[row, "town"]]
    if missing:
        what = Text("位置（経度・緯度）のない行があります", "these rows have no position")
        kind = Kind.POINT_WITHOUT_POSITION
        _say(kind, key, spoken(table, missing), what, remedy, report)
    if unreadable := rows[State.UNREADABLE]:
        what = Text("経度・緯度として読めない行があります", "these positions cannot be read")
        place = tuple(
            f"{said} ({table.loc[row, 'lon']}, {table.loc[row, 'lat']})"
            for row, said in zip(unreadable, spoken(table, unreadable), strict=True)
        )
        _say(Kind.POINT_WITHOUT_POSITION, key, place, what, remedy, report)


def _say(
    kind: Kind, key: str, place: tuple[str, ...], what: Text, remedy: Text, report: Report
) -> None:
    amount = float(len(place))
    report(Finding(kind, Severity.WARNING, key, place, what, remedy, amount, "points"))
