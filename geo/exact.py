"""On which side of a line does a point lie? Answered exactly, for millions of points at once.

Overlaps of real borders are full of points that lie exactly on the other layer's lines, or a
rounding error beside them. A sign that is wrong there turns a border inside out, so the sign is
never left to rounding. Two things make that cheap:

- A :class:`Frame` puts coordinates between a power of two and its double, where all of them are
  multiples of one tiny step: every *difference* of two coordinates is then exact.
- What is left is the sign of ``p*q - r*s``. Where rounding could matter (rarely), both products are
  taken with their rounding errors (Dekker 1971) and added without loss (Knuth's two-sum).

Shewchuk, *Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates*, 1997.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]
"""The x and the y of many points."""

#: Half of a double's 53 bits: splits it into two halves whose products are exact.
SPLITTER = 2.0**27 + 1

#: A determinant above this share of its products has the sign that it shows: the two products and
#: their difference are rounded once each, by 2^-53 of the products. (Products of 0 are exact.)
SAFE = 4 * 2.0**-53


@dataclass(frozen=True)
class Frame:
    """A corner and a size in metres: coordinates inside lie between `size` and twice `size`.

    Moving into the frame rounds coordinates to 2^-52 of `size` (1e-11 m for a city), all of them in
    the same way, so that borders which were equal stay equal.
    """

    x: float
    y: float
    size: float

    @classmethod
    def around(cls, *bounds: NDArray[Any]) -> Frame:
        """The frame of several boxes (min x, min y, max x, max y)."""
        every = np.vstack(bounds)
        low, high = np.nanmin(every[:, :2], axis=0), np.nanmax(every[:, 2:], axis=0)
        largest = max(float(np.max(high - low)), float(np.finfo(float).tiny))
        return cls(float(low[0]), float(low[1]), 2.0 ** np.ceil(np.log2(largest * 1.001)))

    def moved(self, xy: NDArray[Any]) -> NDArray[Any]:
        """Coordinates (n × 2, metres), as seen in this frame."""
        moved: NDArray[Any] = (xy - (self.x, self.y)) + self.size
        return moved


def turn(a: Points, b: Points, c: Points) -> tuple[Floats, Floats]:
    """Whether c lies to the left (+1) of the way from a to b, to the right (-1) or on it (0).

    Parameters
    ----------
    a, b, c
        Points in one :class:`Frame`.

    Returns
    -------
    (sign, determinant)
        The sign is exact; the determinant, twice the signed area of the triangle in m², is rounded.

    >>> o = np.zeros(1)
    >>> tiny = np.array([2.0**-52])
    >>> turn((o + 1, o + 1), (o + 2, o + 2), (1.5 + o, 1.5 + o + tiny))[0]
    array([1.])
    """
    left = (a[0] - c[0]) * (b[1] - c[1])
    right = (a[1] - c[1]) * (b[0] - c[0])
    determinant = left - right
    sign = np.sign(determinant)
    doubtful = np.flatnonzero(np.abs(determinant) < SAFE * (np.abs(left) + np.abs(right)))
    if len(doubtful):
        (ax, ay), (bx, by), (cx, cy) = ((x[doubtful], y[doubtful]) for x, y in (a, b, c))
        high, low = _difference_of_products(ax - cx, by - cy, ay - cy, bx - cx)
        sign[doubtful] = np.where(high != 0, np.sign(high), np.sign(low))
        determinant[doubtful] = high + low
    return sign, determinant


def _difference_of_products(p: Floats, q: Floats, r: Floats, s: Floats) -> Points:
    """p*q - r*s, where both are nearly equal, as a rounded value and what rounding left out."""
    pq, pq_error = _product(p, q)
    rs, rs_error = _product(r, s)
    errors, left_over = _sum(pq_error, -rs_error)
    # Two numbers within a factor of two of each other have an exact difference (Sterbenz).
    rounded, lost = _sum(pq - rs, errors)
    return rounded, lost + left_over


def _product(a: Floats, b: Floats) -> Points:
    """a*b rounded, and the rounding error: together exact."""
    rounded = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    error = ((a_high * b_high - rounded) + a_high * b_low + a_low * b_high) + a_low * b_low
    return rounded, error


def _halves(a: Floats) -> Points:
    """A number as the sum of two of half its digits (Veltkamp)."""
    c = SPLITTER * a
    high = c - (c - a)
    return high, a - high


def _sum(a: Floats, b: Floats) -> Points:
    """a+b rounded, and the rounding error: together exact."""
    rounded = a + b
    b_seen = rounded - a
    return rounded, (a - (rounded - b_seen)) + (b - b_seen)
