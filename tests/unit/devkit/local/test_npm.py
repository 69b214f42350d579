"""Programs from npm: what lacks them says why."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.local import npm
from tests._lib import optional


@pytest.fixture
def sources(tmp_path):
    """A package that wants a node of some age."""
    (tmp_path / "package.json").write_text('{"name": "some-program", "engines": {"node": ">=20.19.0"}}')
    return tmp_path


@pytest.fixture
def node(tmp_path, monkeypatch):
    """Makes this node, and a npm, the only programs there are."""

    def make(version: str) -> None:
        for name in ("node", "npm"):
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\necho {version}\n")
            program.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(npm, "_wheel", lambda: None)
    return make


# Seen to fail: with versions compared as texts.
@pytest.mark.parametrize("version", ["v18.20.4", "v20.9.0", "v20.18.3"])
def test_a_node_that_is_too_old_is_named(node, sources, version):
    node(version)
    with pytest.raises(npm.UnavailableError, match=f"needs node >=20.19.0; installed is {version}"):
        npm.require_node(sources)


def test_without_node_it_says_so(node, sources):
    with pytest.raises(npm.UnavailableError, match="with npm, and neither is installed"):
        npm.require_node(sources)


# Seen to fail: with <= instead of < in require_node.
@pytest.mark.parametrize("version", ["v20.19.0", "v22.1.0", "v100.0.0"])
def test_a_newer_node_will_do(node, sources, version):
    node(version)
    npm.require_node(sources)


# Fails when the machine's is asked for first.
def test_that_of_the_virtual_environment_comes_first(sources, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = npm.require_node(sources)
    assert Path(found.program).is_relative_to(sys.prefix)
    done = subprocess.run([*found.npm, "--version"], env=found.variables(), capture_output=True, check=False)
    assert done.returncode == 0


# Seen to fail: without "network timeout"; with every failure of npm taken for one.
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("npm error network timeout at: http://127.0.0.1:9/uplot", npm.UnavailableError),
        ("npm error code ECONNREFUSED", npm.UnavailableError),
        ("npm error code EINTEGRITY", Problem),
    ],
)
def test_a_registry_that_does_not_answer_is_no_network(tmp_path, said, kind):
    program = tmp_path / "npm"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(Problem) as raised:
        npm._install(npm.Node(str(tmp_path / "node"), (str(program),)), tmp_path)
    assert raised.type is kind


def test_a_test_that_lacks_one_is_skipped_and_says_what_was_left_out(node, sources):
    with (
        pytest.raises(pytest.skip.Exception, match="neither is installed; not tested"),
        optional.skipped_without("not tested"),
    ):
        npm.require_node(sources)


# Seen to fail: with `except Problem` in skipped_without.
def test_what_is_broken_is_no_reason_to_skip():
    with pytest.raises(BaseException) as raised, optional.skipped_without("not tested"):  # noqa: PT011
        raise Problem("npm ci failed")
    assert raised.type is Problem
