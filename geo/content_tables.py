"""The plan's content as tables: items, cases, goals, flags, marks."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from typing import Any

import pandas as pd

from .attach import records
from .cases import spot_of
from .cells import number, plain
from .columns import Meaning
from .plan import CITY, Role
from .schemes import State, within
from .study import Study
from .table import Table
from .words import Text
from .years import year

Row = dict[str, Any]

#: Columns of numbers, some of which may be missing.
NUMBERS = {"start_year": "Int64", "end_year": "Int64", "year": "Int64", "lon": "Float64",
           "lat": "Float64"}  # fmt: skip
#: Columns of numbers on whose last digit a mark may hang.
EXACT = ("target", "actual")
#: How the names of these tables begin.
CONTENT = ("items", "cases", "goals", "flags", "marks")

OWN: dict[str, Meaning] = {
    "of": (Text("どの区域区分のものか（city: 市全体）", "partition; city: the whole city"), ""),
    "layer": (Text("計画のレイヤの key", "key of the layer in the plan"), ""),
    "item_id": (Text("項目の ID", "item"), ""),
    "case_id": (Text("事例の ID", "case study"), ""),
    "goal_id": (Text("目標・方針の ID（空欄: 評価しない）", "goal; empty: never marked"), ""),
    "row_id": (
        Text(
            "評価した行の ID（layer の項目の item_id か目標の goal_id）",
            "the row that is marked; item_id or goal_id of the layer",
        ),
        "",
    ),
    "kind": (
        Text("種類（goal: 目標、viewpoint: 視点、policy: 方針）", "goal, viewpoint or policy"),
        "",
    ),
    "number": (Text("計画での順番", "place in the plan"), ""),
    "text_ja": (Text("文", "text in Japanese"), ""),
    "text_en": (Text("文（英語）", "text"), ""),
    "title_ja": (Text("題名", "title in Japanese"), ""),
    "title_en": (Text("題名（英語）", "title"), ""),
    "start_year": (Text("始まりの年（空欄: 未記入）", "first year; empty: not given"), "year"),
    "end_year": (Text("終わりの年（空欄: 未記入）", "last year; empty: not given"), "year"),
    "who_ja": (Text("だれが", "who, in Japanese"), ""),
    "who_en": (Text("だれが（英語）", "who"), ""),
    "themes": (Text("テーマの番号（分析用）", "themes, for analysis only"), ""),
    "themes_ja": (Text("テーマ（分析用）", "their names in Japanese"), ""),
    "themes_en": (Text("テーマ（英語、分析用）", "their names"), ""),
    "ward_name": (Text("区の名前", "name of the ward"), ""),
    "place_kind": (
        Text(
            "場所の種類（point: 地点、area: 区域、small_area: 地区より小さい区域、none: なし）",
            "kind of place: point, area (a zone), small_area (smaller than a zone), none",
        ),
        "",
    ),
    "place_ja": (Text("場所", "place in Japanese"), ""),
    "place_en": (Text("場所（英語）", "place"), ""),
    "is_drawn": (Text("範囲の図があるか", "whether its outline is known"), ""),
    "has_photo": (Text("写真があるか", "whether it has a photograph"), ""),
    "link": (Text("リンク", "link"), ""),
    "note_ja": (Text("注", "note in Japanese"), ""),
    "note_en": (Text("注（英語）", "note"), ""),
    "scheme": (Text("評価の基準の key", "key of the scheme of marks"), ""),
    "scheme_ja": (Text("評価の基準", "scheme in Japanese"), ""),
    "scheme_en": (Text("評価の基準（英語）", "scheme"), ""),
    "period": (Text("評価の基準の期間", "period of the scheme"), "years"),
    "year": (Text("評価の年", "year that is marked"), "year"),
    "in_period": (
        Text("基準の期間の中の年か（外の年は集計しない）", "whether the scheme covers the year"),
        "",
    ),
    "mark": (
        Text(
            "評価（空欄: なし。基準が違う評価は比べない）",
            "mark; empty: none; marks of different schemes cannot be compared",
        ),
        "",
    ),
    "mark_ja": (Text("評価の意味", "what it means, in Japanese"), ""),
    "mark_en": (Text("評価の意味（英語）", "what it means"), ""),
    "follows": (
        Text(
            "目標と実績からの評価（空欄: 計算できない。mark と違えば点検結果にある）",
            "mark by target and actual; empty: none follows; where it is not the mark, a finding",
        ),
        "",
    ),
    "target": (Text("目標（空欄: 未記入）", "target; empty: not given"), ""),
    "actual": (Text("実績（空欄: 未記入）", "actual figure; empty: not given"), ""),
    "state": (
        Text(
            "評価の由来（stated: 計画に書かれた、computed: 目標と実績から計算、"
            "no_target・no_actual・target_not_above_0・not_given: なし）",
            "stated: by the plan; computed: from target and actual; no_target, no_actual, "
            "target_not_above_0, not_given: there is none",
        ),
        "",
    ),
}


def content_tables(study: Study) -> list[Table]:
    """The tables of the content that the plan has; types that it lacks have none."""
    made = [
        _table("items.csv", Text("重点取組項目", "Priority items"), _items(study), "item_id"),
        _table("cases.csv", Text("取組事例", "Case studies"), _cases(study), "case_id"),
        _table(
            "goals.csv",
            Text("目標・視点・方針", "Goals, viewpoints, policies"),
            _goals(study),
            "goal_id",
        ),
        _table("flags.csv", Text("重点取組地区", "Flagged zones"), _flags(study)),
        _table(
            "marks.csv", Text("評価", "Marks"), _marks(study), "layer", "scheme", "row_id", "year"
        ),
    ]
    return [table for table in made if len(table.frame)]


def _table(name: str, title: Text, rows: Iterable[Row], *key: str) -> Table:
    cells = list(rows)
    frame = pd.DataFrame(cells)
    # Years that are no numbers stay as they are written.
    numeric = {name: type_ for name, type_ in NUMBERS.items() if _is_numeric(frame, name)}
    frame = frame.astype(numeric)
    # As they are, not as floats, which are rounded where they are written.
    exact = {n: pd.Series([row[n] for row in cells], dtype=object) for n in EXACT if n in frame}
    frame = frame.assign(**exact)
    # Ids that two rows have are said among the findings; they tell no rows apart.
    is_key = len(frame) and not frame.duplicated(list(key)).any() if key else False
    own = {column: OWN[column] for column in frame.columns if column in OWN}
    return Table(name, title, frame, own, key if is_key else ())


def _is_numeric(frame: pd.DataFrame, name: str) -> bool:
    return name in frame and not any(isinstance(cell, str) for cell in frame[name])


def _name(study: Study, of: str, zone_id: str) -> str:
    """The name of a zone; the city's own name where something is of the city."""
    if of == CITY:
        return study.plan.city.ja
    partition = study.partitions.get(of)
    return "" if partition is None else str(partition.zones["name"].get(zone_id, ""))


