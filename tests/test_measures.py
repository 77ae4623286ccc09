"""Measures against tables worked by hand, other people's code, published values, and laws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import indices, measures

Table = NDArray[np.float64]
Measure = Callable[[Table], float]

NESTED = [[100, 0], [100, 0], [0, 100], [0, 100]]
UNRELATED = [[50, 50], [50, 50]]
NIBBLE = [[90, 10], [0, 100]]
THREE = [[50, 25, 25], [0, 100, 0]]
TWO = [[60, 40, 0], [0, 80, 20], [0, 0, 100]]
#: regions1 × regions2 of sabre, in cells.
SABRE = [[13, 3, 4], [0, 16, 4], [4, 0, 16], [0, 4, 16]]

#: What is made of shares: the same whatever the unit of weight.
OF_SHARES: list[Measure] = [
    measures.minority_share,
    measures.effective_zones,
    measures.conditional_entropy,
    measures.effective_splits,
    measures.split_pairs,
    measures.containment,
    measures.reverse_containment,
    indices.v_measure,
    indices.variation_of_information,
    indices.mutual_information,
    indices.goodman_kruskal_lambda,
    indices.jaccard,
    indices.dice,
    indices.best_match,
    indices.sqrt_entropy,
    indices.mapcurves,
]
AMOUNTS: list[Measure] = [measures.minority, indices.matching_distance]
WEIGHED = [*OF_SHARES, *AMOUNTS, indices.adjusted_rand]
COUNTED: list[Measure] = [
    measures.split_zones,
    measures.coordination_pairs,
    measures.excess_parts,
]
SYMMETRIC: list[Measure] = [
    indices.v_measure,
    indices.variation_of_information,
    indices.mutual_information,
    indices.adjusted_rand,
    indices.jaccard,
    indices.dice,
    indices.mapcurves,
    indices.matching_distance,
]
#: What may only rise when the right partition gets finer.
RISING: list[Measure] = [
    *COUNTED,
    measures.minority,
    measures.minority_share,
    measures.effective_zones,
    measures.effective_splits,
    measures.split_pairs,
    indices.sqrt_entropy,
]


def close(value: float, places: float = 1e-9) -> object:
    return pytest.approx(value, rel=places, abs=places, nan_ok=True)


# --- by hand --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "split", "excess", "minority", "share"),
    [
        (NESTED, 0, 0, 0, 0),
        (UNRELATED, 2, 2, 100, 1 / 2),
        (NIBBLE, 1, 1, 10, 1 / 20),
        (THREE, 1, 2, 50, 1 / 4),
        (TWO, 2, 2, 60, 1 / 5),
    ],
    ids=["nested", "unrelated", "nibble", "three pieces", "two splits"],
)
def test_counts_by_hand(
    table: list[list[float]], split: int, excess: int, minority: float, share: float
) -> None:
    assert measures.split_zones(table) == split
    assert measures.excess_parts(table) == excess
    assert measures.coordination_pairs(table) == excess + len(table)
    assert measures.minority(table) == minority
    assert measures.minority_share(table) == share


@pytest.mark.parametrize(
    ("table", "bits", "splits", "pairs", "inside", "reverse", "v", "vi", "match"),
    [
        (NESTED, 0, 0, 0, 1, 1 / 2, 2 / 3, 1, 1 / 2),
        (UNRELATED, 1, 2, 1 / 2, 0, 0, 0, 2, 1 / 3),
        (NIBBLE, 0.2344977968, 9 / 41, 0.09, 0.763795, 0.758277, 0.761026, 0.476221, 0.904545),
        (THREE, 0.75, 5 / 3, 0.3125, 0.422542, 0.548795, 0.477463, 1.201205, 0.65),
        (TWO, 0.564293, 12 / 13 + 8 / 17, 0.266667, 0.629225, 0.604201, 0.616459, 1.191620,
         0.668254),
    ],
    ids=["nested", "unrelated", "nibble", "three pieces", "two splits"],
)  # fmt: skip
def test_weights_by_hand(
    table: list[list[float]],
    bits: float,
    splits: float,
    pairs: float,
    inside: float,
    reverse: float,
    v: float,
    vi: float,
    match: float,
) -> None:
    def given_to_six(value: float) -> object:
        return pytest.approx(value, abs=6e-7)

    assert measures.conditional_entropy(table) == given_to_six(bits)
    assert measures.effective_zones(table) == given_to_six(2**bits)
    assert measures.effective_splits(table) == close(splits)
    assert measures.split_pairs(table) == given_to_six(pairs)
    assert measures.containment(table) == given_to_six(inside)
    assert measures.reverse_containment(table) == given_to_six(reverse)
    assert indices.v_measure(table) == given_to_six(v)
    assert indices.variation_of_information(table) == given_to_six(vi)
    assert indices.best_match(table) == given_to_six(match)


def test_a_nibble_zone_by_zone() -> None:
    assert measures.entropy(NIBBLE).tolist() == [close(0.4689955936), 0]
    assert measures.conditional_entropy(NIBBLE) == close(0.2344977968)
    assert measures.effective_zones_by_zone(NIBBLE).tolist() == [
        close(1 / (0.9**0.9 * 0.1**0.1)),
        1,
    ]
    assert measures.effective_splits_by_zone(NIBBLE).tolist() == [close(9 / 41), 0]
    assert measures.split_pairs_by_zone(NIBBLE).tolist() == [close(0.18), 0]
    assert measures.minority_by_zone(NIBBLE).tolist() == [10, 0]


def test_why_indices_stand_on_no_page() -> None:
    """Perfect nesting is the best there is; they say that it is not, or nothing about it."""
    assert measures.minority(NESTED) == measures.excess_parts(NESTED) == 0
    assert measures.effective_zones(NESTED) == measures.containment(NESTED) == 1
    assert indices.v_measure(NESTED) == close(2 / 3)
    assert indices.variation_of_information(NESTED) == 1
    assert indices.adjusted_rand(NESTED) < 0.5
    assert indices.jaccard(NESTED) == indices.best_match(NESTED) == 1 / 2
    assert indices.dice(NESTED) == close(2 / 3)
    assert indices.matching_distance(NESTED) == 200
    assert indices.goodman_kruskal_lambda(NESTED) == indices.sqrt_entropy(NESTED) == 1
    assert indices.mapcurves(NESTED) == 1


def test_slivers_are_no_parts_and_keep_their_weight() -> None:
    counts = np.array([[True, False], [False, True]])
    assert measures.parts_by_zone(NIBBLE, counts).tolist() == [1, 1]
    assert measures.split_zones(NIBBLE, counts) == measures.excess_parts(NIBBLE, counts) == 0
    assert measures.coordination_pairs(NIBBLE, counts) == 2
    assert measures.coordination_pairs([[0, 100]], [[True, True]]) == 2, "nobody lives in a part"


# --- published ------------------------------------------------------------------------------------


def test_sabre() -> None:
    """Nowosad & Stepinski's package on its own regions: its README and tests, to more places."""
    homogeneity, completeness = measures.reverse_containment(SABRE), measures.containment(SABRE)
    assert indices.v_measure(SABRE) == pytest.approx(0.36123135, abs=5e-9)
    assert homogeneity == pytest.approx(0.31534179, abs=5e-9)
    assert completeness == pytest.approx(0.42275151, abs=5e-9)
    assert indices.mapcurves(SABRE) == pytest.approx(0.61166, abs=5e-6)


