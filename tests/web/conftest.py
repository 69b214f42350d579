"""The page in Debian's Chromium, on the API as it is served, with the libraries that scripts/run installs."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from scripts.devkit.local import npm, programs, web
from tests._lib.databases import Database
from tests.http import callers
from tests.http.serving import serving
from tests.web._page import OTHERS, PATIENCE_MS, SOFTWARE, settings

# What a page catches it may still not try: eval is refused by an exception, without a word on the console.
_REPORT_VIOLATIONS = """
    addEventListener("securitypolicyviolation", (one) =>
      console.error("refused by policy: " + one.violatedDirective));
"""


@pytest.fixture(scope="module")
def base(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page."""
    try:
        libraries = web.libraries()
    except npm.UnavailableError as missing:
        pytest.skip(str(missing))
    callers.settle(database)
    folder = tmp_path_factory.mktemp("web")
    here = {"RASTRO_WEB_LIBRARIES": str(libraries), "RASTRO_IMAGE_FOLDER": str(folder / "images")}
    with serving(database.api_url, folder / "api.log", **here, **OTHERS) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; one for all tests, as its loop may not run twice."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One for all tests; each has a context of its own."""
    browser = playwright.chromium.launch(executable_path=programs.chromium(), args=SOFTWARE)
    with closing(browser):
        yield browser


@pytest.fixture
def expected() -> list[str]:
    """Parts of what the browser may say on its console in this test."""
    return ["GPU stall"]  # of drawing without a GPU


@pytest.fixture
def asked_too() -> list[str]:
    """Whom else the page may ask in this test."""
    return []


@pytest.fixture
def page(browser: Browser, base: str, expected: list[str], asked_too: list[str]) -> Iterator[Page]:
    """A page that complains about nothing and asks nobody else."""
    context = browser.new_context(locale="en-US", timezone_id="America/Sao_Paulo")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.add_init_script(_REPORT_VIOLATIONS)
    page.on("console", lambda one: complaints.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    # Only the tests of a map want it.
    page.route("**/web/settings.json", lambda route: route.fulfill(json=settings(base) | {"map": None}))
    yield page
    context.close()  # it may complain until then
    elsewhere = [url for url in asked if not url.startswith((base, "data:", "blob:", *asked_too))]
    complaints = [one for one in complaints if not any(part in one for part in expected)]
    assert (elsewhere, complaints) == ([], [])
