"""The frame of a page: Folium's map made self-contained, offline and safe.

Folium and branca parse every rendered script once more as a Jinja template, so that text from data
would run as Python when the page is built. Here no text of the project ever reaches them: it goes
into the page through :class:`Raw` elements and through our own autoescaped templates. Leaflet is
inlined from the package XStatic-Leaflet, its hash checked; nothing is asked of any host.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import folium
import jinja2
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from markupsafe import Markup
from rcssmin import cssmin
from xstatic.pkg import leaflet

from .errors import DataError
from .stream import deflated, packed
from .words import Text

LEAFLET_SHA256 = {
    "leaflet.js": "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    "leaflet.css": "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
}

#: 地理院タイル: the only thing a page may ask of a host, and only when the reader ticks the box.
TILES = {
    "url": "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png",
    "credit": '<a href="https://maps.gsi.go.jp/development/ichiran.html">地理院タイル</a>',
}
TILE_HOST = "https://cyberjapandata.gsi.go.jp"

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("geo", "web"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Raw(Element):
    """Text that branca must not parse as a template."""

    _template = jinja2.Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class AreaMap(folium.Map):
    """A folium.Map that asks no host for anything and always has the same name."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (declared so by folium)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}" role="application"
          aria-label="地図（矢印キー、＋、－） / Map (arrow keys, + and -)"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        {% set map = this.get_name() %}
        const {{ map }} = L.map("{{ map }}", {{ this.options|tojavascript }});
        {{ map }}.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
        L.control.zoom({zoomInTitle: "拡大 / Zoom in", zoomOutTitle: "縮小 / Zoom out"})
          .addTo({{ map }});
        L.control.scale({imperial: false}).addTo({{ map }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(tiles=None, zoom_control=False, zoom_snap=0.25)
        self._id = "area"


class Start(MacroElement):
    """Hands the map to the page's own script, which draws the payload on it."""

    _template = Template("")

    def __init__(self, area_map: AreaMap) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "Start", "start"
        self.area_map = area_map.get_name()

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        self.get_root().script.add_child(Raw(f"start({self.area_map});"), name="start")  # type: ignore[attr-defined]


#: Lines of a script that are comment only, and what stands before the first word of a line.
COMMENT = re.compile(r"^ *(?://[^\n]*|/\*\*.*?\*/)\n", re.M | re.S)
INDENT = re.compile(r"^ +", re.M)

#: The parts of a page's script (files of ``geo/web``), each below what it needs.
FRAME = ("words", "language", "paper")
BOOT = (*FRAME, "inflate", "boot")
MAP = ("stream", "topology", "zones", "map", "labels", "dots", "pick", "panel")
MODULES = {
    "planner": (
        *MAP,
        "tints",
        "swipe",
        "compare",
        "opacity",
        "colours",
        "splits",
        "overlaps",
        "findings",
        "finder",
        "search",
        "download",
        "link",
        "start",
    ),
    "council": (*MAP, "council", "themes", "finder", "search", "link", "start"),
    "embed": (*MAP, "embed", "start"),
    "revision": (*MAP, "council", "rows", "link", "start"),
    "period": (*MAP, "tints", "swipe", "compare", "council", "rows", "link", "start"),
}


@dataclass(frozen=True)
class Script:
    """One script block; with a `type` it is data, which no browser runs."""

    text: Markup
    type: str = ""
    id: str = ""


class Page(Figure):
    """One HTML file with everything in it: styles, scripts, data.

    Parameters
    ----------
    kind
        Name of the template in ``geo/web`` and class of the body.
    context
        What the template shows. Everything in it is escaped.
    payload
        The layers of the map (:func:`geo.stream.packed`); None for a page without a map.

    Attributes
    ----------
    map
        The folium.Map of the page, to which more may be added; None for a page without one.

    Leaflet and the page's script are deflated, which makes a page some 150 kB smaller: what stands
    in it as plain script unpacks the rest and runs it.
    """

    def __init__(
        self, kind: str, title: Text, context: dict[str, Any], payload: dict[str, Any] | None = None
    ) -> None:
        super().__init__(title=title.ja)
        self.map: folium.Map | None = None
        self.kind, self.title_text, self.context, self.payload = kind, title, context, payload
        self._template = TEMPLATES.get_template(f"{kind}.html")
        if payload is not None:
            self.map = AreaMap()
            self.add_child(self.map)
            Start(self.map).add_to(self.map)

    def render(self, **kwargs: Any) -> str:
        """The page as HTML, with a Content-Security-Policy that allows exactly what it holds."""
        for child in self._children.values():
            child.render(**kwargs)
        styles, plain, program = [_style("app.css")], _script(FRAME), []
        blocks = []
        if self.payload is not None:
            styles, plain = [_leaflet_css(), *styles], _script(BOOT)
            program = [_leaflet_js(), _script(MODULES[self.kind]), self.script.render()]
            blocks = [
                Script(Markup(packed(self.payload)), "text/plain", "data"),  # noqa: S704
                Script(Markup(deflated("\0".join(program).encode())), "text/plain", "program"),  # noqa: S704
            ]
        blocks.append(Script(Markup(plain)))  # noqa: S704
        html: str = self._template.render(
            self.context,
            title=self.title_text,
            kind=self.kind,
            map_html=Markup(self.html.render()),  # noqa: S704
            styles=[Markup(style) for style in styles],  # noqa: S704
            scripts=blocks,
            policy=Markup(_policy(styles, [plain, *program])),  # noqa: S704
        )
        return html


def _policy(styles: list[str], scripts: list[str]) -> str:
    """The Content-Security-Policy of a page that holds these styles and scripts."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {' '.join(map(_hash, styles))}",
            f"img-src data: {TILE_HOST}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _script(modules: tuple[str, ...]) -> str:
    """The parts of a script as one, without comments and indents."""
    whole = "\n".join(_text(f"{name}.js") for name in modules)
    return INDENT.sub("", COMMENT.sub("", whole))


@cache
def _style(name: str) -> str:
    """A style sheet without comments."""
    return str(cssmin(_text(name)))


@cache
def _text(name: str) -> str:
    return files("geo").joinpath("web", name).read_text(encoding="utf-8")


@cache
def _leaflet(name: str) -> str:
    data = Path(leaflet.BASE_DIR, name).read_bytes()
    if hashlib.sha256(data).hexdigest() != LEAFLET_SHA256[name]:
        what = Text("中身が Leaflet 1.9.3 と違います", "this is not the file of Leaflet 1.9.3")
        remedy = Text("XStatic-Leaflet を入れ直してください", "install XStatic-Leaflet again")
        raise DataError(name, what, remedy)
    # A browser hashes the text it has parsed, and parsing turns CR LF into LF.
    return data.decode().replace("\r\n", "\n")


@cache
def _leaflet_js() -> str:
    """Leaflet without the line that would make a browser look for its source map."""
    return re.sub(r"\n//# sourceMappingURL=.*", "", _leaflet("leaflet.js"))


@cache
def _leaflet_css() -> str:
    """Leaflet's style sheet with its images inside."""

    def inlined(match: re.Match[str]) -> str:
        image = Path(leaflet.BASE_DIR, match[1])
        return f"url(data:image/png;base64,{base64.b64encode(image.read_bytes()).decode()})"

    css = _leaflet("leaflet.css").replace("behavior: url(#default#VML);", "")
    return re.sub(r"url\((images/[^)]+)\)", inlined, css)
