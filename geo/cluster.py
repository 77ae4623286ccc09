"""The workers of a Dask scheduler as those who do the tasks (:mod:`geo.workers`).

Every task carries the polygons it needs, so that Dask can give it to another worker when one is
lost. The workers must have the same versions as this machine: then their answers are the same to
the last bit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .errors import UsageError
from .words import Text
from .workers import AHEAD, Result, Run

if TYPE_CHECKING:
    from distributed import Client

#: What an answer may depend on.
LIBRARIES = ("keniki", "numpy", "shapely")

OPTION = "--scheduler"
PATIENCE_S = 30


@contextmanager
def on_cluster(address: str) -> Iterator[Run]:
    """The workers of the scheduler at `address` (such as ``tcp://10.0.0.5:8786``).

    Raises
    ------
    UsageError
        If Dask is not installed, if no scheduler answers or it has no workers, if theirs are not
        our versions, or if a task ends one worker after the other.
    """
    try:
        from distributed import Client
    except ImportError:
        what = Text("Dask がインストールされていません", "Dask is not installed")
        remedy = Text('pip install "keniki[dask]"', 'run pip install "keniki[dask]"')
        raise UsageError(OPTION, what, remedy) from None
    try:
        client = Client(address, timeout=PATIENCE_S)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise _no_answer(address) from error
    with client:
        _with_workers(client, address)
        yield lambda function, tasks: _results(client, function, tasks)


def _results(
    client: Client, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[Result]:
    """In the order of the tasks; a worker that is lost is made good by the others."""
    from distributed import KilledWorker

    packed = (tuple(map(_packed, task)) for task in tasks)
    submitted = (client.submit(_done, function, *task, pure=False) for task in packed)
    threads: dict[str, int] = client.nthreads()  # type: ignore[no-untyped-call]
    under_way = deque(islice(submitted, AHEAD * sum(threads.values())))
    while under_way:
        try:
            yield under_way.popleft().result()
        except KilledWorker as error:
            what = Text(
                "1つの作業が、引き受けた計算機を次々に終わらせました",
                "one task has ended each worker that took it",
            )
            remedy = Text("計算機のメモリを増やしてください", "give the workers more memory")
            raise UsageError(OPTION, what, remedy) from error
        under_way.extend(islice(submitted, 1))


def _packed(shapes: NDArray[Any]) -> NDArray[Any]:
    """Polygons as well-known binary: pickling them one by one costs more than overlapping them."""
    return np.asarray(shapely.to_wkb(shapes))


def _done(function: Callable[..., Result], *packed: NDArray[Any]) -> Result:
    """The task, on a worker."""
    return function(*map(shapely.from_wkb, packed))


def _with_workers(client: Client, address: str) -> None:
    """Wait for a worker, and compare its versions with ours."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        what = Text(f"{address} に計算機がつながっていません", f"{address} has no workers")
        remedy = Text("dask worker を起動してください", "start one: dask worker ADDRESS")
        raise UsageError(OPTION, what, remedy) from None
    ours = {name: version(name) for name in LIBRARIES}
    for worker, theirs in client.run(_versions).items():
        if theirs != ours:
            told = [
                f"{name} {theirs[name]} ≠ {ours[name]}"
                for name in ours
                if theirs[name] != ours[name]
            ]
            said = ", ".join(told)
            what = Text(
                f"{worker} の版が違います（{said}）", f"{worker} has other versions ({said})"
            )
            remedy = Text("同じ版を入れてください", "install the same versions there")
            raise UsageError(OPTION, what, remedy)


def _versions() -> dict[str, str | None]:
    """The versions on the worker; must not need keniki there, since that is what it asks."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str | None] = {}
    for name in ("keniki", "numpy", "shapely"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _no_answer(address: str) -> UsageError:
    what = Text(f"{address} のスケジューラが応答しません", f"no scheduler answers at {address}")
    remedy = Text(
        "dask scheduler を起動し、tcp://… の形で指定してください",
        "start one with dask scheduler, and write its address as tcp://…",
    )
    return UsageError(OPTION, what, remedy)
