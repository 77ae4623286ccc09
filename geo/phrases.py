"""Figures as people read them: headlines, sentences, shares, and what they are made of."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd

from .alignment import AREA
from .overlap import pairs
from .partition import Partition
from .study import Study
from .words import Text, same


def headline(study: Study, left: Partition, right: Partition) -> Text:
    one = study.alignments[left.key, right.key][study.weight]
    return Text(
        f"{left.title.ja}{one.zones}のうち{one.split_zones}が、"
        f"2つ以上の{right.title.ja}に分かれています。",
        f"{one.split_zones} of {one.zones} {left.title.en.lower()} lie in two or more "
        f"{right.title.en.lower()}.",
    )


def sentence(study: Study, left: Partition, right: Partition) -> Text:
    one = study.alignments[left.key, right.key][study.weight]
    if study.people is None or isnan(one.minority_share):
        return Text("人口がわからないため、面積だけで比べています。", "Compared by area only.")
    minority, total = figure(study, one.minority), figure(study, one.total)
    return Text(
        f"{study.people.title.ja}{total.ja}のうち{minority.ja}（{one.minority_share:.1%}）は、"
        f"同じ{left.title.ja}の多数派とは別の{right.title.ja}に住んでいます。",
        f"{minority.en} of {total.en} {study.people.title.en.lower()} ({one.minority_share:.1%}) "
        f"are not in the one of the {right.title.en.lower()} that most of their neighbours in "
        f"{left.title.en.lower()} are in.",
    )


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
    return "–" if pd.isna(value) else f"{value:.1%}"


def more(amount: float | None, unit: str, place: tuple[str, ...]) -> str:
    shown = ", ".join(place[:5]) + (" …" if len(place) > 5 else "")
    size = "" if amount is None else f" {amount:,.0f} {unit.replace('m2', 'm²')}"
    return f"{shown}{size}".strip()


def parts_of(study: Study, left: Partition, right: Partition, zone_id: str) -> list[dict[str, Any]]:
    """The zones on the right that hold a zone on the left, most people (else land) first."""
    table = pairs(study.crosswalks[left.key, right.key])
    if zone_id not in table.index.get_level_values("left_id"):
        return []
    rows = table.loc[[zone_id]].droplevel("left_id")
    counted = rows[rows["share_of_left"] > study.rule((left.key, right.key)).min_share]
    rows = rows if counted.empty else counted
    total = rows[study.weight].sum(min_count=1)
    weight = study.weight if total and not isnan(total) else AREA
    share = rows[weight] / rows[weight].sum()
    order = share.sort_values(ascending=False, kind="stable").index
    return [
        {
            "name": right.zones.loc[other, "name"],
            "people": figure(study, rows.loc[other, study.weight]),
            "share": percent(share[other]),
        }
        for other in order
    ]


def split_table(study: Study, left: Partition, right: Partition) -> list[dict[str, Any]]:
    """The split zones, most people on the minority side first."""
    zones = study.zones[left.key, right.key][study.weight]
    split = zones[zones["parts"] > 1].sort_values("minority", ascending=False, kind="stable")
    return [
        {
            "id": zone_id,
            "name": left.zones.loc[zone_id, "name"],
            "parts": parts_of(study, left, right, zone_id),
        }
        for zone_id in split.index
    ]
