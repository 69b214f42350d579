"""The benches run and clean up; what they measure is not asserted."""

import re
import subprocess
import sys

import pytest

from scripts._lib import databases
from scripts._lib.paths import ROOT
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
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = re.findall(r"^ +(\d+) +(\d+) +(\d+) \| +[\d,]+ +[\d,]+ +[\d.]+$", done.stdout, re.MULTILINE)
    assert cases == [(s, c, b) for s in ("1", "10") for c in ("1", "2") for b in ("80", "800")]
    assert "PostgreSQL" in done.stdout
    with databases.admin() as cursor:
        cursor.execute("select datname from pg_database where datname like 'bench%'")
        assert cursor.fetchall() == []
