"""What a planner is given: knees, reasons with prices, tables of moves, page and command."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from conftest import ROOT, people
from hypothesis import given
from hypothesis import strategies as st
from made_cities import city, figures, layer, towns_of
from opened import payload
from shapely import Point

from geo import align_page, outcome, pipeline, proposal_tables
from geo.align_page import summary
from geo.beside import brief, unlike_maps
from geo.cli import main
from geo.errors import PlanError
from geo.findings import Finding
from geo.front import CityPoint
from geo.groups import Rules
from geo.plan_file import load_plan
from geo.points import Points
from geo.proposals import City, knees, proposals, turned
from geo.realign import Front, front
from geo.reasons import Explainer, frame
from geo.sites import sites_of
from geo.slivers import SliverRule
from geo.staff import Keep, LoadRule
from geo.study import Study
from geo.words import same

FREE = Rules(detour_times=None)


@pytest.fixture
def row() -> Front:
    """A–B / B–C with the sites at the ends: B is split, and whole again for four people."""
    sites = pd.Series({"X": Point(50, 50), "Y": Point(350, 50)})
    return front(city("A B B C", "X X Y Y", "10 4 6 10"), FREE, sites=sites)


# --- knees ----------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.5, 1e6), min_size=1, max_size=30))
def test_knees_are_points_of_the_front_in_order(steps: list[float]) -> None:
    moved = [0.0]
    for step in sorted(steps):
        moved.append(moved[-1] + step)
    points = [CityPoint(len(moved) - k, one, one, ()) for k, one in enumerate(moved)]
    found = knees(points)
    assert len(found) == min(3, len(points) - 1)
    assert [points.index(one) for one in found] == sorted({points.index(one) for one in found})
    assert points[0] not in found, "to do nothing is no proposal"


def test_one_point_has_no_knee() -> None:
    assert knees([CityPoint(3, 0.0, 0.0, ())]) == []


# --- reasons and prices ---------------------------------------------------------------------------


def test_the_price_of_a_split(row: Front) -> None:
    (reason,) = Explainer(row).remaining(row.plan(1))
    assert (reason.zone_id, reason.others, reason.more) == ("B", ("X", "Y"), 4.0)
    assert "4人" in reason.why[0].ja
    assert "4 more people" in reason.why[0].en
    assert list(Explainer(row).remaining(row.plan(0))) == []


def test_two_sites_in_one_zone_have_no_price() -> None:
    sites = pd.Series({"X": Point(150, 50), "Y": Point(250, 50)})
    found = front(city("A B B C", "X X Y Y", "10 4 6 10"), FREE, sites=sites)
    (reason,) = Explainer(found).remaining(found.plan(1))
    assert reason.more == float("inf")
    assert "2つの拠点" in reason.why[0].ja
    (end,) = Explainer(found).end()
    assert "proved by counting" in end.en


def test_the_rule_in_the_way_is_named() -> None:
    """Whole again B would bring X to 20 or Y to 20: with at most 19 for each that is impossible."""
    rules = replace(FREE, load=LoadRule(Keep.BAND, band=0.2))
    sites = pd.Series({"X": Point(50, 50), "Y": Point(350, 50)})
    found = front(city("A B B C", "X X Y Y", "10 4 6 10"), rules, sites=sites)
    assert [point.splits for point in found.points] == [1]
    (reason,) = Explainer(found).remaining(found.plan(1))
    assert reason.why[0].en == "because of limits of loads"
    (end,) = Explainer(found).end()
    assert "limits of loads" in end.en


def test_a_zone_in_two_wards_is_said() -> None:
    made = city("A A B B", "X X Y Y", "1 1 1 1", wards="w w v v")
    across = city("A B B C", "X X Y Y", "1 1 1 1", wards="w w v v")
    assert front(made, FREE).points[-1].splits == 0
    found = front(across, FREE)
    (reason,) = Explainer(found).remaining(found.plan(1))
    assert reason.more == float("inf")
    assert reason.why[0].en == "it lies in 2 wards"


def test_reasons_as_a_table(row: Front) -> None:
    table = frame(list(Explainer(row).remaining(row.plan(1))))
    assert table.to_dict("records") == [
        {
            "zone_id": "B",
            "others": "X Y",
            "why_ja": "1つにするには、さらに4人が移る",
            "why_en": "to be whole 4 more people would move",
            "more": 4.0,
        }
    ]


# --- what a proposal comes to ---------------------------------------------------------------------


def test_moves_by_hand(row: Front) -> None:
    (move,) = outcome.moves(row, row.plan(0)).reset_index().to_dict("records")
    assert (move["block_id"], move["from_id"], move["to_id"], move["people"]) == (
        "1",
        "X",
        "Y",
        4.0,
    )
    assert (move["metres_before"], move["metres_after"], move["metres_more"]) == (100, 200, 100)
    assert (move["kept_id"], move["need"]) == ("B", "required")


def test_moves_add_up_to_what_the_front_says(row: Front) -> None:
    for point in row.points:
        moves = outcome.moves(row, row.proposal(point))
        assert moves["people"].sum() == point.moved


def test_a_move_for_which_another_would_do_is_optional() -> None:
    """Either half of B may go: neither move is required."""
    sites = pd.Series({"X": Point(50, 50), "Y": Point(350, 50)})
    found = front(city("A B B C", "X X Y Y", "9 5 5 9"), FREE, sites=sites)
    assert outcome.moves(found, found.plan(0))["need"].tolist() == ["optional"]


def test_loads_and_staff_by_hand(row: Front) -> None:
    rules = Rules(load=LoadRule(Keep.NOTHING), detour_times=None)
    assert "sets_before" not in outcome.loads(replace(row, rules=rules), row.plan(0))
    loads = outcome.loads(row, row.plan(0))
    assert loads["people_before"].to_dict() == {"X": 14.0, "Y": 16.0}
    assert loads["people_after"].to_dict() == {"X": 10.0, "Y": 20.0}
    assert loads["blocks_out"].to_dict() == {"X": 1, "Y": 0}


def test_measures_before_and_after(row: Front) -> None:
    table = outcome.measures(row, row.plan(0)).set_index(["weight", "measure"])
    assert table.loc[("people", "minority")].tolist() == [4.0, 0.0]
    assert table.loc[("people", "split_zones")].tolist() == [1, 0]
    assert table.loc[("people", "coordination_pairs")].tolist() == [4, 3]
    assert table.loc[("people", "containment"), "after"] == 1.0


def test_measures_of_blocks_are_those_of_the_crosswalk(study: Study) -> None:
    """The sample is made of towns: the same either way, by blocks or by pairs."""
    assert study.proposals is not None
    table = study.proposals.options[0].measures.set_index(["weight", "measure"])["before"]
    for weight, one in study.alignments["district", "care"].items():
        for name in ("split_zones", "coordination_pairs", "minority", "effective_zones", "total"):
            assert table[weight, name] == pytest.approx(getattr(one, name)), (weight, name)


# --- both directions, and cities that lack something ----------------------------------------------


def made(kept: str, moving: str, lives: str | None, **more: str) -> City:
    counts = people({}) if lives is None else people(figures(lives))
    return City(
        kept=layer("kept", kept),
        moving=layer("moving", moving),
        towns=towns_of(kept),
        wards=layer("ward", more["wards"]) if "wards" in more else None,
        counts=replace(counts, defined=()) if lives is None else counts,
        spread=None,
        slivers=SliverRule(),
    )


def test_both_directions() -> None:
    one = made("A A B B / A A B B", "X X X Y / X X Y Y", "5 5 3 5 / 5 5 5 5")
    found = proposals((one, FREE), (one.swapped(), turned(FREE)))
    assert found.other is not None
    assert found.other.blocks.moving.key == "kept"
    assert [p.splits for p in found.front.points] == [1, 0]
    assert found.front.points[-1].moved == found.other.points[-1].moved == 3.0


def test_nobody_is_counted() -> None:
    one = made("A B B C", "X X Y Y", None)
    found = proposals((one, FREE))
    assert found.front.blocks.weight == "area_m2"
    assert found.front.points[-1].moved == 10_000.0
    (reason,) = Explainer(found.front).remaining(found.front.plan(1))
    assert "km²" in reason.why[0].ja


def test_nothing_can_be_improved() -> None:
    one = made("A A B B", "X X Y Y", "1 2 3 4")
    found = proposals((one, FREE))
    assert found.options == ()
    assert [point.moved for point in found.front.points] == [0.0]
    tables = proposal_tables.proposal_tables(found)
    assert [table.name for table in tables] == ["align_front.csv", "align_rules.csv"]


# --- sites ----------------------------------------------------------------------------------------


def offices(rows: list[tuple[str, float, float, str]]) -> Points:
    table = pd.DataFrame(
        [(name, "", "", "", "", "", lon, lat) for name, lon, lat, _ in rows],
        columns=["name", "id", "category", "address", "town", "ward", "lon", "lat"],
    )
    return Points("offices", same("offices"), table, pd.DataFrame({"moving": [r[3] for r in rows]}))


def test_sites_by_name_then_by_place() -> None:
    zones = layer("moving", "弁天 弁天 千葉寺 浜野")
    found: list[Finding] = []
    sites = sites_of(
        offices(
            [
                ("あんしんケアセンター弁天 分室", 140.0, 35.9, "千葉寺"),
                ("センター", 140.1, 35.8, "千葉寺"),
                ("あんしんケアセンター弁天", 140.2, 35.7, "弁天"),
            ]
        ),
        zones,
        found.append,
    )
    assert sorted(sites.index) == ["千葉寺", "弁天"]
    assert {one.place for one in found} == {("弁天", "千葉寺"), ("浜野",)}
    assert all(one.kind == "site_doubtful" for one in found)


# --- the plan -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('kept = "district"\nmoving = "distict"', "realign.moving"),
        ('kept = "district"\nmoving = "district"', "cannot be aligned"),
        ('kept = "district"\nmoving = "town"', "cannot be aligned"),
        ('kept = "district"\nmoving = "care"\nsites = "nowhere"', "realign.sites"),
        ('kept = "district"\nmoving = "care"\nload = { count = "x" }', "realign.load.count"),
        ('kept = "district"\nmoving = "care"\nload = { count = "population", share = 0.3 }', "why"),
        ('kept = "district"\nmoving = "care"\nexclaves = "go"', "realign.exclaves"),
    ],
)
def test_faults_of_the_plan_are_named(written: str, said: str, tmp_path: Path) -> None:
    text = (ROOT / "plan.toml").read_text(encoding="utf-8")
    head, rest = text.split("[realign]", 1)
    tail = rest[rest.index("# --- what is drawn") :]
    head = head.replace('file = "', f'file = "{ROOT}/')
    (tmp_path / "plan.toml").write_text(f"{head}[realign]\n{written}\n\n{tail}", encoding="utf-8")
    with pytest.raises(PlanError) as fault:
        load_plan(tmp_path / "plan.toml")
    assert said in "\n".join(fault.value.lines("en"))


# --- what is written ------------------------------------------------------------------------------


def test_the_sample_is_proved_from_end_to_end(study: Study) -> None:
    found = study.proposals
    assert found is not None
    assert found.other is not None
    for one in (found.front, found.other):
        assert one.frame()["proved"].all()
        assert one.end_proved
    assert (
        found.front.splits_today == study.alignments["district", "care"]["population"].excess_parts
    )
    assert len(found.options) == 3
    assert "分割は今31" in summary(study, found).ja


def test_tables_of_proposals_are_explained(sample: Path) -> None:
    explained = pd.read_csv(sample / "columns.csv", dtype=str)
    for path in sample.glob("align_*.csv"):
        table = pd.read_csv(path, dtype=str)
        assert set(table.columns) == set(explained.loc[explained["file"] == path.name, "column"])


def test_the_workbook_opens(sample: Path) -> None:
    book = openpyxl.load_workbook(BytesIO((sample / "align.xlsx").read_bytes()))
    assert len(book.sheetnames) == 6
    moves = book[next(name for name in book.sheetnames if "移す" in name)]
    assert moves.max_row - 2 == len(pd.read_csv(sample / "align_moves.csv"))


def test_the_page_stands_alone(sample: Path) -> None:
    html = (sample / "align.html").read_text(encoding="utf-8")
    assert "模式図" in html
    assert "提案A" in html
    assert 'src="data:image/png;base64,' in html
    assert "最適" not in html, "a proposal is never called the best"


def test_the_chart_tells_its_date_and_sources(study: Study) -> None:
    note = pipeline.chart_note(study)
    for said in ("模式図", "2026-11", "国勢調査", "中学校区データ", "あんしんケアセンター一覧"):
        assert said in note.ja
    assert "Population Census 2015" in note.en
    assert "推進計画" not in note.ja


def test_figures_that_differ_from_the_maps_are_explained(study: Study, sample: Path) -> None:
    found = study.proposals
    assert found is not None
    assert unlike_maps(study, found) is None
    assert "境界を重ねて" not in (sample / "align.html").read_text(encoding="utf-8")
    pair = ("district", "care")
    drawn = replace(study.alignments[pair][study.weight], split_zones=37, minority=178047.96)
    other = replace(study, alignments=study.alignments | {pair: {study.weight: drawn}})
    said = unlike_maps(other, found)
    assert said is not None
    assert said.ja.endswith("（地図では分かれている数 37、少数側の住民 178,048人）。")
    assert "Zones split: 37; People on the minority side: 178,048 people" in said.en
    assert said.ja in align_page.proposals(other, [], {})
    assert brief(other)["unlike"] is None  # type: ignore[index]  # it has neither figure
    drawn = replace(drawn, coordination_pairs=99)
    more = replace(other, alignments=study.alignments | {pair: {study.weight: drawn}})
    assert "99" in brief(more)["unlike"].ja  # type: ignore[index]


def test_downloads_have_names_of_their_own_and_english_has_commas(sample: Path) -> None:
    html = (sample / "align.html").read_text(encoding="utf-8")
    titles = re.findall(r"<a href=\"[^\"]+\" download>(.*?)</a>", html)
    assert len(set(titles)) == len(titles) > 8
    assert '<span lang="en">弁天, みつわ台</span>' in html
    assert html.count("<table>") == html.count('<div class="scroll"')


def test_the_planners_map_shows_each_proposal(sample: Path) -> None:
    data = payload((sample / "planner.html").read_text(encoding="utf-8"))
    layers = {one["key"]: one for one in data["layers"]}
    moves = pd.read_csv(sample / "align_moves.csv", dtype=str)
    for label, rows in moves.groupby("option"):
        layer = layers[f"option-{label}"]
        assert layer["style"] == "moved"
        assert layer["of"] == "block"
        assert len(layer["moves"]["names"]) == len(layer["moves"]["said"]) == len(rows)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    arguments = ["--lang", "en", "align", "district", "care", "--plan", str(ROOT / "plan.toml")]
    with pytest.raises(SystemExit) as done:
        main([*arguments, "--splits", "25", "--splits", "20", "--out", str(out)])
    said = capsys.readouterr().err
    assert done.value.code == 0
    assert "Proposal A: 31 → 25 splits, 10,266 move; proved" in said
    assert "Proposal B: 31 → 20 splits, 43,534 move; proved" in said
    assert {path.name for path in out.iterdir()} >= {"align.html", "align.xlsx", "align_moves.csv"}
    assert all(path.name.startswith("align") for path in out.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["distict", "care"], "district"),
        (["district", "district"], "the same partition"),
        (["district", "care", "--splits", "3"], "proved that no proposal has so few splits as 3"),
    ],
)
def test_what_the_command_refuses(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = ["--plan", str(ROOT / "plan.toml"), "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as done:
        main(["--lang", "en", "align", *arguments, *plan, "--quiet"])
    assert done.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_broken_off_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("geo.solver.Model.solve", stop)
    found = front(city("A B B C", "X X Y Y", "10 4 6 10"), FREE)
    assert not found.finished
    assert [point.moved for point in found.points] == [0.0]
    assert not found.end_proved


def test_the_real_city(chiba: Path) -> None:
    study = pipeline.compute(load_plan(Path(__file__).parent / "chiba" / "plan.toml"))
    found = study.proposals
    assert found is not None
    assert found.front.frame()["proved"].all()
    assert found.front.end_proved
    moves = found.options[-1].moves
    assert moves["population"].sum() == pytest.approx(found.options[-1].proposal.moved)
