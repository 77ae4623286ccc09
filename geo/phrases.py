"""Figures as people read them: headlines, sentences, shares, and what they are made of."""

from __future__ import annotations

from collections import defaultdict
from math import isnan
from typing import Any

import pandas as pd

from .alignment import AREA, Alignment
from .findings import Finding, Severity
from .overlap import pairs
from .partition import Partition
from .plan import Count, Role
from .slivers import counting
from .study import Study
from .words import Text, same

#: A share below this is the rounding of a computer.
NOTHING = 1e-9
SEVERITY_WORDS = {
    Severity.ERROR: Text("誤り", "Error"),
    Severity.WARNING: Text("注意", "Warning"),
    Severity.NOTE: Text("参考", "Note"),
}
#: What findings are measured in; those of the plan's counts are its own.
UNITS = {
    "m2": Text("m²", "m²"),
    "years": Text("年", "years"),
    "people": Text("人", "people"),
    "towns": Text("町丁目", "towns"),
    "zones": Text("区域", "zones"),
    "points": Text("地点", "points"),
    "offices": Text("事務所", "offices"),
    "cases": Text("事例", "cases"),
    "items": Text("項目", "items"),
    "marks": Text("評価", "marks"),
    "cells": Text("マス", "cells"),
    "rows": Text("行", "rows"),
}


def headline(study: Study, left: Partition, right: Partition) -> Text:
    one = study.alignments[left.key, right.key][study.weight]
    return Text(
        f"{left.title.ja}{one.zones}のうち{one.split_zones}が、"
        f"2つ以上の{right.title.ja}に分かれています。",
        f"{one.split_zones} of {one.zones} {inside(left.title)} lie in two or more "
        f"{inside(right.title)}.",
    )


def sentence(study: Study, left: Partition, right: Partition) -> Text:
    one = study.alignments[left.key, right.key][study.weight]
    if study.people is None or isnan(one.minority_share):
        return Text("人口がわからないため、面積だけで比べています。", "Compared by area only.")
    minority, total = figure(study, one.minority), figure(study, one.total)
    share, people = percent(one.minority_share), _people(study.people)
    return Text(
        f"{study.people.title.ja}{total.ja}のうち{minority.ja}（{share}）は、"
        f"同じ{left.title.ja}の多数派とは別の{right.title.ja}に住んでいます。",
        f"{one.minority:,.0f} of {one.total:,.0f} {people} ({share}) are in other "
        f"{inside(right.title)} than most {people} of their own {inside(left.title)}.",
    )


def readings(study: Study, left: Partition, right: Partition) -> list[Text]:
    """The other measures of the headline, one plain sentence each."""
    one = study.alignments[left.key, right.key][study.weight]
    if isnan(one.minority_share):
        one = study.alignments[left.key, right.key][AREA]
    ja, en = (left.title.ja, right.title.ja), (inside(left.title), inside(right.title))
    effective, contained = near(one.effective_zones, 1), near(one.containment, 1)
    least = one.coordination_pairs - one.excess_parts
    return [
        Text(
            f"{ja[0]}と{ja[1]}の連携の組は{one.coordination_pairs}、最少は{least}です。",
            f"{least} {en[0]} need {one.coordination_pairs} working relations with {en[1]}; "
            f"{least} is the least possible.",
        ),
        Text(
            f"1つの{ja[0]}を、平均{effective}の{ja[1]}が分け合っているのと同じです"
            "（1.00: 完全に一致）。",
            f"On average {en[0]} are divided as if each lay in {effective} {en[1]} "
            "(1.00: aligned).",
        ),
        _drawn(study, one, left, right),
        Text(
            f"{ja[0]}が1つの{ja[1]}に収まっている度合いは{contained}です"
            "（1.00: どれも収まっている、0.00: 無関係）。",
            f"{left.title.en} lie within single {en[1]} to a degree of {contained} "
            "(1.00: every one wholly; 0.00: unrelated).",
        ),
    ]


def _drawn(study: Study, one: Alignment, left: Partition, right: Partition) -> Text:
    """How likely two of a zone are apart."""
    two = Text("2地点", "two places")
    if study.people is not None and one.weight == study.people.key:
        title, unit = study.people.title, study.people.unit
        two = Text(f"{title.ja}を2{unit.ja or 'つ'}", f"two {_people(study.people)}")
    chance = percent(one.split_pairs)
    return Text(
        f"同じ{left.title.ja}から{two.ja}選ぶと、{chance}の確率で{right.title.ja}が異なります。",
        f"{_capital(two.en)} picked at random in any one of the {inside(left.title)} are in "
        f"different {inside(right.title)} {chance} of the time.",
    )


def tolerances(study: Study, left: Partition, right: Partition) -> Text:
    """How much the counts hang on the width of slivers."""
    by_width = study.sensitivity.get((left.key, right.key))
    if by_width is None:
        return Text(
            "町丁目ごとに集計したため、境界のずれの幅は分かれた数に影響しません。",
            "Added up by towns: no width of slivers changes these counts.",
        )
    rows = list(by_width.itertuples())
    ja = "、".join(f"{one.Index:g} m: {one.split_zones}（連携の組{one.pairs}）" for one in rows)
    en = "; ".join(f"{one.Index:g} m: {one.split_zones} ({one.pairs} pairs)" for one in rows)
    return Text(
        f"どこも次の幅に満たない重なりを数えないとき、分かれている{left.title.ja}は、{ja}。",
        f"Split {inside(left.title)}, leaving out overlaps that are nowhere as wide as {en}.",
    )


