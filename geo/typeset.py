"""Text set in lines and columns, for pictures and printed sheets. Sizes in points, else inches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .canvas import INK, Words, extent
from .lettering import wrapped

#: From line to line, in the size of the letters; and how much of it is below the baseline.
LINE, BELOW = 1.5, 0.4
#: How much narrower than the room lines are tried, as widths of letters are estimated at first.
EASES = (1.0, 0.93, 0.86, 0.79)


@dataclass(frozen=True)
class Paragraph:
    """Words in as many lines as they need, `indent` to the right, `before` further down."""

    words: str
    size: float
    colour: str = INK
    indent: float = 0.0
    before: float = 0.0


def lines(words: str, size: float, wide: float) -> list[str]:
    """Words in lines that are not wider than so many inches; a word is cut only if it must be."""
    for ease in EASES:
        found = wrapped(words, ease * wide * 72 / size)
        if all(extent(line, size)[0] <= wide for line in found):
            return found
    cut: list[str] = []
    for line in found:
        most = max(1, int(0.9 * len(line) * wide / max(extent(line, size)[0], wide)))
        whole = extent(line, size)[0] <= wide
        cut += [line] if whole else [line[i : i + most] for i in range(0, len(line), most)]
    return cut


def height(text: Sequence[Paragraph]) -> float:
    """The height of lines, one below the other."""
    return sum(line.before + LINE * line.size / 72 for line in text)


def set_in(text: Sequence[Paragraph], wide: float) -> list[Paragraph]:
    """Paragraphs as lines that have room, each a paragraph of its own."""
    return [
        replace(one, words=line, before=0.0 if number else one.before)
        for one in text
        for number, line in enumerate(lines(one.words, one.size, wide - one.indent))
    ]


def columns(groups: Sequence[Sequence[Paragraph]], room: float) -> list[list[Paragraph]]:
    """Lines in columns of so much room, none lost.

    A group goes on in the next column only if a whole column would not hold it; its first two lines
    stay together.
    """
    filled: list[list[Paragraph]] = [[]]
    for group in groups:
        start = group if height(group) <= room else group[:2]
        if filled[-1] and height(filled[-1]) + height(start) > room:
            filled.append([])
        for line in group:
            if filled[-1] and height([*filled[-1], line]) > room:
                filled.append([])
            filled[-1].append(line if filled[-1] else replace(line, before=0.0))
    return filled


def even(groups: Sequence[Sequence[Paragraph]], room: float, most: int) -> list[list[Paragraph]]:
    """The same in as many columns, but of nearly one height where `most` columns hold all.

    No group is on two columns for that.
    """
    if len(columns(groups, room)) > most:
        return columns(groups, room)
    least = max((high for high in map(height, groups) if high <= room), default=0.0)
    steps = [max(least, room * share / 40) for share in range(4, 40)]
    return next((made for step in steps if len(made := columns(groups, step)) <= most),
                columns(groups, room))  # fmt: skip


def paged(
    groups: Sequence[Sequence[Paragraph]], room: float, count: int
) -> list[list[list[Paragraph]]]:
    """The same on pages of so many columns: all are full, but for the last, which is evened out."""
    found: list[list[list[Paragraph]]] = []
    while len(filled := columns(groups, room)) > count:
        found.append(filled[:count])
        groups = _after(groups, sum(map(len, filled[:count])))
    return [*found, even(groups, room, count)]


def _after(groups: Sequence[Sequence[Paragraph]], number: int) -> list[Sequence[Paragraph]]:
    """What is left of groups without so many lines."""
    left = list[Sequence[Paragraph]]()
    for group in groups:
        left += [group[number:]] if number < len(group) else []
        number = max(0, number - len(group))
    return left


def written(text: Sequence[Paragraph], left: float, top: float) -> Iterator[Words]:
    """Lines on paper, one below the other."""
    for line in text:
        top += line.before + LINE * line.size / 72
        at = (left + line.indent, top - BELOW * line.size / 72)
        yield Words(line.words, at, line.size, line.colour)
