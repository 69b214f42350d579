"""scripts/new-migration: write a migration from changed files of sql/, or refresh all of them."""

import argparse
import re
from datetime import UTC, datetime
from pathlib import Path

from ..console import Problem, fail, say
from ..local.paths import MIGRATIONS, ROOT, SQL, SUPABASE
from ..schema import sources
from ..schema.migrations import local_migrations

RELEASED = ROOT / "supabase" / "RELEASED"


def add(name: str, paths: list[Path]) -> Path:
    """Write the next migration from these files of sql/. Returns its path."""
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise Problem("The name of a migration has lower-case letters, digits and _ only.")
    for path in paths:
        if not path.is_file() or SQL not in path.parents:
            raise Problem(f"{path} is not a file below sql/.")
    version = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    latest = max((one.version for one in local_migrations()), default="0")
    target = MIGRATIONS / f"{max(int(version), int(latest) + 1)}_{name}.sql"
    target.write_text(sources.migration_text(name.replace("_", " ").capitalize(), paths))
    return target


def _rebuild() -> list[Path]:
    """Refresh the pasted blocks, and the order that supabase/config.toml publishes."""
    config = SUPABASE / "config.toml"
    return [*sources.rebuild(), *([config] if sources.write_schema_paths(config) else [])]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/new-migration",
        description="Paste changed object files of sql/ into a new migration.",
        epilog="Add statements that change existing objects (alter table …) to the new file yourself.",
    )
    add_argument = parser.add_argument
    add_argument("name", nargs="?", help="what the migration does, in lower_case_words")
    add_argument("paths", nargs="*", type=lambda text: Path(text).resolve(), help="changed files of sql/")
    add_argument(
        "--rebuild",
        action="store_true",
        help="refresh the parts of sql/ in all migrations; only before the first release",
    )
    options = parser.parse_args()
    try:
        if options.rebuild == bool(options.name) or bool(options.name) != bool(options.paths):
            parser.error("give NAME and PATH..., or --rebuild")
        if options.rebuild and RELEASED.exists():
            raise Problem("Released migrations never change. Write a new one.")
        written = _rebuild() if options.rebuild else [add(options.name, options.paths)]
    except Problem as problem:
        fail(str(problem))
    for path in written:
        say(f"Wrote {path.relative_to(ROOT)}")
    if options.rebuild and written:
        say("Databases that already have these migrations are not changed: run scripts/db reset.")
    if written:
        say("Types of tables and functions may have changed: run scripts/db types.")
