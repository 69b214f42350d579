"""Whose quarantine a payload goes to, and that nobody reads, fills, relabels or empties another's.

Two or three clients each time: CLIENT, its child, and a stranger. Comments name changes to the SQL that
made the test fail.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from tests.db._fleet import CHILD, CLIENT, STRANGER, UNKNOWN, add_key, add_user
from tests.db._lab import ENTER, Caller, Lab
from tests.db._strategies import NOON, iso, wrapper

LATE = 70  # a device that is registered after its first readings came
AT_NOON = iso(NOON)


def bad(device: int, **more: Any) -> dict[str, Any]:
    return {"cdDispositivo": device, "dtRegistro": AT_NOON, "nrSeq": "x", **more}


def good(device: int, **more: Any) -> dict[str, Any]:
    return {"cdDispositivo": device, "dtRegistro": AT_NOON, "nrBat": 3.5, **more}


def message(text: str, **more: Any) -> dict[str, Any]:
    """Arguments of quarentenar_payload."""
    body = text.encode()
    return {
        "p_payload": base64.b64encode(body).decode(),
        "p_nr_tamanho": len(body),
        "p_hash": hashlib.sha256(body).hexdigest(),
        "p_motivo": "MALFORMED",
        "p_ds_erro": "not known",
        **more,
    }


@pytest.fixture
def world(lab: Lab) -> Iterator[Lab]:
    """The late device is not there yet; devices go back to their owners."""
    lab.sql('delete from "TbDispositivo" where "cdDispositivo" = %s', LATE)
    yield lab
    lab.sql(
        """update "TbDispositivo" set "cdDestinatario" = null, "cdCliente" = %s
               where "cdDispositivo" = 4""",
        CLIENT,
    )


@contextmanager
def admin(lab: Lab, client: int, role: str = "admin") -> Iterator[Caller]:
    with lab.caller(role=role, client=client) as caller:
        yield caller


def owners(lab: Lab) -> list[tuple[Any, ...]]:
    """Client, device, whether it is the client's, reason and count of each row."""
    return lab.sql(
        """select "cdCliente", "cdDispositivo", "blDispositivo", "dsMotivo", "nrOcorrencias"
           from "TbIngestaoErro" order by 1, 2, 4"""
    )


def listed(caller: Caller, **filters: Any) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = caller.call("get_erros_ingestao", **filters)["data"]
    return data


def rows(caller: Caller) -> list[tuple[Any, ...]]:
    """What the caller selects from the table itself."""
    with caller.connection.cursor() as cursor:
        cursor.execute(f'{ENTER} select * from public."TbIngestaoErro"', (caller.claims,))
        return cursor.fetchall()


def whole(lab: Lab) -> list[tuple[Any, ...]]:
    return lab.sql('select q::text from "TbIngestaoErro" q order by "cdErro"')


# Seen to fail: when a row belongs to the caller's client, whosever the device is.
def test_a_row_belongs_to_the_owner_where_the_caller_has_a_right(world: Lab) -> None:
    world.gateway.ingest([bad(1), bad(2), bad(9), bad(UNKNOWN), bad(1, cdCliente=STRANGER), "no element"])
    assert owners(world) == [
        (CLIENT, 1, True, "MALFORMED", 1),
        (CLIENT, 1, True, "MALFORMED", 1),
        (CLIENT, 9, False, "MALFORMED", 1),
        (CLIENT, UNKNOWN, False, "MALFORMED", 1),
        (CLIENT, None, False, "MALFORMED", 1),
        (CHILD, 2, True, "MALFORMED", 1),
    ]


def test_messages_go_the_same_way(world: Lab) -> None:
    acks = [{"tipo": "ack", "cdDispositivo": device, "dsPayload": {}} for device in (1, 2, 9)]
    world.gateway.call("insert_device_messages", p_readings="[]", p_mensagens=json.dumps(acks))
    assert [row[:3] for row in owners(world)] == [(CLIENT, 1, True), (CLIENT, 9, False), (CHILD, 2, True)]


