"""The command: exit codes, one line per error, results on stdout and everything else on stderr."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import CRS, ROOT

from geo.cli import main


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.out)))


Keniki = Callable[..., Done]


@pytest.fixture
def keniki(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Keniki:
    """The command, run in an empty folder (`tmp_path`)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KENIKI_LANG", "en")

    def run(*arguments: str) -> Done:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


# --- small files ----------------------------------------------------------------------------------


def strip(id_: str, west: float, east: float, **more: Any) -> dict[str, Any]:
    """A zone 1 km high, from `west` to `east` (m)."""
    ring = [[west, 0], [east, 0], [east, 1000], [west, 1000], [west, 0]]
    return {
        "type": "Feature",
        "properties": {"id": id_} | more,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(path: Path, *features: dict[str, Any], crs: bool = True) -> Path:
    name = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6677"}}
    whole = {"type": "FeatureCollection", "features": list(features)}
    path.write_text(json.dumps(whole | ({"crs": {**name}} if crs else {})), encoding="utf-8")
    return path


@pytest.fixture
def two_files(tmp_path: Path) -> list[str]:
    """A and B on the left carry the counts, X and Y on the right::

    0       1      1.5    2          3 km
    ┌───────┬─────────────┐
    │   A   │      B      │            people 100, 50; homes not known, 7
    ├───────┴──────┬──────┴──────────┐
    │      X       │        Y        │
    └──────────────┴─────────────────┘
    """
    geojson(
        tmp_path / "left.geojson",
        strip("A", 0, 1000, people=100, homes=""),
        strip("B", 1000, 2000, people=50, homes="7"),
    )
    geojson(tmp_path / "right.geojson", strip("X", 0, 1500), strip("Y", 1500, 3000))
    ids = ["--left-id", "id", "--right-id", "id", "--crs", CRS]
    return ["overlap", "left.geojson", "right.geojson", *ids]


TITLE = 'title = {{ ja = "{0}の題", en = "{0} title" }}\n'
PLAN = f"""\
{TITLE.format("計画")}
city = {{ ja = "市", en = "City" }}
crs = "{CRS}"
date = "2026"

[[partition]]
key = "town"
role = "units"
{TITLE.format("town")}
boundary = {{ file = "towns.geojson", id = "id", name = "name" }}
ward = "ward"

[[partition]]
key = "ward"
role = "ward"
{TITLE.format("ward")}
town_column = {{ id = "ward" }}

[[partition]]
key = "care"
role = "care"
{TITLE.format("care")}
town_list = {{ file = "care.csv", id = "id", name = "name", text = "text" }}

[[layer]]
key = "census"
type = "counts"
{TITLE.format("census")}
date = "2020"
file = "census.csv"
id = "town"
count = [
  {{ key = "people", column = "n", kind = "total", {TITLE.format("people").strip()[:-1]}}}, unit = {{ ja = "人", en = "people" }} }},
]
"""  # noqa: E501


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A plan of four towns in two wards and two care areas; nobody knows how many live in 04."""
    geojson(
        tmp_path / "towns.geojson",
        strip("01", 0, 1000, name="本町一丁目", ward="W"),
        strip("02", 1000, 2000, name="本町二丁目", ward="W"),
        strip("03", 2000, 3000, name="新町", ward="E"),
        strip("04", 3000, 4000, name="西町", ward="E"),
    )
    (tmp_path / "care.csv").write_text(
        "id,name,text\n1,北,本町1丁目\n2,南,本町2丁目、新町、西町\n",
        encoding="utf-8",
    )
    (tmp_path / "census.csv").write_text("town,n\n01,100\n02,20\n03,3\n04,X\n", encoding="utf-8")
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- overlap of two files -------------------------------------------------------------------------


def test_overlap_of_two_files(keniki: Keniki, two_files: list[str]) -> None:
    done = keniki(*two_files)
    assert done.code == 0
    assert done.out == (
        "left_id,right_id,area_m2,share_of_left,share_of_right\n"
        "A,X,1000000,1,0.666666666667\n"
        "B,X,500000,0.5,0.333333333333\n"
        "B,Y,500000,0.5,0.333333333333\n"
    )
    assert "RIGHT outside LEFT: 1,000,000 m² (rows with --remainder)" in done.err
    assert "LEFT outside RIGHT" not in done.err


@pytest.mark.parametrize(
    "counts", [["--counts", "people", "homes"], ["--counts", "people", "--counts", "homes"]]
)
def test_counts_are_split_by_area_and_missing_ones_stay_empty(
    keniki: Keniki, two_files: list[str], counts: list[str]
) -> None:
    done = keniki(*two_files, *counts)
    assert [(row["people"], row["homes"]) for row in done.rows] == [
        ("100", ""), ("25", "3.5"), ("25", "3.5"),
    ]  # fmt: skip
    assert "homes is not known for these towns A" in done.err
    assert list(done.rows[0])[5:] == ["people", "homes"]


def test_counts_may_stand_between_other_options(keniki: Keniki, two_files: list[str]) -> None:
    done = keniki(*two_files[:3], "--counts", "people", "homes", "--quiet", *two_files[3:])
    assert list(done.rows[0])[5:] == ["people", "homes"]


def test_the_remainder_makes_shares_add_to_1(keniki: Keniki, two_files: list[str]) -> None:
    rows = keniki(*two_files, "--remainder", "--counts", "people").rows
    assert rows[-1] == {
        "left_id": "", "right_id": "Y", "area_m2": "1000000", "share_of_left": "",
        "share_of_right": "0.666666666667", "people": "",
    }  # fmt: skip
    for side in ("left", "right"):
        shares: dict[str, float] = {}
        for row in rows:
            shares[row[f"{side}_id"]] = shares.get(row[f"{side}_id"], 0) + float(
                row[f"share_of_{side}"] or 0
            )
        shares.pop("", None)
        assert shares == pytest.approx(dict.fromkeys(shares, 1))
    assert sum(float(row["people"] or 0) for row in rows) == 150


def test_overlap_into_a_file(keniki: Keniki, two_files: list[str], tmp_path: Path) -> None:
    there = keniki(*two_files, "--out", "pairs.csv")
    here = keniki(*two_files)
    assert there.out == ""
    assert (tmp_path / "pairs.csv").read_bytes() == here.out.encode()


def test_files_in_metres_that_name_no_crs(keniki: Keniki, tmp_path: Path) -> None:
    """--crs also says what such files are in; that is said, once for each."""
    geojson(tmp_path / "a.geojson", strip("A", 0, 1000), crs=False)
    geojson(tmp_path / "b.geojson", strip("B", 250, 1250), crs=False)
    done = keniki(
        "overlap", "a.geojson", "b.geojson", "--left-id", "id", "--right-id", "id", "--crs", CRS
    )
    assert [row["share_of_left"] for row in done.rows] == ["0.75"]
    assert done.err.count(f"taken to be in {CRS}, as declared") == 2


# --- overlap of a plan's partitions ---------------------------------------------------------------


def test_overlap_of_a_plan(keniki: Keniki, small: Path) -> None:
    """North is 01, south is 02, 03 and 04; W is 01 and 02, E is 03 and 04."""
    done = keniki("overlap", "ward", "care")
    assert done.code == 0
    assert [tuple(row.values()) for row in done.rows] == [
        ("E", "2", "2000000", "1", "0.666666666667", "3", "1"),
        ("W", "1", "1000000", "0.5", "1", "100", "0"),
        ("W", "2", "1000000", "0.5", "0.333333333333", "20", "0"),
    ]
    assert list(done.rows[0])[5:] == ["people", "people_missing_towns"]


def test_overlap_of_the_sample_keeps_everybody(keniki: Keniki) -> None:
    done = keniki("overlap", "district", "care", "--remainder", "--counts", "population")
    assert sum(float(row["population"] or 0) for row in done.rows) == 971_837
    assert list(done.rows[0])[5:] == ["population", "population_missing_towns"]
    assert "using the embedded sample (Chiba City, schematic)" in done.err


# --- towns ----------------------------------------------------------------------------------------


def test_towns_as_json(keniki: Keniki, small: Path) -> None:
    text = "本町１丁目・二丁目、新町の一部、東町"
    read = json.loads(keniki("towns", text, "--ward", "W").out)
    assert read["text"] == text
    for piece in read["pieces"]:
        assert piece["text"] == text[piece["start"] : piece["end"]]
    assert [piece["how"] for piece in read["pieces"]] == [
        "exact",
        "exact",
        "not_found",
        "not_found",
    ]
    assert read["towns"] == ["01", "02"]
    read = json.loads(keniki("towns", text, "--plan", str(small)).out)
    assert read["pieces"][2]["state"] == "part"
    assert read["pieces"][2]["towns"] == [{"id": "03", "name": "新町", "ward": "E"}]
    assert set(read["pieces"][3]["nearest"]) == {"新町", "西町"}
    assert read["towns"] == ["01", "02"]


# --- check ----------------------------------------------------------------------------------------


def test_check(keniki: Keniki, small: Path) -> None:
    done = keniki("check", "--json")
    assert done.code == 0
    assert [(f["severity"], f["kind"], f["place"], f["amount"]) for f in json.loads(done.out)] == [
        ("note", "count_missing", "04", 1)
    ]


def test_check_in_words(keniki: Keniki, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = keniki("check")
    assert "people title is not known for these towns" in done.out
    assert "1 towns" in done.out
    assert "peopleの題がわからない町丁目があります" in keniki("--lang", "ja", "check").out


def test_check_fails_where_figures_are_wrong(keniki: Keniki, small: Path) -> None:
    change(small.parent / "census.csv", "01,100", "01,-100")
    change(small.parent / "care.csv", "新町、西町", "新町、東町")
    done = keniki("check", "--json")
    assert done.code == 1
    found = [(f["severity"], f["kind"], f["place"]) for f in json.loads(done.out)]
    assert found[:2] == [("error", "count_negative", "01"), ("error", "name_without_town", "2")]
    assert ("warning", "town_in_no_zone", "04") in found


@pytest.mark.parametrize("cell", ["09", ""])
def test_a_figure_of_no_town_is_said(keniki: Keniki, small: Path, cell: str) -> None:
    """People who live nowhere are missing from every sum."""
    with (small.parent / "census.csv").open("a", encoding="utf-8") as file:
        file.write(f"{cell},500\n")
    done = keniki("check", "--json")
    assert done.code == 1
    assert json.loads(done.out)[0]["where"] in ("census", "census.csv")


def test_an_empty_row_is_nothing_to_speak_of(keniki: Keniki, small: Path) -> None:
    """Spreadsheets leave rows of commas at the end."""
    with (small.parent / "census.csv").open("a", encoding="utf-8") as file:
        file.write(",\n")
    assert keniki("check", "--quiet").code == 0


def test_ward_codes_are_the_same_beside_an_empty_cell(
    keniki: Keniki, small: Path, tmp_path: Path
) -> None:
    """A column of whole numbers with an empty cell is read as 10.0; the ward is 10."""
    geojson(
        tmp_path / "towns.geojson",
        strip("01", 0, 1000, name="本町", ward=10),
        strip("02", 1000, 2000, name="新町", ward=None),
    )
    (tmp_path / "care.csv").write_text("id,name,text\n1,北,本町、新町\n", encoding="utf-8")
    read = json.loads(keniki("towns", "本町", "--ward", "10").out)
    assert read["towns"] == ["01"]
    assert read["pieces"][0]["towns"][0]["ward"] == "10"
    assert "Use one of: 10." in keniki("towns", "本町", "--ward", "9").err
    assert [row["left_id"] for row in keniki("overlap", "ward", "care").rows] == ["10"]


def test_check_of_the_sample_finds_nothing_wrong(keniki: Keniki) -> None:
    done = keniki("check", "--json", "--quiet")
    assert (done.code, done.err) == (0, "")
    assert {finding["severity"] for finding in json.loads(done.out)} == {"note"}


# --- new and build --------------------------------------------------------------------------------


def test_new_then_build(keniki: Keniki, tmp_path: Path) -> None:
    """Two builds of a fresh copy write the same bytes, whatever the order of hashes."""
    done = keniki("new", "towns/mine")
    assert done.code == 0
    assert done.out == ""
    assert "Next: keniki build" in done.err
    copy = tmp_path / "towns" / "mine"
    assert sorted(path.name for path in copy.iterdir()) == ["boundaries", "layers", "plan.toml"]
    assert (copy / "plan.toml").read_bytes() == (ROOT / "plan.toml").read_bytes()
    builds = [
        subprocess.Popen(
            [sys.executable, "-m", "geo", "build", str(copy), "--out", str(tmp_path / seed),
             "--no-sheets"],
            env=os.environ | {"PYTHONHASHSEED": seed, "KENIKI_LANG": "en"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]  # fmt: skip
    for build in builds:
        out, err = (stream.decode() for stream in build.communicate(timeout=300))
        assert build.returncode == 0, err
        assert out == ""
        assert "\x1b" not in err
        assert err.startswith("Reading Towns\nReading Wards\n")
        assert "Wrote 64 files." in err
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()} for seed in "12"
    )
    assert len(one) == 64
    assert one == two


def test_new_does_not_write_over_anything(keniki: Keniki, small: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    for place in (".", "plan.toml"):
        done = keniki("new", place)
        assert done.code == 2
        assert done.err.endswith("it is there already and not empty. Name a new folder.\n")
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "empty").mkdir()
    assert keniki("new", "empty", "-q") == Done(0, "", "")


def test_build_beside_the_plan(keniki: Keniki, small: Path, tmp_path: Path) -> None:
    done = keniki("build", "--quiet")
    assert done == Done(0, "", "")
    made = {path.name for path in (tmp_path / "maps_out").iterdir()}
    assert {"index.html", "crosswalk_ward_care.csv", "towns.csv", "findings.csv"} <= made


def test_build_again_writes_over_its_own_files_only(
    keniki: Keniki, small: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    for _ in range(2):
        assert keniki("build", "--out", "out").code == 0
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "maps_out").exists()


def test_build_tells_how_many_findings_matter(keniki: Keniki, small: Path) -> None:
    change(small.parent / "census.csv", "01,100", "01,-100")
    assert "1 findings: see findings.csv, or run keniki check" in keniki("build").err
    assert "点検結果が 1 件あります" in keniki("--lang", "ja", "build").err


# --- wrong use: one line, no traceback, in both languages -----------------------------------------

FILES = ["left.geojson", "right.geojson"]
IDS = ["--left-id", "id", "--right-id", "id"]
WRONG_USE = [
    (["chek"], "No such command 'chek'"),
    (["build", "--ot", "x"], "No such option"),
    (["build", "nope.toml"], "there is no such plan"),
    (["build", "nowhere"], "there is no such plan"),
    (["check", "left.geojson"], "this is not TOML"),
    (["--lang", "fr", "check"], "'fr' is not one of"),
    (["overlap", "ward"], "Missing argument 'RIGHT'"),
    (["overlap", "wrd", "care"], "no partition is called “wrd”. Did you mean “ward”"),
    (["overlap", "ward", "care", "--counts", "peple"], "no count “peple”. Did you mean “people”"),
    (["overlap", "ward", "care", "--counts"], "requires an argument"),
    (["overlap", *FILES], "Files need --left-id, --right-id and --crs"),
    (["overlap", *FILES, "--left-id", "id"], "Give all of --left-id, --right-id and --crs"),
    (["overlap", *FILES, *IDS, "--crs", "EPSG:4326"], "EPSG:4326 is in degrees, not metres"),
    (["overlap", *FILES, *IDS, "--crs", "EPSG:2225"], "EPSG:2225 is in US survey foot"),
    (["overlap", *FILES, *IDS, "--crs", "6677x"], "there is no CRS “6677x”"),
    (["overlap", *FILES, *IDS, "--crs", CRS, "--counts", "peple"], "Did you mean “people”"),
    (["overlap", *FILES, *IDS, "--crs", CRS, "--counts", "area_m2"], "area_m2"),
    (["overlap", *FILES, "--left-id", "idd", *IDS[2:], "--crs", CRS], "no column “idd”. Did you"),
    (["overlap", "nope.shp", FILES[1], *IDS, "--crs", CRS], "nope.shp: there is no such file"),
    (["overlap", *FILES, *IDS, "--crs", CRS, "--out", "no/x.csv"], "no/x.csv"),
    (["overlap", *FILES, *IDS, "--crs", CRS, "--out", "."], "."),
    (["build", "--out", "plan.toml"], "plan.toml"),
    (["new", "plan.toml/x"], "plan.toml"),
    (["towns", "本町", "--ward", "X"], "there is no ward “X”. Use one of: E, W"),
    (["towns"], "Missing argument 'TEXT'"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), WRONG_USE, ids=[" ".join(words) for words, _ in WRONG_USE]
)
def test_wrong_use(
    keniki: Keniki, small: Path, two_files: list[str], arguments: list[str], said: str
) -> None:
    small.with_name("left.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [
            strip("A", 0, 1000, people=1, area_m2=1)]}), encoding="utf-8",
    )  # fmt: skip
    for language in ("en", "ja"):
        done = keniki("--lang", language, *arguments)
        assert (done.code, done.out) == (2, "")
        lines = [line for line in done.err.splitlines() if line.startswith("keniki")]
        assert len(lines) == 1
        assert "Traceback" not in done.err
        if language == "en":
            assert said in lines[0]


def test_every_fault_of_a_plan_has_a_line(keniki: Keniki, small: Path) -> None:
    change(small, CRS, "EPSG:4326")
    change(small, 'role = "care"', 'role = "cares"')
    change(small, "census.csv", "nope.csv")
    english, japanese = keniki("check"), keniki("--lang", "ja", "check")
    for done in (english, japanese):
        assert (done.code, done.out) == (2, "")
        assert len(done.err.splitlines()) == 3
        assert all(line.startswith("keniki: ") for line in done.err.splitlines())
    assert "Did you mean “care”" in english.err
    assert "「care」の誤りではありませんか。" in japanese.err


def test_data_at_fault_end_with_1(keniki: Keniki, small: Path) -> None:
    change(small.parent / "census.csv", "02,20", "02,約20")
    for command in ("check", "build"):
        done = keniki(command, "--quiet")
        assert (done.code, done.out) == (1, "")
        assert done.err == (
            "keniki: census.csv: n[02]: “約20” is no number. Write a number or leave it empty.\n"
        )


def test_a_ward_column_that_is_not_there(keniki: Keniki, small: Path) -> None:
    change(small, 'ward = "ward"\n', 'ward = "wrad"\n')
    done = keniki("check", "--quiet")
    assert done.code == 2
    assert "there is no column “wrad”. Did you mean “ward”?" in done.err


def test_japanese_where_the_locale_says_so(keniki: Keniki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KENIKI_LANG")
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "計画ファイルがありません" in keniki("build", "nope.toml").err
    assert "there is no such plan" in keniki("--lang", "en", "build", "nope.toml").err
    assert "there is no such plan" in keniki("build", "nope.toml", "--lang", "en").err


@pytest.mark.parametrize("command", ["new", "build", "check", "overlap", "towns"])
def test_every_command_explains_itself(keniki: Keniki, command: str) -> None:
    done = keniki(command, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"Usage: keniki {command}" in done.out
    assert "--quiet" in done.out


def test_without_a_command_the_help_is_shown(keniki: Keniki) -> None:
    done = keniki()
    text = done.out + done.err
    assert "\nCommands:\n" in text
    assert "  overlap  " in text


# --- in a process of its own ----------------------------------------------------------------------


def test_as_a_process(tmp_path: Path) -> None:
    wrong = subprocess.run(
        [sys.executable, "-m", "geo", "build", "nope.toml"],
        cwd=tmp_path, env=os.environ | {"KENIKI_LANG": "ja"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.decode() == (
        "keniki: nope.toml: 計画ファイルがありません。keniki new DIR で作成できます。\n"
    )


def test_a_reader_that_has_had_enough_is_no_error(two_files: list[str], tmp_path: Path) -> None:
    """As in `keniki overlap … | head -1`."""
    running = subprocess.Popen(
        [sys.executable, "-m", "geo", *two_files, "--quiet"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == 0
    assert err == b""
