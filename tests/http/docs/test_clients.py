"""The descriptions pass redocly's recommended rules, and clients made from them drive the demo: in TypeScript
(openapi-typescript, openapi-fetch) and in Python (openapi-python-client).

What needs node is skipped, with the reason, where it or the programs cannot be had.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.devkit.local import npm
from scripts.devkit.local.paths import TYPES
from tests._lib import identities, optional
from tests.http import callers
from tests.http.serving import serving

SOURCES = Path(__file__).parent / "clients"
PARTS = {"v2": "/openapi.json", "v1": "/openapi-v1.json"}
COMPILE = ("--noCheck", "false", "--strict", "--module", "nodenext", "--moduleResolution", "nodenext")


@pytest.fixture(scope="module")
def server(fleet, tmp_path_factory):
    """The API, for all clients."""
    with serving(fleet.api_url, tmp_path_factory.mktemp("server") / "log") as server:
        yield f"http://127.0.0.1:{server.port}"


def _describe(app, folder):
    for name, path in PARTS.items():
        (folder / f"{name}.json").write_bytes(app.test_client().get(path).data)


@pytest.fixture(scope="module")
def folder(app, tmp_path_factory):
    """The descriptions and the client, where the programs can see them."""
    with optional.skipped_without("the description is not tested with clients"):
        installed = npm.installed("clients", SOURCES)
    folder = tmp_path_factory.mktemp("clients")
    (folder / "node_modules").symlink_to(installed / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copy(SOURCES / "client.ts", folder)
    shutil.copy(TYPES, folder / "supabase.ts")
    _describe(app, folder)
    return folder


def _run(folder, program, *arguments):
    node = npm.require_node(SOURCES)
    done = subprocess.run(
        [node.program, *program.split(), *arguments],
        cwd=folder,
        env=node.variables() | {"REDOCLY_TELEMETRY": "off", "HOME": str(folder), "CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


# Seen to fail: without servers; with the example of a day for format date-time.
@pytest.mark.parametrize("part", PARTS)
def test_redocly_finds_nothing(folder, part):
    status, told = _run(folder, "node_modules/@redocly/cli/bin/cli.js lint", f"{part}.json", "--format=json")
    found = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert (status, found["totals"]) == (0, {"errors": 0, "warnings": 0, "ignored": 0}), told


def test_a_typescript_client_drives_the_demo(folder, server, gateway, reading):
    for part in PARTS:
        status, told = _run(
            folder, "node_modules/openapi-typescript/bin/cli.js", f"{part}.json", "-o", f"{part}.d.ts"
        )
        assert status == 0, told
    status, told = _run(
        folder, "node_modules/typescript/bin/tsc", *COMPILE, "--skipLibCheck", "client.ts", "supabase.ts"
    )
    assert status == 0, told
    gateway.post("/v2/posicoes", reading(sensores=None))
    status, told = _run(folder, "client.js", server, identities.token(callers.ADMIN))
    assert status == 0, told
    found = json.loads(told)
    assert found["notes"] == ["seen", None]
    assert found["resolution"] == "raw"
    _saw_the_demo(found)


def _saw_the_demo(found):
    assert (found["role"], found["clients"]) == ("admin", [1, 3])
    assert (found["devices"] >= 1, found["later"], found["is_recent"]) == (True, 0, True)
    assert found["stale"] == [412, "PRECONDITION_FAILED"]
    assert found["history"] >= 1
    assert found["missing"] == [404, "NOT_FOUND"]


def _done(*command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Seen to fail: with media types that python.yml does not name.
def test_a_python_client_drives_the_demo(app, server, gateway, reading, tmp_path):
    gateway.post("/v2/posicoes", reading())
    _describe(app, tmp_path)
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--meta=none", "--fail-on-warning"]
    for part, package in (("v2", "rastro_client"), ("v1", "legacy_client")):
        options = [f"--path={part}.json", f"--output-path={package}", f"--config={SOURCES / 'python.yml'}"]
        _done(*generate, *options, folder=tmp_path)
    shutil.copy(SOURCES / "client.py", tmp_path)
    _done(sys.executable, "-m", "compileall", "-q", ".", folder=tmp_path)
    found = json.loads(
        _done(sys.executable, "client.py", server, identities.token(callers.ADMIN), folder=tmp_path)
    )
    assert found["notes"] == ["seen in Python", None]
    assert (found["latest"], found["points"]) == ([702, 703, 704], [True, 704, True])
    assert found["days"] >= 3
    _saw_the_demo(found)
