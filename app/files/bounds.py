"""What an uploaded table may hold, and how a file that exceeds it, or is none, is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Line = tuple[int, Mapping[int, Any]]
"""Number of a row, and its cells by the number of their column, from 0; empty ones are left out."""

MAX_COLUMNS = 32
MAX_TEXT = 32_767  # characters of a cell, as in spreadsheets


class NoTable(Exception):
    """The file cannot be read as a table; the text says why."""


class TooLarge(Exception):
    """The file exceeds a bound: its name, and how much it allows."""

    def __init__(self, bound: str, limit: int) -> None:
        super().__init__(f"The table has more than {limit:,} {bound}.")
        self.bound, self.limit = bound, limit
