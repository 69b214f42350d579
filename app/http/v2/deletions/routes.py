"""/v2/exclusoes: the service deletes the series of a device, or a person, with a receipt."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Id, PageSize, Query, Uuid, UuidCursor

from .schemas import DeletionReceipt, DeletionReceiptPage, DeletionWanted

deletions = resource(
    "exclusoes", "Deletion of a device's series, or of a person, on request; with the role service"
)

_MAX_BODY = 4 << 10  # bytes


class DeletionPath(Query):
    """Which request."""

    cdExclusao: Uuid = Field(
        json_schema_extra={"example": "7a4f1c1e-6d1b-4a57-9a0e-3f9f7f4f2b10"},
        description="Code of the request, chosen by the caller.",
    )


class DeletionsQuery(Query):
    """Which ones, and which page of them."""

    cdDispositivo: Id | None = Field(default=None, description="Only those of the series of this device.")
    cdUsuario: Uuid | None = Field(default=None, description="Only those of this person.")
    cdCliente: Id | None = Field(default=None, description="Only those of what was this client's.")
    pageSize: PageSize = Field(default=50, description="Receipts per page.")
    cursor: UuidCursor = None


@deletions.get("/exclusoes", responses={200: DeletionReceiptPage})
def get_exclusoes(query: DeletionsQuery) -> Response:
    """Receipts of deletions, newest first. A person is found by its id, which receipts do not have."""
    page = rpc(
        "get_exclusoes",
        p_cd_dispositivo=query.cdDispositivo,
        p_cd_usuario=query.cdUsuario,
        p_cd_cliente=query.cdCliente,
        p_page_size=query.pageSize,
        p_cursor=query.cursor,
    )
    return reply(page)


@deletions.put(
    "/exclusoes/<cdExclusao>",
    responses={200: DeletionReceipt, **errors(404, 408, 409, 413, 415)},
    openapi_extensions=json_body(
        DeletionWanted, usual={"cdDispositivo": 5, "dsMotivo": "Request 17 of the owner"}
    ),
)
def put_exclusao(path: DeletionPath) -> Response:
    """Delete all that a device sent, or a person. The same request has the same receipt.

    Of a device, what is made of its readings is deleted, too; the device itself stays. What is too much for
    one call is deleted by maintenance. Of a person, account, profile and API keys are deleted at once, and
    the code of the request replaces the id where rows say who did something; maintenance looks again after
    some minutes for what calls in flight wrote. dtFim is null until then. Nothing is deleted under a legal
    hold.
    """
    wanted = bodies.document(DeletionWanted, _MAX_BODY)
    request = {"p_cd_exclusao": path.cdExclusao, "p_ds_motivo": wanted.dsMotivo}
    if wanted.cdUsuario is not None:
        return reply(rpc("excluir_pessoa", p_cd_usuario=wanted.cdUsuario, **request))
    return reply(rpc("excluir_serie", p_cd_dispositivo=wanted.cdDispositivo, **request))


@deletions.get("/exclusoes/<cdExclusao>", responses={200: DeletionReceipt, **errors(404)})
def get_exclusao(path: DeletionPath) -> Response:
    """The receipt of a deletion."""
    return reply(rpc("get_exclusao", p_cd_exclusao=path.cdExclusao))
