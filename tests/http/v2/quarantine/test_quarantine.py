"""GET and DELETE /v2/erros-ingestao, POST /v2/erros-ingestao/reprocessar."""

import base64
from itertools import count

import pytest
from pydantic import TypeAdapter

from app.http.v2.quarantine.schemas import Discarded, Quarantined, QuarantinePage, Replayed

PATH = "/v2/erros-ingestao"
REPLAY = f"{PATH}/reprocessar"
_devices = count(50_000)


@pytest.fixture
def quarantined(gateway, admin, reading):
    """Sends a reading of a device nobody knows yet; the device, and the reading's row in quarantine."""

    def send():
        device = next(_devices)
        gateway.post("/v2/posicoes", reading(cdDispositivo=device, sensores=None))
        (row, *_) = admin.get(PATH).json["data"]
        assert str(device) in row["dsPayload"]
        return device, row

    return send


def _codes(answer):
    assert answer.status_code == 200, answer.text
    return [row["cdErro"] for row in answer.json["data"]]


# Seen to fail: without p_ds_motivo in get_erros.
def test_what_could_not_be_stored_is_listed_newest_first(gateway, admin, quarantined):
    gateway.post("/v2/posicoes", b"\xff?")
    _, first = quarantined()
    _, second = quarantined()
    codes = _codes(admin.get(PATH))
    assert codes[:2] == [second["cdErro"], first["cdErro"]]
    assert codes == sorted(codes, reverse=True)
    assert (first["dsMotivo"], first["nrOcorrencias"], first["blReprocessavel"]) == (
        "UNKNOWN_DEVICE",
        1,
        True,
    )
    only = admin.get(PATH, motivo="MALFORMED").json["data"]
    assert {row["dsMotivo"] for row in only} == {"MALFORMED"}
    assert admin.get(PATH, motivo="NOTHING").json == {"data": [], "nextCursor": None}


# Seen to fail: with one field less, or a text for every dsPayload, in Quarantined; with an x before
# dsPayloadBase64.
def test_rows_come_as_they_are_described(gateway, admin, quarantined):
    quarantined()
    gateway.post("/v2/posicoes/lote", b"\xff\xfe")
    answer = admin.get(PATH)
    TypeAdapter(QuarantinePage).validate_json(answer.data, strict=True)
    assert all(set(row) == set(Quarantined.model_fields) for row in answer.json["data"])
    newest = answer.json["data"][0]
    assert (newest["dsPayload"], base64.b64decode(newest["dsPayloadBase64"])) == (None, b"\xff\xfe")


# Seen to fail: without p_page_size or p_cursor in get_erros.
def test_pages_lead_through_all_of_it(admin, quarantined):
    for _ in range(3):
        quarantined()
    everything = _codes(admin.get(PATH))
    first = admin.get(PATH, pageSize=2)
    assert _codes(first) == everything[:2]
    rest = admin.get(PATH, cursor=first.json["nextCursor"])
    assert (_codes(rest), rest.json["nextCursor"]) == (everything[2:], None)


# Seen to fail: without p_cd_erro in get_erro.
def test_one_can_be_looked_at(admin, quarantined):
    _, row = quarantined()
    quarantined()
    answer = admin.get(f"{PATH}/{row['cdErro']}")
    assert (answer.status_code, answer.json) == (200, row)


# Seen to fail: with 403, or nothing, for the 404 in get_erro; with the policy "true"; without the check of
# clients in replayable_errors().
def test_others_see_and_replay_nothing(admin, other, quarantined, db):
    device, row = quarantined()
    assert _codes(other.get(PATH)) == []
    for answer in (other.get(f"{PATH}/{row['cdErro']}"), admin.get(f"{PATH}/9223372036854775807")):
        assert (answer.status_code, answer.json["error_code"]) == (404, "NOT_FOUND")
    _register(db, device)
    assert other.post(REPLAY, {"cdErros": [row["cdErro"]]}).json["total"] == 0
    assert admin.get(f"{PATH}/{row['cdErro']}").json == row


# Seen to fail: with exigir('read') and exigir('ingest') in either RPC.
@pytest.mark.parametrize("caller", ["gateway", "reader"])
def test_only_admins_may(request, caller, quarantined):
    _, row = quarantined()
    api = request.getfixturevalue(caller)
    for answer in (api.get(PATH), api.get(f"{PATH}/{row['cdErro']}"), api.post(REPLAY, {})):
        assert (answer.status_code, answer.json["error_code"]) == (403, "FORBIDDEN")


def _register(db, device):
    with db.cursor() as cursor:
        cursor.execute('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") values (%s, 1)', (device,))


