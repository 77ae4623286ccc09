"""What a page costs its reader and its maker: keniki, stock folium and geopandas.explore.

All three show the same layers of Chiba City. Pages are opened in Chromium in turn, round by round,
with no cache: on a desktop from the disk, on a phone (4 times slower, 9 Mbit/s, 150 ms) over a
network that zips. Hosts are answered on this machine. *Picture*: first contentful paint. *Live*:
two frames after the number of shapes that Leaflet has drawn (SVG paths in its panes, its paths on
a canvas) changed last before standing still for 1.2 s. *Heap*: JavaScript's then, after garbage
collection. *Build*: one page made in Python from data that are read and measured already.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from benchmarks import budgets, nationwide, stock
from benchmarks.browser import DESKTOP, chromium, opened
from benchmarks.budgets import EXPLORE, FOLIUM, JAPAN, OURS, PROFILES, Measured, Pages
from benchmarks.layers import CHIBA, data_are_here
from benchmarks.network import network
from benchmarks.side_by_side import in_turn, write_between
from geo import maps, pipeline, proposal_tables, tables
from geo.choropleth import indicators
from geo.plan import PlannerMap, Role
from geo.plan_file import load_plan
from geo.study import Pair, Study

#: Our other pages show less than the planners': their figures are said beside, without ratios.
OTHERS = ("council", "embed")


def build(folder: Path, rounds: int, asked: list[Pair] | None, *, with_japan: bool) -> Pages:
    """All pages in `folder`, and how long those of the same layers took."""
    study = pipeline.compute(load_plan(CHIBA))
    pipeline.write(study, folder, sheets=False)
    pages = {OURS: Measured(folder / "planner.html", zones_at_first(study))}
    for name in OTHERS:
        pages[name] = Measured(min(folder.glob(f"{name}*.html")))
    figures = indicators(study, list(study.partitions.values()))
    coloured = [(one.layer, one.key) for one in figures] if asked is None else asked
    layers = stock.layers(study, planner_map(study).compare, coloured)
    peers = {FOLIUM: partial(stock.by_folium, layers), EXPLORE: partial(stock.by_explore, layers)}
    for name, way in peers.items():
        pages[name] = Measured(folder / f"{name.replace(' ', '-')}.html")
        pages[name].file.write_text(way(), encoding="utf-8")
    for name, seconds in in_turn({OURS: our_way(study), **peers}, rounds).items():
        pages[name].seconds = seconds
    if with_japan:
        pages[JAPAN] = japan(folder / "japan")
    return pages


def our_way(study: Study) -> Callable[[], str]:
    """The planners' page alone."""
    page = planner_map(study)
    proposed = proposal_tables.proposal_tables(study.proposals) if study.proposals else []
    made = tables.tables(study, proposed)
    return lambda: maps.planner(study, page, made)


def planner_map(study: Study) -> PlannerMap:
    """What the plan says of its planners' page."""
    return next(page for page in study.plan.map if isinstance(page, PlannerMap))


def zones_at_first(study: Study) -> int:
    """How many zones the planners' page shows when it opens: all but the towns."""
    partitions = study.partitions.values()
    return sum(len(one.zones) for one in partitions if one.role is not Role.UNITS)


def japan(folder: Path) -> Measured:
    """The planners' page of all Japan, in a new `folder`."""
    folder.mkdir()
    study = pipeline.compute(load_plan(nationwide.plan_file(folder)))
    pipeline.write(study, folder, sheets=False)
    page = (folder / "planner.html").rename(folder / "japan.html")
    return Measured(page, zones_at_first(study))


def open_all(pages: Pages, folder: Path, rounds: int) -> str:
    """Open all pages in turn, every round another one first; returns the version of Chromium.

    The first opening of each is lost.
    """
    names = list(pages)
    bodies = {page.file.name: page.html for page in pages.values()}
    with network(bodies, folder) as hosts, chromium(hosts.port) as browser:
        for page in pages.values():
            opened(browser, page.file, DESKTOP)
        for turn in range(rounds):
            first = turn % len(names)
            for profile in PROFILES:
                for name in names[first:] + names[:first]:
                    found = opened(browser, pages[name].file, profile)
                    pages[name].opened.setdefault(profile.name, []).append(found)
                    print(f"{turn + 1}, {profile.name}, {name}: {found}", flush=True)
        if hosts.missed:
            raise SystemExit(f"not on the local network: {', '.join(sorted(hosts.missed))}")
        return browser.version


def report(pages: Pages, browser: str, rounds: int, asked: list[Pair] | None) -> str:
    """All that is written into the README."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("folium", "geopandas"))
    coloured = "all that ours has" if asked is None else ", ".join(map(":".join, asked)) or "none"
    complaints = budgets.complaints(pages)
    return "\n".join(
        [
            f"{packages}, Chromium {browser}, {os.cpu_count()} cores, rounds in turn: {rounds}. "
            "Median (least to most); ratios are those of the medians. Layers of coloured figures "
            f"in the pages of the peers: {coloured}.",
            "",
            *budgets.table(pages),
            *(["", *budgets.japan_table(pages)] if JAPAN in pages else []),
            *(["", f"Console errors: {'. '.join(complaints)}."] if complaints else []),
        ]
    )


def _indicator(text: str) -> Pair:
    partition, count = text.split(":")
    return partition, count


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks maps", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--indicators",
        metavar="PARTITION:COUNT",
        nargs="+",
        type=_indicator,
        default=None,
        help="figures that peers get a layer for (default: all that our page colours zones by)",
    )
    parser.add_argument(
        "--without-japan", action="store_true", help="leave out the nationwide page"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    asked = parser.parse_args(arguments)
    if not data_are_here():
        raise SystemExit("set KENIKI_DATA to the folder of the data")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = build(folder, asked.rounds, asked.indicators, with_japan=not asked.without_japan)
        browser = open_all(pages, folder, asked.rounds)
        told = report(pages, browser, asked.rounds, asked.indicators)
    print(told)
    if asked.write:
        write_between("maps", told)
