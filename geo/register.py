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

from .names import fold, split_chome
from .partition import Partition
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
    """One piece of an area text and the towns it means (`towns`: ids, in register order).

    `wards` are those that the towns lie in; where no ward was asked for, several mean that towns of
    one name in different wards cannot be told apart.
    """

    piece: Piece
    towns: tuple[str, ...]
    how: How
    nearest: tuple[str, ...] = ()
    missing_chome: tuple[int, ...] = ()
    wards: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the towns are meant as they stand; a declared rule says that they are."""
        all_but = bool(self.piece.without) and not self.missing_chome
        return self.how is How.ALIAS or self.piece.state is State.WHOLE or all_but

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
            "wards": self.wards,
            "nearest": self.nearest,
        }


@dataclass(frozen=True)
class Entry:
    """One town of the register: 朝日ケ丘一丁目 is chome 1 of the base 朝日ケ丘."""

    town_id: str
    base: str
    chome: int | None


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
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        for town_id, name in self.names.items():
            base, chome = split_chome(name)
            self._by_name[fold(base)].append(Entry(town_id, base, chome))
        self._aliases = {(alias.ward, fold(alias.text)): alias for alias in aliases}

    @property
    def wards(self) -> list[str]:
        """The ids of the wards, sorted."""
        return sorted({ward for ward in self.ward.values() if isinstance(ward, str)})

    def as_json(self, town_id: str) -> dict[str, str | None]:
        return {"id": town_id, "name": self.names[town_id], "ward": self.ward.get(town_id)}

    def look_up(self, piece: Piece, ward: str | None = None) -> Match:
        """The towns that a piece means, in `ward` (None: anywhere in the city)."""
        if (alias := self._alias(piece, ward)) is not None:
            return Match(piece, alias.towns, How.ALIAS)
        if piece.name is None or piece.unit is not Unit.TOWN or piece.state is State.UNKNOWN:
            return Match(piece, (), How.NOT_FOUND)
        named = self._called(piece.name, ward)
        found = [entry for entry in named if not piece.chome or entry.chome in piece.chome]
        meant = set(piece.chome) | set(piece.without)
        missing = tuple(sorted(meant - {entry.chome for entry in named}))
        found = [entry for entry in found if entry.chome not in piece.without]
        if not found:
            return Match(piece, (), How.NOT_FOUND, self._nearest(piece.name, ward), missing)
        how = How.EXACT if all(entry.base == piece.name for entry in found) else How.FOLDED
        towns = tuple(entry.town_id for entry in found)
        return Match(piece, towns, how, (), missing, self._wards_of(towns))

    def read(self, text: str, ward: str | None = None) -> list[Match]:
        """A whole area text, piece by piece."""
        return [self.look_up(piece, ward) for piece in pieces(text)]

    def _wards_of(self, towns: Iterable[str]) -> tuple[str, ...]:
        """The wards of these towns, each once: more than one is a name that needs its ward."""
        return tuple(dict.fromkeys(self.ward[town] for town in towns if town in self.ward))

    def _called(self, name: str, ward: str | None) -> list[Entry]:
        """The towns of this name; spellings that fold to one name are one town, if they can be.

        朝日ヶ丘一丁目 and 朝日ケ丘二丁目 are chome of one town. 中島 and 中嶋 cannot be: both
        are there without a chome, so only the one written as `name` is meant.
        """
        here = [
            entry
            for entry in self._by_name.get(fold(name), ())
            if ward is None or self.ward.get(entry.town_id) == ward
        ]
        chome = {(entry.base, entry.chome) for entry in here}
        is_one_town = len({number for _, number in chome}) == len(chome)
        return here if is_one_town else [entry for entry in here if entry.base == name]

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
