"""Random nasty layers, for as long as one likes: areas and pieces against shapely, pair by pair.

Where shapely differs by more than rounding, rational arithmetic (:mod:`benchmarks.rational`) judges
which of the two is right. Pieces are cut by GEOS, which may snap borders to each other: its answers
are allowed that. Layers are made anew from their seed: ``--only SEED`` checks those of one.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.random_layers import Pair, Shapes, pair_of_layers
from benchmarks.rational import shared_m2
from geo.areas import Overlaps, overlap_areas
from geo.pieces import overlap_pieces

Floats = NDArray[np.float64]

SEEDS_PER_RUN = 1_000_000

#: Where GEOS finds no consistent overlay it snaps borders this share of the largest coordinate
#: together, and up to ten times that (OverlayNGRobust).
GEOS_SNAPS = 1e-11


class Wrong(NamedTuple):
    """A pair of polygons on which an answer is not the rational one."""

    way: str
    seed: int
    kind: str
    i: int
    j: int
    found_m2: float
    expected_m2: float
    in_tolerances: float


@dataclass
class Tally:
    """What a run has seen; differences are counted in tolerances."""

    layers: Counter[str] = field(default_factory=Counter)
    polygons: int = 0
    sharing: int = 0
    judged: int = 0
    largest: dict[str, float] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    unfit: list[int] = field(default_factory=list)


def last_digits_m2(left: Shapes, right: Shapes) -> Floats:
    """What each pair (left × right) may be off by in keniki's areas.

    - 1e-9 of the smaller and 1e-14 of the larger polygon, which :mod:`geo.areas` takes as nothing;
    - the last digits of the numbers added up, which are as large as the polygons' boxes;
    - the last digits of coordinates, along both borders.
    """
    smaller, larger = (
        of(shapely.area(left)[:, None], shapely.area(right)) for of in (np.minimum, np.maximum)
    )
    boxes, others = shapely.bounds(left), shapely.bounds(right)
    wide, tall = (
        (boxes[:, k + 2] - boxes[:, k])[:, None] + (others[:, k + 2] - others[:, k]) for k in (0, 1)
    )
    borders = shapely.length(left)[:, None] + shapely.length(right)
    digits: Floats = 2.0**-51 * (wide * tall + _span(left, right) * borders)
    return 1e-9 * smaller + 1e-14 * larger + digits


def snapped_m2(left: Shapes, right: Shapes) -> Floats:
    """What each pair may be off by in what GEOS has cut, along the shorter border."""
    border = np.minimum(shapely.length(left)[:, None], shapely.length(right))
    off: Floats = GEOS_SNAPS * _span(left, right) * border
    return off


def _span(left: Shapes, right: Shapes) -> float:
    """The extent of both layers, or the largest coordinate."""
    every = np.vstack([shapely.bounds(left), shapely.bounds(right)])
    return float(max(np.ptp(every[:, 0::2]), np.ptp(every[:, 1::2]), np.abs(every).max()))


def as_table(found: Overlaps, left: Shapes, right: Shapes) -> Floats:
    """The areas of all pairs (left × right), 0 where nothing is shared."""
    table = np.zeros((len(left), len(right)))
    i, j, area_m2 = found
    table[i, j] = area_m2
    return table


def check(seed: int, pair: Pair, tally: Tally) -> None:
    """Compare all ways on one pair of layers; what is wrong goes into the tally."""
    kind, left, right = pair
    if not len(left) or not len(right):
        return
    i, j, pieces = overlap_pieces(left, right)
    if not (shapely.is_valid(pieces).all() and np.isin(shapely.get_type_id(pieces), (3, 6)).all()):
        tally.unfit.append(seed)
    found = {
        "areas": as_table(overlap_areas(left, right), left, right),
        "areas, swapped": as_table(overlap_areas(right, left), right, left).T,
        "pieces": as_table((i, j, shapely.area(pieces)), left, right),
        "shapely": shapely.area(shapely.intersection(left[:, None], right)),
    }
    digits, snapped = last_digits_m2(left, right), snapped_m2(left, right)
    tally.layers[kind] += 1
    tally.polygons += digits.size
    tally.sharing += int((found["areas"] > 0).sum())
    _compare(seed, pair, tally, found, {way: digits + snapped * _cut(way) for way in found})


def _cut(way: str) -> bool:
    return not way.startswith("areas")


def _compare(
    seed: int, pair: Pair, tally: Tally, found: dict[str, Floats], allowed: dict[str, Floats]
) -> None:
    """Where areas and shapely differ the rational answer judges all ways; else areas do."""
    expected = found["areas"].copy()
    apart = np.abs(found["shapely"] - expected) > allowed["areas"]
    apart |= np.abs(found["areas, swapped"] - expected) > allowed["areas"]
    for i, j in np.argwhere(apart):
        expected[i, j] = shared_m2(pair.left[i], pair.right[j])
    tally.judged += int(apart.sum())
    for way, areas in found.items():
        off = np.abs(areas - expected) / allowed[way]
        tally.largest[way] = max(tally.largest.get(way, 0.0), float(off.max()))
        for i, j in np.argwhere(off > 1):
            figures = float(areas[i, j]), float(expected[i, j]), float(off[i, j])
            tally.wrong.append(Wrong(way, seed, pair.kind, int(i), int(j), *figures))


def said(tally: Tally) -> str:
    """The tally as lines of text."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.layers.items()))
    largest = ", ".join(f"{way} {most:.2g}" for way, most in tally.largest.items())
    lines = [
        f"{tally.layers.total():,} pairs of layers ({kinds})",
        f"{tally.polygons:,} pairs of polygons, of which {tally.sharing:,} share land; "
        f"{tally.judged:,} judged by rational arithmetic",
        f"largest difference, in tolerances: {largest}",
    ]
    for way, count in sorted(Counter(one.way for one in tally.wrong).items()):
        its = [one for one in tally.wrong if one.way == way]
        worst = max(its, key=lambda one: one.in_tolerances)
        seeds = sorted({one.seed for one in its})[:20]
        lines.append(f"WRONG: {way} on {count} pairs, seeds {seeds}; the worst: {worst}")
    if tally.unfit:
        lines.append(f"WRONG: pieces that are no valid polygons on seeds {tally.unfit[:20]}")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="another seed, other layers")
    parser.add_argument("--only", type=int, help="check the layers of this one seed")
    asked = parser.parse_args(arguments)
    tally, until = Tally(), time.monotonic() + 60 * asked.minutes
    seed = asked.only if asked.only is not None else asked.seed * SEEDS_PER_RUN
    while True:
        check(seed, pair_of_layers(seed), tally)
        seed += 1
        if asked.only is not None or time.monotonic() > until:
            break
    print(said(tally))
    if tally.unfit or any(one.way != "shapely" for one in tally.wrong):
        raise SystemExit(1)
