"""Tables → one Excel workbook (.xlsx), to read and to print. The only module that knows XlsxWriter.

Text stays text: it is never run as a formula, followed as a link or counted as a number. The same
tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_range
from xlsxwriter.worksheet import Worksheet

from . import paper
from .excel import FONT, ROW_HEIGHT, STYLES, cut, sheet_names, typed, wide
from .words import Text
from .worksheet import BESIDE, NO, SMALLER, YES, Column, Sheet, columns, lines

#: No time of writing in the file: the first day that its zip knows.
_WRITTEN = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: A label and what is said under it: a row of the front sheet.
Said = tuple[Text, Text]

#: Widths of the columns of the front sheet; how high a line is there, in points; the highest row.
_FRONT_WIDTHS = (40, 84)
_FRONT_ROOMS = (40, 80)
#: In percent: on paper the front sheet is as wide as that.
_FRONT_SCALE = 92
_LINES = {"title_ja": 26.0, "title_en": 16.0, "value_ja": 18.0, "value_en": 14.0}
_HIGHEST = 409.0
#: Between the rows of the front sheet.
_GAP = 6.0

_FRONT = Text("表紙", "Front")
_HOW_TO_READ: Said = (
    Text("表の読み方", "Reading the tables"),
    Text(
        "空欄は「わからない」か「当てはまらない」で、0 ではありません。"
        f"「{YES}」「{NO}」はそのとおり・そうではない、という意味です。",
        f"An empty cell is not known or does not apply; it is never 0. {YES} is yes, {NO} is no.",
    ),
)


def workbook(
    sheets: Sequence[Sheet], *, front: Sequence[Said], behind: Sequence[Said] = ()
) -> bytes:
    """An Excel workbook: a front sheet, then the tables in their order.

    Parameters
    ----------
    sheets
        The tables.
    front
        Label and value of every row of the front sheet, of which there is one at least. The first
        value is the title of the workbook. A list of the tables, which leads to them, and how to
        read them are added.
    behind
        The rows of the front sheet behind that list.

    Raises
    ------
    UsageError
        If a column has no header or an unknown kind, or a table is longer than Excel allows.
    """
    written = [columns(sheet) for sheet in sheets]
    names = sheet_names([_FRONT.ja, *(sheet.tab or sheet.title.ja for sheet in sheets)])
    contents = map(_content, names[1:], sheets)
    out = BytesIO()
    # A copy: XlsxWriter writes into what it is given.
    options = {"default_format_properties": {**FONT}, "default_row_height": ROW_HEIGHT}
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        title = typed(front[0][1].ja)
        book.set_properties({"title": title, "created": _WRITTEN})
        styles = {name: book.add_format({**style}) for name, style in STYLES.items()}
        page = book.add_worksheet(names[0])
        rows = [*front, *contents, _HOW_TO_READ, *behind]
        leads = dict(enumerate(names[1:], start=len(front)))
        _write_front(page, rows, leads, styles)
        for name, sheet, its in zip(names[1:], sheets, written, strict=True):
            _write_sheet(book.add_worksheet(name), sheet, its, styles)
    return out.getvalue()


def _content(name: str, sheet: Sheet) -> Said:
    """What the front sheet says of a table; its whole title, if the name of the sheet is not."""
    rows, note = len(sheet.frame), sheet.holds or sheet.note or Text("", "")
    title = "" if name in (sheet.title.ja, sheet.tab) else f"{sheet.title.ja}。"
    said = Text(
        f"{title}{rows:,}行。{note.ja}", f"{rows:,} row{'s' * (rows != 1)}. {note.en}".strip()
    )
    return Text(name, sheet.title.en), said


def _write_front(
    page: Worksheet, rows: Sequence[Said], leads: Mapping[int, str], styles: dict[str, Format]
) -> None:
    """`leads`: the sheets that labels lead to, by number of row."""
    for column, width in enumerate(_FRONT_WIDTHS):
        page.set_column(column, column, width)
    line, firsts, heights = 0, [], []
    for number, (label, value) in enumerate(rows):
        firsts.append(line)
        heights.append(_GAP)
        for language in ("ja", "en"):
            if language == "en" and (label.en, value.en) == (label.ja, value.ja):
                continue
            style = "title" if number == 0 else "value"
            said = typed(label.say(language))
            if number in leads and language == "ja":
                target = f"internal:{quote_sheetname(leads[number])}!A1"
                page.write_url(line, 0, target, styles["link_ja"], said)
            else:
                page.write_string(line, 0, said, styles[f"label_{language}"])
            page.write_string(line, 1, typed(value.say(language)), styles[f"{style}_{language}"])
            cells = [label.say(language), value.say(language)]
            height = _height(cells, _FRONT_ROOMS, _LINES[f"{style}_{language}"])
            page.set_row(line, height)
            heights[-1] += height
            line += 1
        page.set_row(line, _GAP)
        line += 1
    _paper(page, rows[0][1].ja)
    # Excel heeds no page breaks on sheets that it fits to pages.
    page.set_print_scale(_FRONT_SCALE)
    page.set_h_pagebreaks([firsts[n] for n in paper.breaks(heights, _FRONT_SCALE / 100)])


def _write_sheet(
    page: Worksheet, sheet: Sheet, its: Sequence[Column], styles: dict[str, Format]
) -> None:
    last = len(sheet.frame) + 1
    widths = [column.width for column in its]
    rooms = [width - BESIDE for width in widths]
    heads = [lines(c.head.ja, room) for c, room in zip(its, rooms, strict=True)]
    for number, (column, width) in enumerate(zip(its, widths, strict=True)):
        page.set_column(number, number, width, None, _fold(column.folded))
        page.write_string(0, number, typed(heads[number]), styles["head_ja"])
        page.write_string(1, number, typed(column.head.en), styles["head_en"])
        _write_cells(page, number, column, styles)
    page.set_row(0, _height(heads, rooms, _LINES["value_ja"]))
    small = [room / SMALLER for room in rooms]
    page.set_row(1, _height([c.head.en for c in its], small, _LINES["value_en"]))
    _wrap(page, its, widths)
    page.freeze_panes(2, 0)
    if its:
        page.autofilter(1, 0, last, len(its) - 1)
        # Digits that are an id: no warning sign in every cell.
        page.ignore_errors({"number_stored_as_text": xl_range(2, 0, max(last, 2), len(its) - 1)})
    if sheet.note:
        page.write_string(last + 2, 0, typed(f"注: {sheet.note.ja}"), styles["note_ja"])
        page.write_string(last + 3, 0, typed(f"Note: {sheet.note.en}"), styles["note_en"])
    page.repeat_rows(0, 1)
    _print_setup(page, sheet.title.ja, [0 if c.folded else c.width for c in its], sheet.leads)


def _write_cells(page: Worksheet, number: int, column: Column, styles: dict[str, Format]) -> None:
    kind = column.kind
    plain = "wrapped" if column.wrapped else kind if kind in ("text", "flag") else "word"
    for row, (cell, shown) in enumerate(zip(column.cells, column.kinds, strict=True), start=2):
        if cell is None:
            page.write_blank(row, number, None, styles[kind])
        elif isinstance(cell, str):
            page.write_string(row, number, cell, styles[plain])
        else:
            page.write_number(row, number, cell, styles[shown])


def _fold(folded: bool) -> dict[str, int | bool]:
    return {"level": 1, "hidden": True} if folded else {}


def _wrap(page: Worksheet, its: Sequence[Column], widths: Sequence[int]) -> None:
    """Make rows as high as their wrapped text: LibreOffice and printers do not do it themselves."""
    shown = [(c, width) for c, width in zip(its, widths, strict=True) if not c.folded]
    wrapped = [(c.cells, width) for c, width in shown if c.wrapped]
    rooms = [width for _, width in wrapped]
    for row, cells in enumerate(zip(*(cells for cells, _ in wrapped), strict=True), start=2):
        height = _height([str(cell or "") for cell in cells], rooms, _LINES["value_ja"])
        if height > _LINES["value_ja"]:
            page.set_row(row, height)


def _height(texts: Sequence[str], rooms: Sequence[float], line: float) -> float:
    """How high a row is whose wrapped `texts` have so much room, in points."""
    lines = [
        sum(max(1, ceil(1.05 * wide(part) / max(room, 1))) for part in text.split("\n"))
        for text, room in zip(texts, rooms, strict=True)
    ]
    return min(line * max(lines, default=1), _HIGHEST)


def _print_setup(page: Worksheet, title: str, widths: Sequence[float], leads: int = 0) -> None:
    """A4 across, on as many pages side by side as keep letters legible.

    The first `leads` columns stand on all of them, and they come before the rows below.
    """
    _paper(page, title)
    again = paper.repeated(widths, leads)
    pages = paper.across(widths, again)
    page.fit_to_pages(pages, 0)
    if pages > 1:
        page.print_across()
        if again:
            page.repeat_columns(0, again - 1)


def _paper(page: Worksheet, title: str) -> None:
    page.hide_gridlines(2)
    page.set_paper(9)  # A4
    page.set_landscape()
    inches = [points / 72 for points in (paper.MARGIN, paper.MARGIN, paper.TOP, paper.BOTTOM)]
    page.set_margins(*inches)
    said = cut(" ".join(typed(title).split()), 100).replace("&", "&&")
    page.set_footer(f"&L{said}&R&P / &N")
