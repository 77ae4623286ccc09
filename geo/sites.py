"""Points → the site of each zone: where its centre stands."""

from __future__ import annotations

import pandas as pd
import shapely

from .findings import Finding, Kind, Report, Severity
from .names import fold
from .partition import Partition
from .placing import spots_of
from .points import Points
from .words import Text


def sites_of(points: Points, zones: Partition, report: Report) -> pd.Series:
    """Where the centre of each zone stands, by zone id: points in the CRS of the zones.

    A point whose name has the name of a zone in it is its centre, wherever it stands; else the one
    that stands in the zone. Of several the first is taken (a branch is no second centre), which is
    said; zones without any are said, too, and left out.
    """
    spots = spots_of(points.table, zones.zones)
    names = points.table["name"].map(fold).reindex(spots.index)
    inside = points.zones[zones.key].reindex(spots.index)
    found: dict[str, shapely.Geometry] = {}
    several: list[str] = []
    none: list[str] = []
    for zone_id, name in zones.zones["name"].items():
        named = _named(names, str(name), zones)
        candidates = named if len(named) else spots.index[inside == zone_id]
        if len(candidates):
            found[str(zone_id)] = spots[candidates[0]]
        if len(candidates) != 1:
            (several if len(candidates) else none).append(str(zone_id))
    _say(points.key, several, none, report)
    return pd.Series(found, dtype=object)


def _named(names: pd.Series, name: str, zones: Partition) -> pd.Index:
    """The points whose name has this zone's name in it, and no longer name of another zone."""
    key = fold(name)
    longer = [
        other for other in zones.zones["name"].map(fold) if key in other and len(other) > len(key)
    ]
    has = names.str.contains(key, regex=False)
    for other in longer:
        has &= ~names.str.contains(other, regex=False)
    return names.index[has]


def _say(key: str, several: list[str], none: list[str], report: Report) -> None:
    kind, note = Kind.SITE_DOUBTFUL, Severity.NOTE
    if several:
        what = Text(
            "拠点が2つ以上ある区域です。先に書かれたものを拠点としました",
            "these zones have several sites; the one that comes first was taken",
        )
        remedy = Text("分室などでなければ、1つにしてください", "keep one, unless they are branches")
        amount = float(len(several))
        report(Finding(kind, note, key, tuple(several), what, remedy, amount, "zones"))
    if none:
        what = Text("拠点のわからない区域です", "the site of these zones is not known")
        remedy = Text(
            "中心の町丁目を仮の拠点としました。地点を書き加えてください",
            "the town at their core stands for it; add a point",
        )
        amount = float(len(none))
        report(Finding(kind, note, key, tuple(none), what, remedy, amount, "zones"))
