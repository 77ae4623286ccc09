"""keniki beside its peers: the same answers where they are right, its own where they are not.

The second half needs no peer: each test names what one of them gets wrong, and holds keniki to the
right answer.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import CRS, of_towns, outlines_only, partition, people

from benchmarks import made, peers
from benchmarks.layers import CASES, Layers
from benchmarks.overlap import GROWTH, Measured, growth
from benchmarks.side_by_side import peak_mb, times_as_fast
from geo.alignment import by_zone, overall
from geo.areas import overlap_areas
from geo.boundaries import read_zones
from geo.chunks import chunks
from geo.cutting import OUTSIDE
from geo.errors import UsageError
from geo.findings import ignore
from geo.layers import Counts
from geo.overlap import crosswalk, pairs, transposed
from geo.partition import Partition
from geo.pieces import overlap_pieces
from geo.plan import Boundary, Count
from geo.slivers import SliverRule, marked
from geo.words import same

# --- the same answers ---------------------------------------------------------------------------

PAIRS_OF_LAYERS = ["towns right", "towns noisy", "towns crossing", "left right", "left noisy"]


@pytest.fixture(scope="module")
def layers() -> dict[str, made.Shapes]:
    """Made towns, two groupings of them, one of these digitised again, and zones of their own."""
    towns = made.towns(120)
    right = made.dissolved(towns, made.grouped(towns, 5, seed=3))
    return {
        "towns": towns,
        "left": made.dissolved(towns, made.grouped(towns, 7, seed=2)),
        "right": right,
        "noisy": made.noisy(right, 1.0),
        "crossing": made.towns(5, across_m=2_000, seed=4),
    }


def pair_of(layers: dict[str, made.Shapes], names: str) -> Layers:
    left, right = (gpd.GeoDataFrame(geometry=layers[name], crs=CRS) for name in names.split())
    return Layers(left, right)


def test_two_threads_give_the_same_to_the_last_bit() -> None:
    """Tobler's n_jobs=2 moves people to wrong targets, silently."""
    left = made.towns(3_000)
    right = made.noisy(made.dissolved(left, made.grouped(left, 40, seed=3)), 1.0)
    assert len(list(chunks(left, right))) > 1
    one, two = (overlap_areas(left, right, threads=threads) for threads in (1, 2))
    assert [each.tobytes() for each in one] == [each.tobytes() for each in two]
    one, two = (overlap_pieces(left, right, threads=threads) for threads in (1, 2))
    assert [each.tobytes() for each in one[:2]] == [each.tobytes() for each in two[:2]]
    assert (shapely.to_wkb(one[2]) == shapely.to_wkb(two[2])).all()