def _ward(study: Study, row: dict[str, str]) -> Row:
    ward, ward_id = study.with_role(Role.WARD), row.get("ward_code", "")
    return {"ward_id": ward_id, "ward_name": _name(study, ward.key, ward_id) if ward else ""}


def _zone(study: Study, row: dict[str, str]) -> Row:
    of, zone_id = row["of"], row.get("zone_id", "") if row["of"] != CITY else ""
    return {"of": of, "zone_id": zone_id, "zone_name": _name(study, of, zone_id)}


def _both(row: dict[str, str], *fields: str) -> Row:
    """Cells in both languages, empty where they are not given."""
    return {f"{f}_{of}": row.get(f"{f}_{of}", "") for f in fields for of in ("ja", "en")}


def _items(study: Study) -> Iterable[Row]:
    names = {row["theme_id"]: row for row in records(study.content.themes)}
    has_notes = "note_ja" in study.content.items
    for row in records(study.content.items):
        ids = [one for cell in row["themes"].split(";") if (one := cell.strip())]
        yield {
            "item_id": row["item_id"],
            "layer": row["layer"],
            **_zone(study, row),
            **_both(row, "text"),
            "start_year": _year(row["start_year"]),
            "end_year": _year(row["end_year"]),
            **_both(row, "who"),
            **(_both(row, "note") if has_notes else {}),
            "themes": ";".join(ids),
            "themes_ja": "、".join(names[one]["name_ja"] for one in ids if one in names),
            "themes_en": ", ".join(names[one]["name_en"] for one in ids if one in names),
        }


def _year(cell: str) -> int | str | None:
    """A year as a number, else as it is written."""
    try:
        return year(cell)
    except ValueError:
        return cell


def _cases(study: Study) -> Iterable[Row]:
    for row in records(study.content.cases):
        spot, of = spot_of(row), row.get("partition", "")
        yield {
            "case_id": row["case_id"],
            **_ward(study, row),
            **_both(row, "title"),
            "place_kind": row["place_kind"],
            "partition": of,
            "zone_id": row["zone_id"],
            "zone_name": _name(study, of, row["zone_id"]),
            **_both(row, "place"),
            "lon": spot.lon if spot else None,
            "lat": spot.lat if spot else None,
            "is_drawn": row["case_id"] in study.content.outlines.index,
            "has_photo": row["case_id"] in study.content.photos,
            "link": row.get("link", ""),
            **_both(row, "note"),
        }


def _goals(study: Study) -> Iterable[Row]:
    ward = study.with_role(Role.WARD)
    for row in records(study.content.goals):
        yield {
            "goal_id": row.get("goal_id", ""),
            "layer": row["layer"],
            "of": row["of"] or (ward.key if ward else ""),
            **_ward(study, row),
            "kind": row["kind"],
            "number": row["number"],
            **_both(row, "text"),
        }


def _flags(study: Study) -> Iterable[Row]:
    for row in records(study.content.flags):
        yield {**_zone(study, row), **_both(row, "text")}


def _marks(study: Study) -> Iterable[Row]:
    marks = study.content.marks
    texts = {
        (row["layer"], row[column]): row
        for table, column in ((study.content.items, "item_id"), (study.content.goals, "goal_id"))
        for row in records(table)
        if row.get(column)
    }
    for key, scheme in study.plan.scheme.items():
        own = marks[marks["scheme"] == key]
        titles = {mark.key: mark.title for mark in scheme.mark}
        for row, inside in zip(own.to_dict("records"), within(own, scheme), strict=True):
            means = titles.get(row["mark"], State(row["state"]).said)
            yield {
                "scheme": key,
                "scheme_ja": scheme.title.ja,
                "scheme_en": scheme.title.en,
                "period": "–".join(map(str, scheme.period)),
                "layer": row["layer"],
                "row_id": row["id"],
                **_both(texts.get((row["layer"], row["id"]), {}), "text"),
                "year": row["year"],
                "in_period": bool(inside),
                "mark": row["mark"],
                "mark_ja": means.ja,
                "mark_en": means.en,
                "follows": row["follows"],
                "target": _figure(row["target"]),
                "actual": _figure(row["actual"]),
                "state": row["state"],
                "note_ja": row["note_ja"],
                "note_en": row["note_en"],
            }


def _figure(cell: str) -> int | float | None:
    """A figure as it is written: a mark may hang on its last digit."""
    value = number(cell)
    if isnan(value):
        return None
    return value if "." in plain(cell) else int(value)
