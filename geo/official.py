"""Official boundary files as they come: N03 of 国土数値情報 and the small areas of e-Stat.

Their columns are known, so a plan need not name them. What is in them that is no zone (a strip of
sea, land whose municipality is not settled) is set aside, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from .words import Text

#: HCODE of e-Stat's 水面調査区: water that belongs to no town.
WATER = "8154"


@dataclass(frozen=True)
class Known:
    """Columns that are known: which is the id, what a row is called, which rows are no zones.

    Attributes
    ----------
    needed
        The columns by which such a file is recognised.
    id
        The column of ids, which are text of `digits` digits (the leading 0 may have been lost).
    names
        The names of rows, empty where there is none.
    no_zone
        Which rows are no zones, and `reason` why.
    """

    title: Text
    needed: frozenset[str]
    id: str
    digits: tuple[int, ...]
    names: Callable[[pd.DataFrame], pd.Series]
    no_zone: Callable[[pd.DataFrame], pd.Series]
    reason: Text

    def ids(self, column: pd.Series) -> pd.Series:
        """Ids as text, with the leading 0 that a spreadsheet took from them.

        >>> list(N03.ids(pd.Series([1101.0, 12101.0, None])))
        ['01101', '12101', None]
        """
        ids = {value: self._id(value) for value in column.dropna().unique()}
        found = [ids.get(value) for value in column.to_numpy(dtype=object)]
        return pd.Series(found, column.index, dtype=object)

    def _id(self, value: object) -> str | None:
        word = str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
        word = word.strip()
        lost = word.isdecimal() and len(word) + 1 in self.digits and len(word) not in self.digits
        return ("0" + word if lost else word) or None


def _text(rows: pd.DataFrame, column: str) -> pd.Series:
    """A column as text, empty where it is missing or not there at all."""
    if column not in rows.columns:
        return pd.Series("", index=rows.index, dtype=str)
    return rows[column].astype(str).str.strip().mask(rows[column].isna(), "")


def _n03_names(rows: pd.DataFrame) -> pd.Series:
    """Name of the municipality; a ward with its city, whose name stands before it or after.

    >>> rows = pd.DataFrame({"N03_003": ["千葉市", "印旛郡"], "N03_004": ["中央区", "栄町"]})
    >>> list(_n03_names(rows))
    ['千葉市中央区', '栄町']
    """
    above, ward = _text(rows, "N03_003"), _text(rows, "N03_005")
    return above.where(above.str.endswith("市"), "") + _text(rows, "N03_004") + ward


def _first_of(*columns: str) -> Callable[[pd.DataFrame], pd.Series]:
    def names(rows: pd.DataFrame) -> pd.Series:
        found = _text(rows, columns[0])
        for column in columns[1:]:
            found = found.where(found != "", _text(rows, column))
        return found

    return names


def _is_water(rows: pd.DataFrame) -> pd.Series:
    return _text(rows, "HCODE").str.removesuffix(".0") == WATER


N03 = Known(
    title=Text("国土数値情報 行政区域（N03）", "N03 of 国土数値情報 (municipalities)"),
    needed=frozenset({"N03_001", "N03_004", "N03_007"}),
    id="N03_007",
    digits=(5,),
    names=_n03_names,
    no_zone=lambda rows: _text(rows, "N03_007") == "",
    reason=Text("市区町村コードのない行（所属未定地）", "rows without a code (所属未定地)"),
)
_E_STAT = Text("e-Stat 国勢調査 小地域（町丁・字等）", "small areas of the census (e-Stat)")
_WATER_ROWS = Text("水面調査区の行（HCODE 8154）", "rows of water (水面調査区, HCODE 8154)")
E_STAT = Known(
    title=_E_STAT,
    needed=frozenset({"KEY_CODE", "S_NAME"}),
    id="KEY_CODE",
    digits=(9, 11),
    names=_first_of("S_NAME", "CITY_NAME"),
    no_zone=_is_water,
    reason=_WATER_ROWS,
)
#: Until the census of 2010 the names stood in other columns.
E_STAT_2010 = Known(
    title=_E_STAT,
    needed=frozenset({"KEY_CODE", "MOJI"}),
    id="KEY_CODE",
    digits=(9, 11),
    names=_first_of("MOJI", "GST_NAME", "CSS_NAME"),
    no_zone=_is_water,
    reason=_WATER_ROWS,
)


def recognised(columns: Iterable[str]) -> Known | None:
    """The official file that has these columns, if it is one of ours.

    >>> recognised(["KEY_CODE", "S_NAME", "geometry"]) is E_STAT
    True
    >>> recognised(["id", "name"])
    """
    there = set(map(str, columns))
    return next((known for known in (N03, E_STAT, E_STAT_2010) if known.needed <= there), None)
