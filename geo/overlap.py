"""Two partitions → crosswalk (対応表): how much they share, pair by pair.

Everything is counted on *pieces*: the smallest parts of the city that no border cuts, each with its
town, its zone on the left and its zone on the right. Outside every zone the id is :data:`OUTSIDE`,
so that nothing is dropped and every total is kept::

        left        right       towns           pieces
      ┌───┬───┐   ┌─────┬─┐   ┌─┬─┬─┬─┐   (t1, A, X) (t2, A, X)
      │ A │ B │   │  X  │Y│   │1│2│3│4│   (t3, B, X) (t4, B, Y)
      └───┴───┘   └─────┴─┘   └─┴─┴─┴─┘

Three ways, the exact one first, and the way taken is recorded in the result:

- *by towns*: both partitions are made of the same towns, so every town is one piece. No geometry.
- *by shares*: the same, but the plan states which share of some towns a zone holds.
- *by area*: borders are intersected; the people of a town are split by area **within the town**,
  never across a whole zone.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .layers import NO_COUNTS, Counts
from .partition import NO_PARTS, Partition
from .plan import CountKind
from .words import Text

OUTSIDE = ""
"""The id of what no zone (or no town) holds."""

PIECE = ["town_id", "left_id", "right_id"]
PAIR = ["left_id", "right_id"]
COLUMNS = {*PAIR, "area_m2", "share_of_left", "share_of_right"}

#: Pieces below this share of their smaller side are rounding of coordinates, not land.
ROUNDING = 1e-9


class Way(StrEnum):
    """How a crosswalk was computed."""

    BY_TOWNS = "by_towns"
    BY_SHARES = "by_shares"
    BY_AREA = "by_area"

    @property
    def said(self) -> Text:
        if self is Way.BY_TOWNS:
            return Text(
                "どちらの区域も町丁目でできているため、町丁目ごとに集計（図形の重ね合わせなし）",
                "both are made of the same towns: added up town by town, without geometry",
            )
        if self is Way.BY_SHARES:
            return Text(
                "町丁目ごとに集計。町丁目の一部は、計画に書かれた割合で配分（均一に住むと仮定）",
                "added up town by town; parts of towns by the shares that the plan states "
                "(people spread evenly)",
            )
        return Text(
            "境界を重ね合わせ、人口などは町丁目の中で面積に比例して配分（均一に住むと仮定）",
            "borders intersected; counts split by area within each town (people spread evenly)",
        )


def crosswalk(
    left: Partition,
    right: Partition,
    *,
    towns: Partition | None = None,
    counts: Counts = NO_COUNTS,
) -> pd.DataFrame:
    """What two partitions share, pair by pair.

    Parameters
    ----------
    left, right
        The two partitions, in the same CRS (projected, metres).
    towns
        The units that carry `counts`. Without them `left` is its own units.
    counts
        Figures of the towns; none: areas only.

    Returns
    -------
    DataFrame
        One row per pair that shares some area, sorted by (`left_id`, `right_id`), columns
        ``area_m2`` (float, > 0), ``share_of_left`` and ``share_of_right`` (of the zone's area,
        NaN where the side is OUTSIDE), one column per count (totals are split, rates averaged,
        NaN where no town of the pair has a figure) and ``<count>_missing_towns`` (how many towns
        of the pair have none). Rows with id OUTSIDE hold what the other partition does not cover:
        shares of one zone add to 1 and totals are kept. ``attrs["way"]`` is the :class:`Way`;
        ``attrs["overlapping"]`` the keys of partitions whose own zones overlap: what they share is
        counted for each of them, so that shares and totals of the other side add to more.
    """
    towns = left if towns is None else towns
    pieces = cut(left, right, towns)
    table = pd.DataFrame(pieces.groupby(PAIR)["area_m2"].sum())
    for one, side in ((left, "left"), (right, "right")):
        ids = table.index.get_level_values(f"{side}_id")
        whole = table["area_m2"].groupby(level=f"{side}_id").transform("sum").to_numpy()
        if one.members is None:
            whole = one.area_m2.reindex(ids).to_numpy()
        table[f"share_of_{side}"] = (table["area_m2"] / whole).where(ids != OUTSIDE)
    table = table.join(pd.DataFrame(_counted(pieces, counts), index=table.index))
    table.attrs["way"] = way(left, right, towns)
    table.attrs["overlapping"] = [one.key for one in (left, right) if overlaps_itself(one)]
    return table


def way(left: Partition, right: Partition, towns: Partition) -> Way:
    """The exact way wherever both sides are made of the towns."""
    if any(one.members is None and one is not towns for one in (left, right)):
        return Way.BY_AREA
    stated = any(one.parts["share"].notna().any() for one in (left, right))
    return Way.BY_SHARES if stated else Way.BY_TOWNS


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a crosswalk where both sides are zones."""
    left, right = (table.index.get_level_values(level) for level in (0, 1))
    return table[(left != OUTSIDE) & (right != OUTSIDE)]


