"""Points and findings → layers of dots, one dot for each spot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import nan
from typing import Any

from .attach import text_of
from .cases import spot_of
from .drawing import Data, both, degrees, whole
from .findings import Finding, Severity
from .phrases import SEVERITY_WORDS, names, units, where
from .points import Points
from .study import Study
from .words import Text, same

#: So many colours of dots are in the style sheet.
COLOURS = 4
#: Two points closer than this share a dot: degrees with so many decimals, about a metre.
DECIMALS = 5

Spots = dict[tuple[float, float], list[Any]]


def points_layer(study: Study, number: int, *, within: Mapping[str, str] | None = None) -> Data:
    """A layer of points: one dot per spot, with the names of all that stand there.

    `number` says which one of the study's, from 0; `within` (partition key → zone id) shows only
    those in these zones.
    """
    points = study.points[number]
    here = points.table["lon"].notna()
    for key, zone_id in (within or {}).items():
        here &= points.zones[key] == zone_id
    spots: Spots = {}
    for cells in points.table[here].to_dict("records"):
        at = (round(cells["lat"], DECIMALS), round(cells["lon"], DECIMALS))
        spots.setdefault(at, []).append([cells["name"], cells["category"]])
    return _layer(f"points-{points.key}", points.title, f"dot-{number % COLOURS + 1}", spots) | {
        "on": True,
        "note": _how_many(points, sum(map(len, spots.values()))),
    }


def findings_layer(study: Study) -> Data:
    """A layer of what is wrong with the data: one dot per place, worst first.

    What is said of several places stands once, in `about`; `text` says which of them each finding
    is, `names` which findings are at each spot, `places` whom they concern, `amounts` how much.
    """
    found = placed(study.findings)
    abouts = [_about(study, finding) for finding in found]
    about = {one: number for number, one in enumerate(dict.fromkeys(abouts))}
    spots: Spots = {}
    for number, finding in enumerate(found):
        lon, lat = finding.at or (nan, nan)
        spots.setdefault((round(lat, DECIMALS), round(lon, DECIMALS)), []).append(number)
    note = Text(f"（{len(spots):,}か所）", f"({len(spots):,} places)")
    return _layer("findings", Text("点検結果", "Findings"), "finding", spots) | {
        "note": note,
        "about": [{"severity": one[0], "said": [both(text) for text in one[1:]]} for one in about],
        "text": whole([about[one] for one in abouts]),
        "places": [names(study, finding) for finding in found],
        "amounts": [None if one.amount is None else round(one.amount) for one in found],
    }


def _about(study: Study, finding: Finding) -> tuple[Any, ...]:
    """What findings of many places have in common, in words."""
    unit = units(study).get(finding.unit, same(finding.unit))
    severity = SEVERITY_WORDS[finding.severity]
    about = (severity, finding.what, finding.remedy, where(study, finding), unit)
    return (str(finding.severity), *about)


def cases_layer(cases: Iterable[dict[str, str]]) -> Data | None:
    """A layer of case studies; only those at a point whose position is known get a dot."""
    spots: Spots = {}
    for case in cases:
        if (spot := spot_of(case)) is not None:
            at = (round(spot.lat, DECIMALS), round(spot.lon, DECIMALS))
            said = [both(text_of(case, "title")), both(text_of(case, "place"))]
            spots.setdefault(at, []).append(said)
    title = Text("取組事例（場所がわかるもの）", "Case studies with a known place")
    return _layer("cases", title, "case", spots) | {"on": True} if spots else None


def placed(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that have a place to go to, worst first."""
    order = list(Severity)
    there = (finding for finding in findings if finding.at is not None)
    return sorted(there, key=lambda finding: order.index(finding.severity))


def _layer(key: str, title: Text, style: str, spots: Spots) -> Data:
    return {
        "key": key,
        "kind": "dots",
        "title": both(title),
        "style": style,
        "on": False,
        "lat": degrees([lat for lat, _ in spots]),
        "lng": degrees([lon for _, lon in spots]),
        "names": list(spots.values()),
    }


def _how_many(points: Points, drawn: int) -> Text:
    """How many points the map shows: those without a position or elsewhere have no dot here."""
    if drawn == len(points.table):
        return Text(f"（{drawn:,}か所）", f"({drawn:,})")
    return Text(
        f"（{len(points.table):,}か所のうち{drawn:,}か所）", f"({drawn:,} of {len(points.table):,})"
    )
