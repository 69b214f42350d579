"""Who comes in through PostgREST: the function that it calls before every request, rule by rule.

The world and its keys are those of _isolation.py: the text of a key is its name there.
"""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from app.identity.principal import Principal
from scripts.devkit.local.databases import roles_locked
from scripts.devkit.local.paths import SQL
from scripts.devkit.schema.statements import split
from tests._lib.clock import COUNTED_ON
from tests._lib.databases import Database
from tests.db._lab import together
from tests.db.access._isolation import CALLERS, LIES, Caller, Outcome, key_hash, person
from tests.db.access._postgrest import LOGIN, Gateway, Request, RestWorld, opened

FUNCTION = "public.antes_da_requisicao"
SOURCE = SQL / "20_access" / "actions" / "set_pre_request.sql"
BOUNDS = [
    (f"pgrst.{bound}",)
    for bound in (
        "db_max_rows=1000",
        "db_aggregates_enabled=false",
        "db_plan_enabled=false",
        "db_tx_end=commit",
    )
]
WHO = "select current_user, session_user, current_setting('request.jwt.claims')::json"
DEVICES = 'select "cdDispositivo" from public."TbDispositivo" order by 1'
TABLE, ROOT, RPC = "/TbDispositivo", "/", "/rpc/get_posicoes_atuais"


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        yield world


@pytest.fixture
def gateway(world: RestWorld) -> Gateway:
    return world.gateway


def with_key(key: Any, method: str = "GET", path: str = TABLE, **headers: Any) -> Request:
    return Request(method, path, {"x-api-key": key, **headers})


def with_token(claims: dict[str, Any], **headers: Any) -> Request:
    return Request(headers={**headers}, claims=claims, role="authenticated")


def signed_by_us(name: str, request_id: str = "") -> dict[str, Any]:
    """What the application writes into a token for the bearer of this key."""
    claims: dict[str, Any] = json.loads(Principal("key", key_hash(name), request_id).claims())
    return claims


def unauthorized(outcome: Outcome) -> bool:
    return (outcome.state, outcome.hint, outcome.rows) == ("PT401", "UNAUTHORIZED", [])


# The setting. Seen to fail: without the last statement of the file; with another name in it; with no
# condition on what is there; with no condition on the role.


def test_the_login_of_postgrest_names_the_function(world: RestWorld, gateway: Gateway) -> None:
    assert gateway.pre_request == FUNCTION
    found = world.sql(
        """select s from pg_db_role_setting, unnest(setconfig) s
           where setrole = %s::regrole and setdatabase = 0 and s like 'pgrst.%%'""",
        LOGIN,
    )
    assert sorted(found) == sorted([(f"pgrst.db_pre_request={FUNCTION}",), *BOUNDS])


