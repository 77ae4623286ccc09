"""The content of the welfare plan, read: items, goals, cases, themes, flags, marks.

Every fault of the data goes to `report`; what could be taken in two ways is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from .case_spots import check_spots
from .cases import check_cases, outlines, photos
from .content_checks import check_ids, check_layer
from .content_columns import columns, completed, zone_ids
from .errors import no_column
from .findings import Report
from .intake import passports
from .layers import ID_COLUMN, Layer
from .partition import Partition
from .photo import Photo
from .plan import ContentPlan, Plan, Role
from .schemes import Marked, read_marks
from .tabular import read_columns


def read_layers(
    plan: Plan, partitions: Mapping[str, Partition], report: Report
) -> tuple[Layer, ...]:
    """The content of the welfare plan; rows that name no zone of theirs are said."""
    declared = [layer for layer in plan.layer if isinstance(layer, ContentPlan)]
    layers = [_with_zone_ids(read_layer(plan, layer, report), partitions) for layer in declared]
    themes = tuple(
        theme for layer in layers if layer.type == "themes" for theme in layer.table["theme_id"]
    )
    for edition in ("", *sorted(plan.earlier)):  # An earlier edition may use the same ids.
        own = [one for one in layers if (one.key if one.key in plan.earlier else "") == edition]
        for finding in check_ids(own):
            report(finding)
    for layer in layers:
        for finding in check_layer(layer, partitions, themes):
            report(finding)
    return tuple(_shown(_with_marks(plan, layer, layers, report)) for layer in layers)


def read_layer(plan: Plan, layer: ContentPlan, report: Report) -> Layer:
    """One layer of content as its file has it."""
    asked = columns(layer.type, layer.of)
    table = read_columns(
        plan.path(layer.file), asked, encoding=layer.encoding, sheet=layer.sheet, report=report
    )
    table = completed(table, layer.type, layer.key)
    if layer.type == "cases" and layer.of:
        stated = table.get("partition", pd.Series("", table.index))
        table = table.assign(partition=stated.replace("", layer.of))
    return Layer(
        layer.key, layer.type, layer.title, table, layer.of,
        passports(plan, layer.sources), layer.note, layer.file,
    )  # fmt: skip


def _with_zone_ids(layer: Layer, partitions: Mapping[str, Partition]) -> Layer:
    """A layer with the ids of zones where its file names them."""
    table = layer.table
    wards = next((one for one in partitions.values() if one.role is Role.WARD), None)
    if wards is not None and "ward_code" in table:
        table = table.assign(ward_code=zone_ids(table["ward_code"], wards))
    if "zone_id" in table:
        of = table.get("partition", pd.Series(layer.of or "", table.index))
        named = [
            zone_ids(rows, partitions[key]) if key in partitions else rows
            for key, rows in table["zone_id"].groupby(of)
        ]
        table = table.assign(zone_id=pd.concat(named) if named else table["zone_id"])
    return replace(layer, table=table)


def _shown(layer: Layer) -> Layer:
    """A layer without the rows that say nothing: they would be empty lines."""
    return replace(layer, table=layer.table[~layer.wordless])


def _with_marks(plan: Plan, layer: Layer, layers: list[Layer], report: Report) -> Layer:
    """A layer of marks with its marks read by their scheme; any other as it is."""
    if layer.type != "marks":
        return layer
    declared = next(one for one in plan.layer if one.key == layer.key)
    assert isinstance(declared, ContentPlan) and declared.scheme  # noqa: S101, PT018 (validated)
    marked = next(one for one in layers if one.key == layer.of)
    column = ID_COLUMN[marked.type]
    if column not in marked.table:
        raise no_column(marked.where, column, marked.table.columns)
    about = Marked(
        layer=marked.key,
        key=declared.scheme,
        scheme=plan.scheme[declared.scheme],
        ids=frozenset(marked.table[column]) - {""},
        file=layer.where,
    )
    return replace(layer, table=read_marks(layer.table, about, report))


def read_cases(
    plan: Plan, layers: tuple[Layer, ...], partitions: Mapping[str, Partition], report: Report
) -> tuple[gpd.GeoSeries, dict[str, Photo]]:
    """The outlines and the photographs of case studies, by the id of the case."""
    declared = {one.key: one for one in plan.layer if isinstance(one, ContentPlan)}
    drawn, shown = [gpd.GeoSeries(crs=plan.crs)], dict[str, Photo]()
    for layer in layers:
        if layer.type == "cases":
            drawn.append(outlines(plan, declared[layer.key].shapes, report))
            shown |= photos(plan, layer.table, layer.where)
            for finding in (
                *check_cases(layer.table, drawn[-1], layer.where),
                *check_spots(layer.table, partitions, layer.where),
            ):
                report(finding)
    return gpd.GeoSeries(pd.concat(drawn)), shown
