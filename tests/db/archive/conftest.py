"""An archive for the tests of restoring. Tests with an object store are collected only where one is given."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.db import _rollups
from tests.db._lab import Lab
from tests.db.archive import _months
from tests.db.archive._months import OLD, OLDER, name, run

collect_ignore = [] if os.environ.get("RASTRO_TEST_S3") else ["test_s3.py"]


@pytest.fixture
def world(lab: Lab) -> None:
    """A database that has the rows of two months of two clients."""
    _months.begin_anew(lab)
    for start in (OLD, OLDER):
        _months.fill(lab, start)


@pytest.fixture
def archived(lab: Lab, world: None, tmp_path: Path) -> Iterator[Path]:
    """An archive of them; the database has them still."""
    assert run(lab, "write", tmp_path / "archive", "--until", name(OLD)) == 0
    yield tmp_path / "archive"
    _rollups.hold_back(lab, 0)
