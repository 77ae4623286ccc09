"""Longitude and latitude as tables write them → degrees.

Decimal degrees, degrees with minutes and seconds in any of their signs, or run together (353620.5).
Nothing is corrected here but what can be read in one way only: a latitude of 140 is none, and with
a longitude of 35 beside it the two were swapped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .cells import is_missing, plain

_SECONDS = r"(?P<s>\d{1,2}(?:\.\d+)?)"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<d>\d{1,3}(?:\.\d*)?)°?",
        r"(?P<d>\d{1,3})[°: -] *(?P<m>\d{1,2}(?:\.\d+)?)'?",
        rf"(?P<d>\d{{1,3}})[°: -] *(?P<m>\d{{1,2}})[': -] *{_SECONDS}(?:''|\")?",
        rf"(?P<d>\d{{1,3}})\.(?P<m>\d{{1,2}})\.{_SECONDS}",
        r"(?P<d>\d{2,3})(?P<m>\d{2})(?P<s>\d{2}(?:\.\d+)?)",
    )
)
#: Signs that mean the same, some of them before and some after they are made plain.
_SIGNS = str.maketrans("º˚度′’‘分″”“秒−‐–", "°°°''''\"\"\"\"---")
_SIDES = {"北緯": 1, "東経": 1, "南緯": -1, "西経": -1, "N": 1, "E": 1, "S": -1, "W": -1}


class State(StrEnum):
    """What the two cells of a position say."""

    KNOWN = "known"
    SWAPPED = "swapped"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Position:
    """Degrees east and north (WGS 84 or JGD); NaN where they are not known."""

    lon: float
    lat: float
    state: State


def degrees(cell: str) -> float:
    """One angle in degrees; ValueError where the cell is none.

    >>> degrees("35.5"), degrees("35度30分"), degrees("北緯35°30′00″"), degrees("353000.0")
    (35.5, 35.5, 35.5, 35.5)
    """
    word, sign = _without_side(plain(cell.translate(_SIGNS)).translate(_SIGNS))
    size = re.sub("^[+-]", "", word)
    found = next(filter(None, (form.fullmatch(size) for form in _FORMS)), None)
    if found is None:
        raise ValueError(f"not an angle: {cell!r}")
    parts = {name: float(digits) for name, digits in found.groupdict().items()}
    minutes, seconds = parts.get("m", 0.0), parts.get("s", 0.0)
    if minutes >= 60 or seconds >= 60:
        raise ValueError(f"not an angle: {cell!r}")
    angle = parts["d"] + minutes / 60 + seconds / 3600
    return -sign * angle if word.startswith("-") else sign * angle


def position(lon: str, lat: str) -> Position:
    """What the cells of a longitude and a latitude say together. 0, 0 says nothing.

    >>> position("140.1", "35.6"), position("35.6", "140.1").state.value
    (Position(lon=140.1, lat=35.6, state=<State.KNOWN: 'known'>), 'swapped')
    >>> position("", "35.6").state.value, position("-43021.5", "25310").state.value
    ('missing', 'unreadable')
    """
    nowhere = (float("nan"), float("nan"))
    if is_missing(lon) or is_missing(lat):
        return Position(*nowhere, State.MISSING)
    try:
        east, north = degrees(lon), degrees(lat)
    except ValueError:
        return Position(*nowhere, State.UNREADABLE)
    if east == north == 0:
        return Position(*nowhere, State.MISSING)
    if abs(east) <= 180 and abs(north) <= 90:
        return Position(east, north, State.KNOWN)
    if abs(north) <= 180 and abs(east) <= 90:
        return Position(north, east, State.SWAPPED)
    return Position(*nowhere, State.UNREADABLE)


def _without_side(word: str) -> tuple[str, int]:
    """An angle without 北緯 or N; -1 for the south and the west."""
    for side, sign in _SIDES.items():
        for rest in (word.removeprefix(side), word.removesuffix(side)):
            if rest != word:
                return rest.strip(" :"), sign
    return word, 1
