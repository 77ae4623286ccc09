"""plan.toml, read: the plan, or everything that is wrong with it at once.

pydantic finds the faults of single keys; those that need the whole plan (keys used twice, keys that
nothing defines, files that are not there) are found in :mod:`geo.plan_data`,
:mod:`geo.plan_content` and :mod:`geo.plan_outputs`. Each fault becomes one line with the key, the
value and the remedy.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pydantic

from . import plan_content, plan_data, plan_outputs
from .errors import PlanError, UsageError, did_you_mean
from .plan import CITY, FILE_NAME, CountKind, Plan
from .plan_content import ENTRIES, MARKED
from .plan_rows import Rows, counts_in, doubles, not_among, rows_in, schemes_in, tables_in
from .words import Text, same


def load_plan(path: Path) -> Plan:
    """Read and validate the plan in `path`.

    Raises
    ------
    UsageError
        If there is no such file or it is not TOML.
    PlanError
        With every fault of the plan: key, value, remedy.
    """
    declared = _read_toml(path)
    faults: list[UsageError] = []
    plan = None
    try:
        plan = Plan.model_validate(declared).standing_in(path.parent)
    except pydantic.ValidationError as err:
        faults += [_fault(error) for error in _deepest(err.errors())]
    faults += _contradictions(declared, path.parent)
    if plan is None or faults:
        raise PlanError(str(path), faults)
    return plan


def sample_folder() -> Path:
    """The folder of the sample plan: inside an installed wheel, else the repository itself."""
    embedded = Path(__file__).parent / "sample"
    return embedded if embedded.is_dir() else Path(__file__).parent.parent


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as err:
        what = Text("計画ファイルがありません", "there is no such plan")
        remedy = Text("keniki new DIR で作成できます", "make one with: keniki new DIR")
        raise UsageError(str(path), what, remedy) from err
    except (OSError, UnicodeDecodeError) as err:
        what = Text(f"計画ファイルを読めません（{err}）", f"the plan cannot be read ({err})")
        remedy = Text("UTF-8 のファイルを指定してください", "give a file in UTF-8")
        raise UsageError(str(path), what, remedy) from err
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        what = Text(f"TOML として読めません（{err}）", f"this is not TOML ({err})")
        remedy = Text("示された行を直してください", "mend the line named")
        raise UsageError(str(path), what, remedy) from err


_REMEDIES: dict[str, Text] = {
    "missing": Text("書き加えてください", "add it"),
    "union_tag_not_found": Text("type を書き加えてください", "add type"),
    "too_short": Text("1つ以上書いてください", "give at least one"),
    "string_too_short": Text("空にしないでください", "do not leave it empty"),
    "string_type": Text('"…" で囲んだ文字にしてください', 'write text in quotes: "…"'),
    "tuple_type": Text("[…] で囲んでください", "write a list: […]"),
    "dict_type": Text("[名前] の表にしてください", "write a table: [name]"),
    "model_type": Text("{…} か [名前] の表にしてください", "write a table: {…} or [name]"),
    "model_attributes_type": Text("[[…]] の表にしてください", "write tables: [[…]]"),
    "dataclass_type": Text(
        '{ ja = "…", en = "…" } と書いてください', 'write { ja = "…", en = "…" }'
    ),
    "string_pattern_mismatch": Text(
        "key は英小文字で始まる英数字と _、url は http(s):// で始めてください",
        "a key starts with a lower-case letter (a-z, 0-9, _), a url with http(s)://",
    ),
}


def _deepest(errors: Sequence[Any]) -> list[Any]:
    """Errors without those that only repeat that something inside is wrong."""
    return [
        error
        for error in errors
        if not any(
            len(other["loc"]) > len(error["loc"])
            and other["loc"][: len(error["loc"])] == error["loc"]
            for other in errors
        )
    ]


def _fault(error: Any) -> UsageError:
    """One pydantic error in our words."""
    where, kind, value = _dotted(error["loc"]), error["type"], error["input"]
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        word = str(error["loc"][-1])
        what = Text(f"「{word}」というキーはありません", f"there is no key “{word}”")
        return UsageError(where, what, did_you_mean(word, _keys_beside(error["loc"])))
    if kind in ("missing", "union_tag_not_found"):
        what = Text("必要なキーがありません", "a key is missing")
        return UsageError(where, what, _REMEDIES[kind])
    context = error.get("ctx", {})
    if expected := context.get("expected") or context.get("expected_tags"):
        if kind == "union_tag_invalid":
            where, value = f"{where}.type", context["tag"]
        what = Text(f"「{value}」は使えません", f"“{value}” is not allowed")
        return UsageError(where, what, did_you_mean(str(value), _choices(expected)))
    shown = textwrap.shorten(repr(value), 60)
    what = Text(f"{shown} は正しくありません", f"{shown} is not right")
    return UsageError(where, what, _REMEDIES.get(kind, same(error["msg"])))


def _choices(expected: str) -> list[str]:
    return [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]


def _dotted(loc: Iterable[int | str]) -> str:
    """`("partition", 0, "key")` → `partition[0].key`, without pydantic's union tags."""
    said = ""
    previous: int | str = ""
    for part in loc:
        if isinstance(part, int):
            said += f"[{part}]"
        elif not (isinstance(previous, int) and part in _TAGS):
            said += f".{part}" if said else part
        previous = part
    return said or FILE_NAME