# Seen to fail: when managed_errors() does not compare clients.
@pytest.mark.parametrize("client", [CHILD, STRANGER])
def test_others_neither_read_nor_relabel_nor_discard(world: Lab, client: int) -> None:
    world.gateway.ingest([bad(1), good(9), good(UNKNOWN), good(LATE)])
    world.sql('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") values (%s, %s)', LATE, client)
    before = whole(world)
    codes = [code for (code,) in world.sql('select "cdErro" from "TbIngestaoErro"')]
    with admin(world, client) as other:
        assert listed(other) == listed(other, p_cd_erro=codes[0]) == rows(other) == []
        for arguments in ({}, {"p_cd_erros": codes}, {"p_ds_motivo": "UNKNOWN_DEVICE"}):
            assert other.call("reprocessar_erros", **arguments)["total"] == 0
            assert other.call("reprocessar_erros", **arguments)["skipped"] == 0
            assert other.call("descartar_erros", **arguments) == {"discarded": 0}
        for code in codes:
            with pytest.raises(psycopg2.Error) as caught:
                other.call("reprocessar_payload", p_cd_erro=code, p_readings=json.dumps([good(9)]))
            assert caught.value.pgcode == "PT404"
    assert whole(world) == before
    assert not world.positions()


def test_a_parent_manages_what_is_its_childs(world: Lab) -> None:
    world.gateway.ingest([bad(2), bad(1)])
    with admin(world, CHILD) as child, admin(world, CLIENT) as parent:
        assert [row["cdDispositivo"] for row in listed(child)] == [2]
        assert [row["cdDispositivo"] for row in listed(parent)] in ([1, 2], [2, 1])
        assert parent.call("descartar_erros", p_cd_dispositivo=2) == {"discarded": 1}
        assert listed(child) == []


# Seen to fail: before (no entry).
def test_discards_are_in_the_audit_log_of_each_client(world: Lab) -> None:
    world.gateway.ingest([bad(1), bad(3), bad(2)])
    entries = """select "cdCliente", "dsOperacao", "dsChamador", "jsAntes" from "TbAuditoria"
                 where "dsTabela" = 'TbIngestaoErro' and "jsAntes" ->> 'dsMotivo' = 'MALFORMED' order by 1"""
    with admin(world, CLIENT) as parent:
        assert parent.call("descartar_erros", p_ds_motivo="CONFLICT") == {"discarded": 0}
        assert parent.call("descartar_erros", p_ds_motivo="MALFORMED") == {"discarded": 3}
        found = world.sql(entries)
        assert [(client, operation, before["nrErros"]) for client, operation, _, before in found] == [
            (CLIENT, "delete", 2),
            (CHILD, "delete", 1),
        ]
        assert {caller for _, _, caller, _ in found} == {f"user:{json.loads(parent.claims)['sub']}"}
        assert {before["dsMotivo"] for *_, before in found} == {"MALFORMED"}


# Seen to fail: when FORBIDDEN_DEVICE is what dsMotivo says.
def test_a_foreign_device_looks_like_one_that_does_not_exist(world: Lab) -> None:
    def seen(caller: Caller, device: int) -> str:
        (row,) = listed(caller, p_cd_dispositivo=device)
        for name in (
            "cdErro",
            "dsChamador",
            "dsPayloadBase64",
            "nrTamanho",
            "dtPrimeira",
            "dtUltima",
            "dtExpiracao",
        ):
            row.pop(name)
        return json.dumps(row).replace(str(device), "N")

    other = 999_998
    world.gateway.ingest([good(9), good(other)])
    world.gateway.ingest([good(9), good(other)])
    with admin(world, CLIENT) as own, admin(world, CLIENT, "service") as service:
        for _ in range(2):
            assert seen(own, 9) == seen(own, other)
            assert listed(own, p_ds_motivo="FORBIDDEN_DEVICE") == []
            assert len(listed(own, p_ds_motivo="UNKNOWN_DEVICE")) == 2
            assert "FORBIDDEN" not in repr(rows(own))
            assert own.call("reprocessar_erros", p_ds_motivo="FORBIDDEN_DEVICE")["total"] == 0
            assert own.call("descartar_erros", p_ds_motivo="FORBIDDEN_DEVICE") == {"discarded": 0}
            (foreign,) = listed(service, p_ds_motivo="FORBIDDEN_DEVICE")
            assert (foreign["cdDispositivo"], foreign["dsMotivo"]) == (9, "FORBIDDEN_DEVICE")
            assert [row["cdDispositivo"] for row in listed(service, p_ds_motivo="UNKNOWN_DEVICE")] == [other]
            answers = [
                own.call("reprocessar_erros", p_cd_erros=[row["cdErro"]])
                for row in listed(own, p_ds_motivo="UNKNOWN_DEVICE")
            ]
            assert answers[0] == answers[1]
        assert service.call("descartar_erros", p_ds_motivo="FORBIDDEN_DEVICE") == {"discarded": 1}
        assert [row["cdDispositivo"] for row in listed(own)] == [other]


