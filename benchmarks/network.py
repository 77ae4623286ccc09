"""A network that ends on this machine: one server answers for every host, over TLS.

It has the links of folium's pages from folium-offline and XStatic-Leaflet, one small picture for
all tiles, and the pages themselves. Nothing has to be looked up and no server is far away, which
flatters pages that ask for much.
"""

from __future__ import annotations

import gzip
import io
import mimetypes
import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

LEAFLET = "cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/"
TILES = "tile.openstreetmap.org"
#: Where the pages themselves are.
PAGES = "pages.test"


@dataclass(frozen=True)
class Answer:
    """A body as it is and, where that is shorter by much, zipped."""

    type: str
    body: bytes
    zipped: bytes | None = None


def answer(name: str, body: bytes) -> Answer:
    """The answer for a file of this name."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or "javascript" in kind
    if not is_text:
        return Answer(kind, body)
    return Answer(f"{kind}; charset=utf-8", body, gzip.compress(body, 6))


@dataclass
class Network:
    """Every host, answered here: what is there by host and path, and what was asked in vain."""

    port: int
    there: dict[str, Answer]
    missed: set[str] = field(default_factory=set)

    def find(self, url: str) -> Answer | None:
        host = url.split("/", 1)[0]
        found = self.there.get(TILES if host.endswith(TILES) else url)
        if found is None:
            self.missed.add(url)
        return found


@contextmanager
def network(pages: dict[str, bytes], folder: Path) -> Iterator[Network]:
    """A server on a free port that answers for all hosts, and has `pages` on one of its own."""
    server = _Server(("127.0.0.1", 0), _Handler)
    there = {f"{PAGES}/{name}": answer(name, page) for name, page in pages.items()}
    there[f"{PAGES}/favicon.ico"] = answer("favicon.ico", b"")
    server.network = Network(server.server_port, there | _shared())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_certificate(folder))
    # Hands are shaken in the thread of each connection, at its first read.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.network
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    network: Network

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections break: a page is closed, Chromium asks some host of its own without TLS."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").split(":")[0]
        found = self.server.network.find(host + self.path.split("?")[0])
        body, zipped = (found.body, found.zipped) if found else (b"", None)
        self.send_response(200 if found else 404)
        if found:
            self.send_header("Content-Type", found.type)
        if zipped is not None and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = zipped
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def _certificate(folder: Path) -> tuple[str, str]:
    """A certificate for this run, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise SystemExit("openssl is needed for the local network: install it")
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    asked = ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(  # noqa: S603
        [openssl, *asked, *curve, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return certificate, key


def _shared() -> dict[str, Answer]:
    """What stock pages ask for: Leaflet, the other links of folium, tiles."""
    from xstatic.pkg import leaflet

    try:
        from offlinefolium.elements import _res
    except ImportError as err:
        raise SystemExit("folium-offline is needed: pip install keniki[bench]") from err
    found = {}
    for url, text in _res.items():
        address = url.split("://", 1)[1]
        found[address] = answer(address, _as_published(address, text).encode())
    for path in Path(leaflet.BASE_DIR).rglob("*"):
        if path.suffix in (".js", ".css", ".png"):
            name = path.relative_to(leaflet.BASE_DIR).as_posix()
            found[LEAFLET + name] = answer(name, path.read_bytes())
    return found | {TILES: Answer("image/png", _tile())}


def _as_published(address: str, text: str) -> str:
    """Without the fonts and icons that folium-offline put into style sheets.

    On their hosts they are files of their own, which a page without icons never asks for.
    """
    if not address.endswith(".css"):
        return text
    return re.sub(r"url\(['\"]?data:(?:font|application|image/png)[^)]{500,}\)", "url(icons)", text)


def _tile() -> bytes:
    """One tile for all places: pale, with a few lines."""
    tile = Image.new("RGB", (256, 256), (238, 240, 236))
    pen = ImageDraw.Draw(tile)
    for at in range(0, 256, 32):
        pen.line([(at, 0), (at, 255)], fill=(222, 226, 222))
        pen.line([(0, at), (255, at)], fill=(222, 226, 222))
    held = io.BytesIO()
    tile.save(held, "PNG")
    return held.getvalue()
