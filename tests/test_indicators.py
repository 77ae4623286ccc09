"""Indicators re-allocated: by hand, laws on random cities, peers, whole plans, the mesh."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import CRS, of_towns, partition, people
from hypothesis import given, settings
from hypothesis import strategies as st
from made_plans import made_plan, towns
from test_overlap import City, cities, drawn, moved, shifts

from geo import mesh
from geo.choropleth import indicators
from geo.cutting import OUTSIDE
from geo.errors import DataError, KenikiError
from geo.findings import Finding, Kind, Severity
from geo.indicator_rows import Stated, _of_cells
from geo.indicator_tables import indicator_tables
from geo.indicator_words import basis, figures_of
from geo.indicators import Estimate, estimates
from geo.layers import NO_COUNTS, Counts
from geo.overlap import crosswalk
from geo.partition import Partition
from geo.pipeline import compute
from geo.plan import IndicatorCount, IndicatorsPlan, Role
from geo.plan_file import load_plan
from geo.reallocation import reallocated, shared_out


def indicator(key: str, per: str | None = None, weight: str = "people") -> IndicatorCount:
    kind = "rate" if per else "total"
    return IndicatorCount.model_validate(
        {"key": key, "title": {"ja": key, "en": key}, "unit": {"ja": "n", "en": "n"}, "column": key,
         "kind": kind, "per": per, "weight": weight}
    )  # fmt: skip


TOTAL = indicator("n")


def moved_to(
    source: Partition,
    target: Partition,
    figures: dict[str, Iterable[float | None]],
    *defined: IndicatorCount,
    units: Partition | None = None,
    counts: Counts = NO_COUNTS,
) -> pd.DataFrame:
    """The last of `defined`, of the target zones and of what none of them holds."""
    pairs = crosswalk(source, target, towns=units, counts=counts)
    table = pd.DataFrame(figures, index=source.zones.index).astype(float)
    shared = shared_out(pairs, counts.people)
    return reallocated(shared, table, defined[-1], defined)


# --- by hand --------------------------------------------------------------------------------------


def test_a_total_goes_where_people_live(row: Partition, halves: Partition) -> None:
    """::

    ┌───┬───┬───┬───┐  A = a b: 60, B = c d: 8
    │ 10│ 20│ 5 │ 5 │  X = a, Y = b c, Z = d
    └───┴───┴───┴───┘
    """
    third = of_towns("third", row, {"a": "X", "b": "Y", "c": "Y", "d": "Z"})
    counts = people({"a": 10, "b": 20, "c": 5, "d": 5})
    found = moved_to(halves, third, {"n": [60, 8]}, TOTAL, units=row, counts=counts)
    assert found["value"].to_dict() == pytest.approx({"X": 20, "Y": 44, "Z": 4}, rel=1e-15)
    assert set(found["basis"]) == {"people"}
    by_area = moved_to(
        halves, third, {"n": [60, 8]}, indicator("n", weight="area"), units=row, counts=counts
    )
    assert by_area["value"].to_dict() == {"X": 30, "Y": 34, "Z": 4}
    assert set(by_area["basis"]) == {"area"}


def test_zones_without_people_are_divided_by_area(row: Partition, halves: Partition) -> None:
    """Nobody lives in c and d, and nobody knows who lives in b; X = a, Y = b c, Z = d."""
    third = of_towns("third", row, {"a": "X", "b": "Y", "c": "Y", "d": "Z"})
    counts = people({"a": 10, "b": None, "c": 0, "d": 0})
    found = moved_to(halves, third, {"n": [60, 8]}, TOTAL, units=row, counts=counts)
    assert found["value"].to_dict() == {"X": 60, "Y": 4, "Z": 4}
    assert found["basis"].to_dict() == {"X": "whole_zones", "Y": "area", "Z": "area"}
    assert found["covered"].to_dict() == {"X": 1, "Y": 0.5, "Z": 1}


def test_where_people_are_unknown_no_total_is_0(row: Partition, halves: Partition) -> None:
    counts = people({"a": 10, "b": None, "c": 1, "d": 0})
    found = moved_to(halves, row, {"n": [60, 8]}, TOTAL, units=row, counts=counts)
    assert found["value"].fillna(-1).to_dict() == {"a": 60, "b": -1, "c": 8, "d": 0}
    assert found["covered"].to_dict() == {"a": 1, "b": 0, "c": 1, "d": 1}


def test_missing_is_missing_and_coverage_is_of_people(row: Partition, quarter: Partition) -> None:
    """X = a, Y = b c d; figures of the towns a and d are not known."""
    counts = people({"a": 10, "b": 20, "c": 30, "d": 50})
    figures = {"n": [None, 1, 2, None]}
    found = moved_to(row, quarter, figures, TOTAL, units=row, counts=counts)
    assert np.isnan(found.at["X", "value"])
    assert found.loc["X", ["covered", "basis"]].tolist() == [0, ""]
    assert found.loc["Y", ["value", "covered", "basis"]].tolist() == [3, 0.5, "whole_zones"]
    assert found.at["Y", "known_m2"] == pytest.approx(2e6)


def test_a_rate_is_no_mean_of_means(row: Partition) -> None:
    """10 % of 10 people and 50 % of 990 are 49.6 %, not 30 %."""
    whole = of_towns("city", row, dict.fromkeys("abcd", "C"))
    of, rate = indicator("of"), indicator("rate", per="of")
    figures = {"of": [10, 990, 0, None], "rate": [10, 50, 99, 99]}
    found = moved_to(row, whole, figures, of, rate, units=row)
    assert found["value"].to_dict() == pytest.approx({"C": 49.6})
    counts = people({"a": 10, "b": 990, "c": 0, "d": None})
    by_counts = moved_to(
        row, whole, {"rate": figures["rate"]}, indicator("rate", per="people"),
        units=row, counts=counts,
    )  # fmt: skip
    assert by_counts["value"].to_dict() == pytest.approx({"C": 49.6})
    assert by_counts["basis"].to_dict() == {"C": "whole_zones"}


def test_a_rate_of_nobody_is_missing(row: Partition, quarter: Partition) -> None:
    counts = people({"a": 0, "b": 1, "c": 1, "d": 2})
    rate = indicator("rate", per="people")
    found = moved_to(row, quarter, {"rate": [5, 1, 2, 3]}, rate, units=row, counts=counts)
    assert np.isnan(found.at["X", "value"])
    assert found.at["X", "covered"] == 0
    assert found.at["Y", "value"] == pytest.approx(9 / 4)


def test_what_no_zone_holds_is_kept_apart(row: Partition, halves: Partition) -> None:
    reach = partition("reach", {"R": shapely.box(-1000, 0, 3000, 1000)})
    counts = people({"a": 1, "b": 2, "c": 4, "d": 8})
    found = moved_to(halves, reach, {"n": [30, 12]}, TOTAL, units=row, counts=counts)
    assert found["value"].to_dict() == pytest.approx({OUTSIDE: 8, "R": 34})


def test_zones_that_overlap_are_given_their_share_each(row: Partition, halves: Partition) -> None:
    """All of A lies in P and in Q: each has its 60, not 30."""
    units = replace(row, role=Role.UNITS)
    both = partition(
        "both", {"P": shapely.box(0, 0, 2000, 1000), "Q": shapely.box(0, 0, 3000, 1000)}
    )
    zones = {"half": halves, "both": both, "town": units}
    counts = people({"a": 10, "b": 20, "c": 5, "d": 15})
    tables = {
        (a, b): crosswalk(zones[a], zones[b], towns=units, counts=counts)
        for a in zones
        for b in zones
        if a != b
    }
    layer = IndicatorsPlan.model_validate(
        {"key": "x", "type": "indicators", "title": {"ja": "x", "en": "x"}, "file": "x.csv",
         "by": "half", "id": "id", "date": "2020", "count": [TOTAL]}
    )  # fmt: skip
    stated = Stated(layer, halves, pd.DataFrame({"n": {"A": 60.0, "B": 8.0}}))
    said: list[Finding] = []
    found = {one.of: one for one in estimates([stated], zones, tables, counts, report=said.append)}
    assert found["both"].table["value"].to_dict() == pytest.approx({"P": 60, "Q": 62})
    assert found["both"].outside == pytest.approx(6)
    assert [(one.kind, one.amount) for one in said] == [(Kind.NOT_COVERED, pytest.approx(6))]
    assert found["half"].way == "stated"


# --- laws -----------------------------------------------------------------------------------------

laws = settings(max_examples=25, deadline=None)
figure = st.none() | st.floats(0, 1e6, allow_subnormal=False)


def some_figures(zones: Partition, data: st.DataObject) -> pd.Series:
    size = len(zones.zones)
    drawn_figures = data.draw(st.lists(figure, min_size=size, max_size=size))
    return pd.Series(drawn_figures, zones.zones.index, dtype=float)


@laws
@given(city=cities(), data=st.data(), east=shifts, north=shifts)
def test_totals_are_kept(city: City, data: st.DataObject, east: float, north: float) -> None:
    units, left, right, counts = drawn(city)
    given_figures = some_figures(left, data)
    for target in (right, moved(right, east, north)):
        found = moved_to(left, target, {"n": given_figures}, TOTAL, units=units, counts=counts)
        assert found["value"].sum() == pytest.approx(given_figures.sum(), rel=1e-9, abs=1e-9)
        assert found["covered"].between(0, 1 + 1e-9).all()


@laws
@given(city=cities(), data=st.data(), east=shifts, north=shifts)
def test_a_constant_rate_stays_constant(
    city: City, data: st.DataObject, east: float, north: float
) -> None:
    units, left, right, counts = drawn(city)
    of = some_figures(left, data)
    table = pd.DataFrame({"of": of, "rate": of * 0 + 7.25})
    pairs = crosswalk(left, moved(right, east, north), towns=units, counts=counts)
    for defined in ([indicator("of"), indicator("rate", "of")], [indicator("rate", "people")]):
        shared = shared_out(pairs, counts.people)
        found = reallocated(shared, table, defined[-1], defined)["value"].dropna()
        assert found.to_numpy() == pytest.approx(np.full(len(found), 7.25), rel=1e-9)


@laws
@given(city=cities(), data=st.data())
def test_missing_never_becomes_0(city: City, data: st.DataObject) -> None:
    units, left, right, counts = drawn(city)
    stated = some_figures(left, data)
    found = moved_to(left, right, {"n": stated}, TOTAL, units=units, counts=counts)
    pairs = crosswalk(left, right, towns=units, counts=counts)
    known = stated.reindex(pairs.index.get_level_values("left_id")).notna().to_numpy()
    reached = pd.Series(known, pairs.index).groupby(level="right_id").any()
    assert found["value"][~reached].isna().all()
    assert (found["covered"][found["value"].isna()] == 0).all()


@laws
@given(city=cities(), data=st.data(), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(city: City, data: st.DataObject, seed: int) -> None:
    units, left, right, counts = drawn(city)
    stated = some_figures(left, data)
    found = moved_to(left, right, {"n": stated}, TOTAL, units=units, counts=counts)
    mixed = [
        replace(one, zones=one.zones.sample(frac=1, random_state=seed)) for one in (left, right)
    ]
    again = moved_to(*mixed, {"n": stated[mixed[0].zones.index]}, TOTAL, units=units, counts=counts)
    pd.testing.assert_frame_equal(found, again, rtol=1e-12, check_index_type=False)


@laws
@given(city=cities(), data=st.data())
def test_a_refinement_nests(city: City, data: st.DataObject) -> None:
    """By way of zones that lie within the target's, the sums are the same."""
    units, left, right, counts = drawn(city)
    assert left.members is not None
    assert right.members is not None
    both = of_towns("both", units, (left.members + right.members).to_dict())
    stated = some_figures(left, data)
    fine = moved_to(left, both, {"n": stated}, TOTAL, units=units, counts=counts)["value"]
    coarse = moved_to(left, right, {"n": stated}, TOTAL, units=units, counts=counts)["value"]
    sums = fine.groupby(fine.index.str[2:]).sum(min_count=1)[coarse.index]
    known = coarse.notna()
    assert sums[known].to_numpy() == pytest.approx(coarse[known].to_numpy(), rel=1e-9)
    # Of a zone all of whose people are unknown, a part without people may be known: to hold none.
    assert (sums[~known].fillna(0) == 0).all()


