"""A district in words: its figures, centres, priority items and cases, as councils read them."""

from __future__ import annotations

from collections.abc import Collection
from math import isnan
from typing import Any

import pandas as pd

from . import phrases
from .alignment import AREA
from .content_words import case, cases_at, flags, items
from .indicator_words import Fact, figures_of
from .masthead import council_file, wards_of
from .offices import offices_of
from .partition import Partition
from .plan import CountsPlan, Role
from .points import Points
from .study import Study
from .words import Text


def district(
    study: Study, districts: Partition, zone_id: str, drawn: Collection[str] = ()
) -> dict[str, Any]:
    """All that a page with the layers `drawn` says of one district."""
    return {
        "id": zone_id,
        "name": districts.zones.loc[zone_id, "name"],
        "facts": facts(study, districts, zone_id),
        "centres": _centres(study, districts, zone_id),
        "flags": flags(study, districts.key, zone_id),
        "items": items(study, districts.key, zone_id),
        "cases": [
            case(study, row, drawn, districts.key)
            for row in cases_at(study, districts.key, zone_id)
        ],
    }


def facts(study: Study, districts: Partition, zone_id: str) -> list[Fact]:
    """The figures of a district: counts of their date, places, indicators."""
    figures, dates = study.figures[districts.key], _dates(study)
    counted = [
        Fact(count.title, _dated(phrases.figure(study, value, count.key), dates[count.key]))
        for count in study.counts.totals
        for value in [figures[count.key][zone_id]]
    ]
    counted += [
        Fact(points.title, phrases.places(points.per_zone(districts.key).get(zone_id, 0)))
        for points in study.points
        if points.of is None
    ]
    return [*counted, *figures_of(study, districts.key, zone_id)]


def in_one_line(counted: list[Fact]) -> Text:
    """Figures where there is room for a line only: without what they rest on."""
    return Text(
        "、".join(f"{one.title.ja} {one.figure.ja}" for one in counted),
        ", ".join(f"{one.title.en}: {one.figure.en}" for one in counted),
    )


def _dates(study: Study) -> dict[str, str]:
    """Of when the counts are, by their key."""
    layers = [layer for layer in study.plan.layer if isinstance(layer, CountsPlan)]
    return {count.key: layer.date for layer in layers for count in layer.count}


def _dated(figure: Text, date: str) -> Text:
    return Text(f"{figure.ja}（{date}）", f"{figure.en} ({date})")


def elsewhere(study: Study, row: pd.Series, ward_id: str) -> dict[str, Any] | None:
    """Where else a district lies: `row` is its row of :func:`geo.attach.zones_of_ward`."""
    if not row["other_wards"]:
        return None
    names = wards_of(study).zones["name"]
    share, here = phrases.percent(row["share_in_ward"]), names[ward_id]
    return {
        "said": Text(
            f"複数の区にまたがる地区です（面積の{share}が{here}）。ほかの区:",
            f"Lies in several wards ({share} of its area in {here}). Also in:",
        ),
        "wards": [{"name": names[one], "href": council_file(one)} for one in row["other_wards"]],
    }


def _centres(study: Study, districts: Partition, zone_id: str) -> dict[str, Any] | None:
    """Which centres serve a district, and what share of it each."""
    care = study.with_role(Role.CARE)
    if care is None:
        return None
    parts = phrases.parts_of(study, districts, care, zone_id)
    by_area = any(part["weight"] == AREA for part in parts)
    weighed = Text("面積", "Area") if by_area or study.people is None else study.people.title
    return {
        "title": Text(
            f"{care.title.ja}（{weighed.ja}の割合）",
            f"{care.title.en} (share of {phrases.inside(weighed)})",
        ),
        "parts": [
            part
            | {
                "percent": _percent(part["fraction"]),
                "offices": offices(study, care.key, part["id"]),
            }
            for part in parts
        ],
    }


def _percent(fraction: float) -> str:
    """The length of a bar; "": nobody knows it."""
    return "" if isnan(fraction) else f"{100 * fraction:.1f}"


def serving(study: Study, of: str) -> list[Points]:
    """The layers of offices that serve the zones of a partition."""
    return [points for points in study.points if points.of == of]


def offices(study: Study, of: str, zone_id: str) -> list[dict[str, str]]:
    """The offices that serve a zone: name, kind and address."""
    return [
        {name: str(row[name]) for name in ("name", "category", "address")}
        for points in serving(study, of)
        for row in offices_of(points, zone_id).to_dict("records")
    ]
