"""What commands print, and how they fail."""

import sys
from typing import NoReturn


class Problem(Exception):
    """An expected failure; its text says what to do next."""


def say(text: str) -> None:
    """Print a line of the result or of the progress."""
    print(text, flush=True)


def note(text: str) -> None:
    """Print what had to be done first, on standard error: a program may read standard output."""
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    print(f"error: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)
