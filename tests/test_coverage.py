"""Zones joined and simplified as a coverage: the same land, fewer vertices, no gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from borders import towns
from conftest import grid, partition
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo.coverage import is_coverage, simplified, unite, unite_by
from geo.errors import DataError


def test_a_coverage_is_known_by_its_edges() -> None:
    meet = partition("p", {"a": box(0, 0, 1, 1), "b": box(1, 0, 2, 1)}).zones.geometry
    overlap = partition("p", {"a": box(0, 0, 1.1, 1), "b": box(1, 0, 2, 1)}).zones.geometry
    assert is_coverage(meet)
    assert not is_coverage(overlap)
    assert unite(meet).area == 2
    assert unite(overlap).area == 2


@given(names=st.lists(st.sampled_from("ABC"), min_size=12, max_size=12))
def test_both_ways_give_the_same_land(names: list[str]) -> None:
    cells, zone_of = grid(4, 3).zones.geometry, pd.Series(names)
    fast, safe = (unite_by(cells, zone_of, apart=np.full(12, apart)) for apart in (False, True))
    assert fast.index.tolist() == safe.index.tolist() == sorted(set(names))
    assert shapely.equals(fast.to_numpy(), safe.to_numpy()).all()
    assert unite_by(cells, zone_of).equals(fast)


def test_the_order_of_units_does_not_matter() -> None:
    made = towns(5, 4).zones.geometry
    zone_of = pd.Series([name[-1] for name in made.index])
    turned = unite_by(made[::-1], zone_of[::-1])
    assert shapely.equals(turned.to_numpy(), unite_by(made, zone_of).to_numpy()).all()


def test_what_overlaps_is_not_united_the_fast_way() -> None:
    """The fast way would count the land of both twice, or fail."""
    twice = partition("p", {"a": box(0, 0, 2, 1), "b": box(1, 0, 3, 1)}).zones.geometry
    assert unite_by(twice, pd.Series(["Z", "Z"]))["Z"].equals(box(0, 0, 3, 1))


@given(seed=st.integers(0, 1000), names=st.lists(st.sampled_from("ABC"), min_size=12, max_size=12))
def test_some_towns_that_do_not_meet_harm_no_zone(seed: int, names: list[str]) -> None:
    """Zones of the others are united the fast way all the same, and all are right."""
    shapes = towns(4, 3, seed=seed).zones.geometry
    shapes.iloc[seed % 12] = shapely.buffer(shapes.iloc[seed % 12], 3.0)
    zone_of = pd.Series(names)
    found = unite_by(shapes, zone_of)
    safe = unite_by(shapes, zone_of, apart=np.full(12, True))
    assert shapely.equals(found.to_numpy(), safe.to_numpy()).all()


def test_simpler_borders_are_still_shared() -> None:
    made = towns(6, 5).zones
    simple = simplified(made, 60.0, "town")
    assert is_coverage(simple.geometry)
    assert simple.geometry.count_coordinates().sum() < made.geometry.count_coordinates().sum() * 0.7
    assert simple.index.equals(made.index)
    assert simple.area.sum() == pytest.approx(unite(made.geometry).area, rel=0.01)


def test_nothing_else_is_made_simpler() -> None:
    apart = partition("towns", {"a": box(0, 0, 1, 1), "b": box(0.9, 0, 2, 1)}).zones
    with pytest.raises(DataError) as error:
        simplified(apart, 1.0, "towns")
    assert "do not meet exactly" in str(error.value)
    assert "towns" in str(error.value)


def test_nothing_is_simplified_by_nothing() -> None:
    made = towns(3, 3).zones
    same = simplified(made, 0.0, "town")
    assert np.array_equal(same.area, made.area)
