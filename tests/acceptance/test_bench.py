"""The benches run and clean up; what they measure is not asserted."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.devkit.benches.http_cases import CASES
from scripts.devkit.benches.timeseries_cases import cases as timeseries_cases
from scripts.devkit.local import databases
from scripts.devkit.local.paths import ROOT
from tests._lib.databases import Database

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]


def test_ingest_sql_prints_a_line_per_case_and_leaves_no_database(database: Database) -> None:
    command = [
        sys.executable,
        str(ROOT / "scripts" / "bench"),
        "ingest-sql",
        "--runs",
        "1",
        "--points",
        "1600",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as bench:
        output = bench.communicate()[0]
    assert bench.returncode == 0, output
    cases = re.findall(r"^ +(\d+) +(\d+) +(\d+) \| +[\d,]+ +[\d,]+ +[\d.]+ +[\d.]+$", output, re.MULTILINE)
    assert cases == [(s, c, b) for s in ("1", "10") for c in ("1", "2") for b in ("80", "800")]
    assert "PostgreSQL" in output
    assert not databases.exists(f"bench_{bench.pid}")


# Seen to fail: with readings of one kind left out.
def test_turns_compare_a_clone_with_itself(database: Database) -> None:
    output = bench("turns", str(ROOT), "--turns", "2", "--batch", "20", "--devices", "100")
    lines = re.findall(r"^(.+?) +\| +[\d.]+ +[\d.]+ +\| [\d.]+ \(.*\) +\| [\d.]+$", output, re.MULTILINE)
    assert lines == ["1 sensor", "10 by cdSensor", "10 by dsPonto"]


def test_turns_need_a_clone(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench"), "turns", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not a clone of this project" in done.stderr


TINY = ["--devices", "24", "--days", "1", "--per-day", "4"]
HTTP = [*TINY, "--runs", "1", "--seconds", "1"]


@contextmanager
def nothing_kept() -> Iterator[None]:
    bench("http", *TINY, "--drop")
    try:
        yield
    finally:
        assert "bench_fleet_24x1x4_" in bench("http", *TINY, "--drop")


# Seen to fail: with a row not counted, without plans, without a case, and with a fresh load for every run.
def test_http_has_a_line_and_plans_for_every_case_and_finds_every_row(database: Database) -> None:
    with nothing_kept():
        output = bench("http", *HTTP, "--keep")
        rows = [[cell.strip() for cell in line.split("|")] for line in output.splitlines() if "|" in line]
        assert [row[1] for row in rows[2:]] == [case.title for case in CASES]
        assert all(re.fullmatch(r"[\d,.]+|–", cell) for row in rows[2:] for cell in (row[2], *row[4:10]))
        assert re.search(r"^[\d,]+ readings posted are stored, each once, in both tables", output, re.M)
        folder = Path(output.splitlines()[-1].removeprefix("Figures and plans: "))
        for case in CASES:
            assert "(actual time=" in (folder / "plans" / f"{case.name}.txt").read_text()
        assert "| single POST |" in (folder / "figures.md").read_text()
        # A second run uses what was kept, as it was: the posts of the first went into a copy.
        again = bench("http", *HTTP, "--keep", "--cases", "history-device")
        assert "Using the kept database" in again
        assert "Loading" not in again
        assert "96 positions and as many readings" in again


def bench(*arguments: str) -> str:
    """What the command printed. It must succeed, and leave no database of its own."""
    command = [sys.executable, str(ROOT / "scripts" / "bench"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        output, complaints = process.communicate()
    assert process.returncode == 0, complaints
    assert not databases.exists(f"bench_{process.pid}")
    return output


# Seen to fail: with an answer that is another one after packing.
def test_storage_packs_and_asks_again(database: Database) -> None:
    output = bench(
        "storage", "--devices", "20", "--days", "40", "--per-day", "24", "--fast-days", "1", "--runs", "1"
    )
    assert re.search(r"^\| reading, 15 min \| [\d,]+ \| \d+ \| \d+ \| [\d.]+ \| [\d.]+ \|$", output, re.M)
    assert re.search(r"^\| position, 15 min \|", output, re.M)
    assert re.search(r"^\| rollup of 60 min, 15 min \|", output, re.M)
    assert re.search(r"^all tables and indexes of these months: .* bytes a reading", output, re.M)
    assert re.search(r"^\| track of a device, 10 days \|", output, re.M)


# Seen to fail: with a case whose answer has a bucket less than it should.
def test_timeseries_has_a_line_for_every_case(database: Database) -> None:
    size = ["--devices", "60", "--days", "2", "--fast-days", "2", "--runs", "1"]
    output = bench("timeseries", *size)
    rows = [line.split("|") for line in output.splitlines() if line.startswith("| ")]
    titles = [row[1].strip() for row in rows]
    assert all(case.title in titles for case in timeseries_cases(2))
    assert re.search(r"^an hour of [\d,]+ readings summed up in", output, re.M)
    assert re.search(r"^60 late hours of as many sensors summed up again", output, re.M)


# Seen to fail: without a case.
def test_broker_has_a_line_for_every_flood(database: Database) -> None:
    output = bench("broker", "--seconds", "0.3", "--connections", "50")
    rows = [[cell.strip() for cell in line.split("|")] for line in output.splitlines() if "|" in line]
    assert [row[0] for row in rows[1:]] == [
        "nothing", "50 connections", "100 wrong logins/s", "packets of 256 KiB", "packets of 1 MB",
        "refused messages", "refused subscriptions", "pings, answers unread", "retained, a topic each",
    ]  # fmt: skip
    assert rows[2][1] == "50 open"
    assert all(re.match(r"(\d+)/\1 ", row[2]) for row in rows[1:]), "nothing of others is lost"


# Seen to fail: with a question left out.
def test_impact_asks_the_legacy_state_everything(database: Database) -> None:
    output = bench("impact", "--devices", "30", "--scale", "0.01", "--runs", "1", "--only-old")
    rows = [line.split("|") for line in output.splitlines() if line.startswith("| ")]
    titles = [row[1].strip() for row in rows[2:]]
    assert sum(title.endswith("as a user") for title in titles) == 5
    assert sum(title.endswith("as the service key") for title in titles) == 5
    assert len(titles) == 18
    assert "The old side is a reconstruction" in output


def test_stream_shows_what_the_database_has(database: Database) -> None:
    output = bench(
        "stream", "--scale", "0.02", "--viewers", "3", "--devices", "20", "--seconds", "4", "--cut", "1"
    )
    assert "last positions that differ from the database's: 0 of 40" in output
    assert re.search(r"resumed [1-9]\d* times", output)
