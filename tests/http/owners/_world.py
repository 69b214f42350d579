"""A fleet that changed hands, made the same way again and again: only what one owner did can be varied.

Clients: A (1), its child B (3), and C (2), who is somebody else. Device 10 moves from A to C, 12 from A to B,
a sensor, a site, a product and an item from A to C. Each has sent, been refused, acknowledged and made keys
and logins while it owned them. A variant changes what an owner sent and wrote, not what moves with a device.

Codes come from sequences that are set before each turn, so that they do not depend on what others did.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
from flask import Flask
from werkzeug.test import TestResponse

from app.http.application import create_app
from tests._lib.databases import Database
from tests.db.access import _postgrest as postgrest
from tests.db.access._postgrest import Gateway, Request
from tests.http import callers
from tests.http.callers import Api
from tests.http.conftest import settings_for

A, C, B = 1, 2, 3
NAMES = {A: "A", B: "B", C: "C"}
BASE = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=30)
MOVED, KEPT, CHILDS, THEIRS = 10, 11, 12, 20  # A → C, of A, A → B, of C
MOVED_SENSOR = 119  # from a device of A to one of C
# Site, product, item and address of each client have the same code; A's last ones move to C themselves.
ASSETS = {A: (1, 4), B: (3,), C: (2,)}


def person(client: int, number: int) -> str:
    """An admin (1) or reader (2) of a client."""
    return f"00000000-0000-4000-8000-00000000{client:02}{number:02}"


SERVICE = callers.SERVICE


@dataclass(frozen=True)
class Variant:
    """What an owner's secrets are: all of them numbers from `number` on, and texts with `text` in them."""

    number: int
    text: str
    readings: int = 3  # on each device; and logins
    item: int | None = 1


USUAL = {
    A: Variant(710_000, "segredo-a"),
    B: Variant(720_000, "segredo-b"),
    C: Variant(730_000, "segredo-c"),
}
OTHER = {
    A: Variant(740_000, "outro-a", readings=5, item=None),
    B: Variant(750_000, "outro-b", readings=5),
    C: Variant(760_000, "outro-c", readings=5),
}


