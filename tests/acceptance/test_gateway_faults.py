"""Devices publish while gateway, database and broker are killed, stopped, cut off and flooded.

Real processes and a real broker. Every reading has a number; in the end the rows stored are the distinct
readings sent, no more, no less. Comments name changes to the code that were tried and make the test fail.
"""

import gzip
import hashlib
import json
import random
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

import pytest

from scripts.devkit.local import cluster
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests.acceptance.gateway import DEVICES, Gateway, Stage, meanwhile, staged
from tests.acceptance.senders import until
from tests.http import callers

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]

_OURS = "from pg_stat_activity where usename = 'rastro_api' and datname = current_database()"
_SLOW = """
create function public.devagar() returns trigger language plpgsql
  as 'begin perform pg_sleep(0.4); return null; end';
create trigger devagar before insert on series."TbSensorRegistro"
  for each statement execute function public.devagar();
"""
_POISON = {
    "no UTF-8": b'{"nrSeq": "\xff"}',
    "broken": b'{"nrSeq": 1',
    "no reading": b"true",
    "no object": b"[1, 2]",
    "a key twice": b'{"nrSeq": 1, "nrSeq": 2}',
    "zero byte": b'{"dtRegistro": "\\u0000"}',
    "too deep": b"[" * 80 + b"]" * 80,
    "a huge number": b'{"nrBat": 1e999}',
    "another device": b'{"cdDispositivo": 99, "nrSeq": 1}',
    "unknown point": b'{"sensores": [{"dsPonto": "nowhere", "nrValor": 1}]}',
    "no time": b'{"dtRegistro": "yesterday", "nrSeq": 1}',
    "half a place": b'{"latitude": 1, "nrSeq": 1}',
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "gateway"
    with only_one("gateway-faults"):
        shutil.rmtree(folder, ignore_errors=True)
        with staged(folder) as found:
            yield found
        shutil.rmtree(folder)


# Fails when messages are acknowledged when they come.
def test_the_gateway_is_killed_in_mid_batch_five_times_in_a_row(stage: Stage) -> None:
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        for _ in range(5):
            with meanwhile(publisher, 0.0):
                until(lambda: gateway.value("ingest_readings_total") > 100)
                gateway.end(signal.SIGKILL)
            gateway.start()


def test_sigterm_drains_and_ends_with_0(stage: Stage) -> None:
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        with meanwhile(publisher, 0.0):
            until(lambda: gateway.value("ingest_readings_total") > 100)
            began = time.monotonic()
            assert gateway.end(signal.SIGTERM) == 0
            assert time.monotonic() - began < 10
        gateway.start()


# Fails when a failed call is not tried again.
def test_postgresql_is_away_for_20_seconds(stage: Stage) -> None:
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        with meanwhile(publisher, 0.05):
            until(lambda: gateway.value("ingest_readings_total") > 50)
            cluster.stop("immediate")
            until(lambda: gateway.value("ingest_circuit_open") == 1)
            assert not gateway.ready()
            assert gateway.end(signal.SIGTERM) == 0, "also now, and in time"
            gateway.start()
            time.sleep(20)
            cluster.start()
            until(gateway.ready)
        until(lambda: gateway.value("ingest_circuit_open") == 0)


def test_every_connection_is_terminated_again_and_again(stage: Stage) -> None:
    with (
        stage.gateways() as (gateway,),
        stage.publishing() as (publisher,),
        stage.cursor() as cursor,
        meanwhile(publisher),
    ):
        for _ in range(10):
            before = gateway.value("ingest_readings_total")
            cursor.execute(f"select pg_terminate_backend(pid) {_OURS}")
            until(lambda before=before: gateway.value("ingest_readings_total") > before)


# Fails with a shared subscription: Mosquitto 2.0.11 forgets it, and what comes before the gateway is lost.
def test_the_broker_is_restarted(stage: Stage) -> None:
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        for _ in range(3):
            with meanwhile(publisher):
                before = gateway.value("ingest_readings_total")
                until(lambda before=before: gateway.value("ingest_readings_total") > before + 50)
                stage.broker.stop()
                until(lambda: gateway.value("ingest_broker_connected") == 0)
                stage.broker.start()
                until(lambda: gateway.value("ingest_broker_connected") == 1)


# Fails when what is queued is forgotten as soon as the broker has a session again: it may be one of before.
def test_the_broker_is_killed_and_has_forgotten_what_it_handed_over(stage: Stage) -> None:
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        publisher.send(1)
        until(lambda: gateway.value("ingest_readings_total") == len(DEVICES))
        stage.broker.stop()  # saves: the session will be there again, as it is now
        stage.broker.start()
        publisher.send(1)  # behind what the broker has not heard of and sends again
        publisher.settle()
        until(lambda: gateway.metric("ingest_readings_total")['{verdict="stored"}'] == 2 * len(DEVICES))
        until(lambda: gateway.value("ingest_unacknowledged") == 0)
        with stage.locked('lock table series."TbSensorRegistro"'):
            publisher.send(40)
            publisher.settle()
            until(lambda: gateway.value("ingest_unacknowledged") == 40 * len(DEVICES))
            stage.broker.stop(signal.SIGKILL)
            until(lambda: gateway.value("ingest_broker_connected") == 0)
            stage.broker.start()
            until(lambda: gateway.value("ingest_broker_connected") == 1)


# Fails when nobody waits for room in Acks: Mosquitto 2.0.11 forgets the receive maximum.
def test_a_flood_stays_with_the_broker(stage: Stage) -> None:
    most = 500
    small = stage.gateways(RASTRO_GATEWAY_QUEUE=str(most), RASTRO_GATEWAY_BATCH="50")
    with small as (gateway,), stage.publishing(3) as publishers, stage.cursor() as cursor:
        publishers[0].send(30)
        until(lambda: gateway.value("ingest_readings_total") >= 240)
        memory = gateway.value("process_resident_memory_bytes")
        cursor.execute(_SLOW)
        try:
            seen, grown, before = set(), 0.0, gateway.value("ingest_readings_total")
            for _ in range(20):
                for publisher in publishers:
                    publisher.send(25)
                seen.add(gateway.value("ingest_unacknowledged"))
                grown = max(grown, gateway.value("process_resident_memory_bytes") - memory)
                assert gateway.value("ingest_queue_size") <= most
            taken = gateway.value("ingest_readings_total") - before
        finally:
            cursor.execute(
                'drop trigger devagar on series."TbSensorRegistro"; drop function public.devagar()'
            )
        assert 20 * 3 * 25 * len(DEVICES) > 3 * taken, "three times what the database takes"
        assert max(seen) == most, "at its bound"
        assert grown < 20e6


# Fails when a payload that cannot be read stops the writer.
def test_poison_harms_no_neighbour(stage: Stage) -> None:
    with stage.cursor() as cursor:
        cursor.execute('delete from "TbIngestaoErro"')
    poison = cycle(_POISON.values())
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        for number in range(300):
            publisher.send(1)
            if number % 12 == 0:  # one in a hundred of 8 x 12
                publisher.publish(DEVICES[number % 8], next(poison))
        publisher.settle()
        until(lambda: gateway.value("ingest_messages_total") >= 300 * 8 + 25)
        with stage.cursor() as cursor:
            cursor.execute('select count(*), sum("nrOcorrencias") from "TbIngestaoErro"')
            kinds, occurrences = cursor.fetchall()[0]
        assert (kinds >= len(_POISON), occurrences) == (True, 25)
        assert gateway.value("ingest_errors_total") == 25


# Fails when points or messages are counted when they come, or twice.
def test_duplicates_and_disorder_and_what_the_metrics_say(stage: Stage) -> None:
    rng = random.Random(7)
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        messages = [(device, number) for device in DEVICES for number in range(1, 201)]
        publisher.numbers.update(dict.fromkeys(DEVICES, 200))
        again = messages + rng.choices(messages, k=900)
        rng.shuffle(again)
        for device, number in again:
            publisher.publish(device, publisher.reading(device, number))
        publisher.settle()
        until(lambda: gateway.value("ingest_messages_total") >= len(again))
        verdicts = gateway.metric("ingest_readings_total")
        assert verdicts['{verdict="stored"}'] == len(messages)
        assert verdicts['{verdict="duplicate"}'] == len(again) - len(messages)
        assert gateway.metric("ingest_messages_total") == {'{type="telem"}': len(again)}
        assert gateway.value("ingest_points_total") == len(again)
        assert gateway.value("ingest_latency_seconds_count") == len(again)
        assert gateway.value("ingest_batch_size_sum") == len(again)
        assert (gateway.value("ingest_queue_size"), gateway.value("ingest_unacknowledged")) == (0, 0)
        assert gateway.value("ingest_errors_total") == 0


# Fails when published-at is not looked at, when payloads are not unpacked, and when QoS 0 counts like QoS 1.
def test_what_publishers_say_beside_the_payload(stage: Stage) -> None:
    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        packed = gzip.compress(publisher.next(1))
        publisher.publish(1, packed, content_encoding="gzip", published_at=f"{time.time() - 100:.3f}")
        until(lambda: gateway.value("ingest_messages_total") == 1)
        assert gateway.value("ingest_latency_seconds_count") == 0
        assert gateway.metric("ingest_clocks_off_total") == {'{direction="behind"}': 1}
        publisher.publish(2, publisher.next(2), qos=0)
        until(lambda: gateway.value("ingest_readings_total") == 2)
        assert gateway.value("ingest_messages_total") == 1
        assert gateway.metric("ingest_qos0_messages_total")['{outcome="committed"}'] == 1


def test_one_of_two_gateways_is_killed(stage: Stage) -> None:
    with stage.gateways(2) as (first, second), stage.publishing() as (publisher,):
        with meanwhile(publisher, 0.0):
            until(lambda: min(one.value("ingest_readings_total") for one in (first, second)) > 50)
            first.end(signal.SIGKILL)
            before = second.value("ingest_readings_total")
            until(lambda: second.value("ingest_readings_total") > before + 200)
        first.start()  # what the broker had given it comes again


def test_acknowledgements_and_events_are_kept(stage: Stage) -> None:
    def tell(kind: str, **more: object) -> None:
        publisher.publish(1, json.dumps({"schema": "v1", **more}).encode(), kind)

    with stage.gateways() as (gateway,), stage.publishing() as (publisher,):
        for ok in (False, True):
            tell("ack", cmd_id="c1", ok=ok)
            tell("ack", cmd_id="c1", ok=ok)
            tell("event", event_type="boot", ts="2026-11-27T10:00:00Z", data={"fw": "1"})
            until(lambda: gateway.value("ingest_queue_size") == 0)
            time.sleep(0.5)
        publisher.settle()
        until(lambda: gateway.value("ingest_messages_total") == 6)
    with stage.cursor() as cursor:
        cursor.execute('select "cdComando", "blOk", "dtAlteracao" > "dtRegistro" from "TbComandoAck"')
        assert cursor.fetchall() == [("c1", True, True)]
        cursor.execute('select "dsTipo", "dsPayload" #>> \'{data,fw}\' from "TbEventoDispositivo"')
        assert cursor.fetchall() == [("boot", "1")]


# Fails with retain handling 1 where nobody looks at the flag: each new session stores them again, dated now.
def test_a_retained_copy_is_not_stored_again(stage: Stage) -> None:
    untimed = b'{"nrBat": 3.25, "sensores": [{"cdSensor": 304, "nrValor": 41.3}]}'
    stored = """select count(*) from "TbSensorRegistro" where "cdSensor" = 304 and "nrValor" = 41.3"""

    def settled(gateway: Gateway) -> tuple[int, float]:
        """Rows stored, and messages committed, once a message published last of all is."""
        before = gateway.value("ingest_readings_total")
        publisher.publish(4, publisher.next(4))
        until(lambda: gateway.value("ingest_readings_total") > before)
        with stage.cursor() as cursor:
            cursor.execute(stored)
            return cursor.fetchall()[0][0], gateway.value("ingest_readings_total")

    with stage.publishing() as (publisher,):
        with stage.gateways() as (gateway,):
            publisher.publish(3, untimed, retain=True)
            publisher.publish(2, publisher.next(2), retain=True)
            until(lambda: gateway.value("ingest_readings_total") == 2)
            assert settled(gateway) == (1, 3), "a live publish is stored, whatever its sender set"
            gateway.end(signal.SIGTERM)
            publisher.publish(2, publisher.next(2), retain=True)
            publisher.settle()
            gateway.start()  # its session is there: what came meanwhile is stored, and nothing twice
            until(lambda: gateway.value("ingest_readings_total") == 1)
            assert settled(gateway) == (1, 2)
            stage.broker.stop()
            until(lambda: gateway.value("ingest_broker_connected") == 0)
            stage.broker.start()
            until(lambda: gateway.value("ingest_broker_connected") == 1)
            assert settled(gateway) == (1, 3)
        with stage.gateways() as (gateway,):  # a new session
            assert settled(gateway) == (1, 1)
        for device in (2, 3):
            publisher.publish(device, b"", retain=True)  # the broker forgets it


_SERVICE_KEY = (
    'insert into "TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes") values (%s, %s, %s)'
    " on conflict do nothing",
    (callers.SERVICE, hashlib.sha256(b"service key").hexdigest(), ["ingest"]),
)
_NO_QUARANTINE = """
create function public.nega() returns trigger language plpgsql as
  'begin raise sqlstate ''PT429'' using message = ''full'', hint = ''TOO_MANY_REQUESTS''; end';
create trigger nega before insert on public."TbIngestaoErro" execute function public.nega();
"""


# Fails when what cannot be read goes with the readings: then a quarantine that refuses stops everything.
def test_a_quarantine_that_refuses_stops_no_reading_and_loses_nothing(stage: Stage) -> None:
    unread = json.dumps({"acme": 2, "at": "2026-11-27T10:00:00Z"}).encode()
    with stage.cursor() as cursor:
        cursor.execute('delete from "TbIngestaoErro"')
        cursor.execute(*_SERVICE_KEY)
        cursor.execute(_NO_QUARANTINE)
    with stage.gateways(RASTRO_GATEWAY_KEY="service key") as (gateway,), stage.publishing() as (publisher,):
        for number in range(20):
            publisher.publish(1, unread[:-1] + b', "n": %d}' % number, firmware="7")
            publisher.send(1)
        publisher.settle()
        until(lambda: gateway.value("ingest_readings_total") == 20 * len(DEVICES))
        assert gateway.ready()
        until(lambda: gateway.value("ingest_quarantine_waiting") >= 18)
        assert gateway.value("ingest_unacknowledged") >= 20
        with stage.cursor() as cursor:
            cursor.execute("drop function public.nega() cascade")
        until(lambda: gateway.value("ingest_unacknowledged") == 0)
        with stage.cursor() as cursor:
            cursor.execute(
                'select "dsTopico", "cdDispositivo", "cdCliente", "dsPropriedades" ->> \'firmware\', count(*)'
                ' from "TbIngestaoErro" group by 1, 2, 3, 4'
            )
            assert cursor.fetchall() == [
                (f"rastro/{stage.clients[1]}/field/1/telem", 1, stage.clients[1], "7", 20)
            ]
    log = (stage.folder / "gateway.log").read_text().splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{")]
    said = [line for line in lines if line["action"] == "quarantined" and line.get("device") == 1]
    assert said[-1]["topic"] == f"rastro/{stage.clients[1]}/field/1/telem"
    assert "no fields acme" in said[-1]["error"]


# Fails when a full quarantine is an error: then the gateway waits, and with it all devices.
def test_a_full_quarantine_of_one_client_stops_nobody(stage: Stage) -> None:
    mine, other = 1, 1001
    assert stage.clients[mine] != stage.clients[other]
    limit = 'update private."TbConfiguracao" set "nrErrosCliente" = %s'
    with stage.cursor() as cursor:
        cursor.execute('truncate "TbIngestaoErro", "TbQuarentena"')
        cursor.execute(limit, (100,))
        cursor.execute(*_SERVICE_KEY)
    with stage.gateways(RASTRO_GATEWAY_KEY="service key") as (gateway,), stage.publishing() as (publisher,):
        for number in range(500):
            publisher.publish(mine, b'{"nrSeq": "of a format to come %d"}' % number)
            if number % 10 == 0:
                reading = {"dtRegistro": (publisher.since - timedelta(days=3)).isoformat(), "nrSeq": number}
                publisher.publish(other, json.dumps(reading).encode())
                publisher.send(1)
        publisher.settle()
        until(lambda: gateway.value("ingest_unacknowledged") == 0)
        assert gateway.ready()
    with stage.cursor() as cursor:
        cursor.execute(limit, (10_000,))
        cursor.execute('select count(*) from "TbPosicao" where "cdDispositivo" = %s', (other,))
        assert cursor.fetchall() == [(50,)]
        cursor.execute('select "cdCliente", count(*) from "TbIngestaoErro" group by 1')
        assert cursor.fetchall() == [(stage.clients[mine], 100)]
        cursor.execute('select "cdCliente", "nrPerdidos" from "TbQuarentena" where "nrPerdidos" > 0')
        assert cursor.fetchall() == [(stage.clients[mine], 400)]
