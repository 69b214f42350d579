"""Settings: read once from the environment, at the edge, and passed on as one frozen value."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

_MIN_SECRET_BYTES = 32  # what RFC 7518 asks of an HS256 key


class SettingsError(ValueError):
    """One or more environment variables are missing or bad; the text names every one of them."""


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def _secret(value: str) -> str:
    if len(value.encode()) < _MIN_SECRET_BYTES:
        raise ValueError(f"must have at least {_MIN_SECRET_BYTES} bytes")
    return value


def _dsn(value: str) -> str:
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


def _url(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("must be an http(s) URL")
    return value.rstrip("/")


def _origins(value: str) -> tuple[str, ...]:
    origins = tuple(origin.strip() for origin in value.split(",") if origin.strip())
    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ValueError(f"{origin!r} is no origin such as https://app.example")
    return origins


def _level(value: str) -> str:
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"\d{1,18}", value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return parse


def _variable(name: str, parse: Callable[[str], Any], about: str, default: Any, **more: Any) -> Any:
    """A field that comes from the environment variable ``name``."""
    return field(default=default, metadata={"name": name, "parse": parse, "about": about}, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the API can be told. Each field names its variable, its meaning and its unit."""

    database_url: str = _variable(
        "DATABASE_URL",
        _dsn,
        "PostgreSQL, logging in as rastro_api; a transaction pooler is fine",
        "",
        repr=False,
    )
    jwt_secret: str = _variable(
        "SUPABASE_JWT_SECRET",
        _secret,
        "the project's HS256 secret, 32 bytes or more: for tokens signed with it, and for calls by rest/v1",
        "",
        repr=False,
    )
    supabase_url: str = _variable(
        "SUPABASE_URL", _url, "the project's URL; tokens must be issued by <SUPABASE_URL>/auth/v1", ""
    )
    supabase_key: str = _variable(
        "SUPABASE_PUBLISHABLE_KEY",
        _text,
        "the project's publishable key: without DATABASE_URL, calls go by <SUPABASE_URL>/rest/v1",
        "",
        repr=False,
    )
    jwt_issuer: str = _variable(
        "RASTRO_JWT_ISSUER", _text, "issuer of tokens where it is not the project's", ""
    )
    jwt_keys_url: str = _variable(
        "RASTRO_JWKS_URL",
        _url,
        "URL of the tokens' public keys where it is not <SUPABASE_URL>/auth/v1/.well-known/jwks.json",
        "",
    )
    jwt_audience: str = _variable("RASTRO_JWT_AUDIENCE", _text, "audience of tokens", "authenticated")
    cors_origins: tuple[str, ...] = _variable(
        "RASTRO_CORS_ORIGINS", _origins, "origins whose pages may call the API, separated by commas, or *", ()
    )
    pool_size: int = _variable("RASTRO_POOL_SIZE", _between(1, 100), "connections per worker process", 4)
    pool_wait_ms: int = _variable(
        "RASTRO_POOL_WAIT_MS", _between(0, 60_000), "ms a request waits for a free connection before 503", 450
    )
    connect_timeout_s: int = _variable(
        "RASTRO_CONNECT_TIMEOUT_S", _between(1, 60), "seconds to reach the database before 503", 2
    )
    statement_timeout_ms: int = _variable(
        "RASTRO_STATEMENT_TIMEOUT_MS", _between(100, 600_000), "ms one call may take in the database", 8_000
    )
    lock_timeout_ms: int = _variable(
        "RASTRO_LOCK_TIMEOUT_MS",
        _between(1, 60_000),
        "ms one wait for a lock may take before 503; three may follow each other",
        500,
    )
    max_body_bytes: int = _variable(
        "RASTRO_MAX_BODY_BYTES", _between(1_024, 64 << 20), "bytes a request body may have", 8 << 20
    )
    image_folder: str = _variable(
        "RASTRO_IMAGE_FOLDER", _text, "folder for pictures, without SUPABASE_SECRET_KEY", ".local/imagens"
    )
    storage_key: str = _variable(
        "SUPABASE_SECRET_KEY",
        _text,
        "the project's secret key: with it and SUPABASE_URL, pictures go to Supabase Storage",
        "",
        repr=False,
    )
    image_bucket: str = _variable("RASTRO_IMAGE_BUCKET", _text, "bucket for pictures there", "imagens")
    max_image_bytes: int = _variable(
        "RASTRO_MAX_IMAGE_BYTES", _between(1_024, 64 << 20), "bytes a picture may have", 5 << 20
    )
    max_batch: int = _variable(
        "RASTRO_MAX_BATCH",
        _between(1, 100_000),
        "readings in one batch; the database has a limit of its own",
        5_000,
    )
    receive_timeout_s: int = _variable(
        "RASTRO_RECEIVE_TIMEOUT_S",
        _between(1, 600),
        "seconds a request may take to arrive, and its answer to be taken",
        10,
    )
    trusted_proxies: str = _variable(
        "RASTRO_TRUSTED_PROXIES",
        _text,
        "addresses or networks whose X-Forwarded-Proto is believed, separated by commas",
        "127.0.0.1,::1",
    )
    log_level: str = _variable("RASTRO_LOG_LEVEL", _level, "DEBUG, INFO, WARNING or ERROR", "INFO")

    @property
    def issuer(self) -> str:
        """The issuer every token must name."""
        return self.jwt_issuer or f"{self.supabase_url}/auth/v1"

    @property
    def jwks_url(self) -> str:
        """Where the public keys of tokens are to be had; empty where there are none."""
        of_project = f"{self.supabase_url}/auth/v1/.well-known/jwks.json" if self.supabase_url else ""
        return self.jwt_keys_url or of_project

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read every variable; an empty one counts as unset.

        Raises SettingsError naming all that are missing or bad, never their values' secrets.
        """
        values, problems = _given(cls, environ)
        _refuse([*problems, *_missing(environ)])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepSettings:
    """What ``python -m app.maintenance`` can be told."""

    url: str = _variable(
        "RASTRO_MAINTENANCE_URL",
        _dsn,
        "PostgreSQL, logging in as rastro_manutencao, on a direct connection",
        "",
        repr=False,
    )
    interval_s: int = _variable(
        "RASTRO_MAINTENANCE_INTERVAL_S", _between(1, 3_600), "seconds between two runs", 60
    )
    log_level: str = _variable("RASTRO_LOG_LEVEL", _level, "DEBUG, INFO, WARNING or ERROR", "INFO")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> UpkeepSettings:
        """As Settings.from_env."""
        values, problems = _given(cls, environ)
        if not environ.get("RASTRO_MAINTENANCE_URL"):
            problems.append("RASTRO_MAINTENANCE_URL: is missing")
        _refuse(problems)
        return cls(**values)


def _given(
    settings: type[Settings | UpkeepSettings], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """The fields that the environment has a value for, and what is wrong with others."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for variable in fields(settings):
        _read(variable, environ, values, problems)
    return values, problems


