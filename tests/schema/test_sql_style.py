"""The house rules of sql/: one object a file, named as the object, commented, granted by name, readable.

Seen to fail: by a second function in a file, a function under another name, a longer line, a definer without
a reason, an argument list in a grant, a composite built by position, a missing comment.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.devkit.local.paths import ROOT, SQL
from scripts.devkit.schema import sources
from scripts.devkit.schema.statements import split

LONGEST = 110
FUNCTION = re.compile(r"^create (?:function|procedure) (?:public|private)\.(\w+)\(", re.MULTILINE)
# What a file of a kind of objects creates; the first group is the object's name.
CREATES = {
    "types": re.compile(r'^create type (?:public|private|inventario)\."?(\w+)"? as', re.MULTILINE),
    "tables": re.compile(r'^create table (?:public|private|series|inventario)\."?(\w+)"? \(', re.MULTILINE),
    "functions": FUNCTION,
    "table_functions": FUNCTION,
    "rpc": FUNCTION,
    "table_views": re.compile(r'^create view public\."?(\w+)"?', re.MULTILINE),
    "views": re.compile(r'^create view public\."?(\w+)"?', re.MULTILINE),
    "triggers": re.compile(r'^create trigger "?(\w+)"?', re.MULTILINE),
}
# Statements about one table, which the file is named after; they may be several.
ABOUT = {
    "foreign_keys": re.compile(
        r'^alter table (?:public|private|inventario)\."?(\w+)"? add foreign key', re.MULTILINE
    ),
    "rows": re.compile(r'^insert into (?:public|private|series)\."?(\w+)"?', re.MULTILINE),
    "policies": re.compile(
        r'^create policy \w+ on (?:public|private|series|inventario)\."?(\w+)"?', re.MULTILINE
    ),
}
# Rewritten when reading and judging become faster; until then they build their rows by position.
BY_POSITION = {"read_values", "read_elements", "judge_elements", "plan_reading"}

Rule = Callable[[Path, str], list[str]]


def one_object_named_as_the_file(path: Path, text: str) -> list[str]:
    kind = path.parent.name
    if kind in CREATES:
        found = CREATES[kind].findall(text)
        return [] if found == [path.stem] else [f"creates {found}"]
    if kind in ABOUT:
        found = sorted(set(ABOUT[kind].findall(text)))
        return [] if found == [path.stem] else [f"is about {found}"]
    return []


def lines_fit_a_screen(_path: Path, text: str) -> list[str]:
    return [
        f"line {number} has {len(line)} characters"
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > LONGEST
    ]


def a_comment_for_the_dashboard(path: Path, text: str) -> list[str]:
    """All but a trigger on a table of Supabase Auth, on which we may put no comment."""
    if path.parent.name not in CREATES or "on auth.users" in text:
        return []
    return [] if re.search(r"^comment on \w+ ", text, re.MULTILINE) else ["has no comment"]


def functions_are_granted_by_name(path: Path, text: str) -> list[str]:
    if path.parent.name not in ("functions", "rpc"):
        return []
    return (
        []
        if re.search(r"^revoke all on (function|procedure) [\w.]+ from public;", text, re.MULTILINE)
        else ["does not revoke all from public"]
    )


def no_argument_lists(_path: Path, text: str) -> list[str]:
    named = re.findall(
        r"^(?:comment on|revoke all on|grant execute on) (?:function|procedure) [\w.]+\(", text, re.MULTILINE
    )
    return [f"{one}: nothing is overloaded, so leave the arguments out" for one in named]


def definers_say_why(_path: Path, text: str) -> list[str]:
    if not re.search(r"\bsecurity definer\b", _without_comments(text)):
        return []
    header = text[: text.index("create ")]
    return (
        []
        if re.search(r"security definer", header, re.IGNORECASE)
        else ["is security definer without a reason"]
    )


def composites_by_name(path: Path, text: str) -> list[str]:
    if path.stem in BY_POSITION or path.stem.startswith("make_"):
        return []
    code = _without_comments(text)
    return [
        f"builds a {one[1]} by position"
        for one in re.finditer(r"\)::private\.(\w+)", code)
        if _opening(code, one.start()).endswith("row")
    ]


def planner_settings_live_on_roles(path: Path, text: str) -> list[str]:
    """The one exception serves pg_cron, which runs as the owner."""
    found = re.search(r"\bset jit\b", text) and path.parent.name != "roles" and path.stem != "run_step"
    return ["sets jit"] if found else []


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text)


def _opening(code: str, closing: int) -> str:
    """What stands before the parenthesis that this one closes."""
    depth, place = 1, closing
    while depth:
        place -= 1
        depth += {")": 1, "(": -1}.get(code[place], 0)
    return code[max(0, place - 20) : place].rstrip()


RULES: list[Rule] = [
    one_object_named_as_the_file,
    lines_fit_a_screen,
    a_comment_for_the_dashboard,
    functions_are_granted_by_name,
    no_argument_lists,
    definers_say_why,
    composites_by_name,
    planner_settings_live_on_roles,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule(rule: Rule) -> None:
    files = [
        *sources.all_objects(),
        *sorted((SQL / "checks").glob("*.sql")),
        *sorted((SQL / "online").rglob("*.sql")),
    ]
    broken = [f"{path.relative_to(ROOT)} {fault}" for path in files for fault in rule(path, path.read_text())]
    assert broken == []


def test_every_file_ends_its_last_statement() -> None:
    """So that blocks of a migration can follow each other."""
    assert [path.name for path in sources.all_objects() if not split(path.read_text())[-1].text] == []
