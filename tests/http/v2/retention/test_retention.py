"""Admins set how long their clients' data is kept, try it first, and hold what must not be lost."""

import pytest

from tests.http import callers

POLICY, HOLDS = "/v2/clientes/1/retencao", "/v2/clientes/1/guardas-legais"
PERIODS = {"nrDiasBruto": 730, "nrDias1m": 365, "nrDias5m": 730, "nrDias1h": None}


@pytest.fixture
def service(app):
    return callers.Api(app.test_client(), callers.as_user(callers.SERVICE))


@pytest.fixture(autouse=True)
def undone(service):
    yield
    service.delete(POLICY)
    for hold in service.get(HOLDS).json["data"]:
        assert service.delete(f"{HOLDS}/{hold['cdGuardaLegal']}").status_code == 200


def test_an_admin_sets_a_policy_and_returns_to_that_for_everybody(admin):
    usual = admin.get(POLICY)
    assert (usual.status_code, usual.json["blPropria"], usual.json["nrDiasBruto"]) == (200, False, None)
    own = admin.put(POLICY, PERIODS)
    assert (own.status_code, own.json) == (200, usual.json | PERIODS | {"blPropria": True})
    assert admin.get(POLICY).json == own.json
    assert admin.delete(POLICY).json == admin.get(POLICY).json == usual.json


# Seen to fail: without the check of the order in TbPoliticaRetencao.
@pytest.mark.parametrize(
    "change",
    [
        {"nrDias1m": 731},
        {"nrDiasBruto": 1},
        {"nrDias1h": 36_501},
        {"nrDias1h": 700},
        {"x": 1},
        {"nrDias1m": "2"},
    ],
)
def test_a_policy_that_cannot_be_is_refused(admin, change):
    before = admin.get(POLICY).json
    assert admin.put(POLICY, PERIODS | change).status_code == 400
    assert admin.put(POLICY, {"nrDiasBruto": 9}).status_code == 400, "each period is named"
    assert admin.get(POLICY).json == before


# Seen to fail: without require_client in require_managed_client(), and without require_permission.
def test_others_and_readers_do_not(other, reader, admin):
    for api, status in ((other, 404), (reader, 403)):
        assert api.get(POLICY).status_code == status
        assert api.put(POLICY, PERIODS).status_code == status
        assert api.delete(POLICY).status_code == status
        assert api.get(f"{POLICY}/previa").status_code == status
        assert api.get(HOLDS).status_code == status
        assert api.post(HOLDS, {"dsMotivo": "x"}).status_code == status
    assert admin.get(HOLDS).json["data"] == []


# Seen to fail: without require_service() in apagar_guarda_legal().
def test_a_hold_is_set_by_admins_and_lifted_by_the_service_only(admin, service):
    made = admin.post(HOLDS, {"cdDispositivo": 7, "dsMotivo": "case 1"})
    assert (made.status_code, made.json["dsChamador"]) == (201, f"user:{callers.ADMIN}")
    assert admin.post(HOLDS, {"cdDispositivo": 7, "dsMotivo": "case 2"}).status_code == 409
    assert admin.post(HOLDS, {"cdDispositivo": 999, "dsMotivo": "x"}).status_code == 404
    assert not admin.get(POLICY).json["blGuardaLegal"]
    assert admin.post(HOLDS, {"dsMotivo": "all"}).status_code == 201
    assert admin.get(POLICY).json["blGuardaLegal"]
    page = admin.get(HOLDS, pageSize=1)
    assert [one["cdDispositivo"] for one in page.json["data"]] == [None], "the newest first"
    assert admin.get(HOLDS, cursor=page.json["nextCursor"]).json == {"data": [made.json], "nextCursor": None}
    path = f"{HOLDS}/{made.json['cdGuardaLegal']}"
    assert admin.delete(path).status_code == 403
    assert service.delete(path).json == made.json
    assert service.delete(path).status_code == 404


# Seen to fail: without TbPoliticaRetencao, and TbGuardaLegal, in audit_tables.sql.
def test_every_change_is_in_the_audit_log(admin, service, rows):
    admin.put(POLICY, PERIODS)
    admin.delete(POLICY)
    code = admin.post(HOLDS, {"cdDispositivo": 7, "dsMotivo": "case 1"}).json["cdGuardaLegal"]
    service.delete(f"{HOLDS}/{code}")
    entries = rows(
        """select "dsTabela", "dsOperacao", "dsChamador" from "TbAuditoria"
           where "dsTabela" in ('TbPoliticaRetencao', 'TbGuardaLegal') order by "cdAuditoria" desc limit 4"""
    )
    admins, services = f"user:{callers.ADMIN}", f"user:{callers.SERVICE}"
    assert entries[::-1] == [
        ("TbPoliticaRetencao", "insert", admins),
        ("TbPoliticaRetencao", "delete", admins),
        ("TbGuardaLegal", "insert", admins),
        ("TbGuardaLegal", "delete", services),
    ]


def test_a_dry_run_takes_a_policy_that_is_not_set(admin):
    before = admin.get(POLICY).json
    tried = admin.get(f"{POLICY}/previa", nrDiasBruto=2, nrDias1m=2, nrDias5m=2, nrDias1h=2)
    assert tried.status_code == 200
    assert [one["dsResolucao"] for one in tried.json["perdas"]] == ["raw", "1m", "5m", "1h"]
    assert all(one["dtAte"].endswith("T00:00:00Z") for one in tried.json["tabelas"])
    assert admin.get(f"{POLICY}/previa", nrDiasBruto=1).status_code == 400
    assert admin.get(POLICY).json == before
