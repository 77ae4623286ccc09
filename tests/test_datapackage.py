"""`datapackage.json`: what it says of the CSVs is what they hold."""

from __future__ import annotations

import csv
import io
import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo import tables
from geo.datapackage import datapackage
from geo.edition_tables import edition_tables
from geo.proposal_tables import proposal_tables
from geo.study import Study
from geo.table import Table
from geo.words import same

NAME = re.compile(r"[-a-z0-9._/]+")


@pytest.fixture(scope="module")
def made(study: Study) -> list[Table]:
    assert study.proposals is not None
    return tables.tables(study, [*proposal_tables(study.proposals), *edition_tables(study)])


@pytest.fixture(scope="module")
def files(made: list[Table]) -> dict[str, bytes]:
    return {table.name: table.csv() for table in made}


@pytest.fixture(scope="module")
def said(study: Study, made: list[Table], files: dict[str, bytes]) -> dict[str, Any]:
    return described(study, made, files)


@pytest.fixture(scope="module")
def resources(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in said["resources"]}


def described(study: Study, made: list[Table], files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(datapackage(study, made, files))
    return found


def alone(study: Study, table: Table) -> dict[str, Any]:
    """The schema of this table."""
    files = {table.name: table.csv()}
    schema: dict[str, Any] = described(study, [table], files)["resources"][0]["schema"]
    return schema


def read(one: dict[str, Any], files: dict[str, bytes]) -> list[dict[str, str]]:
    text = files[one["path"]].decode(one["encoding"]).removeprefix("\ufeff")
    marks = {"delimiter": "delimiter", "quotechar": "quoteChar", "doublequote": "doubleQuote"}
    dialect = {mark: one["dialect"][name] for mark, name in marks.items()}
    return list(csv.DictReader(io.StringIO(text, newline=""), **dialect))


def test_the_package_says_what_it_is(study: Study, said: dict[str, Any]) -> None:
    assert said["profile"] == "tabular-data-package"
    assert said["created"] == "2026-11-01T00:00:00Z"
    assert NAME.fullmatch(said["name"])
    assert study.plan.title.ja in said["title"]
    assert study.plan.title.en in said["title"]
    titles = [source.title.ja for source in study.every_source]
    assert [one["title"].partition(" / ")[0] for one in said["sources"]] == titles
    assert all(one["publisher"] and one["date"] and one["license"] for one in said["sources"])


def test_every_file_is_there_whole(
    made: list[Table], files: dict[str, bytes], resources: dict[str, dict[str, Any]]
) -> None:
    assert [one["path"] for one in resources.values()] == [table.name for table in made]
    for one in resources.values():
        data = files[one["path"]]
        assert NAME.fullmatch(one["name"])
        assert one["bytes"] == len(data)
        assert one["hash"] == f"sha256:{sha256(data).hexdigest()}"


def test_every_column_is_described(
    files: dict[str, bytes], resources: dict[str, dict[str, Any]]
) -> None:
    for one in resources.values():
        fields = one["schema"]["fields"]
        text = files[one["path"]].decode("utf-8-sig")
        assert [field["name"] for field in fields] == next(csv.reader([text.splitlines()[0]]))
        assert all(field["title"] and field["description"] for field in fields)


def test_cells_are_of_the_types_stated(
    files: dict[str, bytes], resources: dict[str, dict[str, Any]]
) -> None:
    forms = {
        "integer": re.compile(r"-?\d+"),
        "number": re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?"),
        "boolean": re.compile("True|False"),
        "string": re.compile(r".*", re.DOTALL),
    }
    types = set()
    for one in resources.values():
        for row in read(one, files):
            for field in one["schema"]["fields"]:
                cell = row[field["name"]]
                assert cell in one["schema"]["missingValues"] or forms[field["type"]].fullmatch(
                    cell
                ), (one["name"], field["name"], cell)
        types |= {field["type"] for field in one["schema"]["fields"]}
    assert types == set(forms)


def test_keys_are_true(files: dict[str, bytes], resources: dict[str, dict[str, Any]]) -> None:
    keyed = led = 0
    for one in resources.values():
        rows, schema = read(one, files), one["schema"]
        if "primaryKey" in schema:
            keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
            assert len(set(keys)) == len(rows), one["name"]
            assert all(all(key) for key in keys), one["name"]
            keyed += 1
        for lead in schema.get("foreignKeys", []):
            [column], to = lead["fields"], lead["reference"]
            listed = {row[to["fields"][0]] for row in read(resources[to["resource"]], files)}
            assert {row[column] for row in rows} - {""} <= listed, (one["name"], column)
            led += 1
    assert keyed > 20
    assert led > 30


def test_zones_lead_to_their_lists(resources: dict[str, dict[str, Any]]) -> None:
    leads = {
        lead["fields"][0]: lead["reference"]["resource"]
        for lead in resources["crosswalk_care_town"]["schema"]["foreignKeys"]
    }
    assert leads == {"left_id": "list_care", "right_id": "towns"}
    unique = resources["towns"]["schema"]["fields"][0]["constraints"]
    assert unique == {"required": True, "unique": True}


@pytest.mark.parametrize("ids", [["1", "1"], ["1", ""], ["1", None]])
def test_a_key_that_is_not_true_is_not_stated(study: Study, ids: list[str | None]) -> None:
    table = Table("x.csv", same("x"), pd.DataFrame({"zone_id": ids}), key=("zone_id",))
    schema = alone(study, table)
    assert "primaryKey" not in schema
    assert "constraints" not in schema["fields"][0]


def test_types_go_by_what_is_there(study: Study) -> None:
    frame = pd.DataFrame(
        {
            "zone_id": ["01", "02"],
            "parts": pd.array([1, None], dtype="Int64"),
            "area_m2": [np.nan, 1.5],
            "proved": [True, False],
            "name": [None, None],
        }
    )
    fields = alone(study, Table("x.csv", same("x"), frame))["fields"]
    types = {field["name"]: field["type"] for field in fields}
    assert types == {
        "zone_id": "string", "parts": "integer", "area_m2": "number", "proved": "boolean",
        "name": "string",
    }  # fmt: skip
    assert next(field["unit"] for field in fields if field["name"] == "area_m2") == "m2"


def test_names_of_columns_are_those_of_the_csv(study: Study) -> None:
    """Also where the CSV takes the power from a name."""
    frame = pd.DataFrame({"=1+1": ["x"]})
    table = Table("x.csv", same("x"), frame, own={"=1+1": (same("x"), "")}, key=("=1+1",))
    schema = alone(study, table)
    assert [field["name"] for field in schema["fields"]] == schema["primaryKey"] == ["'=1+1"]


def test_it_stands_beside_the_tables(sample: Path) -> None:
    said = json.loads((sample / "datapackage.json").read_text(encoding="utf-8"))
    paths = {one["path"]: one for one in said["resources"]}
    assert set(paths) == {path.name for path in sample.glob("*.csv")}
    for name, one in paths.items():
        assert one["bytes"] == (sample / name).stat().st_size
