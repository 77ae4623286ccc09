"""The map of a sheet as marks: land, patterns, borders, and every name."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import shapely

from .canvas import INK, Area, Line, Mark, rectangle
from .drawing import levels
from .lettering import endings
from .masthead import wards_of
from .partition import Partition
from .picture import LAND
from .sheet import Sheet
from .sheet_map import SheetMap, Size, rings, sheet_map
from .sheet_marks import BARE, BEYOND, BOX, HATCH_INK, HATCHES, LOOKS, OUTSIDE
from .sheet_names import Look, Names
from .words import same

#: Land beyond the wards of the sheet.
OTHER_LAND = "#f1f0eb"
DISTRICT_PT, CENTRE_PT = (11.0, 10.0, 9.0, 8.0, 7.5), (8.0, 7.5, 7.0)
WARD_NAMES = Look((16.0, 14.0, 12.0, 10.0), INK)
BESIDE_NAMES = Look((11.0, 9.0, 8.0), "#6d7378")

Marks = list[Mark]


def draw(sheet: Sheet, size_in: Size) -> tuple[SheetMap, Names, Marks]:
    """The map in a frame of so many inches: its geometry, its names, and all marks."""
    study, asked = sheet.study, sheet.asked
    shown = [one for one in (sheet.centres, sheet.districts) if one]
    wards = wards_of(study)
    layers = {one.key: gpd.GeoSeries(one.zones.geometry) for one in (wards, *shown)}
    drawn = sheet_map(layers, wards.key, sheet.here, size_in)
    names = _names(sheet, drawn)
    frame = rectangle(0, 0, *size_in)
    marks: Marks = [Area([frame], *OUTSIDE)]
    marks += [Area(ring, OTHER_LAND) for one in drawn.around if (ring := rings(one))]
    marks.append(Area(rings(drawn.land), LAND))
    if ring := rings(drawn.bare(sheet.districts.key)):
        marks.append(Area(ring, *BARE))
    if asked.mismatch:
        marks += _hatched(sheet, drawn)
    for key in (sheet.districts.key, wards.key):
        marks.append(Line(drawn.beyond[key], *BEYOND))
    for one in (*shown, wards):
        marks.append(Line(drawn.borders[one.key], *LOOKS[one.role]))
    marks = [mark for mark in marks if not isinstance(mark, Line) or mark.strokes]
    return drawn, names, [*marks, *names.marks, Line([frame], INK, 0.6)]


def _hatched(sheet: Sheet, drawn: SheetMap) -> Marks:
    """The zones of each class of split districts."""
    centres = sheet.centres
    assert centres is not None  # noqa: S101  (the plan is validated)
    zones = drawn.zones[sheet.districts.key]
    level, _ = levels(sheet.study, sheet.districts, centres, zones.index)
    return [
        Area(ring, colour, hatch, HATCH_INK)
        for number, (colour, hatch) in enumerate(HATCHES, 1)
        for zone in zones[level == number]
        if (ring := rings(zone))
    ]


def _names(sheet: Sheet, drawn: SheetMap) -> Names:
    """Names of districts and centres, and of the wards of the city, or of those around a ward.

    On the map of the city centres are named where there is room.
    """
    wards = wards_of(sheet.study)
    borders = shapely.MultiLineString(drawn.borders[wards.key])
    shapely.prepare(borders)
    names = Names(drawn.size_in, borders)

    def add(
        one: Partition, zones: gpd.GeoSeries, look: Look, sign: Callable[[int, int], str] | None
    ) -> list[str]:
        called = [sheet.voices.ja(same(str(name))) for name in one.zones["name"][zones.index]]
        return names.add(list(zones), called, look, sign)

    if sheet.ward_id is None:
        add(wards, drawn.zones[wards.key], WARD_NAMES, lambda _, k: f"W{k + 1}")
    districts = drawn.zones[sheet.districts.key]
    order = [one for _, its in sheet.numbers for one in its]
    ends = endings([str(name) for name in sheet.districts.zones["name"]])
    look = Look(tuple(sheet.grow * size for size in DISTRICT_PT), endings=ends)
    add(sheet.districts, gpd.GeoSeries(districts.reindex(order)), look, lambda n, _: str(n + 1))
    if sheet.centres:
        zones = gpd.GeoSeries(drawn.zones[sheet.centres.key].reindex(sheet.served))
        look = Look(CENTRE_PT, LOOKS[sheet.centres.role][0], True, BOX)
        sign = None if sheet.ward_id is None else lambda _, k: letter(k)
        names.left_out = add(sheet.centres, zones, look, sign)
    add(wards, drawn.around, BESIDE_NAMES, None)
    return names


def letter(number: int) -> str:
    """A, B, … Z, AA, AB, …

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(number, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)
