"""Child processes that end when this one does."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from ..console import Problem
from . import ports
from .paths import ROOT

GRACE_SECONDS = 15


@contextmanager
def child(
    command: list[str], variables: Mapping[str, str], log: Path | None, folder: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a folder and in a process group of its own, which is ended with the block."""
    with open(os.devnull if log is None else log, "wb") as output:  # noqa: PTH123 - devnull is a name
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=None if log is None else output,
            stderr=None if log is None else subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def succeed(command: list[str], variables: Mapping[str, str]) -> None:
    """Run a command to completion. Raises Problem with its output if it fails."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Problem(f"{Path(command[-1]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate the leader, then kill whatever is left of its group."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_ready(
    url: str, process: subprocess.Popen[bytes], seconds: float, log: Path | None, what: str = "the API"
) -> None:
    """Return once this very process answers 200 at the URL.

    Raises PortTaken when another process listens there, Problem when ours ends or time runs out.
    """
    port = urlsplit(url).port or 80
    _wait(lambda: ports.check_owner(process, port, what) and _answers(url), process, seconds, log, what)


def wait_until_listening(
    port: int, process: subprocess.Popen[bytes], seconds: float, log: Path | None, what: str
) -> None:
    """Return once this very process listens on the port. Raises as `wait_until_ready` does."""
    _wait(lambda: ports.check_owner(process, port, what), process, seconds, log, what)


def _wait(
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    seconds: float,
    log: Path | None,
    what: str,
) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        if process.poll() is not None:
            raise Problem(f"{what} ended while it was starting.{tail(log)}")
        time.sleep(0.1)
    raise Problem(f"{what} was not ready within {seconds:.0f} s.{tail(log)}")


def tail(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    return f" The end of {log}:\n  " + "\n  ".join(log.read_text(errors="replace").splitlines()[-12:])


def _answers(url: str) -> bool:
    """Whether it answers 200. Raises Problem if it says that migrations are missing: waiting is no use."""
    try:
        # On the loopback address, never through a proxy.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        with error:
            if remedy := _remedy(error.read()):
                raise Problem(remedy) from None
        return False
    except (urllib.error.URLError, OSError):
        return False


def _remedy(body: bytes) -> str:
    """What to run, if this is the answer of the API on a database that lacks migrations."""
    try:
        answer = json.loads(body)
        if not answer["error_code"].startswith("SCHEMA_"):
            return ""
        details = answer.get("details", {})
        said = [str(answer["error"])]
        if migrations := details.get("migrations"):
            said.append(f"Not applied: {', '.join(migrations)}.")
        if missing := details.get("missing"):
            said.append(f"Missing: {', '.join(missing)}.")
        return " ".join(said)
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""


def on_signals(names: tuple[signal.Signals, ...], action: Callable[[], object]) -> None:
    """Call the action on each of these signals."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        action()

    for name in names:
        signal.signal(name, handler)
