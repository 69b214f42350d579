"""GET /v2/stream, by a process that serves it on a database of its own."""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest

from app.http.v2.positions.schemas import CurrentPosition
from app.http.v2.stream.schemas import StreamEvents, StreamValue
from tests._lib.databases import Database
from tests.http import callers
from tests.http.jobs.stream import Server, Viewer, streaming

READER = callers.as_user(callers.READER)  # of client 1, which has the child 3
OTHER = callers.as_user(callers.OTHER_ADMIN)  # of client 2
MINE, CHILD, THEIRS, MOVING = 7, 13, 17, 12
SENSOR = 704

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    """The demo fleet and the callers."""
    return callers.settle(database)


@pytest.fixture(scope="module")
def stream(fleet: Database) -> Iterator[Server]:
    """The running stream; heartbeats come each second."""
    with streaming(fleet.api_url, RASTRO_STREAM_HEARTBEAT_S="1") as server:
        yield server


@pytest.fixture(scope="module")
def sql(fleet: Database) -> Iterator[Sql]:
    """Runs a statement as the owner."""
    with closing(psycopg2.connect(fleet.owner_url)) as connection:
        connection.autocommit = True

        def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return list(cursor.fetchall()) if cursor.description else []

        yield run


_numbers = count(1)


@pytest.fixture
def report(sql: Sql) -> Callable[..., float]:
    """Stores a reading of a device as the service does; returns its battery, by which it is known."""

    def send(device: int, **more: Any) -> float:
        battery = round(3 + next(_numbers) / 1_000, 3)
        reading = {
            "cdDispositivo": device,
            "dtRegistro": datetime.now(UTC).isoformat(),
            "latitude": -23.5,
            "longitude": -46.6,
            "nrBat": battery,
        }
        ((answer,),) = sql("select insert_device_readings(%s)", json.dumps([reading | more]))
        assert [one["verdict"] for one in answer["results"]] == ["stored"], answer
        return battery

    return send


def shows(device: int, battery: float) -> Callable[[Viewer], bool]:
    """Whether a viewer has seen this report."""
    return lambda viewer: viewer.seen.get(device, {}).get("nrBat") == battery


# Seen to fail: without heartbeats.
def test_snapshot_then_changes(stream: Server, report: Callable[..., float]) -> None:
    first = report(MINE)
    with stream.viewer(**READER) as viewer:
        assert viewer.event().data["resumed"] is False
        viewer.until(shows(MINE, first))
        row = viewer.seen[MINE]
        assert row["dtRegistro"].endswith("Z")
        assert row["dtAlteracao"].endswith("Z")
        viewer.until(shows(MINE, report(MINE)))
        viewer.until(shows(CHILD, report(CHILD)))
        while viewer.event().name != "heartbeat":
            pass


# Seen to fail: without nrPrecisao; with dtAlteracao in the session's zone; with dtCoordenada without Z.
def test_a_row_is_one_of_current_positions(stream: Server, report: Callable[..., float], sql: Sql) -> None:
    sql("""set timezone = 'America/Sao_Paulo'""")
    battery = report(MINE, nrPrecisao=12.5)
    with stream.viewer(**READER) as viewer:
        viewer.until(shows(MINE, battery))
    ((row, changed),) = sql(
        """select to_jsonb(v), to_jsonb(v."dtAlteracao" at time zone 'UTC') #>> '{}'
           from "VwTbPosicaoAtual" v where "cdDispositivo" = %s""", MINE)  # fmt: skip
    sql("reset timezone")
    times = {name: f"{row[name]}Z" for name in ("dtRegistro", "dtCoordenada", "dtBateria")}
    assert viewer.seen[MINE] == row | times | {"dtAlteracao": f"{changed}Z"}


# Seen to fail: with positions of every client.
def test_isolation(stream: Server, report: Callable[..., float]) -> None:
    with stream.viewer(**READER) as mine, stream.viewer(**OTHER) as theirs:
        sent = {device: report(device) for device in (MINE, THEIRS, CHILD)}
        mine.until(shows(MINE, sent[MINE]))
        mine.until(shows(CHILD, sent[CHILD]))
        theirs.until(shows(THEIRS, sent[THEIRS]))
    assert THEIRS not in mine.ever
    assert not {MINE, CHILD} & theirs.ever


