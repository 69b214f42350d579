"""Settings of ``python -m app.jobs.stream``: those of the API, and its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from app.environment import Text, required, variable
from app.settings import Settings


class StreamSettings(Settings):
    """Settings of the stream."""

    host: Text = variable("RASTRO_STREAM_HOST", "127.0.0.1", "address on which the stream listens")
    port: Annotated[int, Field(ge=1, le=65_535)] = variable("RASTRO_STREAM_PORT", 8_001, "port of the stream")
    max_streams: Annotated[int, Field(ge=1, le=100_000)] = variable(
        "RASTRO_STREAM_MAX", 5_000, "streams that are open at once in a process; more get 503"
    )
    max_per_caller: Annotated[int, Field(ge=1, le=100_000)] = variable(
        "RASTRO_STREAM_MAX_PER_CALLER", 10, "streams that one caller has open at once; more get 429"
    )
    lifetime_s: Annotated[int, Field(ge=10, le=86_400)] = variable(
        "RASTRO_STREAM_LIFETIME_S",
        3_600,
        "seconds after which a stream ends, to be opened with new credentials",
    )
    heartbeat_s: Annotated[int, Field(ge=1, le=300)] = variable(
        "RASTRO_STREAM_HEARTBEAT_S", 15, "seconds after which something is sent where there is no news"
    )

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """See Variables. The stream reads the database directly."""
        return [*required(environ, "DATABASE_URL"), *super().missing(environ)]