@laws
@given(city=cities(), data=st.data())
def test_nested_zones_are_plain_sums(city: City, data: st.DataObject) -> None:
    units, _, right, counts = drawn(city)
    stated = some_figures(units, data)
    found = moved_to(units, right, {"n": stated}, TOTAL, units=units, counts=counts)
    assert right.members is not None
    sums = stated.groupby(right.members[stated.index]).sum(min_count=1)
    assert found["value"].to_dict() == pytest.approx(sums.to_dict(), rel=1e-12, nan_ok=True)
    assert set(found["basis"]) <= {"whole_zones", ""}


# --- others ---------------------------------------------------------------------------------------


def strips(key: str, **widths: float) -> Partition:
    """Zones side by side, 1 m high: areas in m² are widths."""
    ends = np.cumsum([0.0, *widths.values()])
    shapes = shapely.box(ends[:-1], 0, ends[1:], 1)
    return partition(key, dict(zip(widths, shapes, strict=True)))


def test_the_worked_example_of_areal() -> None:
    """The first two tracts of St. Louis, as the R package areal prints them (version 0.1.8).

    https://chris-prener.github.io/areal/articles/areal-weighted-interpolation.html, steps 1 to 4:
    areas of the intersections, and the estimates 710.2547, 4662.6270 and 682.1182 for the wards.
    """
    tracts = strips("tract", t1=355702.9 + 901331.1, t2=875554.7 + 208612.1)
    wards = strips("ward", w11=355702.9, w12=901331.1 + 875554.7, w13=208612.1)
    found = moved_to(tracts, wards, {"n": [2510, 3545]}, TOTAL)
    printed = {"w11": 710.2547, "w12": 4662.6270, "w13": 682.1182}
    assert found["value"].to_dict() == pytest.approx(printed, rel=1e-6)
    assert set(found["basis"]) == {"area"}


