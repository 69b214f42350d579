"""Tables in request bodies: CSV or XLSX, read within bounds."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.errors import ApiError
from app.files.bounds import MAX_COLUMNS, MAX_TEXT, NoTable, TooLarge
from app.files.imports import Rows, from_csv, from_xlsx, separator_of
from app.files.workbooks import MAX_ELEMENTS, MAX_UNPACKED

from . import bodies

MAX_BODY = 4 << 20  # bytes
MAX_ROWS = 5_000
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_body(example: str, headings: str = "") -> dict[str, Any]:
    """Describes the body: a CSV such as this one, or the same as XLSX."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {
        "requestBody": {
            "required": True,
            "description": "The first row has the names of the JSON members; empty cells are left out. "
            f"{headings}At most {MAX_BODY >> 20} MB, {MAX_ROWS:,} rows, {MAX_COLUMNS} columns and "
            f"{MAX_TEXT:,} characters in a cell; an XLSX at most {MAX_UNPACKED >> 20} MB when unpacked and "
            f"{MAX_ELEMENTS:,} XML elements.",
            "content": {CSV: {"schema": {"type": "string"}, "example": example}, XLSX: binary},
        }
    }


class Upload(NamedTuple):
    """The rows of a table; whether it is CSV, and whether its numbers may have decimal commas."""

    rows: Rows
    is_csv: bool
    commas: bool


def table(separator: str | None) -> Upload:
    """The table in the body. Raises ApiError 400, 413, 415."""
    kind, body = bodies.typed((CSV, XLSX), MAX_BODY)
    try:
        if kind == XLSX:
            separator, rows = None, from_xlsx(body, MAX_ROWS)
        else:
            separator = separator or separator_of(body)
            rows = from_csv(body, MAX_ROWS, separator)
    except NoTable as wrong:
        raise not_a_table(wrong) from wrong.__cause__
    except TooLarge as large:
        details = {"bound": large.bound, "limit": large.limit}
        raise ApiError(413, "TOO_LARGE", str(large), details) from None
    if not rows:
        raise ApiError(400, "MALFORMED", "The table has no rows below the headings.")
    return Upload(rows, kind == CSV, separator == ";")


def not_a_table(wrong: NoTable) -> ApiError:
    """The answer to a file that cannot be read as the table that it should be."""
    return ApiError(400, "MALFORMED", str(wrong))
