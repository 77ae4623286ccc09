"""Faults of a plan's content: whom its rows are about, and how they are marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .errors import UsageError
from .plan import CITY, Role
from .plan_rows import MISFITS, Rows, misfit, rows_in
from .words import Text

CONTENT = ("themes", "goals", "items", "flags", "cases", "marks")

#: Layers of content whose rows belong to a zone or to the city, and those whose rows have marks.
ENTRIES, MARKED = ("items", "flags", "goals"), ("items", "goals")

#: The keys that a layer of content needs, and those that only some types have.
_NEEDED = {"items": {"of"}, "flags": {"of"}, "marks": {"of", "scheme"}}

_SPECIAL = {"scheme": "marks", "shapes": "cases"}


def content_faults(layers: Rows, partitions: Rows) -> Iterator[UsageError]:
    """Content that says too little or too much of what it is about."""
    wards = [row.get("key") for _, row in partitions if row.get("role") == Role.WARD]
    for where, row in layers:
        kind = str(row.get("type"))
        for key in sorted(_NEEDED.get(kind, set()) - row.keys()):
            what = Text("必要なキーがありません", "a key is missing")
            yield UsageError(f"{where}.{key}", what, MISFITS[f"no_{key}"])
        for key, only in _SPECIAL.items():
            if key in row and kind in CONTENT and kind != only:
                yield misfit(f"{where}.{key}", key)
        if kind == "goals" and row.get("of") not in (None, CITY, *wards):
            yield misfit(f"{where}.of", "goals")
        if kind == "points" and "zone" in row and "of" not in row:
            yield misfit(f"{where}.zone", "zone")
    for where, row in partitions:
        if row.get("key") == CITY:
            what = Text(f"「{CITY}」は市全体のことです", f"“{CITY}” stands for the whole city")
            yield UsageError(
                f"{where}.key", what, Text("別の key にしてください", "choose another")
            )


def scheme_faults(schemes: Rows) -> Iterator[UsageError]:
    """Schemes whose marks, thresholds or years do not fit together."""
    for where, scheme in schemes:
        marks = [mark for _, mark in rows_in(scheme, "mark")]
        keys = [mark.get("key") for mark in marks]
        if len(set(map(str, keys))) < len(keys):
            yield misfit(f"{where}.mark", "marks")
        if not _descend(marks):
            yield misfit(f"{where}.mark", "thresholds")
        period = scheme.get("period")
        years = [y for y in period if isinstance(y, int)] if isinstance(period, list) else []
        if years != sorted(years):
            yield misfit(f"{where}.period", "period")


def _descend(marks: list[dict[str, Any]]) -> bool:
    """Whether thresholds fall from mark to mark, on all marks but the last, or on none."""
    limits = []
    for mark in marks:
        stated = [mark[key] for key in ("above", "least") if isinstance(mark.get(key), int | float)]
        if len(stated) > 1:
            return False
        # More than a share is the higher threshold of the two.
        limits.append((stated[0], "above" in mark) if stated else None)
    if not any(limits):
        return True
    *upper, last = limits
    falling = [limit for limit in upper if limit is not None]
    return (
        last is None
        and len(falling) == len(upper)
        and falling == sorted(set(falling), reverse=True)
    )