# Seen to fail: without the trigger on TbDispositivo.
def test_a_device_moves(stream: Server, report: Callable[..., float], sql: Sql) -> None:
    battery = report(MOVING)
    report(MINE)
    with stream.viewer(**READER) as mine, stream.viewer(**OTHER) as theirs:
        mine.until(shows(MOVING, battery))
        sql('update "TbDispositivo" set "cdDestinatario" = null, "cdProduto" = null, "cdCliente" = 2 '
            'where "cdDispositivo" = %s', MOVING)  # fmt: skip
        mine.until(lambda viewer: MOVING not in viewer.seen)
        with stream.viewer(**READER) as late:
            late.until(lambda viewer: MINE in viewer.seen)
        moved = report(MOVING)
        theirs.until(shows(MOVING, moved))
        mine.until(shows(MINE, report(MINE)))
    assert MOVING not in mine.seen
    assert MOVING not in late.ever
    assert theirs.seen[MOVING]["dsProduto"] is None


@pytest.fixture
def key(sql: Sql) -> str:
    """A key that may read, by an administrator of the reader's client who made no other."""
    made, maker = f"rastro_stream_{next(_numbers):040}", str(uuid.uuid4())
    sql("insert into auth.users (id) values (%s)", maker)
    sql("""insert into profiles (id, role, "cdCliente") values (%s, 'admin', 1)
           on conflict (id) do update set role = 'admin', "cdCliente" = 1""", maker)  # fmt: skip
    sql(
        """insert into "TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes") values (%s, %s, '{read}')""",
        maker, hashlib.sha256(made.encode()).hexdigest(),
    )  # fmt: skip
    return made


REVOKED = {
    "revoked": 'update "TbApiKeys" set "blAtiva" = false where "dsHash" = %s',
    "expired": """update "TbApiKeys" set "dtExpiracao" = now() where "dsHash" = %s""",
    "may not read": """update "TbApiKeys" set "dsPermissoes" = '{ingest}' where "dsHash" = %s""",
    "its maker left": """update profiles set "cdCliente" = 2 where id = (
        select "cdUsuario" from "TbApiKeys" where "dsHash" = %s)""",
}


# Seen to fail: with rights that are asked for once; without the last event.
@pytest.mark.parametrize("way", REVOKED)
def test_a_revoked_key_falls_silent(
    stream: Server, report: Callable[..., float], sql: Sql, key: str, way: str
) -> None:
    """Others of its client, and another client, go on."""
    with (
        stream.viewer(**READER) as other,
        stream.viewer(**OTHER) as stranger,
        stream.viewer(X_API_Key=key) as viewer,
    ):
        viewer.until(shows(MINE, report(MINE)))
        sql(REVOKED[way], hashlib.sha256(key.encode()).hexdigest())
        events = []
        while not events or events[-1].name != "end":
            events.append(viewer.event())
        assert events[-1].data["error_code"] == "UNAUTHORIZED"
        with pytest.raises(StopIteration):
            viewer.event()
        after, theirs = report(MINE), report(THEIRS)
        other.until(shows(MINE, after))  # whom nothing was taken from
        stranger.until(shows(THEIRS, theirs))
        assert stream.refused(X_API_Key=key)[0] in (401, 403)
    assert viewer.seen[MINE]["nrBat"] != after
    assert MINE not in stranger.ever


# Seen to fail: without the comparison of what it sees.
def test_who_sees_more_begins_anew(stream: Server, report: Callable[..., float], sql: Sql) -> None:
    theirs = report(THEIRS)
    change = 'update profiles set "cdCliente" = %s where id = %s'
    with stream.viewer(**READER) as viewer:
        viewer.until(shows(MINE, report(MINE)))
        sql(change, 2, callers.READER)
        try:
            viewer.until(shows(THEIRS, theirs))
            assert MINE not in viewer.seen
        finally:
            sql(change, 1, callers.READER)