def test_the_rest_of_a_zone_is_not_handed_to_the_others() -> None:
    """As areal with weight = "total": of tract 29510101800, 72.31 % lie in a ward (same page)."""
    tract, wards = strips("tract", t=100.0), strips("ward", w=72.31)
    found = moved_to(tract, wards, {"n": [1000]}, TOTAL)
    assert found["value"].to_dict() == pytest.approx({OUTSIDE: 276.9, "w": 723.1})


@pytest.mark.parametrize("seed", range(3))
def test_tobler_agrees_where_it_is_right(seed: int) -> None:
    """Targets cover all sources and everything is known; tobler keeps its areas in float32."""
    tobler = pytest.importorskip(
        "tobler.area_weighted", reason="tobler is not installed: pip install keniki[bench]"
    )
    rng = np.random.default_rng(seed)
    cuts = [np.sort(np.r_[0, rng.uniform(0, 1000, n), 1000]) for n in (4, 3, 5, 6)]
    source, target = (_tiles(key, *cuts[i : i + 2]) for key, i in (("s", 0), ("t", 2)))
    size = len(source.zones)
    figures = {"of": source.area_m2.to_numpy(), "n": rng.uniform(0, 1e4, size),
               "rate": rng.uniform(0, 100, size)}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = tobler.area_interpolate(
            source.zones.assign(**figures).reset_index(drop=True),
            target.zones.reset_index(drop=True),
            extensive_variables=["n"], intensive_variables=["rate"],
        ).set_index(target.zones.index)  # fmt: skip
    total = moved_to(source, target, figures, TOTAL)["value"]
    land = indicator("of", weight="area")
    rate = moved_to(source, target, figures, land, indicator("rate", "of"))["value"]
    assert total.to_dict() == pytest.approx(theirs["n"].to_dict(), rel=1e-6)
    assert rate.to_dict() == pytest.approx(theirs["rate"].to_dict(), rel=1e-6)


