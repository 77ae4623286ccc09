"""Everything a plan declares, read: its partitions, counts and places.

Every fault of the data goes to `report`; what a plan says that its files do not hold is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from .adjusting import adjusted
from .assemble import (
    id_text,
    members_from_column,
    members_from_lists,
    members_from_table,
    partition_of_towns,
    stated_share,
)
from .boundaries import read_zones
from .checks import unknown_ids
from .content_columns import zone_ids
from .coverage import unite
from .dwellings import read_dwellings
from .errors import UsageError, no_column
from .findings import Finding, Kind, Report, Severity, ignore
from .grains import check_weights, grains_of
from .layers import NO_COUNTS, Counts, counts_from_rows
from .offices import check_offices
from .partition import NO_PARTS, Partition
from .placing import place
from .plan import (
    FILE_NAME,
    Alias,
    CountsPlan,
    Part,
    PartitionPlan,
    Plan,
    PointsPlan,
    Role,
    Source,
    TableFile,
    WeightsPlan,
)
from .points import Points, read_points
from .register import Register
from .tabular import read_table
from .weighting import Grains
from .words import Text

Progress = Callable[[Text], None]


def quiet(step: Text) -> None:
    """Progress that says nothing."""


def register_of(plan: Plan) -> Register:
    """The towns of `plan` by name, with the aliases of all its area texts."""
    one = plan.with_role(Role.UNITS)
    if one is None:
        what = Text("町丁目の区域区分がありません", "the plan has no partition of towns")
        remedy = Text('role = "units" の区域区分を加えてください', 'add one of role "units"')
        raise UsageError(FILE_NAME, what, remedy)
    aliases = [alias for p in plan.partition if p.town_list for alias in p.town_list.alias]
    return register(plan, read_partition(plan, one, None, ignore), tuple(aliases))


def units(partitions: dict[str, Partition]) -> Partition | None:
    """The towns, if the plan has them."""
    return next((p for p in partitions.values() if p.role is Role.UNITS), None)


def read(plan: Plan, progress: Progress, report: Report) -> dict[str, Partition]:
    """Every partition: the towns first, since others may be made of them; last what is snapped."""
    first = plan.with_role(Role.UNITS)
    towns = None
    partitions: dict[str, Partition] = {}
    for one in sorted(plan.partition, key=lambda p: (p is not first, p.snap is not None)):
        progress(Text(f"読み込み: {one.title.ja}", f"Reading {one.title.en}"))
        drawn = read_partition(plan, one, towns, report)
        partitions[one.key] = adjusted(drawn, one, partitions, report)
        towns = partitions[one.key] if one is first else towns
    return {one.key: partitions[one.key] for one in plan.partition}


def read_partition(
    plan: Plan, one: PartitionPlan, towns: Partition | None, report: Report
) -> Partition:
    """One partition: its outlines from a file, its towns from a text, table or column, or both."""
    sources = passports(plan, one.sources)
    file = None
    if one.boundary:
        file = read_zones(plan.path(one.boundary.file), one.boundary, plan.crs, report)
    if towns is None or one.made_of_towns is None:
        assert file is not None  # noqa: S101  (the plan is validated)
        return Partition(
            key=one.key,
            title=one.title,
            role=one.role,
            zones=file.zones,
            covers_city=one.covers_city,
            sources=sources,
            note=one.note,
            attributes=file.attributes,
        )
    members, names, parts = membership(plan, one, towns, report)
    outlines, attributes = (file.zones, file.attributes) if file else (None, None)
    named = (one, members, names, towns, sources, report)
    return partition_of_towns(*named, outlines, parts, attributes)


def membership(
    plan: Plan, one: PartitionPlan, towns: Partition, report: Report
) -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    """The zone of each town, the name of each zone, and parts of towns, as the plan states them."""
    if one.town_column:
        return *members_from_column(one.town_column, towns, one.key, report), NO_PARTS
    if one.town_table:
        table = one.town_table
        needed = tuple(filter(None, (table.town, table.id, table.name)))
        rows = read_rows(plan, table, needed, report)
        return *members_from_table(table, rows, towns, report), NO_PARTS
    assert one.town_list is not None  # noqa: S101  (the plan is validated)
    texts = one.town_list
    needed = tuple(filter(None, (texts.id, texts.name, texts.text, texts.ward)))
    rows = read_rows(plan, texts, needed, report)
    by_name = register(plan, towns, texts.alias)
    share_of = drawn_shares(plan, texts.part, towns, report)
    return members_from_lists(texts, rows, by_name, report, share_of)


def drawn_shares(
    plan: Plan, rules: tuple[Part, ...], towns: Partition, report: Report
) -> Callable[[Part, str], float]:
    """What share of a town each rule means: as stated, or by area where the part is drawn."""
    drawn: dict[tuple[str, str], shapely.Geometry] = {}
    for rule in rules:
        if rule.boundary is not None:
            path = plan.path(rule.boundary.file)
            zones = read_zones(path, rule.boundary, plan.crs, report).zones
            drawn[rule.zone, rule.text] = unite(zones.geometry)

    def share_of(rule: Part, town_id: str) -> float:
        if (rule.zone, rule.text) not in drawn:
            return stated_share(rule, town_id)
        town = np.asarray(towns.zones.geometry)[towns.zones.index.get_loc(town_id)]
        inside = shapely.intersection(town, drawn[rule.zone, rule.text])
        return float(shapely.area(inside) / shapely.area(town))

    return share_of


def read_rows(
    plan: Plan, source: TableFile, needed: tuple[str, ...], report: Report
) -> pd.DataFrame:
    """The table that `source` names, with at least one row."""
    return read_table(
        plan.path(source.file), needed,
        encoding=source.encoding, sheet=source.sheet, may_be_empty=False, report=report,
    )  # fmt: skip


def register(plan: Plan, towns: Partition, aliases: tuple[Alias, ...] = ()) -> Register:
    """The towns by name, each in its ward."""
    one = plan.with_role(Role.UNITS)
    ward = None
    if one is not None and one.ward:
        if one.ward not in towns.attributes.columns:
            raise no_column(f"{one.key}.ward", one.ward, towns.attributes.columns)
        ids = id_text(towns.attributes[one.ward])
        ward = ids[~ids.index.duplicated() & (ids != "")]
    return Register(towns, ward, aliases)


def passports(plan: Plan, keys: tuple[str, ...]) -> tuple[Source, ...]:
    return tuple(plan.source[key] for key in keys)


def read_counts(plan: Plan, partitions: dict[str, Partition], report: Report) -> Counts:
    """The figures of the towns, from every counts layer of the plan side by side."""
    towns = units(partitions)
    declared = [layer for layer in plan.layer if isinstance(layer, CountsPlan)]
    if towns is None or not declared:
        return NO_COUNTS
    frames = []
    for layer in declared:
        where, rows = layer.key, towns.attributes
        if layer.file is not None and layer.id is not None:
            rows = read_table(
                plan.path(layer.file), (layer.id,),
                encoding=layer.encoding, sheet=layer.sheet, may_be_empty=False, report=report,
                figures=[count.column for count in layer.count],
            )  # fmt: skip
            where = layer.file
            filled = rows[layer.id][(rows != "").any(axis=1)]
            for finding in unknown_ids(where, filled, towns):
                report(finding)
            rows = rows.set_index(layer.id)
            _say_repeated_towns(rows.index, where, report)
        frames.append(counts_from_rows(rows, layer.count, where, towns.zones.index, report))
    sources = tuple(s for layer in declared for s in passports(plan, layer.sources))
    return Counts(plan.counts, pd.concat(frames, axis=1), sources)


def read_spread(
    plan: Plan, partitions: dict[str, Partition], counts: Counts, report: Report
) -> Grains | None:
    """Where the people of the towns live, if the plan has weights."""
    towns = units(partitions)
    declared = next((layer for layer in plan.layer if isinstance(layer, WeightsPlan)), None)
    if towns is None or declared is None:
        return None
    rows = read_dwellings(plan, declared, report)
    spread = grains_of(rows, declared, towns, passports(plan, declared.sources))
    for finding in check_weights(spread, rows, declared, counts):
        report(finding)
    return spread


def _say_repeated_towns(ids: pd.Index, where: str, report: Report) -> None:
    repeated = tuple(ids[ids.duplicated() & (ids != "")].unique())
    if repeated:
        what = Text("同じ町丁目が複数の行にあります", "these towns stand on several rows")
        remedy = Text(
            "1行にまとめてください。同じ値は1つ、違う値は合計とみなしました",
            "give each one row; equal figures were taken once, different ones added up",
        )
        report(Finding(Kind.COUNT_REPEATED, Severity.WARNING, where, repeated, what, remedy))


def read_places(plan: Plan, partitions: dict[str, Partition], report: Report) -> tuple[Points, ...]:
    """The points of every layer of facilities, each in its zones."""
    declared = [layer for layer in plan.layer if isinstance(layer, PointsPlan)]
    towns = units(partitions)
    aliases = [alias for p in plan.partition if p.town_list for alias in p.town_list.alias]
    by_name = register(plan, towns, tuple(aliases)) if towns and declared else None
    found = []
    for layer in declared:
        sources = passports(plan, layer.sources)
        points = read_points(plan.path(layer.file), layer, sources, report)
        if layer.of:
            zone = zone_ids(points.table["zone"], partitions[layer.of])
            points = replace(points, table=points.table.assign(zone=zone))
        found.append(place(points, partitions, by_name, report))
        if layer.of:
            for finding in check_offices(found[-1], partitions[layer.of], layer.file):
                report(finding)
    return tuple(found)
