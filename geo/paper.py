"""A sheet on paper: how wide it is, and on how many pages side by side it stays legible."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from .excel import SMALL

#: Between the margins of A4 across, and what a margin is, in points.
MARGIN = 25.2
ROOM = 841.9 - 2 * MARGIN
#: The same from top to bottom; the footer stands below.
TOP, BOTTOM = 43.2, 50.4
HEIGHT = 595.3 - TOP - BOTTOM
#: What letters measure on paper at least, in points: no sheet is printed at a smaller scale, and
#: programs scale by whole percents.
LEGIBLE = 7.0
LEAST = ceil(100 * LEGIBLE / SMALL) / 100
#: So much of a page the columns may take that stand on every page.
REPEATED = 0.6


def points(width: float) -> float:
    """How wide a column of so many letters is in print: Excel has 8 pixels for each, 6 beside.

    >>> points(10), points(0)
    (64.5, 0.0)
    """
    return (8 * width + 6) * 0.75 if width else 0.0


def repeated(widths: Sequence[float], asked: int) -> int:
    """How many of the first `asked` columns stand on every page: as many as leave room for others.

    >>> repeated([10, 10, 30], 2), repeated([60, 60, 30], 2)
    (2, 1)
    """
    wide = [sum(map(points, widths[: number + 1])) for number in range(asked)]
    return sum(width <= REPEATED * ROOM / LEAST for width in wide)


def across(widths: Sequence[float], first: int = 0, scale: float = LEAST) -> int:
    """On how many pages side by side columns stand at a scale, the `first` ones on every page.

    >>> across([12] * 10), across([20] * 20), across([20] * 20, 2)
    (1, 3, 3)
    """
    room, again = ROOM / scale, sum(map(points, widths[:first]))
    pages, used = 1, 0.0
    for number, width in enumerate(map(points, widths)):
        if used + width > room and number > first:
            pages, used = pages + 1, again
        used += width
    return pages


def breaks(heights: Sequence[float], scale: float) -> list[int]:
    """Which of some blocks of rows begin a new page, so that none is parted that fits on one.

    >>> breaks([300, 300, 100, 50], 1)
    [1]
    """
    # Printers and fonts differ by a little.
    room = 0.96 * HEIGHT / scale
    begun, used = [], 0.0
    for number, height in enumerate(heights):
        if used and used + height > room:
            begun.append(number)
            used = 0.0
        used += height
    return begun
