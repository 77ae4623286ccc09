"""Indicators in words: what a figure rests on, how much it covers, of when it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isnan, log10

import numpy as np
import pandas as pd

from .indicators import ALL, STATED, Estimate
from .phrases import inside, percent
from .reallocation import Basis
from .study import Study
from .words import Text

#: How a zone that is divided is shared out.
_DIVIDED = {
    Basis.WHOLE: Text("どれも分かれない", "none of them is divided"),
    Basis.PEOPLE: Text("分かれる所では、{ja}の数に応じて", "divided by where {en} are"),
    Basis.AREA: Text("分かれる所では、面積に応じて", "divided by area"),
    Basis.BOTH: Text(
        "分かれる所では、{ja}の数か、いなければ面積に応じて",
        "divided by where {en} are, or by area where there are none",
    ),
}


def decimals(values: pd.Series) -> int:
    """So many decimals that a typical figure has about three digits.

    >>> decimals(pd.Series([5432.1, 812.0])), decimals(pd.Series([0.31, np.nan]))
    (0, 3)
    """
    typical = values.abs().median()
    return int(np.clip(2 - floor(log10(typical)), 0, 3)) if typical > 0 else 0


def of_partition(study: Study, key: str) -> list[Estimate]:
    """The indicators of the zones of a partition, in the order of the plan."""
    return [one for one in study.indicators if one.of == key]


@dataclass(frozen=True)
class Fact:
    """One figure of a zone in words; `basis` is what it rests on, where that is to be said."""

    title: Text
    figure: Text
    basis: Text | None = None


def basis(study: Study, one: Estimate) -> Text:
    """What the figures of a partition rest on, in a sentence or two."""
    source = one.stated.zones.title
    if one.way == STATED:
        how = Text(f"{source.ja}ごとの値。", f"The figure of each of the {inside(source)}.")
    elif _is_exact(one):
        how = _exactly(one)
    elif one.per is not None:
        how = Text(
            f"{source.ja}の値を、{one.per.title.ja}で重みをつけて平均した推計。",
            f"Estimated: the mean of {inside(source)}, weighted by {inside(one.per.title)}.",
        )
    else:
        divided = _divided(study, one)
        how = Text(
            f"{source.ja}の値を割り振った推計（{divided.ja}）。",
            f"Estimated from {inside(source)} ({divided.en}).",
        )
    return Text(how.ja + _covered(study, one).ja, f"{how.en} {_covered(study, one).en}".rstrip())


def _is_exact(one: Estimate) -> bool:
    """Whether no source zone is divided anywhere."""
    return set(one.table["basis"]) <= {str(Basis.NOTHING), str(Basis.WHOLE)}


def _exactly(one: Estimate) -> Text:
    """What figures of whole zones are: no estimates."""
    source, whole = one.stated.zones.title, _DIVIDED[Basis.WHOLE]
    if one.per is None:
        return Text(
            f"{source.ja}の値の合計（{whole.ja}）。", f"The sum over {inside(source)} ({whole.en})."
        )
    return Text(
        f"{source.ja}の値を、{one.per.title.ja}で重みをつけて平均した値（{whole.ja}）。",
        f"The mean of {inside(source)}, weighted by {inside(one.per.title)} ({whole.en}).",
    )


def _divided(study: Study, one: Estimate) -> Text:
    """How its source zones were divided, all in all."""
    used = {Basis(word) for word in one.table["basis"]} - {Basis.NOTHING, Basis.WHOLE}
    return _divided_by(study, used.pop() if len(used) == 1 else Basis.BOTH)


def _divided_by(study: Study, way: Basis) -> Text:
    people = study.people.title if study.people else Text("人", "people")
    said = _DIVIDED[way]
    return Text(said.ja.format(ja=people.ja), said.en.format(en=inside(people)))


def _covered(study: Study, one: Estimate) -> Text:
    """How many zones are known only in part, or not at all; nothing where all are known."""
    known, of = one.table["value"].notna(), _seen(study)
    covered = one.table["covered"][known]
    partly, unknown = int((covered < ALL).sum()), int((~known).sum())
    ja, en = [], []
    if partly:
        least = percent(covered.min())
        ja.append(f"{partly}区域は、{of.ja}の一部の分しかわからない（最小{least}）。")
        en.append(f"In {partly} of the zones only a part of {of.en} is known, {least} at least.")
    if unknown:
        ja.append(f"{unknown}区域は不明。")
        en.append(f"Not known at all in {unknown} of them.")
    return Text("".join(ja), " ".join(en))


def _seen(study: Study) -> Text:
    """Of what a figure covers a share."""
    return Text("人", "the people") if study.people else Text("面積", "the land")


def source(one: Estimate) -> Text:
    """Where an indicator comes from, and of when it is."""
    ja = "、".join(f"{s.title.ja}（{s.publisher.ja}）" for s in one.sources)
    en = "; ".join(f"{s.title.en} ({s.publisher.en})" for s in one.sources)
    plan = one.plan
    return Text(f"{ja or plan.title.ja}、{plan.date}", f"{en or plan.title.en}, {plan.date}")


def figures_of(study: Study, key: str, zone_id: str) -> list[Fact]:
    """Every indicator of one zone of a partition."""
    return [
        Fact(one.count.title, said(study, one, zone_id), _basis_of(study, one, zone_id))
        for one in of_partition(study, key)
    ]


def _basis_of(study: Study, one: Estimate, zone_id: str) -> Text | None:
    """What the figure of one zone rests on; nothing is to be said of a stated one."""
    way, source = Basis(one.table["basis"][zone_id]), one.stated.zones.title
    if way in (Basis.NOTHING, Basis.STATED):
        return None
    if one.per is not None:
        of = Text(
            f"{source.ja}の値の、{one.per.title.ja}で重みをつけた平均",
            f"mean of {inside(source)}, weighted by {inside(one.per.title)}",
        )
        if way is Basis.DENOMINATOR:
            return of
    else:
        of = Text(f"{source.ja}の値から", f"from {inside(source)}")
    how = _divided_by(study, way)
    return Text(f"{of.ja}（{how.ja}）", f"{of.en} ({how.en})")


def said(study: Study, one: Estimate, zone_id: str) -> Text:
    """A figure with its unit, whether it is an estimate, its date, and what it covers."""
    value, covered = (float(one.table[column][zone_id]) for column in ("value", "covered"))
    if isnan(value):
        return Text(f"不明（{one.plan.date}）", f"not known ({one.plan.date})")
    exact = Basis(one.table["basis"][zone_id]) in (Basis.STATED, Basis.WHOLE)
    ja, en = ([], []) if exact else (["推計"], ["estimate"])
    ja.append(one.plan.date)
    en.append(one.plan.date)
    if covered < ALL:
        share, of = percent(covered), _seen(study)
        ja.append(f"{of.ja}の{share}の分")
        en.append(f"for {share} of {of.en}")
    number = f"{value:,.{decimals(one.table['value'])}f}"
    unit = f" {one.count.unit.en}" if one.count.unit.en not in ("", "%") else one.count.unit.en
    return Text(
        f"{number}{one.count.unit.ja}（{'、'.join(ja)}）", f"{number}{unit} ({', '.join(en)})"
    )
