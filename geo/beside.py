"""Today beside each proposal, row by row: what pages show of proposals, in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from .phrases import figure, near, percent
from .proposal_tables import option_title, proved
from .proposals import Option, Proposals
from .study import Study
from .words import Text, same

#: Where today has nothing to say.
NOTHING = same("–")

TITLES = {
    "splits": Text(
        "残る分割（2つに分かれた区域は1、3つなら2と数える）",
        "Splits left (a zone in two parts counts 1, in three 2)",
    ),
    "moved": Text("担当が変わる住民", "People who would change"),
    "towns": Text("移る町丁目", "Towns that move"),
    "farthest": Text("いちばん遠くなる距離", "Longest extra way"),
    "proof": Text("移動が最も少ないこと", "That nothing less would do"),
}
#: Measures of how the partitions agree, and what they are called.
MEASURES = {
    "split_zones": Text("分かれている数", "Zones split"),
    "coordination_pairs": Text("連携の組", "Pairs that work together"),
    "minority": Text("少数側の住民", "People on the minority side"),
    "effective_zones": Text("実質の担当数", "Effective zones"),
}
#: Titles where nobody is counted.
OF_AREA = {
    "moved": Text("担当が変わる面積", "Area that would change"),
    "minority": Text("少数側の面積", "Area on the minority side"),
}
#: The rows that planners see beside the map; the page of proposals has all of them.
BRIEF = ("splits", "moved", "coordination_pairs", "farthest", "proof")


@dataclass(frozen=True)
class Row:
    """What one row says of today and, in their order, of the proposals."""

    key: str
    title: Text
    values: tuple[Text, ...]


def beside(study: Study, found: Proposals) -> list[Row]:
    """Today and what each proposal comes to; no rows where there are no proposals."""
    if not found.options:
        return []
    total = float(found.front.blocks.table[study.weight].sum())
    said: dict[str, Sequence[Text | int]] = {
        "splits": [found.front.splits_today, *(one.proposal.splits for one in found.options)],
        "moved": [_moved(study, one.proposal.moved, total) for one in found.options],
        "towns": [len(one.moves) for one in found.options],
        "farthest": [_farthest(one) for one in found.options],
        "proof": [proved(one) for one in found.options],
        **{name: _measure(study, found, name) for name in MEASURES},
    }
    titles = TITLES | MEASURES | (OF_AREA if study.people is None else {})
    return [_row(key, titles[key], values, 1 + len(found.options)) for key, values in said.items()]


def unlike_maps(
    study: Study, found: Proposals, names: Sequence[str] = tuple(MEASURES)
) -> Text | None:
    """Why figures of today are others than on maps, where any of these measures is."""
    blocks, reverse = found.front.blocks, found.front.rules.reverse
    left, right = (blocks.kept.key, blocks.moving.key)[:: -1 if reverse else 1]
    drawn = study.alignments.get((left, right), {}).get(study.weight)
    if drawn is None or not found.options:
        return None
    titles = MEASURES | (OF_AREA if study.people is None else {})
    other = [
        (titles[name], there)
        for name in names
        for there in [_value(study, name, getattr(drawn, name))]
        if there != _measure(study, found, name)[0]
    ]
    if not other:
        return None
    ja = "、".join(f"{title.ja} {there.ja}" for title, there in other)
    en = "; ".join(f"{title.en}: {there.en}" for title, there in other)
    return Text(
        "「今」の数が、境界を重ねて数える地図の数と違うのは、提案では町丁目とその一部を単位に数え、"
        f"細い重なりはその町丁目に含めるためです（地図では{ja}）。",
        "Today's figures differ from those of the maps, which intersect borders: proposals count "
        f"towns and parts of towns, and slivers go with their town (on the maps {en}).",
    )


def brief(study: Study) -> dict[str, Any] | None:
    """Today beside the proposals in few rows, with the layers to show; None without proposals."""
    found = study.proposals
    if found is None or not found.options:
        return None
    rows = {row.key: row for row in beside(study, found)}
    return {
        "today": found.front.blocks.moving.key,
        "options": [
            {"key": f"option-{one.label}", "title": option_title(one)} for one in found.options
        ],
        "rows": [rows[key] for key in BRIEF],
        "unlike": unlike_maps(study, found, [key for key in BRIEF if key in MEASURES]),
    }


def _row(key: str, title: Text, values: Sequence[Text | int], count: int) -> Row:
    """A row of so many values; where one is missing, today has nothing to say."""
    said = [one if isinstance(one, Text) else same(f"{one:,}") for one in values]
    return Row(key, title, (*[NOTHING] * (count - len(said)), *said))


def _moved(study: Study, moved: float, total: float) -> Text:
    said, share = figure(study, moved), percent(moved / total)
    return Text(f"{said.ja} ({share})", f"{said.en} ({share})")


def _farthest(option: Option) -> Text:
    if not len(option.moves):
        return NOTHING
    more = option.moves["metres_more"].max()
    return Text("不明", "not known") if isnan(more) else same(f"{more:+,.0f} m")


def _measure(study: Study, found: Proposals, name: str) -> list[Text]:
    """One measure of today and of each proposal."""
    columns = [(found.options[0], "before"), *((one, "after") for one in found.options)]
    said = []
    for option, side in columns:
        table = option.measures.set_index(["weight", "measure"])[side]
        said.append(_value(study, name, table[study.weight, name]))
    return said


def _value(study: Study, name: str, value: float) -> Text:
    if name == "minority":
        return figure(study, value)
    return same(near(value, 1) if name == "effective_zones" else f"{value:,.0f}")
