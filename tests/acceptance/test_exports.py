"""A million rows leave in little memory, by every format."""

import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest

from scripts._lib.paths import ROOT
from tests._lib import identities
from tests.http import callers

pytestmark = pytest.mark.acceptance

_ROWS = 1_000_000
_MOST = 100 << 20  # bytes beside the libraries, which take some 160 MB
_ASK = """
import re, sys
from app import create_app
from app.exports import tables
from app.settings import Settings
def peak():  # ru_maxrss would be that of whoever started this process
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
base = peak()
url, secret, issuer, token, path = sys.argv[1:]
client = create_app(Settings(database_url=url, jwt_secret=secret, jwt_issuer=issuer)).test_client()
answer = client.get(path, headers={"Authorization": token})
size = sum(len(part) for part in answer.iter_encoded())
print(answer.status_code, size, (peak() - base) * 1024)
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
            'insert into public."TbSensorRegistro"'
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
    path = f"/v2/data/points?cdSensor=702&dtInicio=20000101&dtFim=20991231&agg=raw&formato={kind}"
    # raw over more than 14 days would become minutes
    path = path.replace("20000101", _day(13)).replace("20991231", _day(0))
    token = f"Bearer {identities.token(callers.READER)}"
    given = [millions.api_url, identities.JWT_SECRET, identities.ISSUER, token, path]
    done = subprocess.run(
        [sys.executable, "-c", _ASK, *given], cwd=ROOT, capture_output=True, text=True, check=True
    )
    status, size, grown = map(int, done.stdout.split())
    assert status == 200
    assert size > least << 20, "bytes"
    assert grown < _MOST, f"{grown >> 20} MB"


def _day(ago):
    from datetime import UTC, datetime, timedelta

    return f"{datetime.now(UTC) - timedelta(days=ago):%Y%m%d}"
