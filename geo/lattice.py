"""Square cells over a layer's borders, so that a segment is compared only with those near it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .exact import Floats, Points
from .rings import Index, Segments, expanded

Box = Floats | tuple[Floats, Floats, Floats, Floats]
"""West, south, east and north of many boxes."""

#: Side of a cell in mean lengths of a segment: larger cells hold more strangers, smaller ones are
#: met more often.
SIDE = 3.0

#: No more cells than this for each segment, and at least so many: a few short borders in a wide
#: region would else lie in millions of empty cells.
CELLS_PER_SEGMENT, FEW_CELLS = 8, 2**12

#: Segments longer than a cell are followed in steps; steps are rounded, so each reaches a little
#: further: this share of a cell, and so many of the smallest steps between coordinates.
REACH, ULPS = 1e-6, 8


@dataclass(frozen=True, eq=False)
class Lattice:
    """Cells over a region, row by row from the south-west, and the segments that each one meets.

    Attributes
    ----------
    x, y, side, across, up
        South-western corner, side of a cell, how many cells across and up.
    first, segment
        Cell k meets the segments from ``first[k]`` to ``first[k + 1]`` of `segment`.
    met_before
        How many cells south-west of each corner meet a segment (a summed-area table, Crow 1984).
    """

    x: float
    y: float
    side: float
    across: int
    up: int
    first: Index
    segment: Index
    met_before: Index

    @classmethod
    def over(cls, segments: Segments, region: NDArray[Any]) -> Lattice:
        """Cells over `region` (west, south, east, north). What lies outside goes to the rim."""
        west, south, east, north = region
        width, height = east - west, north - south
        w, s, e, n = segments.box
        # What a segment does beyond the region is no reason for larger cells in it.
        length = np.minimum(np.maximum(e - w, n - s), max(width, height))
        mean = float(np.mean(length)) if len(segments) else 0.0
        most = FEW_CELLS + CELLS_PER_SEGMENT * len(segments)
        side = max(SIDE * mean, np.sqrt(width * height / most), max(width, height) / 2**15)
        side = float(side) or 1.0
        across, up = int(width / side) + 1, int(height / side) + 1
        none = np.zeros(0, dtype=np.intp)
        empty = cls(float(west), float(south), side, across, up, none, none, none)
        segment, cell = empty.cells(segments)
        order = np.argsort(cell, kind="stable")
        held = np.bincount(cell, minlength=across * up)
        met = np.zeros((up + 1, across + 1), dtype=np.intp)
        met[1:, 1:] = (held > 0).reshape(up, across).cumsum(axis=0).cumsum(axis=1)
        first = np.concatenate([[0], np.cumsum(held)])
        corner = (empty.x, empty.y, side, across, up)
        return cls(*corner, first, segment[order], met)

    def cell_of(self, points: Points) -> Index:
        """The cell of each point."""
        return self._row(points[1]) * self.across + self._column(points[0])

    def meets(self, box: Box) -> NDArray[np.bool_]:
        """Whether any cell that a box touches meets a segment."""
        west, south, east, north = box
        left, right = self._column(west), self._column(east) + 1
        low, high = self._row(south), self._row(north) + 1
        met = self.met_before
        inside: NDArray[np.bool_] = (
            met[high, right] - met[low, right] - met[high, left] + met[low, left] > 0
        )
        return inside

    def cells(self, segments: Segments) -> tuple[Index, Index]:
        """Every (segment, cell) that touch: at least those, and few more.

        What lies beyond the region is in no cell.
        """
        (ax, ay), (bx, by) = segments.a, segments.b
        length = np.maximum(np.abs(bx - ax), np.abs(by - ay))
        steps = np.maximum(np.ceil(length / self.side).astype(np.intp), 1)
        begin, end = self._steps_over(segments, steps)
        segment, nth = expanded(end - begin)
        nth += begin[segment]
        dx, dy = ((b - a) / steps for a, b in ((ax, bx), (ay, by)))
        x0, y0 = ax[segment] + nth * dx[segment], ay[segment] + nth * dy[segment]
        x1, y1 = x0 + dx[segment], y0 + dy[segment]
        reach = np.where(steps > 1, self._reach, 0.0)[segment]
        left, right = self._column(x0 - reach), self._column(x1 + reach)
        low = self._row(np.minimum(y0, y1) - reach)
        high = self._row(np.maximum(y0, y1) + reach)
        wide, tall = right - left + 1, high - low + 1
        box, nth = expanded(wide * tall)
        row, column = np.divmod(nth, wide[box])
        return segment[box], (low[box] + row) * self.across + left[box] + column

    def _steps_over(self, segments: Segments, steps: Index) -> tuple[Index, Index]:
        """Of each segment's steps the first that may lie over the cells, and the first beyond them.

        A border may run on for a thousand kilometres past a region of some metres.
        """
        begin, end = np.zeros_like(steps), steps.copy()
        long = np.flatnonzero(steps > 1)
        margin = self.side + self._reach
        for axis, (low, count) in enumerate(((self.x, self.across), (self.y, self.up))):
            a, b = segments.a[axis][long], segments.b[axis][long]
            high = low + count * self.side
            with np.errstate(divide="ignore", invalid="ignore"):
                at = (low - margin - a) / (b - a), (high + margin - a) / (b - a)
            into, out = (np.clip(of(*at), 0.0, 1.0) for of in (np.fmin, np.fmax))
            begin[long] = np.maximum(begin[long], np.floor(into * steps[long]).astype(np.intp))
            end[long] = np.minimum(end[long], np.ceil(out * steps[long]).astype(np.intp))
        return begin, np.maximum(begin, end)

    @property
    def _reach(self) -> float:
        return REACH * self.side + ULPS * float(np.spacing(self.x + self.y))

    def neighbours(self, segments: Segments) -> tuple[Index, Index]:
        """Every (segment, segment of the lattice) that meet one cell, and whose boxes touch."""
        mine, cell = self.cells(segments)
        pair, nth = expanded(self.first[cell + 1] - self.first[cell])
        return mine[pair], self.segment[self.first[cell][pair] + nth]

    def _column(self, x: Floats) -> Index:
        return np.clip(((x - self.x) / self.side).astype(np.intp), 0, self.across - 1)

    def _row(self, y: Floats) -> Index:
        return np.clip(((y - self.y) / self.side).astype(np.intp), 0, self.up - 1)
