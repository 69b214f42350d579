"""GET /health/live and /health/ready: for whoever starts, stops and routes to this process. Public."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from ..errors import from_sqlstate
from .exchange import backend, reply
from .resource import errors, operation_id
from .schemas import Health

health = APIBlueprint(
    "health",
    __name__,
    url_prefix="/health",
    abp_tags=[Tag(name="health", description="For orchestrators; public")],
    operation_id_callback=operation_id,
)


@health.get("/live", responses={200: Health, **errors(500)})
def live() -> Response:
    """The process answers."""
    return reply({"status": "ok"})


@health.get("/ready", responses={200: Health, **errors(500, 503)})
def ready() -> Response:
    """The database answers too."""
    if not backend().ready():
        raise from_sqlstate("08006")
    return reply({"status": "ok"})
