"""A million rows leave in little memory, by every format."""

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import psycopg2
import pytest

from scripts.devkit.local.paths import ROOT
from tests._lib import identities
from tests.http import callers

pytestmark = pytest.mark.acceptance

_ROWS = 1_000_000
_MOST = 200 << 20  # bytes of the whole process, its libraries with it
_ASK = """
import re, sys
from app.http.application import create_app
from app.settings import Settings
url, secret, issuer, token, path = sys.argv[1:]
client = create_app(Settings(database_url=url, jwt_secret=secret, jwt_issuer=issuer)).test_client()
answer = client.get(path, headers={"Authorization": token})
size = sum(len(part) for part in answer.iter_encoded())
# ru_maxrss would be that of whoever started this process
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]
print(answer.status_code, size, int(peak) * 1024)
"""


@pytest.fixture(scope="module")
def millions(database):
    """A sensor with a million readings, one a second."""
    callers.settle(database)
    with (
        closing(psycopg2.connect(database.owner_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            'insert into series."TbSensorRegistro"'
            ' ("cdSensor", "dtRegistro", "nrValor", "cdDispositivo", "cdCliente")'
            " select 702, date_trunc('second', now() at time zone 'UTC') - n * interval '1 second',"
            " 4 + n %% 7 / 10.0, 7, 1 from generate_series(1, %s) n",
            (_ROWS,),
        )
    return database


# Seen to fail: with all pages put together before they are written.
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "least"), [("csv", 30), ("parquet", 1), ("xlsx", 5)])
def test_a_million_rows(millions, kind, least):
    now = datetime.now(UTC)  # raw over more than 14 days would become minutes
    window = {"dtInicio": (now - timedelta(days=13)).isoformat(), "dtFim": now.isoformat()}
    path = f"/v2/data/points?{urlencode({'cdSensor': 702, 'agg': 'raw', 'formato': kind} | window)}"
    token = f"Bearer {identities.token(callers.READER)}"
    given = [millions.api_url, identities.JWT_SECRET, identities.ISSUER, token, path]
    done = subprocess.run(
        [sys.executable, "-c", _ASK, *given], cwd=ROOT, capture_output=True, text=True, check=True
    )
    status, size, peak = map(int, done.stdout.split())
    print(kind, size >> 20, "MB, at most", peak >> 20, "MB of memory")
    assert status == 200
    assert size > least << 20, "bytes"
    assert peak < _MOST, f"{peak >> 20} MB"
