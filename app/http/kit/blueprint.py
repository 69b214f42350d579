"""Blueprints whose routes need credentials, and helpers that describe routes in OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from flask import g, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from app.http.kit import shares
from app.http.kit.call import require_admission
from app.http.kit.exact import mark_exact
from app.http.kit.known import require_known_parameters
from app.http.kit.log import note
from app.identity.auth import authenticate

from .schemas import Error

SECURITY_SCHEMES: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Token of Supabase Auth.",
    },
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "API key of an integration or a gateway.",
    },
}
_MEANING = {
    400: "A parameter or the body is invalid",
    401: "Credentials are missing or invalid",
    403: "You do not have permission to do this",
    404: "The resource does not exist or is not visible to you",
    408: "The request took too long to arrive",
    409: "Conflict with stored data (a reading is quarantined), or other rows refer to it",
    412: "The row has changed since it was read",
    413: "Too large, or too many readings",
    415: "Unsupported Content-Type or Content-Encoding",
    422: "It cannot be stored (a reading is quarantined)",
    429: "Too many requests",
    500: "Internal error",
    503: "The database is not available or is busy",
}
REFERENCED: dict[type[BaseModel], JsonSchemaMode] = {}
"""The models that routes name by reference: bodies as they are read, others as they are written."""
Permission = Literal["read", "ingest", "admin"]
_WITH_BODY = ("POST", "PUT", "PATCH")
_NEEDED: dict[str, Permission] = {}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait before trying again", "schema": {"type": "integer"}}
}


def require_credentials() -> None:
    """Identify the caller before every request to a protected blueprint. Raises ApiError 401, 403, 429, 503.

    OPTIONS passes: a browser's preflight carries no credentials, and its answer names methods only. Before a
    body is read PostgreSQL confirms the caller: whoever is unknown costs a look-up, whatever they send.
    """
    if request.method != "OPTIONS":
        g.principal = authenticate()
        note(caller=g.principal.label)
        shares.begin(g.principal.share)
        if request.method in _WITH_BODY:
            require_admission(_NEEDED.get(request.blueprint or ""))


def resource(name: str, about: str, prefix: str = "/v2", needs: Permission | None = None) -> APIBlueprint:
    """A blueprint whose every route asks for credentials; ``needs``: to have a body read."""
    blueprint = APIBlueprint(
        name,
        __name__,
        url_prefix=prefix,
        abp_tags=[Tag(name=name, description=about)],
        abp_security=[{scheme: []} for scheme in SECURITY_SCHEMES],
        abp_responses=errors(400, 401, 403, 429, 500, 503),
        operation_id_callback=operation_id,
    )
    blueprint.before_request(require_credentials)
    if prefix == "/v2":
        blueprint.before_request(require_known_parameters)
        blueprint.after_request(mark_exact)
    need(blueprint.name, needs)
    return blueprint


def need(blueprint: str, permission: Permission | None) -> None:
    """Bodies sent to this blueprint are read only for callers with the permission."""
    if permission:
        _NEEDED[blueprint] = permission


def operation_id(*, name: str, path: str, method: str) -> str:
    """The operation id: the name of the handler, which generated clients use."""
    return name


def errors(*statuses: int, shape: type[BaseModel] = Error) -> dict[str | int, Any]:
    """Responses for these statuses, all in one shape."""
    return {status: _error(status, shape) for status in statuses}


def _error(status: int, shape: type[BaseModel]) -> dict[str, Any]:
    response = {"description": _MEANING[status], "content": _json({"$ref": _ref(shape)})}
    return {**response, "headers": _RETRY_AFTER} if status in (429, 503) else response


def json_body(schema: type[BaseModel] | Mapping[str, Any], **examples: Any) -> dict[str, Any]:
    """Describes a request body, by a model or a schema; reading it stays with the handler."""
    if isinstance(schema, type):
        REFERENCED[schema] = "validation"
        schema = of(schema)
    named = {name: {"value": value} for name, value in examples.items()}
    return {"requestBody": {"required": True, "content": _json(schema, examples=named)}}


def json_response(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Describes a response that is not simply one model."""
    return {"description": description, "content": _json(schema)}


def of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of one model, by reference."""
    return {"$ref": _ref(model)}


def list_of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a list of them."""
    return {"type": "array", "items": of(model)}


def _ref(model: type[BaseModel]) -> str:
    REFERENCED.setdefault(model, "serialization")
    return f"#/components/schemas/{model.__name__}"


def _json(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"application/json": {"schema": dict(schema), **more}}
