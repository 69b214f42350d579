"""What scripts/run leaves for a shell to read."""

import subprocess

import pytest

from scripts.devkit.commands import run
from scripts.devkit.console import Problem
from scripts.devkit.local.paths import state_in


def test_the_environment_file_sets_the_three_variables_in_a_shell(tmp_path):
    """Seen to fail: with variables that are not exported, and with a file that others can read."""
    with state_in(tmp_path), run.environment_file(tmp_path / "env", "http://127.0.0.1:8000") as path:
        assert path.stat().st_mode & 0o777 == 0o600
        script = f". {path}; printenv URL KEY TOKEN"
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    url, key, token = done.stdout.split()
    assert url == "http://127.0.0.1:8000"
    assert key.startswith("rastro_")
    assert token.count(".") == 2
    assert not path.exists()


@pytest.mark.parametrize(
    "options", [["--devices", "0"], ["--devices", "3", "--rate", "2.5"]], ids=["none", "three"]
)
def test_the_screen_fits_on_one_page_and_names_the_file(options, tmp_path):
    parsed = run._parser().parse_args(options)
    with state_in(tmp_path):
        shown = run._screen(
            parsed,
            "http://127.0.0.1:8000",
            "mqtt://127.0.0.1:1883",
            "http://127.0.0.1:9108/metrics",
            run.LOCAL / "env",
        )
    assert ". .local/env" in shown
    assert len(shown.splitlines()) < 20
    signed_in = [line for line in shown.splitlines() if "http://127.0.0.1:8000/#token=ey" in line]
    assert len(signed_in) == 2  # an administrator, and one who reads
    assert max(len(line) for line in shown.splitlines() if line not in signed_in) <= 110


# Seen to fail: with `except npm.UnavailableError`; a certificate unknown to npm ended the start so.
def test_whatever_keeps_npm_from_the_libraries_does_not_end_the_start(monkeypatch, capsys):
    def failing():
        raise Problem("npm ci failed: UNABLE_TO_GET_ISSUER_CERT_LOCALLY")

    monkeypatch.delenv("RASTRO_WEB_LIBRARIES", raising=False)
    monkeypatch.setattr(run.web, "libraries", failing)
    assert run._libraries() == {}
    assert "no map and no curves: npm ci failed: UNABLE_TO_GET" in capsys.readouterr().out
