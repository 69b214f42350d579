"""Addresses found in the background, by a stand-in that times out, limits and answers nonsense."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest

from app.environment import SettingsError
from app.jobs.geocoding import Away, Geocoder, GeocodingSettings, Store, nominatim
from scripts.devkit.local.databases import MAINTENANCE, url
from scripts.devkit.local.paths import ROOT
from tests._lib.databases import Database
from tests.http import callers

_HOME = {
    "address": {
        "road": "Rua Voluntários da Pátria",
        "house_number": "100",
        "suburb": "Santana",
        "postcode": "02010-000",
        "city": "São Paulo",
        "ISO3166-2-lvl4": "BR-SP",
    },
    "lat": "-23.503",
    "lon": "-46.625",
    "display_name": "x",
    "licence": "Data © OpenStreetMap contributors, ODbL 1.0",
}


class Standin:
    """A server that says what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.log: list[tuple[float, tuple[str, str, str]]] = []
        self.says: tuple[int, dict[str, str], bytes] | None = (200, {}, json.dumps(_HOME).encode())
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: one for name, (one,) in parse_qs(urlsplit(self.path).query).items()}
                asked = (query["lat"], query["lon"], self.headers["User-Agent"])
                standin.log.append((time.monotonic(), asked))
                if standin.says is None:
                    time.sleep(3)
                    return
                status, headers, body = standin.says
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def asked(self) -> list[tuple[str, str, str]]:
        """Latitude, longitude, user agent."""
        return [asked for _, asked in self.log]


@pytest.fixture
def standin() -> Iterator[Standin]:
    one = Standin()
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def maintenance_url(fleet):
    return _as_maintenance(fleet)


def _as_maintenance(fleet):
    parts = urlsplit(fleet.owner_url)
    return url(MAINTENANCE, parts.path[1:])


