"""Tables and views by supabase-py, as front ends read them, against SQL under the same role and claims."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg2
import pytest
from postgrest import APIError
from supabase import Client, ClientOptions, create_client

from app.identity.principal import Principal
from tests._lib import identities, rest
from tests.contract._dialogue import ADMIN, GATEWAY, OTHER, READER, with_key
from tests.contract.conftest import SIGNER, Side
from tests.http import callers

Row = dict[str, Any]
VIEWS = ("VwTbPosicaoAtual", "VwProdutosFora")
# What belongs to a client, with a row of client 1 in each once the fleet has reported.
TABLES = (
    *(
        "TbCliente",
        "TbDestinatario",
        "TbProduto",
        "TbDispositivo",
        "TbSensor",
        "TbPosicao",
        "TbSensorRegistro",
    ),
    *("TbPosicaoAtual", "TbApiKeys", "TbIngestaoErro", "profiles"),
)
# The hash of a key is not shown, so its columns are asked for by name.
COLUMNS = {"TbApiKeys": ("cdApiKey", "cdUsuario", "cdClientes", "blAtiva", "dsPermissoes", "dtExpiracao")}
# What only an RPC may write, each with a column that somebody might want to change.
TIME_SERIES = {
    "TbPosicao": "cdCliente",
    "TbSensorRegistro": "cdCliente",
    "TbPosicaoAtual": "cdCliente",
    "TbIngestaoErro": "nrOcorrencias",
}
CALLERS = {
    "reader": READER,
    "admin": ADMIN,
    "other client": OTHER,
    "key": with_key(callers.READ_KEY),
    "key to ingest": GATEWAY,
    "stranger": Principal("user", callers.STRANGER),
}


@pytest.fixture(scope="module", autouse=True)
def reported(supabase: Side) -> None:
    """Two devices of client 1, one of them away, one of its child, and one of client 2 have reported."""
    service = Principal("user", callers.SERVICE)
    away = {"latitude": -22.9, "longitude": -43.2, "sensores": [{"dsPonto": "temperatura", "nrValor": 4}]}
    readings = [{"cdDispositivo": device, "nrBat": 3.5} | away for device in (6, 7, 13, 17)]
    text = json.dumps([*readings, {"cdDispositivo": 7, "cdCliente": 1, "nrBat": "?"}])
    supabase.backend.call("insert_device_readings", service, p_readings=text)


@pytest.fixture
def as_caller(supabase: Side) -> Iterator[Callable[..., Client]]:
    """supabase-py as a front end has it: the project's key, and a token where there is one."""
    with httpx.Client() as session:

        def client(token: str = "") -> Client:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            options = ClientOptions(httpx_client=session, headers=headers, auto_refresh_token=False)
            return create_client(supabase.url, rest.PUBLISHABLE_KEY, options)

        yield client


def _signed(**claims: Any) -> str:
    return identities.token(callers.OTHER_ADMIN, **claims)


def _by_rest(client: Client, relation: str) -> list[Row]:
    return list(client.table(relation).select(*COLUMNS.get(relation, "*")).execute().data)


def _by_sql(side: Side, relation: str, principal: Principal) -> list[Row]:
    """The rows as JSON, read the way the application enters."""
    columns = ", ".join(f'"{column}"' for column in COLUMNS.get(relation, ())) or "*"
    with closing(psycopg2.connect(side.database.api_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true);"
            f" select coalesce(json_agg(v), '[]') from (select {columns} from public.\"{relation}\") v",
            (principal.claims(),),
        )
        return list(cursor.fetchone()[0])


def _in_order(rows: list[Row]) -> list[str]:
    return sorted(json.dumps(_plain(row), sort_keys=True) for row in rows)


def _plain(row: Row) -> Row:
    """This server writes times with a space instead of T, numbers as doubles, and bytes as a list."""
    return {name: _plain_value(name, value) for name, value in row.items()}


def _plain_value(name: str, value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") == "Buffer":
        return "\\x" + bytes(value["data"]).hex()
    if isinstance(value, int) and abs(value) > 2**53:
        return float(value)
    if name.startswith("dt") and isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC).isoformat()
    return value


def _refusal(call: Callable[[], Any]) -> str | None:
    with pytest.raises(APIError) as told:
        call()
    return told.value.code


# Seen to fail: when SIGNER names the admin whoever calls.
@pytest.mark.parametrize("relation", [*VIEWS, *TABLES])
@pytest.mark.parametrize("who", CALLERS)
def test_rows_are_those_that_sql_shows_the_same_caller(supabase, as_caller, relation, who):
    found = _by_rest(as_caller(SIGNER.token(CALLERS[who])), relation)
    assert _in_order(found) == _in_order(_by_sql(supabase, relation, CALLERS[who]))


@pytest.mark.parametrize("relation", [*VIEWS, *TABLES])
def test_there_is_something_to_be_seen(supabase, as_caller, relation):
    """Otherwise the test above compares nothing with nothing."""
    assert _by_rest(as_caller(SIGNER.token(ADMIN)), relation)


