"""What is wrong with zones: overlaps, gaps, slivers, edges that do not meet, land left out.

Findings do not stop the work. Each says where (with a point to go to), how much, and what to do, so
that a planner can judge. Amounts of different kinds must not be added: a gap is also land in no
zone.

A difference narrower than :data:`SLIVER_M` comes from drawing the same border twice, and is called
a sliver; below :data:`LEAST_M2` it is rounding of coordinates, and is not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from .coverage import edges_apart, is_coverage, unite
from .cutting import intersections
from .errors import nearest, no_column
from .findings import Finding, Kind, Severity, of_rows
from .layers import Counts
from .names import fold
from .partition import Partition
from .plan import Role
from .slivers import SliverRule
from .widths import narrow
from .words import Text

LEAST_M2 = 1.0
SLIVER_M = SliverRule.width_m
#: Published areas are rounded; more than this share apart is another border.
AREA_TOLERANCE = 0.001
#: So many unknown words are answered with the nearest known ones.
HINTS = 5


@dataclass(frozen=True)
class _Place:
    """Where findings are noted: a partition, and a way to tell the place of a shape."""

    key: str
    crs: pyproj.CRS

    def finding(
        self,
        kind: Kind,
        severity: Severity,
        zone_ids: Iterable[object],
        what: Text,
        remedy: Text,
        shape: shapely.Geometry | None = None,
        amount: float | None = None,
        unit: str = "m2",
    ) -> Finding:
        place = tuple(map(str, zone_ids))
        at = None if shape is None else _spot(shape, self.crs)
        size = float(shapely.area(shape)) if amount is None and shape is not None else amount
        return Finding(kind, severity, self.key, place, what, remedy, size, unit, at)


def _spot(shape: shapely.Geometry, crs: pyproj.CRS) -> tuple[float, float]:
    """Longitude and latitude of a point on the largest part of a shape."""
    parts = shapely.get_parts(shape)
    largest = max(parts, key=lambda part: (part.area, part.length))
    point = gpd.GeoSeries([shapely.point_on_surface(largest)], crs=crs).to_crs(4326)
    return round(float(point.x.iloc[0]), 6), round(float(point.y.iloc[0]), 6)


def check(partition: Partition, city: shapely.Geometry | None) -> list[Finding]:
    """Findings on the zones of one partition, and against the outline of the city if it is known.

    A partition whose zones meet exactly (a valid coverage) has no overlaps to look for.
    """
    zones = partition.zones.geometry
    place = _Place(partition.key, pyproj.CRS(zones.crs))
    valid = is_coverage(zones)
    found: list[Finding] = []
    if not valid:
        found = [*_twins(place, zones), *_overlaps(place, zones)]
        found += _edges(place, zones, {zone_id for finding in found for zone_id in finding.place})
    if city is not None:
        whole = unite(zones, meet=valid)
        found += [*_gaps(place, whole, city), *_left_out(place, partition, whole, city)]
    return [*found, *_pieces(place, zones)]


def is_sliver(shape: shapely.Geometry) -> bool:
    """Whether a shape is nowhere as wide as :data:`SLIVER_M`.

    >>> is_sliver(shapely.box(0, 0, 1000, 29)), is_sliver(shapely.box(0, 0, 1000, 31))
    (True, False)
    """
    return bool(narrow(np.array([shape]), SLIVER_M)[0])


def _twins(place: _Place, zones: gpd.GeoSeries) -> Iterator[Finding]:
    """Zones with exactly the same shape."""
    same = zones.groupby(shapely.to_wkb(shapely.normalize(zones.to_numpy())))
    for _, twins in same:
        if len(twins) > 1:
            what = Text("まったく同じ図形です", "these zones have exactly the same shape")
            remedy = Text(
                "1つを消すか、ID を揃えてください", "delete one, or give both the same id"
            )
            kind, severity = Kind.SAME_SHAPE, Severity.ERROR
            yield place.finding(kind, severity, twins.index, what, remedy, twins.iloc[0])


def _overlaps(place: _Place, zones: gpd.GeoSeries) -> Iterator[Finding]:
    """Land that two zones share, other than twins, the largest first."""
    twice, shapes = intersections(zones, zones)
    twice["shape"] = shapes
    twice = twice[(twice["left_id"] < twice["right_id"]) & (twice["area_m2"] >= LEAST_M2)]
    left, right = (np.asarray(zones.loc[twice[side]]) for side in ("left_id", "right_id"))
    twice = twice[~shapely.equals(left, right)]
    for pair in twice.sort_values("area_m2", ascending=False).to_dict("records"):
        ids, shape = (pair["left_id"], pair["right_id"]), pair["shape"]
        if is_sliver(shape):
            what = Text("区域どうしが細く重なっています", "these zones overlap in a sliver")
            remedy = Text(
                "境界を揃えてください（keniki check --repair --snap）",
                "align the border (keniki check --repair --snap)",
            )
            yield place.finding(Kind.SLIVER, Severity.NOTE, ids, what, remedy, shape)
        else:
            what = Text("区域どうしが重なっています", "these zones overlap")
            remedy = Text("土地をどちらか一方に入れてください", "give the land to one of them")
            yield place.finding(Kind.OVERLAP_INSIDE, Severity.WARNING, ids, what, remedy, shape)


def _edges(place: _Place, zones: gpd.GeoSeries, said: set[str]) -> Iterator[Finding]:
    """Edges along which zones do not meet their neighbours, other than by an overlap `said`."""
    edges = edges_apart(zones)
    apart = ~shapely.is_empty(edges) & ~zones.index.isin(said)
    if apart.any():
        what = Text("隣の区域と合わない辺があります", "some edges do not meet the neighbours")
        remedy = Text("共有する辺を揃えてください", "give both sides the same edge")
        length, shape = float(shapely.length(edges[apart]).sum()), shapely.union_all(edges[apart])
        kind, severity = Kind.EDGES_APART, Severity.NOTE
        yield place.finding(kind, severity, zones.index[apart], what, remedy, shape, length, "m")


def _gaps(place: _Place, whole: shapely.Geometry, city: shapely.Geometry) -> Iterator[Finding]:
    """Holes between zones that are inside the city (a lake of the city's outline is none)."""
    parts = shapely.get_parts(whole)
    rings = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    holes = shapely.intersection(np.array(rings, dtype=object), city)
    for hole in holes[shapely.area(holes) >= LEAST_M2]:
        if is_sliver(hole):
            what = Text("区域の間に細い隙間があります", "there is a narrow gap between zones")
            kind, severity = Kind.SLIVER, Severity.NOTE
        else:
            what = Text("区域の間に隙間があります", "there is a gap between zones")
            kind, severity = Kind.GAP_INSIDE, Severity.WARNING
        remedy = Text("隣の区域に含めてください", "add it to a zone beside it")
        yield place.finding(kind, severity, (), what, remedy, hole)


def _left_out(
    place: _Place, partition: Partition, whole: shapely.Geometry, city: shapely.Geometry
) -> Iterator[Finding]:
    uncovered = shapely.difference(city, whole)
    if uncovered.area >= LEAST_M2:
        what = Text("市内にどの区域でもない土地があります", "some land of the city is in no zone")
        remedy = Text(
            "境界を重ねて計算した対応表では、区域のない行になります",
            "crosswalks by area show it in rows without a zone; those by towns leave it out",
        )
        doubtful = partition.covers_city and not is_sliver(uncovered)
        severity = Severity.WARNING if doubtful else Severity.NOTE
        yield place.finding(Kind.NOT_COVERED, severity, (), what, remedy, uncovered)
    for zone_id, shape in partition.zones.geometry.items():
        beyond = shapely.difference(shape, city)
        if beyond.area >= LEAST_M2:
            what = Text("市の外にはみ出しています", "the zone reaches beyond the city")
            remedy = Text(
                "対応表では「町丁目外」の行になります", "crosswalks show it in rows of no town"
            )
            kind, severity = Kind.OUTSIDE_CITY, Severity.NOTE
            yield place.finding(kind, severity, [zone_id], what, remedy, beyond)


def _pieces(place: _Place, zones: gpd.GeoSeries) -> Iterator[Finding]:
    """Zones in several parts: exclaves among other zones, else islands."""
    tree = shapely.STRtree(zones.to_numpy())
    for position, (zone_id, shape) in enumerate(zones.items()):
        parts = sorted(shapely.get_parts(shape), key=lambda part: part.area, reverse=True)
        for part in parts[1:]:
            around = set(tree.query(part, predicate="intersects").tolist()) - {position}
            kind = Kind.EXCLAVE if around else Kind.ISLAND
            what = (
                Text("飛び地があります", "the zone has an exclave")
                if around
                else Text("離れた島があります", "the zone has an island")
            )
            remedy = Text("意図したものか確かめてください", "check that this is intended")
            yield place.finding(kind, Severity.NOTE, [zone_id], what, remedy, part)


# --- figures beside the shapes --------------------------------------------------------------------


def check_areas(partition: Partition, column: str, where: str) -> Iterator[Finding]:
    """Zones whose area is not the one that a column of their file states, in m²."""
    rows = partition.attributes
    if column not in rows.columns:
        raise no_column(f"{where}.boundary.area_m2", column, rows.columns)
    figures = pd.to_numeric(rows[column], errors="coerce").groupby(level=0)
    # Written alike on every part of a zone it is the area of the zone, else that of each part.
    stated = figures.first().where(figures.nunique() == 1, figures.sum(min_count=1)).dropna()
    area = partition.area_m2.reindex(stated.index)
    apart = (area - stated).abs() > AREA_TOLERANCE * stated
    for zone_id in stated.index[apart]:
        what = Text(
            f"面積が公表値 {stated[zone_id]:,.0f} m² と違います",
            f"its area is not the published {stated[zone_id]:,.0f} m²",
        )
        remedy = Text(
            "座標系と境界の版を確かめてください", "check the CRS and the edition of the file"
        )
        amount = float(area[zone_id] - stated[zone_id])
        yield Finding(
            Kind.AREA_DIFFERS, Severity.WARNING, where, (str(zone_id),), what, remedy, amount, "m2"
        )


def check_sums(counts: Counts) -> Iterator[Finding]:
    """Counts whose sum is not the published total that the plan states."""
    for count in counts.totals:
        total = counts.table[count.key].sum()
        if count.published is not None and abs(total - count.published) > 0.5:
            what = Text(
                f"{count.title.ja}の合計 {total:,.0f} が公表値 {count.published:,.0f} と違います",
                f"{count.title.en} add up to {total:,.0f}, not to the published "
                f"{count.published:,.0f}",
            )
            remedy = Text(
                "欠けた町丁目がないか確かめてください", "check for towns without a figure"
            )
            amount = float(total - count.published)
            kind, severity = Kind.SUM_DIFFERS, Severity.WARNING
            yield Finding(kind, severity, count.key, (), what, remedy, amount, count.unit.en)


def check_dates(partitions: Iterable[Partition], counts: Counts) -> Iterator[Finding]:
    """Whether the counts and the borders of the towns are of different years."""
    towns = next((one for one in partitions if one.role is Role.UNITS), None)
    drawn = {source.date[:4] for source in towns.sources} if towns else set()
    counted = {source.date[:4] for source in counts.sources}
    if drawn and counted and not drawn & counted:
        years = f"{', '.join(sorted(counted))} / {', '.join(sorted(drawn))}"
        what = Text(f"数値と境界の年が違います（{years}）", f"figures and borders: {years}")
        remedy = Text(
            "町名や境界が変わっていないか確かめてください", "check that no town changed in between"
        )
        yield Finding(Kind.DATES_DIFFER, Severity.NOTE, "counts", (), what, remedy)


def outline(partitions: Iterable[Partition]) -> shapely.Geometry | None:
    """The city: its wards if they have borders of their own, else all its towns; None without."""
    by_role = {one.role: one for one in partitions}
    one = by_role.get(Role.WARD) or by_role.get(Role.UNITS)
    if one is None:
        return None
    return unite(one.zones.geometry)


def unknown_ids(
    where: str, written: pd.Series, partition: Partition, *, may_be_empty: bool = False
) -> Iterator[Finding]:
    """Rows that name no zone of a partition: what is `written` in them, by their numbers."""
    title = partition.title
    strangers = written[~written.isin(partition.zones.index)]
    unread = strangers[strangers != ""]
    kind, severity = Kind.ROW_WITHOUT_ZONE, Severity.ERROR
    what = Text(f"「{title.ja}」にない ID か名前です", f"there is no such zone in “{title.en}”")
    yield from of_rows(unread, kind, where, what, _meant(unread, partition), severity)
    if not may_be_empty:
        what = Text(f"「{title.ja}」の区域が書かれていません", f"no zone of “{title.en}” is named")
        remedy = Text(
            "ID か名前を書いてください。どの区域にも出ません",
            "write its id or its name; until then the row is shown in no zone",
        )
        yield from of_rows(strangers[strangers == ""], kind, where, what, remedy, severity)


def _meant(strangers: pd.Series, partition: Partition) -> Text:
    """What to do about words that are no zones: the nearest names and ids, as far as there are."""
    ja = "ID か名前を直してください。どの区域にも出ません"
    en = "correct the id or the name; until then the row is shown in no zone"
    known: dict[str, list[str]] = {}
    for id_, name in partition.zones["name"].items():
        for word in dict.fromkeys((fold(str(name)), fold(str(id_)))):
            known.setdefault(word, []).append(str(id_) if name == id_ else f"{name} ({id_})")
    found = {word: known.get(nearest(fold(word), known) or "") for word in _first(strangers)}
    said = ", ".join(f"“{word}” → {' / '.join(near)}" for word, near in found.items() if near)
    if not said:
        return Text(ja, en)
    return Text(f"{ja}。次の誤りではありませんか: {said}", f"{en}; did you mean: {said}?")


def _first(strangers: pd.Series) -> list[str]:
    """The first few words of many, each once."""
    return list(dict.fromkeys(strangers.astype(str)))[:HINTS]
