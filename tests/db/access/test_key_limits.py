"""Limits of API keys: calls a minute and a day, counted by all connections together, and none waits."""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests._lib.databases import Database

ADMIN = "00000000-0000-4000-8000-0000000000a1"
pytestmark = pytest.mark.usefixtures("within_a_day")
CALL = "select private.require_permission('read')"


@pytest.fixture(scope="module")
def client(database: Database) -> Database:
    """The module's database with client 1 and its admin."""
    with closing(psycopg2.connect(database.owner_url)) as owner, owner, owner.cursor() as cursor:
        cursor.execute('insert into "TbCliente" ("cdCliente") values (1)')
        cursor.execute("insert into auth.users (id) values (%s)", (ADMIN,))
        cursor.execute("""update profiles set "cdCliente" = 1, role = 'admin' where id = %s""", (ADMIN,))
    return database


class Connection:
    """One of the application's connections; each call is a transaction of its own, like a request."""

    def __init__(self, url: str) -> None:
        self.server = psycopg2.connect(url)
        self.server.autocommit = True
        self.share = self.server.get_backend_pid() % 64

    def ask(self, claims: dict[str, str], statement: str, *values: Any) -> Any:
        entry = (
            "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true);"
        )
        with self.server.cursor() as cursor:
            cursor.execute(
                entry + statement,
                (json.dumps({"role": "authenticated", **claims}), *values),
            )
            return cursor.fetchone()[0] if cursor.description else None

    def as_admin(self, statement: str, *values: Any) -> Any:
        return self.ask({"sub": ADMIN}, statement, *values)

    def call(self, key: str, statement: str = CALL) -> Any:
        return self.ask({"key_sha256": hashlib.sha256(key.encode()).hexdigest()}, statement)

    def refused(self, key: str, statement: str = CALL) -> tuple[str, str, int]:
        """SQLSTATE, error code and seconds to wait."""
        with pytest.raises(psycopg2.Error) as caught:
            self.call(key, statement)
        told = caught.value.diag
        return str(caught.value.pgcode), str(told.message_hint), int(told.message_detail or 0)


@pytest.fixture
def connect(client: Database) -> Iterator[Callable[[], Connection]]:
    """Opens connections, each counting in a share of its own."""
    opened: list[Connection] = []

    def another() -> Connection:
        opened.append(Connection(client.api_url))
        return opened[-1] if _alone(opened) else another()

    yield another
    for connection in opened:
        connection.server.close()


def _alone(opened: list[Connection]) -> bool:
    return opened[-1].share not in [earlier.share for earlier in opened[:-1]]


@pytest.fixture
def one(connect: Callable[[], Connection]) -> Connection:
    return connect()


def _key(admin: Connection, **limits: Any) -> str:
    """The text of a new key with these arguments of criar_api_key."""
    given = ", ".join(f"{name} => %s" for name in limits)
    made = admin.as_admin(f"select criar_api_key('key', '{{read,ingest,admin}}', {given})", *limits.values())
    return str(made["dsKey"])


def _code(admin: Connection, key: str) -> str:
    """The code of a key with this text, as the list tells."""
    (found,) = [
        k["cdApiKey"] for k in admin.as_admin("select get_api_keys()")["data"] if k["dsPrefixo"] == key[:12]
    ]
    return str(found)


# Seen to fail: without require_key_quota(); with >= in it; with "nrDia" summed; without a condition on
# dtMinuto.
def test_the_call_above_the_limit_is_refused_until_the_minute_is_over(
    connect: Callable[[], Connection], db: Any
) -> None:
    one, two = connect(), connect()
    key, other = _key(one, p_nr_limite_minuto=3), _key(one, p_nr_limite_minuto=3)
    many = "select count(private.require_permission('read')) from generate_series(1, {})"  # all of one moment
    state, code, seconds = one.refused(key, many.format(4))
    assert (state, code, 0 < seconds <= 60) == ("PT429", "RATE_LIMITED", True)
    assert one.call(key, many.format(3)) == 3, "what was refused has not been counted"
    assert one.call(other, many.format(3)) == 3, "each key has its own"
    with db.cursor() as cursor:
        cursor.execute("""update "TbUsoApiKey" set "dtMinuto" = "dtMinuto" - interval '1 minute'""")
    assert two.call(key, many.format(3)) == 3