def transposed(table: pd.DataFrame) -> pd.DataFrame:
    """The same crosswalk, seen from the other side."""
    names = {"share_of_left": "share_of_right", "share_of_right": "share_of_left"}
    turned = table.rename(columns=names)[table.columns].swaplevel().rename_axis(PAIR).sort_index()
    turned.attrs = dict(table.attrs)
    return turned


def cut(left: Partition, right: Partition, towns: Partition) -> pd.DataFrame:
    """The pieces: columns `town_id`, `left_id`, `right_id`, `area_m2`, `share_of_town`.

    Rows are sorted and unique. The areas of a town's pieces add up to the town.
    """
    pieces = _cut(left, right, towns)
    if overlaps_itself(left) or overlaps_itself(right):
        # What a layer leaves uncovered is what lies outside all of it together.
        all_left, all_right = _merged(left), _merged(right)
        inside = pieces[(pieces["left_id"] != OUTSIDE) & (pieces["right_id"] != OUTSIDE)]
        only_left = _cut(left, all_right, towns).query("right_id == '' and left_id != ''")
        units = all_left if towns is left else towns
        only_right = _cut(all_left, right, units).query("left_id == '' and right_id != ''")
        neither = _cut(all_left, all_right, units).query("left_id == '' and right_id == ''")
        pieces = pd.concat([inside, only_left, only_right, neither]).sort_values(PIECE)
    size = towns.area_m2.reindex(pieces["town_id"]).to_numpy()
    return pieces.assign(share_of_town=pieces["area_m2"] / size).reset_index(drop=True)


def overlaps_itself(partition: Partition) -> bool:
    """Whether zones of one partition share land, so that it is counted for each of them."""
    shapes = partition.zones.geometry.to_numpy()
    if partition.members is not None or shapely.coverage_is_valid(shapes):
        return False
    found, _ = intersections(partition.zones.geometry, partition.zones.geometry)
    twice = found.loc[found["left_id"] < found["right_id"], "area_m2"].sum()
    return bool(twice > ROUNDING * partition.area_m2.sum())


def _merged(partition: Partition) -> Partition:
    """The same land as one zone."""
    whole = gpd.GeoSeries([shapely.union_all(partition.zones.geometry.to_numpy())])
    data = {"name": ["all"], "geometry": whole.to_numpy()}
    index = pd.Index(["all"], name="zone_id", dtype=str)
    zones = gpd.GeoDataFrame(data, index=index, crs=partition.zones.crs)
    return replace(partition, zones=zones, members=None, parts=NO_PARTS)


def _cut(left: Partition, right: Partition, towns: Partition) -> pd.DataFrame:
    """The pieces of layers that do not overlap themselves: columns of PIECE and `area_m2`."""
    of_left, of_right = _membership(left, towns), _membership(right, towns)
    if of_left is not None and of_right is not None:
        pieces = _grouped(towns, of_left, of_right)
    elif of_left is not None:
        pieces = _one_side_cuts(towns, of_left, right)
    elif of_right is not None:
        swapped = _one_side_cuts(towns, of_right, left)
        pieces = swapped.rename(columns={"left_id": "right_id", "right_id": "left_id"})
    else:
        pieces = _both_sides_cut(towns, left, right)
    return pieces.groupby(PIECE)["area_m2"].sum().reset_index()


def intersections(left: gpd.GeoSeries, right: gpd.GeoSeries) -> tuple[pd.DataFrame, np.ndarray]:
    """Areas and shapes of all overlaps of two layers of polygons in the same CRS.

    Returns
    -------
    (DataFrame, ndarray of geometries)
        `left_id`, `right_id`, `area_m2` (> 0) per overlap, and its shape.
    """
    i, j = shapely.STRtree(left.to_numpy()).query(right.to_numpy(), predicate="intersects")[::-1]
    shapes = shapely.intersection(left.to_numpy()[i], right.to_numpy()[j])
    area = shapely.area(shapes)
    found = pd.DataFrame({"left_id": left.index[i], "right_id": right.index[j], "area_m2": area})
    return found[area > 0].reset_index(drop=True), shapes[area > 0]


def _membership(partition: Partition, towns: Partition) -> pd.DataFrame | None:
    """How much of every town each zone holds, if the partition is made of these towns.

    Columns `town_id`, `zone_id` (OUTSIDE: in none), `share`; the shares of a town add to 1.
    """
    ids = towns.zones.index.to_series()
    members = ids if partition is towns else partition.members
    if members is None:
        return None
    whole = members.reindex(ids).fillna(OUTSIDE)
    rows = pd.DataFrame({"town_id": ids.to_numpy(), "zone_id": whole.to_numpy(), "share": 1.0})
    stated = partition.parts.dropna(subset="share")[rows.columns]
    if stated.empty:
        return rows
    taken = stated.groupby("town_id")["share"].sum().reindex(rows["town_id"], fill_value=0.0)
    rows["share"] -= taken.to_numpy()
    return pd.concat([rows[rows["share"] > ROUNDING], stated], ignore_index=True)


