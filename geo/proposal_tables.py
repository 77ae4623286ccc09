"""Proposals as tables and as a chart: what `keniki align` and a build write."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from math import isfinite
from typing import Any

import pandas as pd

from .curves import Curve
from .proposals import Option, Proposals
from .realign import Front
from .reasons import Reason
from .table import Table
from .words import Language, Text, same

RULES = "align_rules.csv"

RowsOf = Callable[[Front, Option], pd.DataFrame]


def proposal_tables(found: Proposals) -> list[Table]:
    """The front, and moves, measures, loads and remaining splits of every proposal; the rules."""
    of_options = [_of_options(found, *asked) for asked in OF_OPTIONS if found.options]
    return [_front(found), *of_options, _rules(found)]


def option_title(option: Option) -> Text:
    """What a proposal is called: never "the best"."""
    return Text(f"提案{option.label}", f"Proposal {option.label}")


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table of a proposal, with its index, by column."""
    return [{str(k): v for k, v in row.items()} for row in table.reset_index().to_dict("records")]


def direction(front: Front) -> Text:
    """Which zones change."""
    title = front.blocks.moving.title
    return Text(f"{title.ja}を動かす", f"{title.en} change")


def proved(option: Option) -> Text:
    """How far from the least a proposal may be, in a word."""
    one = option.proposal
    if one.proved:
        return Text("証明済み", "proved")
    gap = f"{(one.moved - one.bound) / one.moved:.1%}" if one.moved else "0%"
    return Text(f"最適値との差は最大{gap}", f"at most {gap} above the least")


def proof(option: Option) -> Text:
    """How far it is proved that nothing less would do."""
    word = proved(option)
    if option.proposal.proved:
        return Text(
            f"{word.ja}: これより少ない移動では、この分割数にならない",
            f"{word.en}: nothing less leaves so few splits",
        )
    return Text(f"時間内に見つかった最良の案（{word.ja}）", f"the best found in time ({word.en})")


def _front(found: Proposals) -> Table:
    labels = {one.proposal.splits: one.label for one in found.options}
    frames = []
    for front in filter(None, (found.front, found.other)):
        rows = front.frame().assign(direction=front.blocks.moving.key)
        named = labels if front is found.front else {}
        frames.append(rows.assign(option=[named.get(k, "") for k in rows["splits"]]))
    if found.both:
        cells = [(p.splits, p.moved, p.bound, p.proved, p.gap) for p in found.both]
        together = pd.DataFrame(cells, columns=["splits", "moved", "bound", "proved", "gap"])
        frames.append(together.assign(direction="both", option=""))
    order = ["direction", "splits", "moved", "bound", "proved", "gap", "option"]
    title = Text("分割の数と移る人数", "Splits left and people moved")
    return Table("align_front.csv", title, pd.concat(frames, ignore_index=True)[order])


def _of_options(found: Proposals, name: str, title: Text, rows_of: RowsOf) -> Table:
    """The rows of all proposals, one below the other."""
    frames = [rows_of(found.front, one).assign(option=one.label) for one in found.options]
    table = pd.concat(frames, ignore_index=True)
    return Table(name, title, table[["option", *table.columns.drop("option")]])


def _moves(front: Front, option: Option) -> pd.DataFrame:
    kept = front.blocks.kept.key
    names = {
        "name": "block_name",
        "area_m2": "block_area_m2",
        "kept_id": f"{kept}_id",
        "kept_name": f"{kept}_name",
    }
    return option.moves.reset_index().rename(columns=names)


def _measures(front: Front, option: Option) -> pd.DataFrame:
    return option.measures


def _loads(front: Front, option: Option) -> pd.DataFrame:
    rows = option.loads.reset_index().rename(columns={"name": "zone_name"})
    return rows.replace([float("inf")], float("nan"))


def _reasons(front: Front, option: Option) -> pd.DataFrame:
    columns = ["zone_id", "zone_name", "others", "why_ja", "why_en", "more"]
    rows = [reason_row(front, one) for one in option.reasons]
    return pd.DataFrame(rows, columns=columns)


def reason_row(front: Front, one: Reason) -> tuple[str, str, str, str, str, float]:
    """A reason with the names of its zones; `more` is missing where it has no price."""
    two = (front.blocks.kept, front.blocks.moving)
    whole = two[front.rules.reverse].zones["name"]
    return (
        one.zone_id,
        str(whole.get(one.zone_id, "")),
        "、".join(shared_by(front, one)),
        "。".join(text.ja for text in one.why),
        "; ".join(text.en for text in one.why),
        one.more if isfinite(one.more) else float("nan"),
    )


