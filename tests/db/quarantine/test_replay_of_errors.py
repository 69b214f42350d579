"""Quarantined payloads are stored once their cause is mended: promise 5.

Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tests.db._fleet import CHILD, CLIENT, STRANGER
from tests.db._lab import Caller, Lab, in_background, together
from tests.db._model import canonical
from tests.db._strategies import NOON, iso, wrapper

LATE = 50  # a device that is registered after its first readings came
LATE_SENSOR = 500
EARLY = {"cdDispositivo": LATE, "dtRegistro": iso(NOON), "nrBat": 3.5}


@pytest.fixture
def admin(lab: Lab) -> Iterator[Caller]:
    """An administrator of the gateway's client. The late device is not there yet."""
    lab.sql('delete from "TbSensor" where "cdDispositivo" = %s', LATE)
    lab.sql('delete from "TbDispositivo" where "cdDispositivo" = %s', LATE)
    with lab.caller(role="admin") as caller:
        yield caller


def register(lab: Lab, client: int = CLIENT) -> None:
    lab.sql('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") values (%s, %s)', LATE, client)
    lab.sql(
        'insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor") values (%s, %s, 3)',
        LATE_SENSOR,
        LATE,
    )


def replay(caller: Caller, **arguments: Any) -> dict[str, int]:
    """The counts that are not zero."""
    answer = caller.call("reprocessar_erros", **arguments)
    assert answer.keys() == {"total", "stored", "duplicate", "conflict", "rejected", "skipped"}
    return {name: count for name, count in answer.items() if count}


def codes(lab: Lab) -> list[int]:
    return [code for (code,) in lab.sql('select "cdErro" from "TbIngestaoErro" order by 1')]


# Fails when settle_replayed_errors() keeps what was stored.
def test_what_was_unknown_is_stored_when_it_is_known(lab: Lab, admin: Caller) -> None:
    sent = [EARLY, EARLY | {"nrSeq": 1, "sensores": [{"cdSensor": LATE_SENSOR, "nrValor": 7}]}]
    lab.gateway.ingest(sent)
    assert replay(admin) == {"total": 2, "rejected": 2}
    assert set(lab.quarantine().values()) == {2}
    register(lab)
    assert replay(admin) == {"total": 2, "stored": 2}
    assert len(lab.positions()) == 2
    assert [reading.number for reading in lab.readings().values()] == [7]
    assert not lab.quarantine()
    assert replay(admin) == {}
    assert lab.gateway.ingest(sent)["duplicate"] == 2


def test_what_was_resent_meanwhile_leaves_quarantine(lab: Lab, admin: Caller) -> None:
    lab.gateway.ingest([EARLY])
    register(lab)
    lab.gateway.ingest([EARLY])
    assert replay(admin) == {"total": 1, "duplicate": 1}
    assert not lab.quarantine()


def test_a_conflict_stays_and_is_counted(lab: Lab, admin: Caller) -> None:
    good = {"cdDispositivo": 1, "dtRegistro": iso(NOON), "nrBat": 3.5}
    lab.gateway.ingest([good, good | {"nrBat": 3.6}])
    before = lab.positions()
    assert replay(admin) == {"total": 1, "conflict": 1}
    assert list(lab.quarantine().values()) == [2]
    assert lab.positions() == before


# Fails when settle_replayed_errors() drops what failed, and when it keeps the old reason.
def test_what_fails_for_another_reason_moves_to_that_reason(lab: Lab, admin: Caller) -> None:
    other = EARLY | {"nrBat": 3.6}
    lab.gateway.ingest([EARLY, EARLY])
    register(lab)
    lab.gateway.ingest([other])
    assert replay(admin) == {"total": 1, "conflict": 1}
    assert lab.quarantine() == {("CONFLICT", canonical(EARLY)): 3}
    assert replay(admin, p_ds_motivo="CONFLICT") == {"total": 1, "conflict": 1}


def test_what_moves_to_a_reason_that_is_there_is_added_to_it(lab: Lab, admin: Caller) -> None:
    other = EARLY | {"nrBat": 3.6}
    lab.gateway.ingest([EARLY, EARLY])
    register(lab)
    lab.gateway.ingest([other, EARLY])
    assert sorted(lab.quarantine_counts()) == [1, 2]
    assert replay(admin) == {"total": 2, "conflict": 2}
    assert lab.quarantine() == {("CONFLICT", canonical(EARLY)): 5}


def test_a_replay_waits_for_a_resend_that_fails_for_the_same_reason(lab: Lab, admin: Caller) -> None:
    lab.gateway.ingest([EARLY])
    register(lab)
    lab.gateway.ingest([EARLY | {"nrBat": 3.6}])
    with lab.gateways(1) as (slow,):
        slow.connection.autocommit = False
        assert slow.ingest([EARLY])["conflict"] == 1
        with in_background(lambda: replay(admin)) as replayed:
            lab.wait_until_blocked(admin.pid)
            slow.connection.commit()
            assert replayed.result(10) == {"total": 1, "conflict": 1}
    assert lab.quarantine() == {("CONFLICT", canonical(EARLY)): 3}


