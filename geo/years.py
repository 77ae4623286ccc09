"""Years as tables write them, and spans of them as pages say them."""

from __future__ import annotations

from .cells import is_missing, plain
from .words import Text

#: The year before the first of an era.
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
#: Eras in words by their letters.
_WORDS = {"R": "令和", "H": "平成", "S": "昭和"}


def year(cell: object) -> int | None:
    """A year of four digits or of a Japanese era, with or without 年 or 年度; None: missing.

    >>> year("２０２１年度"), year(""), year("令和6年度"), year("H30"), year("令和元年")
    (2021, None, 2024, 2018, 2019)
    """
    word = plain(cell)
    if is_missing(word):
        return None
    era, digits, _ = _parts(word)
    if not (digits.isascii() and digits.isdigit() and len(digits) in ((1, 2) if era else (4,))):
        raise ValueError(f"not a year: {cell!r}")
    return ERAS.get(era, 0) + int(digits)


def _parts(word: str) -> tuple[str, str, str]:
    """The era, the digits (元 is 1), and 年度 or 年."""
    digits = word.removesuffix("度").removesuffix("年")
    suffix = word.removeprefix(digits)
    era = next((era for era in ERAS if digits.startswith(era)), "")
    if era:
        digits = digits.removeprefix(era).strip().replace("元", "1")
    return era, digits, suffix


def span(start: str, end: str) -> Text:
    """From one year to another; a missing one stays open, and one year is said once.

    In Japanese as they are typed, but alike where the two are spelled in different ways; in English
    by our era, fiscal years (年度) as such.

    >>> span("令和6年度", "令和8年度")
    Text(ja='令和6年度–令和8年度', en='FY2024–FY2026')
    >>> span("R6", "Ｒ８年度").ja, span("2021", "").en, span("9", "9").en
    ('令和6年度–令和8年度', '2021–', '9')
    """
    typed = (start, end)
    styles = {style for one in typed if (style := _style(one))}
    if len(styles) < 2:
        ja = typed
    else:
        western, suffix = "" in {era for era, _ in styles}, max((s for _, s in styles), key=len)
        ja = (_spelled(start, western, suffix), _spelled(end, western, suffix))
    fiscal = any(suffix == "年度" for _, suffix in styles)
    en = (_english(start, fiscal), _english(end, fiscal))
    return Text("–".join(dict.fromkeys(ja)), "–".join(dict.fromkeys(en)))


def _style(cell: str) -> tuple[str, str] | None:
    """How a year is spelled: the kind of its era ("": none) and what stands behind it."""
    try:
        if year(cell) is None:
            return None
    except ValueError:
        return None
    era, _, suffix = _parts(plain(cell))
    return ("letter" if era in _WORDS else "word" if era else ""), suffix


def _spelled(cell: str, western: bool, suffix: str) -> str:
    """A year by our era, or else by that of its emperor in words."""
    if western:
        return f"{year(cell)}{suffix}"
    era, digits, _ = _parts(plain(cell))
    return f"{_WORDS.get(era, era)}{'元' if digits == '1' else digits}{suffix}"


def _english(cell: str, fiscal: bool) -> str:
    """A year by our era; what is none as it is typed."""
    if _style(cell) is None:
        return cell
    return f"{'FY' if fiscal else ''}{year(cell)}"
