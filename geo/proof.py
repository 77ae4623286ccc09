"""Text proved to be read as it was written, or the errors that say why not.

Which encoding it can be is found out in :mod:`geo.encoding`; here it is decided for a file: the
plan's word first, then the file's own, then what the text itself leaves open.
"""

from __future__ import annotations

import codecs
import re
from functools import partial
from pathlib import Path

import pandas as pd

from . import encoding
from .errors import DataError
from .words import Text


def proved(told: list[bytes], declared: str | None, stated: str | None, where: Path) -> str:
    """The encoding of a Shapefile: declared, else stated, else the only one it can be."""
    name = encoding.codec(declared) if declared else stated
    if name is None:
        name = encoding.detect(told)
        if name is None:
            raise _doubtful(told, where)
        return name
    reading = encoding.read_as(encoding.beyond_ascii(told), name)
    if reading.unreadable is not None or (declared is None and not reading.good):
        raise _disproved(reading, told, declared is not None, where)
    return name


def _disproved(
    reading: encoding.Reading, told: list[bytes], is_declared: bool, where: Path
) -> DataError:
    by_ja, by_en = ("計画", "the plan") if is_declared else (".cpg・.dbf", "its .cpg or .dbf")
    shown = _shown(reading.unreadable)
    what = Text(
        f"文字コードは {reading.encoding} とありますが（{by_ja}）、そうは読めません{shown}",
        f"its text is not {reading.encoding}, as {by_en} says{shown}",
    )
    return DataError(str(where), what, _declare(encoding.hint(told)))


def _doubtful(told: list[bytes], where: Path) -> DataError:
    unread = encoding.read_as(encoding.beyond_ascii(told), "cp932").unreadable
    what = Text(
        f"文字コードが UTF-8 か CP932 か決められません{_shown(unread)}",
        f"its encoding is in doubt: neither UTF-8 nor CP932 for certain{_shown(unread)}",
    )
    return DataError(str(where), what, _declare(encoding.hint(told)))


def _shown(value: bytes | None) -> str:
    return f" ({value[:24]!r})" if value else ""


def _declare(hint: str | None) -> Text:
    if hint is None:
        return Text(
            "元の文字コードを確かめ、encoding に書いてください",
            "find out what it was written in and declare it as encoding",
        )
    return Text(
        f'名前を確かめてから、計画に encoding = "{hint}" と書いてください',
        f'it reads well as {hint}: check the names and declare encoding = "{hint}"',
    )


def is_utf8(path: Path) -> bool:
    """Whether a file can be read as UTF-8; in pieces, since it may be large."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for piece in iter(partial(file.read, 2**16), b""):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def not_utf8(data: bytes, where: Path) -> DataError:
    told = [line for line in re.split(rb'[\r\n"<>]', data) if not line.isascii()]
    line = encoding.read_as(told, "utf-8").unreadable or b""
    what = Text(f"UTF-8 ではありません{_shown(line)}", f"its text is not UTF-8{_shown(line)}")
    return DataError(str(where), what, _declare(encoding.hint(told)))


def decoded(data: bytes, name: str, where: Path) -> str:
    try:
        return data.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        what = Text(
            f"{name} として読めません（{line}行目）", f"it cannot be read as {name} (line {line})"
        )
        remedy = Text("encoding を直すか消してください", "correct encoding, or leave it out")
        raise DataError(str(where), what, remedy) from err


def words(texts: pd.Series) -> pd.Series:
    """The values of a column that are there, as text."""
    return pd.Series(texts.array).dropna().astype(str)


def whole(its: pd.Series) -> str:
    """All :func:`words` behind one another."""
    if getattr(its.dtype, "storage", "") != "pyarrow":
        return "".join(its.to_numpy())
    import pyarrow as pa
    from pyarrow import compute

    parts = pa.table([pa.array(its.array)], ["words"])["words"].cast(pa.string()).chunks
    return "".join(
        compute.binary_join(pa.ListArray.from_arrays([0, len(part)], part), "")[0].as_py()
        for part in parts
    )


def doubtful_text(texts: pd.Series) -> str | None:
    """The first value of a column that no name can be, fit to be shown; None if there is none.

    Such are values with � or control codes, and those that were read wrongly before (文字化け).
    """
    its = words(texts)
    joined = whole(its)
    if encoding.forbidden(joined):
        return _fit(next(value for value in its if encoding.forbidden(value)))
    wrong = None if joined.isascii() else encoding.garbled(its.unique().tolist())
    return f"{_fit(wrong[0])} ← {wrong[1]}" if wrong else None


def _fit(value: str) -> str:
    """A value without codes that would play with a terminal."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in value)[:40]
