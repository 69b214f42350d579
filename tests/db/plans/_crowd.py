"""A crowd of devices with months of history, written set by set: enough that the planner has a choice."""

from contextlib import closing
from pathlib import Path

import psycopg2

from tests.db._lab import Lab
from tests.db._strategies import NOON

_SQL, _ROLLUPS = (Path(__file__).with_name(name) for name in ("_crowd.sql", "_crowd_rollups.sql"))


def fill(lab: Lab) -> None:
    """Write it, and let the planner know."""
    lab.sql(_with_noon(_SQL))
    # until all is summed up, however busy the machine: what is not is read from the values
    lab.sql("call private.run_maintenance(3600)")
    assert lab.sql("select private.extend_floor()") == [(0,)]
    lab.sql(_with_noon(_ROLLUPS))
    with closing(psycopg2.connect(lab.database.admin_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("vacuum analyze")


def _with_noon(path: Path) -> str:
    return path.read_text().replace("%(noon)s", f"'{NOON:%F %T}'")
