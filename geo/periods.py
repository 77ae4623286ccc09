"""The periods of a plan: what is compared with what, and which editions stand nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .alignment import weights
from .editions import Edition, edition
from .intake import units
from .layers import Counts, Layer
from .overlap import counted_pieces, crosswalk
from .partition import Partition
from .plan import Plan, Source
from .revisions import Revision, revision
from .slivers import SliverRule, marked
from .spread import Spread

Partitions = dict[str, Partition]


def parted(plan: Plan, every: Mapping[str, Partition]) -> tuple[Partitions, Partitions]:
    """The partitions of today, and those that are nothing but an earlier edition."""
    today = {key: one for key, one in every.items() if key not in plan.earlier}
    return today, {key: one for key, one in every.items() if key in plan.earlier}


def editions(
    plan: Plan, every: Partitions, counts: Counts, rule: SliverRule, spread: Spread | None = None
) -> dict[str, Edition]:
    """What changed in each period that compares two editions of a partition, by its key."""
    return {
        one.key: compared(
            every[one.before], every[one.after], counts, rule, towns=units(every), spread=spread
        )
        for one in plan.period
        if one.before in every and one.after in every
    }


def revisions(
    plan: Plan, every: Partitions, layers: Sequence[Layer], counts: Counts, rule: SliverRule
) -> dict[str, Revision]:
    """What changed in each period that compares two layers of items, by its key."""
    items = {layer.key: layer for layer in layers if layer.type == "items"}
    found = {}
    for one in plan.period:
        if one.before in items and one.after in items and one.before not in every:
            two = (items[one.before], items[one.after])
            old, new = (every.get(layer.of or "") for layer in two)
            zones = None
            if old and new and old is not new:
                zones = compared(old, new, counts, rule, towns=units(every))
            found[one.key] = revision(*two, (old, new), zones)
    return found


def earlier_sources(plan: Plan, every: Partitions, layers: Sequence[Layer]) -> tuple[Source, ...]:
    """The sources of the earlier editions."""
    zones = [source for key in every if key in plan.earlier for source in every[key].sources]
    content = [source for one in layers if one.key in plan.earlier for source in one.sources]
    return (*zones, *content)


def compared(
    before: Partition,
    after: Partition,
    counts: Counts,
    rule: SliverRule,
    *,
    towns: Partition | None = None,
    spread: Spread | None = None,
) -> Edition:
    """What changed from `before` to `after`, and which of the `towns` moved."""
    table = crosswalk(before, after, towns=towns, counts=counts, spread=spread)
    table = marked(table, before, after, rule, counts.people)
    pieces = None
    if towns is not None:
        pieces = counted_pieces(before, after, towns, counts=counts, spread=spread)
    return edition(before, after, table, weights(counts), pieces)
