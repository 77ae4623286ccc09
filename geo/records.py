"""Fiona looks into a file that cannot be read as a whole, record by record: where does it break?

It looks in a process of its own. Fiona ends the process (a segmentation fault in 1.10, not an
exception) where GDAL's words about a damaged file are not UTF-8, and damaged files have such words.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import fiona
from fiona.errors import FionaError

#: Longer than this (s) nobody waits to learn where a broken file breaks.
_PATIENCE_S = 60


@dataclass(frozen=True)
class Look:
    """What Fiona saw: columns, and how many records came whole before the first that did not."""

    columns: tuple[str, ...]
    whole: int


def look(path: Path, layer: str) -> Look | None:
    """What there is in a layer before it breaks; None if nothing can be seen."""
    command = [sys.executable, "-P", "-W", "ignore", "-m", "geo.records", str(path), layer]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, no shell)
            command, capture_output=True, timeout=_PATIENCE_S, check=True
        )
        found = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError):
        return None
    return Look(tuple(found["columns"]), found["whole"])


def saw(path: Path, layer: str) -> Look:
    """The same, here and now: only for a process that may end."""
    whole = 0
    columns: tuple[str, ...] = ()
    try:
        with fiona.open(path, layer=layer) as file:
            columns = tuple(file.schema["properties"])
            for record in file:
                if record.geometry is None:
                    break
                whole += 1
    except (FionaError, ValueError, RuntimeError):
        pass
    return Look(columns, whole)


if __name__ == "__main__":
    seen = saw(Path(sys.argv[1]), sys.argv[2])
    print(json.dumps({"columns": seen.columns, "whole": seen.whole}))
