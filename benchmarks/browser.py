"""Pages opened in Chromium, as a reader opens them: how soon they are seen and alive."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.network import PAGES

#: A page stands still when nothing has changed for so long.
STILL_MS = 1200
MOST_SECONDS = 120.0

#: Watches, frame by frame, how many shapes Leaflet has drawn, until they stand still.
WATCH = """
(() => {
  const seen = window.seen = { shapes: 0, live: null, still: false };
  const maps = [];
  let leaflet, changed = 0;
  Object.defineProperty(window, "L", {
    configurable: true,
    get: () => leaflet,
    set(its) {
      leaflet = its;
      its.Map.addInitHook(function () { maps.push(this); });
    },
  });
  const drawn = () => {
    let count = document.querySelectorAll(".leaflet-pane path").length;
    for (const map of maps) map.eachLayer((layer) => {
      if (layer instanceof leaflet.Path && layer._renderer instanceof leaflet.Canvas) count += 1;
    });
    return count;
  };
  const twoFramesLater = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  const frame = () => {
    const shapes = drawn();
    if (shapes !== seen.shapes) {
      seen.shapes = shapes;
      changed = performance.now();
      twoFramesLater(() => { seen.live = performance.now(); });
    } else if (shapes && performance.now() - changed > STILL) seen.still = true;
    if (!seen.still) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
""".replace("STILL", str(STILL_MS))
PAINTED = "performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)"


@dataclass(frozen=True)
class Profile:
    """A reader's machine: a window, how many times slower, and its line (None: files on disk)."""

    name: str
    width: int
    height: int
    is_mobile: bool = False
    slower: int = 1
    mbit_per_s: float | None = None
    latency_ms: float = 0.0


DESKTOP = Profile("desktop", 1280, 800)
PHONE = Profile("phone", 390, 844, is_mobile=True, slower=4, mbit_per_s=9.0, latency_ms=150.0)


@dataclass(frozen=True)
class Opened:
    """What opening a page cost.

    Attributes
    ----------
    requests
        What was asked of any host after the page itself.
    picture_ms
        First contentful paint; NaN if nothing was painted.
    live_ms
        Two frames after the number of shapes drawn changed last, before it stood still for
        `STILL_MS`. Shapes are the SVG paths in Leaflet's panes, and its paths on a canvas. NaN if
        there were none.
    heap_mb
        JavaScript's heap then, after garbage collection.
    """

    requests: int
    picture_ms: float
    live_ms: float
    shapes: int
    heap_mb: float
    errors: tuple[str, ...]


@contextmanager
def chromium(port: int) -> Iterator[Browser]:
    """Chromium, to which every host is the local server on `port`."""
    path = os.environ.get("KENIKI_CHROMIUM") or shutil.which("chromium") or shutil.which(
        "google-chrome"
    )  # fmt: skip
    if path is None:
        raise SystemExit("no Chromium found: install it or set KENIKI_CHROMIUM")
    rules = f"--host-resolver-rules=MAP * 127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", rules])
        yield browser
        browser.close()


def opened(browser: Browser, file: Path, profile: Profile) -> Opened:
    """Open a page as nobody has before: no cache, no memory of other pages.

    From the disk; over the network where the profile has a line.
    """
    context = browser.new_context(
        viewport={"width": profile.width, "height": profile.height},
        is_mobile=profile.is_mobile,
        has_touch=profile.is_mobile,
        ignore_https_errors=True,
        locale="ja-JP",
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    control = context.new_cdp_session(page)
    _slow_down(control, profile)
    errors: list[str] = []
    requests: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda asked: requests.append(asked.url))
    page.goto(file.as_uri() if profile.mbit_per_s is None else f"https://{PAGES}/{file.name}")
    seen = _still(page)
    painted = page.evaluate(PAINTED)
    control.send("HeapProfiler.collectGarbage")
    heap = control.send("Runtime.getHeapUsage")["usedSize"]
    context.close()
    return Opened(
        requests=sum(not url.startswith(("data:", "blob:")) for url in requests[1:]),
        picture_ms=painted[0] if painted else float("nan"),
        live_ms=float("nan") if seen["live"] is None else seen["live"],
        shapes=seen["shapes"],
        heap_mb=heap / 1e6,
        errors=tuple(errors),
    )


def _slow_down(control: CDPSession, profile: Profile) -> None:
    control.send("Emulation.setCPUThrottlingRate", {"rate": profile.slower})
    if profile.mbit_per_s is None:
        return
    bytes_per_s = profile.mbit_per_s * 1e6 / 8
    line = {"latency": profile.latency_ms, "downloadThroughput": bytes_per_s}
    control.send("Network.enable")
    control.send(
        "Network.emulateNetworkConditions",
        line | {"offline": False, "uploadThroughput": bytes_per_s},
    )


def _still(page: Page) -> dict[str, Any]:
    """What the page has seen of itself, once it stands still or has had all the time there is."""
    until = time.monotonic() + MOST_SECONDS
    seen: dict[str, Any] = page.evaluate("seen")
    while not seen["still"] and time.monotonic() < until:
        time.sleep(0.2)
        seen = page.evaluate("seen")
    return seen
