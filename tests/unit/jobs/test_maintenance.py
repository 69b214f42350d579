"""python -m app.jobs.maintenance: when it runs, what an outage does to it, and how it ends."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import psycopg2
import pytest

from app.environment import SettingsError
from app.jobs.database import once, pause, repeat
from app.jobs.maintenance import MaintenanceSettings
from scripts.devkit.local.paths import ROOT

URL = "postgresql://rastro_manutencao:a-password@127.0.0.1:{port}/x"
AWAY = psycopg2.OperationalError("away")
REFUSED = psycopg2.ProgrammingError("refused")


def _run(
    outcomes: Sequence[Exception | None],
) -> tuple[Callable[[], float], Callable[[float], bool], list[float]]:
    """A run for each outcome, and a wait that stops after the last."""
    left, waited = list(outcomes), []

    def run() -> float:
        if outcome := left.pop(0):
            raise outcome
        return 60

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return not left

    return run, wait, waited


# Seen to fail: with the interval after a failure; without failures = 0.
def test_it_waits_longer_while_the_database_is_away_and_goes_on_after() -> None:
    run, wait, waited = _run([None, AWAY, AWAY, None])
    repeat("maintenance", run, wait, 60, lambda: 1.0)
    assert waited == [60, 120, 240, 60]


# Seen to fail: without chance; without _LONGEST_PAUSE_S.
def test_no_pause_is_longer_than_five_minutes_and_no_two_are_alike() -> None:
    assert pause(60, 50, lambda: 1.0) == 300
    assert pause(60, 50, lambda: 0.0) == 150
    assert pause(60, 0, lambda: 1.0) == 60


# Seen to fail: with a line for every failure; with one for the first failure only; without known = "".
@pytest.mark.parametrize(
    ("outcomes", "actions"),
    [
        ([None, None], []),
        ([AWAY, psycopg2.InterfaceError("gone"), AWAY, None], ["maintenance_failed", "maintenance_resumed"]),
        ([AWAY, REFUSED, REFUSED, None], ["maintenance_failed", "maintenance_failed", "maintenance_resumed"]),
        ([AWAY, None, AWAY], ["maintenance_failed", "maintenance_resumed", "maintenance_failed"]),
    ],
    ids=["no outage", "one", "away, then refused", "two"],
)
def test_an_outage_is_logged_once(
    caplog: pytest.LogCaptureFixture, outcomes: list[Exception | None], actions: list[str]
) -> None:
    run, wait, _ = _run(outcomes)
    with caplog.at_level(logging.INFO, "app.jobs"):
        repeat("maintenance", run, wait, 60)
    assert [record.message for record in caplog.records] == actions


# Seen to fail: with 0 for a failure.
@pytest.mark.parametrize(("outcome", "code"), [(None, 0), (AWAY, 1), (REFUSED, 1)])
def test_once_says_by_its_exit_code_how_it_went(outcome: Exception | None, code: int) -> None:
    run, _, _ = _run([outcome])
    assert once("maintenance", run) == code


def _refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        MaintenanceSettings.from_env(environ)
    return str(refused.value)


# Seen to fail: without the question for the URL; with float() for the interval; without _dsn.
def test_settings_that_are_wrong_are_all_named_without_their_values() -> None:
    bad = {"RASTRO_MAINTENANCE_INTERVAL_S": "0", "RASTRO_LOG_LEVEL": "loud"}
    told = _refusal(bad)
    assert [line.split(":")[0].strip() for line in told.splitlines()[1:]] == [*bad, "RASTRO_MAINTENANCE_URL"]
    assert "a-password" not in _refusal({"RASTRO_MAINTENANCE_URL": "postgresql://x:a-password@[::1/x"})
    settings = MaintenanceSettings.from_env({"RASTRO_MAINTENANCE_URL": URL.format(port=1)})
    assert (settings.interval_s, settings.log_level) == (60, "INFO")
    assert "a-password" not in repr(settings)


@contextmanager
def _started(port: int, *options: str) -> Iterator["subprocess.Popen[str]"]:
    environment = os.environ | {"RASTRO_MAINTENANCE_URL": URL.format(port=port)}
    command = [sys.executable, "-m", "app.jobs.maintenance", *options]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def _mute() -> Iterator[socket.socket]:
    """A server that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(20)
        yield server


def _line(process: "subprocess.Popen[str]") -> dict[str, object]:
    assert process.stderr
    found: dict[str, object] = json.loads(process.stderr.readline())
    return found


def _ended(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[int, str]:
    """Exit code, and what it still said, of a process that is told to end and does so within two seconds."""
    began = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=10)
    assert time.monotonic() - began < 2
    return process.returncode, said


# Seen to fail: with __name__ for the logger, which configures none; without the handlers of both signals.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_outage_does_not_end_it_and_a_signal_does(number: signal.Signals) -> None:
    with _started(1) as process:
        assert _line(process)["action"] == "maintenance_started"
        failed = _line(process)
        assert (failed["level"], failed["action"]) == ("error", "maintenance_failed")
        assert "a-password" not in json.dumps(failed)
        assert _ended(process, number) == (0, "")


# Seen to fail: without set_wait_callback: the handler runs when libpq has given up.
@pytest.mark.parametrize("options", [(), ("--once",)], ids=["for ever", "once"])
def test_a_signal_ends_it_while_a_server_says_nothing(options: tuple[str, ...]) -> None:
    with _mute() as server, _started(server.getsockname()[1], *options) as process:
        wire, _ = server.accept()
        with closing(wire):
            assert wire.recv(8)
            code, said = _ended(process, signal.SIGTERM)
    assert code == (1 if options else 0), "a single run that was cut short has not been done"
    assert "Traceback" not in said


# Seen to fail: without a limit in _await: it would wait for ever.
def test_a_server_that_says_nothing_is_away_after_some_seconds() -> None:
    with _mute() as server, _started(server.getsockname()[1], "--once") as process:
        assert process.wait(20) == 1
        assert "no answer" in str(_line(process)["error"])


def test_without_an_address_it_says_what_is_missing() -> None:
    environment = os.environ | {"RASTRO_MAINTENANCE_URL": ""}
    told = subprocess.run(
        [sys.executable, "-m", "app.jobs.maintenance"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert told.returncode == 2
    assert "RASTRO_MAINTENANCE_URL: is missing" in told.stderr
    assert "Traceback" not in told.stderr
