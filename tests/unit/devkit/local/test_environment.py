"""What the first start installs, and that apt works while pip does."""

import sys
import threading

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.local import environment

WAIT_S = 30


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """A virtual environment without packages; the list of commands that were run for it."""
    run = []
    (
        tmp_path
        / "lib"
        / f"python{sys.version_info.major}.{sys.version_info.minor}"
        / "site-packages"
        / "pip"
    ).mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".requirements")
    monkeypatch.setattr(environment, "_run", lambda *command: run.append(command))
    for name in ("DATABASE_URL", "SUPABASE_PUBLISHABLE_KEY"):
        monkeypatch.delenv(name, raising=False)
    return run


# Seen to fail: with programs.servers() called before pip or after it.
def test_apt_works_while_pip_does(pip, monkeypatch):
    both = threading.Barrier(2)
    monkeypatch.setattr(environment.programs, "servers", lambda: both.wait(WAIT_S))
    monkeypatch.setattr(environment, "_run", lambda *_command: both.wait(WAIT_S))
    environment._build(environment.BASE, servers=True)


# Seen to fail: without installing.result(); with the stamp written after it.
def test_what_apt_could_not_install_is_told_and_pip_is_not_repeated(pip, monkeypatch):
    def refused():
        raise Problem("apt has no PostgreSQL")

    monkeypatch.setattr(environment.programs, "servers", refused)
    with pytest.raises(Problem, match="apt has no PostgreSQL"):
        environment._build(environment.BASE, servers=True)
    assert len(pip) == 1
    assert environment._current(environment.BASE)


# Seen to fail: without the condition in _build.
@pytest.mark.parametrize("given", ["DATABASE_URL", "SUPABASE_PUBLISHABLE_KEY", None])
def test_no_servers_for_who_has_a_database_or_starts_none(pip, monkeypatch, given):
    monkeypatch.setattr(environment.programs, "servers", lambda: pytest.fail("servers were installed"))
    if given:
        monkeypatch.setenv(given, "there")
    environment._build(environment.BASE, servers=given is not None)
    assert len(pip) == 1
