"""Pictures of the embedded map, for pages in which no frame can stand: SVG and PNG.

What the map shows at first, without tiles: a title, the zones, the names of wards, a legend, a
scale bar, north, and the sources.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import geopandas as gpd
import numpy as np

from .canvas import INK, LEADING, SOFT, Area, Line, Mark, Words, extent, picture, rectangle, said
from .findings import named
from .lettering import wrapped
from .masthead import by_depth
from .origins import sources_of
from .partition import Partition
from .picture_map import PaperMap, arrow, bar, paper_map, seats
from .plan import EmbedMap, Role
from .study import Study
from .typeset import Paragraph, height, set_in, written
from .words import Language, Text, same

#: 1600 pixels wide, with letters that can be read on a telephone.
WIDTH_IN, MARGIN_IN, DPI = 6.4, 0.25, 250
INNER_IN = WIDTH_IN - 2 * MARGIN_IN
#: Between the map and its frame; the map is at most so high.
AROUND_IN, MOST_HIGH_IN = 0.12, 7.5
#: As in the style sheet of pages: colour, width in points, dashes in points. Widths and dashes tell
#: lines apart in a copy without colour.
LOOKS: dict[Role, tuple[str, float, tuple[float, ...]]] = {
    Role.UNITS: ("#7d868c", 0.4, ()),
    Role.OTHER: ("#7b2d8b", 1.1, (1.2, 1.6)),
    Role.CARE: ("#b34700", 1.5, (4.5, 2.5)),
    Role.DISTRICT: ("#0072b2", 1.0, ()),
    Role.WARD: (INK, 1.8, ()),
}
LAND, GROUND = "#ffffff", "#eef3f5"
#: The notice that borders are not the real ones: its letters, its paper and its border.
NOTICE = ("#7d3200", "#fff5ec", "#b34700")
TITLE_PT, NOTICE_PT, LEGEND_PT, NOTE_PT = 16.0, 10.0, 11.0, 8.5
#: Sizes of names: the largest at which all have room. Names of more lines of so many full-width
#: letters are not written, nor those for which there is no room in the end.
NAMES_PT, NAME_EMS, NAME_LINES = (14.0, 12.0, 10.0, 8.5, 7.0), 8, 3
LEFT_OUT = Text("場所のない名前は省きました。", "Names for which there is no room are left out.")
#: A sign in the legend, and what stands beside the legend.
SIGN_IN, BESIDE_IN = (0.42, 0.17), 2.1
LANGUAGES: tuple[tuple[Language, str], ...] = (("ja", ""), ("en", "_en"))

Marks = list[Mark]
Say = Callable[[Text], str]


def pictures(study: Study, page: EmbedMap) -> dict[str, bytes]:
    """What the page shows as pictures, in both languages: file name → bytes.

    Raises
    ------
    DataError
        If the font has no picture for a sign of a title, a name or a source.
    """
    shown = [partition for partition in by_depth(study) if partition.key in page.show]
    ground = study.partitions[page.show[0]]
    room = (INNER_IN - 2 * AROUND_IN, MOST_HIGH_IN)
    paper = paper_map([one.zones.geometry for one in shown], ground.zones.geometry, room)
    made: dict[str, bytes] = {}
    for language, suffix in LANGUAGES:
        say = partial(said, language=language, where="embed.svg")
        marks, high = _composed(study, page, shown, paper, say)
        title, described = say(page.title), say(_described(study, shown))
        svg, png = picture((WIDTH_IN, high), marks, dpi=DPI, title=title, described=described)
        made |= {f"embed{suffix}.svg": svg, f"embed{suffix}.png": png}
    return made


def _composed(
    study: Study, page: EmbedMap, shown: Sequence[Partition], paper: PaperMap, say: Say
) -> tuple[Marks, float]:
    """The whole picture from top to bottom: its marks, and its height in inches."""
    names, all_named = _names(shown, paper, say)
    marks: Marks = []
    down = _write(marks, say(page.title), MARGIN_IN, TITLE_PT, INK)
    if study.plan.schematic:
        down = _notice(marks, say(study.plan.schematic), down + 0.06)
    down = _map(marks, [one.role for one in shown], paper, names, down + 0.1)
    beside = _scale(marks, paper, down + 0.14, say)
    down = max(beside, _legend(marks, shown, down + 0.14, say)) + 0.1
    for note in _notes(study, shown, all_named):
        down = _write(marks, say(note), down, NOTE_PT, SOFT)
    return marks, down + MARGIN_IN


def _write(
    marks: Marks, words: str, down: float, size: float, colour: str,
    left: float = MARGIN_IN, wide: float = INNER_IN,
) -> float:  # fmt: skip
    """Words in as many lines as they need; returns how far down they reach."""
    text = set_in([Paragraph(words, size, colour)], wide)
    marks += written(text, left, down)
    return down + height(text)


def _notice(marks: Marks, words: str, down: float) -> float:
    letters, paper, border = NOTICE
    lines: Marks = []
    end = _write(lines, words, down + 0.04, NOTICE_PT, letters, MARGIN_IN + 0.1, INNER_IN - 0.2)
    box = rectangle(MARGIN_IN, down, INNER_IN, end + 0.04 - down)
    marks += [Area([box], paper), Line([box], border, 0.8), *lines]
    return end + 0.04


def _map(
    marks: Marks, roles: Sequence[Role], paper: PaperMap, names: Sequence[Words], down: float
) -> float:
    wide, high = paper.size_in
    corner = np.array([(WIDTH_IN - wide) / 2, down + AROUND_IN])
    frame = rectangle(MARGIN_IN, down, INNER_IN, high + 2 * AROUND_IN)
    marks.append(Area([frame], GROUND))
    marks.append(Area([ring + corner for ring in paper.land], LAND))
    for role, lines in zip(roles, paper.borders, strict=True):
        if lines:
            marks.append(Line([line + corner for line in lines], *LOOKS[role]))
    for name in names:
        x, y = np.array(name.at) + corner
        marks.append(Words(name.words, (float(x), float(y)), name.size, middle=True))
    return down + high + 2 * AROUND_IN


def _names(shown: Sequence[Partition], paper: PaperMap, say: Say) -> tuple[list[Words], bool]:
    """The names of wards, else of the highest layer, on the map; and whether all are there."""
    number = next((n for n, one in enumerate(shown) if one.role is Role.WARD), len(shown) - 1)
    names = ["\n".join(wrapped(say(same(name)), NAME_EMS)) for name in shown[number].zones["name"]]
    short = np.array([name.count("\n") < NAME_LINES for name in names], dtype=bool)
    zones = gpd.GeoSeries(paper.zones[number][short])
    written = [name for name, fits in zip(names, short, strict=True) if fits]
    for size in NAMES_PT:
        boxes = seats(zones, [extent(name, size) for name in written], paper.size_in)
        if all(box is not None for box in boxes):
            break
    words = [
        Words(name, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), size, middle=True)
        for name, box in zip(written, boxes, strict=True)
        if box is not None
    ]
    return words, len(words) == len(names)


def _legend(marks: Marks, shown: Sequence[Partition], down: float, say: Say) -> float:
    """The layers, the highest first, in as many rows as they need."""
    left, right = MARGIN_IN, WIDTH_IN - MARGIN_IN - BESIDE_IN
    row = LEGEND_PT * LEADING * 1.25 / 72
    for one in reversed(shown):
        title = say(one.title)
        wide = SIGN_IN[0] + 0.1 + extent(title, LEGEND_PT)[0]
        if left > MARGIN_IN and left + wide > right:
            left, down = MARGIN_IN, down + row
        sign = rectangle(left, down + (row - SIGN_IN[1]) / 2, *SIGN_IN)
        marks.append(Line([sign], *LOOKS[one.role]))
        beside = left + SIGN_IN[0] + 0.1
        end = _write(marks, title, down, LEGEND_PT, INK, beside, right - beside)
        left, down = left + wide + 0.3, max(down, end - row)
    return down + row


def _scale(marks: Marks, paper: PaperMap, down: float, say: Say) -> float:
    """The scale bar and the arrow to the north, on the right."""
    long_in, length = bar(paper.metres, BESIDE_IN - 0.8)
    right = WIDTH_IN - MARGIN_IN
    marks += arrow(np.array([right - 0.2, down + 0.26]), paper.north)
    left, low = right - 0.6 - long_in, down + 0.34
    ticks = [(left, low - 0.07), (left, low), (left + long_in, low), (left + long_in, low - 0.07)]
    marks.append(Line([np.array(ticks)], INK, 1.2))
    marks.append(Words(say(length), (left + long_in / 2, low - 0.13), 10.0, middle=True))
    return down + 0.52


def _notes(study: Study, shown: Sequence[Partition], all_named: bool) -> list[Text]:
    """What stands below: what is left out, what the zones are, where they are from."""
    plan = study.plan
    notes = [] if all_named else [LEFT_OUT]
    notes += [one.note for one in shown if one.note]
    notes.append(Text(f"{plan.title.ja}（{plan.date}）", f"{plan.title.en} ({plan.date})"))
    sources = [source.said for source in sources_of(study, list(shown))]
    return notes + [Text(f"出典: {source.ja}", f"Source: {source.en}") for source in sources]


def _described(study: Study, shown: Sequence[Partition]) -> Text:
    """The picture in words: the notice, and the names of the zones."""
    notice = study.plan.schematic or Text("", "")
    ja, en = [notice.ja], [notice.en]
    for one in reversed(shown):
        names = named(map(str, one.zones["name"]))
        ja.append(f"{one.title.ja}（{len(one.zones)}）: {'、'.join(names)}。")
        en.append(f"{one.title.en} ({len(one.zones)}): {', '.join(names)}.")
    return Text(" ".join(filter(None, ja)), " ".join(filter(None, en)))