def _tiles(key: str, x: np.ndarray, y: np.ndarray) -> Partition:
    boxes = {
        f"{i:02}{j:02}": shapely.box(x[i], y[j], x[i + 1], y[j + 1])
        for i in range(len(x) - 1)
        for j in range(len(y) - 1)
    }
    return partition(key, boxes)


# --- whole plans ----------------------------------------------------------------------------------

LAYER = """
[[layer]]
key = "extra"
type = "indicators"
title = {{ ja = "指標", en = "Indicators" }}
date = "2021-04-01"
sources = ["made"]
file = "extra.csv"
{where}
count = [{counts}]
"""
SICK = (
    '{ key = "sick", column = "sick", kind = "total", '
    'title = { ja = "患者", en = "Patients" }, unit = { ja = "人", en = "people" } }'
)
SHARE = (
    '{ key = "aged", column = "aged", kind = "rate", per = "people", '
    'title = { ja = "割合", en = "Share" }, unit = { ja = "%", en = "%" } }'
)


def plan_with(
    folder: Path, table: str, where: str = 'by = "ward"\nid = "id"', counts: str = SICK
) -> Path:
    """Six towns in a row: wards V (three) and W, districts D (two) and E (four); see the table."""
    made = towns(6, 1).assign(
        ward=list("VVVWWW"), district=list("DDEEEE"), people=[100.0, 0, 200, 50, np.nan, 150]
    )
    path = made_plan(folder, made)
    (folder / "extra.csv").write_text(table, encoding="utf-8")
    path.write_text(
        path.read_text(encoding="utf-8") + LAYER.format(where=where, counts=counts),
        encoding="utf-8",
    )
    return path


