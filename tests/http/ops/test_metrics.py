"""GET /metrics: health of maintenance, as Prometheus reads it."""

from contextlib import closing

import psycopg2
from prometheus_client.parser import text_string_to_metric_families

from app.http.application import create_app
from tests.http import callers
from tests.http.conftest import settings_for
from tests.http.stubs import SETTINGS

SERVICE = callers.as_user(callers.SERVICE)


def _values(answer) -> dict[tuple[str, str], float]:
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, sample.labels.get("step", "")): sample.value
        for family in families
        for sample in family.samples
    }


# Seen to fail: with "failing" always 0; without the exception block in run_step.
def test_a_failing_step_is_seen(new_database):
    database = callers.settle(new_database())
    client = create_app(settings_for(database)).test_client()
    before = _values(client.get("/metrics", headers=SERVICE))
    assert ("rastro_rollup_lag_seconds", "") not in before
    with closing(psycopg2.connect(database.owner_url)) as owner:
        owner.autocommit = True
        owner.cursor().execute(
            "create or replace function private.extend_floor() returns integer language plpgsql as "
            "$$ begin raise exception 'on purpose'; end $$; "
        )
        owner.cursor().execute("call private.run_maintenance()")
    values = _values(client.get("/metrics", headers=SERVICE))
    failing = {step for (name, step), value in values.items() if name.endswith("_failing") and value}
    assert failing == {"extend_floor"}
    assert values["rastro_maintenance_step_failures_24h", "extend_floor"] == 1
    for told in (values, _values(client.get("/metrics"))):
        assert told["rastro_maintenance_failing_steps", ""] == 1
        assert told["rastro_maintenance_failures_24h", ""] == 1
    assert values["rastro_maintenance_step_failures_24h", "advance_watermark"] == 0
    assert 0 < values["rastro_rollup_lag_seconds", ""] < 2 * 3600
    assert values["rastro_partitions_ahead_months", ""] == 3
    assert values["rastro_rollup_dirty_windows", ""] == 0


def test_without_the_database_it_is_503():
    answer = create_app(SETTINGS).test_client().get("/metrics")
    assert (answer.status_code, answer.json["error_code"]) == (503, "UNAVAILABLE")
