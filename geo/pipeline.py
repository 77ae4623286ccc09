"""The whole flow on one page: read → assemble → check → overlap → align → attach → write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pandas as pd

from . import repair, tables
from .alignment import AREA, by_zone, overall, split_rule, weights
from .assemble import (
    id_text,
    members_from_column,
    members_from_lists,
    members_from_table,
    partition_of_towns,
)
from .attach import content
from .boundaries import Report, read_zones
from .checks import check, check_areas, check_dates, check_sums, outline, unknown_ids
from .errors import UsageError, did_you_mean
from .findings import Finding
from .layers import NO_COUNTS, Counts, Layer, counts_from_rows, read_content
from .overlap import crosswalk, transposed
from .partition import NO_PARTS, Partition
from .placing import place
from .plan import (
    FILE_NAME,
    Alias,
    ContentPlan,
    CountsPlan,
    PartitionPlan,
    Plan,
    PointsPlan,
    Role,
    Source,
    TableFile,
)
from .points import Points, read_points
from .register import Register
from .study import Pair, Study
from .tabular import read_table
from .words import Text

Progress = Callable[[Text], None]


def quiet(step: Text) -> None:
    """Progress that says nothing."""


def ignore(finding: Finding) -> None:
    """A report for those who did not ask what is wrong with the data."""


def build(plan: Plan, out: Path, progress: Progress = quiet) -> tuple[Study, list[Path]]:
    """The main job: everything `plan` declares, computed and written into the folder `out`."""
    study = compute(plan, progress)
    return study, write(study, out, progress)


def compute(plan: Plan, progress: Progress = quiet) -> Study:
    """Everything `plan` declares, read and measured; nothing is written."""
    findings: list[Finding] = []
    partitions = read(plan, progress, findings.append)
    counts = read_counts(plan, partitions, findings.append)
    layers = read_layers(plan, partitions, findings.append)
    points = read_places(plan, partitions, findings.append)
    progress(Text("点検しています", "Checking"))
    findings += look_over(plan, partitions, counts)
    crosswalks = overlap(partitions, counts, progress)
    progress(Text("不一致を測っています", "Measuring how they disagree"))
    zones = measure(partitions, crosswalks, counts)
    return Study(
        plan=plan,
        partitions=partitions,
        counts=counts,
        content=content(layers),
        content_sources=tuple(source for layer in layers for source in layer.sources),
        crosswalks=crosswalks,
        figures=figures(partitions, counts, crosswalks),
        zones=zones,
        alignments={
            (left, right): {w: overall(one, left, right, w) for w, one in by_weight.items()}
            for (left, right), by_weight in zones.items()
        },
        findings=tuple(findings),
        points=points,
    )


def inspect(plan: Plan, progress: Progress = quiet) -> list[Finding]:
    """Every finding on the data of `plan`; nothing is measured or written."""
    findings: list[Finding] = []
    partitions = read(plan, progress, findings.append)
    counts = read_counts(plan, partitions, findings.append)
    read_layers(plan, partitions, findings.append)
    read_places(plan, partitions, findings.append)
    return [*findings, *look_over(plan, partitions, counts)]


def mend(plan: Plan, folder: Path, snap_m: float | None = None) -> list[Path]:
    """Write the boundary files of `plan`, safely repaired, into `folder`, with a list of changes.

    The input is never touched: each partition becomes a new GeoPackage, named after its key.
    """
    written, changes = [], []
    folder.mkdir(parents=True, exist_ok=True)
    for one in plan.partition:
        if one.boundary is None:
            continue
        findings: list[Finding] = []
        path = plan.path(one.boundary.file)
        zones = read_zones(path, one.boundary, plan.crs, findings.append).zones
        listed = [repair.mended(zones, findings)]
        if snap_m is not None:
            zones, moved = repair.snapped(zones, snap_m)
            listed.append(moved)
        changes += [frame.assign(partition=one.key) for frame in listed]
        target = folder / f"{one.key}.gpkg"
        if target.resolve() == path.resolve():
            what = Text("元のファイルと同じ名前です", "this is the input itself")
            remedy = Text("別のフォルダを指定してください", "name another folder")
            raise UsageError(str(target), what, remedy)
        zones.reset_index().to_file(target, driver="GPKG", layer=one.key)
        written.append(target)
    made = pd.concat(changes, ignore_index=True) if changes else pd.DataFrame()
    table = tables.Table("repairs.csv", Text("修正の一覧", "Repairs"), made)
    (folder / table.name).write_bytes(table.csv())
    return [*written, folder / table.name]


def overlap_of(plan: Plan, left: str, right: str, progress: Progress = quiet) -> pd.DataFrame:
    """The crosswalk of two partitions of `plan`, by key."""
    partitions = read(plan, progress, ignore)
    counts = read_counts(plan, partitions, ignore)
    return crosswalk(partitions[left], partitions[right], towns=units(partitions), counts=counts)


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
    """Every partition: the towns first, since others may be made of them."""
    first = plan.with_role(Role.UNITS)
    towns = None
    partitions: dict[str, Partition] = {}
    for one in sorted(plan.partition, key=lambda p: p is not first):
        progress(Text(f"読み込み: {one.title.ja}", f"Reading {one.title.en}"))
        partitions[one.key] = read_partition(plan, one, towns, report)
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
    outlines = file.zones if file else None
    return partition_of_towns(one, members, names, towns, sources, report, outlines, parts)


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
    return members_from_lists(texts, rows, register(plan, towns, texts.alias), report)


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
            what = Text(f"列「{one.ward}」がありません", f"there is no column “{one.ward}”")
            remedy = did_you_mean(one.ward, map(str, towns.attributes.columns))
            raise UsageError(f"{one.key}.ward", what, remedy)
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
            ).set_index(layer.id)  # fmt: skip
            where = layer.file
            filled = rows.index[(rows != "").any(axis=1) | (rows.index != "")]
            for finding in unknown_ids(where, filled.to_series(), towns):
                report(finding)
        frames.append(counts_from_rows(rows, layer.count, where, towns.zones.index, report))
    sources = tuple(s for layer in declared for s in passports(plan, layer.sources))
    return Counts(plan.counts, pd.concat(frames, axis=1), sources)


def read_layers(plan: Plan, partitions: dict[str, Partition], report: Report) -> tuple[Layer, ...]:
    """The content of the welfare plan; rows that name no zone of theirs are said."""
    layers = []
    for layer in plan.layer:
        if isinstance(layer, ContentPlan):
            table = read_content(
                plan.path(layer.file), layer.type,
                encoding=layer.encoding, sheet=layer.sheet, report=report,
            )  # fmt: skip
            sources = passports(plan, layer.sources)
            if layer.of:
                column = "ward_code" if layer.type == "goals" else "zone_id"
                named = (layer.key, table[column], partitions[layer.of])
                for finding in unknown_ids(*named, may_be_empty=True):
                    report(finding)
            layers.append(
                Layer(layer.key, layer.type, layer.title, table, layer.of, sources, layer.note)
            )
    return tuple(layers)


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
        found.append(place(points, partitions, by_name, report))
    return tuple(found)


def look_over(plan: Plan, partitions: dict[str, Partition], counts: Counts) -> Iterator[Finding]:
    """The findings on every partition, and on the counts beside them."""
    city = outline(partitions.values())
    for one in plan.partition:
        partition = partitions[one.key]
        yield from check(partition, city)
        if one.boundary and one.boundary.area_m2:
            yield from check_areas(partition, one.boundary.area_m2, one.key)
    yield from check_sums(counts)
    yield from check_dates(partitions.values(), counts)


def overlap(
    partitions: dict[str, Partition], counts: Counts, progress: Progress
) -> dict[Pair, pd.DataFrame]:
    """The crosswalk of every two partitions, in both directions."""
    towns = units(partitions)
    found: dict[Pair, pd.DataFrame] = {}
    for left, right in permutations(partitions.values(), 2):
        if (right.key, left.key) in found:
            found[left.key, right.key] = transposed(found[right.key, left.key])
            continue
        progress(
            Text(
                f"重なり: {left.title.ja} × {right.title.ja}",
                f"Overlaps: {left.title.en} × {right.title.en}",
            )
        )
        found[left.key, right.key] = crosswalk(left, right, towns=towns, counts=counts)
    return found


def figures(
    partitions: dict[str, Partition], counts: Counts, crosswalks: dict[Pair, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The area and the totals of every zone; those of a zone are the sums over its towns."""
    towns = units(partitions)
    columns = [count.key for count in counts.totals]
    found = {key: pd.DataFrame({AREA: one.area_m2}) for key, one in partitions.items()}
    if towns is not None and columns:
        for key in partitions:
            if key == towns.key:
                sums = counts.table[columns]
            else:
                parts = crosswalks[towns.key, key][columns].groupby(level="right_id")
                sums = parts.sum(min_count=1)
            found[key] = found[key].join(sums)
    return found


def measure(
    partitions: dict[str, Partition], crosswalks: dict[Pair, pd.DataFrame], counts: Counts
) -> dict[Pair, dict[str, pd.DataFrame]]:
    """How every zone is divided, pair by pair and weight by weight. Towns are not measured."""
    return {
        pair: {
            weight: by_zone(table, weight, split_rule(table.attrs["way"]))
            for weight in weights(counts)
        }
        for pair, table in crosswalks.items()
        if all(partitions[key].role is not Role.UNITS for key in pair)
    }


def write(study: Study, out: Path, progress: Progress = quiet) -> list[Path]:
    """All tables and pages into the folder `out`; returns what was written, in order."""
    from . import maps  # Folium takes half a second to import, and only pages need it.

    progress(Text("表と地図を書き出しています", "Writing tables and maps"))
    made = tables.tables(study)
    files = {table.name: table.csv() for table in made}
    files |= {name: html.encode() for name, html in maps.pages(study, made)}
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / name for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    return paths
