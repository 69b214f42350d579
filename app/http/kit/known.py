"""Query parameters that a route does not know, or gets twice, are refused: nothing in a query is ignored."""

from __future__ import annotations

import inspect
from difflib import get_close_matches
from functools import cache
from typing import Any, get_type_hints

from flask import current_app, request

from app.errors import ApiError

_MAX_NAME = 64  # characters of a name that are answered


def require_known_parameters() -> None:
    """Before every request of a v2 blueprint. Raises ApiError 400 INVALID_PARAMETER with the nearest name."""
    if not request.query_string or request.url_rule is None:
        return
    known = names(current_app.view_functions[request.url_rule.endpoint])
    for name, values in request.args.lists():
        if name not in known:
            raise _unknown(name, known)
        if len(values) > 1:
            raise _refused(name, f"{name} is given {len(values)} times; give it once.")


@cache
def names(view: Any) -> tuple[str, ...]:
    """The parameters of a route's query model; the names are those of its fields."""
    model = get_type_hints(inspect.unwrap(view)).get("query")
    return tuple(model.model_fields) if model else ()


def _unknown(name: str, names: tuple[str, ...]) -> ApiError:
    """What is not known, what is nearest, and what there is."""
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(name[:_MAX_NAME].lower(), by_lower, n=1)
    hint = f" Did you mean {by_lower[near[0]]}?" if near else ""
    known = f"Known are {', '.join(names)}." if names else "It has no parameters."
    text = f"{name[:_MAX_NAME]} is not a parameter of this route.{hint} {known}"
    return _refused(name, text)


def _refused(name: str, text: str) -> ApiError:
    return ApiError(400, "INVALID_PARAMETER", text, {"parameter": name[:_MAX_NAME]})
