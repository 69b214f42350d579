"""A PostgREST-compatible server in front of a database: `@supabase/lite`, pinned in tests/_lib/lite.

What it does otherwise than PostgREST: P0001 and SQLSTATEs of one's own become 500 without their text (ours
are PTxyz, which both know); a bearer token that is no JWT is passed over, not refused; it logs in as the
superuser, becomes the caller for each request, and replaces auth.uid(); numbers are doubles, times have no T,
bytea is a list of bytes; there is no db_pre_request and no role's timeout.
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
_SOURCES = Path(__file__).parent / "lite"
_READY_SECONDS = 60


@contextmanager
def serving(database: Database) -> Iterator[str]:
    """The URL of a server on this migrated database, which it changes: use one to throw away."""
    with optional.skipped_without("nothing was tried through Supabase's REST API"):
        folder, node = npm.installed("lite", _SOURCES, "config.mjs"), npm.require_node(_SOURCES)
    # Not the first one free for everybody: between here and there, another run would take it too.
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
        "LITE_SECRET_KEY": "sb_secret_of_the_tests",
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
