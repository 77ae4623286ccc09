"""How towns are written: numbers in any form of digit, chome, and spellings of one name."""

from __future__ import annotations

import unicodedata

_KANJI_DIGITS = "〇一二三四五六七八九"
_HIGHEST_CHOME = 99
#: Letters that stand for one another in names: each by the one behind it.
SPELLINGS = (
    "ヶケ ヵケ がケ ガケ ノの 之の ツつ ッつ っつ 澤沢 邊辺 邉辺 齋斉 齊斉 斎斉 髙高 﨑崎 "
    "嵜崎 濱浜 濵浜 嶋島 嶌島 廣広 國国 龍竜 櫻桜 瀧滝 德徳 眞真 惠恵 壽寿 圓円 應応 會会 "
    "檜桧 籔薮 藪薮 籠篭 鷄鶏 條条 學学 關関 淺浅 藏蔵 榮栄 靜静 實実 豐豊 鐵鉄 鹽塩 臺台 "
    "萬万 與与 莊荘 黑黒 舘館 曾曽 諫諌 鷗鴎 鶯鴬 蠣蛎 檮梼 濤涛 邇迩 礪砺 麴麹 嚙噛 "
)
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_VARIANTS = dict.fromkeys(_VARIATION_SELECTORS, "") | {
    ord(pair[0]): pair[1] for pair in SPELLINGS.split()
}


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


def chome_number(digits: str) -> int:
    """One chome; ValueError where the digits are none.

    二三丁目 may be 23, or 2 and 3, or belong to a name that ends in 二: a doubt, so none.

    >>> chome_number("十二")
    12
    """
    doubtful = len(digits) > 1 and not set(digits) - set(_KANJI_DIGITS[1:])
    chome = 0 if doubtful or len(digits) > 3 else number(digits)
    if not 0 < chome <= _HIGHEST_CHOME:
        raise ValueError(f"not a chome: {digits!r}")
    return chome


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
        chome = chome_number(stem[len(base) :])
    except ValueError:
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
