"""`verify`: the old rows against what became of them."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from ..console import Problem, note, say
from . import carry, state, texts


@dataclass
class Verdict:
    """Rows of each table and month, and what differs."""

    months: list[dict[str, Any]]  # table_name, month, old_rows, carried, merged, quarantined
    devices: list[dict[str, Any]]  # that differ, and in what
    current: list[int]  # devices whose current position is not their newest

    @property
    def agrees(self) -> bool:
        return not self.devices and not self.current


def report(dsn: str, as_json: bool = False) -> int:
    """Print the comparison. Exit code: 0 they agree, 1 they do not."""
    verdict = verify(dsn)
    if as_json:
        say(json.dumps(asdict(verdict) | {"agrees": verdict.agrees}, default=str, indent=2))
    else:
        _print(verdict)
    return 0 if verdict.agrees else 1


def _print(verdict: Verdict) -> None:
    say(f"{'':<17} {'month':<8} {'old rows':>12} {'carried':>12} {'merged':>10} {'quarantined':>12}")
    for one in verdict.months:
        month = f"{one['month']:%Y-%m}" if one["month"] else "no time"
        say(
            f"{one['table_name']:<17} {month:<8} {one['old_rows']:>12,} {one['carried']:>12,}"
            f" {one['merged']:>10,} {one['quarantined']:>12,}"
            + f"  {one['devices_that_differ']} devices differ"
            * bool(one["devices_that_differ"])
        )
    for one in verdict.devices:
        month = f"{one['month']:%Y-%m}" if one["month"] else "without time"
        say(
            f"{one['table_name']} of device {one['cdDispositivo']}, {month}: {', '.join(one['differences'])} "
            f"differ ({one['old_rows']} old rows, {one['carried']} carried)"
        )
    for device in verdict.current:
        say(f"The current position of device {device} is not its newest one.")
    say("Old and new agree." if verdict.agrees else "Old and new differ: the conversion cannot be switched.")


def verify(dsn: str) -> Verdict:
    """Compare everything in one snapshot. Raises Problem where the copy is not at its end.

    What changed since it was copied is carried first, in the same transaction: it sees the old rows as they
    were when it began, and the new rows as they then are, so the two must agree while others write.
    """
    with carry.alone(dsn) as cursor:
        state.require(cursor, state.PREPARED, state.BACK)
        while carry.carry_changes(cursor, carry.ROWS) >= carry.ROWS:
            pass  # of days, perhaps: in transactions of their own
        cursor.execute(
            "begin isolation level repeatable read; set local max_parallel_workers_per_gather = 2; "
            "set local work_mem = '64MB'"
        )
        if not _is_copied(cursor):
            raise Problem("Not everything is copied yet: run scripts/convert copy first.")
        note("Comparing all rows …")
        while carry.carry_changes(cursor, carry.ROWS):
            pass
        cursor.execute(
            f"create temporary table compared on commit drop as {texts.text('verify', 'differences')}"
        )
        months, devices = (rows(cursor, texts.text("verify", name)) for name in ("months", "devices"))
        cursor.execute(texts.text("verify", "current"))
        verdict = Verdict(months, devices, [device for (device,) in cursor.fetchall()])
        cursor.execute(
            'update conversao."TbConversao" set "dtVerificada" = case when %s then now() end',
            (verdict.agrees,),
        )
        cursor.execute("commit")
    return verdict


def _is_copied(cursor: Any) -> bool:
    cursor.execute("""select "dtFronteira" = '-infinity' from conversao."TbConversao" """)
    return bool(cursor.fetchone()[0])


def rows(cursor: Any, statement: str, values: Any = None) -> list[dict[str, Any]]:
    """The rows of a query, each by the names of its columns."""
    cursor.execute(statement, values)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