@pytest.mark.parametrize(
    ("before", "left"),
    [
        (
            "alter role authenticator set pgrst.db_pre_request = 'public.of_somebody_else'",
            "pgrst.db_pre_request=public.of_somebody_else",
        ),
        ("alter role authenticator reset pgrst.db_pre_request", f"pgrst.db_pre_request={FUNCTION}"),
        ("alter role authenticator rename to nobody_at_the_door", f"pgrst.db_pre_request={FUNCTION}"),
        ("alter role authenticator reset pgrst.db_max_rows", f"pgrst.db_pre_request={FUNCTION}"),
    ],
)
def test_what_somebody_else_has_set_stays(database: Database, before: str, left: str) -> None:
    """Nor does it matter whether there is such a role. All of it is undone."""
    with (
        roles_locked(),
        closing(psycopg2.connect(database.admin_url)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(before)
        cursor.execute(split(SOURCE.read_text())[-1].text)
        cursor.execute(
            """select s from pg_db_role_setting, unnest(setconfig) s
               where setrole = coalesce(to_regrole('authenticator'), to_regrole('nobody_at_the_door'))
                 and s like 'pgrst.%%' and s <> all (%s)""",
            ([bound for (bound,) in BOUNDS],),
        )
        assert cursor.fetchall() == [(left,)]
        assert ("is kept" in "".join(connection.notices)) == ("somebody_else" in left or "override" in left)


# Keys by header.


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [TABLE, ROOT, RPC])
def test_whoever_has_a_key_goes_on_as_its_bearer(gateway: Gateway, method: str, path: str) -> None:
    """Seen to fail: without the change of role, and of claims; with the claims kept beside."""
    request = with_key("read", method, path, **{"x-request-id": "r-1"})
    claims = {"role": "authenticated", "key_sha256": key_hash("read"), "request_id": "r-1"}
    assert gateway.ask(request, WHO).rows == [("authenticated", LOGIN, claims)]


def test_a_key_has_the_time_of_the_authenticated(gateway: Gateway) -> None:
    """Seen to fail: without the statement about statement_timeout."""
    times = [
        gateway.ask(request, "show statement_timeout").rows[0][0]
        for request in (Request(), with_key("read"), with_token({"sub": person(101)}))
    ]
    assert times == ["3s", "8s", "8s"]


@pytest.mark.parametrize("role", ["authenticated", "anon", "service_role"])
def test_nobody_tries_things_and_has_them_undone(gateway: Gateway, role: str) -> None:
    """Seen to fail: without the condition on Prefer."""
    for given, state in {
        "tx=rollback": "PT400",
        "return=representation, tx=rollback": "PT400",
        'Tx = "Rollback"': "PT400",
        "tx=commit": "",
        "return=minimal,missing=default": "",
    }.items():
        assert gateway.ask(Request("POST", TABLE, {"prefer": given}, role=role), "select 1").state == state


# Seen to fail: before, when a body in chunks had no bound.
@pytest.mark.parametrize("path", [TABLE, "/rpc/insert_device_readings"])
def test_a_body_has_a_size(gateway: Gateway, path: str) -> None:
    chunks = {"transfer-encoding": "chunked"}
    refused = gateway.ask(Request("POST", path, chunks, role="authenticated"), "select 1")
    assert (refused.state, refused.hint) == ("PT413", "TOO_LARGE")
    sized = Request("POST", path, {"content-length": "10"}, role="authenticated")
    assert gateway.ask(sized, "select 1").state == ""


def test_a_statement_always_has_a_time(world: RestWorld) -> None:
    """Also where somebody has set the role to none. Seen to fail: without that condition."""
    with opened(world.database) as gateway:
        gateway.settings["authenticated"] |= {"statement_timeout": "0"}
        assert gateway.ask(with_token({"sub": person(101)}), "show statement_timeout").rows == [("8s",)]


@pytest.mark.parametrize("name", ["unknown", "expired", "inactive", "orphan"])
@pytest.mark.parametrize("place", [("GET", TABLE), ("HEAD", TABLE), ("GET", ROOT), ("POST", TABLE)])
def test_a_key_that_does_not_hold_is_told_so(gateway: Gateway, name: str, place: tuple[str, str]) -> None:
    """By header or in a token. Seen to fail: without admit_caller(); without require_caller()'s 401."""
    for request in (with_key(name, *place), with_token(signed_by_us(name))):
        outcome = gateway.ask(request, "select 1")
        assert unauthorized(outcome)
        assert outcome.detail == "Send a valid bearer token or an active X-API-Key."


@pytest.mark.parametrize(("name", "clients"), [("limited", "3"), ("read", "1,3"), ("auditor", "*")])
def test_its_bearer_learns_the_clients(gateway: Gateway, name: str, clients: str) -> None:
    """Seen to fail: without report_clients() in admit_caller()."""
    told = "select current_setting('rastro.clientes'), current_setting('response.headers')::json"
    rows = gateway.ask(with_key(name), told).rows
    assert rows == [(clients, [{"Rastro-Clientes": clients}])]


# Tokens.


def test_the_token_of_a_person_stays_as_it_is(gateway: Gateway) -> None:
    """Seen to fail: with claims made anew; with an id of the request where none came."""
    claims = {
        "sub": person(101),
        "aud": "authenticated",
        "app_metadata": {"a": [1, "ç"]},
        "role": "authenticated",
    }
    assert gateway.ask(with_token(claims), WHO).rows == [("authenticated", LOGIN, claims)]
    named = gateway.ask(with_token(claims, **{"x-request-id": "r-1"}), WHO).rows
    assert named == [("authenticated", LOGIN, claims | {"request_id": "r-1"})]


def test_the_application_may_sign_for_a_key(gateway: Gateway) -> None:
    """With its own id of the request. Seen to fail: with the header before the claim."""
    claims = signed_by_us("read", "of the application")
    request = with_token(claims, **{"x-request-id": "of-the-way"})
    assert gateway.ask(request, WHO).rows == [("authenticated", LOGIN, claims)]
    assert gateway.ask(request, DEVICES).rows == [(101,), (301,)]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "-a",
        ".a",
        "a" * 65,
        "a b",
        "a\n",
        "a\nb",
        "é",
        "a;b",
        'a"',
        "\u202ea",
        ["a"],
        {"a": 1},
        None,
        "x" * 10_000,
    ],
)
def test_an_odd_request_id_is_nobodys_name(gateway: Gateway, given: Any) -> None:
    """Seen to fail: with each part of the pattern left out."""
    for request in (
        with_key("read", **{"x-request-id": given}),
        with_token({"sub": person(101)}, **{"x-request-id": given}),
    ):
        ((_, _, claims),) = gateway.ask(request, WHO).rows
        assert "request_id" not in claims


