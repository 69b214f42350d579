"""What a person sees: progress lines, and errors that say what to do."""

import sys
from typing import NoReturn


class Problem(Exception):
    """An expected failure; its text tells the reader what to do next."""


def say(text: str) -> None:
    print(text, flush=True)


def fail(text: str) -> NoReturn:
    print(f"error: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)
