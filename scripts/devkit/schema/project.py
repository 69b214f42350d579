"""What a database has before its first migration: supabase/project.sql, and whether it can be applied."""

import re
from dataclasses import dataclass
from typing import Any

import psycopg2

from ..console import Problem
from ..local.paths import PROJECT_SQL
from .reach import PREPARE

OWNER = "postgres"
OLDEST = 15
# What project.sql needs, and the Debian package that brings it. Extensions of the tests may be absent.
_EXTENSIONS = {
    "postgis": "postgresql-{major}-postgis-3",
    "pgcrypto": "postgresql-contrib",
    "uuid-ossp": "postgresql-contrib",
}


@dataclass(frozen=True)
class Inventory:
    """What concerns us in a cluster and one of its databases, by name."""

    roles: frozenset[str]
    schemas: frozenset[str]
    extensions: frozenset[str]


def inventory(cursor: Any) -> Inventory:
    return Inventory(
        *(
            frozenset(_column(cursor, query))
            for query in (
                "select rolname from pg_roles",
                "select nspname from pg_namespace",
                "select extname from pg_extension",
            )
        )
    )


def apply(cursor: Any, owner: str = OWNER) -> None:
    """Run supabase/project.sql as a superuser, all of it or nothing; it can be repeated.

    The file names the owner `postgres`; `owner` takes its place.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", owner):
        raise Problem(f"{owner} cannot be the owner's name: use lower-case letters, digits and _.")
    text = re.sub(rf"\b{OWNER}\b", owner, PROJECT_SQL.read_text())
    cursor.execute(f"begin; {text}; commit")


def require_server(cursor: Any) -> None:
    """Raises Problem if the server is too old, or PostGIS and the other extensions are not installed."""
    major = int(cursor.connection.server_version) // 10_000
    if major < OLDEST:
        raise Problem(f"The server is PostgreSQL {major}; {OLDEST} or newer is needed.")
    available = set(_column(cursor, "select name from pg_available_extensions"))
    if missing := [name for name in _EXTENSIONS if name not in available]:
        packages = sorted({_EXTENSIONS[name].format(major=major) for name in missing})
        raise Problem(
            f"The server does not have {', '.join(missing)}. Install it there, on Debian or Ubuntu with "
            f"`apt-get install {' '.join(packages)}`, and start again."
        )


def require_free(cursor: Any) -> None:
    """Raises Problem if the database has something of its own where ours will be."""
    cursor.execute(
        """select (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
                   where e.extname = 'postgis'),
                  (select pg_get_userbyid(c.relowner) from pg_class c
                   where c.relname = 'users' and c.relnamespace = to_regnamespace('auth')),
                  exists (select from pg_class c where c.relname = 'identities'
                          and c.relnamespace = to_regnamespace('auth')),
                  current_setting('server_encoding')"""
    )
    postgis, users, is_supabase, encoding = cursor.fetchone()
    if is_supabase:
        raise Problem(
            "The database is a Supabase project and has all this. Apply the migrations: supabase/README.md."
        )
    if encoding != "UTF8":
        raise Problem(f"The encoding of the database is {encoding}; it must be UTF8. Name another database.")
    if postgis not in (None, "extensions"):
        raise Problem(
            f"PostGIS is in the schema {postgis} and cannot be moved; it must be in the schema extensions. "
            "Name another database, or `drop extension postgis` if nothing uses it."
        )
    if users not in (None, "supabase_auth_admin"):
        raise Problem(f"The database has a table auth.users of {users}. Name another database.")


def require_prepared(cursor: Any) -> None:
    """Raises Problem if migrations cannot be applied here: not prepared, or not as this role."""
    cursor.execute(
        """select current_user, current_database(),
                  (select pg_get_userbyid(datdba) from pg_database where datname = current_database()),
                  has_database_privilege(current_database(), 'create'),
                  array_remove(array[
                    case when to_regnamespace('auth') is null then 'the schema auth' end,
                    case when not exists (select from pg_class c where c.relname = 'users'
                                          and c.relnamespace = to_regnamespace('auth'))
                         then 'the table auth.users' end,
                    (select 'the role' || case when count(*) > 1 then 's ' else ' ' end || string_agg(r, ', ')
                     from unnest(array['anon', 'authenticated', 'service_role']) r
                     where not exists (select from pg_roles where rolname = r) having count(*) > 0),
                    case when not exists (select from pg_available_extensions where name = 'postgis')
                         then 'PostGIS' end], null)"""
    )
    user, database, owner, may_create, missing = cursor.fetchone()
    if missing:
        raise Problem(
            f"The database {database} is not prepared: it does not have {', '.join(missing)}. "
            f"Run once {PREPARE}."
        )
    if not may_create:
        raise Problem(
            f"Permission denied: {user} may not change the database {database}. Its owner, {owner}, applies "
            f"migrations: put a URL with that user into RASTRO_MIGRATION_URL. If {owner} is a superuser, run "
            f"first, once, {PREPARE}."
        )


def refused(error: psycopg2.Error) -> Problem:
    """What is wrong when project.sql cannot be applied."""
    return Problem(f"supabase/project.sql cannot be applied; nothing of it was kept: {str(error).strip()}")


def _column(cursor: Any, query: str) -> list[str]:
    cursor.execute(query)
    return [str(name) for (name,) in cursor.fetchall()]
