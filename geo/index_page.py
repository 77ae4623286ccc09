"""The index: all pages, tables and pictures of a build, what each is for, for whom, from what."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import phrases
from .content_tables import CONTENT
from .downloads import ATLAS, download, files, printed
from .embed_page import PICTURES, height_script, picture_link, snippet
from .findings import Severity
from .masthead import ALIGN, COUNCILS, PLANNERS, links, masthead
from .origins import of_file
from .page import Page
from .plan import EmbedMap, PlannerMap, Source
from .study import Study
from .table import Table
from .words import Language, Text

DRAWINGS = (".png", ".svg")
WRITERS = Text("資料や広報を作る人", "writers of reports and newsletters")
DESKS = Text("計画を担当する人と窓口", "planners and information desks")


@dataclass(frozen=True)
class Group:
    """Tables for one purpose: those whose file names begin so."""

    begin: tuple[str, ...]
    title: Text
    purpose: Text
    whom: Text


GROUPS = (
    Group(
        ("sheet-", ATLAS),
        Text("印刷物", "To print"),
        Text(
            "A4・A3で印刷する地図と一覧。会議の配布資料や計画書に使えます。",
            "Maps and lists on A4 and A3: to hand out at meetings, or for a printed plan.",
        ),
        WRITERS,
    ),
    Group(
        ("overlaps",),
        Text("Excel で使う", "For Excel"),
        Text(
            "重なり、分かれ方、重点取組項目、指標などの表を1冊に。見出しは日本語と英語。",
            "Overlaps, splits, items and indicators in one workbook, in Japanese and English.",
        ),
        DESKS,
    ),
    Group(
        CONTENT,
        Text("計画の内容", "The plan's content"),
        Text(
            "重点取組項目、取組事例、目標と方針、評価。",
            "Priority items, case studies, goals and policies, marks.",
        ),
        COUNCILS,
    ),
    Group(
        ("towns", "list_", "points_", "parts"),
        Text("どこに入るか", "What belongs where"),
        Text(
            "町丁目や施設がどの区域に入るか、区域の面積と人数の早見表。",
            "Which zones a town or a facility lies in; area and people of each zone.",
        ),
        DESKS,
    ),
    Group(
        ("zones_", "measures", "sensitivity"),
        Text("分かれ方", "How zones are split"),
        Text(
            "区域ごと、全体で、どれだけ分かれているか。", "How far each zone, and all, are split."
        ),
        PLANNERS,
    ),
    Group(
        ("crosswalk_",),
        Text("対応表", "Crosswalks"),
        Text(
            "2つの区域区分が、どこでどれだけ重なるか（面積と人数）。統計の組み替えにも使えます。",
            "Where two partitions overlap, in land and people; also to convert statistics.",
        ),
        PLANNERS,
    ),
    Group(
        ("indicators_",),
        Text("指標", "Indicators"),
        Text(
            "高齢化率などの指標を、区域区分ごとに。",
            "Rates of ageing and the like, for every partition.",
        ),
        PLANNERS,
    ),
    Group(
        ("period_",),
        Text("変更の前と後", "Before and after a change"),
        Text(
            "どこが移り、区域や項目がどうなったか。",
            "What moved, and what became of areas and items.",
        ),
        PLANNERS,
    ),
    Group(
        ("atlas.gpkg",),
        Text("地理情報システム（GIS）で使う", "For geographic information systems"),
        Text(
            "すべての区域・重なり・地点を、色と名前つきで QGIS で開けます。",
            "All areas, overlaps and places, which open in QGIS with their colours and names.",
        ),
        PLANNERS,
    ),
    Group(
        ("align",),
        ALIGN,
        Text("移る町丁目、人数、残る分割の理由。", "Towns that move, people, why splits remain."),
        PLANNERS,
    ),
    Group(
        ("",),
        Text("点検結果と列の説明", "Findings, and what columns mean"),
        Text("データの注意点と、すべての列の意味。", "Faults of the data; the meaning of columns."),
        PLANNERS,
    ),
)


def index(
    study: Study, made: list[Table], drawn: Mapping[str, bytes], sizes: Mapping[str, int]
) -> str:
    """The list of all files of a build; `sizes` are their bytes, as far as they are known."""
    planners = [page for page in study.plan.map if isinstance(page, PlannerMap)]
    embeds = [page for page in study.plan.map if isinstance(page, EmbedMap)]
    headline = None
    if planners:
        headline = phrases.headline(study, *(study.partitions[key] for key in planners[0].compare))
    sheets = printed(study)
    every = [*files(drawn, sheets), *map(download, made)]
    listed = [_sized(study, one, sizes) for one in every]
    pictures = [one for one in listed if one["name"].endswith(DRAWINGS)]
    pictures = [one for one in pictures if one["name"] not in sheets]
    context = masthead(study, "index.html") | {
        "headline": headline,
        "date": study.plan.date,
        "pages": [
            {
                "link": link,
                "size": kilobytes(sizes, link.href),
                "sources": _numbers(study, link.sources),
            }
            for link in links(study)
        ],
        "tables": _grouped(one for one in listed if one not in pictures),
        "writers": WRITERS,
        "pictures": pictures,
        "embed": _embed(embeds[0], drawn) if embeds else None,
        "findings": [
            phrases.told(study, finding)
            for finding in study.findings
            if finding.severity is not Severity.NOTE
        ],
    }
    return Page("index", study.plan.title, context).render()


def _embed(page: EmbedMap, drawn: Mapping[str, bytes]) -> dict[str, Any]:
    """What a publisher pastes, and the picture of the map where there is one."""
    languages: list[Language] = ["ja", "en"]
    return {
        "snippets": {one: snippet(page.title, one) for one in languages},
        "height": height_script(),
        "pictures": [
            {
                "language": one,
                "shown": f"data:image/png;base64,{base64.b64encode(drawn[PICTURES[one]]).decode()}",
                "alt": page.title.say(one),
                "link": picture_link(page.title, one),
            }
            for one in languages
            if PICTURES[one] in drawn
        ],
    }


def _grouped(tables: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each table in the first group whose name it has."""
    of: dict[str, list[dict[str, Any]]] = {group.title.en: [] for group in GROUPS}
    for table in tables:
        group = next(group for group in GROUPS if table["name"].startswith(group.begin))
        of[group.title.en].append(table)
    return [{"group": group, "files": of[group.title.en]} for group in GROUPS if of[group.title.en]]


def _sized(study: Study, file: dict[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    used = of_file(study, file["name"])
    return file | {"size": kilobytes(sizes, file["name"]), "sources": _numbers(study, used)}


def kilobytes(sizes: Mapping[str, int], name: str) -> str:
    """The size of a file as people read it; "" if it is not known.

    >>> kilobytes({"a": 166_912, "b": 40}, "a"), kilobytes({"b": 40}, "b"), kilobytes({}, "a")
    ('167 kB', '1 kB', '')
    """
    return f"{max(1, round(sizes[name] / 1000)):,} kB" if name in sizes else ""


def _numbers(study: Study, used: Iterable[Source]) -> list[int]:
    """The numbers that sources have in the list of all, counted from 1."""
    used = set(used)
    return [number for number, one in enumerate(study.every_source, 1) if one in used]
