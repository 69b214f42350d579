"""A person is deleted on request: nothing in the database names it any more, and what the client owns stays.

Comments name changes to the SQL that were tried and make the test fail.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests.db import _fleet
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import ENTER, Caller, Lab
from tests.db._rollups import step

from .test_retention import hold
from .test_retention import viewer as viewer

EMAIL, NAME, SURNAME, TITLE = "quiteria.b@example.com", "Quitéria", "Bragança-Oliveira", "Almoxarife-chefe"


@pytest.fixture(autouse=True)
def clean(lab: Lab) -> Iterator[None]:
    yield
    for table in ("TbReciboExclusao", "TbGuardaLegal", "TbDispositivoCredencial", "TbIngestaoErro"):
        lab.sql(f'delete from "{table}"')
    lab.sql("delete from auth.users where email = %s", EMAIL)


@pytest.fixture
def person(lab: Lab) -> str:
    """Somebody who has done all that leaves an id behind."""
    return known(lab)


def known(lab: Lab) -> str:
    user = str(uuid.uuid4())
    lab.sql(
        """insert into auth.users (id, email, raw_user_meta_data)
           values (%s, %s, jsonb_build_object('nome', %s))""",
        user, EMAIL, NAME,
    )  # fmt: skip
    lab.sql(
        """update profiles set "cdCliente" = %s, role = 'admin', nome = %s, sobrenome = %s, cargo = %s
           where id = %s""",
        CLIENT, NAME, SURNAME, TITLE, user,
    )  # fmt: skip
    caller = Caller(lab.database.api_url, sub=user)
    with closing(caller.connection):
        act(lab, caller, user)
    return user


def act(lab: Lab, caller: Caller, user: str) -> None:
    """Keys, somebody else's key that it was given, a login, a hold, quarantine, a ticket, audit entries."""
    key = caller.call("criar_api_key", p_ds_nome=f"notebook of {NAME}", p_ds_permissoes=["admin"])
    caller.call("limitar_api_key", p_cd_api_key=key["cdApiKey"], p_nr_limite_minuto=1000)
    caller.call("criar_credencial", p_cd_dispositivo=1)
    caller.call("criar_bilhete")
    held = caller.call("criar_guarda_legal", p_cd_cliente=CLIENT, p_ds_motivo="x", p_cd_dispositivo=4)
    assert held["dsChamador"] == f"user:{user}"
    lab.sql("update profiles set cargo = cargo where id = %s", user)
    caller.ingest([{"dtRegistro": "never"}, {"cdDispositivo": 1, "dtRegistro": "never"}])
    other = _fleet.add_user(lab.owner, CLIENT, "admin")
    lab.sql(
        """insert into "TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes") values (%s, %s, '{read}')""",
        other, hashlib.sha256(user.encode()).hexdigest(),
    )  # fmt: skip
    lab.sql('update "TbApiKeys" set "cdPortador" = %s where "cdUsuario" = %s', user, other)


def delete(viewer: Caller, person: str, code: str | None = None, reason: str = "asked") -> dict[str, Any]:
    found = viewer.call(
        "excluir_pessoa", p_cd_exclusao=code or str(uuid.uuid4()), p_cd_usuario=person, p_ds_motivo=reason
    )
    return dict(found)


def named(lab: Lab, *texts: str) -> set[str]:
    """Columns of any table, also of those of Supabase Auth, in which one of these texts is."""
    columns = lab.sql(
        """select a.attrelid::regclass::text, quote_ident(a.attname) from pg_attribute a
           join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
           join pg_namespace n on n.oid = c.relnamespace
             and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
           where a.attnum > 0 and not a.attisdropped
             and (a.atttypid::regtype::text ~ '^(text|character|uuid|json|bytea|name)')"""
    )
    assert len(columns) > 100
    found = set()
    for table, column in columns:
        for text in texts:
            hex_text = text.encode().hex()
            if lab.sql(
                f"""select 1 from {table} t where strpos(lower(t.{column}::text), lower(%s)) > 0
                    or strpos(t.{column}::text, %s) > 0 limit 1""",
                text, hex_text,
            ):  # fmt: skip
                found.add(f"{table}.{column}")
    return found


