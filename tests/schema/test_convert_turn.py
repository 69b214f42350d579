"""scripts/convert: from the old system to this one, and back."""

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.convert import early, state, statements, switch
from scripts.devkit.local.databases import roles_locked
from scripts.devkit.schema import catalogue
from tests._lib import dumps
from tests._lib.databases import Database
from tests._lib.legacy import legacy, owner, query


def prepare(database: Database) -> None:
    with roles_locked(), state.alone(database.owner_url) as cursor:
        early.run(cursor)
        state.complete(cursor, state.PREPARED)


def turn(database: Database) -> None:
    with roles_locked(), state.alone(database.owner_url) as cursor:
        switch.run(cursor)


def test_every_statement_of_the_migrations_has_a_step() -> None:
    groups = {part.group for part in statements.parts()}
    assert groups == {statements.EARLY, statements.FREE, statements.LATE, statements.NEVER}
    with pytest.raises(Problem, match=r"x\.sql:1: no step"):
        statements.group_of("create materialized view public.x as select 1", "x.sql:1")


# Seen to fail: with triggers on old tables among the early statements; with default privileges among them.
def test_preparing_changes_nothing_of_the_old_system(project: Database) -> None:
    defaults = "select defaclobjtype, defaclacl::text from pg_default_acl order by 1"
    with legacy(project) as database:
        with owner(database) as cursor:
            before = catalogue.read(cursor)
        privileges = query(database, defaults)
        prepare(database)
        prepare(database)  # again: nothing is left to do
        with owner(database) as cursor:
            after = catalogue.read(cursor)
        assert query(database, defaults) == privileges
    assert before.items() <= after.items()
    assert {kind for kind, _ in after.keys() - before.keys()} <= {
        "tables", "columns", "keys", "indexes", "checks", "foreign keys", "policies", "row-level security",
        "triggers", "grants", "types",
    }  # fmt: skip
    known = {name for kind, name in before if kind in ("tables", "views")}
    assert not [name for (_, name), (relation, _) in after.items() - before.items() if relation in known]


# Seen to fail: with every policy of public dropped at the switch, those of new tables included; with functions
# among the early statements whose arguments have the type of an old table.
def test_an_installation_without_rows_becomes_a_new_one(project: Database, new: Database) -> None:
    with legacy(project) as database:
        with pytest.raises(Problem, match="not prepared"):
            turn(database)
        prepare(database)
        turn(database)
        with owner(database) as cursor:
            cursor.execute("drop schema legado cascade; drop schema conversao cascade")
        assert dumps.schema(database) == dumps.schema(new)
        assert dumps.rows(database) == dumps.rows(new)
