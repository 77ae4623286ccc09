"""Area text (担当地域) → pieces: what 「朝日ヶ丘1～3丁目・5丁目」 says, and what it leaves unsaid.

A list of towns is a small language, and its commas are its trap: in 「椿森1、2、3丁目、5丁目」
two of them join numbers and one joins items, and the last item has no name of its own. The text
is therefore read in four steps, each so simple that it can be trusted (the first three in
:mod:`geo.townwords`):

1. **Letters.** The text is looked at through glasses that know one digit, tilde, comma and bracket
   (same length, so places stay places), and a lexer tells letters, numbers and key words apart. A
   kanji numeral is a number only where its list runs into 丁目: 五十土町 and 次郎八新田 stay names.
2. **Words.** Letters run together, a bracket becomes one token whatever it holds, a number with a
   letter after it is part of a name (北1条西, 第4区), a comma between two numbers joins numbers.
3. **Items.** What commas are left part the list. Each item is parsed alone by an LALR grammar
   (``townlist.lark``), so one strange item spoils no other, and time grows with length only.
4. **Meaning.** From left to right, with the place named last in mind: 「5丁目」 is of the town
   before. A limit (の一部, のうち, a bracket) belongs to the item it stands with; a bare 除く,
   which may speak of the whole list before it, makes all of that list unknown; a proviso (ただし)
   takes back what it names.

Nothing is rounded. What is smaller than a chome is ``part``, with the words that say which part;
what cannot be told is ``unknown``, with the reason; and every character of the text is in a piece
or in a separator, in order, so that a reader can be shown exactly what was understood.

>>> for piece in pieces("朝日ヶ丘1～3丁目・5丁目、新港の一部"):
...     print(piece.text, piece.state.value, piece.name, piece.chome, piece.part)
朝日ヶ丘1～3丁目 whole 朝日ヶ丘 (1, 2, 3) None
5丁目 whole 朝日ヶ丘 (5,) None
新港の一部 part 新港 () 一部
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile

from lark import Token, Tree

from .names import chome_number
from .townwords import (
    AREAS,
    GLASSES,
    LIMITING,
    Item,
    branches,
    end_of,
    items_of,
    leaves,
    parse,
    start_of,
    tokens_of,
)
from .words import Text


class State(StrEnum):
    """How much of what it names a piece takes in."""

    WHOLE = "whole"
    PART = "part"
    UNKNOWN = "unknown"


class Unit(StrEnum):
    """What kind of area a piece names. Only towns can be looked up in a register of towns."""

    TOWN = "town"
    SCHOOL = "school_area"
    OFFICE = "office_area"
    ESTATE = "estate"
    ASSOCIATION = "association"
    DISTRICT = "district"
    WARD = "ward"
    LABEL = "label"
    PHRASE = "phrase"


@dataclass(frozen=True)
class Piece:
    """One thing the text says.

    Attributes
    ----------
    start, end, text
        The characters it was read from: ``text == source[start:end]``.
    name
        The area as written, also where the piece itself elides it; None where there is none.
    chome
        Numbers of the chome; () is the bare name, that is the town with all its chome.
    part
        What is kept or left out, in the words of the text; None where nothing says so.
    without
        Chome left out of a bare town: 「桜木（3丁目を除く）」 is ``part``: exactly all but 3.
    reason
        How it was understood, or why it was not.
    """

    start: int
    end: int
    text: str
    state: State
    unit: Unit
    name: str | None
    chome: tuple[int, ...]
    part: str | None
    reason: Text
    without: tuple[int, ...] = ()


@dataclass(frozen=True)
class Separator:
    """Characters between pieces: commas, spaces, headings' brackets."""

    start: int
    end: int
    text: str


