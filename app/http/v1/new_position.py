"""POST /Posicao: a reading of a tracker, dated by its receipt.

It needs credentials, or a tracker on the list of those that may do without for a while
(``TbDispositivoLiberado``); PostgreSQL decides which.
"""

from __future__ import annotations

import logging
import re
from decimal import Decimal
from typing import Any

import msgspec
from flask import Response, g

from app import meters
from app.errors import ApiError, from_status
from app.http.kit import bodies, shares
from app.http.kit.blueprint import errors, json_body, json_response, require_credentials
from app.http.kit.call import reply, rpc, settings
from app.http.kit.log import note
from app.identity.auth import has_credentials
from app.identity.principal import Principal
from app.identity.share import TRACKERS
from app.readings import json_text

from .blueprint import Message, OldError, old_resource

_log = logging.getLogger(__name__)
_MAX_WITHOUT_CREDENTIALS = 16 << 10  # bytes of a body
# Numbers keep their digits: PostgreSQL decides what is too exact for a double.
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NUMBER = re.compile(r"\s*[+-]?\d{1,20}(\.\d{1,20})?\s*")
_EXAMPLE = {
    "cdDispositivo": 7,
    "dsLat": "-23.5031",
    "dsLong": "-46.6252",
    "nrBat": 3.6,
    "sensores": [{"cdSensor": 702, "nrValor": 1}],
}


def credentials_if_sent() -> None:
    """Identify the caller by its credentials; without any, the body must name a tracker."""
    if has_credentials():
        require_credentials()
    else:
        shares.begin(TRACKERS)


new_position = old_resource("new positions", guard=credentials_if_sent, needs="ingest")


@new_position.post(
    "/Posicao",
    responses={
        200: json_response("The rows stored", {"type": "array", "items": {"type": "object"}}),
        **errors(404, 408, 409, 413, 415, shape=Message),
    },
    openapi_extensions=json_body({"type": "object"}, reading=_EXAMPLE),
)
def old_post_posicao() -> Response:
    """Store a reading with the time of receipt."""
    text = _text() if has_credentials() else _of_a_tracker()
    sent = _DECODER.decode(text)[0]
    if isinstance(sent, dict) and "$payload" not in sent:
        _require(sent)
        text = f"[{_ENCODER.encode(_element(sent)).decode()}]"
    answer = msgspec.json.decode(rpc("registrar_posicao", p_leitura=text[1:-1]))
    note(verdicts={answer["verdict"]: 1})
    meters.judged({answer["verdict"]: 1})
    if g.principal.kind == "device":
        fields = {"request_id": g.request_id, "device": g.principal.identity}
        _log.warning("no_credentials", extra={"fields": fields})
    return _told(answer, sent)


def _text() -> str:
    try:
        return bodies.readings(json_text.single, settings().max_body_bytes)
    except bodies.Unreadable as unreadable:
        bodies.quarantine(unreadable)
        raise


def _of_a_tracker() -> str:
    """The body of a request without credentials; its tracker becomes the caller. Raises ApiError 401."""
    try:
        text = bodies.readings(json_text.single, _MAX_WITHOUT_CREDENTIALS, packed=False)
        sent = msgspec.json.decode(text)[0]
        device = sent["cdDispositivo"]
    except (ApiError, TypeError, KeyError):
        raise from_status(401) from None
    if type(device) is not int:
        raise from_status(401)
    g.principal = Principal("device", str(device), g.request_id)
    note(caller=g.principal.label)
    return text


def _require(sent: dict[str, Any]) -> None:
    for name in ("cdDispositivo", "dsLat", "dsLong", "sensores"):
        if sent.get(name) is None:
            raise OldError(400, f"Campo {name} é necessário.")


def _element(sent: dict[str, Any]) -> dict[str, Any]:
    """The reading as insert_device_readings takes it; what is not a number is left for it to judge."""
    sensors = sent.get("sensores")
    return {
        "cdDispositivo": _number(sent.get("cdDispositivo")),
        "latitude": _number(sent.get("dsLat")),
        "longitude": _number(sent.get("dsLong")),
        "nrBat": _number(sent.get("nrBat")),
        "nrSeq": _number(sent.get("nrSeq")),
        "sensores": [_sensor(one) for one in sensors] if isinstance(sensors, list) else sensors,
    }


def _sensor(sent: Any) -> Any:
    if not isinstance(sent, dict):
        return sent
    return {"cdSensor": _number(sent.get("cdSensor")), "nrValor": _number(sent.get("nrValor"))}


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value.strip()) if "." in value else int(value)
    return value


def _told(answer: dict[str, Any], sent: Any) -> Response:
    if answer["verdict"] in ("stored", "duplicate"):
        return reply([answer["posicao"]])
    code = answer.get("error_code")
    if code == "UNKNOWN_DEVICE":
        raise OldError(404, f"dispositivo com o id {sent['cdDispositivo']} não foi encontrado")
    if answer["verdict"] == "conflict":
        raise OldError(409, "Outros valores estão gravados para este dispositivo ou sensor e instante")
    raise OldError(400, _fault(str(code), answer["error"], sent))


def _fault(code: str, error: str, sent: Any) -> str:
    """The legacy application's text for such a body."""
    sensor = _named_in(error, sent)
    if code == "UNKNOWN_SENSOR" and sensor is not None:
        return f"sensor com id {sensor.get('cdSensor')} nao foi encontrado"
    if sensor is not None and not {"cdSensor", "nrValor"} <= sensor.keys():
        return f"Objeto sensor sem {'nrValor' if 'cdSensor' in sensor else 'cdSensor'}"
    if code == "INVALID_COORDINATES" or "latitude" in error or "longitude" in error:
        return _coordinates(_number(sent.get("dsLat")), _number(sent.get("dsLong")))
    return f"Leitura recusada: {error}"


def _named_in(error: str, sent: Any) -> dict[str, Any] | None:
    found = re.match(r"sensores\[(\d+)\]", error)
    sensor = sent["sensores"][int(found[1])] if found else None
    return sensor if isinstance(sensor, dict) else None


def _coordinates(latitude: Any, longitude: Any) -> str:
    if not isinstance(latitude, int | Decimal) or not isinstance(longitude, int | Decimal):
        return "Latitude e longitude devem ser números válidos"
    if not -90 <= latitude <= 90:
        return "Latitude deve estar entre -90 e 90 graus"
    return "Longitude deve estar entre -180 e 180 graus"
