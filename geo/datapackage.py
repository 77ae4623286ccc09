"""`datapackage.json`: what is in the CSVs of a build, for programs (Frictionless Data Package v1).

Every column with its type, title and meaning in both languages; keys that tell rows apart and keys
that lead to another table, where they are true; sizes and hashes, so that a copy can be checked.
Licences stand with their sources: tables made from several have no licence of their own.

The CSVs are UTF-8 with a byte order mark, which is no part of the first name: "utf-8-sig" in
Python, "utf-8" to the standard, whose dialects know no such mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd

from .columns import Meaning, heading
from .plan import Role, Source
from .study import Study
from .table import Table, safe
from .tables import meanings_in
from .words import Text

#: The CSVs as :meth:`geo.table.Table.csv` writes them.
DIALECT = {
    "delimiter": ",",
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "header": True,
}
#: Types of fields by what pandas finds in them; the others hold text.
TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "floating": "number",
    "mixed-integer-float": "number",
}


def datapackage(study: Study, made: Sequence[Table], files: Mapping[str, bytes]) -> bytes:
    """The descriptor of the tables `made`; `files` are their CSVs by name."""
    plan = study.plan
    towns = study.with_role(Role.UNITS)
    lists = {key: f"list_{key}.csv" for key in study.partitions}
    if towns:
        lists[towns.key] = "towns.csv"
    zones = {table.name: table for table in made if table.name in lists.values()}
    listed = {key: zones[name] for key, name in lists.items() if name in zones}
    said: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._]+", "-", plan.title.en.lower()).strip("-._") or "overlaps",
        "title": both(plan.title),
    }
    if plan.schematic:
        said["description"] = both(plan.schematic)
    if created := day(plan.date):
        said["created"] = f"{created}T00:00:00Z"
    said["sources"] = [_source(one) for one in study.every_source]
    said["resources"] = [
        _resource(table, files[table.name], meanings_in(table, study), listed) for table in made
    ]
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def both(text: Text) -> str:
    """A text in both languages, where a standard has room for one.

    >>> both(Text("区", "Wards"))
    '区 / Wards'
    """
    return text.ja if text.ja == text.en else f"{text.ja} / {text.en}"


def day(date: str) -> str | None:
    """The first day of what a plan states as its date; None if it is no date.

    >>> day("2026-11"), day("2026"), day("2026-11-24"), day("令和8年")
    ('2026-11-01', '2026-01-01', '2026-11-24', None)
    """
    found = re.fullmatch(r"(\d{4})(-\d\d)?(-\d\d)?", date, re.ASCII)
    return found and "".join((found[1], found[2] or "-01", found[3] or "-01"))


def _source(source: Source) -> dict[str, str]:
    said = {
        "title": both(source.title),
        "publisher": both(source.publisher),
        "date": source.date,
        "license": both(source.licence),
    }
    if source.changes:
        said["changes"] = both(source.changes)
    return said | ({"path": source.url} if source.url else {})


def _resource(
    table: Table, data: bytes, meanings: Mapping[str, Meaning], listed: Mapping[str, Table]
) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": _name(table),
        "title": both(table.title),
        "path": table.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256(data).hexdigest()}",
        "dialect": DIALECT,
        "schema": _schema(table, meanings, listed),
    }


def _name(table: Table) -> str:
    return table.name.removesuffix(".csv").lower()


def _schema(
    table: Table, meanings: Mapping[str, Meaning], listed: Mapping[str, Table]
) -> dict[str, Any]:
    frame = table.frame
    names = dict(zip(frame.columns, safe(frame.iloc[:0]).columns, strict=True))
    keys = list(table.key) if table.key and _tells_apart(frame, table.key) else []
    fields = [
        _field(names[name], frame[name], meanings[str(name)], unique=keys == [name])
        for name in frame.columns
    ]
    said: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if keys:
        said["primaryKey"] = [names[name] for name in keys]
    leads = [
        {"fields": [column], "reference": {"resource": _name(to), "fields": [to.key[0]]}}
        for column, to in _leads(table, listed)
    ]
    return said | ({"foreignKeys": leads} if leads else {})


def _field(name: str, values: pd.Series, meaning: Meaning, *, unique: bool) -> dict[str, Any]:
    text, unit = meaning
    kind = pd.api.types.infer_dtype(values, skipna=True)
    said: dict[str, Any] = {
        "name": name,
        "type": TYPES.get(kind, "string"),
        "title": both(heading(meaning)),
        "description": both(text),
    }
    if unit:
        said["unit"] = unit
    if unique:
        said["constraints"] = {"required": True, "unique": True}
    return said


def _tells_apart(frame: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether no row is without its key, and no two rows have the same."""
    keys = frame[list(key)]
    return not (keys.isna() | (keys == "")).to_numpy().any() and not keys.duplicated().any()


def _leads(table: Table, listed: Mapping[str, Table]) -> list[tuple[str, Table]]:
    """The columns of ids of zones, and the tables that list all of these zones."""
    of = {f"{key}_id": key for key in listed} | dict(table.refers)
    found = []
    for column, key in of.items():
        if column in table.frame.columns and key in listed and listed[key] is not table:
            ids = table.frame[column].dropna()
            if ids[ids != ""].isin(listed[key].frame[listed[key].key[0]]).all():
                found.append((column, listed[key]))
    return found
