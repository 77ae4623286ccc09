"""Many tasks, one after the other or in threads: the same results in the order of the tasks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.workers import AHEAD, Run, in_threads, one_by_one

THREADS = [1, 2, 3, None]


@given(st.lists(st.tuples(st.integers(), st.integers())), st.sampled_from(THREADS))
def test_results_come_in_the_order_of_the_tasks(
    tasks: list[tuple[int, int]], threads: int | None
) -> None:
    assert list(in_threads(threads)(divide, iter(tasks))) == [divide(*task) for task in tasks]


def divide(a: int, b: int) -> tuple[int, int] | None:
    return divmod(a, b) if b else None


def test_the_slow_first_task_is_waited_for() -> None:
    assert list(in_threads(2)(slept, [(0.05,), (0.0,), (0.01,), (0.0,)])) == [0.05, 0.0, 0.01, 0.0]


def slept(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_one_thread_needs_no_pool() -> None:
    assert in_threads(1) is one_by_one
    here = threading.get_ident()
    assert list(one_by_one(threading.get_ident, [()])) == [here]
    assert here not in list(in_threads(2)(threading.get_ident, [(), ()]))


@pytest.mark.parametrize("run", [one_by_one, in_threads(2)], ids=["one by one", "threads"])
def test_few_tasks_are_under_way_at_a_time(run: Run) -> None:
    """What waits takes no memory: tasks are made when there is somebody to take them."""
    made: list[int] = []

    def tasks() -> Iterator[tuple[int]]:
        for number in range(100):
            made.append(number)
            yield (number,)

    results = run(abs, tasks())
    assert not made, "nothing is made before a result is asked for"
    for asked, result in enumerate(results, start=1):
        assert result == asked - 1
        assert len(made) <= asked + 2 * AHEAD


@pytest.mark.parametrize("run", [one_by_one, in_threads(2)], ids=["one by one", "threads"])
def test_a_fault_comes_out_at_its_task_and_ends_the_work(run: Run) -> None:
    done: list[int] = []

    def work(number: int) -> int:
        done.append(number)
        return 6 // number

    results = run(work, [(3,), (2,), (0,), *[(1,)] * 50])
    assert [next(results), next(results)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert len(done) < 50
    assert not list(results)


def test_whoever_stops_listening_stops_the_work() -> None:
    done: list[int] = []
    results = in_threads(2)(noted(done), [(number,) for number in range(1000)])
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(done) <= 1 + 2 * AHEAD
    assert threading.active_count() < 20


def noted(done: list[int]) -> Callable[[int], None]:
    return done.append
