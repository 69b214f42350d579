"""What migrations do after the baseline, in the groups of a conversion: each statement in exactly one.

`EARLY`  adds something that the old system does not have. `scripts/convert prepare` runs it.
`FREE`   belongs to the switch and locks nothing that the old application uses: it runs before the locks.
`LATE`   belongs to the switch, under its locks.
`TAIL`   comments on what the switch makes: run after it, and once more when the conversion is finished.
`NEVER`  is not run: settings of a migration's session, and what the conversion does in its own way.

A statement whose group is not known is a Problem: migrations to come have to fit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ..console import Problem
from ..schema.migrations import local_migrations
from ..schema.statements import split

EARLY, FREE, LATE, TAIL, NEVER = "early", "free", "late", "tail", "never"
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_NAME = r'(?:"[^"]+"|[a-z_][a-z0-9_]*)'
_RELATION = rf"({_NAME}\.{_NAME})"
_SUPABASE_ROLES = r"(?:anon|authenticated|service_role|authenticator)"
_REPLACED = ("TbPosicao", "TbSensorRegistro", "TbEndereco")
# What the conversion does in its own way: the old series move to the schema `legado` with their rows, and
# need no more indexes.
_NEVER = (
    r"set (lock_timeout|statement_timeout|check_function_bodies) ",
    r'create (unique )?index concurrently .* on public\."(TbPosicao|TbSensorRegistro)" ',
    # The new TbEndereco is built beside the old one, from its file in sql/.
    r'create index .* on public\."TbEndereco" ',
    r'drop index if exists public\."TbEndereco_dsLat_dsLong_idx"$',
    r'(alter table|comment on (table|column|constraint).*) public\."TbEndereco"',
    r"do .*create temporary table ruim ",
    r'drop table public\."(TbPosicao|TbSensorRegistro)"$',
    r"do .*this database holds time series",
)
# (beginning of the statement, its group or None: by the relation that it names first)
_RULES: tuple[tuple[str, str | None], ...] = (
    *((pattern, NEVER) for pattern in _NEVER),
    (rf"alter role {_SUPABASE_ROLES} ", FREE),
    (r"alter role rastro_\w+ ", EARLY),
    (r"do .*create role rastro_", EARLY),
    (r"grant \w+ to rastro_\w+$", EARLY),
    (r"create schema ", EARLY),
    (r"create extension ", EARLY),
    (r"comment on schema (particoes|private|series) ", EARLY),
    (r"(comment on schema|grant usage on schema|revoke all on schema) inventario ", LATE),
    (r"(grant|revoke) .* on all (tables|sequences) in schema ", LATE),
    (r"(grant|revoke) .* on schema (particoes|private|series) ", EARLY),
    (r"alter default privileges ", FREE),
    (r"create type private\.", EARLY),
    (r"create type public\.", EARLY),
    (r"comment on type (public|inventario)\.", LATE),
    (r"comment on type private\.", EARLY),
    (r"(grant|revoke) .* on type private\.", EARLY),
    (r"create (or replace )?(function|procedure) private\.", EARLY),
    (r"comment on (function|procedure) private\.", EARLY),
    (r"(grant|revoke) .* on (function|procedure) private\.", EARLY),
    (r"create (or replace )?function (public|inventario)\.", FREE),
    (r"comment on function (public|inventario)\.", FREE),
    (r"(grant|revoke) .* on function (public|inventario)\.", FREE),
    # Names and indexes of phase 1 are of use to the old system, too, and would take time under the locks.
    (r"do .*(alter index %s rename to|rename constraint)", EARLY),
    (r"create index if not exists .* on (?!public\.\"(TbEndereco|TbPosicao|TbSensorRegistro)\")", EARLY),
    (r"do .*drop function .*cascade", LATE),  # the trigger on auth.users
    (r"do .*'get_abertura_porta_hourly_aggregation'", FREE),  # before functions of the same names
    (r"do ", LATE),
    (rf"create (?:unique )?index .* on {_RELATION} ", None),
    (rf"create trigger .*? on {_RELATION} ", None),
    (rf"create policy .*? on {_RELATION} ", None),
    (rf"comment on (?:table|column|view|index|sequence) {_RELATION}", None),
    (rf"comment on (?:constraint|trigger|policy) .*? on {_RELATION} ", None),
    (rf"alter table {_RELATION} add foreign key .* references public\.\"TbEndereco\"", FREE),
    (rf"(?:create|alter|drop) (?:table|sequence) {_RELATION}", None),
    (rf"create view {_RELATION} ", LATE),
    (r"drop view ", LATE),
    (r"drop index ", LATE),
    (rf"grant .*? on (?:sequence )?{_RELATION}[^,]* to ", None),
    (rf"revoke all on (?:sequence )?{_RELATION} from ", None),
    (r"revoke all on ", LATE),  # of several
    (rf"insert into {_RELATION} .* from public\.", LATE),  # what is there now
    (rf"(?:insert into|update|with .* delete from) {_RELATION} ", None),
    (r"select setval\('public\.\"TbTipoSensor_id_seq", LATE),
    (r"select private\.ensure_partitions\(\)$", EARLY),
)


_FUNCTION = (
    r"(?:create (?:or replace )?|comment on |(?:grant|revoke) .* on )(?:function|procedure) ((?:\w+\.)?\w+)"
)


@dataclass(frozen=True)
class Part:
    """A statement of a migration, and the group it belongs to."""

    text: str
    group: str
    place: str  # file:line


def of_group(group: str) -> list[Part]:
    """The statements of a group in the order of the migrations. Raises Problem for one that has no group."""
    return [part for part in parts() if part.group == group]


def comments() -> str:
    """The tail, for a database that is switched: its addresses have the name that they have until finish."""
    return ";\n".join(part.text for part in of_group(TAIL)).replace(
        'public."TbEndereco"', 'public."TbEnderecoAtual"'
    )


@cache
def parts() -> tuple[Part, ...]:
    """Every statement after the baseline. Raises Problem for one that has no group."""
    return tuple(_parts())


def _parts() -> Iterator[Part]:
    for migration in local_migrations()[1:]:
        for statement in migration.statements():
            if statement.words:
                place = f"{migration.path.name}:{statement.line}"
                yield Part(statement.text, group_of(statement.text, place), place)


def group_of(text: str, place: str = "") -> str:
    """The group of one statement. Raises Problem if no rule is about it."""
    line = flat(text)
    if (function := re.match(_FUNCTION, line)) and function[1] in bound():
        return _late(line)
    for pattern, group in _RULES:
        if found := re.match(pattern, line):
            return _late(line) if (group or _by_relation(found[1])) == LATE else group or EARLY
    raise Problem(f"{place}: no step of the conversion is about this statement: {line[:80]}")


def _late(line: str) -> str:
    return TAIL if line.startswith("comment on ") else LATE


def flat(text: str) -> str:
    """A statement on one line, without comments, its first two words in lower case."""
    line = " ".join(_COMMENT.sub(" ", text).split())
    return re.sub(r"^\w+(?: \w+)?", lambda mark: mark[0].lower(), line)


def _by_relation(name: str) -> str:
    is_old = name in old_relations() or name.startswith(("inventario.", "auth."))
    return LATE if is_old or name in views() else EARLY


def function_of(part: Part) -> str | None:
    """The name of the function that a statement creates."""
    return about_function(part) if flat(part.text).startswith("create ") else None


def about_function(part: Part) -> str | None:
    """The name of the function that a statement creates, comments on, grants or revokes."""
    found = re.match(_FUNCTION, flat(part.text))
    return found[1] if found else None


@cache
def address_keys() -> frozenset[str]:
    """New tables that refer to addresses."""
    pattern = rf'alter table {_RELATION} add foreign key .* references public\."TbEndereco"'
    lines = [flat(part.text) for part in parts() if part.group == FREE]
    return frozenset(found[1] for line in lines if (found := re.match(pattern, line)))


@cache
def account_functions() -> frozenset[str]:
    """The functions of triggers on auth.users, which belongs to somebody else."""
    pattern = r"create trigger .* on auth\.users .*execute function (\S+)\("
    return frozenset(found[1] for part in parts() if (found := re.match(pattern, flat(part.text))))


@cache
def views() -> frozenset[str]:
    """The views that migrations make. They read what is altered at the switch."""
    found = set()
    for migration in local_migrations()[1:]:
        for statement in migration.statements():
            if view := re.match(rf"create view {_RELATION} ", flat(statement.text)):
                found.add(view[1])
    return frozenset(found)


@cache
def bound() -> frozenset[str]:
    """Functions with an argument or result of the type of a relation that the switch replaces."""
    replaced = {*views(), *(f'public."{name}"' for name in _REPLACED)}
    found = set()
    for migration in local_migrations()[1:]:
        for statement in migration.statements():
            line = flat(statement.text)
            if line.startswith("create ") and (function := re.match(_FUNCTION, line)):
                head = re.split(r" as \$|\$\$", line, maxsplit=1)[0]
                if any(name in head for name in replaced):
                    found.add(function[1])
    return frozenset(found)


@cache
def old_relations() -> frozenset[str]:
    """The tables and views of the old system, and the sequences of its columns."""
    first = local_migrations()[0]
    names = set()
    for statement in split(first.path.read_text()):
        line = flat(statement.text)
        if found := re.match(rf"create (table|view|sequence) {_RELATION}", line):
            names.add(found[2])
            schema, _, table = found[2].partition(".")
            columns = re.findall(rf"[(,] ({_NAME}) (?:serial|bigint generated)", line)
            names |= {f'{schema}."{_bare(table)}_{_bare(column)}_seq"' for column in columns}
    return frozenset(names)


@cache
def old_functions() -> frozenset[str]:
    """The functions of the old system."""
    lines = [flat(statement.text) for statement in split(local_migrations()[0].path.read_text())]
    return frozenset(found[1] for line in lines if (found := re.match(_FUNCTION, line)))


def _bare(name: str) -> str:
    return name.strip('"')
