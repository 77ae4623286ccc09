"""On which side of a line a point lies: against rational numbers, which know no rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.exact import Frame, Points, _difference_of_products, _product, _sum, turn

Floats = NDArray[np.float64]

STEPS = 2**52
"""How many steps a frame is wide: its coordinates are size × (1 + step / STEPS)."""


def rational_turn(a: Points, b: Points, c: Points) -> Floats:
    """The sign of (a - c) × (b - c), point by point."""
    signs = []
    for values in zip(*a, *b, *c, strict=True):
        ax, ay, bx, by, cx, cy = map(Fraction, values)
        twice = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx)
        signs.append((twice > 0) - (twice < 0))
    return np.array(signs, dtype=float)


def in_frame(steps: NDArray[np.int64], size: float = 1.0) -> Points:
    """Points (n × 2, whole steps from the frame's corner)."""
    xy = size * (1 + np.clip(steps, 0, STEPS).astype(float) / STEPS)
    return xy[:, 0], xy[:, 1]


def nearly_on_a_line(
    rng: np.random.Generator, count: int, reach: int
) -> tuple[NDArray[np.int64], ...]:
    """Points a, b anywhere, and c on the line through them but for a step or two::

                     • c        c lies between a and b or beyond them,
    a •─────────────────• b     rounded to whole steps
    """
    a, b = rng.integers(0, reach, (2, count, 2))
    along = rng.choice([0, 0.5, 1, -0.25, 1.25, *rng.random(5)], count)[:, None]
    return a, b, np.rint(a + along * (b - a)).astype(np.int64) + rng.integers(-1, 2, (count, 2))


# --- turn -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [3, 1000, 2**26, 2**40, STEPS])
@pytest.mark.parametrize("size", [1.0, 2.0**-40, 2.0**30])
def test_the_sign_is_exact_where_rounding_would_decide(reach: int, size: float) -> None:
    """`reach` steps: from all points on one spot to all over the frame."""
    rng = np.random.default_rng(reach)
    a, b, c = (in_frame(steps, size) for steps in nearly_on_a_line(rng, 600, reach))
    expected = rational_turn(a, b, c)
    sign, determinant = turn(a, b, c)
    np.testing.assert_array_equal(sign, expected)
    np.testing.assert_array_equal(np.sign(determinant), expected)
    assert len(np.unique(expected)) == 3, "left, right and on the line are all there"


def test_plain_arithmetic_would_get_these_wrong() -> None:
    rng = np.random.default_rng(1)
    a, b, c = (in_frame(steps) for steps in nearly_on_a_line(rng, 2000, STEPS))
    plain = np.sign((a[0] - c[0]) * (b[1] - c[1]) - (a[1] - c[1]) * (b[0] - c[0]))
    assert (plain != rational_turn(a, b, c)).any()
    np.testing.assert_array_equal(turn(a, b, c)[0], rational_turn(a, b, c))


def test_a_tiny_segment_and_a_far_point() -> None:
    rng = np.random.default_rng(2)
    a = rng.integers(0, STEPS - 4, (500, 2))
    b = a + rng.integers(0, 4, (500, 2))
    c = a + (b - a) * rng.integers(-(2**50), 2**50, (500, 1)) + rng.integers(-1, 2, (500, 2))
    points = tuple(in_frame(steps) for steps in (a, b, c))
    np.testing.assert_array_equal(turn(*points)[0], rational_turn(*points))


step = st.one_of(st.integers(0, STEPS), st.integers(0, 3), st.integers(STEPS - 3, STEPS))


@given(st.lists(step, min_size=6, max_size=6), st.integers(-60, 60))
def test_any_three_points(steps: list[int], exponent: int) -> None:
    a, b, c = (in_frame(np.array([steps[k : k + 2]]), 2.0**exponent) for k in (0, 2, 4))
    sign, _ = turn(a, b, c)
    np.testing.assert_array_equal(sign, rational_turn(a, b, c))
    # Whoever looks from the other end sees the other side; going round the triangle, the same.
    np.testing.assert_array_equal(turn(b, a, c)[0], -sign)
    np.testing.assert_array_equal(turn(b, c, a)[0], sign)


@pytest.mark.parametrize("equal", ["a b", "b c", "a c"])
def test_equal_points_turn_nowhere(equal: str) -> None:
    rng = np.random.default_rng(3)
    points = {name: in_frame(rng.integers(0, STEPS, (100, 2))) for name in "abc"}
    first, second = equal.split()
    points[second] = points[first]
    sign, determinant = turn(points["a"], points["b"], points["c"])
    assert not sign.any()
    assert not determinant.any()


def test_the_determinant_is_twice_the_area() -> None:
    rng = np.random.default_rng(4)
    a, b, c = (in_frame(rng.integers(0, STEPS, (1000, 2))) for _ in range(3))
    plain = (a[0] - c[0]) * (b[1] - c[1]) - (a[1] - c[1]) * (b[0] - c[0])
    np.testing.assert_allclose(turn(a, b, c)[1], plain, rtol=0, atol=2.0**-51)


# --- what it is made of ---------------------------------------------------------------------------

number = st.floats(-(2.0**100), 2.0**100, allow_subnormal=False).filter(
    lambda x: x == 0 or abs(x) > 2.0**-100
)


@given(number, number)
def test_a_sum_and_its_error_are_exact(a: float, b: float) -> None:
    rounded, error = _sum(np.array([a]), np.array([b]))
    assert Fraction(a) + Fraction(b) == Fraction(rounded[0]) + Fraction(error[0])


@given(number, number)
def test_a_product_and_its_error_are_exact(a: float, b: float) -> None:
    rounded, error = _product(np.array([a]), np.array([b]))
    assert rounded[0] == a * b
    assert Fraction(a) * Fraction(b) == Fraction(rounded[0]) + Fraction(error[0])


@given(st.integers(1, STEPS), st.integers(1, STEPS), st.integers(-3, 3), st.integers(-3, 3))
def test_the_difference_of_nearly_equal_products(p: int, q: int, more: int, less: int) -> None:
    r, s = max(p + more, 1), max(q + less, 1)
    high, low = _difference_of_products(*(np.array([float(x)]) for x in (p, q, r, s)))
    exact = p * q - r * s
    sign = np.sign(high[0]) or np.sign(low[0])
    assert sign == (exact > 0) - (exact < 0)


# --- the frame ------------------------------------------------------------------------------------


def boxes_of(xy: Floats) -> Floats:
    return np.concatenate([xy.min(axis=0), xy.max(axis=0)])[None, :]


coordinate = st.one_of(
    st.floats(-1e8, 1e8), st.integers(-5, 5).map(float), st.floats(1234567.8, 1234567.9)
)


@given(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=20))
def test_a_frame_keeps_order_and_equality(points: list[tuple[float, float]]) -> None:
    xy = np.array(points)
    frame = Frame.around(boxes_of(xy))
    moved = frame.moved(xy)
    assert (moved >= frame.size).all()
    assert (moved <= 2 * frame.size).all()
    for before, after in zip(xy.T, moved.T, strict=True):
        order = np.argsort(before, kind="stable")
        assert (np.diff(after[order]) >= 0).all()
        equal = before[order][1:] == before[order][:-1]
        assert (np.diff(after[order])[equal] == 0).all()


