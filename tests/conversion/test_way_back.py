"""The way back: who waits for its locks is answered, or is asked to try again."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from app.http.application import create_app
from scripts.devkit.convert import back, carry, locks, state, switch, verify
from scripts.devkit.fleet.legacy_fleet import LegacyFleet, person
from scripts.devkit.local import databases
from tests._lib.databases import Database
from tests._lib.legacy import owner, query
from tests.conversion._installation import Installation, installation
from tests.conversion._waiting import Waiting
from tests.http import callers
from tests.http.conftest import settings_for
from tests.schema._prepared import prepare

BLOCKED = """select count(distinct l.pid) from pg_locks l join pg_stat_activity a using (pid)
             where not l.granted and a.datname = current_database() and a.usename = 'rastro_api'"""
KEYS = 'insert into conversao."TbConversaoVolta" ("cdEndereco") select -1 from generate_series(1, 150)'
FLEET = LegacyFleet(devices=22, days=2, per_day=4, sensors=2)
DAYS = f"dtInicio={FLEET.start:%F}&dtFim={FLEET.end:%F}"
# The plan of each loses something else.
PATHS = (
    "/v2/TbPosicaoAtual?cdProduto=1",
    f"/v2/HistoricoPaginaDispositivo/0?cdCliente=1&{DAYS}",
    f"/v2/data/points?cdSensor=1&{DAYS}",
    f"/v2/summary/abertura-porta?cdProduto=1&{DAYS}",
    "/v2/dispositivos",
    "/v2/enderecos",
)


@dataclass
class Asked:
    """Requests through the API, each in a thread of its own, and their answers."""

    app: Flask
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, path: str) -> None:
        self.threads.append(thread := threading.Thread(target=self.ask, args=(path,), daemon=True))
        thread.start()

    def ask(self, path: str) -> None:
        answer = self.app.test_client().get(path, headers=callers.as_user(person(1)))
        self.answers[path] = answer.status_code, answer.json.get("error_code")


@dataclass
class Story:
    """What was asked before the switch was taken back, and answered afterwards."""

    legacy: Waiting
    before: dict[str, tuple[int, Any]]
    after: dict[str, tuple[int, Any]]


@pytest.fixture(scope="module")
def story(project: Database) -> Iterator[Story]:
    """An installation whose switch was taken back while both applications waited for its locks."""
    with ExitStack() as stack:
        old = stack.enter_context(installation(project, FLEET))
        switched(old)
        app = create_app(
            settings_for(old.database, pool_size=16, lock_timeout_ms=60_000, statement_timeout_ms=60_000)
        )
        stack.callback(app.extensions["rastro.backend"].close)
        first, waiting = Asked(app), Asked(app)
        for path in PATHS:
            first.ask(path)
        legacy = Waiting(old, is_stale=False)
        take, return_rows = locks.take, back._return_rows
        attempts: list[int] = []

        def returned(cursor: Any) -> int:
            """Others write 150 keys while a part is carried, until the locks are taken."""
            found = return_rows(cursor)
            if attempts[-1:] == [0]:
                return found
            with owner(old.database) as writer:
                writer.execute(KEYS)
                attempts.append(writer.rowcount)
            return 1

        def taken(*arguments: Any) -> float:
            began = take(*arguments)
            attempts.append(0)
            legacy.all_wait()
            for path in PATHS:
                waiting.begin(path)
            while query(old.database, BLOCKED) != [(len(PATHS),)]:
                threading.Event().wait(0.05)
            return began

        with pytest.MonkeyPatch.context() as patch, state.alone(old.database.owner_url) as cursor:
            patch.setattr(locks, "take", taken)
            patch.setattr(back, "_return_rows", returned)
            patch.setattr(locks, "_TRY", locks._TRY.replace(f"'{locks.IDLE_S}s'", "'10min'"))
            stack.enter_context(databases.roles_locked())
            back.run(cursor, patience=60.0)
        # Seen to fail: with as few keys allowed at the second attempt as at the first, until patience ended.
        assert len(attempts) >= 3
        legacy.all_end()
        for thread in waiting.threads:
            thread.join()
        yield Story(legacy, first.answers, waiting.answers)


def switched(old: Installation) -> None:
    url = old.database.owner_url
    prepare(old.database)
    carry.copy(url, carry.Pace(None), lambda _rows: None)
    assert verify.verify(url).agrees
    with databases.roles_locked():
        databases.set_password(databases.API)
        with state.alone(url) as cursor:
            switch.run(cursor, "km")
    old.schema.refresh()


# Seen to fail: without the gate, by get_historico_paginado with XX000, and by functions that end with the
# switch with 42883.
def test_the_legacy_application_is_answered_by_its_own_functions(story: Story) -> None:
    assert len(story.legacy.answers) + len(story.legacy.problems) == 21
    # PostgREST had written the types of the new function into it.
    assert {name: text[:5] for name, text in story.legacy.problems.items()} == {
        "get_historico_paginado": "42883"
    }


# Seen to fail: with 500 for XX000 and 42883 (history), 42P01 (addresses) and 42703 (current positions).
def test_the_new_application_answers_or_asks_to_try_again(story: Story) -> None:
    assert set(story.before.values()) == {(200, None)}
    assert set(story.after.values()) <= {(200, None), (503, "SCHEMA_BEHIND")}
    assert story.after[PATHS[1]] == (503, "SCHEMA_BEHIND")