@pytest.mark.parametrize("given", ["a", "7", "0af7651916cd43dd8448eb211c80319c", "A._-9", "a" * 64])
def test_a_sane_request_id_is_kept(gateway: Gateway, given: str) -> None:
    ((_, _, claims),) = gateway.ask(with_key("read", **{"x-request-id": given}), WHO).rows
    assert claims["request_id"] == given


@pytest.mark.parametrize(
    ("request_", "who"),
    [
        (with_key("limited", "PATCH", **{"x-request-id": "r-7"}), f"key:{key_hash('limited')}"),
        (
            Request(
                "PATCH", headers={"x-request-id": "r-7"}, claims={"sub": person(302)}, role="authenticated"
            ),
            f"user:{person(302)}",
        ),
    ],
)
def test_the_audit_log_names_the_request(world: RestWorld, request_: Request, who: str) -> None:
    """Seen to fail: without request_id in the claims of either."""
    change = """update public."TbDispositivo" set "dsDescricao" = %s where "cdDispositivo" = 301"""
    assert world.gateway.ask(request_, change, who).count == 1
    entry = """select "dsRequisicao", "dsChamador", 3 = any ("cdClientes") from public."TbAuditoria"
               order by "cdAuditoria" desc limit 1"""
    assert world.sql(entry) == [("r-7", who, True)]


# Two credentials, or none.


@pytest.mark.parametrize(
    "request_",
    [
        Request(headers={"x-api-key": "read"}, claims={"sub": person(101)}, role="authenticated"),
        Request(headers={"x-api-key": "read"}, claims={"sub": person(101)}),
        Request(headers={"x-api-key": "read"}, claims=signed_by_us("read"), role="authenticated"),
        Request(headers={"x-api-key": "read"}, claims={"key_sha256": key_hash("read")}),
        Request(headers={"x-api-key": "read"}, role="authenticated"),
        Request(headers={"x-api-key": "read"}, role="service_role"),
        with_token({"sub": person(101), "key_sha256": key_hash("mighty")}),
        with_token({"sub": None, "key_sha256": key_hash("mighty")}),
    ],
)
def test_two_credentials_are_refused(gateway: Gateway, request_: Request) -> None:
    """Seen to fail: without each of the three conditions."""
    outcome = gateway.ask(request_, DEVICES)
    assert unauthorized(outcome)
    assert "not both" in outcome.message


@pytest.mark.parametrize("path", [TABLE, ROOT, RPC])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"apikey": "sb_publishable_x"},
        {"authorization": "Bearer x"},
        {"X-API-Key": "read"},
        {"x-api-key2": "read"},
        '["x-api-key"]',
        '"x-api-key"',
        "null",
        "",
    ],
)
def test_without_credentials_one_stays_anon(gateway: Gateway, path: str, headers: Any) -> None:
    """And may do nothing. Seen to fail: with the operator ? of jsonb, which takes lists and texts."""
    request = Request("GET", path, headers)
    assert gateway.ask(request, WHO).rows == [("anon", LOGIN, {"role": "anon"})]
    assert gateway.ask(request, DEVICES).refused
    assert gateway.ask(request, "select public.get_posicoes_atuais()").refused


