"""POST /v2/dispositivos/lote and /v2/sensores/lote: bulk creation from CSV or XLSX, all rows or none.

With ``validar=1`` nothing is stored. Errors are reported by row, numbered as in a spreadsheet, and column.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
from flask import Response
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails

from app.errors import ApiError
from app.files.imports import Cells
from app.files.numbers import Ambiguous, with_comma
from app.http.kit.blueprint import errors, resource
from app.http.kit.call import reply, rpc
from app.http.kit.parameters import Flag, Query, Separator, meaning
from app.http.kit.uploads import table, table_body

from .writes import NEW

bulk = resource("lotes", "Bulk creation of devices or sensors from CSV or XLSX", needs="admin")

_MAX_FAULTS = 1_000


class BulkQuery(Query):
    """Whether to store them."""

    validar: Flag = Field(default=False, description="`1`: only validate; nothing is stored.")
    separador: Separator | None = Field(
        default=None,
        description="Separator of CSV; without it, the one that the headings have most of. Numbers in a CSV "
        "by `;` (in a URL better `%3B`) may have a decimal comma and, with it, dots between thousands; 1.234 "
        "is refused there, as it may be either. XLSX ignores it.",
    )


class Fault(BaseModel):
    """An error in one cell."""

    linha: int = Field(description="Row number as in a spreadsheet: the first row below the headings is 2.")
    coluna: str
    texto: str


class Made(BaseModel):
    """The result of a bulk creation."""

    total: int
    criados: int = Field(description="Number of rows created: all of them or none.")
    erros: list[Fault] = Field(description="Every error, by row and column; at most 1,000.")
    data: list[dict[str, Any]] = Field(description="The new rows as stored.")


@bulk.post(
    "/dispositivos/lote",
    responses={200: Made, 201: Made, **errors(408, 409, 413, 415, 422)},
    openapi_extensions=table_body("dsDispositivo,cdStatus\nFreezer 12,estoque\n"),
)
def post_dispositivos_lote(query: BulkQuery) -> Response:
    """Create devices from a CSV or XLSX file."""
    return _make("dispositivos", query)


@bulk.post(
    "/sensores/lote",
    responses={200: Made, 201: Made, **errors(408, 409, 413, 415, 422)},
    openapi_extensions=table_body("cdDispositivo,dsTipoSensor,nrUnidadeIni\n7,Temperatura,0\n"),
)
def post_sensores_lote(query: BulkQuery) -> Response:
    """Create sensors from a CSV or XLSX file."""
    return _make("sensores", query)


def _make(kind: str, query: BulkQuery) -> Response:
    file, rows, faults = table(query.separador), [], []
    sent, commas = file.rows, file.commas
    only_look = query.validar
    for number, cells in sent:
        row, wrong = _checked(NEW[kind], cells, commas)
        rows.append(row)
        faults += [{"linha": number, **one} for one in wrong]
        if len(faults) >= _MAX_FAULTS:
            return _refused(faults[:_MAX_FAULTS], len(sent), only_look)
    answer = _answer(kind, rows, faults, only_look)
    known = {(one["linha"], one["coluna"]) for one in faults}
    named = [one | {"linha": sent[one["linha"]][0]} for one in answer["erros"]]
    faults += [one for one in named if (one["linha"], one["coluna"]) not in known]
    if faults:
        return _refused(faults[:_MAX_FAULTS], len(sent), only_look)
    return reply(answer, 200 if only_look else 201)


def _answer(
    kind: str, rows: list[dict[str, Any]], faults: list[dict[str, Any]], only_look: bool
) -> dict[str, Any]:
    """What PostgreSQL says of the rows. Raises ApiError; not where the faults found so far are the reason."""
    try:
        answer: dict[str, Any] = msgspec.json.decode(
            rpc(
                "criar_cadastros",
                p_cadastro=kind,
                p_linhas=msgspec.json.encode(rows).decode(),
                p_validar=only_look or bool(faults),
            )
        )
    except ApiError as refused:
        if not faults or refused.status not in (400, 409):
            raise
        answer = {"erros": []}
    return answer


def _refused(faults: list[dict[str, Any]], total: int, only_look: bool) -> Response:
    faults.sort(key=lambda one: (one["linha"], one["coluna"]))
    if only_look:
        return reply({"total": total, "criados": 0, "erros": faults, "data": []})
    number = f"{len(faults)} or more" if len(faults) == _MAX_FAULTS else str(len(faults))
    raise ApiError(422, "REJECTED", f"{number} cells are invalid; nothing was stored.", faults)


def _checked(
    model: type[BaseModel], cells: Cells, commas: bool
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The valid cells of a row, as JSON, and the errors in others."""
    cells, texts = _with_dots(model, cells, commas)
    try:
        return model.model_validate(cells).model_dump(mode="json", exclude_unset=True), []
    except ValidationError as invalid:
        found = invalid.errors(include_url=False, include_input=False)
    faults = [
        {"coluna": column, "texto": texts.get(column) or _text(one)}
        for one in found
        for column in [str(one["loc"][0])]
    ]
    wrong = {one["coluna"] for one in faults}
    return _fitting(model, {name: value for name, value in cells.items() if name not in wrong}), faults


@cache
def _numbers(model: type[BaseModel]) -> frozenset[str]:
    """The columns that take numbers."""
    fields = model.model_fields.items()
    return frozenset(name for name, field in fields if re.search(r"\b(int|float)\b", str(field.annotation)))


def _with_dots(model: type[BaseModel], cells: Cells, commas: bool) -> tuple[Cells, dict[str, str]]:
    """The cells with numbers as JSON has them, and what is wrong with those that cannot be read so."""
    found, texts = dict(cells), {}
    for name in _numbers(model) & cells.keys():
        value = cells[name]
        if not isinstance(value, str):
            continue
        try:
            found[name] = with_comma(value) if commas else value
        except Ambiguous as wrong:
            found[name], texts[name] = "", f"{value[:40]} {wrong}"
        if not commas and re.fullmatch(r"[+-]?[\d.]*,\d+", value):
            texts[name] = f"{value[:40]} has a comma: a file with decimal commas is separated by semicolons"
    return found, texts


def _fitting(model: type[BaseModel], cells: Cells) -> dict[str, Any]:
    """The cells that are valid by themselves, so that the database can report its errors too."""
    fitting = model.__pydantic_validator__.validate_assignment
    row = model.model_construct()
    for name, value in cells.items():
        fitting(row, name, value)
    return row.model_dump(mode="json", include=set(cells))


def _text(fault: ErrorDetails) -> str:
    if fault["type"] == "extra_forbidden":
        return "is not a column of this table"
    return "is required" if fault["type"] == "missing" else meaning(fault)[1]
