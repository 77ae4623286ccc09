"""plan.toml: what it may say, and everything that is wrong with it said at once."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest
from conftest import ROOT

from geo.errors import PlanError, UsageError
from geo.plan import FILE_NAME, CountKind, CountsPlan, Role
from geo.plan_file import load_plan, sample_folder

SOUND = """\
title = { ja = "計画", en = "Plan" }
city = { ja = "市", en = "City" }
crs = "EPSG:6677"
date = "2026"

[source.survey]
title = { ja = "測量", en = "Survey" }
publisher = { ja = "市", en = "City" }
date = "2025"
licence = { ja = "自由", en = "CC0" }

[[partition]]
key = "town"
title = { ja = "町丁目", en = "Towns" }
role = "units"
sources = ["survey"]
boundary = { file = "towns.geojson", id = "id" }

[[partition]]
key = "ward"
title = { ja = "区", en = "Wards" }
role = "ward"
town_column = { id = "ward" }

[[partition]]
key = "care"
title = { ja = "圏域", en = "Care areas" }
role = "care"
town_table = { file = "care.csv", town = "town", id = "id" }

[[layer]]
key = "census"
type = "counts"
title = { ja = "人口", en = "People" }
date = "2020"
file = "census.csv"
id = "id"
count = [
  { key = "people", column = "n", kind = "total", title = { ja = "人", en = "People" }, unit = { ja = "人", en = "people" } },
  { key = "aged", column = "a", kind = "rate", per = "people", title = { ja = "高齢", en = "Aged" }, unit = { ja = "%", en = "%" } },
]

[[layer]]
key = "items"
type = "items"
title = { ja = "項目", en = "Items" }
file = "items.csv"
of = "care"

[[map]]
type = "planner"
title = { ja = "ずれ", en = "Differences" }
compare = ["ward", "care"]