# Seen to fail: with transactions that are compared with a later number.
def test_resumed(fleet: Database, stream: Server, report: Callable[..., float]) -> None:
    """What committed while a viewer was away arrives, also what began before it left."""
    report(CHILD)
    with closing(psycopg2.connect(fleet.owner_url)) as early, early.cursor() as cursor:
        with stream.viewer(**READER) as viewer:
            viewer.until(shows(MINE, report(MINE)))
            cursor.execute('update "TbPosicaoAtual" set "nrBat" = 9, "nrTransacao" = pg_current_xact_id() '
                           'where "cdDispositivo" = %s', (CHILD,))  # fmt: skip
            viewer.until(shows(MINE, report(MINE)))
            viewer.until(shows(MINE, report(MINE)))
        early.commit()
    last = report(MINE)
    with stream.viewer(last=viewer, **READER) as resumed:
        assert resumed.event().data["resumed"] is True
        resumed.until(shows(MINE, last))
        resumed.until(shows(CHILD, 9))
    assert resumed.ever == {MINE, CHILD}


# Seen to fail: without the server's name; with numbers of the future.
@pytest.mark.parametrize(
    "last_id", ["", "x", "1.1", "{server}.", "{server}.-1", "{server}.99999999999999999"]
)
def test_other_ids_begin_anew(stream: Server, report: Callable[..., float], last_id: str) -> None:
    """An id of another server, of the future, or none at all."""
    battery = report(MINE)
    with stream.viewer(**READER) as viewer:
        viewer.until(shows(MINE, battery))
    viewer.last_id = last_id.format(server=viewer.last_id.partition(".")[0])
    with stream.viewer(last=viewer, **READER) as again:
        assert again.event().data["resumed"] is False
        again.until(shows(MINE, battery))


def _ticket(sql: Sql, seconds: int = 30) -> str:
    ticket = f"bilhete_{next(_numbers):048}"
    sql(
        """insert into private."TbBilhete" values (%s, %s, now() + make_interval(secs => %s))""",
        hashlib.sha256(ticket.encode()).hexdigest(), f"user:{callers.READER}", seconds,
    )  # fmt: skip
    return ticket


# Seen to fail: with use_ticket() that selects; with credentials beside a ticket.
def test_tickets(stream: Server, report: Callable[..., float], sql: Sql) -> None:
    battery, ticket = report(MINE), _ticket(sql)
    with stream.viewer(f"?ticket={ticket}") as viewer:
        viewer.until(shows(MINE, battery))
    assert THEIRS not in viewer.ever
    unauthorized = (401, "UNAUTHORIZED")
    assert stream.refused(f"?ticket={ticket}") == unauthorized, "used"
    assert stream.refused(f"?ticket={_ticket(sql, seconds=0)}") == unauthorized, "expired"
    assert stream.refused("?ticket=bilhete_x") == unauthorized
    assert stream.refused(f"?ticket={_ticket(sql)}", **READER) == unauthorized, "both"


# Seen to fail: with an area that is checked before the caller is known.
@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("", {}, (401, "UNAUTHORIZED")),
        ("", {"X_API_Key": "rastro_unknown"}, (401, "UNAUTHORIZED")),
        ("", {"X_API_Key": callers.INGEST_KEY}, (403, "FORBIDDEN")),
        ("", {"X_API_Key": callers.EXPIRED_KEY}, (401, "UNAUTHORIZED")),
        ("", {"Authorization": "Bearer x"}, (401, "UNAUTHORIZED")),
        ("", callers.as_user(callers.STRANGER), (401, "UNAUTHORIZED")),
        ("", callers.as_user(callers.READER, exp=1), (401, "UNAUTHORIZED")),
        ("?cdproduto=1", READER, (400, "INVALID_PARAMETER")),
        ("?cdProduto=x", READER, (400, "INVALID_PARAMETER")),
        ("?caixa=1,2,3", READER, (400, "INVALID_AREA")),
        ("?caixa=2,0,1,0", READER, (400, "INVALID_AREA")),
        ("?circulo=91,0,5", READER, (400, "INVALID_AREA")),
        ("?poligono=%7B%22type%22:%22Point%22%7D", READER, (400, "INVALID_AREA")),
        ("?poligono=x", READER, (400, "INVALID_PARAMETER")),
        ("?caixa=1,2,3", {}, (401, "UNAUTHORIZED")),
        ("?sensores=" + ",".join(map(str, range(1, 202))), READER, (400, "INVALID_PARAMETER")),
    ],
)
def test_refused(stream: Server, query: str, headers: dict[str, str], expected: tuple[int, str]) -> None:
    assert stream.refused(query, **headers) == expected