@pytest.mark.parametrize("names", PAIRS_OF_LAYERS)
@pytest.mark.parametrize("peer", [peers.OVERLAY, "maup", peers.TOBLER, "STRtree + intersection"])
def test_peers_agree_pair_by_pair(layers: dict[str, made.Shapes], names: str, peer: str) -> None:
    if peer in ("maup", peers.TOBLER):
        pytest.importorskip(peer, reason=f"{peer} is not installed: pip install keniki[bench]")
    both = pair_of(layers, names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = peers.WAYS[peer](both)
    for way in ("keniki areas", "keniki areas, 2 threads", "keniki pieces"):
        ours = peers.WAYS[way](both)
        assert peers.compared(theirs, ours, both, peer) == []
        assert peers.compared(ours, theirs, both, peer) == []


def test_a_difference_is_seen(layers: dict[str, made.Shapes]) -> None:
    both = pair_of(layers, "left right")
    ours = peers.by_areas(both)
    off = ours._replace(area_m2=ours.area_m2 + np.where(np.arange(len(ours.i)) == 3, 0.01, 0))
    less = peers.Shared(*(each[1:] for each in ours))
    assert [(one.i, one.j) for one in peers.compared(off, ours, both, "maup")] == [
        (ours.i[3], ours.j[3])
    ]
    assert [one.area_m2 for one in peers.compared(less, ours, both, "maup")] == [0]


# --- what peers get wrong -------------------------------------------------------------------------


def boxes(key: str, **bounds: tuple[float, float, float, float]) -> Partition:
    return partition(key, {name: shapely.box(*its) for name, its in bounds.items()})


def test_people_go_where_their_land_is() -> None:
    """Tobler with n_jobs=2: [100, 900].

    ::

        ┌───┬───────────┐   a: 100, b: 900 people
        │ a │     b     │
        ├───┴───────┬───┤
        │     P     │ Q │
        └───────────┴───┘
    """
    towns = boxes("town", a=(0, 0, 1, 2), b=(1, 0, 4, 2))
    zones = boxes("zone", P=(0, 0, 3, 2), Q=(3, 0, 4, 2))
    table = crosswalk(towns, zones, counts=people({"a": 100, "b": 900}))
    by_target = table["people"].groupby(level="right_id").sum()
    assert by_target.to_dict() == pytest.approx({"P": 700, "Q": 300}, rel=1e-15)


def test_areas_are_not_rounded_to_seven_digits() -> None:
    """Tobler keeps areas in float32: each is off by 3e-8, and so are people."""
    whole = np.array([shapely.box(0, 0, 100_003, 100_019)])
    ends = [0, 33_331, 66_667, 100_003]
    thirds = shapely.box(ends[:-1], 0, ends[1:], 100_019)
    _, _, area_m2 = overlap_areas(whole, thirds)
    assert area_m2.dtype == np.float64
    assert area_m2.tolist() == pytest.approx(shapely.area(thirds).tolist(), rel=1e-15)


def test_half_a_town_takes_half_its_people() -> None:
    """Tobler puts all 100 into the covered half, unless told not to."""
    towns, zones = boxes("town", a=(0, 0, 2, 1)), boxes("zone", P=(0, 0, 1, 1))
    table = crosswalk(towns, zones, counts=people({"a": 100}))
    assert table["people"].to_dict() == {("a", OUTSIDE): 50, ("a", "P"): 50}
    assert table["share_of_left"].tolist() == [0.5, 0.5]


def test_a_town_outside_every_zone_keeps_its_row() -> None:
    """tobler: 150 people in, 100 out, without a word."""
    towns = boxes("town", a=(0, 0, 1, 1), far=(5, 5, 6, 6))
    zones = boxes("zone", P=(0, 0, 2, 2))
    table = crosswalk(towns, zones, counts=people({"a": 100, "far": 50}))
    assert table["people"].dropna().to_dict() == {("a", "P"): 100, ("far", OUTSIDE): 50}
    assert np.isnan(table.loc[(OUTSIDE, "P"), "people"])  # nobody is known there, which is not 0


def test_a_count_that_is_missing_is_not_0() -> None:
    """tobler: the mean of 10 and a missing rate is 5, and a missing count is 0."""
    towns = boxes("town", a=(0, 0, 1, 1), b=(1, 0, 2, 1), c=(2, 0, 3, 1))
    zones = boxes("zone", P=(0, 0, 2, 1), Q=(2, 0, 3, 1))
    figures = {"a": 10.0, "b": None, "c": None}
    rates = Counts(
        (
            Count(key="people", title=same("p"), unit=same("n"), column="p", kind="total"),
            Count(
                key="aged", title=same("a"), unit=same("%"), column="a", kind="rate", per="people"
            ),
        ),
        pd.DataFrame({"people": {"a": 7.0, "b": 7.0, "c": 7.0}, "aged": figures}).astype(float),
    )
    whole = of_towns("city", towns, dict.fromkeys("abc", "C"))
    missing = pd.DataFrame({"aged": [10, np.nan], "aged_missing_towns": [1, 1]}, index=["P", "Q"])
    found = crosswalk(whole, zones, towns=towns, counts=rates).loc["C"]
    pd.testing.assert_frame_equal(found[missing.columns], missing, check_names=False)
    found = crosswalk(whole, zones, towns=towns, counts=people(figures)).loc["C"]
    assert found["people"].fillna(-1).to_dict() == {"P": 10, "Q": -1}
    assert found["people_missing_towns"].to_dict() == {"P": 1, "Q": 1}


def test_degrees_are_no_areas(tmp_path: Path) -> None:
    """Tobler takes degrees for a plane: 50 and 50 people, where the land is 51.8 and 48.2 %."""
    path = tmp_path / "bands.geojson"
    bands = [shapely.box(139, 35, 140, 40), shapely.box(139, 40, 140, 45)]
    gpd.GeoDataFrame({"id": ["S", "N"]}, geometry=bands, crs=4326).to_file(path)
    with pytest.raises(UsageError, match="degrees"):
        read_zones(path, Boundary(file=path.name, id="id"), "EPSG:4326", ignore)
    zones = read_zones(path, Boundary(file=path.name, id="id"), "EPSG:6933", ignore).zones
    halves = partition("band", dict(zones.geometry))
    whole = partition("all", {"W": shapely.union_all(zones.geometry)})
    table = crosswalk(whole, halves, counts=people({"W": 100}))
    shares = table["people"].droplevel("left_id")
    assert shares[["S", "N"]].round(1).tolist() == [51.8, 48.2]


def test_zones_that_overlap_each_other_are_said() -> None:
    """tobler: 150 people out of 100, without a word.

    ::

        ┌─────── a ───────┐
        ╞═ P ═╪═════╪═ Q ═╡
    """
    towns = boxes("town", a=(0, 0, 2, 1))
    zones = boxes("zone", P=(0, 0, 1.5, 1), Q=(0.5, 0, 2, 1))
    table = crosswalk(towns, zones, counts=people({"a": 100}))
    assert table.attrs["overlapping"] == ["zone"]
    assert table["area_m2"].to_dict() == {("a", "P"): 1.5, ("a", "Q"): 1.5}
    apart = boxes("zone", P=(0, 0, 1, 1), Q=(1, 0, 2, 1))
    assert crosswalk(towns, apart).attrs["overlapping"] == []


def test_zones_that_only_touch_share_nothing(layers: dict[str, made.Shapes]) -> None:
    """Shapely's trees hand out neighbours too; skipping by `covers` loses pairs to rounding."""
    towns, right = layers["towns"], layers["right"]
    i, j, area_m2 = overlap_areas(towns, right)
    assert i.tolist() == list(range(len(towns)))
    assert j.tolist() == made.grouped(towns, 5, seed=3).tolist()
    assert area_m2 == pytest.approx(shapely.area(towns), rel=1e-12)
    corner = overlap_areas(shapely.box([0], [0], [1], [1]), shapely.box([1], [1], [2], [2]))
    assert [each.tolist() for each in corner] == [[], [], []]


def test_towns_keep_all_their_land_whatever_crosses_them(layers: dict[str, made.Shapes]) -> None:
    left, right = layers["towns"], layers["noisy"]
    i, _, area_m2 = overlap_areas(left, right)
    inside = np.bincount(i, area_m2, len(left))
    expected = shapely.area(shapely.intersection(left, shapely.coverage_union_all(right)))
    assert inside == pytest.approx(expected, rel=1e-9)


def test_a_tie_and_a_miss_are_told_apart() -> None:
    """maup.assign gives None for both.

    ::

        ┌──── t ────┐      ┌── m ──┐
        ├─ Q ─┬─ P ─┤      └───────┘
        └─────┴─────┘
    """
    towns = boxes("town", t=(0, 0, 2, 1), m=(10, 10, 11, 11))
    zones = boxes("zone", Q=(0, 0, 1, 1), P=(1, 0, 2, 1))
    found = by_zone(crosswalk(towns, zones), "area_m2")
    assert found["main_id"].fillna("").to_dict() == {"t": "P", "m": ""}
    assert found["parts"].to_dict() == {"t": 2, "m": 0}
    assert found.loc["t", "main_share"] == 0.5


def test_half_a_copy_agrees_wholly_where_it_is() -> None:
    """Esda's completeness of a layer and half of itself is 0.5; what is not covered is no part."""
    left = boxes("left", a=(0, 0, 1, 1), b=(1, 0, 2, 1))
    half = boxes("half", a=(0, 0, 1, 0.5), b=(1, 0, 2, 0.5))
    table = crosswalk(left, half)
    zones, opposite = (by_zone(one, "area_m2") for one in (table, transposed(table)))
    one = overall(zones, "left", "half", "area_m2", opposite=opposite)
    assert (one.minority, one.split_zones, one.total) == (0, 0, 1)
    outside = table.xs(OUTSIDE, level="right_id")
    assert outside["share_of_left"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("noise_m", [1.0, 5.0])
def test_zones_digitised_again_give_the_same_pairs(
    layers: dict[str, made.Shapes], noise_m: float
) -> None:
    """Overlay on 1 m noise: hundreds of pieces thinner than 2 m among the overlaps."""
    names = {side: partition(side, _numbered(layers[side])) for side in ("left", "right")}
    again = partition("right", _numbered(made.noisy(layers["right"], noise_m)))
    clean = pairs(crosswalk(names["left"], names["right"]))
    dirty = crosswalk(names["left"], again)
    assert len(pairs(dirty)) > len(clean)
    told = pairs(marked(dirty, names["left"], again, SliverRule()))
    assert list(told[~told["is_sliver"]].index) == list(clean.index)


def _numbered(shapes: made.Shapes) -> dict[str, shapely.Geometry]:
    return {f"{row:03d}": shape for row, shape in enumerate(shapes)}


def test_going_through_towns_needs_no_borders(layers: dict[str, made.Shapes]) -> None:
    """Where both sides are made of towns, both ways give the same."""
    towns = partition("town", _numbered(layers["towns"]))
    sides = []
    for key, count, seed in (("left", 7, 2), ("right", 5, 3)):
        zone = made.grouped(layers["towns"], count, seed=seed)
        members = dict(zip(towns.zones.index, zone.astype(str), strict=True))
        sides.append(of_towns(key, towns, members))
    by_towns = crosswalk(*sides, towns=towns)["area_m2"]
    by_area = crosswalk(*map(outlines_only, sides))["area_m2"]
    assert by_area.to_dict() == pytest.approx(by_towns.to_dict(), rel=1e-9)


# --- how they are measured ------------------------------------------------------------------------


def test_ratios_are_taken_round_by_round() -> None:
    seconds = {"theirs": [2.0, 40.0, 9.0], "ours": [1.0, 10.0, 3.0]}
    assert times_as_fast(seconds, "theirs")["ours"] == (2, 3, 4)


def test_growth_is_a_power_of_the_vertices() -> None:
    measured = [
        Measured(
            next(case for case in CASES if case.key == key),
            polygons=(1, 1),
            vertices=vertices,
            pairs=1,
            rounds=1,
            seconds={peers.OVERLAY: [vertices**2.0], "keniki areas": [float(vertices)] * 3},
            peaks_mb={},
        )
        for key, vertices in zip(GROWTH, (1_000, 4_000, 10_000), strict=True)
    ]
    said = growth(measured)[-1]
    assert "geopandas.overlay 2.00, keniki areas 1.00." in said
    assert growth(measured[:2]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are read on Linux only")
def test_the_peak_is_what_a_way_takes_at_most() -> None:
    assert peak_mb(lambda: np.ones(10_000_000)) == pytest.approx(80, abs=8)
    assert peak_mb(lambda: None) < 8
