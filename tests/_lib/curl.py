"""A stand-in for curl, so that printed command lines can be run as they are where curl is not installed.

It knows the options that our documentation uses, with curl's own meaning, and refuses everything else: a
command that works here works with curl.
"""

import argparse
import http.client
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

_MALFORMED_URL, _HTTP_ERROR = 3, 22
_FORM = "application/x-www-form-urlencoded"


def installed_in(folder: Path) -> Path:
    """Put an executable `curl` into this folder, to be named first in PATH; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "curl"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(__file__)} "$@"\n')
    program.chmod(0o755)
    return folder


def main(arguments: Sequence[str]) -> int:
    """Send one request and write its answer; the exit code of curl."""
    options = _parser().parse_args(arguments)
    url = urlsplit(options.url)
    # curl expands these; in a URL they have to be escaped.
    if url.scheme != "http" or not url.hostname or set(options.url) & set(" []{}"):
        print(f"curl: (3) malformed URL: {options.url}", file=sys.stderr)
        return _MALFORMED_URL
    connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=60)
    body = _body(options.data, options.data_binary)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    method = options.request or ("GET" if body is None else "POST")
    connection.request(method, target, body, _headers(options.header, body))
    answer = connection.getresponse()
    content = answer.read()
    _write(options, answer, content)
    connection.close()
    return _HTTP_ERROR if answer.status >= 400 and (options.fail_with_body or options.fail) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="curl", add_help=False, allow_abbrev=False)
    parser.add_argument("url")
    parser.add_argument("-X", "--request")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data", action="append", default=[])
    parser.add_argument("--data-binary", action="append", default=[])
    parser.add_argument("-o", "--output")
    parser.add_argument("-w", "--write-out", type=_format, default="")
    parser.add_argument("-i", "--include", action="store_true")
    parser.add_argument("-f", "--fail", action="store_true")
    parser.add_argument("--fail-with-body", action="store_true")
    for quiet in (("-s", "--silent"), ("-S", "--show-error")):
        parser.add_argument(*quiet, action="store_true")
    return parser


def _format(text: str) -> str:
    """The text of -w: line ends and the status, nothing else that curl knows."""
    text = text.replace("\\n", "\n")
    if "%" in text.replace("%{http_code}", "") or "\\" in text:
        raise argparse.ArgumentTypeError(f"not known here: {text!r}")
    return text


def _body(data: list[str], binary: list[str]) -> bytes | None:
    """All parts of the body, joined by `&`. Files given as `-d @name` lose their line ends, as with curl."""
    parts = [_part(one, b"\r\n") for one in data] + [_part(one) for one in binary]
    return b"&".join(parts) if parts else None


def _part(text: str, without: bytes = b"") -> bytes:
    if not text.startswith("@"):
        return text.encode()
    content = sys.stdin.buffer.read() if text == "@-" else Path(text[1:]).read_bytes()
    return content.translate(None, without)


def _headers(lines: list[str], body: bytes | None) -> dict[str, str]:
    usual = {"User-Agent": "curl", "Accept": "*/*"} | ({} if body is None else {"Content-Type": _FORM})
    given = dict(line.split(": ", 1) for line in lines)
    return {name: value for name, value in usual.items() if name.lower() not in map(str.lower, given)} | given


def _write(options: argparse.Namespace, answer: http.client.HTTPResponse, content: bytes) -> None:
    head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n".encode()
    head += b"".join(f"{name}: {value}\r\n".encode() for name, value in answer.getheaders()) + b"\r\n"
    output = (head if options.include else b"") + content
    if options.output:
        Path(options.output).write_bytes(output)
    else:
        sys.stdout.buffer.write(output)
    sys.stdout.buffer.write(options.write_out.replace("%{http_code}", str(answer.status)).encode())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
