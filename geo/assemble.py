"""Towns + what is said of them → partition: area texts, a table, or a column.

An area text is read by :mod:`geo.townlist`; here its names are looked up among the towns of the
right ward: exactly as written first, then folded (ヶ/ケ, digit forms, 澤/沢 …), and which of the two
is recorded. 町 is never stripped, a prefix never matches, and what is not found is a finding with
the nearest names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

import geopandas as gpd
import pandas as pd
import shapely

from .boundaries import Partition, Report
from .errors import DataError, UsageError, did_you_mean
from .findings import Finding, Kind, Severity
from .plan import Alias, PartitionPlan, Source, TownColumn, TownList, TownTable
from .townlist import Piece, State, fold, pieces, split_chome
from .words import Text


class How(StrEnum):
    """How a name of an area text was found among the towns."""

    EXACT = "exact"
    FOLDED = "folded"
    ALIAS = "alias"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Match:
    """One piece of an area text and the towns it means (`towns`: ids, in register order)."""

    piece: Piece
    towns: tuple[str, ...]
    how: How
    nearest: tuple[str, ...] = ()
    missing_chome: tuple[int, ...] = ()


class Register:
    """The towns by name: where an area text is looked up.

    Parameters
    ----------
    towns
        The partition of units.
    ward
        Ward id of each town (index: town id); None where names are unique without it.
    aliases
        Declared rules, tried before anything else.
    """

    def __init__(
        self, towns: Partition, ward: pd.Series | None = None, aliases: Iterable[Alias] = ()
    ) -> None:
        self.names: dict[str, str] = towns.zones["name"].to_dict()
        self.ward = {} if ward is None else ward.to_dict()
        self._by_name: dict[str, list[tuple[str, str, int | None]]] = defaultdict(list)
        for town_id, name in self.names.items():
            base, chome = split_chome(name)
            self._by_name[fold(base)].append((town_id, base, chome))
        self._aliases = {(alias.ward, fold(alias.text)): alias for alias in aliases}

    def look_up(self, piece: Piece, ward: str | None = None) -> Match:
        """The towns that a piece means, in `ward` (None: anywhere in the city)."""
        if piece.name is None:
            return Match(piece, (), How.NOT_FOUND)
        if (alias := self._alias(piece, ward)) is not None:
            return Match(piece, alias.towns, How.ALIAS)
        named = [
            entry
            for entry in self._by_name.get(fold(piece.name), ())
            if ward is None or self.ward.get(entry[0]) == ward
        ]
        found = [entry for entry in named if not piece.chome or entry[2] in piece.chome]
        missing = set(piece.chome) - {entry[2] for entry in found}
        if not named or not found:
            nearest = self._nearest(piece.name, ward)
            return Match(piece, (), How.NOT_FOUND, nearest, tuple(sorted(missing)))
        how = How.EXACT if all(base == piece.name for _, base, _ in found) else How.FOLDED
        towns = tuple(town_id for town_id, _, _ in found)
        return Match(piece, towns, how, missing_chome=tuple(sorted(missing)))

    def read(self, text: str, ward: str | None = None) -> list[Match]:
        """A whole area text, piece by piece."""
        return [self.look_up(piece, ward) for piece in pieces(text)]

    def _alias(self, piece: Piece, ward: str | None) -> Alias | None:
        named = [fold(piece.name or "") + fold(f"{chome}丁目") for chome in piece.chome]
        for written in (fold(piece.text), *named[:1] * (len(named) == 1)):
            for place in (ward, None):
                if (place, written) in self._aliases:
                    return self._aliases[place, written]
        return None

    def _nearest(self, name: str, ward: str | None) -> tuple[str, ...]:
        here = [n for i, n in self.names.items() if ward is None or self.ward.get(i) == ward]
        return tuple(get_close_matches(name, dict.fromkeys(here), n=3, cutoff=0.5))


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

    Parameters
    ----------
    members
        Zone id by town id; towns in no zone are left out.
    names
        Zone name by zone id.
    """
    _say_towns_without_zone(plan.key, members, towns, report)
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
    members = first[source.id].dropna().astype(str)
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
    names = rows.set_index(source.town)[source.name] if source.name else None
    return members, _names(members, names)


def members_from_lists(
    source: TownList, rows: pd.DataFrame, register: Register, report: Report
) -> tuple[pd.Series, pd.Series]:
    """Zone of each town, and zone names, from one area text per zone.

    Parts smaller than a town are not rounded to the whole: they are findings, and the town is in
    no zone unless a text names it whole.
    """
    claims = defaultdict(list)
    for row in rows.to_dict("records"):
        ward = row[source.ward] if source.ward else None
        for match in register.read(row[source.text], ward):
            _say_doubtful(match, row[source.id], source.file, report)
            if match.piece.state is State.WHOLE:
                for town_id in match.towns:
                    claims[town_id].append(row[source.id])
    _say_aliases(source.alias, source.file, report)
    members = _one_zone_each(claims, source.file, report)
    return members, rows.set_index(source.id)[source.name]


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
    unite = shapely.coverage_union_all
    if not shapely.coverage_is_valid(shapes.to_numpy()):
        unite = shapely.union_all
        what = Text(
            "町丁目の間に隙間や重なりがあります", "there are gaps or overlaps between towns"
        )
        remedy = Text("境界を整えてください", "clean the boundaries of the towns")
        report(Finding(Kind.OVERLAP_INSIDE, Severity.WARNING, key, (), what, remedy))
    grouped = shapes.groupby(ids)
    united = {zone_id: unite(group.to_numpy()) for zone_id, group in grouped}
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


def _say_doubtful(match: Match, zone_id: str, where: str, report: Report) -> None:
    piece = match.piece
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
            f"表記を確かめるか、alias で定めてください{'。近い名前: ' + nearest if nearest else ''}",
            f"check the name or declare an alias{'; nearest: ' + nearest if nearest else ''}",
        )
        report(Finding(Kind.NAME_WITHOUT_TOWN, Severity.ERROR, where, (zone_id,), what, remedy))


def _say_aliases(aliases: Sequence[Alias], where: str, report: Report) -> None:
    for alias in aliases:
        towns = ", ".join(alias.towns)
        what = Text(
            f"「{alias.text}」を {towns} と定めた", f"“{alias.text}” is declared as {towns}"
        )
        report(Finding(Kind.ALIAS_USED, Severity.NOTE, where, alias.towns, what, alias.why))


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)
