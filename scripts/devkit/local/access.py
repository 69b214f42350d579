"""Where the API is and which key opens it: given, from the environment, or as scripts/run left it."""

import os

from ..console import Problem
from . import state


def url(given: str | None) -> str:
    """Base URL of the API. Raises Problem when nobody knows it."""
    if given:
        return given
    if port := state.get("api_port"):
        return f"http://127.0.0.1:{port}"
    raise Problem("Which API? Start scripts/run first, or give --url.")


def broker(given: str) -> str:
    """URL of a broker, with a user who may publish for every device. Raises Problem when nobody knows it."""
    found = given or os.environ.get("RASTRO_BROKER_URL") or state.get("broker_url")
    if not found:
        raise Problem("Which broker? Start scripts/run first, set RASTRO_BROKER_URL, or name it.")
    return str(found)


def key(given: str | None) -> str:
    """An API key that may ingest. Raises Problem when there is none."""
    found = given or os.environ.get("RASTRO_API_KEY") or state.get("demo_api_key")
    if not found:
        raise Problem("Which API key? Start scripts/run first, set RASTRO_API_KEY, or give --key.")
    return str(found)
