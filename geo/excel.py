"""What Excel can hold and how it shows it: kinds, styles, text, names of sheets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# @, 0 and #,##0 by the numbers that Excel gives them
_TEXT, _WHOLE, _GROUPED, _PERCENT = 49, 1, 3, "0.0%"
#: The kinds a column can be of, and how Excel shows them.
KINDS: dict[str, int | str] = {
    "text": _TEXT,
    "flag": _TEXT,
    "count": _GROUPED,
    "share": _PERCENT,
    "metres": _GROUPED,
    "area": _GROUPED,
    "plain": _WHOLE,
    "decimal": "0.00##",
    "tenths": "#,##0.0",
    "hundredths": "#,##0.00",
    "thousandths": "#,##0.000",
    "degrees": "0.000000",
    "number": "[>=1000]#,##0;[<=-1000]-#,##0;General",
}

#: Rows of a sheet below the headers and above a note; columns; digits and size of a number.
ROWS, COLUMNS, DIGITS, LARGEST = 1_048_570, 16_384, 15, 9.99e307
#: UTF-16 units of a cell, and of the name of a sheet.
UNITS, NAME_UNITS = 32_767, 31
#: Excel refuses these in names of sheets, in full width too.
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\［］：＊？／＼￥¥]+")
_NOT_AT_ENDS = "'’＇- "
#: Names that Excel keeps for itself.
_TAKEN = ("history", "履歴")

#: In pixels; Excel makes rows of wrapped text higher.
ROW_HEIGHT = 24
#: Without a scheme: a theme would put its own font in place of this one.
FONT: dict[str, object] = {"font_name": "Yu Gothic", "font_size": 10.5, "font_scheme": False}
#: What is said in English is the smallest print, in points.
SMALL = 10.0
_GREY, _TINT, _RULE, _LINK = "#5B636A", "#E6EEF4", "#C9D1D6", "#0B5C8A"
_ROW = {"valign": "top", "bottom": 1, "bottom_color": _RULE}
#: So that text stands apart from what is before it.
_LEFT = {"align": "left", "indent": 1}
_HEAD = {"valign": "vcenter", "text_wrap": True, "bg_color": _TINT, "indent": 1}
_UNDER = {"font_color": _GREY, "bottom": 1, "bottom_color": _GREY}
_PLAIN: dict[str, object] = {"valign": "top", "num_format": _TEXT}
STYLES: dict[str, dict[str, object]] = {
    **{kind: {**_ROW, "num_format": shown} for kind, shown in KINDS.items()},
    "text": {**_ROW, **_LEFT, "num_format": _TEXT},
    "flag": {**_ROW, "num_format": _TEXT, "align": "center"},
    "word": {**_ROW, "num_format": _TEXT, "align": "right"},
    "wrapped": {**_ROW, **_LEFT, "num_format": _TEXT, "text_wrap": True},
    "head_ja": {**_HEAD, "bold": True, "top": 2, "top_color": _GREY},
    "head_en": {**_HEAD, "font_size": SMALL, **_UNDER},
    "title_ja": {**_PLAIN, **_LEFT, "bold": True, "font_size": 16},
    "title_en": {**_PLAIN, **_LEFT, "font_size": 11, "font_color": _GREY},
    "label_ja": {**_PLAIN, "bold": True, "text_wrap": True},
    "value_ja": {**_PLAIN, **_LEFT, "text_wrap": True},
    "link_ja": {**_PLAIN, "bold": True, "text_wrap": True, "font_color": _LINK, "underline": 1},
    "label_en": {**_PLAIN, "text_wrap": True, "font_size": SMALL, "font_color": _GREY},
    "value_en": {**_PLAIN, **_LEFT, "text_wrap": True, "font_size": SMALL, "font_color": _GREY},
    "note_ja": _PLAIN,
    "note_en": {**_PLAIN, "font_size": SMALL, "font_color": _GREY},
}


def typed(text: str) -> str:
    r"""`text` as a cell can hold it; what it cannot hold is shown by a sign, never left out.

    >>> typed("=1+1"), typed("a\r\nb"), typed("a\x07b"), typed("a\ud800b")
    ('=1+1', 'a\nb', 'a␇b', 'a�b')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\x00-\x08\x0b-\x1f]", lambda sign: chr(0x2400 + ord(sign[0])), text)
    text = re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
    # XlsxWriter takes text in these two forms for its own and would write it as markup, or lose it.
    text = re.sub(r"\A<(?=r>.*</r>\Z)", "＜", text, flags=re.DOTALL)
    text = re.sub(r"(?<=_x[0-9a-fA-F]{4})_(?=x[0-9a-fA-F]{4}_)", "＿", text)
    if _units(text) > UNITS:
        mark = f"…（以下略、全{len(text):,}字 / cut, {len(text):,} characters in all）"
        text = cut(text, UNITS - len(mark)) + mark
    return text


def sheet_names(titles: Iterable[str]) -> list[str]:
    """Names that Excel, in Japanese too, takes for sheets: short, without its signs, unique.

    >>> sheet_names(["区/学校", "Who: moves?", "WHO- moves", "'", "履歴"])
    ['区-学校', 'Who- moves', 'WHO- moves (2)', '表', '履歴 (2)']
    """
    taken, names = set(_TAKEN), []
    for title in titles:
        plain = _NOT_IN_NAMES.sub("-", " ".join(typed(title).split()))
        name = _named(plain, "")
        number = 2
        while _alike(name) in taken:
            name, number = _named(plain, f" ({number})"), number + 1
        taken.add(_alike(name))
        names.append(name)
    return names


def _named(plain: str, ending: str) -> str:
    return (cut(plain, NAME_UNITS - len(ending)).strip(_NOT_AT_ENDS) or "表") + ending


def _alike(name: str) -> str:
    """Names are one to Excel if they differ only in case or width."""
    return unicodedata.normalize("NFKC", name).casefold()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, units: int) -> str:
    """The beginning of a text, of so many UTF-16 units at most."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


def wide(text: str) -> int:
    """Half-width letters that the longest line of a text takes.

    >>> wide("弁天3丁目"), wide("a")
    (9, 1)
    """
    lines = text.split("\n")
    return max(sum(1 + (unicodedata.east_asian_width(s) in "WFA") for s in line) for line in lines)