def test_sabre_zone_by_zone() -> None:
    """Its inhomogeneity of a zone is the zone's entropy, of that of the whole."""
    table = np.array(SABRE)
    left, right = (
        measures.entropy(one) / measures.entropy(one.sum(axis=0)) for one in (table, table.T)
    )
    assert left == pytest.approx([0.857, 0.484, 0.484, 0.484], abs=5e-4)
    assert right == pytest.approx([0.394, 0.593, 0.861], abs=5e-4)


def of_labels(x: list[int], y: list[int]) -> Table:
    """The table of two lists of labels."""
    table = np.zeros((max(x) + 1, max(y) + 1))
    np.add.at(table, (x, y), 1)
    return table


FIRST = [1, 1, 1, 2, 2, 3, 3, 3, 1, 1, 2, 2, 2, 3, 3]
FIVES = [1] * 5 + [2] * 5 + [3] * 5


@pytest.mark.parametrize(
    ("x", "y", "v", "places"),
    [
        ([1, 1, 1, 2, 3, 3, 3, 3, 1, 2, 2, 2, 2, 1, 3], FIVES, 0.14, 5e-3),
        (FIRST, FIVES, 0.39, 5e-3),
        ([*FIRST, 1, 2, 3, 1, 2, 3], [*FIVES, 4, 4, 5, 5, 6, 6], 0.30, 5e-3),
        ([*FIRST, 1, 2, 3, 1, 2, 3], [*FIVES, 4, 5, 6, 7, 8, 9], 0.41, 5e-3),
        ([1, 1, 2, 2, 3, 3], [2, 2, 1, 1, 3, 3], 1, 1e-12),
        ([1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 2, 2], 0.7333, 5e-4),
        ([1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 3, 4], 0.904, 1e-3),
    ],
)
def test_v_measures_of_others(x: list[int], y: list[int], v: float, places: float) -> None:
    """Figure 2 of Rosenberg & Hirschberg 2007, and the documentation of R's SBMSplitMerge."""
    assert indices.v_measure(of_labels(x, y)) == pytest.approx(v, abs=places)


