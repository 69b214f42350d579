"""/v2/pessoas and /v2/convites: admins invite, promote and remove people of their clients."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from app.http.kit import bodies
from app.http.kit.blueprint import errors, json_body, resource
from app.http.kit.call import reply, reply_page, rpc
from app.http.kit.parameters import Code, CodeCursor, PageSize, Query, Uuid, UuidCursor

from .schemas import Acceptance, Invitation, InvitationPage, InvitationWanted, Person, PersonPage, Role

people = resource(
    "pessoas", "People of a client and invitations to it; with a person's token, not with a key"
)

_MAX_BODY = 4 << 10  # bytes


class PeopleQuery(Query):
    """Which page."""

    pageSize: PageSize = Field(default=50, description="People per page.")
    cursor: UuidCursor = None


class InvitationsQuery(Query):
    """Which page."""

    pageSize: PageSize = Field(default=50, description="Invitations per page.")
    cursor: CodeCursor = None


class PersonPath(Query):
    """Who."""

    id: Uuid = Field(
        json_schema_extra={"example": "00000000-0000-4000-8000-0000000000a2"}, description="Their id."
    )


class InvitationPath(Query):
    """Which invitation."""

    cdConvite: Code = Field(json_schema_extra={"example": 1}, description="Its id.")


@people.get("/pessoas", responses={200: PersonPage})
def get_pessoas(query: PeopleQuery) -> Response:
    """The people of the clients you manage."""
    return reply(rpc("get_pessoas", p_page_size=query.pageSize, p_cursor=query.cursor))


@people.patch(
    "/pessoas/<id>",
    responses={200: Person, **errors(404, 408, 409, 413, 415)},
    openapi_extensions=json_body(Role, promote={"role": "admin"}),
)
def patch_pessoa(path: PersonPath) -> Response:
    """Change the role of a person. A reader's keys only read; invitations that an admin could list end."""
    return reply(rpc("mudar_pessoa", p_id=path.id, p_papel=bodies.document(Role, _MAX_BODY).role))


@people.delete("/pessoas/<id>", responses={200: Person, **errors(404, 409)})
def delete_pessoa(path: PersonPath) -> Response:
    """Remove a person from the client. Their API keys end for good, and so do the invitations they knew."""
    return reply(rpc("remover_pessoa", p_id=path.id))


@people.get("/convites", responses={200: InvitationPage})
def get_convites(query: InvitationsQuery) -> Response:
    """Invitations to the clients you manage, newest first, including expired ones."""
    return reply_page(rpc("get_convites", p_page_size=query.pageSize, p_cursor=query.cursor))


@people.post(
    "/convites",
    responses={201: Invitation, **errors(404, 408, 413, 415)},
    openapi_extensions=json_body(InvitationWanted, one={}, team={"nrLimite": 10, "nrDias": 30}),
)
def post_convite() -> Response:
    """Invite people: who signs up with dsChave, or accepts it, joins with the role default."""
    wanted = bodies.document(InvitationWanted, _MAX_BODY)
    made = rpc(
        "criar_convite", p_cd_cliente=wanted.cdCliente, p_nr_limite=wanted.nrLimite, p_nr_dias=wanted.nrDias
    )
    return reply(made, 201)


@people.delete("/convites/<cdConvite>", responses={200: Invitation, **errors(404)})
def delete_convite(path: InvitationPath) -> Response:
    """Revoke an invitation. People who have joined stay."""
    return reply(rpc("revogar_convite", p_id=path.cdConvite))


@people.post(
    "/convites/aceitar",
    responses={200: Person, **errors(404, 408, 409, 413, 415)},
    openapi_extensions=json_body(Acceptance, usual={"dsChave": "convite_…"}),
)
def post_aceitar() -> Response:
    """Accept an invitation. You must not belong to a client yet."""
    return reply(rpc("aceitar_convite", p_ds_chave=bodies.document(Acceptance, _MAX_BODY).dsChave))
