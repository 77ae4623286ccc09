"""The pages of a printed sheet: the map with all that explains it, then the lists.

What has room beside the map stands there; the rest goes on on further pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from .canvas import SOFT, Area, Mark, Words, extent
from .lettering import held
from .phrases import inside
from .picture import NOTICE
from .sheet import BELOW_IN, GAP_IN, MARGIN_IN, SIDE_IN, Sheet
from .sheet_drawing import draw
from .sheet_map import SheetMap, Size, height_at
from .sheet_marks import NOTE_PT, legend, scale
from .sheet_names import Names
from .sheet_text import Lists, listed
from .typeset import BELOW, Paragraph, even, height, paged, set_in, written
from .words import Text, same

#: The width of the scale below a map, and of a column of lists.
SCALE_IN, COLUMN_IN = 2.3, 3.3
#: The part of a page that the key may take at the most.
KEY_SHARE = 0.25
KEY_PT, SMALL_PT = 8.0, 7.0
KEY = Text("地図の番号・記号", "Numbers and letters on the map")
UNSEEN = Text("この縮尺では図に表せない部分のあるもの", "Parts too small to be drawn at this scale")
SOURCES = Text("出典は1枚目にあります。", "Sources: on the first page of this sheet.")
#: Right of the foot of a page of lists, for its number.
NUMBER_IN = 1.2
NEXT = Text("の一覧は次のページ（PDF）にあります。", ": on the next pages of the PDF.")

Marks = list[Mark]
Column = list[Paragraph]


def pages(sheet: Sheet) -> list[Marks]:
    """The map with what explains it, then as many pages of lists as they need."""
    lying = sheet.size_in[0] > sheet.size_in[1]
    first, rest = (_beside if lying else _above)(sheet, _lists(sheet, _wide(sheet)))
    marks, down = sheet.head(sheet.inner_in)
    foot = sheet.foot(sheet.inner_in)
    bottom = sheet.size_in[1] - MARGIN_IN - height(foot)
    page = [*marks, *shifted(first, MARGIN_IN, down + GAP_IN), *written(foot, MARGIN_IN, bottom)]
    return [page, *_further(sheet, rest)] if rest else [page]


def shifted(marks: Iterable[Mark], right: float, down: float) -> Marks:
    """Marks at another place."""
    step = np.array([right, down])

    def moved(mark: Mark) -> Mark:
        if isinstance(mark, Words):
            return replace(mark, at=(mark.at[0] + right, mark.at[1] + down))
        if isinstance(mark, Area):
            return replace(mark, rings=[ring + step for ring in mark.rings])
        return replace(mark, strokes=[stroke + step for stroke in mark.strokes])

    return [moved(mark) for mark in marks]


# --- the map and what stands beside it ------------------------------------------------------------


def _above(sheet: Sheet, lists: list[Column]) -> tuple[Marks, list[Column]]:
    """On upright paper: the map, below it legend and scale, and the lists if there is room.

    Returns what is for further pages, too.
    """
    below, most = BELOW_IN * sheet.grow, KEY_SHARE * sheet.size_in[1]
    for most_ in (*5 * (most,), 0.0):  # what the key takes, the map loses: names may lose theirs
        frame = sheet.room(sheet.size_in, below)
        drawn, marks, more, reach, rest = _drawn(sheet, frame, most_, bool(lists))
        if reach + GAP_IN <= below:
            break
        below = reach + GAP_IN
    spare = frame[1] - height_at(sheet.ground, drawn.scale) - 2 * GAP_IN
    made = even(lists, spare, _count(sheet)) if lists and not rest and spare > 0 else []
    if not made or len(made) > _count(sheet):
        return [*marks, *shifted(more, 0, frame[1] + GAP_IN)], [*rest, *lists]
    frame = frame[0], frame[1] - max(map(height, made)) - 2 * GAP_IN
    _, marks, more, _, _ = _drawn(sheet, frame, most, False)
    text = _columns(sheet, made, 0.0, frame[1] + below + 2 * GAP_IN)
    return [*marks, *shifted(more, 0, frame[1] + GAP_IN), *text], []


def _drawn(
    sheet: Sheet, frame: Size, most: float, more: bool
) -> tuple[SheetMap, Marks, Marks, float, list[Column]]:
    """The map in its frame; legend, scale and key below it, how far down these reach; the rest."""
    drawn, names, map_ = draw(sheet, frame)
    tries = [_explained(sheet, drawn, names, most, more, across) for across in (False, True)]
    marks, reach, rest = min(tries, key=lambda one: (bool(one[2]), one[1]))
    return drawn, map_, marks, reach, rest


def _explained(
    sheet: Sheet, drawn: SheetMap, names: Names, most: float, more: bool, across: bool
) -> tuple[Marks, float, list[Column]]:
    """Legend, scale and key, how far down they reach, what is for further pages.

    The scale is on the right: of the legend, or (`across`: the legend is as wide as the paper) of
    the key.
    """
    voices, wide, narrow = sheet.voices, sheet.inner_in, sheet.inner_in - SCALE_IN - 2 * GAP_IN
    room = (wide, narrow) if across else (narrow, wide)
    signs, top = legend(sheet.entries(drawn), (0.0, 0.0), room[0], voices=voices, grow=sheet.grow)
    at = (wide - SCALE_IN, top + GAP_IN if across else 0.0)
    marks, low = scale(drawn, at, SCALE_IN, paper=sheet.asked.paper, voices=voices)
    top = top if across else max(top, low)
    key, rest = _key(sheet, names, (room[1], most), more)
    return [*signs, *marks, *written(key, 0.0, top)], max(low, top + height(key)), rest


def _beside(sheet: Sheet, lists: list[Column]) -> tuple[Marks, list[Column]]:
    """On paper that lies: the map, beside it scale, legend, key, and the lists if there is room.

    Returns what is for further pages, too.
    """
    frame = sheet.room(sheet.size_in, 0.0)
    drawn, names, marks = draw(sheet, frame)
    wide, left, voices = sheet.grow * SIDE_IN, frame[0] + 2 * GAP_IN, sheet.voices
    more, down = scale(drawn, (left, 0.0), wide, paper=sheet.asked.paper, voices=voices)
    signs, down = legend(
        sheet.entries(drawn), (left, down + GAP_IN), wide, voices=voices, grow=sheet.grow
    )
    marks += [*more, *signs]
    key, rest = _key(sheet, names, (wide, frame[1] - down), False)
    rows = [line for group in _lists(sheet, wide) for line in group]
    top = down + height(key) + GAP_IN
    if not rest and (not rows or top + height(rows) <= frame[1]):
        return [*marks, *written(key, left, down), *written(rows, left, top)], []
    key, rest = _key(sheet, names, (wide, frame[1] - down), bool(lists))
    return [*marks, *written(key, left, down)], [*rest, *lists]


def _key(sheet: Sheet, names: Names, room: Size, more: bool) -> tuple[Column, list[Column]]:
    """Whose names the signs stand for, and where the lists are; a long key is for the next page."""
    voices, grow = sheet.voices, sheet.grow
    text: list[Paragraph] = []
    for title, some in ((KEY, [" ".join(one) for one in names.key]), (UNSEEN, names.unseen)):
        if some:
            text += voices.both(title, KEY_PT * grow, SMALL_PT * grow, before=0.05)
            text.append(Paragraph("　".join(map(held, some)), KEY_PT * grow))
    text += _unnamed(sheet) if names.left_out else []
    title = sheet.list_title
    where = Text(f"{title.ja}{NEXT.ja}", f"{title.en}{NEXT.en}")
    lists = voices.both(where, KEY_PT * grow, SMALL_PT * grow, before=0.05) if more else []
    whole = set_in([*text, *lists], room[0])
    if not text or height(whole) <= room[1]:
        return whole, []
    where = Text(f"{KEY.ja}{NEXT.ja}", f"{KEY.en}{NEXT.en}")
    moved = voices.both(where, KEY_PT * grow, SMALL_PT * grow, before=0.05)
    return set_in([*moved, *lists], room[0]), [set_in(text, _wide(sheet))]


def _unnamed(sheet: Sheet) -> Column:
    """Where centres are named for whose names the map has no room."""
    assert sheet.centres is not None  # noqa: S101  (only their names are left out)
    its, of = sheet.centres.title, sheet.districts.title
    where = Text(
        f"場所がなく名前を書いていない{its.ja}は、{of.ja}の一覧にあります。",
        f"{its.en} for whose names there is no room: in the list of {inside(of)}.",
    )
    return sheet.voices.both(where, KEY_PT * sheet.grow, SMALL_PT * sheet.grow, before=0.05)


# --- the lists ------------------------------------------------------------------------------------


def _count(sheet: Sheet) -> int:
    return max(1, round(sheet.inner_in / (COLUMN_IN * sheet.grow)))


def _wide(sheet: Sheet) -> float:
    return sheet.inner_in / _count(sheet) - 2 * GAP_IN


def _lists(sheet: Sheet, wide: float) -> list[Column]:
    """What is listed, in lines of a column that is so wide: lines that belong together a group."""
    about = Lists(sheet.study, sheet.districts, sheet.centres, sheet.voices.ja)
    groups = listed(about, sheet.ward_id, sheet.numbers, sheet.unlisted)
    return [
        set_in([replace(one, size=one.size * sheet.grow) for one in group], wide)
        for group in groups
    ]


def _columns(sheet: Sheet, made: list[Column], left: float, top: float) -> Marks:
    step = _wide(sheet) + 2 * GAP_IN
    return [
        mark
        for number, column in enumerate(made)
        for mark in written(column, left + number * step, top)
    ]


def _further(sheet: Sheet, lists: list[Column]) -> list[Marks]:
    """Pages of lists."""
    place, lists_of = sheet.place, sheet.list_title
    head = Text(f"{place.ja}　{lists_of.ja}", f"{place.en}: {lists_of.en}")
    lines = set_in(sheet.voices.both(head, 14 * sheet.grow, 8 * sheet.grow), sheet.inner_in)
    foot = _foot(sheet)
    top = MARGIN_IN + height(lines) + GAP_IN
    low = sheet.size_in[1] - MARGIN_IN - height(foot)
    made = paged(lists, low - GAP_IN - top, _count(sheet))
    return [
        [
            *written(lines, MARGIN_IN, MARGIN_IN),
            *_columns(sheet, some, MARGIN_IN, top),
            *written(foot, MARGIN_IN, low),
            _page_number(sheet, page, 1 + len(made)),
        ]
        for page, some in enumerate(made, 2)
    ]


def _foot(sheet: Sheet) -> Column:
    """What a page of lists is of, where its sources stand, and that borders are not the real ones.

    In lines that leave room for the number of the page on their right.
    """
    plan, voices, grow = sheet.study.plan, sheet.voices, sheet.grow
    what = Text(
        f"{plan.title.ja}（{plan.date}）　{SOURCES.ja}",
        f"{plan.title.en} ({plan.date}). {SOURCES.en}",
    )
    size, said = NOTE_PT * grow, [(plan.schematic, NOTICE[0]), (what, SOFT)]
    text = [
        replace(line, colour=colour)
        for one, colour in said
        if one
        for line in voices.both(one, size, size)
    ]
    return set_in(text, sheet.inner_in - grow * NUMBER_IN)


def _page_number(sheet: Sheet, page: int, pages_: int) -> Words:
    """The number of a page on the right of its foot."""
    words, size = sheet.voices.ja(same(f"{sheet.place.ja} {page} / {pages_}")), NOTE_PT * sheet.grow
    right, low = (side - MARGIN_IN for side in sheet.size_in)
    return Words(words, (right - extent(words, size)[0], low - BELOW * size / 72), size, SOFT)
