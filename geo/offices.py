"""Offices (窓口): places that serve a zone, wherever they stand.

Zones and offices are counted apart: an area with a branch (分室) has two offices and is still one
area. A branch stands in the area of its parent and is no overlap.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from .checks import unknown_ids
from .cutting import OUTSIDE
from .findings import Finding, Kind, Severity, named
from .partition import Partition
from .points import Points, spoken
from .words import Text


def offices_of(points: Points, zone_id: str) -> pd.DataFrame:
    """The rows of the offices that serve a zone, in the order of the file."""
    return points.table[points.table["zone"] == zone_id]


def headline(points: Points, partition: Partition, zones: pd.Index) -> Text:
    """How many of these zones there are, and how many offices serve them.

    "28 areas and 30 offices": two have a branch.
    """
    serving = points.table["zone"][points.table["zone"].isin(zones)]
    several = int((serving.value_counts() > 1).sum())
    without = len(zones) - serving.nunique()
    ja = f"{partition.title.ja} {len(zones)}、{points.title.ja} {len(serving)}か所"
    en = f"{partition.title.en}: {len(zones)}; {points.title.en}: {len(serving)}"
    more_ja = [f"2か所以上ある区域 {several}"] if several else []
    more_en = [f"areas with two or more: {several}"] if several else []
    more_ja += [f"窓口がわからない区域 {without}"] if without else []
    more_en += [f"areas whose office is not known: {without}"] if without else []
    if more_ja:
        return Text(f"{ja}（{'、'.join(more_ja)}）", f"{en} ({', '.join(more_en)})")
    return Text(ja, en)


def check_offices(points: Points, partition: Partition, file: str) -> Iterator[Finding]:
    """Offices of zones that are not there, and offices that stand outside the zone they serve.

    One whose position is not known stands nowhere, which is said already.
    """
    served = points.table["zone"]
    yield from unknown_ids(file, served, partition)
    stands = points.zones[partition.key].reindex(served.index, fill_value=OUTSIDE)
    known = points.table["lon"].notna() | (stands != OUTSIDE)
    apart = known & (stands != served) & served.isin(partition.zones.index)
    if apart.any():
        place = tuple(
            f"{said}: {served[row]} / {stands[row] or '-'}"
            for row, said in zip(
                served.index[apart], spoken(points.table, served.index[apart]), strict=True
            )
        )
        what = Text(
            f"担当する「{partition.title.ja}」の外にある窓口です",
            f"these offices stand outside the zone of “{partition.title.en}” that they serve",
        )
        remedy = Text(
            "位置か、担当する区域の ID を確かめてください",
            "check the position, or the id of the zone",
        )
        amount, kind = float(len(place)), Kind.OFFICE_OUTSIDE_ZONE
        yield Finding(kind, Severity.WARNING, file, named(place), what, remedy, amount, "offices")
