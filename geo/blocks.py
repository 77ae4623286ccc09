"""Blocks: what can move from one zone to another, and which of them lie side by side.

A block is a town, or the part of a town in one zone of either partition where a border cuts it.
Slivers are no blocks: they go with the main part of their town. A part whose outline nobody knows
(the plan states only its share) stands where its town does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .cutting import OUTSIDE, made_of, shared_areas
from .errors import DataError
from .layers import NO_COUNTS, Counts
from .overlap import counted_pieces
from .partition import Partition
from .pieces import only_polygons
from .slivers import SliverRule
from .spread import Spread
from .widths import narrow
from .words import Text

#: Blocks share a border where they run along each other for so long, no further apart than this.
BORDER_M, GAP_M = 5.0, 0.5

AREA = "area_m2"

Shapes = NDArray[np.object_]
Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of a city.

    Attributes
    ----------
    table
        GeoDataFrame, index `block_id` (the town's id, with ``/2``, ``/3`` … where it is cut),
        columns `town_id`, `name`, `ward_id`, `kept_id`, `moving_id` (OUTSIDE: in none), `area_m2`,
        every count that is a total (NaN: no figure), `geometry`; metres.
    borders
        Positions in the table of every two blocks that share a border (n × 2).
    kept, moving
        The partitions whose zones `kept_id` and `moving_id` name.
    people
        The count that stands for people; None: nobody is counted.
    wards
        The partition whose zones `ward_id` names, where there is one.
    """

    table: gpd.GeoDataFrame
    borders: Index
    kept: Partition
    moving: Partition
    people: str | None
    wards: Partition | None = None

    @property
    def weight(self) -> str:
        """What moves are measured by: people, or area where nobody is counted."""
        return self.people or AREA

    def turned(self) -> Blocks:
        """The same with the partition that stays and the one that may change swapped."""
        names = {"kept_id": "moving_id", "moving_id": "kept_id"}
        table = self.table.rename(columns=names)[self.table.columns]
        return replace(self, table=table, kept=self.moving, moving=self.kept)

    @property
    def points(self) -> Shapes:
        """Where each block is: its centroid, or a point inside where that lies outside."""
        shapes = self.table.geometry.to_numpy()
        centre = shapely.centroid(shapes)
        return np.where(shapely.contains_xy(shapes, shapely.get_x(centre), shapely.get_y(centre)),
                        centre, shapely.point_on_surface(shapes))  # fmt: skip


def blocks(
    kept: Partition,
    moving: Partition,
    towns: Partition,
    *,
    wards: Partition | None = None,
    counts: Counts = NO_COUNTS,
    spread: Spread | None = None,
    rule: SliverRule | None = None,
) -> Blocks:
    """The blocks that two partitions make of the towns.

    Parameters
    ----------
    kept, moving
        The partition that stays, and the one whose zones may change.
    towns, counts, spread
        As for :func:`geo.overlap.crosswalk`.
    wards
        The ward of a block is the one that holds most of its town; None: no wards.
    rule
        What is a sliver.

    Raises
    ------
    DataError
        If zones of a partition overlap each other so far that a block would lie in two of them.
    """
    pieces = counted_pieces(kept, moving, towns, counts=counts, spread=spread)
    pieces = pieces[pieces["town_id"] != OUTSIDE].reset_index(drop=True)
    shapes = _shapes(pieces, (kept, moving), towns)
    main = _main_pieces(pieces, shapes, rule or SliverRule(), counts.people)
    table = _joined(pieces, shapes, main, [AREA, *(count.key for count in counts.totals)])
    _refuse_overlaps(table, towns, (kept, moving))
    for count in counts.totals:
        table[count.key] *= _once(table[count.key], table["town_id"], counts.table[count.key])
    table[AREA] *= _once(table[AREA], table["town_id"], towns.area_m2)
    whole = ~table["town_id"].duplicated(keep=False)
    of_town = np.asarray(towns.zones.geometry.reindex(table["town_id"]))
    table["geometry"] = np.where(whole, of_town, table["geometry"])
    table = _numbered(table)
    table["ward_id"] = _wards(table["town_id"], towns, wards)
    table["name"] = _names(table, towns, (moving, kept), wards)
    frame = gpd.GeoDataFrame(table, geometry="geometry", crs=towns.zones.crs)
    borders = side_by_side(frame.geometry.to_numpy())
    return Blocks(frame, borders, kept, moving, counts.people, wards)