def finish(lab: Lab) -> None:
    """Let maintenance look again, as after five minutes."""
    lab.sql("""update "TbReciboExclusao" set "dtPedido" = "dtPedido" - interval '6 minutes'""")
    assert step(lab, "finish_person_deletions") == 1
    assert step(lab, "finish_person_deletions") == 0


# Fails for each statement that is taken out of forget_person() and delete_person(), and for each of the two
# cases of without_person().
def test_no_column_of_any_table_names_the_person(lab: Lab, viewer: Caller, person: str) -> None:
    texts = (person, EMAIL, NAME, SURNAME, TITLE)
    lab.sql(
        """insert into "TbReciboExclusao" (
             "cdExclusao", "cdDispositivo", "cdClientes", "dsMotivo", "dsChamador")
           values (gen_random_uuid(), 9, '{3}', 'x', %s)""",
        f"user:{person}",
    )
    before = named(lab, *texts)
    assert {
        "profiles.id", "auth.users.email", '"TbApiKeys"."cdUsuario"', '"TbApiKeys"."cdPortador"',
        '"TbApiKeys"."dsNome"', '"TbDispositivoCredencial"."cdUsuario"', '"TbGuardaLegal"."dsChamador"',
        '"TbIngestaoErro"."dsChamador"', '"TbIngestaoErro"."dsOrigem"', '"TbAuditoria"."dsChamador"',
        '"TbReciboExclusao"."dsChamador"', 'private."TbQuarentenaOrigem"."dsOrigem"',
        '"TbAuditoria"."jsAntes"', '"TbAuditoria"."jsDepois"', 'private."TbBilhete"."dsChamador"',
    } <= before  # fmt: skip
    delete(viewer, person)
    assert named(lab, *texts) == {'"TbReciboExclusao"."cdUsuario"'}, "until maintenance has looked again"
    finish(lab)
    assert named(lab, *texts) == set()


# Fails when the counts are taken after the deletion, and when an update is noted as a deletion.
def test_the_receipt_says_what_was_done_and_keeps_an_opaque_id(lab: Lab, viewer: Caller, person: str) -> None:
    code = str(uuid.uuid4())
    receipt = delete(viewer, person, code)
    assert receipt["dsPessoa"] == hashlib.sha256(f"{code}:{person}".encode()).hexdigest()
    assert (receipt["cdDispositivo"], receipt["cdClientes"]) == (None, [CLIENT])
    assert receipt["dsMotivo"] == "asked"
    assert receipt["dsChamador"].startswith("user:")
    done = {one["dsTabela"]: (one["dsOperacao"], one["nrLinhas"]) for one in receipt["tabelas"]}
    assert done.pop("TbAuditoria")[0] == "update"
    assert done.pop("TbUsoApiKey", ("delete", 0))[0] == "delete"
    assert done == {
        "users": ("delete", 1),
        "profiles": ("delete", 1),
        "TbApiKeys": ("delete", 2),  # one more is changed
        "TbBilhete": ("delete", 1),
        "TbDispositivoCredencial": ("update", 1),
        "TbGuardaLegal": ("update", 1),
        "TbIngestaoErro": ("update", 2),
    }
    assert receipt["dtFim"] is None
    finish(lab)
    assert viewer.call("get_exclusao", p_cd_exclusao=code)["dtFim"]


