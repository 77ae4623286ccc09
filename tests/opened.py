"""Pages opened from the disk with the network off, what they complain of, and what they hold."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page

#: What a publisher's frame may do.
SANDBOX = "allow-scripts allow-popups allow-downloads"


class Opened:
    """A page opened from the disk with the network off, and what it complained of.

    It is ready when its script has run. `hash` is what stands behind its address, from the #; with
    `framed` it stands in a sandboxed frame of a page beside it; the script `before` runs before all
    others. Further keywords are those of a browser context.
    """

    def __init__(
        self,
        browser: Browser,
        path: Path,
        width: int = 1280,
        *,
        hash: str = "",  # noqa: A002
        framed: bool = False,
        before: str = "",
        **context: Any,
    ) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        size = {"width": width, "height": context.pop("height", 800)}
        self.context = browser.new_context(viewport=size, offline=True, **context)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda m: self.complaints.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if before:
            self.page.add_init_script(before)
        self.path = framing(path, hash) if framed else path
        self.page.goto(self.path.as_uri() + ("" if framed else hash))
        self.here: Page | Frame = self.page.frames[-1] if framed else self.page
        self.ready(scripts=context.get("java_script_enabled", True))

    def ready(self, *, scripts: bool = True) -> None:
        """Wait until the map is there, if the page has one."""
        if scripts and self.here.locator("#data").count():
            self.here.wait_for_selector("body[data-live]", timeout=60_000)

    def follow(self, name: str) -> None:
        """Follow the link to the page of that name, and wait until its script has run."""
        self.page.click(f"header nav a[href^='{name}']")
        self.page.wait_for_url(f"**/{name}*", wait_until="load")
        self.ready()

    def __call__(self, script: str, argument: Any = None) -> Any:
        """What a script of the page says."""
        return self.here.evaluate(script, argument)

    def text(self, selector: str = "body") -> str:
        """What is read there, its white space alike."""
        return " ".join(self.here.inner_text(selector).split())

    def close(self) -> None:
        self.context.close()


Open = Callable[..., Opened]


def opening_in(browser: Browser, folder: Path) -> Iterator[Open]:
    """Opens pages of a folder by name; whatever the browser complains of fails the test."""
    made: list[Opened] = []

    def one(name: str, width: int = 1280, **more: Any) -> Opened:
        made.append(Opened(browser, folder / f"{name}.html", width, **more))
        return made[-1]

    yield one
    for opened in made:
        assert opened.complaints == []
        opened.close()


def framing(path: Path, hash: str = "") -> Path:  # noqa: A002
    """A page, beside the folder of `path`, that holds it in a sandboxed frame."""
    folder = path.parent
    host = folder.with_name(f"{folder.name}-framing-{path.name}")
    frame = f'<iframe src="{folder.name}/{path.name}{hash}" title="map" sandbox="{SANDBOX}"'
    host.write_text(
        '<!DOCTYPE html><html lang="ja"><title>host</title>'
        f'{frame} width="1000" height="700"></iframe></html>',
        encoding="utf-8",
    )
    return host


# --- what a page holds ----------------------------------------------------------------------------


def held(html: str, id_: str) -> str:
    """The text of a block of data."""
    found = re.search(rf'<script type="text/plain" id="{id_}">([^<]*)</script>', html)
    return found[1] if found else ""


def inflated(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text), -15)


def program(html: str) -> list[str]:
    """The scripts that a page unpacks and runs."""
    text = held(html, "program")
    return inflated(text).decode().split("\0") if text else []


def payload(html: str) -> dict[str, Any]:
    """The data of a page, its numbers put back: the other way round of :mod:`geo.stream`."""
    data = inflated(held(html, "data"))
    end = 4 + int.from_bytes(data[:4], "little")
    arrays = numbers(data[end:])

    def whole(value: dict[str, Any]) -> Any:
        if list(value) == ["ints"]:
            return arrays[value["ints"]]
        if list(value) == ["steps"]:
            total = 0
            return [total := total + step for step in arrays[value["steps"]]]
        return value

    found: dict[str, Any] = json.loads(data[4:end], object_hook=whole)
    if "faces" in found:
        found["faces"]["arcs"] = directed(found["faces"]["arcs"])
    return found


def directed(steps: list[int]) -> list[int]:
    """The arcs of rings: 0 is the next new one, n the one n before it, against it above 0."""
    found, new = [], 0
    for step in steps:
        found.append(~(new - step) if step > 0 else new + step)
        new += step == 0
    return found


def numbers(data: bytes) -> list[list[int]]:
    """Arrays one after another, each led by its length; seven bits a byte, zig-zag."""
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value >> 1 if value % 2 == 0 else -(value + 1 >> 1))
            value = shift = 0
    arrays, at = [], 0
    while at < len(found):
        arrays.append(found[at + 1 : at + 1 + found[at]])
        at += 1 + found[at]
    return arrays
