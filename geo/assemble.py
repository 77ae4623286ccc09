"""Towns + what is said of them → partition: area texts, a table, or a column.

Every town ends up in at most one zone; a town in none, in two, or only in part is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .boundaries import Partition, Report, unite
from .errors import DataError, UsageError, did_you_mean
from .findings import Finding, Kind, Severity
from .plan import Alias, PartitionPlan, Source, TownColumn, TownList, TownTable
from .register import How, Match, Register
from .townlist import State
from .words import Text


def towns_of(members: pd.Series) -> Iterator[tuple[str, pd.Index]]:
    """The towns of each zone."""
    for zone_id, group in members.groupby(members):
        yield str(zone_id), group.index


def partition_of_towns(
    plan: PartitionPlan,
    members: pd.Series,
    names: pd.Series,
    towns: Partition,
    sources: tuple[Source, ...],
    report: Report,
    outlines: gpd.GeoDataFrame | None = None,
) -> Partition:
    """A partition whose zones are towns joined together (or have `outlines` of their own).

    `members` is the zone id of each town (towns in no zone are left out), `names` the name of each
    zone; `sources` are printed with it.
    """
    _say_towns_without_zone(plan.key, members, towns, report)
    if outlines is not None:
        _say_zones_without_outline(plan.key, members, outlines, report)
    zones = _joined(plan.key, members, names, towns, report) if outlines is None else outlines
    return Partition(
        plan.key, plan.title, plan.role, zones, members, plan.covers_city, sources, plan.note
    )


def members_from_column(
    source: TownColumn, towns: Partition, where: str
) -> tuple[pd.Series, pd.Series]:
    """Zone of each town, and zone names, from columns of the towns' own file."""
    rows = towns.attributes
    for asked in filter(None, (source.id, source.name)):
        if asked not in rows.columns:
            what = Text(f"列「{asked}」がありません", f"there is no column “{asked}”")
            raise UsageError(where, what, did_you_mean(asked, list(map(str, rows.columns))))
    first = rows[~rows.index.duplicated()]
    members = id_text(first[source.id])
    members = members[members != ""]
    return members, _names(members, first[source.name] if source.name else None)


def members_from_table(
    source: TownTable, rows: pd.DataFrame, towns: Partition, report: Report
) -> tuple[pd.Series, pd.Series]:
    """Zone of each town, and zone names, from a table with one row per town."""
    rows = rows[rows[source.id] != ""]
    unknown = tuple(rows.loc[~rows[source.town].isin(towns.zones.index), source.town])
    if unknown:
        what = Text("町丁目にない ID が表にあります", "the table has ids that are no town")
        remedy = Text("町丁目の ID に揃えてください", "use the ids of the towns")
        report(Finding(Kind.NAME_WITHOUT_TOWN, Severity.ERROR, source.file, unknown, what, remedy))
        rows = rows[rows[source.town].isin(towns.zones.index)]
    claims = defaultdict(list)
    for town_id, zone_id in zip(rows[source.town], rows[source.id], strict=True):
        claims[town_id].append(zone_id)
    members = _one_zone_each(claims, source.file, report)
    named = rows.drop_duplicates(source.id).set_index(source.id)
    names = named[source.name if source.name else source.town]
    return members, names if source.name else names.index.to_series()


def members_from_lists(
    source: TownList, rows: pd.DataFrame, register: Register, report: Report
) -> tuple[pd.Series, pd.Series]:
    """Zone of each town, and zone names, from one area text per zone.

    Parts smaller than a town are not rounded to the whole: they are findings, and the town is in
    no zone unless a text names it whole.
    """
    claims = defaultdict(list)
    _say_rows_without_id(rows[rows[source.id] == ""], source, report)
    rows = rows[rows[source.id] != ""]
    for row in rows.to_dict("records"):
        ward = row[source.ward] if source.ward else None
        for match in register.read(row[source.text], ward):
            _say_doubtful(match, row[source.id], source.file, report)
            if match.whole:
                for town_id in filter(register.names.__contains__, match.towns):
                    claims[town_id].append(row[source.id])
    _say_aliases(source.alias, source.file, register, report)
    members = _one_zone_each(claims, source.file, report)
    return members, rows.drop_duplicates(source.id).set_index(source.id)[source.name]


def _say_rows_without_id(rows: pd.DataFrame, source: TownList, report: Report) -> None:
    if not rows.empty:
        what = Text(f"「{source.id}」が空の行があります", f"rows without “{source.id}”")
        remedy = Text(
            "ID を書き入れてください。行の町丁目はどの区域にも入りません",
            "fill it in; until then the towns of the row are in no zone",
        )
        place = tuple(rows[source.name])
        kind, severity = Kind.ROW_WITHOUT_ZONE, Severity.ERROR
        report(Finding(kind, severity, source.file, place, what, remedy))


def id_text(column: pd.Series) -> pd.Series:
    """Ids as text: whole numbers without a point, missing ones empty.

    >>> id_text(pd.Series([10.0, None])).tolist()
    ['10', '']
    """
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("string").fillna("").str.strip().astype(str)


def _names(members: pd.Series, names: pd.Series | None) -> pd.Series:
    """Name of each zone, from the names written on its towns (its id where there are none)."""
    if names is None:
        return pd.Series({zone_id: zone_id for zone_id in members.unique()}, dtype=str)
    written = pd.DataFrame({"zone": members, "name": names.reindex(members.index)})
    return written.drop_duplicates("zone").set_index("zone")["name"]


