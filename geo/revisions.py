"""Two editions of a plan's priority items: which go on, which are changed, added, removed.

Items are matched one to one: those of the same id first; then, within a district, those whose texts
are most alike. Every item of both editions has its row, and says how it was matched. Counted are,
in each district::

    before = kept + changed + went + removed
    after  = kept + changed + came + added
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from .cutting import OUTSIDE
from .editions import SIDES, Edition, inside
from .layers import Layer
from .partition import Partition

#: Texts at least so much alike are one item: "close matches" in the words of :mod:`difflib`.
ALIKE = 0.6
#: What rows of a district count.
COUNTS = ("before", "after", "kept", "changed", "came", "went", "added", "removed")

Pairs = set[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Revision:
    """What changed from one edition of the items to the next.

    Attributes
    ----------
    items
        The items of both editions (:func:`items`).
    districts
        How many of each district were kept, changed, added, removed (:func:`districts`).
    partitions
        The districts of both editions; None: the city.
    edition
        What became of the districts, where both editions have their own; None: they are the same.
    """

    before: Layer
    after: Layer
    items: pd.DataFrame
    districts: pd.DataFrame
    partitions: tuple[Partition | None, Partition | None] = (None, None)
    edition: Edition | None = None


def revision(
    before: Layer,
    after: Layer,
    partitions: tuple[Partition | None, Partition | None] = (None, None),
    edition: Edition | None = None,
) -> Revision:
    """What changed from `before` to `after`, whose districts are the same or changed by `edition`.

    `partitions` are those districts (None: items of the city).

    >>> old = pd.DataFrame({"item_id": ["1"], "zone_id": ["a"], "text_ja": ["サロンを開く"]})
    >>> new = pd.DataFrame({"item_id": ["7"], "zone_id": ["a"], "text_ja": ["サロンを毎月開く"]})
    >>> two = (Layer("old", "items", "", old), Layer("new", "items", "", new))
    >>> revision(*two).items[["what", "by", "likeness"]].to_dict("records")
    [{'what': 'changed', 'by': 'text', 'likeness': 0.857}]
    """
    old, new = (_placed(layer.table) for layer in (before, after))
    ids = [*old["zone_id"], *new["zone_id"]]
    matches = pd.DataFrame({side: list(dict.fromkeys(ids)) for side in SIDES}, dtype=str)
    heirs: Pairs = set()
    if edition is not None:
        matches, heirs = edition.matches[list(SIDES)], _heirs(edition)
    same = set(matches.itertuples(index=False, name=None))
    rows = items(old, new, same, heirs)
    return Revision(before, after, rows, districts(rows, matches), partitions, edition)


def _placed(table: pd.DataFrame) -> pd.DataFrame:
    """Items of the city belong to no zone."""
    return table if "zone_id" in table else table.assign(zone_id=OUTSIDE)


def _heirs(edition: Edition) -> Pairs:
    """Zones that are gone with those that hold their land; new zones with those that held it."""
    rows = inside(edition.moves)
    gone = ~rows["from_id"].isin(edition.matches["from_id"])
    new = ~rows["to_id"].isin(edition.matches["to_id"])
    return set(rows.loc[gone | new, list(SIDES)].itertuples(index=False, name=None))


def items(old: pd.DataFrame, new: pd.DataFrame, same: Pairs, heirs: Pairs) -> pd.DataFrame:
    """Every item of both editions, those that go on once.

    Parameters
    ----------
    old, new
        Tables of items (:data:`geo.content_columns.NEEDED`).
    same
        Districts of both editions that are one.
    heirs
        Districts that are gone or new, with those that took their land or gave it.

    Returns
    -------
    DataFrame
        `from_row` and `to_row` (places in the tables; -1: not there), `from_id` and `to_id` (of the
        districts), `what` (``kept``, ``changed``, ``added``, ``removed``), `by` (``id``, ``text``),
        `likeness` of the texts (0 to 1) and `changes` (of ``text``, ``zone``, ``who``, ``years``,
        joined by ``;``; an item with other years only is kept).
    """
    found = _matched(old, new, same | heirs)
    rows = [_row(old, new, pair, by, same) for pair, by in sorted(found.items())]
    left = [set(range(len(table))) - {pair[side] for pair in found}
            for side, table in enumerate((old, new))]  # fmt: skip
    rows += [(i, -1, old["zone_id"].iloc[i], "", "removed", "", None, "") for i in sorted(left[0])]
    rows += [(-1, j, "", new["zone_id"].iloc[j], "added", "", None, "") for j in sorted(left[1])]
    names = ["from_row", "to_row", *SIDES, "what", "by", "likeness", "changes"]
    return pd.DataFrame(rows, columns=names).astype({"likeness": float})


def _matched(old: pd.DataFrame, new: pd.DataFrame, near: Pairs) -> dict[tuple[int, int], str]:
    """The places of items that are one, and by what they were matched."""
    first, second = _once(old["item_id"]), _once(new["item_id"])
    found = {(first[id_], second[id_]): "id" for id_ in first if id_ in second}
    used = tuple({pair[side] for pair in found} for side in (0, 1))
    for i, j in _alike(old, new, near, used):
        if i not in used[0] and j not in used[1]:
            found[i, j] = "text"
            used[0].add(i)
            used[1].add(j)
    return found


def _once(ids: pd.Series) -> dict[str, int]:
    """The place of each id that stands on one row."""
    single = ~ids.duplicated(keep=False) & (ids != "")
    return {str(id_): place for place, id_ in enumerate(ids) if single.iloc[place]}


def _alike(
    old: pd.DataFrame, new: pd.DataFrame, near: Pairs, used: Sequence[set[int]]
) -> Iterator[tuple[int, int]]:
    """Items of one district with texts that are ALIKE, most alike first; either way round."""
    places: dict[str, list[int]] = {}
    for j, zone in enumerate(new["zone_id"]):
        if j not in used[1]:
            places.setdefault(zone, []).append(j)
    of: dict[str, list[str]] = {}
    for a, b in sorted(near):
        of.setdefault(a, []).append(b)
    ranked = []
    for i, zone in enumerate(old["zone_id"]):
        for j in (j for b in of.get(zone, []) * (i not in used[0]) for j in places.get(b, [])):
            like = likeness(old["text_ja"].iloc[i], new["text_ja"].iloc[j])
            if like >= ALIKE:
                ranked.append((-like, abs(i - j), i + j, i, j))
    yield from (pair[-2:] for pair in sorted(ranked))


def likeness(one: str, other: str) -> float:
    """How much two texts are alike, 0 to 1, blanks and widths of letters apart; either way round.

    Twice the letters in matching blocks, by all letters (Ratcliff & Obershelp 1988, difflib).

    >>> likeness("サロンを開く", "ｻﾛﾝ を開く"), likeness("サロン", "防災")
    (1.0, 0.0)
    """
    first, second = sorted((_plain(one), _plain(other)))
    return round(float(SequenceMatcher(None, first, second, autojunk=False).ratio()), 3)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _row(
    old: pd.DataFrame, new: pd.DataFrame, pair: tuple[int, int], by: str, same: Pairs
) -> tuple[object, ...]:
    """One item that goes on."""
    was, is_ = old.iloc[pair[0]], new.iloc[pair[1]]

    def differ(*columns: str) -> bool:
        return any(_plain(was.get(name, "")) != _plain(is_.get(name, "")) for name in columns)

    zones = (was["zone_id"], is_["zone_id"])
    changes = {
        "text": differ("text_ja"),
        "zone": zones not in same,
        "who": differ("who_ja"),
        "years": differ("start_year", "end_year"),
    }
    said = [name for name, differs in changes.items() if differs]
    what = "changed" if set(said) - {"years"} else "kept"
    like = likeness(was["text_ja"], is_["text_ja"])
    return (*pair, *zones, what, by, like, ";".join(said))


def districts(rows: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """How many items each district has and had: `from_id`, `to_id`, and COUNTS.

    `matches` are the districts of both editions that are one; one that is gone or new has a row of
    its own, with "" on the other side.
    """
    both = set(matches.itertuples(index=False, name=None))
    gone = sorted(set(rows.loc[rows["from_row"] >= 0, "from_id"]) - {old for old, _ in both})
    new = sorted(set(rows.loc[rows["to_row"] >= 0, "to_id"]) - {new for _, new in both})
    found = [
        *matches.itertuples(index=False, name=None),
        *((one, OUTSIDE) for one in gone),
        *((OUTSIDE, one) for one in new),
    ]
    return pd.DataFrame(
        [(*pair, *_counts(rows, pair)) for pair in found], columns=[*SIDES, *COUNTS]
    )


def _counts(rows: pd.DataFrame, pair: tuple[str, str]) -> list[int]:
    """The items of one district, in the order of COUNTS."""
    was = (rows["from_row"] >= 0) & (rows["from_id"] == pair[0]) & _is_zone(pair, 0)
    now = (rows["to_row"] >= 0) & (rows["to_id"] == pair[1]) & _is_zone(pair, 1)
    stay, on = was & now, (rows["from_row"] >= 0) & (rows["to_row"] >= 0)
    flags = (
        was, now, stay & (rows["what"] == "kept"), stay & (rows["what"] == "changed"),
        now & ~was & on, was & ~now & on, now & ~on, was & ~on,
    )  # fmt: skip
    return [int(flag.sum()) for flag in flags]


def _is_zone(pair: tuple[str, str], side: int) -> bool:
    """Whether a district has this side: "" is the whole city where both sides are."""
    return pair[side] != OUTSIDE or pair == (OUTSIDE, OUTSIDE)
