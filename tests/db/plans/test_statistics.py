"""What a call reads does not depend on what PostgreSQL knows of its tables: they may have been empty when it
looked at them last, and full a moment later."""

import json
from collections.abc import Sequence

import pytest

from tests.db import _plans
from tests.db._fleet import CLIENT, SITE
from tests.db._lab import Lab

_EMPTY = """
    update pg_class set reltuples = 0, relpages = 1
    where relkind in ('r', 'i') and oid::regclass::text ~ 'Tb'"""
_DEVICES = f"""
    insert into "TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente", "cdDestinatario")
      select n, 'ativo', {CLIENT}, {SITE.code} from generate_series(1001, 2000) n;
    insert into "TbPosicaoAtual" (
      "cdPosicao", "cdDispositivo", "cdCliente", "dtRegistro", "dtAlteracao", "dsLat", "dsLong")
      select n, n, {CLIENT}, now(), now(), 0.5, 0.5 from generate_series(1001, 2000) n"""
_ERRORS = f"""
    update private."TbConfiguracao" set "nrErrosCliente" = 1000;
    insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho",
      "blReprocessavel", "cdCliente", "cdDispositivo", "blDispositivo", "dtExpiracao")
    select 'x', 'MALFORMED', sha256(convert_to(n::text, 'UTF8')), 'x', '{{}}', 2, true, {CLIENT}, n, true,
           now() + interval '1 day'
    from generate_series(1, 1000) n"""
_BAD = json.dumps([{"cdDispositivo": 1, "nrSeq": f"{n}"} for n in range(1_000)])
_SQUARE = json.dumps([[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]])


def work(plans: Sequence[_plans.Row]) -> float:
    """Rows that all nodes made or threw away."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    found = [node for plan in plans for node in _plans.nodes(plan)]
    return sum(float(node.get(name, 0) * node["Actual Loops"]) for node in found for name in names)


# Seen to fail: with the rows that give way joined to the table (9.6 million steps); with the owner of each
# device joined, as PostgreSQL expects one row within an area (2 million).
@pytest.mark.parametrize(
    ("before", "statement"),
    [
        (_ERRORS, f"select insert_device_readings('{_BAD}')"),
        (_DEVICES, "select private.devices_in_area('{\"fora\": true}')"),
        *(
            (_DEVICES, f"select private.devices_in_area('{area}')")
            for area in (
                f'{{"poligono": {{"type": "Polygon", "coordinates": {_SQUARE}}}}}',
                '{"circulo": [0.5, 0.5, 1000]}',
                '{"caixa": [0, 0, 1, 1]}',
            )
        ),
    ],
)
def test_a_thousand_rows_cost_a_thousand_steps(lab: Lab, before: str, statement: str) -> None:
    with lab.caller("read", "ingest") as caller:
        claims = json.loads(caller.claims)
        plans = _plans.run(lab.database, claims, statement, (), (before, _EMPTY))
        assert 1_000 < work(plans) < 100_000
