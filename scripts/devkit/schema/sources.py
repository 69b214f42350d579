"""The database as sql/ describes it, and the blocks of it that migrations hold.

A migration is written by hand around blocks pasted from sql/, each between two marker lines:

    -- from sql/40_private/01_chamador.sql
    -- from sql/30_tables/01_TbCliente.sql: grant, comment on     (only its statements that begin so)
    -- end

`-- by hand: sql/30_tables/01_TbCliente.sql` says that the migration brings an object to what its file
describes by statements of its own, as for a table that exists already.
"""

import re
from collections import Counter
from pathlib import Path

from ..console import Problem
from ..local.paths import MIGRATIONS, ROOT, SQL
from .statements import split

SETTINGS = "set lock_timeout = '5s';\nset statement_timeout = '5min';\n"
_BLOCK = re.compile(r"^-- from (sql/\S+?\.sql)(?:: (.+))?\n(?:.*\n)*?-- end$", re.MULTILINE)
_MARK = re.compile(r"^-- (?:from|end$)", re.MULTILINE)
_BY_HAND = re.compile(r"^-- by hand: (sql/\S+\.sql)$", re.MULTILINE)


def rooms() -> list[Path]:
    """The numbered folders of sql/, in dependency order; the others hold no schema objects."""
    return sorted(path for path in SQL.iterdir() if path.is_dir() and re.match(r"\d\d_", path.name))


def objects(room: Path) -> list[Path]:
    return sorted(room.rglob("*.sql"))


def all_objects() -> list[Path]:
    return [path for room in rooms() for path in objects(room)]


def migration_text(title: str, paths: list[Path]) -> str:
    """A migration holding these object files, each between its markers."""
    blocks = [_block(_name(path), None) for path in paths]
    return "\n".join([f"-- {title}.\n\n{SETTINGS}", *(f"{block}\n" for block in blocks)])


def rebuild(folder: Path = MIGRATIONS) -> list[Path]:
    """Refresh every pasted block from its file; which migrations changed. Only before the first release."""
    texts = {path: path.read_text() for path in sorted(folder.glob("*.sql"))}
    for path, text in texts.items():
        if len(_MARK.findall(text)) != 2 * len(_BLOCK.findall(text)):
            raise Problem(f"{path.name}: a block begins with `-- from sql/….sql` and ends with `-- end`")
    _require_each_once("\n".join(texts.values()))
    fresh = {path: _BLOCK.sub(lambda mark: _block(mark[1], mark[2]), text) for path, text in texts.items()}
    changed = [path for path in texts if texts[path] != fresh[path]]
    for path in changed:
        path.write_text(fresh[path])
    return changed


def _require_each_once(text: str) -> None:
    """Every object file is in one migration, whole or by hand."""
    blocks = _BLOCK.findall(text)
    named = Counter(name for name, only in blocks if not only) + Counter(_BY_HAND.findall(text))
    if missing := [name for name in map(_name, all_objects()) if not named[name]]:
        raise Problem("in no migration: " + ", ".join(missing))
    if unknown := sorted({*named, *dict(blocks)} - set(map(_name, all_objects()))):
        raise Problem(f"{', '.join(unknown)}: no such file")
    if twice := [name for name, times in named.items() if times > 1]:
        raise Problem("in more than one migration: " + ", ".join(twice))


def _block(name: str, only: str | None) -> str:
    """The block of one object file, markers included."""
    body = (ROOT / name).read_text().strip()
    if not body.endswith(";"):
        raise Problem(f"{name} does not end with a semicolon")
    head = f"-- from {name}" + (f": {only}" if only else "")
    return f"{head}\n{_chosen(body, only) if only else body}\n-- end"


def _chosen(body: str, only: str) -> str:
    """The statements that begin with one of these words."""
    beginnings = tuple(f"{beginning.strip()} " for beginning in only.split(","))
    texts = [one.text for one in split(body) if f"{' '.join(one.words)} ".startswith(beginnings)]
    return "\n".join(f"{text};" for text in texts)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))
