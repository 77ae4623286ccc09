"""Doing many independent tasks: one after the other, in threads, or on a cluster.

Tasks and their results are the same whoever does them, and results come in the order of the tasks,
so that an answer does not depend on the workers, to the last bit. Only a few tasks are under way at
a time: what waits takes no memory.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")

#: Tasks under way for each worker, so that none has to wait for its next one.
AHEAD = 2


class Run(Protocol):
    """A way to call a function with the arguments of every task."""

    def __call__(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
    ) -> Iterator[Result]:
        """The results, in the order of the tasks."""


def one_by_one(
    function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[Result]:
    """Each task when its result is asked for.

    >>> list(one_by_one(pow, [(2, 3), (3, 2)]))
    [8, 9]
    """
    return (function(*task) for task in tasks)


def in_threads(count: int | None = None) -> Run:
    """Several tasks at once on this machine (None: as many as it has cores).

    NumPy and GEOS let go of Python's lock while they work.
    """
    threads = count or os.cpu_count() or 1
    if threads == 1:
        return one_by_one

    def run(function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        with ThreadPoolExecutor(threads) as pool:
            waiting = iter(tasks)
            submitted = (pool.submit(function, *task) for task in waiting)
            under_way = deque(islice(submitted, AHEAD * threads))
            while under_way:
                yield under_way.popleft().result()
                under_way.extend(islice(submitted, 1))

    return run
