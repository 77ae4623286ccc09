"""What the page of proposals shows: the chart, the proposals side by side, and each one whole."""

from __future__ import annotations

import base64
from typing import Any

import pandas as pd

from .phrases import figure, percent
from .proposal_tables import option_title, proof, reason_row, rows, statements
from .proposals import Option, Proposals
from .reasons import Reason
from .study import Study
from .words import Text, same

NEED = {
    "required": Text("必須", "required"),
    "optional": Text("選択", "optional"),
    "unknown": Text("不明", "not known"),
}

#: The measures shown beside each proposal: the column, and what it is called.
SHOWN = {
    "split_zones": Text("分かれている数", "Zones split"),
    "coordination_pairs": Text("連携の組", "Pairs that work together"),
    "minority": Text("少数側の住民", "People on the minority side"),
    "effective_zones": Text("実質の担当数", "Effective zones"),
}


def context(study: Study, found: Proposals, charts: dict[str, bytes]) -> dict[str, Any]:
    """Everything that the template ``align.html`` needs besides what all pages share."""
    front = found.front
    whole = front.blocks.moving if front.rules.reverse else front.blocks.kept
    return {
        "summary": summary(study, found),
        "charts": {
            "ja": _embedded(charts.get("align_front.png", b"")),
            "en": _embedded(charts.get("align_front_en.png", b"")),
        },
        "chart_said": _chart_said(study, found),
        "whole_title": whole.title,
        "moving_title": front.blocks.moving.title,
        "kept_title": front.blocks.kept.title,
        "today": _today(study, found),
        "options": [_option(study, found, one) for one in found.options],
        "shown": list(SHOWN.values()),
        "people": study.people.title if study.people else Text("面積", "Area"),
        "statements": [{"label": label, "words": words} for label, words in statements(found)],
    }


def summary(study: Study, found: Proposals) -> Text:
    """What is possible, in one sentence."""
    front = found.front
    if len(front.points) < 2:
        return Text(
            "このルールのもとでは、分割を減らす案はありません。",
            "Under these rules no proposal leaves fewer splits.",
        )
    last = front.points[-1]
    moved = figure(study, last.moved)
    return Text(
        f"分割は今{front.splits_today}。{front.blocks.moving.title.ja}を動かすと、"
        f"最少で{last.splits}まで減らせます（{moved.ja}の担当が変わります）。",
        f"There are {front.splits_today} splits today. Moving towns between "
        f"{front.blocks.moving.title.en.lower()} leaves as few as {last.splits} "
        f"({moved.en} would change).",
    )


def _chart_said(study: Study, found: Proposals) -> Text:
    """The chart in words, for those who do not see it."""
    said_ja, said_en = [], []
    for point in found.front.points:
        moved = figure(study, point.moved)
        said_ja.append(f"分割{point.splits}で{moved.ja}")
        said_en.append(f"{point.splits} splits: {moved.en}")
    return Text("、".join(said_ja), ", ".join(said_en))


def _embedded(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}" if png else ""


def _today(study: Study, found: Proposals) -> dict[str, Any]:
    return {
        "splits": f"{found.front.splits_today:,}",
        "measures": _measures(study, found.options[0].measures, "before") if found.options else [],
    }


def _option(study: Study, found: Proposals, option: Option) -> dict[str, Any]:
    proposal = option.proposal
    farthest = option.moves["metres_more"].max() if len(option.moves) else 0.0
    return {
        "id": f"option-{option.label}",
        "title": option_title(option),
        "splits": f"{proposal.splits:,}",
        "moved": figure(study, proposal.moved),
        "share": percent(proposal.moved / _total(study, found)),
        "towns": f"{len(option.moves):,}",
        "farthest": f"{farthest:+,.0f} m",
        "proof": proof(option),
        "measures": _measures(study, option.measures, "after"),
        "moves": [_move(study, row) for row in rows(option.moves)],
        "loads": [
            _load(row) for row in rows(option.loads) if row["blocks_in"] or row["blocks_out"]
        ],
        "has_sets": "sets_after" in option.loads,
        "reasons": [_reason(found, one) for one in option.reasons],
    }


def _total(study: Study, found: Proposals) -> float:
    return float(found.front.blocks.table[study.weight].sum())


def _measures(study: Study, measures: pd.DataFrame, side: str) -> list[Text]:
    mine = measures[measures["weight"] == study.weight].set_index("measure")[side]
    said = []
    for name in SHOWN:
        value = mine[name]
        if name == "minority":
            said.append(figure(study, value))
        else:
            said.append(same(f"{value:.2f}" if name == "effective_zones" else f"{value:,.0f}"))
    return said


def _move(study: Study, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kept": row["kept_name"],
        "from": row["from_name"],
        "to": row["to_name"],
        "people": figure(study, row[study.weight]),
        "more": f"{row['metres_more']:+,.0f} m",
        "need": NEED[row["need"]],
    }


def _load(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "before": f"{row['load_before']:,.0f}",
        "after": f"{row['load_after']:,.0f}",
        "sets_before": row.get("sets_before", ""),
        "sets_after": row.get("sets_after", ""),
    }


def _reason(found: Proposals, one: Reason) -> dict[str, Any]:
    _, name, others, ja, en, _ = reason_row(found.front, one)
    return {"name": name, "others": others, "why": Text(ja, en)}
