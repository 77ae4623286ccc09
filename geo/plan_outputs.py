"""Faults of what a plan asks for: proposals, pages, sheets, periods."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import UsageError, did_you_mean
from .plan import Role
from .plan_rows import COMPARABLE, Rows, doubles, misfit, no_wards, taken, words_in
from .words import Text

TWO_EDITIONS = Text(
    "別々の2つの区域区分か、2つの items のレイヤを書いてください",
    "give two different partitions, or two layers of items",
)


def proposal_faults(asked: object, partitions: Rows) -> Iterator[UsageError]:
    """Proposals that could not be made."""
    if not isinstance(asked, dict):
        return
    roles = {str(row.get("key")): row.get("role") for _, row in partitions}
    if Role.UNITS not in roles.values():
        what = Text("町丁目の区域区分がありません", "there are no towns that could move")
        remedy = Text(
            'role = "units" の区域区分を加えてください', 'add a partition of role "units"'
        )
        yield UsageError("realign", what, remedy)
    two = [str(asked.get(field)) for field in ("kept", "moving")]
    if two[0] == two[1] or Role.UNITS in map(roles.get, two):
        what = Text(f"{two} は揃えられません", f"{two} cannot be aligned")
        yield UsageError("realign.moving", what, COMPARABLE)
    load = asked.get("load")
    if isinstance(load, dict) and load.get("share", 1.0) != 1.0 and "why" not in load:
        what = Text("割合（share）の根拠がありません", "nothing says where the share comes from")
        remedy = Text("why に根拠を書いてください", "state it in why")
        yield UsageError("realign.load.why", what, remedy)


def page_faults(maps: Rows, partitions: Rows) -> Iterator[UsageError]:
    """Pages that would show nothing, or be written over by another."""
    roles = {str(row.get("key")): row.get("role") for _, row in partitions}
    seen: set[object] = set()
    for where, row in maps:
        kind = row.get("type")
        compared = words_in(row.get("compare"))
        if kind == "council" and Role.WARD not in roles.values():
            yield no_wards(where)
        elif kind == "council" and roles.get(str(row.get("districts"))) in (Role.WARD, Role.UNITS):
            what = Text("区や町丁目は地区になりません", "wards and towns are no districts")
            yield UsageError(f"{where}.districts", what, COMPARABLE)
        elif len(set(compared)) < len(compared) or Role.UNITS in map(roles.get, compared):
            what = Text(f"{compared} は比べられません", f"{compared} cannot be compared")
            yield UsageError(f"{where}.compare", what, COMPARABLE)
        elif kind in seen:
            what = Text(f"「{kind}」のページが2つあります", f"there are two pages of type “{kind}”")
            yield UsageError(f"{where}.type", what, Text("1つにしてください", "keep one"))
        seen.add(kind)


def sheet_faults(sheets: Rows, partitions: Rows) -> Iterator[UsageError]:
    """Sheets that nothing could be printed on, or that would be one file."""
    roles = {str(row.get("key")): row.get("role") for _, row in partitions}
    seen: set[object] = set()
    for where, row in sheets:
        districts, centres = row.get("districts"), row.get("centres")
        if Role.WARD not in roles.values():
            yield no_wards(where)
        if roles.get(str(districts)) in (Role.WARD, Role.UNITS):
            what = Text("区や町丁目は地区になりません", "wards and towns are no districts")
            yield UsageError(f"{where}.districts", what, COMPARABLE)
        if centres == districts or roles.get(str(centres)) == Role.UNITS:
            what = Text(f"「{centres}」は比べられません", f"“{centres}” cannot be compared")
            yield UsageError(f"{where}.centres", what, COMPARABLE)
        if row.get("mismatch") is True and centres is None:
            yield misfit(f"{where}.mismatch", "mismatch")
        kind = row.get("type")
        file = kind if kind == "atlas" else (kind, row.get("paper", "A4"))
        if file in seen:
            what = Text("同じファイルになる印刷物です", "this would be the same file as another")
            remedy = Text("type か paper を変えてください", "change type or paper")
            yield UsageError(where, what, remedy)
        seen.add(file)


def period_faults(periods: Rows, partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    """Periods of what cannot be compared: two partitions can, or two layers of items."""
    yield from doubles(periods)
    kinds = {str(row.get("key")): "items" for _, row in layers if row.get("type") == "items"}
    towns = [str(row.get("key")) for _, row in partitions if row.get("role") == Role.UNITS]
    kinds |= {str(row.get("key")): "zones" for _, row in partitions}
    kinds = {key: kind for key, kind in kinds.items() if key not in towns}
    for where, row in periods:
        if str(row.get("key")).endswith(("_zones", "_towns")):
            yield taken(f"{where}.key", str(row["key"]))
        two = [row.get(field) for field in ("before", "after")]
        asked = [str(key) for key in two if isinstance(key, str)]
        for key in asked:
            if key not in kinds:
                what = Text(f"「{key}」は比べられません", f"“{key}” cannot be compared")
                yield UsageError(f"{where}.before / after", what, did_you_mean(key, kinds))
        known = [kinds[key] for key in asked if key in kinds]
        if len(known) == 2 and (known[0] != known[1] or asked[0] == asked[1]):
            what = Text(f"{asked} は比べられません", f"{asked} cannot be compared")
            yield UsageError(f"{where}.after", what, TWO_EDITIONS)
