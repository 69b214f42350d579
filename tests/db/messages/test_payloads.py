"""Payloads as devices send them, through the adapters into the database."""

import json
import time
from typing import Any

import pytest

from app.readings import envelopes
from app.readings.topics import Topic
from tests.db._fleet import CLIENT
from tests.db._lab import Lab

NOW = int(time.time()) - 3600
PLACE = {"_type": "location", "tst": NOW, "lat": -23.5, "lon": -46.6}


@pytest.fixture
def empty(lab: Lab) -> Lab:
    lab.sql('truncate "TbEventoDispositivo"')
    return lab


def send(lab: Lab, payload: Any, device: int = 1) -> dict[str, Any]:
    """What becomes of a message."""
    raw = json.dumps(payload).encode()
    content = envelopes.read(Topic(CLIENT, device, "telem"), raw)
    assert content.fault is None
    answer = lab.gateway.call(
        "insert_device_messages",
        p_readings=f"[{','.join(content.readings)}]",
        p_mensagens=f"[{','.join(content.messages)}]",
    )
    return dict(answer)


# Nothing of the second place is stored, and it is not lost either.
def test_a_phone_that_is_at_two_places_at_once_is_a_conflict(empty: Lab) -> None:
    assert send(empty, PLACE)["stored"] == 1
    assert send(empty, PLACE | {"batt": 50})["duplicate"] == 1
    assert send(empty, PLACE | {"lat": -23.6})["conflict"] == 1
    assert empty.sql('select "dsLat" from "TbPosicao"') == [(-23.5,)]
    assert empty.sql('select "dsMotivo" from "TbIngestaoErro"') == [("CONFLICT",)]


# Seen to fail: with the adapters as they were, which refused both.
def test_a_will_and_a_transition_become_events(empty: Lab) -> None:
    send(empty, {"_type": "lwt", "tst": NOW})
    send(empty, {"_type": "transition", "tst": NOW, "event": "enter", "desc": "Deposito"})
    send(empty, {"_type": "waypoint", "tst": NOW, "desc": "Deposito", "lat": 1, "lon": 1, "rad": 5})
    found = empty.sql(
        """select "dsTipo", extract(epoch from "dtRegistro")::bigint = %s, "dsPayload" #>> '{data,_type}'
           from "TbEventoDispositivo" order by 1""",
        NOW,
    )
    assert found == [("lwt", False, "lwt"), ("transition", True, "transition")]
    assert empty.sql('select 1 from "TbIngestaoErro"') == []


# Seen to fail: with the adapters as they were, which refused all of it.
def test_one_bad_point_takes_no_neighbour_along(empty: Lab) -> None:
    points = [
        {"name": "weight", "t": "num", "v": 5},
        {"name": "door", "t": "num", "v": None},
        {"name": "rssi", "t": "num"},
    ]
    answer = send(empty, {"schema": "v1", "ts": NOW, "points": points})
    assert (answer["stored"], answer["rejected"]) == (1, 2)
    assert empty.sql('select "nrValor" from "TbSensorRegistro"') == [(5,)]
    assert empty.sql('select "cdDispositivo", "dsMotivo" from "TbIngestaoErro"') == [(1, "MALFORMED")] * 2


# Seen to fail: with the adapters as they were, which refused all of it.
def test_a_pack_becomes_a_position_and_converted_values(empty: Lab) -> None:
    pack = [
        {"bn": "urn:dev:ow:10e2073a01080063:", "bt": NOW, "bver": 26, "n": "weight", "u": "kg", "v": 1.5},
        {"n": "lat", "u": "lat", "v": -23.5},
        {"n": "lon", "u": "lon", "v": -46.6},
        {"n": "door", "v": 1, "must_": True},
    ]
    answer = send(empty, pack)
    assert (answer["stored"], answer["rejected"]) == (1, 1)
    assert empty.sql('select "dsLat", "dsLong" from "TbPosicao"') == [(-23.5, -46.6)]
    assert empty.sql('select "nrValor" from "TbSensorRegistro"') == [(1500,)]
