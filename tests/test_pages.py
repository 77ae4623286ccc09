"""The pages as text: self-contained, safe, the same every time, small, and drawn where they are.

What a browser does with them is proved in test_browser.py.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from conftest import ROOT
from hostile import EVERYTHING, FILE
from opened import payload, program

from geo.embed_page import embed
from geo.findings import Finding, Kind, Severity
from geo.phrases import names, readings, sentence, tolerances, where
from geo.plan import FILE_NAME, EmbedMap, PlannerMap
from geo.planner_page import planner
from geo.study import Study
from geo.words import Text

WARDS = ["12101", "12102", "12103", "12104", "12105", "12106"]
PERIODS = ["period-care_areas", "period-items"]
MAPS = ["planner", "embed", "council", *(f"council-{ward}" for ward in WARDS), *PERIODS]
PAGES = ["index", "align", *MAPS]

MOST_BYTES = {"planner": 400_000, "embed": 260_000}


def read(folder: Path, name: str) -> str:
    return (folder / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_host_but_the_tiles(sample: Path, page: str) -> None:
    html = read(sample, page)
    shown = json.dumps(payload(html)) if page in MAPS else ""
    texts = "\n".join([html, *program(html), shown])
    asked = re.findall(
        r"""(?:src|href)=\\?["']?(https?:[^"' >]+)|url\(["']?(https?:[^)]+)""", texts
    )
    links = {url.rstrip("\\") for pair in asked for url in pair if url}
    expected = {"https://leafletjs.com", "https://maps.gsi.go.jp/development/ichiran.html"}
    assert links == (expected if page in MAPS else set())


class Blocks(HTMLParser):
    """The text of every script that runs and every style of a page, and its policy."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {"script": [], "style": []}
        self.policy, self.inside = "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert not {name for name in values if name == "style" or name.startswith("on")}
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        if tag in self.found and "type" not in values:
            self.inside = tag
            self.found[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[self.inside][-1] += data


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_allows_exactly_what_the_page_holds(sample: Path, page: str) -> None:
    html = read(sample, page)
    blocks = Blocks(html)
    held = {"script": blocks.found["script"] + program(html), "style": blocks.found["style"]}
    for kind, texts in held.items():
        hashes = {
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for text in texts
        }
        allowed = re.search(rf"{kind}-src ([^;]+)", blocks.policy)
        assert allowed is not None
        assert set(allowed[1].split()) == hashes
    assert "unsafe" not in blocks.policy
    assert blocks.policy.startswith("default-src 'none'; ")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_sample_says_schematic_and_names_its_sources(
    sample: Path, page: str
) -> None:
    html = read(sample, page)
    assert "模式図" in html
    assert "国土数値情報（行政区域データ）" in html
    assert "2026-11" in html
    assert '<html lang="ja"' in html
    assert "user-scalable" not in html
    title = re.search("<title>([^<]+)</title>", html)
    assert title is not None
    assert title[1].strip(" /")


def test_two_builds_give_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    """In another process, where sets have another order."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "geo",
            "build",
            ROOT / FILE_NAME,
            "--out",
            tmp_path,
            "--quiet",
            "--no-sheets",
        ],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        cwd=ROOT,
    )
    files = {path.name: path for path in tmp_path.iterdir()}
    assert set(files) == {path.name for path in sample.iterdir()}
    for name, path in files.items():
        assert path.read_bytes() == (sample / name).read_bytes(), name


FOLIUM = """
import sys, tempfile
sys.path[:0] = sys.argv[1:]
import folium
def known():
    plain = folium.Map([35.6, 140.1])
    dot = folium.CircleMarker([35.6, 140.1]).add_to(plain)
    for i, one in enumerate([plain, dot, plain.get_root(), *plain._children.values()]):
        one._id = str(i)
    return folium.Map.default_js[:], folium.Map.default_css[:], plain.get_root().render()
before = known()
from pathlib import Path
from geo.pipeline import build
from geo.plan_file import load_plan
from made_plans import made_plan, towns
with tempfile.TemporaryDirectory() as folder:
    _, written = build(load_plan(made_plan(Path(folder), towns(2, 2))), Path(folder, "out"))
    assert "planner.html" in {path.name for path in written}
assert known() == before, "Folium is not as it was"
"""


def test_folium_stays_as_it_was() -> None:
    subprocess.run([sys.executable, "-c", FOLIUM, ROOT, ROOT / "tests"], check=True)


def test_sentences_of_the_planner(sample: Path, study: Study) -> None:
    html = read(sample, "planner")
    pair = (study.partitions["district"], study.partitions["care"])
    assert sentence(study, *pair).en == (
        "163,048 of 971,837 residents (16.8%) are in other care-centre areas than most residents "
        "of their own districts."
    )
    assert study.rule(("district", "care")).said.ja in html
    assert study.way(("district", "care")).said.ja in html
    said = [*readings(study, *pair), tolerances(study, *pair)]
    assert all(one.ja in html and one.en in html for one in said)
    assert [one.en for one in said] == [
        "54 districts need 85 working relations with care-centre areas; 54 is the least possible.",
        "On average districts are divided as if each lay in 1.42 care-centre areas "
        "(1.00: aligned).",
        "Two residents picked at random in any one of the districts are in different care-centre "
        "areas 21.9% of the time.",
        "Districts lie within single care-centre areas to a degree of 0.89 (1.00: every one "
        "wholly; 0.00: unrelated).",
        "Added up by towns: no width of slivers changes these counts.",
    ]


def test_a_finding_names_its_zones(study: Study) -> None:
    words = Text("重なる", "overlap")
    place = ("12101-d01", "12101-d99")
    finding = Finding(Kind.OVERLAP_INSIDE, Severity.ERROR, "district", place, words, words)
    assert names(study, finding) == "椿森中学校区, 12101-d99"
    assert where(study, finding).ja == "地区"


# --- what is drawn --------------------------------------------------------------------------------


def areas_of_faces(data: dict[str, Any]) -> np.ndarray:
    """The area of every face of a page, in square degrees of its grid."""
    arcs, faces = data["arcs"], data["faces"]
    xy = np.column_stack([arcs["x"], arcs["y"]])
    lines = np.split(xy, np.cumsum(arcs["lengths"])[:-1])
    found, arc, ring = [], iter(faces["arcs"]), iter(faces["sizes"])
    part = iter(faces["rings"])
    for parts in faces["parts"]:
        area = 0.0
        for _ in range(sum(next(part) for _ in range(parts))):
            turns = [next(arc) for _ in range(next(ring))]
            line = np.concatenate([lines[a] if a >= 0 else lines[~a][::-1] for a in turns])
            (x, y), (u, v) = line.T, np.roll(line, -1, axis=0).T
            area += float((x * v - u * y).sum()) / 2
        found.append(area / data["scale"] ** 2)
    return np.array(found)


def areas_of_zones(data: dict[str, Any], key: str) -> np.ndarray:
    layers = {layer["key"]: layer for layer in data["layers"]}
    layer, areas = layers[key], areas_of_faces(data)
    if "faces" in layer:
        return areas[layer["faces"]]
    found = np.zeros(len(layer["ids"]) + 1)
    np.add.at(found, layer["row"], areas[layers[layer["of"]]["faces"]])
    return found[1:]


def test_a_page_holds_the_areas_of_its_zones(sample: Path, study: Study) -> None:
    data = payload(read(sample, "planner"))
    for key, partition in study.partitions.items():
        zones = partition.zones.geometry.to_crs(4326).to_numpy()
        areas, found = shapely.area(zones), areas_of_zones(data, key)
        grid = shapely.length(zones) / data["scale"] / 2  # half a cell along the border
        assert np.all(np.abs(found - areas) <= np.maximum(1e-3 * areas, grid)), key


def test_neighbours_share_their_border(sample: Path) -> None:
    """Every border of the towns is stored once and used by both sides, or lies at the edge."""
    data = payload(read(sample, "planner"))
    base = next(layer for layer in data["layers"] if layer["key"] == "block")
    faces = data["faces"]
    rings = np.repeat(np.arange(len(faces["parts"])), faces["parts"])
    of_ring = np.repeat(rings, faces["rings"])
    of_arc = np.repeat(of_ring, faces["sizes"])
    used = np.array(faces["arcs"])[np.isin(of_arc, base["faces"])]
    forth, back = used[used >= 0], ~used[used < 0]
    assert len(np.unique(forth)) == len(forth)
    assert len(np.unique(back)) == len(back)
    assert len(np.intersect1d(forth, back)) > 0.8 * len(np.union1d(forth, back))


@pytest.mark.real
def test_the_real_pages_are_small(chiba_study: Study) -> None:
    pages = {page.type: page for page in chiba_study.plan.map}
    planners, frame = pages["planner"], pages["embed"]
    assert isinstance(planners, PlannerMap)
    assert isinstance(frame, EmbedMap)
    assert len(planner(chiba_study, planners, []).encode()) <= MOST_BYTES["planner"]
    assert len(embed(chiba_study, frame).encode()) <= MOST_BYTES["embed"]


# --- hostile text ---------------------------------------------------------------------------------


def test_hostile_text_runs_no_python(hostile: Path) -> None:
    assert not list(hostile.parent.rglob("pwned"))
    for path in hostile.glob("maps_out/*.html"):
        html = path.read_text(encoding="utf-8")
        assert "cycler.__init__" in html, path.name
        assert "{# gone #}" in html, path.name


def test_hostile_text_starts_no_tag(hostile: Path) -> None:
    for path in hostile.glob("maps_out/*.html"):
        html = path.read_text(encoding="utf-8")
        assert "<img src=x" not in html, path.name
        assert "<script>window.pwned" not in html, path.name
        assert "<svg onload" not in html, path.name


def test_hostile_text_is_data_of_the_map(hostile: Path) -> None:
    data = payload(read(hostile / "maps_out", "planner"))
    names = {layer["key"]: layer["names"] for layer in data["layers"] if "names" in layer}
    for key in ("town", "district", "ward", "care"):
        assert EVERYTHING in names[key], key
    assert [EVERYTHING, EVERYTHING] in [one for spot in names["points-places"] for one in spot]
    assert data["indicators"]


def test_hostile_text_is_no_formula(hostile: Path) -> None:
    shown = False
    for path in hostile.glob("maps_out/*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            for cell in row:
                assert not re.match(r"[=+\-@\t\r]", cell) or re.fullmatch(
                    r"[-+]?[\d.e+-]+", cell
                ), cell
                shown |= cell == f"'{EVERYTHING}"
    assert shown


def test_hostile_names_of_files_are_read(hostile: Path) -> None:
    assert (hostile / FILE).exists()


# --- colours --------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_are_told_apart() -> None:
    css = (ROOT / "geo" / "web" / "app.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", css))
    number = re.search(r"\.map-label\.split \{[^}]*color: (#[0-9a-f]{6})", css)
    assert number is not None
    for level in ("level-1", "level-2", "level-3"):
        assert contrast(number[1], colours[level]) >= 4.5
    assert contrast(colours["split"], colours["ground"]) >= 3
    for line in ("district", "care"):
        assert contrast(colours[line], "#ffffff") >= 4.5  # the casing under it
