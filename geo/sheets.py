"""Everything that a plan asks to be printed: sheets as PDF, SVG and PNG, and the atlas."""

from __future__ import annotations

from collections.abc import Iterator

from .canvas import Mark, picture, printed
from .downloads import ATLAS, sheet_name
from .errors import DataError
from .masthead import wards_of
from .pdf import Part, Stock
from .plan import SheetPlan
from .sheet import Sheet
from .sheet_atlas import Atlas
from .sheet_map import Size
from .sheet_page import pages
from .study import Study
from .words import Text

#: Of the PNGs.
DPI = 200


class Press:
    """The pages of all documents, drawn once and set in one font."""

    def __init__(self) -> None:
        self.pages: list[tuple[Size, list[Mark]]] = []
        self._sheets: dict[tuple[SheetPlan, str | None, int], list[int]] = {}

    def add(self, size_in: Size, marks: list[Mark]) -> int:
        """The number of a page."""
        self.pages.append((size_in, marks))
        return len(self.pages) - 1

    def sheet(self, sheet: Sheet) -> list[int]:
        """The numbers of the pages of a sheet; one that looks alike is not drawn again."""
        alike = sheet.asked.model_copy(update={"type": "ward"}), sheet.ward_id, sheet.unlisted
        if alike not in self._sheets:
            made = pages(sheet)
            self._sheets[alike] = [self.add(sheet.size_in, marks) for marks in made]
        return self._sheets[alike]


def sheets(study: Study) -> dict[str, bytes]:
    """All files that the plan's `sheet` entries ask for: file name → bytes.

    Raises
    ------
    DataError
        If the font has no picture for a sign, or two sheets would be one file.
    """
    press, made = Press(), dict[str, bytes]()
    bound: dict[str, Sheet] = {}
    for sheet in (one for asked in study.plan.sheet for one in _sheets(study, asked)):
        if sheet.name in bound:
            what = Text("2つの印刷物が同じ名前になります", "two sheets have this name")
            remedy = Text("区の ID を変えてください", "change the id of the ward")
            raise DataError(sheet.name, what, remedy)
        bound[sheet.name] = sheet
        made |= _pictures(sheet, press)
    atlases = [Atlas(study, asked) for asked in study.plan.sheet if asked.type == "atlas"]
    parts = [atlas.parts(press.sheet, press.add) for atlas in atlases]
    stock, city = Stock(printed(press.pages)), study.plan.city.ja
    for name, sheet in bound.items():
        part = Part(sheet.title.ja, press.sheet(sheet))
        made[f"{name}.pdf"] = stock.bound([part], title=sheet.title.ja, author=city)
    for atlas, its in zip(atlases, parts, strict=True):
        made[ATLAS] = stock.bound(
            its, title=atlas.title.ja, author=city, jumps=atlas.jumps(its), over=atlas.numbers
        )
    return made


def _sheets(study: Study, asked: SheetPlan) -> Iterator[Sheet]:
    if asked.type == "ward":
        for ward_id in wards_of(study).zones.index:
            yield Sheet(study, asked, str(ward_id), sheet_name(asked, str(ward_id)))
    elif asked.type == "city":
        yield Sheet(study, asked, None, sheet_name(asked, None))


def _pictures(sheet: Sheet, press: Press) -> dict[str, bytes]:
    """The first page as SVG and as PNG."""
    size_in, marks = press.pages[press.sheet(sheet)[0]]
    svg, png = picture(size_in, marks, dpi=DPI, title=sheet.title.ja, described=sheet.described)
    return {f"{sheet.name}.svg": svg, f"{sheet.name}.png": png}
