"""Settings of the API: read once from the environment, at the edge, and passed on as one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from .variables import between, dsn, given, level, origins, refuse, secret, text, url, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the API can be told. Each field names its variable, its meaning and its unit."""

    database_url: str = variable(
        "DATABASE_URL",
        dsn,
        "PostgreSQL, logging in as rastro_api; a transaction pooler is fine",
        "",
        repr=False,
    )
    jwt_secret: str = variable(
        "SUPABASE_JWT_SECRET",
        secret,
        "the project's HS256 secret, 32 bytes or more: for tokens signed with it, and for calls by rest/v1",
        "",
        repr=False,
    )
    supabase_url: str = variable(
        "SUPABASE_URL", url, "the project's URL; tokens must be issued by <SUPABASE_URL>/auth/v1", ""
    )
    supabase_key: str = variable(
        "SUPABASE_PUBLISHABLE_KEY",
        text,
        "the project's publishable key: without DATABASE_URL, calls go by <SUPABASE_URL>/rest/v1",
        "",
        repr=False,
    )
    jwt_issuer: str = variable(
        "RASTRO_JWT_ISSUER", text, "issuer of tokens where it is not the project's", ""
    )
    jwt_keys_url: str = variable(
        "RASTRO_JWKS_URL",
        url,
        "URL of the tokens' public keys where it is not <SUPABASE_URL>/auth/v1/.well-known/jwks.json",
        "",
    )
    jwt_audience: str = variable("RASTRO_JWT_AUDIENCE", text, "audience of tokens", "authenticated")
    cors_origins: tuple[str, ...] = variable(
        "RASTRO_CORS_ORIGINS", origins, "origins whose pages may call the API, separated by commas, or *", ()
    )
    pool_size: int = variable("RASTRO_POOL_SIZE", between(1, 100), "connections per worker process", 4)
    pool_wait_ms: int = variable(
        "RASTRO_POOL_WAIT_MS", between(0, 60_000), "ms a request waits for a free connection before 503", 450
    )
    connect_timeout_s: int = variable(
        "RASTRO_CONNECT_TIMEOUT_S", between(1, 60), "seconds to reach the database before 503", 2
    )
    statement_timeout_ms: int = variable(
        "RASTRO_STATEMENT_TIMEOUT_MS", between(100, 600_000), "ms one call may take in the database", 8_000
    )
    lock_timeout_ms: int = variable(
        "RASTRO_LOCK_TIMEOUT_MS",
        between(1, 60_000),
        "ms one wait for a lock may take before 503; three may follow each other",
        500,
    )
    max_body_bytes: int = variable(
        "RASTRO_MAX_BODY_BYTES", between(1_024, 64 << 20), "bytes a request body may have", 8 << 20
    )
    image_folder: str = variable(
        "RASTRO_IMAGE_FOLDER", text, "folder for pictures, without SUPABASE_SECRET_KEY", ".local/imagens"
    )
    storage_key: str = variable(
        "SUPABASE_SECRET_KEY",
        text,
        "the project's secret key: with it and SUPABASE_URL, pictures go to Supabase Storage",
        "",
        repr=False,
    )
    image_bucket: str = variable("RASTRO_IMAGE_BUCKET", text, "bucket for pictures there", "imagens")
    max_image_bytes: int = variable(
        "RASTRO_MAX_IMAGE_BYTES", between(1_024, 64 << 20), "bytes a picture may have", 5 << 20
    )
    max_batch: int = variable(
        "RASTRO_MAX_BATCH",
        between(1, 100_000),
        "readings in one batch; the database has a limit of its own",
        5_000,
    )
    receive_timeout_s: int = variable(
        "RASTRO_RECEIVE_TIMEOUT_S",
        between(1, 600),
        "seconds a request may take to arrive, and its answer to be taken",
        10,
    )
    trusted_proxies: str = variable(
        "RASTRO_TRUSTED_PROXIES",
        text,
        "addresses or networks whose X-Forwarded-Proto is believed, separated by commas",
        "127.0.0.1,::1",
    )
    log_level: str = variable("RASTRO_LOG_LEVEL", level, "DEBUG, INFO, WARNING or ERROR", "INFO")

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
        values, problems = given(cls, environ)
        refuse([*problems, *_missing(environ)])
        return cls(**values)


def _missing(environ: Mapping[str, str]) -> list[str]:
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
