"""/v2/dispositivos/<cdDispositivo>/credenciais: made, listed and ended by admins of the device's client."""

import pytest
from pydantic import TypeAdapter

from app.http.v2.device_logins.schemas import LoginPage, NewLogin

PATH = "/v2/dispositivos/7/credenciais"


# Seen to fail: without nrHoras in post_credencial; without no-store.
def test_a_login_is_made_listed_and_ended(admin):
    answer = admin.post(PATH, {})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    first = answer.json
    TypeAdapter(NewLogin).validate_json(answer.data, strict=True)
    second = admin.post(PATH, {"nrHoras": 0}).json
    listed = admin.get(PATH)
    TypeAdapter(LoginPage).validate_json(listed.data, strict=True)
    found = {one["cdCredencial"]: one for one in listed.json["data"]}
    assert found[second["cdCredencial"]] | {"dsSegredo": second["dsSegredo"]} == second
    assert found[first["cdCredencial"]]["dtExpiracao"] is not None, "0 hours: at once"
    assert first["dsSegredo"] not in listed.text
    page = admin.get(PATH, pageSize=1).json
    assert (page["data"], page["nextCursor"]) == (listed.json["data"][:1], second["cdCredencial"])
    assert admin.get(PATH, pageSize=1, cursor=page["nextCursor"]).json["data"] == listed.json["data"][1:2]
    assert admin.get(PATH, cursor="00000000-0000-4000-8000-ffffffffffff").status_code == 400
    ended = admin.delete(f"{PATH}/{second['cdCredencial']}")
    assert (ended.status_code, ended.json["dtExpiracao"] is not None) == (200, True)


def test_others_neither_see_nor_make_logins(reader, other, admin):
    made = admin.post(PATH, {}).json
    for api, status in ((other, 404), (reader, 403)):
        for answer in (api.get(PATH), api.post(PATH, {}), api.delete(f"{PATH}/{made['cdCredencial']}")):
            assert answer.status_code == status


@pytest.mark.parametrize("body", [{"nrHoras": -1}, {"nrHoras": 9_999}, {"nrHoras": "1"}, {"hours": 1}, []])
def test_bad_bodies_are_refused(admin, body):
    before = admin.get(PATH).json
    answer = admin.post(PATH, body)
    assert answer.status_code == 400, answer.text
    assert admin.get(PATH).json == before