@dataclass
class World:
    """The moved fleet, and what was answered while it was made."""

    database: Database
    app: Flask
    gateway: Gateway
    variants: Mapping[int, Variant]
    answers: dict[int, list[tuple[str, TestResponse]]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)  # the latest one of each client

    def api(self, headers: Mapping[str, str]) -> Api:
        return Api(self.app.test_client(), headers)

    def admin(self, client: int) -> Api:
        return self.api(callers.as_user(person(client, 1)))

    def rpc(self, client: int, call: str, *values: Any) -> Any:
        """What the admin of a client is answered through PostgREST."""
        request = Request("POST", "/rpc/x", {}, {"sub": person(client, 1)}, "authenticated")
        return self.gateway.ask(request, f"select public.{call}", *values)

    def sql(self, statement: str, values: Any = None) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(self.database.owner_url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def made(database: Database, variants: Mapping[int, Variant]) -> Iterator[World]:
    """A fresh database with its doors, before anything has happened in it."""
    with postgrest.opened(database) as gateway:
        world = World(database, create_app(settings_for(database)), gateway, variants)
        yield world
        world.app.extensions["rastro.backend"].close()


def tell(world: World) -> None:
    """The whole story."""
    _register(world)
    for turn, step in enumerate((_former_owner, _moves, _child, _new_owner, _late), 1):
        set_sequences(world, turn * 100_000)
        step(world)


def settle(world: World) -> None:
    """Have all of it summed up; while nobody writes in any database, as maintenance waits for writers."""
    world.sql("call private.run_maintenance()")
    first = 'select "cdCliente", min("cdErro") from "TbIngestaoErro" group by 1'
    world.codes |= {f"error {client}": str(code) for client, code in world.sql(first)}


def set_sequences(world: World, start: int) -> None:
    world.sql(
        """select setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s) from pg_sequences
           where schemaname in ('public', 'series', 'inventario', 'private')""",
        (start,),
    )


_REGISTRY = """
insert into "TbCliente" ("cdCliente", "dsNome", "cdClientePai")
values (1, 'A', null), (2, 'C', null), (3, 'B', 1);
insert into auth.users (id) select unnest(%(people)s::uuid[]);
insert into profiles (id, role, "cdCliente")
select p.id, p.role::public.role, nullif(p.client, 0)
from unnest(%(people)s::uuid[], %(roles)s::text[], %(clients)s::integer[]) as p(id, role, client)
on conflict (id) do update set role = excluded.role, "cdCliente" = excluded."cdCliente";
insert into "TbDispositivo" ("cdDispositivo", "dsDispositivo", "cdCliente", "cdStatus")
values (10, 'moves', 2, 'ativo'), (11, 'stays', 1, 'ativo'), (12, 'moves to the child', 1, 'ativo'),
       (20, 'of the new owner', 2, 'ativo');
insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto", "nrUnidadeIni")
select d * 10 + t, d, t, 'p' || t, 0
from unnest('{10,11,12,20}'::integer[]) d, unnest('{2,3,4,5,9}'::integer[]) t;
update private."TbRollupMarca" set "dtPiso" = %(base)s, "dtMarca" = %(base)s, "dtAnunciada" = %(base)s;
update private."TbConfiguracao" set "nrMinutosRollup" = 60;
"""

_ASSETS = """
insert into "TbEndereco" ("cdEndereco", "dsLogradouro", "dsLat", "dsLong", "cdCliente", "dsUF")
values (%(code)s, %(text)s, -23.5, -46.6, %(client)s, 'SP');
insert into "TbDestinatario" ("cdDestinatario", "dsNome", "nrRaio", "cdCliente", "cdEndereco")
values (%(code)s, %(text)s, 100, %(client)s, %(code)s);
insert into "TbProduto" ("cdProduto", "dsNome", "nrCodigo", "cdCliente", "cdStatus")
values (%(code)s, %(text)s, %(kept)s, %(client)s, 'ativo');
insert into "TbProdutoItem" ("cdProdutoItem", "dsNome", "nrPesoUnit", "cdCliente")
values (%(code)s, %(text)s, 2, %(client)s);
insert into "TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto") values (%(code)s, %(code)s);
insert into "TbImagens" ("cdImagens", "cdProduto", "dsCaminho", "cdCodigo")
values (%(code)s, %(code)s, %(kept)s, %(kept)s)
"""


def _register(world: World) -> None:
    people = [person(client, n) for client in NAMES for n in (1, 2)]
    base = BASE.replace(tzinfo=None) - timedelta(hours=10)
    with (
        closing(psycopg2.connect(world.database.owner_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            _REGISTRY,
            {
                "people": [*people, SERVICE],
                "roles": ["admin", "default"] * 3 + ["service"],
                "clients": [client for client in NAMES for _ in (1, 2)] + [0],
                "base": base,
            },
        )
        for client, assets in ASSETS.items():
            text = world.variants[client].text
            for code in assets:
                cursor.execute(
                    _ASSETS,
                    {"code": code, "client": client, "text": f"{text}-{code}", "kept": f"goes-{code}"},
                )


def _former_owner(world: World) -> None:
    """Everything that A does; its sites and items are on the devices that will move."""
    variant = world.variants[A]
    world.sql('update "TbDispositivo" set "cdCliente" = 1 where "cdDispositivo" = 10')
    world.sql(
        """update "TbDispositivo" set "cdDestinatario" = 1, "cdProduto" = 1, "dsDescricao" = %(text)s,
             "horarioMedicaoInicio" = '00:00', "horarioMedicaoFim" = %(until)s where "cdCliente" = 1;
           update "TbSensor" set "cdProdutoItem" = %(item)s
           where "cdTipoSensor" = 3 and "cdDispositivo" in (10, 11, 12);
           insert into "TbDispositivoLiberado" ("cdDispositivo", "dtFim", "dsMotivo")
           select unnest('{10,11,12}'::integer[]), now() + interval '1 hour', %(text)s""",
        {"text": variant.text, "item": variant.item, "until": f"23:59:{variant.readings}"},
    )
    _live(world, A, [MOVED, KEPT, CHILDS])
    # the child would see its parent's item
    world.sql(f'update "TbSensor" set "cdProdutoItem" = 3 where "cdSensor" = {CHILDS}3')


def _moves(world: World) -> None:
    """By the service; site and product of the new owner, and its own words, in the same request."""
    service = world.api(callers.as_user(SERVICE))
    words = {client: world.variants[client].text for client in (B, C)}
    window = {"horarioMedicaoInicio": None, "horarioMedicaoFim": None}
    answers = [
        service.patch(
            f"/v2/dispositivos/{MOVED}",
            {"cdCliente": C, "cdDestinatario": 2, "cdProduto": 2, "dsDescricao": f"{words[C]}-moved"}
            | window,
        ),
        service.patch(
            f"/v2/dispositivos/{CHILDS}",
            {"cdCliente": B, "cdDestinatario": 3, "cdProduto": 3, "dsDescricao": f"{words[B]}-moved"}
            | window,
        ),
        service.patch(
            f"/v2/sensores/{MOVED_SENSOR}", {"cdDispositivo": THEIRS, "dsPonto": f"{words[C]}-sensor"}
        ),
        *(
            service.patch(f"/v2/{kind}/4", {"cdCliente": C, "dsNome": f"{words[C]}-{kind}"})
            for kind in ("destinatarios", "produtos", "itens")
        ),
        service.patch("/v2/enderecos/4", {"cdCliente": C, "dsLogradouro": f"{words[C]}-street"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * len(answers), [a.text for a in answers]


def _child(world: World) -> None:
    _live(world, B, [CHILDS])


def _new_owner(world: World) -> None:
    _live(world, C, [MOVED, THEIRS])


def _late(world: World) -> None:
    """The former owner publishes on under its topic: the gateway asserts the client of the topic."""
    late = _reading(MOVED, 7, world.variants[A]) | {"cdCliente": A}
    request = Request("POST", "/rpc/insert_device_readings", role="service_role")
    told = world.gateway.ask(request, "select public.insert_device_readings(%s)", json.dumps([late]))
    assert not told.state, told


def _live(world: World, client: int, devices: list[int]) -> None:
    """A client sends, errs, acknowledges, and makes keys, logins and invitations, by every door there is."""
    variant, api = world.variants[client], world.admin(client)
    note = world.answers.setdefault(client, [])
    for device in devices:
        for n in range(variant.readings):
            body = _reading(device, n, variant)
            note.append((f"{device} {n}", api.post("/v2/posicoes", body)))
            note.append((f"{device} {n} again", api.post("/v2/posicoes", body)))
        wrong = _reading(device, 0, variant) | {"nrBat": 3.3}
        note.append((f"{device} conflict", api.post("/v2/posicoes", wrong)))
        note.append(
            (f"{device} unknown", api.post("/v2/posicoes", {"cdDispositivo": device, "x": variant.text}))
        )
        _messages(world, client, device, variant)
        for _ in range(variant.readings):
            world.codes[f"login {client} {device}"] = _made(
                api, f"/v2/dispositivos/{device}/credenciais", "cdCredencial"
            )
    api.post("/v2/posicoes", f"{variant.text} no json".encode())
    made = api.post("/v2/api-keys", {"dsNome": variant.text, "dsPermissoes": ["read", "ingest", "admin"]})
    world.codes[f"key {client}"] = str(made.get_json()["cdApiKey"])
    world.keys[client] = made.get_json()["dsKey"]
    world.codes[f"invitation {client}"] = _made(
        api, "/v2/convites", "id", cdCliente=client, nrLimite=variant.readings
    )


def _made(api: Api, path: str, code: str, **body: Any) -> str:
    """The code of something new."""
    answer = api.post(path, body)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()[code])


def _reading(device: int, n: int, variant: Variant) -> dict[str, Any]:
    """The same times, sequence numbers and places in a key for every owner; only what it says is its own."""
    return {
        "cdDispositivo": device,
        "dtRegistro": (BASE + timedelta(minutes=70 * n)).isoformat(),
        "nrSeq": n,
        "latitude": round(variant.number / 10_000 - 50 + n / 100, 5),
        "longitude": -40,
        "nrBat": 3 + (variant.number % 97) / 200,
        "sensores": [
            {"cdSensor": device * 10 + kind, "nrValor": float(variant.number + n + kind)}
            for kind in (2, 3, 4, 5, 9)
        ],
    }


def _messages(world: World, client: int, device: int, variant: Variant) -> None:
    """An acknowledgement and an event as a gateway would send them."""
    sent = [
        {
            "tipo": "ack",
            "cdDispositivo": device,
            "dsPayload": {"schema": "v1", "cmd_id": "c", "ok": True, "err": variant.text},
        },
        {
            "tipo": "event",
            "cdDispositivo": device,
            "dsPayload": {
                "schema": "v1",
                "event_type": "e",
                "ts": BASE.isoformat(),
                "data": {"x": variant.text},
            },
        },
    ]
    world.rpc(client, "insert_device_messages('[]', %s)", json.dumps(sent))