# Seen to fail: when FORBIDDEN_DEVICE is what dsMotivo says (a row of its own).
def test_registering_a_device_elsewhere_changes_nothing_here(world: Lab) -> None:
    world.gateway.ingest([good(LATE)])
    world.sql('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") values (%s, %s)', LATE, STRANGER)
    world.gateway.ingest([good(LATE)])
    with admin(world, CLIENT) as own, admin(world, CLIENT, "service") as service:
        assert [(row["dsMotivo"], row["nrOcorrencias"]) for row in listed(own)] == [("UNKNOWN_DEVICE", 2)]
        assert own.call("reprocessar_erros")["rejected"] == 1
        assert [(row["dsMotivo"], row["nrOcorrencias"]) for row in listed(own)] == [("UNKNOWN_DEVICE", 3)]
        assert [row["dsMotivo"] for row in listed(service)] == ["FORBIDDEN_DEVICE"]


# Seen to fail: when a replayed element does not name the client of its row.
@pytest.mark.parametrize("asserted", [{}, {"cdCliente": CLIENT}, {"cdCliente": CHILD}])
def test_what_a_stranger_sent_is_never_stored_for_the_owner(world: Lab, asserted: dict[str, Any]) -> None:
    with world.caller("ingest", client=STRANGER) as stranger:
        stranger.ingest([good(1, **asserted), good(2, **asserted)])
    assert {row[0] for row in owners(world)} == {STRANGER}
    with admin(world, CLIENT, "service") as service:
        assert service.call("reprocessar_erros")["rejected"] == 2
    assert not world.positions()
    assert {row[0] for row in owners(world)} == {STRANGER}


def test_rows_do_not_move_with_the_device(world: Lab) -> None:
    with world.caller("ingest", client=STRANGER) as stranger, admin(world, STRANGER) as new_owner:
        world.gateway.ingest([bad(4)])
        stranger.ingest([bad(4)])
        world.sql(
            """update "TbDispositivo" set "cdDestinatario" = null, "cdCliente" = %s
                     where "cdDispositivo" = 4""",
            STRANGER,
        )
        world.gateway.ingest([bad(4)])
        stranger.ingest([bad(4)])
        assert owners(world) == [
            (CLIENT, 4, True, "MALFORMED", 2),
            (STRANGER, 4, False, "MALFORMED", 2),
        ]
        assert [row["nrOcorrencias"] for row in listed(new_owner)] == [2]


def test_rows_of_two_callers_never_merge(world: Lab) -> None:
    with world.caller("ingest") as colleague:
        for caller in (world.gateway, colleague, world.gateway):
            caller.ingest([bad(1)])
            caller.call("quarentenar_payload", **message("?"))
    assert sorted(row[4] for row in owners(world)) == [1, 1, 2, 2]


