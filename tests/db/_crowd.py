"""A crowd of devices with months of history, written set by set: enough that the planner has a choice."""

from contextlib import closing
from pathlib import Path

import psycopg2

from tests.db._lab import Lab
from tests.db._strategies import NOON

_SQL = Path(__file__).with_name("_crowd.sql")


def fill(lab: Lab) -> None:
    """Write it, and let the planner know."""
    lab.sql(_SQL.read_text().replace("%(noon)s", f"'{NOON:%F %T}'"))
    with closing(psycopg2.connect(lab.database.admin_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("vacuum analyze")
