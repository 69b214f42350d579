"""The virtual environment: made and filled when needed, then this very command runs inside it.

Only the standard library here: this runs before anything is installed.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys

from ..console import Problem, fail, note
from . import packages, programs
from .locks import only_one
from .paths import ROOT, VENV

REQUIREMENTS = ROOT / "requirements.txt"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".requirements"


def enter() -> None:
    """Return inside the virtual environment; start this command again in it if need be."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the machine may have an older one
        fail("Python 3.11 or newer is needed.")
    try:
        if not _current():
            with only_one("environment"):
                if not _current():
                    _build()
    except Problem as problem:
        fail(str(problem))
    except KeyboardInterrupt:
        fail("interrupted; start again to go on")
    if sys.prefix != str(VENV):
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
    sys.path.insert(0, str(ROOT))  # commands may import app, never the reverse


def _wanted() -> str:
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    return f"{sys.version_info.major}.{sys.version_info.minor} {digest}"


def _current() -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == _wanted()


def _build() -> None:
    if not _made_by_this_python():
        note("Making the virtual environment .venv")
        if importlib.util.find_spec("ensurepip") is None:
            packages.install(["python3-venv", *_also_missing()], "Python's venv module")
        _run(sys.executable, "-m", "venv", "--clear", str(VENV))
    note("Installing the Python packages of requirements.txt (about a minute)")
    _run(str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", str(REQUIREMENTS))
    STAMP.write_text(_wanted())


def _also_missing() -> list[str]:
    """Where a person has to type the apt line, one line is enough: PostgreSQL's packages, too."""
    if packages.allowed() or os.environ.get("DATABASE_URL") or os.environ.get("SUPABASE_PUBLISHABLE_KEY"):
        return []
    return programs.missing_packages()


def _made_by_this_python() -> bool:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return PYTHON.exists() and (VENV / "lib" / version / "site-packages" / "pip").exists()


def _run(*command: str) -> None:
    if subprocess.run(command, check=False).returncode:
        raise Problem(f"this failed: {' '.join(command)}")
