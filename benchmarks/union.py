"""What joining towns into zones costs: geopandas.dissolve in its two ways, and keniki.

`dissolve` unites shape by shape; `dissolve(method="coverage")` trusts that towns meet exactly;
keniki (geo.coverage.unite_by) proves that they do, then takes the fast way too. All give the same
zones, or the measurement stops.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable

import geopandas as gpd
import shapely

from benchmarks.layers import chiba_towns, data_are_here
from benchmarks.made import SIZES, layer
from benchmarks.side_by_side import in_turn, times_as_fast, write_between
from geo.coverage import unite_by

DISSOLVE = "dissolve"
WAYS: dict[str, Callable[[gpd.GeoDataFrame], gpd.GeoSeries]] = {
    DISSOLVE: lambda towns: towns.dissolve("zone", method="unary").geometry,
    "dissolve, coverage": lambda towns: towns.dissolve("zone", method="coverage").geometry,
    "keniki": lambda towns: gpd.GeoSeries(unite_by(towns.geometry, towns["zone"]), crs=towns.crs),
}


def cases(largest: int) -> dict[str, gpd.GeoDataFrame]:
    """Towns with the column `zone` (text): real ones where they are, and made ones."""
    found = {}
    if data_are_here():
        found["Chiba: towns into care areas"] = chiba_towns("care")
    for count in SIZES:
        if count <= largest:
            towns = layer("towns", count)
            found[f"{count:,} towns"] = towns.assign(zone=towns["right"].astype(str))
    return found


def measure(title: str, towns: gpd.GeoDataFrame, rounds: int) -> str:
    """The row of the table for one layer of towns."""
    zones = {name: way(towns) for name, way in WAYS.items()}
    expected = zones[DISSOLVE]
    for name, its in zones.items():
        apart = shapely.area(shapely.symmetric_difference(its.loc[expected.index], expected))
        if len(its) != len(expected) or (apart > 1e-9 * expected.area).any():
            raise SystemExit(f"{title}: {name} makes other zones, {apart.max()} m² apart")
    seconds = in_turn({name: lambda way=way: way(towns) for name, way in WAYS.items()}, rounds)
    fast = times_as_fast(seconds, DISSOLVE)
    cells = [f"{median:.1f} ({least:.1f} to {most:.1f})" for least, median, most in fast.values()]
    base = f"{statistics.median(seconds[DISSOLVE]):.2f}"
    return f"| {title} | {len(expected):,} | {base} | {' | '.join(cells[1:])} |"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks union", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=72_000, help="at most so many made towns")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    asked = parser.parse_args(arguments)
    table = [
        f"{asked.rounds} rounds in turn; times as fast as `dissolve` in the same round: median "
        "(least to most).",
        "",
        f"| towns | zones | {DISSOLVE}, s | {' | '.join(list(WAYS)[1:])} |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for title, towns in cases(asked.largest).items():
        table.append(measure(title, towns, asked.rounds))
        print(table[-1], flush=True)
    if asked.write:
        write_between("union", "\n".join(table))
