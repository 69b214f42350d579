"""scripts/doctor --live against something that is not Rastro."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scripts.devkit.commands import live


class _Page(BaseHTTPRequestHandler):
    """Answers everything with a page, as a proxy in front of nothing does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Welcome</html>")

    do_POST = do_GET

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def page() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


# Seen to fail: with the code of the answer alone looked at, for health or for the device.
def test_a_page_is_no_reading_and_says_so(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    where = live.Installation(page, "key", 7, gateways=[page], patience=1)
    assert live.examine(where) == live.ILL
    said = capsys.readouterr().out
    assert "/health/live             FAIL  answers 200" in said
    assert "reading by HTTP          FAIL  device 7 with this key: 200" in said
    assert "Welcome" in said
    assert f"gateway {page} FAIL" in said
