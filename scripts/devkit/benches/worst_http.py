"""The worst requests of `scripts/bench worst` over HTTP: files at their bounds, downloads of whole ranges.

What is read, checked and written in the API takes its processor, and that of nobody else's statement; so both
are printed, and how much was sent back.
"""

from __future__ import annotations

import csv
import http.client
import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from time import monotonic
from urllib.parse import urlencode

from openpyxl import Workbook

from ..fleet import demo
from . import bench, cpu
from .fleet import KEY, Fleet, person
from .http_run import Server

_ROWS = 5_000  # of an import, and elements of a batch
_CSV, _JSON = "text/csv", "application/json"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_Row = Callable[[int, int], dict[str, object]]
_Write = Callable[[_Row, int], bytes]
_TABLES = ("csv", "xlsx", "parquet")
# People of the first client administer it; everything is of one product, whose sensors are many.
BEFORE = f"""
    update public.profiles set role = 'admin' where id = '{person(1)}';
    update public."TbDispositivo" set "cdProduto" = 1;
    select setval(pg_get_serial_sequence('public."TbDispositivo"', 'cdDispositivo'), 1000000),
           setval(pg_get_serial_sequence('public."TbSensor"', 'cdSensor'), 1000000)
"""


@dataclass(frozen=True)
class Case:
    """One request; run number n sends a body of its own, so that nothing of it is there already."""

    name: str
    path: str
    kind: str = ""
    body: Callable[[int], bytes] | None = None
    person: str = person(1)  # or nobody: the key of a gateway


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, of the processor in the API and in PostgreSQL; status and bytes of the answer."""

    seconds: float
    api: float
    database: float
    status: int
    size: int


def cases(fleet: Fleet) -> Iterator[Case]:
    """What is sent, and what is read."""
    yield from _imports()
    yield from _batches(fleet)
    yield from _reads(fleet)
    yield from _downloads(fleet)


def measure(case: Case, run: int, server: Server, database: bench.Bench) -> Cost:
    """The cost of one request."""
    who = {"Authorization": f"Bearer {demo.token(case.person, server.secret)}"}
    headers = (who if case.person else {"X-API-Key": KEY}) | (
        {"Content-Type": case.kind} if case.kind else {}
    )
    body = case.body(run) if case.body else None
    address = server.url.removeprefix("http://")
    begin, before = monotonic(), _worked(server, database)
    with closing(http.client.HTTPConnection(address, timeout=600)) as connection:
        connection.request("POST" if body else "GET", case.path, body, headers)
        answer = connection.getresponse()
        size = len(answer.read())
    seconds, after = monotonic() - begin, _worked(server, database)
    api, of_database = (end - start for start, end in zip(before, after, strict=True))
    return Cost(seconds, api, of_database, answer.status, size)


def line(case: Case, costs: list[Cost]) -> str:
    """Medians of the runs, in one line."""
    seconds, api, database, size = (
        median(column)
        for column in zip(*((one.seconds, one.api, one.database, one.size) for one in costs), strict=True)
    )
    figures = f"{seconds:7.2f}  {api:10.2f}  {database:15.2f}  {costs[0].status:6}  {size / 1_024:8.0f}"
    return f"{figures}  {case.name}"


def _worked(server: Server, database: bench.Bench) -> tuple[float, float]:
    return cpu.of_group(server.process), cpu.of_sessions(database)


def _imports() -> Iterator[Case]:
    kinds: list[tuple[str, str, _Write]] = [("CSV", _CSV, _as_csv), ("XLSX", _XLSX, _as_xlsx)]
    rows: list[tuple[str, str, _Row]] = [
        ("devices", "/v2/dispositivos/lote", _device),
        ("sensors", "/v2/sensores/lote", _sensor),
        ("rows of history", "/v2/historico/lote", _history),
    ]
    for what, path, row in rows:
        for format_, kind, write in kinds:
            name = f"{_ROWS:,} {what} as {format_}"
            yield Case(name, path, kind, partial(write, row))
            yield Case(f"{name}, all wrong", path, kind, partial(write, partial(_wrong, row)))


def _device(run: int, number: int) -> dict[str, object]:
    """All columns; with these notes a CSV has nearly its 4 MB."""
    return {
        "dsDispositivo": f"{run} {number}",
        "dsModelo": number,
        "dsDescricao": "d" * 250,
        "dsObs": "o" * 250,
        "dsLayout": "l" * 150,
        "nrChip": 5_511_900_000_000 + number,
        "cdStatus": "estoque",
        "cdDestinatario": 1,
        "cdProduto": 1,
        "cdCliente": 1,
        "horarioMedicaoInicio": "08:00:00",
        "horarioMedicaoFim": "18:00:00",
    }


def _sensor(run: int, number: int) -> dict[str, object]:
    return {
        "cdDispositivo": number % 20 + 1,
        "cdTipoSensor": 4,
        "cdProdutoItem": 1,
        "cdUnidade": "temperatura",
        "nrUnidadeIni": number,
        "nrUnidadeFim": number,
        "dsPonto": f"{monotonic()} {number} {'p' * 200}",
    }


def _history(run: int, number: int) -> dict[str, object]:
    """Two weeks of a year ago for each of 20 devices, in a minute of its own for each run."""
    time = datetime(datetime.now(UTC).year - 2, 6, 1) + timedelta(hours=number // 20, minutes=run % 60)
    return {
        "cdDispositivo": number % 20 + 1,
        "dtRegistro": f"{time.isoformat()}Z",
        "latitude": -23.5 + number / 100_000,
        "longitude": -46.6,
        "nrBatPercentual": 90,
        "nrPrecisao": 12.5,
        "nrTemperatura": number / 7,
    }


def _wrong(good: _Row, run: int, number: int) -> dict[str, object]:
    """Valid for the API, so that the database has to look for what it names."""
    row = good(run, number)
    names = [
        name for name in ("cdDestinatario", "cdProduto", "cdDispositivo", "cdProdutoItem") if name in row
    ]
    return row | dict.fromkeys(names, 2_000_000_000)


def _as_csv(row: _Row, run: int) -> bytes:
    text = io.StringIO()
    rows = [row(run, number) for number in range(_ROWS)]
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _as_xlsx(row: _Row, run: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(_ROWS):
        cells = row(run, number)
        if not number:
            sheet.append(list(cells))
        sheet.append(list(cells.values()))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _batches(fleet: Fleet) -> Iterator[Case]:
    def positions(run: int) -> bytes:
        end = datetime.now(UTC) - timedelta(days=1, hours=run)

        def element(number: int) -> dict[str, object]:
            return {
                "cdDispositivo": number % fleet.devices + 1,
                "dtRegistro": (end - timedelta(seconds=number)).isoformat(),
                "nrBat": 3.6,
                "latitude": -23.5,
                "longitude": -46.6,
                "sensores": [{"cdSensor": number % fleet.devices + 1, "nrValor": 21.5}],
            }

        return json.dumps([element(number) for number in range(_ROWS)]).encode()

    def bad(run: int) -> bytes:
        text = "x" * 1_500
        return json.dumps(
            [{"cdDispositivo": 1, "nrSeq": f"{run} {n}", "dtRegistro": text} for n in range(_ROWS)]
        ).encode()

    for path in ("/v2/posicoes/lote", "/v2/posicoes/lote?validar=1"):
        yield Case(f"{_ROWS:,} readings, {path}", path, _JSON, positions, "")
    yield Case(f"{_ROWS:,} bad readings of 8 MB", "/v2/posicoes/lote", _JSON, bad, "")


def _reads(fleet: Fleet) -> Iterator[Case]:
    begin, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (fleet.start, fleet.end))
    service = person(0)
    history = {"cdCliente": 1, "pageSize": 1_000, "dtInicio": begin, "dtFim": end}
    yield Case(
        f"history, 1,000 rows of a client's {fleet.days} days",
        f"/v2/HistoricoPaginaDispositivo/0?{urlencode(history)}",
        person=service,
    )
    for name in ("abertura-porta", "movimento-pessoas", "temperatura", "camera-categorias"):
        asked = {"cdProduto": 1, "dtInicio": begin, "dtFim": end}
        yield Case(
            f"summary {name} of all devices, {fleet.days} days",
            f"/v2/summary/{name}?{urlencode(asked)}",
            person=service,
        )
    asked = {"dtInicio": begin, "dtFim": end}
    yield Case(
        f"devices of a product with their sums, {fleet.days} days",
        f"/v2/cliente/1/produto/1/dispositivos-resumo?{urlencode(asked)}",
        person=service,
    )
    raw = {"cdSensor": 4, "agg": "raw", "pageSize": 100_000}
    yield Case("points of a sensor, a page of 100,000", f"/v2/data/points?{urlencode(raw | asked)}")


def _downloads(fleet: Fleet) -> Iterator[Case]:
    """A download is sent page by page, each a statement: one page, and the whole range of a device."""
    end = fleet.end
    ranges = {"one page": end - timedelta(days=1_000 / fleet.per_day), f"{fleet.days} days": fleet.start}
    for name, begin in ranges.items():
        window = {"dtInicio": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "dtFim": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        for kind in _TABLES:
            yield Case(
                f"history of a device as {kind}, {name}",
                f"/v2/HistoricoPaginaDispositivo/4?{urlencode(window | {'formato': kind})}",
            )
            points = {"cdSensor": 4, "agg": "1m", "formato": kind}
            yield Case(
                f"points of a sensor as {kind}, {name}", f"/v2/data/points?{urlencode(points | window)}"
            )
        for kind in ("geojson", "gpx", "kml"):
            yield Case(
                f"track of a device as {kind}, {name}",
                f"/v2/dispositivos/4/trajeto?{urlencode(window | {'formato': kind})}",
            )
