"""Which sources the data of a page, a table or a picture are from."""

from __future__ import annotations

from collections.abc import Iterable

from .content_tables import CONTENT
from .edition_tables import table_names
from .partition import Partition
from .plan import CouncilMap, EmbedMap, PeriodPlan, Role, Source
from .spread import Weighting
from .study import Pair, Study

#: Of what layers the tables of the plan's content hold something, by how their names begin.
HELD = {
    "items": ("items", "themes"),
    "cases": ("cases",),
    "goals": ("goals",),
    "flags": ("flags",),
    "marks": ("marks", "items", "goals"),
}
#: Tables of all partitions and their people.
OF_ALL = ("towns", "measures", "sensitivity", "parts", "repairs")


def sources_of(study: Study, shown: list[Partition]) -> list[Source]:
    """The sources of these partitions, and of the towns whose shapes they are made of."""
    drawn = {one.key for one in study.plan.partition if one.boundary}
    towns = study.with_role(Role.UNITS)
    used = [source for partition in shown for source in partition.sources]
    if towns and not {partition.key for partition in shown} <= drawn:
        used += towns.sources
    return list(dict.fromkeys(used))


def in_order(study: Study, used: Iterable[Source]) -> tuple[Source, ...]:
    """Sources as the index numbers them."""
    known = set(used)
    return tuple(source for source in study.every_source if source in known)


# --- pages ----------------------------------------------------------------------------------------


def of_planner(study: Study) -> tuple[Source, ...]:
    """All partitions, coloured by indicators, with places, items and cases to be found."""
    found = _of_layers(study, "indicators", "items", "cases")
    return in_order(study, [*_of_all(study), *_of_places(study), *found])


def of_council(study: Study, page: CouncilMap) -> tuple[Source, ...]:
    """The plan's content in its districts, their wards and centres."""
    roles = (study.with_role(role) for role in (Role.WARD, Role.CARE))
    shown = [study.partitions[page.districts], *filter(None, roles)]
    content = _of_layers(study, "themes", "goals", "items", "flags", "cases", "marks")
    figures = [*study.counts.sources, *_of_indicators(study, page.districts)]
    used = [*sources_of(study, shown), *_of_places(study), *content, *figures]
    return in_order(study, used)


def of_embed(study: Study, page: EmbedMap) -> tuple[Source, ...]:
    """What the map in another page shows."""
    shown = [partition for key, partition in study.partitions.items() if key in page.show]
    return in_order(study, sources_of(study, shown))


def of_period(study: Study, period: PeriodPlan) -> tuple[Source, ...]:
    """Both editions, and who lives where."""
    if period.key in study.revisions:
        found = study.revisions[period.key]
        return in_order(study, [*found.before.sources, *found.after.sources])
    two = study.editions[period.key]
    used = [*sources_of(study, [two.before, two.after]), *study.counts.sources]
    return in_order(study, used)


def of_proposals(study: Study) -> tuple[Source, ...]:
    """The two partitions, wards that are not crossed, people, and where centres stand."""
    asked, found = study.plan.realign, study.proposals
    if found is None:
        return ()
    two = (found.front.blocks.kept, found.front.blocks.moving)
    shown = [*two, *filter(None, [study.with_role(Role.WARD)])]
    sites = [one for one in study.points if asked and one.key == asked.sites]
    used = [*sources_of(study, shown), *study.counts.sources, *_of_spread(study, [_pair(two)])]
    return in_order(study, [*used, *(source for one in sites for source in one.sources)])


# --- files ----------------------------------------------------------------------------------------


def of_file(study: Study, name: str) -> tuple[Source, ...]:
    """What a table, a workbook or a picture holds; of what holds everything every source."""
    if name == "columns.csv":  # words of ours
        return ()
    for period in study.plan.period:
        if name in table_names(period):
            return of_period(study, period)
    if name.startswith("embed"):
        pages = [page for page in study.plan.map if isinstance(page, EmbedMap)]
        return of_embed(study, pages[0])
    if name.startswith("align"):
        return of_proposals(study)
    return in_order(study, _of_table(study, name))


def _of_table(study: Study, name: str) -> Iterable[Source]:
    for pair in study.crosswalks:
        if name in (f"crosswalk_{'_'.join(pair)}.csv", f"zones_{'_'.join(pair)}.csv"):
            shown = [study.partitions[key] for key in pair]
            return [*sources_of(study, shown), *study.counts.sources, *_of_spread(study, [pair])]
    for key, one in study.partitions.items():
        if name == f"list_{key}.csv":
            return [*sources_of(study, [one]), *study.counts.sources]
        if name == f"indicators_{key}.csv":
            used = [*sources_of(study, [one]), *study.counts.sources]
            return [*used, *_of_indicators(study, key)]
    for places in study.points:
        if name == f"points_{places.key}.csv":
            return [*sources_of(study, list(study.partitions.values())), *places.sources]
    if name.startswith(CONTENT):
        return _of_layers(study, *HELD[next(one for one in CONTENT if name.startswith(one))])
    return _of_all(study) if name.startswith(OF_ALL) else study.every_source


def _of_all(study: Study) -> list[Source]:
    used = sources_of(study, list(study.partitions.values()))
    return [*used, *study.counts.sources, *_of_spread(study, study.crosswalks)]


def _of_layers(study: Study, *types: str) -> list[Source]:
    """The sources of the plan's layers of these types; of earlier editions a period tells."""
    earlier = study.plan.earlier
    layers = [one for one in study.plan.layer if one.type in types and one.key not in earlier]
    return [study.plan.source[key] for layer in layers for key in layer.sources]


def _of_places(study: Study) -> list[Source]:
    return [source for one in study.points for source in one.sources]


def _of_indicators(study: Study, key: str) -> list[Source]:
    """The indicators of a partition, and the zones for which they are stated."""
    its = [one for one in study.indicators if one.of == key]
    return [source for one in its for source in (*one.sources, *one.stated.zones.sources)]


def _of_spread(study: Study, pairs: Iterable[Pair]) -> list[Source]:
    """Where people live within towns, if overlaps hang on it."""
    used = {study.weighting(pair) for pair in pairs}
    return _of_layers(study, "weights") if used & {Weighting.POINTS, Weighting.MESH} else []


def _pair(two: tuple[Partition, Partition]) -> Pair:
    return two[0].key, two[1].key
