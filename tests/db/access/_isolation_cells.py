"""Cells of the tables in test_isolation.py: read from their text, and found out by trying."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.db.access._isolation import Caller, Outcome, World


def parse(text: str) -> dict[str, dict[str, str]]:
    """A table with a head, as {column: {line: cell}}."""
    head, *lines = (line.split() for line in text.strip().splitlines())
    return {column: {line[0]: line[n] for line in lines} for n, column in enumerate(head, 1)}


def among(present: Iterable[int], text: str) -> str:
    """The expected cell, where only these clients have rows at all."""
    if not text[0].isdigit():
        return text
    return "".join(part for part in re.findall(r"\d~?", text) if int(part[0]) in present) or "-"


def shown(outcome: Outcome, everything: Counter[int] | None = None) -> str:
    """An outcome as a cell. `everything`: how many rows of each client there are, if all should be met."""
    if outcome.refused:
        return "x"
    if outcome.state:
        return outcome.state[2:] if outcome.state.startswith("PT") else outcome.message
    met = Counter(client for (client,) in outcome.rows)
    return "".join(f"{n}{'~' * (met[n] < (everything or met)[n])}" for n in sorted(met)) or "-"


_NOTES = """
    create schema if not exists attacker;
    grant usage on schema attacker to public;
    create or replace function attacker.note(client integer) returns boolean
    language plpgsql cost 0.0001 as $$
    begin
      perform set_config(
        'my.notes', concat_ws(',', nullif(current_setting('my.notes', true), ''), client), true);
      return true;
    end
    $$;
    grant execute on function attacker.note to public;
    select
"""


class Relation:
    """A table or view, and the expression that tells the client of a row."""

    def __init__(self, world: World, name: str, client: str) -> None:
        self.world = world
        self.name = '{}."{}"'.format(*name.split("."))
        self.client = client
        self.clients = Counter(n for (n,) in world.sql(f"select {client} from {self.name}"))

    def select(self, caller: Caller) -> str:
        """Whose rows are seen."""
        return shown(self.world.ask(caller, f"select {self.client} from {self.name}"), self.clients)

    def seen_by_a_function(self, caller: Caller) -> set[int]:
        """Whose rows are handed to a function in a filter that is cheap and refuses nothing."""
        self.world.sql(_NOTES)
        outcome = self.world.ask(
            caller,
            f"""with read as materialized (select from {self.name} where attacker.note({self.client}))
                select distinct n::integer from (select count(*) from read) after_reading
                cross join unnest(string_to_array(nullif(current_setting('my.notes', true), ''), ',')) n""",
        )
        assert outcome.refused or not outcome.state, outcome
        return {client for (client,) in outcome.rows}

    def update(self, caller: Caller) -> str:
        """Whose rows may be changed, themselves remaining what they are."""
        column = self._columns("update").rpartition(", ")[2]
        statement = f"update {self.name} set {column} = {column} returning {self.client}"
        return shown(self.world.attempt(caller, statement), self.clients)

    def insert(self, caller: Caller) -> str:
        """For whom a row may be added: a copy of one, as policies are asked before keys."""
        columns = self._columns("insert")
        statement = f"""insert into {self.name} ({columns})
                        select {columns} from jsonb_populate_record(null::{self.name}, %s)"""
        return self._for_each(caller, statement, {n: self._row_of(n) for n in self.clients})

    def delete(self, caller: Caller) -> str:
        """Whose rows may go, unless others point to them, which is asked after the policies."""
        statement = f"delete from {self.name} where {self.client} = %s"
        return self._for_each(caller, statement, {n: n for n in self.clients})

    def fingerprint(self) -> tuple[Any, ...]:
        """Number and digest of the rows."""
        return self.world.sql(
            f"select count(*), md5(string_agg(t::text, '|' order by t::text)) from {self.name} t"
        )[0]

    def _for_each(self, caller: Caller, statement: str, values: dict[int, Any]) -> str:
        outcomes = {n: self.world.attempt(caller, statement, values[n]) for n in sorted(values)}
        if any(outcome.refused or outcome.state == "PT401" for outcome in outcomes.values()):
            return shown(outcomes[min(outcomes)])
        return "".join(str(n) for n, outcome in outcomes.items() if not outcome.denied) or "-"

    def _row_of(self, client: int) -> str:
        row = f"select to_jsonb(t)::text from {self.name} t where {self.client} = %s limit 1"
        return str(self.world.sql(row, client)[0][0])

    def _columns(self, privilege: str) -> str:
        """The columns that somebody of the API may write; where nobody may, all that are not computed."""
        ((granted, all_),) = self.world.sql(
            """select string_agg(quote_ident(attname), ', ' order by attnum)
                        filter (where has_column_privilege('service_role', attrelid, attnum, %s)),
                      string_agg(quote_ident(attname), ', ' order by attnum) filter (where attidentity <> 'a')
               from pg_attribute
               where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''""",
            privilege,
            self.name,
        )
        return str(granted or all_)
