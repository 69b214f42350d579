"""What a database lacks that has no migrations, or not all that this version of the application needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.errors import ApiError

from .registry import RPCS

_APPLY = "Apply the migrations: `scripts/run --migrate` with RASTRO_MIGRATION_URL, or `supabase db push`."
# Functions that are not there with these arguments; the catalog can be read by every login. Some have another
# name for a time (``converted``).
MISSING = """
    select array(
      select e.key from jsonb_each($1::jsonb) e
      where not exists (
        select from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace and n.nspname = 'public'
        where p.proname in (e.key, e.key || '_atual')
          and array(select jsonb_array_elements_text(e.value)) <@ coalesce(p.proargnames[:p.pronargs], '{}'))
      order by e.key)
"""
WANTED = msgspec.json.encode({name: list(rpc.arguments) for name, rpc in RPCS.items()}).decode()


APPLIED = "select array(select version::text from supabase_migrations.schema_migrations)"
_MIGRATIONS = Path(__file__).resolve().parents[2] / "supabase" / "migrations"  # if installed beside the API


def not_applied(applied: Sequence[str]) -> list[str]:
    """Files of migrations whose versions are not among those of the database."""
    return sorted(
        path.name for path in _MIGRATIONS.glob("*.sql") if path.name.partition("_")[0] not in applied
    )


def require_all(missing: Sequence[str], migrations: Sequence[str] = ()) -> None:
    """Raises ApiError 503 SCHEMA_MISSING or SCHEMA_BEHIND, with what to do, if functions are missing.

    ``migrations``: files that are not applied, as far as known.
    """
    if len(missing) == len(RPCS):
        raise no_schema()
    if missing:
        details = {"missing": list(missing)} | ({"migrations": list(migrations)} if migrations else {})
        raise ApiError(
            503,
            "SCHEMA_BEHIND",
            f"The database is behind this version of the application. {_APPLY}",
            details=details,
        )


def no_schema() -> ApiError:
    """503 SCHEMA_MISSING, with what to do."""
    return ApiError(503, "SCHEMA_MISSING", f"The database has no schema yet. {_APPLY}")
