"""Goals of the plan (目標・視点・方針): in the order of their numbers, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from .cells import is_missing, plain
from .findings import Finding, Kind, Severity, named
from .names import number
from .words import Text

GOAL = "goal"
#: The kinds of goals, as tables may write them.
KINDS = {
    "目標": GOAL,
    "基本目標": GOAL,
    "視点": "viewpoint",
    "方針": "policy",
    "基本方針": "policy",
    GOAL: GOAL,
    "viewpoint": "viewpoint",
    "policy": "policy",
}


def kind_of(cell: str) -> str:
    """The kind of a goal; a word that is none stays as it is written.

    >>> kind_of(" 目標"), kind_of("Policy"), kind_of("めあて")
    ('goal', 'policy', 'めあて')
    """
    return KINDS.get(plain(cell).lower(), cell)


def place_of(cell: str) -> int | None:
    """The number of a goal in the plan, in any form of digit; None where it has none.

    >>> place_of("10"), place_of("２"), place_of("③"), place_of("(四)"), place_of("")
    (10, 2, 3, 4, None)
    """
    try:
        return number(plain(cell).strip("()[]. "))
    except ValueError:
        return None


def in_order(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Rows of goals by their numbers, those without one last, else as the file has them.

    >>> [row["number"] for row in in_order([{"number": one} for one in ("10", "", "2")])]
    ['2', '10', '']
    """
    placed = [(place_of(row["number"]), row) for row in rows]
    numbered = [(place, row) for place, row in placed if place is not None]
    numbered.sort(key=lambda one: one[0])
    return [row for _, row in numbered] + [row for place, row in placed if place is None]


# --- what is doubtful -----------------------------------------------------------------------------


def check_goals(table: pd.DataFrame, file: str) -> Iterator[Finding]:
    """Kinds that are none, numbers that are none or stand twice, and second goals of one zone."""
    known = table[table["kind"].isin(KINDS.values())]
    wards = known["ward_code"] if "ward_code" in known else pd.Series("", known.index)
    cells = known["number"].tolist()  # of no rows a Series would map to text
    places = pd.Series(list(map(place_of, cells)), known.index, dtype=float)
    missing = pd.Series(list(map(is_missing, cells)), known.index, dtype=bool)
    doubtful = (
        (table.index.difference(known.index), "kind", _NO_KIND, Severity.ERROR),
        (known.index[places.isna() & ~missing], "number", _NO_NUMBER, None),
        (_again(known, [wards, known["kind"], places], places.notna()), "number", _TWICE, None),
        (_again(known, [wards], known["kind"] == GOAL), "text_ja", _SECOND, None),
    )
    for rows, column, (what, remedy), severity in doubtful:
        if len(rows):
            said = named(f"row {row}: {table.loc[row, column]}".strip() for row in rows)
            amount, kind = float(len(rows)), Kind.GOAL_DOUBTFUL
            yield Finding(
                kind, severity or Severity.WARNING, file, said, what, remedy, amount, "rows"
            )


def _again(table: pd.DataFrame, by: Sequence[pd.Series], among: pd.Series) -> pd.Index:
    """The rows `among` which another row above says the same."""
    keys = pd.concat(list(by), axis=1)[among]
    return keys.index[keys.duplicated()]


_NO_KIND = (
    Text("目標・視点・方針のどれでもない種別です", "these are no goal, viewpoint or policy"),
    Text(
        "種別を 目標（goal）、視点（viewpoint）、方針（policy）のどれかにしてください。"
        "ページでは、書かれた種別を添えて別に示します",
        "write goal, viewpoint or policy; until then pages show them apart, with the word as typed",
    ),
)
_NO_NUMBER = (
    Text("番号が数ではありません", "these numbers are none"),
    Text(
        "数か空欄にしてください。番号のないものは最後に並びます",
        "write a whole number or leave it empty; what has none stands last",
    ),
)
_TWICE = (
    Text("同じ番号が前の行にもあります", "a row above has the same number"),
    Text(
        "計画の番号に直してください。ファイルの順に並べます",
        "write the numbers of the plan; they stand as the file has them",
    ),
)
_SECOND = (
    Text("同じ区（市）に2つ目の目標があります", "the same zone has a goal already"),
    Text(
        "目標は1つにするか、種別を方針に直してください。すべて目標として示します",
        "keep one, or make this a policy; until then all are shown as goals",
    ),
)
