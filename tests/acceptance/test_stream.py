"""A viewer of the stream while devices report, the stream is killed, and PostgreSQL stops and starts."""

from collections.abc import Iterator

import pytest

from scripts.devkit.local import cluster
from scripts.devkit.local.paths import state_dir
from tests.acceptance import stage as stages
from tests.acceptance.stage import DEVICES, Stage
from tests.http import callers
from tests.http.jobs.stream import Viewer, streaming

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

READER = callers.as_user(callers.READER)
LATEST = """
    select "cdDispositivo", to_jsonb("dtRegistro") #>> '{}' || 'Z' from "TbPosicaoAtual"
    where "cdDispositivo" = any (%s)
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with stages.staged(state_dir() / "faults-stream") as stage:
        yield stage


def _renewed(viewer: Viewer) -> None:
    """Read on until each device has been seen anew."""
    viewer.ever.clear()
    viewer.until(lambda one: one.ever >= set(DEVICES))


def test_a_viewer_misses_no_last_position(stage: Stage) -> None:
    with stage.loaded() as load:
        with streaming(stage.database.api_url) as first, first.viewer(**READER) as before:
            _renewed(before)
            first.kill()
            before.to_the_end()
        with (
            streaming(stage.database.api_url, first.port, RASTRO_STREAM_HEARTBEAT_S="1") as again,
            again.viewer(last=before, **READER) as viewer,
        ):
            assert viewer.event().data["resumed"] is True
            _renewed(viewer)
            for mode in ("immediate", "fast"):
                assert cluster.stop(mode)
                load.some_are_refused("UNAVAILABLE", 20)
                assert cluster.start()
                load.all_go_on()
                _renewed(viewer)
            load.stop()
            with stage.cursor() as cursor:
                cursor.execute(LATEST, (list(DEVICES),))
                latest = dict(cursor.fetchall())
            viewer.until(lambda one: all(one.seen[code]["dtRegistro"] == latest[code] for code in latest))
