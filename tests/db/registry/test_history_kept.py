"""What has history can be retired, never deleted, also against an ingest in flight: promise 5.

Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from psycopg2 import extensions

from tests.db._fleet import CHILD, CLIENT, STRANGER, execute
from tests.db._lab import Caller, Lab, in_background
from tests.db._strategies import NOON, iso

SITE, ITEM, OTHER_ITEM = 61, 62, 63
DEVICE, SENSOR = 60, 600
REPORT = {"cdDispositivo": DEVICE, "dtRegistro": iso(NOON), "nrBat": 3.5}
READING = {"cdDispositivo": DEVICE, "dtRegistro": iso(NOON), "sensores": [{"cdSensor": SENSOR, "nrValor": 1}]}


def naming(device: int, sensor: int, item: int) -> dict[str, Any]:
    """A reading that names its product item."""
    readings = [{"cdSensor": sensor, "nrValor": 1, "cdProdutoItem": item}]
    return {"cdDispositivo": device, "dtRegistro": iso(NOON), "sensores": readings}


READING_OF_ITEM = naming(DEVICE, SENSOR, OTHER_ITEM)

DELETE_DEVICE = f'delete from "TbDispositivo" where "cdDispositivo" = {DEVICE}'
DELETE_SENSOR = f'delete from "TbSensor" where "cdSensor" = {SENSOR}'
DELETE_SENSOR_AND_DEVICE = f"{DELETE_SENSOR}; {DELETE_DEVICE}"
DELETE_ITEM = f'delete from "TbProdutoItem" where "cdProdutoItem" = {OTHER_ITEM}'
UNLIST_ITEM = f'delete from "TbProdutoItemJoinTable" where "cdProdutoItem" = {OTHER_ITEM}'

REFUSED_DELETE = "PT409"
FOREIGN_KEY = "23503"


@pytest.fixture
def lab(shared_lab: Lab) -> Lab:
    """Without readings, and with a device that nothing points to."""
    shared_lab.reset()
    for statement in (DELETE_SENSOR, DELETE_DEVICE, UNLIST_ITEM):
        shared_lab.sql(statement)
    for table, column, code in (
        ("TbDestinatario", "cdDestinatario", SITE),
        ("TbProdutoItem", "cdProdutoItem", ITEM),
        ("TbProdutoItem", "cdProdutoItem", OTHER_ITEM),
    ):
        shared_lab.sql(f'delete from "{table}" where "{column}" = {code}')
        shared_lab.sql(f'insert into "{table}" ("{column}") values ({code})')
    shared_lab.sql(f'insert into "TbProdutoItemJoinTable" values ({OTHER_ITEM}, {CLIENT})')
    shared_lab.sql(
        'insert into "TbDispositivo" ("cdDispositivo", "cdCliente", "cdDestinatario") values (%s, %s, %s)',
        DEVICE, CLIENT, SITE,
    )  # fmt: skip
    shared_lab.sql(
        'insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "cdProdutoItem") '
        "values (%s, %s, 3, %s)",
        SENSOR, DEVICE, ITEM,
    )  # fmt: skip
    return shared_lab


@pytest.fixture
def clerk(shared_lab: Lab) -> Iterator[extensions.connection]:
    """Somebody who keeps the tables, with transactions open as long as wished."""
    with closing(psycopg2.connect(shared_lab.database.owner_url)) as connection:
        yield connection


@pytest.fixture
def slow(shared_lab: Lab) -> Iterator[Caller]:
    """A gateway whose transactions stay open."""
    with shared_lab.gateways(1) as (caller,):
        caller.connection.autocommit = False
        yield caller


def code_of(statement: str, connection: Any) -> str | None:
    """The SQLSTATE by which the statement is refused, if it is."""
    try:
        execute(connection, statement)
    except psycopg2.Error as error:
        return error.pgcode
    return None


def retire(lab: Lab, statement: str) -> str | None:
    """The same, and that nothing at all changed when it is."""
    before = lab.everything()
    code = code_of(statement, lab.owner)
    assert code is None or lab.everything() == before
    return code


def verdict(answer: dict[str, Any]) -> str:
    result = answer["results"][0]
    return str(result.get("error_code", result["verdict"]))


def test_without_history_everything_can_be_deleted(lab: Lab) -> None:
    assert retire(lab, DELETE_SENSOR) is None
    assert retire(lab, DELETE_DEVICE) is None
    assert verdict(lab.gateway.ingest([REPORT])) == "UNKNOWN_DEVICE"


# Fails when refuse_if_history() only notes what it finds.
@pytest.mark.parametrize("element", [REPORT, READING])
def test_a_device_with_history_stays(lab: Lab, element: dict[str, Any]) -> None:
    lab.gateway.ingest([element])
    assert retire(lab, DELETE_SENSOR_AND_DEVICE) == REFUSED_DELETE
    assert lab.gateway.ingest([element])["duplicate"] == 1


# Fails when refuse_if_history() only notes what it finds.
def test_a_sensor_with_history_stays(lab: Lab) -> None:
    lab.gateway.ingest([READING])
    assert retire(lab, DELETE_SENSOR) == REFUSED_DELETE


# Fails when readings are not looked for through TbSensorVinculo.
def test_a_device_whose_sensor_moved_away_stays(lab: Lab) -> None:
    lab.gateway.ingest([READING])
    lab.sql('update "TbSensor" set "cdDispositivo" = 1 where "cdSensor" = %s', SENSOR)
    assert retire(lab, DELETE_DEVICE) == REFUSED_DELETE
    assert retire(lab, DELETE_SENSOR) == REFUSED_DELETE


def test_a_sensor_that_moved_here_without_readings_leaves_no_trace(lab: Lab) -> None:
    lab.gateway.ingest([READING])
    lab.sql('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") values (69, %s)', CLIENT)
    lab.sql('update "TbSensor" set "cdDispositivo" = 69 where "cdSensor" = %s', SENSOR)
    lab.sql('update "TbSensor" set "cdDispositivo" = %s where "cdSensor" = %s', DEVICE, SENSOR)
    assert retire(lab, 'delete from "TbDispositivo" where "cdDispositivo" = 69') in (None, FOREIGN_KEY)
    lab.sql('delete from "TbSensorVinculo" where "cdDispositivo" = 69')
    lab.sql('delete from "TbDispositivo" where "cdDispositivo" = 69')


# Fails when TbDispositivoVinculo notes no sites.
def test_the_site_of_former_times_stays(lab: Lab) -> None:
    lab.gateway.ingest([REPORT])
    lab.sql('update "TbDispositivo" set "cdDestinatario" = null where "cdDispositivo" = %s', DEVICE)
    assert retire(lab, f'delete from "TbDestinatario" where "cdDestinatario" = {SITE}') == FOREIGN_KEY


# Fails when TbDispositivoVinculo notes no clients.
def test_the_client_of_former_times_stays(lab: Lab) -> None:
    former = 64
    lab.sql('insert into "TbCliente" ("cdCliente", "cdClientePai") values (%s, %s)', former, CLIENT)
    lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = %s', former, DEVICE)
    with lab.caller("ingest") as gateway:  # its key is newer than the client
        assert gateway.ingest([REPORT])["stored"] == 1
    lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = %s', CLIENT, DEVICE)
    assert lab.gateway.ingest([REPORT | {"dtRegistro": iso(NOON + timedelta(1))}])["stored"] == 1
    assert retire(lab, f'delete from "TbCliente" where "cdCliente" = {former}') == FOREIGN_KEY


# Fails when store_elements() does not call link_items().
@pytest.mark.parametrize(("element", "item"), [(READING, ITEM), (READING_OF_ITEM, OTHER_ITEM)])
def test_an_item_that_was_counted_stays(lab: Lab, element: dict[str, Any], item: int) -> None:
    lab.gateway.ingest([element])
    lab.sql('update "TbSensor" set "cdProdutoItem" = null where "cdSensor" = %s', SENSOR)
    lab.sql(UNLIST_ITEM)
    assert retire(lab, f'delete from "TbProdutoItem" where "cdProdutoItem" = {item}') == FOREIGN_KEY


# Fails when refuse_late_history() takes no lock, and when store_elements() does not call link_items().
@pytest.mark.parametrize(
    ("element", "statement", "refusal"),
    [
        (REPORT, DELETE_SENSOR_AND_DEVICE, REFUSED_DELETE),
        (READING, DELETE_SENSOR_AND_DEVICE, REFUSED_DELETE),
        (READING, DELETE_SENSOR, REFUSED_DELETE),
        (READING_OF_ITEM, f"{UNLIST_ITEM}; {DELETE_ITEM}", FOREIGN_KEY),
    ],
)
def test_an_ingest_in_flight_holds_up_the_deletion_and_wins(
    lab: Lab, slow: Caller, clerk: extensions.connection, element: Any, statement: str, refusal: str
) -> None:
    assert verdict(slow.ingest([element])) == "stored"
    with in_background(lambda: code_of(statement, clerk)) as deletion:
        lab.wait_until_blocked(clerk.get_backend_pid())
        slow.connection.commit()
        assert deletion.result(10) == refusal
    clerk.rollback()
    assert verdict(lab.gateway.ingest([element])) == "duplicate"


# Fails when refuse_late_history() takes no lock, and when ingest() does not catch
# foreign_key_violation.
@pytest.mark.parametrize("ending", ["commit", "rollback"])
@pytest.mark.parametrize(
    ("element", "statement", "rejection"),
    [
        (REPORT, DELETE_SENSOR_AND_DEVICE, "UNKNOWN_DEVICE"),
        (READING, DELETE_SENSOR, "UNKNOWN_SENSOR"),
        (READING_OF_ITEM, f"{UNLIST_ITEM}; {DELETE_ITEM}", "INVALID_VALUE"),
    ],
)
def test_a_deletion_in_flight_holds_up_the_ingest_and_wins(
    lab: Lab, clerk: extensions.connection, element: Any, statement: str, rejection: str, ending: str
) -> None:
    execute(clerk, statement)
    with in_background(lambda: lab.gateway.ingest([element])) as ingest:
        lab.wait_until_blocked(lab.gateway.pid)
        getattr(clerk, ending)()
        wanted = rejection if ending == "commit" else "stored"
        assert verdict(ingest.result(10)) == wanted
    assert len(lab.positions()) + len(lab.readings()) == (wanted == "stored")


MANY_SENSORS = f"""insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor")
                  select 10000 + n, {DEVICE}, 3 from generate_series(1, %s) n"""
MANY_DEVICES = f"""insert into "TbDispositivo" ("cdDispositivo", "cdCliente")
                  select 10000 + n, {CLIENT} from generate_series(1, %s) n"""
OTHERS = {"cdDispositivo": 9, "dtRegistro": iso(NOON), "nrBat": 3.5}


@pytest.fixture
def neighbour(shared_lab: Lab) -> Iterator[Caller]:
    """A gateway of another client. What makes it wait for five seconds would make it wait for ever here."""
    with shared_lab.caller("ingest", client=STRANGER) as caller:
        execute(caller.connection, "set lock_timeout = '5s'")
        yield caller


@pytest.fixture
def gate(shared_lab: Lab) -> Iterator[Any]:
    """While it is closed, a statement that has GATE among its conditions goes on looking for rows."""
    with closing(psycopg2.connect(shared_lab.database.owner_url)) as connection:
        execute(connection, "select pg_advisory_lock(4711)")
        yield connection


GATE = "pg_advisory_xact_lock_shared(4711) is null"


# Seen to fail: before, when each deletion shut out ingestion before it looked for rows.
@pytest.mark.parametrize("table", ["TbDispositivo", "TbSensor"])
def test_who_looks_for_rows_to_delete_keeps_nobody_waiting(
    lab: Lab, clerk: extensions.connection, neighbour: Caller, gate: Any, table: str
) -> None:
    with in_background(lambda: execute(clerk, f'delete from "{table}" where {GATE}')) as deletion:
        try:
            lab.wait_until_blocked(clerk.get_backend_pid())
            assert verdict(neighbour.ingest([OTHERS])) == "stored"
        finally:
            execute(gate, "select pg_advisory_unlock(4711)")
        deletion.result(10)
    assert verdict(neighbour.ingest([OTHERS])) == "duplicate", "nothing was deleted"
    clerk.rollback()


CHANGE_OF_UNIT = f'update "TbSensor" set "cdTipoSensor" = 4 where "cdSensor" = {SENSOR}'


# Seen to fail: with lock_ingestion(true) in place of shut_out_ingestion().
@pytest.mark.parametrize("statement", [DELETE_SENSOR, DELETE_SENSOR_AND_DEVICE, CHANGE_OF_UNIT])
def test_who_waits_for_a_slow_batch_keeps_nobody_waiting(
    lab: Lab, slow: Caller, neighbour: Caller, clerk: extensions.connection, statement: str
) -> None:
    slow.ingest([{"cdDispositivo": 1, "dtRegistro": iso(NOON), "nrBat": 3.5}])
    with in_background(lambda: code_of(statement, clerk)) as deletion:
        lab.wait_until_blocked(clerk.get_backend_pid())
        assert verdict(neighbour.ingest([OTHERS])) == "stored"
        slow.connection.commit()
        assert deletion.result(10) is None
    clerk.rollback()


# Seen to fail: with lock_ingestion(true) in place of shut_out_ingestion(): the neighbour waited, too, until
# PostgreSQL found that the two waited for each other.
def test_a_deletion_and_a_first_report_that_wait_for_each_other_keep_nobody_waiting(
    lab: Lab, slow: Caller, neighbour: Caller, clerk: extensions.connection, gate: Any
) -> None:
    """The report waits for the row of its device, and the deletion, at its end, for the report."""
    slow.connection.autocommit = True
    lab.sql(DELETE_SENSOR)
    statement = f"{DELETE_DEVICE} returning {GATE}"
    with in_background(lambda: code_of(statement, clerk)) as deletion, ThreadPoolExecutor(1) as pool:
        try:
            lab.wait_until_blocked(clerk.get_backend_pid())
            report = pool.submit(slow.ingest, [REPORT])
            lab.wait_until_blocked(slow.pid)
        finally:
            execute(gate, "select pg_advisory_unlock(4711)")
        assert verdict(neighbour.ingest([OTHERS])) == "stored"
        code = deletion.result(20)
        clerk.commit()
        assert (code, verdict(report.result(20))) in [(None, "UNKNOWN_DEVICE"), ("PT503", "stored")]


# Seen to fail: without the bound in refuse_late_history().
@pytest.mark.parametrize(("table", "made"), [("TbSensor", MANY_SENSORS), ("TbDispositivo", MANY_DEVICES)])
def test_a_statement_deletes_a_bounded_number(
    lab: Lab, clerk: extensions.connection, table: str, made: str
) -> None:
    """Everybody's readings wait while history is looked for once more."""
    key = table.replace("Tb", "cd")
    execute(clerk, made, 501)
    execute(clerk, "savepoint before")
    assert code_of(f'delete from "{table}" where "{key}" > 10000', clerk) == "PT413"
    execute(clerk, "rollback to before")
    assert code_of(f'delete from "{table}" where "{key}" > 10001', clerk) is None
    clerk.rollback()


