"""Data of a page as one short text: figures, names and whole numbers, deflated, in base64.

Names stand as JSON; arrays of whole numbers as bytes behind it, seven bits in each (LEB128 of the
zig-zag number, as in Protocol Buffers). Whatever is in it, the text holds no character that ends a
script or starts a tag.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Steps:
    """Whole numbers that lie near each other: stored by their differences."""

    values: NDArray[np.int64]


def packed(data: dict[str, Any]) -> str:
    """`data` as text: JSON in which integer arrays and :class:`Steps` may stand anywhere.

    >>> packed({"a": np.array([1, -2]), "b": "</script>"})
    'U2BgYKhWSlSyqlbKzCspVrIyqNVRSlKyUrLRL04uyiwosVOqZWFiBgA='
    """
    arrays: list[NDArray[np.int64]] = []
    head = json.dumps(
        _without_arrays(data, arrays), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()
    body = [varints(np.r_[len(array), array]) for array in arrays]
    return deflated(b"".join([len(head).to_bytes(4, "little"), head, *body]))


def deflated(whole: bytes) -> str:
    """Bytes as text: deflated without a header (RFC 1951), in base64."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(deflate.compress(whole) + deflate.flush()).decode()


def _without_arrays(data: Any, arrays: list[NDArray[np.int64]]) -> Any:
    """`data` with the number of an array in the place of each array."""
    if isinstance(data, dict):
        return {key: _without_arrays(value, arrays) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_arrays(value, arrays) for value in data]
    if isinstance(data, Steps):
        return {"steps": _stored(np.diff(data.values, prepend=0), arrays)}
    if isinstance(data, np.ndarray):
        return {"ints": _stored(data, arrays)}
    return data


def _stored(array: NDArray[np.int64], arrays: list[NDArray[np.int64]]) -> int:
    arrays.append(array.astype(np.int64))
    return len(arrays) - 1


def varints(values: ArrayLike) -> bytes:
    """Whole numbers as bytes: 0, -1, 1, -2 … as 0, 1, 2, 3 …, seven bits a byte, low ones first.

    >>> varints([0, -1, 1, 64]).hex()
    '0001028001'
    """
    signed = np.asarray(values, dtype=np.int64)
    left = ((signed << 1) ^ (signed >> 63)).astype(np.uint64)
    size = np.ones(len(left), dtype=np.int64)
    for bits in range(7, 64, 7):
        size += left >= np.uint64(1) << np.uint64(bits)
    place = np.repeat(np.cumsum(size) - size, size)
    step = (np.arange(int(size.sum())) - place).astype(np.uint64)
    digit = (np.repeat(left, size) >> (np.uint64(7) * step)) & np.uint64(0x7F)
    more = step < np.repeat(size, size).astype(np.uint64) - np.uint64(1)
    return (digit | np.where(more, np.uint64(0x80), np.uint64(0))).astype(np.uint8).tobytes()
