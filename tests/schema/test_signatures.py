"""app/rpc/signatures.py is what `scripts/db types` writes for the migrated database."""

from app.rpc.registry import RPCS
from scripts.devkit.local.paths import SIGNATURES
from scripts.devkit.schema.signatures import signatures
from tests._lib.databases import Database


# Seen to fail: with an argument more in the file; with a function that nobody may call.
def test_signatures_are_those_of_the_database(database: Database) -> None:
    assert SIGNATURES.read_text() == signatures(database.owner_url)


def test_what_is_called_by_postgrest_or_a_trigger_is_not_among_them() -> None:
    assert not {"antes_da_requisicao", "auditar"} & RPCS.keys()
    reading = {"conferir_chamador"} | {name for name in RPCS if name.startswith("get_")}
    assert {name for name, rpc in RPCS.items() if rpc.reads_only} == reading