# Seen to fail: when one row stands for the same bytes of two devices or clients.
def test_a_gateway_keeps_by_the_topic(world: Lab) -> None:
    with service_key(world) as gateway:
        for client, device in (
            (CLIENT, 1),
            (STRANGER, 9),
            (CLIENT, 3),
            (CLIENT, 9),
            (CLIENT, UNKNOWN),
            (8, 1),
        ):
            topic = f"rastro/{client}/site/{device}/telem"
            sent = message("?", p_cd_cliente=client, p_cd_dispositivo=device, p_ds_topico=topic)
            assert gateway.call("quarentenar_payload", **sent)["nrOcorrencias"] == 1
            assert gateway.call("quarentenar_payload", **sent)["nrOcorrencias"] == 2
        wrapped = wrapper(b"?", "MALFORMED") | {"cdCliente": CLIENT, "cdDispositivo": 1, "$topico": "t"}
        gateway.call("insert_device_messages", p_readings=json.dumps([wrapped, good(9, cdCliente=CLIENT)]))
    assert owners(world) == [
        (CLIENT, 1, True, "MALFORMED", 3),
        (CLIENT, 3, True, "MALFORMED", 2),
        (CLIENT, 9, False, "MALFORMED", 2),
        (CLIENT, 9, False, "UNKNOWN_DEVICE", 1),
        (CLIENT, UNKNOWN, False, "MALFORMED", 2),
        (STRANGER, 9, True, "MALFORMED", 2),
        (None, 1, False, "MALFORMED", 2),
    ]
    with (
        admin(world, STRANGER) as other,
        admin(world, CLIENT) as own,
        admin(world, CLIENT, "service") as service,
    ):
        assert [row["dsTopico"] for row in listed(other)] == ["rastro/3/site/9/telem"]
        assert (len(listed(own)), len(listed(service))) == (5, 7)


# Seen to fail: when the first of its clients takes it all.
def test_a_gateway_of_some_clients_keeps_by_the_topic_too(world: Lab) -> None:
    user = add_user(world.owner, CLIENT, "service")
    key = add_key(world.owner, user, "ingest", clients=[CLIENT, STRANGER])
    gateway = Caller(world.database.api_url, key_sha256=key)
    with closing(gateway.connection):
        gateway.ingest([good(UNKNOWN, cdCliente=client) for client in (CLIENT, STRANGER, CHILD)])
    assert [row[:2] for row in owners(world)] == [(CLIENT, UNKNOWN), (CLIENT, UNKNOWN), (STRANGER, UNKNOWN)]


# Seen to fail: when quarentenar_payload() takes the device and topic that anybody states.
def test_only_service_callers_speak_for_others(world: Lab) -> None:
    stated = {
        "p_cd_cliente": CLIENT,
        "p_cd_dispositivo": 1,
        "p_ds_topico": "rastro/1/site/1/telem",
        "p_propriedades": "{}",
    }
    with world.caller("ingest", client=STRANGER) as stranger:
        stranger.call("quarentenar_payload", **message("?", **stated))
        wrapped = wrapper(b"!", "MALFORMED") | {"cdCliente": CLIENT, "cdDispositivo": 1, "$topico": "t"}
        stranger.ingest([wrapped | {"$propriedades": {"a": "b"}}])
    assert [row[0] for row in owners(world)] == [STRANGER, STRANGER]
    assert world.sql('select distinct "dsTopico", "dsPropriedades" from "TbIngestaoErro"') == [(None, None)]


def test_topic_and_properties_are_bounded(world: Lab) -> None:
    with service_key(world) as gateway:
        long = {"p_ds_topico": "t" * 1_025, "p_propriedades": json.dumps({"a": "b" * 4_096})}
        gateway.call("quarentenar_payload", **message("?", p_cd_cliente=CLIENT, **long))
        short = {"p_ds_topico": "t" * 1_024, "p_propriedades": json.dumps({"a": "b"})}
        gateway.call("quarentenar_payload", **message("!", p_cd_cliente=CLIENT, **short))
    assert world.sql(
        'select length("dsTopico"), "dsPropriedades" from "TbIngestaoErro" order by "cdErro"'
    ) == [
        (None, None),
        (1_024, {"a": "b"}),
    ]


@contextmanager
def service_key(lab: Lab) -> Iterator[Caller]:
    """A gateway: a key that may ingest for every client."""
    with lab.caller("ingest", role="service") as caller:
        yield caller


@pytest.fixture
def kept(world: Lab) -> Callable[..., int]:
    """Puts a message of a topic into quarantine; returns its code."""

    def keep(client: int = CLIENT, device: int = 1) -> int:
        with service_key(world) as gateway:
            sent = message("vendor?", p_cd_cliente=client, p_cd_dispositivo=device, p_ds_topico="topic")
            code: int = gateway.call("quarentenar_payload", **sent)["cdErro"]
            return code

    return keep


