"""The pages of a plan: planner, councils, embed, proposals and index, each one HTML file.

A page is a template of ``geo/web``, a context of texts, and data that the page's script draws. Text
stays text all the way: templates escape it, the script writes textContent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .align_page import proposals
from .council_page import councils
from .edition_page import edition_page
from .embed_page import embed
from .index_page import index
from .masthead import period_file
from .plan import CouncilMap, PlannerMap
from .planner_page import planner
from .revision_page import revision_page
from .study import Study
from .table import Table

NO_FILES: Mapping[str, bytes] = {}


def pages(
    study: Study, made: list[Table], files: Mapping[str, bytes] = NO_FILES
) -> Iterator[tuple[str, str]]:
    """Every page the plan declares and, last, the index: (file name, HTML).

    `files` are those that stand beside the pages: the tables `made`, workbooks, charts, pictures.
    """
    tables = {table.name for table in made}
    drawn = {name: data for name, data in files.items() if name not in tables}
    sizes = {name: len(data) for name, data in files.items()}
    for name, html in _pages(study, made, drawn):
        sizes[name] = len(html.encode())
        yield name, html
    yield "index.html", index(study, made, drawn, sizes)


def _pages(
    study: Study, made: list[Table], drawn: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    for page in study.plan.map:
        if isinstance(page, PlannerMap):
            yield "planner.html", planner(study, page, made)
        elif isinstance(page, CouncilMap):
            yield from councils(study, page)
        else:
            yield "embed.html", embed(study, page)
    for period in study.plan.period:
        if period.key in study.editions:
            yield period_file(period), edition_page(study, period, made)
        else:
            yield period_file(period), revision_page(study, period, made)
    if study.proposals:
        yield "align.html", proposals(study, made, drawn)