def _joined(pieces: pd.DataFrame, shapes: Shapes, main: pd.Series, sums: list[str]) -> pd.DataFrame:
    """The pieces that belong together as one: ids of the main one, sums, outlines."""
    by_block = pieces.groupby(main)
    ids = {"town_id": "town_id", "left_id": "kept_id", "right_id": "moving_id"}
    table = pieces.loc[list(by_block.groups), list(ids)].rename(columns=ids)
    for column in sums:
        table[column] = by_block[column].sum(min_count=1)
    outlines = [
        shapely.union_all(shapes[rows]) if len(rows) > 1 else shapes[rows[0]]
        for rows in by_block.indices.values()
    ]
    table["geometry"] = np.array(outlines, dtype=object)
    return table


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    """The blocks by id, those of a town in the order of their size."""
    table = table.sort_values(["town_id", AREA], ascending=[True, False], kind="stable")
    nth = table.groupby("town_id").cumcount()
    ids = table["town_id"] + np.where(nth > 0, "/" + (nth + 1).astype(str), "")
    return table.set_axis(pd.Index(ids, name="block_id"))


def side_by_side(shapes: Shapes) -> Index:
    """Every two shapes (in metres) that share a border (n × 2, the smaller position first).

    >>> boxes = np.array([shapely.box(x, y, x + 9, y + 9) for x, y in [(0, 0), (9, 0), (9, 9)]])
    >>> side_by_side(boxes).tolist()
    [[0, 1], [1, 2]]
    """
    tree = shapely.STRtree(shapes)
    i, j = tree.query(shapes, predicate="dwithin", distance=GAP_M)
    i, j = i[i < j], j[i < j]
    grown, lines = shapely.buffer(shapes, GAP_M, quad_segs=2), shapely.boundary(shapes)
    near = np.zeros(len(i), dtype=bool)
    for one, other in ((i, j), (j, i)):
        near |= shapely.length(shapely.intersection(lines[one], grown[other])) >= BORDER_M
    order = np.lexsort((j[near], i[near]))
    return np.column_stack([i[near], j[near]])[order]


def _shapes(pieces: pd.DataFrame, sides: tuple[Partition, Partition], towns: Partition) -> Shapes:
    """The outline of each piece; the town's where no outline is known or nothing cuts it."""
    shapes = np.array(towns.zones.geometry.reindex(pieces["town_id"]), dtype=object)
    cut_up = pieces["town_id"].duplicated(keep=False).to_numpy()
    for side, one in zip(("left_id", "right_id"), sides, strict=True):
        if made_of(one, towns):
            continue
        zone = pieces[side].to_numpy()
        inside = cut_up & (zone != OUTSIDE)
        outlines = np.asarray(one.zones.geometry.reindex(zone[inside]))
        shapes[inside] = shapely.intersection(shapes[inside], outlines)
        outside = cut_up & (zone == OUTSIDE)
        if outside.any():
            all_zones = shapely.union_all(one.zones.geometry.to_numpy())
            shapes[outside] = shapely.difference(shapes[outside], all_zones)
    return only_polygons(shapes)


