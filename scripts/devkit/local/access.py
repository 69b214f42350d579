"""Where the API and the broker are and which key to use: given, from the environment, or of scripts/run."""

import os

from ..console import Problem
from . import state
from .locks import held


def url(given: str | None) -> str:
    """Base URL of the API. Raises Problem when none is given and scripts/run is not running."""
    if given:
        return given
    if (port := state.get("api_port")) and held("run"):
        return f"http://127.0.0.1:{port}"
    raise Problem("scripts/run is not running in this clone. Start it first, or give --url.")


def broker(given: str) -> str:
    """URL of a broker, with a user who may publish for every device. Raises Problem when there is none."""
    ours = state.get("broker_url") if held("run") else None
    found = given or os.environ.get("RASTRO_BROKER_URL") or ours
    if not found:
        raise Problem(
            "scripts/run is not running in this clone. Start it first, set RASTRO_BROKER_URL, or give a URL."
        )
    return str(found)


def key(given: str | None) -> str:
    """An API key that may ingest. Raises Problem when there is none."""
    found = given or os.environ.get("RASTRO_API_KEY") or state.get("demo_api_key")
    if not found:
        raise Problem("No API key. Start scripts/run first, set RASTRO_API_KEY, or give --key.")
    return str(found)
