"""What the page of proposals shows: the chart, the proposals side by side, and each one whole."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from .beside import beside, unlike_maps
from .downloads import download, files
from .masthead import ALIGN, masthead
from .page import Page
from .phrases import figure
from .proposal_tables import option_title, proof, reason_row, rows, shared_by, statements
from .proposals import Option, Proposals
from .reasons import Reason
from .study import Study
from .table import Table
from .words import Text

NEED = {
    "required": Text("必須", "required"),
    "optional": Text("選択", "optional"),
    "unknown": Text("不明", "not known"),
}


def proposals(study: Study, made: list[Table], drawn: Mapping[str, bytes]) -> str:
    """How the two partitions could be aligned, and what it would take: the page."""
    assert study.proposals is not None  # noqa: S101  (the caller has asked)
    tables = [download(table) for table in made if table.name.startswith("align_")]
    context = masthead(study, "align.html") | _context(study, study.proposals, drawn)
    ours = {name: data for name, data in drawn.items() if name.startswith("align")}
    context["downloads"] = [*files(ours), *tables]
    return Page("align", ALIGN, context).render()


def _context(study: Study, found: Proposals, charts: Mapping[str, bytes]) -> dict[str, Any]:
    """Everything that the template needs besides what all pages share."""
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
        "beside": beside(study, found),
        "unlike": unlike_maps(study, found),
        "options": [_option(study, found, one) for one in found.options],
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


def _option(study: Study, found: Proposals, option: Option) -> dict[str, Any]:
    return {
        "id": f"option-{option.label}",
        "title": option_title(option),
        "splits": f"{option.proposal.splits:,}",
        "towns": f"{len(option.moves):,}",
        "proof": proof(option),
        "moves": [_move(study, row) for row in rows(option.moves)],
        "loads": [
            _load(row) for row in rows(option.loads) if row["blocks_in"] or row["blocks_out"]
        ],
        "has_sets": "sets_after" in option.loads,
        "reasons": [_reason(found, one) for one in option.reasons],
    }


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
    shared = Text(others, ", ".join(shared_by(found.front, one)))
    return {"name": name, "others": shared, "why": Text(ja, en)}
