"""plan.toml, read: the plan, or everything that is wrong with it at once.

pydantic finds the faults of single keys; what needs the whole plan (keys used twice, keys that
nothing defines, files that are not there) is found here. Each fault becomes one line with the key,
the value and the remedy.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pydantic
import pyproj

from .crs import known_crs, metric_crs
from .errors import PlanError, UsageError, did_you_mean
from .plan import CITY, FILE_NAME, CountKind, Plan, Role, plan_path
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


# --- faults in the shape of the plan: pydantic finds them, we say them ----------------------------

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


# --- faults that need the whole plan: looked for in the file as read, so that none hides another --

Rows = list[tuple[str, dict[str, Any]]]

#: The keys that make a partition of towns.
OF_TOWNS = {"town_list", "town_table", "town_column"}
#: Columns that tables and layers have whatever the plan counts.
RESERVED = {
    "area_m2", "share_of_left", "share_of_right", "way", "zone", "weight", "total", "parts",
    "left", "right", "zones", "split_zones", "coordination_pairs", "excess_parts", "minority",
    "words", "minority_share", "main_share", "is_sliver", "missing_towns", "share", "partition",
    "lon", "lat", "severity", "kind", "where", "place", "amount", "unit", "file", "column",
    "name", "category", "weighting", "effective_zones", "effective_splits", "split_pairs",
    "containment", "reverse_containment", "partial_parts", "total_per_part", "splits", "moved",
    "bound", "proved", "gap", "need", "metres_before", "metres_after", "metres_more", "measure",
    "before", "after", "option", "direction", "load",
    "fid", "geom", "geometry", "level",
}  # fmt: skip


def _contradictions(declared: dict[str, Any], folder: Path) -> Iterator[UsageError]:
    partitions, layers = _rows(declared, "partition"), _rows(declared, "layer")
    counts = [row for where, layer in layers for row in _rows(layer, "count", f"{where}.")]
    yield from _wrong_crs(declared.get("crs"), partitions, layers)
    for rows in (partitions, layers, counts):
        yield from _doubles(rows)
    yield from _reserved(partitions, counts)
    yield from _misfits(partitions, layers, counts)
    yield from _weights(layers)
    yield from _indicators(partitions, layers)
    yield from _content(layers, partitions)
    yield from _schemes(_scheme_rows(declared))
    yield from _units(partitions, layers)
    yield from _unknown_references(declared, partitions, layers, _counts(layers))
    yield from _proposals(declared.get("realign"), partitions)
    yield from _pages(_rows(declared, "map"), partitions)
    yield from _periods(_rows(declared, "period"), partitions, layers)
    yield from _sheets(_rows(declared, "sheet"), partitions)
    yield from _missing_files(partitions, layers, folder)


def _rows(table: dict[str, Any], key: str, where: str = "") -> Rows:
    """The tables of an array of tables, each with its place: `[("layer[0]", {...}), ...]`."""
    array = table.get(key)
    rows = enumerate(array) if isinstance(array, list) else ()
    return [(f"{where}{key}[{i}]", row) for i, row in rows if isinstance(row, dict)]


def _counts(layers: Rows) -> Rows:
    """The counts of the towns, in all layers of counts."""
    found = [(where, row) for where, row in layers if row.get("type") == "counts"]
    return [count for where, row in found for count in _rows(row, "count", f"{where}.")]


def _tables(rows: Rows, *keys: str) -> Rows:
    """The tables in those of `rows` that have one, with their places."""
    return [
        (f"{where}.{key}", row[key])
        for where, row in rows
        for key in keys
        if isinstance(row.get(key), dict)
    ]


def _wrong_crs(name: object, partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    asked: list[tuple[str, object, Callable[[str, str], pyproj.CRS]]] = [("crs", name, metric_crs)]
    for where, table in _tables(partitions, "boundary") + _tables(layers, "shapes"):
        asked.append((f"{where}.crs", table.get("crs"), known_crs))
    for where, code, look_up in asked:
        try:
            if isinstance(code, str):
                look_up(code, where)
        except UsageError as err:
            yield err


def _doubles(rows: Rows) -> Iterator[UsageError]:
    seen: set[object] = set()
    for where, row in rows:
        key = row.get("key")
        if isinstance(key, str) and key in seen:
            what = Text(f"key「{key}」が2度使われています", f"the key “{key}” is used twice")
            remedy = Text("別の key にしてください", "give one of them another key")
            yield UsageError(f"{where}.key", what, remedy)
        seen.add(key if isinstance(key, str) else None)


def _reserved(partitions: Rows, counts: Rows) -> Iterator[UsageError]:
    """Counts and partitions become columns of tables, which have columns of their own."""
    has_units = any(row.get("role") == Role.UNITS for _, row in partitions)
    for where, row in counts:
        key = row.get("key")
        if isinstance(key, str) and (key in RESERVED or key.endswith(("_id", "_name"))):
            yield _taken(f"{where}.key", key)
    for where, row in partitions:
        if has_units and row.get("key") == "town" and row.get("role") != Role.UNITS:
            yield _taken(f"{where}.key", "town")


def _taken(where: str, key: str) -> UsageError:
    what = Text(f"「{key}」は表の列の名前です", f"“{key}” is a column of the tables")
    return UsageError(where, what, Text("別の key にしてください", "give it another key"))


def _misfits(partitions: Rows, layers: Rows, counts: Rows) -> Iterator[UsageError]:
    """Keys that are right one by one, but do not fit together."""
    for where, row in partitions:
        ways = len(OF_TOWNS & row.keys())
        if row.get("role") == Role.UNITS and (ways or "boundary" not in row):
            yield _misfit(where, "units")
        elif row.get("role") != Role.UNITS and (ways > 1 or not (ways or "boundary" in row)):
            yield _misfit(where, "zones")
        if {"clean_m", "snap"} & row.keys() and "boundary" not in row:
            yield _misfit(where, "outlines")
    yield from _snapping(partitions)
    for where, row in _parts(partitions):
        if ("share" in row) == ("boundary" in row):
            yield _misfit(where, "part")
    for where, row in layers:
        if row.get("type") == "counts" and ("file" in row) != ("id" in row):
            yield _misfit(where, "table_id")
        if row.get("type") in ("points", "weights") and ("lon" in row) != ("lat" in row):
            yield _misfit(where, "lon_lat")
    for where, row in counts:
        if "kind" in row and (row["kind"] == CountKind.RATE) != ("per" in row):
            yield _misfit(where, "per")


def _snapping(partitions: Rows) -> Iterator[UsageError]:
    """What is snapped to must stand still: the towns do, and what is not snapped itself."""
    snapped = {row.get("key") for _, row in partitions if "snap" in row}
    for where, snap in _tables(partitions, "snap"):
        if snap.get("to") in snapped:
            yield _misfit(f"{where}.to", "snap")
    for where, row in partitions:
        if row.get("role") == Role.UNITS and "snap" in row:
            yield _misfit(f"{where}.snap", "snap")


def _misfit(where: str, which: str) -> UsageError:
    what = Text("組み合わせが正しくありません", "the keys do not fit together")
    return UsageError(where, what, _MISFITS[which])


def _parts(partitions: Rows) -> Rows:
    """The rules for parts of towns in all area texts."""
    return [
        part
        for where, row in partitions
        if isinstance(row.get("town_list"), dict)
        for part in _rows(row["town_list"], "part", f"{where}.town_list.")
    ]


_MISFITS: dict[str, Text] = {
    "no_of": Text(
        'of に区域区分の key か "city" を書いてください（marks では、評価するレイヤの key）',
        'write of: the key of a partition or "city" (of marks: the key of the layer marked)',
    ),
    "no_scheme": Text(
        "scheme に評価の基準の key を書いてください", "write scheme: the key of a [scheme.KEY]"
    ),
    "scheme": Text('scheme は type = "marks" に書いてください', "only marks have a scheme"),
    "shapes": Text(
        '内容のレイヤの shapes は type = "cases" に書いてください', "only cases have shapes"
    ),
    "goals": Text(
        '目標は区（role = "ward"）か "city" のものにしてください',
        'goals are of the wards (role "ward") or of "city"',
    ),
    "zone": Text(
        "zone を書くときは、of に区域区分の key も書いてください",
        "give zone together with of, the key of a partition",
    ),
    "marks": Text(
        "mark の key は1つずつ違うものにしてください", "give every mark a key of its own"
    ),
    "thresholds": Text(
        "最後を除くすべての mark に、least（以上）か above（超）を、大きい順に書いてください"
        "（どれにも書かなければ、計算しない評価）",
        "give every mark but the last either least or above, the highest first, or none to any",
    ),
    "period": Text("period は [始まりの年, 終わりの年] です", "period is [first year, last year]"),
    "by_points": Text(
        "点には、file（経度・緯度の表）か shapes（図形のファイル）のどちらかだけを書き、"
        "mesh と beyond は書かないでください",
        "give points either a file (a table with longitude and latitude) or shapes, and neither "
        "mesh nor beyond",
    ),
    "by_mesh": Text(
        "メッシュには、file・mesh（コードの列）・weight（人口などの列）を書き、"
        "lon・lat・shapes は書かないでください",
        "give mesh a file with the columns mesh (codes) and weight (residents), and no lon, lat or "
        "shapes",
    ),
    "part": Text(
        "share（割合）か boundary（図形）のどちらか1つを書いてください",
        "give either the share of the town or a boundary with the part drawn",
    ),
    "outlines": Text(
        "clean_m と snap は、boundary のある区域区分に書いてください",
        "clean_m and snap are for partitions with a boundary",
    ),
    "snap": Text(
        "to には町丁目か、snap のない別の区域区分を書いてください。町丁目に snap は書けません",
        "snap to the towns, or to another partition that is not snapped itself; towns stay",
    ),
    "units": Text(
        "役割 units の区域区分には boundary を書き、town_list などは書かないでください",
        "a partition with role units has a boundary and no town_list, town_table or town_column",
    ),
    "mismatch": Text(
        "mismatch には centres（比べる区域区分）も書いてください",
        "give mismatch together with centres, the partition to compare with",
    ),
    "zones": Text(
        "boundary か、town_list・town_table・town_column のうち1つを書いてください",
        "give a boundary, or one of town_list, town_table, town_column",
    ),
    "per": Text(
        "率（rate）には per に分母の key を書き、総数（total）には書かないでください",
        "give a rate the key of its denominator in per, and a total none",
    ),
    "by_zone": Text(
        "id に区域の ID の列を書き、mesh と beyond は書かないでください",
        "name the column with the ids of the zones in id, and give neither mesh nor beyond",
    ),
    "by_code": Text(
        "mesh に地域メッシュのコードの列を書き、id は書かないでください",
        "name the column with the codes of the grid in mesh, and give no id",
    ),
    "share_rate": Text(
        "率（rate）は per の総数で平均するので、weight は書かないでください",
        "a rate is averaged by the total in per: give it no weight",
    ),
    "table_id": Text(
        "file と id は一緒に書いてください（どちらもなければ町丁目の境界ファイルの列）",
        "give file and id together (neither: columns of the towns' boundary file)",
    ),
    "lon_lat": Text(
        "lon と lat は一緒に書いてください（どちらもなければ、よくある列名から探します）",
        "give lon and lat together (neither: columns with the usual names)",
    ),
}


#: Per way of weighting the keys that it needs, and those that belong to another way.
_WEIGHING = {
    "points": ({"file"}, {"mesh", "beyond"}),
    "shapes": ({"shapes"}, {"mesh", "beyond", "file", "encoding", "sheet", "lon", "lat"}),
    "mesh": ({"file", "mesh", "weight"}, {"shapes", "lon", "lat"}),
}


def _weights(layers: Rows) -> Iterator[UsageError]:
    """Weights that lack something, more than once, or of nothing."""
    found = [(where, row) for where, row in layers if row.get("type") == "weights"]
    for where, row in found:
        way = "shapes" if row.get("by") == "points" and "shapes" in row else row.get("by")
        needed, strange = _WEIGHING.get(str(way), (set(), set()))
        if not needed <= row.keys() or strange & row.keys():
            yield _misfit(where, f"by_{row['by']}")
    for where, _ in found[1:]:
        what = Text("weights のレイヤが複数あります", "there is more than one layer of weights")
        yield UsageError(f"{where}.type", what, Text("1つにしてください", "keep one"))
    if found and not any(row.get("type") == "counts" for _, row in layers):
        what = Text("重みで配分する数がありません", "there are no counts to share out by weights")
        remedy = Text('type = "counts" のレイヤを加えてください', 'add a layer of type "counts"')
        yield UsageError(found[0][0], what, remedy)


CONTENT = ("themes", "goals", "items", "flags", "cases", "marks")
#: Layers of content whose rows belong to a zone or to the city, and those whose rows have marks.
ENTRIES, MARKED = ("items", "flags", "goals"), ("items", "goals")
#: The keys that a layer of content needs, and those that only some types have.
_NEEDED = {"items": {"of"}, "flags": {"of"}, "marks": {"of", "scheme"}}
_SPECIAL = {"scheme": "marks", "shapes": "cases"}


def _content(layers: Rows, partitions: Rows) -> Iterator[UsageError]:
    """Content that says too little or too much of what it is about."""
    wards = [row.get("key") for _, row in partitions if row.get("role") == Role.WARD]
    for where, row in layers:
        kind = str(row.get("type"))
        for key in sorted(_NEEDED.get(kind, set()) - row.keys()):
            what = Text("必要なキーがありません", "a key is missing")
            yield UsageError(f"{where}.{key}", what, _MISFITS[f"no_{key}"])
        for key, only in _SPECIAL.items():
            if key in row and kind in CONTENT and kind != only:
                yield _misfit(f"{where}.{key}", key)
        if kind == "goals" and row.get("of") not in (None, CITY, *wards):
            yield _misfit(f"{where}.of", "goals")
        if kind == "points" and "zone" in row and "of" not in row:
            yield _misfit(f"{where}.zone", "zone")
    for where, row in partitions:
        if row.get("key") == CITY:
            what = Text(f"「{CITY}」は市全体のことです", f"“{CITY}” stands for the whole city")
            yield UsageError(
                f"{where}.key", what, Text("別の key にしてください", "choose another")
            )


def _scheme_rows(declared: dict[str, Any]) -> Rows:
    """The schemes of marks, each with its place and its key."""
    found = declared.get("scheme")
    schemes = found.items() if isinstance(found, dict) else ()
    return [(f"scheme.{key}", one | {"key": key}) for key, one in schemes if isinstance(one, dict)]


def _schemes(schemes: Rows) -> Iterator[UsageError]:
    """Schemes whose marks, thresholds or years do not fit together."""
    for where, scheme in schemes:
        marks = [mark for _, mark in _rows(scheme, "mark")]
        keys = [mark.get("key") for mark in marks]
        if len(set(map(str, keys))) < len(keys):
            yield _misfit(f"{where}.mark", "marks")
        if not _descend(marks):
            yield _misfit(f"{where}.mark", "thresholds")
        period = scheme.get("period")
        years = [y for y in period if isinstance(y, int)] if isinstance(period, list) else []
        if years != sorted(years):
            yield _misfit(f"{where}.period", "period")


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


def _indicators(partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    """Indicators of zones that are not there, without their ids, or per a total nobody knows."""
    zones = ["town", "mesh", *(str(row.get("key")) for _, row in partitions)]
    for where, row in layers:
        if row.get("type") != "indicators":
            continue
        by, counts = row.get("by"), _rows(row, "count", f"{where}.")
        if by == "mesh" and ("mesh" not in row or "id" in row):
            yield _misfit(where, "by_code")
        elif by != "mesh" and ("id" not in row or {"mesh", "beyond"} & row.keys()):
            yield _misfit(where, "by_zone")
        totals = [
            str(count.get("key"))
            for _, count in [*counts, *_counts(layers)]
            if count.get("kind") == CountKind.TOTAL
        ]
        yield from _not_among(zones, where, row, "by")
        for place, count in counts:
            yield from _not_among(totals, place, count, "per")
            if count.get("kind") == CountKind.RATE and "weight" in count:
                yield _misfit(place, "share_rate")


def _proposals(asked: object, partitions: Rows) -> Iterator[UsageError]:
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


def _pages(maps: Rows, partitions: Rows) -> Iterator[UsageError]:
    """Pages that would show nothing, or be written over by another."""
    roles = {str(row.get("key")): row.get("role") for _, row in partitions}
    seen: set[object] = set()
    for where, row in maps:
        kind = row.get("type")
        compared = _words(row.get("compare"))
        if kind == "council" and Role.WARD not in roles.values():
            yield _no_wards(where)
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


def _no_wards(where: str) -> UsageError:
    what = Text("区の区域区分がありません", "no partition has the role ward")
    remedy = Text('role = "ward" の区域区分を加えてください', 'add one of role "ward"')
    return UsageError(f"{where}.type", what, remedy)


def _sheets(sheets: Rows, partitions: Rows) -> Iterator[UsageError]:
    """Sheets that nothing could be printed on, or that would be one file."""
    roles = {str(row.get("key")): row.get("role") for _, row in partitions}
    seen: set[object] = set()
    for where, row in sheets:
        districts, centres = row.get("districts"), row.get("centres")
        if Role.WARD not in roles.values():
            yield _no_wards(where)
        if roles.get(str(districts)) in (Role.WARD, Role.UNITS):
            what = Text("区や町丁目は地区になりません", "wards and towns are no districts")
            yield UsageError(f"{where}.districts", what, COMPARABLE)
        if centres == districts or roles.get(str(centres)) == Role.UNITS:
            what = Text(f"「{centres}」は比べられません", f"“{centres}” cannot be compared")
            yield UsageError(f"{where}.centres", what, COMPARABLE)
        if row.get("mismatch") is True and centres is None:
            yield _misfit(f"{where}.mismatch", "mismatch")
        kind = row.get("type")
        file = kind if kind == "atlas" else (kind, row.get("paper", "A4"))
        if file in seen:
            what = Text("同じファイルになる印刷物です", "this would be the same file as another")
            remedy = Text("type か paper を変えてください", "change type or paper")
            yield UsageError(where, what, remedy)
        seen.add(file)


def _periods(periods: Rows, partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    """Periods of what cannot be compared: two partitions can, or two layers of items."""
    yield from _doubles(periods)
    kinds = {str(row.get("key")): "items" for _, row in layers if row.get("type") == "items"}
    towns = [str(row.get("key")) for _, row in partitions if row.get("role") == Role.UNITS]
    kinds |= {str(row.get("key")): "zones" for _, row in partitions}
    kinds = {key: kind for key, kind in kinds.items() if key not in towns}
    for where, row in periods:
        if str(row.get("key")).endswith(("_zones", "_towns")):
            yield _taken(f"{where}.key", str(row["key"]))
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


TWO_EDITIONS = Text(
    "別々の2つの区域区分か、2つの items のレイヤを書いてください",
    "give two different partitions, or two layers of items",
)
COMPARABLE = Text(
    "町丁目ではない、別々の区域区分を選んでください", "choose different partitions, not of towns"
)


def _units(partitions: Rows, layers: Rows) -> Iterator[UsageError]:
    units = [where for where, row in partitions if row.get("role") == Role.UNITS]
    for where in units[1:]:
        what = Text("役割 units の区域区分が複数あります", "there is more than one role units")
        remedy = Text("町丁目の区域区分を1つだけにしてください", "keep one partition of towns")
        yield UsageError(f"{where}.role", what, remedy)
    needy = [where for where, row in partitions if OF_TOWNS & row.keys()]
    needy += [where for where, row in layers if row.get("type") in ("counts", "weights")]
    needy += [where for where, row in layers if row.get("by") == "town"]
    needy += [where for where, row in layers if row.get("type") == "points" and "town" in row]
    if needy and not units:
        what = Text("町丁目の区域区分がありません", "this needs towns, and no partition has them")
        remedy = Text(
            'role = "units" の区域区分を加えてください', 'add a partition of role "units"'
        )
        yield UsageError(needy[0], what, remedy)


def _unknown_references(
    declared: dict[str, Any], partitions: Rows, layers: Rows, counts: Rows
) -> Iterator[UsageError]:
    declared_sources = declared.get("source")
    sources = list(declared_sources) if isinstance(declared_sources, dict) else []
    zones = [str(row.get("key")) for _, row in partitions]
    schemes = _scheme_rows(declared)
    marked = [str(row.get("key")) for _, row in layers if row.get("type") in MARKED]
    known_of = {"marks": marked} | {type_: [*zones, CITY] for type_ in ENTRIES}
    totals = [str(row.get("key")) for _, row in counts if row.get("kind") == CountKind.TOTAL]
    named = [(where, row, "sources", sources) for where, row in partitions + layers + schemes]
    named += [
        (where, row, "of", known_of.get(str(row.get("type")), zones)) for where, row in layers
    ]
    scheme_keys = [str(row["key"]) for _, row in schemes]
    named += [(where, row, "scheme", scheme_keys) for where, row in layers]
    named += [(where, row, "to", zones) for where, row in _tables(partitions, "snap")]
    named += [(where, row, "per", totals) for where, row in counts]
    points = [str(row.get("key")) for _, row in layers if row.get("type") == "points"]
    for where, row in _tables([("", declared)], "realign"):
        named += [(where.lstrip("."), row, field, zones) for field in ("kept", "moving")]
        named += [(where.lstrip("."), row, "sites", points)]
        named += [(f, load, "count", totals) for f, load in _tables([("realign", row)], "load")]
    for where, row in _rows(declared, "map"):
        named += [(where, row, field, zones) for field in ("compare", "districts", "show")]
    for where, row in _rows(declared, "sheet"):
        named += [(where, row, field, zones) for field in ("districts", "centres")]
    for where, row, field, known in named:
        yield from _not_among(known, where, row, field)


def _not_among(
    known: list[str], where: str, row: dict[str, Any], field: str
) -> Iterator[UsageError]:
    """The keys in a field of a row that are none of those known."""
    for key in _words(row.get(field)):
        if key not in known:
            what = Text(f"「{key}」は定義されていません", f"“{key}” is not defined anywhere")
            yield UsageError(f"{where}.{field}", what, did_you_mean(key, known))


def _words(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [word for word in values if isinstance(word, str)]


def _missing_files(partitions: Rows, layers: Rows, folder: Path) -> Iterator[UsageError]:
    tables = _tables(partitions, "boundary", "town_list", "town_table")
    tables += _tables(_parts(partitions), "boundary") + _tables(layers, "shapes")
    for where, table in tables + layers:
        name = table.get("file")
        if isinstance(name, str) and not (path := plan_path(folder, name)).is_file():
            what = Text(f"ファイルがありません（{path}）", f"there is no file {path}")
            remedy = Text(
                "計画ファイルのフォルダからの道筋と、$ の環境変数を確かめてください",
                "check the path, counted from the plan's folder, and any $VARIABLE in it",
            )
            yield UsageError(f"{where}.file", what, remedy)