def _grouped(towns: Partition, of_left: pd.DataFrame, of_right: pd.DataFrame) -> pd.DataFrame:
    """Pieces without geometry: every town, or its stated shares as if both were spread evenly."""
    both = of_left.merge(of_right, on="town_id", suffixes=("_left", "_right"))
    share = both["share_left"] * both["share_right"]
    return pd.DataFrame(
        {
            "town_id": both["town_id"],
            "left_id": both["zone_id_left"],
            "right_id": both["zone_id_right"],
            "area_m2": towns.area_m2.loc[both["town_id"]].to_numpy() * share,
        }
    )


def _one_side_cuts(towns: Partition, of_left: pd.DataFrame, right: Partition) -> pd.DataFrame:
    """Pieces where only the right side's borders cut towns."""
    found, _ = intersections(towns.zones.geometry, right.zones.geometry)
    found = found.rename(columns={"left_id": "town_id"})
    rest = _rest(towns.area_m2, found, "town_id").assign(right_id=OUTSIDE)
    inside = pd.concat([found, rest]).merge(of_left, on="town_id")
    inside["area_m2"] *= inside["share"]
    beyond = _rest(right.area_m2, found, "right_id")
    return pd.concat(
        [
            inside.rename(columns={"zone_id": "left_id"}).drop(columns="share"),
            beyond.assign(town_id=OUTSIDE, left_id=OUTSIDE),
        ]
    )


def _both_sides_cut(towns: Partition, left: Partition, right: Partition) -> pd.DataFrame:
    """Pieces where both sides' borders cut towns: by inclusion and exclusion of overlap areas."""
    pair, shapes = intersections(left.zones.geometry, right.zones.geometry)
    keys = pd.RangeIndex(len(pair))
    inner, _ = intersections(towns.zones.geometry, gpd.GeoSeries(shapes, index=keys))
    found = pair.loc[inner["right_id"], PAIR].reset_index(drop=True)
    found = found.assign(town_id=inner["left_id"], area_m2=inner["area_m2"])
    pieces = [found]
    known = {"town_id": towns, "left_id": left, "right_id": right}
    for two in (("town_id", "left_id"), ("town_id", "right_id"), ("left_id", "right_id")):
        a, b = (known[side].zones.geometry for side in two)
        overlap, _ = intersections(a, b)
        overlap = overlap.set_axis([*two, "area_m2"], axis=1)
        whole = overlap.set_index(list(two))["area_m2"]
        pieces.append(_rest(whole, found, *two))
    inside = pd.concat(pieces)
    for side, partition in known.items():
        pieces.append(_rest(partition.area_m2, inside, side))
    return pd.concat(pieces).fillna(dict.fromkeys(PIECE, OUTSIDE))


def _rest(whole: pd.Series, found: pd.DataFrame, *by: str) -> pd.DataFrame:
    """What is left of each zone (or pair) of `whole` beyond the pieces found in it."""
    used = found.groupby(list(by))["area_m2"].sum().reindex(whole.index, fill_value=0.0)
    left_over = (whole - used)[(whole - used) > ROUNDING * whole]
    return left_over.rename("area_m2").rename_axis(list(by)).reset_index()


def _counted(pieces: pd.DataFrame, counts: Counts) -> dict[str, pd.Series]:
    """Every count per pair, and how many towns of the pair have no figure."""
    columns: dict[str, pd.Series] = {}
    for count in counts.defined:
        figure = counts.table[count.key].reindex(pieces["town_id"]).to_numpy()
        share = pieces["share_of_town"].to_numpy()
        if count.kind is CountKind.TOTAL:
            value = _sum(pieces, figure * share)
        else:
            weight = counts.table[count.per].reindex(pieces["town_id"]).to_numpy() * share
            weight = np.where(np.isnan(figure), np.nan, weight)
            value = _sum(pieces, figure * weight) / _sum(pieces, weight)
        columns[count.key] = value
        unknown = np.isnan(figure) & (pieces["town_id"] != OUTSIDE).to_numpy()
        columns[f"{count.key}_missing_towns"] = _sum(pieces, unknown.astype(int))
    return columns


def _sum(pieces: pd.DataFrame, values: np.ndarray) -> pd.Series:
    """Sum per pair; missing only where nothing is known."""
    return pieces.assign(value=values).groupby(PAIR)["value"].sum(min_count=1)