# Fails when "dsChamador" is set to null instead.
def test_what_the_client_owns_stays(lab: Lab, viewer: Caller, person: str) -> None:
    code = str(uuid.uuid4())
    delete(viewer, person, code)
    assert lab.sql('select count(*) from "TbDispositivoCredencial" where "cdDispositivo" = 1') == [(1,)]
    assert lab.sql('select "dsChamador" from "TbGuardaLegal"') == [(f"user:{code}",)]
    assert lab.sql('select "dsChamador", "cdDispositivo" from "TbIngestaoErro" order by "cdErro"') == [
        (f"user:{code}", None),
        (f"user:{code}", 1),
    ]
    ((entries, tables),) = lab.sql(
        """select count(*), array_agg(distinct "dsTabela") from "TbAuditoria" where "dsChamador" = %s""",
        f"user:{code}",
    )
    assert entries >= 4
    assert {"TbApiKeys", "TbDispositivoCredencial", "TbGuardaLegal"} <= set(tables)
    assert lab.sql(
        """select "blAtiva", "cdPortador" from "TbApiKeys" where "dsHash" = %s""",
        hashlib.sha256(person.encode()).hexdigest(),
    ) == [(False, None)], "the text of a key that the person was given ends with the person"


# Fails when excluir_pessoa() does not look for a receipt first.
def test_the_same_request_has_the_same_receipt(lab: Lab, viewer: Caller, person: str) -> None:
    code = str(uuid.uuid4())
    receipt = delete(viewer, person, code)
    assert delete(viewer, person, code) == receipt
    finish(lab)
    receipt = viewer.call("get_exclusao", p_cd_exclusao=code)
    assert delete(viewer, person, code) == receipt
    for wrong in ({"person": str(uuid.uuid4())}, {"reason": "another"}):
        with pytest.raises(psycopg2.Error, match="Another request has this code"):
            delete(viewer, **{"person": person, "code": code} | wrong)
    with pytest.raises(psycopg2.Error, match="Another request has this code"):
        viewer.call("excluir_serie", p_cd_exclusao=code, p_cd_dispositivo=1, p_ds_motivo="asked")
    with pytest.raises(psycopg2.Error, match="does not exist"):
        delete(viewer, person)


# Fails without each of the three sources of is_person_held().
@pytest.mark.parametrize("reason", ["membership", "key", "audit"])
def test_a_legal_hold_wins(lab: Lab, viewer: Caller, person: str, reason: str) -> None:
    lab.sql('update profiles set "cdCliente" = %s where id = %s', CHILD, person)
    lab.sql('delete from "TbApiKeys" where "cdUsuario" = %s or "cdPortador" = %s', person, person)
    lab.sql('delete from "TbAuditoria"')
    if reason == "membership":
        hold(lab, None, CHILD)
    else:
        hold(lab, None, CLIENT)
    if reason == "key":
        _fleet.add_key(lab.owner, person, "read")
        lab.sql('update "TbApiKeys" set "cdCliente" = %s where "cdUsuario" = %s', CLIENT, person)
        lab.sql('delete from "TbAuditoria"')
    if reason == "audit":
        lab.sql(
            """insert into "TbAuditoria" ("dsTabela", "dsOperacao", "dsChamador", "cdCliente")
               values ('TbDispositivo', 'update', %s, %s)""",
            f"user:{person}", CLIENT,
        )  # fmt: skip
    before = named(lab, person)
    with pytest.raises(psycopg2.Error, match="under a legal hold"):
        delete(viewer, person)
    assert named(lab, person) == before
    assert lab.sql('select 1 from "TbReciboExclusao"') == []
    lab.sql('delete from "TbGuardaLegal"')
    assert delete(viewer, person)["dsPessoa"]


# Fails when is_person_held() looks at holds of devices: act() sets one.
def test_a_hold_of_a_device_does_not_keep_people(viewer: Caller, person: str) -> None:
    assert delete(viewer, person)["tabelas"]


