"""Every question and every change there is, from the API's description and the database's catalogue.

What is new is asked by itself: a path, a relation or a function without a value below is called with an
example, or with what its type allows.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow.parquet
from werkzeug.test import TestResponse

from tests.http import callers
from tests.http.owners._world import BASE, CHILDS, KEPT, MOVED, MOVED_SENSOR, THEIRS, World, person

METHODS = ("get", "post", "put", "patch", "delete")
NOBODYS = re.compile(r"/health/|/metrics|/arquivo|get_saude_series")  # the same for everybody; a file
_DEVICES = (MOVED, KEPT, CHILDS, THEIRS)
_SENSORS = (103, 123, MOVED_SENSOR)
SINCE, UNTIL = (f"{BASE + timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ}" for h in (-1, 24))
_DAYS = {"dtRegistroComeco": f"{BASE:%Y%m%d}", "dtRegistroFim": f"{datetime.now(UTC):%Y%m%d}"}
_CODES: dict[str, Sequence[Any]] = {
    "/clientes": (1, 2, 3),
    "/dispositivos": _DEVICES,
    "/sensores": _SENSORS,
    "/tipos-sensor": (3,),
    "/Dispositivo": (0, *_DEVICES),
    "/Posicao": (0, *_DEVICES),
    "/Historico": (0, MOVED),
    "/VwRel": (0, MOVED),
    "": (1, 2, 3, 4),
}
_VALUES: dict[str, Sequence[Any]] = {
    "cdCliente": (1, 2),
    "cdProduto": (1, 2),
    "cdProdutoItem": (1, 2),
    "cdDispositivo": (MOVED, CHILDS),
    "cdDispositivos": (f"{MOVED},{KEPT},{CHILDS}",),
    "cdSensor": _SENSORS,
    "cdDestinatario": (1,),
    "dtInicio": (SINCE,),
    "dtFim": (UNTIL,),
    "dt_registro_inicio": (_DAYS["dtRegistroComeco"],),
    "dt_registro_fim": (_DAYS["dtRegistroFim"],),
    "pageSize": (2,),
    "agg": ("raw", "1m", "1h"),
    "motivo": ("CONFLICT", "UNKNOWN_DEVICE"),
    "id": [person(client, 1) for client in (1, 2, 3)],
    "cdGuardaLegal": (1,),
    "cdExclusao": ("7a4f1c1e-6d1b-4a57-9a0e-3f9f7f4f2b10",),
}
_RELABEL = {"dsPonto": "taken", "cdTipoSensor": 10, "nrUnidadeIni": 7}
_OF_THE_CHILD = rf"/3\b|/{CHILDS}|{person(3, 1)}| 3\b"  # its parent may change that
# Of the filters, those that could lead to others' rows, or to other ways to read and to write.
_FILTERS = {
    "cdCliente",
    "cdProduto",
    "cdDispositivo",
    "cdDispositivos",
    "cdSensor",
    "pageSize",
    "agg",
    "formato",
}


class Question(NamedTuple):
    """An HTTP request; `label` is the same in every world."""

    label: str
    method: str
    path: str
    query: dict[str, Any]
    body: Any = None


def described(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation that is not for everybody."""
    for path, operations in world.app.api_doc["paths"].items():  # type: ignore[attr-defined]
        if not NOBODYS.search(path):
            yield from ((m.upper(), path, operations[m]) for m in METHODS if m in operations)


def questions(world: World) -> Iterator[Question]:
    """Each read with each of its codes; and with the first of them, each filter and format."""
    for method, path, operation in described(world):
        if method != "GET":
            continue
        query, optional = _query(operation)
        places = list(_places(world, path))
        yield from (Question(f"{label} {query}", method, place, query) for label, place in places)
        label, place = places[0]
        if path.startswith("/v1/"):
            continue  # the functions of /v2
        for name, value in optional:
            yield Question(f"{label} {name}={value}", method, place, query | {name: value})


def changes(world: World) -> Iterator[Question]:
    """Each write with each of its codes, and a body that it might take."""
    for method, path, operation in described(world):
        if method == "GET":
            continue
        # without a device, a parent's would be its child's, too
        query = (
            {"cdDispositivo": MOVED}
            if "cdDispositivo" in {p["name"] for p in operation.get("parameters", ())}
            else {}
        )
        for label, place in _places(world, path):
            if re.search(_OF_THE_CHILD, label):
                continue
            for n, body in enumerate(_bodies(world, method, path)):
                yield Question(f"{method} {label} {n}", method, place, query, body)