[[map]]
type = "embed"
title = { ja = "図", en = "Map" }
show = ["ward"]
"""  # noqa: E501


TITLE = 'title = { ja = "ずれ", en = "Differences" }'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("towns.geojson", "care.csv", "census.csv", "items.csv"):
        (tmp_path / name).touch()
    return tmp_path


def written(folder: Path, *changes: tuple[str, str], more: str = "") -> Path:
    """The sound plan with each (old, new) put in and `more` below it."""
    text = SOUND
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / FILE_NAME
    path.write_text(text + more, encoding="utf-8")
    return path


def faults(path: Path) -> list[UsageError]:
    with pytest.raises(UsageError) as caught:
        load_plan(path)
    return list(getattr(caught.value, "faults", [caught.value]))


def table(kind: str, *lines: str) -> str:
    return "\n".join(["", f"[[{kind}]]", TITLE, *lines, ""])


# --- what a plan says -----------------------------------------------------------------------------


def test_the_sample_loads() -> None:
    plan = load_plan(sample_folder() / FILE_NAME)
    assert plan.title.en == "Service areas of Chiba City (schematic)"
    assert [p.key for p in plan.partition] == ["ward", "district", "care", "care_before", "town"]
    assert plan.earlier == {"care_before", "items_before"}
    assert [c.key for c in plan.counts] == ["population", "households"]
    assert plan.path("layers/items.csv") == ROOT / "layers" / "items.csv"
    town = plan.with_role(Role.UNITS)
    assert town is not None
    assert town.key == "town"
    assert town.made_of_towns is None


def test_a_sound_plan_loads(folder: Path) -> None:
    plan = load_plan(written(folder))
    assert [(c.key, c.kind, c.per) for c in plan.counts] == [
        ("people", CountKind.TOTAL, None),
        ("aged", CountKind.RATE, "people"),
    ]
    assert plan.with_role(Role.DISTRICT) is None
    assert plan.folder == folder


def test_a_path_may_begin_with_an_environment_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENIKI_TEST_DATA", str(folder))
    elsewhere = folder / "plans"
    elsewhere.mkdir()
    path = written(folder, ("towns.geojson", "$KENIKI_TEST_DATA/towns.geojson"))
    moved = path.rename(elsewhere / FILE_NAME)
    wheres = [fault.where for fault in faults(moved)]
    assert wheres == ["partition[2].town_table.file", "layer[0].file", "layer[1].file"]


def test_models_are_frozen(folder: Path) -> None:
    plan = load_plan(written(folder))
    layer = plan.layer[0]
    assert isinstance(layer, CountsPlan)
    for model in (
        plan, plan.source["survey"], plan.partition[0], plan.partition[0].boundary,
        plan.partition[1].town_column, plan.partition[2].town_table, layer, layer.count[0],
        plan.layer[1], *plan.map,
    ):  # fmt: skip
        assert isinstance(model, pydantic.BaseModel)
        name = next(iter(type(model).model_fields))
        with pytest.raises(pydantic.ValidationError, match="frozen"):
            setattr(model, name, "x")
    with pytest.raises(AttributeError):
        plan.title.ja = "x"  # type: ignore[misc]


# --- one fault at a time: key, value, remedy ------------------------------------------------------

FEET = "US survey foot"
METRES = "Name a projected CRS in metres, such as EPSG:6677"
ONE_FAULT = [
    # unknown keys, in every kind of table
    (("city =", "cty ="), "cty", "there is no key “cty”", "Did you mean “city”"),
    (('en = "Plan"', 'en = "P", fr = "x"'), "title.fr", "no key “fr”", "Use one of: ja, en"),
    (("town_column", "town_colum"), "partition[1].town_colum", "town_colum", "“town_column”"),
    (('id = "id" }', 'id = "id", nme = "x" }'), "partition[0].boundary.nme", "nme", "“name”"),
    (("licence", "licnce"), "source.survey.licnce", "no key “licnce”", "Did you mean “licence”"),
    (("per =", "pre ="), "layer[0].count[1].pre", "no key “pre”", "Did you mean “per”"),
    (("of =", "off ="), "layer[1].off", "no key “off”", "Did you mean “of”"),
    (("show =", "shows ="), "map[1].shows", "no key “shows”", "Did you mean “show”"),
    # keys that are missing
    (('date = "2026"\n', ""), "date", "a key is missing", "Add it"),
    (("publisher =", "# publisher ="), "source.survey.publisher", "missing", "Add it"),
    (('kind = "total", ', ""), "layer[0].count[0].kind", "missing", "Add it"),
    (('type = "embed"\n', ""), "map[1]", "missing", "Add type"),
    (("towns.geojson", ""), "partition[0].boundary.file", "''", "Do not leave it empty"),
    # words outside a closed list, wrong types
    (('role = "care"', 'role = "cares"'), "partition[2].role", "“cares”", "Did you mean “care”"),
    (('role = "care"', "role = 3"), "partition[2].role", "“3”", "units, ward, district, care"),
    (('"items"\ntitle', '"itms"\ntitle'), "layer[1].type", "“itms”", "Did you mean “items”"),
    (('type = "embed"', 'type = "embd"'), "map[1].type", "“embd”", "Did you mean “embed”"),
    (('"total"', '"totl"'), "layer[0].count[0].kind", "“totl”", "Did you mean “total”"),
    (('crs = "EPSG:6677"', "crs = 6677"), "crs", "6677", 'in quotes: "…"'),
    (('key = "care"', 'key = "Care"'), "partition[2].key", "'Care'", "lower-case letter"),
    (('["ward"]', "[]"), "map[1].show", "[]", "Give at least one"),
    # a CRS in which nothing can be measured
    (("EPSG:6677", "EPSG:4326"), "crs", "EPSG:4326 is in degrees", METRES),
    (("EPSG:6677", "EPSG:99999"), "crs", "there is no CRS “EPSG:99999”", METRES),
    (("EPSG:6677", "EPSG:2225"), "crs", f"EPSG:2225 is in {FEET}", METRES),
    (('id = "id" }', 'id = "id", crs = "EPSG:99999" }'), "partition[0].boundary.crs", "99999", ""),
    # files
    (("care.csv", "cure.csv"), "partition[2].town_table.file", "cure.csv", "Check the path"),
    (("census.csv", "$KENIKI_UNSET/x.csv"), "layer[0].file", "$KENIKI_UNSET/x.csv", "$VARIABLE"),
    # references
    (('["survey"]', '["survy"]'), "partition[0].sources", "“survy”", "Did you mean “survey”"),
    (('of = "care"', 'of = "car"'), "layer[1].of", "“car” is not defined", "Did you mean “care”"),
    (('per = "people"', 'per = "aged"'), "layer[0].count[1].per", "“aged”", "people"),
    (('"ward", "care"]', '"ward", "cre"]'), "map[0].compare", "“cre”", "Did you mean “care”"),
    (('show = ["ward"]', 'show = ["wrd"]'), "map[1].show", "“wrd”", "Did you mean “ward”"),
    # keys used twice
    (('key = "aged"', 'key = "people"'), "layer[0].count[1].key", "“people” is used twice", "Give"),
    (('key = "items"', 'key = "census"'), "layer[1].key", "“census” is used twice", "another key"),
    # keys that do not fit together
    ((', per = "people"', ""), "layer[0].count[1]", "do not fit together", "denominator in per"),
    (('"total",', '"total", per = "people",'), "layer[0].count[0]", "do not fit", "a total none"),
    (('id = "id"\ncount', "count"), "layer[0]", "do not fit together", "Give file and id together"),
    (
        ('town_column = { id = "ward" }', ""),
        "partition[1]", "do not fit together", "Give a boundary, or one of town_list",
    ),
    (
        ("town_table", 'town_column = { id = "x" }\ntown_table'),
        "partition[2]", "do not fit together", "one of town_list, town_table, town_column",
    ),
    (
        ('boundary = { file = "towns.geojson", id = "id" }', ""),
        "partition[0]", "do not fit together", "A partition with role units has a boundary",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "what", "remedy"), ONE_FAULT)
def test_a_fault_is_said_with_key_value_and_remedy(
    folder: Path, change: tuple[str, str], where: str, what: str, remedy: str
) -> None:
    found = next(fault for fault in faults(written(folder, change)) if fault.where == where)
    assert what in found.line("en")
    assert remedy in found.line("en")
    assert found.exit_code == 2


COMPARE = 'compare = ["ward", "care"]'
PAGES = {
    "compared with itself": ((COMPARE, 'compare = ["care", "care"]'), "map[0].compare"),
    "compared with towns": ((COMPARE, 'compare = ["care", "town"]'), "map[0].compare"),
    "council of wards": (
        (f'"planner"\n{TITLE}\n{COMPARE}', f'"council"\n{TITLE}\ndistricts = "ward"'),
        "map[0].districts",
    ),
    "second of a type": (
        (f'"planner"\n{TITLE}\n{COMPARE}', f'"embed"\n{TITLE}\nshow = ["care"]'),
        "map[1].type",
    ),
}


@pytest.mark.parametrize(("change", "where"), PAGES.values(), ids=PAGES.keys())
def test_a_page_that_cannot_be_made_is_a_fault(
    folder: Path, change: tuple[str, str], where: str
) -> None:
    """A page that compares nothing, or that another page would overwrite."""
    assert [fault.where for fault in faults(written(folder, change))] == [where]


def test_a_council_needs_wards(folder: Path) -> None:
    more = table("map", 'type = "council"', 'districts = "care"')
    path = written(folder, ('role = "ward"', 'role = "other"'), more=more)
    assert [fault.where for fault in faults(path)] == ["map[2].type"]


@pytest.mark.parametrize("key", ["area_m2", "share_of_left", "left_id", "town_name", "way"])
def test_a_count_may_not_take_the_name_of_a_column(folder: Path, key: str) -> None:
    """The tables have columns of these names already."""
    changes = (('key = "people"', f'key = "{key}"'), ('per = "people"', f'per = "{key}"'))
    assert [fault.where for fault in faults(written(folder, *changes))] == ["layer[0].count[0].key"]


def test_folder_is_not_a_key_of_the_file(folder: Path) -> None:
    path = written(folder, ('date = "2026"\n', 'date = "2026"\nfolder = "x"\n'))
    assert [fault.where for fault in faults(path)] == ["folder"]


def test_two_partitions_of_towns(folder: Path) -> None:
    more = table(
        "partition", 'key = "block"', 'role = "units"',
        'boundary = { file = "towns.geojson", id = "id" }',
    )  # fmt: skip
    only = faults(written(folder, more=more))
    assert [fault.line("en") for fault in only] == [
        "partition[3].role: there is more than one role units. Keep one partition of towns."
    ]


def test_towns_are_needed(folder: Path) -> None:
    only = faults(written(folder, ('role = "units"', 'role = "other"')))
    assert [fault.line("en") for fault in only] == [
        "partition[1]: this needs towns, and no partition has them. "
        'Add a partition of role "units".'
    ]


# --- all at once ----------------------------------------------------------------------------------


def test_every_fault_is_said_at_once(folder: Path) -> None:
    path = written(
        folder,
        ("EPSG:6677", "EPSG:4326"),
        ("city =", "cty ="),
        ('["survey"]', '["survy"]'),
        ("towns.geojson", "nowhere.geojson"),
        ('role = "ward"', 'role = "wards"'),
        ('key = "care"', 'key = "ward"'),
        (', per = "people"', ""),
        ('of = "care"', 'of = "cure"'),
        ("items.csv", "$KENIKI_UNSET/items.csv"),
        ('show = ["ward"]', 'show = ["wrd"]'),
    )
    found = faults(path)
    assert sorted(fault.where for fault in found) == [
        "city",
        "crs",
        "cty",
        "layer[0].count[1]",
        "layer[1].file",
        "layer[1].of",
        "map[0].compare",
        "map[1].show",
        "partition[0].boundary.file",
        "partition[0].sources",
        "partition[1].role",
        "partition[2].key",
    ]


def test_every_fault_is_one_line_in_both_languages(folder: Path) -> None:
    path = written(
        folder,
        ('en = "Plan"', '"a\\nb" = "x"'),
        ("EPSG:6677", "EPSG:\\n4326"),
        ('role = "care"', 'role = "ca\\nre"'),
        ('of = "care"', 'of = "cu\\nre"'),
    )
    with pytest.raises(PlanError) as caught:
        load_plan(path)
    for language in ("ja", "en"):
        lines = caught.value.lines(language)
        assert len(lines) == len(caught.value.faults) >= 5
        assert all(line.isprintable() for line in lines)
    assert all(line.endswith("。") for line in caught.value.lines("ja"))
    assert str(caught.value) == caught.value.faults[0].line("en")


@pytest.mark.parametrize(
    "change",
    [
        ('{ ja = "計画", en = "Plan" }', '"計画"'),
        ('["survey"]', '"survey"'),
        ('["ward"]', '"ward"'),
    ],
)
def test_a_wrong_type_is_said_in_japanese_too(folder: Path, change: tuple[str, str]) -> None:
    lines = [fault.line("ja") for fault in faults(written(folder, change))]
    assert "Input should" not in "".join(lines)


@pytest.mark.parametrize("text", ["source = 3", "source = [1]", "partition = 3", "map = [1]"])
def test_a_plan_of_another_shape_is_a_fault_not_a_crash(folder: Path, text: str) -> None:
    path = folder / FILE_NAME
    path.write_text(text, encoding="utf-8")
    assert text.split()[0] in {fault.where.split("[")[0] for fault in faults(path)}


# --- files that are no plan -----------------------------------------------------------------------


def test_not_there(tmp_path: Path) -> None:
    (only,) = faults(tmp_path / "nope.toml")
    assert only.line("en").endswith("there is no such plan. Make one with: keniki new DIR.")


def test_not_toml(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text('title = "x"\ncrs = =\n', encoding="utf-8")
    (only,) = faults(path)
    assert "this is not TOML" in only.line("en")
    assert "line 2" in only.line("en")


def test_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes('title = "計画"'.encode("cp932"))
    (only,) = faults(path)
    assert "Give a file in UTF-8" in only.line("en")


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    """Editors on Windows write one."""
    path = written(folder)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_plan(path).city.en == "City"