def test_it_can_be_chosen_what_is_replayed(lab: Lab, admin: Caller) -> None:
    good = {"cdDispositivo": 1, "dtRegistro": iso(NOON), "nrBat": 3.5}
    lab.gateway.ingest([good, good | {"nrBat": 3.6}, *(EARLY | {"nrSeq": n} for n in range(4))])
    register(lab)
    assert replay(admin, p_ds_motivo="CONFLICT") == {"total": 1, "conflict": 1}
    assert replay(admin, p_ds_motivo="UNKNOWN_DEVICE", p_nr_limite=1) == {"total": 1, "stored": 1}
    unknown = lab.sql("""select "cdErro" from "TbIngestaoErro" where "dsMotivo" = 'UNKNOWN_DEVICE' limit 1""")
    assert replay(admin, p_cd_erros=list(unknown[0])) == {"total": 1, "stored": 1}
    assert replay(admin, p_cd_erros=[0]) == {}
    assert replay(admin) == {"total": 3, "stored": 2, "conflict": 1}


def test_what_is_not_whole_is_skipped(lab: Lab, admin: Caller) -> None:
    large = EARLY | {"sensores": [{"cdSensor": LATE_SENSOR, "dsValor": "x" * 17_000}]}
    lab.gateway.ingest([wrapper(b"{}", "MALFORMED"), large])
    register(lab)
    assert replay(admin) == {"skipped": 2}
    assert list(lab.quarantine_counts()) == [1, 1]


@pytest.mark.parametrize("element", [None, 7, "x", [], {}])
def test_what_never_was_a_reading_is_rejected_again(lab: Lab, admin: Caller, element: Any) -> None:
    lab.gateway.ingest([element])
    assert replay(admin) == {"total": 1, "rejected": 1}
    assert list(lab.quarantine_counts()) == [2]


# Fails when quarantined_batch() dates them now.
def test_elements_without_time_are_dated_when_they_first_came(lab: Lab, admin: Caller) -> None:
    untimed = {"cdDispositivo": LATE, "nrBat": 3.5}
    lab.gateway.ingest([untimed])
    first = lab.sql("""select "dtPrimeira" at time zone 'UTC' from "TbIngestaoErro" """)[0][0]
    lab.gateway.ingest([untimed])
    register(lab)
    assert replay(admin) == {"total": 1, "stored": 1}
    assert [key.time for key in lab.positions()] == [first]


# Failed when all of a batch were dated now() in quarantine.
def test_elements_without_time_of_one_batch_do_not_collide(lab: Lab, admin: Caller) -> None:
    lab.gateway.ingest([{"cdDispositivo": LATE, "nrBat": battery} for battery in (3.5, 3.6, 3.7)])
    register(lab)
    assert replay(admin) == {"total": 3, "stored": 3}


# Fails when settle_replayed_errors() keeps what was stored.
def test_replays_at_one_moment_store_once(lab: Lab, admin: Caller) -> None:
    lab.gateway.ingest([EARLY | {"nrSeq": n} for n in range(200)])
    register(lab)
    with lab.caller(role="admin") as colleague, lab.gateways(1) as (gateway,):
        answers = together(
            lambda: replay(admin),
            lambda: replay(colleague),
            lambda: gateway.ingest([EARLY | {"nrSeq": n} for n in range(200)]),
        )
    assert sum(answer.get("stored", 0) for answer in answers) == 200
    assert len(lab.positions()) == 200
    assert not lab.quarantine()


# Fails when reprocessar_erros() asks for ingest instead of admin.
@pytest.mark.parametrize("permissions", [("ingest",), ("read", "ingest")])
def test_only_administrators_replay(lab: Lab, admin: Caller, permissions: tuple[str, ...]) -> None:
    lab.gateway.ingest([EARLY])
    with lab.caller(*permissions) as caller, pytest.raises(psycopg2.Error) as caught:
        replay(caller)
    assert caught.value.pgcode == "PT403"
    assert list(lab.quarantine().values()) == [1]


# Fails when replayable_errors() does not compare clients.
def test_only_what_ones_own_clients_sent_is_replayed(lab: Lab, admin: Caller) -> None:
    with lab.caller("ingest", client=STRANGER) as stranger:
        stranger.ingest([EARLY])
    register(lab)
    assert replay(admin) == {}
    assert replay(admin, p_cd_erros=codes(lab)) == {}
    with lab.caller(role="admin", client=STRANGER) as owner:
        assert replay(owner) == {"total": 1, "rejected": 1}
    # not even the service, who may do all, stores for a client what another one sent
    with lab.caller(role="service", client=STRANGER) as service:
        assert replay(service) == {"total": 1, "rejected": 1}
    assert not lab.positions()


# Fails when reprocessar_erros() ingests for all clients.
def test_a_replay_sees_no_more_than_who_asks_for_it(lab: Lab, admin: Caller) -> None:
    lab.gateway.ingest([EARLY])
    register(lab)
    with lab.caller(role="admin", client=CHILD) as child:
        assert "stored" not in replay(child)
    assert not lab.positions()
