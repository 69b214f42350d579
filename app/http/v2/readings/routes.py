"""POST /v2/posicoes and /v2/posicoes/lote: ingestion of readings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from flask import Response
from pydantic import Field

from app import meters
from app.errors import ApiError
from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, json_response, list_of, of, resource
from app.http.kit.call import reply, rpc, settings
from app.http.kit.log import note
from app.http.kit.parameters import Flag, Query
from app.readings import json_text

from .schemas import BatchVerdicts, Reading, Stored

readings = resource(
    "posicoes", "Ingestion: readings are stored exactly once, each with a verdict", needs="ingest"
)

_REJECTED = {"MALFORMED": 400, "TOO_LARGE": 413}
_STORED = {"stored": 201, "duplicate": 200}
# Can be sent to the demo as it stands: a refrigerator at its site, at the beginning of this day.
_EXAMPLE = {
    "cdDispositivo": 7,
    "dtRegistro": datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z"),
    "latitude": -23.5031,
    "longitude": -46.6252,
    "nrBat": 3.6,
    "sensores": [{"dsPonto": "temperatura", "nrValor": 4.2}],
}


class _Counts(msgspec.Struct):
    """The counts of verdicts in a batch's answer, for the log."""

    stored: int
    duplicate: int
    conflict: int
    rejected: int
    untimed: int


class LoteQuery(Query):
    """How a batch is to be treated."""

    validar: Flag = Field(default=False, description="1 or true: validate the readings without storing them.")


@readings.post(
    "/posicoes",
    responses={
        201: json_response("Stored", of(Stored)),
        200: json_response("Duplicate: it was already stored", of(Stored)),
        **errors(408, 409, 413, 415, 422),
    },
    openapi_extensions=json_body(Reading, reading=_EXAMPLE),
)
def post_posicao() -> Response:
    """Store one reading, exactly once."""
    answer = _ingest(json_text.single)
    return _alone(msgspec.json.decode(answer)["results"][0])


@readings.post(
    "/posicoes/lote",
    responses={200: BatchVerdicts, **errors(408, 413, 415)},
    openapi_extensions=json_body(list_of(Reading), batch=[_EXAMPLE]),
)
def post_lote(query: LoteQuery) -> Response:
    """Store up to 5,000 readings, 75,000 values, in one transaction. An invalid one affects no other."""
    return reply(_ingest(partial(json_text.batch, most=settings().max_batch), validate=query.validar))


def _ingest(parse: Callable[[bytes], str], *, validate: bool = False) -> msgspec.Raw:
    try:
        readings = bodies.readings(parse, settings().max_body_bytes)
    except bodies.Unreadable as unreadable:
        if not validate:
            bodies.quarantine(unreadable)
        raise
    answer = rpc("insert_device_readings", p_readings=readings, p_validar=validate)
    verdicts = msgspec.json.decode(answer, type=_Counts)
    note(verdicts=verdicts)
    if not validate:
        meters.judged(msgspec.structs.asdict(verdicts))
    return answer


def _alone(result: dict[str, Any]) -> Response:
    """The verdict on a single reading as a response. Raises ApiError unless it is stored or a duplicate."""
    verdict = result["verdict"]
    if verdict in _STORED:
        stored = {name: result[name] for name in ("verdict", "cdPosicao", "blArea", "nrDistancia")}
        return reply(stored, _STORED[verdict])
    status = 409 if verdict == "conflict" else _REJECTED.get(result["error_code"], 422)
    raise ApiError(status, result["error_code"], result["error"], {"verdict": verdict})
