"""scripts/bench: one subcommand per measurement."""

import argparse

from ..benches import broker, http, impact, ingest, ingest_sql, storage, stream, timeseries, turns, worst
from ..console import Problem, fail

BENCHES = (ingest, ingest_sql, turns, broker, http, stream, timeseries, storage, impact, worst)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure performance. scripts/devkit/benches/README.md has figures.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for bench in BENCHES:
        command = commands.add_parser(bench.NAME, help=bench.HELP, description=bench.__doc__)
        bench.add_options(command)
        command.set_defaults(run=bench.run)
    options = parser.parse_args()
    try:
        options.run(options)
    except Problem as problem:
        fail(str(problem))
