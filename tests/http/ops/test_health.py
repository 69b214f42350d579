"""GET /health/live, /health/ready and /health/timeseries."""

from pydantic import TypeAdapter

from app.http.application import create_app
from app.http.ops.schemas import SeriesHealth
from tests._lib import databases
from tests.http.conftest import settings_for
from tests.http.stubs import SETTINGS


def test_alive_and_ready(app):
    client = app.test_client()
    assert [client.get(path).json for path in ("/health/live", "/health/ready")] == [{"status": "ok"}] * 2


# Seen to fail: without the question for the database in ready.
def test_alive_but_not_ready_while_the_database_is_away():
    client = create_app(SETTINGS).test_client()
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["error_code"]) == (503, "UNAVAILABLE")


# Seen to fail: with "true" for the look at the RPC in app/rpc/postgres.py.
def test_not_ready_before_the_migrations_have_run(project, template):
    # The template's migrations create the API's login, which belongs to the whole cluster.
    with databases.clone(project) as unmigrated:
        app = create_app(settings_for(unmigrated))
        answer = app.test_client().get("/health/ready")
        app.extensions["rastro.backend"].close()
    assert (answer.status_code, answer.json["error_code"]) == (503, "UNAVAILABLE")


# Seen to fail: without the grant of get_saude_series to authenticated.
def test_how_the_series_get_on_is_told_to_anybody(app):
    answer = app.test_client().get("/health/timeseries")
    told = TypeAdapter(SeriesHealth).validate_json(answer.data)
    assert (answer.status_code, told.status) == (200, "degraded")
    assert told.reasons == ["Maintenance has never run"]


def test_how_the_series_get_on_is_not_known_while_the_database_is_away():
    answer = create_app(SETTINGS).test_client().get("/health/timeseries")
    assert (answer.status_code, answer.json["error_code"]) == (503, "UNAVAILABLE")
