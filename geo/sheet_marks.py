"""What stands around the map of a printed sheet: legend, scale, north, notices, running text.

Every function returns marks and how far down they reach, in inches from the upper left corner.
Japanese comes first, English in small type below it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .canvas import INK, SOFT, Area, Line, Mark, Words, extent, rectangle
from .picture import NOTICE
from .picture_map import arrow, bar
from .plan import Role
from .sheet_map import SheetMap
from .typeset import Paragraph, height, set_in, written
from .words import Text

#: Colour, width in points and dashes of borders: told apart in a copy without colour, too.
LOOKS: dict[Role, tuple[str, float, tuple[float, ...]]] = {
    Role.UNITS: ("#7d868c", 0.4, ()),
    Role.OTHER: ("#7b2d8b", 1.6, (1.0, 1.6)),
    Role.CARE: ("#b34700", 1.9, (4.0, 2.2)),
    Role.DISTRICT: ("#0072b2", 0.9, ()),
    Role.WARD: (INK, 2.2, ()),
}
BEYOND = ("#8a9196", 0.4, ())
#: Colour and pattern of the classes of split zones, the slightest first: dots, lines, crosses.
HATCHES = (("#f8f2f8", ".."), ("#eedfee", "///"), ("#e0c8df", "xxxx"))
HATCH_INK = "#7d4a7a"
#: Colour, pattern and ink of what no class is said of: all of a zone is alike; in no zone; no ward.
Fill = tuple[str, str, str]
WHOLE: Fill = ("#ffffff", "", HATCH_INK)
BARE: Fill = ("#f7f5ee", "||", "#a9a595")
OUTSIDE: Fill = ("#eaedee", "--", "#c2c9cd")
#: The border of the box around the name of a centre.
BOX = (3.0, 1.5)
LEGEND_PT, SMALL_PT, NOTE_PT = 9.0, 7.0, 7.0
SIGN_IN = (0.4, 0.17)
MOST_COLUMNS = 4

Say = Callable[[Text], str]


@dataclass(frozen=True)
class Voices:
    """How a sheet says its words: in Japanese, and in English beside it."""

    ja: Say
    en: Say

    def both(self, text: Text, size: float, small: float, *, before: float = 0) -> list[Paragraph]:
        """A text, and below it the English, if that is another."""
        found = [Paragraph(self.ja(text), size, before=before)]
        return found + ([Paragraph(self.en(text), small, SOFT)] if text.en != text.ja else [])


@dataclass(frozen=True)
class Entry:
    """A line of the legend: an area with a pattern, or a border, or a box around words."""

    text: Text
    line: tuple[str, float, tuple[float, ...]] | None = None
    fill: Fill = WHOLE
    is_boxed: bool = False

    def sign(self, left: float, top: float, grow: float) -> list[Mark]:
        """The sign in the legend."""
        wide, high = (grow * side for side in SIGN_IN)
        ring = rectangle(left, top, wide, high)
        marks: list[Mark] = [Area([ring], *self.fill)]
        if self.line is None:
            return [*marks, Line([ring], self.fill[2], 0.5)]
        across = np.array([[left, top + high / 2], [left + wide, top + high / 2]])
        if not self.is_boxed:
            return [Line([across], *self.line)]
        box = rectangle(left + wide / 4, top, wide / 2, high)
        return [Line([across], *self.line), Area([box], "#ffffff"),
                Line([box], self.line[0], 0.7, BOX)]  # fmt: skip


def legend(
    entries: Sequence[Entry], at: tuple[float, float], wide: float, *, voices: Voices, grow: float
) -> tuple[list[Mark], float]:
    """The legend in as many columns as hold every entry's Japanese in one line, else in one."""
    gap, apart = grow * (SIGN_IN[0] + 0.1), grow * 0.15
    longest = [extent(voices.ja(one.text), LEGEND_PT * grow)[0] + gap + apart for one in entries]
    steps = _steps(longest, wide + apart)
    marks: list[Mark] = []
    left, down = at
    for first in range(0, len(entries), len(steps)):
        reach, x = down, left
        for step, entry in zip(steps, entries[first : first + len(steps)], strict=False):
            text = voices.both(entry.text, LEGEND_PT * grow, SMALL_PT * grow)
            said = set_in(text, step - gap - apart)
            marks += [*entry.sign(x, down + 0.03 * grow, grow), *written(said, x + gap, down)]
            reach, x = max(reach, down + height(said)), x + step
        down = reach + 0.05 * grow
    return marks, down


def _steps(longest: Sequence[float], wide: float) -> list[float]:
    """The widths of as many columns as have room, evened out: one has what its longest entry needs.

    >>> _steps([1.0, 1.0, 2.0, 1.0], 4.0), _steps([9.0, 1.0], 4.0)
    ([1.0, 1.0, 2.0], [4.0])
    """
    for count in range(min(len(longest), MOST_COLUMNS), 1, -1):
        needs = [max(longest[column::count]) for column in range(count)]
        if (spare := wide - sum(needs)) >= 0:
            return [need + spare / count for need in needs]
    return [wide]


def scale(
    drawn: SheetMap, at: tuple[float, float], wide: float, *, paper: str, voices: Voices
) -> tuple[list[Mark], float]:
    """The scale bar, the scale, and the arrow to true north on the right."""
    left, down = at
    long_in, said = bar(drawn.metres, wide - 0.9)
    low = down + 0.36
    marks = arrow(np.array([left + wide - 0.22, down + 0.36]), drawn.north)
    half = long_in / 2
    for number, colour in enumerate((INK, "#ffffff")):
        block = rectangle(left + number * half, low - 0.06, half, 0.06)
        marks += [Area([block], colour), Line([block], INK, 0.7)]
    marks.append(Words("0", (left, low - 0.12), 8.0))
    marks.append(Words(voices.ja(said), (left + long_in, low - 0.165), 8.0, middle=True))
    text = Text(
        f"縮尺 1:{drawn.scale:,}（{paper}原寸）、真北",
        f"1:{drawn.scale:,} as printed on {paper}; true north",
    )
    lines = set_in(voices.both(text, 8.0, SMALL_PT), wide - 0.45)
    return [*marks, *written(lines, left, low + 0.03)], low + 0.03 + height(lines)


def notice(
    text: Text, at: tuple[float, float], wide: float, *, voices: Voices, grow: float
) -> tuple[list[Mark], float]:
    """The notice that borders are not the real ones, in a frame."""
    letters, paper, border = NOTICE
    left, down = at
    said = voices.both(text, 9.0 * grow, SMALL_PT * grow)
    said = set_in([replace(one, colour=letters) for one in said], wide - 0.2)
    box = rectangle(left, down, wide, height(said) + 0.1)
    marks: list[Mark] = [Area([box], paper), Line([box], border, 0.8)]
    return [*marks, *written(said, left + 0.1, down + 0.03)], down + height(said) + 0.1
