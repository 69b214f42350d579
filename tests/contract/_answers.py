"""Whether real answers of RPCs are of the types that describe them (app/http/docs/answers.py)."""

from typing import Any

from jsonschema import Draft202012Validator

from app.http.docs.answers import schemas

_ANSWERS, _NAMED = schemas()


def _strict(node: Any) -> Any:
    """Types have no patterns or formats; of an object they name all members."""
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: _strict(value)
        for name, value in node.items()
        if not (name in ("pattern", "format") and isinstance(value, str))
    }
    return kept | ({"additionalProperties": False} if "properties" in node else {})


def faults(function: str, answer: Any) -> list[str]:
    """What the type does not allow in an answer of this function."""
    validator = Draft202012Validator(_strict(_ANSWERS[function] | {"$defs": _NAMED}))
    return [f"{list(error.path)}: {error.message[:300]}" for error in validator.iter_errors(answer)]
