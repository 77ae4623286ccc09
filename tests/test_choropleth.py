"""Indicators and their classes: each figure is in one, in order, and a missing one is in none."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from mapclassify import Quantiles

from geo.alignment import AREA
from geo.choropleth import CLASSES, Indicator, decimals, indicators, limits, ratio, roundest
from geo.layers import Counts
from geo.overlap import crosswalk
from geo.plan import Count, CountsPlan
from geo.study import Study
from geo.words import same

FIGURES = st.lists(st.integers(-(10**9), 10**9) | st.integers(0, 12), min_size=1, max_size=60)
WORDS = same("x")


def class_of(value: int, of: list[int]) -> int:
    """As the page's script has it: a limit belongs to the class below it."""
    return 1 + sum(value > limit for limit in of[1:-1])


@given(FIGURES)
def test_classes_cover_all_figures_and_none_is_empty(figures: list[int]) -> None:
    found = limits(figures)
    assert (found[0], found[-1]) == (min(figures), max(figures))
    inner = found[1:-1]
    assert inner == sorted(set(inner))
    assert {class_of(one, found) for one in figures} == set(range(1, len(inner) + 2))
    assert len(inner) + 1 <= min(CLASSES, len(set(figures)))


@given(FIGURES)
def test_rounding_a_limit_moves_no_zone_to_another_class(figures: list[int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = Quantiles(figures, k=min(CLASSES, len(set(figures)))).yb
    _, expected = np.unique(found, return_inverse=True)
    assert [class_of(one, limits(figures)) - 1 for one in figures] == expected.tolist()


@given(FIGURES, st.randoms(use_true_random=False))
def test_classes_keep_the_order_of_figures_and_not_that_of_zones(
    figures: list[int], random: object
) -> None:
    found = limits(figures)
    classes = [class_of(one, found) for one in sorted(figures)]
    assert classes == sorted(classes)
    mixed = list(figures)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert limits(mixed) == found


@given(st.integers(-2000, 2000), st.integers(1, 2000))
def test_a_limit_is_the_roundest_of_its_gap(low: int, gap: int) -> None:
    def zeros(number: int) -> int:
        return next((n for n in range(9, -1, -1) if number % 10**n == 0), 0)

    found = roundest(low, low + gap)
    assert low <= found < low + gap
    assert zeros(found) == max(zeros(one) for one in range(low, low + gap))


def test_one_zone_or_equal_ones_are_one_class() -> None:
    assert limits([7]) == limits([7, 7, 7]) == [7, 7]
    assert limits([0, 0, 0, 0, 9]) == [0, 0, 9]
    assert limits([]) == []


@given(st.lists(st.none() | st.floats(0, 1e6), min_size=1, max_size=20))
def test_what_is_missing_stays_missing_and_moves_no_limit(figures: list[float | None]) -> None:
    ids = [str(i) for i in range(len(figures))]
    values = pd.Series(figures, ids, dtype=float)
    one = Indicator("x", WORDS, WORDS, "town", values, WORDS, WORDS)
    drawn, known = one.drawn(pd.Index(ids)), one.drawn(values.dropna().index)
    assert [value is None for value in drawn["values"]] == [one is None for one in figures]
    assert drawn["limits"] == known["limits"]
    assert [value for value in drawn["values"] if value is not None] == list(known["values"])


@given(st.lists(st.floats(1e-3, 1e7), min_size=1, max_size=9))
def test_a_typical_figure_has_three_digits(figures: list[float]) -> None:
    values = pd.Series(figures)
    digits = decimals(values)
    assert 0 <= digits <= 3
    assert values.median() * 10**digits >= 99 or digits == 3


def test_a_ratio_is_of_what_both_sides_know() -> None:
    zones = ["A", "A", "B", "C"]
    above, below = pd.Series([10, np.nan, np.nan, 3], zones), pd.Series([2.0, 8, 1, 0], zones)
    found = ratio(above, below)
    assert found["A"] == 5.0
    assert found[["B", "C"]].isna().all()


# --- of a study -----------------------------------------------------------------------------------


def test_every_total_is_a_density_of_every_partition(study: Study) -> None:
    every = list(indicators(study, study.partitions.values()))
    assert [(one.layer, one.key) for one in every] == [
        (partition, count)
        for partition in study.partitions
        for count in (*study.counts.table, "population_2020")
    ]
    found = [one for one in every if one.key in study.counts.table]
    assert {(one.title.ja, one.unit.ja) for one in found} == {
        ("住民の密度", "人/km²"),
        ("世帯の密度", "世帯/km²"),
    }
    for one in found:
        assert one.source.ja == "平成27年国勢調査 小地域集計（総務省統計局）、2015-10-01"
        assert "3" in one.basis.ja  # towns without a figure


def test_density_times_land_is_everybody(study: Study) -> None:
    towns = study.partitions["town"]
    counted = replace(study, indicators=())
    for one in indicators(counted, study.partitions.values()):
        people = study.counts.table[one.key]
        land = towns.area_m2.where(people.notna())
        if one.layer != "town":
            table = study.crosswalks["town", one.layer]
            land = table[AREA].where(table[one.key].notna()).groupby(level="right_id").sum()
        assert (one.values * land / 1e6).sum() == pytest.approx(people.sum())


def test_a_town_without_a_figure_has_no_density(study: Study) -> None:
    missing = study.counts.table["population"].isna()
    assert missing.sum() == 3
    of_towns = next(one for one in indicators(study, [study.partitions["town"]]))
    assert of_towns.values.isna().equals(missing)


def test_a_rate_is_averaged_by_what_it_is_a_rate_of(study: Study) -> None:
    towns, wards = study.partitions["town"], study.partitions["ward"]
    people = study.counts.table["population"]
    share = Count(
        key="old", title=same("65+"), unit=same("%"), column="old", kind="rate", per="population"
    )
    table = study.counts.table.assign(old=np.where(towns.zones.index < "12102", 30.0, 20.0))
    counts = Counts((*study.counts.defined, share), table)
    layer = next(one for one in study.plan.layer if isinstance(one, CountsPlan))
    layer = layer.model_copy(update={"count": (*layer.count, share)})
    table_of_wards = crosswalk(towns, wards, towns=towns, counts=counts)
    with_rate = replace(
        study,
        plan=study.plan.model_copy(update={"layer": (layer,)}),
        counts=counts,
        crosswalks={("town", "ward"): table_of_wards},
    )
    of_wards, of_towns = (
        next(one for one in indicators(with_rate, [partition]) if one.key == "old")
        for partition in (wards, towns)
    )
    assert of_towns.values.equals(table["old"])
    assert (of_wards.unit.ja, of_wards.title.ja) == ("%", "65+")
    assert "住民" in of_wards.basis.ja
    ward = pd.Series(towns.zones.index.str[:5], towns.zones.index)
    expected = (table["old"] * people).groupby(ward).sum() / people.groupby(ward).sum()
    assert of_wards.values.to_dict() == pytest.approx(expected.to_dict())


def test_without_towns_there_is_nothing_to_colour_by(study: Study) -> None:
    alone = replace(study, partitions={"ward": study.partitions["ward"]}, indicators=())
    assert list(indicators(alone, alone.partitions.values())) == []


# --- the colours ----------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_shades_are_told_apart_by_lightness_alone() -> None:
    css = (ROOT / "geo" / "web" / "app.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", css))
    shades = [colours[f"class-{n}"] for n in range(1, CLASSES + 1)]
    for light, dark in zip(["#ffffff", *shades], shades, strict=False):
        assert luminance(light) > luminance(dark)
        assert contrast(light, dark) >= 1.15
    for one in shades:
        assert contrast(one, colours["ink"]) >= 3  # the border, and the figure on it
