"""The plan's content as pages say it: items, their marks, flags, goals, case studies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any

import pandas as pd

from .attach import records, rows_at, rows_of, text_of, themes_of
from .cases import Place, host_of, spot_of
from .cells import number, plain
from .drawing import OUTLINES
from .goals import in_order, place_of
from .plan import CITY, ContentPlan, CouncilMap, Scheme
from .schemes import State, tally, within
from .study import Study
from .words import Text, same
from .years import span

PLACE_WORDS = {
    Place.POINT: Text("地点", "a place"),
    Place.AREA: Text("区域", "an area"),
    Place.SMALL_AREA: Text("地区より小さい区域", "an area smaller than a district"),
    Place.NONE: Text("場所の指定なし", "no particular place"),
}
NO_DOT = Text(
    "位置が資料にないため、地図に点はありません。",
    "No dot on the map: the sources give no position.",
)
NO_OUTLINE = Text(
    "範囲の図が資料にないため、地図には示していません。",
    "Not drawn on the map: the sources give no outline.",
)
ITEMS = Text("重点取組項目", "Priority items")
FLAGS = Text("重点取組地区", "Priority districts")
CASES = Text("取組事例", "Case studies")
AREAS = Text("取組事例の区域（地区より小さいもの）", "Case studies: areas smaller than a district")
#: Stands before what is flagged, so that it is told without colour.
SIGN = "★"
#: The kinds of goals, in the order in which pages say them.
GOAL_WORDS = {
    "goal": Text("目標", "Goal"),
    "viewpoint": Text("視点", "Viewpoints"),
    "policy": Text("方針", "Policies"),
}


def layers_of(study: Study, type_: str) -> list[ContentPlan]:
    """The layers of a type, in the order of the plan."""
    layers = (layer for layer in study.plan.layer if isinstance(layer, ContentPlan))
    earlier = study.plan.earlier
    return [layer for layer in layers if layer.type == type_ and layer.key not in earlier]


def items_title(study: Study, of: str | None = None) -> Text:
    """What the plan calls its priority items, or those of one partition or the city."""
    layers = layers_of(study, "items")
    named = [layer.title for layer in layers if of in (None, layer.of)]
    return named[0] if named else ITEMS


def flags_title(study: Study) -> Text:
    """What the plan calls its flags."""
    return next((layer.title for layer in layers_of(study, "flags")), FLAGS)


def themes_note(study: Study) -> Text | None:
    """What the plan says of its themes."""
    return next((layer.note for layer in layers_of(study, "themes")), None)


# --- items ----------------------------------------------------------------------------------------


def items(study: Study, of: str, zone_id: str = "") -> list[dict[str, Any]]:
    """The priority items of one zone of the partition `of`, or of the city, as the file orders."""
    return [item(study, row) for row in rows_at(study.content.items, of, zone_id)]


def item(study: Study, row: dict[str, str]) -> dict[str, Any]:
    """All that a page says of one item; `marks` are one line each, `marked` the same by scheme."""
    themes = themes_of(row, study.content.themes)
    marked = marks_of(study, row.get("layer", ""), row["item_id"])
    return {
        "id": row["item_id"],
        "layer": row.get("layer", ""),
        "text": text_of(row, "text"),
        "years": years(row),
        "open": open_end(row),
        "who": text_of(row, "who") if row.get("who_ja") else None,
        "marks": [mark["said"] for one in marked for mark in one["marks"]],
        "marked": marked,
        "themes": [{"id": theme["theme_id"], "name": text_of(theme, "name")} for theme in themes],
    }


def years(row: dict[str, str]) -> Text:
    """The years of an item; a missing one stays open.

    >>> years({"start_year": "2021", "end_year": "2026"}).ja
    '2021–2026'
    """
    return span(row["start_year"], row["end_year"])


def open_end(row: dict[str, str]) -> Text | None:
    """Which of its years an item does not state."""
    start, end = row["start_year"], row["end_year"]
    if start and end:
        return None
    if not start and not end:
        return Text("期間の記入なし", "no years given")
    if start:
        return Text("終わりの年は未記入", "end not given")
    return Text("始まりの年は未記入", "start not given")


def themes(study: Study, page: CouncilMap, shown: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The themes a reader may pick, with how many of these items each has; none: no such choice."""
    if study.plan.published or not page.filter_by_theme:
        return []
    named = [theme["id"] for one in shown for theme in one["themes"]]
    rows = records(study.content.themes) if named else []
    return [
        {
            "id": row["theme_id"],
            "name": text_of(row, "name"),
            "number": named.count(row["theme_id"]),
        }
        for row in rows
    ]


