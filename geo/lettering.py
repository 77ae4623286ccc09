"""Where words stand on a chart: lines that fit, labels that cover nothing."""

from __future__ import annotations

import re
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

#: Left, bottom, right and top of boxes, one row each.
Boxes = NDArray[np.float64]

#: A word of half-width letters, or one full-width letter with the signs that may not begin a line.
_UNIT = re.compile(r"(?:[!-~]+ ?|[「『（].|.)[、。，．）」』ー々]*", re.DOTALL)
#: Above to the left first: a front rises to the right.
_TURNS = (120, 150, 90, 180, 60, 0, 30, -30, -60, -90, -120, -150)
#: Points looked at on the way from a point to its label.
SAMPLES = 25
_DISTANCES = (1.0, 1.6, 2.4, 3.4, 4.6, 6.0, 8.0, 10.5)


def ems(text: str) -> float:
    """The width of a text in full-width letters, roughly.

    >>> ems("弁天3丁目")
    4.5
    """
    return sum(0.5 if letter < "\u2000" else 1.0 for letter in text)


def wrapped(text: str, most: float) -> list[str]:
    """A text in lines of at most so many full-width letters.

    >>> wrapped("市の区域（案）、その図", 4)
    ['市の区域', '（案）、', 'その図']
    >>> wrapped("Areas of the city", 5)
    ['Areas of', 'the city']
    """
    lines = [""]
    for unit in _UNIT.findall(text):
        if unit.startswith("\n") or (lines[-1] and ems(lines[-1] + unit.rstrip()) > most):
            lines.append("")
        lines[-1] += unit.lstrip("\n")
    return [line.rstrip() for line in lines]


def steps(points: NDArray[np.float64], around: float, beside: float) -> Boxes:
    """What a curve of steps through points (rows of x, y) covers: points first, then its lines."""
    corners = np.column_stack([points[:-1, 0], points[1:, 1]])
    lines = [
        np.column_stack([np.minimum(end, corners), np.maximum(end, corners)])
        for end in (points[:-1], points[1:])
    ]
    wider = np.array([-1.0, -1.0, 1.0, 1.0])
    dots = np.column_stack([points, points]) + around * wider
    return np.concatenate([dots, *(line + beside * wider for line in lines)])


def place(
    size: tuple[float, float],
    at: NDArray[np.float64],
    *,
    taken: Boxes,
    labels: Boxes,
    inside: NDArray[np.float64],
    gap: float,
) -> NDArray[np.float64]:
    """The box of a label near a point: the nearest place that covers least.

    Parameters
    ----------
    size, at
        Width and height of the label; x and y of its point.
    taken, labels
        Boxes better not covered; boxes of labels and their :func:`leads`, never covered if there
        is any other place.
    inside
        The box that the label does not leave if there is any other place.
    gap
        Between the point and the label, at the least.
    """
    places = [(far, turn) for far in _DISTANCES for turn in _TURNS]
    tried = np.array([_box(size, at, gap * far, turn) for far, turn in places])
    out = (tried[:, :2] < inside[:2]).any(axis=1) | (tried[:, 2:] > inside[2:]).any(axis=1)
    # What the point itself lies in is crossed on any way.
    others = taken[~_touch(np.tile(at, 2)[None], taken)[0]]
    crossed, struck = (_on_way(at, tried, boxes) for boxes in (others, labels))
    cost = np.array([far for far, _ in places]) / 2 + _touch(tried, taken).sum(axis=1) + crossed
    cost += 100 * out + 30 * _touch(tried, labels).any(axis=1) + 10 * (struck > 0)
    return np.asarray(tried[np.argmin(cost)])


def seat(
    size: tuple[float, float], spots: NDArray[np.float64], *, labels: Boxes
) -> NDArray[np.float64] | None:
    """The box of a label in the middle of the first of some spots where it touches no label.

    >>> spots = np.array([[0.0, 0.0], [5.0, 0.0]])
    >>> seat((4, 2), spots, labels=np.array([[-1.0, -1.0, 1.0, 1.0]]))
    array([ 3., -1.,  7.,  1.])
    >>> seat((4, 2), spots, labels=np.array([[0.0, 0.0, 9.0, 9.0]])) is None
    True
    """
    half = np.array(size) / 2
    tried = np.column_stack([spots - half, spots + half])
    free = np.flatnonzero(~_touch(tried, labels).any(axis=1))
    return np.asarray(tried[free[0]]) if len(free) else None


def _on_way(at: NDArray[np.float64], boxes: Boxes, taken: Boxes) -> NDArray[np.int64]:
    """How many of those taken lie between a point and each of the boxes."""
    hits = _touch(leads(at, boxes), taken).reshape(len(boxes), SAMPLES, len(taken))
    return np.asarray(hits.any(axis=1).sum(axis=1))


def leads(at: NDArray[np.float64], boxes: Boxes) -> Boxes:
    """Points, as boxes of no size, on the way from a point to each of the boxes, box by box."""
    near = np.clip(at, boxes[:, :2], boxes[:, 2:])
    way = at + np.linspace(0, 1, SAMPLES)[:, None] * (near - at)[:, None]
    return np.tile(way.reshape(-1, 2), 2)


def _touch(boxes: Boxes, taken: Boxes) -> NDArray[np.bool_]:
    """Whether each box (row) touches each of those taken (column)."""
    left, bottom, right, top = boxes.T[:, :, None]
    across = (left < taken[:, 2]) & (right > taken[:, 0])
    up = (bottom < taken[:, 3]) & (top > taken[:, 1])
    return np.asarray(across & up)


def _box(
    size: tuple[float, float], at: NDArray[np.float64], gap: float, turn: float
) -> tuple[float, float, float, float]:
    """The box whose side or corner towards the point is `gap` away from it, turned by degrees."""
    across, up = cos(radians(turn)), sin(radians(turn))
    left = at[0] + gap * across - size[0] * (1 - _side(across)) / 2
    bottom = at[1] + gap * up - size[1] * (1 - _side(up)) / 2
    return left, bottom, left + size[0], bottom + size[1]


def _side(towards: float) -> int:
    """-1, 0 or 1: to one side, straight, to the other."""
    return round(towards * 1.2)
