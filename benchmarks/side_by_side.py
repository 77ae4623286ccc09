"""Ways to do the same thing, timed in turn, so that a slow moment of the machine hits them all."""

from __future__ import annotations

import ctypes
import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path

README = Path(__file__).parent / "README.md"


def in_turn(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way in each round; every round starts with another way, the first is lost."""
    names = list(ways)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            gc.collect()
            start = time.perf_counter()
            ways[name]()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def ratios(seconds: dict[str, list[float]], to: str) -> dict[str, tuple[float, float, float]]:
    """How many times as long as the way `to`, round by round: least, median, most."""
    found = {}
    for name, its in seconds.items():
        each = [mine / theirs for mine, theirs in zip(its, seconds[to], strict=True)]
        found[name] = (min(each), statistics.median(each), max(each))
    return found


def times_as_fast(
    seconds: dict[str, list[float]], as_: str
) -> dict[str, tuple[float, float, float]]:
    """How many times as fast as the way `as_`, round by round: least, median, most."""
    found = {}
    for name, its in seconds.items():
        each = [theirs / mine for mine, theirs in zip(its, seconds[as_], strict=True)]
        found[name] = (min(each), statistics.median(each), max(each))
    return found


def peak_mb(way: Callable[[], object]) -> float:
    """How far the memory of this process rises while `way` runs, in MB; NaN but on Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what loading has left free would hide what the way takes
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew: proc(5)
    before = _megabytes(status, "VmRSS")
    way()
    return _megabytes(status, "VmHWM") - before


def _megabytes(status: Path, name: str) -> float:
    line = next(line for line in status.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024 / 1e6


def write_between(marker: str, text: str) -> None:
    """Put `text` into README.md between the comments `<!-- marker -->` and `<!-- /marker -->`."""
    start, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    whole = README.read_text(encoding="utf-8")
    before, rest = whole.split(start, 1)
    after = rest.split(end, 1)[1]
    README.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")
