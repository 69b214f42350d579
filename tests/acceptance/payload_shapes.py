"""Payloads as devices in the field send them, and what each must become.

Formats follow public documentation and reports (RFC 8428, OwnTracks' booklet, manuals of gateways and
trackers); values are made up. ``T`` is a whole minute of the last hour. What is expected is stated by hand.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

T = datetime.now(UTC).replace(second=0, microsecond=0, tzinfo=None) - timedelta(minutes=30)
DAY = T.replace(hour=0, minute=0)  # 24:00 of yesterday
RECEIPT = "receipt"  # instead of a time: that of the message
EPOCH = int(T.replace(tzinfo=UTC).timestamp())
ISO = f"{T.isoformat()}Z"
BASIC = f"{T:%Y%m%dT%H%M%SZ}"

Values = dict[tuple[str, Any], Any]
"""By point and time (T, or seconds after it)."""


@dataclass
class Case:
    """A payload of a device of its own, what comes beside it, and all that must be in the database then."""

    about: str
    payload: bytes
    kind: str = "telem"
    beside: dict[str, str] = field(default_factory=dict)  # user properties
    times: int = 1  # that it is sent
    battery: str = "V"  # what the device says that it sends
    values: Values = field(default_factory=dict)
    positions: dict[Any, Any] = field(default_factory=dict)  # by time: latitude, longitude, precision, volts
    events: dict[tuple[str, Any], Any] = field(default_factory=dict)  # by type and time: the member data
    acks: dict[tuple[str, Any], bool] = field(default_factory=dict)  # by command and time
    meta: Any = None
    refused: list[str] = field(default_factory=list)  # reasons in the quarantine
    counted: list[str] = field(default_factory=list)  # kinds of what is only counted


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _reading(time: Any = ISO, value: Any = 4.5, **more: Any) -> dict[str, Any]:
    dated = {} if time is None else {"dtRegistro": time}
    return {**dated, "sensores": [{"dsPonto": "temp", "nrValor": value}], **more}


def _timed(about: str, time: str, moment: Any) -> Case:
    return Case(f"native, {about}", _json(_reading(time)), values={("temp", moment): 4.5})


def _packed(about: str, payload: bytes, **beside: str) -> Case:
    return Case(about, payload, beside=beside, values={("temp", 0): 4.5})


_PLAIN = _json(_reading())
_DEFLATE = zlib.compressobj(wbits=-15)
_RAW = _DEFLATE.compress(_PLAIN) + _DEFLATE.flush()
_PUBLISHED = {"published-at": str(EPOCH + 7)}

NATIVE = [
    _timed("RFC 3339", ISO, 0),
    _timed("without an offset", T.isoformat(), 0),
    _timed("with an offset", f"{(T - timedelta(hours=3)).isoformat()}-03:00", 0),
    _timed("basic form", BASIC, 0),
    _timed("a decimal comma", f"{T.isoformat()},250Z", 0.25),
    _timed("24:00", f"{(DAY - timedelta(days=1)).date()}T24:00:00Z", DAY),
    _timed("a leap second", f"{(DAY - timedelta(days=1)).date()}T23:59:60Z", DAY),
    _timed("a day of a week", f"{T:%G-W%V-%uT%H:%M:%SZ}", 0),
    _timed("a day of the year", f"{T:%Y-%jT%H:%M:%SZ}", 0),
    _packed("native, byte order mark", b"\xef\xbb\xbf" + _PLAIN),
    _packed("native, NUL and line break behind", _PLAIN + b"\r\n\0"),
    _packed("native, gzip", gzip.compress(_PLAIN), **{"content-encoding": "gzip"}),
    _packed("native, GZIP", gzip.compress(_PLAIN), **{"Content-Encoding": " GZIP "}),
    _packed("native, gzip without a property", gzip.compress(_PLAIN)),
    _packed("native, deflate", zlib.compress(_PLAIN), **{"content-encoding": "deflate"}),
    _packed("native, deflate without a header", _RAW, **{"content-encoding": "deflate"}),
    _packed("native, deflate without a property", zlib.compress(_PLAIN)),
    Case("brotli", _PLAIN, beside={"content-encoding": "br"}, refused=["MALFORMED"]),
    Case("gzip, cut off", gzip.compress(_PLAIN)[:-9], refused=["MALFORMED"]),
    Case("published-at dates it", _json(_reading(None)), beside=_PUBLISHED, times=2,
         values={("temp", 7): 4.5}),
    Case("a published-at of 1970", _json(_reading(None)), beside={"published-at": "0"},
         values={("temp", RECEIPT): 4.5}),
    Case("without any time", _json(_reading(None)), values={("temp", RECEIPT): 4.5}),
    Case("nrSeq of a counter in milliseconds", _json({"dtRegistro": ISO, "nrSeq": 1_796_040_000_123}),
         positions={0: (None, None, None, None)}),
    Case("nrSeq beyond 2^53", _json(_reading(nrSeq=2**60)), refused=["INVALID_VALUE"]),
    Case("no fix", _json({"dtRegistro": ISO, "latitude": 0, "longitude": 0.0, "nrBat": 3.6}),
         positions={0: (None, None, None, 3.6)}),
    Case("a fix", _json({"dtRegistro": ISO, "latitude": -23.5505201, "longitude": -46.633309,
                         "nrPrecisao": 12}), positions={0: (-23.55052, -46.63331, 12, None)}),
    Case("percent as volts", _json({"dtRegistro": ISO, "nrBat": 87}), refused=["INVALID_VALUE"]),
    Case("percent", _json({"dtRegistro": ISO, "nrBat": 50}), battery="%",
         positions={0: (None, None, None, 1.85)}),
    Case("millivolts", _json({"dtRegistro": ISO, "nrBat": 3700}), battery="mV",
         positions={0: (None, None, None, 3.7)}),
    Case("rssi and fw without anything else", _json({"dtRegistro": ISO, "rssi": -71, "fw": "2.1"}),
         values={("rssi", 0): -71}, meta={"rssi": -71, "fw": "2.1"}),
    Case("meta without anything else", _json({"dtRegistro": ISO, "meta": {"fw": "2.2"}}),
         meta={"fw": "2.2"}),
    Case("a list", _json([_reading(), {"dtRegistro": ISO, "nrBat": 3.5}, "x"]), values={("temp", 0): 4.5},
         positions={0: (None, None, None, 3.5)}, refused=["MALFORMED"]),
    Case("NaN in a list", b"[%s, %s]" % (_json(_reading(value=float("nan"))), _PLAIN),
         values={("temp", 0): 4.5}, refused=["INVALID_VALUE"]),
    Case("NaN alone", _json(_reading(value=float("nan"))), refused=["INVALID_VALUE"]),
    Case("a whole number beyond 2^53", _json(_reading(value=2**53 + 1)), refused=["INVALID_VALUE"]),
    Case("a fault", _json({"dtRegistro": ISO, "sensores": [{"dsPonto": "temp", "nrValor": 85,
                                                            "nrQualidade": 2}]}),
         values={("temp", 0): 85}),
    Case("nothing", b"", counted=["empty"]),
    Case("only a line break and NULs", b"\r\n\0\0", counted=["empty"]),
    Case("no JSON", b"temp=4.5", refused=["MALFORMED"]),
    Case("a key twice", b'{"nrBat": 3.6, "nrBat": 3.7}', refused=["MALFORMED"]),
    Case("of another device", _json(_reading(cdDispositivo=1)), refused=["MALFORMED"]),
]  # fmt: skip


def _envelope(*points: Any, **more: Any) -> bytes:
    return _json({"schema": "v1", "ts": ISO, "points": list(points), **more})


def _point(value: Any, name: str = "temp", kind: str = "float", **more: Any) -> dict[str, Any]:
    return {"name": name, "t": kind, "v": value, **more}


ENVELOPES = [
    Case("envelope, all kinds", _envelope(_point(4.5), _point(True, "on", "bool"),
                                          _point("run", "state", "enum")),
         values={("temp", 0): 4.5, ("on", 0): True, ("state", 0): "run"}),
    Case("envelope, seconds", _envelope(_point(4.5), ts=EPOCH), values={("temp", 0): 4.5}),
    Case("envelope, milliseconds", _envelope(_point(4.5), ts=EPOCH * 1000 + 250),
         values={("temp", 0.25): 4.5}),
    Case("envelope, null among good points", _envelope(_point(None), _point(1200, "weight", "num")),
         values={("weight", 0): 1200}, refused=["MALFORMED"]),
    Case("envelope, NaN among good points", _envelope(_point(float("nan")), _point(7, "weight")),
         values={("weight", 0): 7}, refused=["INVALID_VALUE"]),
    Case("envelope, a point without a type", _envelope({"name": "temp", "v": 1}, _point(7, "weight")),
         values={("weight", 0): 7}, refused=["MALFORMED"]),
    Case("envelope, kelvin and kilograms", _envelope(_point(296.25, u="K"), _point(1.2, "weight", u="kg")),
         values={("temp", 0): 23.1, ("weight", 0): 1200}),
    Case("envelope, another unit", _envelope(_point(40, u="%RH")), refused=["INVALID_VALUE"]),
    Case("envelope, meta", _envelope(_point(4.5), meta={"rssi": -60, "fw": "3"}, fw="4"),
         values={("temp", 0): 4.5, ("rssi", 0): -60}, meta={"rssi": -60, "fw": "4"}),
    Case("envelope, heartbeat", _envelope(meta={"fw": "3"}), meta={"fw": "3"}),
    Case("envelope, another version", _json({"schema": "v9", "points": [_point(1)]}), refused=["MALFORMED"]),
    Case("parsec", _json({"di1": 1, "di2": 0, "rssi": -80, "fw": "1.0", "ts": ISO}),
         values={("status", 0): "run", ("fault", 0): False, ("rssi", 0): -80},
         meta={"rssi": -80, "fw": "1.0"}),
    Case("parsec, an input that is neither", _json({"di1": 3, "di2": 1, "ts": EPOCH}),
         values={("fault", 0): True}, refused=["MALFORMED"]),
    Case("parsec, no input", _json({"rssi": -80, "ts": EPOCH}), values={("rssi", 0): -80},
         meta={"rssi": -80}),
]  # fmt: skip


def _senml(about: str, *records: Any, **expected: Any) -> Case:
    return Case(f"SenML, {about}", _json(list(records)), **expected)


_BN = {"bn": "urn:dev:ow:10e2073a01080063:", "bt": EPOCH}
SENML = [
    _senml("base name and time", {**_BN, "n": "temp", "u": "Cel", "v": 23.1}, values={("temp", 0): 23.1}),
    _senml("times of a pack", {**_BN, "n": "temp", "v": 1}, {"n": "temp", "t": 2, "v": 2},
           values={("temp", 0): 1, ("temp", 2): 2}),
    _senml("relative times", {"n": "temp", "t": -5, "v": 1}, {"n": "temp", "v": 2}, beside=_PUBLISHED,
           times=2, values={("temp", 2): 1, ("temp", 7): 2}),
    _senml("base fields first", {"bt": EPOCH, "bu": "K"}, {"n": "temp", "v": 296.25},
           values={("temp", 0): 23.1}),
    _senml("an older version", {**_BN, "bver": 5, "n": "temp", "v": 1}, values={("temp", 0): 1}),
    _senml("secondary units", {**_BN, "bver": 26, "n": "weight", "u": "g", "v": 8},
           values={("weight", 0): 8}),
    _senml("a newer version", {**_BN, "bver": 11, "n": "temp", "v": 1}, refused=["MALFORMED"]),
    _senml("what must be understood", {**_BN, "n": "temp", "v": 1, "x_": 1}, {"n": "weight", "v": 8},
           values={("weight", 0): 8}, refused=["MALFORMED"]),
    _senml("booleans and texts", {**_BN, "n": "on", "vb": False}, {"n": "state", "vs": "idle"},
           values={("on", 0): False, ("state", 0): "idle"}),
    _senml("a base value", {**_BN, "bv": 20, "n": "temp", "v": 3.5}, values={("temp", 0): 23.5}),
    _senml("a sum", {**_BN, "n": "weight", "s": 120}, values={("weight", 0): 120}),
    _senml("a position", {**_BN, "n": "lat", "u": "lat", "v": -23.5}, {"n": "lon", "u": "lon", "v": -46.6},
           positions={0: (-23.5, -46.6, None, None)}),
    _senml("a unit that does not fit", {**_BN, "n": "temp", "u": "lux", "v": 1}, refused=["INVALID_VALUE"]),
    _senml("two values at once", {**_BN, "n": "temp", "v": 1}, {"n": "temp", "v": 2},
           values={("temp", 0): 1}, refused=["CONFLICT"]),
    Case("SenML, a record without its list", _json({"n": "temp", "t": EPOCH, "v": 5}),
         values={("temp", 0): 5}),
]  # fmt: skip


def _owntracks(about: str, kind: str, expected: dict[str, Any], **members: Any) -> Case:
    return Case(f"OwnTracks, {about}", _json({"_type": kind, **members}), **expected)


_HERE = {"lat": -23.5, "lon": -46.6, "tst": EPOCH}
OWNTRACKS = [
    _owntracks("a location", "location", {
        "positions": {0: (-23.5, -46.6, 15, None)}, "meta": {"batt": 84, "conn": "w", "tid": "ne"},
    }, **_HERE, acc=15, batt=84, conn="w", tid="ne"),
    _owntracks("without accuracy", "location", {"positions": {0: (-23.5, -46.6, None, None)}}, **_HERE,
               acc=-1),
    _owntracks("a will", "lwt", {
        "events": {("lwt", RECEIPT): {"_type": "lwt", "tst": EPOCH}}, "counted": ["owntracks_lwt"],
    }, tst=EPOCH),
    _owntracks("a transition", "transition", {
        "events": {("transition", 0): {"_type": "transition", "event": "enter", **_HERE}},
        "counted": ["owntracks_transition"],
    }, event="enter", **_HERE),
    _owntracks("a region", "waypoint", {"counted": ["owntracks_waypoint"]}, desc="casa", rad=100, **_HERE),
    _owntracks("a status", "status", {"counted": ["owntracks_status"]}, iOS={"version": "18.0"}),
    _owntracks("encrypted", "encrypted", {"refused": ["MALFORMED"]}, data="c2VjcmV0"),
    _owntracks("of another world", "teleport", {"refused": ["MALFORMED"]}),
    Case("OwnTracks, two places at once",
         _json([{"_type": "location", **_HERE}, {"_type": "location", **_HERE, "lat": -23.6}]),
         positions={0: (-23.5, -46.6, None, None)}, refused=["CONFLICT"]),
]  # fmt: skip


def _ack(about: str, expected: dict[str, Any], **members: Any) -> Case:
    payload = _json({"schema": "v1", "cmd_id": "c", "ok": True, **members})
    return Case(f"ack, {about}", payload, "ack", **expected)


def _event(about: str, expected: dict[str, Any], **members: Any) -> Case:
    return Case(
        f"event, {about}", _json({"schema": "v1", "event_type": "boot", **members}), "event", **expected
    )


MESSAGES = [
    _ack("milliseconds", {"acks": {("c", 0.25): True}}, ts_exec=EPOCH * 1000 + 250),
    _ack("refused by the device", {"acks": {("c", 0): False}}, ok=False, err="jammed", ts_exec=BASIC),
    _ack("published", {"acks": {("c", 7): True}, "beside": _PUBLISHED}),
    _ack("of 2099", {"refused": ["TIMESTAMP_OUT_OF_RANGE"]}, ts_exec="2099-01-01T00:00:00Z"),
    _ack("of 1970", {"refused": ["TIMESTAMP_OUT_OF_RANGE"]}, ts_exec=0),
    _ack("without ok", {"refused": ["MALFORMED"]}, ok=None),
    _event("seconds", {"events": {("boot", 0): 3}}, ts=EPOCH, data=3),
    _event("a leap second", {"events": {("boot", DAY): None}},
           ts=f"{(DAY - timedelta(days=1)).date()}T23:59:60Z"),
    _event("without a time", {"events": {("boot", RECEIPT): None}}),
    _event("published", {"events": {("boot", 7): None}, "beside": _PUBLISHED, "times": 2}),
    _event("of 1970", {"refused": ["TIMESTAMP_OUT_OF_RANGE"]}, ts="1970-01-01T00:00:00Z"),
    _event("packed", {"events": {("boot", 0): None}}, ts=ISO),
]  # fmt: skip
MESSAGES[-1].payload = gzip.compress(MESSAGES[-1].payload)
