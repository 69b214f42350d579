"""GET /health/live, /health/ready and /health/timeseries, for orchestrators. Public."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from app.http.kit import shares
from app.http.kit.blueprint import errors, operation_id
from app.http.kit.call import backend, reply
from app.identity.auth import authenticate, has_credentials
from app.identity.principal import NOBODY, Principal

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
    """Liveness: the process answers."""
    return reply({"status": "ok"})


@health.get("/timeseries", responses={200: SeriesHealth, **errors(401, 429, 500, 503)})
def timeseries() -> Response:
    """Health of time-series maintenance. The status code is 200 even if `status` is degraded.

    Codes and numbers are public. `steps`, whose errors may quote SQL, are for the role service only:
    send its token or key, which is optional here.
    """
    return reply(backend().call("get_saude_series", whoever()).json)


def whoever() -> Principal:
    """The caller, where there are credentials, with its share. Raises ApiError 401, 429."""
    caller = authenticate() if has_credentials() else NOBODY
    shares.begin(caller.share)
    return caller


@health.get("/ready", responses={200: Health, **errors(500, 503)})
def ready() -> Response:
    """Readiness: the database answers and has been migrated.

    Otherwise 503: `UNAVAILABLE` or `BUSY`; `SCHEMA_MISSING` before the first migration; `SCHEMA_BEHIND`, with
    the functions that are missing and, where the API can read which were applied, the migrations, before
    those of this version. The last two say what to run.
    """
    backend().require_ready()
    return reply({"status": "ok"})
