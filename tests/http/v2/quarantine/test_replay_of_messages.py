"""Replay of messages that a gateway could not read, by an adapter that came later."""

import gzip
import json
import time
from itertools import count

import pytest

from app.identity.principal import Principal
from app.readings import adapters
from app.readings.adapters.reading import timed
from app.readings.digest import wrapper
from tests.http import callers

PATH = "/v2/erros-ingestao"
REPLAY = f"{PATH}/reprocessar"
NOW = int(time.time()) - 86_400
_numbers = count(1)


@pytest.fixture
def kept(app, admin):
    """Quarantines a payload as the gateway does; its code."""

    def keep(payload, topic="rastro/1/loja/7/telem", client=1, device=7, **properties):
        told = {name.replace("_", "-"): text for name, text in properties.items()}
        element = wrapper(
            payload, "MALFORMED", "No adapter recognises it", cdCliente=client, cdDispositivo=device,
            **{"$topico": topic, "$propriedades": told},
        )  # fmt: skip
        app.extensions["rastro.backend"].call(
            "insert_device_messages", Principal("user", callers.SERVICE), p_readings=f"[{element}]"
        )
        (row, *_) = admin.get(PATH, cdDispositivo=device).json["data"]
        return row["cdErro"]

    return keep


@pytest.fixture
def acme(monkeypatch):
    """A format that no adapter reads until this is called."""

    def install():
        adapter = adapters.Adapter(
            "acme",
            lambda value: isinstance(value, dict) and "acme" in value,
            lambda value: [timed({"nrBat": value["acme"]}, value.get("at"))],
        )
        monkeypatch.setattr(adapters, "ADAPTERS", (*adapters.ADAPTERS, adapter))

    return install


def acme_payload(**more):
    return json.dumps({"acme": 3.5, "n": next(_numbers), **more}).encode()


# Seen to fail: without content-encoding; without the topic.
@pytest.mark.parametrize("packed", [False, True])
def test_an_adapter_that_comes_later_rescues_what_was_kept(kept, acme, admin, ledger, packed):
    payload = acme_payload(at=NOW + next(_numbers))
    code = kept(gzip.compress(payload), content_encoding="gzip") if packed else kept(payload)
    row = admin.get(f"{PATH}/{code}").json
    assert (row["dsTopico"], row["cdDispositivo"], row["cdCliente"]) == ("rastro/1/loja/7/telem", 7, 1)
    before = admin.post(REPLAY, {"cdErros": [code]}).json
    assert (before["total"], before["rejected"], before["skipped"]) == (1, 1, 0), "nobody reads it yet"
    acme()
    positions, readings = ledger.stored()
    after = admin.post(REPLAY, {"cdErros": [code]}).json
    assert (after["total"], after["stored"], after["skipped"]) == (1, 1, 0)
    assert ledger.stored() == (positions + 1, readings)
    assert admin.get(f"{PATH}/{code}").status_code == 404
    assert admin.post(REPLAY, {"cdErros": [code]}).json["total"] == 0


# It holds what is counted only.
@pytest.mark.parametrize("payload", [b"", b'{"_type":"card","name":"x"}'])
def test_what_is_now_known_to_hold_nothing_leaves_quarantine(kept, admin, payload):
    code = kept(payload)
    assert admin.post(REPLAY, {"cdErros": [code]}).json["stored"] == 1
    assert admin.get(f"{PATH}/{code}").status_code == 404


# Seen to fail: with the limit left out; with one page alone.
def test_many_are_replayed_and_those_that_fail_stay(kept, acme, admin, monkeypatch):
    monkeypatch.setattr("app.http.v2.quarantine.replay._PAGE", 2)
    bad = kept(b"\xff%d" % next(_numbers))
    good = [kept(acme_payload(at=NOW + next(_numbers))) for _ in range(5)]
    acme()
    few = admin.post(REPLAY, {"cdErros": [bad, *good], "limite": 2}).json
    assert (few["total"], few["stored"]) == (2, 2)
    rest = admin.post(REPLAY, {"cdErros": [bad, *good]}).json
    assert (rest["total"], rest["stored"], rest["rejected"]) == (4, 3, 1)
    assert admin.get(f"{PATH}/{bad}").status_code == 200


def test_others_cannot_replay_them(kept, acme, other, admin):
    code = kept(acme_payload(at=NOW + next(_numbers)))
    acme()
    assert other.post(REPLAY, {"cdErros": [code]}).json["total"] == 0
    assert admin.get(f"{PATH}/{code}").status_code == 200
