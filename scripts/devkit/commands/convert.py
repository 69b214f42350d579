"""scripts/convert: from a database of the old system to this one, while it is used."""

import argparse

import psycopg2

from ..console import Problem, note, say
from ..convert import carry, early, failures, ground, interrupt, plan, replay, state, turning, verify
from ..progress import bar

DONE, DIFFERENT, FAILED = 0, 1, 2


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/convert",
        description="Convert a database of the old system while it is used. Each step can be interrupted and "
        "run again.",
    )
    steps = parser.add_subparsers(dest="step", required=True, metavar="step")
    _add_plan(steps.add_parser(
        "plan",
        help="what would be carried, merged and quarantined, and what is in the way; changes nothing",
        description="Say what a conversion would do. Changes nothing; reads all rows, so run it when there "
        "is little to do. Exit code: 0 nothing is in the way, 1 something is, 2 the database cannot be read.",
    ))  # fmt: skip
    _add_prepare(
        steps.add_parser("prepare", help="create what is new beside the old tables; capture changes")
    )
    _add_copy(steps.add_parser("copy", help="carry the old rows, newest first, while others write"))
    _add_verify(steps.add_parser("verify", help="compare the old rows with what became of them"))
    _add_replay(steps.add_parser("replay", help="judge quarantined rows again, after their cause was mended"))
    turning.add(steps)
    options = parser.parse_args()
    interrupt.enable()
    try:
        raise SystemExit(options.run(options))
    except Problem as problem:
        say(str(problem))
    except psycopg2.Error as error:
        say(failures.in_words(error))
    except KeyboardInterrupt:
        say(f"Stopped. {failures.AGAIN}")
    raise SystemExit(FAILED)


def _dsn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dsn", required=True, help="URL of the database, as the owner of its tables")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    _dsn(parser)
    parser.add_argument(
        "--radius", choices=("km", "m"), help="the unit that people entered radii of sites in"
    )
    parser.add_argument(
        "--free-gb", type=float, metavar="GB", help="free disk space of the server: SQL cannot tell"
    )
    parser.add_argument("--rate", type=int, metavar="ROWS", help="if the copy is to be slower: rows a second")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.set_defaults(run=lambda o: plan.make_plan(o.dsn, o.radius, o.free_gb, o.json, o.rate))


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    _dsn(parser)
    parser.set_defaults(run=lambda o: prepare(o.dsn))


def _add_copy(parser: argparse.ArgumentParser) -> None:
    _dsn(parser)
    parser.add_argument("--rate", type=int, metavar="ROWS", help="at most so many rows a second")
    parser.add_argument(
        "--batch",
        type=int,
        default=carry.PART,
        metavar="ROWS",
        help=f"rows of a transaction, about ({carry.PART})",
    )
    parser.set_defaults(run=lambda o: copy(o.dsn, o.rate, o.batch))


def _add_verify(parser: argparse.ArgumentParser) -> None:
    _dsn(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=lambda o: verify.report(o.dsn, o.json))


def _add_replay(parser: argparse.ArgumentParser) -> None:
    _dsn(parser)
    parser.set_defaults(run=lambda o: again(o.dsn))


def prepare(dsn: str) -> int:
    """Create what the conversion needs; what is there already stays."""
    with state.alone(dsn) as cursor:
        state.require(cursor, state.NEW, state.PREPARED, state.BACK)
        note("Creating what is new beside the old tables …")
        early.run(cursor)
        note("Capturing changes: waits until transactions that write to the old tables have ended once …")
        ground.lay(cursor)
        if state.reached(cursor) == state.NEW:
            state.complete(cursor, state.PREPARED)
    say("Prepared. Changes of the old tables are captured from now on. Next: scripts/convert copy")
    return DONE


def again(dsn: str) -> int:
    """Replay, and say what is left in quarantine."""
    left = replay.replay(dsn)
    for one in left:
        say(f"{one['table_name']:<17} {one['rows']:>12,}  {one['reason']}")
    say(
        'Still in quarantine: look at conversao."TbConversaoLinha", or private."TbConversaoAviso" when it is '
        "finished."
        if left
        else "Nothing is in quarantine."
    )
    return DONE


def copy(dsn: str, rate: int | None, batch: int = carry.PART) -> int:
    """Carry everything, with a progress bar."""
    total, done = carry.extent(dsn)
    with bar("copy", total, " rows") as shown:
        shown.update(done)
        carry.copy(dsn, carry.Pace(rate), lambda rows: (shown.update(rows), None)[1], batch)
    say("Everything is carried, and so is what changes until the switch. Next: scripts/convert verify")
    return DONE
