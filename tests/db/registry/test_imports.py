"""Imports cost by their number of rows, whatever these name."""

import json
from typing import Any

import pytest

from tests.db import _plans
from tests.db._fleet import CLIENT, add_user
from tests.db._lab import Lab
from tests.db._plans import Row

_CODES = range(700, 760)
_FILL = f"""
    insert into "TbDestinatario" ("cdDestinatario", "dsNome", "cdCliente")
      select n, 'x', {CLIENT} from generate_series({_CODES[0]}, {_CODES[-1]}) n;
    insert into "TbProduto" ("cdProduto", "dsNome", "cdCliente")
      select n, 'x', {CLIENT} from generate_series({_CODES[0]}, {_CODES[-1]}) n;
    insert into "TbProdutoItem" ("cdProdutoItem", "dsNome", "cdCliente")
      select n, 'x', {CLIENT} from generate_series({_CODES[0]}, {_CODES[-1]}) n;
    insert into "TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente")
      select n, 'ativo', {CLIENT} from generate_series({_CODES[0]}, {_CODES[-1]}) n
"""


@pytest.fixture(scope="module")
def registry(shared_lab: Lab) -> tuple[Lab, Row]:
    """With as many sites, products, items and devices as there are codes; and the claims of an admin."""
    shared_lab.sql(_FILL)
    return shared_lab, {"sub": add_user(shared_lab.owner, CLIENT, "admin")}


def _devices(codes: range) -> list[dict[str, Any]]:
    return [{"cdStatus": "ativo", "cdDestinatario": code, "cdProduto": code} for code in codes]


def _sensors(codes: range) -> list[dict[str, Any]]:
    return [
        {"cdDispositivo": code, "cdTipoSensor": 4, "cdProdutoItem": code, "dsPonto": "new"} for code in codes
    ]


# Seen to fail: when each code was compared with all that the caller manages (managed_sites ran for each code,
# so that 5,000 devices of as many sites took 105 s).
@pytest.mark.parametrize(
    ("rows", "codes"),
    [(_devices, _CODES), (_devices, range(10**9, 10**9 + 60)), (_sensors, _CODES)],
    ids=["devices", "devices that name unknown codes", "sensors"],
)
def test_no_statement_is_run_for_each_code(registry: tuple[Lab, Row], rows: Any, codes: range) -> None:
    lab, person = registry
    call = "select private.row_errors(%s)"
    plans = [_plans.run(lab.database, person, call, (json.dumps(rows(few)),)) for few in (codes[:2], codes)]
    assert len(plans[0]) == len(plans[1])