def flags(study: Study, of: str, zone_id: str) -> list[Text]:
    """What flags a zone, in words."""
    return [text_of(row, "text") for row in rows_at(study.content.flags, of, zone_id)]


# --- marks ----------------------------------------------------------------------------------------


def marks_of(study: Study, layer: str, id_: str) -> list[dict[str, Any]]:
    """The marks of one row of a layer, scheme by scheme, each in the order of its years."""
    rows = study.content.marks_by_row.get((layer, id_))
    if rows is None:
        return []
    return [
        {
            "scheme": scheme.title,
            "marks": [_mark(scheme, row) for row in rows[rows["scheme"] == key].to_dict("records")],
        }
        for key, scheme in study.plan.scheme.items()
        if (rows["scheme"] == key).any()
    ]


def _mark(scheme: Scheme, row: dict[Any, Any]) -> dict[str, Any]:
    titles = {mark.key: mark.title for mark in scheme.mark}
    state = State(row["state"])
    meaning = titles[row["mark"]] if row["mark"] else state.said
    figures = _figures(row)
    shown = same(row["mark"]) if row["mark"] else state.said
    more = Text(f"（{figures.ja}）", f" ({figures.en})") if figures else Text("", "")
    apart = _contradiction(row)
    if apart:
        more = Text(apart.ja + more.ja, f" {apart.en}{more.en}")
    return {
        "year": row["year"],
        "key": row["mark"],
        "title": meaning,
        "apart": apart,
        "figures": figures,
        "note": text_of(row, "note") if row["note_ja"] else None,
        "said": Text(
            f"{scheme.title.ja} {row['year']}年: {shown.ja}{more.ja}",
            f"{scheme.title.en} {row['year']}: {shown.en}{more.en}",
        ),
    }


def _contradiction(row: dict[Any, Any]) -> Text | None:
    """The mark that target and actual give, where the stated one is another."""
    if row["follows"] in ("", row["mark"]):
        return None
    return Text(
        f"（目標と実績からは {row['follows']}）", f"({row['follows']} by target and actual)"
    )


def _figures(row: dict[Any, Any]) -> Text | None:
    """Target, actual, and how much of the target that is, as far as they are known."""
    known = {name: figure(row[name]) for name in ("target", "actual")}
    words = {"target": Text("目標", "target"), "actual": Text("実績", "actual")}
    said = [
        Text(f"{words[name].ja} {value}", f"{words[name].en} {value}")
        for name, value in known.items()
        if value
    ]
    if not said:
        return None
    return Text("、".join(one.ja for one in said), ", ".join(one.en for one in said))


def figure(cell: str) -> str:
    """A figure of a target as people read it; "" where it is missing.

    >>> figure("12000"), figure("0.80"), figure("-")
    ('12,000', '0.80', '')
    """
    if number(cell) != number(cell):
        return ""
    whole, dot, rest = plain(cell).replace(",", "").partition(".")
    return f"{Fraction(whole).numerator:,}{dot}{rest}"


def scheme_keys(
    study: Study, shown: Collection[tuple[str, str]] | None = None
) -> list[dict[str, Any]]:
    """The schemes that mark these rows (layer, id), else any: what marks mean, how many there are.

    Each scheme stands by itself: its marks are not compared with those of another.
    """
    marks = study.content.marks
    if shown is not None:
        here = [pair in shown for pair in zip(marks["layer"], marks["id"], strict=True)]
        marks = marks[pd.Series(here, index=marks.index, dtype=bool)]
    return [
        {
            "title": scheme.title,
            "note": scheme.note,
            "period": "–".join(dict.fromkeys(map(str, scheme.period))),
            "marks": [{"key": m.key, "title": m.title, "rule": _rule(m)} for m in scheme.mark],
            "years": _counted(marks, key, scheme),
            "beyond": int((~within(marks[marks["scheme"] == key], scheme)).sum()),
        }
        for key, scheme in study.plan.scheme.items()
        if (marks["scheme"] == key).any()
    ]


