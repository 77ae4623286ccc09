"""Which encoding text is in, proved on the text itself.

Shapefiles rarely say how their names are encoded; in Japan it is UTF-8 or CP932 (the Shift_JIS of
Windows). Nothing is guessed: a reading counts only if every byte can be read and the characters are
those that Japanese names are made of. Where two readings would do, or none, the work stops.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: What may be detected. The others are only for a hint.
DETECTED = ("utf-8", "cp932")
HINTED = ("euc_jp", "utf-16", "cp949", "gb18030", "cp1252")

#: Encodings in which ASCII is itself, so that text of ASCII alone need not be decoded.
KEEP_ASCII = frozenset({*DETECTED, "euc_jp", "cp1252", "iso8859-1"})

#: At least this share of the letters beyond ASCII must be usual ones, and a rival must be this much
#: worse. Measured on 2,745 names of municipalities and towns: 0.998 of their letters are usual, and
#: each name alone is told rightly in either encoding; EUC-JP taken for CP932 has none that are.
USUAL = 0.65
CLEARLY = 0.2

#: So many values are weighed; *all* must be readable.
_WEIGHED = 4000

_NEVER = re.compile("[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufff0-\uffff]")
#: Those of them that are no control codes and not private.
_PRINTABLE = "\ufffc\ufffd"

_ALIASES = {
    "65001": "utf-8", "932": "cp932", "windows-31j": "cp932", "ms932": "cp932", "ms_kanji": "cp932",
    "sjis": "cp932", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "ansi 932": "cp932", "ldid/19": "cp932", "88591": "latin-1", "ansi 1252": "cp1252",
}  # fmt: skip


def codec(name: str) -> str | None:
    """Python's name of the encoding that a file or plan calls `name`; None if there is none.

    Shift_JIS always means CP932, which is the same and more: 髙 and 﨑 are only in CP932.

    >>> codec("Shift_JIS"), codec("UTF8"), codec("65001"), codec("klingon")
    ('cp932', 'utf-8', 'utf-8', None)
    """
    word = name.strip().lower()
    try:
        return codecs.lookup(_ALIASES.get(word, word)).name
    except (LookupError, ValueError):
        return None


def usual(text: str) -> float:
    """The share of letters beyond ASCII that Japanese names are usually made of.

    Kana, full-width forms, signs and the 2,965 kanji of the first level of JIS X 0208; text of
    ASCII alone is wholly usual.

    >>> usual("幕張本郷"), usual("abc"), usual("蟷募ｼｵ") < 0.5
    (1.0, 1.0, True)
    """
    letters = [letter for letter in text if ord(letter) > 0x7F]
    return sum(map(_is_usual, letters)) / len(letters) if letters else 1.0


def _is_usual(letter: str) -> bool:
    try:
        written = letter.encode("cp932")
    except UnicodeEncodeError:
        return ord(letter) >= 0x20000  # 𠮷 and its like, which no misreading yields
    if len(written) != 2:
        return False
    code = int.from_bytes(written)
    signs_and_kana = 0x8140 <= code < 0x8500 or 0x8740 <= code < 0x8800
    return signs_and_kana or 0x889F <= code <= 0x9872 or code >= 0xFA40  # 髙, 﨑 and their like


def forbidden(text: str) -> str | None:
    """The first character that no name has: a replacement sign, a control code, a private one.

    >>> forbidden("千葉"), forbidden("千\ufffd")
    (None, '\ufffd')
    """
    if text.isprintable() and not any(letter in text for letter in _PRINTABLE):
        return None  # the usual, ten times faster
    found = _NEVER.search(text)
    return found.group() if found else None


@dataclass(frozen=True)
class Reading:
    """Values read in one encoding: how usual they look, and the first that cannot be read.

    `share` is 0 only where a character stands that no name has.
    """

    encoding: str
    share: float
    unreadable: bytes | None = None

    @property
    def good(self) -> bool:
        """Whether this can be right: no other text is ever valid UTF-8, but much is valid CP932."""
        least = 0.0 if self.encoding == "utf-8" else USUAL
        return self.unreadable is None and self.share > least


def read_as(values: Sequence[bytes], encoding: str) -> Reading:
    """How well `values` read in an encoding."""
    try:
        text = b"\n".join(values).decode(encoding)
    except UnicodeDecodeError:
        bad = next((value for value in values if not _readable(value, encoding)), b"")
        return Reading(encoding, 0.0, bad)
    lines = text.split("\n")
    step = max(1, len(lines) // _WEIGHED)
    share = 0.0 if forbidden(text) else max(usual("".join(lines[::step])), 0.001)
    return Reading(encoding, share)


def _readable(value: bytes, encoding: str) -> bool:
    try:
        value.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def beyond_ascii(values: Iterable[bytes]) -> list[bytes]:
    """The different values that say anything about the encoding."""
    return sorted({value for value in values if not value.isascii()})


def detect(values: Sequence[bytes]) -> str | None:
    """The one encoding of UTF-8 and CP932 in which `values` read well; None if that is in doubt.

    >>> detect(["髙橋".encode("cp932"), "幕張".encode("cp932")])
    'cp932'
    >>> detect(["𠮷野".encode()])
    'utf-8'
    >>> detect(["幕張".encode("utf-16")])
    """
    told = beyond_ascii(values)
    if not told:
        return "utf-8"
    utf8, cp932 = (read_as(told, name) for name in DETECTED)
    if utf8.good:
        return None if cp932.good and cp932.share - utf8.share > CLEARLY else "utf-8"
    return "cp932" if cp932.good else None


def hint(values: Sequence[bytes]) -> str | None:
    """The encoding in which values read best, to name in a remedy; never used unasked."""
    told = beyond_ascii(values)
    readings = [read_as(told, name) for name in (*DETECTED, *HINTED)]
    good = [reading for reading in readings if reading.good]
    return max(good, key=lambda reading: reading.share).encoding if good else None


def garbled(texts: Iterable[str]) -> tuple[str, str] | None:
    """A value that was read wrongly *before* it was written (文字化け), and what it was.

    Only if most values beyond ASCII are so: then it is no chance.

    >>> garbled(["緑区".encode().decode("cp932"), "千葉市".encode().decode("latin-1")])
    ('邱大玄', '緑区')
    >>> garbled(["幕張", "千葉", "ﾁﾊﾞ"])
    """
    told = [text for text in texts if not text.isascii()]
    told = told[:: max(1, len(told) // _WEIGHED)]
    mended = [(text, better) for text in told if (better := _ungarbled(text))]
    return mended[0] if mended and len(mended) * 2 >= len(told) else None


def _ungarbled(text: str) -> str | None:
    for wrong, right in (("cp932", "utf-8"), ("latin-1", "utf-8"), ("cp1252", "utf-8"),
                         ("latin-1", "cp932"), ("cp1252", "cp932")):  # fmt: skip
        try:
            better = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        if usual(better) >= USUAL and usual(better) - usual(text) >= CLEARLY:
            return better
    return None


def read_name(name: bytes) -> str:
    """The name of a file in an archive, which says nothing of its encoding.

    >>> read_name("千葉市/町丁目.shp".encode("cp932"))
    '千葉市/町丁目.shp'
    """
    return name.decode(detect([name]) or "cp437", "replace")
