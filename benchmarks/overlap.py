"""What overlaps cost: keniki side by side with geopandas.overlay, maup, tobler and plain shapely.

All ways answer the same question (which polygons share how many m²) about the same layers, in turn;
where answers differ pair by pair, the measurement stops. Memory is the peak of a fresh process for
each way, above what it holds once the layers are loaded.
"""

from __future__ import annotations

import argparse
import os
import statistics
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import get_context

import numpy as np
import shapely

from benchmarks.layers import CASES, Case, Layers, made_layers
from benchmarks.peers import BY_TOWNS, OVERLAY, WAYS, Shared, compared
from benchmarks.side_by_side import in_turn, peak_mb, times_as_fast, write_between

#: One question at three sizes: how fast the cost grows.
GROWTH = ("towns-right-20000", "towns-right-72000", "towns-right-200000")


@dataclass(frozen=True)
class Measured:
    """One case: seconds of each way round by round, peaks in MB."""

    case: Case
    polygons: tuple[int, int]
    vertices: int
    pairs: int
    rounds: int
    seconds: dict[str, list[float]]
    peaks_mb: dict[str, float]


def measure(case: Case, rounds: int) -> Measured:
    """Times and peaks of all ways that can take the case, once their answers agree."""
    layers = case.load()
    answers: dict[str, Shared] = {}
    names = [name for name in WAYS if takes(name, layers)]
    rounds = min(rounds, case.most_rounds)
    seconds = in_turn({name: _kept(name, layers, answers) for name in names}, rounds)
    for name in names:
        _stop_if_apart(case, layers, name, answers)
    return Measured(
        case=case,
        polygons=(len(layers.left), len(layers.right)),
        vertices=layers.vertices,
        pairs=len(answers[OVERLAY].i),
        rounds=rounds,
        seconds=seconds,
        peaks_mb={name: peak_alone(case, name) for name in names},
    )


def takes(name: str, layers: Layers) -> bool:
    """Whether a way is here and possible."""
    if name in ("maup", "tobler"):
        return find_spec(name) is not None
    return name != BY_TOWNS or layers.by_towns is not None


def _kept(name: str, layers: Layers, answers: dict[str, Shared]) -> Callable[[], None]:
    """The way as it is timed; its last answer stays in `answers`."""
    return lambda: answers.update({name: WAYS[name](layers)})


def _stop_if_apart(case: Case, layers: Layers, name: str, answers: dict[str, Shared]) -> None:
    apart = compared(answers[name], answers[OVERLAY], layers, name)
    if apart:
        i, j, ours, theirs = apart[0]
        raise SystemExit(
            f"{case.key}: {name} differs from {OVERLAY} on {len(apart)} pairs: "
            f"rows {i} and {j} share {ours} m², not {theirs} m²"
        )


def peak_alone(case: Case, name: str) -> float:
    """The peak of a way in MB, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_peak, case.load, name).result()


def _peak(load: Callable[[], Layers], name: str) -> float:
    warnings.simplefilter("ignore")
    WAYS[name](made_layers("towns", "right", 100))  # libraries are not what is measured
    return peak_mb(partial(WAYS[name], load()))


def times(all_measured: list[Measured]) -> list[str]:
    """The table of times."""
    ours = [name for name in WAYS if name != OVERLAY]
    rows = [
        _row("layers", "polygons", "pairs", "rounds", f"{OVERLAY}, s", *ours),
        _rule(4 + len(WAYS)),
    ]
    for one in all_measured:
        fast = times_as_fast(one.seconds, OVERLAY)
        cells = [
            "{1:.1f} ({0:.1f} to {2:.1f})".format(*fast[way]) if way in fast else "–"
            for way in ours
        ]
        polygons = " × ".join(f"{count:,}" for count in one.polygons)
        base = f"{statistics.median(one.seconds[OVERLAY]):.2f}"
        rows.append(_row(one.case.title, polygons, f"{one.pairs:,}", str(one.rounds), base, *cells))
    return rows


def memory(all_measured: list[Measured]) -> list[str]:
    """The table of peaks."""
    rows = [_row("layers", *WAYS), _rule(1 + len(WAYS))]
    for one in all_measured:
        cells = [f"{one.peaks_mb[way]:,.0f}" if way in one.peaks_mb else "–" for way in WAYS]
        rows.append(_row(one.case.title, *cells))
    return rows


def growth(all_measured: list[Measured]) -> list[str]:
    """The exponent of each way: seconds grow as vertices to this power."""
    sizes = [one for one in all_measured if one.case.key in GROWTH]
    if len(sizes) < len(GROWTH):
        return []
    vertices = np.log([one.vertices for one in sizes])
    said = []
    for name in WAYS:
        if all(name in one.seconds for one in sizes):
            seconds = np.log([statistics.median(one.seconds[name]) for one in sizes])
            said.append(f"{name} {np.polyfit(vertices, seconds, 1)[0]:.2f}")
    millions = ", ".join(f"{one.vertices / 1e6:.1f}" for one in sizes)
    return [
        "",
        f"Growth over {millions} million vertices (towns × zones, exact borders); time grows as "
        f"vertices to the power of: {', '.join(said)}.",
    ]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _row("---", *["---:"] * (columns - 1))


def left_out(all_measured: list[Measured]) -> list[str]:
    """What this run did not measure."""
    measured = {one.case.key for one in all_measured}
    titles = [case.title for case in CASES if case.key not in measured]
    return ["", f"Not measured in this run: {'; '.join(titles)}."] if titles else []


def report(all_measured: list[Measured]) -> str:
    """All that is written into the README."""
    peers = [name for name in ("geopandas", "maup", "tobler") if find_spec(name)]
    versions = ", ".join(f"{name} {version(name)}" for name in (*peers, "shapely"))
    return "\n".join(
        [
            f"{versions} (GEOS {shapely.geos_version_string}), {os.cpu_count()} cores. Times as "
            f'fast as `{OVERLAY}(how="intersection")` in the same round: median (least to most).',
            "",
            *times(all_measured),
            "",
            "Peak memory of a fresh process above the loaded layers, in MB.",
            "",
            *memory(all_measured),
            *growth(all_measured),
            *left_out(all_measured),
        ]
    )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks overlap", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    keys = ", ".join(case.key for case in CASES)
    parser.add_argument("--only", metavar="CASE", nargs="+", help=f"patterns for: {keys}")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    asked = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    all_measured = []
    for case in CASES:
        if asked.only and not any(fnmatch(case.key, pattern) for pattern in asked.only):
            continue
        if not case.is_here:
            print(f"{case.key}: left out, set KENIKI_DATA to the folder of the data")
            continue
        all_measured.append(measure(case, asked.rounds))
        print(*times(all_measured[-1:]), *memory(all_measured[-1:]), sep="\n", flush=True)
    print(report(all_measured))
    if asked.write:
        write_between("overlap", report(all_measured))
