"""POST /v2/historico/lote: readings of earlier months from CSV or XLSX, with a verdict on every row."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from flask import Response
from pydantic import Field

from app import meters
from app.errors import ApiError
from app.files.bounds import NoTable
from app.files.history.readings import Options, Table
from app.http.kit.blueprint import errors, resource
from app.http.kit.call import reply, rpc
from app.http.kit.log import note
from app.http.kit.parameters import Flag, Id, Query, Separator, Text, Zone
from app.http.kit.uploads import Upload, not_a_table, table, table_body

from .schemas import Imported

history_imports = resource("historico", "Import of history that comes from elsewhere", needs="admin")

_EXAMPLE = (
    "cdDispositivo,dtRegistro,latitude,longitude,nrBat,ponto:temperatura\n"
    f"7,{datetime.now(UTC).year - 1}-03-01T12:00:00Z,-23.5031,-46.6252,3.6,4.2\n"
)
_HEADINGS = (
    "A row is a reading, or one of its values: rows of one device, time and nrSeq are one reading. Columns "
    "of values: `cdSensor` or `dsPonto` with `nrValor`, `blValor` or `dsValor`, `cdProdutoItem`, "
    "`nrQualidade` and `dsUnidade`; or `ponto:<name>` or `sensor:<code>`, one for each sensor. CSV and XLSX "
    "of history and of `data/points` (agg=raw) can be imported as they are. At most 12,000 values. "
)


class LoteHistoricoQuery(Query):
    """How to read the file, and whether to store it."""

    validar: Flag = Field(default=False, description="`1`: only validate; nothing is stored.")
    soExcecoes: Flag = Field(default=False, description="`1`: `results` has only conflicts and rejections.")
    separador: Separator | None = Field(
        default=None,
        description="Separator of CSV; without it, the one that the headings have most of. Numbers in a CSV "
        "by `;` (in a URL better `%3B`) may have a decimal comma and, with it, dots between thousands; 1.234 "
        "is refused there, as it may be either. XLSX ignores it.",
    )
    fuso: Zone | None = Field(
        default=None,
        description="IANA name of the time zone of times without an offset; without it they are UTC. Times "
        "that clocks skipped or repeated there are rejected.",
    )
    ordemData: Literal["amd", "dma", "mda"] = Field(
        default="amd",
        description="`dma` or `mda`: dates such as 31/01/2026 begin with the day or the month. ISO 8601, and "
        "seconds or milliseconds since 1970, are always read.",
    )
    cdDispositivo: Id | None = Field(default=None, description="The device of rows that name none.")
    cdSensor: Id | None = Field(default=None, description="The sensor of values that name none.")
    dsPonto: Text | None = Field(default=None, description="The same by its point name.")


@history_imports.post(
    "/historico/lote",
    responses={200: Imported, **errors(408, 413, 415)},
    openapi_extensions=table_body(_EXAMPLE, _HEADINGS),
)
def post_historico_lote(query: LoteHistoricoQuery) -> Response:
    """Import readings, older ones than devices may send too; every row gets a verdict."""
    if query.cdSensor is not None and query.dsPonto is not None:
        details = {"parameter": "dsPonto"}
        raise ApiError(400, "INVALID_PARAMETER", "Give either cdSensor or dsPonto.", details)
    file = table(query.separador)
    try:
        found = Table(file.rows, _options(query, file))
    except NoTable as wrong:
        raise not_a_table(wrong) from None
    return reply(_imported(found, query))


def _options(query: LoteHistoricoQuery, file: Upload) -> Options:
    lacking = query.model_dump(include={"cdDispositivo", "cdSensor", "dsPonto"}, exclude_none=True)
    return Options(lacking, query.fuso, query.ordemData, file.commas, file.is_csv)


def _imported(found: Table, query: LoteHistoricoQuery) -> dict[str, Any]:
    answer = rpc(
        "importar_historico",
        p_leituras=msgspec.json.encode(found.elements()).decode(),
        p_validar=query.validar,
    )
    verdicts = found.verdicts(msgspec.json.decode(answer)["results"])
    counts = Counter(one.verdict for one in verdicts)
    note(verdicts={name: counts[name] for name in ("stored", "duplicate", "conflict", "rejected")})
    if not query.validar:
        meters.judged(counts)
    shown = [one for one in verdicts if one.error_code or not query.soExcecoes]
    return {
        "total": len(verdicts),
        "leituras": found.count,
        **{name: counts[name] for name in ("stored", "duplicate", "conflict", "rejected")},
        "colunasIgnoradas": found.left_out,
        "results": shown,
    }
