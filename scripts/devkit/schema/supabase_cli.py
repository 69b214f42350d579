"""The Supabase CLI, pinned in `cli/` beside this file. It runs in a temporary folder."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..console import Problem
from ..local import npm
from ..local.paths import SUPABASE
from .answers import with_answers

_SOURCES = Path(__file__).parent / "cli"
_GENERATED = "// Code generated from the database by `scripts/db types`. DO NOT EDIT.\n\n"
_VARIABLES = {
    "PGSSLMODE": "disable",  # the private cluster, on this machine
    "SUPABASE_TELEMETRY_DISABLED": "1",
    "DO_NOT_TRACK": "1",
    "SUPABASE_NO_UPDATE_NOTIFIER": "1",
    "SUPABASE_NO_KEYRING": "1",
}


def require() -> None:
    """Install it. Raises npm.UnavailableError if that is not possible."""
    npm.installed("cli", _SOURCES)


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the CLI on the database at this URL, with our configuration and migrations.

    Raises npm.UnavailableError if it cannot be installed; the caller checks the exit code.
    """
    with _project() as folder:
        return _cli(folder, *arguments, f"--remote={url}")


def types(url: str) -> str:
    """TypeScript types of the schema `public` with those of answers, formatted. Raises Problem."""
    generated = _output(run(url, "gen", "types", "--lang", "typescript", "--schema", "public"))
    return _GENERATED + _formatted(with_answers(_formatted(generated)))


def _formatted(source: str) -> str:
    formatter = [_program("oxfmt"), "--stdin-filepath=types.ts", "--disable-nested-config"]
    done = subprocess.run(
        formatter, env=_environment(), input=source, capture_output=True, text=True, check=False
    )
    return _output(done)


def _cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_program("supabase"), *arguments],
        cwd=folder,
        env=_environment() | _VARIABLES | {"SUPABASE_HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _environment() -> dict[str, str]:
    """Ours, with the Node.js that these programs need."""
    return os.environ | npm.require_node(_SOURCES).variables()


def _program(name: str) -> str:
    return str(npm.installed("cli", _SOURCES) / "node_modules" / ".bin" / name)


@contextmanager
def _project() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "supabase"
        room.mkdir()
        for name in ("config.toml", "migrations"):
            (room / name).symlink_to(SUPABASE / name)
        yield Path(folder)


def _output(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode:
        raise Problem(f"{Path(done.args[0]).name} failed:\n{done.stderr}{done.stdout}")
    return done.stdout
