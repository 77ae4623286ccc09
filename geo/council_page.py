"""The councils' pages: the districts of a ward, or of the city, with items, goals and cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from . import phrases
from .attach import main_wards, records, rows_of, text_of, zones_of_ward
from .cases import Place
from .content_words import (
    AREAS,
    case,
    cases_at,
    flags,
    flags_title,
    goals,
    items,
    items_title,
    scheme_keys,
    themes,
    themes_note,
)
from .districts import district, elsewhere, serving
from .dots import cases_layer, points_layer
from .drawing import Drawing
from .entries import entries
from .masthead import CITY_FILE, council_file, masthead, shapes, wards_of
from .offices import headline
from .page import Page
from .partition import Partition
from .plan import CITY, CouncilMap, Role
from .shapes import Shapes
from .study import Study
from .words import Text, same

#: How far borders are made simpler, in metres.
TOLERANCE_M = 2.0
#: Pixels of the names on a ward's map, which is read, and printed, in large type.
LETTERS = 15


def councils(study: Study, page: CouncilMap) -> Iterator[tuple[str, str]]:
    """The page of the city, and one for each ward: (file name, HTML)."""
    drawn = shapes(study, TOLERANCE_M)
    yield CITY_FILE, city(study, page, drawn)
    for ward_id in wards_of(study).zones.index:
        yield council_file(ward_id), council(study, page, ward_id, drawn)


# --- a ward ---------------------------------------------------------------------------------------


def council(study: Study, page: CouncilMap, ward_id: str, drawn: Shapes | None = None) -> str:
    """One ward's districts with their priority items, goals and cases."""
    wards, districts = wards_of(study), study.partitions[page.districts]
    here = zones_of_ward(study.crosswalks[wards.key, districts.key], ward_id)
    only = {wards.key: pd.Index([ward_id]), districts.key: here.index}
    care = study.with_role(Role.CARE)
    if care is not None:
        only[care.key] = _meeting(study, districts, care, here.index)
    cases = rows_of(study.content.cases, "ward_code", ward_id)
    of_districts = [row for zone in here.index for row in cases_at(study, districts.key, zone)]
    others = [row for row in cases if row not in of_districts]
    drawing = Drawing(study, drawn or shapes(study, TOLERANCE_M), only)
    _draw(drawing, districts, [*of_districts, *others], within={wards.key: ward_id})
    drawn_keys = _keys(drawing)
    shown = [
        district(study, districts, str(zone), drawn_keys)
        | {"elsewhere": elsewhere(study, row, ward_id)}
        for zone, row in here.iterrows()
    ]
    ward, own = str(wards.zones.loc[ward_id, "name"]), _own(study, wards.key, ward_id)
    every = [*own["items"], *(item for one in shown for item in one["items"])]
    marked = {(one["layer"], one["id"]) for one in [*every, *_goals_of(own)]}
    context = _context(study, page, every) | {
        "schemes": scheme_keys(study, marked),
        "marks_title": Text("このページの評価の数", "Marks on this page"),
        "name": same(ward),
        "own": own,
        "groups": _groups(shown, here["is_main"], Text(ward, ward), districts.title),
        "wards": [],
        "offices": _offices(study, only),
        "other_cases": [case(study, row, drawn_keys, districts.key) for row in others],
    }
    return _page(study, page, drawing, council_file(ward_id), context, letters=LETTERS)


def _meeting(study: Study, left: Partition, right: Partition, zones: pd.Index) -> pd.Index:
    """The zones on the right that hold part of these zones on the left."""
    parts = phrases.counted(study.crosswalks[left.key, right.key])
    met = parts.index.get_level_values("right_id")[
        parts.index.get_level_values("left_id").isin(zones)
    ]
    return right.zones.index[right.zones.index.isin(met)]


def _own(study: Study, of: str, zone_id: str = "") -> dict[str, Any]:
    """What belongs to a ward as a whole, or to the city: goals, items, flags."""
    return {
        **goals(study, None if of == CITY else zone_id),
        "items": items(study, of, zone_id),
        "items_title": items_title(study, of),
        "flags": flags(study, of, zone_id),
    }


def _offices(study: Study, only: Mapping[str, pd.Index]) -> list[Text]:
    """How many care areas the page has, and how many offices, counted apart."""
    care = study.with_role(Role.CARE)
    if care is None:
        return []
    zones = only.get(care.key, care.zones.index)
    return [headline(points, care, zones) for points in serving(study, care.key)]


def _groups(
    shown: list[dict[str, Any]], is_main: pd.Series, ward: Text, title: Text
) -> list[dict[str, Any]]:
    """The districts of a ward, and those that lie mostly in others."""
    main = [one for one in shown if is_main[one["id"]]]
    partly = [one for one in shown if not is_main[one["id"]]]
    titles = (
        Text(f"{ward.ja}の{title.ja}（{len(main)}）", f"{title.en} in {ward.en} ({len(main)})"),
        Text(
            f"一部だけが{ward.ja}に入る{title.ja}（{len(partly)}）",
            f"{title.en} of which only a part is in {ward.en} ({len(partly)})",
        ),
    )
    groups = zip(titles, (main, partly), strict=True)
    return [{"title": title, "districts": districts} for title, districts in groups if districts]


# --- the city -------------------------------------------------------------------------------------


