"""A PostgREST-compatible server in front of a database: `@supabase/lite`, pinned in tests/_lib/lite.

Where it differs from PostgREST: P0001 and custom SQLSTATEs become 500 without their message (ours
are PTxyz, which both understand); a bearer token that is not a JWT is ignored, not refused; it logs in as the
superuser, becomes the caller for each request, and replaces auth.uid(); numbers are doubles, times have no T,
bytea is a list of bytes; db_pre_request and the timeouts of roles are not applied.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.devkit.local import children, npm, ports
from scripts.devkit.local.paths import local
from tests._lib import identities, optional
from tests._lib.databases import Database

PUBLISHABLE_KEY = "sb_publishable_of_the_tests"
SECRET_KEY = "sb_secret_of_the_tests"
_SOURCES = Path(__file__).parent / "lite"
_READY_SECONDS = 60


@contextmanager
def serving(database: Database) -> Iterator[str]:
    """The URL of a server on this migrated database, which it changes: give it a clone of its own."""
    with optional.skipped_without("not tested through Supabase's REST API"):
        folder, node = npm.installed("lite", _SOURCES, "config.mjs"), npm.require_node(_SOURCES)
    # Each process looks elsewhere: two that look at the same time would find the same port.
    first = 20_000 + os.getpid() % 10_000
    with ports.on_a_free_port(first, lambda port: _serving(database, port, node, folder)) as (port, _):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _serving(database: Database, port: int, node: npm.Node, folder: Path) -> Iterator[None]:
    log = local() / f"rest-{port}.log"
    variables = {
        "LITE_PORT": str(port),
        "LITE_DATABASE_URL": database.admin_url,
        "LITE_JWT_SECRET": identities.JWT_SECRET,
        "LITE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "LITE_SECRET_KEY": SECRET_KEY,
        "LITE_TELEMETRY": "0",
        "DO_NOT_TRACK": "1",
    }
    command = [node.program, "node_modules/@supabase/lite/dist/cli/index.js", "start"]
    options = ["--no-admin", "--config", "config.mjs"]
    with children.child([*command, *options], variables, log, folder) as process:
        url = f"http://127.0.0.1:{port}/health"
        children.wait_until_ready(url, process, _READY_SECONDS, log, "the REST server")
        yield
    log.unlink()  # kept only when something went wrong
