"""What is wrong with zones, in square metres worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from conftest import grid, partition, people
from shapely import Polygon, box, union_all

from geo.checks import (
    check,
    check_areas,
    check_dates,
    check_sums,
    outline,
    unknown_ids,
)
from geo.content_checks import check_layer
from geo.errors import UsageError
from geo.findings import Finding, Kind, Severity, as_frame
from geo.layers import Layer
from geo.partition import Partition
from geo.plan import Role, Source
from geo.words import Text

KM2 = 1e6
CITY = box(0, 0, 4000, 1000)


def zones(**shapes: Polygon) -> Partition:
    return partition("zones", shapes)


def amounts(found: list[Finding], kind: Kind) -> list[tuple[tuple[str, ...], float | None]]:
    return [(f.place, f.amount) for f in found if f.kind is kind]


def test_nothing_is_wrong_with_a_clean_partition(halves: Partition) -> None:
    assert check(halves, CITY) == []
    assert check(halves, None) == []


def test_an_overlap() -> None:
    """Q begins 100 m before P ends, over a height of 1 km::

    0     1.9 2      4 km
    ┌───────┬─┬──────┐
    │   P   │█│  Q   │
    └───────┴─┴──────┘
    """
    found = check(zones(P=box(0, 0, 2000, 1000), Q=box(1900, 0, 4000, 1000)), CITY)
    assert [(f.kind, f.severity, f.place, f.amount, f.unit) for f in found] == [
        (Kind.OVERLAP_INSIDE, Severity.WARNING, ("P", "Q"), 100_000, "m2")
    ]
    assert found[0].at is not None
    east, north = found[0].at
    assert (east, north) == pytest.approx((139.8549, 36.0045), abs=1e-4)


def test_overlaps_are_said_once_per_pair_the_largest_first() -> None:
    """A lies over all of B, and over a quarter of C; B and C only touch."""
    found = check(
        zones(A=box(0, 0, 1250, 1000), B=box(0, 0, 1000, 1000), C=box(1000, 0, 2000, 1000)), None
    )
    assert amounts(found, Kind.OVERLAP_INSIDE) == [(("A", "B"), KM2), (("A", "C"), KM2 / 4)]


def test_what_is_below_a_square_metre_is_rounding() -> None:
    """0.5 mm over a height of 1 km is half a square metre; 2 mm are two."""
    thin = zones(P=box(0, 0, 2000, 1000), Q=box(1999.9995, 0, 4000, 1000))
    assert [f.kind for f in check(thin, CITY)] == [Kind.EDGES_APART]
    thick = zones(P=box(0, 0, 2000, 1000), Q=box(1999.998, 0, 4000, 1000))
    assert amounts(check(thick, CITY), Kind.SLIVER) == [(("P", "Q"), pytest.approx(2))]
    short = zones(P=box(0, 0, 3999.9995, 1000))
    assert check(short, CITY) == []


def test_a_gap() -> None:
    """Nine cells of 100 m without the middle one::

    ┌─┬─┬─┐
    ├─┼─┼─┤
    ├─┤ ├─┤
    ├─┼─┼─┤
    └─┴─┴─┘
    """
    cells = grid(3, 3).zones.geometry.drop("4")
    found = check(partition("zones", cells.to_dict()), box(0, 0, 300, 300))
    assert amounts(found, Kind.GAP_INSIDE) == [((), 10_000)]
    assert amounts(found, Kind.NOT_COVERED) == [((), 10_000)]
    assert len(found) == 2


def test_a_hole_of_the_city_is_no_gap() -> None:
    ring = box(0, 0, 300, 300) - box(100, 100, 200, 200)
    cells = grid(3, 3).zones.geometry.drop("4")
    assert check(partition("zones", cells.to_dict()), ring) == []


def test_a_gap_is_only_what_lies_in_the_city() -> None:
    """The city ends in the middle of the hole."""
    cells = grid(3, 3).zones.geometry.drop("4")
    found = check(partition("zones", cells.to_dict()), box(0, 0, 150, 300))
    assert [amount for _, amount in amounts(found, Kind.GAP_INSIDE)] == [5_000]


@pytest.mark.parametrize(
    ("covers_city", "severity"), [(True, Severity.WARNING), (False, Severity.NOTE)]
)
def test_land_in_no_zone(covers_city: bool, severity: Severity) -> None:
    one = zones(P=box(0, 0, 3000, 1000))
    one = Partition(one.key, one.title, one.role, one.zones, covers_city=covers_city)
    found = check(one, CITY)
    assert [(f.kind, f.severity, f.amount) for f in found] == [(Kind.NOT_COVERED, severity, KM2)]


def test_land_beyond_the_city() -> None:
    """P begins 500 m before the city does::

    -0.5  0              4 km
      ┌───┬──────────────┐
      │ P │              │
      └───┴──────────────┘
    """
    found = check(zones(P=box(-500, 0, 4000, 1000)), CITY)
    assert [(f.kind, f.severity, f.amount) for f in found] == [
        (Kind.OUTSIDE_CITY, Severity.NOTE, KM2 / 2)
    ]


def test_without_an_outline_of_the_city_only_overlaps_are_looked_for() -> None:
    apart = zones(P=box(0, 0, 1000, 1000), Q=box(3000, 0, 4000, 1000))
    assert check(apart, None) == []


def test_the_city_is_all_its_towns(row: Partition) -> None:
    towns = replace(row, role=Role.UNITS)
    assert outline([towns]).equals(CITY)
    overlapping = zones(P=box(0, 0, 2100, 1000), Q=box(1900, 0, 4000, 1000))
    assert outline([replace(overlapping, role=Role.UNITS)]).equals(union_all([CITY]))


def test_the_city_is_its_wards_where_they_have_borders(row: Partition) -> None:
    wards = replace(zones(W=box(0, 0, 4100, 1000)), role=Role.WARD)
    assert outline([replace(row, role=Role.UNITS), wards]).equals(box(0, 0, 4100, 1000))
    assert outline([row]) is None


def test_zones_of_one_shape() -> None:
    found = check(zones(P=box(0, 0, 4000, 1000), Q=box(4000, 1000, 0, 0)), CITY)
    assert amounts(found, Kind.SAME_SHAPE) == [(("P", "Q"), 4 * KM2)]


def test_slivers_are_told_by_their_width() -> None:
    """20 m is narrow, however long; 40 m is not."""
    for width, kind in ((20, Kind.SLIVER), (40, Kind.OVERLAP_INSIDE)):
        found = check(zones(P=box(0, 0, 2000, 1000), Q=box(2000 - width, 0, 4000, 1000)), CITY)
        assert amounts(found, kind) == [(("P", "Q"), width * 1000)]


def test_exclaves_and_islands() -> None:
    """P has a part inside Q, and one in the sea::

    ┌───┬───────┐
    │ P │ Q ┌─┐ │  ┌─┐
    │   │   └─┘ │  └─┘
    └───┴───────┘
    """
    inside, island = box(2500, 400, 2600, 500), box(4500, 400, 4520, 500)
    one = box(0, 0, 2000, 1000).union(inside).union(island)
    found = check(zones(P=one, Q=box(2000, 0, 4000, 1000) - inside), None)
    assert [(f.kind, f.place, f.amount) for f in found] == [
        (Kind.EXCLAVE, ("P",), 10_000), (Kind.ISLAND, ("P",), 2_000),
    ]  # fmt: skip


def test_areas_that_are_not_the_published_ones() -> None:
    one = zones(P=box(0, 0, 1000, 1000), Q=box(1000, 0, 2000, 1000))
    rows = pd.DataFrame({"AREA": ["1000500", "1010000"]}, index=["P", "Q"])
    found = list(check_areas(replace(one, attributes=rows), "AREA", "zones"))
    assert [(f.kind, f.place, f.amount) for f in found] == [(Kind.AREA_DIFFERS, ("Q",), -10_000)]


def test_sums_that_are_not_the_published_ones() -> None:
    counts = people({"a": 10, "b": None, "c": 5})
    for published, expected in ((15, []), (20, [-5.0]), (None, [])):
        (count,) = counts.defined
        stated = replace(counts, defined=(count.model_copy(update={"published": published}),))
        assert [f.amount for f in check_sums(stated)] == expected


def test_years_that_differ(row: Partition) -> None:
    said = Text("何", "what")
    drawn, counted = (
        Source(title=said, publisher=said, date=date, licence=said)
        for date in ("2010-10-01", "2015")
    )
    towns = replace(row, role=Role.UNITS, sources=(drawn,))
    counts = replace(people({"a": 1}), sources=(counted,))
    (only,) = check_dates([towns], counts)
    assert "2015 / 2010" in only.what.en
    assert list(check_dates([towns], replace(counts, sources=(counted, drawn)))) == []


def test_ids_of_no_zone(halves: Partition) -> None:
    written = pd.Series(["A", "", "C", "B ", "C"])
    (only,) = unknown_ids("items", written, halves, may_be_empty=True)
    assert (only.kind, only.severity, only.where) == (
        Kind.ROW_WITHOUT_ZONE, Severity.ERROR, "items",
    )  # fmt: skip
    assert only.place == ("row 2 C", "row 3 B", "row 4 C")
    assert list(unknown_ids("items", written[:2], halves, may_be_empty=True)) == []
    assert [one.place for one in unknown_ids("items", written[:2], halves)] == [("row 1",)]


def test_the_table_of_findings_is_worst_first_whatever_the_order() -> None:
    said = Text("何", "what")

    def finding(severity: Severity, where: str) -> Finding:
        return Finding(Kind.ALIAS_USED, severity, where, ("a", "b"), said, said, 1.5, "m2")

    found = [
        finding(Severity.NOTE, "a"), finding(Severity.ERROR, "b"), finding(Severity.WARNING, "a"),
        finding(Severity.ERROR, "a"),
    ]  # fmt: skip
    frame = as_frame(found)
    assert list(zip(frame["severity"], frame["where"], strict=True)) == [
        ("error", "a"), ("error", "b"), ("warning", "a"), ("note", "a"),
    ]  # fmt: skip
    assert frame.equals(as_frame(found[::-1]))
    assert frame.loc[0, ["place", "amount", "what_ja"]].tolist() == ["a; b", 1.5, "何"]


def test_a_published_area_that_is_blank_is_not_0_and_one_of_parts_is_not_doubled() -> None:
    one = zones(P=box(0, 0, 1000, 1000), Q=box(1000, 0, 2000, 1000))
    rows = pd.DataFrame({"AREA": ["1000000", "1000000", ""]}, index=["P", "P", "Q"])
    assert list(check_areas(replace(one, attributes=rows), "AREA", "zones")) == []
    with pytest.raises(UsageError, match="Did you mean “AREA”"):
        list(check_areas(replace(one, attributes=rows), "AREAS", "zones"))


def test_rows_of_content_that_would_be_on_no_page(halves: Partition) -> None:
    wards = replace(halves, key="ward", role=Role.WARD)
    district = replace(halves, key="district")
    both = {"ward": wards, "district": district}

    def said(type_: str, of: str | None = None, **columns: list[str]) -> list[tuple[str, ...]]:
        layer = Layer("x", type_, Text("何", "what"), pd.DataFrame(columns), of)  # type: ignore[arg-type]
        return [f.place for f in check_layer(layer, both, ("1", "2"))]

    years = {"start_year": ["2021"], "end_year": [""]}
    two = {name: cells * 2 for name, cells in years.items()}
    goals = {"kind": ["goal", "policy"], "number": ["", ""]}
    assert said("goals", ward_code=["A", "99"], **goals) == [("row 1 99",)]
    assert said("items", "district", zone_id=["A", ""], themes=["1;2", ""], **two) == [("row 1",)]
    assert said("items", "district", zone_id=["A"], themes=["1; 77"], **years) == [("row 0: 77",)]
    cases = {"ward_code": ["A", "", "B"], "zone_id": ["A", "C", "A"]}
    assert said("cases", partition=["ward", "district", "town"], **cases) == [
        ("row 1 C",),
        ("row 2 A",),
    ]
