"""Cities under rules, for which proposals are measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from benchmarks.layers import CHIBA, data_are_here
from benchmarks.made_city import made_city
from geo.blocks import Blocks, blocks
from geo.findings import ignore
from geo.groups import Rules
from geo.intake import quiet, read, read_counts, units
from geo.pipeline import sliver_rule
from geo.plan_file import load_plan
from geo.staff import Keep, LoadRule

USUAL = Rules(load=LoadRule(Keep.ENOUGH), load_share=0.263)


@dataclass(frozen=True)
class City:
    """Blocks, and the seconds that it took to read what they are made of and to make them."""

    blocks: Blocks
    read_s: float
    made_s: float


@cache
def chiba() -> City:
    """Chiba City: junior-high districts are kept, care areas may change."""
    plan = load_plan(CHIBA)
    start = time.perf_counter()
    partitions = read(plan, quiet, ignore)
    counts = read_counts(plan, partitions, ignore)
    between = time.perf_counter()
    towns = units(partitions)
    assert towns is not None  # noqa: S101
    its = blocks(
        partitions["district"],
        partitions["care"],
        towns,
        wards=partitions["ward"],
        counts=counts,
        rule=sliver_rule(plan),
    )
    return City(its, between - start, time.perf_counter() - between)


@cache
def made() -> City:
    """The made city."""
    city = made_city()
    start = time.perf_counter()
    return City(city.blocks(), 0.0, time.perf_counter() - start)


@dataclass(frozen=True)
class Case:
    """A city under rules; `seconds` is what one point of one ward may take."""

    key: str
    title: str
    city: Callable[[], City]
    rules: Rules = USUAL
    seconds: float = 60.0
    most_rounds: int = 99
    compared: bool = False

    @property
    def is_here(self) -> bool:
        """Whether its data are: the made city always is."""
        return self.city is not chiba or data_are_here()


def _loads(keep: Keep, band: float = 0.5) -> Rules:
    return replace(USUAL, load=LoadRule(keep, band=band))


ANYWHERE = replace(USUAL, detour_times=None)
CASES = (
    Case("chiba", "Chiba", chiba, compared=True),
    Case("chiba-staff", "Chiba, as much staff as today", chiba, _loads(Keep.STAFF)),
    Case("chiba-band", "Chiba, loads within 35 % of today's", chiba, _loads(Keep.BAND, 0.35)),
    Case("chiba-free", "Chiba, any load", chiba, _loads(Keep.NOTHING)),
    Case("chiba-joined", "Chiba, exclaves joined", chiba, replace(USUAL, exclaves_stay=False)),
    Case("chiba-anywhere", "Chiba, any distance", chiba, ANYWHERE, most_rounds=1, compared=True),
    Case("made", "made city", made, compared=True),
    Case("made-anywhere", "made city, any distance", made, ANYWHERE, 20.0, 1, compared=True),
)
