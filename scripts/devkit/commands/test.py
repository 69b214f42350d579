"""scripts/test: style, types, pgTAP and pytest; or, with --acceptance, the slow tests with real faults."""

import os
import subprocess
import sys

from ..console import Problem, fail, say
from ..local import cluster, databases, programs
from ..local.paths import ROOT, SUPABASE, VENV

PGTAP_DATABASE = f"test_{os.getpid()}_0"


def main() -> None:
    arguments = sys.argv[1:]
    acceptance = "--acceptance" in arguments
    rest = [argument for argument in arguments if argument != "--acceptance"]
    try:
        if cluster.start():
            say("PostgreSQL is up, and stays up for the next run; scripts/db stop ends it")
        failed = [] if acceptance else _checks()
    except Problem as problem:
        fail(str(problem))
    say("pytest")
    tests = _tool("pytest", "-m", "acceptance" if acceptance else "not acceptance", *rest)
    if failed:
        say(f"failed before pytest: {', '.join(failed)}")
    raise SystemExit(tests or bool(failed))


def _checks() -> list[str]:
    """Run what comes before pytest; the names of those that failed."""
    checks = {
        "ruff check": lambda: _tool("ruff", "check", "--quiet"),
        "ruff format": lambda: _tool("ruff", "format", "--check", "--quiet"),
        "mypy": lambda: _tool("mypy", "--strict", "app/"),
        "pgTAP": _pgtap,
    }
    failed = []
    for name, check in checks.items():
        say(name)
        if check():
            failed.append(name)
    return failed


def _tool(name: str, *arguments: str) -> int:
    return subprocess.run([str(VENV / "bin" / name), *arguments], cwd=ROOT, check=False).returncode


def _pgtap() -> int:
    """pg_prove over supabase/tests, each file in a transaction of its own on a fresh database."""
    files = sorted(str(path.relative_to(ROOT)) for path in (SUPABASE / "tests").glob("*.sql"))
    prove = programs.pg_prove()
    if not files:
        return 0
    with databases.migrated(PGTAP_DATABASE):
        variables = os.environ | cluster.environment(databases.OWNER, PGTAP_DATABASE)
        return subprocess.run(
            [prove, "--failures", "--comments", *files], cwd=ROOT, env=variables, check=False
        ).returncode