def of(found: tuple[Estimate, ...], key: str, partition_key: str) -> Estimate:
    return next(one for one in found if (one.count.key, one.of) == (key, partition_key))


def test_a_table_by_ward_reaches_every_partition(tmp_path: Path) -> None:
    table = "id,sick,aged\nV,30,10\nW,,50\n"
    study = compute(load_plan(plan_with(tmp_path, table, counts=f"{SICK}, {SHARE}")))
    found = study.indicators
    assert [(one.count.key, one.of) for one in found] == [
        (key, zones) for zones in study.partitions for key in ("sick", "aged")
    ]
    wards, districts = of(found, "sick", "ward").table, of(found, "sick", "district").table
    assert wards["value"].fillna(-1).to_dict() == {"V": 30, "W": -1}
    assert wards["covered"].to_dict() == {"V": 1, "W": 0}
    # V has 300 people: 100 in D, 200 in E; E has 400 with the 200 of W.
    assert districts["value"].to_dict() == pytest.approx({"D": 10, "E": 20})
    assert districts["covered"].to_dict() == {"D": 1, "E": 0.5}
    rates = of(found, "aged", "district").table
    assert rates["value"].to_dict() == pytest.approx({"D": 10, "E": 30})
    assert rates["basis"].to_dict() == {"D": "denominator", "E": "denominator"}
    towns_found = of(found, "sick", "town").table["value"].tolist()
    assert towns_found == pytest.approx([10, 0, 20, np.nan, np.nan, np.nan], nan_ok=True)
    assert study.content_sources[-1].title.ja == "作った例"
    (missing,) = [one for one in study.findings if one.where == "extra.csv"]
    assert (missing.kind, missing.place) == (Kind.COUNT_MISSING, ("W",))


def test_by_town_is_by_the_units(tmp_path: Path) -> None:
    table = "id,sick\n" + "".join(f"{i:05},{i}\n" for i in range(6))
    study = compute(load_plan(plan_with(tmp_path, table, 'by = "town"\nid = "id"')))
    assert of(study.indicators, "sick", "ward").table["value"].to_dict() == {"V": 3, "W": 12}
    assert set(of(study.indicators, "sick", "ward").table["basis"]) == {"whole_zones"}


def test_the_tables_hold_every_figure_with_its_passport(tmp_path: Path) -> None:
    table = "id,sick,aged\nV,30,10\nW,,50\n"
    study = compute(load_plan(plan_with(tmp_path, table, counts=f"{SICK}, {SHARE}")))
    made = {one.name: one for one in indicator_tables(study)}
    assert list(made) == [f"indicators_{key}.csv" for key in ("ward", "district", "care", "town")]
    frame = made["indicators_district.csv"].frame
    row = frame[(frame["zone_id"] == "E") & (frame["indicator"] == "sick")].iloc[0]
    assert row["value"] == pytest.approx(20)
    assert row[["covered", "basis", "by", "way"]].tolist() == [0.5, "people", "ward", "by_towns"]
    assert row[["title_ja", "unit_en", "date"]].tolist() == ["患者", "people", "2021-04-01"]
    assert "作った例" in row["source_ja"]
    assert set(frame.columns) == set(made["indicators_district.csv"].own)
    text = made["indicators_ward.csv"].csv().decode("utf-8-sig")
    assert "W,,sick,患者,Patients,,人,people,0.0,,ward,stated" in text.replace("W,W,", "W,,")


