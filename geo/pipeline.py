"""The whole flow on one page: read → assemble → check → overlap → align → attach → write."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pandas as pd

from . import book, proposal_tables, repair, tables
from .aligning import align
from .alignment import AREA, Alignment, by_zone, overall, weights
from .attach import content
from .boundaries import read_zones, write_zones
from .checks import check, check_areas, check_dates, check_sums, outline
from .content_intake import read_cases, read_layers
from .datapackage import datapackage
from .downloads import printed
from .edition_tables import edition_tables
from .errors import UsageError
from .findings import Finding, ignore
from .indicator_rows import read_indicators
from .indicators import estimates
from .intake import (
    Progress,
    quiet,
    read,
    read_counts,
    read_places,
    read_spread,
    units,
)
from .layers import Counts
from .origins import of_proposals
from .overlap import Way, crosswalk, transposed
from .partition import Partition
from .periods import earlier_sources, editions, parted, revisions
from .plan import (
    EmbedMap,
    Plan,
    PlannerMap,
    Role,
)
from .slivers import SliverRule, marked, sensitivity
from .spread import Spread
from .study import Pair, Study
from .table import Table
from .words import Text, same
from .workers import Run

#: Widths of slivers at which a planners' page says what would count.
TOLERANCES_M = (10.0, 30.0, 50.0)


def build(
    plan: Plan, out: Path, progress: Progress = quiet, *, sheets: bool = True
) -> tuple[Study, list[Path]]:
    """The main job: everything `plan` declares, computed and written into the folder `out`.

    Without `sheets` nothing is drawn to be printed, which takes longer than all the rest.
    """
    study = compute(plan, progress)
    return study, write(study, out, progress, sheets=sheets)


def compute(plan: Plan, progress: Progress = quiet) -> Study:
    """Everything `plan` declares, read and measured; nothing is written."""
    findings: list[Finding] = []
    every = read(plan, progress, findings.append)
    partitions, earlier = parted(plan, every)
    counts = read_counts(plan, partitions, findings.append)
    spread = read_spread(plan, partitions, counts, findings.append)
    written = read_layers(plan, partitions | earlier, findings.append)
    layers = tuple(layer for layer in written if layer.key not in plan.earlier)
    stated = read_indicators(plan, partitions | earlier, findings.append)
    of_cases = read_cases(plan, layers, partitions, findings.append)
    points = read_places(plan, partitions, findings.append)
    progress(Text("点検しています", "Checking"))
    findings += look_over(plan, every, counts)
    crosswalks = overlap(partitions, counts, sliver_rule(plan), progress, spread)
    progress(Text("不一致を測っています", "Measuring how they disagree"))
    zones = measure(partitions, crosswalks, counts)
    proposed = None
    if plan.realign:
        proposed = align(
            plan.realign,
            partitions,
            counts,
            sliver_rule(plan),
            spread=spread,
            points=points,
            report=findings.append,
            progress=progress,
        )
    estimated = estimates(
        stated, partitions, crosswalks, counts, spread=spread, report=findings.append
    )
    sources = [source for layer in layers for source in layer.sources]
    sources += [source for layer in stated for source in layer.sources]
    return Study(
        plan=plan,
        partitions=partitions,
        counts=counts,
        content=content(layers, *of_cases),
        content_sources=(*sources, *(spread.sources if spread else ())),
        crosswalks=crosswalks,
        figures=figures(partitions, counts, crosswalks),
        zones=zones,
        alignments=alignments(zones),
        findings=tuple(findings),
        points=points,
        sensitivity=tolerances(plan, partitions, crosswalks, counts),
        proposals=proposed,
        earlier=earlier,
        editions=editions(plan, every, counts, sliver_rule(plan), spread),
        revisions=revisions(plan, every, written, counts, sliver_rule(plan)),
        earlier_sources=earlier_sources(plan, every, written),
        indicators=estimated,
    )


def inspect(plan: Plan, progress: Progress = quiet) -> list[Finding]:
    """Every finding on the data of `plan`; nothing is measured or written."""
    findings: list[Finding] = []
    every = read(plan, progress, findings.append)
    partitions, earlier = parted(plan, every)
    counts = read_counts(plan, partitions, findings.append)
    read_spread(plan, partitions, counts, findings.append)
    read_indicators(plan, partitions | earlier, findings.append)
    layers = read_layers(plan, partitions | earlier, findings.append)
    read_cases(plan, layers, partitions, findings.append)
    read_places(plan, partitions, findings.append)
    return [*findings, *look_over(plan, every, counts)]


def mend(plan: Plan, folder: Path, snap_m: float | None = None) -> list[Path]:
    """Write the boundary files of `plan`, safely repaired, into `folder`, with a list of changes.

    No file that is there is touched: each partition becomes a new GeoPackage, named after its key,
    with the columns of its input.
    """
    drawn = [(one, one.boundary) for one in plan.partition if one.boundary]
    targets = [folder / f"{one.key}.gpkg" for one, _ in drawn] + [folder / "repairs.csv"]
    for target in targets:
        if target.exists():
            what = Text("すでにあります", "it is there already")
            remedy = Text("新しいフォルダを指定してください", "name a new folder")
            raise UsageError(str(target), what, remedy)
    fixed, changes = [], []
    for one, boundary in drawn:
        findings: list[Finding] = []
        file = read_zones(plan.path(boundary.file), boundary, plan.crs, findings.append)
        zones, moved = file.zones, repair.NO_CHANGES
        listed = repair.mended(zones, findings)
        if snap_m is not None:
            zones, moved = repair.snapped(zones, snap_m)
        fixed.append(repair.with_columns(zones, file.attributes))
        changes += [listed.assign(partition=one.key), moved.assign(partition=one.key)]
    folder.mkdir(parents=True, exist_ok=True)
    for zones, target in zip(fixed, targets, strict=False):
        write_zones(zones, target)
    made = pd.concat(changes, ignore_index=True) if changes else repair.NO_CHANGES
    table = Table("repairs.csv", Text("修正の一覧", "Repairs"), made)
    targets[-1].write_bytes(table.csv())
    return targets


def overlap_of(
    plan: Plan,
    pair: Pair,
    progress: Progress = quiet,
    run: Run | None = None,
    *,
    slivers: SliverRule | None = None,
) -> pd.DataFrame:
    """The crosswalk of two partitions of `plan`, by key; its slivers marked if a rule is given."""
    partitions = read(plan, progress, ignore)
    counts = read_counts(plan, partitions, ignore)
    spread = read_spread(plan, partitions, counts, ignore)
    two, towns = (partitions[pair[0]], partitions[pair[1]]), units(partitions)
    table = crosswalk(*two, towns=towns, counts=counts, spread=spread, run=run)
    return table if slivers is None else marked(table, *two, slivers, counts.people)


def look_over(plan: Plan, partitions: dict[str, Partition], counts: Counts) -> Iterator[Finding]:
    """The findings on every partition, and on the counts beside them."""
    city = outline(parted(plan, partitions)[0].values())
    for one in plan.partition:
        partition = partitions[one.key]
        yield from check(partition, city)
        if one.boundary and one.boundary.area_m2:
            yield from check_areas(partition, one.boundary.area_m2, one.key)
    yield from check_sums(counts)
    yield from check_dates(partitions.values(), counts)


def sliver_rule(plan: Plan) -> SliverRule:
    """What `plan` counts as a sliver."""
    return SliverRule(**plan.slivers.model_dump(exclude_unset=True))


def overlap(
    partitions: dict[str, Partition],
    counts: Counts,
    rule: SliverRule,
    progress: Progress,
    spread: Spread | None = None,
) -> dict[Pair, pd.DataFrame]:
    """The crosswalk of every two partitions, in both directions, its slivers marked."""
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
        table = crosswalk(left, right, towns=towns, counts=counts, spread=spread)
        found[left.key, right.key] = marked(table, left, right, rule, counts.people)
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
        pair: {weight: by_zone(table, weight) for weight in weights(counts)}
        for pair, table in crosswalks.items()
        if all(partitions[key].role is not Role.UNITS for key in pair)
    }


def alignments(zones: dict[Pair, dict[str, pd.DataFrame]]) -> dict[Pair, dict[str, Alignment]]:
    """How far whole partitions are divided, pair by pair and weight by weight."""
    return {
        (left, right): {
            weight: overall(one, left, right, weight, opposite=zones[right, left][weight])
            for weight, one in by_weight.items()
        }
        for (left, right), by_weight in zones.items()
    }


def tolerances(
    plan: Plan,
    partitions: dict[str, Partition],
    crosswalks: dict[Pair, pd.DataFrame],
    counts: Counts,
) -> dict[Pair, pd.DataFrame]:
    """How much what a planners' page counts hangs on the width of slivers, where it does."""
    found = {}
    for left, right in (page.compare for page in plan.map if isinstance(page, PlannerMap)):
        table = crosswalks[left, right]
        if table.attrs["way"] is Way.BY_AREA:
            two, rule = (partitions[left], partitions[right]), table.attrs["slivers"]
            found[left, right] = sensitivity(
                table, *two, rule, counts.people, widths_m=TOLERANCES_M
            )
    return found


