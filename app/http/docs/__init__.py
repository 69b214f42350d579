"""The OpenAPI description, a page to browse it, and TypeScript types of the database. Public."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_openapi3.models import OPENAPI3_REF_TEMPLATE
from flask_openapi3.models.info import Info
from flask_openapi3.models.schema import Schema
from flask_openapi3.openapi import OpenAPI
from flask_openapi3_swagger.plugins import RegisterPlugin  # type: ignore[import-untyped]
from pydantic.json_schema import models_json_schema

from app.http.kit.blueprint import REFERENCED, SECURITY_SCHEMES
from app.http.kit.call import reply
from app.http.kit.parameters import refuse
from app.http.kit.schemas import Error

_INFO = Info(
    title="Rastro",
    version="2",
    description="Positions and sensor readings of a fleet of field devices, stored exactly once. "
    "TypeScript types of the database for supabase-js are at /types/supabase.ts.",
)

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
    """The description, OpenAPI 3.1."""
    return reply(cast(OpenAPI, current_app).api_doc)


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
