"""Everything computed for one plan: what pages and tables are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from .alignment import AREA, Alignment
from .attach import Content
from .editions import Edition
from .findings import Finding
from .indicators import Estimate
from .layers import Counts
from .overlap import Way
from .partition import Partition
from .plan import Count, Plan, Role, Source
from .points import Points
from .proposals import Proposals
from .revisions import Revision
from .slivers import SliverRule
from .spread import Weighting

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Study:
    """Attributes
    ----------
    partitions
        By key, in plan order.
    crosswalks
        By (left key, right key), in both directions.
    figures
        Area (m²) and counts of every zone, by partition key (index: zone id).
    zones
        Measures of every left zone by (left key, right key), then by weight.
    alignments
        The same, for whole partitions.
    findings
        Everything noticed on the way.
    points
        Facilities and centres, each in its zones.
    sensitivity
        How many parts count for several widths of slivers (:func:`geo.slivers.sensitivity`), by the
        pair a planners' page compares; not there where no width applies.
    proposals
        How the two partitions of the plan's `realign` could be aligned; None: not asked for.
    earlier
        Partitions that are nothing but the earlier edition of a period, by key.
    editions, revisions
        What changed in the areas and in the priority items, by the key of the period.
    earlier_sources
        Of the earlier editions.
    indicators
        Figures that the plan declares beside the counts, re-allocated to every partition.
    """

    plan: Plan
    partitions: dict[str, Partition]
    counts: Counts
    content: Content
    content_sources: tuple[Source, ...]
    crosswalks: dict[Pair, pd.DataFrame]
    figures: dict[str, pd.DataFrame]
    zones: dict[Pair, dict[str, pd.DataFrame]]
    alignments: dict[Pair, dict[str, Alignment]]
    findings: tuple[Finding, ...]
    points: tuple[Points, ...] = ()
    sensitivity: dict[Pair, pd.DataFrame] = field(default_factory=dict)
    proposals: Proposals | None = None
    earlier: dict[str, Partition] = field(default_factory=dict)
    editions: dict[str, Edition] = field(default_factory=dict)
    revisions: dict[str, Revision] = field(default_factory=dict)
    earlier_sources: tuple[Source, ...] = ()
    indicators: tuple[Estimate, ...] = ()

    @property
    def people(self) -> Count | None:
        """The count that headlines speak of: the plan's first total."""
        return next(iter(self.counts.totals), None)

    @property
    def weight(self) -> str:
        """What headlines weigh by: people, or area where the plan counts nobody."""
        return self.people.key if self.people else AREA

    def with_role(self, role: Role) -> Partition | None:
        found = (p for p in self.partitions.values() if p.role is role)
        return next(found, None)

    def known(self, key: str) -> Partition | None:
        """The partition of this key, of today or earlier; None: it is something else."""
        return (self.partitions | self.earlier).get(key)

    def way(self, pair: Pair) -> Way:
        way: Way = self.crosswalks[pair].attrs["way"]
        return way

    def weighting(self, pair: Pair) -> Weighting:
        """What a crosswalk assumes about where people live."""
        weighting: Weighting = self.crosswalks[pair].attrs["weighting"]
        return weighting

    def rule(self, pair: Pair) -> SliverRule:
        """What counted as a sliver in a crosswalk."""
        rule: SliverRule = self.crosswalks[pair].attrs["slivers"]
        return rule

    @property
    def sources(self) -> list[Source]:
        """Every source once, in the order of the plan."""
        used = [s for p in self.partitions.values() for s in p.sources]
        used += [*self.counts.sources, *self.content_sources]
        used += [source for one in self.points for source in one.sources]
        return list(dict.fromkeys(used))

    @property
    def every_source(self) -> list[Source]:
        """The same, and those of the earlier editions."""
        return list(dict.fromkeys([*self.sources, *self.earlier_sources]))