# Fails when ingest() does not catch deadlock_detected.
def test_an_ingest_survives_the_deletion_of_its_items_in_another_order(
    lab: Lab, clerk: extensions.connection
) -> None:
    """They wait for each other; PostgreSQL ends one of the two, and that must not be the caller's concern."""
    other = 65
    lab.sql(f'insert into "TbProdutoItem" ("cdProdutoItem") values ({other}) on conflict do nothing')
    lab.sql(f'insert into "TbProdutoItemJoinTable" values ({other}, {CLIENT})')
    execute(clerk, f"{UNLIST_ITEM}; {DELETE_ITEM}")
    execute(clerk, f'delete from "TbProdutoItemJoinTable" where "cdProdutoItem" = {other}')
    with in_background(lambda: lab.gateway.ingest([naming(1, 11, other), READING_OF_ITEM])) as ingest:
        lab.wait_until_blocked(lab.gateway.pid)
        code = code_of(f'delete from "TbProdutoItem" where "cdProdutoItem" = {other}', clerk)
        clerk.commit()
        answer = ingest.result(10)
    verdicts = [result.get("error_code", result["verdict"]) for result in answer["results"]]
    assert (code, verdicts) in [(None, ["INVALID_VALUE"] * 2), ("40P01", ["stored"] * 2)]
    assert len(lab.readings()) == verdicts.count("stored")


