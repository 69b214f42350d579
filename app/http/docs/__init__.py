"""The OpenAPI description, a page to browse it, and TypeScript types of the database. Public."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_openapi3.models import OPENAPI3_REF_TEMPLATE
from flask_openapi3.models.info import Info
from flask_openapi3.models.schema import Schema
from flask_openapi3.openapi import OpenAPI
from flask_openapi3_swagger.plugins import RegisterPlugin  # type: ignore[import-untyped]
from pydantic.json_schema import models_json_schema

from app.http.kit.blueprint import REFERENCED, SECURITY_SCHEMES
from app.http.kit.parameters import refuse
from app.http.kit.schemas import Error

from .description import of_v1, of_v2

_ABOUT = """Positions and sensor readings of a fleet of field devices, stored exactly once.

**Credentials.** `Authorization: Bearer` with a token of Supabase Auth, or `X-API-Key`. `GET /v2/eu` says
who calls.

**Lists** are `{data, nextCursor}`: pass `nextCursor`, an opaque text, as `cursor` until it is null. Unknown
parameters are 400.

**Times** in answers are UTC and end with `Z`. Ranges take instants with an offset, or days of the zone
`fuso`.

**Errors** are `{error, error_code, details}`; look at `error_code`. Send again after `Retry-After` seconds
at 429 and 503.

**Names** are Portuguese stems: `cd` code, `ds` text, `nr` number, `dt` time, `bl` boolean; `dispositivo`
device, `destinatario` site, `posicao` position, `produto` product, `cliente` tenant.

**A first screen.** Names of devices: `GET /v2/dispositivos`. Positions: `GET /v2/TbPosicaoAtual`, or `GET
/v2/stream`, which sends all of them and then what changes. Latest values of sensors: `GET /v2/data/latest`;
their codes as `sensores` make the stream send values, too.

TypeScript types of the database for supabase-js are at /types/supabase.ts; routes kept for older
applications are described at /openapi-v1.json."""
_INFO = Info(title="Rastro", version="2", description=_ABOUT)

# Arguments of flask_openapi3.OpenAPI. We answer for refused queries ourselves. The library describes its own
# validation error where a route has none of that status; every route has a 500, so it never does.
OPENAPI: dict[str, Any] = {
    "info": _INFO,
    "security_schemes": SECURITY_SCHEMES,
    "validation_error_status": 500,
    "validation_error_model": Error,
    "validation_error_callback": refuse,
    "doc_ui": False,
}

# Generated from the migrations by scripts/db types.
_TYPES = (Path(__file__).parent / "database.types.ts").read_bytes()
_TYPES_MAX_AGE_S = 300

docs = Blueprint("docs", __name__)


def init_app(app: OpenAPI) -> None:
    """Describe the models that routes name by reference, and serve the pages."""
    _, described = models_json_schema(list(REFERENCED.items()), ref_template=OPENAPI3_REF_TEMPLATE)
    app.components_schemas |= {name: Schema(**schema) for name, schema in described["$defs"].items()}
    app.register_blueprint(docs)
    app.register_blueprint(RegisterPlugin.register(doc_url="../openapi.json"), url_prefix="/docs")


@docs.get("/openapi.json")
def openapi_json() -> Response:
    """The description of v2, OpenAPI 3.1."""
    return _described("v2", of_v2)


@docs.get("/openapi-v1.json")
def openapi_v1_json() -> Response:
    """The description of the legacy routes, OpenAPI 3.1."""
    return _described("v1", of_v1)


def _described(part: str, of: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """A description, made once: it changes with releases only."""
    made: dict[str, bytes] = current_app.extensions.setdefault("rastro.described", {})
    if part not in made:
        made[part] = msgspec.json.encode(of(cast(OpenAPI, current_app).api_doc))
    response = Response(made[part], content_type="application/json")
    response.add_etag()
    return cast(Response, response.make_conditional(request))


@docs.get("/docs")
@docs.get("/docs/")
def docs_page() -> ResponseReturnValue:
    """Redirect to the page."""
    return redirect("/docs/swagger")


@docs.get("/types/supabase.ts")
def supabase_types() -> Response:
    """Tables, views and functions of the database, for supabase-js. They change with releases only."""
    response = Response(_TYPES, content_type="text/typescript; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = _TYPES_MAX_AGE_S
    response.add_etag()
    return cast(Response, response.make_conditional(request))
