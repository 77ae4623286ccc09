"""What reading boundaries costs: Fiona, pyogrio, pyogrio with Arrow, and keniki with its proofs.

The file is made: towns of thirty corners each, with names in Japanese. All ways give the same total
area, or the measurement stops.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import fiona
import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from benchmarks.side_by_side import in_turn, ratios, write_between
from geo.boundaries import read_zones
from geo.plan import Boundary

SUFFIXES = (".gpkg", ".fgb", ".shp", ".geojson")
CRS = "EPSG:6677"
BASE = "pyogrio"


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


def ways_to_read(path: Path) -> dict[str, Callable[[], gpd.GeoDataFrame]]:
    boundary = Boundary(file=path.name, id="id", name="name")
    ways: dict[str, Callable[[], gpd.GeoDataFrame]] = {
        "Fiona": lambda: by_fiona(path),
        BASE: lambda: pyogrio.read_dataframe(path),
        "keniki": lambda: read_zones(path, boundary, CRS, lambda finding: None).zones,
    }
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        print("pyarrow is not installed: without the way by Arrow")
    else:
        ways["pyogrio + Arrow"] = lambda: pyogrio.read_dataframe(path, use_arrow=True)
    return ways


def measure(path: Path, rounds: int, total_m2: float) -> list[str]:
    """The rows of the table for one file."""
    ways = ways_to_read(path)
    for name, way in ways.items():
        if abs(way().to_crs(CRS).area.sum() / total_m2 - 1) > 1e-6:
            raise SystemExit(f"{path.name}: {name} reads something else")
    seconds = in_turn(ways, rounds)
    rows = []
    for name, (least, median, most) in ratios(seconds, BASE).items():
        figures = (statistics.median(seconds[name]), least, median, most)
        said = " | ".join(f"{figure:.2f}" for figure in figures)
        rows.append(f"| {path.suffix[1:]} | {name} | {said} |")
    return rows


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks read", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    asked = parser.parse_args(arguments)
    frame = towns(asked.rows)
    table = [
        f"{asked.rows:,} polygons, {asked.rounds} rounds in turn; GDAL {fiona.__gdal_version__} in "
        f"Fiona {fiona.__version__}, {'.'.join(map(str, pyogrio.__gdal_version__))} in pyogrio "
        f"{pyogrio.__version__}. Times as long as pyogrio, round by round.",
        "",
        "| format | way | median s | least | median | most |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for suffix in SUFFIXES:
            path = Path(folder) / f"towns{suffix}"
            frame.to_file(path)
            table += measure(path, asked.rounds, frame.area.sum())
            print(*table[-4:], sep="\n", flush=True)
    if asked.write:
        write_between("read", "\n".join(table))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
