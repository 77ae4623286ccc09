"""Names on a printed map: none on another, none lost.

A name stands in its zone. Where it finds no room there it is smaller, or leaves the zone a little;
else a sign stands for it, in the zone or on a line to it, and the key beside the map says whose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from .canvas import INK, Area, Line, Mark, Points, Words, extent, rectangle
from .lettering import Boxes, arranged, seat

#: No letter on paper is smaller.
LEAST_PT = 7.0
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
    marks
        What is drawn.
    boxes
        Left, top, right and bottom of every name and sign, in inches.
    key
        The signs that stand for names, and the names.
    unseen
        The names of zones of which nothing is left at the scale of the map.
    """

    size_in: tuple[float, float]
    marks: list[Mark] = field(default_factory=list)
    boxes: Boxes = field(default_factory=lambda: np.empty((0, 4)))
    key: list[tuple[str, str]] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def add(
        self,
        zones: Sequence[shapely.Geometry],
        names: Sequence[str],
        look: Look,
        sign: Callable[[int, int], str] | None,
    ) -> None:
        """Write the name of each zone; without `sign` only those that have room in their zone.

        `zones` are in inches. ``sign(n, k)`` stands for the name of zone number n, the kth without
        its name.
        """
        sizes = shapely.area(np.array(zones, dtype=object))
        order = [int(n) for n in np.argsort(sizes, kind="stable") if sizes[n] > 0]
        rooms = {n: _Room(zones[n]) for n in order}
        seats: dict[int, tuple[str, float, NDArray[np.float64]]] = {}
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
            return
        self.unseen += [name for n, name in enumerate(names) if n not in rooms]
        missing = [n for n in order if n not in seats]
        missing = [n for n in missing if not self._squeezed(rooms[n], names[n], look)]
        for k, n in enumerate(sorted(missing)):
            self._signed(rooms[n], sign(n, k), look)
            self.key.append((sign(n, k), names[n]))

    # --- where --------------------------------------------------------------------------------

    def _seat(
        self, room: _Room, name: str, size: float, look: Look, inside: float = 1.0
    ) -> tuple[str, float, NDArray[np.float64]] | None:
        """The first place where the name is in its zone (or that part of it), on no other."""
        tries = ("\n".join(arranged(name, ems, look.endings)) for ems in EMS)
        for words in dict.fromkeys(tries):
            around = np.array(extent(words, size)) + 2 * CLEAR_IN
            spots = room.spots(around, inside)
            box = seat((around[0], around[1]), self._on_map(spots, around), labels=self.boxes)
            if box is not None:
                self.boxes = np.vstack([self.boxes, box])
                return words, size, box
        return None

    def _on_map(self, spots: Points, around: Points) -> Points:
        half = around / 2
        fits = (spots >= half) & (spots <= np.array(self.size_in) - half)
        return np.asarray(spots[fits.all(axis=1)])

    def _squeezed(self, room: _Room, name: str, look: Look) -> bool:
        """Whether the name has room at a smaller size, or partly beyond its zone."""
        smaller = [size for size in (8.0, LEAST_PT) if size < look.sizes[-1]]
        tries = [*((size, 1.0) for size in smaller), (LEAST_PT, INSIDE)]
        for size, inside in tries:
            found = self._seat(room, name, size, look, inside)
            if found is not None:
                self._write(*found, look)
                return True
        return False

    def _signed(self, room: _Room, sign: str, look: Look) -> None:
        """A sign in the zone, or on a line to it where there is no room at all."""
        around = np.array([extent(sign, 8.0)[0] + 2 * CLEAR_IN, 10.0 / 72])
        spots = room.spots(around, 0.0)
        for step in (0.0, *FAR_IN):
            turns = np.radians(np.arange(0, 360, 15))
            ring = room.middle + step * np.column_stack([np.cos(turns), np.sin(turns)])
            tried = self._on_map(ring if step else spots, around)
            box = seat((around[0], around[1]), tried, labels=self.boxes)
            if box is not None:
                break
        else:
            box = np.concatenate([room.middle - around / 2, room.middle + around / 2])
        self.boxes = np.vstack([self.boxes, box])
        if step:
            near = np.clip(room.middle, box[:2], box[2:])
            self.marks.append(Line([np.array([room.middle, near])], look.colour, 0.6))
        self._write(sign, 8.0, box, look)

    # --- how ----------------------------------------------------------------------------------

    def _write(self, words: str, size: float, box: NDArray[np.float64], look: Look) -> None:
        left, top, right, bottom = (float(side) for side in box)
        if look.boxed:
            edge = rectangle(left, top, right - left, bottom - top)
            self.marks += [Area([edge], "#ffffff"), Line([edge], look.colour, 0.7, look.dashes)]
        at = ((left + right) / 2, (top + bottom) / 2)
        # Thin letters of a colour are lost in a copy without it: what is boxed is black.
        colour = INK if look.boxed else look.colour
        self.marks.append(Words(words, at, size, colour, middle=True))


class _Room:
    """A zone on paper, and where a name may stand in it."""

    def __init__(self, zone: shapely.Geometry) -> None:
        parts = shapely.get_parts(zone)
        parts = parts[shapely.get_dimensions(parts) == 2]
        self.zone = shapely.multipolygons(parts)
        shapely.prepare(self.zone)
        widest = shapely.maximum_inscribed_circle(max(parts, key=shapely.area), STEP_IN / 2)
        self.middle: Points = shapely.get_coordinates(widest)[0]
        self.grid = np.vstack([self.middle, self._grid()])

    def _grid(self) -> Points:
        """Spots in the zone, the nearest to its middle first."""
        left, top, right, bottom = shapely.bounds(self.zone)
        step = max(STEP_IN, float(np.sqrt((right - left) * (bottom - top) / SPOTS)))
        xs, ys = np.meshgrid(np.arange(left, right, step), np.arange(top, bottom, step))
        spots = np.column_stack([xs.ravel(), ys.ravel()])
        spots = spots[shapely.contains_xy(self.zone, spots[:, 0], spots[:, 1])]
        far = np.hypot(*(spots - self.middle).T)
        return np.asarray(spots[np.argsort(far, kind="stable")])

    def spots(self, around: Points, inside: float) -> Points:
        """Where the middle of a box may be, so that at least that part of it is in the zone."""
        half = around / 2
        boxes = shapely.box(*(self.grid - half).T, *(self.grid + half).T)
        if inside >= 1:
            return np.asarray(self.grid[shapely.contains(self.zone, boxes)])
        share = shapely.area(shapely.intersection(boxes, self.zone)) / (around[0] * around[1])
        order = np.argsort(-np.round(share, 1), kind="stable")
        return np.asarray(self.grid[order[share[order] >= inside]])
