"""GET /v2/eu: who calls, so that a front end knows what to show."""

from __future__ import annotations

from flask import Response

from app.http.kit.blueprint import resource
from app.http.kit.call import reply, rpc

from .schemas import Me

me = resource("eu", "Who calls: role, clients and permissions")


@me.get("/eu", responses={200: Me})
def get_eu() -> Response:
    """The caller: a person, an API key or the service. It counts as no call of a key with limits."""
    return reply(rpc("get_eu"))
