"""The pieces of the city: its smallest parts that no border of two partitions cuts.

Each piece has its town, its zone on the left and its zone on the right; outside every zone the id
is :data:`OUTSIDE`, so that nothing is dropped and every total is kept::

        left        right       towns           pieces
      ┌───┬───┐   ┌─────┬─┐   ┌─┬─┬─┬─┐   (t1, A, X) (t2, A, X)
      │ A │ B │   │  X  │Y│   │1│2│3│4│   (t3, B, X) (t4, B, Y)
      └───┴───┘   └─────┴─┘   └─┴─┴─┴─┘

Where both partitions are made of the towns, every town is one piece and no geometry is needed.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .areas import by_chunk, in_order
from .partition import NO_PARTS, ROUNDING, Partition
from .pieces import overlap_pieces
from .workers import Run, in_threads

OUTSIDE = ""
"""The id of what no zone (or no town) holds."""

PIECE = ["town_id", "left_id", "right_id"]
PAIR = ["left_id", "right_id"]


def cut(
    left: Partition, right: Partition, towns: Partition, run: Run | None = None
) -> pd.DataFrame:
    """The pieces: columns `town_id`, `left_id`, `right_id`, `area_m2`, `share_of_town` (of area).

    Rows are sorted and unique. The areas of a town's pieces add up to the town. `run` is who works
    on chunks of large layers (None: the cores of this machine).
    """
    run = run or in_threads()
    pieces = _cut(left, right, towns, run)
    borders_count = not (made_of(left, towns) and made_of(right, towns))
    if borders_count and (left.overlaps_itself or right.overlaps_itself):
        # What a layer leaves uncovered is what lies outside all of it together.
        all_left, all_right = _merged(left), _merged(right)
        inside = pieces[(pieces["left_id"] != OUTSIDE) & (pieces["right_id"] != OUTSIDE)]
        only_left = _cut(left, all_right, towns, run).query("right_id == '' and left_id != ''")
        units = all_left if towns is left else towns
        only_right = _cut(all_left, right, units, run).query("left_id == '' and right_id != ''")
        neither = _cut(all_left, all_right, units, run).query("left_id == '' and right_id == ''")
        pieces = pd.concat([inside, only_left, only_right, neither]).sort_values(PIECE)
    size = towns.area_m2.reindex(pieces["town_id"]).to_numpy()
    return pieces.assign(share_of_town=pieces["area_m2"] / size).reset_index(drop=True)


def made_of(partition: Partition, towns: Partition) -> bool:
    """Whether every zone is a sum of these towns, or of stated shares of them."""
    return partition is towns or partition.members is not None


def _merged(partition: Partition) -> Partition:
    """The same land as one zone."""
    whole = gpd.GeoSeries([shapely.union_all(partition.zones.geometry.to_numpy())])
    data = {"name": ["all"], "geometry": whole.to_numpy()}
    index = pd.Index(["all"], name="zone_id", dtype=str)
    zones = gpd.GeoDataFrame(data, index=index, crs=partition.zones.crs)
    return replace(partition, zones=zones, members=None, parts=NO_PARTS)


def _cut(left: Partition, right: Partition, towns: Partition, run: Run) -> pd.DataFrame:
    """The pieces of layers that do not overlap themselves: columns of PIECE and `area_m2`."""
    of_left, of_right = membership(left, towns), membership(right, towns)
    if of_left is not None and of_right is not None:
        return _grouped(towns, of_left, of_right)
    if of_left is not None:
        pieces = _one_side_cuts(towns, of_left, right, run)
    elif of_right is not None:
        swapped = _one_side_cuts(towns, of_right, left, run)
        pieces = swapped.rename(columns={"left_id": "right_id", "right_id": "left_id"})
    else:
        pieces = _both_sides_cut(towns, left, right, run)
    return _added_up(pieces)


def _added_up(pieces: pd.DataFrame) -> pd.DataFrame:
    return pieces.groupby(PIECE)["area_m2"].sum().reset_index()


def uncovered(
    zones: Partition, by: Partition, shared_m2: pd.Series, run: Run | None = None
) -> pd.Series:
    """The area in m² of each zone that lies in no zone of `by`, by zone id; only zones with any.

    `shared_m2` is what each zone shares with those of `by` one by one; where they overlap each
    other it counts land twice, and is asked for anew.
    """
    if by.overlaps_itself:
        found = shared_areas(zones.zones.geometry, _merged(by).zones.geometry, run)
        shared_m2 = found.set_index("left_id")["area_m2"]
    return _left_over(zones.area_m2, shared_m2)


def shared_areas(left: gpd.GeoSeries, right: gpd.GeoSeries, run: Run | None = None) -> pd.DataFrame:
    """The areas of all overlaps of two layers of polygons in the same CRS.

    Returns
    -------
    DataFrame
        `left_id`, `right_id`, `area_m2` (> 0) of each pair that shares land.
    """
    found = by_chunk(left.to_numpy(), right.to_numpy(), run or in_threads())
    i, j, area_m2 = in_order(found)
    return pd.DataFrame({"left_id": left.index[i], "right_id": right.index[j], "area_m2": area_m2})


def intersections(left: gpd.GeoSeries, right: gpd.GeoSeries) -> tuple[pd.DataFrame, np.ndarray]:
    """The same, and the shapes of the overlaps, for those who need them."""
    i, j, shapes = overlap_pieces(left.to_numpy(), right.to_numpy(), threads=None)
    ids = {"left_id": left.index[i], "right_id": right.index[j]}
    return pd.DataFrame({**ids, "area_m2": shapely.area(shapes)}), shapes


def membership(partition: Partition, towns: Partition) -> pd.DataFrame | None:
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
    whole = towns.zones.index
    if of_left["town_id"].equals(of_right["town_id"]) and len(of_left) == len(whole):
        zones = {"left_id": of_left["zone_id"], "right_id": of_right["zone_id"]}
        ids = of_left["town_id"]
        pieces = pd.DataFrame({"town_id": ids, **zones, "area_m2": towns.area_m2.to_numpy()})
        return pieces if whole.is_monotonic_increasing else pieces.sort_values("town_id")
    both = of_left.merge(of_right, on="town_id", suffixes=("_left", "_right"))
    share = both["share_left"] * both["share_right"]
    zones = {"left_id": both["zone_id_left"], "right_id": both["zone_id_right"]}
    area_m2 = towns.area_m2.reindex(both["town_id"]).to_numpy() * share
    return _added_up(pd.DataFrame({"town_id": both["town_id"], **zones, "area_m2": area_m2}))


def _one_side_cuts(
    towns: Partition, of_left: pd.DataFrame, right: Partition, run: Run
) -> pd.DataFrame:
    """Pieces where only the right side's borders cut towns."""
    found = shared_areas(towns.zones.geometry, right.zones.geometry, run)
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