def test_claims_of_anon_are_of_no_use(gateway: Gateway) -> None:
    for claims in (LIES, {"sub": person(102)}, signed_by_us("read")):
        request = Request(claims=claims)
        assert gateway.ask(request, "select current_user").rows == [("anon",)]
        assert gateway.ask(request, DEVICES).refused


def test_the_secret_key_passes_untouched(gateway: Gateway) -> None:
    """Seen to fail: with a request's id added to it."""
    request = Request(headers={"x-request-id": "r-1", "apikey": "sb_secret_x"}, role="service_role")
    assert gateway.ask(request, WHO).rows == [("service_role", LOGIN, {"role": "service_role"})]
    assert len(gateway.ask(request, DEVICES).rows) == 5


def test_claims_of_the_gateway_beside_a_key_are_forgotten(gateway: Gateway) -> None:
    """The project's publishable key may arrive as a token of anon. Seen to fail: with them kept."""
    request = Request(headers={"x-api-key": "read"}, claims=LIES | {"iss": "supabase", "role": "anon"})
    ((role, _, claims),) = gateway.ask(request, WHO).rows
    assert (role, claims) == ("authenticated", {"role": "authenticated", "key_sha256": key_hash("read")})


# Abuse.


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        " read",
        "read ",
        "read\n",
        "read\tread",
        "read, limited",
        "read,limited",
        "' or true --",
        "'||current_user||'",
        "$$; set role service_role; --",
        "{}",
        "x" * 513,
        "x" * 10_240,
        "é" * 40,
        "re\u200bad",
        "ｒｅａｄ",
        "\u202eread",
        "😀",
        key_hash("read"),
        "\\x" + key_hash("read"),
        "Read",
        "service_role",
        ["read"],
        ["read", "limited"],
        {"read": "read"},
        None,
        True,
        1,
    ],
)
def test_what_is_no_key_is_refused(gateway: Gateway, key: Any) -> None:
    """What could be one is looked for. Seen to fail: with any character; without ^ or $; without the kind."""
    sane = isinstance(key, str) and re.fullmatch(r"[!-~]{1,512}", key)
    for place in (("GET", TABLE), ("POST", RPC), ("POST", f"/rpc/{FUNCTION}")):
        outcome = gateway.ask(with_key(key, *place), DEVICES)
        assert unauthorized(outcome), place
        assert ("Missing or invalid credentials" if sane else "Malformed API key") in outcome.message
    assert gateway.sql("select current_user") == [(LOGIN,)]


@pytest.mark.parametrize(
    ("key", "told"), [("x" * 513, "Malformed API key"), ("x" * 512, "invalid credentials"), ("!~", "invalid")]
)
def test_how_long_a_key_may_be(gateway: Gateway, key: str, told: str) -> None:
    """As in the application. Seen to fail: with 511; with 513; with !~ out of the pattern."""
    assert told in gateway.ask(with_key(key), "select 1").message


@pytest.mark.parametrize(
    "headers",
    [
        '{"x-api-key": "read", "user-agent": "\\\\u0000 \\\\ud800 %s \\" {}"}',
        '{"user-agent": 1e999999, "x-api-key": "read"}',
        '{"x-api-key": "inactive", "x-api-key": "read"}',
        '{"x-api-key": "read", "authorization": "Bearer of.somebody.else", "role": "service_role"}',
    ],
)
def test_other_headers_do_no_harm(gateway: Gateway, headers: str) -> None:
    """Of two that are the same, the last counts. Seen to fail: with jsonb in place of json."""
    assert gateway.ask(Request(headers=headers), DEVICES).rows == [(101,), (301,)]


@pytest.mark.parametrize("key", ["read\\u0000", "\\ud800", "read\\udc00"])
def test_text_that_is_none_ends_the_request(gateway: Gateway, key: str) -> None:
    outcome = gateway.ask(Request(headers=f'{{"x-api-key": "{key}"}}'), DEVICES)
    assert (outcome.state[:2], outcome.rows) == ("22", [])


