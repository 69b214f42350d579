"""/v2/dispositivos/<cdDispositivo>/credenciais: logins of a device at the MQTT broker."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Id, PageSize, Query, Uuid, UuidCursor

from .schemas import Login, LoginPage, LoginWanted, NewLogin

device_logins = resource("credenciais", "Logins of devices at the MQTT broker, managed by admins")

_MAX_BODY = 4 << 10  # bytes
_PATH = "/dispositivos/<cdDispositivo>/credenciais"


class DevicePath(Query):
    """Which device."""

    cdDispositivo: Id = Field(json_schema_extra={"example": 7}, description="Its code.")


class LoginsQuery(Query):
    """Which page."""

    pageSize: PageSize = Field(default=50, description="Logins per page.")
    cursor: UuidCursor = None


class LoginPath(DevicePath):
    """Which login of which device."""

    cdCredencial: Uuid = Field(
        json_schema_extra={"example": "0b8f4c1a-5a51-4f0e-8f7e-2f1d0c9b8a77"}, description="Its code."
    )


@device_logins.get(_PATH, responses={200: LoginPage, **errors(404)})
def get_credenciais(path: DevicePath, query: LoginsQuery) -> Response:
    """The logins of a device, newest first, including expired ones."""
    device, size, cursor = path.cdDispositivo, query.pageSize, query.cursor
    return reply(rpc("get_credenciais", p_cd_dispositivo=device, p_page_size=size, p_cursor=cursor))


@device_logins.post(
    _PATH,
    responses={201: NewLogin, **errors(404, 408, 413, 415)},
    openapi_extensions=json_body(LoginWanted, usual={}, at_once={"nrHoras": 0}),
)
def post_credencial(path: DevicePath) -> Response:
    """Create a login. Its secret is returned only once; existing logins stay valid for a while."""
    wanted = bodies.document(LoginWanted, _MAX_BODY)
    made = rpc("criar_credencial", p_cd_dispositivo=path.cdDispositivo, p_nr_horas=wanted.nrHoras)
    return reply(made, 201)


@device_logins.delete(f"{_PATH}/<cdCredencial>", responses={200: Login, **errors(404)})
def delete_credencial(path: LoginPath) -> Response:
    """Revoke a login. The broker refuses it once its files have been written again."""
    ended = rpc("revogar_credencial", p_cd_dispositivo=path.cdDispositivo, p_cd_credencial=path.cdCredencial)
    return reply(ended)