def city(study: Study, page: CouncilMap, drawn: Shapes) -> str:
    """All wards: the goal of each, its districts that have items, its cases."""
    districts = study.partitions[page.districts]
    cases = records(study.content.cases)
    drawing = Drawing(study, drawn)
    _draw(drawing, districts, cases, within={})
    drawn_keys = _keys(drawing)
    wards = _wards(study, districts, drawn_keys)
    known = wards_of(study).zones.index
    own = _own(study, CITY)
    every = [*own["items"], *(item for ward in wards for item in _items_of(ward))]
    context = _context(study, page, every) | {
        "schemes": scheme_keys(study),
        "marks_title": Text(
            "市全体の評価の数（区と地区の分を含む）",
            "Marks of the whole city, its wards and districts included",
        ),
        "name": study.plan.city,
        "own": own,
        "groups": [],
        "wards": wards,
        "offices": _offices(study, {}),
        "other_cases": [
            case(study, row, drawn_keys, districts.key)
            for row in cases
            if row["ward_code"] not in known
        ],
    }
    return _page(study, page, drawing, CITY_FILE, context)


def _items_of(ward: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of a ward on the page of the city: its own, and those of its districts."""
    return [*ward["own"]["items"], *(i for one in ward["districts"] for i in one["items"])]


def _wards(study: Study, districts: Partition, drawn: list[str]) -> list[dict[str, Any]]:
    """Every ward, each district in the one that holds most of it; last those in none."""
    wards = wards_of(study)
    main = main_wards(study.crosswalks[wards.key, districts.key])
    main = main.reindex(districts.zones.index)
    found = []
    for ward_id, name in wards.zones["name"].items():
        here = zones_of_ward(study.crosswalks[wards.key, districts.key], str(ward_id))
        cases = rows_of(study.content.cases, "ward_code", str(ward_id))
        ward = _ward(study, districts, main.index[main == ward_id])
        ward |= {"name": same(name), "href": council_file(str(ward_id))}
        ward |= {"partly": int((~here["is_main"]).sum())}
        ward |= {"own": _own(study, wards.key, str(ward_id))}
        ward |= {"cases": [case(study, row, drawn, districts.key) for row in cases]}
        found.append(ward)
    beyond = _ward(study, districts, main.index[main.isna()])
    if beyond["number"]:
        name = Text("どの区にも入らない地区", "In no ward")
        own: dict[str, Any] = {"goal": None, "items": [], "flags": []}
        own |= {key: [] for key in ("more", "viewpoints", "policies", "others", "notes")}
        found.append(beyond | {"name": name, "href": "", "partly": 0, "cases": [], "own": own})
    return found


def _ward(study: Study, districts: Partition, zones: pd.Index) -> dict[str, Any]:
    names, key = districts.zones["name"], districts.key
    shown = [
        {
            "id": one,
            "name": names[one],
            "items": items(study, key, one),
            "flags": flags(study, key, one),
        }
        for one in zones
    ]
    return {
        "number": len(zones),
        "items": sum(len(one["items"]) for one in shown),
        "districts": [one for one in shown if one["items"] or one["flags"]],
    }


# --- both -----------------------------------------------------------------------------------------


def _draw(
    drawing: Drawing, districts: Partition, cases: list[dict[str, str]], *, within: dict[str, str]
) -> None:
    """The layers of a page: wards, districts, centres, places."""
    study = drawing.study
    wards, care = wards_of(study), study.with_role(Role.CARE)
    shown = [one for one in (wards, care, districts) if one is not None]
    on = [one.key for one in shown if within or one is not care]
    drawing.partitions(shown, on=on)
    for one in shown:
        said = {str(zone): flags(study, one.key, str(zone)) for zone in drawing.ids(one)}
        if any(said.values()):
            drawing.flag(one.key, flags_title(study), said)
    small = [row for row in cases if row["place_kind"] == Place.SMALL_AREA]
    drawing.outlines({row["case_id"]: text_of(row, "title") for row in small}, AREAS)
    dotted = [number for number, points in enumerate(study.points) if points.is_placed]
    drawing.layers += [points_layer(study, number, within=within) for number in dotted]
    if (dots := cases_layer(cases)) is not None:
        drawing.layers.append(dots)


def _keys(drawing: Drawing) -> list[str]:
    """The layers that a page can show."""
    return [layer["key"] for layer in drawing.layers]


def _context(study: Study, page: CouncilMap, shown: list[dict[str, Any]]) -> dict[str, Any]:
    """What both kinds of page say of their items."""
    return {
        "district_key": page.districts,
        "districts_title": study.partitions[page.districts].title,
        "items_title": items_title(study),
        "themes": themes(study, page, shown),
        "themes_note": themes_note(study),
        "items_number": len(shown),
        "without_theme": sum(not item["themes"] for item in shown),
        "flags_title": flags_title(study),
    }


def _goals_of(own: dict[str, Any]) -> list[dict[str, Any]]:
    rest = (own[name] for name in ("more", "viewpoints", "policies", "others"))
    return [*filter(None, [own["goal"]]), *(goal for goals in rest for goal in goals)]


def _page(
    study: Study,
    page: CouncilMap,
    drawing: Drawing,
    file: str,
    context: dict[str, Any],
    **more: Any,
) -> str:
    """The page as HTML; `more` goes into the payload."""
    wards, districts = wards_of(study), study.partitions[page.districts]
    if (care := study.with_role(Role.CARE)) is not None:
        more["pairs"] = drawing.pairs(districts, care)
    more["entries"] = entries(study, drawing)
    payload = drawing.payload(main=districts.key, ground=wards, **more)
    name, what = context["name"], page.title
    title = Text(f"{name.ja} {what.ja}", f"{name.en}: {what.en}")
    context = masthead(study, file) | context
    context |= {
        "flagged": sum(len(layer.get("flagged", ())) for layer in drawing.layers),
        "layers": drawing.legend(),
        "still": drawing.still(wards, title, label=districts.role),
    }
    return Page("council", title, context, payload).render()
