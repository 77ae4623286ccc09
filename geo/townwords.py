"""The words of an area text: steps 1 to 3 of :mod:`geo.townlist`.

Letters become tokens, tokens words, words items; what an item means is decided there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, groupby

from lark import Lark, Token, Tree, UnexpectedInput

# ---- 1. Letters ---------------------------------------------------------------------

GLASSES = str.maketrans(
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


@cache
def _grammar() -> Lark:
    starts = ["text", "item", "note", "left_out"]
    return Lark.open("townlist.lark", rel_to=__file__, parser="lalr", lexer="basic", start=starts)


def parse(tokens: list[Token], start: str) -> Tree[Token] | None:
    """The tree of words that are already tokens; None where the grammar has no place for them."""
    parser = _grammar().parse_interactive(start=start)
    try:
        for token in tokens:
            parser.feed_token(token)
        tree: Tree[Token] = parser.feed_token(Token("$END", ""))
    except UnexpectedInput:
        return None
    return tree


def start_of(token: Token) -> int:
    return token.start_pos or 0


def end_of(token: Token) -> int:
    return start_of(token) + len(token)


def leaves(tree: Tree[Token]) -> list[Token]:
    return list(tree.scan_values(lambda value: isinstance(value, Token)))


def branches(tree: Tree[Token]) -> dict[str, Tree[Token]]:
    """The named parts of an item; of several of one name, the first."""
    trees = [child for child in tree.children if isinstance(child, Tree)]
    return {str(child.data): child for child in reversed(trees)}


# ---- 2. Words -----------------------------------------------------------------------

AREAS = {"SCHOOL", "OFFICE", "ESTATE", "ASSOCIATION", "DISTRICT"}
LIMITING = {"SOME", "AMONG", "EXCEPT", "OUT", "ONLY", "UNIT"}
LIMITING |= {"SCHOOL", "ESTATE", "TELL", "PHRASE", "PROVISO"}
_HARD = {"STOP", "HEAD_OPEN", "HEAD_CLOSE"}
# Words that end what they belong to: with a letter after it, 団地 is a part of a name (団地町).
_ENDING = {*AREAS, "ALL", "ONLY", "OTHERS"}
# A number with anything else after it is a part of a word: 北1条西, 第4区, 14号線.
_AFTER_NUMBER = {"CHOME", "UNIT", "RANGE", "HYPHEN", "TO", "SEP", "STOP", "SPACE", "HEAD_CLOSE"}
_AFTER_NUMBER |= {"GROUP", "UNCLOSED", "ALL", "SOME", "AMONG", "EXCEPT", "ONLY"}
_NUMBERS = {"DIGITS", "KANJI"}
_IN_NUMBERS = {*_NUMBERS, "SEP", "RANGE", "HYPHEN", "SPACE"}


def tokens_of(seen: str, bracket: Token | None = None) -> list[Token]:
    """The words of a text, or of what stands in one of its brackets."""
    start, end = (start_of(bracket), end_of(bracket)) if bracket else (0, len(seen))
    lexed = _grammar().lex(seen[start:end])
    raw = [Token(token.type, token.value, start + start_of(token)) for token in lexed]
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
    limits = list(accumulate((token.type in LIMITING for token in raw), initial=0))

    def holds_list(start: int, end: int) -> bool:
        follows = raw[end + 1].type if end + 1 < len(raw) else "STOP"
        first = not out or (out[-1].type in {"SEP", "STOP"} and limits[start] == limits[end])
        return may_list and first and follows in {"SEP", "STOP", "CLOSE"}

    out = list[Token]()
    index = 0
    while index < len(raw):
        token, close, kind = raw[index], partner.get(index), raw[index].type
        if close is not None and not holds_list(index, close):
            out.append(Token("GROUP", seen[start_of(token) : end_of(raw[close])], start_of(token)))
            index = close
        else:
            kind = "STOP" if close is not None or kind == "CLOSE" else kind
            kind = "UNCLOSED" if kind == "OPEN" else kind
            out.append(Token(kind, token.value, start_of(token)))
        index += 1
    return out


def _words(raw: list[Token], seen: str) -> list[Token]:
    """Letters run together to words, and the kinds that only neighbours decide."""
    typed = list[Token]()
    for index, token in enumerate(raw):
        kind = _kind(raw, index, typed[-1].type if typed else "STOP")
        if kind != "SPACE":
            typed.append(Token(kind, token.value, start_of(token)))
    out = list[Token]()
    for kind, run in groupby(typed, lambda token: token.type):
        tokens = list(run)
        if kind == "WORD":
            start = start_of(tokens[0])
            tokens = [Token(kind, seen[start : end_of(tokens[-1])], start)]
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
class Item:
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


def items_of(tokens: list[Token]) -> list[Item]:
    """The items of a list, those that one 除く may speak of joined to one."""
    items = list[Item]()
    for cut in _cut(tokens):
        for item in _part_at_spaces(cut):
            joins = item.leaves_out
            while joins and item.joined is not None and items:
                before = items.pop()
                item = Item([*before.tokens, item.joined, *item.tokens], before.joined)
            items.append(item)
    return items


def _cut(tokens: list[Token]) -> Iterator[Item]:
    item = Item()
    until: str | None = None  # a proviso runs to its sentence's end, an unclosed bracket for ever
    for token in tokens:
        kind = token.type
        if until is not None and not (kind == "STOP" and token.value in until):
            item.tokens.append(token)
            continue
        if kind == "SEP" or kind in _HARD:
            item.is_label = token.value == ":"
            yield item
            item, until = Item(joined=token if kind == "SEP" else None), None
            continue
        if kind in {"PROVISO", "OTHERS"}:
            yield item
            item = Item()
        if kind in {"PROVISO", "UNCLOSED"}:
            until = "。\n" if kind == "PROVISO" else ""
        item.tokens.append(token)
    yield item


def _part_at_spaces(item: Item) -> Iterator[Item]:
    """Spaces part names (「院内 春日」), but not the words of a sentence."""
    together = item.has("TELL", "EXCEPT", "AMONG", "PROVISO", "UNCLOSED")
    joined, run = item.joined, list[Token]()
    for token in item.tokens:
        if token.type != "GAP":
            run.append(token)
        elif not together:
            yield Item(run, joined)
            joined, run = token, []
    if run:
        yield Item(run, joined, item.is_label)