# Seen to fail: with "nrMinuto" summed; without a condition on dtDia.
def test_the_call_above_the_quota_is_refused_until_the_day_is_over(
    connect: Callable[[], Connection], db: Any
) -> None:
    one, two = connect(), connect()
    key = _key(one, p_nr_cota_diaria=2)
    for _ in range(2):
        one.call(key)
        with db.cursor() as cursor:
            cursor.execute("""update "TbUsoApiKey" set "dtMinuto" = "dtMinuto" - interval '1 minute'""")
    state, code, seconds = one.refused(key)
    assert (state, code, 0 < seconds <= 86_400) == ("PT429", "QUOTA_EXCEEDED", True)
    with db.cursor() as cursor:
        cursor.execute("""update "TbUsoApiKey" set "dtDia" = "dtDia" - 1""")
    two.call(key)
    one.call(key)


# Seen to fail: with the sum over one share only.
def test_all_connections_count_together(connect: Callable[[], Connection]) -> None:
    connections = [connect() for _ in range(4)]
    key = _key(connections[0], p_nr_cota_diaria=40)

    def calls(connection: Connection) -> int:
        done = 0
        for _ in range(30):
            try:
                connection.call(key)
                done += 1
            except psycopg2.Error as error:
                assert error.pgcode == "PT429"  # noqa: PT017 - which of the calls fails is open
        return done

    with ThreadPoolExecutor(4) as threads:
        done = sum(threads.map(calls, connections))
    assert 40 <= done < 40 + len(connections), "at most those under way at that moment slip through"
    assert [connection.refused(key)[1] for connection in connections] == ["QUOTA_EXCEEDED"] * 4


# Seen to fail: with one share for all connections.
def test_calls_of_one_key_do_not_wait_for_each_other(connect: Callable[[], Connection]) -> None:
    one, two = connect(), connect()
    key = _key(one, p_nr_cota_diaria=10)
    one.call(key, f"set local lock_timeout = '5s'; begin; {CALL}")
    two.call(key, f"set local lock_timeout = '100ms'; {CALL}")
    with one.server.cursor() as cursor:
        cursor.execute("rollback")


def test_a_call_that_fails_is_not_counted(one: Connection) -> None:
    key = _key(one, p_nr_cota_diaria=1)
    assert one.refused(key, "select get_historico_paginado(p_page_size => 0)")[0] == "PT400"
    one.call(key)
    assert one.refused(key)[0] == "PT429"


# Seen to fail: without the condition on transaction_read_only; without p_nao_contadas in the quota.
def test_where_nothing_can_be_written_limits_still_hold(one: Connection) -> None:
    key = _key(one, p_nr_cota_diaria=1)
    read_only = f"set transaction read only; {CALL}"
    for _ in range(3):
        one.call(key, read_only)
    one.call(key)
    assert [one.refused(key, call)[0] for call in (read_only, CALL)] == ["PT429"] * 2


# Seen to fail: without the condition on dtUltimoUso or nrFatia; with not exists.
def test_the_last_use_is_noted_once_a_minute(connect: Callable[[], Connection], db: Any) -> None:
    one, two = connect(), connect()
    key = _key(one, p_nr_limite_minuto=None)

    def versions() -> list[str]:
        with db.cursor() as cursor:
            cursor.execute(
                """select u.xmin from "TbUsoApiKey" u join "TbApiKeys" k using ("cdApiKey")
                   where k."dsPrefixo" = %s order by "nrFatia" """,
                (key[:12],),
            )
            return [version for (version,) in cursor.fetchall()]

    assert versions() == []
    one.call(key)
    first = versions()
    one.call(key)
    assert (len(first), versions()) == (1, first)
    two.call(key)
    assert len(versions()) == 2
    with db.cursor() as cursor:
        cursor.execute("""update "TbUsoApiKey" set "dtUltimoUso" = now() - interval '61 seconds'""")
    stale = versions()
    one.call(key)
    assert sum(new != old for new, old in zip(versions(), stale, strict=True)) == 1


