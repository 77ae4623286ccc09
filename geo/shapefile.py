"""A Shapefile's own bookkeeping, which GDAL does not check: is everything there, and whole?

GDAL reads a cut-off .shp as rows without shapes and a missing .dbf as rows without names, both
without a word. Their headers say how long the files should be.
"""

from __future__ import annotations

import struct
from pathlib import Path

from .encoding import codec
from .errors import DataError, UsageError
from .words import Text

_HEADER = 100
#: The byte of a .dbf that says Shift_JIS; all others are as often wrong as right.
_CP932_MARK = 0x13


def examine(shp: Path, where: str) -> None:
    """Stop if a part of the Shapefile is missing or shorter than its header says.

    Raises
    ------
    DataError
        Naming the part, both lengths and what to do.
    """
    shx, dbf = _needed(shp, ".shx", where), _needed(shp, ".dbf", where)
    for part in (shp, shx):
        _whole(part, where, said=2 * _number(part, ">i", 24))
    rows, start, width = (_number(dbf, form, at) for form, at in (("<I", 4), ("<H", 8), ("<H", 10)))
    _whole(dbf, where, said=start + rows * width)
    shapes = (shx.stat().st_size - _HEADER) // 8
    if shapes != rows:
        what = Text(
            f"図形が {shapes} 個、属性が {rows} 行で、数が合いません",
            f"it has {shapes} shapes but {rows} rows in its .dbf",
        )
        raise DataError(where, what, _AGAIN)


def _needed(shp: Path, suffix: str, where: str) -> Path:
    part = beside(shp, suffix)
    if part is None:
        what = Text(f"{suffix} が隣にありません", f"there is no {suffix} file beside it")
        remedy = Text(
            ".shp・.shx・.dbf・.prj を揃えるか、zip のまま指定してください",
            "keep .shp, .shx, .dbf and .prj together, or give the zip they came in",
        )
        raise DataError(where, what, remedy)
    return part


_AGAIN = Text("もう一度ダウンロードしてください", "download it again")


def _whole(part: Path, where: str, said: int) -> None:
    size = part.stat().st_size
    if size < said or size < 32:
        what = Text(
            f"{part.suffix} が途中で切れています（{said:,} バイトのはずが {size:,} バイト）",
            f"the {part.suffix} file is cut off ({size:,} bytes of {said:,})",
        )
        raise DataError(where, what, _AGAIN)


def _number(part: Path, form: str, at: int) -> int:
    with part.open("rb") as file:
        file.seek(at)
        found = file.read(struct.calcsize(form))
    if len(found) < struct.calcsize(form):
        return 2**31  # shorter than its own header: cut off, whatever it should say
    return int(struct.unpack(form, found)[0])


def beside(shp: Path, suffix: str) -> Path | None:
    """The part of the Shapefile with this suffix, in small or capital letters."""
    choices = (shp.with_suffix(suffix), shp.with_suffix(suffix.upper()))
    return next((part for part in choices if part.is_file()), None)


def stated_encoding(shp: Path, where: str) -> str | None:
    """The encoding that the .cpg names, or the mark for Shift_JIS in the .dbf; else None.

    Raises
    ------
    UsageError
        If the .cpg names one that nobody knows.
    """
    cpg = beside(shp, ".cpg")
    name = cpg.read_bytes()[:40].decode("latin-1").strip() if cpg else ""
    if name:
        known = codec(name)
        if known is None:
            what = Text(
                f".cpg の文字コード「{name}」はわかりません",
                f"its .cpg names an encoding that does not exist: “{name}”",
            )
            remedy = Text(
                "計画に encoding を書いてください（utf-8 か cp932）",
                "declare encoding in the plan (utf-8 or cp932)",
            )
            raise UsageError(where, what, remedy)
        return known
    dbf = beside(shp, ".dbf")
    marked = dbf is not None and _number(dbf, "B", 29) == _CP932_MARK
    return "cp932" if marked else None
