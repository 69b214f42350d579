"""pgspot on every function: nothing in it is looked up where a caller could have put something.

A function with `set search_path = pg_catalog, pg_temp` is safe in all it names; the few without are listed.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scripts.devkit.local.paths import VENV
from scripts.devkit.schema import sources
from scripts.devkit.schema.statements import split
from tests.schema._paths import WITHOUT_PATH

# No path of its own, and what follows from that: operators, functions, types, CASE go by the caller's.
# No others: a SECURITY DEFINER function among those listed is PS003, and fails.
_PATHLESS = {"PS001", "PS005", "PS009", "PS016", "PS017"}
# pgspot has no catalogue: it follows assignments to fields of a record, not of a table's type.
_OF_A_TABLE = re.compile(r'^(\s+v_\w+) public\."\w+"(?= :=|;)', re.MULTILINE)
_NAME = re.compile(r"create (?:or replace )?(?:function|procedure) (\w+\.\w+)")
SAFE = "set search_path = pg_catalog, pg_temp"


def functions() -> Iterator[tuple[str, str]]:
    """Name and text of each function and procedure of sql/.

    Without those whose body is parsed when they are created (`begin atomic`): no path decides later what
    their names mean, and pgspot cannot read them.
    """
    for path in sources.all_objects():
        for statement in split(path.read_text()):
            if {"function", "procedure"} & set(statement.words[1:4]) and statement.words[0] == "create":
                if "\nbegin atomic\n" in statement.text:
                    continue
                found = _NAME.search(statement.text)
                assert found, f"{path}: a function without a schema"
                yield found[1], statement.text


def pgspot(folder: Path, texts: Mapping[str, str]) -> set[tuple[str, str]]:
    """(name, code) of what it finds; what it cannot read is its own code."""
    for name, text in texts.items():
        readable = _OF_A_TABLE.sub(r"\1 record", text)
        (folder / name).write_text(f"{SAFE};\n{readable};\n")
    command = [VENV / "bin" / "pgspot", *texts, "/dev/null"]  # with one file alone it would not name it
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return set(_findings(done.stdout))


def _findings(output: str) -> Iterator[tuple[str, str]]:
    """Lines are `name: `, then findings, then ` Errors: …` and, when it stumbled, why."""
    name = ""
    for line in filter(str.strip, output.splitlines()):
        if header := re.fullmatch(r"([\w./]+): ", line):
            name = header[1]
        elif not re.match(r"\s*(TOTAL: )?Errors: \d+ Warnings: \d+ Unknown: \d+\s*$", line):
            yield name, line[:5] if re.match(r"PS\d{3}:", line) else line


# Seen to fail: without the SET clause of private.visible_clients; with `security definer` in
# private.is_later; without _OF_A_TABLE; with one function more, or less, in WITHOUT_PATH.
def test_functions(tmp_path: Path) -> None:
    texts = list(functions())
    assert len(texts) == len(dict(texts)), "a name with two signatures needs two files here"
    found = pgspot(tmp_path, dict(texts))
    assert {one for one in found if one[1] not in _PATHLESS or one[0] not in WITHOUT_PATH} == set()
    unread = WITHOUT_PATH.keys() - dict(texts).keys()
    assert {name for name, code in found if code == "PS005"} == WITHOUT_PATH.keys() - unread


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        (f"language sql security definer {SAFE}", set()),
        ("language sql security definer", {"PS001", "PS003"}),
        ("language sql security definer set search_path = public, pg_temp", {"PS001", "PS004"}),
        ("language sql set search_path = pg_catalog", {"PS001", "PS005"}),
        ("language nothing", {"Unknown function language: nothing"}),
    ],
)
def test_it_would_tell(tmp_path: Path, header: str, codes: set[str]) -> None:
    found = pgspot(
        tmp_path, {"private.f": f"create function private.f() returns int {header} as $$ select 1 + 1 $$"}
    )
    assert {code for _name, code in found} == codes
