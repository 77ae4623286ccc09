"""May this be measured? The one place that decides about coordinate reference systems.

Areas and distances are only ever taken in the plan's CRS, which must be projected, in metres.
"""

from __future__ import annotations

from typing import NamedTuple

import pyproj
from pyproj.exceptions import CRSError

from .errors import UsageError
from .words import Text

REMEDY = Text(
    "平面直角座標系など、メートル単位の投影座標系を指定してください（例: EPSG:6677）",
    "name a projected CRS in metres, such as EPSG:6677",
)


def known_crs(name: str, where: str = "crs") -> pyproj.CRS:
    """The CRS called `name`, of any kind; UsageError if there is none."""
    try:
        return pyproj.CRS.from_user_input(name)
    except CRSError as err:
        what = Text(f"「{name}」という座標系はありません", f"there is no CRS “{name}”")
        raise UsageError(where, what, REMEDY) from err


def metric_crs(name: str, where: str = "crs") -> pyproj.CRS:
    """The CRS called `name`, if areas may be measured in it.

    Raises
    ------
    UsageError
        If there is no such CRS, or it is in degrees, or not in metres.

    >>> metric_crs("EPSG:6677").to_epsg()
    6677
    >>> metric_crs("EPSG:4326")
    Traceback (most recent call last):
    geo.errors.UsageError: crs: EPSG:4326 is in degrees, not metres. Name a projected CRS...
    """
    crs = known_crs(name, where)
    if not crs.is_projected:
        what = Text(f"{name} は度単位です", f"{name} is in degrees, not metres")
        raise UsageError(where, what, REMEDY)
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if units != {"metre"}:
        unit = ", ".join(sorted(units))
        what = Text(f"{name} の単位は {unit} です", f"{name} is in {unit}")
        raise UsageError(where, what, REMEDY)
    return crs


class Box(NamedTuple):
    """Bounds in degrees of longitude and latitude."""

    west: float
    south: float
    east: float
    north: float


def covers(crs: pyproj.CRS, box: Box) -> bool:
    """Whether a box of longitude and latitude meets the area that `crs` is made for.

    A file whose box does not is almost always in another CRS than it says.

    >>> covers(metric_crs("EPSG:6677"), Box(140.0, 35.5, 140.3, 35.7))
    True
    >>> covers(metric_crs("EPSG:6677"), Box(0, 0, 10, 10))
    False
    """
    use = crs.area_of_use
    if use is None:
        return True
    beside = box.west > use.east or box.east < use.west
    beyond = box.south > use.north or box.north < use.south
    return not (beside or beyond)
