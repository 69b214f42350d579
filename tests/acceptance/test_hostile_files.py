"""Files that claim to be huge, from a stranger and an admin: workers stay small, others are served."""

import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests._lib.hostile_files import TABLES, WORKBOOKS
from tests.acceptance.stage import Stage, staged
from tests.http import callers

pytestmark = pytest.mark.acceptance

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LOTE, _PICTURE = "/v2/dispositivos/lote", "/CadastraImgProduto"
_FORM = "multipart/form-data; boundary=B"
_PART = b'--B\r\nContent-Disposition: form-data; name="arquivo"; filename="1-1.png"\r\n\r\n%s\r\n'
# Path, media type, body, and what an admin is answered.
_FILES = {
    "cells in A and XFD": (_LOTE, _XLSX, WORKBOOKS["columns"], 413),
    "millions of empty rows": (_LOTE, _XLSX, WORKBOOKS["XML elements"], 413),
    "100,000 columns": (_LOTE, "text/csv", TABLES["columns"], 413),
    "a million fields": (_PICTURE, "application/x-www-form-urlencoded", lambda: b"a=1&" * 1_200_000, 400),
    "100,000 parts": (_PICTURE, _FORM, lambda: _PART % b"x" * 60_000, 413),
    "a picture of line ends": (_PICTURE, _FORM, lambda: _PART % (b"\r\n" * (2 << 20)) + b"--B--", 400),
}
_CALLERS = {
    "a stranger": callers.with_key("rastro_unknown"),
    "an admin": callers.as_user(callers.ADMIN),
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


def _post(stage: Stage, path: str, kind: str, body: bytes, headers: dict[str, str]) -> int | None:
    """The status; None for a sender who was cut off and has not even read why."""
    with closing(http.client.HTTPConnection(*stage.address, timeout=120)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request("POST", path, body, headers | {"Content-Type": kind})
        try:
            return connection.getresponse().status
        except (
            ConnectionResetError,
            BrokenPipeError,
            http.client.CannotSendRequest,
            http.client.ResponseNotReady,
        ):
            return None


# Seen to fail: without require_admission before bodies (a stranger's), without the bound of columns or of XML
# elements, and with fields read of every form.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", _CALLERS)
@pytest.mark.parametrize(("path", "kind", "make", "status"), _FILES.values(), ids=_FILES)
def test_they_are_refused_and_others_go_on(stage, path, kind, make, status, who):
    body, statuses, status = make(), [], 401 if who == "a stranger" else status

    def send() -> None:
        statuses.append(_post(stage, path, kind, body, _CALLERS[who]))

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    others = [stage.get("/v2/dispositivos")[0] for _ in range(3)]
    assert others == [200] * 3
    assert stage.lets_in()
    for sender in senders:
        sender.join()
    # of a stranger's body the rest is not received
    assert set(statuses) <= ({401, None} if who == "a stranger" else {status})
    assert len(statuses) == len(senders)
    assert _peak(stage) < _MOST, f"{_peak(stage) >> 20} MB"