def _rule(mark: Any) -> Text | None:
    """The threshold of a mark."""
    if mark.above is not None:
        share = f"{100 * mark.above:g}%"
        return Text(f"目標の{share}超", f"over {share} of the target")
    if mark.least is not None:
        share = f"{100 * mark.least:g}%"
        return Text(f"目標の{share}以上", f"{share} of the target or more")
    return None


def _counted(marks: pd.DataFrame, key: str, scheme: Scheme) -> list[dict[str, Any]]:
    table = tally(marks, key, scheme)
    return [
        {"year": year, "numbers": row[:-1], "without": row[-1]}
        for year, row in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]


# --- goals ----------------------------------------------------------------------------------------


def goals(study: Study, ward_id: str | None) -> dict[str, Any]:
    """The goal of a ward (None: of the city), with its viewpoints and policies and their marks.

    Each kind stands in the order of its numbers. `more` are further goals, where a table has
    several; `others` what is of no known kind, each with its `kind` as typed.
    """
    table = study.content.goals
    if table.empty:
        rows = []
    elif ward_id is None:
        rows = records(table[table["of"] == CITY])
    else:
        rows = rows_of(table[table["of"] != CITY], "ward_code", ward_id)
    rows = in_order(rows)
    said = {kind: [_goal(study, row) for row in rows if row["kind"] == kind] for kind in GOAL_WORDS}
    return {
        "goal": next(iter(said["goal"]), None),
        "more": said["goal"][1:],
        "viewpoints": said["viewpoint"],
        "policies": said["policy"],
        "others": [_goal(study, row) for row in rows if row["kind"] not in GOAL_WORDS],
        "notes": [
            layer.note
            for layer in layers_of(study, "goals")
            if layer.note and (layer.of == CITY) == (ward_id is None)
        ],
    }


def _goal(study: Study, row: dict[str, str]) -> dict[str, Any]:
    layer, id_ = row.get("layer", ""), row.get("goal_id", "")
    return {
        "id": id_,
        "layer": layer,
        "kind": row["kind"],
        "text": text_of(row, "text"),
        "number": place_of(row["number"]),
        "marked": marks_of(study, layer, id_),
    }


# --- cases ----------------------------------------------------------------------------------------


def cases_at(study: Study, of: str, zone_id: str) -> list[dict[str, str]]:
    """The cases of one zone: those that name it, not a zone of another partition."""
    named = rows_of(study.content.cases, "zone_id", zone_id)
    return [row for row in named if row.get("partition", of) == of]


def case(
    study: Study, row: dict[str, str], drawn: Collection[str], main: str = ""
) -> dict[str, Any]:
    """A case with the kind of its place.

    `spot` is its position if it stands at a point; `show` the layer and the zone that a page which
    draws the layers `drawn` can show for it. A case that names no partition is of `main`.
    """
    kind, id_ = row["place_kind"], row["case_id"]
    spot, is_drawn = spot_of(row), id_ in study.content.outlines.index
    show = None
    if kind == Place.SMALL_AREA and is_drawn and OUTLINES in drawn:
        show = (OUTLINES, id_)
    elif kind == Place.AREA:
        of = row.get("partition") or main
        known = study.partitions[of].zones.index if of in drawn and of in study.partitions else ()
        show = (of, row["zone_id"]) if row["zone_id"] in known else None
    missing = {Place.POINT: None if spot else NO_DOT,
               Place.SMALL_AREA: None if is_drawn else NO_OUTLINE}  # fmt: skip
    host = host_of(row.get("link", ""))
    return {
        "id": id_,
        "title": text_of(row, "title"),
        "kind": kind,
        "kind_text": PLACE_WORDS.get(kind, same(kind)),  # type: ignore[call-overload]
        "place": text_of(row, "place"),
        "note": text_of(row, "note") if row.get("note_ja") else None,
        "spot": spot,
        "show": show,
        "missing": missing.get(kind),  # type: ignore[call-overload]
        "link": {"href": row["link"], "host": host} if host else None,
        "photo": study.content.photos.get(id_),
    }
