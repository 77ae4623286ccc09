"""The colours of the pages, read from their style sheet: the one place that says them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def colours() -> dict[str, str]:
    """The colours that the style sheet names, without their dashes, as ``#rrggbb``.

    >>> colours()["district"], colours()["paper"]
    ('#0072b2', '#ffffff')
    """
    sheet = files("geo").joinpath("web", "app.css").read_text(encoding="utf-8")
    named = re.findall(r"--([\w-]+): *#([0-9a-f]{6}|[0-9a-f]{3});", sheet)
    return {name: "#" + (hexes if len(hexes) == 6 else "".join(2 * x for x in hexes))
            for name, hexes in named}  # fmt: skip
