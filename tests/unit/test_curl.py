"""The stand-in for curl sends what curl would send."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests._lib import curl


@pytest.fixture
def server():
    """A server that keeps requests as (method, target, headers, body); 404 at /missing."""
    kept = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.append((self.command, self.path, headers, body))
            self.send_response(404 if self.path == "/missing" else 200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"body")

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, *_):
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as opened:
        threading.Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{opened.server_port}", kept
        opened.shutdown()


def run(tmp_path, line, given=b""):
    program = curl.installed_in(tmp_path / "bin") / "curl"
    command = ["sh", "-c", f"{program} {line}"]
    return subprocess.run(command, cwd=tmp_path, input=given, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("line", "given", "sent"),
    [
        ("", b"", ("GET", None, b"")),
        ("-d a=1 -d b=2", b"", ("POST", "application/x-www-form-urlencoded", b"a=1&b=2")),
        ("-X PATCH -H 'content-type: text/csv' -d @-", b"a\r\nb\n", ("PATCH", "text/csv", b"ab")),
        ("--data-binary @-", b"a\nb\n", ("POST", "application/x-www-form-urlencoded", b"a\nb\n")),
    ],
)
def test_method_type_and_body_are_those_of_curl(server, tmp_path, line, given, sent):
    url, kept = server
    done = run(tmp_path, f"{line} '{url}/x?y=1,2'", given)
    assert (done.returncode, done.stdout) == (0, b"body"), done.stderr
    ((method, target, headers, body),) = kept
    assert (method, headers.get("content-type"), body) == sent
    assert target == "/x?y=1,2"


def test_output_and_exit_code_are_those_of_curl(server, tmp_path):
    url, _ = server
    assert run(tmp_path, f"{url}/missing").returncode == 0
    assert run(tmp_path, f"--fail-with-body -o saved {url}/missing").returncode == 22
    assert (tmp_path / "saved").read_bytes() == b"body"
    assert run(tmp_path, f"-i {url}/").stdout.startswith(b"HTTP/1.1 200 OK\r\n")
    assert run(tmp_path, f"-sw ' %{{http_code}}\\n' {url}/missing").stdout == b"body 404\n"


@pytest.mark.parametrize(
    "line",
    [
        "--unknown http://127.0.0.1",
        "-w '%{time_total}' http://127.0.0.1",
        "'http://127.0.0.1/a b'",
        "'http://127.0.0.1/[1-3]'",
    ],
)
def test_it_refuses_what_it_does_not_know_and_what_curl_would_expand(tmp_path, line):
    assert run(tmp_path, line).returncode in (2, 3)
