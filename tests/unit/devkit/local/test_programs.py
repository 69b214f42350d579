"""Which PostgreSQL is taken: the newest from 15 on that has all we need."""

from pathlib import Path

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.local import programs
from scripts.devkit.local.programs import Installation

PARTS = ("", "-postgis-3", "-postgis-3-scripts", "-cron", "-pgtap", "-plpgsql-check")


def _packages(*majors: int) -> list[str]:
    return [f"postgresql-{major}{part}" for major in majors for part in PARTS]


# Seen to fail: with majors compared as texts; without the check that all parts are there; without OLDEST.
@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (_packages(15), 15),
        (_packages(9, 15, 17), 17),
        ([*_packages(15, 16), "postgresql-18", "postgresql-18-cron"], 16),
        (_packages(100, 18), 100),
    ],
)
def test_the_newest_packages_that_are_complete(monkeypatch, offered, taken):
    monkeypatch.setattr(programs, "_output", lambda *_command: "\n".join(offered))
    assert programs._debian_packages() == [*_packages(taken), programs.PG_PROVE_PACKAGE]


def test_packages_that_are_too_old_are_none(monkeypatch):
    monkeypatch.setattr(programs, "_output", lambda *_command: "\n".join(_packages(13, 14)))
    with pytest.raises(Problem, match="no PostgreSQL 15 or newer"):
        programs._debian_packages()


# Seen to fail: with min; with every installation.
def test_the_newest_installed_one_that_is_complete(monkeypatch):
    found = [Installation(major, Path(f"/{major}")) for major in (15, 18, 17, 16)]
    monkeypatch.setattr(programs, "_installations", lambda: found)
    monkeypatch.setattr(Installation, "missing", lambda one: ["postgis"] * (one.major == 18))
    assert programs._complete() == found[2]


# Seen to fail: with postgres() naming its own packages only; Mosquitto was asked for two starts later.
def test_whoever_types_the_line_types_it_once(monkeypatch):
    for name in ("_complete", "_server"):
        monkeypatch.setattr(programs, name, lambda *_name: None)
    monkeypatch.setattr(programs, "_output", lambda *_command: "\n".join(_packages(17)))
    monkeypatch.setattr(programs.packages, "available", lambda: True)
    monkeypatch.setattr(programs.packages, "allowed", lambda: False)
    monkeypatch.setattr(programs.subprocess, "run", lambda *_command, **_options: None)
    with pytest.raises(Problem, match=r"postgresql-17 .* mosquitto"):
        programs.postgres.__wrapped__()
    monkeypatch.setattr(programs, "_server", lambda name: name)
    assert "mosquitto" not in programs.missing_packages()
