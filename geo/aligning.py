"""What a plan says about proposals → the proposals."""

from __future__ import annotations

from dataclasses import replace

from .findings import Report
from .groups import Rules
from .intake import Progress, units
from .layers import Counts
from .partition import Partition
from .plan import Realign, Role
from .points import Points
from .proposals import City, Proposals, proposals, turned
from .sites import sites_of
from .slivers import SliverRule
from .spread import Spread
from .staff import LoadRule


def align(
    asked: Realign,
    partitions: dict[str, Partition],
    counts: Counts,
    slivers: SliverRule,
    *,
    spread: Spread | None = None,
    points: tuple[Points, ...] = (),
    report: Report,
    progress: Progress,
) -> Proposals:
    """The proposals that a plan asks for."""
    towns = units(partitions)
    assert towns is not None  # noqa: S101  (the plan is validated)
    moving = partitions[asked.moving]
    sites = next((sites_of(p, moving, report) for p in points if p.key == asked.sites), None)
    city = City(
        kept=partitions[asked.kept],
        moving=moving,
        towns=towns,
        wards=next((p for p in partitions.values() if p.role is Role.WARD), None),
        counts=counts,
        spread=spread,
        slivers=slivers,
        sites=sites,
    )
    rules = rules_of(asked)
    both = ((city, rules), (city.swapped(), turned(rules)))
    first, second = reversed(both) if asked.swapped else both
    return proposals(
        first,
        second if asked.reverse else None,
        splits=asked.splits,
        jointly=asked.jointly,
        seconds=asked.seconds,
        progress=progress,
    )


def rules_of(asked: Realign) -> Rules:
    """The rules as the solver and the checker take them."""
    rules = Rules(
        detour_times=None if asked.any_distance else asked.detour_times,
        detour_m=asked.detour_m,
        exclaves_stay=asked.exclaves == "stay",
        ward_lines=asked.ward_lines == "keep",
    )
    if asked.load is None:
        return rules
    load = asked.load
    limits = LoadRule(load.keep, load.least, load.most, load.band)
    return replace(rules, load=limits, load_column=load.count, load_share=load.share)
