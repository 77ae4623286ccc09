"""A photograph → a small JPEG that a page carries in itself, without what cameras write into it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import DataError
from .words import Text

#: The longer side of an embedded photograph, in pixels.
SIDE = 480
QUALITY = 72


@dataclass(frozen=True)
class Photo:
    """A small JPEG, its size in pixels, and what it shows in words for those who do not see it."""

    jpeg: bytes
    width: int
    height: int
    alt: Text

    @property
    def address(self) -> str:
        """The picture as an address that a page needs to ask nobody for."""
        return f"data:image/jpeg;base64,{base64.b64encode(self.jpeg).decode()}"


def read_photo(path: Path, alt: Text, where: str = "") -> Photo:
    """The photograph in `path`, made small; where it was taken, and by whom, stays behind.

    The same file gives the same bytes. `where` is what an error calls it: without it, its path.

    Raises
    ------
    DataError
        If the file is no picture.
    """
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened)
            whole = upright.convert("RGBA")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as err:
        what = Text("写真として読めません", "this is no picture that can be read")
        remedy = Text("JPEG か PNG のファイルにしてください", "give a JPEG or PNG file")
        raise DataError(where or str(path), what, remedy) from err
    whole.thumbnail((SIDE, SIDE))
    # A new picture has none of the notes of the old one.
    plain = Image.new("RGB", whole.size, "white")
    plain.paste(whole, mask=whole.getchannel("A"))
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(out.getvalue(), *plain.size, alt)
