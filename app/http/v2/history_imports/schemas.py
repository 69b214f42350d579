"""Verdicts on the rows of an imported table, for the API description."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class RowVerdict(BaseModel):
    """The verdict on a row: that on its reading. A reading is stored as a whole or not at all."""

    linha: int = Field(description="Row number as in a spreadsheet: the first row below the headings is 2.")
    verdict: Literal["stored", "duplicate", "conflict", "rejected"]
    error_code: str | None = Field(default=None, description="Error code of a conflict or rejection.")
    error: str | None = Field(default=None, description="What is wrong, and in which row of the reading.")


class Imported(BaseModel):
    """Counts and verdicts of an import. What is refused is stored nowhere, not in quarantine either."""

    total: int = Field(description="Rows.")
    leituras: int = Field(description="Readings that they make up.")
    stored: int = Field(description="Rows of readings that are stored now.")
    duplicate: int = Field(description="Rows of readings that were stored already.")
    conflict: int = Field(description="Rows that contradict what is stored, or each other.")
    rejected: int
    colunasIgnoradas: list[str] = Field(
        description="Columns of our own downloads that follow from other data, and were not imported."
    )
    results: list[RowVerdict]
