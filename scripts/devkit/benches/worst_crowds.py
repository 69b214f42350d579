"""The worst of many things of one kind: fences of their own for 5,000 devices, people, thousands of codes."""

import json
from collections.abc import Iterator
from typing import Any

from .worst_case import ELEMENTS, VERTICES, Case
from .worst_reads import comb

_PERSON = "20000000-0000-4000-8000-000000000000"
# Each in a site of its own, with a fence of its own, without check and audit log, which would take minutes.
_FENCED = f"""
    alter table public."TbDestinatario" disable trigger user;
    insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "cdCliente", "dsCerca")
      select 50000 + n, 'x', 1, '{{fence}}'::jsonb from generate_series(1, {ELEMENTS}) n
      where not exists (select from public."TbDestinatario" where "cdDestinatario" = 50001);
    alter table public."TbDestinatario" enable trigger user;
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente", "cdDestinatario")
      select 50000 + n, 'ativo', 1, 50000 + n from generate_series(1, {ELEMENTS}) n on conflict do nothing;
    analyze public."TbDispositivo", public."TbDestinatario"
"""
# An invitation that 5,000 have accepted, among 5,000 others; and somebody new.
_INVITED = f"""
    insert into public."TbClienteChave" ("dsChave", "nrLimite", "cdCliente", "dtExpiracao")
      select 'crowd' || n, 9000, 1, now() + interval '1 day' from generate_series(1, 5000) n
      on conflict do nothing;
    insert into auth.users (id)
      select ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid from generate_series(0, 5000) n
      on conflict do nothing;
    update public.profiles set "cdCliente" = 1, "cdChave" = (
      select id from public."TbClienteChave" where "dsChave" = 'crowd1')
      where id::text like '20000000%' and id <> '{_PERSON}';
    update public.profiles set "cdCliente" = null, "cdChave" = null where id = '{_PERSON}';
    analyze public.profiles, public."TbClienteChave"
"""
_MOST_CODES = 8_000  # in a URL of 50 kB, which is what PostgREST reads


def cases() -> Iterator[Case]:
    """Those of one client."""
    fence = json.dumps({"type": "Polygon", "coordinates": [comb(VERTICES)]}, separators=(",", ":"))
    before = _FENCED.format(fence=fence)

    def readings(run: int) -> dict[str, Any]:
        elements = [
            {"cdDispositivo": 50_000 + n, "nrSeq": run, "latitude": n % 97 / 98, "longitude": n % 100 / 101}
            for n in range(1, ELEMENTS + 1)
        ]
        return {"p_readings": json.dumps(elements)}

    name = f"{ELEMENTS:,} devices, each with a geofence of {VERTICES:,} vertices of its own"
    yield Case(f"a batch of {name}", "insert_device_readings", readings, before)
    for function in ("get_posicoes_atuais", "get_posicoes_geojson"):
        yield Case(f"{name}: outside, {function}", function, lambda _: {"p_area": '{"fora": true}'}, before)
    yield Case(
        "an invitation that 5,000 have accepted, among 5,000",
        "aceitar_convite",
        lambda _: {"p_ds_chave": "crowd1"},
        _INVITED,
        _PERSON,
    )
    yield Case(
        "one more invitation beside 5,000",
        "criar_convite",
        lambda _: {"p_cd_cliente": 1},
        _INVITED,
        "00000000-0000-4000-8000-000000000001",
    )


def reads() -> Iterator[Case]:
    """Those of a fleet, through PostgREST: thousands of codes in a filter."""
    codes = f"array(select generate_series(1, {_MOST_CODES}))"
    for relation, column, order in (
        ("TbPosicao", "cdDispositivo", "dtRegistro"),
        ("VwTbPosicaoAtual", "cdDispositivo", "dtRegistro"),
        ("VwSensorRegistro", "cdSensor", "dtRegistro"),
        ("VwSensorRegistro1m", "cdSensor", "dtBucket"),
        ("VwSensorRegistro1h", "cdSensor", "dtBucket"),
    ):
        yield Case(
            f"{relation}?{column}=in.({_MOST_CODES:,} codes)&order={order}.desc",
            statement=f'select count(*) from (select * from public."{relation}" '
            f'where "{column}" = any ({codes}) order by "{order}" desc limit 1000) x',
        )
