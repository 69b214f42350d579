"""Recorded days of real devices through the real API, twice: every reading is stored exactly once.

What must be there is read from the files again by recordings.py, which shares nothing with the
simulator. Promises of the product proven here, and the change, tried, that makes each test fail:

- exactly once: with null nrSeq taken as distinct, in TbPosicao's key and in private.judge_elements, the
  second replay stores every position again; with private.is_later always true, an earlier fix becomes
  current.
- nothing disappears silently: with conflicts left out in private.quarantine_elements the contradicting values
  are gone; with the time in the hash of private.element_bytes none is counted twice.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from scripts.devkit.local import children, ports
from scripts.devkit.local.paths import ROOT, SEED_SQL, VENV
from tests._lib import identities
from tests._lib.databases import Database
from tests._lib.places import first_port
from tests.acceptance.recordings import Truth, write_samples

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

USER = "00000000-0000-4000-8000-00000000c001"
KEY = "rastro_" + "r" * 43
BESIDE_THE_CLONE = ROOT.parent / "shared" / "data"
KNOWN_TOTALS = (47_217, 29_950, 12)  # positions, readings, contradictions of the folder beside the clone
SENSORS = {904: 9041, 905: 9051}
PRODUCT = 9
ROUNDING = 5.1e-6  # degrees: stored with five decimals
VERDICTS = ("sent", "stored", "duplicate", "conflict", "rejected", "unacknowledged")


@pytest.fixture(scope="module", params=["samples", "recorded"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "samples":
        path = tmp_path_factory.mktemp("samples")
        write_samples(path)
        return path
    path = Path(os.environ.get("RASTRO_REPLAY_DATA", BESIDE_THE_CLONE))
    if not path.is_dir():
        pytest.skip("no recorded data beside the clone or in RASTRO_REPLAY_DATA")
    return path


@pytest.fixture(scope="module")
def truth(folder: Path) -> Truth:
    return Truth.of(folder)


@pytest.fixture(scope="module")
def anchor() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)


@pytest.fixture
def api(new_database: Any, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """The base URL of real worker processes on a fresh, seeded database, and a cursor of its owner."""
    database: Database = new_database()
    with closing(psycopg2.connect(database.owner_url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(SEED_SQL.read_text())
        put_key(cursor)
        base = f"http://127.0.0.1:{ports.free_port(first_port(18_000))}"
        variables = {
            "DATABASE_URL": database.api_url,
            "SUPABASE_JWT_SECRET": identities.JWT_SECRET,
            "RASTRO_JWT_ISSUER": identities.ISSUER,
        }
        command = [str(VENV / "bin" / "gunicorn"), "wsgi:app", "--workers", "2", "--bind", base[7:]]
        log = tmp_path / "api.log"
        with children.child([*command, "--no-control-socket"], variables, log) as process:
            children.wait_until_ready(f"{base}/health/ready", process, 60, log)
            yield base, cursor


def put_key(cursor: Any) -> None:
    """A key that reads and ingests for client 1, whose person administers it."""
    cursor.execute("insert into auth.users (id, email) values (%s, 'replay@rastro.example')", (USER,))
    cursor.execute(
        """
        insert into public.profiles (id, role, "cdCliente") values (%s, 'admin', 1)
        on conflict (id) do update set role = excluded.role, "cdCliente" = excluded."cdCliente"
        """,
        (USER,),
    )
    cursor.execute(
        """
        insert into public."TbApiKeys" ("cdUsuario", "dsHash", "cdClientes", "dsPermissoes")
        values (%s, %s, '{1}', '{read,ingest}')
        """,
        (USER, hashlib.sha256(KEY.encode()).hexdigest()),
    )


def simulate(base: str, folder: Path, anchor: datetime, *more: str) -> dict[str, int]:
    """Run the command as a person would; the numbers of its report."""
    command = [sys.executable, str(ROOT / "scripts" / "simulate"), "--url", base]
    replay = ["--replay", str(folder), "--anchor", anchor.isoformat(), *more]
    variables = {**os.environ, "RASTRO_API_KEY": KEY}
    done = subprocess.run([*command, *replay], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report = dict(re.findall(r"^(\w+) +([\d,]+)$", done.stdout, re.MULTILINE))
    return {name: int(report[name].replace(",", "")) for name in VERDICTS}


def rows(cursor: Any, query: str) -> list[Any]:
    cursor.execute(query)
    return list(cursor.fetchall())


def check_positions(cursor: Any, truth: Truth, anchor: datetime) -> None:
    query = 'select "cdDispositivo", "dtRegistro", "dsLat", "dsLong" from public."TbPosicao"'
    stored = [(code, ago(when, anchor), place) for code, when, *place in rows(cursor, query)]
    assert len(stored) == len(truth.fixes)
    assert {(code, when) for code, when, _ in stored} == set(truth.fixes)
    assert all(near(place, truth.fixes[code, when]) for code, when, place in stored)


def check_readings(cursor: Any, truth: Truth, anchor: datetime) -> None:
    """One value a time, one of those in the file; the others of that time are in quarantine."""
    query = 'select "cdDispositivo", "cdSensor", "dtRegistro", "nrValor" from public."TbSensorRegistro"'
    stored = {(code, ago(when, anchor)): value for code, _, when, value in rows(cursor, query)}
    assert len(rows(cursor, query)) == len(stored) == len(truth.values)
    assert {code: sensor for code, sensor, *_ in rows(cursor, query)} == SENSORS
    assert all(stored[key] in values for key, values in truth.values.items())
    left = {key: values - {stored[key]} for key, values in truth.values.items() if len(values) > 1}
    assert left == quarantined(cursor, anchor)


def quarantined(cursor: Any, anchor: datetime) -> dict[tuple[int, timedelta], set[float]]:
    found = defaultdict(set)
    query = 'select "dsPayload" from public."TbIngestaoErro" where "dsMotivo" = \'CONFLICT\''
    for (payload,) in rows(cursor, query):
        element = json.loads(bytes(payload))
        when = datetime.fromisoformat(element["dtRegistro"]).replace(tzinfo=None)
        found[element["cdDispositivo"], ago(when, anchor)].add(element["sensores"][0]["nrValor"])
    return dict(found)


def check_current_positions(base: str, truth: Truth, anchor: datetime) -> None:
    """Each device with fixes is on the map of now, at its latest fix, which is at the anchor."""
    request = urllib.request.Request(
        f"{base}/v2/TbPosicaoAtual?cdProduto={PRODUCT}", headers={"X-API-Key": KEY}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        current = {row["cdDispositivo"]: row for row in json.load(answer)["data"]}
    assert set(current) == {code for code, _ in truth.fixes}
    for code, row in current.items():
        when = datetime.fromisoformat(row["dtRegistro"]).replace(tzinfo=None)
        assert ago(when, anchor) == timedelta(0)
        assert near((row["dsLat"], row["dsLong"]), truth.fixes[code, timedelta(0)])


def ago(when: datetime, anchor: datetime) -> timedelta:
    """A time of the database, in UTC, as a distance from the anchor."""
    return when - anchor.replace(tzinfo=None)


def near(one: Any, other: Any) -> bool:
    return all(abs(float(a) - b) <= ROUNDING for a, b in zip(one, other, strict=True))


def check_everything(api: tuple[str, Any], truth: Truth, anchor: datetime, times: int) -> None:
    """Every reading is there once, and each contradiction in quarantine, counted so many times."""
    base, cursor = api
    check_positions(cursor, truth, anchor)
    check_readings(cursor, truth, anchor)
    check_current_positions(base, truth, anchor)
    query = 'select "dsMotivo", "nrOcorrencias", count(*) from public."TbIngestaoErro" group by 1, 2'
    assert rows(cursor, query) == [("CONFLICT", times, truth.contradictions)]


def report(truth: Truth, *, again: bool) -> dict[str, int]:
    """What the simulator must say of one replay of it all."""
    distinct, conflicts = len(truth.fixes) + len(truth.values), truth.contradictions
    stored, duplicate = (0, distinct) if again else (distinct, 0)
    counts = (distinct + conflicts, stored, duplicate, conflicts, 0, 0)
    return dict(zip(VERDICTS, counts, strict=True))


def test_the_recorded_data_is_the_one_we_know(truth: Truth, folder: Path) -> None:
    assert truth.contradictions > 0, "data without contradictions would prove less"
    if folder == BESIDE_THE_CLONE:
        assert (len(truth.fixes), len(truth.values), truth.contradictions) == KNOWN_TOTALS


def test_two_replays_leave_every_reading_once(
    api: tuple[str, Any], folder: Path, truth: Truth, anchor: datetime
) -> None:
    assert simulate(api[0], folder, anchor) == report(truth, again=False)
    assert simulate(api[0], folder, anchor, "--shuffle", "1", "--batch", "613") == report(truth, again=True)
    check_everything(api, truth, anchor, times=2)


def test_the_order_of_arrival_does_not_matter(
    api: tuple[str, Any], folder: Path, truth: Truth, anchor: datetime
) -> None:
    assert simulate(api[0], folder, anchor, "--shuffle", "2") == report(truth, again=False)
    check_everything(api, truth, anchor, times=1)
