"""GET and DELETE /v2/erros-ingestao, POST /v2/erros-ingestao/reprocessar: list, discard and replay."""

from __future__ import annotations

import msgspec
from flask import Response
from pydantic import ConfigDict, Field

from app.errors import ApiError, from_status
from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, resource
from app.http.kit.call import reply, reply_page, rpc
from app.http.kit.parameters import Code, CodeCursor, Codes, Id, PageSize, Query, Text

from .replay import replay_messages
from .schemas import Discarded, Quarantined, QuarantinePage, Replay, Replayed

quarantine = resource(
    "erros-ingestao",
    "Quarantine: data that could not be stored; list it, fix the cause, replay it, or discard it",
)

_MAX_BODY = 128 << 10  # bytes; 5,000 codes of 20 digits fit
_EXAMPLES = {
    "all": {},
    "reason": {"motivo": "UNKNOWN_DEVICE", "limite": 100},
    "chosen": {"cdErros": [42, 43]},
}


class ErrosQuery(Query):
    """Which ones, and which page of them."""

    motivo: Text | None = Field(default=None, description="Only payloads with this dsMotivo.")
    cdDispositivo: Id | None = Field(default=None, description="Only payloads of this device.")
    pageSize: PageSize = Field(default=50, description="Rows per page.")
    cursor: CodeCursor = None


class DiscardQuery(Query):
    """Which ones to discard; without any parameter, all that you manage."""

    model_config = ConfigDict(extra="forbid")  # a misspelled parameter must not discard all

    cdErros: Codes | None = Field(default=None, description="Only these, separated by commas.")
    motivo: Text | None = Field(default=None, description="Only payloads with this dsMotivo.")
    cdDispositivo: Id | None = Field(default=None, description="Only payloads of this device.")


class ErroPath(Query):
    """Which one."""

    cdErro: Code = Field(json_schema_extra={"example": 1}, description="Its code.")


@quarantine.get("/erros-ingestao", responses={200: QuarantinePage})
def get_erros(query: ErrosQuery) -> Response:
    """Quarantined payloads; empty if nothing is visible."""
    page = rpc(
        "get_erros_ingestao",
        p_ds_motivo=query.motivo,
        p_cd_dispositivo=query.cdDispositivo,
        p_page_size=query.pageSize,
        p_cursor=query.cursor,
    )
    return reply_page(page)


@quarantine.delete("/erros-ingestao", responses={200: Discarded, **errors(409)})
def delete_erros(query: DiscardQuery) -> Response:
    """Delete quarantined payloads for good, oldest first, at most 10,000 at once; none under legal hold."""
    discarded = rpc(
        "descartar_erros",
        p_cd_erros=query.cdErros,
        p_ds_motivo=query.motivo,
        p_cd_dispositivo=query.cdDispositivo,
    )
    return reply(discarded)


@quarantine.get("/erros-ingestao/<cdErro>", responses={200: Quarantined, **errors(404)})
def get_erro(path: ErroPath) -> Response:
    """One quarantined payload."""
    found = msgspec.json.decode(rpc("get_erros_ingestao", p_cd_erro=path.cdErro))["data"]
    if not found:
        raise _unknown()
    return reply(found[0])


@quarantine.delete("/erros-ingestao/<cdErro>", responses={200: Discarded, **errors(404, 409)})
def delete_erro(path: ErroPath) -> Response:
    """Delete one quarantined payload for good."""
    discarded = rpc("descartar_erros", p_cd_erros=[path.cdErro])
    if not msgspec.json.decode(discarded)["discarded"]:
        raise _unknown()
    return reply(discarded)


def _unknown() -> ApiError:
    return from_status(404, "The quarantined payload does not exist or is not visible to you.")


@quarantine.post(
    "/erros-ingestao/reprocessar",
    responses={200: Replayed, **errors(408, 413, 415)},
    openapi_extensions=json_body(Replay, **_EXAMPLES),
)
def post_reprocessar() -> Response:
    """Replay quarantined payloads. Those that fail again stay and are counted.

    Messages of devices that the gateway could not read go through its adapters, at most 500 in a request.
    """
    asked = bodies.document(Replay, _MAX_BODY)
    counts = msgspec.json.decode(
        rpc("reprocessar_erros", p_cd_erros=asked.cdErros, p_ds_motivo=asked.motivo, p_nr_limite=asked.limite)
    )
    if counts["skipped"] and counts["total"] < asked.limite:
        chosen = None if asked.cdErros is None else set(asked.cdErros)
        found = replay_messages(chosen, asked.motivo, asked.limite - counts["total"])
        counts["skipped"] -= min(counts["skipped"], found.total())
        counts["total"] += found.total()
        for verdict, number in found.items():
            counts[verdict] += number
    return reply(counts)
