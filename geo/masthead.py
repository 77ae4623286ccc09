"""What all pages share: the links between them, sources, notices; names of files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .drawing import DEPTH
from .origins import of_council, of_embed, of_period, of_planner, of_proposals
from .partition import Partition
from .plan import EmbedMap, PeriodPlan, PlannerMap, Role, Source
from .shapes import Shapes
from .study import Study
from .table import file_name
from .words import Text, same

ALIGN = Text("区域をそろえる提案", "Proposals to align the areas")


INDEX = "index.html"
#: The page of the whole city, where a plan has pages for its councils.
CITY_FILE = "council.html"

PLANNERS = Text("計画を担当する人", "planners")
COUNCILS = Text("区の協議会", "ward councils")
PUBLISHERS = Text("ほかのページに載せる人", "publishers")


NOTHING = Text("", "")


@dataclass(frozen=True)
class Link:
    """A link to a page; the index says what it is for, for whom, and where its data are from."""

    href: str
    text: Text
    purpose: Text = NOTHING
    whom: Text = NOTHING
    sources: tuple[Source, ...] = ()
    here: bool = False


def masthead(study: Study, here: str) -> dict[str, Any]:
    """What the head and the foot of the page called `here` show."""
    plan = study.plan
    pages = [link for link in links(study) if link.href != "embed.html"]
    top = Link(INDEX, Text("目次", "Contents"))
    notes = [partition.note for partition in study.partitions.values() if partition.note]
    return {
        "study": {
            "schematic": plan.schematic,
            "schematic_short": Text("模式図", "schematic"),
            "sources": study.every_source if here == INDEX else study.sources,
            "notes": notes,
            "dated": Text(f"{plan.title.ja}（{plan.date}）", f"{plan.title.en} ({plan.date})"),
        },
        "links": [replace(link, here=link.href == here) for link in (top, *pages)],
    }


def links(study: Study) -> list[Link]:
    """The pages of a build: where areas disagree, how they could agree, what changed, the rest."""
    first, found = [], []
    if study.proposals:
        purpose = Text(
            "区域をそろえる提案。分割を減らすには何人の担当が変わるか、残る分割の理由。",
            "How the areas could be aligned: how many people would change, and why splits remain.",
        )
        found.append(Link("align.html", ALIGN, purpose, PLANNERS, of_proposals(study)))
    found += [_period(study, period) for period in study.plan.period]
    for page in study.plan.map:
        if isinstance(page, PlannerMap):
            purpose = Text(
                "区域のずれを調べるための地図。どこが、何人分、分かれているか。",
                "Where areas disagree, and how many people it concerns.",
            )
            sources = of_planner(study)
            first.append(Link("planner.html", page.title, purpose, PLANNERS, sources))
        elif isinstance(page, EmbedMap):
            purpose = Text("ほかのページに埋め込むための地図。", "A map to stand in another page.")
            sources = of_embed(study, page)
            found.append(Link("embed.html", page.title, purpose, PUBLISHERS, sources))
        else:
            found += _councils(study, of_council(study, page))
    return [*first, *found]


def _period(study: Study, period: PeriodPlan) -> Link:
    """The page of a period, and what is compared there."""
    if period.key in study.revisions:
        purpose = Text(
            "前の計画と今の計画の項目を、地区ごとに比べます。",
            "The items of the plan before and of this one, district by district.",
        )
        sources = of_period(study, period)
        return Link(period_file(period), period.title, purpose, COUNCILS, sources)
    purpose = Text(
        "変更の前と後を比べる地図と表。どこが、何人分、変わったか。",
        "Before and after a change: what changed, and how many people it concerns.",
    )
    return Link(period_file(period), period.title, purpose, PLANNERS, of_period(study, period))


def period_file(period: PeriodPlan) -> str:
    """The name of the page of a period."""
    return f"period-{period.key}.html"


def _councils(study: Study, sources: tuple[Source, ...]) -> list[Link]:
    purpose = Text(
        "すべての区の目標と、市全体の重点取組項目。どの区に何があるか。",
        "The goals of all wards and the items of the whole city: which ward has what.",
    )
    city = Text("市全体", "Whole city")
    found = [Link(CITY_FILE, city, purpose, COUNCILS, sources)]
    for ward_id, name in wards_of(study).zones["name"].items():
        purpose = Text(
            f"{name}の目標、地区ごとの重点取組項目と取組事例。A4で印刷できます。",
            f"{name}: its goal, its districts' priority items and case studies. Prints on A4.",
        )
        found.append(Link(council_file(str(ward_id)), same(name), purpose, COUNCILS, sources))
    return found


def council_file(ward_id: str) -> str:
    """The name of a ward's page."""
    return file_name(f"council-{ward_id}", ".html")


def wards_of(study: Study) -> Partition:
    """The wards, which a plan with councils has."""
    wards = study.with_role(Role.WARD)
    assert wards is not None  # noqa: S101  (the plan is validated)
    return wards


def by_depth(study: Study) -> list[Partition]:
    """The partitions as they lie on the map, the lowest first."""
    return sorted(study.partitions.values(), key=lambda p: DEPTH.index(p.role))


def shapes(study: Study, tolerance_m: float) -> Shapes:
    """The shapes of a study, made simpler by so much."""
    return Shapes(study.with_role(Role.UNITS), tolerance_m)
