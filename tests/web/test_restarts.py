"""The page on the stream, while each process behind it ends and comes back: stream, API, and PostgreSQL."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.devkit.local import cluster, npm, web
from scripts.devkit.local.paths import state_dir, state_in
from tests._lib import databases
from tests._lib.databases import Database
from tests.acceptance.stage import serving
from tests.http import callers
from tests.http.jobs.stream import streaming
from tests.web._page import PATIENCE_MS, post, sign_in

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

OUTSIDE = {"latitude": -23.6, "longitude": -46.7}


@pytest.fixture(scope="module")
def own() -> Iterator[Database]:
    """A PostgreSQL that may be stopped, with the demo fleet in it."""
    with state_in(state_dir() / "page-restarts"):
        cluster.start()
        try:
            with databases.empty() as database:
                databases.migrate(database)
                yield callers.settle(database)
        finally:
            cluster.stop("immediate")


def _free() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Its console may complain here: processes are away."""
    context = browser.new_context(locale="en-US")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def _moves(page: Page, base: str, where: dict[str, float]) -> None:
    """What is reported now is seen, by the stream."""
    row = page.locator('tr[data-device="7"]')
    assert post(base, **where).status_code == 201
    expect(row).to_contain_text("Outside its geofence" if where is OUTSIDE else "Inside its geofence")
    expect(page.locator("#live")).to_have_text("Live")


# Seen to fail: with a page that polls once the stream has failed; with one that stops at the first failure.
def test_devices_go_on_moving(page: Page, own: Database) -> None:
    try:
        libraries = web.libraries()
    except npm.UnavailableError as missing:
        pytest.skip(str(missing))
    stream_port, address = _free(), ("127.0.0.1", _free())
    more = {
        "RASTRO_WEB_LIBRARIES": str(libraries),
        "RASTRO_STREAM_URL": f"http://127.0.0.1:{stream_port}",
    }
    base = f"http://127.0.0.1:{address[1]}"
    with ExitStack() as rest:
        with serving(own, address, **more):
            with streaming(own.api_url, stream_port) as stream:
                assert post(base).status_code == 201
                sign_in(page, base)
                _moves(page, base, OUTSIDE)
                stream.kill()
                expect(page.locator("#live")).to_contain_text("Updated at")  # it asks instead
                assert post(base).status_code == 201
                expect(page.locator('tr[data-device="7"]')).to_contain_text("Inside its geofence")
            rest.enter_context(streaming(own.api_url, stream_port))
            expect(page.locator("#live")).to_have_text("Live")
            _moves(page, base, OUTSIDE)
        expect(page.locator("#live")).to_contain_text("Not connected")
        rest.enter_context(serving(own, address, **more))
        expect(page.locator("#live")).to_have_text("Live")
        _moves(page, base, {})
        assert cluster.stop("fast")
        assert cluster.start()
        page.wait_for_function("document.querySelector('#live').textContent === 'Live'")
        _moves(page, base, OUTSIDE)
