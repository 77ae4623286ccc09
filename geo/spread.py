"""What is assumed about where people live within towns, and said with every figure that needs it.

A border that cuts a town leaves open on which side its people live. The share of the town that a
plan states goes before everything else; then comes where the plan says that people live (points,
mesh); what is left is split by area.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

import pandas as pd

from .partition import Partition
from .words import Text
from .workers import Run


class Weighting(StrEnum):
    """What a crosswalk assumes about where people live."""

    NOBODY = "nobody"
    WHOLE_TOWNS = "whole_towns"
    SHARES = "shares"
    AREA = "area"
    ZONE_AREA = "zone_area"
    POINTS = "points"
    MESH = "mesh"

    @property
    def said(self) -> Text:
        return _SAID[self]


_SAID = {
    Weighting.NOBODY: Text("人は数えない（面積だけ）", "nobody is counted: areas only"),
    Weighting.WHOLE_TOWNS: Text(
        "町丁目を分けないので、町丁目の中のどこに住むかは仮定しない",
        "no town is divided: nothing is assumed about where people live in it",
    ),
    Weighting.SHARES: Text(
        "町丁目の一部には、書かれた割合の人が住むと仮定（図形で示された一部は面積の割合）",
        "assumed: a part of a town holds the stated share of its people (a part that is drawn: its "
        "share of the area)",
    ),
    Weighting.AREA: Text(
        "境界が通る町丁目では、人は均一に（面積に比例して）住むと仮定",
        "assumed: where a border cuts a town, people live evenly spread over it",
    ),
    Weighting.ZONE_AREA: Text(
        "左の区域の中に、人は均一に（面積に比例して）住むと仮定",
        "assumed: people live evenly spread over each zone of LEFT",
    ),
    Weighting.POINTS: Text(
        "境界が通る町丁目では、人は点（建物など）のある所に、その重みに比例して住むと仮定",
        "assumed: where a border cuts a town, people live where its points (buildings) are, in "
        "proportion to their weight",
    ),
    Weighting.MESH: Text(
        "境界が通る町丁目では、人は地域メッシュ統計のとおりに、各メッシュの中では均一に住むと仮定",
        "assumed: where a border cuts a town, people live as the census mesh says, evenly spread "
        "within each cell",
    ),
}


class Spread(Protocol):
    """Where the people of towns live, if not evenly spread: made by :mod:`geo.weighting`."""

    @property
    def weighting(self) -> Weighting:
        """What is assumed."""

    @property
    def of_towns(self) -> pd.Series:
        """The weight of each town by its id, > 0; a town without any is left out."""

    def of_pieces(
        self, left: Partition, right: Partition, towns: Iterable[str], run: Run | None = None
    ) -> pd.DataFrame:
        """The weight (> 0) of the pieces that `left` and `right` cut some towns into.

        A partition that is made of towns (or is the towns) has `members`. `run` is who works on
        chunks of large layers. Columns `town_id`, `left_id`, `right_id` (once each), `weight`.
        """
