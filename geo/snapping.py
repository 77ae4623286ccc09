"""Borders of one layer put onto those of another, where both run side by side within a tolerance.

Both layers are laid over each other and the plane falls into *faces* that no border crosses, each
in one zone and in one zone of the reference. Where the same border was drawn twice the faces
between the two drawings are narrow; they change their zone, and the zones are put together from
faces again::

    zones     reference    faces          after
    ┌──┬──┐   ┌───┬─┐     ┌──┬┬─┐        ┌───┬─┐     the strip lay in B and in X;
    │A │B │   │X  │Y│     │  ││ │        │A  │B│     of the zones beside it A is in X as well:
    └──┴──┘   └───┴─┘     └──┴┴─┘        └───┴─┘     it goes to A, whose border is now X | Y

Since every zone is a sum of faces, a coverage stays a coverage, whatever changes hands. Where a
strip opens into a wider face it is cut off at the place where the two borders are as far apart as
the tolerance.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .coverage import is_coverage, unite_by
from .faces import Flags, Index, Owners, Shapes, Sides, faces, owners, redrawn, sides
from .repair import KEPT, NO_CHANGES, change, listed
from .widths import narrow
from .words import Text

SNAPPED = Text("基準の境界に揃えた", "put onto the reference")

#: A face runs along a border of the reference if this share of its outline does: nearly half of a
#: strip between two drawings of a border, next to nothing of a zone that a border crosses.
ALONG = 1 / 3
#: Thinner faces are where lines nearly coincide.
HAIR_M = 1e-5
#: Cuts reach a little beyond both borders, so that rounding leaves no way past their ends.
BEYOND = 0.01


def snapped_to(
    zones: gpd.GeoDataFrame, reference: gpd.GeoDataFrame, tolerance_m: float
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Zones with their borders on those of `reference` where they ran within the tolerance of them.

    Nothing moves by more than the tolerance: what a zone gains and loses is nowhere wider. Where it
    would be, and where a zone is so narrow that it would vanish, borders stay, which is listed. The
    order of zones does not matter. Snapping again moves next to nothing: only what comes within the
    tolerance of the reference because its neighbours have moved. (Zones with gaps and overlaps of
    their own are better cleaned first, see :func:`geo.repair.snapped`.)

    Parameters
    ----------
    zones
        To be snapped, by zone id; metres.
    reference
        What they are snapped to, in the same CRS.
    tolerance_m
        0: nothing changes.

    Returns
    -------
    (GeoDataFrame, DataFrame)
        The zones, and what changed: rows with COLUMNS of :mod:`geo.repair`, ``moved_m2`` being the
        land that a zone gained and lost.

    >>> halves = [shapely.box(0, 0, 98, 100), shapely.box(98, 0, 200, 100)]
    >>> zones = gpd.GeoDataFrame(geometry=halves, index=["A", "B"], crs="EPSG:6677")
    >>> reference = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 100)], crs="EPSG:6677")
    >>> moved, changes = snapped_to(zones, reference, 5.0)
    >>> moved.area.tolist(), changes["moved_m2"].tolist()
    ([10000.0, 10000.0], [200.0, 200.0])
    """
    if tolerance_m == 0 or zones.empty or reference.empty:
        return zones, NO_CHANGES
    in_order = zones.sort_index().geometry
    before, targets = in_order.to_numpy(), reference.geometry.to_numpy()
    drawn, aims = (shapely.boundary(shapes) for shapes in (before, targets))
    made = faces(drawn, aims, _cuts(drawn, aims, tolerance_m))
    beside = sides(made)
    # Faces as thin as rounding belong to whom they lie beside, before and after.
    hair, anywhere = narrow(made, HAIR_M), np.zeros(len(made) + 1, dtype=np.intp)
    old, aim = (
        _given(hair, owners(made, shapes, apart=is_coverage(shapes)), anywhere, beside)
        for shapes in (before, targets)
    )
    new, kept = _reassigned(made, old, aim.of, beside, tolerance_m)
    new = _given(hair, new, anywhere, beside)
    after = _put_together(made, new, before, np.append(aims, drawn))
    changes = _changes(in_order.index, made, (old, new), kept, (before, after))
    snapped = gpd.GeoSeries(after, in_order.index, crs=zones.crs).reindex(zones.index)
    return (zones if changes.empty else zones.set_geometry(snapped)), changes


def _cuts(drawn: Shapes, aims: Shapes, tolerance_m: float) -> Shapes:
    """Lines across, where a border gets further from the reference than the tolerance."""
    ours, theirs = (shapely.get_parts(shapely.union_all(lines)) for lines in (drawn, aims))
    bands = shapely.boundary(shapely.buffer(theirs, tolerance_m))
    band, line = shapely.STRtree(ours).query(bands, predicate="intersects")
    met = shapely.get_parts(shapely.intersection(ours[line], bands[band]))
    spots = met[shapely.get_type_id(met) == shapely.GeometryType.POINT]
    across = shapely.shortest_line(spots, theirs[shapely.STRtree(theirs).nearest(spots)])
    # What is nearer to another border than to the one whose band it leaves is still within.
    across = across[shapely.length(across) >= (1 - BEYOND) * tolerance_m]
    ends = shapely.get_coordinates(across).reshape(-1, 2, 2)
    further = BEYOND * np.diff(ends, axis=1)
    return np.asarray(shapely.linestrings(ends + np.concatenate([-further, further], axis=1)))


