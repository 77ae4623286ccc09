"""The pages: planner, councils, embed and index, each one self-contained HTML file.

A page is a template of ``geo/web``, a context of texts, and a payload of layers that the page's
script draws. Text stays text all the way: templates escape it, the script writes textContent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import escape

from . import align_page, drawing, phrases
from .attach import rows_of, text_of, themes_of, zones_of_ward
from .findings import Finding, Severity
from .page import Page
from .partition import Partition
from .plan import CouncilMap, EmbedMap, PlannerMap, Role, Source
from .study import Study
from .tables import Table, file_name
from .words import Text, same

PLACE_WORDS = {
    "point": Text("地点", "a place"),
    "area": Text("区域", "an area"),
    "small_area": Text("地区より小さい区域", "an area smaller than a district"),
    "none": Text("場所の指定なし", "no particular place"),
}


ALIGN = Text("区域をそろえる提案", "Proposals to align the areas")

NO_FILES: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class Link:
    """A link to a page; `purpose` says on the index what it is for."""

    href: str
    text: Text
    purpose: Text
    here: bool = False


def pages(
    study: Study, made: list[Table], drawn: Mapping[str, bytes] = NO_FILES
) -> Iterator[tuple[str, str]]:
    """Every page the plan declares and the index: (file name, HTML).

    `drawn` are workbooks and charts that stand beside the pages.
    """
    for page in study.plan.map:
        if isinstance(page, PlannerMap):
            yield "planner.html", planner(study, page, made)
        elif isinstance(page, CouncilMap):
            for ward_id in _wards(study).zones.index:
                yield _council_file(ward_id), council(study, page, ward_id)
        else:
            yield "embed.html", embed(study, page)
    if study.proposals:
        yield "align.html", proposals(study, made, drawn)
    yield "index.html", index(study, made, drawn)


# --- the four pages -------------------------------------------------------------------------------


def planner(study: Study, page: PlannerMap, made: list[Table]) -> str:
    """Where the zones of one partition are split by those of another, with every figure."""
    left, right = (study.partitions[key] for key in page.compare)
    pair = page.compare
    layers = [drawing.layer(study, p, on=p.role is not Role.UNITS) for p in _by_depth(study)]
    layers.insert(0, drawing.split_layer(study, left, right))
    if (parts := drawing.parts_layer(study)) is not None:
        layers.insert(1, parts)
    layers[1:1] = drawing.proposal_layers(study)
    layers += [drawing.dots(study, number) for number in range(len(study.points))]
    layers.append(drawing.findings_layer(study))
    context = _common(study, "planner.html") | {
        "headline": phrases.headline(study, left, right),
        "sentence": phrases.sentence(study, left, right),
        "readings": [
            *phrases.readings(study, left, right),
            phrases.tolerances(study, left, right),
        ],
        "way": phrases.way(study, left, right),
        "rule": study.rule(pair).said,
        "left": left,
        "right": right,
        "people": study.people.title if study.people else Text("面積", "Area"),
        "splits": phrases.split_table(study, left, right),
        "layers": drawing.legend(layers),
        "findings": [
            _said(study, finding)
            | {
                "severity": str(finding.severity),
                "remedy": finding.remedy,
                "lon": finding.at[0] if finding.at else "",
                "lat": finding.at[1] if finding.at else "",
            }
            for finding in drawing.placed(study.findings)
        ],
        "downloads": [{"name": table.name, "title": table.title} for table in made],
    }
    ground = (study.with_role(Role.WARD) or left).zones
    payload = drawing.payload(layers, main=left.key, ground=ground)
    return Page("planner", page.title, context, payload).render()


def council(study: Study, page: CouncilMap, ward_id: str) -> str:
    """One ward's districts with their priority items, goals and cases."""
    wards, districts = _wards(study), study.partitions[page.districts]
    ward = str(wards.zones.loc[ward_id, "name"])
    pair = (wards.key, districts.key)
    here = zones_of_ward(study.crosswalks[pair], ward_id)
    goals = rows_of(study.content.goals, "ward_code", ward_id)
    cases = rows_of(study.content.cases, "ward_code", ward_id)
    in_districts = [row for zone in here.index for row in _cases_of(study, districts, zone)]
    care = study.with_role(Role.CARE)
    layers = [
        drawing.layer(study, wards, on=True, label=False),
        *([drawing.layer(study, care, on=True)] if care else []),
        drawing.layer(study, districts, on=True, only=here.index, label=True),
        *(
            drawing.dots(study, number, within={wards.key: ward_id})
            for number in range(len(study.points))
        ),
    ]
    layers.sort(key=lambda layer: layer["depth"])
    context = _common(study, _council_file(ward_id)) | {
        "ward": same(ward),
        "goal": next((text_of(row, "text") for row in goals if row["kind"] == "goal"), None),
        "policies": [text_of(row, "text") for row in goals if row["kind"] == "policy"],
        "district_key": districts.key,
        "districts_title": Text(f"{ward}の{districts.title.ja}", f"{districts.title.en} in {ward}"),
        "districts": [
            _district(study, districts, zone_id, row) for zone_id, row in here.iterrows()
        ],
        "other_cases": [_case(row) for row in cases if row not in in_districts],
        "layers": drawing.legend(layers),
    }
    title = Text(f"{ward} {page.title.ja}", f"{ward} {page.title.en}")
    ground = wards.zones.loc[[ward_id]]
    payload = drawing.payload(layers, main=districts.key, ground=ground, cases=cases)
    return Page("council", title, context, payload).render()