NAMED = Text("町の名をそのまま読みました", "the town is named here")
ELIDED = Text("前の町の名を補いました", "the town is the one named before")
SETTLED = Text("限る言葉の丁目を計算しました", "worked out from the chome of its limit")
ALL_BUT = Text("町のうち除く丁目が書かれています", "all of the town but the chome it leaves out")
SMALLER = Text("丁目より狭い範囲です", "smaller than the town or chome")
LIMITED = Text("範囲を限る言葉があります", "words limit it")
PROVISO = Text("ただし書きが範囲を変えます", "a proviso after it changes it")
NOT_A_TOWN = Text("町ではない区域です", "an area of another kind than a town")
HEADING = Text("後に続く範囲の見出しです", "a heading of what follows")
NOT_A_PLACE = Text("場所を表す言葉ではありません", "words that name no place")
NOT_READ = Text("読み取れない書き方です", "not written in a way that can be read")
NO_TOWN = Text("どの町か書かれていません", "no town is named before it")
NO_UNIT = Text("丁目か番地か分かりません", "a number that is not said to be chome, block or lot")
WHICH_CHOME = Text(
    "どの丁目の番か分かりません", "blocks of one of several chome: it is not said which"
)
BAD_CHOME = Text("丁目の数として読めません", "not a number or range of chome")
CROSSES = Text("丁目をまたぐ番の範囲です", "a range of blocks that runs across chome")
BRACKET = Text("括弧の中が範囲か注か分かりません", "the bracket may limit it or only comment on it")
NOT_THERE = Text(
    "書かれていない丁目を除いています", "it leaves out a chome that is not in the list"
)
LEFT_OUT = Text(
    "除くものと残すものの境が分かりません", "it is not said what is kept and what left out"
)
NEVER_CLOSED = Text("括弧が閉じられていません", "a bracket is opened and never closed")


def read(text: str, within: str | None = None) -> tuple[Piece | Separator, ...]:
    """All that `text` says, in order: pieces and separators, which join to the text again.

    Parameters
    ----------
    text
        One area text, such as a cell of a table.
    within
        The town, where another column of the table names it: "2番～5番" within "大崎1丁目".
    """
    spans: list[Piece | Separator] = []
    here = 0
    for piece in (*_Reader(text, _place_of(within)).pieces(), None):
        start = piece.start if piece else len(text)
        if here < start:
            spans.append(Separator(here, start, text[here:start]))
        if piece:
            spans.append(piece)
            here = piece.end
    return tuple(spans)


def pieces(text: str, within: str | None = None) -> tuple[Piece, ...]:
    """The pieces of :func:`read`, without the separators.

    >>> [(piece.name, piece.chome) for piece in pieces("柏井町、柏井一・四丁目")]
    [('柏井町', ()), ('柏井', (1, 4))]
    """
    return tuple(span for span in read(text, within) if isinstance(span, Piece))


