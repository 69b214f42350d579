"""More payloads, after public reports of people who run Tasmota, Shelly, Zigbee2MQTT and others.

What no adapter reads is quarantined as it came, so that an adapter that comes later rescues it; none of it
may be taken for another format. Values are made up.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.acceptance.payload_shapes import EPOCH, ISO, Case, T

_TEMP = {"values": {("temp", 0): 4.5}}
_KEPT: dict[str, Any] = {"refused": ["MALFORMED"]}


def _case(about: str, payload: Any, **expected: Any) -> Case:
    return Case(about, payload if isinstance(payload, bytes) else json.dumps(payload).encode(), **expected)


def _points(*points: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schema": "v1", "ts": ISO, "points": list(points), **more}


_POINT = {"name": "temp", "t": "float", "v": 4.5}
_NATIVE = b'{"dtRegistro": "%s", "sensores": [{"dsPonto": "temp", "nrValor": 4.5}]}' % ISO.encode()

OTHERS = [
    _case("Tasmota", {"Time": T.isoformat(), "AM2301": {"Temperature": 22.1}, "TempUnit": "C"}, **_KEPT),
    _case("Tasmota, a sensor that is not connected", b'{"Time": "", "DHT11": {"Humidity": nan}}', **_KEPT),
    _case("Tasmota, a will", b"Offline", **_KEPT),
    _case("Shelly", {"id": 0, "tC": None, "tF": None, "errors": ["out_of_range"]}, **_KEPT),
    _case("Shelly, a notification", {"src": "x", "method": "NotifyStatus", "params": {"ts": EPOCH + 0.86}},
          **_KEPT),
    _case("Zigbee2MQTT", {"battery": 90, "humidity": 50, "linkquality": 255, "temperature": None}, **_KEPT),
    _case("Zigbee2MQTT, its state", {"state": "online"}, **_KEPT),
    _case("The Things Stack", {"end_device_ids": {"device_id": "x"}, "uplink_message": {}}, **_KEPT),
    _case("ChirpStack", {"time": ISO, "object": {"temperature": 22.5}, "rxInfo": [{"rssi": -57}]}, **_KEPT),
    _case("ThingsBoard", [{"ts": EPOCH * 1000, "values": {"temp": 4.5}}], **_KEPT),
    _case("Traccar", {"position": {"latitude": 1, "longitude": 2}, "device": {"id": 1}}, **_KEPT),
    _case("Cayenne", {"temperature_1": 27.2, "gps_3": {"latitude": 42.3, "longitude": -87.9}}, **_KEPT),
    _case("Ruuvi", {"gw_mac": "C8:25", "rssi": -52, "ts": str(EPOCH), "data": "02"}, **_KEPT),
    _case("Home Assistant, texts", {"latitude": "-2.5", "longitude": "-4"}, refused=["INVALID_COORDINATES"]),
    _case("Node-RED, a number alone", b"23.5", **_KEPT),
    _case("Node-RED, null", b"null", **_KEPT),
    _case("Influx line protocol", b"temp,host=a value=1 1764237600000000000", **_KEPT),
    _case("Sparkplug", b"\x08\xc4\x89\x89\x83\xd30\x12\x06", **_KEPT),
    _case("a dictionary of Python", b"{'temp': 4.5}", **_KEPT),
    _case("hexadecimal digits", b"0201061BFF99040500", **_KEPT),
    _case("a SenML value as text", [{"n": "temp", "v": "4.5"}], **_KEPT),
    _case("nan, as C prints it, among good points",
          b'{"schema": "v1", "ts": "%s", "points": [{"name": "temp", "t": "float", "v": nan}, '
          b'{"name": "weight", "t": "float", "v": 7}, {"name": "on", "t": "num", "v": -inf}]}' % ISO.encode(),
          values={("weight", 0): 7}, refused=["INVALID_VALUE"]),
    _case("-nan in a list of readings", b"[%s, %s]" % (_NATIVE, _NATIVE.replace(b"4.5", b"-nan(ind)")),
          refused=["INVALID_VALUE"], **_TEMP),
    _case("unavailable, as Home Assistant says", _points({**_POINT, "v": "unavailable"},
                                                         {**_POINT, "name": "weight"}),
          values={("weight", 0): 4.5}, refused=["MALFORMED"]),
    _case("UTF-16, as PowerShell writes files", _NATIVE.decode().encode("utf-16"), **_TEMP),
    _case("UTF-16, packed", gzip.compress(_NATIVE.decode().encode("utf-16")), **_TEMP),
    _case("a degree sign of one letter", _points({**_POINT, "u": "℃"}), **_TEMP),
    _case("an ordinal instead of the degree sign", _points({**_POINT, "u": "ºC"}), **_TEMP),
    _case("a time with a space", _points(_POINT, ts=ISO.replace("T", " ")), **_TEMP),
    _case("a time with ten millionths", _points(_POINT, ts=ISO.replace("Z", ".0000000Z")), **_TEMP),
    _case("a week that GPS receivers count from zero again", _points(_POINT, ts="2007-04-15T12:00:00Z"),
          refused=["TIMESTAMP_OUT_OF_RANGE"]),
    _case("a point twice", _points(_POINT, {**_POINT, "v": 5}), **_KEPT),
    _case("OwnTracks of 2013", {"_type": "location", "lat": "48.85", "lon": "2.29", "tst": str(EPOCH),
                                "acc": "75m", "batt": "92"},
          positions={0: (48.85, 2.29, 75, None)}, meta={"batt": "92"}),
    _case("OwnTracks without a place", {"_type": "location", "tst": EPOCH, "batt": 92}, meta={"batt": 92}),
    _case("LwM2M names that are not registered", [{"bn": "/3303/0/", "bt": EPOCH, "n": "5700", "v": 4.5}],
          refused=["UNKNOWN_POINT"]),
]  # fmt: skip
