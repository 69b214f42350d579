"""Requests recorded from the old application are answered as they were, but for intended differences."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask

from app.http.application import create_app
from tests._lib.databases import Database
from tests.http import recorded
from tests.http.conftest import settings_for
from tests.http.recorded.replay import READS, WRITES, answered, holds, holds_of_a_write, title


@pytest.fixture(scope="module")
def old(database: Database) -> Iterator[Flask]:
    """The application on the old data."""
    recorded.load(database)
    app = create_app(settings_for(database))
    yield app
    app.extensions["rastro.backend"].close()


@pytest.fixture(scope="module")
def summed_up(old: Flask, database: Database) -> Flask:
    """The same, with everything in rollups and counters."""
    recorded.sum_up(database)
    return old


@pytest.mark.parametrize("one", READS, ids=title)
def test_reads_from_the_readings(old, one):
    holds(answered(old, one), one)


@pytest.mark.parametrize("one", READS, ids=title)
def test_reads_from_the_rollups(summed_up, one):
    holds(answered(summed_up, one), one)


# One after the other: they change what there is.
@pytest.mark.parametrize("one", WRITES, ids=lambda one: f"{title(one)} {json.dumps(one['json'])}")
def test_writes(summed_up, one):
    holds_of_a_write(summed_up, one)
