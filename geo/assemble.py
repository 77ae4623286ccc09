"""Towns + what is said of them → partition: area texts, a table, or a column.

Every town ends up in at most one zone; a town in none, in two, or only in part is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .coverage import edges_apart, unite_by
from .errors import DataError, no_column
from .findings import Finding, Kind, Report, Severity, named
from .names import fold
from .partition import NO_PARTS, Partition
from .plan import Alias, Part, PartitionPlan, Source, TownColumn, TownList, TownTable
from .register import How, Match, Register
from .townlist import State, Unit
from .words import Text


def partition_of_towns(
    plan: PartitionPlan,
    members: pd.Series,
    names: pd.Series,
    towns: Partition,
    sources: tuple[Source, ...],
    report: Report,
    outlines: gpd.GeoDataFrame | None = None,
    parts: pd.DataFrame = NO_PARTS,
    attributes: pd.DataFrame | None = None,
) -> Partition:
    """A partition whose zones are towns joined together (or have `outlines` of their own).

    `members` is the zone id of each town (towns in no zone are left out), `names` the name of each
    zone, `parts` the towns that a zone holds only in part; `sources` are printed with it.
    """
    placed = members.index.union(pd.Index(parts.dropna(subset="share")["town_id"]))
    _say_towns_without_zone(plan.key, placed, towns, report)
    if outlines is not None:
        _say_zones_without_outline(plan.key, members, outlines, report)
    zones = _joined(plan.key, members, names, towns, report) if outlines is None else outlines
    return Partition(
        key=plan.key,
        title=plan.title,
        role=plan.role,
        zones=zones,
        members=members,
        joined=outlines is None,
        covers_city=plan.covers_city,
        sources=sources,
        note=plan.note,
        parts=parts,
        attributes=pd.DataFrame() if attributes is None else attributes,
    )


def members_from_column(
    source: TownColumn, towns: Partition, where: str, report: Report
) -> tuple[pd.Series, pd.Series]:
    """Zone of each town, and zone names, from columns of the towns' own file.

    A town of several rows that name different zones is an error.
    """
    rows = towns.attributes
    for asked in filter(None, (source.id, source.name)):
        if asked not in rows.columns:
            raise no_column(where, asked, rows.columns)
    written = id_text(rows[source.id])
    claims: dict[str, list[str]] = defaultdict(list)
    for town_id, zone_id in written[written != ""].items():
        claims[str(town_id)].append(zone_id)
    members = _one_zone_each(claims, where, report)
    names = rows[source.name] if source.name else None
    return members, _names(members, None if names is None else names[~rows.index.duplicated()])


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
    return members, _names_in(rows, source.id, source.name or source.id)


def stated_share(rule: Part, town_id: str) -> float:
    """The share of a town that the plan states for a part of it; NaN where it states none."""
    return float("nan") if rule.share is None else rule.share


ShareOf = Callable[[Part, str], float]


def members_from_lists(
    source: TownList,
    rows: pd.DataFrame,
    register: Register,
    report: Report,
    share_of: ShareOf = stated_share,
) -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    """Zone of each town, zone names, and parts of towns, from one area text per zone.

    Parts smaller than a town are not rounded to the whole: they are findings, and nobody of them is
    counted, unless the plan states their share of the town (`share_of` tells it).
    """
    stated = {(part.zone, fold(part.text)): part for part in source.part}
    claims = defaultdict(list)
    parts = []
    _say_rows_without_id(rows[rows[source.id] == ""], source, report)
    rows = rows[rows[source.id] != ""]
    for row in rows.to_dict("records"):
        ward = row[source.ward] if source.ward else None
        for match in register.read(row[source.text], ward):
            zone_id, piece = row[source.id], match.piece
            rule = stated.pop((zone_id, fold(piece.text)), None)
            _say_doubtful(match, rule, zone_id, source.file, report)
            towns = [town_id for town_id in match.towns if town_id in register.names]
            if match.whole:
                for town_id in towns:
                    claims[town_id].append(zone_id)
            elif piece.state is State.PART:
                words = piece.part or piece.text
                for town_id in towns:
                    share = share_of(rule, town_id) if rule else float("nan")
                    parts.append((town_id, zone_id, words, share))
    _say_aliases(source.alias, source.file, register, report)
    _say_rules_without_use(stated.values(), source.file, report)
    members = _one_zone_each(claims, source.file, report)
    names = _names_in(rows, source.id, source.name)
    return members, names, _checked(pd.DataFrame(parts, columns=NO_PARTS.columns), source.file)


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


def _names_in(rows: pd.DataFrame, id_: str, name: str) -> pd.Series:
    """Name by id, from the first row of each id; both may be the same column."""
    first = rows.drop_duplicates(id_)
    return pd.Series(first[name].to_numpy(), index=first[id_].to_numpy(), dtype=str)


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
    """The towns of each zone as one, and a finding where they do not meet exactly."""
    ids = members.reindex(towns.zones.index).dropna()
    if ids.empty:
        what = Text("町丁目が1つもありません", "it has no town at all")
        remedy = Text(
            "区域の表と町丁目の名前を確かめてください", "check the table and the town names"
        )
        raise DataError(key, what, remedy)
    shapes = towns.zones.geometry.loc[ids.index]
    edges = edges_apart(shapes)
    apart = ~shapely.is_empty(edges)
    if apart.any():
        _say_not_meeting(key, shapes.index[apart], edges, report)
    united = unite_by(shapes, ids, apart=apart)
    order = pd.Index([zone_id for zone_id in names.index if zone_id in united], dtype=str)
    data = {"name": names.loc[order].to_numpy(), "geometry": united.loc[order].to_numpy()}
    return gpd.GeoDataFrame(data, index=order.rename("zone_id"), crs=towns.zones.crs)


def _say_not_meeting(key: str, towns: pd.Index, edges: NDArray[np.object_], report: Report) -> None:
    """Which towns do not meet their neighbours exactly, and along how many metres."""
    what = Text(
        "町丁目の境界が互いに一致しないため、図形の和でつないでいます（細い隙間が残ることがあります）",
        "borders of these towns do not meet: united shape by shape, narrow gaps may be left inside",
    )
    remedy = Text("境界を整えてください（clean_m）", "clean the boundaries of the towns (clean_m)")
    length, place = float(shapely.length(edges).sum()), named(towns)
    kind, severity = Kind.EDGES_APART, Severity.WARNING
    report(Finding(kind, severity, key, place, what, remedy, length, "m"))


def _say_towns_without_zone(key: str, placed: pd.Index, towns: Partition, report: Report) -> None:
    missing = tuple(towns.zones.index.difference(placed))
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


def _checked(parts: pd.DataFrame, where: str) -> pd.DataFrame:
    """The parts of towns, if no town is given away more than once."""
    given = parts.astype({"share": float}).groupby("town_id")["share"].sum()
    over = given[given > 1 + 1e-9]
    if len(over):
        shares = ", ".join(f"{town_id}: {share:g}" for town_id, share in over.items())
        what = Text(
            f"割合の合計が 1 を超えます（{shares}）", f"shares add up to more than 1 ({shares})"
        )
        raise DataError(where, what, Text("part の share を直してください", "correct their shares"))
    return parts.astype({"share": float})


def _say_rules_without_use(rules: Iterable[Part], where: str, report: Report) -> None:
    for rule in rules:
        what = Text(
            f"part「{rule.text}」は、区域 {rule.zone} の文にありません",
            f"the part “{rule.text}” does not stand in the text of zone {rule.zone}",
        )
        remedy = Text("文のとおりに書いてください", "write it as the text does")
        kind, place = Kind.NAME_WITHOUT_TOWN, (rule.zone,)
        report(Finding(kind, Severity.ERROR, where, place, what, remedy))


def _say_part(match: Match, rule: Part | None, zone_id: str, where: str, report: Report) -> None:
    text, place = match.piece.text, (zone_id, *match.towns)
    if rule is None:
        what = Text(f"「{text}」は町丁目の一部です", f"“{text}” is part of a town")
        remedy = Text(
            "人口は数えられません。part に割合（share）を書いてください",
            "nobody of it is counted; state its share as a part in the plan",
        )
        report(Finding(Kind.PART_OF_TOWN, Severity.WARNING, where, place, what, remedy))
    else:
        said = "図形" if rule.share is None else f"{rule.share:.0%}"
        drawn = "the part drawn" if rule.share is None else f"{rule.share:.0%}"
        what = Text(
            f"「{text}」を町丁目の一部（{said}）と定めた",
            f"“{text}” is declared as {drawn} of its town",
        )
        report(Finding(Kind.PART_OF_TOWN, Severity.NOTE, where, place, what, rule.why))


def _say_doubtful(
    match: Match, rule: Part | None, zone_id: str, where: str, report: Report
) -> None:
    piece = match.piece
    if len(match.wards) > 1:
        wards = _listed(match.wards)
        what = Text(
            f"「{piece.text}」は複数の区（{wards}）にあります",
            f"“{piece.text}” is in several wards ({wards})",
        )
        remedy = Text(
            "区の列（ward）を計画に書いてください", "name the column of the ward in the plan"
        )
        kind, place = Kind.NAME_IN_TWO_WARDS, (zone_id, *match.towns)
        report(Finding(kind, Severity.ERROR, where, place, what, remedy))
    if match.how is How.ALIAS or (match.whole and match.how is not How.NOT_FOUND
                                  and not match.missing_chome):  # fmt: skip
        return
    if piece.state is State.PART and match.towns:
        _say_part(match, rule, zone_id, where, report)
    elif piece.state is State.UNKNOWN or piece.unit is not Unit.TOWN:
        what = Text(
            f"「{piece.text}」は町丁目として読めません（{piece.reason.ja}）",
            f"“{piece.text}” cannot be told as a town ({piece.reason.en})",
        )
        remedy = Text("alias で町丁目を定めてください", "declare its towns as an alias")
        report(Finding(Kind.NAME_WITHOUT_TOWN, Severity.ERROR, where, (zone_id,), what, remedy))
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
