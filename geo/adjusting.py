"""Borders moved because somebody asked for it: cleaned, or snapped to another layer.

Nothing moves by itself, and nothing moves silently: each step is a finding with the land that
changed hands, and the list of zones goes with the partition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from .findings import Finding, Kind, Report, Severity, named
from .partition import Partition
from .plan import PartitionPlan
from .repair import KEPT, snapped
from .snapping import snapped_to
from .words import Text, same

SEE = Text("区域ごとの面積は repairs.csv にあります", "repairs.csv has the area of each zone")


def adjusted(
    partition: Partition, asked: PartitionPlan, others: Mapping[str, Partition], report: Report
) -> Partition:
    """A partition with its borders cleaned and snapped as the plan asks, in this order.

    Parameters
    ----------
    partition
        As it was read.
    asked
        Its plan: `clean_m` and `snap`.
    others
        The partitions that it may be snapped to, by key.
    report
        Told how much land moved.
    """
    zones, steps = partition.zones, []
    if asked.clean_m is not None:
        zones, changes = snapped(zones, asked.clean_m)
        steps.append((changes, same(f"clean_m = {asked.clean_m:g}")))
    if asked.snap is not None:
        other = others[asked.snap.to]
        zones, changes = snapped_to(zones, other.zones, asked.snap.within_m)
        steps.append((changes, onto(other.title, asked.snap.within_m)))
    if not steps:
        return partition
    for changes, step in steps:
        for finding in moves(partition.key, changes, step):
            report(finding)
    listed = pd.concat([changes for changes, _ in steps], ignore_index=True)
    return replace(partition, zones=zones, changes=listed, overlapping=None)


def onto(title: Text, within_m: float) -> Text:
    """The step of snapping to the layer of this title."""
    ja, en = f"「{title.ja}」に {within_m:g} m 以内で", f"to “{title.en}” within {within_m:g} m"
    return Text(ja, en)


def moves(where: str, changes: pd.DataFrame, step: Text, remedy: Text = SEE) -> Iterator[Finding]:
    """What one step has moved, and what it has not; `changes` with COLUMNS of :mod:`geo.repair`."""
    kept = changes["change_en"] == KEPT.en
    moved_m2 = float(changes["moved_m2"].sum())
    what = Text(
        f"境界を揃えました（{step.ja}）。区域ごとに増減した面積の合計 {moved_m2:,.0f} m²",
        f"borders moved ({step.en}): {moved_m2:,.0f} m² gained and lost, zone by zone",
    )
    place = named(changes.loc[~kept, "zone_id"])
    yield Finding(Kind.BORDERS_MOVED, Severity.NOTE, where, place, what, remedy, moved_m2, "m2")
    if kept.any():
        what = Text(
            f"許容範囲を超えて動くところは、そのままにしました（{step.ja}）",
            f"kept where borders would have moved too far ({step.en})",
        )
        place = named(changes.loc[kept, "zone_id"])
        yield Finding(Kind.BORDERS_MOVED, Severity.NOTE, where, place, what, remedy)
