"""The layers of the atlas: rows of the tables, their figures not rounded, with their shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import atlas_looks as looks
from .alignment import AREA
from .columns import COLUMNS, Meaning
from .content_tables import CONTENT
from .content_words import items_title, layers_of
from .drawing import DEPTH
from .geopackage import FID, SHAPE, Layer
from .origins import sources_of
from .partition import Partition
from .phrases import inside
from .plan import PlannerMap, Role, Source
from .positions import position
from .qgis_style import Style, field
from .study import Pair, Study
from .table import Table
from .tables import meanings_in
from .words import Text

Tables = Mapping[str, Table]
"""The tables of a build by file name."""

#: What zones of a compared partition are told of the other one, with its key before it.
MEASURES = ("parts", "main_id", "main_name", "main_share", "minority")
ZONE_AREA: Meaning = (Text("面積", "area"), "m2")


def compared(study: Study) -> list[Pair]:
    """The pairs of partitions that the plan compares: on its planners' page, in its proposals."""
    pages = [page.compare for page in study.plan.map if isinstance(page, PlannerMap)]
    asked = study.plan.realign
    pairs = [*pages, *([(asked.kept, asked.moving)] if asked else [])]
    return [pair for pair in dict.fromkeys(pairs) if pair in study.zones]


def layer(
    study: Study,
    table: Table,
    style: Style,
    sources: Iterable[Source],
    note: Text | None = None,
    *,
    shown: bool = True,
) -> Layer:
    """A table with shapes as a layer, with what its columns mean and what must be known of it."""
    plain = pd.DataFrame(table.frame.drop(columns="geometry"))
    columns = meanings_in(Table(table.name, table.title, plain, table.own), study)
    about = said(study, sources, note)
    return Layer(table.name, table.title, table.frame, about, columns, style, shown)


def said(study: Study, sources: Iterable[Source], note: Text | None = None) -> Text:
    """What must be known wherever a layer is shown: notes, sources and licences, the date."""
    plan, used = study.plan, [source.said for source in dict.fromkeys(sources)]
    ja = [one.ja.removesuffix("。") for one in (note, plan.schematic) if one]
    en = [one.en.removesuffix(".") for one in (note, plan.schematic) if one]
    ja += [f"出典: {'、'.join(one.ja for one in used)}"] if used else []
    en += [f"Sources: {'; '.join(one.en for one in used)}"] if used else []
    return Text(
        "。".join([*ja, f"{plan.title.ja}（{plan.date}）"]),
        ". ".join([*en, f"{plan.title.en} ({plan.date})"]),
    )


# --- zones ----------------------------------------------------------------------------------------


def zones(study: Study, made: Tables, *roles: Role) -> Iterator[Layer]:
    """A layer of each partition with one of these roles, the topmost first."""
    on = {key for pair in compared(study) for key in pair}
    for one in sorted(study.partitions.values(), key=lambda one: -DEPTH.index(one.role)):
        if one.role in roles:
            table = _towns(one, made) if one.role is Role.UNITS else figures(study, one)
            table = _with_indicators(study, one, _measured(study, one, table))
            table = _with_items(study, one, table)
            style = looks.zones(one.role, str(table.frame.columns[1]))
            of_indicators = (source for found in study.indicators for source in found.sources)
            sources = [*sources_of(study, [one]), *study.counts.sources, *of_indicators]
            shown = one.role is Role.WARD or one.key in on
            yield layer(study, table, style, sources, one.note, shown=shown)