# Seen to fail: without dtUltimoUso in describe_key(), and without the condition on dtDia there.
def test_the_list_tells_limits_and_use(one: Connection, db: Any) -> None:
    key = _key(one, p_nr_limite_minuto=100, p_nr_cota_diaria=1000)

    def listed() -> dict[str, Any]:
        (found,) = one.as_admin("select get_api_keys(%s)", _code(one, key))["data"]
        return dict(found)

    assert (listed()["dtUltimoUso"], listed()["nrUsoHoje"]) == (None, 0)
    for _ in range(2):
        one.call(key)
    found = listed()
    assert (found["nrLimiteMinuto"], found["nrCotaDiaria"], found["nrUsoHoje"]) == (100, 1000, 2)
    assert found["dtUltimoUso"] is not None
    with db.cursor() as cursor:
        cursor.execute("""update "TbUsoApiKey" set "dtDia" = "dtDia" - 1""")
    assert listed()["nrUsoHoje"] == 0


# Seen to fail: with the old limits in limitar_api_key(); without them in store_key(); counting every use.
def test_limits_change_from_the_next_call_on_and_pass_to_the_successor(one: Connection) -> None:
    key = _key(one, p_nr_cota_diaria=None)
    one.call(key)
    one.as_admin("select limitar_api_key(%s, p_nr_cota_diaria => 1)", _code(one, key))
    one.call(key)
    assert one.refused(key)[0] == "PT429"
    one.as_admin("select limitar_api_key(%s, p_nr_cota_diaria => 2)", _code(one, key))
    one.call(key)
    successor = one.as_admin("select rotacionar_api_key(%s)", _code(one, key))
    assert (successor["nrLimiteMinuto"], successor["nrCotaDiaria"]) == (None, 2)
    one.as_admin("select limitar_api_key(%s)", _code(one, key))
    one.call(key)


# Seen to fail: with exigir('admin') in place of require_key_management() in each of the three.
@pytest.mark.parametrize(
    "statement",
    ["select criar_api_key('free')", "select limitar_api_key('{}')", "select rotacionar_api_key('{}')"],
)
def test_a_key_with_a_limit_cannot_get_around_it(one: Connection, statement: str) -> None:
    for limit in ("p_nr_limite_minuto", "p_nr_cota_diaria"):
        key = _key(one, **{limit: 1000})
        assert one.refused(key, statement.format(_code(one, key)))[0] == "PT403"


# Seen to fail: without require_key_limits() in each of the two.
@pytest.mark.parametrize("limits", [(0, None), (None, 0), (-1, 5)])
def test_a_limit_is_at_least_one_call(one: Connection, limits: tuple[int | None, int | None]) -> None:
    code = _code(one, _key(one, p_nr_cota_diaria=7))
    for statement, values in (
        ("select criar_api_key('key', p_nr_limite_minuto => %s, p_nr_cota_diaria => %s)", limits),
        ("select limitar_api_key(%s, %s, %s)", (code, *limits)),
    ):
        with pytest.raises(psycopg2.Error) as caught:
            one.as_admin(statement, *values)
        assert (caught.value.pgcode, caught.value.diag.message_hint) == ("PT400", "INVALID_PARAMETER")
    assert one.as_admin("select get_api_keys(%s)", code)["data"][0]["nrCotaDiaria"] == 7


# Seen to fail: without the condition on the kind of caller in require_permission().
def test_people_are_not_counted(one: Connection, db: Any) -> None:
    with db.cursor() as cursor:
        cursor.execute('delete from "TbUsoApiKey"')
    one.as_admin(CALL)
    with db.cursor() as cursor:
        cursor.execute('select count(*) from "TbUsoApiKey"')
        assert cursor.fetchone() == (0,)
