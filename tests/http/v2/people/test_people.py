"""The admin of a client invites, promotes and removes its people."""

import json
import uuid
from contextlib import closing

import psycopg2
import pytest
from pydantic import TypeAdapter

from app.http.v2.people.schemas import InvitationPage, PersonPage
from tests.http import callers


@pytest.fixture
def newcomer(app, fleet):
    """Somebody who has signed up without an invitation."""
    person = str(uuid.uuid4())
    _sign_up(fleet, person, {})
    return person, callers.Api(app.test_client(), callers.as_user(person))


def _sign_up(fleet, person, metadata):
    with closing(psycopg2.connect(fleet.owner_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into auth.users (id, raw_user_meta_data) values (%s, %s)", (person, json.dumps(metadata))
        )


def _people(api):
    answer = api.get("/v2/pessoas", pageSize=1000)
    TypeAdapter(PersonPage).validate_json(answer.data, strict=True)
    return {one["id"]: one for one in answer.json["data"]}


# Seen to fail: without the change of cdCliente in remover_pessoa.
def test_somebody_is_invited_promoted_and_removed(admin, newcomer):
    person, api = newcomer
    assert api.get("/v2/dispositivos").json["data"] == []
    invitation = admin.post("/v2/convites", {}).json
    joined = api.post("/v2/convites/aceitar", {"dsChave": invitation["dsChave"]})
    assert (joined.status_code, joined.json["cdCliente"], joined.json["role"]) == (200, 1, "default")
    assert api.get("/v2/dispositivos").json["data"]
    assert _people(admin)[person] == joined.json
    assert api.post("/v2/convites/aceitar", {"dsChave": invitation["dsChave"]}).status_code == 409
    assert api.post("/v2/produtos", {}).status_code == 403
    promoted = admin.patch(f"/v2/pessoas/{person}", {"role": "admin"})
    assert (promoted.status_code, promoted.json["role"]) == (200, "admin")
    assert api.post("/v2/produtos", {}).status_code == 201
    key = api.post("/v2/api-keys", {"dsNome": "theirs"}).json["dsKey"]
    keyed = callers.Api(admin.client, callers.with_key(key))
    assert keyed.get("/v2/dispositivos").json["data"]
    assert admin.patch(f"/v2/pessoas/{person}", {"role": "default"}).status_code == 200
    assert api.post("/v2/produtos", {}).status_code == 403
    removed = admin.delete(f"/v2/pessoas/{person}")
    assert (removed.status_code, removed.json["cdCliente"]) == (200, None)
    assert person not in _people(admin)
    assert api.get("/v2/dispositivos").json["data"] == []
    assert keyed.get("/v2/dispositivos").status_code == 401, "it has ended"
    assert admin.delete(f"/v2/pessoas/{person}").status_code == 404


def test_whoever_signs_up_with_an_invitation_has_joined(admin, fleet, app):
    invitation = admin.post("/v2/convites", {"nrLimite": 1, "nrDias": 1}).json
    people = [str(uuid.uuid4()) for _ in range(2)]
    for person in people:
        _sign_up(fleet, person, {"dsChave": invitation["dsChave"], "nome": "Ana"})
    assert [person in _people(admin) for person in people] == [True, False], "one place"
    listed = admin.get("/v2/convites", pageSize=1)
    TypeAdapter(InvitationPage).validate_json(listed.data, strict=True)
    assert listed.json["data"][0] == invitation | {"nrUsados": 1}
    following = admin.get("/v2/convites", pageSize=1, cursor=listed.json["nextCursor"]).json["data"]
    assert [one["id"] < invitation["id"] for one in following] == [True]


# Seen to fail: without dtExpiracao in lock_enrolment_code.
def test_an_invitation_that_has_ended_lets_nobody_in(admin, newcomer):
    _, api = newcomer
    invitation = admin.post("/v2/convites", {"nrLimite": 5}).json
    ended = admin.delete(f"/v2/convites/{invitation['id']}")
    assert ended.status_code == 200
    refused = api.post("/v2/convites/aceitar", {"dsChave": invitation["dsChave"]})
    assert (refused.status_code, refused.json["error_code"]) == (404, "NOT_FOUND")
    assert api.post("/v2/convites/aceitar", {"dsChave": "x"}).status_code == 404


def test_nobody_touches_themselves_others_or_those_above(admin, other, reader, app):
    before = _people(admin)
    assert admin.patch(f"/v2/pessoas/{callers.ADMIN}", {"role": "default"}).status_code == 409
    assert admin.delete(f"/v2/pessoas/{callers.ADMIN}").status_code == 409
    assert admin.patch(f"/v2/pessoas/{callers.READER}", {"role": "service"}).status_code == 403
    for api, status in ((other, 404), (reader, 403)):
        assert api.patch(f"/v2/pessoas/{callers.READER}", {"role": "admin"}).status_code == status
        assert api.delete(f"/v2/pessoas/{callers.READER}").status_code == status
        assert api.post("/v2/convites", {"cdCliente": 1}).status_code == status
    assert reader.get("/v2/pessoas").status_code == 403
    assert callers.READER not in _people(other)
    assert admin.patch(f"/v2/pessoas/{callers.SERVICE}", {"role": "default"}).status_code == 404
    assert _people(admin) == before
    gateway = callers.Api(app.test_client(), callers.with_key(callers.INGEST_KEY))
    assert gateway.post("/v2/convites/aceitar", {"dsChave": "x"}).status_code == 403


@pytest.mark.parametrize("body", [{"nrLimite": 0}, {"nrDias": 91}, {"nrDias": "7"}, {"who": 1}, []])
def test_bad_bodies_are_refused(admin, body):
    before = admin.get("/v2/convites").json
    assert admin.post("/v2/convites", body).status_code == 400
    assert admin.get("/v2/convites").json == before


def test_it_is_audited_without_the_secret(admin, rows):
    invitation = admin.post("/v2/convites", {}).json
    ((entry,),) = rows(
        'select "jsDepois" from public."TbAuditoria" where "dsTabela" = %s order by 1 desc limit 1',
        "TbClienteChave",
    )
    assert entry["id"] == invitation["id"]
    assert "dsChave" not in entry