# Fails without require_service(), with require_permission() in place of require_people_change(), and without
# the look at the caller.
def test_only_the_service_in_person_may_and_not_for_itself(lab: Lab, person: str) -> None:
    with lab.caller(role="admin") as admin, pytest.raises(psycopg2.Error, match="Only the service"):
        delete(admin, person)
    with lab.caller("admin", role="service") as key, pytest.raises(psycopg2.Error, match="not a key"):
        delete(key, person)
    with (
        lab.caller(role="service") as service,
        pytest.raises(psycopg2.Error, match="cannot delete yourself"),
    ):
        delete(service, json.loads(service.claims)["sub"])
    assert lab.sql("select 1 from profiles where id = %s", person)


# Fails without the comparison of each.
def test_a_receipt_must_not_name_a_person(viewer: Caller, person: str) -> None:
    for wrong in (
        {"reason": f"asked by {EMAIL.upper()}"},
        {"reason": f"asked by {person}"},
        {"code": person},
    ):
        with pytest.raises(psycopg2.Error, match="must not name a person"):
            delete(viewer, person, **wrong)


# Fails when finish_person_deletions() does not call forget_person(), and, with an error, when it does not
# look for payloads that are there under both names.
def test_what_a_call_in_flight_writes_is_removed_later(lab: Lab, viewer: Caller, person: str) -> None:
    late = Caller(lab.database.api_url, sub=person)
    with closing(late.connection):
        late.connection.autocommit = False
        with late.connection.cursor() as cursor:
            cursor.execute(
                f"""{ENTER} update "TbDispositivo" set "dsDispositivo" = 'x' where "cdDispositivo" = 1""",
                (late.claims,),
            )
        delete(viewer, person)
        late.connection.commit()
    columns = """ "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente",
                  "dtExpiracao" """
    lab.sql(
        f"""insert into "TbIngestaoErro" ("dsChamador", {columns})
            select %s, {columns} from "TbIngestaoErro" where "cdDispositivo" is null""",
        f"user:{person}",
    )  # fmt: skip
    assert {'"TbIngestaoErro"."dsChamador"', '"TbAuditoria"."dsChamador"'} <= named(lab, person)
    assert step(lab, "finish_person_deletions") == 0, "not yet"
    finish(lab)
    assert named(lab, person) == set()
    assert lab.sql('select count(*) from "TbIngestaoErro"') == [(2,)]
    ((counted,),) = lab.sql(
        """select (select sum(o."nrErros") from private."TbQuarentenaOrigem" o)
                + (select coalesce(sum(m."nrErros"), 0) from private."TbQuarentenaMudanca" m)"""
    )
    assert counted == lab.sql('select count(*) from "TbIngestaoErro"')[0][0]


# Fails when delete_requested_series() takes receipts without a device.
def test_deletion_of_series_leaves_receipts_of_people_alone(lab: Lab, viewer: Caller, person: str) -> None:
    delete(viewer, person)
    assert step(lab, "delete_requested_series") == 0
    finish(lab)


# An error in the last statement of forget_person() undoes all. Fails when that error is caught.
def test_all_of_it_or_nothing(lab: Lab, viewer: Caller, person: str) -> None:
    before = named(lab, person)
    lab.sql("""create function pg_temp.refuse() returns trigger language plpgsql as
               $$ begin raise exception 'refused'; end $$""")
    lab.sql("""create trigger refuse before update on "TbAuditoria" for each row
               execute function pg_temp.refuse()""")
    try:
        with pytest.raises(psycopg2.Error, match="refused"):
            delete(viewer, person)
    finally:
        lab.sql('drop trigger refuse on "TbAuditoria"')
    assert named(lab, person) == before
    assert lab.sql('select 1 from "TbReciboExclusao"') == []