def embed(study: Study, page: EmbedMap) -> str:
    """A map without a panel, to stand in another page."""
    shown = [p for p in _by_depth(study) if p.key in page.show]
    layers = [drawing.layer(study, p, on=True, label=p.role is Role.WARD) for p in shown]
    has_planner = any(isinstance(other, PlannerMap) for other in study.plan.map)
    context = _common(study, "embed.html") | {
        "larger": "planner.html" if has_planner else "",
        "shown_sources": _sources_of(study, shown),
    }
    ground = study.partitions[page.show[0]].zones
    payload = drawing.payload(layers, main=page.show[0], ground=ground)
    return Page("embed", page.title, context, payload).render()


def proposals(study: Study, made: list[Table], drawn: Mapping[str, bytes]) -> str:
    """How the two partitions could be aligned, and what it would take."""
    assert study.proposals is not None  # noqa: S101  (the caller has asked)
    downloads = [_download(table) for table in made if table.name.startswith("align_")]
    context = _common(study, "align.html") | align_page.context(study, study.proposals, dict(drawn))
    context["downloads"] = [*_files(drawn), *downloads]
    return Page("align", ALIGN, context).render()


def _download(table: Table) -> dict[str, Any]:
    return {"name": table.name, "title": table.title, "rows": f"{len(table.frame):,}"}


