"""Zip files of boundary data, unpacked without trusting them.

Names inside an archive are only ever read, never written to: what is unpacked gets names of ours in
a folder of ours. An archive that reaches outside itself, is locked, or swells beyond the limits
below is refused before anything of it is used.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .encoding import read_name
from .errors import DataError
from .words import Text

#: An archive may hold this much once unpacked (the whole of Japan in N03 is about 1.5 GB) …
MOST_BYTES = 4 * 2**30
#: … and one file of it may be this many times its packed size, once it is large at all.
MOST_RATIO = 200
LARGE_BYTES = 100 * 2**20
MOST_MEMBERS = 20_000

_CHUNK = 2**20


@dataclass(frozen=True)
class Member:
    """One file of an archive: where it stands in it, and how it starts."""

    path: PurePosixPath
    info: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    @property
    def key(self) -> tuple[str, str]:
        """Folder and stem, which the parts of one Shapefile share, whatever their case."""
        return str(self.path.parent).lower(), self.path.stem.lower()


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip file at `path`.

    Raises
    ------
    DataError
        If it is cut off or damaged, there or while it is used.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as err:
        reason = " ".join(str(err).split()) or type(err).__name__
        what = Text(f"zip が壊れています（{reason}）", f"the zip file is damaged ({reason})")
        remedy = Text("もう一度ダウンロードしてください", "download it again")
        raise DataError(str(path), what, remedy) from err


def members(archive: zipfile.ZipFile, where: str) -> list[Member]:
    """The files of an archive, in its order, without folders and what macOS adds.

    Raises
    ------
    DataError
        If a name leads out of the archive, a file is locked, or it is too large to be honest.
    """
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise _refused(
            where, f"{len(infos)} > {MOST_MEMBERS}", "多すぎるファイル", "too many files"
        )
    total = sum(info.file_size for info in infos)
    if total > MOST_BYTES:
        sizes = f"{total:,} > {MOST_BYTES:,} bytes"
        raise _refused(where, sizes, "大きすぎる中身", "contents that are too large")
    found = [Member(PurePosixPath(_name(info)), info) for info in infos]
    for member in found:
        _examine(member, where)
    return [m for m in found if "__MACOSX" not in m.path.parts and not m.path.name.startswith("._")]


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: without the UTF-8 flag it is in the encoding of who packed it."""
    if info.flag_bits & 0x800:
        return info.filename.replace("\\", "/")
    return read_name(info.orig_filename.encode("cp437", "replace")).replace("\\", "/")


def _examine(member: Member, where: str) -> None:
    info, name = member.info, str(member.path)
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    if member.path.is_absolute() or ".." in member.path.parts or ":" in name[:2] or is_link:
        raise _refused(where, name, "外を指す名前", "a name that leads out of it")
    if info.flag_bits & 0x1:
        what = Text(f"パスワードがかかっています（{name}）", f"it is locked by a password ({name})")
        remedy = Text("展開してから指定してください", "unpack it and give the files in it")
        raise DataError(where, what, remedy)
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > LARGE_BYTES and ratio > MOST_RATIO:
        values = f"{name}: {info.file_size:,} bytes, {ratio:.0f}:1 > {MOST_RATIO}:1"
        raise _refused(where, values, "不自然に縮んだファイル", "a file packed beyond belief")


def head(archive: zipfile.ZipFile, member: Member, size: int) -> bytes:
    """The first bytes of a file in an archive."""
    with archive.open(member.info) as file:
        return file.read(size)


def unpack(archive: zipfile.ZipFile, member: Member, target: Path) -> Path:
    """Write a file of an archive to `target`; never more than it says it holds."""
    left = member.info.file_size
    with archive.open(member.info) as file, target.open("wb") as out:
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile(f"{member.path} holds more than it says")
            out.write(chunk)
    return target


def _refused(where: str, values: str, ja: str, en: str) -> DataError:
    what = Text(f"zip に{ja}があります（{values}）", f"the zip file has {en} ({values})")
    remedy = Text(
        "入手元を確かめ、必要なファイルだけを展開して指定してください",
        "check where it is from; unpack what you need and give that",
    )
    return DataError(where, what, remedy)
