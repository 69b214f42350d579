"""What tests of the page do in it and behind it. A slow browser may take its time: no time is asserted."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import requests
from playwright.sync_api import Locator, Page, expect

from scripts.devkit.local.paths import ROOT
from tests.http import callers

TYPES = ROOT / "tests/web/types"
PATIENCE_MS = 60_000
SOFTWARE = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # also without a GPU
# Where people sign in, and a map: both answered by the tests that ask them.
OTHERS = {
    "SUPABASE_URL": "https://project.example",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_1",
    "RASTRO_MAP_URL": "https://tiles.example/{z}/{x}/{y}.png",
    "RASTRO_MAP_ATTRIBUTION": "© somebody",
}
SIGN_IN = {
    "en-US": ("Token or API key", "Sign in", "Quarantine"),
    "pt-BR": ("Token ou chave de API", "Entrar", "Quarentena"),
}
HERE = {"latitude": -23.5031, "longitude": -46.6252}
BUSY = {"status": 503, "json": {"error": "The database is busy.", "error_code": "BUSY"}}


def settings(base: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{base}/web/settings.json", timeout=60).json()
    return found


def token(person: str) -> str:
    return callers.as_user(person)["Authorization"].removeprefix("Bearer ")


def post(base: str, **fields: object) -> requests.Response:
    reading: Any = {
        "cdDispositivo": 7,
        "dtRegistro": datetime.now(UTC).isoformat(),
        "nrBat": 3.6,
        **HERE,
    } | fields
    return requests.post(
        f"{base}/v2/posicoes", json=reading, headers=callers.with_key(callers.INGEST_KEY), timeout=60
    )


def sign_in(
    page: Page, base: str, person: str = callers.ADMIN, section: str = "", language: str = "en-US"
) -> None:
    """By the form, in the language of the browser."""
    field, button, link = SIGN_IN[language]
    page.goto(f"{base}/{section}")
    page.get_by_label(field).fill(token(person))
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("link", name=link)).to_be_visible()


@cache
def _minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def curved(base: str) -> None:
    """Ten readings of three sensors, at the same times whoever asks: two groups would leave a gap to zoom."""
    for second in range(10):
        moment = _minute().replace(second=second).isoformat()
        sensors = [{"dsPonto": kind, "nrValor": 4 + second} for kind in ("temperatura", "peso", "porta")]
        assert post(base, dtRegistro=moment, sensores=sensors).status_code in (200, 201, 409)


def site(base: str, **changes: Any) -> dict[str, Any]:
    """Site 6 as it is stored, after these changes."""
    headers = callers.as_user(callers.ADMIN)
    if changes:
        changed = requests.patch(f"{base}/v2/destinatarios/6", json=changes, headers=headers, timeout=60)
        assert changed.status_code == 200
    row: dict[str, Any] = requests.get(f"{base}/v2/destinatarios/6", headers=headers, timeout=60).json()
    return row


def drag(page: Page, handle: Locator, right: int) -> None:
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y, steps=5)
    page.mouse.up()


def drag_over(page: Page, chart: Locator) -> None:
    chart.scroll_into_view_if_needed()
    box = chart.locator(".u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 30, steps=5)
    page.mouse.up()