def test_effective_splits_of_daves_redistricting() -> None:
    nine_to_one, half = measures.effective_splits_by_zone([[90, 10], [50, 50]])
    assert round(nine_to_one, 2) == 0.22
    assert half == 1


# --- other people's code --------------------------------------------------------------------------

tables = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 40), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    ).map(lambda rows: np.array(rows, dtype=float))
)
inhabited = tables.filter(lambda table: table.sum() > 0)
few = limits(max_examples=40)


@few
@given(table=inhabited)
def test_scikit_learn_says_the_same(table: Table) -> None:
    theirs = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with keniki[bench]")
    weights = table.astype(int)
    left, right = (np.repeat(ids.ravel(), weights.ravel()) for ids in np.indices(table.shape))
    homogeneity, completeness, v = theirs.homogeneity_completeness_v_measure(left, right)
    assert measures.containment(table) == close(completeness)
    assert measures.reverse_containment(table) == close(homogeneity)
    assert indices.v_measure(table) == close(v)
    assert indices.adjusted_rand(table) == close(theirs.adjusted_rand_score(left, right))
    nats = theirs.mutual_info_score(None, None, contingency=table)
    assert indices.mutual_information(table) == close(nats / np.log(2))


# --- laws -----------------------------------------------------------------------------------------


@few
@given(table=tables)
def test_the_other_side_sees_the_same(table: Table) -> None:
    for measure in SYMMETRIC:
        assert measure(table) == close(measure(table.T)), measure
    assert measures.containment(table) == close(measures.reverse_containment(table.T))


@few
@given(table=inhabited, data=st.data())
def test_a_finer_right_side_never_makes_it_better(table: Table, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, table.shape[1] - 1))
    taken = [data.draw(st.integers(0, int(cell))) for cell in table[:, column]]
    finer = np.column_stack([table, taken])
    finer[:, column] -= taken
    for measure in RISING:
        assert measure(finer) >= measure(table) - 1e-9, measure


@few
@given(table=tables, factor=st.floats(1e-3, 1e6))
def test_the_unit_of_weight_does_not_matter(table: Table, factor: float) -> None:
    for measure in OF_SHARES:
        assert measure(table * factor) == close(measure(table)), measure
    for measure in AMOUNTS:
        assert measure(table * factor) == close(measure(table) * factor), measure
    for count in COUNTED:
        assert count(table * factor) == count(table), count


