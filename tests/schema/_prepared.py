"""A legacy database that is prepared for its conversion."""

from scripts.devkit.commands import convert
from scripts.devkit.local.databases import roles_locked
from tests._lib.databases import Database


def prepare(database: Database) -> None:
    """As the command does it. Roles belong to the cluster, which other tests use."""
    with roles_locked():
        convert.prepare(database.owner_url)
