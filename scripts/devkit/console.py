"""What a person sees: progress lines, and errors that say what to do."""

import sys
from typing import NoReturn


class Problem(Exception):
    """An expected failure; its text tells the reader what to do next."""


def say(text: str) -> None:
    """A line of the answer, or of a long command's progress."""
    print(text, flush=True)


def note(text: str) -> None:
    """What had to be done first. Not on standard output: that may be read by a program."""
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    print(f"error: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)
