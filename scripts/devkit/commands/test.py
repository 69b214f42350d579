"""scripts/test: linters, types, pgTAP and pytest; only pytest when arguments say which tests."""

import argparse
import os
import subprocess
from collections.abc import Callable

from ..console import Problem, fail, say
from ..local import cluster, clusters, databases, programs, templates
from ..local.paths import ROOT, SUPABASE, VENV
from . import full

PGTAP_DATABASE = f"test_{os.getpid()}_0"
# More processes than this find the database busy.
MOST_PROCESSES = 8
_NO_TESTS = 5  # an exit code of pytest
# With these, pytest has to stay in one process.
ONE_PROCESS = {"-n", "--numprocesses", "-s", "--pdb", "--trace", "--collect-only", "--co", "--fixtures"}
EXAMPLES = """\
Any other argument goes to pytest, and then only pytest runs:
  scripts/test tests/http                  one folder, on all processors
  scripts/test tests/unit/test_times.py    one file
  scripts/test -k quarantine -x            what matches, until the first failure
  scripts/test --lf                        what failed the last time
  scripts/test --cold tests/db/history     whatever is stored is packed before it is read

Duration on two processors: scripts/test about 13 minutes, --acceptance about 18, --full hours. The
private PostgreSQLs of the tests keep running for the next run; scripts/db stop ends them."""


def main() -> None:
    options, arguments = _parser().parse_known_args()
    try:
        if options.full is not None:
            failed, tests = full.run(options.full), 0
        else:
            failed = [] if arguments or options.acceptance else _checks()
            tests = _pytest(arguments, acceptance=options.acceptance, none_skipped=options.none_skipped)
    except Problem as problem:
        fail(str(problem))
    if failed:
        say(f"Failed: {', '.join(failed)}")
    raise SystemExit(tests or bool(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        usage="scripts/test [--acceptance] [--none-skipped] [argument of pytest ...]\n"
        "       scripts/test --full [part ...]",
        description="Run the linters, mypy, pgTAP and pytest.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--acceptance", action="store_true", help="run the tests with real processes and real faults instead"
    )
    parser.add_argument("--none-skipped", action="store_true", help="fail if a test is skipped")
    parser.add_argument(
        "--full",
        nargs="*",
        choices=full.PARTS,
        metavar="part",
        help="by hand, before a release, as root: everything in minimal Debian systems and with the other "
        "versions of PostgreSQL, reads of packed history, and an hour of faults; or only some of "
        + ", ".join(full.PARTS),
    )
    return parser


def _checks() -> list[str]:
    """Run what comes before pytest; the names of the checks that failed."""
    checks: dict[str, Callable[[], int]] = {
        "ruff check": lambda: _tool("ruff", "check", "--quiet"),
        "ruff format": lambda: _tool("ruff", "format", "--check", "--quiet"),
        "mypy": lambda: _tool("mypy"),
        "pgTAP": _pgtap,
    }
    failed = []
    for name, check in checks.items():
        say(name)
        if check():
            failed.append(name)
    return failed


def _pytest(arguments: list[str], *, acceptance: bool, none_skipped: bool) -> int:
    codes = []
    for selection, processes in _runs(arguments, acceptance=acceptance):
        more = ["--none-skipped"] * none_skipped
        codes.append(_tool("pytest", *selection, *processes, *more, *arguments))
    failed = [code for code in codes if code not in (0, _NO_TESTS)]
    return failed[0] if failed else min(codes)


def _runs(arguments: list[str], *, acceptance: bool) -> list[tuple[list[str], list[str]]]:
    """For each run of pytest what it selects, and its processes."""
    parallel = _processes(arguments)
    if not acceptance:
        return [(_selection(arguments), parallel)]
    if not parallel:
        return [(["-m", "acceptance"], [])]
    return [(["-m", "acceptance and not alone"], parallel), (["-m", "acceptance and alone"], [])]


def _selection(arguments: list[str]) -> list[str]:
    """All but the slow tests; a single one or a file of them needs no option to run."""
    slow = ("tests/acceptance", "tests/web")
    if any("::" in argument or argument.startswith(slow) for argument in arguments):
        return []
    return ["-m", "not acceptance"]


def _processes(arguments: list[str]) -> list[str]:
    """All processors, unless that would save nothing; a file's tests stay together and share its database."""
    paths = [ROOT / one.split("::")[0] for one in arguments if not one.startswith("-")]
    named = [path for path in paths if path.exists()]
    single = bool(named) and all(path.is_file() for path in named)
    if single or ONE_PROCESS & {one.split("=")[0] for one in arguments}:
        return []
    return [
        "-n",
        "auto",
        "--maxprocesses",
        str(MOST_PROCESSES),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
    ]


def _tool(name: str, *arguments: str) -> int:
    # Without its cache, pytest spends most of its start on compiling the tests.
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [str(VENV / "bin" / name), *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode


def _pgtap() -> int:
    """pg_prove over supabase/tests, each file in a transaction of its own on a fresh database."""
    files = sorted(str(path.relative_to(ROOT)) for path in (SUPABASE / "tests").glob("*.sql"))
    prove = programs.pg_prove()
    with clusters.own(), templates.migrated() as template:
        databases.create(PGTAP_DATABASE, template)
        try:
            variables = os.environ | cluster.environment(databases.OWNER, PGTAP_DATABASE)
            command = [prove, "--failures", "--comments", *files]
            return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode
        finally:
            databases.drop(PGTAP_DATABASE)
