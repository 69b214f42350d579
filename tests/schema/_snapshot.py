"""The rows of an installation, without what the phases are meant to change."""

import json
from typing import Any

from tests._lib.databases import Database
from tests._lib.legacy import query
from tests.schema._legacy_world import rows

# Columns that a phase changes, adds or takes away.
CHANGED = {
    "TbEndereco": {"dsLat", "dsLong", "geoPonto", "dsFonte", "cdCliente"},
    "TbDestinatario": {"nrRaio", "dsCerca", "geoCerca"},
    "TbProdutoItem": {"cdCliente", "nrPesoUnit"},
    "TbTipoSensor": {"dsAgregacao", "cdStatus", "cdCliente"},
    "TbClienteChave": {"dtExpiracao"},
    "TbDispositivo": {"cdUnidadeBat"},
    "TbSensor": {"dsPonto"},
    "TbApiKeys": {
        "dsKey",
        "dsHash",
        "dsPrefixo",
        "nrLimiteMinuto",
        "nrCotaDiaria",
        "dsPermissoes",
        "dtRegistro",
        "cdClientes",
        "cdCliente",
        "cdApiKeyMae",
        "cdPortador",
    },
}
TABLES = [table for table in rows() if table not in ("auth.users", 'public."TbEstado"')] + ["public.profiles"]


Snapshot = dict[str, list[dict[str, Any]]]


def snapshot(database: Database) -> Snapshot:
    """The rows of every table, without what is meant to change."""
    return {table: contents(database, table) for table in TABLES}


def contents(database: Database, table: str) -> list[dict[str, Any]]:
    name = table.partition(".")[2].strip('"')
    found = [row for (row,) in query(database, f"select to_jsonb(t) from {table} t order by t::text")]
    kept = [{key: row[key] for key in row.keys() - CHANGED.get(name, set())} for row in found]
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True))
