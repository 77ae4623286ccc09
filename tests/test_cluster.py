"""A real Dask cluster on this machine: a scheduler and two worker processes, over TCP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from conftest import CRS

from geo.areas import by_chunk, in_order, overlap_areas
from geo.cluster import on_cluster
from geo.errors import UsageError

distributed = pytest.importorskip("distributed", reason="the extra keniki[dask] is not installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The scheduler of a cluster of two workers without nannies: a lost one is not replaced."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    asked = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    started = [subprocess.Popen([*dask, "scheduler", *asked], **quiet)]
    for _ in range(2):
        options = [where, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
        started.append(subprocess.Popen([*dask, "worker", *options], **quiet))
    with distributed.Client(where, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
    yield where
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture(autouse=True)
def _ignore_what_dask_warns_of() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def cells(step: float) -> np.ndarray:
    """Squares of a town of 60 × 60 units."""
    x, y = np.meshgrid(np.arange(0, 60, step), np.arange(0, 60, step))
    return shapely.box(x.ravel(), y.ravel(), x.ravel() + step, y.ravel() + step)


def test_the_command_writes_the_same_bytes(tmp_path: Path, address: str) -> None:
    for name, step in (("left", 6.0), ("right", 7.5)):
        shapes = cells(step)
        ids = [str(k) for k in range(len(shapes))]
        zones = gpd.GeoDataFrame({"id": ids}, geometry=shapes, crs=CRS)
        zones.to_file(tmp_path / f"{name}.gpkg")
    files = [str(tmp_path / f"{name}.gpkg") for name in ("left", "right")]
    asked = ["overlap", *files, "--left-id", "id", "--right-id", "id", "--crs", CRS]
    keniki = [sys.executable, "-m", "geo", "--lang", "en", *asked, "--quiet"]
    here, there = (
        subprocess.run([*keniki, *more], capture_output=True, check=True, cwd=tmp_path).stdout
        for more in ([], ["--scheduler", address])
    )
    assert here.count(b"\n") == 257  # a header; 16 cuts each way make 16 × 16 pieces
    assert there == here


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.cluster.PATIENCE_S", 1)
    said = r"no scheduler answers at tcp://127\.0\.0\.1:9"
    with pytest.raises(UsageError, match=said), on_cluster("tcp://127.0.0.1:9"):
        pass


def test_other_versions_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.cluster.version", lambda name: "0.0.1")
    said = r"has other versions \(keniki .* ≠ 0\.0\.1"
    with pytest.raises(UsageError, match=said), on_cluster(address):
        pass


def test_a_worker_is_killed_in_the_middle(address: str) -> None:
    """The last test of this module: afterwards one worker is left."""
    left, right = cells(1.0), cells(2.5)
    with on_cluster(address) as run:
        found = by_chunk(left, right, run, vertices=500)
        begun = [next(found) for _ in range(3)]
        with distributed.Client(address) as client:
            victim = next(iter(client.run(os.getpid).values()))
            os.kill(victim, signal.SIGKILL)
            rest = list(found)
            assert len(client.scheduler_info()["workers"]) == 1
    assert len(rest) > 10
    alone = in_order(by_chunk(left, right, vertices=500))
    for theirs, ours in zip(in_order([*begun, *rest]), alone, strict=True):
        np.testing.assert_array_equal(theirs, ours)
    assert alone[2].sum() == pytest.approx(3600)
    assert len(alone[0]) == len(overlap_areas(left, right)[0])
