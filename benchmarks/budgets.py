"""What pages cost, beside what they may: figures, ratios and the tables that say them."""

from __future__ import annotations

import gzip
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.browser import DESKTOP, PHONE, Opened

OURS, FOLIUM, EXPLORE, JAPAN = "planner", "stock folium", "geopandas.explore", "nationwide"
PEERS = (FOLIUM, EXPLORE)
PROFILES = (DESKTOP, PHONE)


@dataclass
class Measured:
    """One page: seconds to build it (where that is measured), and each time it was opened.

    `zones`: how many are on the map at first, where that is asked for.
    """

    file: Path
    zones: int = 0
    seconds: list[float] = field(default_factory=list)
    opened: dict[str, list[Opened]] = field(default_factory=dict)

    @property
    def html(self) -> bytes:
        return self.file.read_bytes()

    @property
    def openings(self) -> list[Opened]:
        return [one for opened in self.opened.values() for one in opened]


Pages = dict[str, Measured]
Read = Callable[[Measured], list[float]]


@dataclass(frozen=True)
class Figure:
    """What is measured, and the budget of our planners' page.

    `most` it may ever be; so many `times` less than either peer's its median must be.
    """

    title: str
    read: Read
    most: float | None = None
    times: float | None = None
    decimals: int = 0

    def reached(self, pages: Pages) -> bool | None:
        """Whether the budget is; None where there is none."""
        if self.most is None and self.times is None:
            return None
        small = self.most is None or max(self.read(pages[OURS])) <= self.most
        ratios = [self.ratio(pages, peer) for peer in PEERS]
        return small and (self.times is None or all(one >= self.times for one in ratios))

    def ratio(self, pages: Pages, peer: str) -> float:
        """How many times as much as our planners' page; NaN if that has none."""
        ours, theirs = (statistics.median(self.read(pages[name])) for name in (OURS, peer))
        return theirs / ours if ours else float("nan")

    @property
    def budget(self) -> str:
        most = [] if self.most is None else [f"≤ {self.most:,.0f}"]
        times = [] if self.times is None else [f"≥ {self.times:.0f}×"]
        return ", ".join(most + times)


def _when_opened(profile: str, name: str) -> Read:
    """A figure of every opening under a profile."""
    return lambda page: [getattr(one, name) for one in page.opened[profile]]


FIGURES = (
    Figure("html, kB", lambda page: [len(page.html) / 1e3], most=400, times=40),
    Figure("gzip -6, kB", lambda page: [len(gzip.compress(page.html, 6)) / 1e3], times=30),
    Figure("requests", lambda page: [one.requests for one in page.openings], most=0),
    Figure("console errors", lambda page: [len(one.errors) for one in page.openings], most=0),
    Figure("build, s", lambda page: page.seconds, times=5, decimals=2),
    Figure("desktop: picture, ms", _when_opened("desktop", "picture_ms"), times=4),
    Figure("desktop: live, ms", _when_opened("desktop", "live_ms"), times=2),
    Figure("desktop: heap, MB", _when_opened("desktop", "heap_mb"), times=4, decimals=1),
    Figure("phone: picture, ms", _when_opened("phone", "picture_ms"), times=8),
    Figure("phone: live, ms", _when_opened("phone", "live_ms"), times=4),
    Figure("phone: heap, MB", _when_opened("phone", "heap_mb"), decimals=1),
    Figure("shapes drawn", _when_opened("desktop", "shapes")),
)

#: One page of all Japan may have so many kB, and take so many times as long per zone as Chiba's.
MOST_KB, MOST_PER_ZONE = 3000, 3.0


def cell(figures: list[float], decimals: int) -> str:
    """Median, least and most; one figure if they are the same, a dash if there are none."""
    if not figures:
        return "–"
    median, least, most = (
        f"{one:,.{decimals}f}" for one in (statistics.median(figures), min(figures), max(figures))
    )
    return median if least == median == most else f"{median} ({least} to {most})"


def said(reached: bool | None) -> str:
    return {True: "reached", False: "**not reached**", None: ""}[reached]


def table(pages: Pages) -> Iterator[str]:
    """All pages of Chiba City, figure by figure."""
    shown = [name for name in pages if name != JAPAN]
    yield _row("", *shown, *(f"{peer} ÷ {OURS}" for peer in PEERS), f"budget of {OURS}", "")
    yield _row("---", *["---:"] * (len(shown) + len(PEERS) + 2))
    for figure in FIGURES:
        cells = [cell(figure.read(pages[name]), figure.decimals) for name in shown]
        ratios = [figure.ratio(pages, peer) for peer in PEERS]
        times = [f"{one:.1f}" if one == one else "–" for one in ratios]
        yield _row(figure.title, *cells, *times, figure.budget, said(figure.reached(pages)))


def japan_table(pages: Pages) -> Iterator[str]:
    """One page of all Japan beside that of Chiba City."""
    two = (pages[JAPAN], pages[OURS])
    yield _row("", "Japan", "Chiba", "Japan ÷ Chiba", "budget", "")
    yield _row("---", *["---:"] * 5)
    yield _row("zones at first", *(f"{page.zones:,}" for page in two), "", "", "")
    for figure in FIGURES:
        figures = [figure.read(page) for page in two]
        if all(figures):
            budget = [f"≤ {MOST_KB:,}", said(figures[0][0] <= MOST_KB)]
            cells = (cell(one, figure.decimals) for one in figures)
            yield _row(figure.title, *cells, "", *(budget if figure is FIGURES[0] else ["", ""]))
    for profile in PROFILES:
        each = [[one.live_ms / page.zones for one in page.opened[profile.name]] for page in two]
        times = statistics.median(each[0]) / statistics.median(each[1])
        budget = [f"{times:.2f}", f"≤ {MOST_PER_ZONE:.0f}×", said(times <= MOST_PER_ZONE)]
        yield _row(f"{profile.name}: live, ms per zone", *(cell(one, 2) for one in each), *budget)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def complaints(pages: Pages) -> list[str]:
    """The errors on the console of each page that has any."""
    found = {name: {error for one in page.openings for error in one.errors}
             for name, page in pages.items()}  # fmt: skip
    return [f"{name}: {'; '.join(sorted(errors))}" for name, errors in found.items() if errors]
