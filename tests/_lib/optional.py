"""Tests that need what a machine may lack."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.devkit.local.npm import UnavailableError


@contextmanager
def skipped_without(so: str) -> Iterator[None]:
    """Skip the test where a program from npm cannot be had, saying why and what was left out."""
    try:
        yield
    except UnavailableError as reason:
        pytest.skip(f"{reason}: so {so}")
