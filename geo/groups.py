"""Blocks and rules → problems: the parts of the city that can be settled apart from each other.

Zones that keep to the wards they lie in today leave each ward to itself; wards that share a zone
are settled together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from .blocks import AREA, Blocks, Shapes
from .cutting import OUTSIDE
from .problem import NONE, Flags, Floats, Index, Problem
from .solver import reachable
from .staff import Keep, LoadRule
from .words import Text


@dataclass(frozen=True)
class Rules:
    """What every proposal must obey.

    Attributes
    ----------
    load
        What load a zone may have.
    load_column, load_share
        The column of the blocks that loads are made of, and which share of it counts (26.3 % of
        residents are 65 and over, where nobody counted them town by town). None: the weight.
    detour_times, detour_m
        A block may go only to a zone whose site is at most so many times as far as that of its own
        today, and so many metres more. None: any distance.
    exclaves_stay
        Whether parts of a zone that lie apart from its site today may stay so, each as long as its
        largest block does: so there are never more of them.
    ward_lines
        Whether zones keep to the wards that they lie in today.
    reverse
        The zones that move are those to be made whole, and the others stay. One in several wards
        is settled ward by ward then, and stays in each (but wards that share one of the others are
        settled together).
    """

    load: LoadRule = field(default_factory=lambda: LoadRule(Keep.NOTHING))
    load_column: str | None = None
    load_share: float = 1.0
    detour_times: float | None = 1.5
    detour_m: float = 500.0
    exclaves_stay: bool = True
    ward_lines: bool = True
    reverse: bool = False

    @property
    def said(self) -> list[Text]:
        """The rules in words, one by one."""
        said = [self.load.said]
        if self.load_share != 1.0:
            share = f"{100 * self.load_share:g}%"
            said.append(Text(f"負担は{share}とみなす", f"{share} is taken as the load"))
        if self.detour_times is None:
            said.append(Text("距離の制限はしない", "distances are not limited"))
        else:
            times, more = f"{self.detour_times:g}", f"{self.detour_m:,.0f} m"
            said.append(
                Text(
                    f"新しい拠点までの距離は今の{times}倍＋{more}以内",
                    f"the new site is at most {times} times as far as today's, and {more} more",
                )
            )
        said.append(
            Text(
                "今の飛び地は、その中心の町丁目とともに残ってもよい",
                "today's exclaves may stay, with their largest town",
            )
            if self.exclaves_stay
            else Text("飛び地はつなげる", "exclaves must be joined")
        )
        said.append(
            Text("区の境を越えない", "ward lines are kept")
            if self.ward_lines
            else Text("区の境を越えてもよい", "ward lines may be crossed")
        )
        return said


@dataclass(frozen=True, eq=False)
class Group:
    """A part of the city that is settled apart from the rest.

    `rows` are the places of its blocks in the table of blocks, `zones` and `kept` the ids that the
    numbers of the problem stand for, `points` where each zone has its site, and `metres` how far
    each block is from each of them.
    """

    wards: tuple[str, ...]
    rows: Index
    zones: tuple[str, ...]
    kept: tuple[str, ...]
    points: Shapes
    metres: Floats
    problem: Problem

    def numbers(self, zone: pd.Series) -> Index:
        """The zones of its blocks as the problem numbers them; `zone` has ids, by block."""
        return np.asarray(pd.Index(self.zones).get_indexer(pd.Index(zone.iloc[self.rows])))


def groups(blocks: Blocks, rules: Rules, sites: pd.Series | None = None) -> list[Group]:
    """The problems of the city, in the order of their wards.

    Parameters
    ----------
    blocks, rules
        What can move, and what every proposal must obey.
    sites
        Where the centre of each zone stands, by zone id (points in the CRS of the blocks). The
        block around it stays in the zone. Where a site is not known, or stands outside its own
        zone, the zone keeps its core instead: the block that its people have the shortest way to.
    """
    known = pd.Series(dtype=object) if sites is None else sites
    return [group_of(blocks, wards, rows, rules, known) for wards, rows in _apart(blocks, rules)]


def homes(blocks: Blocks, of: Sequence[Group]) -> pd.DataFrame:
    """Where zones have their sites: ``zone_id``, ``ward_id``, ``block_id`` (stays), ``point``."""
    ward = blocks.table["ward_id"]
    rows = [
        (zone, ward.iloc[home], ward.index[home], point)
        for group in of
        for zone, home, point in zip(
            group.zones, group.rows[group.problem.site], group.points, strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["zone_id", "ward_id", "block_id", "point"])


def _apart(blocks: Blocks, rules: Rules) -> Iterator[tuple[tuple[str, ...], Index]]:
    """Wards that must be settled together, and the rows of their blocks that are in zones."""
    served = np.flatnonzero((blocks.table["moving_id"] != OUTSIDE).to_numpy())
    table = blocks.table.iloc[served]
    ward, wards = pd.factorize(table["ward_id"], sort=True)
    if not rules.ward_lines:
        if len(served):
            yield tuple(wards), served
        return
    shared = table["kept_id" if rules.reverse else "moving_id"]
    zone, zones = pd.factorize(shared.where(shared != OUTSIDE))
    size = len(wards) + len(zones)
    row, column = ward[zone != NONE], len(wards) + zone[zone != NONE]
    graph = sparse.coo_array((np.ones(len(row)), (row, column)), (size, size))
    _, group = csgraph.connected_components(graph, directed=False)
    of_wards = group[: len(wards)]
    for k in dict.fromkeys(of_wards.tolist()):
        yield tuple(wards[of_wards == k]), served[of_wards[ward] == k]


def group_of(
    blocks: Blocks, wards: tuple[str, ...], rows: Index, rules: Rules, sites: pd.Series
) -> Group:
    """The problem of the blocks in some rows of the table; see :func:`groups`."""
    table = blocks.table.iloc[rows]
    zone, zones = pd.factorize(table["moving_id"], sort=True)
    today = _as_is(blocks, rows, zone, rules)
    points = blocks.points[rows]
    at = sites.reindex(zones).to_numpy(dtype=object)
    site = _site_blocks(today, table, points, at)
    at = np.where(pd.isna(at), points[site], at)
    metres = shapely.distance(points[:, None], at[None, :])
    anchors = _anchors(today, site, rules)
    allowed = np.ones_like(anchors)
    if rules.detour_times is not None:
        now = metres[np.arange(len(rows)), zone][:, None]
        allowed &= metres <= rules.detour_times * now + rules.detour_m
    if rules.ward_lines:
        allowed &= _in_wards_of(zone, pd.factorize(table["ward_id"])[0], len(zones))
    allowed[site] = False
    allowed[_unknown(blocks, rows, rules)] = False
    allowed = reachable(allowed | today.allowed, today.neighbours, anchors) | today.allowed
    least, most = rules.load.bounds(np.bincount(zone, today.load, len(zones)).astype(float))
    problem = replace(today, allowed=allowed, anchors=anchors, site=site, least=least, most=most)
    kept = pd.Index(table["kept_id"].unique()).drop(OUTSIDE, errors="ignore").sort_values()
    return Group(wards, rows, tuple(zones), tuple(kept), at, metres, problem)


def _as_is(blocks: Blocks, rows: Index, zone: Index, rules: Rules) -> Problem:
    """The problem in which nothing may move."""
    table = blocks.table.iloc[rows]
    place = np.full(len(blocks.table), NONE)
    place[rows] = np.arange(len(rows))
    borders = place[blocks.borders]
    kept, kept_ids = pd.factorize(table["kept_id"].where(table["kept_id"] != OUTSIDE), sort=True)
    zones = int(zone.max()) + 1
    allowed = np.zeros((len(rows), zones), dtype=bool)
    allowed[np.arange(len(rows)), zone] = True
    load = table[rules.load_column or blocks.weight] * rules.load_share
    return Problem(
        weight=table[blocks.weight].fillna(0.0).to_numpy(dtype=float),
        load=load.fillna(0.0).to_numpy(dtype=float),
        kept=kept,
        today=zone,
        borders=borders[(borders != NONE).all(axis=1)],
        allowed=allowed,
        anchors=np.zeros_like(allowed),
        site=np.full(zones, NONE),
        least=np.zeros(zones),
        most=np.full(zones, np.inf),
        base=zones if rules.reverse else len(kept_ids),
        reverse=rules.reverse,
    )


def _unknown(blocks: Blocks, rows: Index, rules: Rules) -> Flags:
    """Blocks without a figure: what moving them means is not known, so they stay."""
    columns = [blocks.weight, rules.load_column or blocks.weight]
    return np.asarray(blocks.table.iloc[rows][columns].isna().any(axis=1))


def _site_blocks(today: Problem, table: pd.DataFrame, points: Shapes, at: Shapes) -> Index:
    """The block that stays in each zone: where its site stands, else its core."""
    shapes, area = table.geometry.to_numpy(), table[AREA].to_numpy()
    site = np.full(today.zones, NONE)
    for c in range(today.zones):
        members = np.flatnonzero(today.today == c)
        size = today.weight if today.weight[members].any() else area
        known = not pd.isna(at[c])
        inside = members[shapely.intersects(shapes[members], at[c])] if known else members[:0]
        site[c] = inside[0] if len(inside) else _core(today, c, points, size)
    return site


def _core(today: Problem, c: int, points: Shapes, size: np.ndarray) -> int:
    """Of the largest piece of a zone, the block that its people have the shortest way to."""
    pieces = today.pieces(today.today == c)
    main = max(pieces, key=lambda piece: float(size[piece].sum()))
    way = shapely.distance(points[main][:, None], points[main][None, :]) @ size[main]
    return int(main[np.argmin(way)])


def _anchors(today: Problem, site: Index, rules: Rules) -> Flags:
    """The site of every zone and, where exclaves may stay, the largest block of each of them."""
    anchors = np.zeros_like(today.allowed)
    anchors[site, np.arange(today.zones)] = True
    if rules.exclaves_stay:
        for c, piece in replace(today, anchors=anchors).loose(today.today):
            anchors[piece[np.argmax(today.weight[piece])], c] = True
    return anchors


def _in_wards_of(zone: Index, ward: Index, zones: int) -> Flags:
    """Whether a block lies in a ward where a zone has blocks today."""
    there = np.zeros((int(ward.max()) + 1, zones), dtype=bool)
    there[ward, zone] = True
    return np.asarray(there[ward])
