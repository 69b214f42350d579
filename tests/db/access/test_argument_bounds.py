"""Arguments without end, through PostgREST: whoever sends them is refused, and nothing of them is kept.

The HTTP API bounds what it passes on. PostgREST passes on what it gets, so the functions have bounds, too.
"""

import json
from collections.abc import Iterator

import pytest

from app.rpc.signatures import SIGNATURES
from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS, Outcome
from tests.db.access._postgrest import Request, RestWorld, request_of

# 100,000 elements, or 2 MB.
HUGE = {
    "text": "repeat('x', 2000000)",
    "text[]": "array_fill('read'::text, array[100000])",
    "integer[]": "array(select generate_series(1, 100000))",
    "bigint[]": "array(select generate_series(1, 100000)::bigint)",
    "jsonb": "jsonb_build_object('dsDispositivo', repeat('x', 2000000), 'cdStatus', 'estoque')",
}
USUAL = {
    "text": "'x'",
    "integer": "101",
    "bigint": "1",
    "double precision": "1",
    "uuid": "'00000000-0000-4000-8000-000000000102'",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "p_cadastro": "'dispositivos'",
    "p_hash": "repeat('0', 64)",
    "p_motivo": "'MALFORMED'",
    "p_readings": "'[]'",
    "p_leituras": "'[]'",
    "dispositivos": "'{101}'",
    "p_dispositivos": "'{101}'",
    "p_ds_permissoes": "'{read}'",
    "p_dt_expiracao": "'2099-01-01'",
    "p_aggregation_type": "'hourly'",
    "p_fuso": "'UTC'",
    "p_cursor": "null",
    "p_versao": "null",
}
# What is not refused, and why: its answer is short, too.
TAKEN = {
    ("insert_device_reading", "p_sensor_readings"): "the verdict is TOO_LARGE",
    ("insert_device_reading", "p_meta"): "the verdict is TOO_LARGE",
    ("registrar_posicao", "p_leitura"): "the verdict is MALFORMED",
    ("quarentenar_payload", "p_payload"): "16 kB of it are kept",
    ("quarentenar_payload", "p_ds_erro"): "200 characters of it are kept",
    ("quarentenar_payload", "p_ds_topico"): "nothing above 1 kB is kept",
    ("quarentenar_payload", "p_propriedades"): "nothing above 4 kB is kept",
}
ARGUMENTS = [
    (function, name)
    for function, (types, _) in SIGNATURES.items()
    for name, kind in types.items()
    if kind in HUGE
]


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        yield world


def test_every_kind_of_argument_is_known() -> None:
    kinds = {kind for types, _ in SIGNATURES.values() for kind in types.values()}
    assert kinds <= HUGE.keys() | USUAL.keys() | {"boolean"}


# Seen to fail: before, for 22 arguments: names of keys and devices, permissions, lists of codes, filters and
# areas were taken at any length, and the error of conferir_chamador repeated all of its argument.
@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_an_argument_without_end_is_refused_shortly(world: RestWorld, function: str, name: str) -> None:
    types, _ = SIGNATURES[function]
    values = {one: _usual(one, kind) for one, kind in types.items()} | {name: HUGE[types[name]]}
    statement = _call(function, {one: f"{value}::{types[one]}" for one, value in values.items()})
    _expect_short(world.ask(CALLERS["anon"], statement, keep=False), refused=True)
    _expect_short(world.ask(CALLERS["admin1"], statement, keep=False), refused=(function, name) not in TAKEN)


def _usual(name: str, kind: str) -> str:
    """A value that lets the call get as far as to the argument that is tried."""
    return USUAL.get(name) or USUAL.get(kind, "null")


def _call(function: str, values: dict[str, str]) -> str:
    return f"select public.{function}({', '.join(f'{name} => {value}' for name, value in values.items())})"


def _expect_short(outcome: Outcome, *, refused: bool) -> None:
    assert len(outcome.message) < 2_000
    assert len(str(outcome.rows)) < 2_000
    if refused:
        assert outcome.state.startswith("PT4") or outcome.state == "42501", outcome
        assert outcome.hint or outcome.state == "42501"


# Seen to fail: with 128 kB in require_small(); jsonb of so many numbers takes several times its text.
def test_the_largest_geofence_is_no_argument_without_end(world: RestWorld) -> None:
    ring = [[round(n / 5_000, 4), n % 2] for n in range(4_490)] + [[1, -1], [0, -1], [0, 0]]
    site = {"dsNome": "x", "dsCerca": {"type": "Polygon", "coordinates": [ring]}}
    assert 48_000 < len(json.dumps(site, separators=(",", ":"))) < 65_536
    statement = "select public.mudar_cadastro('destinatarios', 101, %s)"
    outcome = world.gateway.ask(
        request_of(CALLERS["admin1"], statement), statement, json.dumps(site), keep=False
    )
    assert outcome.rows, outcome


# Seen to fail: before, all were taken.
@pytest.mark.parametrize(("path", "most"), [("/rpc/x", 64 << 20), ("/TbProduto", 16 << 20), ("/", 16 << 20)])
@pytest.mark.parametrize(("more", "state"), [(0, ""), (1, "PT413"), (10**30, "PT413")])
@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_a_body_is_refused_by_its_length(
    world: RestWorld, role: str, path: str, most: int, more: int, state: str
) -> None:
    claims = CALLERS["admin1"].claims if role == "authenticated" else {}
    request = Request("POST", path, {"content-length": str(most + more)}, claims, role)
    outcome = world.gateway.ask(request, "select 1")
    assert outcome.state == state
    assert outcome.hint == ("TOO_LARGE" if state else "")
