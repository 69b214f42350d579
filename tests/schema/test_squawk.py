"""squawk on the migrations: nothing that could lock or break a live installation, but for what is listed."""

import json
import subprocess
from pathlib import Path

import pytest

from scripts.devkit.local.paths import VENV
from scripts.devkit.schema.migrations import local_migrations

OLDEST_SERVER = "15.0"
_CODES = (
    "codes, counters and settings are far from 2³¹; existing columns, views and applications have integers"
)
_UTC = "columns dt… are UTC without a zone, as existing applications read and write them"
_BEFORE = "tells how it was before; where there are rows the baseline is marked as applied, never run"
_SMALL = "entities: some thousand rows; held up for milliseconds, and all or nothing is worth more"

# Rule, the migrations in which it may speak up (the end of their versions), why.
_ACCEPTED = (
    ("prefer-identity", "010", _BEFORE),
    ("prefer-text-field", "010", _BEFORE),
    ("prefer-text-field", "220", "as long as what is kept of former owners"),
    ("prefer-bigint-over-int", "010 200 210 220 225 300 310 400 510 520 700 705 710 770 780 790", _CODES),
    (
        "prefer-bigint-over-smallint",
        "200 400 705 710",
        "a quality of 0 to 2, in every reading; a slice of a few; a width of 1, 5 or 60",
    ),
    ("prefer-timestamp-tz", "010 200 210 225 520 700 705 710", _UTC),
    ("require-concurrent-index-creation", "170 300 310 400", _SMALL),
    (
        "require-concurrent-index-deletion",
        "170 300",
        "dropping waits for a lock, 5 s at most, and takes no time",
    ),
    ("adding-foreign-key-constraint", "300 310", f"of a new column, in which nothing is; {_SMALL}"),
    ("constraint-missing-not-valid", "300 310 400 500", _SMALL),
    ("disallowed-unique-constraint", "310 400 500", _SMALL),
    ("adding-not-nullable-field", "310 400", f"filled in the statement before; {_SMALL}"),
    ("adding-serial-primary-key-field", "310", "a primary key of the 27 states"),
    (
        "changing-column-type",
        "300 310 400 430",
        "phase 2a has made sure that no reports come in; what is lost is kept aside",
    ),
    ("ban-drop-default", "300 310", "null, which is what a column has without one"),
    ("adding-field-with-default", "300", "a generated column, in the rewrite that the new types need anyway"),
    ("ban-drop-table", "200", "empty: the migration refuses where there is a row"),
    ("ban-drop-view", "200 300 430", "made anew, with the same columns, in this or a following migration"),
    ("ban-drop-column", "400", "the clear text of keys must go; their hash took its place"),
)
ACCEPTED = {(rule, f"20261122000{end}") for rule, ends, _why in _ACCEPTED for end in ends.split()}


def squawk(paths: list[Path], *options: str) -> set[tuple[str, str]]:
    """(rule, version) of what it finds in these files."""
    command = [VENV / "bin" / "squawk", f"--pg-version={OLDEST_SERVER}", "--reporter=json"]
    done = subprocess.run([*command, *options, *paths], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {(one["rule_name"], Path(one["file"]).name.partition("_")[0]) for one in json.loads(done.stdout)}


# Seen to fail: without a lock_timeout; with the index of a large table built plainly, or one
# `concurrently` taken for one in a transaction; with one exception more than there is.
def test_migrations() -> None:
    alone = [one.path for one in local_migrations() if _concurrently(one.path)]
    others = [one.path for one in local_migrations() if not _concurrently(one.path)]
    assert squawk(alone) == set()
    assert squawk(others, "--assume-in-transaction") == ACCEPTED


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("alter table t add column a int not null;", "adding-required-field"),
        ("create index concurrently i on t (a);", "ban-concurrent-index-creation-in-transaction"),
        ("create index i on t (a);", "require-concurrent-index-creation"),
        ("alter table t rename column a to b;", "renaming-column"),
    ],
)
def test_it_would_tell(tmp_path: Path, statement: str, rule: str) -> None:
    path = tmp_path / "1_x.sql"
    path.write_text(f"set lock_timeout = '5s';\nset statement_timeout = '5min';\n{statement}\n")
    assert (rule, "1") in squawk([path], "--assume-in-transaction")


def _concurrently(path: Path) -> bool:
    return "index concurrently" in path.read_text()