def test_nobody_gets_higher_than_authenticated(world: RestWorld) -> None:
    """Whatever is claimed: the role is the one that PostgREST took, or authenticated for a key that holds."""
    became = {
        (
            request.role,
            "x-api-key" in request.headers,
            *world.gateway.ask(request, "select current_user").rows,
        )
        for role in ("anon", "authenticated", "service_role")
        for claims in ({}, LIES, {"role": "service_role"}, {"sub": person(1)}, signed_by_us("auditor"))
        for headers in ({}, {"x-api-key": "auditor"}, {"x-api-key": "auditor", "role": "service_role"})
        for request in (Request(headers=headers, claims=claims, role=role),)
    }
    assert became == {
        ("anon", False, ("anon",)),
        ("anon", True),
        ("anon", True, ("authenticated",)),
        ("authenticated", False, ("authenticated",)),
        ("authenticated", True),
        ("service_role", False, ("service_role",)),
        ("service_role", True),
    }


@pytest.mark.parametrize("door", ["owner", "application"])
def test_nobody_else_becomes_anything_by_it(world: RestWorld, door: str) -> None:
    """Seen to fail: without the condition on anon."""
    with getattr(world, door).cursor() as cursor:
        cursor.execute("begin; select set_config('request.headers', %s, true)", ('{"x-api-key": "read"}',))
        with pytest.raises(psycopg2.Error) as caught:
            cursor.execute(f"select {FUNCTION}()")
        cursor.execute("rollback")
    assert caught.value.pgcode == {"owner": "PT401", "application": "42501"}[door]


def test_as_an_rpc_it_changes_nothing(gateway: Gateway) -> None:
    """It is reachable as one: anon must reach it."""
    again = f"select {FUNCTION}(); {WHO}"
    for claims, role in (({}, "anon"), ({"sub": person(101)}, "authenticated"), ({}, "service_role")):
        request = Request("POST", f"/rpc/{FUNCTION}", {"x-request-id": "r-1"}, claims, role)
        assert gateway.ask(request, again).rows == gateway.ask(request, WHO).rows != []
    assert unauthorized(gateway.ask(with_key("read", "POST", f"/rpc/{FUNCTION}"), again))


# Limits.

VIEW = 'select count(*) from public."VwTbPosicaoAtual"'
CHANGE = """update public."TbDispositivo" set "dsDescricao" = 'a' where "cdDispositivo" = 301"""
CALL = "select public.get_posicoes_atuais()"


@pytest.fixture
def limited(world: RestWorld, within_a_day: None) -> Iterator[Gateway]:
    """The key `limited` may make three calls a minute, or a day, and has made none."""
    world.sql('delete from public."TbUsoApiKey" returning 1')
    yield world.gateway
    world.sql("""update public."TbApiKeys" set "nrLimiteMinuto" = null, "nrCotaDiaria" = null returning 1""")


def limit(world: RestWorld, column: str) -> None:
    world.sql(f'update public."TbApiKeys" set "{column}" = 3 where "dsNome" = %s returning 1', "limited")


def counted(world: RestWorld) -> int:
    ((count,),) = world.sql(
        'select coalesce(sum("nrDia"), 0)::integer from public."TbUsoApiKey" where "nrFatia" < 64'
    )
    return int(count)


@pytest.mark.parametrize(
    ("place", "statement", "count"),
    [
        (("GET", TABLE), DEVICES, 0),
        (("HEAD", "/VwTbPosicaoAtual"), VIEW, 0),
        (("GET", RPC), CALL, 0),
        (("GET", ROOT), "select 1", 0),
        (("POST", RPC), CALL, 1),
        (("PATCH", TABLE), CHANGE, 1),
        (("POST", "/%72pc/get_posicoes_atuais"), CALL, 2),
        (("POST", "/rpc"), "select 1", 1),
    ],
)
def test_a_request_counts_once(
    world: RestWorld, limited: Gateway, place: tuple[str, str], statement: str, count: int
) -> None:
    """If it may write at all. Seen to fail: without the condition on the path; without count_key_use()."""
    limit(world, "nrCotaDiaria")
    for n in (1, 2) if count < 2 else (1,):
        assert limited.ask(with_key("limited", *place), statement).state == ""
        assert counted(world) == n * count


