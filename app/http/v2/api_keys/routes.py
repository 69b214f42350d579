"""/v2/api-keys: admins create, list, limit, rotate and revoke keys of integrations and gateways."""

from __future__ import annotations

import msgspec
from flask import Response
from pydantic import Field

from app.errors import from_status
from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import PageSize, Query, Uuid, UuidCursor

from .schemas import ApiKey, KeyPage, KeyWanted, Limits, NewApiKey, Rotation

api_keys = resource("api-keys", "API keys of integrations and gateways")

_MAX_BODY = 32 << 10  # bytes; a thousand clients fit


class KeysQuery(Query):
    """Which page."""

    pageSize: PageSize = Field(default=50, description="Keys per page.")
    cursor: UuidCursor = None


class KeyPath(Query):
    """Which key."""

    cdApiKey: Uuid = Field(
        json_schema_extra={"example": "5f0c1c5e-8a60-4c0e-9a53-0d5a4f6f3c11"}, description="Its code."
    )


@api_keys.get("/api-keys", responses={200: KeyPage})
def get_keys(query: KeysQuery) -> Response:
    """The keys you manage, newest first: your own and all of your clients, also of people who have left."""
    return reply(rpc("get_api_keys", p_page_size=query.pageSize, p_cursor=query.cursor))


@api_keys.get("/api-keys/<cdApiKey>", responses={200: ApiKey, **errors(404)})
def get_key(path: KeyPath) -> Response:
    """One API key, with the time of its last use."""
    found = msgspec.json.decode(rpc("get_api_keys", p_cd_api_key=path.cdApiKey))["data"]
    if not found:
        raise from_status(404, "The API key does not exist or is not visible to you.")
    return reply(found[0])


@api_keys.post(
    "/api-keys",
    responses={201: NewApiKey, **errors(408, 413, 415)},
    openapi_extensions=json_body(
        KeyWanted,
        gateway={"dsNome": "gateway of the north", "dsPermissoes": ["ingest"], "nrLimiteMinuto": 600},
        report={"dsNome": "weekly report", "dtExpiracao": "2099-12-31T00:00:00Z"},
    ),
)
def post_key() -> Response:
    """Create a key. Its text is returned only once, in this response."""
    wanted = bodies.document(KeyWanted, _MAX_BODY)
    made = rpc(
        "criar_api_key",
        p_ds_nome=wanted.dsNome,
        p_ds_permissoes=wanted.dsPermissoes,
        p_cd_clientes=wanted.cdClientes,
        p_dt_expiracao=wanted.dtExpiracao,
        p_nr_limite_minuto=wanted.nrLimiteMinuto,
        p_nr_cota_diaria=wanted.nrCotaDiaria,
    )
    return reply(made, 201)


@api_keys.post(
    "/api-keys/<cdApiKey>/rotacionar",
    responses={201: NewApiKey, **errors(404, 408, 409, 413, 415)},
    openapi_extensions=json_body(Rotation, usual={}, at_once={"nrHoras": 0}),
)
def post_rotacionar(path: KeyPath) -> Response:
    """Replace a key by one with the same permissions and limits. The old key stays valid for a while."""
    asked = bodies.document(Rotation, _MAX_BODY)
    return reply(rpc("rotacionar_api_key", p_cd_api_key=path.cdApiKey, p_nr_horas=asked.nrHoras), 201)


@api_keys.put(
    "/api-keys/<cdApiKey>/limites",
    responses={200: ApiKey, **errors(404, 408, 413, 415)},
    openapi_extensions=json_body(Limits, some={"nrLimiteMinuto": 600, "nrCotaDiaria": 50_000}, none={}),
)
def put_limites(path: KeyPath) -> Response:
    """Set the limits of a key. They apply from the next call on."""
    limits = bodies.document(Limits, _MAX_BODY)
    changed = rpc(
        "limitar_api_key",
        p_cd_api_key=path.cdApiKey,
        p_nr_limite_minuto=limits.nrLimiteMinuto,
        p_nr_cota_diaria=limits.nrCotaDiaria,
    )
    return reply(changed)


@api_keys.delete("/api-keys/<cdApiKey>", responses={200: ApiKey, **errors(404)})
def delete_key(path: KeyPath) -> Response:
    """Revoke a key, and the keys and logins that it made. The next call with one of them is refused."""
    return reply(rpc("revogar_api_key", p_cd_api_key=path.cdApiKey))
