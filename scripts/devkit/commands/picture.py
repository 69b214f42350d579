"""scripts/picture: the picture of the page in README.md, as the demo of scripts/run looks now."""

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from ..console import Problem, fail, say
from ..fleet import demo
from ..local import access, programs
from ..local.paths import ROOT

PICTURE = ROOT / ".github" / "page.png"
SIZE = {"width": 1280, "height": 720}
COLOURS = 96  # enough for a page without photographs, and a third of the bytes
PATIENCE_MS = 120_000
SETTLE_MS = 10_000  # the vans have moved, and the map is drawn
SOFTWARE = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def main() -> None:
    options = _parser().parse_args()
    try:
        content = smaller(taken(access.url(options.url), options.language))
    except Problem as problem:
        fail(str(problem))
    options.output.write_bytes(content)
    say(f"{options.output}: {len(content) // 1000} kB")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/picture",
        description="Make README's picture of the page, of the demo that scripts/run shows.",
    )
    add = parser.add_argument
    add("--url", help="base URL of the API (default: the API that scripts/run started)")
    add("--language", default="en-US", help="of the browser (default: en-US)")
    add("--output", type=Path, default=PICTURE, metavar="FILE", help="(default: .github/page.png)")
    return parser


def taken(base: str, language: str) -> bytes:
    """The list of devices with the map, as Ana sees it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=programs.chromium(), args=SOFTWARE)
        page = browser.new_page(viewport=SIZE, locale=language, timezone_id="America/Sao_Paulo")  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{base}/#token={demo.token()}")
        page.locator('tr[data-device="31"]').wait_for()
        page.locator("#map canvas").wait_for()
        page.wait_for_timeout(SETTLE_MS)
        content = page.screenshot()
        browser.close()
    return content


def smaller(content: bytes) -> bytes:
    """The same picture with few colours."""
    less = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.convert("RGB").quantize(COLOURS).save(less, "PNG", optimize=True)
    return less.getvalue()