# Seen to fail: when it is dated now, and when settle_replayed_errors() is left out.
def test_what_an_adapter_reads_later_is_stored_and_leaves(world: Lab, kept: Callable[..., int]) -> None:
    code = kept()
    first = world.sql("""select "dtPrimeira" at time zone 'UTC' from "TbIngestaoErro" """)[0][0]
    readings = [{"cdDispositivo": 1, "nrBat": 3.5}, {"cdDispositivo": 1, "nrBat": 3.6}, good(1)]
    ack = {"tipo": "ack", "cdDispositivo": 1, "dsPayload": {"schema": "v1", "cmd_id": "c", "ok": True}}
    with admin(world, CLIENT) as own:
        assert [row["cdErro"] for row in listed(own, p_so_topico=True)] == [code]
        assert own.call("reprocessar_erros")["skipped"] == 1
        answer = own.call(
            "reprocessar_payload",
            p_cd_erro=code,
            p_readings=json.dumps(readings),
            p_messages=json.dumps([ack]),
        )
        assert (answer["stored"], answer["results"], answer["messages"]) == (3, [], [])
    assert first in {key.time for key in world.positions()}
    assert owners(world) == []


# Seen to fail: when settle_replayed_errors() is left out.
def test_what_fails_stays_and_is_explained(world: Lab, kept: Callable[..., int]) -> None:
    code = kept()
    with admin(world, CLIENT) as own:
        sent = json.dumps([good(1), good(1, nrSeq=2, latitude=91, longitude=0), good(9, nrSeq=3)])
        answer = own.call("reprocessar_payload", p_cd_erro=code, p_readings=sent)
        assert (answer["stored"], [told["error_code"] for told in answer["results"]]) == (
            1,
            ["INVALID_COORDINATES", "UNKNOWN_DEVICE"],
        )
        assert owners(world) == [(CLIENT, 1, True, "INVALID_COORDINATES", 2)]
        (row,) = listed(own, p_so_topico=True)
        own.call("reprocessar_payload", p_cd_erro=row["cdErro"], p_readings="[]")
        assert owners(world) == [(CLIENT, 1, True, "MALFORMED", 3)]
        again = own.call(
            "reprocessar_payload", p_cd_erro=listed(own)[0]["cdErro"], p_readings=json.dumps([good(1)])
        )
        assert again["duplicate"] == 1
    assert owners(world) == []


@pytest.mark.parametrize("asserted", [{}, {"cdCliente": STRANGER}])
def test_an_adapter_stores_for_the_rows_client_only(
    world: Lab, kept: Callable[..., int], asserted: dict[str, Any]
) -> None:
    code = kept(device=9)
    with admin(world, CLIENT, "service") as service:
        sent = json.dumps([good(9, **asserted)])
        answer = service.call("reprocessar_payload", p_cd_erro=code, p_readings=sent)
    assert (answer["rejected"], answer["results"][0]["error_code"]) == (1, "UNKNOWN_DEVICE")
    assert not world.positions()
    assert owners(world) == [(CLIENT, 9, False, "UNKNOWN_DEVICE", 2)]


def test_discarding_by_codes_reason_and_device(world: Lab) -> None:
    world.gateway.ingest([bad(1), bad(3), good(UNKNOWN), good(9), bad(4)])
    with admin(world, CLIENT) as own:
        (code,) = [row["cdErro"] for row in listed(own, p_cd_dispositivo=4)]
        assert own.call("descartar_erros", p_cd_erros=[code], p_cd_dispositivo=3) == {"discarded": 0}
        assert own.call("descartar_erros", p_cd_erros=[code, 0]) == {"discarded": 1}
        assert own.call("descartar_erros", p_ds_motivo="UNKNOWN_DEVICE") == {"discarded": 2}
        assert own.call("descartar_erros", p_cd_dispositivo=3) == {"discarded": 1}
        assert own.call("descartar_erros") == {"discarded": 1}
    assert owners(world) == []


@pytest.mark.parametrize("permissions", [("ingest",), ("read", "ingest")])
def test_only_administrators_discard(world: Lab, permissions: tuple[str, ...]) -> None:
    world.gateway.ingest([bad(1)])
    with world.caller(*permissions) as caller, pytest.raises(psycopg2.Error) as caught:
        caller.call("descartar_erros")
    assert caught.value.pgcode == "PT403"
    assert len(owners(world)) == 1
