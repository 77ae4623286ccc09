"""The question behind a proposal, in arrays: which zone should each block belong to?

Two partitions of the same blocks disagree. One is *kept*: its zones are those to be made whole. The
other may change: each block belongs to one of its zones today, and to one under a proposal. A
*link* is a pair of zones, one of either partition, that share a block; where both agree there is
one link for each zone to be made whole, and every link beyond that is a *split*.

Blocks, zones and kept zones are positions in arrays here; :mod:`geo.realign` makes a problem of a
city and turns answers back into towns and names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Flags = NDArray[np.bool_]

NONE = -1
"""The kept zone of a block that lies in none."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Blocks that can be settled apart from all others: those of a ward, as a rule.

    Attributes
    ----------
    weight
        Of each block: what moving it costs (its residents).
    load
        Of each block: what the load of a zone is made of (such as residents of 65 and over).
    kept
        The kept zone of each block, or NONE.
    today
        The zone that each block belongs to today.
    borders
        Pairs of blocks that share a border (n × 2).
    allowed
        Whether a block may belong to a zone (blocks × zones).
    anchors
        Where a zone may spread from (blocks × zones): every connected part of it holds an anchor.
    site
        Of each zone: the block that stays in it, or NONE.
    least, most
        The load that each zone may have.
    base
        How many links there are without any split.
    reverse
        Whether the zones that move are those to be made whole, not the kept ones.
    """

    weight: Floats
    load: Floats
    kept: Index
    today: Index
    borders: Index
    allowed: Flags
    anchors: Flags
    site: Index
    least: Floats
    most: Floats
    base: int
    reverse: bool = False

    @property
    def blocks(self) -> int:
        return len(self.weight)

    @property
    def zones(self) -> int:
        return len(self.site)

    @cached_property
    def kept_zones(self) -> int:
        return int(self.kept.max(initial=NONE)) + 1

    @cached_property
    def neighbours(self) -> sparse.csr_array:
        """Which blocks share a border, as a symmetric matrix."""
        i, j = self.borders.T
        ones = np.ones(2 * len(i), dtype=bool)
        both = (np.concatenate([i, j]), np.concatenate([j, i]))
        return sparse.csr_array((ones, both), (self.blocks, self.blocks))

    def pieces(self, chosen: Flags) -> list[Index]:
        """The chosen blocks in connected pieces: those that borders link among themselves."""
        members = np.flatnonzero(chosen)
        inside = self.neighbours[members][:, members]
        count, piece = csgraph.connected_components(inside, directed=False)
        return [members[piece == k] for k in range(count)]

    def loose(self, zone: Index) -> list[tuple[int, Index]]:
        """The pieces of zones that hold no anchor of theirs: (zone, blocks)."""
        return [
            (c, piece)
            for c in range(self.zones)
            for piece in self.pieces(zone == c)
            if not self.anchors[piece, c].any()
        ]

    def links(self, zone: Index) -> Index:
        """How many zones of the other partition each zone to be made whole is linked to."""
        inside = self.kept != NONE
        table = np.zeros((self.kept_zones, self.zones), dtype=bool)
        table[self.kept[inside], zone[inside]] = True
        return np.asarray(table.sum(axis=0 if self.reverse else 1))

    def splits(self, zone: Index) -> int:
        """Links beyond those without any split.

        In reverse a zone may lie in no kept zone at all; it is as whole as one that lies in one.
        """
        return int(np.maximum(self.links(zone), 1).sum()) - self.base

    def moved(self, zone: Index) -> float:
        """The weight of the blocks that do not belong where they do today."""
        return float(self.weight[zone != self.today].sum())

    @cached_property
    def floor(self) -> int:
        """Splits that no answer can avoid, by counting alone.

        Zones whose sites lie in one kept zone share it, whatever belongs to them besides.
        """
        places = self.kept[self.site[self.site != NONE]]
        inside = np.bincount(places[places != NONE], minlength=self.kept_zones)
        held = np.bincount(self.kept[self.kept != NONE], minlength=self.kept_zones)
        return max(0, int(np.maximum(inside, held > 0).sum()) - self.base)