def write(
    study: Study,
    out: Path,
    progress: Progress = quiet,
    *,
    only: str | None = None,
    sheets: bool = True,
) -> list[Path]:
    """All tables, pages and, unless told otherwise, sheets; returns what was written, in order.

    `only`: those files whose names begin so.
    """
    from . import atlas, maps  # Folium takes half a second to import, and only pages need it.

    progress(Text("表と地図を書き出しています", "Writing tables and maps"))
    proposed = proposal_tables.proposal_tables(study.proposals) if study.proposals else []
    made = tables.tables(study, [*proposed, *edition_tables(study)])
    drawn = proposal_files(study, proposed) if proposed else {}
    if only is None or only.startswith("embed"):  # They take seconds.
        drawn |= map_pictures(study)
    if only is None or only.startswith("atlas"):
        drawn |= {"atlas.gpkg": atlas.atlas(study, made)}
    if sheets:
        drawn |= sheet_files(study, only, progress)
    files = {table.name: table.csv() for table in made} | drawn
    if only is None:
        files["overlaps.xlsx"] = book.overlaps(study, made)
        files["datapackage.json"] = datapackage(study, made, files)
    files |= {name: html.encode() for name, html in maps.pages(study, made, files)}
    if only is not None:
        files = {name: data for name, data in files.items() if name.startswith(only)}
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / name for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    return paths


