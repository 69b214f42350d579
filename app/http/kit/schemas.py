"""Schemas that all resources share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

from app.errors import ERROR_CODES

Utc = Annotated[
    datetime,
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$",
            "example": "2026-01-31T12:00:00Z",
        },
        mode="serialization",
    ),
]
"""An instant as v2 writes it: UTC, with Z."""


NextCursor = Annotated[
    str | None, Field(description="Pass as `cursor` to get the next page; null on the last page.")
]
"""Where a page ends. v2 writes every cursor as a text; some RPCs answer a number, see as_cursor."""


class Error(BaseModel):
    """The error body, for any status."""

    error: str = Field(description="Error message.")
    error_code: str = Field(description="Error code.", json_schema_extra={"enum": list(ERROR_CODES)})
    details: Any = Field(default=None, description="Additional information, if any.")
