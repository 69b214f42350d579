"""The tests' REST server says why it is not to be had."""

import pytest

from tests._lib import rest


@pytest.fixture
def node(tmp_path, monkeypatch):
    """Makes this node, and a npm, the only programs there are."""

    def make(version: str) -> None:
        for name in ("node", "npm"):
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\necho {version}\n")
            program.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    return make


# Seen to fail: with versions compared as texts.
@pytest.mark.parametrize("version", ["v18.20.4", "v20.9.0", "v20.18.3"])
def test_a_node_that_is_too_old_is_named(node, version):
    node(version)
    with pytest.raises(
        pytest.skip.Exception, match=f"needs node >=20.19.0, and this is {version}: so nothing"
    ):
        rest._require_node()


def test_without_node_it_says_so(node):
    with pytest.raises(pytest.skip.Exception, match=r"needs node >=20.19.0 with npm, and there is none"):
        rest._require_node()


# Seen to fail: with <= instead of < in _require_node.
@pytest.mark.parametrize("version", ["v20.19.0", "v22.1.0", "v100.0.0"])
def test_a_newer_node_will_do(node, version):
    node(version)
    try:
        rest._require_node()
    except pytest.skip.Exception as skipped:
        pytest.fail(str(skipped))