# Seen to fail: without p_cd_erros in post_reprocessar.
def test_once_the_cause_is_mended_a_replay_stores_it(admin, reader, quarantined, db, ledger):
    device, row = quarantined()
    _, neighbour = quarantined()
    chosen = {"cdErros": [row["cdErro"]]}
    answer = admin.post(REPLAY, chosen)
    assert (answer.status_code, answer.json["total"], answer.json["rejected"]) == (200, 1, 1)
    TypeAdapter(Replayed).validate_json(answer.data, strict=True)
    assert admin.get(f"{PATH}/{row['cdErro']}").json["nrOcorrencias"] == 2
    _register(db, device)
    positions, readings = ledger.stored()
    assert admin.post(REPLAY, chosen).json == dict.fromkeys(Replayed.model_fields, 0) | {
        "total": 1,
        "stored": 1,
    }
    assert ledger.stored() == (positions + 1, readings)
    assert admin.get(f"{PATH}/{row['cdErro']}").status_code == 404
    assert admin.get(f"{PATH}/{neighbour['cdErro']}").json == neighbour
    assert reader.get(f"/v2/HistoricoPaginaDispositivo/{device}").json["total"] == 1


# Seen to fail: without p_ds_motivo or p_nr_limite in post_reprocessar.
def test_all_of_a_reason_or_so_many_are_replayed(gateway, admin, quarantined, reading):
    first, second = quarantined()[1], quarantined()[1]
    gateway.post("/v2/posicoes", reading(latitude=91))
    chosen = [first["cdErro"], second["cdErro"], _codes(admin.get(PATH))[0]]
    assert admin.post(REPLAY, {"cdErros": chosen}).json["total"] == 3
    assert admin.post(REPLAY, {"cdErros": chosen, "motivo": "UNKNOWN_DEVICE"}).json["total"] == 2
    assert admin.post(REPLAY, {"cdErros": chosen, "limite": 1}).json["total"] == 1
    assert admin.post(REPLAY, {"cdErros": []}).json["total"] == 0
    assert admin.post(REPLAY, {}).json["total"] >= 3


# Seen to fail: with extra="ignore", int for Code or Limit, str for Text, or no max_length in Replay; without
# refuse() or any of the exceptions in bodies.document; with 2**63 as the greatest code.
@pytest.mark.parametrize(
    ("body", "error_code"),
    [
        (b"", "MALFORMED"),
        (b"{", "MALFORMED"),
        (b"\xff", "MALFORMED"),
        (b'{"motivo":"\xff"}', "MALFORMED"),
        (b"[" * 50_000, "MALFORMED"),
        (b'{"motivo":"\\ud83d"}', "MALFORMED"),
        (b"[]", "MALFORMED"),
        (b"null", "MALFORMED"),
        ({"cdErro": [1]}, "INVALID_PARAMETER"),
        ({"cdErros": 1}, "INVALID_PARAMETER"),
        ({"cdErros": ["x"]}, "INVALID_PARAMETER"),
        ({"cdErros": [0]}, "INVALID_PARAMETER"),
        ({"cdErros": [2**63]}, "INVALID_PARAMETER"),
        ({"cdErros": [True]}, "INVALID_PARAMETER"),
        ({"cdErros": [1] * 5_001}, "INVALID_PARAMETER"),
        ({"motivo": 1}, "INVALID_PARAMETER"),
        ({"motivo": "\x00"}, "INVALID_PARAMETER"),
        ({"limite": 0}, "INVALID_PARAMETER"),
        ({"limite": 5_001}, "INVALID_PARAMETER"),
        ({"limite": None}, "INVALID_PARAMETER"),
    ],
)
def test_a_bad_body_replays_nothing(admin, quarantined, body, error_code):
    _, row = quarantined()
    answer = admin.post(REPLAY, body)
    assert (answer.status_code, answer.json["error_code"]) == (400, error_code)
    if isinstance(body, dict):
        assert answer.json["details"] == {"parameter": next(iter(body))}
    assert admin.get(f"{PATH}/{row['cdErro']}").json == row


# Seen to fail: with a _MAX_BODY of 1 GB; without _require_json() in bodies._read.
def test_bodies_are_json_of_limited_size(admin):
    assert admin.post(REPLAY, b" " * 200_000).status_code == 413
    assert admin.post(REPLAY, {}, headers={"Content-Type": "text/plain"}).status_code == 415


# Seen to fail: with int for PageSize and Code, str for Text, in ErrosQuery.
@pytest.mark.parametrize(
    "parameters",
    [
        {"pageSize": "0"},
        {"pageSize": "1001"},
        {"cursor": "x"},
        {"cursor": "9223372036854775808"},
        {"motivo": "\x00"},
    ],
)
def test_bad_parameters_are_named(admin, parameters):
    answer = admin.get(PATH, **parameters)
    assert (answer.status_code, answer.json["error_code"]) == (400, "INVALID_PARAMETER")
    assert answer.json["details"] == {"parameter": next(iter(parameters))}


