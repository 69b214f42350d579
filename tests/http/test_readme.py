"""The README's ten things, as a newcomer pastes them."""

import os
import re
import subprocess

import pytest

from scripts.devkit.local.paths import ROOT
from tests._lib import curl, identities
from tests.http import callers
from tests.http.serving import serving

_BLOCK = re.search(r"## Ten things you do\n.*?```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
assert _BLOCK
THINGS = dict(re.findall(r"^# (\d+\. .*)\n(.*curl .*)$", _BLOCK[1], re.MULTILINE))


@pytest.fixture(scope="module")
def server(fleet, tmp_path_factory):
    """Where the API is."""
    with serving(fleet.api_url, tmp_path_factory.mktemp("readme") / "log") as one:
        yield f"http://127.0.0.1:{one.port}"


def test_there_are_ten():
    assert [int(one.split(".")[0]) for one in THINGS] == list(range(1, 11))


# Seen to fail: with a parameter that there is not.
@pytest.mark.parametrize("thing", THINGS)
def test_it_works(server, tmp_path, thing):
    told = THINGS[thing].replace("curl ", "curl --fail-with-body --silent --show-error ", 1)
    folder = curl.installed_in(tmp_path / "bin")
    (here := tmp_path / "here").mkdir()
    environment = os.environ | {
        "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "URL": server,
        "KEY": callers.INGEST_KEY,
        "TOKEN": identities.token(callers.ADMIN),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", told],
        cwd=here,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout or list(here.iterdir())
