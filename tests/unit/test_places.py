"""Processes of one test run try other ports first."""

import importlib

import pytest

from tests._lib import places


# Seen to fail: with one number for all workers.
@pytest.mark.parametrize(("worker", "port"), [("gw0", 18_000), ("gw1", 18_100), (None, 18_000)])
def test_each_process_has_ports_of_its_own(
    monkeypatch: pytest.MonkeyPatch, worker: str | None, port: int
) -> None:
    if worker:
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
    else:
        monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    try:
        assert importlib.reload(places).first_port(18_000) == port
    finally:
        monkeypatch.undo()
        importlib.reload(places)
