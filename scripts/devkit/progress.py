"""Progress bars of long commands, on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Never, TextIO

from tqdm import tqdm

_TERMINAL_SECONDS, _LOG_SECONDS = 0.2, 10.0  # between two updates


def bar(what: str | None, total: int | None, unit: str, out: TextIO | None = None) -> "tqdm[Never]":
    """A bar, or without a total a counter; in a log file it is updated less often than on a terminal."""
    out = out or sys.stderr
    seconds = _TERMINAL_SECONDS if out.isatty() else _LOG_SECONDS
    return tqdm(total=total, desc=what, unit=unit, file=out, mininterval=seconds, dynamic_ncols=True)


@contextmanager
def steps(what: str, total: int, out: TextIO | None = None) -> Iterator[Callable[[], None]]:
    """A bar, and a function to call after each of its steps, from any thread."""
    lock = Lock()
    with bar(what, total, " steps", out) as shown:

        def step() -> None:
            with lock:
                shown.update()

        yield step
