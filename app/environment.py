"""Settings from environment variables: the types they have, and one error for all that is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn
from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

_MIN_SECRET_BYTES = 32  # what RFC 7518 asks of an HS256 key


class SettingsError(ValueError):
    """One or more environment variables are missing or invalid; the text names every one of them."""


class Variables(BaseSettings):
    """Base of settings: frozen, each field with its variable, meaning and unit; secrets are hidden in repr.

    Only ``from_env`` reads the environment: an instance made by field names has these and the defaults.
    """

    model_config = SettingsConfigDict(
        frozen=True, case_sensitive=True, validate_by_name=True, extra="ignore", hide_input_in_errors=True
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read every variable; an empty one counts as unset.

        Raises SettingsError naming all that are missing or invalid, never a value.
        """
        given = EnvSettingsSource(cls)
        given.env_vars = {name: value for name, value in environ.items() if value}
        faults: list[str] = []
        try:
            settings = cls(**given())
        except ValidationError as invalid:
            faults = [f"{fault['loc'][0]}: {_text(fault)}" for fault in invalid.errors(include_url=False)]
        faults += cls.missing(given.env_vars)
        if faults:
            raise SettingsError("Settings:\n" + "\n".join(f"  {fault}" for fault in faults))
        return settings

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """What is required and not set, where that cannot be said of one variable alone."""
        return []

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """See BaseSettings."""
        return (init_settings,)


def variable(name: str, default: Any, about: str) -> Any:
    """A field that is set by the environment variable ``name``."""
    return Field(default, validation_alias=name, description=about, validate_default=False)


def required(environ: Mapping[str, str | None], *names: str) -> list[str]:
    """A fault for each variable that is not set."""
    return [f"{name}: is missing" for name in names if not environ.get(name)]


def _text(fault: ErrorDetails) -> str:
    bounds = fault.get("ctx", {})
    return {
        "value_error": str(bounds.get("error")),
        "int_parsing": "must be a whole number",
        "greater_than_equal": f"must be at least {bounds.get('ge')}",
        "less_than_equal": f"must be at most {bounds.get('le')}",
        "string_too_short": "must not be empty",
    }.get(fault["type"], fault["msg"])


def _key(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < _MIN_SECRET_BYTES:
        raise ValueError(f"must have at least {_MIN_SECRET_BYTES} bytes")
    return secret


def _dsn(secret: SecretStr) -> SecretStr:
    """Refuse what libpq could not read or would misread: its errors show such a text."""
    text = secret.get_secret_value()
    if not re.match(r"postgres(ql)?://", text) or not _is_readable(text):
        shape = "must look like postgresql://user:password@host:port/database"
        raise ValueError(f"{shape}, with characters other than letters and digits in the password as %xx")
    return secret


def _is_readable(dsn: str) -> bool:
    try:
        parts = parse_dsn(dsn)
    except ProgrammingError:
        return False
    return "@" not in parts.get("host", "") and bool(re.fullmatch(r"[\d,]*", parts.get("port", "")))


def _url(text: str) -> str:
    if not re.match(r"https?://[^/\s]+", text):
        raise ValueError("must be an http(s) URL")
    return text.rstrip("/")


def _level(text: str) -> str:
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[SecretStr, AfterValidator(_key)]
"""A secret long enough to sign with."""
Dsn = Annotated[SecretStr, AfterValidator(_dsn)]
"""The URL of a database, with its password."""
Url = Annotated[str, AfterValidator(_url)]
"""An http(s) URL, without a slash at its end."""
Level = Annotated[str, AfterValidator(_level)]
"""How much is logged."""

NONE = SecretStr("")
