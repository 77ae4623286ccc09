"""Words, lines and areas as pictures (SVG, PNG) and pages (PDF): same content, same bytes.

With :mod:`geo.chart` the door to matplotlib. Importing it takes about a second: import it where a
picture is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke, withStroke
from matplotlib.text import Text as Label
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray
from PIL import Image

from .errors import DataError
from .words import Language, Text

COLOURS = 64
INK, SOFT = "#1b1b1f", "#55565c"
#: From line to line, in the size of the letters.
LEADING = 1.35
#: The digits of a path that nobody sees.
PATH_DATA, DIGITS = re.compile(r' d="[^"]*"'), re.compile(r"(?<=\.\d\d)\d+")
HALO = withStroke(linewidth=3, foreground="white")


def _font() -> str:
    """The file of the font. To import its package would change every chart of the process."""
    spec = find_spec("matplotlib_fontja")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("matplotlib-fontja", name="matplotlib_fontja")
    return str(Path(spec.origin).parent / "fonts" / "ipaexg.ttf")


FONT = _font()
font_manager.fontManager.addfont(FONT)
GLYPHS = frozenset(FT2Font(FONT).get_charmap())
STYLE = {
    "font.family": font_manager.FontProperties(fname=FONT).get_name(),
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "svg.fonttype": "path",
    "svg.hashsalt": "keniki",
    # Whole letters, which can be searched and copied.
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.6,
}
#: What would make a PDF of today differ from one of tomorrow.
NO_MAKER = dict.fromkeys(("Creator", "Producer", "CreationDate"))

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Area:
    """Rings (rows of x and y in inches from the upper left corner), filled but for their holes.

    `hatch` is a pattern of matplotlib (``///``, ``xx``, ``..``) in the colour `ink`: what is left
    of an area in a copy without colour.
    """

    rings: Sequence[Points]
    colour: str
    hatch: str = ""
    ink: str = INK


@dataclass(frozen=True, eq=False)
class Line:
    """Strokes, one look: `width` and `dashes` (on, off, …) in points."""

    strokes: Sequence[Points]
    colour: str
    width: float
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Words:
    """Words of `size` points; `at` is where the first line begins on its baseline, in inches.

    `middle`: `at` is the middle of all lines, which stand out against what is below them.
    """

    words: str
    at: tuple[float, float]
    size: float
    colour: str = INK
    middle: bool = False


Mark = Area | Line | Words


def rectangle(left: float, top: float, wide: float, high: float) -> Points:
    """The ring of a rectangle, in inches."""
    xs, ys = (0, 1, 1, 0, 0), (0, 0, 1, 1, 0)
    return np.column_stack([left + wide * np.array(xs), top + high * np.array(ys)])


def said(text: Text, language: Language, where: str = "chart") -> str:
    """Words that the font can show.

    Raises
    ------
    DataError
        If the font has no picture for a sign.
    """
    words = "\n".join(" ".join(line.split()) for line in text.say(language).splitlines())
    if missing := sorted({sign for sign in words if ord(sign) not in GLYPHS} - {"\n"}):
        signs = " ".join(f"U+{ord(sign):04X}" for sign in missing)
        what = Text(
            f"「{words}」に、図の書体にない文字があります（{signs}）",
            f"the font of charts has not all signs of “{words}” ({signs})",
        )
        raise DataError(where, what, Text("別の文字にしてください", "use others"))
    return words


@cache
def _letters() -> FT2Font:
    return FT2Font(FONT)


@cache
def extent(words: str, size: float) -> tuple[float, float]:
    """Width and height of words in inches, `size` in points."""
    font = _letters()
    font.set_size(size, 72)
    wide = 0.0
    for line in words.split("\n"):
        font.set_text(line, 0.0)
        wide = max(wide, font.get_width_height()[0] / 64)
    return wide / 72, LEADING * size * (words.count("\n") + 1) / 72


def picture(
    size_in: tuple[float, float],
    marks: Sequence[Mark],
    *,
    dpi: int,
    title: str,
    described: str,
) -> tuple[bytes, bytes]:
    """The marks, each above those before it, as (SVG, PNG).

    `size_in` is in inches; title and description are for those who cannot see the picture.
    """
    with matplotlib.style.context(["default", STYLE]):
        figure = _figure(size_in, marks, dpi)
        return svg(figure, title, described), png(figure)


def printed(pages: Iterable[tuple[tuple[float, float], Sequence[Mark]]]) -> bytes:
    """Pages, each of its size in inches, as one PDF whose fonts hold just the letters used.

    What a document needs beside its pages (language, title) is for :mod:`geo.pdf`.
    """
    out = BytesIO()
    with (
        matplotlib.style.context(["default", STYLE]),
        PdfPages(out, metadata=NO_MAKER) as book,
    ):
        for size_in, marks in pages:
            figure = _figure(size_in, marks, 72)
            figure.patch.set_visible(False)  # so that pages can be laid over others
            figure.savefig(book, format="pdf")
    return out.getvalue()


def _figure(size_in: tuple[float, float], marks: Sequence[Mark], dpi: int) -> Figure:
    figure = Figure(size_in, dpi=dpi)
    inches = Affine2D().scale(1, -1).translate(0, size_in[1]) + figure.dpi_scale_trans
    artists = [artist for mark in marks for artist in _artists(mark)]
    for number, artist in enumerate(artists):
        artist.set(transform=inches, zorder=number, clip_on=False)
        figure.add_artist(artist)
    return figure


def _artists(mark: Mark) -> list[Artist]:
    if isinstance(mark, Words):
        look: dict[str, Any] = {"size": mark.size, "color": mark.colour, "linespacing": LEADING}
        if not mark.middle:
            return [Label(*mark.at, mark.words, va="baseline", **look)]
        look |= {"ha": "center", "va": "center"}
        # Drawn apart, so that only the halo needs the outlines of all its letters in the SVG.
        halo = [Stroke(linewidth=3, foreground="white")]
        return [Label(*mark.at, mark.words, path_effects=halo, **look),
                Label(*mark.at, mark.words, **look)]  # fmt: skip
    if isinstance(mark, Area):
        look = {"hatch": mark.hatch, "edgecolor": mark.ink} if mark.hatch else {}
        return [PathPatch(_outline(mark.rings), facecolor=mark.colour, linewidth=0, **look)]
    dashes = (0, mark.dashes) if mark.dashes else "solid"
    drawn = PathPatch(
        _outline(mark.strokes), fill=False, edgecolor=mark.colour, linewidth=mark.width,
        linestyle=dashes, capstyle="butt", joinstyle="round",
    )  # fmt: skip
    return [drawn]


def _outline(lines: Sequence[Points]) -> Outline:
    return Outline.make_compound_path(*map(Outline, lines))


def svg(figure: Figure, title: str, described: str) -> bytes:
    """The drawing alone, ready to stand in a page: no prolog, no time, no name of a program.

    Words are outlines, so that they look the same where the font is not; title and description are
    for screen readers. Hundredths of a point are enough.
    """
    out = BytesIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawn = PATH_DATA.sub(lambda path: DIGITS.sub("", path[0]), out.getvalue().decode())
    tag, rest = drawn[drawn.index("<svg") :].split(">", 1)
    names = f"<title>{escape(title)}</title>\n <desc>{escape(described)}</desc>"
    return f'{tag} role="img">\n {names}{rest}'.encode()


def png(figure: Figure) -> bytes:
    """The drawing, its resolution told, in few colours: their list makes it a quarter as large."""
    canvas, out = FigureCanvasAgg(figure), BytesIO()
    canvas.draw()  # type: ignore[no-untyped-call]
    shown = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    drawn = Image.fromarray(shown).convert("RGB")
    few = drawn.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(out, format="PNG", dpi=(figure.dpi, figure.dpi))
    return out.getvalue()
