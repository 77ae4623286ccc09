"""The independent checker: every proposal, recomputed from the map.

It shares nothing with the solver but the tables that both read: borders are measured anew, pieces
are found by walking from block to block, people and links are counted anew. A proposal that fails
is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import floor

import pandas as pd
import shapely

from .blocks import BORDER_M, GAP_M, Blocks
from .cutting import OUTSIDE
from .errors import DataError
from .groups import Rules
from .staff import Keep
from .words import Text

#: Sums of people and distances differ by rounding only.
ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Checker:
    """What proposals are checked against.

    Attributes
    ----------
    homes
        Where each zone has its site: `zone_id`, `ward_id`, `block_id` (which stays), `point`. In
        reverse each zone of each ward has one.
    known
        What :func:`neighbours` says of the blocks, where that was asked before.
    """

    blocks: Blocks
    rules: Rules
    homes: pd.DataFrame
    known: dict[str, set[str]] | None = None

    def verify(self, zone: pd.Series, splits: int, moved: float) -> None:
        """Raise if a proposal is not what it says.

        Parameters
        ----------
        zone
            The proposed zone of every block, by block id.
        splits, moved
            What the proposal claims.

        Raises
        ------
        DataError
            With everything that is wrong.
        """
        found = list(self.faults(zone, splits, moved))
        if found:
            ja, en = "、".join(one.ja for one in found), "; ".join(one.en for one in found)
            what = Text(f"案が検算に合いません: {ja}", f"a proposal fails its check: {en}")
            remedy = Text(
                "この案は示しません。keniki の誤りです。知らせてください",
                "it is not shown; this is a fault of keniki: please report it",
            )
            raise DataError(self.blocks.moving.key, what, remedy)

    def faults(self, zone: pd.Series, splits: int, moved: float) -> Iterator[Text]:
        """Everything in which a proposal breaks a rule, or differs from what it claims."""
        if not zone.index.equals(self.blocks.table.index):
            its, ours = zone.index, self.blocks.table.index
            odd = sorted({*its.symmetric_difference(ours), *its[its.duplicated()]})
            yield Text(
                f"単位が1回ずつ、順に出てこない {odd}",
                f"not every block is there once, in order {odd}",
            )
            return
        strangers = sorted(set(zone.fillna("?")) - {*self._today, OUTSIDE})
        if strangers:
            yield Text(f"知らない区域 {strangers}", f"unknown zones {strangers}")
            return
        yield from self._counts(zone, splits, moved)
        yield from self._stays(zone)
        yield from self._loads(zone)
        yield from self._pieces(zone)
        yield from self._ways(zone)

    @property
    def _today(self) -> pd.Series:
        return self.blocks.table["moving_id"]

    def _settled(self, zone: pd.Series) -> pd.Series:
        """What is one zone to the rules: in reverse, that of each ward."""
        if not self.rules.reverse:
            return zone
        return zone.where(zone == OUTSIDE, zone + "@" + self._part)

    @cached_property
    def _part(self) -> pd.Series:
        """The part of the city that a block belongs to: its ward, and those settled with it."""
        table = self.blocks.table
        if not self.rules.ward_lines:
            return pd.Series("", index=table.index)
        ward = table["ward_id"]
        beside: dict[str, set[str]] = {name: set() for name in ward}
        inside = (table["kept_id"] != OUTSIDE) & (self._today != OUTSIDE)
        for _, shared in ward[inside].groupby(table["kept_id"]):
            for name in set(shared):
                beside[name] |= set(shared)
        parts = _connected(set(beside), beside)
        return ward.map({name: min(part) for part in parts for name in part})

    def _counts(self, zone: pd.Series, splits: int, moved: float) -> Iterator[Text]:
        """Links and people, counted anew."""
        table, settled = self.blocks.table, self._settled(zone)
        pairs = {
            (kept, its)
            for kept, its in zip(table["kept_id"], settled, strict=True)
            if OUTSIDE not in (kept, its)
        }
        if self.rules.reverse:  # what lies in no kept zone at all is whole
            alone = set(settled) - {its for _, its in pairs} - {OUTSIDE}
            counted = len(pairs) + len(alone) - len(set(zone) - {OUTSIDE})
        else:
            counted = len(pairs) - len({kept for kept, _ in pairs})
        if counted != splits:
            yield Text(f"分割は{counted}で{splits}でない", f"it has {counted} splits, not {splits}")
        people = float(table.loc[zone != self._today, self.blocks.weight].sum())
        if abs(people - moved) > ROUNDING * max(1.0, people):
            yield Text(f"移る人は{people:g}で{moved:g}でない", f"{people:g} move, not {moved:g}")

    def _stays(self, zone: pd.Series) -> Iterator[Text]:
        """What must stay: the blocks of sites, in no zone, and without a figure; and ward lines."""
        table, today = self.blocks.table, self._today
        columns = [self.blocks.weight, self.rules.load_column or self.blocks.weight]
        unknown = table[columns].isna().any(axis=1)
        for words, still in (
            (Text("拠点のある単位", "blocks of sites"), table.index.isin(self.homes["block_id"])),
            (Text("どの区域でもない単位", "blocks in no zone"), today == OUTSIDE),
            (Text("区域のある単位", "blocks out of every zone"), zone == OUTSIDE),
            (Text("数のわからない単位", "blocks without a figure"), unknown),
        ):
            gone = still & (zone != today)
            if gone.any():
                ways = [f"{name}: {today[name]!r} → {zone[name]!r}" for name in zone.index[gone]]
                yield Text(f"{words.ja}が移る {ways}", f"{words.en} move {ways}")
        if self.rules.ward_lines:
            ward = table["ward_id"]
            lines = set(zip(today, ward, strict=True))
            inside = zone != OUTSIDE
            crossed = sorted(set(zip(zone[inside], ward[inside], strict=True)) - lines)
            if crossed:
                yield Text(f"区の境を越える {crossed}", f"ward lines are crossed {crossed}")

    def _loads(self, zone: pd.Series) -> Iterator[Text]:
        """The load of each zone against the words of the rule."""
        if self.rules.load.keep is Keep.NOTHING:
            return
        load = self.blocks.table[self.rules.load_column or self.blocks.weight]
        load = load * self.rules.load_share
        today = load.groupby(self._settled(self._today)).sum()
        after = load.groupby(self._settled(zone)).sum().reindex(today.index, fill_value=0.0)
        for name in today.index.drop(OUTSIDE, errors="ignore"):
            before, now = float(today[name]), float(after[name])
            if not _bearable(self.rules, before, now):
                said = f"{before:g} → {now:g}"
                yield Text(f"{name}の負担 {said}", f"the load of {name}: {said}")

    def _pieces(self, zone: pd.Series) -> Iterator[Text]:
        """Zones hang together, but for what lies apart today and may stay so."""
        for name, apart in self._apart(self._settled(zone)).items():
            roots = self._roots.get(name, set()) if self.rules.exclaves_stay else set()
            if any(not piece & roots for piece in apart):
                yield Text(f"{name}がつながっていない", f"{name} does not hang together")

    @cached_property
    def _roots(self) -> dict[str, set[str]]:
        """Of each exclave that is there today the block that weighs most (the first of several)."""
        weight = self.blocks.table[self.blocks.weight].fillna(0.0)
        return {
            name: {str(weight[weight.index.isin(piece)].idxmax()) for piece in apart}
            for name, apart in self._apart(self._settled(self._today)).items()
        }

    def _apart(self, zone: pd.Series) -> dict[str, list[set[str]]]:
        """The pieces without a site, zone by zone."""
        home = set(self.homes["block_id"])
        members = {str(name): set(ids) for name, ids in zone.groupby(zone).groups.items()}
        return {
            name: [piece for piece in _connected(ids, self.beside) if not piece & home]
            for name, ids in sorted(members.items())
            if name != OUTSIDE
        }

    @cached_property
    def beside(self) -> dict[str, set[str]]:
        """The blocks beside each block."""
        return neighbours(self.blocks) if self.known is None else self.known

    def _ways(self, zone: pd.Series) -> Iterator[Text]:
        """Nobody has to go further than the rule allows."""
        times, more_m = self.rules.detour_times, self.rules.detour_m
        if times is None:
            return
        homes = self._settled_homes()
        today, after = self._settled(self._today), self._settled(zone)
        at = pd.Series(self.blocks.points, index=zone.index)
        for name in zone.index[(zone != self._today) & after.isin(list(homes))]:
            before_m, now_m = (
                at[name].distance(homes[today[name]]),
                at[name].distance(homes[after[name]]),
            )
            if now_m > (times * before_m + more_m) * (1 + ROUNDING):
                yield Text(
                    f"{name} の拠点が {before_m:,.0f} m から {now_m:,.0f} m に遠ざかる",
                    f"the site of {name} goes from {before_m:,.0f} m to {now_m:,.0f} m away",
                )

    def _settled_homes(self) -> dict[str, shapely.Geometry]:
        homes = self.homes.set_index("block_id")
        names = homes["zone_id"]
        if self.rules.reverse:
            names = names + "@" + self._part.reindex(names.index)
        return dict(zip(names, homes["point"], strict=True))


def _bearable(rules: Rules, before: float, now: float) -> bool:
    """Whether a zone that has the load `before` may have the load `now`."""
    rule = rules.load
    slack = ROUNDING * max(1.0, now)
    if rule.keep is Keep.BAND:
        return (1 - rule.band) * before - slack <= now <= (1 + rule.band) * before + slack
    sets = max(1, floor(round(before / rule.most, 9)) + 1)
    if now >= sets * rule.most:
        return False
    least = rule.least * sets if rule.keep is Keep.ENOUGH else rule.most * (sets - 1)
    return now >= min(before, least) - slack


def neighbours(blocks: Blocks) -> dict[str, set[str]]:
    """The blocks beside each block, measured from the outlines, one by one."""
    shapes = blocks.table.geometry
    around = shapely.buffer(shapes.to_numpy(), GAP_M, quad_segs=2)
    borders = shapely.boundary(shapes.to_numpy())
    tree = shapely.STRtree(borders)
    beside: dict[str, set[str]] = {str(name): set() for name in shapes.index}
    for i, name in enumerate(shapes.index):
        near = tree.query(around[i])
        along = shapely.length(shapely.intersection(borders[near], around[i]))
        for j in near[(along >= BORDER_M) & (near != i)]:
            beside[str(name)].add(str(shapes.index[j]))
            beside[str(shapes.index[j])].add(str(name))
    return beside


def _connected(members: set[str], beside: dict[str, set[str]]) -> list[set[str]]:
    """The members in pieces."""
    pieces = []
    while members:
        piece: set[str] = set()
        edge = {min(members)}
        while edge:
            piece |= edge
            edge = {other for one in edge for other in beside[one] & members} - piece
        pieces.append(piece)
        members = members - piece
    return pieces
