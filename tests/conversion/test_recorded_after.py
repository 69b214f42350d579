"""The recorded requests, sent to a legacy database that was converted: answered as on data loaded directly.

test_recorded_before.py asks the same database before the conversion, http/v1/test_recorded.py a new one.

Seen to fail: with radii taken as kilometres, with readings a hundredth greater.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.http.application import create_app
from scripts.devkit.local import databases
from tests._lib.databases import Database
from tests._lib.legacy import legacy, query
from tests.conversion._installation import convert
from tests.http import recorded
from tests.http.conftest import settings_for
from tests.http.recorded.legacy import load_legacy
from tests.http.recorded.replay import READS, WRITES, answered, holds, holds_of_a_write, title

STEPS: dict[str, list[str]] = {"prepare": [], "copy": [], "verify": [], "switch": ["--radius", "m"]}


@pytest.fixture(scope="module")
def converted(project: Database) -> Iterator[Database]:
    """The recorded data set as it was, converted: its radii are metres."""
    with legacy(project) as database:
        load_legacy(database)
        with databases.roles_locked():
            for step, options in STEPS.items():
                assert convert(database, step, *options) == 0
            databases.set_password(databases.API)
        yield database


@pytest.fixture(scope="module")
def app(converted: Database) -> Iterator[Flask]:
    app = create_app(settings_for(converted))
    yield app
    app.extensions["rastro.backend"].close()


@pytest.mark.parametrize("one", READS, ids=title)
def test_reads(app: Flask, one: dict[str, Any]) -> None:
    holds(answered(app, one), one)


def test_every_row_is_there(converted: Database) -> None:
    for table in ("TbPosicao", "TbSensorRegistro"):
        (counted,) = query(converted, f'select count(*) from public."{table}"')
        assert counted == (len(recorded.dataset()[table]),)


@pytest.fixture(scope="module")
def summed_up(app: Flask, converted: Database) -> Flask:
    recorded.sum_up(converted)
    return app


# Of what is summed up: the rest reads the same rows as before.
@pytest.mark.parametrize("one", [one for one in READS if "ummary/" in one["path"]], ids=title)
def test_reads_from_the_rollups(summed_up: Flask, one: dict[str, Any]) -> None:
    holds(answered(summed_up, one), one)


# One after the other: they change what there is.
@pytest.mark.parametrize("one", WRITES, ids=lambda one: f"{title(one)} {json.dumps(one['json'])}")
def test_writes(summed_up: Flask, one: dict[str, Any]) -> None:
    holds_of_a_write(summed_up, one)