# Seen to fail: without cdDispositivos; without `removed` for what left the box.
def test_filters(stream: Server, report: Callable[..., float]) -> None:
    sent = {device: report(device) for device in (MINE, CHILD)}
    with (
        stream.viewer(f"?cdDispositivos={CHILD},{THEIRS}", **READER) as by_code,
        stream.viewer("?cdProduto=1", **READER) as by_product,
        stream.viewer("?caixa=-24,-47,-23,-46", **READER) as by_box,
    ):
        by_code.until(shows(CHILD, sent[CHILD]))
        by_product.until(shows(MINE, sent[MINE]))
        by_box.until(shows(MINE, sent[MINE]))
        report(MINE, latitude=-10)
        by_box.until(lambda viewer: MINE not in viewer.seen)
    assert by_code.ever == {CHILD}
    assert CHILD not in by_product.ever


AREA = {"type": "Polygon", "coordinates": [[[-47, -23.52], [-46, -23.52], [-46, -23.4], [-47, -23.4]]]}


# Seen to fail: with blArea instead of the present geofence; without cdCliente, circulo.
@pytest.mark.parametrize(
    "wanted",
    [
        {"cdCliente": 3},
        {"cdCliente": 2},
        {"circulo": [-23.5, -46.6, 3_000]},
        {"caixa": [-24, -47, -23.4, -46], "cdProduto": 1},
        {"poligono": AREA},
        {"poligono": AREA, "circulo": [-23.5, -46.6, 3_000], "fora": 1},
        {"fora": 0},
        {"fora": 1},
    ],
    ids=json.dumps,
)
def test_the_devices_of_current_positions(
    stream: Server, report: Callable[..., float], sql: Sql, wanted: dict[str, Any]
) -> None:
    """Also after the geofence of a site was changed, by which the recorded blArea does not go."""
    sql('update "TbDestinatario" set "nrRaio" = 200')
    sites = 'select "dsLat", "dsLong" from "TbDestinatario" join "TbEndereco" using ("cdEndereco") limit 1'
    ((lat, long),) = sql(sites)
    for device in (MINE, CHILD):
        report(device)
    for device, away in ((1, 0.0), (2, 0.01), (3, 0.1)):
        report(device, latitude=lat + away, longitude=long)
    sql('update "TbDestinatario" set "nrRaio" = 5000')
    area = {name: value for name, value in wanted.items() if name in ("circulo", "caixa", "poligono", "fora")}
    area |= {"fora": bool(wanted["fora"])} if "fora" in wanted else {}
    try:
        sql("begin")
        sql("set local role authenticated")
        sql("select set_config('request.jwt.claims', %s, true)",
            json.dumps({"sub": callers.READER, "role": "authenticated"}))  # fmt: skip
        ((frota,),) = sql(
            "select get_frota(p_cd_cliente => %s, p_cd_produto => %s, p_area => %s)",
            wanted.get("cdCliente"), wanted.get("cdProduto"), json.dumps(area) if area else None,
        )  # fmt: skip
    finally:
        sql("rollback")
    expected = {row["cdDispositivo"] for row in frota["data"]}
    assert bool(expected) is (wanted != {"cdCliente": 2})
    texts = {name: json.dumps(value).strip("[]") for name, value in wanted.items()}
    with stream.viewer("?" + urlencode(texts), **READER) as viewer:
        viewer.until(lambda one: one.ever >= expected)
    assert viewer.ever == expected


