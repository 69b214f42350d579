"""Installations from before the refactor: fresh, and taken through all phases."""

from collections.abc import Iterator

import pytest

from tests._lib.databases import Database, clone
from tests._lib.legacy import legacy, load, migrate, owner
from tests.schema._legacy_world import OPEN_HANDED, UNIT, rows
from tests.schema._snapshot import Snapshot, snapshot


@pytest.fixture(scope="module")
def new(template: Database) -> Iterator[Database]:
    """A new installation, which nothing changes: for comparisons."""
    with clone(template) as database:
        yield database


@pytest.fixture
def old(project: Database) -> Iterator[Database]:
    """An installation from before, with entities."""
    with legacy(project) as database:
        with owner(database) as cursor:
            cursor.execute(OPEN_HANDED)
        load(database, rows())
        yield database


@pytest.fixture(scope="module")
def converted(project: Database) -> Iterator[tuple[Database, Snapshot, list[str]]]:
    """The same after all phases, what it held before, and what was reported."""
    with legacy(project) as database:
        with owner(database) as cursor:
            cursor.execute(OPEN_HANDED)
            cursor.execute(UNIT, ("km",))
        load(database, rows())
        before = snapshot(database)
        yield database, before, migrate(database)
