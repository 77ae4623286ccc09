"""The lists of a printed sheet: districts with their figures, centres, priority items and cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from . import phrases
from .alignment import AREA
from .attach import main_wards, records, rows_of, zones_of_ward
from .canvas import INK, SOFT
from .content_words import (
    CASES,
    GOAL_WORDS,
    SIGN,
    case,
    cases_at,
    flags,
    goals,
    items,
    items_title,
)
from .districts import facts, in_one_line
from .lettering import held
from .masthead import wards_of
from .partition import Partition
from .plan import CITY, SheetPlan
from .study import Study
from .typeset import Paragraph
from .words import Text, same

#: Sizes of headings, text and notes.
HEAD_PT, TEXT_PT, NOTE_PT = 11.0, 8.5, 7.5
INDENT_IN = 0.13
OWN = Text("目標・項目・取組事例", "Goals, items and case studies")
NO_CENTRE = Text("なし", "none")
NO_ITEM = Text("項目はまだ入力されていません。", "No item entered.")

Say = Callable[[Text], str]
Group = list[Paragraph]
#: The title of a group of districts, and their ids.
Titled = tuple[str, list[str]]


def numbered(study: Study, asked: SheetPlan, ward_id: str | None) -> list[Titled]:
    """The districts of a sheet in the order of their numbers: titles of groups, and ids."""
    wards, districts = wards_of(study), study.partitions[asked.districts]
    table = study.crosswalks[wards.key, districts.key]
    title = districts.title.ja
    if ward_id is not None:
        here, name = zones_of_ward(table, ward_id), str(wards.zones["name"][ward_id])
        main, partly = here.index[here["is_main"]], here.index[~here["is_main"]]
        return [
            (f"{name}の{title}（{len(main)}）", list(main)),
            (f"一部だけが{name}に入る{title}（{len(partly)}）", list(partly)),
        ]
    ward_of = main_wards(table).reindex(districts.zones.index)
    found = []
    for one in wards.zones.index:
        its = list(ward_of.index[ward_of == one])
        found.append((f"{wards.zones['name'][one]!s}（{len(its)}）", its))
    beyond = list(ward_of.index[ward_of.isna()])
    return [*found, (f"どの区にも入らない{title}（{len(beyond)}）", beyond)]


@dataclass(frozen=True, eq=False)
class Lists:
    """What the lists of a sheet are made of; `centres` are those in charge, None: not asked for."""

    study: Study
    districts: Partition
    centres: Partition | None
    say: Say

    @cached_property
    def parts(self) -> dict[str, list[dict[str, Any]]]:
        """The centres that hold each district."""
        assert self.centres is not None  # noqa: S101  (asked where there are centres)
        table = self.study.crosswalks[self.districts.key, self.centres.key]
        return phrases.parts_by_zone(self.study, table, self.centres)


def listed(
    lists: Lists, ward_id: str | None, groups: Sequence[Titled], elsewhere: int = 0
) -> list[Group]:
    """What a sheet lists: lines that belong together are one group.

    The goal, the items and the cases of the ward (else of the city), then the districts of each of
    `groups`, with theirs. The first groups are counted, but not listed: so many are `elsewhere`.
    """
    study, say = lists.study, lists.say
    own = [*_own(study, ward_id, say), _other_cases(lists, ward_id, groups)]
    found = [group for group in own if group]
    numbers = count(1 + sum(len(its) for _, its in groups[:elsewhere]))
    for title, zones in groups[elsewhere:]:
        for place, zone_id in enumerate(zones):
            later = bool(found)
            head = [] if place else [_heading(say(same(title)), later=later)]
            found.append([*head, *_district(lists, zone_id, next(numbers))])
    return found


def _own(study: Study, ward_id: str | None, say: Say) -> Iterator[Group]:
    """The goal, the viewpoints and policies, and the items of a ward, or of the city."""
    its = goals(study, ward_id)
    goal = [*filter(None, [its["goal"]]), *its["more"]]
    for word, rows in (
        (GOAL_WORDS["goal"], [one | {"number": None} for one in goal]),
        (GOAL_WORDS["viewpoint"], its["viewpoints"]),
        (GOAL_WORDS["policy"], its["policies"]),
        *((same(one["kind"]), [one]) for one in its["others"]),
    ):
        yield [
            *([Paragraph(say(word), HEAD_PT, before=0.08)] if rows else []),
            *(Paragraph(_told(row, say), TEXT_PT, INK, INDENT_IN) for row in rows),
        ]
    of = (CITY, "") if ward_id is None else (wards_of(study).key, ward_id)
    rows = items(study, *of)
    head = [Paragraph(say(items_title(study, of[0])), HEAD_PT, before=0.08)] if rows else []
    yield [*head, *(line for row in rows for line in _item(row, say))]


def _other_cases(lists: Lists, ward_id: str | None, groups: Sequence[Titled]) -> Group:
    """The cases of a ward (else those of no ward) that stand with none of the districts."""
    study, say, key = lists.study, lists.say, lists.districts.key
    wards = wards_of(study).zones["name"]
    if ward_id is None:
        known = records(study.content.cases)
        known = [row for row in known if row["ward_code"] not in wards.index]
    else:
        known = rows_of(study.content.cases, "ward_code", ward_id)
    told = [row for _, its in groups for zone in its for row in cases_at(study, key, zone)]
    others = [row for row in known if row not in told]
    name = study.plan.city if ward_id is None else same(str(wards[ward_id]))
    title = Text(f"{name.ja}の{CASES.ja}", f"{CASES.en}: {name.en}")
    head = [Paragraph(say(title), HEAD_PT, before=0.08)] if others else []
    return [*head, *(line for row in others for line in _case(study, row, say, ""))]


def _case(study: Study, row: dict[str, str], say: Say, before: str) -> Iterator[Paragraph]:
    """A case, and what kind of place it has: sheets have no dots."""
    its = case(study, row, ())
    yield Paragraph(f"・{before}{say(its['title'])}", TEXT_PT, INK, INDENT_IN, before=0.03)
    kind, place = its["kind_text"], its["place"]
    where = Text(f"{kind.ja}: {place.ja}", f"{kind.en}: {place.en}")
    yield Paragraph(say(where), NOTE_PT, SOFT, 2 * INDENT_IN)


def _told(goal: dict[str, Any], say: Say) -> str:
    """A goal behind its number in the plan."""
    sign = "・" if goal["number"] is None else f"{goal['number']}. "
    return f"{sign}{say(goal['text'])}"


def _heading(title: str, *, later: bool) -> Paragraph:
    return Paragraph(title, HEAD_PT + 2, INK, before=0.2 if later else 0.0)


def _district(lists: Lists, zone_id: str, number: int) -> Iterator[Paragraph]:
    study, say, of = lists.study, lists.say, lists.districts
    name = say(same(str(of.zones["name"][zone_id])))
    yield Paragraph(f"{number}　{name}", HEAD_PT, before=0.1)
    for flag in flags(study, of.key, zone_id):
        yield Paragraph(f"{SIGN} {say(flag)}", TEXT_PT, INK, INDENT_IN)
    yield Paragraph(say(in_one_line(facts(study, of, zone_id))), NOTE_PT, SOFT, INDENT_IN)
    if lists.centres:
        yield Paragraph(_served_by(lists, lists.centres, zone_id), TEXT_PT, INK, INDENT_IN)
    its = items(study, of.key, zone_id)
    if not its:
        yield Paragraph(say(NO_ITEM), NOTE_PT, SOFT, INDENT_IN)
    for item in its:
        yield from _item(item, say)
    for row in cases_at(study, of.key, zone_id):
        yield from _case(study, row, say, f"{say(CASES)}: ")


def _served_by(lists: Lists, centres: Partition, zone_id: str) -> str:
    """Which centres serve a district, and what share of it each; of land where nobody is known."""
    parts, people = lists.parts[zone_id], lists.study.people
    shares = [held(lists.say(same(f"{part['name']} {part['share']}"))) for part in parts]
    by_area = people is None or any(part["weight"] == AREA for part in parts)
    weighed = Text("面積", "Area") if people is None or by_area else people.title
    title = Text(
        f"{centres.title.ja}（{weighed.ja}の割合）",
        f"{centres.title.en} (share of {phrases.inside(weighed)})",
    )
    return f"{lists.say(title)}: {'、'.join(shares) or lists.say(NO_CENTRE)}"


def _item(item: dict[str, Any], say: Say) -> Iterator[Paragraph]:
    yield Paragraph(f"・{say(item['text'])}", TEXT_PT, INK, INDENT_IN, before=0.03)
    who = say(Text(f"だれが: {item['who'].ja}", f"Who: {item['who'].en}")) if item["who"] else ""
    if meta := "　".join(filter(None, (say(item["years"]), who))):
        yield Paragraph(meta, NOTE_PT, SOFT, 2 * INDENT_IN)
    for mark in item["marks"]:
        yield Paragraph(say(mark), NOTE_PT, SOFT, 2 * INDENT_IN)


def list_title(study: Study, asked: SheetPlan, *, districts: bool) -> Text:
    """What lists with or without districts are about."""
    if not districts:
        return OWN
    title, its = study.partitions[asked.districts].title, items_title(study)
    return Text(f"{title.ja}と{its.ja}", f"{title.en} and {phrases.inside(its)}")