@pytest.fixture
def store(fleet, maintenance_url):
    """No address is known and no device is anywhere."""
    with closing(psycopg2.connect(fleet.owner_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            'delete from private."TbGeocodificacao"; update series."TbPosicao" set "cdEndereco" = null;'
            ' update public."TbPosicaoAtual" set "cdEndereco" = null, "dsLat" = null, "dsLong" = null;'
            ' update private."TbGeocodificacaoVez" set "dtProxima" = now()'
        )
    with closing(Store(maintenance_url)) as one:
        yield one


@pytest.fixture
def api(app):
    return callers.Api(app.test_client(), callers.as_user(callers.ADMIN))


_sequence = iter(range(1, 1_000))


def _report(api, latitude, longitude, device=7, **more):
    one = {"cdDispositivo": device, "nrSeq": next(_sequence), "latitude": latitude, "longitude": longitude}
    answer = api.post(
        "/v2/posicoes", {name: value for name, value in (one | more).items() if value is not None}
    )
    assert answer.status_code == 201, answer.text


def _where(api, device=7):
    (found,) = api.get("/v2/TbPosicaoAtual", cdProduto=1, cdDispositivos=device).json["data"]
    return found


def _settings(standin, **more):
    return GeocodingSettings(url=standin.url, user_agent="Rastro tests", timeout_s=1, **more)


@dataclass
class Job:
    """The job, a step at a time, and the time that passes between two."""

    geocoder: Geocoder
    store: Store
    fleet: Database

    remaining: float | None = None  # seconds until a request may be sent

    def step(self, after: float = 1.01) -> None:
        """One step, this many seconds after the last, however long the machine takes for one."""
        with closing(psycopg2.connect(self.fleet.owner_url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(
                """update private."TbGeocodificacaoVez"
                   set "dtProxima" = coalesce(clock_timestamp() + make_interval(secs => %s), "dtProxima")
                                     - make_interval(secs => %s)
                   returning "dtProxima" """,
                (self.remaining, after),
            )
            before = cursor.fetchone()
            assert self.geocoder.step(self.store) == 1.0
            cursor.execute(
                """select "dtProxima", extract(epoch from "dtProxima" - clock_timestamp())::float8
                   from private."TbGeocodificacaoVez" """
            )
            now, remaining = cursor.fetchone()
        if self.remaining is not None:
            self.remaining -= after
        if self.remaining is None or before != (now,):
            self.remaining = remaining


@pytest.fixture
def job(standin, store, fleet):
    return Job(Geocoder(nominatim(_settings(standin)), 1.0), store, fleet)


# Seen to fail: without the update of TbPosicaoAtual; with another address for each point of a cell.
def test_an_address_is_asked_for_once_and_shown(standin, job, api):
    _report(api, -23.50312, -46.62478)
    job.step()
    assert standin.asked == [("-23.503", "-46.625", "Rastro tests")]
    before = _where(api)
    assert (before["dsEndereco"], before["dsNum"], before["dsUF"]) == (
        "Rua Voluntários da Pátria",
        "100",
        "SP",
    )
    assert (before["dsBairro"], before["dsCep"], before["dsCidade"]) == ("Santana", "02010-000", "São Paulo")
    history = api.get("/v2/HistoricoPaginaDispositivo/7").json["data"][0]
    assert history["dsEndereco"] == "Rua Voluntários da Pátria"
    _report(api, -23.50299, -46.62511)
    _report(api, -23.5031, -46.6252, device=6)
    job.step()
    assert len(standin.asked) == 1, "the same cell"
    assert _where(api)["dsEndereco"] == _where(api, 6)["dsEndereco"] == "Rua Voluntários da Pátria"
    changed = api.get("/v2/TbPosicaoAtual", cdProduto=1, desde=before["dtAlteracao"]).json["data"]
    assert {one["cdDispositivo"] for one in changed} >= {6, 7}, "who asks for changes hears of it"


def test_a_device_that_moves_on_leaves_its_address(standin, job, api):
    _report(api, -23.503, -46.625)
    job.step()
    _report(api, -23.6, -46.7)
    standin.says = (200, {}, b'{"error": "Unable to geocode"}')
    job.step()
    job.step()
    assert _where(api)["dsEndereco"] is None
    assert len(standin.asked) == 2, "that there is none is known, too"


# Seen to fail: with the address of the latest report instead of that of the coordinates.
def test_a_device_that_stands_still_keeps_its_address(job, api):
    """Whether the job runs or not."""
    _report(api, -23.503, -46.625)
    job.step()
    _report(api, -23.50312, -46.62478)
    assert _where(api)["dsEndereco"] == "Rua Voluntários da Pátria"
    _report(api, -23.5036, -46.625)
    assert _where(api)["dsEndereco"] is None, "another cell"


def test_a_report_without_coordinates_keeps_the_address_shown(job, api):
    _report(api, -23.503, -46.625)
    job.step()
    _report(api, None, None, nrBat=3.5)
    assert _where(api)["dsEndereco"] == "Rua Voluntários da Pátria"
    job.step()
    assert _where(api)["dsEndereco"] == "Rua Voluntários da Pátria"
    assert api.get("/v2/HistoricoPaginaDispositivo/7").json["data"][0]["dsEndereco"] is None


# Seen to fail: with a circuit that stays closed; with the cell that failed asked for again first.
@pytest.mark.parametrize(
    "says",
    [
        None,
        (429, {}, b"slow down"),
        (403, {}, b"blocked"),
        (500, {}, b"oops"),
        (200, {}, b"<html>"),
        (200, {}, b"[]x"),
        (200, {}, b"[1]"),
        (200, {}, b'"text"'),
        (200, {}, b'{"lat": "x", "lon": [], "display_name": 1}'),
        (200, {}, b'{"lat": "1", "lon": "1", "display_name": "x"}'),
        (200, {}, b'{"lat": "1", "lon": "1", "display_name": "x", "address": []}'),
        (200, {}, b"\xff\xfe"),
    ],
    ids=str,
)
def test_no_answer_opens_the_circuit_and_nothing_is_stored(standin, job, api, says):
    _report(api, -23.7, -46.8, device=5)
    _report(api, -23.503, -46.625)
    standin.says = says
    job.step()
    assert (len(standin.asked), _where(api)["dsEndereco"]) == (1, None)
    for _ in range(5):
        job.step(0.1)
    job.step(0.9)
    assert len(standin.asked) == 1, "the circuit is open"
    standin.says = (200, {}, json.dumps(_HOME).encode())
    _report(api, -23.6, -46.7, device=6)
    _report(api, -23.503, -46.625)
    job.step()
    assert standin.asked[-1][:2] == ("-23.6", "-46.7"), "a cell that failed does not hold up the others"
    assert _where(api, 6)["dsEndereco"] == "Rua Voluntários da Pátria"


# Seen to fail: with a cell that failed left out for hours.
def test_the_only_cell_is_asked_for_again_when_the_server_is_back(standin, job, api):
    _report(api, -23.503, -46.625)
    says, standin.says = standin.says, (500, {}, b"")
    job.step()
    assert _where(api)["dsEndereco"] is None
    standin.says = says
    job.step(2.01)
    assert _where(api)["dsEndereco"] == "Rua Voluntários da Pátria"


# Seen to fail: with a question inside a transaction that has touched the position.
def test_ingestion_does_not_wait_while_the_server_is_silent(standin, job, api):
    _report(api, -23.503, -46.625)
    job.step()
    _report(api, -23.503, -46.625, device=6)  # gets the known address in the step that asks for another
    _report(api, -23.6, -46.7)
    known, standin.says = len(standin.asked), None
    asking = threading.Thread(target=job.step)
    asking.start()
    while len(standin.asked) == known:
        time.sleep(0.001)
    _report(api, -23.504, -46.625, device=6)
    assert asking.is_alive(), "it still waits for its answer"
    asking.join()


# Seen to fail: without retry_after_s.
def test_who_limits_us_says_for_how_long(standin, job, api):
    for n in range(2):
        _report(api, -23.503 - n / 100, -46.625, device=n + 1)
    standin.says = (429, {"Retry-After": "120"}, b"")
    job.step()
    job.step(118)
    assert len(standin.asked) == 1
    job.step(2)
    assert len(standin.asked) == 2


# Seen to fail: with a wait that is the same each time.
def test_each_failure_is_waited_for_longer(standin, job, api):
    for n in range(4):
        _report(api, -23.503 - n / 100, -46.625, device=n + 1)
    standin.says = (500, {}, b"")
    job.step()
    for number, seconds in enumerate((2, 4, 8), start=1):
        job.step(seconds - 0.5)
        assert len(standin.asked) == number, "the circuit is open"
        job.step(0.5)
        assert len(standin.asked) == number + 1


def test_the_address_of_one_client_is_not_shown_to_others(fleet, job, api, app):
    _report(api, -23.503, -46.625)
    job.step()
    other = callers.Api(app.test_client(), callers.as_user(callers.OTHER_ADMIN))

    def streets(of):
        return [
            one["dsLogradouro"]
            for one in of.get("/v2/enderecos", pageSize=1000, dsCidade="São Paulo").json["data"]
        ]

    assert "Rua Voluntários da Pátria" in streets(api)
    with closing(psycopg2.connect(fleet.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            'select "cdCliente" from public."TbEnderecoVinculo"'
            ' join private."TbGeocodificacao" using ("cdEndereco")'
        )
        assert cursor.fetchall() == [(1,)]
    assert other.get("/v2/TbPosicaoAtual", cdProduto=1).json["data"] == []


# Seen to fail: without TbGeocodificacao in private.is_foreign_address.
def test_nobody_makes_the_address_of_a_cell_their_own(job, api):
    """Whoever could change it would change it on other clients' maps."""
    _report(api, -23.503, -46.625)
    job.step()
    rows = api.get("/v2/enderecos", pageSize=1000, dsCidade="São Paulo").json["data"]
    (found,) = [one["cdEndereco"] for one in rows if one["dsLogradouro"] == "Rua Voluntários da Pátria"][-1:]
    assert api.get(f"/v2/enderecos/{found}").json["dsFonte"] == _HOME["licence"]
    assert api.post("/v2/destinatarios", {"cdEndereco": found}).status_code == 403
    assert api.patch(f"/v2/enderecos/{found}", {"dsBairro": "x"}).status_code == 403
    assert api.delete(f"/v2/enderecos/{found}").status_code == 403


def test_what_the_job_finds_is_no_change_of_a_person(job, api, rows):
    count = """select count(*) from public."TbAuditoria" where "dsTabela" = 'TbEndereco'"""
    before = rows(count)
    _report(api, -23.503, -46.625)
    job.step()
    assert _where(api)["dsEndereco"]
    assert rows(count) == before


def test_the_login_of_the_maintenance_can_do_no_more(store):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        store._ask('select * from public."TbEndereco"')


def test_it_is_off_unless_configured(maintenance_url):
    assert GeocodingSettings.from_env({}).url == ""
    with pytest.raises(SettingsError, match="RASTRO_GEOCODING_USER_AGENT") as refused:
        GeocodingSettings.from_env({"RASTRO_GEOCODING_URL": "http://x"})
    assert "RASTRO_MAINTENANCE_URL" in str(refused.value)
    with pytest.raises(SettingsError):
        GeocodingSettings.from_env({"RASTRO_GEOCODING_INTERVAL_MS": "999"})


# Seen to fail: with a turn for everybody.
def test_any_number_of_processes_ask_once_a_second_and_end_when_told(standin, store, api, maintenance_url):
    for n in range(6):
        _report(api, -23.503 - n / 100, -46.625, device=n + 1)
    environment = os.environ | {
        "RASTRO_GEOCODING_URL": standin.url,
        "RASTRO_GEOCODING_USER_AGENT": "Rastro tests",
        "RASTRO_MAINTENANCE_URL": maintenance_url,
    }
    command = [sys.executable, "-m", "app.jobs.geocoding"]
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(3)]
    deadline = time.monotonic() + 30
    while len(standin.asked) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    for process in processes:
        process.terminate()
    # by the alarm where something did not let go of it
    assert {process.wait(10) for process in processes} <= {0, -signal.SIGALRM}
    moments = [when for when, _ in standin.log]
    assert len(moments) >= 4
    assert all(after - before > 0.9 for before, after in pairwise(moments))


def test_away_names_its_cause(standin):
    standin.says = (200, {}, b"[1]")
    with pytest.raises(Away, match="invalid answer"):
        nominatim(_settings(standin))(1, 1)
