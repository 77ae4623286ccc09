"""The files that stand beside the pages, as the pages list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .tables import Table
from .words import Text

#: What files hold, by their names in Japanese.
FILES = {
    "align.xlsx": Text("提案のすべての表（Excel）", "All tables of the proposals (Excel)"),
    "align_front.svg": Text("分割と移動の図（SVG）", "The chart (SVG)"),
    "align_front.png": Text("分割と移動の図（PNG）", "The chart (PNG)"),
    "embed.svg": Text("埋め込み用の地図の図（SVG）", "The embedded map as a picture (SVG)"),
    "embed.png": Text("埋め込み用の地図の図（PNG）", "The embedded map as a picture (PNG)"),
}


def download(table: Table) -> dict[str, Any]:
    """A table as a download."""
    return {"name": table.name, "title": table.title, "rows": f"{len(table.frame):,}"}


def files(drawn: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Workbooks, charts and pictures as downloads, those in English behind the others."""
    return [
        {"name": name, "title": FILES[name.replace("_en.", ".")], "rows": ""}
        for name in sorted(drawn, key=lambda name: ("_en." in name, name))
    ]
