"""A table of indicators, zone by zone or cell by cell → what it states, and what is wrong with it.

Cells of the mesh become zones of their own, cut at the edge of the city. A cell that reaches beyond
it holds people of the next city, or none where the sea is: the plan says which (`beyond`), and what
is left out is said with its amount. Cells are whole, or outside, but for a thousandth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from . import mesh
from .cells import plain
from .checks import check_sums, outline
from .coverage import unite
from .cutting import intersections
from .errors import DataError
from .findings import Finding, Kind, Report, Severity, named, of_rows
from .grains import WHOLE
from .layers import Counts, numbers
from .partition import Partition
from .plan import CountKind, IndicatorsPlan, Plan, Role, Source
from .tabular import read_table
from .words import Text

CELLS = Text("地域メッシュ", "Grid cells")
LEFT_OUT = Text(
    "どの区域の値にもなりません。元の表を確かめてください",
    "they are in no figure of any zone; check the table",
)


@dataclass(frozen=True, eq=False)
class Stated:
    """Figures as their publisher states them.

    Attributes
    ----------
    zones
        Whose figures they are; cells of the mesh are a partition of their own.
    table
        One float column per count, by zone id (NaN: not known, or not in the table).
    """

    plan: IndicatorsPlan
    zones: Partition
    table: pd.DataFrame
    sources: tuple[Source, ...] = ()


def read_indicators(
    plan: Plan, partitions: Mapping[str, Partition], report: Report
) -> tuple[Stated, ...]:
    """What every layer of indicators states.

    Raises
    ------
    UsageError
        If a column is not there.
    DataError
        If a figure is no number, or a zone has two different ones.
    """
    layers = [layer for layer in plan.layer if isinstance(layer, IndicatorsPlan)]
    return tuple(_stated(plan, layer, partitions, report) for layer in layers)


def _stated(
    plan: Plan, layer: IndicatorsPlan, partitions: Mapping[str, Partition], report: Report
) -> Stated:
    named_by = layer.mesh if layer.by == "mesh" else layer.id
    assert named_by is not None  # noqa: S101  (the plan is validated)
    path = plan.path(layer.file)
    rows = read_table(
        path, (named_by,),
        encoding=layer.encoding, sheet=layer.sheet, may_be_empty=False, report=report,
        figures=[count.column for count in layer.count],
    )  # fmt: skip
    figures = pd.DataFrame(
        {one.key: numbers(rows[one.column], str(path)) for one in layer.count}, index=rows.index
    )
    ids = rows[named_by]
    if layer.by == "mesh":
        zones, table = _of_cells(layer, figures, ids.map(plain), partitions, report)
    else:
        zones = _zones(layer, partitions)
        table = _of_zones(layer, figures, ids, zones, report)
    for finding in (
        *check_sums(Counts(tuple(layer.count), table)),
        *_negative(layer, figures, ids),
    ):
        report(finding)
    sources = tuple(plan.source[key] for key in layer.sources)
    return Stated(layer, zones, table, sources)


def _zones(layer: IndicatorsPlan, partitions: Mapping[str, Partition]) -> Partition:
    towns = (one for one in partitions.values() if one.role is Role.UNITS)
    return partitions[layer.by] if layer.by in partitions else next(towns)


def _of_zones(
    layer: IndicatorsPlan, figures: pd.DataFrame, ids: pd.Series, zones: Partition, report: Report
) -> pd.DataFrame:
    """The figures of all zones; rows of others, and zones without a figure, are said."""
    filled = figures.notna().any(axis=1) | (ids != "")
    what = Text(
        f"「{zones.title.ja}」にない ID です",
        f"there are no such zones in “{zones.title.en}”",
    )
    known = ids.isin(zones.zones.index)
    strangers = of_rows(
        ids[filled & ~known], Kind.ROW_WITHOUT_ZONE, layer.file, what, LEFT_OUT, Severity.ERROR
    )
    for finding in strangers:
        report(finding)
    table = _once(layer, figures[known], ids[known], report).reindex(zones.zones.index)
    for count in layer.count:
        if len(missing := table.index[table[count.key].isna()]):
            what = Text(
                f"{count.title.ja}がわからない区域があります（{zones.title.ja}）",
                f"{count.title.en}: not known for these zones ({zones.title.en})",
            )
            remedy = Text(
                "不明のまま示し、わかる範囲の割合を添えます",
                "they are shown as not known, with the share that is known",
            )
            place = named(missing.astype(str))
            unknown = (Kind.COUNT_MISSING, Severity.NOTE, layer.file, place, what, remedy)
            report(Finding(*unknown, float(len(missing)), "zones"))
    return table


def _once(
    layer: IndicatorsPlan, figures: pd.DataFrame, ids: pd.Series, report: Report
) -> pd.DataFrame:
    """Figures by id. A zone on several rows may have no two different figures."""
    again = ids.duplicated(keep=False)
    different = again & (figures.groupby(ids).transform("nunique") > 1).any(axis=1)
    if different.any():
        first = ids[different].iloc[0]
        at = ", ".join(str(row) for row in ids.index[ids == first])
        what = Text(
            f"「{first}」の値が行ごとに違います（{at}行目）",
            f"“{first}” has different figures (rows {at})",
        )
        remedy = Text("1つの区域を1行にまとめてください", "give each zone one row")
        raise DataError(layer.file, what, remedy)
    what = Text("同じ区域が複数の行にあります", "these zones stand on several rows")
    remedy = Text("値が同じなので1つとみなしました", "equal figures were taken once")
    for finding in of_rows(ids[again], Kind.COUNT_REPEATED, layer.file, what, remedy):
        report(finding)
    return figures.groupby(ids).first()


def _negative(layer: IndicatorsPlan, figures: pd.DataFrame, ids: pd.Series) -> Iterator[Finding]:
    """Totals below 0, as of counts; a rate, such as one of growth, may be negative."""
    for count in layer.count:
        if count.kind is CountKind.TOTAL:
            below = figures[count.key][figures[count.key] < 0]
            words = [f"{id_} {n:g}" for id_, n in zip(ids[below.index], below, strict=True)]
            said = pd.Series(words, below.index, dtype=str)
            what = Text(f"{count.title.ja}が負の数です", f"{count.title.en} is negative")
            remedy = Text("元の表を直してください", "correct the table")
            kind, severity = Kind.COUNT_NEGATIVE, Severity.ERROR
            yield from of_rows(said, kind, layer.file, what, remedy, severity)


# --- cells of the mesh ----------------------------------------------------------------------------


def _of_cells(
    layer: IndicatorsPlan,
    figures: pd.DataFrame,
    codes: pd.Series,
    partitions: Mapping[str, Partition],
    report: Report,
) -> tuple[Partition, pd.DataFrame]:
    """The cells as far as the city reaches, and what of their figures is the city's."""
    boxes = mesh.known_cells(codes, layer.file, LEFT_OUT, report)
    table = _once(layer, figures.loc[boxes.index], codes[boxes.index], report)
    boxes = mesh.not_doubled(boxes[~codes[boxes.index].duplicated()], codes, layer.file, report)
    crs = next(iter(partitions.values())).zones.crs
    assert crs is not None  # noqa: S101  (zones are read in the plan's)
    shapes = mesh.polygons(boxes.to_numpy(), crs)
    cells = gpd.GeoSeries(shapes, index=codes[boxes.index].to_numpy(), crs=crs)
    found, inside = intersections(cells, gpd.GeoSeries([_city(partitions)], crs=crs))
    index = pd.Index(found["left_id"], name="zone_id", dtype=str)
    zones = gpd.GeoDataFrame({"name": index, "geometry": inside}, index=index, crs=crs)
    share = pd.Series(found["area_m2"].to_numpy() / cells.area[index].to_numpy(), index)
    some = (share > 1 - WHOLE).to_numpy()
    zones, share, index = zones[some], share[some], index[some]
    whole = (share > WHOLE) | (layer.beyond == "sea")
    taken = share.where(~whole, 1.0).reindex(cells.index, fill_value=0.0)
    stated = table.loc[cells.index]
    for finding in _beyond(layer, stated, taken, share):
        report(finding)
    totals = [count.key for count in layer.count if count.kind is CountKind.TOTAL]
    kept = stated.loc[index]
    kept[totals] = kept[totals].mul(taken[index], axis=0)
    return Partition(f"{layer.key}_mesh", CELLS, Role.OTHER, zones), kept


