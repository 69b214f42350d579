"""Where things are: the clone, its virtual environment, and the state that is not in git."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
SQL = ROOT / "sql"
SUPABASE = ROOT / "supabase"
MIGRATIONS = SUPABASE / "migrations"
PROJECT_SQL = SUPABASE / "project.sql"
SEED_SQL = SUPABASE / "seed.sql"
TYPES = ROOT / "app" / "http" / "docs" / "database.types.ts"
SIGNATURES = ROOT / "app" / "rpc" / "signatures.py"

_elsewhere: Path | None = None


def local() -> Path:
    """`.local/` in the clone: logs and lock files, writable by the user of the commands."""
    return _enterable(LOCAL)


def state_dir() -> Path:
    """The folder of the private cluster and of the generated secrets.

    `.local/` in the clone. As root PostgreSQL runs as another user, and where that user cannot
    reach the clone (below /root, say) the state lives under /var/lib/rastro instead.
    """
    if _elsewhere:
        return _elsewhere
    if os.geteuid() != 0 or _everybody_may_enter(ROOT):
        return local()
    mark = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
    return _enterable(_enterable(Path("/var/lib/rastro")) / f"{ROOT.name}-{mark}")


@contextmanager
def state_in(folder: Path) -> Iterator[None]:
    """Use another cluster, with secrets of its own, in this folder while the block lasts."""
    global _elsewhere
    before, _elsewhere = _elsewhere, _enterable(folder)
    try:
        yield
    finally:
        _elsewhere = before


def _enterable(path: Path) -> Path:
    """Create a folder that every user can enter, whatever the umask."""
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o755)
    return path


def _everybody_may_enter(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))