def test_figures_in_words(tmp_path: Path) -> None:
    table = "id,sick,aged\nV,30,10\nW,,50\n"
    study = compute(load_plan(plan_with(tmp_path, table, counts=f"{SICK}, {SHARE}")))
    assert figures_of(study, "ward", "V")[0].figure.ja == "30.0人（2021-04-01）"
    assert figures_of(study, "ward", "W")[0].figure.en == "not known (2021-04-01)"
    assert figures_of(study, "ward", "V")[0].basis is None
    sick, share = (fact.figure for fact in figures_of(study, "district", "E"))
    assert sick.ja == "20.0人（推計、2021-04-01、人の50.0%の分）"
    assert share.en == "30.0% (estimate, 2021-04-01)"
    words = basis(study, of(study.indicators, "sick", "district"))
    assert "住民の数に応じて" in words.ja
    assert "1区域は、人の一部の分しかわからない（最小50.0%）" in words.ja
    assert "weighted by residents" in basis(study, of(study.indicators, "aged", "care")).en
    assert basis(study, of(study.indicators, "sick", "ward")).ja == "区ごとの値。1区域は不明。"


def test_sums_of_whole_towns_are_no_estimates(tmp_path: Path) -> None:
    table = "id,sick,aged\n" + "".join(f"0000{i},{i},10\n" for i in range(6))
    where = 'by = "town"\nid = "id"'
    study = compute(load_plan(plan_with(tmp_path, table, where, f"{SICK}, {SHARE}")))
    sick, share = figures_of(study, "district", "D")
    assert (sick.figure.ja, sick.figure.en) == ("1.00人（2021-04-01）", "1.00 people (2021-04-01)")
    assert share.figure.ja == "10.0%（2021-04-01）"
    assert sick.basis is not None
    assert sick.basis.ja == "町丁目の値から（どれも分かれない）"
    said = [basis(study, of(study.indicators, key, "district")).ja for key in ("sick", "aged")]
    assert said[0].startswith("町丁目の値の合計（どれも分かれない）。")
    assert not any("推計" in one for one in said)


def test_a_map_is_coloured_by_densities_and_rates_and_says_what_is_covered(tmp_path: Path) -> None:
    table = "id,sick,aged\nV,30,10\nW,,50\n"
    study = compute(load_plan(plan_with(tmp_path, table, counts=f"{SICK}, {SHARE}")))
    districts = study.partitions["district"]
    shown = {one.key: one for one in indicators(study, [districts])}
    assert list(shown) == ["people", "sick", "aged"]
    third = districts.area_m2["D"] / 2 / 1e6
    assert shown["sick"].values.to_dict() == pytest.approx(
        {"D": 10 / (2 * third), "E": 20 / third}, rel=1e-3
    )
    assert (shown["sick"].title.ja, shown["sick"].unit.en) == ("患者の密度", "people/km²")
    assert list(shown["sick"].drawn(districts.zones.index)["covered"]) == [100, 50]
    assert "covered" not in shown["aged"].drawn(districts.zones.index)
    assert shown["aged"].source.ja == "作った例（市）、2021-04-01"
    wards = study.partitions["ward"]
    of_wards = next(one for one in indicators(study, [wards]) if one.key == "sick")
    assert list(of_wards.drawn(wards.zones.index)["covered"]) == [100, 0]
    assert of_wards.drawn(wards.zones.index)["values"][1] is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("id,sick\nV,1\nV,2\n", "“V” has different figures (rows 2, 3)"),
        ("id,sick\nV,1\nW,about 2\n", "sick[3]: “about 2” is no number"),
        ("id,ill\nV,1\n", "there is no column “sick”"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(KenikiError) as caught:
        compute(load_plan(plan_with(tmp_path, table)))
    assert said in caught.value.line("en")
    assert "extra.csv" in caught.value.where


def test_strange_rows_are_said_with_their_numbers(tmp_path: Path) -> None:
    table = "id,sick\nV,1\nV,1\nX,5\n,6\nW,3\n,\n"
    counts = SICK.replace('"total"', '"total", published = 9')
    study = compute(load_plan(plan_with(tmp_path, table, counts=counts)))
    about = {one.kind: one for one in study.findings if one.where in ("extra.csv", "sick")}
    assert about[Kind.ROW_WITHOUT_ZONE].place == ("row 4 X", "row 5")
    assert about[Kind.ROW_WITHOUT_ZONE].severity is Severity.ERROR
    assert about[Kind.COUNT_REPEATED].place == ("row 2 V", "row 3 V")
    assert about[Kind.SUM_DIFFERS].amount == -5
    assert of(study.indicators, "sick", "ward").table["value"].to_dict() == {"V": 1, "W": 3}


def test_a_negative_total_is_said_with_its_row(tmp_path: Path) -> None:
    """One that no rate is per, too; a rate may be negative."""
    rate = '{ key = "growth", column = "growth", kind = "rate", per = "people", ' + (
        'title = { ja = "伸び", en = "Growth" }, unit = { ja = "%", en = "%" } }'
    )
    table = "id,sick,growth\nV,-5,-1\nW,3,2\n"
    study = compute(load_plan(plan_with(tmp_path, table, counts=f"{SICK}, {rate}")))
    (only,) = [one for one in study.findings if one.kind is Kind.COUNT_NEGATIVE]
    assert (only.severity, only.where, only.place) == (Severity.ERROR, "extra.csv", ("row 2 V -5",))


FAULTS = {
    'by = "wards"\nid = "id"': "“wards” is not defined anywhere",
    'by = "ward"': "Name the column with the ids",
    'by = "ward"\nid = "id"\nbeyond = "sea"': "Name the column with the ids",
    'by = "mesh"\nid = "id"': "Name the column with the codes",
    'by = "mesh"\nmesh = "id"\nid = "id"': "Name the column with the codes",
}


@pytest.mark.parametrize("where", FAULTS)
def test_a_plan_that_does_not_say_whose_figures(tmp_path: Path, where: str) -> None:
    with pytest.raises(KenikiError) as caught:
        load_plan(plan_with(tmp_path, "id,sick\n", where))
    assert FAULTS[where] in " ".join(caught.value.lines("en"))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (SHARE.replace('"people"', '"peopel"'), "did you mean “people”"),
        (SHARE.replace("per =", 'weight = "area", per ='), "give it no weight"),
        (SICK.replace('"sick",', '"people",', 1), "“people” is used twice"),
    ],
)
def test_counts_that_do_not_fit(tmp_path: Path, count: str, said: str) -> None:
    with pytest.raises(KenikiError) as caught:
        load_plan(plan_with(tmp_path, "id,sick\n", counts=count))
    assert said.lower() in " ".join(caught.value.lines("en")).lower()