def borders(study: Study) -> Iterator[Layer]:
    """The borders of partitions that are drawn in dashes, every one once."""
    on = {key for pair in compared(study) for key in pair}
    for one in study.partitions.values():
        if one.role in looks.BORDERS:
            edges = shapely.union_all(shapely.boundary(one.zones.geometry.to_numpy()))
            lines = shapely.get_parts(shapely.line_merge(edges))
            rows = gpd.GeoDataFrame(
                {"length_m": shapely.length(lines)}, geometry=lines, crs=one.zones.crs
            )
            title = Text(f"{one.title.ja}の境界", f"Borders of {inside(one.title)}")
            own = {"length_m": (Text("長さ", "length"), "m")}
            table = Table(f"borders_{one.key}", title, rows, own)
            style = Style(looks.BORDERS[one.role])
            yield layer(study, table, style, sources_of(study, [one]), shown=one.key in on)


def _towns(towns: Partition, made: Tables) -> Table:
    listed = made["towns.csv"]
    rows = shaped(listed.frame, towns)
    return Table("towns", towns.title, rows, dict(listed.own) | {AREA: ZONE_AREA})


def figures(study: Study, one: Partition) -> Table:
    names = pd.DataFrame(one.zones["name"].rename("zone_name").rename_axis("zone_id"))
    known = study.figures.get(one.key)
    rows = names.join(one.area_m2 if known is None else known).reset_index()
    return Table(f"zones_{one.key}", one.title, shaped(rows, one), {AREA: ZONE_AREA})


def shaped(rows: pd.DataFrame, one: Partition) -> gpd.GeoDataFrame:
    """Rows whose first column is the id of a zone, with its shape."""
    shapes = one.zones.geometry.reindex(rows.iloc[:, 0].to_numpy())
    return gpd.GeoDataFrame(rows, geometry=np.asarray(shapes), crs=one.zones.crs)


def _measured(study: Study, one: Partition, table: Table) -> Table:
    """With what a planner asks first of a zone: how the partitions it is compared with split it."""
    rows, own = table.frame, dict(table.own)
    for key in dict.fromkeys(key for pair in compared(study) if one.key in pair for key in pair):
        if key == one.key:
            continue
        other = study.partitions[key]
        measured = study.zones[one.key, key][study.weight].reindex(rows.iloc[:, 0])
        measured["main_name"] = measured["main_id"].map(other.zones["name"])
        for name in MEASURES:
            column = _fresh(f"{key}_{name}", rows)
            rows = rows.assign(**{column: measured[name].to_numpy()})
            meaning, unit = COLUMNS[name]
            ja, en = f"{other.title.ja}: {meaning.ja}", f"{other.title.en}: {meaning.en}"
            own[column] = (Text(ja, en), unit)
    return Table(table.name, table.title, rows, own)


def _with_indicators(study: Study, one: Partition, table: Table) -> Table:
    """With every indicator, re-allocated where it must be, and the share of people it covers."""
    rows, own = table.frame, dict(table.own)
    for found in study.indicators:
        if found.of == one.key:
            count, date = found.count, found.plan.date
            dated = Text(f"{count.title.ja}（{date}）", f"{count.title.en} ({date})")
            covered = Text(
                f"{dated.ja}がわかる人の割合", f"share of people whose figure is known: {dated.en}"
            )
            values = found.table.reindex(rows.iloc[:, 0])
            for name, cells, meaning in (
                (count.key, values["value"], (dated, count.unit.en)),
                (f"{count.key}_covered", values["covered"], (covered, "0-1")),
            ):
                column = _fresh(name, rows)
                rows = rows.assign(**{column: cells.to_numpy()})
                own[column] = meaning
    return Table(table.name, table.title, rows, own)


def _fresh(name: str, rows: pd.DataFrame) -> str:
    """A name that no column has, as near to `name` as can be.

    >>> _fresh("people", pd.DataFrame({"people": [1]}))
    'people_'
    """
    while name in (*rows.columns, SHAPE, FID):
        name += "_"
    return name


