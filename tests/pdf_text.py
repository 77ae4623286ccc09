"""What Chromium has printed into a PDF, so far as tests ask: words, and whether lines are there."""

from __future__ import annotations

import re
import unicodedata
import zlib

Letters = dict[bytes, str]


def pdf_text(pdf: bytes) -> str:
    """All words of a PDF in the order in which they are drawn, in NFKC, without white space."""
    objects = {
        int(number): body
        for number, body in re.findall(rb"(?<!\d)(\d+) 0 obj\b(.*?)\bendobj", pdf, re.DOTALL)
    }
    letters = {
        number: _letters(_stream(objects[int(unicode)]))
        for number, body in objects.items()
        for unicode in re.findall(rb"/ToUnicode (\d+) 0 R", body)
    }
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    words = "".join(_page(body, objects, letters) for body in pages)
    return "".join(unicodedata.normalize("NFKC", words).split())


def pdf_strokes(pdf: bytes) -> int:
    """How many straight steps all lines and areas of a PDF have."""
    bodies = re.findall(rb"(?<!\d)\d+ 0 obj\b(.*?)\bendobj", pdf, re.DOTALL)
    drawn = [_stream(body) for body in bodies if b"/FlateDecode" in body]
    return sum(len(re.findall(rb" l\n", one)) for one in drawn)


def _stream(body: bytes) -> bytes:
    data = re.search(rb"stream\n(.*?)\nendstream", body, re.DOTALL)
    return zlib.decompress(data[1]) if data else b""


def _letters(table: bytes) -> Letters:
    """What each glyph of a font stands for, by its code as it is written in a page."""
    found: Letters = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(rb"<(\w+)> <(\w+)>", block):
            found[glyph] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", block):
            for i, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[b"%0*X" % (len(first), glyph)] = chr(int(text, 16) + i)
    return found


def _page(body: bytes, objects: dict[int, bytes], letters: dict[int, Letters]) -> str:
    fonts = {name: int(number) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)}
    contents = re.search(rb"/Contents (\d+) 0 R", body)
    drawn = _stream(objects[int(contents[1])]) if contents else b""
    words, font = [], Letters()
    for name, codes in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj", drawn):
        font = letters.get(fonts[name], Letters()) if name else font
        size = len(next(iter(font), b"0000"))
        words += [font.get(codes[i : i + size], "") for i in range(0, len(codes), size)]
    return "".join(words)