# --- cells of the mesh ----------------------------------------------------------------------------


def cell_zones(codes: Iterable[str]) -> Partition:
    codes = list(codes)
    shapes = mesh.polygons(mesh.cells(codes), gpd.GeoSeries(crs=CRS).crs)
    return partition("cell", dict(zip(codes, shapes, strict=True)))


CITY = [f"53403020{quarter}" for quarter in "1234"]  # four cells of 500 m
INNER = [f"{code}{quarter}" for code in CITY for quarter in "1234"]  # 16 of 250 m
EAST = ["5340302111", "5340302113"]  # their neighbours in the east


def stated_by_mesh(
    city: Partition, table: pd.DataFrame, beyond: str = "land"
) -> tuple[Partition, pd.DataFrame, list[Finding]]:
    layer = IndicatorsPlan.model_validate(
        {"key": "grid", "type": "indicators", "title": {"ja": "g", "en": "g"}, "file": "g.csv",
         "by": "mesh", "mesh": "mesh", "date": "2020", "beyond": beyond,
         "count": [indicator(key) for key in table.columns if key != "mesh"]}
    )  # fmt: skip
    findings: list[Finding] = []
    figures_read, codes = table.drop(columns="mesh"), table["mesh"]
    towns_of_city = replace(city, role=Role.UNITS)
    zones, figures = _of_cells(
        layer, figures_read.astype(float), codes, {"town": towns_of_city}, findings.append
    )
    return zones, figures, findings


def test_cells_within_towns_are_plain_sums() -> None:
    city = cell_zones(CITY)
    table = pd.DataFrame({"mesh": INNER, "n": np.arange(16.0)})
    zones, figures, findings = stated_by_mesh(city, table)
    assert findings == []
    pairs = crosswalk(zones, city, towns=city)
    found = reallocated(shared_out(pairs, None), figures, TOTAL, [TOTAL])
    sums = [0 + 1 + 2 + 3, 4 + 5 + 6 + 7, 8 + 9 + 10 + 11, 12 + 13 + 14 + 15]
    # Edges that are straight in degrees bend by centimetres in the plane.
    assert found["value"][CITY].tolist() == pytest.approx(sums, rel=1e-4)
    assert found["value"].sum() == pytest.approx(120, rel=1e-9)


