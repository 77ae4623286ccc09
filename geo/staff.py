"""Load rules: how much a zone may have to do.

A care centre is staffed in sets of three professionals, one for "about 3,000 to under 6,000"
residents of 65 and over (介護保険法施行規則第140条の66). The thresholds are data: municipalities
vary them, and most centres serve more than 6,000 with more than one set.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from .words import Text

Floats = NDArray[np.float64]


class Keep(StrEnum):
    """What a load rule holds on to."""

    ENOUGH = "enough"
    STAFF = "staff"
    BAND = "band"
    NOTHING = "nothing"


@dataclass(frozen=True)
class LoadRule:
    """What load each zone may have under a proposal.

    Attributes
    ----------
    keep
        ENOUGH: today's sets of staff are enough for it and lawful (a zone may not need one more);
        STAFF: it needs exactly as many sets as today; BAND: it stays within `band` of what it is
        today; NOTHING: no rule.
    least, most
        What one set of staff is for: from `least` to under `most`.
    band
        Share of today's load.
    """

    keep: Keep = Keep.ENOUGH
    least: float = 3000.0
    most: float = 6000.0
    band: float = 0.5

    def sets(self, load: Floats) -> NDArray[np.intp]:
        """How many sets of staff a load needs: the fewest with less than `most` for each.

        >>> LoadRule().sets(np.array([2000.0, 5999.0, 6000.0, 12500.0])).tolist()
        [1, 1, 2, 3]
        """
        # Rounded, so that sums of parts that make 6,000 are 6,000 in whatever order they are added.
        return np.maximum(1, np.floor(np.round(load / self.most, 9)).astype(np.intp) + 1)

    def bounds(self, today: Floats) -> tuple[Floats, Floats]:
        """The least and the most load of each zone; today's load is always allowed.

        >>> LoadRule().bounds(np.array([2000.0, 9000.0]))
        (array([2000., 6000.]), array([ 5999., 11999.]))
        """
        if self.keep is Keep.NOTHING:
            return np.zeros_like(today), np.full_like(today, np.inf)
        if self.keep is Keep.BAND:
            return today * (1 - self.band), today * (1 + self.band)
        sets = self.sets(today)
        below = (sets - 1) * self.most if self.keep is Keep.STAFF else sets * self.least
        # "Under 6,000" of whole persons is at most 5,999.
        return np.minimum(today, below), np.maximum(today, sets * self.most - 1)

    @property
    def counts_staff(self) -> bool:
        """Whether the rule speaks of sets of staff."""
        return self.keep in (Keep.ENOUGH, Keep.STAFF)

    @property
    def said(self) -> Text:
        """The rule in words."""
        if self.keep is Keep.NOTHING:
            return Text("負担の制限はしない", "loads are not limited")
        if self.keep is Keep.BAND:
            share = f"{self.band:.0%}"
            return Text(f"各区域の負担は今の±{share}以内", f"loads stay within {share} of today's")
        range_ja = f"{self.least:,.0f}人以上{self.most:,.0f}人未満ごとに職員1組"
        range_en = f"one set of staff for every {self.least:,.0f} to under {self.most:,.0f}"
        if self.keep is Keep.STAFF:
            return Text(f"{range_ja}。組数は変えない", f"{range_en}; as many sets as today")
        return Text(f"{range_ja}。今の組数で足りる", f"{range_en}; today's sets are enough")
