"""The atlas of a city: cover, table of contents, the sheet of the city, those of its wards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .canvas import SOFT, Mark, Words, extent
from .downloads import ATLAS
from .masthead import wards_of
from .pdf import Jump, Part
from .plan import SheetPlan
from .sheet import MARGIN_IN, PAPER_IN, Sheet
from .sheet_map import Size
from .sheet_marks import notice
from .study import Study
from .typeset import Paragraph, height, set_in, written
from .words import Text

CONTENTS = Text("目次", "Contents")
COVER = Text("表紙", "Cover")
WORD = Text("地図帳", "Atlas")
SOURCES = Text("出典", "Sources")
#: The height of a line of the contents in inches, its letters, and the first one from the top.
ROW_IN, ROW_PT, TOP_IN = 0.36, 12.0, 1.35
#: Sizes on the cover: the city, the title, English, text.
CITY_PT, TITLE_PT, ENGLISH_PT, TEXT_PT = 18.0, 28.0, 12.0, 9.0

Box = tuple[float, float, float, float]


class Atlas:
    """One document of all sheets.

    Attributes
    ----------
    numbers
        The pages that carry nothing but the number of a page, one for each page.
    """

    def __init__(self, study: Study, asked: SheetPlan) -> None:
        self.study, self.asked = study, asked
        self.numbers: list[int] = []
        cover = Sheet(study, asked, None, ATLAS)
        self.voices, self.grow = cover.voices, cover.grow
        short, long = PAPER_IN[asked.paper]
        self.size_in: Size = (long, short) if asked.orientation == "landscape" else (short, long)
        self.title = Text(
            f"{study.plan.city.ja}　{asked.title.ja}", f"{study.plan.city.en}: {asked.title.en}"
        )

    @property
    def sheets(self) -> list[Sheet]:
        """The city and the wards."""
        about = None, *map(str, wards_of(self.study).zones.index)
        return [Sheet(self.study, self.asked, one, ATLAS, in_atlas=True) for one in about]

    def parts(
        self, sheet: Callable[[Sheet], list[int]], add: Callable[[Size, list[Mark]], int]
    ) -> list[Part]:
        """Cover, contents and sheets, their pages drawn and the numbers of all pages, too."""
        parts = [Part(one.title.ja, sheet(one)) for one in self.sheets]
        rows = self._rows(parts)
        contents = [add(self.size_in, self._contents(some)) for some in rows]
        cover = add(self.size_in, self._cover())
        made = [Part(COVER.ja, [cover]), Part(CONTENTS.ja, contents), *parts]
        sizes = [self.size_in] * (1 + len(contents))
        for one, part in zip(self.sheets, parts, strict=True):
            sizes += [one.size_in] * len(part.pages)
        self.numbers = [add(size, self._number(size, page)) for page, size in enumerate(sizes)]
        return made

    # --- contents -----------------------------------------------------------------------------

    def _rows(self, parts: Sequence[Part]) -> list[list[tuple[Text, int, Box]]]:
        """Page by page of the contents: each title, the page it is on (from 0), and its box."""
        step, top = ROW_IN * self.grow, TOP_IN * self.grow
        most = max(1, int((self.size_in[1] - MARGIN_IN - top) / step))
        page = 1 + -(-len(parts) // most)
        rows = []
        for number, (one, part) in enumerate(zip(self.sheets, parts, strict=True)):
            down = top + number % most * step
            rows.append(
                (one.title, page, (MARGIN_IN, down, self.size_in[0] - MARGIN_IN, down + step))
            )
            page += len(part.pages)
        return [rows[first : first + most] for first in range(0, len(rows), most)]

    def _contents(self, rows: Sequence[tuple[Text, int, Box]]) -> list[Mark]:
        head = set_in(self.voices.both(CONTENTS, 19 * self.grow, 9 * self.grow), self.size_in[0])
        marks = list[Mark](written(head, MARGIN_IN, MARGIN_IN))
        for title, page, (left, top, right, _) in rows:
            size, number = ROW_PT * self.grow, str(page + 1)
            at = top + 0.24 * self.grow
            wide = right - left - extent(number, size)[0] - 0.1
            line, *more = set_in([Paragraph(self.voices.ja(title), size)], wide)
            words = f"{line.words}…" if more else line.words
            dots = int((wide - extent(words, size)[0]) / extent("・", size)[0])
            marks.append(Words(words + " " + "・" * max(0, dots - 1), (left, at), size))
            marks.append(Words(number, (right - extent(number, size)[0], at), size))
        return marks

    def jumps(self, parts: Sequence[Part]) -> list[Jump]:
        """The links of the contents."""
        return [
            Jump(1 + number, box, page)
            for number, rows in enumerate(self._rows(parts[2:]))
            for _, page, box in rows
        ]

    # --- cover and numbers --------------------------------------------------------------------

    def _cover(self) -> list[Mark]:
        """City, title, date; the notice; where the data are from."""
        plan, voices, grow = self.study.plan, self.voices, self.grow
        wide = self.size_in[0] - 2 * MARGIN_IN
        head = [
            *voices.both(plan.city, CITY_PT, ENGLISH_PT),
            *voices.both(self.asked.title, TITLE_PT, ENGLISH_PT, before=0.15),
            *voices.both(WORD, CITY_PT, ENGLISH_PT, before=0.15),
            *voices.both(plan.title, ENGLISH_PT, TEXT_PT, before=0.6),
            Paragraph(voices.ja(Text(plan.date, plan.date)), ENGLISH_PT, before=0.1),
        ]
        foot = voices.both(SOURCES, ENGLISH_PT, TEXT_PT)
        foot += [line for one in self.study.sources
                 for line in voices.both(one.said, TEXT_PT, 7.5, before=0.08)]  # fmt: skip
        lines, below = (
            set_in([replace(one, size=one.size * grow) for one in text], wide)
            for text in (head, foot)
        )
        down = self.size_in[1] * 0.16
        marks = list[Mark](written(lines, MARGIN_IN, down))
        down += height(lines) + 0.4
        if plan.schematic:
            at = (MARGIN_IN, down)
            more, down = notice(plan.schematic, at, wide, voices=voices, grow=grow)
            marks += more
        return [*marks, *written(below, MARGIN_IN, self.size_in[1] - MARGIN_IN - height(below))]

    def _number(self, size_in: Size, page: int) -> list[Mark]:
        """The number of a page in the middle of its foot; the cover has none."""
        if page == 0:
            return []
        at = (size_in[0] / 2, size_in[1] - MARGIN_IN / 2)
        return [Words(str(page + 1), at, 9.0 * self.grow, SOFT, middle=True)]