def _places(world: World, path: str) -> Iterator[tuple[str, str]]:
    """The path with every code, and a label that tells which one."""
    names = re.findall(r"{(\w+)}", path)
    if not names:
        yield path, path
        return
    first = names[0]
    for shown, code in _codes(world, path, first):
        place = path.replace("{" + first + "}", str(code))
        label = path.replace("{" + first + "}", str(shown))
        for name in names[1:]:
            other = next(iter(_codes(world, path, name)))
            if name == "cdCredencial":
                other = next(c for c in _codes(world, path, name) if c[0].endswith(f" {code}"))
            place, label = place.replace("{" + name + "}", str(other[1])), f"{label} {other[0]}"
        yield label, place


def _codes(world: World, path: str, name: str) -> Iterator[tuple[str, Any]]:
    known = {"cdApiKey": "key", "cdConvite": "invitation", "cdErro": "error", "cdCredencial": "login"}
    if name in known:
        yield from ((label, code) for label, code in world.codes.items() if label.startswith(known[name]))
    elif name == "codigo":
        kind = next(kind for kind in _CODES if kind in path)
        yield from ((str(code), code) for code in _CODES[kind])
    elif "/credenciais" in path or "/trajeto" in path:
        yield from ((str(code), code) for code in _DEVICES)
    else:
        yield from ((str(code), code) for code in _VALUES[name])


def _query(operation: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """What a read needs, and each thing that it may be asked besides."""
    needed: dict[str, Any] = {}
    optional: list[tuple[str, Any]] = []
    for parameter in operation.get("parameters", ()):
        name, schema = parameter["name"], parameter.get("schema", {})
        if parameter.get("in") != "query":
            continue
        values = schema.get("enum") or _VALUES.get(name) or ()
        for option in schema.get("anyOf", ()):
            values = option.get("enum") or values
        if parameter.get("required"):
            needed[name] = values[0] if values else parameter["example"]
            values = values[1:]
        if name in _FILTERS:
            optional += [(name, value) for value in values[:4]]
    if "dtRegistroComeco" in {p["name"] for p in operation.get("parameters", ())}:
        needed |= _DAYS
    return needed, optional


def _bodies(world: World, method: str, path: str) -> list[Any]:
    """Changes of names and owners, references to others' rows, and what needs no body."""
    own = {"cdCliente": 2, "dsNome": "taken"}
    if "/dispositivos" in path or path == "/Dispositivo":
        own = {"dsDescricao": "taken", "cdDestinatario": 1, "cdProduto": 1}
        return [own, {"dsDescricao": "taken"}, {"cdCliente": 2}]
    if "/sensores" in path or path == "/Sensor":
        return [{"cdDispositivo": KEPT, "cdTipoSensor": 3}, {"cdProdutoItem": 1}, _RELABEL]
    if "/enderecos" in path:
        return [{"dsLogradouro": "taken"}, {"cdCliente": 2}]
    if path.endswith("reprocessar"):
        return [{"cdErros": [code]} for label, code in world.codes.items() if label in ("error 1", "error 2")]
    if method == "DELETE":
        return [None]
    return [own, {"dsNome": "taken"}, {"nrLimite": 5}, {}]


def ask(world: World, client: int, question: Question) -> str:
    """What the admin of a client is answered: status and content, whatever the format."""
    who = callers.as_user(person(client, 1))
    answer = world.app.test_client().open(
        question.path, method=question.method, query_string=question.query, headers=who, json=question.body
    )
    return f"{answer.status_code} {plain(text_of(answer))}"


def text_of(answer: TestResponse) -> str:
    """The content of an answer: a workbook's sheets, a Parquet file's rows."""
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code == 200 and "sheet" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            return "".join(
                file.read(name).decode() for name in sorted(file.namelist()) if "docProps" not in name
            )
    if answer.status_code == 200 and "parquet" in kind:
        return json.dumps(pyarrow.parquet.read_table(io.BytesIO(answer.data)).to_pylist(), default=str)
    return answer.text


_NOW = re.compile(r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?")
_CHANCE = re.compile(
    r"\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|rastro_[\w-]{5,}|\b\d+-[0-9a-f]{8}\b"
    r"|(?<=\"dsChave\")(: ?\"[^\"]+)|(?<=\"dsSegredo\")(: ?\"[^\"]+)"
    r"|(?<=\"nextDesde\" : )\"[^\"]+\"|bilhete_[\w-]{43}|(?<=\"nrTransacao\": )\"?\d+"
    r"|(?<=\"cdAuditoria\": )\d+|(?<=Vinculo\": )\d+|(?<=\"marca\": \")[\d:,]+"
    r"|(?<=nrSegundosSemRegistro\": )[-\d.e]+|(?<=nrDesvioRelogio\": )[-\d.e]+"
)
_LATELY = f"{BASE + timedelta(hours=25):%Y-%m-%d %H:%M:%S}"


def plain(text: str) -> str:
    """Without what is different each time: ids and secrets made by chance, and the present time."""
    text = _CHANCE.sub(lambda m: m[0] if m[0].startswith("00000000-") else "?", text)
    return _NOW.sub(lambda m: "now" if m[0].replace("T", " ") > _LATELY else m[0], text)
