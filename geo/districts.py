"""A district in words: its figures, centres, priority items and cases, as councils read them."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from typing import Any

import pandas as pd

from . import phrases
from .alignment import AREA
from .attach import records, rows_of, text_of, themes_of
from .masthead import council_file, wards_of
from .partition import Partition
from .plan import ContentPlan, CouncilMap, Role
from .positions import position
from .study import Study
from .words import Text, same

PLACE_WORDS = {
    "point": Text("地点", "a place"),
    "area": Text("区域", "an area"),
    "small_area": Text("地区より小さい区域", "an area smaller than a district"),
    "none": Text("場所の指定なし", "no particular place"),
}
#: Kinds of place that could be a dot.
SPOTS = ("point", "small_area")
ITEMS = Text("重点取組項目", "Priority items")


def district(study: Study, districts: Partition, zone_id: str) -> dict[str, Any]:
    """All that a page says of one district."""
    return {
        "id": zone_id,
        "name": districts.zones.loc[zone_id, "name"],
        "facts": _facts(study, districts, zone_id),
        "centres": _centres(study, districts, zone_id),
        "items": items(study, zone_id),
        "cases": [case(study, districts, row) for row in cases_of(study, districts, zone_id)],
    }


def _facts(study: Study, districts: Partition, zone_id: str) -> Text:
    figures = study.figures[districts.key]
    counted = [
        (count.title, phrases.figure(study, figures[count.key][zone_id], count.key))
        for count in study.counts.totals
    ]
    counted += [
        (points.title, phrases.places(points.per_zone(districts.key).get(zone_id, 0)))
        for points in study.points
    ]
    return Text(
        "、".join(f"{title.ja} {figure.ja}" for title, figure in counted),
        ", ".join(f"{title.en}: {figure.en}" for title, figure in counted),
    )


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
        "parts": [part | {"percent": _percent(part["fraction"])} for part in parts],
    }


def _percent(fraction: float) -> str:
    """The length of a bar; "": nobody knows it."""
    return "" if isnan(fraction) else f"{100 * fraction:.1f}"


# --- items ----------------------------------------------------------------------------------------


def layer_of(study: Study, type_: str) -> ContentPlan | None:
    """The first layer of a type in the plan."""
    layers = (layer for layer in study.plan.layer if isinstance(layer, ContentPlan))
    return next((layer for layer in layers if layer.type == type_), None)


def items_title(study: Study) -> Text:
    """What the plan calls its priority items."""
    layer = layer_of(study, "items")
    return layer.title if layer else ITEMS


def themes_note(study: Study) -> Text | None:
    """What the plan says of its themes."""
    layer = layer_of(study, "themes")
    return layer.note if layer else None


def items(study: Study, zone_id: str) -> list[dict[str, Any]]:
    """The priority items of one district, in the order of the file."""
    return [_item(study, item) for item in rows_of(study.content.items, "zone_id", zone_id)]


def _item(study: Study, item: dict[str, str]) -> dict[str, Any]:
    themes = themes_of(item, study.content.themes)
    return {
        "text": text_of(item, "text"),
        "years": "–".join(dict.fromkeys(filter(None, (item["start_year"], item["end_year"])))),
        "who": text_of(item, "who") if item.get("who_ja") else None,
        "marks": marks(item),
        "themes": [{"id": row["theme_id"], "name": text_of(row, "name")} for row in themes],
    }


def marks(item: dict[str, str]) -> list[Text]:
    """What the columns called `mark…` say of an item, in one language (`mark`) or in two.

    >>> [mark.en for mark in marks({"mark_ja": "新規", "mark_en": "new", "mark_2": ""})]
    ['new']
    """
    columns = (column for column in item if column.startswith("mark"))
    found = []
    for stem in dict.fromkeys(c.removesuffix("_ja").removesuffix("_en") for c in columns):
        ja, en = item.get(f"{stem}_ja", ""), item.get(f"{stem}_en", "")
        both = [word for word in (ja or item.get(stem) or en, en or item.get(stem) or ja) if word]
        found += [Text(*both)] if both else []
    return found


def themes(study: Study, page: CouncilMap, shown: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The themes a reader may pick, with how many of these items each has; none: no such choice."""
    if not page.filter_by_theme:
        return []
    named = [theme["id"] for item in shown for theme in item["themes"]]
    rows = records(study.content.themes) if named else []
    return [
        {
            "id": row["theme_id"],
            "name": text_of(row, "name"),
            "number": named.count(row["theme_id"]),
        }
        for row in rows
    ]


# --- cases ----------------------------------------------------------------------------------------


def cases_of(study: Study, districts: Partition, zone_id: str) -> list[dict[str, str]]:
    """The cases of one district: those that name it, not a zone of another partition."""
    named = rows_of(study.content.cases, "zone_id", zone_id)
    return [row for row in named if row.get("partition", districts.key) == districts.key]


def case(study: Study, districts: Partition, row: dict[str, str]) -> dict[str, Any]:
    """A case with the kind of its place: `spot` if its position is known, `zone` if a district."""
    spot, kind = position(row.get("lon", ""), row.get("lat", "")), row["place_kind"]
    known = not isnan(spot.lat)
    is_district = row.get("partition", districts.key) == districts.key
    is_zone = kind == "area" and is_district and row["zone_id"] in districts.zones.index
    return {
        "title": text_of(row, "title"),
        "kind": kind,
        "kind_text": PLACE_WORDS.get(kind, same(kind)),
        "place": text_of(row, "place"),
        "note": text_of(row, "note") if row.get("note_ja") else None,
        "spot": spot if known else None,
        "zone": row["zone_id"] if is_zone and not known else None,
        "no_dot": kind in SPOTS and not known,
    }