# Fails when 'tomar' does not ask for the device.
def test_a_moved_sensor_takes_no_history_along(lab: Lab) -> None:
    """A reading stays with the device that sent it, also when another sends the same for that moment."""
    lab.gateway.ingest([READING | {"nrSeq": 5}])
    before = lab.readings()
    lab.sql('update "TbSensor" set "cdDispositivo" = 1 where "cdSensor" = %s', SENSOR)
    lab.gateway.ingest([READING | {"nrSeq": 1, "cdDispositivo": 1}])
    assert lab.readings() == before


def test_a_site_deleted_in_flight_is_not_pointed_to(
    lab: Lab, slow: Caller, clerk: extensions.connection
) -> None:
    """The device was moved off its site and the site deleted: its link in history refuses that."""
    slow.ingest([REPORT])
    execute(clerk, f'update "TbDispositivo" set "cdDestinatario" = null where "cdDispositivo" = {DEVICE}')
    delete = f'delete from "TbDestinatario" where "cdDestinatario" = {SITE}'
    assert code_of(delete, clerk) == FOREIGN_KEY
    clerk.rollback()
    slow.connection.commit()


# Fails when keep_current_position() or the key of TbPosicao forgets cdCliente.
def test_history_stays_with_the_owner_at_receipt(lab: Lab) -> None:
    lab.gateway.ingest([REPORT])
    lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = %s', CHILD, DEVICE)
    lab.gateway.ingest([REPORT, REPORT | {"nrSeq": 1}])
    rows = lab.sql('select "cdCliente" from "TbPosicao" order by "nrSeq" nulls first, 1')
    assert rows == [(CLIENT,), (CHILD,), (CHILD,)]
    assert lab.sql('select "cdCliente", "nrSeq" from "TbPosicaoAtual"') == [(CHILD, 1)]
