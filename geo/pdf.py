"""PDFs put together of pages: language, title, bookmarks, links. The only door to pypdf.

Pages come from :mod:`geo.canvas`. What stands here makes documents of them that programs can read
aloud, search, and find their way in; the same pages give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import BooleanObject, DictionaryObject, Fit, NameObject, TextStringObject

LANGUAGE = "ja"


@dataclass(frozen=True)
class Part:
    """Pages that belong together, by their number in the stock (from 0), under one bookmark."""

    title: str
    pages: Sequence[int]


@dataclass(frozen=True)
class Jump:
    """A link from a box on a page (inches from its upper left corner) to another page, from 0."""

    page: int
    box: tuple[float, float, float, float]
    to: int


class Stock:
    """Pages from which documents are put together."""

    def __init__(self, pdf: bytes) -> None:
        self._pages = list(PdfReader(BytesIO(pdf)).pages)

    def bound(
        self,
        parts: Sequence[Part],
        *,
        title: str,
        author: str,
        jumps: Sequence[Jump] = (),
        over: Sequence[int] = (),
    ) -> bytes:
        """These parts as one PDF of this title, with bookmarks where there are several.

        `over` are pages of the stock that are laid over those of the document, one each.
        """
        writer = PdfWriter()
        for part in parts:
            first = len(writer.pages)
            for number in part.pages:
                writer.add_page(self._pages[number])
            if len(parts) > 1:
                writer.add_outline_item(title=part.title, page_number=first, fit=Fit.fit())
        for page, number in zip(writer.pages, over, strict=bool(over)):
            page.merge_page(self._pages[number])
            page.compress_content_streams()
        for jump in jumps:
            _link(writer, jump)
        _say(writer, title, author)
        if len(parts) > 1:
            writer.page_mode = "/UseOutlines"
        out = BytesIO()
        writer.write(out)
        return out.getvalue()


def _say(writer: PdfWriter, title: str, author: str) -> None:
    """Language, and the title, which stands in the window instead of the name of the file."""
    writer.add_metadata({"/Title": title, "/Author": author, "/Producer": "keniki"})
    root = writer.root_object
    root[NameObject("/Lang")] = TextStringObject(LANGUAGE)
    shown = {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    root[NameObject("/ViewerPreferences")] = DictionaryObject(shown)


def _link(writer: PdfWriter, jump: Jump) -> None:
    left, top, right, bottom = (72 * side for side in jump.box)
    high = float(writer.pages[jump.page].mediabox.height)
    box = (left, high - bottom, right, high - top)
    link = Link(rect=box, target_page_index=jump.to, fit=Fit.fit(), border=[0, 0, 0])
    writer.add_annotation(jump.page, link)
