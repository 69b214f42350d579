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
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as bench:
        output = bench.communicate()[0]
    assert bench.returncode == 0, output
    cases = re.findall(r"^ +(\d+) +(\d+) +(\d+) \| +[\d,]+ +[\d,]+ +[\d.]+$", output, re.MULTILINE)
    assert cases == [(s, c, b) for s in ("1", "10") for c in ("1", "2") for b in ("80", "800")]
    assert "PostgreSQL" in output
    assert not databases.exists(f"bench_{bench.pid}")
