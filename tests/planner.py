"""The planners' page alone, written for a test that opens it."""

from __future__ import annotations

from pathlib import Path

from geo.plan import PlannerMap
from geo.planner_page import planner
from geo.study import Study


def planner_file(study: Study, folder: Path) -> Path:
    """The page of the study's planners."""
    page = next(one for one in study.plan.map if isinstance(one, PlannerMap))
    path = folder / "planner.html"
    path.write_text(planner(study, page, []), encoding="utf-8")
    return path