def _files(drawn: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Workbooks and charts as downloads, those in English behind the others."""
    return [
        {"name": name, "title": FILES[name.rsplit(".", 1)[1]], "rows": ""}
        for name in sorted(drawn, key=lambda name: ("_en." in name, name))
    ]


FILES = {
    "xlsx": Text("提案のすべての表（Excel）", "All tables of the proposals (Excel)"),
    "svg": Text("分割と移動の図（SVG）", "The chart (SVG)"),
    "png": Text("分割と移動の図（PNG）", "The chart (PNG)"),
}


def index(study: Study, made: list[Table], drawn: Mapping[str, bytes]) -> str:
    """The list of all pages and tables of a build."""
    planners = [page for page in study.plan.map if isinstance(page, PlannerMap)]
    embeds = [page for page in study.plan.map if isinstance(page, EmbedMap)]
    headline = None
    if planners:
        headline = phrases.headline(study, *(study.partitions[key] for key in planners[0].compare))
    context = _common(study, "index.html") | {
        "headline": headline,
        "pages": _links(study),
        "snippet": _snippet(embeds[0].title) if embeds else "",
        "downloads": [*_files(drawn), *map(_download, made)],
        "findings": [
            _said(study, finding)
            for finding in study.findings
            if finding.severity is not Severity.NOTE
        ],
    }
    return Page("index", study.plan.title, context).render()


def _said(study: Study, finding: Finding) -> dict[str, Any]:
    """A finding in words; zones by their names."""
    return {
        "what": finding.what,
        "severity_text": phrases.SEVERITY_WORDS[finding.severity],
        "where": phrases.where(study, finding),
        "names": phrases.names(study, finding),
        "amount": phrases.amount(finding),
    }


def _sources_of(study: Study, shown: list[Partition]) -> list[Source]:
    """The sources of these partitions, and of the towns whose shapes they are made of."""
    drawn = {one.key for one in study.plan.partition if one.boundary}
    towns = study.with_role(Role.UNITS)
    used = [source for partition in shown for source in partition.sources]
    if towns and not {partition.key for partition in shown} <= drawn:
        used += towns.sources
    return list(dict.fromkeys(used))


def _snippet(title: Text) -> str:
    """The line a publisher pastes; the frame may run its own script and nothing else."""
    return (
        f'<iframe src="embed.html" title="{escape(title.ja)}" sandbox="allow-scripts allow-popups" '
        'loading="lazy" style="width:100%;height:420px;border:0"></iframe>'
    )


# --- what all pages share -------------------------------------------------------------------------


def _common(study: Study, here: str) -> dict[str, Any]:
    plan = study.plan
    links = [link for link in _links(study) if link.href != "embed.html"]
    top = Link("index.html", Text("目次", "Contents"), same(""))
    notes = [partition.note for partition in study.partitions.values() if partition.note]
    return {
        "study": {
            "schematic": plan.schematic,
            "schematic_short": Text("模式図", "schematic"),
            "sources": study.sources,
            "notes": notes,
            "dated": Text(f"{plan.title.ja}（{plan.date}）", f"{plan.title.en} ({plan.date})"),
        },
        "links": [
            Link(link.href, link.text, link.purpose, link.href == here) for link in (top, *links)
        ],
    }


def _links(study: Study) -> list[Link]:
    links = []
    if study.proposals:
        purpose = Text(
            "区域をそろえる提案。分割を減らすには何人の担当が変わるか、残る分割の理由。",
            "How the areas could be aligned: how many people would change, and why splits remain.",
        )
        links.append(Link("align.html", ALIGN, purpose))
    for page in study.plan.map:
        if isinstance(page, PlannerMap):
            purpose = Text(
                "区域のずれを調べる人のための地図。どこが、何人分、分かれているか。",
                "For planners: where areas disagree, and how many people it concerns.",
            )
            links.append(Link("planner.html", page.title, purpose))
        elif isinstance(page, EmbedMap):
            purpose = Text("ほかのページに埋め込むための地図。", "To stand in another page.")
            links.append(Link("embed.html", page.title, purpose))
        else:
            for ward_id, name in _wards(study).zones["name"].items():
                purpose = Text(
                    f"{name}の目標、地区ごとの重点取組項目と取組事例。",
                    f"{name}: the ward's goal, its districts' priority items and case studies.",
                )
                links.append(Link(_council_file(str(ward_id)), same(name), purpose))
    return links


def _council_file(ward_id: str) -> str:
    return file_name(f"council-{ward_id}", ".html")


def _wards(study: Study) -> Partition:
    wards = study.with_role(Role.WARD)
    assert wards is not None  # noqa: S101  (the plan is validated)
    return wards


def _by_depth(study: Study) -> list[Partition]:
    return sorted(study.partitions.values(), key=lambda p: drawing.DEPTH.index(p.role))


# --- a ward council's districts -------------------------------------------------------------------


def _district(study: Study, districts: Partition, zone_id: Any, row: pd.Series) -> dict[str, Any]:
    figures = study.figures[districts.key].loc[zone_id]
    counted = [
        (count.title, phrases.figure(study, figures[count.key], count.key))
        for count in study.counts.totals
    ]
    counted += [
        (points.title, phrases.places(points.per_zone(districts.key).get(zone_id, 0)))
        for points in study.points
    ]
    wards = _wards(study).zones["name"]
    others = [wards[ward_id] for ward_id in row["other_wards"]]
    elsewhere = Text(f"一部は{'・'.join(others)}にあります。", f"Partly in {', '.join(others)}.")
    return {
        "id": zone_id,
        "name": districts.zones.loc[zone_id, "name"],
        "facts": Text(
            "、".join(f"{title.ja} {figure.ja}" for title, figure in counted),
            ", ".join(f"{title.en}: {figure.en}" for title, figure in counted),
        ),
        "elsewhere": elsewhere if others else None,
        "centres": _centres(study, districts, zone_id),
        "priorities": [
            _item(study, item) for item in rows_of(study.content.items, "zone_id", zone_id)
        ],
        "cases": [_case(case) for case in _cases_of(study, districts, zone_id)],
    }


def _centres(study: Study, districts: Partition, zone_id: str) -> Text | None:
    care = study.with_role(Role.CARE)
    if care is None:
        return None
    said = [
        f"{part['name']} {part['share']}"
        for part in phrases.parts_of(study, districts, care, zone_id)
    ]
    return Text(f"{care.title.ja}: {'、'.join(said)}", f"{care.title.en}: {', '.join(said)}")


def _item(study: Study, item: dict[str, str]) -> dict[str, Any]:
    years = "–".join(dict.fromkeys(filter(None, (item["start_year"], item["end_year"]))))
    who = text_of(item, "who") if item.get("who_ja") else None
    themes = [text_of(theme, "name") for theme in themes_of(item, study.content.themes)]
    return {"text": text_of(item, "text"), "years": years, "who": who, "themes": themes}


def _cases_of(study: Study, districts: Partition, zone_id: str) -> list[dict[str, str]]:
    """The cases of one district: those that name it, not a zone of another partition."""
    named = rows_of(study.content.cases, "zone_id", zone_id)
    return [row for row in named if row.get("partition", districts.key) == districts.key]


def _case(case: dict[str, str]) -> dict[str, Any]:
    return {
        "title": text_of(case, "title"),
        "kind": case["place_kind"],
        "kind_text": PLACE_WORDS.get(case["place_kind"], same(case["place_kind"])),
        "place": text_of(case, "place"),
        "note": text_of(case, "note") if case.get("note_ja") else None,
    }