_TAGS = {
    "counts", "indicators", "themes", "goals", "items", "flags", "cases", "marks", "points",
    "weights",
    "planner", "council", "embed",
}  # fmt: skip


def _keys_beside(loc: Sequence[int | str]) -> list[str]:
    """The keys that the plan knows at the place of the unknown key at the end of `loc`."""
    schema = Plan.model_json_schema()
    node: dict[str, Any] = schema
    for part in loc[:-1]:
        node = _resolved(_step(_resolved(node, schema), part), schema)
    return list(_resolved(node, schema)["properties"])


def _step(node: dict[str, Any], part: int | str) -> dict[str, Any]:
    """One step of a pydantic location down a JSON schema: a row, a union's tag, or a key."""
    if isinstance(part, int):
        return dict(node["items"])
    if "discriminator" in node:
        return {"$ref": node["discriminator"]["mapping"][part]}
    if "properties" in node:
        return dict(node["properties"][part])
    (of_any_key,) = node["patternProperties"].values()
    return dict(of_any_key)


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """`node` with its reference followed, and the model out of an optional one."""
    if "anyOf" in node:
        node = next(choice for choice in node["anyOf"] if choice.get("type") != "null")
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def _contradictions(declared: dict[str, Any], folder: Path) -> Iterator[UsageError]:
    partitions, layers = rows_in(declared, "partition"), rows_in(declared, "layer")
    counts = [row for where, layer in layers for row in rows_in(layer, "count", f"{where}.")]
    yield from plan_data.crs_faults(declared.get("crs"), partitions, layers)
    for rows in (partitions, layers, counts):
        yield from doubles(rows)
    yield from plan_data.name_faults(partitions, counts)
    yield from plan_data.key_faults(partitions, layers, counts)
    yield from plan_data.weight_faults(layers)
    yield from plan_data.indicator_faults(partitions, layers)
    yield from plan_content.content_faults(layers, partitions)
    yield from plan_content.scheme_faults(schemes_in(declared))
    yield from plan_data.town_faults(partitions, layers)
    yield from _reference_faults(declared, partitions, layers, counts_in(layers))
    yield from plan_outputs.proposal_faults(declared.get("realign"), partitions)
    yield from plan_outputs.page_faults(rows_in(declared, "map"), partitions)
    yield from plan_outputs.period_faults(rows_in(declared, "period"), partitions, layers)
    yield from plan_outputs.sheet_faults(rows_in(declared, "sheet"), partitions)
    yield from plan_data.file_faults(partitions, layers, folder)


def _reference_faults(
    declared: dict[str, Any], partitions: Rows, layers: Rows, counts: Rows
) -> Iterator[UsageError]:
    """Keys of sources, partitions, layers, schemes and counts that nothing defines."""
    declared_sources = declared.get("source")
    sources = list(declared_sources) if isinstance(declared_sources, dict) else []
    zones = [str(row.get("key")) for _, row in partitions]
    schemes = schemes_in(declared)
    marked = [str(row.get("key")) for _, row in layers if row.get("type") in MARKED]
    known_of = {"marks": marked} | {type_: [*zones, CITY] for type_ in ENTRIES}
    totals = [str(row.get("key")) for _, row in counts if row.get("kind") == CountKind.TOTAL]
    named = [(where, row, "sources", sources) for where, row in partitions + layers + schemes]
    named += [
        (where, row, "of", known_of.get(str(row.get("type")), zones)) for where, row in layers
    ]
    scheme_keys = [str(row["key"]) for _, row in schemes]
    named += [(where, row, "scheme", scheme_keys) for where, row in layers]
    named += [(where, row, "to", zones) for where, row in tables_in(partitions, "snap")]
    named += [(where, row, "per", totals) for where, row in counts]
    points = [str(row.get("key")) for _, row in layers if row.get("type") == "points"]
    for where, row in tables_in([("", declared)], "realign"):
        named += [(where.lstrip("."), row, field, zones) for field in ("kept", "moving")]
        named += [(where.lstrip("."), row, "sites", points)]
        named += [(f, load, "count", totals) for f, load in tables_in([("realign", row)], "load")]
    for where, row in rows_in(declared, "map"):
        named += [(where, row, field, zones) for field in ("compare", "districts", "show")]
    for where, row in rows_in(declared, "sheet"):
        named += [(where, row, field, zones) for field in ("districts", "centres")]
    for where, row, field, known in named:
        yield from not_among(known, where, row, field)
