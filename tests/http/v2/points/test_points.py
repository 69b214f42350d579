"""GET /v2/data/points. What the database answers is tested in tests/db/points/test_data_points.py."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from app.http.v2.points.schemas import DataPoints
from tests.http import callers
from tests.http.callers import Api

PATH = "/v2/data/points"
SENSOR = 702  # the door of device 7
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)


@pytest.fixture
def sent(gateway, reading):
    """A reading every ten seconds for three minutes."""
    batch = [
        reading(
            dtRegistro=(NOON + timedelta(seconds=10 * n)).isoformat(),
            sensores=[{"cdSensor": SENSOR, "nrValor": n}],
        )
        for n in range(18)
    ]
    answer = gateway.post("/v2/posicoes/lote", batch).json
    assert answer["stored"] + answer["duplicate"] == 18


@pytest.fixture
def ask(reader, sent):
    window = {"dtInicio": NOON.isoformat(), "dtFim": (NOON + timedelta(minutes=3)).isoformat()}
    return lambda **more: reader.get(PATH, **({"cdSensor": SENSOR} | window | more))


# Seen to fail: without any of the arguments in app/http/v2/points/routes.py.
def test_buckets_and_readings_come_as_they_are_described(ask):
    for agg, keys, count in (
        ("1m", {"ts", "avg", "min", "max", "sum", "count", "value"}, 3),
        ("raw", {"ts", "value", "quality"}, 18),
        ("auto", {"ts", "value", "quality"}, 18),
    ):
        answer = ask(agg=agg)
        assert answer.status_code == 200, answer.text
        points = TypeAdapter(DataPoints).validate_json(answer.data)
        assert points.complete
        assert points.nextCursor is None
        assert [set(row) for row in answer.json["data"]] == [keys] * count
    answer = ask(agg="1m").json
    bucket = {"avg": 2.5, "min": 0, "max": 5, "sum": 15, "count": 6, "value": 15}  # openings are added up
    assert answer["data"][0] == {"ts": f"{NOON:%Y-%m-%dT%H:%M:%SZ}"} | bucket
    assert (answer["cdTipoSensor"], answer["dsUnidade"], answer["dsAgregacao"]) == (2, "abertura", "sum")


def test_pages_lead_through_all_of_it(ask):
    first = ask(agg="raw", pageSize=10)
    assert (len(first.json["data"]), first.json["complete"]) == (10, False)
    second = ask(agg="raw", pageSize=10, cursor=first.json["nextCursor"])
    assert [row["value"] for row in first.json["data"] + second.json["data"]] == list(range(18))
    assert second.json["complete"]


def test_few_points_keep_both_ends(ask):
    answer = ask(agg="raw", maxPoints=5).json
    assert answer["thinned"]
    assert len(answer["data"]) == 5
    assert [answer["data"][n]["value"] for n in (0, -1)] == [0, 17]


# Seen to fail: with parse_end instead of parse_before.
def test_the_end_is_excluded_and_a_day_is_all_of_it(ask, reader):
    until_a_reading = (NOON + timedelta(seconds=170)).isoformat()
    assert len(ask(agg="raw", dtFim=until_a_reading).json["data"]) == 17
    day = f"{NOON:%Y%m%d}"
    assert len(reader.get(PATH, cdSensor=SENSOR, dtInicio=day, dtFim=day, agg="raw").json["data"]) >= 18


def test_all_of_time_may_be_asked_for(ask):
    answer = ask(agg="1m", dtInicio="00010101", dtFim="99991231")
    assert (answer.status_code, len(answer.json["data"]) >= 3) == (200, True)


@pytest.mark.parametrize(
    ("wrong", "error_code"),
    [
        ({"agg": "1d"}, "INVALID_PARAMETER"),
        ({"pageSize": 0}, "INVALID_PARAMETER"),
        ({"pageSize": 100_001}, "INVALID_PARAMETER"),
        ({"maxPoints": 2}, "INVALID_PARAMETER"),
        ({"cursor": "x"}, "INVALID_PARAMETER"),
        ({"dtFim": "yesterday"}, "INVALID_DATE_FORMAT"),
        ({"dtInicio": "20990101"}, "INVALID_DATE_RANGE"),
        ({"cdSensor": 0}, "INVALID_PARAMETER"),
    ],
)
def test_what_is_wrong_is_said(ask, wrong, error_code):
    answer = ask(**wrong)
    assert (answer.status_code, answer.json["error_code"]) == (400, error_code)
    assert next(iter(wrong)) in answer.json["error"]


def test_buckets_of_a_yes_or_no_are_refused(gateway, reader, reading):
    stored = reading(
        dtRegistro=(NOON - timedelta(hours=5)).isoformat(), sensores=[{"cdSensor": 703, "blValor": True}]
    )
    assert gateway.post("/v2/posicoes", stored).status_code in (200, 201)
    window = {"dtInicio": (NOON - timedelta(hours=6)).isoformat(), "dtFim": NOON.isoformat()}
    answer = reader.get(PATH, cdSensor=703, agg="1h", **window)
    assert (answer.status_code, answer.json["error_code"]) == (400, "INVALID_PARAMETER")
    assert [row["value"] for row in reader.get(PATH, cdSensor=703, **window).json["data"]] == [True]


def test_what_is_not_visible_is_404(app, ask):
    stranger = Api(app.test_client(), callers.as_user(callers.OTHER_ADMIN))
    assert ask().json["data"]
    answer = stranger.get(
        PATH, cdSensor=SENSOR, dtInicio=NOON.isoformat(), dtFim=datetime.now(UTC).isoformat()
    )
    assert (answer.status_code, answer.json["error_code"]) == (404, "NOT_FOUND")
