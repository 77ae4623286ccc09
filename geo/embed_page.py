"""The map that stands in other pages, and what a publisher pastes there."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from .attach import records, rows_at, text_of, themes_of
from .drawing import Data, Drawing, both
from .masthead import by_depth, masthead, shapes
from .origins import sources_of
from .page import Page
from .partition import Partition
from .plan import EmbedMap, PlannerMap
from .study import Study
from .words import Language, Text

#: How far borders are made simpler, in metres.
TOLERANCE_M = 10.0
#: The name of the page, and of its picture in each language.
FILE = "embed.html"
PICTURES: dict[Language, str] = {"ja": "embed.png", "en": "embed_en.png"}


def embed(study: Study, page: EmbedMap) -> str:
    """The page of :func:`embedded` as HTML."""
    return embedded(study, page).render()


def embedded(study: Study, page: EmbedMap) -> Page:
    """A map without a panel, to stand in another page: the partitions of `page.show`, all on.

    Its address may ask for some of them (``#layer=ward,care``), a theme (``#theme=3``), a ward to
    open on (``#ward=12101``) and the language (``#lang=en``).
    """
    shown = [p for p in by_depth(study) if p.key in page.show]
    themed = _themed(study, shown)
    drawing = Drawing(study, shapes(study, TOLERANCE_M))
    drawing.partitions(shown, on=page.show)
    has_planner = any(isinstance(other, PlannerMap) for other in study.plan.map)
    context = masthead(study, FILE) | {
        "larger": "planner.html" if has_planner else "",
        "shown_sources": sources_of(study, shown),
        "layers": drawing.legend(),
        "still": drawing.still(study.partitions[page.show[0]], page.title),
        "themed": themed is not None,
        "date": study.plan.date,
    }
    main = themed or max(shown, key=lambda one: len(one.zones))
    themes = {"themes": _themes(study, themed)} if themed else {}
    payload = drawing.payload(
        credit=None, main=main.key, ground=study.partitions[page.show[0]], **themes
    )
    return Page("embed", page.title, context, payload)


def _themed(study: Study, shown: list[Partition]) -> Partition | None:
    """The finest partition shown whose zones have items; a published edition colours by none."""
    content = study.content
    if study.plan.published or content.items.empty or content.themes.empty:
        return None
    having = set(content.items["of"])
    return next((one for one in shown if one.key in having), None)


def _themes(study: Study, themed: Partition) -> Data:
    """Which themes the items of each zone have: how many, and their numbers in the list."""
    themes = records(study.content.themes)
    number = {row["theme_id"]: i for i, row in enumerate(themes)}
    of_zones = [
        sorted(
            {
                number[theme["theme_id"]]
                for item in rows_at(study.content.items, themed.key, str(zone_id))
                for theme in themes_of(item, study.content.themes)
            }
        )
        for zone_id in themed.zones.index
    ]
    return {
        "ids": list(number),
        "titles": [both(text_of(row, "name")) for row in themes],
        "sizes": np.array([len(one) for one in of_zones], dtype=np.int64),
        "numbers": np.array([i for one in of_zones for i in one], dtype=np.int64),
    }


def snippet(title: Text, language: Language = "ja") -> str:
    """The line a publisher pastes; the frame may run its own script and nothing else."""
    line = Markup(
        '<iframe class="keniki-map" src="{}" title="{}" '
        'sandbox="allow-scripts allow-popups allow-downloads" loading="lazy" '
        'style="width:100%;height:420px;border:0"></iframe>'
    )
    return str(line.format(_address(language), title.say(language)))


def height_script() -> str:
    """What makes frames as high as their maps ask to be; to be pasted once, below the frames."""
    return """\
<script>
addEventListener("message", function (e) {
  document.querySelectorAll("iframe.keniki-map").forEach(function (frame) {
    if (e.source !== frame.contentWindow || !e.data || e.data.type !== "map-height") return;
    if (e.data.height > 0) frame.style.height = Math.min(e.data.height, 2000) + "px";
  });
});
</script>"""


def picture_link(title: Text, language: Language = "ja") -> str:
    """What a publisher pastes where no frame is allowed: a picture that leads to the map."""
    line = Markup('<a href="{}"><img src="{}" alt="{}" style="max-width:100%;height:auto"></a>')
    alt = Text(
        f"{title.ja}（地図。押すと、操作できる地図が開きます）",
        f"{title.en} (map; press it to open one that moves)",
    )
    return str(line.format(_address(language), PICTURES[language], alt.say(language)))


def _address(language: Language) -> str:
    return FILE if language == "ja" else f"{FILE}#lang={language}"
