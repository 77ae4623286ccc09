"""Faults of what a plan reads: partitions, counts, weights, indicators, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyproj

from .crs import known_crs, metric_crs
from .errors import UsageError
from .plan import CountKind, Role, plan_path
from .plan_rows import (
    OF_TOWNS,
    Rows,
    counts_in,
    misfit,
    not_among,
    parts_in,
    rows_in,
    tables_in,
    taken,
)
from .words import Text

#: Columns that tables and layers have whatever the plan counts.
RESERVED = {
    "area_m2", "share_of_left", "share_of_right", "way", "zone", "weight", "total", "parts",
    "left", "right", "zones", "split_zones", "coordination_pairs", "excess_parts", "minority",
    "words", "minority_share", "main_share", "is_sliver", "missing_towns", "share", "partition",
    "lon", "lat", "severity", "kind", "where", "place", "amount", "unit", "file", "column",
    "name", "category", "weighting", "effective_zones", "effective_splits", "split_pairs",
    "containment", "reverse_containment", "partial_parts", "total_per_part", "splits", "moved",
    "bound", "proved", "gap", "need", "metres_before", "metres_after", "metres_more", "measure",
    "before", "after", "option", "direction", "load",
    "fid", "geom", "geometry", "level",
}  # fmt: skip

#: Per way of weighting the keys that it needs, and those that belong to another way.
_WEIGHING = {
    "points": ({"file"}, {"mesh", "beyond"}),
    "shapes": ({"shapes"}, {"mesh", "beyond", "file", "encoding", "sheet", "lon", "lat"}),
    "mesh": ({"file", "mesh", "weight"}, {"shapes", "lon", "lat"}),
}


def crs_faults(name: object, partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    """Coordinate systems that are unknown, or in which nothing can be measured."""
    asked: list[tuple[str, object, Callable[[str, str], pyproj.CRS]]] = [("crs", name, metric_crs)]
    for where, table in tables_in(partitions, "boundary") + tables_in(layers, "shapes"):
        asked.append((f"{where}.crs", table.get("crs"), known_crs))
    for where, code, look_up in asked:
        try:
            if isinstance(code, str):
                look_up(code, where)
        except UsageError as err:
            yield err


def name_faults(partitions: Rows, counts: Rows) -> Iterator[UsageError]:
    """Counts and partitions become columns of tables, which have columns of their own."""
    has_units = any(row.get("role") == Role.UNITS for _, row in partitions)
    for where, row in counts:
        key = row.get("key")
        if isinstance(key, str) and (key in RESERVED or key.endswith(("_id", "_name"))):
            yield taken(f"{where}.key", key)
    for where, row in partitions:
        if has_units and row.get("key") == "town" and row.get("role") != Role.UNITS:
            yield taken(f"{where}.key", "town")


def key_faults(partitions: Rows, layers: Rows, counts: Rows) -> Iterator[UsageError]:
    """Keys that are right one by one, but do not fit together."""
    for where, row in partitions:
        ways = len(OF_TOWNS & row.keys())
        if row.get("role") == Role.UNITS and (ways or "boundary" not in row):
            yield misfit(where, "units")
        elif row.get("role") != Role.UNITS and (ways > 1 or not (ways or "boundary" in row)):
            yield misfit(where, "zones")
        if {"clean_m", "snap"} & row.keys() and "boundary" not in row:
            yield misfit(where, "outlines")
    yield from _snap_faults(partitions)
    for where, row in parts_in(partitions):
        if ("share" in row) == ("boundary" in row):
            yield misfit(where, "part")
    for where, row in layers:
        if row.get("type") == "counts" and ("file" in row) != ("id" in row):
            yield misfit(where, "table_id")
        if row.get("type") in ("points", "weights") and ("lon" in row) != ("lat" in row):
            yield misfit(where, "lon_lat")
    for where, row in counts:
        if "kind" in row and (row["kind"] == CountKind.RATE) != ("per" in row):
            yield misfit(where, "per")


def _snap_faults(partitions: Rows) -> Iterator[UsageError]:
    """What is snapped to must stand still: the towns do, and what is not snapped itself."""
    snapped = {row.get("key") for _, row in partitions if "snap" in row}
    for where, snap in tables_in(partitions, "snap"):
        if snap.get("to") in snapped:
            yield misfit(f"{where}.to", "snap")
    for where, row in partitions:
        if row.get("role") == Role.UNITS and "snap" in row:
            yield misfit(f"{where}.snap", "snap")


def town_faults(partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    """More than one partition of towns, or none where something needs them."""
    units = [where for where, row in partitions if row.get("role") == Role.UNITS]
    for where in units[1:]:
        what = Text("役割 units の区域区分が複数あります", "there is more than one role units")
        remedy = Text("町丁目の区域区分を1つだけにしてください", "keep one partition of towns")
        yield UsageError(f"{where}.role", what, remedy)
    needy = [where for where, row in partitions if OF_TOWNS & row.keys()]
    needy += [where for where, row in layers if row.get("type") in ("counts", "weights")]
    needy += [where for where, row in layers if row.get("by") == "town"]
    needy += [where for where, row in layers if row.get("type") == "points" and "town" in row]
    if needy and not units:
        what = Text("町丁目の区域区分がありません", "this needs towns, and no partition has them")
        remedy = Text(
            'role = "units" の区域区分を加えてください', 'add a partition of role "units"'
        )
        yield UsageError(needy[0], what, remedy)


def weight_faults(layers: Rows) -> Iterator[UsageError]:
    """Weights that lack something, more than once, or of nothing."""
    found = [(where, row) for where, row in layers if row.get("type") == "weights"]
    for where, row in found:
        way = "shapes" if row.get("by") == "points" and "shapes" in row else row.get("by")
        needed, strange = _WEIGHING.get(str(way), (set(), set()))
        if not needed <= row.keys() or strange & row.keys():
            yield misfit(where, f"by_{row['by']}")
    for where, _ in found[1:]:
        what = Text("weights のレイヤが複数あります", "there is more than one layer of weights")
        yield UsageError(f"{where}.type", what, Text("1つにしてください", "keep one"))
    if found and not any(row.get("type") == "counts" for _, row in layers):
        what = Text("重みで配分する数がありません", "there are no counts to share out by weights")
        remedy = Text('type = "counts" のレイヤを加えてください', 'add a layer of type "counts"')
        yield UsageError(found[0][0], what, remedy)


def indicator_faults(partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    """Indicators of zones that are not there, without their ids, or per a total nobody knows."""
    zones = ["town", "mesh", *(str(row.get("key")) for _, row in partitions)]
    for where, row in layers:
        if row.get("type") != "indicators":
            continue
        by, counts = row.get("by"), rows_in(row, "count", f"{where}.")
        if by == "mesh" and ("mesh" not in row or "id" in row):
            yield misfit(where, "by_code")
        elif by != "mesh" and ("id" not in row or {"mesh", "beyond"} & row.keys()):
            yield misfit(where, "by_zone")
        totals = [
            str(count.get("key"))
            for _, count in [*counts, *counts_in(layers)]
            if count.get("kind") == CountKind.TOTAL
        ]
        yield from not_among(zones, where, row, "by")
        for place, count in counts:
            yield from not_among(totals, place, count, "per")
            if count.get("kind") == CountKind.RATE and "weight" in count:
                yield misfit(place, "share_rate")


def file_faults(partitions: Rows, layers: Rows, folder: Path) -> Iterator[UsageError]:
    """Files that are not there."""
    tables = tables_in(partitions, "boundary", "town_list", "town_table")
    tables += tables_in(parts_in(partitions), "boundary") + tables_in(layers, "shapes")
    for where, table in tables + layers:
        name = table.get("file")
        if isinstance(name, str) and not (path := plan_path(folder, name)).is_file():
            what = Text(f"ファイルがありません（{path}）", f"there is no file {path}")
            remedy = Text(
                "計画ファイルのフォルダからの道筋と、$ の環境変数を確かめてください",
                "check the path, counted from the plan's folder, and any $VARIABLE in it",
            )
            yield UsageError(f"{where}.file", what, remedy)
