"""Looks of layers as QGIS styles (QML): symbols, classes, labels, names of fields.

Written for QGIS 3.22 and later. QGIS takes its own default for whatever is not said, so that only
what differs from it stands here. Lengths are millimetres on paper and on screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from .words import Language, Text, same

#: What XML cannot hold, whatever it is escaped to.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Names longer than this are cut where a colon in brackets begins to list what cells may say.
_GLOSS = re.compile(r" *[（(][^（）()]*[:：][^（）()]*[）)]$")


@dataclass(frozen=True)
class Pen:
    """A line; `dashes` are (on, off, …) in mm.

    Two areas draw the border between them twice, and the dashes of one fill the gaps of the other:
    dashes are for layers of lines.
    """

    colour: str
    width_mm: float
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Hatch:
    """Lines across an area."""

    colour: str
    width_mm: float
    apart_mm: float
    degrees: float = 45


@dataclass(frozen=True)
class Area:
    """The look of an area; what is None is not drawn. `opacity` is that of the fill."""

    pen: Pen | None = None
    fill: str | None = None
    hatch: Hatch | None = None
    opacity: float = 1.0


@dataclass(frozen=True)
class Dot:
    """The look of a point: `shape` is one of QGIS's (circle, diamond, square, triangle, …)."""

    colour: str
    size_mm: float
    shape: str = "circle"


Look = Area | Dot | Pen


@dataclass(frozen=True)
class Class:
    """The look of all features with one value; `shown`: drawn at first."""

    value: str
    title: Text
    look: Look
    shown: bool = True


@dataclass(frozen=True)
class Label:
    """What is written on features: an expression of QGIS, in `points`, with a halo.

    `scale`: not on maps smaller than 1:scale. `beside`: next to a point, not on it.
    """

    expression: str
    points: float
    colour: str
    bold: bool = False
    scale: int | None = None
    beside: bool = False


@dataclass(frozen=True)
class Style:
    """The look of a layer: one `look` for all, or `classes` by the values of an expression.

    `title` is the expression that names a feature in lists and forms.
    """

    look: Look | None = None
    by: str = ""
    classes: tuple[Class, ...] = ()
    label: Label | None = None
    title: str = ""


