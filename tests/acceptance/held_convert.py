"""python -m tests.acceptance.held_convert MOMENT STEP …: scripts/convert, stopping at a moment of a step.

A moment is `before:1:PATTERN` or `after:1:PATTERN`: the first statement that matches. There it prints HELD
and waits for a line on its standard input, so that a test may kill it exactly there, or do something else.
"""

import re
import signal
import sys
from functools import partial
from typing import Any

import psycopg2
from psycopg2 import extensions

from scripts.devkit.commands import convert

HELD = "held"


class Cursor(extensions.cursor):
    """Stops once, before a statement is sent or after it was answered."""

    when, count, pattern = "", 0, ""

    def execute(self, query: Any, vars: Any = None) -> None:
        text = query.decode() if isinstance(query, bytes) else str(query)
        matches = bool(re.search(Cursor.pattern, text, re.DOTALL))
        self._count("before", matches)
        super().execute(query, vars)
        self._count("after", matches)  # not one that failed

    def _count(self, when: str, matches: bool) -> None:
        if matches and when == Cursor.when:
            Cursor.count -= 1
            if Cursor.count == 0:
                wait()


def wait() -> None:
    print(HELD, flush=True)
    sys.stdin.readline()


def main() -> None:
    Cursor.when, count, Cursor.pattern = sys.argv.pop(1).split(":", 2)
    Cursor.count = int(count)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # even if whoever started this ignores it
    setattr(psycopg2, "connect", partial(psycopg2.connect, cursor_factory=Cursor))  # noqa: B010
    convert.main()


if __name__ == "__main__":
    main()