@pytest.mark.parametrize(("beyond", "kept"), [("land", 0.5), ("sea", 1.0)])
def test_cells_at_the_edge_are_kept_or_said(beyond: str, kept: float) -> None:
    """The city ends in the middle of the eastern cells, and a far cell lies outside it."""
    whole = shapely.union_all(cell_zones(CITY).zones.geometry)
    east = cell_zones(EAST).zones.geometry
    west_half = shapely.union_all([shapely.affinity.scale(one, 0.5, 1, origin=one.centroid)
                                   for one in east])  # fmt: skip
    city = partition("town", {"t": shapely.union(whole, west_half)})
    table = pd.DataFrame({"mesh": [*INNER, *EAST, "5340302211"], "n": [1.0] * 16 + [100, 60, 7]})
    zones, figures, findings = stated_by_mesh(city, table, beyond)
    inside = 16 + kept * 160
    assert figures["n"].sum() == pytest.approx(inside, rel=1e-3)
    (beyond_city,) = findings
    assert beyond_city.kind is Kind.OUTSIDE_CITY
    assert beyond_city.amount == pytest.approx(183 - figures["n"].sum(), rel=1e-12)
    assert "2 cells lie across the edge" in beyond_city.what.en
    counts = people({"t": 50})
    pairs = crosswalk(zones, city, towns=city, counts=counts)
    found = reallocated(shared_out(pairs, "people"), figures, TOTAL, [TOTAL])
    assert found["value"].sum() == pytest.approx(figures["n"].sum(), rel=1e-9)


def test_cells_are_shared_out_where_the_people_of_towns_live() -> None:
    """One cell over two towns; all people live in the western one."""
    cell = cell_zones([CITY[0]]).zones.geometry.iloc[0]
    west, south, east, north = cell.bounds
    middle = (west + east) / 2
    halves = {"w": shapely.box(west - 9, south - 9, middle, north + 9),
              "e": shapely.box(middle, south - 9, east + 9, north + 9)}  # fmt: skip
    city = partition("town", halves)
    zones, figures, _ = stated_by_mesh(city, pd.DataFrame({"mesh": CITY[:1], "n": [80.0]}))
    pairs = crosswalk(zones, city, towns=city, counts=people({"w": 10, "e": 0}))
    found = reallocated(shared_out(pairs, "people"), figures, TOTAL, [TOTAL])
    assert found["value"].to_dict() == pytest.approx({"w": 80, "e": 0})


def test_codes_are_checked() -> None:
    city = cell_zones(CITY)
    table = pd.DataFrame(
        {"mesh": [*INNER, CITY[0], "99999999", ""], "n": [1.0] * 19}, index=range(2, 21)
    )
    _, figures, findings = stated_by_mesh(city, table)
    assert {one.kind: one.place for one in findings} == {
        Kind.ROW_LEFT_OUT: ("row 20",),
        Kind.MESH_CODE_UNKNOWN: ("row 19 99999999",),
        Kind.OVERLAP_INSIDE: (f"row 18 {CITY[0]}",),
    }
    assert figures["n"].sum() == pytest.approx(16)
    with pytest.raises(DataError, match="different figures"):
        stated_by_mesh(city, pd.DataFrame({"mesh": [INNER[0]] * 2, "n": [1.0, 2.0]}))


def test_a_table_by_mesh_from_end_to_end(tmp_path: Path) -> None:
    """1 km cells of which the towns of the made city (2.2 km × 0.4 km) hold a part."""
    codes = [f"5340302{i}" for i in range(3)]
    table = "code,sick\n" + "".join(f"{code},100\n" for code in codes)
    where = 'by = "mesh"\nmesh = "code"\nbeyond = "sea"'
    study = compute(load_plan(plan_with(tmp_path, table, where)))
    for one in study.indicators:
        assert one.table["value"].sum() == pytest.approx(200, rel=1e-9), one.of
        assert one.way == "by_area"
    (said_of,) = [one for one in study.findings if one.kind is Kind.OUTSIDE_CITY]
    assert said_of.amount == pytest.approx(100)
