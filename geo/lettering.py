"""Where words stand on a chart: lines that fit, labels that cover nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

#: Left, bottom, right and top of boxes, one row each.
Boxes = NDArray[np.float64]

#: Keeps words together that would else be on two lines.
NO_BREAK = "\u00a0"
#: What ends no line, and what begins none (JIS X 4051).
_OPENING = "（「『【〔〈《［｛“‘￥＃"
_CLOSING = (
    "、。，．・：；？！％）」』】〕〉》］｝”’ーゝゞヽヾ々〻"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
#: Words held together, a word of half-width letters, or one full-width letter, with these signs.
_HELD = re.compile(f"(?:[^ 　、{NO_BREAK}]+{NO_BREAK})+[^ 　、]+、? *　*")
_WORD = "[!-~\u00a1-\u1fff‐-—]+"
_UNIT = re.compile(f"(?:[{_OPENING}][ 　]*)*(?:{_WORD}|.)(?:[ 　]*[{_CLOSING}]+)*[ 　]*")
#: Above to the left first: a front rises to the right.
_TURNS = (120, 150, 90, 180, 60, 0, 30, -30, -60, -90, -120, -150)
#: What stands before or after such a break is not broken if it has no more letters.
WHOLE = 5
#: Points looked at on the way from a point to its label.
SAMPLES = 25
_DISTANCES = (1.0, 1.6, 2.4, 3.4, 4.6, 6.0, 8.0, 10.5)


def ems(text: str) -> float:
    """The width of a text in full-width letters, roughly.

    >>> ems("弁天3丁目")
    4.5
    """
    return sum(0.5 if letter < "\u2000" else 1.0 for letter in text)


def held(text: str) -> str:
    """Words that stay on one line wherever a line has room for them."""
    return text.replace(" ", NO_BREAK)


def wrapped(text: str, most: float) -> list[str]:
    """A text in lines of at most so many full-width letters.

    What may not begin or end a line does not, and no letter is alone on the last one.

    >>> wrapped("市の区域（案）、その図", 4)
    ['市の区域', '（案）、', 'その図']
    >>> wrapped("Areas of the city", 5)
    ['Areas of', 'the city']
    >>> wrapped("次の（PDF）", 3), wrapped("あいう【例】", 4), wrapped("あいう！？", 3)
    (['次の', '（PDF）'], ['あいう', '【例】'], ['あい', 'う！？'])
    >>> wrapped("みんなで構築する", 7), wrapped("弁天 4%、" + held("千葉寺 52.4%"), 8)
    (['みんなで構築', 'する'], ['弁天 4%、', '千葉寺 52.4%'])
    """
    lines = [line for one in text.split("\n") for line in _filled(_units(one, most), most)]
    return [line.rstrip(" 　").replace(NO_BREAK, " ") for line in lines]


def _units(text: str, most: float) -> list[str]:
    """What a line is not broken in; what is held together only if a line has room for it."""
    found, at = list[str](), 0
    for held in _HELD.finditer(text):
        if ems(held[0].rstrip(" 　")) <= most:
            found += [*_UNIT.findall(text[at : held.start()]), held[0]]
            at = held.end()
    return found + _UNIT.findall(text[at:].replace(NO_BREAK, " "))


def _filled(units: Sequence[str], most: float) -> list[str]:
    """Units in lines; a letter that would be the last line has one more before it."""
    lines: list[list[str]] = [[]]
    for unit in units:
        if lines[-1] and _wide([*lines[-1], unit]) > most:
            lines.append([])
        lines[-1].append(unit)
    if len(lines) > 1 and len(lines[-2]) > 1 and len(lines[-1]) == 1:
        last = [lines[-2][-1], *lines[-1]]
        if len(last[1].rstrip(_CLOSING)) == 1 and _wide(last) <= most:
            lines[-2:] = [lines[-2][:-1], last]
    return ["".join(line) for line in lines]


def _wide(units: Sequence[str]) -> float:
    return ems("".join(units).rstrip(" 　"))


def balanced(text: str, most: float) -> list[str]:
    """The same in as few lines, but of nearly one length.

    >>> balanced("高洲第一中学校", 6)
    ['高洲第一', '中学校']
    """
    count = len(wrapped(text, most))
    least = ems(text) / count
    tries = (wrapped(text, least + step / 2) for step in range(int(2 * max(0.0, most - least)) + 1))
    return next((lines for lines in tries if len(lines) <= count), wrapped(text, most))


def endings(names: Sequence[str]) -> tuple[str, ...]:
    """The endings of two letters and more that a third of the names share, the longest first.

    >>> endings(["花園中学校区", "緑が丘中学校区", "都賀中学校区", "弁天"])
    ('中学校区', '学校区', '校区')
    >>> endings(["弁天", "中央", "浜野"])
    ()
    """
    found = Counter(name[start:] for name in names for start in range(1, len(name) - 1))
    shared = [end for end, count in found.items() if count >= max(3, len(names) / 3)]
    return tuple(sorted(shared, key=lambda end: (-len(end), end)))


def arranged(name: str, most: float, ends: Sequence[str]) -> list[str]:
    """A name in lines, broken before the first of these endings that it has.

    >>> arranged("みつわ台中学校区", 5, ["中学校区"]), arranged("花園中学校区", 8, ["中学校区"])
    (['みつわ台', '中学校区'], ['花園中学校区'])
    """
    end = next((one for one in ends if name.endswith(one) and len(one) < len(name)), "")
    if not end or ems(name) <= most:
        return balanced(name, most)
    whole = max(most, WHOLE)
    return balanced(name[: -len(end)], whole) + balanced(end, whole)


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