def shared_by(front: Front, one: Reason) -> list[str]:
    """The names of the zones that share what stays split."""
    two = (front.blocks.moving, front.blocks.kept)
    others = two[front.rules.reverse].zones["name"]
    return [str(others.get(other, other)) for other in one.others]


OF_OPTIONS: tuple[tuple[str, Text, RowsOf], ...] = (
    ("align_moves.csv", Text("移す町丁目", "Moves"), _moves),
    ("align_measures.csv", Text("案の前と後の指標", "Measures before and after"), _measures),
    ("align_loads.csv", Text("区域ごとの負担", "Loads zone by zone"), _loads),
    ("align_reasons.csv", Text("残る分割と理由", "Splits that remain, and why"), _reasons),
)


def statements(found: Proposals) -> list[tuple[Text, Text]]:
    """The rules, what is proved, and with what it was computed: label and words."""
    front = found.front
    said = [(Text("向き", "Direction"), direction(front))]
    said += [(Text("ルール", "Rule"), rule) for rule in front.rules.said]
    said += [(Text("これ以上減らない理由", "Why not fewer"), end) for end in found.ends]
    said += _floor(found)
    for option in found.options:
        said.append((option_title(option), proof(option)))
    if not front.finished:
        said.append(
            (
                Text("注意", "Note"),
                Text(
                    "途中で止めたため、案は途中までです",
                    "broken off: only what was done until then",
                ),
            )
        )
    solver = f"SciPy {version('scipy')} (HiGHS)"
    return [*said, (Text("計算", "Computed with"), same(solver))]


def _floor(found: Proposals) -> list[tuple[Text, Text]]:
    """What counting alone proves: moved + minority left >= minority today, for any plan at all.

    A zone's largest part can grow only by those who move.
    """
    if not found.options:
        return []
    table = found.options[0].measures.set_index(["weight", "measure"])["before"]
    least = table[found.front.blocks.weight, "minority"]
    people = found.front.blocks.people is not None
    ja = f"{least:,.0f}人" if people else f"{least / 1e6:,.2f} km²"
    en = f"{least:,.0f} people" if people else f"{least / 1e6:,.2f} km²"
    words = Text(
        f"すべてを1つにまとめるには、どんな案でも少なくとも{ja}が移る（数えるだけの証明）",
        f"to make all of them whole at least {en} would move, whatever the plan (by counting)",
    )
    return [(Text("下限", "Floor"), words)]


def _rules(found: Proposals) -> Table:
    rows = [(label.ja, words.ja, label.en, words.en) for label, words in statements(found)]
    columns = ["label_ja", "words_ja", "label_en", "words_en"]
    title = Text("案のルールと証明", "Rules and proofs")
    return Table(RULES, title, pd.DataFrame(rows, columns=columns))


# --- as a chart -----------------------------------------------------------------------------------


def charts(found: Proposals, unit: Text, note: Text | None = None) -> dict[str, bytes]:
    """The fronts of both directions as one chart, in both languages: file name → bytes.

    `unit` is what moves are counted in, `note` stands below.
    """
    from .chart import front_chart  # It takes a second to import, and only charts need it.

    if not found.front.points:
        return {}
    marked = [(one.proposal.splits, option_title(one)) for one in found.options]
    fronts = [(found.front, marked)] + ([(found.other, [])] if found.other else [])
    curves = [_curve(front, names) for front, names in fronts if front.points]
    if found.both:
        points = [(one.splits, one.moved, one.proved) for one in found.both]
        curves.append(Curve(Text("両方を動かす", "Both change"), points))
    title = Text(
        "分割を減らすと、何人の区域が変わるか", "How many would have to move for fewer splits"
    )
    written: dict[str, bytes] = {}
    languages: tuple[tuple[Language, str], ...] = (("ja", ""), ("en", "_en"))
    for language, suffix in languages:
        chart = front_chart(curves, unit=unit, title=title, note=note, language=language)
        written[f"align_front{suffix}.svg"] = chart.svg
        written[f"align_front{suffix}.png"] = chart.png
    return written


def _curve(front: Front, marked: list[tuple[int, Text]]) -> Curve:
    points = [(one.splits, one.moved, one.proved) for one in front.points]
    return Curve(direction(front), points, marked, front.end_proved)