# Seen to fail, before calls were counted on: when a minute, or a day, began while it ran.
@pytest.mark.parametrize(
    ("column", "code"), [("nrLimiteMinuto", "RATE_LIMITED"), ("nrCotaDiaria", "QUOTA_EXCEEDED")]
)
def test_above_its_limit_a_key_reads_nothing_either(
    world: RestWorld, limited: Gateway, column: str, code: str
) -> None:
    """By header or by token. Seen to fail: without count_key_use(); without p_uncounted in either limit."""
    limit(world, column)
    together_one_moment = "select count(private.require_permission('read')) from generate_series(1, 3)"
    assert limited.ask(with_key("limited", "POST", RPC), together_one_moment).rows == [(3,)]
    world.sql(COUNTED_ON)
    requests = [
        with_key("limited", "GET", TABLE),
        with_key("limited", "HEAD", "/VwTbPosicaoAtual"),
        with_key("limited", "GET", ROOT),
        with_key("limited", "PATCH", TABLE),
        with_token(signed_by_us("limited")),
    ]
    for request in requests:
        outcome = limited.ask(request, DEVICES)
        assert (outcome.state, outcome.hint, outcome.rows) == ("PT429", code, []), request
        assert 0 < int(outcome.detail) <= 86_400
    for place in (("GET", RPC), ("POST", RPC)):
        assert limited.ask(with_key("limited", *place), CALL).hint == code
    assert counted(world) == 3
    assert limited.ask(with_key("read"), DEVICES).rows == [(101,), (301,)]


# Nothing stays.


SESSION = """select current_user, current_setting('role'), current_setting('statement_timeout'),
             coalesce(current_setting('request.jwt.claims', true), ''),
             coalesce(current_setting('request.headers', true), ''),
             coalesce(current_setting('rastro.clientes', true), ''),
             coalesce(current_setting('response.headers', true), '')"""


@pytest.mark.parametrize("statement", ["select 1", "select 1/0"])
def test_nothing_stays_on_the_connection(gateway: Gateway, statement: str) -> None:
    """Seen to fail: with each of the settings kept for the session."""
    gateway.sql("set statement_timeout = '7s'")
    gateway.ask(with_key("read", **{"x-request-id": "r-1"}), statement)
    assert gateway.sql(SESSION) == [(LOGIN, "none", "7s", "", "", "", "")]
    assert gateway.ask(Request(), WHO).rows == [("anon", LOGIN, {"role": "anon"})]
    assert gateway.ask(Request(), DEVICES).refused


def test_neighbours_do_not_meet(world: RestWorld, database: Database) -> None:
    """Three connections, each of which serves all callers in turn, all at once."""
    callers: list[tuple[Request, list[tuple[Any, ...]]]] = [
        (with_key("read"), [(101,), (301,)]),
        (with_key("limited"), [(301,)]),
        (with_token({"sub": person(202)}), [(201,)]),
        (with_key("ingest"), []),
        (with_token(signed_by_us("auditor")), [(101,), (201,), (301,), (401,)]),
        (Request(), []),
        (with_key("inactive"), []),
    ]

    def serve(gateway: Gateway, first: int) -> list[bool]:
        turns = [callers[(first + n) % len(callers)] for n in range(15 * len(callers))]
        return [gateway.ask(request, DEVICES).rows == rows for request, rows in turns]

    with opened(database) as one, opened(database) as two:
        served = together(lambda: serve(world.gateway, 0), lambda: serve(one, 2), lambda: serve(two, 5))
    assert served == [[True] * 105] * 3


def test_callers_of_the_tables_are_told_apart_by_their_keys() -> None:
    """The matrix asks by header whoever has a key: all of them have its text."""
    keys = [who for who, caller in CALLERS.items() if "key_sha256" in caller.claims]
    assert len(keys) == 10
    assert all(isinstance(CALLERS[who], Caller) and CALLERS[who].key for who in keys)