def _main_pieces(
    pieces: pd.DataFrame, shapes: Shapes, rule: SliverRule, people: str | None
) -> pd.Series:
    """The piece that each piece belongs to: itself, or its town's main one if it is a sliver."""
    by_town = pieces.groupby("town_id")
    size = pieces[AREA] if people is None else pieces[people].fillna(0.0)
    order = pd.DataFrame({"town": pieces["town_id"], "size": size, "area": pieces[AREA]})
    order = order.sort_values(
        ["town", "size", "area"], ascending=[True, False, False], kind="stable"
    )
    main = pieces["town_id"].map(
        pd.Series(order.index, index=order["town"]).groupby(level=0).first()
    )
    alone = by_town["town_id"].transform("size") == 1
    sliver = pieces["share_of_town"] < rule.min_share
    if people is not None and rule.min_people is not None:
        sliver &= ~(pieces[people] >= rule.min_people)
    # A part whose outline nobody knows stands as its whole town: its width says nothing.
    known = np.isclose(shapely.area(shapes), pieces[AREA], rtol=0.01)
    check = (~alone & ~sliver).to_numpy() & known
    sliver[check] = narrow(shapes[check], rule.width_m)
    return main.where(sliver & ~alone, pieces.index.to_series())


def _refuse_overlaps(
    table: pd.DataFrame, towns: Partition, sides: tuple[Partition, Partition]
) -> None:
    """A block belongs to one zone of each partition; land held twice would be two blocks."""
    size = table.groupby("town_id")[AREA].sum()
    twice = size[size > 1.001 * towns.area_m2.reindex(size.index)]
    if len(twice):
        keys = " × ".join(one.key for one in sides)
        names = "、".join(towns.zones.loc[twice.index[:5], "name"])
        what = Text(
            f"区域どうしが重なっていて、町丁目がどちらに属するか決められません（{names}）",
            f"zones overlap each other, so that towns lie in several at once ({names})",
        )
        remedy = Text("境界を整えてください（clean_m）", "clean the boundaries first (clean_m)")
        raise DataError(keys, what, remedy)


def _once(part: pd.Series, town: pd.Series, whole: pd.Series) -> pd.Series:
    """By what parts of towns are to be multiplied to add up to them.

    More than rounding where zones overlap each other a little: what lies in two is there twice.
    """
    together = part.groupby(town).transform("sum")
    share: pd.Series = whole.reindex(town).to_numpy() / together
    return share.where(together > 0, 1.0)


def _names(
    table: pd.DataFrame,
    towns: Partition,
    sides: tuple[Partition, Partition],
    wards: Partition | None,
) -> pd.Series:
    """The name of the town; of a part also the zone that it lies in.

    A name that several wards have goes with that of the ward; if that is not enough, with the id.
    """
    name = towns.zones["name"].reindex(table["town_id"]).set_axis(table.index).astype(str)
    if wards is not None:
        ward = table["ward_id"].map(wards.zones["name"]).fillna("—")
        several = ward.groupby(name).transform("nunique") > 1
        name = name.where(~several, name + "（" + ward + "）")
    for side, one in zip(("moving_id", "kept_id"), sides, strict=True):
        twice = table.assign(name=name).duplicated(["town_id", "name"], keep=False)
        apart = twice & (table.groupby("town_id")[side].transform("nunique") > 1)
        its = table[side].map(one.zones["name"]).fillna("—")
        name = name.where(~apart, name + "（" + its + "）")
    return name.where(~name.duplicated(keep=False), name + "（" + table.index + "）")


def _wards(town_ids: pd.Series, towns: Partition, wards: Partition | None) -> pd.Series:
    """The ward that each town lies in, mostly; OUTSIDE where it is in none, or there are none."""
    if wards is None:
        return pd.Series(OUTSIDE, index=town_ids.index)
    if wards.members is not None:
        return town_ids.map(wards.members).fillna(OUTSIDE)
    shared = shared_areas(towns.zones.geometry, wards.zones.geometry)
    most = shared.sort_values(AREA, ascending=False, kind="stable").drop_duplicates("left_id")
    return town_ids.map(most.set_index("left_id")["right_id"]).fillna(OUTSIDE)
