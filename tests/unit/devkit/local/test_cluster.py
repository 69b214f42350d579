"""Which port the private PostgreSQL gets when others want one too."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.local import cluster


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """A cluster that is made and down; what it keeps."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").touch()
    (tmp_path / "postgres.log").write_text("no space left")
    kept = {}
    monkeypatch.setattr(cluster, "home", lambda: tmp_path)
    monkeypatch.setattr(cluster, "only_one", lambda _name: nullcontext())
    monkeypatch.setattr(cluster, "running", lambda: False)
    monkeypatch.setattr(cluster, "postgres", lambda: None)
    monkeypatch.setattr(cluster, "_configuration", lambda _release, _durable: "")
    monkeypatch.setattr(cluster.state, "get", kept.get)
    monkeypatch.setattr(cluster.state, "put", kept.__setitem__)
    return kept


# Seen to fail: with one attempt.
def test_a_port_that_another_takes_in_between_is_left_to_it(monkeypatch, kept):
    free = iter([cluster.FIRST_PORT, cluster.FIRST_PORT + 1, cluster.FIRST_PORT + 1])
    monkeypatch.setattr(cluster, "free_port", lambda _first: next(free))
    monkeypatch.setattr(
        cluster, "_pg_ctl", lambda *_: SimpleNamespace(returncode=int(cluster.port() == cluster.FIRST_PORT))
    )
    assert cluster.start()
    assert kept == {"postgres_port": cluster.FIRST_PORT + 1}


# Seen to fail: with as many attempts as it takes.
@pytest.mark.timeout(10)
def test_what_does_not_start_for_another_reason_says_so(monkeypatch, kept):
    monkeypatch.setattr(cluster, "free_port", lambda first: first)
    monkeypatch.setattr(cluster, "_pg_ctl", lambda *_: SimpleNamespace(returncode=1))
    with pytest.raises(Problem, match="no space left"):
        cluster.start()
