"""Generated secrets and chosen ports, kept in state.json, readable by its owner only."""

import json
import os
import secrets
from collections.abc import Callable
from typing import Any

from .locks import only_one
from .paths import state_dir


def get(name: str) -> Any:
    return _read().get(name)


def put(name: str, value: Any) -> None:
    with only_one("state"):
        _write(_read() | {name: value})


def secret(name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
    """The secret of this name, generated on first use."""
    with only_one("state"):
        known = _read()
        if name not in known:
            known[name] = make()
            _write(known)
    return str(known[name])


def _read() -> dict[str, Any]:
    path = state_dir() / "state.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _write(content: dict[str, Any]) -> None:
    """Replace the file atomically."""
    path = state_dir() / "state.json"
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(json.dumps(content, indent=2, sort_keys=True) + "\n")
    fresh.replace(path)
