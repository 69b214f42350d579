"""The laboratory in which ingestion is tested: one database for each module."""

from collections.abc import Iterator

import pytest

from tests._lib.databases import Database
from tests.db import _lab
from tests.db._lab import Lab


@pytest.fixture(scope="module")
def shared_lab(database: Database) -> Iterator[Lab]:
    with _lab.opened(database) as opened:
        yield opened


@pytest.fixture
def lab(shared_lab: Lab) -> Lab:
    """The module's laboratory without any reading."""
    shared_lab.reset()
    return shared_lab
