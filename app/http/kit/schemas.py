"""Schemas that all resources share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

# OpenAPI's date-time demands an offset, and these columns have none.
Utc = Annotated[
    datetime,
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$"},
        mode="serialization",
    ),
]


class Error(BaseModel):
    """The error body, for any status."""

    error: str = Field(description="Error message.")
    error_code: str = Field(description="Error code.")
    details: Any = Field(default=None, description="Additional information, if any.")
