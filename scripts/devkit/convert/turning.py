"""The steps of scripts/convert after the copy: switch, back, finish; and status."""

import argparse
import json
from datetime import datetime
from typing import Any

from ..console import say
from ..schema import reach
from . import back, finish, outcome, state, switch, undo

DONE, REFUSED = 0, 1


def add(steps: Any) -> None:
    """Add the parsers of these steps."""
    parser = _parser(steps, "switch", "from the old tables, views and functions to the new ones, in a moment")
    parser.add_argument("--radius", choices=("km", "m"), help="the unit of the radii of sites")
    parser.add_argument(
        "--until", type=_instant, metavar="TIME",
        help="until when the inserts of the old application are taken, with offset (2027-01-31T18:00-03:00); "
        "without: until finish",
    )  # fmt: skip
    parser.set_defaults(run=lambda o: _switch(o.dsn, o.radius, o.until))
    parser = _parser(
        steps, "back",
        "the old tables, views and functions again, with what was written since; before a switch: drop what "
        "prepare and copy made",
    )  # fmt: skip
    parser.add_argument(
        "--give-up", action="store_true",
        help="after a back: drop what prepare and copy made as well, with what the old tables cannot hold",
    )  # fmt: skip
    parser.set_defaults(run=lambda o: run_back(o.dsn, o.give_up))
    parser = _parser(steps, "finish", "drop what is old; this cannot be undone")
    parser.add_argument("--yes-drop-legacy", action="store_true", help="really: without it, only say what")
    parser.set_defaults(run=lambda o: _finish(o.dsn, o.yes_drop_legacy))
    parser = _parser(steps, "status", "how far the conversion is")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=lambda o: _status(o.dsn, o.json))


def _parser(steps: Any, name: str, what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = steps.add_parser(name, help=what)
    parser.add_argument("--dsn", required=True, help="URL of the database, as the owner of its tables")
    return parser


def _instant(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no offset: write it as in 2027-01-31T18:00-03:00")
    return time


def _switch(dsn: str, radius: str | None, until: datetime | None) -> int:
    held = outcome.of(
        dsn, state.SWITCHED, lambda cursor: switch.run(cursor, radius, until.isoformat() if until else None)
    )
    locked = f"; the tables were locked for {held * 1000:.0f} ms" if held else ""
    say(
        f"Switched{locked}. The old application goes on. Next: scripts/convert finish, when nobody needs it "
        "any more; scripts/convert back until then"
    )
    return DONE


def run_back(dsn: str, give_up: bool = False) -> int:
    """The way back, from wherever the conversion is."""
    with state.alone(dsn) as cursor:
        step = state.reached(cursor)
        if step in (state.NEW, state.PREPARED, state.UNDOING) or (step == state.BACK and give_up):
            return _undo(cursor)
    outcome.of(dsn, state.BACK, back.run)
    with reach.session(dsn, readonly=True) as cursor:
        beyond = back.beyond(cursor)
    for reason, count in beyond.items():
        say(f"{count:>12,} values: {reason}")
    say(
        "Back: the old application works as before, with what was written since. What old tables cannot hold "
        "is kept, and is there again after the next switch. Next: scripts/convert copy, verify and switch"
    )
    return DONE


def _undo(cursor: Any) -> int:
    """The way back before a switch."""
    if not state.is_begun(cursor):
        say("Nothing is prepared in this database: there is nothing to take back.")
        return REFUSED
    for text in undo.run(cursor):
        say(text)
    say("The database is as before scripts/convert prepare, which can be run again.")
    return DONE


def _finish(dsn: str, really: bool) -> int:
    with state.alone(dsn) as cursor:
        state.require(cursor, state.SWITCHED)
        left = finish.remains(cursor)
        say(
            f"{left['quarantined']:,} old rows are in quarantine and are kept as notices; rows that "
            "were merged with others go with the old tables; "
            f"the old application made {left['calls']:,} calls since yesterday."
        )
        if not really:
            say("Nothing was dropped. With --yes-drop-legacy all of it is; this cannot be undone.")
            return REFUSED
    outcome.of(dsn, state.NEW, finish.run)
    with reach.session(dsn, readonly=True) as cursor:
        unknown = finish.unknown_versions(cursor)
    if unknown:
        say(
            f"Migrations of your own are recorded: {', '.join(unknown)}. Put their files into "
            "supabase/migrations, or run supabase migration repair --status reverted for each; otherwise "
            "db push refuses."
        )
    say("Finished: the old tables are dropped, and all migrations are recorded as applied.")
    return DONE


def _status(dsn: str, as_json: bool) -> int:
    with reach.session(dsn, readonly=True) as cursor:
        found = state.status(cursor)
    if as_json:
        say(json.dumps(found, default=str, indent=2))
    else:
        for name, value in found.items():
            say(f"{name}: {'-' if value is None else value}")
    return DONE
