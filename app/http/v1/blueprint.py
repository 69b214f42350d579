"""A blueprint of legacy routes, with their error body: ``{"message": text}`` in Portuguese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from app.errors import ApiError
from app.http.kit.blueprint import (
    SECURITY_SCHEMES,
    Permission,
    errors,
    json_response,
    need,
    operation_id,
    require_credentials,
)
from app.http.kit.call import as_api_error, error_response
from app.http.kit.successors import mark_deprecated

ROWS: dict[Any, Any] = {200: json_response("Rows", {"type": "array", "items": {"type": "object"}})}
OBJECT: dict[Any, Any] = {200: json_response("An object", {"type": "object"})}

_BY_STATUS = {
    401: "Não autorizado",
    403: "Sem permissão",
    404: "Não encontrado",
    408: "A requisição demorou demais para chegar",
    409: "Conflito com o que está gravado",
    413: "Grande demais",
    415: "Tipo de conteúdo não suportado",
    429: "Requisições demais; tente mais tarde",
    500: "Erro interno",
    503: "Banco de dados indisponível no momento; tente novamente",
}
_BY_CODE = {
    "MISSING_PARAMETER": "{parameter} necessário",
    "INVALID_DATE_FORMAT": "{parameter} deve ser uma data no formato YYYYMMDD",
    "INVALID_DATE_RANGE": "{parameter} deve ser anterior ao fim",
    "RANGE_TOO_WIDE": "Período longo demais; peça menos tempo de cada vez",
}


class Message(BaseModel):
    """The error body of legacy routes, for any status."""

    message: str = Field(description="Error message in Portuguese.")


class OldError(ApiError):
    """An error with the exact text of the legacy application."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, "OLD", message)


def old_resource(
    name: str, guard: Callable[[], None] = require_credentials, needs: Permission | None = None
) -> APIBlueprint:
    """A blueprint in which ``guard`` identifies every caller, with the legacy error body."""
    blueprint = APIBlueprint(
        f"v1 {name}",
        __name__,
        abp_tags=[Tag(name=f"v1 {name}", description="Legacy routes, kept for existing applications")],
        abp_security=[{scheme: []} for scheme in SECURITY_SCHEMES],
        abp_responses=errors(400, 401, 403, 429, 500, 503, shape=Message),
        operation_id_callback=operation_id,
    )
    blueprint.before_request(guard)
    blueprint.after_request(mark_deprecated)
    need(blueprint.name, needs)
    blueprint.register_error_handler(Exception, _answer)
    return blueprint


def _answer(error: Exception) -> Response:
    known = as_api_error(error)
    return error_response(known, {"message": _words(known)})


def _words(error: ApiError) -> str:
    if error.error_code == "OLD":
        return error.error
    if error.error_code in _BY_CODE and (error.details or "{" not in _BY_CODE[error.error_code]):
        return _BY_CODE[error.error_code].format(**(error.details or {}))
    if error.status == 400 and isinstance(error.details, dict) and "parameter" in error.details:
        return f"{error.details['parameter']} inválido"
    return _BY_STATUS.get(error.status, "Requisição inválida")
