"""CSV → grid: which encoding it is, and where its lines begin.

An encoding is only taken if it is the only one that the bytes can be: text that would read as
something else in another encoding of Japan is refused, never guessed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re

from .encoding import codec
from .errors import DataError, UsageError
from .grid import Grid
from .words import Text

_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
#: Signs that CP932 does not have, but Python's codec lets through.
_NOT_CP932 = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
_JAPANESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_SAVE_AGAIN = Text("UTF-8 で保存しなおしてください", "save it again as UTF-8")


def read_text(data: bytes, where: str, encoding: str | None = None) -> Grid:
    """The cells of a CSV (or a table separated by tabs).

    Parameters
    ----------
    data
        The bytes of the file.
    where
        Its name, for errors.
    encoding
        As declared; None finds out.

    Raises
    ------
    DataError
        If its encoding is not known for sure or its quotes do not match.
    UsageError
        If there is no such encoding.
    """
    text = decoded(data, where, encoding)
    tabs = text.count("\t", 0, 10_000) > text.count(",", 0, 10_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ",", strict=True)
    rows: dict[int, tuple[str, ...]] = {}
    line = 1
    try:
        for cells in reader:
            row = tuple(cell.strip() for cell in cells)
            if any(row):
                rows[line] = row
            line = reader.line_num + 1
    except csv.Error as err:
        what = Text(
            f"表として読めません（{line}行目から: {err}）", f"not a table (from line {line}: {err})"
        )
        remedy = Text(
            "引用符と、各行の列の数を確かめてください",
            "see whether every quote is closed. Check the number of cells per row",
        )
        raise DataError(where, what, remedy) from err
    return Grid(where, rows, ragged=True)


def decoded(data: bytes, where: str, encoding: str | None = None) -> str:
    """The text of `data`: in the declared encoding, else in the only one that it can be."""
    if encoding is not None:
        return _declared(data, where, encoding)
    for bom, its in _BOMS.items():
        if data.startswith(bom):
            return _declared(data, where, its)
    _refuse_binary(data, where)
    utf8, cp932 = _tried(data, "utf-8"), _tried(data, "cp932")
    if cp932 is not None and _NOT_CP932.search(cp932):
        cp932 = None
    if utf8 is not None:
        # é may be half-width kana of CP932 (ﾃｩ): only a Japanese letter settles that it is UTF-8.
        if cp932 is not None and not utf8.isascii() and not _JAPANESE.search(utf8):
            raise _doubtful(where, "UTF-8", "CP932")
        return utf8
    euc = _tried(data, "euc_jp")
    if cp932 is not None and euc is None:
        return cp932
    if euc is not None:
        raise _doubtful(where, "EUC-JP", *(["CP932"] if cp932 is not None else []))
    raise DataError(
        where, Text("文字コードがわかりません", "its encoding is not known"), _SAVE_AGAIN
    )


def _declared(data: bytes, where: str, encoding: str) -> str:
    try:
        text = data.decode(codec(encoding) or encoding)
    except LookupError as err:
        what = Text(f"文字コード「{encoding}」はありません", f"there is no encoding “{encoding}”")
        remedy = Text("utf-8 か cp932 を指定してください", "use utf-8 or cp932")
        raise UsageError(where, what, remedy) from err
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        what = Text(
            f"{encoding} として読めません（{line}行目）", f"this is not {encoding} (line {line})"
        )
        remedy = Text("encoding を直すか消してください", "correct encoding, or leave it out")
        raise DataError(where, what, remedy) from err
    if "\0" in text:
        _refuse_binary(data, where)
    return text.removeprefix("\ufeff")


def _tried(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _doubtful(where: str, *encodings: str) -> DataError:
    names = "、".join(encodings)
    what = Text(
        f"文字コードを決められません（{names} の可能性）",
        f"its encoding is doubtful (perhaps {' or '.join(encodings)})",
    )
    remedy = Text(
        f'計画に encoding = "{encodings[0].lower()}" などと書くか、UTF-8 で保存しなおしてください',
        f'declare encoding = "{encodings[0].lower()}" or the like, or save it again as UTF-8',
    )
    return DataError(where, what, remedy)


def _refuse_binary(data: bytes, where: str) -> None:
    for sign, name in ((b"\0", "NUL"), (b"\x1b", "ESC, ISO-2022-JP")):
        if sign in data:
            line = data.count(b"\n", 0, data.index(sign)) + 1
            what = Text(
                f"文字の表ではありません（{line}行目に制御文字 {name}）",
                f"this is no table of text (control character {name} on line {line})",
            )
            raise DataError(where, what, _SAVE_AGAIN)
