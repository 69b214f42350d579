"""Environment variables as frozen dataclasses: each field names its variable, its meaning and its unit.

Everything that is missing or bad is named at once, and no secret is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import Field, field, fields
from typing import Any

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

_MIN_SECRET_BYTES = 32  # what RFC 7518 asks of an HS256 key


class SettingsError(ValueError):
    """One or more environment variables are missing or bad; the text names every one of them."""


def text(value: str) -> str:
    """Not empty."""
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def secret(value: str) -> str:
    """Long enough to sign with."""
    if len(value.encode()) < _MIN_SECRET_BYTES:
        raise ValueError(f"must have at least {_MIN_SECRET_BYTES} bytes")
    return value


def dsn(value: str) -> str:
    """What libpq cannot read, or would take apart at the wrong place, it shows whole in its errors."""
    if not re.match(r"postgres(ql)?://", value) or not _is_readable(value):
        told = "must look like postgresql://user:password@host:port/database"
        raise ValueError(f"{told}, with %xx for what is no letter or digit in the password")
    return value


def _is_readable(dsn: str) -> bool:
    try:
        parts = parse_dsn(dsn)
    except ProgrammingError:
        return False
    return "@" not in parts.get("host", "") and bool(re.fullmatch(r"[\d,]*", parts.get("port", "")))


def url(value: str) -> str:
    """An http(s) URL, without the slash at its end."""
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("must be an http(s) URL")
    return value.rstrip("/")


def origins(value: str) -> tuple[str, ...]:
    """Origins of pages, separated by commas."""
    origins = tuple(origin.strip() for origin in value.split(",") if origin.strip())
    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ValueError(f"{origin!r} is no origin such as https://app.example")
    return origins


def level(value: str) -> str:
    """How much is logged."""
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def between(low: int, high: int) -> Callable[[str], int]:
    """A whole number in these bounds."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"\d{1,18}", value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return parse


def variable(name: str, parse: Callable[[str], Any], about: str, default: Any, **more: Any) -> Any:
    """A field that comes from the environment variable ``name``."""
    return field(default=default, metadata={"name": name, "parse": parse, "about": about}, **more)


def given(settings: type[Any], environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The fields that the environment has a value for, and what is wrong with others."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for one in fields(settings):
        _read(one, environ, values, problems)
    return values, problems


def refuse(problems: list[str]) -> None:
    """Raise SettingsError if there are any."""
    if problems:
        raise SettingsError("Settings:\n" + "\n".join(f"  {problem}" for problem in problems))


def _read(
    variable: Field[Any], environ: Mapping[str, str], values: dict[str, Any], problems: list[str]
) -> None:
    name = variable.metadata["name"]
    given = environ.get(name, "")
    if not given:
        return
    try:
        values[variable.name] = variable.metadata["parse"](given)
    except ValueError as error:
        problems.append(f"{name}: {error}")
