"""sql/ and supabase/migrations describe one and the same database.

Seen to fail: a changed default, comment, grant, policy or line of a function body in one sql file,
an object file left out of the migrations, a row of a lookup table that differs, a role's timeout.
"""

import re
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from scripts.devkit.local.databases import roles_locked
from scripts.devkit.schema import sources
from scripts.devkit.schema.migrations import local_migrations
from scripts.devkit.schema.statements import Statement, split
from tests._lib import databases, dumps
from tests._lib.databases import Database


@pytest.fixture(scope="module")
def from_sources(project: Database) -> Iterator[Database]:
    with databases.clone(project) as database:
        with (
            roles_locked(),
            closing(psycopg2.connect(database.owner_url)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sources.SETTINGS)
            for path in sources.all_objects():
                cursor.execute(path.read_text())
        yield database


def test_schema(from_sources: Database, new: Database) -> None:
    assert dumps.schema(from_sources) == dumps.schema(new)


def test_rows(from_sources: Database, new: Database) -> None:
    assert dumps.rows(from_sources) == dumps.rows(new)


def test_roles() -> None:
    """Roles belong to the cluster, so two of its databases cannot differ in them: compare the texts."""
    written = {text for path in sources.all_objects() for text in _about_roles(split(path.read_text()))}
    migrated = {text for migration in local_migrations() for text in _about_roles(migration.statements())}
    assert written <= migrated


def _about_roles(statements: list[Statement]) -> list[str]:
    """`create role`, `alter role`, `grant one to another`, without the comments before them."""
    texts = [re.sub(r"^(\s*--[^\n]*\n)*", "", statement.text) for statement in statements]
    return [text for text in texts if re.search(r"\b(create|alter) role\b|^grant \w+ to\b", text)]
