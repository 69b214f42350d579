"""POST /v2/posicoes and /v2/posicoes/lote with good readings, and verdicts as statuses."""

import msgspec

from tests.http import callers
from tests.http.callers import Api

_REFUSE_AT_COMMIT = """
    create or replace function pg_temp.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'not today'; end $$;
    create constraint trigger "atCommit" after insert or update on "TbPosicaoAtual"
      deferrable initially deferred for each row execute function pg_temp.refuse()
"""


# Seen to fail: with autocommit off in app/rpc/pool.py, when an answer would come before the commit.
def test_a_reading_is_stored_once(gateway, reading, ledger):
    before = ledger.stored()
    body = reading()
    first, second = gateway.post("/v2/posicoes", body), gateway.post("/v2/posicoes", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == {
        "verdict": "stored",
        "cdPosicao": first.json["cdPosicao"],
        "blArea": True,
        "nrDistancia": first.json["nrDistancia"],
    }
    assert first.json["cdPosicao"] > 0
    assert 0 < first.json["nrDistancia"] < 300
    assert second.json == first.json | {"verdict": "duplicate"}
    assert ledger.stored() == (before[0] + 1, before[1] + 1)


def test_a_contradiction_is_a_conflict(gateway, reading, ledger):
    body = reading()
    gateway.post("/v2/posicoes", body)
    before = ledger.stored()
    quarantined = ledger.quarantined()
    answer = gateway.post("/v2/posicoes", body | {"nrBat": 2.9})
    assert answer.status_code == 409
    assert answer.json["error_code"] == "CONFLICT"
    assert answer.json["details"] == {"verdict": "conflict"}
    assert ledger.stored() == before
    assert ledger.grown(quarantined) == [("CONFLICT", 1)]


# Seen to fail: with autocommit off in app/rpc/pool.py.
def test_what_cannot_be_committed_is_not_acknowledged(gateway, reading, ledger, db):
    before = ledger.stored()
    with db.cursor() as cursor:
        cursor.execute(_REFUSE_AT_COMMIT)
        answer = gateway.post("/v2/posicoes", reading(cdDispositivo=1, sensores=None))
        cursor.execute('drop trigger "atCommit" on "TbPosicaoAtual"')
    assert (answer.status_code, answer.json["error_code"]) == (500, "INTERNAL")
    assert ledger.stored() == before


def test_a_full_quarantine_refuses_nothing_and_delays_no_good_reading(gateway, reading, ledger, db):
    gateway.post("/v2/posicoes/lote", [{"cdDispositivo": 1_000_000}, {"cdDispositivo": 1_000_001}])
    (positions, readings), lost = ledger.stored(), _lost(db)
    with db.cursor() as cursor:
        cursor.execute('update private."TbConfiguracao" set "nrErrosCliente" = 1')
        batch = gateway.post("/v2/posicoes/lote", [reading(), {"cdDispositivo": 1_000_002}])
        unreadable = gateway.post("/v2/posicoes/lote", b"?")
        cursor.execute('update private."TbConfiguracao" set "nrErrosCliente" = default')
    assert batch.status_code == 200
    assert [result["verdict"] for result in batch.json["results"]] == ["stored", "rejected"]
    assert (unreadable.status_code, unreadable.json["error_code"]) == (400, "MALFORMED")
    assert ledger.stored() == (positions + 1, readings + 1)
    assert _lost(db) > lost, "what gave way is counted"


def _lost(db):
    with db.cursor() as cursor:
        cursor.execute('select coalesce(sum("nrPerdidos"), 0) from "TbQuarentena"')
        return cursor.fetchone()[0]


def test_an_admin_may_send_readings_too(app, reading):
    admin = Api(app.test_client(), callers.as_user(callers.ADMIN))
    assert admin.post("/v2/posicoes", reading()).status_code == 201


def test_numbers_reach_the_database_as_they_were_written(gateway, reading, ledger):
    """A value that a double cannot tell from its neighbour is still passed on digit for digit."""
    text = msgspec.json.encode(reading()).replace(b"4.25", b"4.2500000000000000000001")
    assert gateway.post("/v2/posicoes", text).status_code == 201
    assert gateway.post("/v2/posicoes", text).status_code == 200


def test_a_batch_answers_with_a_verdict_each(gateway, reading, ledger):
    before = ledger.stored()
    one, two = reading(), reading()
    answer = gateway.post(
        "/v2/posicoes/lote", [one, two, one, two | {"nrBat": 1.0}, {"cdDispositivo": 99_999}]
    )
    assert answer.status_code == 200
    counts = {
        name: answer.json[name]
        for name in ("total", "stored", "duplicate", "conflict", "rejected", "untimed")
    }
    assert counts == {"total": 5, "stored": 2, "duplicate": 1, "conflict": 1, "rejected": 1, "untimed": 1}
    verdicts = [result["verdict"] for result in answer.json["results"]]
    assert verdicts == ["stored", "stored", "duplicate", "conflict", "rejected"]
    assert ledger.stored() == (before[0] + 2, before[1] + 2)


def test_validar_judges_and_stores_nothing(gateway, reading, ledger):
    stored, quarantined = ledger.stored(), ledger.quarantined()
    answer = gateway.post("/v2/posicoes/lote?validar=1", [reading(), {"cdDispositivo": 99_999}, 5])
    assert [result["verdict"] for result in answer.json["results"]] == ["stored", "rejected", "rejected"]
    broken = gateway.post("/v2/posicoes/lote?validar=1", b"[")
    assert (broken.status_code, broken.json["error_code"]) == (400, "MALFORMED")
    assert (ledger.stored(), ledger.quarantined()) == (stored, quarantined)


def test_an_empty_batch_is_no_error(gateway):
    answer = gateway.post("/v2/posicoes/lote", b" [ ] ")
    assert (answer.status_code, answer.json["total"], answer.json["results"]) == (200, 0, [])


def test_a_whole_batch_fits(gateway, reading):
    answer = gateway.post("/v2/posicoes/lote", [reading() for _ in range(5_000)])
    assert (answer.status_code, answer.json["stored"]) == (200, 5_000)


def test_a_body_in_chunks_is_read(app, reading):
    body = msgspec.json.encode(reading())
    answer = app.test_client().post(
        "/v2/posicoes",
        headers={"Content-Type": "application/json", **callers.with_key(callers.INGEST_KEY)},
        environ_overrides={"wsgi.input": _Chunks(body), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 201


class _Chunks:
    """A stream that gives a few bytes at a time, as a chunked body does."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, most: int = -1) -> bytes:
        part, self._body = self._body[:7], self._body[7:]
        return part
