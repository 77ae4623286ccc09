"""Made cities of square towns, drawn by hand or at random."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import shapely
from conftest import grid, of_towns, people

from geo.blocks import Blocks, blocks
from geo.cutting import OUTSIDE
from geo.layers import NO_COUNTS, Counts
from geo.partition import Partition

SIDE_M = 100.0


def drawn(words: str) -> dict[str, str]:
    """A map with a word for each town, the northern row first: the word of each town by its id.

    >>> drawn("A B / C D")
    {'2': 'A', '3': 'B', '0': 'C', '1': 'D'}
    """
    rows = [row.split() for row in words.split("/")][::-1]
    across = len(rows[0])
    ids = {(x, y): str(y * across + x) for y in range(len(rows)) for x in range(across)}
    return {ids[x, y]: rows[y][x] for y in reversed(range(len(rows))) for x in range(across)}


def layer(key: str, words: str) -> Partition:
    """A partition made of the towns of a map; "-" is in no zone."""
    members = drawn(words)
    towns = towns_of(words)
    return of_towns(key, towns, {town: zone for town, zone in members.items() if zone != "-"})


def towns_of(words: str) -> Partition:
    rows = words.split("/")
    return grid(len(rows[0].split()), len(rows))


def figures(words: str) -> dict[str, float | None]:
    """A number for each town; "-" is not known."""
    return {town: None if word == "-" else float(word) for town, word in drawn(words).items()}


def city(
    kept: str,
    moving: str,
    lives: str | None = None,
    *,
    wards: str | None = None,
    old: str | None = None,
) -> Blocks:
    """A city of towns of 100 m × 100 m from maps of its zones, people and wards."""
    counts: Counts = NO_COUNTS
    if lives is not None:
        counts = people(figures(lives), **({} if old is None else {"old": figures(old)}))
    lines = None if wards is None else layer("ward", wards)
    return blocks(layer("kept", kept), layer("moving", moving), towns_of(kept), wards=lines,
                  counts=counts)  # fmt: skip


@cache
def at_random(seed: int, across: int = 8, up: int = 4, *, nested: bool = False) -> Blocks:
    """Two wards; zones with exclaves that keep to them; kept zones that need not (`nested`: do)."""
    rng = np.random.default_rng(seed)
    towns = grid(across, up)
    spots = shapely.get_coordinates(shapely.centroid(towns.zones.geometry.to_numpy()))
    ward = (spots[:, 0] > across * SIDE_M / 2).astype(int)

    def near(count: int, by_ward: bool) -> list[str]:
        at = np.stack([rng.uniform(spots.min(0), spots.max(0), (count, 2)) for _ in range(2)])
        zone = np.linalg.norm(spots[:, None] - at[ward * by_ward], axis=2).argmin(axis=1)
        astray = rng.random(len(zone)) < 0.1
        zone[astray] = rng.integers(0, count, astray.sum())
        return [f"{ward[town] * by_ward}{one}" for town, one in enumerate(zone)]

    def made(key: str, zones: list[str]) -> Partition:
        return of_towns(key, towns, dict(zip(towns.zones.index, zones, strict=True)))

    lives = rng.integers(0, 40, len(spots)).astype(float)
    lives[rng.random(len(spots)) < 0.1] = np.nan
    counts = people(dict(zip(towns.zones.index, lives.tolist(), strict=True)))
    kept = made("kept", near(4 if nested else 9, nested))
    return blocks(kept, made("moving", near(3, True)), towns,
                  wards=made("ward", [str(one) for one in ward]), counts=counts)  # fmt: skip


def map_of(made: Blocks, zone: pd.Series) -> str:
    """The zones of uncut towns as a map, the northern row first."""
    y = shapely.get_y(shapely.centroid(made.table.geometry.to_numpy()))
    x = shapely.get_x(shapely.centroid(made.table.geometry.to_numpy()))
    rows = pd.DataFrame({"y": -y, "x": x, "zone": zone.replace(OUTSIDE, "-")}).sort_values(
        ["y", "x"]
    )
    return " / ".join(" ".join(row) for _, row in rows.groupby("y")["zone"])


def minority(made: Blocks, zone: pd.Series, *, reverse: bool = False) -> float:
    """People outside the largest fragment of the zone to be made whole that they live in."""
    table = pd.DataFrame({"kept": made.table["kept_id"], "zone": zone})
    table["weight"] = made.table[made.weight]
    table = table[(table["kept"] != OUTSIDE) & (table["zone"] != OUTSIDE)]
    fragments = table.groupby(["kept", "zone"])["weight"].sum()
    whole = fragments.groupby(level="zone" if reverse else "kept")
    return float((whole.sum() - whole.max()).sum())
