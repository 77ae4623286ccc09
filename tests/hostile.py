"""A plan with text in every field that would run, if anything in a page ran what is only text."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from conftest import ROOT

from geo.plan import FILE_NAME

#: Text that would run as Python in Folium's templates, or as JavaScript or HTML in the page.
HOSTILE = [
    "{{cycler.__init__.__globals__.os.mkdir(dict(pwned=1)|join)}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "{# gone #}",
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "</script><script>window.pwned=1</script>",
    "</textarea><svg onload=window.pwned=1>",
    "`-window.pwned=1-`",
    "${window.pwned=1}",
    "\"+(window.pwned=1)+\"",
    "'-(window.pwned=1)-'",
    "back\\slash\\",
    "line\u2028separator",
    "<!--<script>",
]  # fmt: skip
#: All of it as one cell, which a spreadsheet would take for a formula.
EVERYTHING = "=" + " ".join(HOSTILE)
#: What of it may stand in the name of a file.
FILE = "=" + " ".join(text for text in HOSTILE if len(text) < 40 and "/" not in text) + ".csv"

#: Ids that become hostile wherever they stand, and names that do.
WARD, DISTRICT, CENTRE, THEME = (f"{kind} {EVERYTHING}" for kind in ("w", "d", "c", "t"))
IDS = {"12101": WARD, "12101-d01": DISTRICT}

PLACES = f"""
[[layer]]
key = "places"
type = "points"
title = {{ ja = "x", en = "x" }}
sources = ["centres"]
file = {json.dumps(FILE)}
"""


def hostile_plan(folder: Path, centre_of_town: Mapping[str, str]) -> Path:
    """The sample with hostile text in every field that anything shows; returns its plan."""
    for part in ("boundaries", "layers"):
        shutil.copytree(ROOT / part, folder / part)
    for path in (*folder.glob("*/*.csv"), *folder.glob("*/*.geojson")):
        poison_ids(path)
    for name, columns in {
        "boundaries/districts.csv": ["district"],
        "layers/items.csv": ["text_ja", "text_en", "who_ja", "who_en", "start_year"],
        "layers/ward_items.csv": ["text_ja", "text_en", "who_ja", "who_en", "start_year"],
        "layers/city_items.csv": ["text_ja", "text_en", "who_ja", "who_en", "end_year"],
        "layers/flags.csv": ["text_ja", "text_en"],
        "layers/city_goals.csv": ["text_ja", "text_en"],
        "layers/ward_marks.csv": ["note_ja", "note_en"],
        "layers/city_marks.csv": ["note_ja", "note_en"],
        "layers/themes.csv": ["name_ja", "name_en"],
        "layers/ward_goals.csv": ["text_ja", "text_en"],
        "layers/cases.csv": [
            *("title_ja", "title_en", "place_ja", "place_en", "note_ja", "note_en", "link"),
            *("photo_ja", "photo_en"),
        ],
    }.items():
        poison_table(folder / name, columns)
    poison_theme(folder / "layers")
    poison_names(folder / "boundaries" / "wards.geojson", "ward")
    poison_names(folder / "boundaries" / "towns.geojson", "name")
    centres(folder / "boundaries", centre_of_town)
    places = pd.DataFrame(
        {
            "名称": [EVERYTHING, f"2 {EVERYTHING}"],
            "種別": EVERYTHING,
            "所在地": EVERYTHING,
            "緯度": ["35.6", EVERYTHING],
            "経度": ["140.12", EVERYTHING],
        }
    )
    places.to_csv(folder / FILE, index=False, encoding="utf-8-sig")
    plan = (ROOT / FILE_NAME).read_text(encoding="utf-8") + PLACES
    said = json.dumps(EVERYTHING, ensure_ascii=False)
    plan = re.sub(r'\b(ja|en|date) = "[^"]*"', lambda found: f"{found[1]} = {said}", plan)
    plan = re.sub(
        r"town_list = \{ file = .*",
        'town_table = { file = "boundaries/centres.csv", town = "town", id = "id", name = "name" }',
        plan,
    )
    (folder / FILE_NAME).write_text(plan, encoding="utf-8")
    return folder / FILE_NAME


def poison_ids(path: Path) -> None:
    """Every cell that holds one of IDS, in tables and as a property."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".geojson":
        for old, new in IDS.items():
            text = text.replace(json.dumps(old), json.dumps(new))
        path.write_text(text, encoding="utf-8")
        return
    rows = [[IDS.get(cell, cell) for cell in row] for row in csv.reader(text.splitlines(True))]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def poison_table(path: Path, columns: list[str]) -> None:
    """Hostile text in the first row of a CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= dict.fromkeys(columns, EVERYTHING)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)


def poison_theme(layers: Path) -> None:
    """The id of the first theme, and that of the items that have it."""
    for name, column in (
        ("themes.csv", "theme_id"),
        ("items.csv", "themes"),
        ("city_items.csv", "themes"),
    ):
        table = pd.read_csv(layers / name, dtype=str, keep_default_na=False)
        table[column] = [
            ";".join(THEME if one == "1" else one for one in cell.split(";"))
            for cell in table[column]
        ]
        table.to_csv(layers / name, index=False, encoding="utf-8-sig")


def poison_names(path: Path, name: str) -> None:
    """The name of the first zone of a boundary file."""
    drawn = json.loads(path.read_text(encoding="utf-8"))
    drawn["features"][0]["properties"][name] = EVERYTHING
    path.write_text(json.dumps(drawn), encoding="utf-8")


def centres(folder: Path, centre_of_town: Mapping[str, str]) -> None:
    """Which towns each centre has, as a table: lists are read by the names of towns."""
    ids = [CENTRE if centre == "01" else centre for centre in centre_of_town.values()]
    names = [EVERYTHING if id_ == CENTRE else id_ for id_ in ids]
    table = pd.DataFrame({"town": list(centre_of_town), "id": ids, "name": names})
    table.to_csv(folder / "centres.csv", index=False, encoding="utf-8-sig")
