"""sql/ and supabase/migrations describe one and the same database.

Seen to fail: a changed default, comment, grant, policy or line of a function body in one sql file,
an object file left out of the migrations, and a row of a lookup table that differs.
"""

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from scripts._lib import sources
from tests._lib import databases, dumps
from tests._lib.databases import Database


@pytest.fixture(scope="module")
def from_sources(project: Database) -> Iterator[Database]:
    with databases.clone(project) as database:
        with (
            closing(psycopg2.connect(database.owner_url)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            for path in sources.all_objects():
                cursor.execute(path.read_text())
        yield database


def test_schema(from_sources: Database, template: Database) -> None:
    assert dumps.schema(from_sources) == dumps.schema(template)


def test_rows(from_sources: Database, template: Database) -> None:
    assert dumps.rows(from_sources) == dumps.rows(template)