@few
@given(table=tables, seed=st.integers(0, 1000))
def test_the_order_of_zones_does_not_matter(table: Table, seed: int) -> None:
    rng = np.random.default_rng(seed)
    other = rng.permutation(rng.permutation(table, axis=0), axis=1)
    for measure in [*WEIGHED, *COUNTED]:
        assert measure(other) == close(measure(table)), measure


@few
@given(table=tables, rows=st.integers(0, 2), columns=st.integers(0, 2))
def test_zones_without_weight_have_no_say(table: Table, rows: int, columns: int) -> None:
    wider = np.pad(table, ((0, rows), (0, columns)))
    for measure in [*WEIGHED, *COUNTED]:
        assert measure(wider) == close(measure(table)), measure
    assert len(measures.parts_by_zone(wider)) == len(table) + rows


@few
@given(table=inhabited)
def test_measures_stay_in_their_range(table: Table) -> None:
    left, right = table.shape
    slack = 1e-9
    assert 0 <= measures.minority_share(table) <= 1 - 1 / right + slack
    assert 1 <= measures.effective_zones(table) <= right + slack
    assert 0 <= measures.effective_splits(table) <= left * (right - 1) + slack
    assert 0 <= measures.split_pairs(table) <= 1 - 1 / right + slack
    for measure in (measures.containment, measures.reverse_containment, indices.v_measure):
        assert 0 <= measure(table) <= 1, measure
    assert -slack <= indices.variation_of_information(table) <= np.log2(left * right) + slack
    assert 1 <= indices.sqrt_entropy(table) <= np.sqrt(right) + slack
    for measure in (indices.jaccard, indices.dice, indices.best_match, indices.mapcurves):
        assert 0 < measure(table) <= 1 + slack, measure
    assert 0 <= indices.matching_distance(table) < table.sum()


@few
@given(weights=st.lists(st.integers(1, 100), min_size=2, max_size=6))
def test_the_same_partition_twice_is_the_best_there_is(weights: list[int]) -> None:
    same = np.diag(np.array(weights, dtype=float))
    best_0 = [measures.minority, measures.effective_splits, measures.split_pairs,
              measures.excess_parts, measures.split_zones, indices.variation_of_information,
              indices.matching_distance]  # fmt: skip
    best_1 = [measures.effective_zones, measures.containment, measures.reverse_containment,
              indices.v_measure, indices.adjusted_rand, indices.goodman_kruskal_lambda,
              indices.jaccard, indices.dice, indices.best_match, indices.sqrt_entropy,
              indices.mapcurves]  # fmt: skip
    assert [measure(same) for measure in best_0] == [close(0)] * len(best_0)
    assert [measure(same) for measure in best_1] == [close(1)] * len(best_1)


@pytest.mark.parametrize("shape", [(2, 3), (1, 1), (0, 3), (3, 0)])
def test_without_weight_nothing_is_known(shape: tuple[int, int]) -> None:
    nobody = np.zeros(shape)
    for measure in WEIGHED:
        assert np.isnan(measure(nobody)), measure
    assert [count(nobody) for count in COUNTED] == [0, 0, 0]


def test_a_zone_without_weight_is_not_known() -> None:
    table = [[90, 10], [0, 0]]
    for by_zone in (
        measures.effective_zones_by_zone,
        measures.effective_splits_by_zone,
        measures.split_pairs_by_zone,
    ):
        known, unknown = np.isnan(by_zone(table))
        assert (known, unknown) == (False, True)
    assert measures.parts_by_zone(table).tolist() == [2, 0]
    assert measures.split_pairs(table) == close(0.18)


def test_where_one_right_zone_holds_all_there_is_nothing_to_explain() -> None:
    one = [[10], [20]]
    assert measures.containment(one) == 1
    assert measures.reverse_containment(one) == 0
    assert np.isnan(indices.goodman_kruskal_lambda(one))
