"""Blocks that migrations hold of sql/ are refreshed from it, and no object file is left out; its order.

Seen to fail: by a block that keeps its old text, a selection that pastes all, an unfinished block, or a
missing, doubled or unknown file that passes; a folder that takes files named elsewhere, too, or leaves new
ones out; an order by path alone.
"""

import tomllib
from pathlib import Path

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.local.paths import SUPABASE
from scripts.devkit.schema import sources

CONFIG = SUPABASE / "config.toml"
FIRST = "sql/10_registry/tables/t.sql"
SECOND = "sql/20_access/functions/f.sql"
TABLE = """-- A table; and more
create table t (i int);
create index on t (i);
-- why
grant select on t to public;
comment on table t is 'a; b';
"""
BY_HAND = f"-- by hand: {FIRST}\n"
BLOCK = f"-- from {SECOND}\nold text;\n-- end\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with two object files, and its empty folder of migrations."""
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    monkeypatch.setattr(sources, "SQL", tmp_path / "sql")
    for name, text in ((FIRST, TABLE), (SECOND, "select 1;\n")):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "migrations").mkdir()
    return tmp_path / "migrations"


def test_blocks_are_refreshed_and_the_rest_is_not_touched(folder: Path) -> None:
    path = folder / "1_a.sql"
    path.write_text(
        f"-- why\nset x = 1;\n\n-- from {FIRST}\n-- end\n\nalter table u;\n{BLOCK}drop table v;\n"
    )
    assert sources.rebuild(folder) == [path]
    assert path.read_text() == (
        f"-- why\nset x = 1;\n\n-- from {FIRST}\n{TABLE}-- end\n\nalter table u;\n"
        f"-- from {SECOND}\nselect 1;\n-- end\ndrop table v;\n"
    )
    assert sources.rebuild(folder) == []


def test_a_block_may_hold_some_statements(folder: Path) -> None:
    path = folder / "1_a.sql"
    path.write_text(f"{BY_HAND}-- from {FIRST}: grant, comment on\n-- end\n{BLOCK}")
    sources.rebuild(folder)
    assert path.read_text() == (
        f"{BY_HAND}-- from {FIRST}: grant, comment on\n-- why\ngrant select on t to public;\n"
        f"comment on table t is 'a; b';\n-- end\n-- from {SECOND}\nselect 1;\n-- end\n"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BY_HAND, f"in no migration: {SECOND}"),
        (f"{BLOCK}-- from {FIRST}: grant\n-- end\n", f"in no migration: {FIRST}"),
        (f"{BY_HAND}{BLOCK}{BLOCK}", f"in more than one migration: {SECOND}"),
        (f"{BY_HAND}{BLOCK}-- from {FIRST}\n-- end\n", f"in more than one migration: {FIRST}"),
        (f"{BY_HAND}{BLOCK}-- from sql/gone.sql\n-- end\n", "sql/gone.sql: no such file"),
        (f"{BY_HAND}{BLOCK}-- from sql/gone.sql: grant\n-- end\n", "sql/gone.sql: no such file"),
        (f"{BY_HAND}{BLOCK}-- by hand: sql/gone.sql\n", "sql/gone.sql: no such file"),
        (f"{BY_HAND}-- from {SECOND}\nselect 1;\n", "1_a.sql: a block"),
        (f"{BY_HAND}{BLOCK}-- from {SECOND} \n-- end\n", "1_a.sql: a block"),
    ],
)
def test_what_is_not_right_is_named_and_nothing_is_written(folder: Path, text: str, problem: str) -> None:
    (folder / "1_a.sql").write_text(text)
    with pytest.raises(Problem, match=problem):
        sources.rebuild(folder)
    assert (folder / "1_a.sql").read_text() == text


def test_a_new_migration_holds_blocks(folder: Path) -> None:
    path = folder / "1_a.sql"
    path.write_text(sources.migration_text("Why", [folder.parent / FIRST, folder.parent / SECOND]))
    assert path.read_text().startswith(f"-- Why.\n\n{sources.SETTINGS}\n-- from {FIRST}\n")
    assert sources.rebuild(folder) == []


def test_a_folder_takes_what_no_other_line_names(folder: Path) -> None:
    """So that a new function needs no new line."""
    room = folder.parent / "sql/10_registry/tables"
    (room / "s.sql").write_text("create table s ();\n")
    (room / "u.sql").write_text("create table u ();\n")
    path = folder / "1_a.sql"
    path.write_text(f"{BY_HAND}-- from sql/10_registry/tables\n-- end\n{BLOCK}")
    sources.rebuild(folder)
    assert "\ncreate table s ();\ncreate table u ();\n-- end\n" in path.read_text()
    assert "create table t " not in path.read_text()


def test_the_order_is_kind_by_kind_then_by_path(folder: Path) -> None:
    root = folder.parent
    for name in ("sql/20_access/types/a.sql", "sql/10_registry/functions/b.sql"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("select 1;\n")
    order = [str(path.relative_to(root)) for path in sources.all_objects()]
    assert order == ["sql/20_access/types/a.sql", FIRST, "sql/10_registry/functions/b.sql", SECOND]
    assert sources.schema_paths() == [f"../{Path(name).parent}/*.sql" for name in order]


def test_a_file_outside_the_known_kinds_is_refused(folder: Path) -> None:
    (folder.parent / "sql/10_registry/odds.sql").write_text("select 1;\n")
    with pytest.raises(Problem, match=r"sql/10_registry/odds\.sql: an object lies in"):
        sources.all_objects()


def test_the_cli_is_given_the_same_order() -> None:
    """When this fails, run `scripts/new-migration --rebuild`."""
    with CONFIG.open("rb") as file:
        published = tomllib.load(file)["db"]["migrations"]["schema_paths"]
    assert published == sources.schema_paths()
    found = [path for pattern in published for path in sorted(SUPABASE.glob(pattern))]
    assert [path.resolve() for path in found] == sources.all_objects()
