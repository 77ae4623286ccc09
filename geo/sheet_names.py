"""Names on a printed map: none on another, none lost.

A name stands in the largest part of its zone. Where it finds no room there it is smaller, leaves
the zone a little, or is in another part; else a sign stands for it, in the zone or on a line to it,
and the key beside the map says whose.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from .canvas import INK, Area, Line, Mark, Points, Words, extent, rectangle
from .lettering import Boxes, arranged, seat

#: No letter on paper is smaller.
LEAST_PT = 7.0
SIGN_PT = 8.0
#: Names are set in lines of so many full-width letters, the first that has room.
EMS = (12.0, 8.0, 5.0, 3.5)
#: At the first size at which so many names are in their zones all are written.
MOST = 0.85
#: Which part of a name is at least in its zone.
INSIDE = 0.6
#: Around names, in inches; and between spots that are tried.
CLEAR_IN, STEP_IN, SPOTS = 0.025, 0.05, 500
#: How far from its zone a sign may stand, in inches.
FAR_IN = np.arange(0.15, 3.0, 0.1)
EMPTY = shapely.GeometryCollection()

#: Left, top, right and bottom; words in lines, their size, and their box.
Box = NDArray[np.float64]
Seat = tuple[str, float, Box]


@dataclass(frozen=True)
class Look:
    """How names of one kind are written: sizes to try, colour, whether in a box of which dashes.

    Lines break before `endings` (:func:`geo.lettering.endings`) that names of the kind share.
    """

    sizes: tuple[float, ...]
    colour: str = INK
    boxed: bool = False
    dashes: tuple[float, ...] = ()
    endings: tuple[str, ...] = ()


@dataclass(eq=False)
class Names:
    """The names of one map, kind by kind: those that are placed first have the choice.

    Attributes
    ----------
    lines
        What names leave free where they can.
    marks
        What is drawn.
    boxes
        Left, top, right and bottom of every name and sign, in inches.
    key
        The signs that stand for names, and the names.
    unseen
        The names of zones of which nothing is left at the scale of the map.
    left_out
        The names of centres for which there is no room.
    """

    size_in: tuple[float, float]
    lines: shapely.Geometry = EMPTY
    marks: list[Mark] = field(default_factory=list)
    boxes: Boxes = field(default_factory=lambda: np.empty((0, 4)))
    key: list[tuple[str, str]] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    _reserved: dict[int, Box] = field(default_factory=dict)

    def add(
        self,
        zones: Sequence[shapely.Geometry],
        names: Sequence[str],
        look: Look,
        sign: Callable[[int, int], str] | None,
    ) -> list[str]:
        """Write the name of each zone; without `sign` only those that have room in their zone.

        `zones` are in inches. ``sign(n, k)`` stands for the name of zone number n, the kth without
        its name. Returns the names that are left out, as no sign may stand for them.
        """
        sizes = shapely.area(np.array(zones, dtype=object))
        order = [int(n) for n in np.argsort(sizes, kind="stable") if sizes[n] > 0]
        rooms = {n: _Room(zones[n]) for n in order}
        seats: dict[int, Seat] = {}
        for size in look.sizes:
            before, seats = self.boxes, {}
            spare = len(order) * (1 if size == look.sizes[-1] else 1 - MOST)
            for place, n in enumerate(order):
                if found := self._seat(rooms[n], names[n], size, look):
                    seats[n] = found
                if place + 1 - len(seats) > spare:
                    break
            else:
                break
            self.boxes = before
        for found in seats.values():
            self._write(*found, look)
        if sign is None:
            return [name for n, name in enumerate(names) if n not in seats]
        self.unseen += [name for n, name in enumerate(names) if n not in rooms]
        missing = {n: rooms[n] for n in order if n not in seats}
        self._sign(missing, names, look, sign)
        return []

    def _sign(
        self,
        rooms: Mapping[int, _Room],
        names: Sequence[str],
        look: Look,
        sign: Callable[[int, int], str],
    ) -> None:
        """Write names where there is little room, else signs.

        Where then a sign has no room in its zone, all is tried again with room kept for it.
        """
        around = np.max([_around(sign(n, n)) for n in rooms], axis=0, initial=0.0)
        kept, boxes = set[int](), self.boxes
        seats, signs = self._shared_out(rooms, names, look, around, kept)
        while new := {n for n, box in signs.items() if box is None} - kept:
            kept, self.boxes = kept | new, boxes
            seats, signs = self._shared_out(rooms, names, look, around, kept)
        for found in seats.values():
            self._write(*found, look)
        for k, n in enumerate(sorted(signs)):
            self._signed(rooms[n], sign(n, k), look, around, signs[n])
            self.key.append((sign(n, k), names[n]))

    def _shared_out(
        self,
        rooms: Mapping[int, _Room],
        names: Sequence[str],
        look: Look,
        around: Points,
        kept: Collection[int],
    ) -> tuple[dict[int, Seat], dict[int, Box | None]]:
        """Places of names, and of signs for all others; room is kept for the signs of some."""
        seats, signs = dict[int, Seat](), dict[int, Box | None]()
        self._reserved = {}
        for n in (n for n in rooms if n in kept):
            self._reserve(n, self._sign_seat(rooms[n], around))
        for n, room in rooms.items():
            own = self._reserved.pop(n, None)
            if found := self._squeezed(room, names[n], look):
                seats[n] = found
            else:
                signs[n] = own
                self._reserve(n, own)
        for n, own in signs.items():
            signs[n] = self._sign_seat(rooms[n], around) if own is None else own
            self._reserve(n, signs[n])
        self.boxes = np.vstack([self.boxes, *self._reserved.values()])
        self._reserved = {}
        return seats, signs

    def _reserve(self, n: int, box: Box | None) -> None:
        if box is not None:
            self._reserved[n] = box

    # --- where --------------------------------------------------------------------------------

    def _seat(
        self,
        room: _Room,
        name: str,
        size: float,
        look: Look,
        inside: float = 1.0,
        part: int = 0,
    ) -> Seat | None:
        """The first place where the name, or so much of it, is `inside`, on no other.

        Places where it is on one of the lines come last.
        """
        crossing: list[tuple[str, Points, Points]] = []
        for words in dict.fromkeys("\n".join(arranged(name, ems, look.endings)) for ems in EMS):
            around = np.array(extent(words, size)) + 2 * CLEAR_IN
            spots = self._on_map(room.spots(around, inside, part), around)
            crosses = self._crosses(spots, around)
            crossing.append((words, around, spots[crosses]))
            if (box := self._free(spots[~crosses], around)) is not None:
                return self._taken(words, size, box)
        for words, around, spots in crossing:
            if (box := self._free(spots, around)) is not None:
                return self._taken(words, size, box)
        return None

    def _taken(self, words: str, size: float, box: Box) -> Seat:
        self.boxes = np.vstack([self.boxes, box])
        return words, size, box

    def _free(self, spots: Points, around: Points) -> Box | None:
        """The box on the first spot where it is on no other."""
        labels = np.vstack([self.boxes, *self._reserved.values()])
        return seat((around[0], around[1]), spots, labels=labels)

    def _crosses(self, spots: Points, around: Points) -> NDArray[np.bool_]:
        half = around / 2
        boxes = shapely.box(*(spots - half).T, *(spots + half).T)
        return np.asarray(shapely.intersects(self.lines, boxes))

    def _on_map(self, spots: Points, around: Points) -> Points:
        half = around / 2
        fits = (spots >= half) & (spots <= np.array(self.size_in) - half)
        return np.asarray(spots[fits.all(axis=1)])

    def _squeezed(self, room: _Room, name: str, look: Look) -> Seat | None:
        """Where the name has room at a smaller size, partly beyond its zone, or in another part."""
        smaller = [size for size in (8.0, LEAST_PT) if size < look.sizes[-1]]
        tries = [*((size, 1.0, 0) for size in smaller), (LEAST_PT, INSIDE, 0), (LEAST_PT, 1.0, 1)]
        found = (self._seat(room, name, size, look, inside, part) for size, inside, part in tries)
        return next((one for one in found if one is not None), None)

    def _sign_seat(self, room: _Room, around: Points) -> Box | None:
        """Where a sign has room in its zone."""
        tried = (self._on_map(room.spots(around, 0.0, part), around) for part in (0, 1))
        boxes = (self._free(spots, around) for spots in tried)
        return next((box for box in boxes if box is not None), None)

    def _signed(self, room: _Room, sign: str, look: Look, around: Points, box: Box | None) -> None:
        """A sign in its place, or on a line to its zone where there is none."""
        if box is None:
            box = self._beyond(room, around)
            self.boxes = np.vstack([self.boxes, box])
            near = np.clip(room.middle, box[:2], box[2:])
            self.marks.append(Line([np.array([room.middle, near])], look.colour, 0.6))
        self._write(sign, SIGN_PT, box, look)

    def _beyond(self, room: _Room, around: Points) -> Box:
        """Where a sign has room nearest to the middle of its zone, at last on others."""
        turns = np.radians(np.arange(0, 360, 15))
        ways = np.column_stack([np.cos(turns), np.sin(turns)])
        rings = (self._on_map(room.middle + step * ways, around) for step in FAR_IN)
        boxes = (self._free(ring, around) for ring in rings)
        at_last = np.concatenate([room.middle - around / 2, room.middle + around / 2])
        return next((box for box in boxes if box is not None), at_last)

    # --- how ----------------------------------------------------------------------------------

    def _write(self, words: str, size: float, box: Box, look: Look) -> None:
        left, top, right, bottom = (float(side) for side in box)
        if look.boxed:
            edge = rectangle(left, top, right - left, bottom - top)
            self.marks += [Area([edge], "#ffffff"), Line([edge], look.colour, 0.7, look.dashes)]
        at = ((left + right) / 2, (top + bottom) / 2)
        # Thin letters of a colour are lost in a copy without it: what is boxed is black.
        colour = INK if look.boxed else look.colour
        self.marks.append(Words(words, at, size, colour, middle=True))


def _around(sign: str) -> Points:
    """The width and height of a sign with what is clear around it."""
    return np.array([extent(sign, SIGN_PT)[0] + 2 * CLEAR_IN, 10.0 / 72])


class _Room:
    """A zone on paper, and where a name may stand in it: in its largest part, or in all others."""

    def __init__(self, zone: shapely.Geometry) -> None:
        parts = shapely.get_parts(zone)
        parts = parts[shapely.get_dimensions(parts) == 2]
        self.zone = shapely.multipolygons(parts)
        shapely.prepare(self.zone)
        largest = int(np.argmax(shapely.area(parts)))
        widest = shapely.maximum_inscribed_circle(parts[largest], STEP_IN / 2)
        self.middle: Points = shapely.get_coordinates(widest)[0]
        others = shapely.MultiPolygon(list(np.delete(parts, largest)))
        self.grids = np.vstack([self.middle, self._grid(parts[largest])]), self._grid(others)

    def _grid(self, shape: shapely.Geometry) -> Points:
        """Spots in a shape, the nearest to the middle first."""
        if shapely.is_empty(shape):
            return np.empty((0, 2))
        left, top, right, bottom = shapely.bounds(shape)
        step = max(STEP_IN, float(np.sqrt((right - left) * (bottom - top) / SPOTS)))
        xs, ys = np.meshgrid(np.arange(left, right, step), np.arange(top, bottom, step))
        spots = np.column_stack([xs.ravel(), ys.ravel()])
        spots = spots[shapely.contains_xy(shape, spots[:, 0], spots[:, 1])]
        far = np.hypot(*(spots - self.middle).T)
        return np.asarray(spots[np.argsort(far, kind="stable")])

    def spots(self, around: Points, inside: float, part: int) -> Points:
        """Where the middle of a box may be, so that at least that part of it is in the zone.

        `part` is 0 for spots in the largest part, 1 for those in others.
        """
        grid, half = self.grids[part], around / 2
        boxes = shapely.box(*(grid - half).T, *(grid + half).T)
        if inside >= 1:
            return np.asarray(grid[shapely.contains(self.zone, boxes)])
        share = shapely.area(shapely.intersection(boxes, self.zone)) / (around[0] * around[1])
        order = np.argsort(-np.round(share, 1), kind="stable")
        return np.asarray(grid[order[share[order] >= inside]])
