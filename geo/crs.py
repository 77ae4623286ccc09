"""May this be measured? The one place that decides about coordinate reference systems.

Areas and distances are only ever taken in the plan's CRS, which must be projected, in metres.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, Transformer, TransformerGroup

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


def in_degrees(bounds: Box, crs: pyproj.CRS) -> Box:
    """Bounds in the numbers of `crs` as degrees of longitude and latitude; inf where there is none.

    >>> box = in_degrees(Box(0, 0, 1000, 1000), metric_crs("EPSG:6677"))
    >>> f"{box.west:.4f} {box.south:.4f}"
    '139.8333 36.0000'
    """
    if crs.is_geographic:
        return bounds
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    try:
        return Box(*to_degrees.transform_bounds(*bounds))
    except ProjError:
        return Box(np.inf, np.inf, np.inf, np.inf)


#: The plane-rectangular zones (平面直角座標系 I to XIX) on JGD2011.
ZONES = tuple(f"EPSG:{code}" for code in range(6669, 6688))


def zones_at(box: Box) -> list[str]:
    """The plane-rectangular zones made for the middle of a box of longitude and latitude.

    >>> zones_at(Box(140.0, 35.5, 140.3, 35.7))
    ['EPSG:6677']
    >>> zones_at(Box(0, 0, 1, 1))
    []
    """
    if not np.isfinite(box).all():
        return []
    east, north = (box.west + box.east) / 2, (box.south + box.north) / 2
    middle = Box(east, north, east, north)
    return [code for code in ZONES if covers(pyproj.CRS(code), middle)]


@dataclass(frozen=True)
class Way:
    """How coordinates of one CRS become those of another, longitude or east first.

    Attributes
    ----------
    accuracy_m
        What the authorities state for the transformation used, in metres; None if nothing is known.
    missing_grids
        Files with which a more exact one could be used.
    """

    steps: tuple[Transformer, ...]
    accuracy_m: float | None
    missing_grids: tuple[str, ...] = ()

    def apply(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coordinates (n × 2) transformed."""
        east, north = points[:, 0], points[:, 1]
        for step in self.steps:
            east, north = step.transform(east, north)
        return np.column_stack([east, north])


#: JGD2000: known transformations lead to it from Tokyo Datum and from it to JGD2011.
BETWEEN = "EPSG:4612"


def way(source: pyproj.CRS, target: pyproj.CRS, box: Box | None = None) -> Way:
    """The best transformation that is at hand from `source` to `target` (in `box`, degrees).

    Without its grid, PROJ takes Tokyo Datum for JGD2011 unchanged, 400 m away, and is content. Such
    "ballpark" steps are never taken where two known ones lead there by way of JGD2000.

    >>> tokyo = way(pyproj.CRS("EPSG:4301"), metric_crs("EPSG:6677"))
    >>> tokyo.accuracy_m <= 10
    True
    """
    direct = _known(source, target, box)
    if direct.accuracy_m is not None:
        return direct
    between = pyproj.CRS(BETWEEN)
    first, second = _known(source, between, box), _known(between, target, box)
    if first.accuracy_m is None or second.accuracy_m is None:
        return direct
    grids = dict.fromkeys((*direct.missing_grids, *first.missing_grids, *second.missing_grids))
    accuracy_m = first.accuracy_m + second.accuracy_m
    return Way((*first.steps, *second.steps), accuracy_m, tuple(grids))


def _known(source: pyproj.CRS, target: pyproj.CRS, box: Box | None) -> Way:
    """What PROJ offers first; accuracy None where it is a mere ballpark."""
    area = AreaOfInterest(*box) if box and _is_sane(box) else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a grid is missing: said by the caller
        group = TransformerGroup(source, target, always_xy=True, area_of_interest=area)
    best = group.transformers[0]
    missing = [grid.short_name for one in group.unavailable_operations for grid in one.grids]
    is_ballpark = best.accuracy < 0 or "ballpark" in best.description.lower()
    accuracy_m = None if is_ballpark else float(best.accuracy)
    return Way((best,), accuracy_m, tuple(dict.fromkeys(missing)))


def _is_sane(box: Box) -> bool:
    return -180 <= box.west <= box.east <= 180 and -90 <= box.south <= box.north <= 90