def _with_items(study: Study, one: Partition, table: Table) -> Table:
    """With how many items each zone has, where the plan has items of this partition."""
    items = study.content.items
    of = {row.of for row in layers_of(study, "items")} | set(items["of"] if len(items) else ())
    if one.key not in of:
        return table
    here = items[items["of"] == one.key]["zone_id"] if len(items) else pd.Series(dtype=str)
    number = here.value_counts().reindex(table.frame.iloc[:, 0], fill_value=0).to_numpy()
    column, title = _fresh("items", table.frame), items_title(study, one.key)
    meaning = (Text(f"{title.ja}の数", f"number of {inside(title)}"), "items")
    rows = table.frame.assign(**{column: number})
    return Table(table.name, table.title, rows, dict(table.own) | {column: meaning})


# --- points ---------------------------------------------------------------------------------------


def dots(study: Study, made: Tables) -> Iterator[Layer]:
    """A layer of every table whose rows have longitude and latitude: those that stand somewhere."""
    crs = next(iter(study.partitions.values())).zones.crs
    sources = {f"points_{points.key}": points.sources for points in study.points}
    sources["cases"] = study.content_sources
    titles = {f"points_{points.key}": points.title for points in study.points}
    for name, table in made.items():
        if {"lon", "lat"} <= set(table.frame.columns):
            rows, stem = _placed(table.frame, str(crs)), name.removesuffix(".csv")
            few, all_ = len(rows), len(table.frame)
            note = Text(
                f"{all_:,}件のうち、位置がわかる{few:,}件",
                f"{few:,} of {all_:,}: those whose position is known",
            )
            style = _dot_style(stem, list(sources), [str(column) for column in rows.columns])
            placed = Table(stem, titles.get(stem, table.title), rows, table.own)
            used, shown = sources.get(stem, ()), stem != "findings"
            yield layer(study, placed, style, used, note, shown=shown)


def areas_of_cases(study: Study, made: Tables) -> Iterator[Layer]:
    """The case studies whose place is an area of its own."""
    outlines = study.content.outlines
    if "cases.csv" in made and len(outlines):
        listed = made["cases.csv"]
        rows = listed.frame[listed.frame["case_id"].isin(outlines.index)].reset_index(drop=True)
        shapes = np.asarray(outlines.reindex(rows["case_id"]))
        frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=outlines.crs)
        table = Table("case_areas", listed.title, frame, listed.own)
        yield layer(study, table, looks.case_areas("title_ja"), study.content_sources)


def content(study: Study, made: Tables) -> Iterator[Layer]:
    """The plan's content as tables without shapes: also what stands nowhere on the map."""
    for name in CONTENT:
        if f"{name}.csv" in made:
            listed = made[f"{name}.csv"]
            rows = listed.frame.assign(
                **{
                    str(column): cells.map(str, na_action="ignore")
                    for column, cells in listed.frame.items()
                    if cells.dtype == object
                }
            )
            title = Text(f"{listed.title.ja}（一覧）", f"{listed.title.en} (list)")
            about = said(study, study.content_sources)
            yield Layer(f"{name}_list", title, rows, about, meanings_in(listed, study))


def _placed(rows: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """The rows with a position that the CRS can hold."""
    cells = rows[["lon", "lat"]].astype(str)
    found = [position(lon, lat) for lon, lat in zip(cells["lon"], cells["lat"], strict=True)]
    spots = gpd.points_from_xy([at.lon for at in found], [at.lat for at in found], crs=4326)
    frame = gpd.GeoDataFrame(rows, geometry=spots.to_crs(crs))
    shapes = frame.geometry.to_numpy()
    known = np.isfinite(shapely.get_x(shapes)) & np.isfinite(shapely.get_y(shapes))
    return frame[known].reset_index(drop=True)


def _dot_style(stem: str, points: Sequence[str], columns: Sequence[str]) -> Style:
    if stem == "findings":
        return looks.findings()
    title = next(name for name in ("name", "title_ja", columns[0]) if name in columns)
    if stem == "cases":
        return looks.cases(field(title))
    return looks.dots(points.index(stem) if stem in points else 0, title)