def _city(partitions: Mapping[str, Partition]) -> shapely.Geometry:
    """The land that has figures: the towns, else the wards, else the first partition."""
    towns = [one for one in partitions.values() if one.role is Role.UNITS]
    known = outline(towns or partitions.values())
    return known if known else unite(next(iter(partitions.values())).zones.geometry)


def _beyond(
    layer: IndicatorsPlan, stated: pd.DataFrame, taken: pd.Series, share: pd.Series
) -> Iterator[Finding]:
    """What of each total lies outside the city, or was taken to lie inside it."""
    edge = int((share <= WHOLE).sum())
    for count in layer.count:
        if count.kind is not CountKind.TOTAL:
            continue
        amount = float((stated[count.key] * (1 - taken)).sum())
        inside = float((stated[count.key] * taken).sum())
        if not amount and not edge:
            continue
        what = Text(
            f"{count.title.ja}のうち{amount:,.1f}は市の外のメッシュの分なので除きました"
            f"（市内は{inside:,.1f}。市の境にかかるメッシュ{edge:,}）",
            f"{count.title.en}: {amount:,.1f} in cells outside the city were left out "
            f"({inside:,.1f} are inside; {edge:,} cells lie across the edge)",
        )
        remedy = Text(
            '市の境にかかるメッシュの外側が隣の市町村なら beyond = "land"、海なら "sea"',
            'write beyond = "land" if the next city lies beyond the edge, "sea" if water does',
        )
        finding = (Kind.OUTSIDE_CITY, Severity.NOTE, layer.file, (), what, remedy)
        yield Finding(*finding, amount, count.unit.en)