def sheet_files(study: Study, only: str | None, progress: Progress) -> dict[str, bytes]:
    """What the plan asks to be printed, if any of it is among the files asked for."""
    asked = only is None or any(name.startswith(only) for name in printed(study))
    if not study.plan.sheet or not asked:
        return {}
    from .sheets import sheets  # As pictures do.

    progress(Text("印刷物を作っています", "Drawing sheets to print"))
    return sheets(study)


def map_pictures(study: Study) -> dict[str, bytes]:
    """The embedded map as pictures, if the plan has one: file name → bytes."""
    embeds = [page for page in study.plan.map if isinstance(page, EmbedMap)]
    if not embeds:
        return {}
    from .picture import pictures  # It takes a second to import, and only pictures need it.

    return pictures(study, embeds[0])


def proposal_files(study: Study, made: list[Table]) -> dict[str, bytes]:
    """The workbook and the charts of the proposals: file name → bytes."""
    assert study.proposals is not None  # noqa: S101  (the caller has asked)
    unit = study.people.unit if study.people else same("m²")
    workbook = {"align.xlsx": book.proposals(study, made)}
    return workbook | proposal_tables.charts(study.proposals, unit, chart_note(study))


def chart_note(study: Study) -> Text:
    """What stands below the chart of the proposals: 模式図, the date, the sources."""
    plan, used = study.plan, [source.said for source in of_proposals(study)]
    notes = [
        *filter(None, [plan.schematic]),
        Text(f"{plan.title.ja}（{plan.date}）", f"{plan.title.en} ({plan.date})"),
        Text(
            f"出典: {'／'.join(one.ja for one in used)}",
            f"Sources: {'; '.join(one.en for one in used)}",
        ),
    ]
    return Text("。".join(one.ja for one in notes), ". ".join(one.en for one in notes))
