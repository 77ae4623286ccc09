"""The councils' pages: the districts of a ward, or of the city, with items, goals and cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from . import phrases
from .attach import main_wards, records, rows_of, text_of, zones_of_ward
from .districts import case, cases_of, district, elsewhere, items, items_title, themes, themes_note
from .dots import cases_layer, points_layer
from .drawing import Drawing
from .entries import entries
from .masthead import CITY_FILE, council_file, masthead, shapes, wards_of
from .page import Page
from .partition import Partition
from .plan import CouncilMap, Role
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
    of_districts = [row for zone in here.index for row in cases_of(study, districts, zone)]
    others = [row for row in cases if row not in of_districts]
    drawing = Drawing(study, drawn or shapes(study, TOLERANCE_M), only)
    _draw(drawing, districts, [*of_districts, *others], within={wards.key: ward_id})
    shown = [
        district(study, districts, str(zone)) | {"elsewhere": elsewhere(study, row, ward_id)}
        for zone, row in here.iterrows()
    ]
    ward = str(wards.zones.loc[ward_id, "name"])
    context = _context(study, page, [item for one in shown for item in one["items"]]) | {
        "name": same(ward),
        **_goals(study, ward_id),
        "groups": _groups(shown, here["is_main"], Text(ward, ward), districts.title),
        "wards": [],
        "other_cases": [case(study, districts, row) for row in others],
    }
    return _page(study, page, drawing, council_file(ward_id), context, letters=LETTERS)


def _meeting(study: Study, left: Partition, right: Partition, zones: pd.Index) -> pd.Index:
    """The zones on the right that hold part of these zones on the left."""
    parts = phrases.counted(study.crosswalks[left.key, right.key])
    met = parts.index.get_level_values("right_id")[
        parts.index.get_level_values("left_id").isin(zones)
    ]
    return right.zones.index[right.zones.index.isin(met)]


def _goals(study: Study, ward_id: str) -> dict[str, Any]:
    rows = rows_of(study.content.goals, "ward_code", ward_id)
    goals = [text_of(row, "text") for row in rows if row["kind"] == "goal"]
    policies = [text_of(row, "text") for row in rows if row["kind"] == "policy"]
    return {"goal": next(iter(goals), None), "policies": policies}


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
    wards = _wards(study, districts)
    known = wards_of(study).zones.index
    others = [case(study, districts, row) for row in cases if row["ward_code"] not in known]
    context = _context(study, page, [i for w in wards for d in w["districts"] for i in d["items"]])
    context |= {
        "name": study.plan.city,
        "goal": None,
        "policies": [],
        "groups": [],
        "wards": wards,
        "other_cases": others,
    }
    return _page(study, page, drawing, CITY_FILE, context)


def _wards(study: Study, districts: Partition) -> list[dict[str, Any]]:
    """Every ward, each district in the one that holds most of it; last those in none."""
    wards = wards_of(study)
    main = main_wards(study.crosswalks[wards.key, districts.key])
    main = main.reindex(districts.zones.index)
    found = []
    for ward_id, name in wards.zones["name"].items():
        here = zones_of_ward(study.crosswalks[wards.key, districts.key], str(ward_id))
        cases = rows_of(study.content.cases, "ward_code", str(ward_id))
        own = _ward(study, districts, main.index[main == ward_id])
        own |= {"name": same(name), "href": council_file(str(ward_id)), "policies": []}
        own |= {"partly": int((~here["is_main"]).sum()), **_goals(study, str(ward_id))}
        found.append(own | {"cases": [case(study, districts, row) for row in cases]})
    beyond = _ward(study, districts, main.index[main.isna()])
    if beyond["number"]:
        name = Text("どの区にも入らない地区", "In no ward")
        nothing: dict[str, Any] = {"goal": None, "policies": [], "partly": 0, "cases": []}
        found.append(beyond | {"name": name, "href": "", **nothing})
    return found


def _ward(study: Study, districts: Partition, zones: pd.Index) -> dict[str, Any]:
    names = districts.zones["name"]
    shown = [{"id": one, "name": names[one], "items": items(study, one)} for one in zones]
    return {
        "number": len(zones),
        "items": sum(len(one["items"]) for one in shown),
        "districts": [one for one in shown if one["items"]],
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
    drawing.layers += [
        points_layer(study, number, within=within) for number in range(len(study.points))
    ]
    if (dots := cases_layer(cases)) is not None:
        drawing.layers.append(dots)


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
    }


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
        "layers": drawing.legend(),
        "still": drawing.still(wards, title, label=districts.role),
    }
    return Page("council", title, context, payload).render()
