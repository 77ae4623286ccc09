"""Overlap areas as PostGIS has them, in a server of our own that lives as long as these tests.

It needs the server and the extension, such as Debian's `postgresql-15-postgis-3`; nothing listens
on the network, and nothing of it stays.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import shapely

from benchmarks import made
from benchmarks.fuzz import as_table, last_digits_m2, snapped_m2
from benchmarks.random_layers import KINDS, Shapes, pair_of_layers
from geo.areas import overlap_areas

INSTALL = "PostGIS is not installed: apt-get install postgresql-15-postgis-3 (or what is like it)"

TABLES = """
CREATE EXTENSION postgis;
CREATE TABLE "left" (pair int, i int, shape geometry);
CREATE TABLE "right" (pair int, j int, shape geometry);
"""

SHARED = """
SELECT pair, i, j, ST_Area(ST_Intersection("left".shape, "right".shape))
FROM "left" JOIN "right" USING (pair) WHERE ST_Intersects("left".shape, "right".shape);
"""


@dataclass(frozen=True)
class Server:
    """A cluster in `folder`, reached through a socket in it, run by `user` (None: by ourselves)."""

    programs: Path
    folder: Path
    user: str | None

    def run(self, program: str, *arguments: str, text: str = "") -> str:
        """What a program of PostgreSQL writes; a fault of it is a fault of the test."""
        done = subprocess.run(
            [self.programs / program, *arguments],
            input=text,
            capture_output=True,
            text=True,
            user=self.user,
            cwd=self.folder,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def sql(self, text: str) -> list[list[str]]:
        """The rows that statements give."""
        flags = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
        told = self.run("psql", *flags, "-h", str(self.folder), "-d", "postgres", text=text)
        return [line.split("|") for line in told.splitlines()]


def programs() -> Path | None:
    """The folder of a PostgreSQL that has PostGIS."""
    on_path = [Path(found).parent for found in (shutil.which("pg_config"),) if found]
    for folder in [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *on_path]:
        asked = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
        )
        control = Path(asked.stdout.strip()) / "extension" / "postgis.control"
        if (folder / "initdb").exists() and control.exists():
            return folder
    return None


def whoever_may() -> str | None:
    """PostgreSQL refuses root: then its own user runs it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    found = programs()
    if found is None:
        pytest.skip(INSTALL)
    user = whoever_may()
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        if user is not None:
            shutil.chown(name, user)
        own = Server(found, Path(name), user)
        own.run("initdb", "-D", "data", "--auth=trust", "--no-sync", "--locale=C", "-E", "UTF8")
        settings = f"-k {name} -c listen_addresses= -c fsync=off"
        own.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", settings, "start")
        try:
            yield own
        finally:
            own.run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")


def layers() -> list[tuple[Shapes, Shapes]]:
    """Some of every kind that GEOS can be trusted with, and winding towns."""
    kinds = [kind for kind in KINDS if kind not in ("needles", "winding")]
    pairs = [pair_of_layers(seed, kind)[1:] for kind in kinds for seed in range(8)]
    return [*pairs, (made.towns(150), made.towns(20, across_m=1000, seed=2))]


def test_areas_of_postgis(server: Server) -> None:
    """Some thousand pairs of polygons, those that only touch included."""
    pairs = layers()
    rows = {"left": [], "right": []}
    for number, pair in enumerate(pairs):
        for name, shapes in zip(rows, pair, strict=True):
            texts = shapely.to_wkb(shapes, hex=True)
            rows[name] += [f"{number}\t{k}\t{text}\n" for k, text in enumerate(texts)]
    copies = [f'COPY "{name}" FROM STDIN;\n{"".join(its)}\\.\n' for name, its in rows.items()]
    theirs = np.array(server.sql(TABLES + "".join(copies) + SHARED), dtype=float)
    assert len(theirs) > 2000
    for number, (left, right) in enumerate(pairs):
        _, i, j, area_m2 = theirs[theirs[:, 0] == number].T
        expected = as_table((i.astype(int), j.astype(int), area_m2), left, right)
        found = as_table(overlap_areas(left, right), left, right)
        allowed = last_digits_m2(left, right) + snapped_m2(left, right)
        assert (np.abs(found - expected) <= allowed).all()
