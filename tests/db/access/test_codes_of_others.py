"""A reference to a row of another client is refused as one to a row that does not exist."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS
from tests.db.access._postgrest import RestWorld

# The row of the caller's client ({own}) refers to %s.
REFERENCES = [
    'update "TbDispositivo" set "cdDestinatario" = %s where "cdDispositivo" = {own}',
    'update "TbDispositivo" set "cdProduto" = %s where "cdDispositivo" = {own}',
    'insert into "TbDispositivo" ("cdDestinatario") values (%s)',
    'insert into "TbDispositivo" ("cdProduto") values (%s)',
    'update "TbSensor" set "cdProdutoItem" = %s where "cdSensor" = {own}',
    'update "TbSensor" set "cdDispositivo" = %s where "cdSensor" = {own}',
    'insert into "TbSensor" ("cdDispositivo", "cdTipoSensor") values (%s, 4)',
    'insert into "TbSensor" ("cdDispositivo", "cdTipoSensor", "cdProdutoItem") values ({own}, 4, %s)',
    'update "TbDestinatario" set "cdEndereco" = %s where "cdDestinatario" = {own}',
    'insert into "TbDestinatario" ("cdCliente", "cdEndereco") values ({client}, %s)',
    'insert into "TbProdutoItemJoinTable" ("cdProduto", "cdProdutoItem") values ({own}, %s)',
    'insert into "TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto") values ({own}, %s)',
    'insert into "TbProdutoItemJoinTable" ("cdProduto", "cdProdutoItem") values ({own}, %s)'
    " on conflict do nothing",
    'insert into "TbImagens" ("cdProduto") values (%s)',
    'insert into "TbDispositivoLiberado" ("cdDispositivo", "dtFim", "dsMotivo") values (%s, now(), \'x\')',
    "insert into inventario.rua (nome, \"cdArmazem\", position) values ('x', %s, 1)",
    'insert into inventario.leituras ("cdSessao") values (%s)',
    "select public.vincular_item({own}, %s)",
    "select public.vincular_item(%s, {own})",
    "select public.mudar_cadastro('sensores', {own}, jsonb_build_object('cdProdutoItem', %s))",
    "select public.mudar_cadastro('destinatarios', {own}, jsonb_build_object('cdEndereco', %s))",
    "select public.criar_cadastro('sensores', jsonb_build_object('cdDispositivo', {own}, 'cdTipoSensor', 4,"
    " 'cdProdutoItem', %s))",
    "select public.criar_cadastro('destinatarios', jsonb_build_object('cdEndereco', %s))",
]
THEIRS, NOBODYS = 201, 999_999


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        yield world


# Seen to fail: before, for items and addresses (a foreign key was violated where there was none).
@pytest.mark.parametrize("reference", REFERENCES)
def test_nobody_learns_which_codes_others_have(world: RestWorld, reference: str) -> None:
    for who, client in (("admin1", 1), ("key-limited", 3)):
        statement = reference.format(own=client * 100 + 1, client=client)
        told: list[Any] = []
        for code in (THEIRS, NOBODYS):
            answer = world.ask(CALLERS[who], statement, code, keep=False)
            assert answer.state, (who, statement)
            message = answer.message.partition("\n")[0].replace(str(code), "N")
            told.append((answer.state, answer.hint, message, answer.detail.replace(str(code), "N")))
        assert told[0] == told[1], (who, statement)