@given(st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=20))
def test_a_frame_moves_all_alike_but_for_its_steps(points: list[tuple[float, float]]) -> None:
    xy = np.array(points)
    frame = Frame.around(boxes_of(xy))
    apart = np.abs((frame.moved(xy) - frame.size) - (xy - (frame.x, frame.y)))
    assert apart.max() <= 2.0**-52 * frame.size
    assert np.frexp(frame.size)[0] == 0.5, "a power of two"


def test_whole_metres_stay_whole() -> None:
    rng = np.random.default_rng(5)
    xy = rng.integers(-1e7, 1e7, (1000, 2)).astype(float)
    frame = Frame.around(boxes_of(xy))
    np.testing.assert_array_equal(frame.moved(xy) - frame.size, xy - (frame.x, frame.y))


def test_differences_in_a_frame_are_exact() -> None:
    rng = np.random.default_rng(6)
    xy = rng.uniform(-1e5, 1e5, (300, 2))
    moved = Frame.around(boxes_of(xy)).moved(xy)
    for one, other in zip(moved[:-1].ravel(), moved[1:].ravel(), strict=True):
        assert Fraction(one - other) == Fraction(one) - Fraction(other)


def test_a_frame_holds_several_layers_and_skips_empty_ones() -> None:
    """The box of an empty polygon is NaN."""
    boxes = np.array([[0.0, 0.0, 1.0, 1.0], [np.nan] * 4])
    frame = Frame.around(boxes, np.array([[-3.0, 2.0, 5.0, 4.0]]))
    assert (frame.x, frame.y, frame.size) == (-3.0, 0.0, 16.0)
