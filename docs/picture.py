"""Take the picture of a page: `python docs/picture.py PAGE.html PICTURE.png [WIDTH HEIGHT]`."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main(page: str, picture: str, width: str = "1280", height: str = "800") -> None:
    chromium = os.environ.get("KENIKI_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        size = {"width": int(width), "height": int(height)}
        tab = browser.new_context(viewport=size, offline=True).new_page()
        tab.goto(Path(page).resolve().as_uri())
        tab.wait_for_selector("body[data-live]")
        tab.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
