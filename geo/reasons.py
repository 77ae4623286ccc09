"""Why a split remains, and what making that zone whole would cost.

Some splits no proposal can avoid: a zone on both sides of a ward line, two sites in one zone. The
others have a price, found by asking the solver for the zone to be whole without splitting others
more; or a rule forbids it, and which rule is found by dropping them one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf, nan

import numpy as np
import pandas as pd

from .cutting import OUTSIDE
from .front import end_proved
from .groups import Rules, groups
from .problem import Index, Problem
from .realign import Front, Proposal
from .solver import Answer, Model, Status
from .staff import Keep, LoadRule
from .words import Text

#: Seconds that one question may take.
SECONDS = 10.0


@dataclass(frozen=True)
class Reason:
    """Why a zone remains split under a proposal.

    Attributes
    ----------
    zone_id
        The zone that is not whole.
    others
        The zones of the other partition that it is linked to.
    why
        The reasons in words.
    more
        How many more people would have to move for it to be whole without splitting others more;
        infinite: proved impossible under the rules; NaN: not known.
    """

    zone_id: str
    others: tuple[str, ...]
    why: tuple[Text, ...]
    more: float


@dataclass(frozen=True, eq=False)
class Explainer:
    """Answers "why" for the proposals of one front; what it asks the solver is kept."""

    front: Front
    seconds: float = SECONDS
    _models: dict[tuple[Rules, int], Model] = field(default_factory=dict)

    def remaining(self, proposal: Proposal) -> Iterator[Reason]:
        """The reason of every zone that remains split, in the order of their ids."""
        pairs = self._pairs(proposal)
        linked = pairs.groupby("whole_id")["other_id"].nunique()
        for zone_id in sorted(linked.index[linked > 1]):
            yield self.explain(proposal, str(zone_id))

    def explain(self, proposal: Proposal, zone_id: str) -> Reason:
        """Why a zone is split under a proposal."""
        pairs = self._pairs(proposal)
        its = pairs[pairs["whole_id"] == zone_id]
        others = tuple(sorted(set(its["other_id"])))
        why: list[Text] = []
        more = 0.0
        if self.front.rules.ward_lines and its["group"].nunique() > 1:
            wards = its["group"].nunique()
            why.append(Text(f"{wards}つの区にまたがる", f"it lies in {wards} wards"))
            more = inf
        for nth, links in its["group"].value_counts(sort=False).sort_index().items():
            if links > 1:
                said, price = self._in_group(int(str(nth)), proposal, zone_id, links)
                why.append(said)
                more = max(more, price) if np.isfinite(more) else more
        return Reason(zone_id, others, tuple(why), more)

    def end(self) -> Iterator[Text]:
        """Why no proposal has fewer splits than the last: a sentence for each group."""
        for nth, (group, points) in enumerate(
            zip(self.front.groups, self.front.fronts, strict=True)
        ):
            fewest = min((point.splits for point in points if point.found), default=None)
            wards = self._wards(nth)
            if fewest is None or not end_proved(points):
                yield Text(
                    f"{wards}: これより少ない分割が可能かどうかは未確定です",
                    f"{wards}: whether fewer splits are possible is not known",
                )
            elif fewest <= 0:
                yield Text(f"{wards}: 分割なしにできます", f"{wards}: no split need remain")
            elif fewest == group.problem.floor:
                yield Text(
                    f"{wards}: 最少は{fewest}。1つの区域に拠点が2つ以上あるため（数えて証明）",
                    f"{wards}: {fewest} is the least, for several sites stand in one zone "
                    "(proved by counting)",
                )
            else:
                rule = self._rule_in_the_way(nth, fewest - 1, None)
                yield Text(
                    f"{wards}: 最少は{fewest}（証明済み）。{rule.ja}",
                    f"{wards}: {fewest} is the least (proved); {rule.en}",
                )

    @cached_property
    def _group_of(self) -> Index:
        """The group of each block (-1: in none)."""
        group = np.full(len(self.front.blocks.table), -1)
        for nth, one in enumerate(self.front.groups):
            group[one.rows] = nth
        return group

    def _pairs(self, proposal: Proposal) -> pd.DataFrame:
        """The links, group by group: `group`, `whole_id` (to be made whole), `other_id`."""
        kept, zone = self.front.blocks.table["kept_id"], proposal.zone
        whole, other = (zone, kept) if self.front.rules.reverse else (kept, zone)
        pairs = pd.DataFrame({"group": self._group_of, "whole_id": whole, "other_id": other})
        pairs = pairs[
            (pairs["group"] >= 0) & (pairs[["whole_id", "other_id"]] != OUTSIDE).all(axis=1)
        ]
        return pairs.drop_duplicates()

    def _in_group(
        self, nth: int, proposal: Proposal, zone_id: str, links: int
    ) -> tuple[Text, float]:
        """Why it is split within one group, and what making it whole there would cost."""
        group, rules = self.front.groups[nth], self.front.rules
        names = group.zones if rules.reverse else group.kept
        zone = names.index(zone_id)
        sites = _sites_in(group.problem, zone)
        if sites > 1 and not rules.reverse:
            said = Text(f"{sites}つの拠点が中にある", f"{sites} sites stand inside it")
            return said, inf
        today = group.numbers(proposal.zone)
        limit = group.problem.splits(today) - (links - 1)
        answer = self._ask(nth, rules, limit, zone)
        if answer.zone is not None:
            price = group.problem.moved(answer.zone) - group.problem.moved(today)
            price_said = self._said(price, answer.status)
            said = Text(
                f"1つにするには、さらに{price_said.ja}が移る",
                f"to be whole {price_said.en} would move",
            )
            return said, price
        if answer.status is Status.UNKNOWN:
            return Text("費用は時間内にわからなかった", "its price was not found in time"), nan
        return self._rule_in_the_way(nth, limit, zone), inf

    def _said(self, price: float, status: Status) -> Text:
        """A price in people, or in land where nobody is counted."""
        most = ("", "") if status is Status.PROVED else ("最大", "at most ")
        if self.front.blocks.people is None:
            return Text(f"{most[0]}{price / 1e6:,.2f} km²", f"{most[1]}{price / 1e6:,.2f} km² more")
        return Text(f"{most[0]}{price:,.0f}人", f"{most[1]}{price:,.0f} more people")

    def _rule_in_the_way(self, nth: int, limit: int, zone: int | None) -> Text:
        """The rule without which an answer would exist."""
        rules = self.front.rules
        free = LoadRule(Keep.NOTHING)
        for words, without in (
            (Text("負担の制限", "limits of loads"), replace(rules, load=free)),
            (Text("距離の制限", "the limit of distance"), replace(rules, detour_times=None)),
            (
                Text("負担と距離の制限", "limits of loads and of distance together"),
                replace(rules, load=free, detour_times=None),
            ),
        ):
            if without == rules:
                continue
            answer = self._ask(nth, without, limit, zone)
            if answer.zone is not None:
                return Text(f"{words.ja}のため", f"because of {words.en}")
        return Text(
            "区域がつながるという条件のため",
            "because zones must hang together and keep their sites",
        )

    def _ask(self, nth: int, rules: Rules, limit: int, zone: int | None) -> Answer:
        whole = [] if zone is None else [zone]
        return self._model(nth, rules).solve(limit, whole=whole, seconds=self.seconds)

    def _model(self, nth: int, rules: Rules) -> Model:
        """The model of a group under these rules."""
        key = (rules, nth)
        if key not in self._models:
            same = self.front.groups
            apart = (
                same if rules == self.front.rules else groups(self.front.blocks, rules, self._sites)
            )
            self._models.update({(rules, n): Model(one.problem) for n, one in enumerate(apart)})
        return self._models[key]

    @property
    def _sites(self) -> pd.Series:
        homes = self.front.homes
        return homes.drop_duplicates("zone_id").set_index("zone_id")["point"]

    def _wards(self, nth: int) -> str:
        """The wards of a group by name; the whole city where there are none."""
        blocks, wards = self.front.blocks, self.front.groups[nth].wards
        if blocks.wards is None:
            return blocks.moving.title.ja
        names = blocks.wards.zones["name"]
        return "・".join(str(names.get(ward, ward or "—")) for ward in wards)


def _sites_in(problem: Problem, kept: int) -> int:
    """How many sites stand in a kept zone."""
    return int((problem.kept[problem.site] == kept).sum())


def frame(reasons: list[Reason]) -> pd.DataFrame:
    """One row per reason: ``zone_id``, ``others``, ``why_ja``, ``why_en``, ``more``."""
    rows = [
        (
            one.zone_id,
            " ".join(one.others),
            "。".join(text.ja for text in one.why),
            "; ".join(text.en for text in one.why),
            one.more,
        )
        for one in reasons
    ]
    return pd.DataFrame(rows, columns=["zone_id", "others", "why_ja", "why_en", "more"])
