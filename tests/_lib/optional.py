"""Tests that need programs which may be unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.devkit.local.npm import UnavailableError


@contextmanager
def skipped_without(so: str) -> Iterator[None]:
    """Skip the test if a program from npm is unavailable; the reason says why and what was not tested."""
    try:
        yield
    except UnavailableError as reason:
        pytest.skip(f"{reason}; {so}")