def _reassigned(
    made: Shapes, old: Owners, aim: Index, beside: Sides, tolerance_m: float
) -> tuple[Owners, Flags]:
    """The new owners of all faces, and which faces stayed although they run along the reference."""
    movable, kept = _movable(made, old, aim, beside, tolerance_m)
    while True:
        new = _given(movable & ~kept, old, aim, beside)
        too_far = _too_far(made, old, new, tolerance_m) & ~kept
        if not too_far.any():
            return new, kept
        kept |= too_far


def _movable(
    made: Shapes, old: Owners, aim: Index, beside: Sides, tolerance_m: float
) -> tuple[Flags, Flags]:
    """Narrow faces along a border of the reference; and those of zones that are nothing else."""
    outline = beside.total(np.ones(len(beside.a), dtype=bool), len(made))
    along = beside.total(aim[beside.a] != aim[beside.b], len(made))
    strip = along >= ALONG * outline
    strip[strip] = narrow(made[strip], tolerance_m)
    face, zone = old.members()
    wide = np.isin(zone, zone[~strip[face]])
    vanishing = np.zeros(len(made), dtype=bool)
    vanishing[face[~wide]] = True
    return strip, strip & vanishing


def _given(movable: Flags, old: Owners, aim: Index, beside: Sides) -> Owners:
    """Every movable face to the neighbour with the longest border inside the same aim.

    Faces that have only movable neighbours wait until those are settled.
    """
    of = old.of.copy()
    settled = np.append(~movable, True)
    inside = aim[beside.a] == aim[beside.b]
    a, b, length = beside.a[inside], beside.b[inside], beside.length_m[inside]
    while (now := ~settled[a] & settled[b]).any():
        offers = pd.DataFrame({"face": a[now], "to": of[b[now]], "length": -length[now]})
        summed = offers.groupby(["face", "to"])["length"].sum().reset_index()
        best = summed.sort_values(["face", "length", "to"]).drop_duplicates("face")
        of[best["face"]] = best["to"]
        settled[best["face"]] = True
    return Owners(old.sets, of)


def _too_far(made: Shapes, old: Owners, new: Owners, tolerance_m: float) -> Flags:
    """Faces that have moved where a zone gains or loses land wider than the tolerance.

    Each face is narrow; side by side they may not be.
    """
    moved = _moved(old, new)
    found = np.zeros(len(made), dtype=bool)
    land = _united(made[moved["face"]], moved["zone"])
    wide = ~narrow(land.to_numpy(), tolerance_m)
    cores = shapely.buffer(land.to_numpy()[wide], -tolerance_m / 2)
    for zone, core in zip(land.index[wide], cores, strict=True):
        its = moved.loc[moved["zone"] == zone, "face"].to_numpy()
        found[its[shapely.intersects(made[its], core)]] = True
    return found


def _united(faces: Shapes, zone_of: pd.Series) -> pd.Series:
    """The faces of each zone as one."""
    meet = np.zeros(len(faces), dtype=bool)
    return unite_by(pd.Series(faces), zone_of, apart=meet)


def _moved(old: Owners, new: Owners) -> pd.DataFrame:
    """The faces that each zone gained or lost: columns `face`, `zone`."""
    both = [pd.DataFrame(dict(zip(("face", "zone"), one.members(), strict=True)))
            for one in (old, new)]  # fmt: skip
    return pd.concat(both).drop_duplicates(keep=False)


def _put_together(made: Shapes, new: Owners, before: Shapes, known: Shapes) -> Shapes:
    """The zones from their faces; those that come out as they were keep their very coordinates."""
    face, zone = new.members()
    united = _united(made[face], pd.Series(zone))
    after = redrawn(united.reindex(range(len(before))).to_numpy(), known)
    same = shapely.equals_exact(shapely.normalize(before), shapely.normalize(after), 0.0)
    return np.where(same, before, after)


def _changes(
    ids: pd.Index,
    made: Shapes,
    owned: tuple[Owners, Owners],
    kept: Flags,
    shapes: tuple[Shapes, Shapes],
) -> pd.DataFrame:
    """A row per zone that changed or kept a border that it would have moved too far."""
    moved = _moved(*owned)
    area = np.bincount(moved["zone"], weights=shapely.area(made[moved["face"]]), minlength=len(ids))
    face, zone = owned[0].members()
    stayed = np.bincount(zone, weights=kept[face], minlength=len(ids)) > 0
    rows = []
    for zone_id, moved_m2, stays, old, new in zip(ids, area, stayed, *shapes, strict=True):
        rows += [change(zone_id, SNAPPED, moved_m2, old, new)] if moved_m2 else []
        rows += [change(zone_id, KEPT, 0.0, old, new)] if stays else []
    return listed(rows)
