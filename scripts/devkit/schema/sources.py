"""The database as sql/ describes it, and the blocks of it that migrations hold.

sql/ has a folder for each concern and in it a folder for each kind of object: sql/30_ingestion/functions.
Objects are applied kind by kind (`STAGES`), and within a kind by path. With `check_function_bodies` off,
functions need no order.

A migration is written by hand around blocks pasted from sql/, each between two marker lines:

    -- from sql/30_ingestion/functions                                every file of the folder
    -- from sql/10_registry/tables/TbCliente.sql: grant, comment on    only the statements that begin so
    -- end

A block of a folder leaves out the files that a migration names one by one, so a new file needs no new line.
`-- by hand: sql/10_registry/tables/TbCliente.sql` (or a folder) says that the migration brings an object to
what its file describes by its own statements, as for a table that exists already.
"""

import re
from collections import Counter
from pathlib import Path

from ..console import Problem
from ..local.paths import MIGRATIONS, ROOT, SQL
from .statements import split

SETTINGS = "set lock_timeout = '5s';\nset statement_timeout = '5min';\nset check_function_bodies = off;\n"
STAGES = (
    "schemas",
    "roles",
    "types",
    "tables",
    "table_functions",
    "table_views",
    "foreign_keys",
    "rows",
    "functions",
    "rpc",
    "views",
    "triggers",
    "policies",
    "actions",
)
_BLOCK = re.compile(r"^-- from (sql/[^\s:]+)(?:: (.+))?\n(?:.*\n)*?-- end$", re.MULTILINE)
_MARK = re.compile(r"^-- (?:from|end$)", re.MULTILINE)
_BY_HAND = re.compile(r"^-- by hand: (sql/\S+)$", re.MULTILINE)


def rooms() -> list[Path]:
    """The folders of one concern, sql/NN_name; the other folders of sql/ hold no objects of the schema."""
    return sorted(path for path in SQL.iterdir() if path.is_dir() and re.match(r"\d\d_", path.name))


def all_objects() -> list[Path]:
    """Every object file in the order of application. Raises Problem for a file outside the known kinds."""
    found = [path for room in rooms() for path in room.rglob("*.sql")]
    for path in found:
        if path.parent.name not in STAGES or path.parent.parent.parent != SQL:
            raise Problem(f"{_name(path)}: an object lies in sql/<NN_concern>/<{'|'.join(STAGES)}>/")
    return sorted(found, key=lambda path: (STAGES.index(path.parent.name), _name(path)))


def schema_paths() -> list[str]:
    """The same order as globs, relative to supabase/, for `[db.migrations] schema_paths` of config.toml."""
    return [
        f"../{_name(room / stage)}/*.sql"
        for stage in STAGES
        for room in rooms()
        if any((room / stage).glob("*.sql"))
    ]


def write_schema_paths(config: Path) -> bool:
    """Bring the list in supabase/config.toml up to date; whether it changed. Raises Problem without one."""
    text = config.read_text()
    lines = "".join(f'  "{path}",\n' for path in schema_paths())
    fresh, places = re.subn(
        r"^schema_paths = \[\n(?:.*\n)*?\]$", f"schema_paths = [\n{lines}]", text, flags=re.M
    )
    if places != 1:
        raise Problem(f"{_name(config)} has no list schema_paths")
    config.write_text(fresh)
    return fresh != text


def migration_text(title: str, paths: list[Path]) -> str:
    """A migration holding these object files, each between its markers."""
    blocks = [_block(_name(path), [path], None) for path in paths]
    return "\n".join([f"-- {title}.\n\n{SETTINGS}", *(f"{block}\n" for block in blocks)])


def rebuild(folder: Path = MIGRATIONS) -> list[Path]:
    """Refresh every pasted block from its file; which migrations changed. Only before the first release."""
    texts = {path: path.read_text() for path in sorted(folder.glob("*.sql"))}
    for path, text in texts.items():
        if len(_MARK.findall(text)) != 2 * len(_BLOCK.findall(text)):
            raise Problem(f"{path.name}: a block begins with `-- from sql/…` and ends with `-- end`")
    covered = _covered("\n".join(texts.values()))
    fresh = {path: _BLOCK.sub(lambda mark: _refreshed(mark, covered), text) for path, text in texts.items()}
    changed = [path for path in texts if texts[path] != fresh[path]]
    for path in changed:
        path.write_text(fresh[path])
    return changed


def _refreshed(mark: re.Match[str], covered: dict[str, list[Path]]) -> str:
    if mark[2]:
        return _block(mark[1], [ROOT / mark[1]], mark[2])
    return _block(mark[1], covered[mark[1]], None)


def _covered(text: str) -> dict[str, list[Path]]:
    """The files of each whole block. Raises Problem unless every object file is in one migration, once."""
    objects = all_objects()
    selected = [name for name, only in _BLOCK.findall(text) if only]
    whole = [name for name, only in _BLOCK.findall(text) if not only]
    by_hand = _BY_HAND.findall(text)
    if unknown := [name for name in (*selected, *whole, *by_hand) if not (ROOT / name).exists()]:
        raise Problem(f"{', '.join(sorted(set(unknown)))}: no such file or folder")
    files = {name for name in (*whole, *by_hand) if name.endswith(".sql")}
    covered = {name: _files(name, objects, files) for name in (*whole, *by_hand)}
    times = Counter(path for name in (*whole, *by_hand) for path in covered[name])
    if missing := [_name(path) for path in objects if not times[path]]:
        raise Problem("in no migration: " + ", ".join(missing))
    if twice := [_name(path) for path, number in times.items() if number > 1]:
        raise Problem("in more than one migration: " + ", ".join(twice))
    return covered


def _files(name: str, objects: list[Path], named: set[str]) -> list[Path]:
    """One file, or those of a folder that are not named one by one."""
    if name.endswith(".sql"):
        return [ROOT / name]
    return [path for path in objects if _name(path).startswith(f"{name}/") and _name(path) not in named]


def _block(name: str, paths: list[Path], only: str | None) -> str:
    """The block of a file or folder, markers included."""
    head = f"-- from {name}" + (f": {only}" if only else "")
    return "\n".join([head, *(_body(path, only) for path in paths), "-- end"])


def _body(path: Path, only: str | None) -> str:
    body = path.read_text().strip()
    if not body.endswith(";"):
        raise Problem(f"{_name(path)} does not end with a semicolon")
    return _chosen(body, only) if only else body


def _chosen(body: str, only: str) -> str:
    """The statements that begin with one of these words."""
    beginnings = tuple(f"{beginning.strip()} " for beginning in only.split(","))
    texts = [one.text for one in split(body) if f"{' '.join(one.words)} ".startswith(beginnings)]
    return "\n".join(f"{text};" for text in texts)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))
