"""The application on a clone of the template, with the demo fleet and some callers."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg2
import pytest
from flask import Flask

from app.http.application import create_app
from app.settings import Settings
from tests._lib import identities
from tests._lib.databases import Database
from tests.http import callers
from tests.http.callers import Api

_minutes = count(1)


def settings_for(database: Database, **changes: Any) -> Settings:
    """Settings as a test needs them."""
    usual = {
        "database_url": database.api_url,
        "jwt_secret": identities.JWT_SECRET,
        "jwt_issuer": identities.ISSUER,
    }
    return Settings(**(usual | changes))


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    """The module's database with the demo fleet and the callers in it."""
    return callers.settle(database)


@pytest.fixture(scope="module")
def make_app(fleet: Database) -> Iterator[Callable[..., Flask]]:
    """Makes applications with other settings; their connections are closed in the end."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        made.append(create_app(settings_for(fleet, **changes)))
        return made[-1]

    yield make
    for app in made:
        app.extensions["rastro.backend"].close()


@pytest.fixture(scope="module")
def app(make_app: Callable[..., Flask]) -> Flask:
    """The application as it is by default."""
    return make_app()


@pytest.fixture
def gateway(app: Flask) -> Api:
    """A caller that may send readings for clients 1 and 3."""
    return Api(app.test_client(), callers.with_key(callers.INGEST_KEY))


@pytest.fixture
def reader(app: Flask) -> Api:
    """A person of client 1 who may read."""
    return Api(app.test_client(), callers.as_user(callers.READER))


@pytest.fixture
def admin(app: Flask) -> Api:
    """The administrator of client 1."""
    return Api(app.test_client(), callers.as_user(callers.ADMIN))


@pytest.fixture
def other(app: Flask) -> Api:
    """The administrator of another client."""
    return Api(app.test_client(), callers.as_user(callers.OTHER_ADMIN))


@pytest.fixture
def nobody(app: Flask) -> Api:
    """No credentials."""
    return Api(app.test_client(), {})


@pytest.fixture
def rows(fleet: Database) -> Callable[..., list[tuple[Any, ...]]]:
    """Asks the database as its owner."""

    def ask(question: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(fleet.owner_url)) as connection, connection.cursor() as cursor:
            cursor.execute(question, values or None)
            return cursor.fetchall()

    return ask


@pytest.fixture
def reading() -> Callable[..., dict[str, Any]]:
    """Makes a good reading of device 7, each a minute older than the one before."""

    def make(**fields: Any) -> dict[str, Any]:
        moment = datetime.now(UTC) - timedelta(minutes=next(_minutes))
        usual = {
            "cdDispositivo": 7,
            "dtRegistro": moment.isoformat(),
            "latitude": -23.5031,
            "longitude": -46.6252,
            "nrBat": 3.6,
            "sensores": [{"dsPonto": "temperatura", "nrValor": 4.25}],
        }
        return usual | fields

    return make


class Ledger:
    """Counts what is stored and quarantined."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def stored(self) -> tuple[int, int]:
        """Positions and sensor readings."""
        self._cursor.execute(
            'select (select count(*) from "TbPosicao"), (select count(*) from "TbSensorRegistro")'
        )
        positions, readings = self._cursor.fetchone()
        return positions, readings

    def quarantined(self) -> dict[tuple[str, bytes], int]:
        """How often each (reason, payload) came."""
        self._cursor.execute('select "dsMotivo", "dsPayload", "nrOcorrencias" from "TbIngestaoErro"')
        return {(reason, bytes(payload)): times for reason, payload, times in self._cursor}

    def grown(self, before: dict[tuple[str, bytes], int]) -> list[tuple[str, int]]:
        """Each row that came or grew since: its reason, and how often it came since."""
        now = self.quarantined()
        return [
            (row[0], times - before.get(row, 0)) for row, times in now.items() if times != before.get(row, 0)
        ]


@pytest.fixture
def ledger(fleet: Database) -> Iterator[Ledger]:
    """A look at what is stored, with the owner's eyes."""
    with closing(psycopg2.connect(fleet.admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield Ledger(cursor)
