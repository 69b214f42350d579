"""The virtual environment: created and filled when needed; then the command runs again inside it.

Only the standard library is used here, as this runs before anything is installed.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..console import Problem, fail, note
from . import packages, programs
from .locks import only_one
from .paths import ROOT, VENV

# The service, what the commands need in addition, and what tests need in addition.
BASE = (ROOT / "requirements.txt", ROOT / "scripts" / "requirements.txt")
TESTS = (ROOT / "tests" / "requirements.txt",)
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".requirements"


def enter(*, tests: bool = False, servers: bool = False) -> None:
    """Return inside the virtual environment, after starting this command again in it if necessary.

    `tests`: with the packages of the tests, which take most of the time to install.
    `servers`: the command starts them; apt installs what is missing of them while pip works.
    """
    files = BASE + TESTS if tests else BASE
    if sys.version_info < (3, 11):  # noqa: UP036 - the machine may have an older one
        fail("Python 3.11 or newer is needed.")
    try:
        if not _current(files):
            with only_one("environment"):
                if not _current(files):
                    _build(files, servers=servers)
    except Problem as problem:
        fail(str(problem))
    except KeyboardInterrupt:
        fail("interrupted; start the command again to continue")
    if sys.prefix != str(VENV):
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
    sys.path.insert(0, str(ROOT))  # commands may import app, never the reverse


def _wanted(files: tuple[Path, ...]) -> set[str]:
    """A line for each file: this Python, the file's name and its digest."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {
        f"{python} {file.relative_to(ROOT)} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files
    }


def _current(files: tuple[Path, ...]) -> bool:
    return PYTHON.exists() and STAMP.exists() and _wanted(files) <= set(STAMP.read_text().splitlines())


def _build(files: tuple[Path, ...], *, servers: bool) -> None:
    if new := not _made_by_this_python():
        note("Creating the virtual environment .venv")
        if importlib.util.find_spec("ensurepip") is None:
            packages.install(["python3-venv", *_also_missing()], "Python's venv module")
    with ThreadPoolExecutor(max_workers=1) as beside:
        installing = beside.submit(programs.servers) if servers and not database_is_given() else None
        if new:
            _run(sys.executable, "-m", "venv", "--clear", str(VENV))
        note(f"Installing the Python packages of {', '.join(str(file.relative_to(ROOT)) for file in files)}")
        wanted = [option for file in files for option in ("-r", str(file))]
        pip = ("-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes")
        _run(str(PYTHON), *pip, *wanted)
        STAMP.write_text("\n".join(sorted(_wanted(files))) + "\n")
    if installing:
        installing.result()


def _also_missing() -> list[str]:
    """The servers' packages, where a person has to type the apt line: one line is enough then."""
    return [] if packages.allowed() or database_is_given() else programs.missing_packages()


def database_is_given() -> bool:
    """Whether the API is to serve a database of the caller's, so that none is started here."""
    return any(os.environ.get(name) for name in ("DATABASE_URL", "SUPABASE_PUBLISHABLE_KEY"))


def _made_by_this_python() -> bool:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return PYTHON.exists() and (VENV / "lib" / version / "site-packages" / "pip").exists()


def _run(*command: str) -> None:
    if subprocess.run(command, check=False).returncode:
        raise Problem(f"This command failed: {' '.join(command)}")
