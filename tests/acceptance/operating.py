"""Commands of the README as an operator runs them, with settings that others have printed, and HTTP."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.devkit.local import ports
from scripts.devkit.local.paths import ROOT
from tests._lib.places import first_port

SECRET, ISSUER = "x" * 40, "https://issuer.example"


def command(*words: str, **variables: str) -> str:
    """What it prints. It sees no settings but these."""
    done = subprocess.run(
        words, cwd=ROOT, env=environment(variables), capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def settings(text: str) -> dict[str, str]:
    """What is to be exported."""
    pairs = (pair for line in re.findall(r"^export (.*)$", text, re.MULTILINE) for pair in line.split(" "))
    return {name: value.strip("'") for name, _, value in (pair.partition("=") for pair in pairs)}


def environment(variables: dict[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RASTRO_", "SUPABASE_", "DATABASE_"))
    } | variables


@contextmanager
def process(log: Path, variables: dict[str, str], *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that runs until the block ends."""
    with log.open("ab") as out:
        found = subprocess.Popen(words, cwd=ROOT, env=environment(variables), stdout=out, stderr=out)
    try:
        yield found
    except BaseException:
        print(log.read_text()[-3_000:])
        raise
    finally:
        found.send_signal(signal.SIGTERM)
        found.wait(60)


@contextmanager
def serving(log: Path, variables: dict[str, str]) -> Iterator[str]:
    """scripts/run with --migrate, once it is ready: its address."""
    port = ports.free_port(first_port(18_700))
    words = ("scripts/run", "--migrate", "--port", str(port), "--workers", "1")
    with process(log, variables, *words) as server:
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + 200
        while not is_there(f"{address}/health/ready"):
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.2)
        yield address


def is_there(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def ask(address: str, key: str, path: str, body: object = None) -> Any:
    """The answer, to a POST where there is a body."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{address}{path}", data, headers)) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error