def _both_sides_cut(towns: Partition, left: Partition, right: Partition, run: Run) -> pd.DataFrame:
    """Pieces where both sides' borders cut towns: by inclusion and exclusion of overlap areas."""
    pair, shapes = intersections(left.zones.geometry, right.zones.geometry)
    keys = pd.RangeIndex(len(pair))
    inner = shared_areas(towns.zones.geometry, gpd.GeoSeries(shapes, index=keys), run)
    found = pair.loc[inner["right_id"], PAIR].reset_index(drop=True)
    found = found.assign(town_id=inner["left_id"], area_m2=inner["area_m2"])
    pieces = [found]
    known = {"town_id": towns, "left_id": left, "right_id": right}
    for two in (("town_id", "left_id"), ("town_id", "right_id"), ("left_id", "right_id")):
        a, b = (known[side].zones.geometry for side in two)
        overlap = shared_areas(a, b, run).set_axis([*two, "area_m2"], axis=1)
        whole = overlap.set_index(list(two))["area_m2"]
        pieces.append(_rest(whole, found, *two))
    inside = pd.concat(pieces)
    for side, partition in known.items():
        pieces.append(_rest(partition.area_m2, inside, side))
    return pd.concat(pieces).fillna(dict.fromkeys(PIECE, OUTSIDE))


def _rest(whole: pd.Series, found: pd.DataFrame, *by: str) -> pd.DataFrame:
    """What is left of each zone (or pair) of `whole` beyond the pieces found in it."""
    rest = _left_over(whole, found.groupby(list(by))["area_m2"].sum())
    return rest.rename_axis(list(by)).reset_index()


def _left_over(whole: pd.Series, used: pd.Series) -> pd.Series:
    rest = whole - used.reindex(whole.index, fill_value=0.0)
    return rest[rest > ROUNDING * whole].rename("area_m2")
