"""Area text (担当地域) → pieces: what 「朝日ヶ丘1～3丁目・5丁目」 says, and what it leaves unsaid.

A list of towns is a small language, and its commas are its trap: in 「椿森1、2、3丁目、5丁目」
two of them join numbers and one joins items, and the last item has no name of its own. The text
is therefore read in four steps, each so simple that it can be trusted:

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
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import accumulate, groupby, takewhile

from lark import Lark, Token, Tree, UnexpectedInput

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

_KANJI_DIGITS = "〇一二三四五六七八九"
_HIGHEST_CHOME = 99


def number(text: str) -> int:
    """The number that digits of any form write.

    >>> number("12"), number("１２"), number("十二"), number("二十"), number("一〇")
    (12, 12, 12, 20, 10)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isdecimal():
        return int(plain)
    if not plain or set(plain) - set(_KANJI_DIGITS + "十百千"):
        raise ValueError(f"not a number: {text!r}")
    total = digits = 0
    for sign in plain:
        if sign in _KANJI_DIGITS:
            digits = digits * 10 + _KANJI_DIGITS.index(sign)
        else:
            total += (digits or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digits = 0
    return total + digits


def split_chome(town_name: str) -> tuple[str, int | None]:
    """The town and the chome of one town's name as a register writes it.

    >>> split_chome("朝日ケ丘一丁目"), split_chome("都町１丁目"), split_chome("五十土町")
    (('朝日ケ丘', 1), ('都町', 1), ('五十土町', None))
    """
    stem = town_name.removesuffix("丁目")
    base = stem.rstrip("0123456789０１２３４５６７８９")
    if base == stem:
        base = stem.rstrip(_KANJI_DIGITS + "十")
    try:
        chome = _chome_number(stem[len(base) :])
    except _DoubtError:
        return town_name, None
    return (base, chome) if base and stem != town_name else (town_name, None)


def fold(name: str) -> str:
    """The key under which spellings of one name meet: width, ヶ/ケ/が, ノ/の, 澤/沢, 大字.

    町 is never stripped. Two towns may in rare cases share a key (中島 and 中嶋), so a name is to
    be looked up as written first, and a key that meets two towns is no answer.

    >>> fold("朝日ヶ丘") == fold("朝日ケ丘"), fold("大字桧原") == fold("檜原")
    (True, True)
    >>> fold("柏井") == fold("柏井町")
    False
    """
    plain = unicodedata.normalize("NFKC", name)
    plain = "".join(plain.split()).translate(_VARIANTS)
    for prefix in ("大字", "字"):
        if plain.startswith(prefix) and len(plain) > len(prefix):
            return plain.removeprefix(prefix)
    return plain


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


# ---- 1. Letters ---------------------------------------------------------------------

_GLASSES = str.maketrans(
    dict(zip("０１２３４５６７８９．／：；＋＝％＆？！｡", "0123456789./:;+=%&?!。", strict=True))
    | dict.fromkeys("～〜∼∾˜", "~")
    | dict.fromkeys("－‐‑‒–—―−﹣─", "-")
    | dict.fromkeys("，,､", "、")
    | dict.fromkeys("･·•‧∙", "・")
    | dict.fromkeys("（[［〔{｛<＜〈《「『〖", "(")
    | dict.fromkeys("）]］〕}｝>＞〉》」』〗", ")")
    | dict.fromkeys("\t\u3000\xa0\u2002\u2003\u2009", " ")
    | dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n")
)
_SPELLINGS = (
    "ヶケ ヵケ がケ ガケ ノの 之の ツつ ッつ っつ 澤沢 邊辺 邉辺 齋斉 齊斉 斎斉 髙高 﨑崎 "
    "嵜崎 濱浜 濵浜 嶋島 嶌島 廣広 國国 龍竜 櫻桜 瀧滝 德徳 眞真 惠恵 壽寿 圓円 應応 會会 "
    "檜桧 籔薮 藪薮 籠篭 鷄鶏 條条 學学 關関 淺浅 藏蔵 榮栄 靜静 實実 豐豊 鐵鉄 鹽塩 臺台 "
    "萬万 與与 莊荘 黑黒 舘館 曾曽 諫諌 鷗鴎 鶯鴬 蠣蛎 檮梼 濤涛 邇迩 礪砺 麴麹 嚙噛 "
)
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_VARIANTS = dict.fromkeys(_VARIATION_SELECTORS, "") | {
    ord(pair[0]): pair[1] for pair in _SPELLINGS.split()
}


@cache
def _grammar() -> Lark:
    starts = ["text", "item", "note", "left_out"]
    return Lark.open("townlist.lark", rel_to=__file__, parser="lalr", lexer="basic", start=starts)


def _parse(tokens: list[Token], start: str) -> Tree[Token] | None:
    """The tree of words that are already tokens; None where the grammar has no place for them."""
    parser = _grammar().parse_interactive(start=start)
    try:
        for token in tokens:
            parser.feed_token(token)
        tree: Tree[Token] = parser.feed_token(Token("$END", ""))
    except UnexpectedInput:
        return None
    return tree


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return _start(token) + len(token)


def _leaves(tree: Tree[Token]) -> list[Token]:
    return list(tree.scan_values(lambda value: isinstance(value, Token)))


def _branches(tree: Tree[Token]) -> dict[str, Tree[Token]]:
    """The named parts of an item; of several of one name, the first."""
    trees = [child for child in tree.children if isinstance(child, Tree)]
    return {str(child.data): child for child in reversed(trees)}


# ---- 2. Words -----------------------------------------------------------------------

_AREAS = {"SCHOOL", "OFFICE", "ESTATE", "ASSOCIATION", "DISTRICT"}
_LIMITING = {"SOME", "AMONG", "EXCEPT", "OUT", "ONLY", "UNIT"}
_LIMITING |= {"SCHOOL", "ESTATE", "TELL", "PHRASE", "PROVISO"}
_HARD = {"STOP", "HEAD_OPEN", "HEAD_CLOSE"}
# Words that end what they belong to: with a letter after it, 団地 is a part of a name (団地町).
_ENDING = {*_AREAS, "ALL", "ONLY", "OTHERS"}
# A number with anything else after it is a part of a word: 北1条西, 第4区, 14号線.
_AFTER_NUMBER = {"CHOME", "UNIT", "RANGE", "HYPHEN", "TO", "SEP", "STOP", "SPACE", "HEAD_CLOSE"}
_AFTER_NUMBER |= {"GROUP", "UNCLOSED", "ALL", "SOME", "AMONG", "EXCEPT", "ONLY"}
_NUMBERS = {"DIGITS", "KANJI"}
_IN_NUMBERS = {*_NUMBERS, "SEP", "RANGE", "HYPHEN", "SPACE"}


def _tokens(seen: str, bracket: Token | None = None) -> list[Token]:
    """The words of a text, or of what stands in one of its brackets."""
    start, end = (_start(bracket), _end(bracket)) if bracket else (0, len(seen))
    lexed = _grammar().lex(seen[start:end])
    raw = [Token(token.type, token.value, start + _start(token)) for token in lexed]
    return _words(_brackets(raw[1:-1] if bracket else raw, seen, bracket is None), seen)


def _brackets(raw: list[Token], seen: str, may_list: bool) -> list[Token]:
    """Each bracket as one GROUP, whatever kinds of bracket open and close it.

    A bracket with nothing before it holds a list of its own; its two signs are then separators.
    """
    partner, waiting = dict[int, int](), list[int]()
    for index, token in enumerate(raw):
        if token.type == "OPEN":
            waiting.append(index)
        elif token.type == "CLOSE" and waiting:
            partner[waiting.pop()] = index
    limits = list(accumulate((token.type in _LIMITING for token in raw), initial=0))

    def holds_list(start: int, end: int) -> bool:
        follows = raw[end + 1].type if end + 1 < len(raw) else "STOP"
        first = not out or (out[-1].type in {"SEP", "STOP"} and limits[start] == limits[end])
        return may_list and first and follows in {"SEP", "STOP", "CLOSE"}

    out = list[Token]()
    index = 0
    while index < len(raw):
        token, close, kind = raw[index], partner.get(index), raw[index].type
        if close is not None and not holds_list(index, close):
            out.append(Token("GROUP", seen[_start(token) : _end(raw[close])], _start(token)))
            index = close
        else:
            kind = "STOP" if close is not None or kind == "CLOSE" else kind
            kind = "UNCLOSED" if kind == "OPEN" else kind
            out.append(Token(kind, token.value, _start(token)))
        index += 1
    return out


def _words(raw: list[Token], seen: str) -> list[Token]:
    """Letters run together to words, and the kinds that only neighbours decide."""
    typed = list[Token]()
    for index, token in enumerate(raw):
        kind = _kind(raw, index, typed[-1].type if typed else "STOP")
        if kind != "SPACE":
            typed.append(Token(kind, token.value, _start(token)))
    out = list[Token]()
    for kind, run in groupby(typed, lambda token: token.type):
        tokens = list(run)
        if kind == "WORD":
            start = _start(tokens[0])
            tokens = [Token(kind, seen[start : _end(tokens[-1])], start)]
        out += tokens
    return out


def _kind(raw: list[Token], index: int, last: str) -> str:
    """What a token is, beside its neighbours; `last` is what the one before it turned out to be."""
    token = raw[index]
    before = raw[index - 1].type if index else "STOP"
    after = raw[index + 1] if index + 1 < len(raw) else Token("STOP", "")
    match token.type:
        case "CHAR":
            return "WORD"
        case "KANJI":
            return "NUMBER"
        case "DIGITS":
            is_number = after.type in _AFTER_NUMBER or after.startswith("の")
            return "NUMBER" if is_number else "WORD"
        case "CHOME" | "UNIT" if last != "NUMBER":
            return "WORD"
        case "SEP" if {before, after.type} <= _NUMBERS:
            return "NUMSEP"
        case "SPACE" if _parts_items(raw, index, last):
            return "GAP"
        case "GROUP" if last == "WORD" and _is_reading(token, after):
            return "WORD"
        case kind if kind in _ENDING and after.type == "CHAR":
            return "WORD"
        case kind:
            return kind


def _parts_items(raw: list[Token], index: int, last: str) -> bool:
    """Whether a space stands between items: before a name, or between 1丁目 and 2丁目."""
    if last in {"NUMBER", "SEP", "NUMSEP", "RANGE", "HYPHEN", *_HARD}:
        return False
    following = [token.type for token in raw[index + 1 : index + 60]]
    after_numbers = next((kind for kind in following if kind not in _IN_NUMBERS), "")
    return following[:1] == ["CHAR"] or (last == "CHOME" and after_numbers == "CHOME")


def _is_reading(group: Token, after: Token) -> bool:
    """Whether a bracket only says how the name before it is read: 東栄町(とうえいちょう)."""
    inner = group.value[1:-1]
    last_kana = "ヺ" if after.type in _NUMBERS else "ゖ"
    kana = all("ぁ" <= sign <= last_kana or sign == "ー" for sign in inner)
    return kana and bool(inner) and after.type != "CHAR"


# ---- 3. Items -----------------------------------------------------------------------


@dataclass
class _Item:
    """What stands between two separators; `joined`: the comma that ties it to the item before."""

    tokens: list[Token] = field(default_factory=list)
    joined: Token | None = None
    is_label: bool = False

    def has(self, *kinds: str) -> bool:
        return any(token.type in kinds for token in self.tokens)

    @property
    def leaves_out(self) -> bool:
        """Whether it says 除く outside brackets, of something that need not be in this item."""
        if self.has("AMONG", "PROVISO", "UNCLOSED"):
            return False
        tied = self.joined is not None or len(self.tokens) > 1
        said = (token for token in self.tokens if token.type == "PHRASE" and tied)
        return self.has("EXCEPT") or any(token.endswith("除く") for token in said)


def _items(tokens: list[Token]) -> list[_Item]:
    """The items of a list, those that one 除く may speak of joined to one."""
    items = list[_Item]()
    for cut in _cut(tokens):
        for item in _part_at_spaces(cut):
            joins = item.leaves_out
            while joins and item.joined is not None and items:
                before = items.pop()
                item = _Item([*before.tokens, item.joined, *item.tokens], before.joined)
            items.append(item)
    return items


def _cut(tokens: list[Token]) -> Iterator[_Item]:
    item = _Item()
    until: str | None = None  # a proviso runs to its sentence's end, an unclosed bracket for ever
    for token in tokens:
        kind = token.type
        if until is not None and not (kind == "STOP" and token.value in until):
            item.tokens.append(token)
            continue
        if kind == "SEP" or kind in _HARD:
            item.is_label = token.value == ":"
            yield item
            item, until = _Item(joined=token if kind == "SEP" else None), None
            continue
        if kind in {"PROVISO", "OTHERS"}:
            yield item
            item = _Item()
        if kind in {"PROVISO", "UNCLOSED"}:
            until = "。\n" if kind == "PROVISO" else ""
        item.tokens.append(token)
    yield item


def _part_at_spaces(item: _Item) -> Iterator[_Item]:
    """Spaces part names (「院内 春日」), but not the words of a sentence."""
    together = item.has("TELL", "EXCEPT", "AMONG", "PROVISO", "UNCLOSED")
    joined, run = item.joined, list[Token]()
    for token in item.tokens:
        if token.type != "GAP":
            run.append(token)
        elif not together:
            yield _Item(run, joined)
            joined, run = token, []
    if run:
        yield _Item(run, joined, item.is_label)


# ---- 4. Meaning ---------------------------------------------------------------------


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


def _chome_number(digits: str) -> int:
    """One chome. 二三丁目 may be 23, or 2 and 3, or belong to a name that ends in 二: a doubt."""
    doubtful = len(digits) > 1 and not set(digits) - set(_KANJI_DIGITS[1:])
    try:
        chome = 0 if doubtful or len(digits) > 3 else number(digits)
    except ValueError:
        chome = 0
    if not 0 < chome <= _HIGHEST_CHOME:
        raise _DoubtError(BAD_CHOME)
    return chome


def _chome(tree: Tree[Token]) -> tuple[int, ...]:
    """The chome that a list with ranges names: 1、3～5丁目, 2丁目～4丁目, 1丁目から3丁目まで."""
    ranges = list[list[int]]()
    goes_on = False
    for token in _leaves(tree):
        if token.type == "NUMBER":
            if not goes_on:
                ranges.append([])
            ranges[-1].append(_chome_number(token.value))
        goes_on = token.type in {"RANGE", "HYPHEN"}
    if any(len(ends) > 2 or ends != sorted(set(ends)) for ends in ranges):
        raise _DoubtError(BAD_CHOME)
    return tuple(sorted({n for ends in ranges for n in range(ends[0], ends[-1] + 1)}))


class _Reader:
    """One reading, from left to right; `place` is what was named last."""

    def __init__(self, source: str, place: _Place) -> None:
        self.source = source
        self.seen = source.translate(_GLASSES)
        self.place = place
        self.found = list[Piece]()
        self.sentence = 0  # where in `found` the sentence began that is being read

    def pieces(self) -> list[Piece]:
        for item in _items(_tokens(self.seen)):
            if item.joined is None:
                self.sentence = len(self.found)
            try:
                self.read(item)
            except _DoubtError as doubt:
                self.add(item.tokens, State.UNKNOWN, doubt.reason, _Place(), unit=Unit.PHRASE)
        return self.found

    def read(self, item: _Item) -> None:
        if item.has("UNCLOSED"):
            raise _DoubtError(NEVER_CLOSED)
        if item.tokens[0].type == "PROVISO":
            self.proviso(item.tokens)
        elif item.leaves_out:
            self.left_out(item.tokens)
        elif (tree := _parse(item.tokens, "item")) is None:
            raise _DoubtError(NOT_READ)
        else:
            branch = _branches(tree)
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
        start, end = _start(tokens[0]), _end(tokens[-1])
        names = (place.name, place.chome, part, reason, without)
        self.found.append(Piece(start, end, self.source[start:end], state, unit, *names))
        self.place = place if unit in {Unit.TOWN, Unit.LABEL} else _Place()

    def words(self, tokens: list[Token]) -> str:
        """The words of a limit, without the bracket that holds them or the の that ties them on."""
        start, end = _start(tokens[0]), _end(tokens[-1])
        if tokens[0].type == "AMONG":
            start = _end(tokens[0])
        if len(tokens) == 1 and tokens[0].type == "GROUP":
            start, end = start + 1, end - 1
        return self.source[start:end].strip().removeprefix("の").removesuffix("。")

    # -- what is not a town, and what speaks of other items

    def not_a_town(self, tokens: list[Token]) -> None:
        first = next(index for index, token in enumerate(tokens) if token.type in _AREAS)
        units = list(takewhile(lambda token: token.type in _AREAS, tokens[first:]))
        rest = tokens[first + len(units) :]
        name = self.source[_start(tokens[0]) : _end(units[-1])]
        part = self.words(rest) if rest else None
        unit = Unit[units[-1].type]
        self.add(tokens, State.UNKNOWN, NOT_A_TOWN, _Place(name), part, unit)

    def proviso(self, tokens: list[Token]) -> None:
        """A proviso takes back what it names; if it names nothing but sets a limit, all before."""
        words = self.source[_start(tokens[0]) : _end(tokens[-1])]
        limits = any(token.type in _LIMITING for token in tokens[1:])
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
        tree = _parse(tokens, "left_out")
        if tree is None:
            raise _DoubtError(LEFT_OUT)
        branch = _branches(tree)
        listed = tokens[2:-1] if "town" in branch else tokens[:-1]
        place = _Place(self.name(branch["town"])) if "town" in branch else self.place
        note = _parse(listed, "note") if place.name and not place.chome else None
        without = _chome(note) if note is not None else ()
        if "town" not in branch:
            self.heading(False)
        state, reason = (State.PART, LIMITED) if place.name else (State.UNKNOWN, NO_TOWN)
        self.add(tokens, state, reason, place, self.words(listed), without=without)

    # -- towns

    def town(self, item: _Item, branch: dict[str, Tree[Token]]) -> None:
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
        word = _leaves(tree)[0]
        start = _start(word)
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
        starts = [_start(_leaves(tree)[0]) for tree in trees]
        starts += [_start(token) for token in tokens if token.type == "GROUP"]
        return [token for token in tokens if starts and _start(token) >= min(starts)]

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
        inner = _tokens(self.seen, limit[0])
        while inner and inner[-1].type == "STOP":
            inner.pop()
        if self.settled(tokens, limit, inner, place):
            return
        explains = elided and self.found[-1].state is State.PART
        if not explains and not any(token.type in _LIMITING | {"RANGE"} for token in inner):
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
        note = _parse(inner, "note")
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
            return self.narrow(tokens, limit, place, _branches(note))
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
        touched, words = _chome(branch["chomes"]), _leaves(branch["below"])
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