def field(name: str) -> str:
    """A field as an expression of QGIS names it.

    >>> field('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def short(meaning: Text) -> Text:
    """What a column means, without the list of what its cells may say.

    >>> short(Text("区域の ID（空欄: なし）", "zone; empty: none")).ja
    '区域の ID'
    """
    return Text(_GLOSS.sub("", meaning.ja), _GLOSS.sub("", meaning.en))


def qml(style: Style, names: Mapping[str, Text], language: Language = "ja") -> str:
    """A style with the names of the fields in one language, as QGIS stores it.

    `names` are those of all fields, in their order.
    """
    root = ET.Element("qgis", version="3.22.0", styleCategories="AllStyleCategories")
    dress(root, style, names, language)
    return written(root, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n")


def dress(layer: ET.Element, style: Style, names: Mapping[str, Text], language: Language) -> None:
    """The same said of a layer, be it in a style of its own or in a project."""
    layer.set("labelsEnabled", str(int(style.label is not None)))
    layer.append(_renderer(style, language))
    if style.label:
        layer.append(_labels(style.label))
    aliases = ET.SubElement(layer, "aliases")
    for number, (name, meaning) in enumerate(names.items()):
        said = short(meaning).say(language)
        ET.SubElement(aliases, "alias", index=str(number), field=name, name=said)
    ET.SubElement(layer, "previewExpression").text = style.title


def written(root: ET.Element, head: str = "") -> str:
    """XML as text, without what XML cannot hold."""
    ET.indent(root, " ")
    return head + _NO_XML.sub("", ET.tostring(root, encoding="unicode")) + "\n"


# --- symbols --------------------------------------------------------------------------------------


def _renderer(style: Style, language: Language) -> ET.Element:
    kind = "categorizedSymbol" if style.classes else "singleSymbol"
    root = ET.Element("renderer-v2", type=kind, enableorderby="0", symbollevels="0")
    drawn = style.classes or (Class("", same(""), style.look or Area()),)
    if style.classes:
        root.set("attr", style.by)
        listed = ET.SubElement(root, "categories")
        for number, one in enumerate(drawn):
            title, shown = one.title.say(language), str(one.shown).lower()
            ET.SubElement(listed, "category", value=one.value, type="string", label=title,
                          symbol=str(number), render=shown)  # fmt: skip
    symbols = ET.SubElement(root, "symbols")
    symbols.extend(_symbol(one.look, str(number)) for number, one in enumerate(drawn))
    return root


def _symbol(look: Look, name: str) -> ET.Element:
    kinds: dict[type[Look], str] = {Area: "fill", Dot: "marker", Pen: "line"}
    root = ET.Element("symbol", type=kinds[type(look)], name=name, alpha="1", clip_to_extent="1")
    if isinstance(look, Area):
        root.extend(_area(look, name))
    else:
        root.append(_dot(look) if isinstance(look, Dot) else _line(look))
    return root


def _dot(look: Dot) -> ET.Element:
    return _layer("SimpleMarker", {
        "name": look.shape, "color": _rgba(look.colour), "size": f"{look.size_mm:g}",
        "outline_color": _rgba("#ffffff"), "outline_width": "0.4",
    })  # fmt: skip


def _area(look: Area, name: str) -> Iterator[ET.Element]:
    """Fill, hatch and border, in this order; an area without any is there to be clicked."""
    fill = _rgba(look.fill, look.opacity) if look.fill else ""
    if fill or not (look.hatch or look.pen):
        style = "solid" if fill else "no"
        yield _layer("SimpleFill", {"style": style, "color": fill, "outline_style": "no"})
    if look.hatch:
        yield _hatch(look.hatch, f"@{name}@hatch")
    if look.pen:
        yield _line(look.pen)


def _hatch(hatch: Hatch, name: str) -> ET.Element:
    layer = _layer(
        "LinePatternFill", {"angle": f"{hatch.degrees:g}", "distance": f"{hatch.apart_mm:g}"}
    )
    line = ET.SubElement(layer, "symbol", type="line", name=name, alpha="1", clip_to_extent="1")
    line.append(_line(Pen(hatch.colour, hatch.width_mm)))
    return layer


def _line(pen: Pen) -> ET.Element:
    options = {
        "line_color": _rgba(pen.colour), "line_width": f"{pen.width_mm:g}", "joinstyle": "round",
        "capstyle": "flat" if pen.dashes else "round",
    }  # fmt: skip
    if pen.dashes:
        options |= {"use_custom_dash": "1", "customdash": ";".join(f"{d:g}" for d in pen.dashes)}
    return _layer("SimpleLine", options)


def _layer(kind: str, options: Mapping[str, str]) -> ET.Element:
    """A layer of a symbol, its options as QGIS writes them since 3.22 and before."""
    layer = ET.Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    values = ET.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        ET.SubElement(values, "Option", type="QString", name=name, value=value)
    return layer


def _rgba(colour: str, opacity: float = 1.0) -> str:
    """A colour as QGIS writes it.

    >>> _rgba("#0072b2")
    '0,114,178,255'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


# --- labels ---------------------------------------------------------------------------------------


def _labels(label: Label) -> ET.Element:
    """What is written on a layer. The font is that of the reader's system, which has Japanese."""
    root = ET.Element("labeling", type="simple")
    settings = ET.SubElement(root, "settings", calloutType="simple")
    text = ET.SubElement(settings, "text-style", fieldName=label.expression, isExpression="1")
    text.attrib |= {
        "fontSize": f"{label.points:g}", "fontSizeUnit": "Point", "textOpacity": "1",
        "fontWeight": "75" if label.bold else "50", "textColor": _rgba(label.colour),
        "namedStyle": "Bold" if label.bold else "Regular",
    }  # fmt: skip
    ET.SubElement(text, "text-buffer", bufferDraw="1", bufferSize="0.9", bufferSizeUnits="MM",
                  bufferColor=_rgba("#ffffff"), bufferOpacity="1")  # fmt: skip
    over, around = {"placement": "1", "centroidInside": "1"}, {"placement": "0", "dist": "1.2"}
    ET.SubElement(settings, "placement", around if label.beside else over, distUnits="MM",
                  quadOffset="4", centroidWhole="1", priority="5")  # fmt: skip
    rendering = ET.SubElement(settings, "rendering", drawLabels="1", obstacle="1")
    if label.scale:
        rendering.attrib |= {"scaleVisibility": "1", "scaleMax": str(label.scale)}
    return root