class _DoubtError(Exception):
    """Why something cannot be told."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True)
class _Place:
    """The place named last, which what follows may leave unsaid."""

    name: str | None = None
    chome: tuple[int, ...] = ()
    block: str = ""


def _place_of(within: str | None) -> _Place:
    if within is None:
        return _Place()
    named = [piece for piece in pieces(within) if piece.state is State.WHOLE]
    return _Place(named[-1].name, named[-1].chome) if named else _Place()


def _chome_of(token: Token) -> int:
    try:
        return chome_number(token.value)
    except ValueError as err:
        raise _DoubtError(BAD_CHOME) from err


def _chome(tree: Tree[Token]) -> tuple[int, ...]:
    """The chome that a list with ranges names: 1、3～5丁目, 2丁目～4丁目, 1丁目から3丁目まで."""
    ranges = list[list[int]]()
    goes_on = False
    for token in leaves(tree):
        if token.type == "NUMBER":
            if not goes_on:
                ranges.append([])
            ranges[-1].append(_chome_of(token))
        goes_on = token.type in {"RANGE", "HYPHEN"}
    if any(len(ends) > 2 or ends != sorted(set(ends)) for ends in ranges):
        raise _DoubtError(BAD_CHOME)
    return tuple(sorted({n for ends in ranges for n in range(ends[0], ends[-1] + 1)}))


class _Reader:
    """One reading, from left to right; `place` is what was named last."""

    def __init__(self, source: str, place: _Place) -> None:
        self.source = source
        self.seen = source.translate(GLASSES)
        self.place = place
        self.found = list[Piece]()
        self.sentence = 0  # where in `found` the sentence began that is being read

    def pieces(self) -> list[Piece]:
        for item in items_of(tokens_of(self.seen)):
            if item.joined is None:
                self.sentence = len(self.found)
            try:
                self.read(item)
            except _DoubtError as doubt:
                self.add(item.tokens, State.UNKNOWN, doubt.reason, _Place(), unit=Unit.PHRASE)
        return self.found

    def read(self, item: Item) -> None:
        if item.has("UNCLOSED"):
            raise _DoubtError(NEVER_CLOSED)
        if item.tokens[0].type == "PROVISO":
            self.proviso(item.tokens)
        elif item.leaves_out:
            self.left_out(item.tokens)
        elif (tree := parse(item.tokens, "item")) is None:
            raise _DoubtError(NOT_READ)
        else:
            branch = branches(tree)
            if "phrase" in branch:
                raise _DoubtError(NOT_A_PLACE)
            if "unit" in branch:
                self.not_a_town(item.tokens)
            else:
                self.town(item, branch)

    def add(
        self,
        tokens: list[Token],
        state: State,
        reason: Text,
        place: _Place,
        part: str | None = None,
        unit: Unit = Unit.TOWN,
        without: tuple[int, ...] = (),
    ) -> None:
        start, end = start_of(tokens[0]), end_of(tokens[-1])
        names = (place.name, place.chome, part, reason, without)
        self.found.append(Piece(start, end, self.source[start:end], state, unit, *names))
        self.place = place if unit in {Unit.TOWN, Unit.LABEL} else _Place()

    def words(self, tokens: list[Token]) -> str:
        """The words of a limit, without the bracket that holds them or the の that ties them on."""
        start, end = start_of(tokens[0]), end_of(tokens[-1])
        if tokens[0].type == "AMONG":
            start = end_of(tokens[0])
        if len(tokens) == 1 and tokens[0].type == "GROUP":
            start, end = start + 1, end - 1
        return self.source[start:end].strip().removeprefix("の").removesuffix("。")

    # -- what is not a town, and what speaks of other items

    def not_a_town(self, tokens: list[Token]) -> None:
        first = next(index for index, token in enumerate(tokens) if token.type in AREAS)
        units = list(takewhile(lambda token: token.type in AREAS, tokens[first:]))
        rest = tokens[first + len(units) :]
        name = self.source[start_of(tokens[0]) : end_of(units[-1])]
        part = self.words(rest) if rest else None
        unit = Unit[units[-1].type]
        self.add(tokens, State.UNKNOWN, NOT_A_TOWN, _Place(name), part, unit)

    def proviso(self, tokens: list[Token]) -> None:
        """A proviso takes back what it names; if it names nothing but sets a limit, all before."""
        words = self.source[start_of(tokens[0]) : end_of(tokens[-1])]
        limits = any(token.type in LIMITING for token in tokens[1:])
        names = {piece.name for piece in self.found if piece.name and piece.name in words}
        for name in names:
            self.take_back(0, words, PROVISO, name)
        if limits and not names:
            self.take_back(0, words, PROVISO)
        raise _DoubtError(NOT_A_PLACE)

    def take_back(self, start: int, words: str, reason: Text, name: str | None = None) -> None:
        """Make part of what was whole, from one piece on: of one name, or of all."""
        for index, piece in enumerate(self.found[start:], start):
            if piece.state is State.WHOLE and name in {None, piece.name}:
                self.found[index] = replace(piece, state=State.PART, part=words, reason=reason)

    def left_out(self, tokens: list[Token]) -> None:
        """「7番、8番を除く全域」 is part of the town before; other bare 除く say too little."""
        tree = parse(tokens, "left_out")
        if tree is None:
            raise _DoubtError(LEFT_OUT)
        branch = branches(tree)
        listed = tokens[2:-1] if "town" in branch else tokens[:-1]
        place = _Place(self.name(branch["town"])) if "town" in branch else self.place
        note = parse(listed, "note") if place.name and not place.chome else None
        without = _chome(note) if note is not None else ()
        if "town" not in branch:
            self.heading(False)
        state, reason = (State.PART, LIMITED) if place.name else (State.UNKNOWN, NO_TOWN)
        self.add(tokens, state, reason, place, self.words(listed), without=without)

    # -- towns

    def town(self, item: Item, branch: dict[str, Tree[Token]]) -> None:
        """A town, some of its chome, or less; of the place before where none is named."""
        tokens, limit = item.tokens, self.limit(item.tokens, branch)
        part = self.words(limit) if limit else None
        elided = "town" not in branch
        name = self.place.name if elided else self.name(branch["town"])
        if name is None:
            self.add(tokens, State.UNKNOWN, NO_TOWN, _Place(), self.words(tokens))
            return
        if _is_ward(name):
            self.add(tokens, State.UNKNOWN, NOT_A_TOWN, _Place(name), part, Unit.WARD)
            return
        if elided and (item.joined is None or not branch.keys() & {"chomes", "below"}):
            self.heading(bool(branch.keys() & {"chomes", "below"}))
        try:
            place = _Place(name, self.chome(branch))
            if "below" in branch:
                self.below(tokens, limit, branch, place)
            elif len(limit) == 1 and limit[0].type == "GROUP":
                self.bracket(tokens, limit, place, elided)
            elif limit and limit[0].type == "AMONG":
                self.among(tokens, limit, place)
            elif limit and {token.type for token in limit} <= {"GROUP", "ALL", "ONLY"}:
                raise _DoubtError(BRACKET)
            elif limit:
                self.part(tokens, LIMITED, place, self.words(limit))
            elif item.is_label:
                self.add(tokens, State.UNKNOWN, HEADING, place, unit=Unit.LABEL)
            else:
                self.add(tokens, State.WHOLE, ELIDED if elided else NAMED, place)
        except _DoubtError as doubt:
            self.add(tokens, State.UNKNOWN, doubt.reason, _Place(name), part)

    def name(self, tree: Tree[Token]) -> str:
        """The town's name as written, without the reading in brackets after it."""
        word = leaves(tree)[0]
        start = start_of(word)
        name = self.source[start : start + len(word.partition("(")[0])]
        kinds = {unicodedata.category(sign) for sign in name}
        if "Lo" not in kinds or {kind[0] for kind in kinds} - {"L", "M", "N"}:
            raise _DoubtError(NOT_READ)
        return name

    def chome(self, branch: dict[str, Tree[Token]]) -> tuple[int, ...]:
        if "chomes" in branch:
            return _chome(branch["chomes"])
        return () if "town" in branch else self.place.chome

    def heading(self, is_numbered: bool) -> None:
        """A town, then on a line of its own what is meant of it: the name was only a heading."""
        last = self.found[-1] if self.found else None
        if last is None or last.state is not State.WHOLE or last.name != self.place.name:
            return
        if not (is_numbered and last.chome):
            label = replace(last, state=State.UNKNOWN, unit=Unit.LABEL, reason=HEADING)
            self.found[-1] = label

    def limit(self, tokens: list[Token], branch: dict[str, Tree[Token]]) -> list[Token]:
        """The words of an item from the first that may make it smaller, to its end."""
        trees = [branch[key] for key in ("below", "limit", "rest") if key in branch]
        starts = [start_of(leaves(tree)[0]) for tree in trees]
        starts += [start_of(token) for token in tokens if token.type == "GROUP"]
        return [token for token in tokens if starts and start_of(token) >= min(starts)]

    def part(self, tokens: list[Token], reason: Text, place: _Place, part: str) -> None:
        if any(word in part for word in ("各", "それぞれ", "いずれも")):
            self.take_back(self.sentence, part, LIMITED)
        self.add(tokens, State.PART, reason, place, part)

    def below(
        self,
        tokens: list[Token],
        limit: list[Token],
        branch: dict[str, Tree[Token]],
        place: _Place,
    ) -> None:
        """Blocks, lots, houses and buildings: never a chome, however many they are."""
        kinds = [token.type for token in limit]
        elided = not branch.keys() & {"town", "chomes"}
        are_lots = {"HYPHEN", "RANGE"} <= set(kinds) and not elided
        if "CHOME" in kinds:
            raise _DoubtError(CROSSES)
        if "chomes" not in branch and "UNIT" not in kinds and not are_lots:
            raise _DoubtError(NO_UNIT)
        if elided and len(place.chome) > 1:
            raise _DoubtError(WHICH_CHOME)
        words, block = self.words(limit), self.place.block if elided else ""
        unit = kinds.index("UNIT") if "UNIT" in kinds else 0
        if unit and limit[unit].value in {"番", "番地", "街区"}:
            block = self.words(limit[:2]) if unit == 1 else ""
        else:
            words = block + words
        self.part(tokens, ELIDED if elided else SMALLER, replace(place, block=block), words)

    # -- brackets

    def bracket(self, tokens: list[Token], limit: list[Token], place: _Place, elided: bool) -> None:
        """What a bracket does to a town: settled where it speaks of chome, else kept in words."""
        inner = tokens_of(self.seen, limit[0])
        while inner and inner[-1].type == "STOP":
            inner.pop()
        if self.settled(tokens, limit, inner, place):
            return
        explains = elided and self.found[-1].state is State.PART
        if not explains and not any(token.type in LIMITING | {"RANGE"} for token in inner):
            raise _DoubtError(BRACKET)
        self.part(tokens, LIMITED, place, self.words(limit))

    def among(self, tokens: list[Token], limit: list[Token], place: _Place) -> None:
        """「幕張町のうち国道の南側」; with nothing after のうち it heads what follows."""
        if len(limit) == 1:
            self.add(tokens, State.UNKNOWN, HEADING, place, unit=Unit.LABEL)
        elif not self.settled(tokens, limit, limit[1:], place):
            self.part(tokens, LIMITED, place, self.words(limit))

    def settled(
        self, tokens: list[Token], limit: list[Token], inner: list[Token], place: _Place
    ) -> bool:
        """Whether a limit that speaks of chome of this town, or of all, could be worked out."""
        note = parse(inner, "note")
        if note is None or {self.name(tree) for tree in note.find_data("town")} - {place.name}:
            return False
        if note.data == "all":
            self.add(tokens, State.WHOLE, NAMED, place)
        elif note.data == "keep":
            listed = _chome(note)
            chooses = inner[-1].type == "ONLY" or limit[0].type == "AMONG"
            allowed = set(listed) <= set(place.chome) if chooses else listed == place.chome
            if place.chome and not allowed:
                raise _DoubtError(BRACKET)
            self.add(tokens, State.WHOLE, SETTLED, replace(place, chome=listed))
        elif note.data == "drop":
            self.drop(tokens, limit, place, set(_chome(note)))
        elif inner[-1].type == "EXCEPT" and place.chome:
            return self.narrow(tokens, limit, place, branches(note))
        else:
            return False
        return True

    def drop(self, tokens: list[Token], limit: list[Token], place: _Place, out: set[int]) -> None:
        """「桜木1～8丁目（3丁目を除く）」 is seven chome; 3 may also stand in an item before."""
        if not place.chome:
            part, without = self.words(limit), tuple(sorted(out))
            self.add(tokens, State.PART, ALL_BUT, place, part, without=without)
            return
        run = [self.found[index] for index in self.run(place)]
        kept = [tuple(n for n in piece.chome if n not in out) for piece in run]
        own = tuple(n for n in place.chome if n not in out)
        listed = {*place.chome, *(n for piece in run for n in piece.chome)}
        if not out <= listed or not own or not all(kept):
            raise _DoubtError(NOT_THERE)
        for index, chome in zip(self.run(place), kept, strict=True):
            if chome != self.found[index].chome:
                self.found[index] = replace(self.found[index], chome=chome, reason=SETTLED)
        self.add(tokens, State.WHOLE, SETTLED, replace(place, chome=own))

    def run(self, place: _Place) -> range:
        """Where in `found` the pieces stand, just before, that are chome of the same town."""
        first = len(self.found)
        for piece in reversed(self.found):
            if piece.name != place.name or not piece.chome or piece.state is not State.WHOLE:
                break
            first -= 1
        return range(first, len(self.found))

    def narrow(
        self,
        tokens: list[Token],
        limit: list[Token],
        place: _Place,
        branch: dict[str, Tree[Token]],
    ) -> bool:
        """「南町1～3丁目（3丁目11番を除く）」: 1 and 2 are whole, the bracket is part of 3."""
        touched, words = _chome(branch["chomes"]), leaves(branch["below"])
        rest = tuple(n for n in place.chome if n not in touched)
        if not set(touched) <= set(place.chome):
            raise _DoubtError(NOT_THERE)
        if not rest or any(token.type == "CHOME" for token in words):
            return False
        self.add(tokens[: -len(limit)], State.WHOLE, SETTLED, replace(place, chome=rest))
        self.part(limit, LIMITED, replace(place, chome=touched), self.words(words))
        return True


def _is_ward(name: str) -> bool:
    """Whether it is a ward with its city (福岡市東区), which is no town."""
    return name.endswith("区") and "市" in name[1:]
