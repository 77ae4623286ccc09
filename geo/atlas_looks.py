"""What the layers of the atlas look like in QGIS: the colours, widths and classes of the pages."""

from __future__ import annotations

from .drawing import LEVEL_WORDS
from .findings import Severity
from .palette import colours
from .phrases import SEVERITY_WORDS
from .plan import Role
from .qgis_style import Area, Class, Dot, Hatch, Label, Pen, Style, field
from .words import Text

_C = colours()
#: Borders as on the pages: a pixel there is 0.26 mm here.
ZONES = {
    Role.WARD: Area(Pen(_C["ward"], 0.8)),
    Role.DISTRICT: Area(Pen(_C["district"], 0.48)),
    Role.CARE: Area(Pen(_C["care"], 0.1), hatch=Hatch(_C["care"], 0.1, 2.5)),
    Role.OTHER: Area(Pen(_C["accent"], 0.1)),
    Role.UNITS: Area(Pen(_C["town"], 0.19)),
}
#: Borders that are dashed: lines of their own.
BORDERS = {
    Role.CARE: Pen(_C["care"], 0.64, (1.85, 1.06)),
    Role.OTHER: Pen(_C["accent"], 0.48, (0.5, 0.8)),
}
#: Points, whether bold, and the colour of names; not on maps smaller than 1 to the last.
NAMES: dict[Role, tuple[float, bool, str, int | None]] = {
    Role.WARD: (13, True, _C["ward"], None),
    Role.DISTRICT: (8, False, _C["district"], 150_000),
    Role.CARE: (8, False, _C["care"], 150_000),
    Role.OTHER: (8, False, _C["accent"], 150_000),
    Role.UNITS: (7, False, _C["soft"], 15_000),
}
#: What tells layers of points apart besides their colours.
SHAPES = ("circle", "square", "triangle", "pentagon")
SIZES = {Severity.ERROR: 4.4, Severity.WARNING: 3.6, Severity.NOTE: 2.8}
UNSPLIT = Text("主な区域の部分、数えない部分", "in the main zone, or too small to count")


def zones(role: Role, name: str) -> Style:
    """Borders and names of zones; `name` is the field that names them."""
    points, bold, colour, scale = NAMES[role]
    label = Label(field(name), points, colour, bold=bold, scale=scale)
    return Style(ZONES[role], label=label, title=field(name))


def levels(number: str, title: str, *, whole: bool) -> Style:
    """Three classes of minorities by the field ``level``, with a number on each.

    `whole`: zones that are split; else their pieces, of which those of level 0 are outlines.
    """
    classes = [
        Class(str(level), words, Area(Pen(_C["split"], 0.2), _C[f"level-{level}"]))
        for level, words in enumerate(LEVEL_WORDS, 1)
    ]
    if not whole:
        classes.append(Class("0", UNSPLIT, Area(Pen(_C["town"], 0.1))))
    shown = f"if({field('level')} > 0, {number}, NULL)"
    label = Label(shown, 9 if whole else 7, "#2d0a32", bold=True, scale=None if whole else 100_000)
    return Style(by=field("level"), classes=tuple(classes), label=label, title=title)


def moved(name: str) -> Style:
    """Land that would change zone."""
    look = Area(Pen(_C["moved"], 0.42), hatch=Hatch(_C["moved"], 0.5, 1.6))
    label = Label(f"'→ ' || {field(name)}", 7, _C["moved"], scale=100_000)
    return Style(look, label=label, title=field(name))


def dots(number: int, name: str) -> Style:
    """The nth layer of points, from 0."""
    colour, shape = _C[f"dot-{number % 4 + 1}"], SHAPES[number % 4]
    label = Label(field(name), 7, _C["ink"], scale=30_000, beside=True)
    return Style(Dot(colour, 2.6, shape), label=label, title=field(name))


def cases(title: str) -> Style:
    label = Label(title, 7, _C["case"], scale=60_000, beside=True)
    return Style(Dot(_C["case"], 3.2, "star"), label=label, title=title)


def case_areas(name: str) -> Style:
    look = Area(Pen(_C["case"], 0.42), hatch=Hatch(_C["case"], 0.3, 2.0, 135))
    return Style(look, label=Label(field(name), 7, _C["case"], scale=60_000), title=field(name))


def findings() -> Style:
    """What is wrong with the data, larger where it matters more."""
    classes = tuple(
        Class(str(one), SEVERITY_WORDS[one], Dot(_C["finding"], size, "diamond"))
        for one, size in SIZES.items()
    )
    return Style(by=field("severity"), classes=classes, title=field("what_ja"))
