"""A request at its bounds, and which functions must have one."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

ELEMENTS = 5_000  # TbConfiguracao.nrElementosLote
VERTICES = 3_000  # private.polygon_error
BODY = 8 << 20  # bytes; RASTRO_MAX_BODY_BYTES
DEVICES = 100
# A full quarantine, each row of another device.
FULL = """
    insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho",
      "blReprocessavel", "cdCliente", "cdDispositivo", "blDispositivo", "dtExpiracao")
    select 'x', 'MALFORMED', sha256(convert_to(n::text || clock_timestamp(), 'UTF8')), 'x', '{}', 2, true, 1,
           n, true, now() + interval '1 day'
    from generate_series(1, 10000) n
"""


@dataclass(frozen=True)
class Case:
    """One request; run number n gets arguments of its own, so that nothing of it is there already."""

    name: str
    function: str = ""
    arguments: Callable[[int], dict[str, Any]] = lambda _: {}
    before: str = ""  # SQL of the owner, before each run
    person: str = ""  # auth id of who calls, where the bench's key may not
    statement: str = ""  # instead of a call: what PostgREST makes of a question about a table or view
    stored: slice | None = None  # elements that are sent before, and so are there already


def met(case: Case) -> Iterator[Case]:
    """The same batch, compared with what is stored: when its answer was lost, and when much was in vain."""
    yield replace(case, name=f"{case.name}, all but one stored", stored=slice(None, -1))
    yield replace(case, name=f"{case.name}, the last of them stored", stored=slice(-1, None))


def part(arguments: Mapping[str, Any], which: slice) -> dict[str, Any]:
    """A request with these elements of each of its lists, which are JSON."""
    lists = {
        name: json.loads(value)
        for name, value in arguments.items()
        if isinstance(value, str) and value.startswith("[")
    }
    return {**arguments, **{name: json.dumps(elements[which]) for name, elements in lists.items()}}


WITHOUT = {
    "criar_api_key": "it makes one row",
    "criar_convite": "it makes one row",
    "get_exclusoes": "a page of rows that people wrote one by one",
    "get_exclusoes_desde": "it looks at receipts, which people wrote one by one",
    "get_guardas_legais": "a page of rows that people wrote one by one",
    "registrar_posicao": "it is insert_device_reading, and reads what that stored",
}
"""Functions whose arguments can be large that have no worst case, and why."""
_LARGE = ("jsonb", "timestamp with time zone")  # documents, and ends of a range
_PAGES = ("p_page_size", "p_limit", "p_nr_limite")


def grows(arguments: Mapping[str, str]) -> bool:
    """Whether a caller chooses how much a function with these arguments (name: type) reads or writes."""
    return any(kind.endswith("[]") or kind in _LARGE or name in _PAGES for name, kind in arguments.items())
