"""scripts/archive: cold months of history as Parquet files, and back."""

import argparse
import os
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg2
from psycopg2 import errorcodes

from ..archive import months, restore, verify, write
from ..archive.target import opened
from ..console import Problem, fail, say
from ..schema import reach

_AGAIN = "Run this again: it goes on where it ended."


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    try:
        fine = options.run(options)
    except Problem as problem:
        fail(str(problem))
    except psycopg2.Error as error:
        fail(_in_words(error))
    except OSError as error:
        fail(f"{error}. {_AGAIN}")
    except KeyboardInterrupt:
        fail(f"Interrupted. {_AGAIN}")
    raise SystemExit(0 if fine else 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/archive",
        description="Write cold months of history to Parquet files, for each client and month one of each "
        "table, with a manifest of counts and checksums; verify them, and bring them back. Months are UTC.",
    )
    steps = parser.add_subparsers(dest="step", required=True, metavar="step")
    for name, run, text in (
        ("write", _write, "write months to an archive; what is complete there is left as it is"),
        ("list", _list, "what an archive has"),
        ("verify", _verify, "read an archive as a whole, and compare it with its manifests"),
        ("restore", _restore, "bring rows back that the database no longer has; each is stored once"),
    ):
        step = steps.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        step.set_defaults(run=run)
        step.add_argument("target", metavar="TARGET", help="folder, or URL such as s3://bucket/folder")
        step.add_argument("--client", type=int, metavar="CODE", help="this client only")
        which = step.add_mutually_exclusive_group(required=name == "write")
        which.add_argument("--month", metavar="YYYY-MM", help="this month only")
        if name == "write":
            which.add_argument("--until", metavar="YYYY-MM", help="all months up to and with this one")
            step.add_argument("--again", action="store_true",
                help="write anew what is there already, unless the database has fewer rows now")  # fmt: skip
        if name in ("write", "restore"):
            step.add_argument("--dsn",
                help="URL of the database, as its owner (default: RASTRO_MIGRATION_URL, or DATABASE_URL)",
            )  # fmt: skip
    return parser


def _write(options: argparse.Namespace) -> bool:
    target = opened(options.target)
    last = months.parse(options.until or options.month)
    months.require_ended(last, datetime.now(UTC))
    clients = None if options.client is None else [options.client]
    written = []
    with closing(_connected(options)) as connection:
        if options.client is not None:
            write.require_client(connection, options.client)
        first = last if options.month else write.begin(connection)
        chosen = list(months.between(first, last)) if first else []
        for one in write.write(connection, target, chosen, clients, options.again):
            written.append(one)
            _say_written(one)
    new = [one for one in written if one.new]
    kept = len(written) - len(new)
    say(f"Written: {len(new)}, {sum(one.rows for one in new):,} rows. There already: {kept}.")
    return not any(one.changed for one in written)


def _say_written(one: write.Written) -> None:
    if one.new:
        say(f"{one.part}: {one.rows:,} rows")
    if one.expired:
        say(f"{one.part}: what is older than {one.expired:%Y-%m-%d %H:%M} UTC had expired, and is missing")
    if one.changed:
        say(f"{one.part}: {one.changed}. --again writes it anew where rows were added.")


def _list(options: argparse.Namespace) -> bool:
    target = opened(options.target)
    fine = True
    for part in _parts(options, target):
        try:
            whole = verify.read(target, part)
        except Problem as problem:
            say(str(problem))
            fine = False
            continue
        entries = whole["tables"].values()
        rows, size = (sum(entry[name] for entry in entries) for name in ("rows", "bytes"))
        say(f"{part}: {rows:,} rows, {size:,} bytes, written {whole['written'][:16].replace('T', ' ')} UTC")
    return fine


def _verify(options: argparse.Namespace) -> bool:
    target = opened(options.target)
    faulty = 0
    for one in verify.verify(target, _parts(options, target)):
        faulty += bool(one.fault)
        say(f"{one.part}: {one.fault or f'{one.rows:,} rows, as written'}")
    return not faulty


def _restore(options: argparse.Namespace) -> bool:
    target = opened(options.target)
    parts = _parts(options, target)
    with closing(_connected(options)) as connection:
        for one in restore.restore(connection, target, parts):
            say(f"{one.part}: {one.rows:,} rows stored, {one.kept:,} were there")
    return True


def _parts(options: argparse.Namespace, target: Any) -> list[Any]:
    month = months.parse(options.month) if options.month else None
    return verify.parts(target, options.client, month)


def _connected(options: argparse.Namespace) -> Any:
    dsn = options.dsn or os.environ.get("RASTRO_MIGRATION_URL") or os.environ.get("DATABASE_URL")
    if not dsn:
        raise Problem("Give --dsn, or set RASTRO_MIGRATION_URL: the URL of the database, as its owner.")
    return reach.connected(dsn)


def _in_words(error: psycopg2.Error) -> str:
    text = error.diag.message_primary or str(error).strip()
    if error.pgcode in (
        errorcodes.INVALID_SCHEMA_NAME,
        errorcodes.UNDEFINED_FUNCTION,
        errorcodes.UNDEFINED_TABLE,
    ):
        return "The database lacks migrations. Apply them with scripts/run --migrate, and start again."
    if error.pgcode == errorcodes.INSUFFICIENT_PRIVILEGE:
        return f"{text}. Only the owner of the tables may do this: use RASTRO_MIGRATION_URL's login."
    if error.pgcode == errorcodes.DISK_FULL:
        return f"The disk of the database is full: {text}. Nothing of this month was stored."
    return f"{text}. {_AGAIN}"
