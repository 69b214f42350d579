"""The database as sql/ describes it, and the migrations written from it."""

import re
from pathlib import Path

from .console import Problem
from .paths import MIGRATIONS, ROOT, SQL

FIRST_VERSION = 20261122000000
SETTINGS = "set lock_timeout = '5s';\nset statement_timeout = '5min';\n"


def rooms() -> list[Path]:
    """The numbered folders of sql/, in dependency order; the others hold no schema objects."""
    return sorted(path for path in SQL.iterdir() if path.is_dir() and re.match(r"\d\d_", path.name))


def objects(room: Path) -> list[Path]:
    return sorted(room.rglob("*.sql"))


def all_objects() -> list[Path]:
    return [path for room in rooms() for path in objects(room)]


def migration_text(title: str, paths: list[Path]) -> str:
    """A migration holding these object files, each under its name."""
    parts = [f"-- {title}. Pasted from sql/ by scripts/new-migration.\n\n{SETTINGS}"]
    for path in paths:
        body = path.read_text().strip()
        if not body.endswith(";"):
            raise Problem(f"{path.relative_to(ROOT)} does not end with a semicolon")
        parts.append(f"-- {path.relative_to(ROOT)}\n{body}\n")
    return "\n".join(parts)


def rebuild() -> list[Path]:
    """Write one migration per room, replacing those there are. Only before the first release."""
    texts = {
        MIGRATIONS / f"{FIRST_VERSION + 10 * number}_{room.name[3:]}.sql": migration_text(
            f"The room {room.name}", objects(room)
        )
        for number, room in enumerate(rooms(), start=1)
        if objects(room)
    }
    for old in set(MIGRATIONS.glob("*.sql")) - set(texts):
        old.unlink()
    for path, text in texts.items():
        path.write_text(text)
    return list(texts)
