"""/v2/clientes/<cdCliente>/retencao and …/guardas-legais: how long data is kept, dry run, legal holds."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, resource
from app.http.kit.call import reply, reply_page, rpc
from app.http.kit.parameters import Days, Id, IdCursor, PageSize, Query

from .schemas import (
    LegalHold,
    LegalHoldPage,
    LegalHoldWanted,
    RetentionPolicy,
    RetentionPolicyWanted,
    RetentionPreview,
)

retention = resource("retencao", "How long data of a client is kept, and legal holds; managed by admins")

_MAX_BODY = 4 << 10  # bytes
_POLICY = "/clientes/<cdCliente>/retencao"
_HOLDS = "/clientes/<cdCliente>/guardas-legais"


class ClientPath(Query):
    """Whose."""

    cdCliente: Id = Field(json_schema_extra={"example": 1}, description="The client.")


class HoldPath(ClientPath):
    """Which legal hold of whom."""

    cdGuardaLegal: Id = Field(json_schema_extra={"example": 1}, description="Its code.")


class PreviewQuery(Query):
    """A policy to try; by default the one that holds."""

    nrDiasBruto: Days | None = Field(default=None, description="Days for positions and values.")
    nrDias1m: Days | None = Field(default=None, description="Days for rollups by the minute.")
    nrDias5m: Days | None = Field(default=None, description="Days for rollups by 5 minutes.")
    nrDias1h: Days | None = Field(default=None, description="Days for rollups by the hour.")


class HoldsQuery(Query):
    """Which page."""

    pageSize: PageSize = Field(default=50, description="Legal holds per page.")
    cursor: IdCursor = None


@retention.get(_POLICY, responses={200: RetentionPolicy, **errors(404)})
def get_retencao(path: ClientPath) -> Response:
    """How long data of a client is kept."""
    return reply(rpc("get_retencao", p_cd_cliente=path.cdCliente))


@retention.put(
    _POLICY,
    responses={200: RetentionPolicy, **errors(404, 408, 413, 415)},
    openapi_extensions=json_body(
        RetentionPolicyWanted,
        two_years={"nrDiasBruto": 730, "nrDias1m": 730, "nrDias5m": 730, "nrDias1h": 1825},
        for_ever={"nrDiasBruto": None, "nrDias1m": None, "nrDias5m": None, "nrDias1h": None},
    ),
)
def put_retencao(path: ClientPath) -> Response:
    """Give a client a policy of its own. What is older is deleted for good: look at the dry run first."""
    wanted = bodies.document(RetentionPolicyWanted, _MAX_BODY)
    changed = rpc(
        "mudar_retencao",
        p_cd_cliente=path.cdCliente,
        p_nr_dias_bruto=wanted.nrDiasBruto,
        p_nr_dias_1m=wanted.nrDias1m,
        p_nr_dias_5m=wanted.nrDias5m,
        p_nr_dias_1h=wanted.nrDias1h,
    )
    return reply(changed)


@retention.delete(_POLICY, responses={200: RetentionPolicy, **errors(404)})
def delete_retencao(path: ClientPath) -> Response:
    """Delete the policy of a client: the one for everybody holds again."""
    return reply(rpc("apagar_retencao", p_cd_cliente=path.cdCliente))


@retention.get(f"{_POLICY}/previa", responses={200: RetentionPreview, **errors(404)})
def get_previa(path: ClientPath, query: PreviewQuery) -> Response:
    """What a policy would delete now: rows, bytes, the oldest kept, and what could not be answered."""
    preview = rpc(
        "prever_retencao",
        p_cd_cliente=path.cdCliente,
        p_nr_dias_bruto=query.nrDiasBruto,
        p_nr_dias_1m=query.nrDias1m,
        p_nr_dias_5m=query.nrDias5m,
        p_nr_dias_1h=query.nrDias1h,
    )
    return reply(preview)


@retention.get(_HOLDS, responses={200: LegalHoldPage, **errors(404)})
def get_guardas_legais(path: ClientPath, query: HoldsQuery) -> Response:
    """Legal holds of a client and of its devices, newest first."""
    client, size, cursor = path.cdCliente, query.pageSize, query.cursor
    page = rpc("get_guardas_legais", p_cd_cliente=client, p_page_size=size, p_cursor=cursor)
    return reply_page(page)


@retention.post(
    _HOLDS,
    responses={201: LegalHold, **errors(404, 408, 409, 413, 415)},
    openapi_extensions=json_body(LegalHoldWanted, device={"cdDispositivo": 7, "dsMotivo": "Case 123/2026"}),
)
def post_guarda_legal(path: ClientPath) -> Response:
    """Set a legal hold: nothing of the client, or device, expires or is deleted. Only service lifts it."""
    wanted = bodies.document(LegalHoldWanted, _MAX_BODY)
    made = rpc(
        "criar_guarda_legal",
        p_cd_cliente=path.cdCliente,
        p_cd_dispositivo=wanted.cdDispositivo,
        p_ds_motivo=wanted.dsMotivo,
    )
    return reply(made, 201)


@retention.delete(f"{_HOLDS}/<cdGuardaLegal>", responses={200: LegalHold, **errors(404)})
def delete_guarda_legal(path: HoldPath) -> Response:
    """Lift a legal hold; with the role service. A device then expires as far as its client's others have."""
    client, code = path.cdCliente, path.cdGuardaLegal
    return reply(rpc("apagar_guarda_legal", p_cd_cliente=client, p_cd_guarda_legal=code))
