"""The worst of what people manage: quarantine, keys, sites, and imports of devices and sensors."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic
from typing import Any

from .fleet import person
from .worst_case import ELEMENTS, FULL, Case
from .worst_reads import comb

# And a message that an adapter can read by now.
_FIRST = """;
    insert into "TbIngestaoErro" (
      "cdErro", "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
      "cdCliente", "cdDispositivo", "blDispositivo", "dsTopico", "dtExpiracao") overriding system value
    select 2000000000, 'x', 'MALFORMED', sha256('first'), 'x', '{}', 2, true, 1, 1, true,
           'rastro/1/x/1/telem', now() + interval '1 day'
"""
# What 5,000 rows may name, each something else.
_NAMED = """
    insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "cdCliente")
      select n, 'x', 1 from generate_series(200000, 204999) n on conflict do nothing;
    insert into public."TbProduto" ("cdProduto", "dsNome", "cdCliente")
      select n, 'x', 1 from generate_series(200000, 204999) n on conflict do nothing;
    insert into public."TbProdutoItem" ("cdProdutoItem", "dsNome", "cdCliente")
      select n, 'x', 1 from generate_series(200000, 204999) n on conflict do nothing;
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente")
      select n, 'estoque', 1 from generate_series(200000, 204999) n on conflict do nothing;
    analyze
"""
_MOTHER = "00000000-0000-4000-8000-0000000000aa"
# An admin, a key of theirs, and 5,000 keys that it made.
_KEYS = f"""
    insert into auth.users (id) values ('00000000-0000-4000-8000-000000000002') on conflict do nothing;
    insert into public.profiles (id, "cdCliente", role)
      values ('00000000-0000-4000-8000-000000000002', 1, 'admin')
      on conflict (id) do update set "cdCliente" = 1, role = 'admin';
    delete from public."TbApiKeys" where "dsNome" in ('mother', 'made');
    insert into public."TbApiKeys" (
      "cdApiKey", "cdUsuario", "dsHash", "cdClientes", "dsNome", "dsPermissoes")
      values ('{_MOTHER}', '00000000-0000-4000-8000-000000000002', repeat('a', 64), '{{1}}', 'mother',
              '{{read}}');
    insert into public."TbApiKeys" (
      "cdUsuario", "cdApiKeyMae", "dsHash", "cdClientes", "dsNome", "dsPermissoes")
      select '00000000-0000-4000-8000-000000000002', '{_MOTHER}', encode(sha256(n::text::bytea), 'hex'),
             '{{1}}', 'made', '{{read}}'
      from generate_series(1, 5000) n
"""
# A full quarantine: half of it can be stored by now, half fails for another reason than before.
_REPLAYABLE = """
    truncate "TbIngestaoErro";
    insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho",
      "blReprocessavel", "cdCliente", "cdDispositivo", "blDispositivo", "dtExpiracao")
    select 'x', 'UNKNOWN_POINT', sha256(p), 'x', p, octet_length(p), true, 1, n % 100 + 1, true,
           now() + interval '1 day'
    from generate_series(1, 10000) n
    cross join convert_to(format('{"nrSeq": %s, "cdDispositivo": %s}',
                                 case when n % 2 = 0 then n::text else '"' || n || '"' end, n % 100 + 1),
                          'UTF8') p
"""


def cases() -> Iterator[Case]:
    """Those of one client with a hundred devices."""
    yield from _administration()
    yield from _bulk()


def _administration() -> Iterator[Case]:
    yield Case(
        f"replay of {ELEMENTS:,}", "reprocessar_erros", lambda _: {"p_nr_limite": ELEMENTS}, _REPLAYABLE
    )
    yield Case(
        f"replay of one message with {ELEMENTS:,} readings",
        "reprocessar_payload",
        _replayed,
        _REPLAYABLE + _FIRST,
    )
    yield Case(
        "one more into a full quarantine",
        "quarentenar_payload",
        lambda run: {
            "p_payload": base64.b64encode(b"x" * 16_384).decode(),
            "p_nr_tamanho": 8 << 20,
            "p_hash": hashlib.sha256(str(run).encode()).hexdigest(),
            "p_motivo": "TOO_LARGE",
            "p_ds_erro": "x",
        },
        FULL,
    )
    yield Case("1,000 of a full quarantine", "get_erros_ingestao", lambda _: {"p_page_size": 1_000}, FULL)
    yield Case("discard of 10,000", "descartar_erros", lambda _: {}, _REPLAYABLE)
    for function in ("revogar_api_key", "rotacionar_api_key"):
        yield Case(f"a key that made 5,000, {function}", function, lambda _: {"p_cd_api_key": _MOTHER}, _KEYS)
    yield Case(
        "an admin who leaves 5,000 keys, remover_pessoa",
        "remover_pessoa",
        lambda _: {"p_id": person(2)},
        _KEYS,
        person(1),
    )
    fence = json.dumps({"type": "Polygon", "coordinates": [comb(4_500, 5)]}, separators=(",", ":"))
    site = json.dumps({"dsNome": "x", "dsCerca": json.loads(fence)})
    yield Case(
        "a site with a geofence of 4,500 vertices",
        "criar_cadastro",
        lambda _: {"p_cadastro": "destinatarios", "p_dados": site},
    )
    yield Case(
        "the same, changed",
        "mudar_cadastro",
        lambda _: {"p_cadastro": "destinatarios", "p_codigo": 1, "p_dados": site},
    )


def _bulk() -> Iterator[Case]:
    """Rows that name nothing, things of their own each, and things that do not exist."""

    def case(name: str, kind: str, row: Callable[[int, int], dict[str, Any]]) -> Case:
        def arguments(run: int) -> dict[str, Any]:
            rows = [row(run, number) for number in range(ELEMENTS)]
            return {"p_cadastro": kind, "p_linhas": json.dumps(rows)}

        return Case(f"{ELEMENTS:,} new {name}", "criar_cadastros", arguments, _NAMED)

    def device(run: int, number: int, *, first: int = 0) -> dict[str, Any]:
        codes = dict.fromkeys(("cdDestinatario", "cdProduto"), first + number) if first else {}
        return {"dsDispositivo": f"n{number}", "cdStatus": "estoque", **codes}

    def sensor(run: int, number: int, *, first: int) -> dict[str, Any]:
        codes = dict.fromkeys(("cdDispositivo", "cdProdutoItem"), first + number)
        return {"cdTipoSensor": 4, "dsPonto": f"{monotonic()} {run}", **codes}

    yield case("devices", "dispositivos", device)
    for first, which in ((200_000, "as many"), (1_000_000_000, "unknown")):
        yield case(f"devices of {which} sites and products", "dispositivos", partial(device, first=first))
        yield case(f"sensors of {which} devices and items", "sensores", partial(sensor, first=first))


def _replayed(run: int) -> dict[str, Any]:
    readings = [{"cdDispositivo": 1, "nrSeq": 1_000_000 * (run + 1) + n} for n in range(ELEMENTS)]
    return {"p_cd_erro": 2_000_000_000, "p_readings": json.dumps(readings)}
