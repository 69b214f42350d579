"""A PostgREST-compatible server in front of a database: `@supabase/lite`, pinned in tests/_lib/lite.

What it does otherwise than PostgREST: P0001 and SQLSTATEs of one's own become 500 without their text (ours
are PTxyz, which both know); a bearer token that is no JWT is passed over, not refused; it logs in as the
superuser, becomes the caller for each request, and replaces auth.uid(); numbers are doubles, times have no T,
bytea is a list of bytes; there is no db_pre_request and no role's timeout.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts._lib import children, cluster
from scripts._lib.locks import only_one
from scripts._lib.paths import local
from tests._lib import identities
from tests._lib.databases import Database

PUBLISHABLE_KEY = "sb_publishable_of_the_tests"
_SOURCES = Path(__file__).parent / "lite"
_FILES = ("package.json", "package-lock.json", "config.mjs")
_READY_SECONDS = 60
_WHY = "so nothing was tried through Supabase's REST API"
_NO_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH")


@contextmanager
def serving(database: Database) -> Iterator[str]:
    """The URL of a server on this migrated database, which it changes: use one to throw away."""
    folder = _installed()
    # Not the first one free for everybody: between here and there, another run would take it too.
    port = cluster.free_port(20_000 + os.getpid() % 10_000)
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
    command = ["node", "node_modules/@supabase/lite/dist/cli/index.js", "start"]
    options = ["--no-admin", "--config", "config.mjs"]
    url = f"http://127.0.0.1:{port}"
    with children.child([*command, *options], variables, log, folder) as process:
        children.wait_until_ready(f"{url}/health", process, _READY_SECONDS, log, "the REST server")
        yield url
    log.unlink()  # kept only when something went wrong


def _installed() -> Path:
    """The folder with the server; installed by npm at the first time. Skips the test where that cannot be."""
    _require_node()
    folder = local() / "lite"
    with only_one("lite"):
        if not (folder / _stamp()).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in _FILES:
                shutil.copy(_SOURCES / name, folder)
            _install(folder)
            (folder / _stamp()).touch()
    return folder


def _stamp() -> str:
    contents = b"".join((_SOURCES / name).read_bytes() for name in _FILES)
    return f"installed-{hashlib.sha256(contents).hexdigest()[:16]}"


def _require_node() -> None:
    wanted = json.loads((_SOURCES / "package.json").read_text())["engines"]["node"]
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(f"@supabase/lite needs node {wanted} with npm, and there is none: {_WHY}")
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if _numbers(found) < _numbers(wanted):
        pytest.skip(f"@supabase/lite needs node {wanted}, and this is {found}: {_WHY}")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _install(folder: Path) -> None:
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env=os.environ | {"npm_config_update_notifier": "false", "npm_config_fetch_retries": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and (fault := _NO_NETWORK.search(done.stderr)):
        pytest.skip(f"npm could not fetch @supabase/lite for want of network ({fault[0]}): {_WHY}")
    if done.returncode:
        pytest.fail(f"npm ci in {folder} failed:\n{done.stderr}", pytrace=False)
