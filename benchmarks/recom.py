"""GerryChain's ReCom as a way to look for proposals.

ReCom melts two neighbouring zones into one and cuts it in two by chance, along a spanning tree that
keeps to the kept zones where it can. Of each short burst of such steps the plan that costs least is
where the next begins. It is made to draw districts of equal population anew, not to move few: what
it shows here is that drawing maps by chance does not answer the question of a proposal.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import inf
from typing import Any

import numpy as np

from benchmarks.baselines import PRICES, SEED, Found, obeys
from geo.problem import Index, Problem

#: At each price: bursts, steps of each, and how far from even the parts may be.
BURSTS, STEPS, UNEVEN = 80, 3, 0.6
#: Tries to cut a pair of zones in two before another is taken.
CUTS = 100
#: What a resident costs where a rule is broken: so the chain finds back.
BROKEN = 3.0


def recom(problem: Problem, bursts: int = BURSTS) -> Found:
    """Short bursts of ReCom at every price; a zone is the part that holds its site."""
    found = Found(problem)
    found.show(problem.today)
    for price in PRICES:
        for zone in _chain(problem, price, bursts):
            if obeys(problem, zone):
                found.show(zone)
    return found


def _chain(problem: Problem, price: float, bursts: int) -> Iterator[Index]:
    """The plans that ReCom comes through; the chain ends early where it cannot cut any pair."""
    from gerrychain import Partition, constraints
    from gerrychain.optimization import SingleMetricOptimizer
    from gerrychain.proposals import recom as one_step
    from gerrychain.tree import bipartition_tree
    from gerrychain.updaters import Tally

    start = Partition(
        _graph(problem), dict(enumerate(problem.today.tolist())), {"load": Tally("load", "load")}
    )
    step = partial(
        one_step,
        pop_col="load",
        pop_target=float(problem.load.sum()) / problem.zones,
        epsilon=UNEVEN,
        region_surcharge={"kept": 1.0},
        bipartition_tree_fn=partial(
            bipartition_tree, max_attempts=CUTS, warn_attempts=CUTS + 1, allow_pair_reselection=True
        ),
    )
    optimizer = SingleMetricOptimizer(
        step,
        [constraints.contiguous],
        start,
        lambda part: _score(problem, part, price),
        maximize=False,
        rng=SEED,
    )
    try:
        for part in optimizer.short_bursts(STEPS, bursts):
            zone = _zones(problem, part)
            if zone is not None:
                yield zone
    except RuntimeError:
        return


def _graph(problem: Problem) -> Any:
    """The blocks for GerryChain; what may lie apart from its site hangs on to it by an edge."""
    import networkx as nx

    graph = nx.Graph()
    for u in range(problem.blocks):
        graph.add_node(u, load=float(problem.load[u]), kept=int(problem.kept[u]))
    graph.add_edges_from(problem.borders.tolist())
    for block, zone in zip(*np.nonzero(problem.anchors), strict=True):
        if block != problem.site[zone]:
            graph.add_edge(int(block), int(problem.site[zone]))
    return graph


def _zones(problem: Problem, part: Any) -> Index | None:
    """The zone of every block, if every part holds one site."""
    assigned = np.array([part.assignment[u] for u in range(problem.blocks)])
    zone_of = {int(assigned[u]): c for c, u in enumerate(problem.site)}
    if len(zone_of) < problem.zones:
        return None
    return np.array([zone_of[its] for its in assigned.tolist()])


def _score(problem: Problem, part: Any, price: float) -> float:
    """What a plan costs: its moves, its splits, and what it breaks."""
    zone = _zones(problem, part)
    if zone is None:
        return inf
    load = np.bincount(zone, problem.load, problem.zones)
    beyond = np.maximum(problem.least - load, 0) + np.maximum(load - problem.most, 0)
    strange = ~problem.allowed[np.arange(problem.blocks), zone]
    broken = float(beyond.sum()) + float(problem.weight[strange].sum())
    return problem.moved(zone) + price * problem.splits(zone) + BROKEN * broken
