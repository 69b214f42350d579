"""Settings of the API: read once from the environment, at the edge, and passed on as one frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from app.environment import NONE, Dsn, Key, Level, Text, Url, Variables, variable


def _origins(value: str | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    origins = tuple(origin.strip() for origin in value.split(",") if origin.strip())
    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ValueError(f"{origin!r} is not an origin such as https://app.example")
    return origins


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]


class Settings(Variables):
    """Settings of the API: each field with its variable, meaning and unit."""

    database_url: Dsn = variable(
        "DATABASE_URL", NONE, "PostgreSQL, logging in as rastro_api; a transaction pooler is fine"
    )
    jwt_secret: Key = variable(
        "SUPABASE_JWT_SECRET",
        NONE,
        "the project's HS256 secret, 32 bytes or more: for tokens signed with it, and for calls by rest/v1",
    )
    former_jwt_secret: Key = variable(
        "SUPABASE_JWT_SECRET_FORMER",
        NONE,
        "the HS256 secret before SUPABASE_JWT_SECRET: tokens signed with it are accepted too",
    )
    supabase_url: Url = variable(
        "SUPABASE_URL", "", "the project's URL; tokens must be issued by <SUPABASE_URL>/auth/v1"
    )
    supabase_key: SecretStr = variable(
        "SUPABASE_PUBLISHABLE_KEY",
        NONE,
        "the project's publishable key: without DATABASE_URL, calls go by <SUPABASE_URL>/rest/v1",
    )
    jwt_issuer: Text = variable("RASTRO_JWT_ISSUER", "", "issuer of tokens, if it is not the project")
    jwt_keys_url: Url = variable(
        "RASTRO_JWKS_URL",
        "",
        "URL of the tokens' public keys where it is not <SUPABASE_URL>/auth/v1/.well-known/jwks.json",
    )
    jwt_audience: Text = variable("RASTRO_JWT_AUDIENCE", "authenticated", "audience of tokens")
    cors_origins: Origins = variable(
        "RASTRO_CORS_ORIGINS", (), "origins whose pages may call the API (CORS), separated by commas, or *"
    )
    pool_size: Annotated[int, Field(ge=1, le=100)] = variable(
        "RASTRO_POOL_SIZE", 4, "connections per worker process"
    )
    pool_wait_ms: Annotated[int, Field(ge=0, le=60_000)] = variable(
        "RASTRO_POOL_WAIT_MS", 450, "milliseconds a request waits for a free connection before 503"
    )
    connect_timeout_s: Annotated[int, Field(ge=1, le=60)] = variable(
        "RASTRO_CONNECT_TIMEOUT_S", 2, "seconds until connecting to the database times out (503)"
    )
    statement_timeout_ms: Annotated[int, Field(ge=100, le=600_000)] = variable(
        "RASTRO_STATEMENT_TIMEOUT_MS", 8_000, "milliseconds until a call of the database times out"
    )
    lock_timeout_ms: Annotated[int, Field(ge=1, le=60_000)] = variable(
        "RASTRO_LOCK_TIMEOUT_MS",
        500,
        "milliseconds until a wait for a lock times out (503); three may follow each other",
    )
    max_body_bytes: Annotated[int, Field(ge=1_024, le=64 << 20)] = variable(
        "RASTRO_MAX_BODY_BYTES", 8 << 20, "maximum size of a request body in bytes"
    )
    image_folder: Text = variable(
        "RASTRO_IMAGE_FOLDER", ".local/imagens", "folder for pictures, without SUPABASE_SECRET_KEY"
    )
    storage_key: SecretStr = variable(
        "SUPABASE_SECRET_KEY",
        NONE,
        "the project's secret key: with it and SUPABASE_URL, pictures go to Supabase Storage",
    )
    image_bucket: Text = variable("RASTRO_IMAGE_BUCKET", "imagens", "bucket for pictures there")
    max_image_bytes: Annotated[int, Field(ge=1_024, le=64 << 20)] = variable(
        "RASTRO_MAX_IMAGE_BYTES", 5 << 20, "maximum size of a picture in bytes"
    )
    web_libraries: Text = variable(
        "RASTRO_WEB_LIBRARIES",
        ".local/web/node_modules",
        "folder with the libraries of the page at /; without them it has no map and no curves",
    )
    map_url: Url = variable(
        "RASTRO_MAP_URL",
        "",
        "what the page's map shows under devices: raster tiles with {z}, {x} and {y}, or a MapLibre style",
    )
    map_attribution: Text = variable("RASTRO_MAP_ATTRIBUTION", "", "what the map says of those tiles' source")
    map_origins: Origins = variable(
        "RASTRO_MAP_ORIGINS",
        (),
        "further origins that such a style takes tiles, fonts and pictures from, separated by commas",
    )
    max_batch: Annotated[int, Field(ge=1, le=100_000)] = variable(
        "RASTRO_MAX_BATCH", 5_000, "maximum number of readings in one batch; the database has its own limit"
    )
    receive_timeout_s: Annotated[int, Field(ge=1, le=600)] = variable(
        "RASTRO_RECEIVE_TIMEOUT_S",
        10,
        "seconds a request may take to arrive, and 64 kB of its answer to be taken",
    )
    stream_url: Url = variable(
        "RASTRO_STREAM_URL", "", "where python -m app.jobs.stream listens: GET /v2/stream is passed on to it"
    )
    trusted_proxies: Text = variable(
        "RASTRO_TRUSTED_PROXIES",
        "127.0.0.1,::1",
        "addresses or networks of proxies whose X-Forwarded-Proto is trusted, separated by commas",
    )
    v1_sunset: date = variable(
        "RASTRO_V1_SUNSET",
        date(2027, 12, 31),
        "day from which legacy routes may be removed, as their answers say (Sunset)",
    )
    log_level: Level = variable("RASTRO_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def threads(self) -> int:
        """Threads of a process: several for each connection, so that one is free to answer 503."""
        return 4 * self.pool_size

    @property
    def issuer(self) -> str:
        """The issuer every token must name."""
        return self.jwt_issuer or f"{self.supabase_url}/auth/v1"

    @property
    def jwks_url(self) -> str:
        """URL of the public keys of tokens; empty if there is none."""
        of_project = f"{self.supabase_url}/auth/v1/.well-known/jwks.json" if self.supabase_url else ""
        return self.jwt_keys_url or of_project

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """What can be given in one of two ways, and is given in neither."""
        return _missing(environ)


def _missing(environ: Mapping[str, str | None]) -> list[str]:
    """What is wanted in one of two ways, and given in neither."""

    def has(*names: str) -> bool:
        return all(environ.get(name) for name in names)

    problems = []
    if not has("SUPABASE_JWT_SECRET"):
        problems.extend(_without_secret(has("DATABASE_URL"), has("SUPABASE_URL") or has("RASTRO_JWKS_URL")))
    if not has("DATABASE_URL") and not has("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY"):
        ways = "DATABASE_URL, or SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY"
        problems.append(f"{ways}: one of them must lead to the database")
    if not has("SUPABASE_URL") and not has("RASTRO_JWT_ISSUER"):
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
