"""Dumps of a database as lines that can be compared."""

import os
import re
import subprocess

from scripts.devkit.local import cluster
from scripts.devkit.local.programs import postgres
from tests._lib.databases import Database

# The dump's own settings, and keys that newer versions of pg_dump make up each time.
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|)$")
_MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+(\+00)?'")
_IDENTIFIER = re.compile(r"'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'")


def schema(database: Database) -> list[str]:
    """Every statement of the schema, sorted: the order of creation does not matter."""
    return sorted(re.split(r"(?<=;)\n(?=\S)", "\n".join(_lines(database, "--schema-only"))))


def rows(database: Database) -> list[str]:
    """Every row as an insert, sorted, with times of writing and random ids masked."""
    lines = _lines(database, "--data-only", "--column-inserts")
    return sorted(_IDENTIFIER.sub("'<id>'", _MOMENT.sub("'<moment>'", line)) for line in lines)


def _lines(database: Database, *options: str) -> list[str]:
    command = [postgres().program("pg_dump"), "--exclude-schema=supabase_migrations", *options]
    variables = os.environ | cluster.environment(cluster.ADMIN, database.name)
    dump = subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout
    return [line for line in dump.splitlines() if not _NOISE.match(line)]
