"""GET /health/live, /ready and /timeseries: for whoever starts, stops and watches this process. Public."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from app.errors import from_sqlstate
from app.http.kit.blueprint import errors, operation_id
from app.http.kit.call import backend, reply
from app.identity.principal import NOBODY

from .schemas import Health, SeriesHealth

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


@health.get("/timeseries", responses={200: SeriesHealth, **errors(500, 503)})
def timeseries() -> Response:
    """How the upkeep of the time series gets on; 200 also when it is degraded, as `status` says."""
    return reply(backend().call("get_saude_series", NOBODY).json)


@health.get("/ready", responses={200: Health, **errors(500, 503)})
def ready() -> Response:
    """The database answers too."""
    if not backend().ready():
        raise from_sqlstate("08006")
    return reply({"status": "ok"})
