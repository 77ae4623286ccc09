"""The planners' page: where two partitions disagree, with every figure."""

from __future__ import annotations

from . import phrases
from .attach import records
from .beside import brief
from .choropleth import indicators
from .dots import cases_layer, findings_layer, placed, points_layer
from .drawing import Drawing
from .entries import entries
from .masthead import by_depth, masthead, shapes
from .overlap_rows import heading, overlap_places, overlap_rows
from .page import Page
from .partition import Partition
from .plan import PlannerMap, Role
from .study import Study
from .table import Table

#: How far borders are made simpler, in metres: not at all.
TOLERANCE_M = 0.0


def planner(study: Study, page: PlannerMap, made: list[Table]) -> str:
    """Where the zones of one partition are split by those of another, with every figure."""
    left, right = (study.partitions[key] for key in page.compare)
    pair = page.compare
    drawing = _drawn(study, left, right)
    overlaps = overlap_rows(study, left, right)
    coloured = [
        one.drawn(drawing.ids(study.partitions[one.layer]))
        for one in indicators(study, by_depth(study))
    ]
    context = masthead(study, "planner.html") | {
        "headline": phrases.headline(study, left, right),
        "sentence": phrases.sentence(study, left, right),
        "readings": [
            *phrases.readings(study, left, right),
            phrases.tolerances(study, left, right),
        ],
        "way": phrases.way(study, left, right),
        "rule": study.rule(pair).said,
        "left": left,
        "right": right,
        "people": heading(study),
        "overlaps": overlaps,
        "layers": drawing.legend(),
        "still": drawing.still(study.with_role(Role.WARD) or left, page.title),
        "date": study.plan.date,
        "proposals": brief(study),
        "findings": len(study.findings),
        "placed": len(placed(study.findings)),
        "indicators": coloured,
        "downloads": [{"name": table.name, "title": table.title} for table in made],
    }
    payload = drawing.payload(
        main=left.key,
        ground=study.with_role(Role.WARD) or left,
        pairs=drawing.pairs(left, right),
        entries=entries(study, drawing),
        overlaps=overlap_places(study, left, right, overlaps),
        indicators=coloured,
    )
    return Page("planner", page.title, context, payload).render()


def _drawn(study: Study, left: Partition, right: Partition) -> Drawing:
    """Every partition, how they disagree, and all that has a place."""
    drawing = Drawing(study, shapes(study, TOLERANCE_M))
    drawn = by_depth(study)
    drawing.partitions(drawn, on=[one.key for one in drawn if one.role is not Role.UNITS])
    drawing.parts()
    drawing.proposals()
    drawing.split(left, right)
    drawing.layers += [points_layer(study, number) for number in range(len(study.points))]
    drawing.layers.append(findings_layer(study))
    if (cases := cases_layer(records(study.content.cases))) is not None:
        drawing.layers.append(cases | {"on": False})
    return drawing
