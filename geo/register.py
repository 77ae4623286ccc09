"""The towns by name: what an area text means in a real city.

:mod:`geo.townlist` reads the text; here its names are looked up among the towns of the right ward:
exactly as written first, then folded (ヶ/ケ, digit forms, 澤/沢 …), and which of the two is
recorded. 町 is never stripped, a prefix never matches, and a name that is not found comes with the
nearest ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import pandas as pd

from .boundaries import Partition
from .names import fold, split_chome
from .plan import Alias
from .townlist import Piece, State, Unit, pieces


class How(StrEnum):
    """How a name of an area text was found among the towns."""

    EXACT = "exact"
    FOLDED = "folded"
    ALIAS = "alias"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Match:
    """One piece of an area text and the towns it means (`towns`: ids, in register order)."""

    piece: Piece
    towns: tuple[str, ...]
    how: How
    nearest: tuple[str, ...] = ()
    missing_chome: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the towns are meant as they stand, not a part of them."""
        return self.piece.state is State.WHOLE

    def as_json(self, register: Register) -> dict[str, Any]:
        """For machines: the piece, what it means, and how that was found."""
        return {
            **{key: getattr(self.piece, key) for key in ("start", "end", "text", "state", "unit")},
            **{key: getattr(self.piece, key) for key in ("name", "chome", "part")},
            "reason_ja": self.piece.reason.ja,
            "reason_en": self.piece.reason.en,
            "how": self.how,
            "towns": [register.as_json(town_id) for town_id in self.towns],
            "missing_chome": self.missing_chome,
            "nearest": self.nearest,
        }


class Register:
    """The towns by name: where an area text is looked up.

    Parameters
    ----------
    towns
        The partition of units.
    ward
        Ward id of each town (index: town id); None where names are unique without it.
    aliases
        Declared rules, tried before anything else.
    """

    def __init__(
        self, towns: Partition, ward: pd.Series | None = None, aliases: Iterable[Alias] = ()
    ) -> None:
        self.names = {str(town_id): str(name) for town_id, name in towns.zones["name"].items()}
        self.ward = {} if ward is None else ward.to_dict()
        self._by_name: dict[str, list[tuple[str, str, int | None]]] = defaultdict(list)
        for town_id, name in self.names.items():
            base, chome = split_chome(name)
            self._by_name[fold(base)].append((town_id, base, chome))
        self._aliases = {(alias.ward, fold(alias.text)): alias for alias in aliases}

    @property
    def wards(self) -> list[str]:
        """The ids of the wards, sorted."""
        return sorted(set(self.ward.values()))

    def as_json(self, town_id: str) -> dict[str, str | None]:
        return {"id": town_id, "name": self.names[town_id], "ward": self.ward.get(town_id)}

    def look_up(self, piece: Piece, ward: str | None = None) -> Match:
        """The towns that a piece means, in `ward` (None: anywhere in the city)."""
        if (alias := self._alias(piece, ward)) is not None:
            return Match(piece, alias.towns, How.ALIAS)
        if piece.name is None or piece.unit is not Unit.TOWN or piece.state is State.UNKNOWN:
            return Match(piece, (), How.NOT_FOUND)
        named = [
            entry
            for entry in self._by_name.get(fold(piece.name), ())
            if ward is None or self.ward.get(entry[0]) == ward
        ]
        found = [entry for entry in named if not piece.chome or entry[2] in piece.chome]
        missing = set(piece.chome) - {entry[2] for entry in found}
        if not named or not found:
            nearest = self._nearest(piece.name, ward)
            return Match(piece, (), How.NOT_FOUND, nearest, tuple(sorted(missing)))
        how = How.EXACT if all(base == piece.name for _, base, _ in found) else How.FOLDED
        towns = tuple(town_id for town_id, _, _ in found)
        return Match(piece, towns, how, missing_chome=tuple(sorted(missing)))

    def read(self, text: str, ward: str | None = None) -> list[Match]:
        """A whole area text, piece by piece."""
        return [self.look_up(piece, ward) for piece in pieces(text)]

    def _alias(self, piece: Piece, ward: str | None) -> Alias | None:
        named = [fold(piece.name or "") + fold(f"{chome}丁目") for chome in piece.chome]
        for written in (fold(piece.text), *named[:1] * (len(named) == 1)):
            for place in (ward, None):
                if (place, written) in self._aliases:
                    return self._aliases[place, written]
        return None

    def _nearest(self, name: str, ward: str | None) -> tuple[str, ...]:
        here = [n for i, n in self.names.items() if ward is None or self.ward.get(i) == ward]
        return tuple(get_close_matches(name, dict.fromkeys(here), n=3, cutoff=0.5))
