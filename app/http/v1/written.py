"""Bodies of the legacy routes that register entities, and their error texts."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from app.http.kit import bodies
from app.http.v2.fleet import schemas
from app.http.v2.fleet.schemas import Destinatario, Produto
from app.http.v2.fleet.sensor_schemas import Sensor

from .blueprint import OldError

_MAX_BODY = 32 << 10  # bytes


class Dispositivo(schemas.Dispositivo):
    """A device as the legacy routes take it."""

    nrChip: int | None = None  # type: ignore[assignment]  # a number


HIDDEN = ("cdUnidadeBat", "jsMeta", "dtMeta")  # columns that the legacy routes do not have
_MODELS: dict[str, type[BaseModel]] = {
    "destinatarios": Destinatario,
    "dispositivos": Dispositivo,
    "produtos": Produto,
    "sensores": Sensor,
}
_TYPES = {
    "string": "texto",
    "int": "inteiro",
    "float": "número",
    "time": "hora",
    "literal": "situação conhecida",
}


def columns(kind: str, *, partial: bool = False) -> dict[str, Any]:
    """The body's members that are columns; others are left out, as they always were.

    ``partial``: required ones may be missing. Raises OldError 400.
    """
    model, sent = _MODELS[kind], bodies.members(_MAX_BODY)
    known = {name: value for name, value in sent.items() if name in model.model_fields and name not in HIDDEN}
    try:
        model.model_validate(known)
    except ValidationError as invalid:
        _refuse(invalid, partial)
    return known


def _refuse(invalid: ValidationError, partial: bool) -> None:
    for fault in invalid.errors(include_url=False, include_input=False):
        name, kind = fault["loc"][0], fault["type"]
        if kind == "string_too_long":
            most = fault["ctx"]["max_length"]
            raise OldError(400, f"Campo {name} deve ter no máximo {most} caracteres.")
        if kind in ("greater_than_equal", "less_than_equal", "notation"):
            raise OldError(400, f"Campo {name} está fora do intervalo permitido.")
        if kind != "missing":
            raise OldError(400, f"Campo {name} deve ser do tipo {_TYPES.get(kind.split('_')[0], 'inteiro')}.")
        if not partial:
            raise OldError(400, f"Campo {name} é necessário.")
