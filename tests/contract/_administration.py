"""Steps of the dialogue, after those of _readings: quarantine and API keys."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.identity.principal import NOBODY, Principal
from tests._lib.clock import COUNTED_ON
from tests.contract._dialogue import (
    ADMIN,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    NOW,
    OTHER,
    READER,
    SERVICE,
    TEXT,
    UNAUTHORIZED,
    Answers,
    Step,
    Told,
    batch,
    devices,
    reading,
    rows,
    with_key,
)
from tests.http import callers


def _made_key(answers: Answers) -> Principal:
    return with_key(answers["a key is made"]["dsKey"])


def _successor(answers: Answers) -> Principal:
    return with_key(answers["a key is rotated"]["dsKey"])


def _its_code(answers: Answers) -> dict[str, Any]:
    return {"p_cd_api_key": answers["a key is made"]["cdApiKey"]}


def _errors_after(name: str) -> Callable[[Answers], dict[str, Any]]:
    return lambda answers: {"p_page_size": 2, "p_cursor": answers[name]["nextCursor"]}


def _errors_of(name: str) -> Callable[[Answers], dict[str, Any]]:
    return lambda answers: {"p_cd_erros": [row["cdErro"] for row in answers[name]["data"]]}


_NEW_KEY = {"p_ds_nome": TEXT, "p_ds_permissoes": ["read", "ingest"], "p_cd_clientes": [1]}
_NO_SUCH_KEY = {"p_cd_api_key": "00000000-0000-4000-8000-00000000ffff"}


def _invitation(answers: Answers) -> dict[str, Any]:
    return {"p_id": answers["an invitation"]["id"]}


_CLIENT = {"p_cd_cliente": 1}
_PERSON = {
    "p_cd_exclusao": "7a4f1c1e-6d1b-4a57-9a0e-3f9f7f4f2b11",
    "p_cd_usuario": callers.READER,
    "p_ds_motivo": "asked",
}
_DELETION: dict[str, Any] = {
    "p_cd_exclusao": "7a4f1c1e-6d1b-4a57-9a0e-3f9f7f4f2b10",
    "p_cd_dispositivo": 5,
    "p_ds_motivo": TEXT,
}
_NEW_POLICY = {"nrDiasBruto": None, "nrDias1m": 365, "nrDias5m": 730, "nrDias1h": 1825}


def _policy(days: dict[str, int | None]) -> dict[str, Any]:
    names = {"nrDiasBruto": "p_nr_dias_bruto"} | {f"nrDias{n}": f"p_nr_dias_{n}" for n in ("1m", "5m", "1h")}
    return _CLIENT | {names[name]: number for name, number in days.items()}


def _hold(answers: Answers) -> dict[str, Any]:
    return _CLIENT | {"p_cd_guarda_legal": answers["a legal hold"]["cdGuardaLegal"]}


ADMINISTRATION = {
    # --- quarantine
    "errors, first page": Step("get_erros_ingestao", ADMIN, {"data": rows(2)}, {"p_page_size": 2}),
    "errors, second page": Step(
        "get_erros_ingestao",
        ADMIN,
        {"data": rows(2)},
        _errors_after("errors, first page"),
    ),
    "errors, one of them": Step(
        "get_erros_ingestao",
        ADMIN,
        {"data": rows(1)},
        lambda answers: {"p_cd_erro": answers["errors, first page"]["data"][1]["cdErro"]},
    ),
    "errors with a reason": Step(
        "get_erros_ingestao",
        ADMIN,
        {"data": [{"dsMotivo": "UNKNOWN_DEVICE", "nrOcorrencias": 2}], "nextCursor": None},
        {"p_ds_motivo": "UNKNOWN_DEVICE", "p_cd_dispositivo": 50001},
    ),
    "errors of messages that could not be read": Step(
        "get_erros_ingestao", ADMIN, {"data": []}, {"p_so_topico": True}
    ),
    "errors as nobody but the service may name them": Step(
        "get_erros_ingestao", ADMIN, {"data": []}, {"p_ds_motivo": "FORBIDDEN_DEVICE"}
    ),
    "errors of another client": Step("get_erros_ingestao", OTHER, {"data": []}),
    "errors of a reader": Step("get_erros_ingestao", READER, FORBIDDEN),
    "errors, no page": Step("get_erros_ingestao", ADMIN, INVALID, {"p_page_size": 0}),
    "a replay of another client": Step(
        "reprocessar_erros", OTHER, {"total": 0}, _errors_of("errors with a reason")
    ),
    "a replay before the cause is mended": Step(
        "reprocessar_erros", ADMIN, {"total": 1, "rejected": 1}, _errors_of("errors with a reason")
    ),
    "a replay after": Step(
        "reprocessar_erros",
        ADMIN,
        {"total": 2, "stored": 1, "rejected": 1},
        {"p_ds_motivo": "UNKNOWN_DEVICE", "p_nr_limite": 10},
        owner='insert into "TbDispositivo" ("cdDispositivo", "dsDispositivo", "cdStatus", "cdCliente")'
        " values (50001, 'novo', 'ativo', 1)",
    ),
    "a replay of a reader": Step("reprocessar_erros", READER, FORBIDDEN),
    "a message is read anew": Step(
        "reprocessar_payload",
        ADMIN,
        {"stored": 1},
        lambda answers: {
            "p_cd_erro": answers["a payload is kept"]["cdErro"],
            "p_readings": '[{"cdDispositivo":6,"nrBat":3.5}]',
            "p_messages": "[]",
        },
    ),
    "a message is read anew by a reader": Step(
        "reprocessar_payload", READER, FORBIDDEN, {"p_cd_erro": 1, "p_readings": "[]"}
    ),
    "errors are discarded by another client": Step(
        "descartar_erros",
        OTHER,
        {"discarded": 0},
        lambda answers: {"p_cd_erros": [answers["errors, first page"]["data"][0]["cdErro"]]},
    ),
    "errors are discarded": Step(
        "descartar_erros", ADMIN, {"discarded": 1}, {"p_ds_motivo": "UNKNOWN_DEVICE", "p_cd_dispositivo": 17}
    ),
    "errors are discarded by a reader": Step("descartar_erros", READER, FORBIDDEN),
    # --- retention and legal holds
    "a policy": Step("get_retencao", ADMIN, {"blPropria": False, "blGuardaLegal": False}, _CLIENT),
    "a policy of others": Step("get_retencao", OTHER, NOT_FOUND, _CLIENT),
    "a policy, asked by a reader": Step("get_retencao", READER, FORBIDDEN, _CLIENT),
    "a policy is set": Step(
        "mudar_retencao", ADMIN, {"blPropria": True, **_NEW_POLICY}, _policy(_NEW_POLICY)
    ),
    "a policy that keeps hours shorter than minutes": Step(
        "mudar_retencao", ADMIN, INVALID, _policy(_NEW_POLICY | {"nrDias1m": 1826})
    ),
    "a policy is set by others": Step("mudar_retencao", OTHER, NOT_FOUND, _policy(_NEW_POLICY)),
    "a dry run": Step(
        "prever_retencao",
        ADMIN,
        {"nrDiasBruto": 2, "nrAmostra": 1},
        _policy({"nrDiasBruto": 2, "nrDias1m": 2, "nrDias5m": 2, "nrDias1h": 2}),
    ),
    "a dry run of too few days": Step("prever_retencao", ADMIN, INVALID, _CLIENT | {"p_nr_dias_bruto": 1}),
    "a dry run of others": Step("prever_retencao", OTHER, NOT_FOUND, _CLIENT),
    "a policy is deleted": Step("apagar_retencao", ADMIN, {"blPropria": False}, _CLIENT),
    "a policy is deleted by others": Step("apagar_retencao", OTHER, NOT_FOUND, _CLIENT),
    "a legal hold": Step(
        "criar_guarda_legal",
        ADMIN,
        {"cdCliente": 1, "cdDispositivo": 7, "dsMotivo": TEXT},
        _CLIENT | {"p_cd_dispositivo": 7, "p_ds_motivo": TEXT},
    ),
    "a legal hold again": Step(
        "criar_guarda_legal",
        ADMIN,
        Told(409, "CONFLICT"),
        _CLIENT | {"p_cd_dispositivo": 7, "p_ds_motivo": TEXT},
    ),
    "a legal hold without a reason": Step(
        "criar_guarda_legal", ADMIN, INVALID, _CLIENT | {"p_ds_motivo": " "}
    ),
    "a legal hold of a device that was never theirs": Step(
        "criar_guarda_legal", ADMIN, NOT_FOUND, _CLIENT | {"p_cd_dispositivo": 17, "p_ds_motivo": TEXT}
    ),
    "a legal hold by others": Step("criar_guarda_legal", OTHER, NOT_FOUND, _CLIENT | {"p_ds_motivo": TEXT}),
    "legal holds": Step(
        "get_guardas_legais", ADMIN, {"data": rows(1)}, _CLIENT | {"p_page_size": 1, "p_cursor": 2**31 - 1}
    ),
    "legal holds of others": Step("get_guardas_legais", OTHER, NOT_FOUND, _CLIENT),
    "a legal hold is lifted by an admin": Step("apagar_guarda_legal", ADMIN, FORBIDDEN, _hold),
    "a legal hold is lifted": Step("apagar_guarda_legal", SERVICE, {"cdDispositivo": 7}, _hold),
    "a legal hold that is gone": Step("apagar_guarda_legal", SERVICE, NOT_FOUND, _hold),
    # --- deletion on request
    "a deletion by an admin": Step("excluir_serie", ADMIN, FORBIDDEN, _DELETION),
    "a deletion without a reason": Step("excluir_serie", SERVICE, INVALID, _DELETION | {"p_ds_motivo": ""}),
    "a deletion of an unknown device": Step(
        "excluir_serie", SERVICE, NOT_FOUND, _DELETION | {"p_cd_dispositivo": 999}
    ),
    "a deletion": Step("excluir_serie", SERVICE, {"cdDispositivo": 5, "dtFim": lambda text: text}, _DELETION),
    "a deletion again": Step("excluir_serie", SERVICE, lambda told: told["dtFim"], _DELETION),
    "another deletion by that name": Step(
        "excluir_serie", SERVICE, Told(409, "CONFLICT"), _DELETION | {"p_cd_dispositivo": 6}
    ),
    "a receipt": Step(
        "get_exclusao", SERVICE, {"cdDispositivo": 5}, {"p_cd_exclusao": _DELETION["p_cd_exclusao"]}
    ),
    "a receipt for an admin": Step(
        "get_exclusao", ADMIN, FORBIDDEN, {"p_cd_exclusao": _DELETION["p_cd_exclusao"]}
    ),
    "receipts": Step(
        "get_exclusoes",
        SERVICE,
        {"data": rows(1), "nextCursor": None},
        {"p_cd_dispositivo": 5, "p_cd_usuario": None, "p_cd_cliente": 1, "p_page_size": 1, "p_cursor": None},
    ),
    "receipts for an admin": Step("get_exclusoes", ADMIN, FORBIDDEN),
    "a mark": Step("get_exclusoes_desde", READER, {"blExcluida": False}, {"p_cd_cliente": 1}),
    "what was deleted before a mark": Step(
        "get_exclusoes_desde",
        READER,
        {"blExcluida": False},
        lambda answers: {"p_cd_dispositivo": 5, "p_desde": answers["a mark"]["marca"]},
    ),
    "what was deleted since, of devices without rows": Step(
        "get_exclusoes_desde", READER, {"blExcluida": False}, {"p_cd_dispositivos": [5, 7], "p_desde": "3:3:"}
    ),
    "what was deleted since, of a sensor": Step(
        "get_exclusoes_desde", READER, {"blExcluida": False}, {"p_cd_sensor": 702, "p_desde": "3:3:"}
    ),
    "no mark": Step("get_exclusoes_desde", READER, INVALID, {"p_desde": "x"}),
    # --- API keys
    "a key is made": Step(
        "criar_api_key", ADMIN, {"dsNome": TEXT, "blAtiva": True, "cdClientes": [1]}, _NEW_KEY
    ),
    "a key for all clients": Step(
        "criar_api_key",
        ADMIN,
        {"cdClientes": [1, 3], "dsPermissoes": ["read"]},
        {"p_ds_nome": "ano", "p_cd_clientes": None, "p_dt_expiracao": NOW + timedelta(days=365)},
    ),
    "a key without a name": Step("criar_api_key", ADMIN, INVALID, {"p_ds_nome": " "}),
    "a key with unknown permissions": Step(
        "criar_api_key", ADMIN, INVALID, _NEW_KEY | {"p_ds_permissoes": ["fly"]}
    ),
    "a key for another client": Step("criar_api_key", ADMIN, FORBIDDEN, _NEW_KEY | {"p_cd_clientes": [2]}),
    "a key of a reader": Step("criar_api_key", READER, FORBIDDEN, _NEW_KEY),
    "the key ingests": Step(
        "insert_device_readings", _made_key, {"stored": 1}, batch([reading(10, cdDispositivo=1)])
    ),
    "the key reads": Step("get_posicoes_atuais", _made_key, devices(1, 6, 7, 50_001)),
    "a key is limited": Step(
        "limitar_api_key",
        ADMIN,
        {"nrLimiteMinuto": 1_000, "nrCotaDiaria": 1, "nrUsoHoje": 0},
        lambda answers: _its_code(answers) | {"p_nr_limite_minuto": 1_000, "p_nr_cota_diaria": 1},
    ),
    "the key reads as often as it may": Step(
        "get_posicoes_atuais", _made_key, devices(1, 6, 7, 50_001), after=COUNTED_ON
    ),
    "the key reads too often": Step("get_posicoes_atuais", _made_key, Told(429, "QUOTA_EXCEEDED")),
    "the key ingests too often": Step(
        "insert_device_readings", _made_key, Told(429, "QUOTA_EXCEEDED"), batch([])
    ),
    "limited by another client": Step("limitar_api_key", OTHER, NOT_FOUND, _its_code),
    "limited to nothing": Step(
        "limitar_api_key", ADMIN, INVALID, lambda answers: _its_code(answers) | {"p_nr_cota_diaria": 0}
    ),
    "a key is free again": Step(
        "limitar_api_key", ADMIN, {"nrLimiteMinuto": None, "nrCotaDiaria": None}, _its_code
    ),
    "one key is told of": Step(
        "get_api_keys", ADMIN, lambda found: found["data"][0]["dtUltimoUso"] is not None, _its_code
    ),
    "a key made with limits": Step(
        "criar_api_key",
        ADMIN,
        {"nrLimiteMinuto": 2, "nrCotaDiaria": 3, "nrUsoHoje": 0},
        {"p_ds_nome": "limited", "p_nr_limite_minuto": 2, "p_nr_cota_diaria": 3},
    ),
    "keys are listed": Step(
        "get_api_keys",
        ADMIN,
        {"data": rows(len(callers.KEYS) + 3), "nextCursor": None},
        {"p_page_size": 1000},
        any_order=True,
    ),
    "a page of keys": Step(
        "get_api_keys",
        ADMIN,
        {"data": rows(1), "nextCursor": lambda cursor: len(cursor) == 36},
        {"p_page_size": 1},
    ),
    "the next page of keys": Step(
        "get_api_keys",
        ADMIN,
        {"data": rows(2)},
        lambda answers: {"p_page_size": 2, "p_cursor": answers["a page of keys"]["nextCursor"]},
    ),
    "keys, no page": Step("get_api_keys", ADMIN, INVALID, {"p_page_size": 0}),
    "keys behind none": Step(
        "get_api_keys", ADMIN, INVALID, {"p_cursor": "00000000-0000-4000-8000-ffffffffffff"}
    ),
    "keys of another client": Step(
        "get_api_keys", OTHER, lambda found: {key["cdCliente"] for key in found["data"]} <= {2}
    ),
    "keys of a reader": Step("get_api_keys", READER, FORBIDDEN),
    # --- logins of devices at the broker
    "a login is made": Step(
        "criar_credencial",
        ADMIN,
        {"cdDispositivo": 7, "dsSegredo": lambda text: len(text) == 43, "dtExpiracao": None},
        {"p_cd_dispositivo": 7, "p_nr_horas": 1},
    ),
    "a login for too long": Step(
        "criar_credencial", ADMIN, INVALID, {"p_cd_dispositivo": 7, "p_nr_horas": 9_999}
    ),
    "a login of another client": Step("criar_credencial", OTHER, NOT_FOUND, {"p_cd_dispositivo": 7}),
    "logins of a device": Step(
        "get_credenciais",
        ADMIN,
        {"data": rows(1), "nextCursor": None},
        {"p_cd_dispositivo": 7, "p_page_size": 2},
    ),
    "logins behind none": Step(
        "get_credenciais",
        ADMIN,
        INVALID,
        {"p_cd_dispositivo": 7, "p_cursor": "00000000-0000-4000-8000-ffffffffffff"},
    ),
    "logins of a reader": Step("get_credenciais", READER, FORBIDDEN, {"p_cd_dispositivo": 7}),
    "a login ends": Step(
        "revogar_credencial",
        ADMIN,
        {"dtExpiracao": lambda moment: moment is not None},
        lambda answers: {
            "p_cd_dispositivo": 7,
            "p_cd_credencial": answers["a login is made"]["cdCredencial"],
        },
    ),
    "no login ends": Step(
        "revogar_credencial",
        ADMIN,
        NOT_FOUND,
        {"p_cd_dispositivo": 7, "p_cd_credencial": "00000000-0000-4000-8000-ffffffffffff"},
    ),
    "a key is rotated": Step(
        "rotacionar_api_key",
        ADMIN,
        {"dsNome": TEXT, "dsPermissoes": ["read", "ingest"]},
        lambda answers: _its_code(answers) | {"p_nr_horas": 1},
    ),
    "the old key goes on": Step("get_posicoes_atuais", _made_key, devices(1, 6, 7, 50_001)),
    "the new key goes": Step("get_posicoes_atuais", _successor, devices(1, 6, 7, 50_001)),
    "rotated for too long": Step(
        "rotacionar_api_key", ADMIN, INVALID, lambda answers: _its_code(answers) | {"p_nr_horas": 721}
    ),
    "rotated by another client": Step("rotacionar_api_key", OTHER, NOT_FOUND, _its_code),
    "no code of a key": Step("rotacionar_api_key", ADMIN, INVALID, {"p_cd_api_key": "1"}),
    "revoked by another client": Step("revogar_api_key", OTHER, NOT_FOUND, _its_code),
    "a key is revoked": Step("revogar_api_key", ADMIN, {"blAtiva": False}, _its_code),
    "the key is dead": Step("get_posicoes_atuais", _made_key, UNAUTHORIZED),
    "a dead key is not rotated": Step("rotacionar_api_key", ADMIN, Told(409, "CONFLICT"), _its_code),
    "a key nobody knows": Step("revogar_api_key", ADMIN, NOT_FOUND, _NO_SUCH_KEY),
    "a caller is confirmed": Step(
        "conferir_chamador", ADMIN, lambda told: told is True, {"p_permissao": "admin"}
    ),
    "a caller without the permission": Step(
        "conferir_chamador", READER, FORBIDDEN, {"p_permissao": "ingest"}
    ),
    "a ticket": Step("criar_bilhete", READER, {"dsBilhete": lambda text: text.startswith("bilhete_")}),
    "a ticket without credentials": Step("criar_bilhete", NOBODY, UNAUTHORIZED),
    # --- people
    "an invitation": Step(
        "criar_convite",
        ADMIN,
        {"cdCliente": 1, "nrLimite": 2, "dsChave": lambda text: text.startswith("convite_")},
        {"p_cd_cliente": 1, "p_nr_limite": 2, "p_nr_dias": 1},
    ),
    "an invitation to another client": Step("criar_convite", ADMIN, NOT_FOUND, {"p_cd_cliente": 2}),
    "invitations": Step(
        "get_convites", ADMIN, lambda told: len(told["data"]) == 1, {"p_page_size": 1, "p_cursor": 2**40}
    ),
    "invitations, none a page": Step("get_convites", ADMIN, INVALID, {"p_page_size": 0}),
    "a service accepts an invitation": Step(
        "aceitar_convite", SERVICE, Told(409, "CONFLICT"), {"p_ds_chave": "x"}
    ),
    "people": Step(
        "get_pessoas",
        ADMIN,
        lambda told: [one["id"] for one in told["data"]] == [callers.READER],
        {"p_page_size": 1, "p_cursor": callers.ADMIN},
    ),
    "people, asked by a reader": Step("get_pessoas", READER, FORBIDDEN),
    "somebody is promoted": Step(
        "mudar_pessoa", ADMIN, {"role": "admin"}, {"p_id": callers.READER, "p_papel": "admin"}
    ),
    "somebody is promoted by others": Step(
        "mudar_pessoa", OTHER, NOT_FOUND, {"p_id": callers.READER, "p_papel": "admin"}
    ),
    "somebody is removed by others": Step("remover_pessoa", OTHER, NOT_FOUND, {"p_id": callers.READER}),
    "somebody is removed": Step("remover_pessoa", ADMIN, {"cdCliente": None}, {"p_id": callers.READER}),
    "an invitation that somebody removed could read": Step(
        "aceitar_convite",
        READER,
        NOT_FOUND,
        lambda answers: {"p_ds_chave": answers["an invitation"]["dsChave"]},
    ),
    "a new invitation": Step("criar_convite", ADMIN, {"nrLimite": 1}, {"p_cd_cliente": 1, "p_nr_limite": 1}),
    "somebody accepts an invitation": Step(
        "aceitar_convite",
        READER,
        {"cdCliente": 1, "role": "default"},
        lambda answers: {"p_ds_chave": answers["a new invitation"]["dsChave"]},
    ),
    "an invitation ends": Step("revogar_convite", ADMIN, lambda told: told["dtExpiracao"], _invitation),
    "an invitation of others ends": Step("revogar_convite", OTHER, NOT_FOUND, _invitation),
    # --- deletion of people
    "a person is deleted by an admin": Step("excluir_pessoa", ADMIN, FORBIDDEN, _PERSON),
    "a person is deleted": Step("excluir_pessoa", SERVICE, {"cdDispositivo": None, "dtFim": None}, _PERSON),
    "nobody is deleted": Step(
        "excluir_pessoa", SERVICE, Told(409, "CONFLICT"), _PERSON | {"p_ds_motivo": "another"}
    ),
}
