"""What reading boundaries costs: Fiona, pyogrio, pyogrio with Arrow, and keniki with its proofs.

The file is made: towns of thirty corners each, with names in Japanese. All ways give the same rows
and shapes, or the measurement stops. Each round is compared with the faster of the ways of pyogrio
in that round; Fiona is measured once, since it takes longer than all others together.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import fiona
import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from benchmarks.side_by_side import in_turn, peak_mb, ratios, write_between
from geo import formats
from geo.boundaries import read_zones
from geo.bulk import read_all
from geo.plan import Boundary
from geo.rows import Bools, Shapes, uncollected

Ways = dict[str, Callable[[], gpd.GeoDataFrame]]

SUFFIXES = (".gpkg", ".fgb", ".shp", ".geojson")
CRS = "EPSG:6677"
BASE = "the fastest"
COLUMNS = ["id", "name", "people"]


def towns(count: int) -> gpd.GeoDataFrame:
    """`count` circles of thirty corners in a square grid, 100 m apart."""
    turn = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    ring = 45 * np.column_stack([np.cos(turn), np.sin(turn)])
    across = int(np.ceil(np.sqrt(count)))
    places = 100.0 * np.column_stack(np.divmod(np.arange(count), across))
    shapes = shapely.polygons(places[:, None, :] + ring)
    names = [f"幕張本郷{i % 97}丁目" for i in range(count)]
    columns = {"id": [f"{i:011d}" for i in range(count)], "name": names, "people": range(count)}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def by_fiona(path: Path) -> gpd.GeoDataFrame:
    with fiona.open(path) as file:
        return gpd.GeoDataFrame.from_features(file, crs=file.crs)


def by_keniki(path: Path) -> gpd.GeoDataFrame:
    boundary = Boundary(file=path.name, id="id", name="name")
    file = read_zones(path, boundary, CRS, lambda finding: None)
    return file.zones.assign(**file.attributes)


@uncollected()
def unproved(path: Path) -> gpd.GeoDataFrame:
    """What keniki does before anything is proved, so that the rest of its time is the proofs'."""

    def all_are(shapes: Shapes) -> Bools:
        return np.ones(len(shapes), dtype=bool)

    with (
        mock.patch("geo.bulk.are_sound", all_are),
        mock.patch("geo.rows.are_sound", all_are),
        formats.opened(path, None) as layer,
    ):
        return read_all(layer, path, path).frame


def others(path: Path) -> Ways:
    ways: Ways = {"pyogrio": lambda: pyogrio.read_dataframe(path)}
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        print("pyarrow is not installed: without the way by Arrow")
    else:
        ways["pyogrio + Arrow"] = lambda: pyogrio.read_dataframe(path, use_arrow=True)
    return ways


def drawn(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    return shapely.to_wkb(frame.geometry.to_numpy())


def check(path: Path, ways: Ways) -> None:
    """Stop unless all ways give the same rows with the same shapes."""
    first, *rest = ((name, way().sort_values("id")) for name, way in ways.items())
    for name, its in rest:
        same_text = all((its[column].array == first[1][column].array).all() for column in COLUMNS)
        if not same_text or (drawn(its) != drawn(first[1])).any():
            raise SystemExit(f"{path.name}: {name} and {first[0]} read different things")


def measure(path: Path, rounds: int, *, with_fiona: bool) -> list[str]:
    """The rows of the table for one file."""
    peers = others(path)
    keniki = {"keniki unproved": lambda: unproved(path), "keniki": lambda: by_keniki(path)}
    check(path, peers | keniki)
    seconds = in_turn(peers | keniki, rounds)
    if with_fiona:  # once: it takes longer than all others together
        start = time.perf_counter()
        frame = by_fiona(path)
        seconds["Fiona"] = [time.perf_counter() - start] * rounds
        check(path, {"pyogrio": peers["pyogrio"], "Fiona": lambda: frame})
    seconds[BASE] = [min(its) for its in zip(*(seconds[name] for name in peers), strict=True)]
    memory = {name: f"{peak_mb(way):,.0f}" for name, way in (peers | keniki).items()}
    lines = []
    for name, (least, median, most) in ratios(seconds, BASE).items():
        figures = (statistics.median(seconds[name]), least, median, most)
        said = " | ".join(f"{figure:.2f}" for figure in figures)
        lines.append(f"| {path.suffix[1:]} | {name} | {said} | {memory.get(name, '')} |")
    lines.pop()  # the fastest itself
    whole, bare = (statistics.median(seconds[name]) for name in ("keniki", "keniki unproved"))
    return [
        *lines,
        f"| {path.suffix[1:]} | of keniki, its proofs | {1 - bare / whole:.0%} | | | | |",
    ]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks read", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--formats", nargs="+", choices=SUFFIXES, default=SUFFIXES)
    parser.add_argument("--without-fiona", action="store_true", help="which takes minutes")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    asked = parser.parse_args(arguments)
    frame = towns(asked.rows)
    table = [
        f"{asked.rows:,} polygons, {asked.rounds} rounds in turn on {os.cpu_count()} cores; GDAL "
        f"{fiona.__gdal_version__} in Fiona {fiona.__version__}, "
        f"{'.'.join(map(str, pyogrio.__gdal_version__))} in pyogrio {pyogrio.__version__}. Times "
        "as long as the faster way of pyogrio, round by round; MB at the peak.",
        "",
        "| format | way | median s | least | median | most | MB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for suffix in asked.formats:
            path = Path(folder) / f"towns{suffix}"
            frame.to_file(path)
            found = measure(path, asked.rounds, with_fiona=not asked.without_fiona)
            print(*found, sep="\n", flush=True)
            table += found
    if asked.write:
        write_between("read", "\n".join(table))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