# Seen to fail: with select on the whole table granted.
@pytest.mark.parametrize("columns", ["*", "cdApiKey, dsHash"])
def test_hashes_of_keys_are_not_shown(as_caller, columns):
    keys = as_caller(SIGNER.token(ADMIN)).table("TbApiKeys")
    assert _refusal(lambda: keys.select(columns).execute()) == "42501"


# Seen to fail: when SIGNER names the admin whoever calls.
@pytest.mark.parametrize("relation", [*VIEWS, *TABLES])
def test_another_client_sees_nothing_of_this_one(supabase, as_caller, relation):
    ours = _in_order(_by_rest(as_caller(SIGNER.token(ADMIN)), relation))
    theirs = _in_order(_by_rest(as_caller(SIGNER.token(OTHER)), relation))
    assert ours
    assert not set(ours) & set(theirs)


# Seen to fail: without rlsState in tests/_lib/lite/config.mjs, when every table is granted to everybody.
@pytest.mark.parametrize("relation", [*VIEWS, *TABLES])
def test_without_a_token_nothing_is_to_be_had(as_caller, relation):
    assert _refusal(lambda: _by_rest(as_caller(), relation)) == "42501"


# Seen to fail: without rlsState in tests/_lib/lite/config.mjs.
@pytest.mark.parametrize("table", TIME_SERIES)
@pytest.mark.parametrize("who", ["admin", "key to ingest"])
def test_time_series_are_written_by_rpc_only(supabase, as_caller, table, who):
    column = TIME_SERIES[table]
    before = supabase.sql(f'select count(*) from "{table}"')
    relation = as_caller(SIGNER.token(CALLERS[who])).table(table)
    for write in (
        lambda: relation.insert({column: 1}).execute(),
        lambda: relation.update({column: 2}).eq(column, 1).execute(),
        lambda: relation.delete().eq(column, 1).execute(),
    ):
        assert _refusal(write) == "42501"
    assert supabase.sql(f'select count(*) from "{table}"') == before


@pytest.mark.parametrize("name", ["TbConfiguracao", "TbPosicao_202611", "chamador"])
def test_what_is_private_is_not_there(as_caller, name):
    client = as_caller(SIGNER.token(ADMIN))
    assert (_refusal(lambda: _by_rest(client, name)) or "").startswith("PGRST2")


# Seen to fail: with these schemas in tests/_lib/lite/config.mjs.
@pytest.mark.parametrize("schema", ["private", "particoes", "auth"])
def test_a_schema_that_is_not_exposed_cannot_be_named(as_caller, schema):
    client = as_caller(SIGNER.token(ADMIN)).schema(schema)
    assert _refusal(lambda: client.table("users").select("*").execute()) == "PGRST106"


# Seen to fail: with a token still good for some seconds.
def test_a_token_that_has_expired_is_refused(as_caller):
    expired = as_caller(_signed(exp=int(time.time()) - 1))
    assert _refusal(lambda: _by_rest(expired, "TbCliente")) == "PGRST303"


# Seen to fail: with its own signature.
def test_a_token_signed_by_somebody_else_is_refused(as_caller):
    header, claims, _ = _signed().split(".")
    _, _, signature = _signed(jti="another").split(".")
    forged = as_caller(f"{header}.{claims}.{signature}")
    assert _refusal(lambda: _by_rest(forged, "TbCliente")) == "PGRST301"


def test_what_is_no_token_gets_nowhere(as_caller):
    """PostgREST refuses it; this server passes it over, and then nobody may read anything."""
    assert _refusal(lambda: _by_rest(as_caller("no-token"), "TbCliente")) in ("42501", "PGRST301")


@pytest.mark.parametrize(
    "lies",
    [
        {"cdCliente": 1, "cdClientes": [1, 3], "dsPermissoes": ["read", "ingest", "admin"]},
        {"app_metadata": {"role": "service", "cdClientes": [1]}, "user_metadata": {"role": "service"}},
        {"blServico": True, "rastro.clientes": "*"},
    ],
    ids=["clients", "metadata", "service"],
)
def test_claims_that_name_clients_change_nothing(as_caller, lies):
    for relation in ("TbCliente", "VwTbPosicaoAtual"):
        told = _in_order(_by_rest(as_caller(_signed(**lies)), relation))
        assert told == _in_order(_by_rest(as_caller(_signed()), relation))
        assert told


def test_rpcs_are_called_with_a_persons_own_token_too(supabase, as_caller):
    client = as_caller(identities.token(callers.READER))
    found = client.rpc("get_posicoes_atuais", {"p_cd_dispositivos": [6, 7, 17]}).execute().data
    assert [row["cdDispositivo"] for row in found] == [6, 7]
    assert _refusal(lambda: client.rpc("get_api_keys", {}).execute()) == "PT403"
    assert _refusal(lambda: as_caller().rpc("get_posicoes_atuais", {}).execute()) == "42501"