def _one_zone_each(claims: dict[str, list[str]], where: str, report: Report) -> pd.Series:
    """Every town in one zone. Claimed by several it goes to the first id, and that is an error."""
    for town_id, zone_ids in sorted(claims.items()):
        if len(set(zone_ids)) > 1:
            both = ", ".join(sorted(set(zone_ids)))
            what = Text(f"複数の区域（{both}）に入っています", f"in several zones ({both})")
            remedy = Text("1つの区域だけに書いてください", "name it in one of them only")
            place = (town_id,)
            report(Finding(Kind.TOWN_IN_TWO_ZONES, Severity.ERROR, where, place, what, remedy))
    return pd.Series({town: min(zones) for town, zones in claims.items()}, dtype=str)


def _joined(
    key: str, members: pd.Series, names: pd.Series, towns: Partition, report: Report
) -> gpd.GeoDataFrame:
    """The towns of each zone united: as a coverage where they are one, else the slow, safe way."""
    ids = members.reindex(towns.zones.index).dropna()
    if ids.empty:
        what = Text("町丁目が1つもありません", "it has no town at all")
        remedy = Text(
            "区域の表と町丁目の名前を確かめてください", "check the table and the town names"
        )
        raise DataError(key, what, remedy)
    shapes = towns.zones.geometry.loc[ids.index]
    is_coverage = bool(shapely.coverage_is_valid(np.asarray(shapes)))
    if not is_coverage:
        what = Text(
            "町丁目の間に隙間や重なりがあります", "there are gaps or overlaps between towns"
        )
        remedy = Text("境界を整えてください", "clean the boundaries of the towns")
        report(Finding(Kind.OVERLAP_INSIDE, Severity.WARNING, key, (), what, remedy))
    united = {zone_id: unite(shapes.loc[group], is_coverage) for zone_id, group in towns_of(ids)}
    order = [zone_id for zone_id in names.index if zone_id in united]
    index = pd.Index(order, name="zone_id", dtype=str)
    data = {"name": names.loc[order].to_numpy(), "geometry": [united[zone_id] for zone_id in order]}
    return gpd.GeoDataFrame(data, index=index, crs=towns.zones.crs)


def _say_towns_without_zone(key: str, members: pd.Series, towns: Partition, report: Report) -> None:
    missing = tuple(towns.zones.index.difference(members.index))
    if missing:
        what = Text("どの区域にも入っていない町丁目があります", "these towns are in no zone")
        remedy = Text("区域の表に書き加えてください", "add them to the table of zones")
        amount = float(len(missing))
        kind, severity = Kind.TOWN_IN_NO_ZONE, Severity.WARNING
        report(Finding(kind, severity, key, missing, what, remedy, amount, "towns"))


def _say_zones_without_outline(
    key: str, members: pd.Series, outlines: gpd.GeoDataFrame, report: Report
) -> None:
    missing = tuple(sorted(set(members) - set(outlines.index)))
    if missing:
        what = Text("境界ファイルにない区域です", "the boundary file has no outline of these zones")
        remedy = Text("ID を揃えるか、境界を加えてください", "use the same ids or add the outlines")
        kind, severity = Kind.ROW_WITHOUT_ZONE, Severity.ERROR
        report(Finding(kind, severity, key, missing, what, remedy))


def _say_doubtful(match: Match, zone_id: str, where: str, report: Report) -> None:
    piece = match.piece
    if match.how is How.ALIAS:
        return
    if piece.state is State.PART and match.towns:
        what = Text(f"「{piece.text}」は町丁目の一部です", f"“{piece.text}” is part of a town")
        remedy = Text("割合か図形を計画に書いてください", "state its share or geometry in the plan")
        place = (zone_id, *match.towns)
        report(Finding(Kind.PART_OF_TOWN, Severity.WARNING, where, place, what, remedy))
    elif match.how is How.NOT_FOUND or match.missing_chome:
        chome = _listed(f"{number}丁目" for number in match.missing_chome)
        what = Text(
            f"「{piece.text}」にあたる町丁目がありません{'：' + chome if chome else ''}",
            f"no town is called “{piece.text}”{': ' + chome if chome else ''}",
        )
        nearest = _listed(match.nearest)
        remedy = Text(
            f"表記を直すか、alias で定めてください{'。近い名前: ' + nearest if nearest else ''}",
            f"check the name or declare an alias{'; nearest: ' + nearest if nearest else ''}",
        )
        report(Finding(Kind.NAME_WITHOUT_TOWN, Severity.ERROR, where, (zone_id,), what, remedy))


def _say_aliases(aliases: Sequence[Alias], where: str, register: Register, report: Report) -> None:
    for alias in aliases:
        strangers = tuple(town for town in alias.towns if town not in register.names)
        if strangers:
            what = Text(
                f"alias「{alias.text}」に、町丁目にない ID があります",
                f"the alias “{alias.text}” names ids that are no town",
            )
            remedy = Text("町丁目の ID に直してください", "use the ids of the towns")
            kind, severity = Kind.NAME_WITHOUT_TOWN, Severity.ERROR
            report(Finding(kind, severity, where, strangers, what, remedy))
        towns = ", ".join(alias.towns)
        what = Text(
            f"「{alias.text}」を {towns} と定めた", f"“{alias.text}” is declared as {towns}"
        )
        report(Finding(Kind.ALIAS_USED, Severity.NOTE, where, alias.towns, what, alias.why))


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)