@pytest.fixture
def sign_ins(lab: Lab) -> Iterator[None]:
    """The log of Supabase Auth with the rights that a hosted project gives."""
    with closing(psycopg2.connect(lab.database.admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            """create table auth.audit_log_entries (
                 instance_id uuid, id uuid not null primary key, payload json, created_at timestamptz,
                 ip_address varchar(64) not null default '');
               alter table auth.audit_log_entries owner to supabase_auth_admin;
               alter table auth.audit_log_entries enable row level security;
               grant all on auth.audit_log_entries to postgres"""
        )
        yield
        cursor.execute("drop table auth.audit_log_entries")


def _logged(lab: Lab, actor: str, username: str, **traits: str) -> None:
    lab.sql(
        "insert into auth.audit_log_entries (id, payload) values (gen_random_uuid(), %s)",
        json.dumps({"action": "x", "actor_id": actor, "actor_username": username, "traits": traits}),
    )


# Seen to fail: without either condition on the id in forget_sign_ins(), with null for the e-mail in
# delete_person(), and without the call in finish_person_deletions().
def test_the_log_of_supabase_auth_forgets_the_person(
    lab: Lab, viewer: Caller, sign_ins: None, person: str
) -> None:
    other, nobody = str(uuid.uuid4()), str(uuid.UUID(int=0))
    code = str(uuid.uuid4())
    _logged(lab, person, EMAIL, provider="email")
    _logged(lab, person, "by telephone")
    _logged(lab, nobody, EMAIL.upper())
    _logged(lab, nobody, "service_role", user_email=EMAIL, user_id=person)
    _logged(lab, other, "other@example.com", user_email=EMAIL)
    _logged(lab, other, "other@example.com", user_id=other)
    receipt = delete(viewer, person, code)
    assert {one["dsTabela"]: one["nrLinhas"] for one in receipt["tabelas"]}["audit_log_entries"] == 5
    left = "select payload ->> 'actor_id', payload -> 'traits' ->> 'user_id' from auth.audit_log_entries"
    assert sorted(lab.sql(left), key=str) == sorted([(nobody, None), (other, None), (other, other)], key=str)
    _logged(lab, nobody, "service_role", user_email=EMAIL, user_id=person)
    finish(lab)
    assert named(lab, person, EMAIL) == set()


# Seen to fail: with strpos() of the e-mail in the payload instead of whole values: the entries of the second
# person lost their traits, and with '&' it was not found. Without the look at case in either.
@pytest.mark.parametrize("email", ["a@b.co", "A_a&a@b.co"])
def test_entries_of_somebody_whose_email_contains_it_stay(lab: Lab, sign_ins: None, email: str) -> None:
    person, other = str(uuid.uuid4()), str(uuid.uuid4())
    for actor, name in ((person, email.swapcase()), (other, f"x{email}"), (other, f"{email}m")):
        _logged(lab, actor, name)
        _logged(lab, other, "service_role", user_email=name)
    lab.sql("update auth.audit_log_entries set payload = replace(payload::text, '&', '\\u0026')::json")
    lab.sql("select private.forget_sign_ins(gen_random_uuid(), %s, %s)", person, email)
    left = lab.sql(
        """select payload ->> 'actor_username', payload -> 'traits' ->> 'user_email'
           from auth.audit_log_entries"""
    )
    assert sorted(left, key=str) == sorted(
        [
            (f"x{email}", None), (f"{email}m", None), ("service_role", None),
            ("service_role", f"x{email}"), ("service_role", f"{email}m"),
        ],
        key=str,
    )  # fmt: skip


# Seen to fail: without the look at rights in forget_sign_ins().
def test_a_log_that_the_owner_may_not_change_stops_nothing(
    lab: Lab, viewer: Caller, sign_ins: None, person: str
) -> None:
    _logged(lab, person, EMAIL)
    with closing(psycopg2.connect(lab.database.admin_url)) as connection, connection.cursor() as cursor:
        cursor.execute("revoke delete on auth.audit_log_entries from postgres")
        connection.commit()
    receipt = delete(viewer, person)
    assert "audit_log_entries" not in {one["dsTabela"] for one in receipt["tabelas"]}
    assert "auth.audit_log_entries.payload" in named(lab, EMAIL)