# Seen to fail: with clients that are read whole only once.
@pytest.mark.acceptance
@pytest.mark.timeout(300)
def test_what_changes_without_a_report_arrives(
    stream: Server, report: Callable[..., float], sql: Sql
) -> None:
    """A geofence, and the name of a product: each client is read whole once a minute."""
    device, name = 2, "Named anew"
    sql('update "TbDestinatario" set "nrRaio" = 5000')
    ((lat, long, product, before),) = sql(
        """select e."dsLat", e."dsLong", p."cdProduto", p."dsNome" from "TbDispositivo" d
           join "TbProduto" p using ("cdProduto") join "TbDestinatario" t using ("cdDestinatario")
           join "TbEndereco" e using ("cdEndereco") where d."cdDispositivo" = %s""", device,
    )  # fmt: skip
    battery = report(device, latitude=lat + 0.01, longitude=long)
    rename = 'update "TbProduto" set "dsNome" = %s where "cdProduto" = %s'
    with stream.viewer(**READER) as viewer, stream.viewer("?fora=0", **READER) as inside:
        viewer.until(shows(device, battery))
        inside.until(shows(device, battery))
        sql(rename, name, product)
        sql('update "TbDestinatario" set "nrRaio" = 200')
        try:
            viewer.until(lambda one: one.seen[device]["dsProduto"] == name)
            inside.until(lambda one: device not in one.seen)
        finally:
            sql(rename, before, product)


def test_values(stream: Server, report: Callable[..., float]) -> None:
    report(MINE, sensores=[{"cdSensor": SENSOR, "nrValor": 4.5}])
    with (
        stream.viewer(f"?sensores={SENSOR},1704", **READER) as viewer,
        stream.viewer(f"?sensores={SENSOR - 1}", **READER) as other,
    ):
        viewer.until(lambda one: one.values.get(SENSOR, {}).get("nrValor") == 4.5)
        last = report(MINE, sensores=[{"cdSensor": SENSOR, "nrValor": 5.5}])
        viewer.until(lambda one: one.values[SENSOR]["nrValor"] == 5.5)
        other.until(shows(MINE, last))
        while other.event().name != "heartbeat":
            pass
    assert SENSOR not in other.values
    assert viewer.values.keys() == {SENSOR}
    assert viewer.values[SENSOR]["dtRegistro"].endswith("Z")


def test_headers(stream: Server) -> None:
    answer = stream.get("/v2/stream?x=1", **{"X-Request-Id": "mine-7"})
    assert answer.headers["X-Request-Id"] == "mine-7"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert stream.get("/v2/unknown").json()["error_code"] == "NOT_FOUND"
    assert len(stream.get("/v2/unknown", **{"X-Request-Id": "a b"}).headers["X-Request-Id"]) == 32


# Seen to fail: without the limit of all; with streams that are counted after they ended; with streams that
# Prometheus reads one too few.
def test_limits(fleet: Database, report: Callable[..., float]) -> None:
    variables = {"RASTRO_STREAM_MAX_PER_CALLER": "2", "RASTRO_STREAM_MAX": "3"}
    with streaming(fleet.api_url, **variables) as server:
        with server.viewer(**READER) as first, server.viewer(**READER), server.viewer(**OTHER):
            first.event()
            assert server.refused(**READER) == (503, "BUSY")
            metrics = {"rastro_stream_open": 3, "rastro_stream_most": 3, "rastro_stream_read_failures": 0}
            assert server.metrics() == metrics
        report(MINE)
        for _ in range(100):  # the server notices soon that they are closed
            if server.open() == 0:
                break
            time.sleep(0.05)
        with server.viewer(**READER), server.viewer(**READER):
            assert server.refused(**READER) == (429, "TOO_MANY_STREAMS")


# Seen to fail: with a description without nrQualidade; with one that calls the codes of removed devices data.
def test_events_are_as_the_description_says(stream: Server, report: Callable[..., float]) -> None:
    value = {"sensores": [{"cdSensor": SENSOR, "nrValor": 4.5}]}
    report(MINE, **value)
    seen: dict[str, dict[str, Any]] = {}
    with stream.viewer(f"?circulo=-23.5,-46.6,2000&sensores={SENSOR}", **READER) as viewer:
        while set(seen) < {"open", "positions", "values", "removed"}:
            event = viewer.event()
            if event.name == "positions":
                report(MINE, latitude=-23.9)
            if event.name != "heartbeat":
                seen[event.name] = event.data
    for name, data in seen.items():
        described = StreamEvents.model_fields[name].annotation
        assert described
        assert described.model_validate(data).model_dump(mode="json").keys() == data.keys()
        assert {tuple(sorted(row)) for row in data.get("data", [])} <= {
            tuple(sorted(StreamValue.model_fields)),
            tuple(sorted(CurrentPosition.model_fields)),
        }
