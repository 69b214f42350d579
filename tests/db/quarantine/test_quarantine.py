"""What cannot be stored is kept, once and counted: promise 5.

Comments name changes to the SQL that were tried and make the test fail.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from tests.db._fleet import CHILD, CLIENT, STRANGER, UNKNOWN
from tests.db._lab import Lab
from tests.db._strategies import KEPT, NOON, iso, wrapper

GOOD = {"cdDispositivo": 1, "dtRegistro": iso(NOON), "nrBat": 3.5}
BAD = {"cdDispositivo": UNKNOWN, "dtRegistro": iso(NOON), "nrBat": 3.5}
ROWS = """
    select "dsMotivo", "dsPayload", "nrTamanho", "dsHash", "nrOcorrencias", "blReprocessavel"
    from "TbIngestaoErro" order by "cdErro"
"""


def rows(lab: Lab) -> list[tuple[Any, ...]]:
    """Reason, payload, full length, hash, count, replayable."""
    return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in lab.sql(ROWS)]


def counts(lab: Lab) -> list[tuple[str, int]]:
    return [(row[0], row[4]) for row in rows(lab)]


def refused(lab: Lab, elements: list[Any]) -> psycopg2.Error:
    """The error that this batch raises."""
    with pytest.raises(psycopg2.Error) as caught:
        lab.gateway.ingest(elements)
    return caught.value


@contextmanager
def room_for(lab: Lab, payloads: int) -> Iterator[None]:
    change = 'update private."TbConfiguracao" set "nrErrosCliente" = %s'
    lab.sql(change, payloads)
    try:
        yield
    finally:
        lab.sql(change, 10_000)


# Fails when quarantine_payload() does not count, and when more than jsonb's own text is hashed.
def test_one_row_for_each_content_however_it_is_written(lab: Lab) -> None:
    time = iso(NOON)
    writings = [
        '[{"cdDispositivo": 999999, "dtRegistro": "%s", "sensores": [{"cdSensor": 1, "nrValor": 2}]}]',
        '[ {"sensores" : [ { "nrValor":2,"cdSensor":1} ],\n"dtRegistro":"%s","cdDispositivo":999999} ]',
        '[{"cdDispositivo": 999999, "dtRegistro": "%s", "sensores": [{"\\u0063dSensor": 1, "nrValor": 2}]}]',
    ]
    for text in writings:
        lab.gateway.ingest(text % time)
    lab.gateway.ingest([BAD, BAD])
    assert counts(lab) == [("UNKNOWN_DEVICE", 3), ("UNKNOWN_DEVICE", 2)]
    payload, length, digest = rows(lab)[1][1:4]
    assert json.loads(payload) == BAD
    assert (length, digest) == (len(payload), hashlib.sha256(payload).digest())


def test_first_and_last_time_and_expiry(lab: Lab) -> None:
    lab.gateway.ingest([BAD])
    lab.gateway.ingest([BAD])
    assert lab.sql(
        'select "dtPrimeira" < "dtUltima", "dtUltima" <= clock_timestamp(), '
        """"dtExpiracao" - "dtUltima" between interval '29 days 23 hours' and interval '30 days' """
        'from "TbIngestaoErro"'
    ) == [(True, True, True)]


# Fails when expire_quarantine() waits an hour more.
def test_what_expired_is_deleted_by_maintenance(lab: Lab) -> None:
    lab.gateway.ingest([BAD, BAD | {"nrBat": 3.6}])
    lab.sql("""update "TbIngestaoErro" set "dtExpiracao" = now() - interval '1 second' where "cdErro" in
               (select min("cdErro") from "TbIngestaoErro")""")
    lab.sql("call private.run_maintenance()")
    assert counts(lab) == [("UNKNOWN_DEVICE", 1)]


def test_each_caller_and_each_reason_has_its_own_row(lab: Lab) -> None:
    with lab.caller("ingest") as other:
        for caller in (lab.gateway, other, lab.gateway):
            caller.ingest([BAD])
    lab.gateway.ingest([GOOD, GOOD | {"nrBat": 3.6}, GOOD | {"nrBat": 3.6}])
    assert sorted(counts(lab)) == [("CONFLICT", 2), ("UNKNOWN_DEVICE", 1), ("UNKNOWN_DEVICE", 2)]
    assert lab.sql('select count(distinct "dsChamador") from "TbIngestaoErro"') == [(2,)]


# Fails when only the head is hashed.
def test_of_a_large_element_head_length_and_hash_are_kept(lab: Lab) -> None:
    def element(end: str) -> dict[str, Any]:
        return BAD | {"sensores": [{"cdSensor": 1, "dsValor": "é" * 9_000 + end}]}

    lab.gateway.ingest([element("a"), element("b"), element("a")])
    texts = [lab.sql("select %s::jsonb::text", json.dumps(element(end)))[0][0].encode() for end in "ab"]
    assert sorted(rows(lab), key=lambda row: -row[4]) == [
        ("UNKNOWN_DEVICE", text[:KEPT], len(text), hashlib.sha256(text).digest(), times, False)
        for text, times in zip(texts, (2, 1), strict=True)
    ]


# Fails when shape_error() allows twice as much.
def test_an_element_may_have_64_kib(lab: Lab) -> None:
    def element(seq: int, length: int) -> dict[str, Any]:
        return GOOD | {"nrSeq": seq, "sensores": [{"cdSensor": 12, "dsValor": "x" * length}]}

    answer = lab.gateway.ingest([element(1, 64_000), element(2, 66_000), GOOD])
    assert [result.get("error_code") for result in answer["results"]] == [None, "TOO_LARGE", None]
    assert [(row[0], len(row[1]), row[2] > 66_000) for row in rows(lab)] == [("TOO_LARGE", KEPT, True)]


@pytest.mark.parametrize("code", ["MALFORMED", "INVALID_VALUE", "TOO_LARGE"])
def test_an_element_that_json_cannot_hold_comes_as_bytes(lab: Lab, code: str) -> None:
    body = b'{"cdDispositivo": 1, "nrBat": "\\u0000"}' + b" " * 20_000
    sent = wrapper(body, code, "not for jsonb")
    answer = lab.gateway.ingest([GOOD, sent, sent])
    assert [result.get("error_code") for result in answer["results"]] == [None, code, code]
    assert answer["results"][1]["error"] == "not for jsonb"
    assert rows(lab) == [(code, body[:KEPT], len(body), hashlib.sha256(body).digest(), 2, False)]


def test_a_wrapper_cannot_choose_any_reason(lab: Lab) -> None:
    assert lab.gateway.ingest([wrapper(b"{}", "CONFLICT")])["results"][0]["error_code"] == "MALFORMED"


# Fails when every element with $payload is taken for a wrapper.
@pytest.mark.parametrize("wrapped", [{}, {"$error_code": "MALFORMED"}, {"$hash": "0" * 64, "$tamanho": 2}])
def test_an_element_that_only_looks_like_a_wrapper_is_kept_itself(lab: Lab, wrapped: dict[str, Any]) -> None:
    element = GOOD | {"$payload": "e30="} | wrapped
    assert lab.gateway.ingest([element])["results"][0]["error_code"] == "MALFORMED"
    assert [json.loads(row[1]) for row in rows(lab)] == [element]


def test_a_body_that_is_no_json_is_kept_and_counted(lab: Lab) -> None:
    body = b"\xff not json"
    arguments = {
        "p_payload": base64.b64encode(body).decode(),
        "p_nr_tamanho": len(body),
        "p_hash": hashlib.sha256(body).hexdigest(),
        "p_motivo": "MALFORMED",
        "p_ds_erro": "not JSON",
    }
    answers = [lab.gateway.call("quarentenar_payload", **arguments) for _ in range(2)]
    assert [answer["nrOcorrencias"] for answer in answers] == [1, 2]
    assert answers[0]["cdErro"] == answers[1]["cdErro"]
    assert rows(lab) == [("MALFORMED", body, len(body), hashlib.sha256(body).digest(), 2, False)]
    with pytest.raises(psycopg2.Error) as caught:
        lab.gateway.call("quarentenar_payload", **arguments | {"p_motivo": "CONFLICT"})
    assert caught.value.pgcode == "PT400"


# Fails when describe_verdicts() tells dsErro as it is.
def test_a_device_of_another_client_is_told_as_unknown(lab: Lab) -> None:
    answer = lab.gateway.ingest([GOOD | {"cdDispositivo": 9}, BAD, GOOD | {"cdCliente": STRANGER}])
    foreign, unknown, misnamed = answer["results"]
    assert foreign["error_code"] == unknown["error_code"] == misnamed["error_code"] == "UNKNOWN_DEVICE"
    assert foreign["error"].replace(" 9 ", f" {UNKNOWN} ") == unknown["error"]
    assert counts(lab) == [("UNKNOWN_DEVICE", 1)] * 3


# Fails when read_elements() does not compare cdCliente.
def test_the_owner_or_its_parent_may_be_asserted(lab: Lab) -> None:
    sent = [
        GOOD | {"cdDispositivo": 2, "nrSeq": n, "cdCliente": c}
        for n, c in enumerate((CHILD, CLIENT, STRANGER))
    ]
    sent.append(GOOD | {"cdCliente": CHILD})
    verdicts = [result["verdict"] for result in lab.gateway.ingest(sent)["results"]]
    assert verdicts == ["stored", "stored", "rejected", "rejected"]


# Fails when require_batch() does not ask for the type.
@pytest.mark.parametrize("body", ["{}", "null", '"x"', "7"])
def test_what_is_no_list_is_refused(lab: Lab, body: str) -> None:
    with pytest.raises(psycopg2.Error) as caught:
        lab.gateway.ingest(body)
    assert (caught.value.pgcode, caught.value.diag.message_hint) == ("PT400", "MALFORMED")


# Fails when require_batch() allows one more.
def test_a_batch_has_at_most_5000_elements(lab: Lab) -> None:
    assert lab.gateway.ingest([])["total"] == 0
    assert lab.gateway.ingest([1] * 5000)["rejected"] == 5000
    error = refused(lab, [1] * 5001)
    assert (error.pgcode, error.diag.message_hint) == ("PT413", "TOO_LARGE")
    assert counts(lab) == [("MALFORMED", 5000)]


# Fails when insert_device_readings() takes any caller, without exigir('ingest').
@pytest.mark.parametrize("permissions", [("read",), ()])
def test_only_who_may_ingest_is_quarantined(lab: Lab, permissions: tuple[str, ...]) -> None:
    with lab.caller(*permissions) as caller, pytest.raises(psycopg2.Error) as caught:
        caller.ingest([GOOD, BAD])
    assert caught.value.pgcode == "PT403"
    assert not lab.positions()
    assert not counts(lab)


def test_nobody_is_quarantined_for_nobody(lab: Lab) -> None:
    lab.gateway.claims, claims = "{}", lab.gateway.claims
    try:
        assert refused(lab, [BAD]).pgcode == "PT401"
    finally:
        lab.gateway.claims = claims
    assert not counts(lab)