# Seen to fail: with int, or str, for Code in ErroPath.
@pytest.mark.parametrize("code", ["x", "-1", "0", "1.5", "9223372036854775808"])
def test_a_code_is_a_whole_number(admin, code):
    answer = admin.get(f"{PATH}/{code}")
    assert (answer.status_code, answer.json["error_code"]) == (400, "INVALID_PARAMETER")
    assert answer.json["details"] == {"parameter": "cdErro"}


# Seen to fail: with a limite of 0 in an example.
def test_the_examples_of_a_replay_are_good(app, admin):
    described = app.test_client().get("/openapi.json").json["paths"][REPLAY]["post"]["requestBody"]
    for example in described["content"]["application/json"]["examples"].values():
        assert admin.post(REPLAY, example["value"]).status_code == 200


# Seen to fail: before, when it was 429 for the whole batch.
def test_one_bad_reading_costs_its_batch_nothing_though_the_quarantine_is_full(gateway, admin, reading, db):
    change = 'update private."TbConfiguracao" set "nrErrosCliente" = %s'
    with db.cursor() as cursor:
        cursor.execute(change, (2,))
    try:
        for number in range(4):
            batch = [reading(), reading(nrSeq=f"bad {number}")]
            answer = gateway.post("/v2/posicoes/lote", batch)
            verdicts = [result["verdict"] for result in answer.json["results"]]
            assert (answer.status_code, verdicts) == (200, ["stored", "rejected"])
        single = gateway.post("/v2/posicoes", reading(nrSeq="bad 4"))
        assert (single.status_code, single.json["error_code"]) == (400, "MALFORMED")
        rows = admin.get(PATH).json["data"]
        assert ("bad 4" in rows[0]["dsPayload"], len(rows)) == (True, 2)
        assert admin.get("/health/timeseries").json["quarantineLost"] >= 3
        assert admin.get("/health/ready").status_code == 200
    finally:
        with db.cursor() as cursor:
            cursor.execute(change, (10_000,))


# Seen to fail: without p_cd_dispositivo in get_erros.
def test_those_of_a_device_are_listed(admin, quarantined):
    device, row = quarantined()
    quarantined()
    assert _codes(admin.get(PATH, cdDispositivo=device)) == [row["cdErro"]]
    assert row["cdDispositivo"] == device


# Seen to fail: without any of the arguments in delete_erros.
def test_they_are_discarded_by_code_device_or_reason(gateway, admin, quarantined, reading):
    (device, first), (_, second), (_, third) = (quarantined() for _ in range(3))
    answer = admin.delete(PATH, cdErros=f"{first['cdErro']},{second['cdErro']}", cdDispositivo=device)
    TypeAdapter(Discarded).validate_json(answer.data, strict=True)
    assert (answer.status_code, answer.json) == (200, {"discarded": 1})
    assert admin.delete(PATH, cdErros=second["cdErro"]).json == {"discarded": 1}
    gateway.post("/v2/posicoes", reading(latitude=91))
    left = len(_codes(admin.get(PATH, pageSize=1_000)))
    invalid = len(_codes(admin.get(PATH, motivo="INVALID_COORDINATES", pageSize=1_000)))
    assert admin.delete(PATH, motivo="INVALID_COORDINATES").json == {"discarded": invalid}
    assert third["cdErro"] in _codes(admin.get(PATH))
    assert admin.delete(PATH).json == {"discarded": left - invalid}
    assert _codes(admin.get(PATH)) == []


# Seen to fail: with 200 for what was not there.
def test_one_is_discarded(admin, other, gateway, quarantined):
    _, row = quarantined()
    path = f"{PATH}/{row['cdErro']}"
    assert other.delete(path).status_code == 404
    assert other.delete(PATH).json == {"discarded": 0}
    assert gateway.delete(path).status_code == 403
    assert admin.delete(path).json == {"discarded": 1}
    assert (admin.delete(path).status_code, admin.get(path).status_code) == (404, 404)


# Seen to fail: with a parameter that is not known taken for none, which discards all.
@pytest.mark.parametrize(
    "parameters",
    [{"cdErros": "x"}, {"cdErros": ""}, {"cdDispositivo": "0"}, {"motivo": "\x00"}, {"all": "1"}],
)
def test_a_bad_parameter_discards_nothing(admin, quarantined, parameters):
    _, row = quarantined()
    assert admin.delete(PATH, **parameters).status_code == 400
    assert admin.get(f"{PATH}/{row['cdErro']}").status_code == 200
