"""What is reported without stopping the work: faults noticed in the data.

Every finding names its place, the amount with its unit, and a remedy. The kinds are a closed list,
so that a planner can sort by them and a machine can rely on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from .words import Text


class Severity(StrEnum):
    """How much a finding matters to the figures.

    ``error``: figures built on this are wrong; ``warning``: they may be; ``note``: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(StrEnum):
    """The closed list of findings."""

    INVALID_RING = "invalid_ring"
    OVERLAP_INSIDE = "overlap_inside"
    GAP_INSIDE = "gap_inside"
    NOT_COVERED = "not_covered"
    OUTSIDE_CITY = "outside_city"
    TOWN_IN_NO_ZONE = "town_in_no_zone"
    TOWN_IN_TWO_ZONES = "town_in_two_zones"
    NAMES_DIFFER = "names_differ"
    NAME_IN_TWO_WARDS = "name_in_two_wards"
    NAME_WITHOUT_TOWN = "name_without_town"
    PART_OF_TOWN = "part_of_town"
    ALIAS_USED = "alias_used"
    ROW_REPEATED = "row_repeated"
    SAME_SHAPE = "same_shape"
    SLIVER = "sliver"
    EDGES_APART = "edges_apart"
    BORDERS_MOVED = "borders_moved"
    EXCLAVE = "exclave"
    ISLAND = "island"
    AREA_DIFFERS = "area_differs"
    SUM_DIFFERS = "sum_differs"
    DATES_DIFFER = "dates_differ"
    COUNT_MISSING = "count_missing"
    COUNT_NEGATIVE = "count_negative"
    COUNT_REPEATED = "count_repeated"
    CRS_ASSUMED = "crs_assumed"
    CRS_DOUBTFUL = "crs_doubtful"
    CRS_ROUGH = "crs_rough"
    READ_WITH_DOUBT = "read_with_doubt"
    SITE_DOUBTFUL = "site_doubtful"
    ROW_SET_ASIDE = "row_set_aside"
    ROW_WITHOUT_ZONE = "row_without_zone"
    TEXT_DOUBTFUL = "text_doubtful"
    ROW_SHORT = "row_short"
    ROW_HIDDEN = "row_hidden"
    ROW_LEFT_OUT = "row_left_out"
    POINT_WITHOUT_POSITION = "point_without_position"
    POINT_SWAPPED = "point_swapped"
    POINT_OUTSIDE_CITY = "point_outside_city"
    POINT_IN_TWO_ZONES = "point_in_two_zones"
    POINT_WITHOUT_TOWN = "point_without_town"
    MESH_CODE_UNKNOWN = "mesh_code_unknown"
    TOWN_WITHOUT_WEIGHT = "town_without_weight"
    ID_REPEATED = "id_repeated"
    TEXT_MISSING = "text_missing"
    GOAL_DOUBTFUL = "goal_doubtful"
    THEME_UNKNOWN = "theme_unknown"
    YEARS_DOUBTFUL = "years_doubtful"
    MARK_DIFFERS = "mark_differs"
    MARK_MISSING = "mark_missing"
    MARK_OUTSIDE_PERIOD = "mark_outside_period"
    MARK_WITHOUT_ROW = "mark_without_row"
    CASE_PLACE_DOUBTFUL = "case_place_doubtful"
    LINK_DOUBTFUL = "link_doubtful"
    OFFICE_OUTSIDE_ZONE = "office_outside_zone"


@dataclass(frozen=True)
class Finding:
    """One fault, its place and what to do about it.

    Attributes
    ----------
    where
        Key of the partition or layer, or the file.
    place
        Ids (or words) of the zones, towns or rows concerned.
    amount, unit
        How much: m² of overlap, number of towns; `amount` is None where nothing is measured.
    at
        Longitude and latitude of a point to go to; None where there is no one place.
    """

    kind: Kind
    severity: Severity
    where: str
    place: tuple[str, ...]
    what: Text
    remedy: Text
    amount: float | None = None
    unit: str = ""
    at: tuple[float, float] | None = None


#: So many rows are named in a finding; its amount counts them all.
NAMED = 50


def named(places: Iterable[str]) -> tuple[str, ...]:
    """The first of many places, and a sign that there are more.

    >>> named(f"row {number}" for number in range(99))[-2:]
    ('row 49', '…')
    """
    listed = tuple(places)
    return listed if len(listed) <= NAMED else (*listed[:NAMED], "…")


def of_rows(
    rows: pd.Series,
    kind: Kind,
    where: str,
    what: Text,
    remedy: Text,
    severity: Severity = Severity.WARNING,
) -> Iterator[Finding]:
    """A finding on some rows of a file: what stands there, by their numbers. None on no rows."""
    if len(rows):
        place = named(f"row {row} {word}".strip() for row, word in rows.items())
        yield Finding(kind, severity, where, place, what, remedy, float(len(rows)), "rows")


Report = Callable[[Finding], None]
"""Where findings are told while data are read."""


def ignore(finding: Finding) -> None:
    """A :data:`Report` for those who did not ask what is wrong with the data."""


def as_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a table, one row each, worst first; the order does not depend on when found."""
    order = list(Severity)
    rows = sorted(findings, key=lambda f: (order.index(f.severity), f.kind, f.where, f.place))
    return pd.DataFrame(
        {
            "severity": [str(f.severity) for f in rows],
            "kind": [str(f.kind) for f in rows],
            "where": [f.where for f in rows],
            "place": ["; ".join(f.place) for f in rows],
            "amount": pd.array([f.amount for f in rows], dtype="Float64"),
            "unit": [f.unit for f in rows],
            "lon": pd.array([f.at and f.at[0] for f in rows], dtype="Float64"),
            "lat": pd.array([f.at and f.at[1] for f in rows], dtype="Float64"),
            "what_ja": [f.what.ja for f in rows],
            "remedy_ja": [f.remedy.ja for f in rows],
            "what_en": [f.what.en for f in rows],
            "remedy_en": [f.remedy.en for f in rows],
        }
    )