def way(study: Study, left: Partition, right: Partition) -> Text:
    """How their overlaps were computed, and what that assumes."""
    how = study.way((left.key, right.key)).said
    assumed = study.weighting((left.key, right.key)).said
    return Text(f"{how.ja}。{assumed.ja}。", f"{_capital(how.en)}. {_capital(assumed.en)}.")


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def inside(title: Text) -> str:
    """An English title within a sentence.

    >>> inside(Text("圏域", "Care-centre areas")), inside(Text("区域", "NPO areas"))
    ('care-centre areas', 'NPO areas')
    """
    first, second = title.en[:1], title.en[1:2]
    return title.en if second.isupper() else first.lower() + title.en[1:]


def _people(count: Count) -> str:
    """Whom a count counts: residents, households; where its title is no plural, its unit."""
    plural = count.title.en.endswith("s") or not count.unit.en
    return inside(count.title) if plural else count.unit.en


def figure(study: Study, value: float, key: str | None = None) -> Text:
    """A count or an area as people read it; what is not known says so."""
    if pd.isna(value):
        return Text("不明", "not known")
    if (key or study.weight) == AREA:
        return same(f"{value / 1e6:,.2f} km²")
    count = next(c for c in study.counts.defined if c.key == (key or study.weight))
    unit = f" {count.unit.en}" if count.unit.en else ""
    return Text(f"{value:,.0f}{count.unit.ja}", f"{value:,.0f}{unit}")


def places(number: int) -> Text:
    """How many facilities.

    >>> places(1200).ja
    '1,200か所'
    """
    return Text(f"{number:,}か所", f"{number:,}")


def percent(value: float) -> str:
    """A share. Only what is nothing reads 0.0%, and only what is all reads 100.0%.

    >>> percent(0.1678), percent(0), percent(0.0004), percent(0.9996), percent(1)
    ('16.8%', '0.0%', '<0.1%', '>99.9%', '100.0%')
    >>> percent(float("nan"))
    '–'
    """
    if pd.isna(value):
        return "–"
    if NOTHING < value < 0.0005:
        return "<0.1%"
    if 0.9995 <= value < 1 - NOTHING:
        return ">99.9%"
    return f"{value:.1%}"


def near(value: float, ideal: float) -> str:
    """A measure to two places. Only what is the ideal reads as the ideal.

    >>> near(1.433, 1), near(1.001, 1), near(0.9996, 1), near(1, 1), near(float("nan"), 1)
    ('1.43', '>1.00', '<1.00', '1.00', '–')
    """
    if pd.isna(value):
        return "–"
    said = f"{value:.2f}"
    if said != f"{ideal:.2f}" or abs(value - ideal) < NOTHING:
        return said
    return f"{'>' if value > ideal else '<'}{said}"


def where(study: Study, finding: Finding) -> Text:
    """The partition a finding is about; else the file or the layer."""
    known = study.known(finding.where)
    return known.title if known else same(finding.where)


def names(study: Study, finding: Finding, most: int = 5) -> str:
    """The zones and towns of a finding by name; a word that is no id stays as it is."""
    about = (study.known(finding.where), study.with_role(Role.UNITS))
    known = [partition.zones["name"] for partition in about if partition]
    said = [next((str(n[one]) for n in known if one in n.index), one) for one in finding.place]
    return ", ".join(said[:most]) + (" …" if len(said) > most else "")


def units(study: Study) -> dict[str, Text]:
    """What findings are measured in, by their word for it."""
    return UNITS | {one.unit.en: one.unit for one in study.counts.defined if one.unit.en}


def amount(study: Study, finding: Finding) -> Text:
    """How much a finding is about, with its unit; "": it has no amount."""
    if finding.amount is None:
        return same("")
    unit, number = units(study).get(finding.unit, same(finding.unit)), f"{finding.amount:,.0f}"
    gap = " " if unit.ja[:1].isascii() else ""
    return Text(f"{number}{gap}{unit.ja}".strip(), f"{number} {unit.en}".strip())


def counted(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a crosswalk that count as parts of the zones on the left."""
    inner = pairs(table)
    return inner[counting(inner)]


def parts_of(study: Study, left: Partition, right: Partition, zone_id: str) -> list[dict[str, Any]]:
    """The zones on the right that hold a zone on the left, most people (else land) first."""
    table = study.crosswalks[left.key, right.key]
    held = zone_id in table.index.get_level_values("left_id")
    return parts_by_zone(study, table.loc[[zone_id]], right)[zone_id] if held else []


def parts_by_zone(
    study: Study, table: pd.DataFrame, right: Partition
) -> defaultdict[str, list[dict[str, Any]]]:
    """The zones on the right that hold each zone on the left of a crosswalk with `right`.

    Most people first, with the share of each (0 to 1); of a zone whose people nobody knows, or that
    has none, most land.
    """
    rows = counted(table)
    zone = rows.index.get_level_values("left_id")
    populated = rows[study.weight].groupby(zone).transform("sum") > 0
    weighed = rows[study.weight].where(populated, rows[AREA])
    share = weighed / weighed.groupby(zone).transform("sum")
    order = share.sort_values(ascending=False, kind="stable").index
    figures = (rows[study.weight][order], share[order], populated[order])
    found = defaultdict(list)
    for (zone_id, other), value, fraction, by_people in zip(order, *figures, strict=True):
        found[zone_id].append(
            {
                "id": other,
                "name": right.zones.at[other, "name"],
                "value": value,
                "people": figure(study, value),
                "share": percent(fraction),
                "fraction": fraction,
                "weight": study.weight if by_people else AREA,
            }
        )
    return found


def told(study: Study, finding: Finding) -> dict[str, Any]:
    """A finding in words; zones by their names."""
    return {
        "what": finding.what,
        "severity_text": SEVERITY_WORDS[finding.severity],
        "where": where(study, finding),
        "names": names(study, finding),
        "amount": amount(study, finding),
    }
