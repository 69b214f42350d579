"""Files that claim to be huge, from a stranger and an admin: workers stay small, others are served."""

import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests._lib.hostile_files import TABLES, WORKBOOKS
from tests.acceptance.stage import Stage, staged
from tests.http import callers

pytestmark = pytest.mark.acceptance

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES = {
    "cells in A and XFD": (_XLSX, WORKBOOKS["columns"]),
    "millions of empty rows": (_XLSX, WORKBOOKS["XML elements"]),
    "100,000 columns": ("text/csv", TABLES["columns"]),
}
_CALLERS = {
    "a stranger": (callers.with_key("rastro_unknown"), 401),
    "an admin": (callers.as_user(callers.ADMIN), 413),
}
_MOST = 400 << 20  # bytes of a worker; before, one of these files took 915 MB


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "hostile"
    with only_one("hostile"):
        shutil.rmtree(folder, ignore_errors=True)
        with staged(folder) as found:
            yield found


def _peak(stage: Stage) -> int:
    """Bytes of the largest worker, at its largest."""
    lines = [
        line
        for pid in stage.workers()
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    ]
    return max(int(line.split()[1]) << 10 for line in lines)


def _post(stage: Stage, kind: str, body: bytes, headers: dict[str, str]) -> int:
    with closing(http.client.HTTPConnection(*stage.address, timeout=120)) as connection:
        connection.request("POST", "/v2/dispositivos/lote", body, headers | {"Content-Type": kind})
        return connection.getresponse().status


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("headers", "status"), _CALLERS.values(), ids=_CALLERS)
@pytest.mark.parametrize(("kind", "make"), _FILES.values(), ids=_FILES)
def test_they_are_refused_and_others_go_on(stage, kind, make, headers, status):
    body, statuses = make(), []
    senders = [
        threading.Thread(target=lambda: statuses.append(_post(stage, kind, body, headers))) for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    others = [stage.get("/v2/dispositivos")[0] for _ in range(3)]
    assert others == [200] * 3
    assert stage.lets_in()
    for sender in senders:
        sender.join()
    assert statuses == [status] * len(senders)
    assert _peak(stage) < _MOST, f"{_peak(stage) >> 20} MB"