def _refuse(problems: list[str]) -> None:
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


def _missing(environ: Mapping[str, str]) -> list[str]:
    """What is wanted in one of two ways, and given in neither."""

    def given(*names: str) -> bool:
        return all(environ.get(name) for name in names)

    problems = []
    if not given("SUPABASE_JWT_SECRET"):
        problems.extend(
            _without_secret(given("DATABASE_URL"), given("SUPABASE_URL") or given("RASTRO_JWKS_URL"))
        )
    if not given("DATABASE_URL") and not given("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY"):
        ways = "DATABASE_URL, or SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY"
        problems.append(f"{ways}: one of them must lead to the database")
    if not given("SUPABASE_URL") and not given("RASTRO_JWT_ISSUER"):
        problems.append("SUPABASE_URL or RASTRO_JWT_ISSUER: one of them must name the tokens' issuer")
    return problems


def _without_secret(direct: bool, public_keys: bool) -> list[str]:
    """What cannot be done without SUPABASE_JWT_SECRET."""
    if not public_keys:
        keys = "SUPABASE_JWT_SECRET, SUPABASE_URL or RASTRO_JWKS_URL"
        return [f"{keys}: one of them must lead to the keys of tokens"]
    if not direct:
        return ["SUPABASE_JWT_SECRET: is missing (without DATABASE_URL, each call is signed with it)"]
    return []
