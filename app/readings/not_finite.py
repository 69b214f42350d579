"""Numbers that are not finite, which JSON does not have and programs print nevertheless. Pure."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|(?<![\w.+-])(?P<sign>[+-]?)'  # to the end where none ends: linear
    r"(?:(?P<nan>nan(?:\(\w*\))?)|inf(?:inity)?)(?![\w.(]|\s*:)",
    re.DOTALL | re.IGNORECASE,
)


def quoted(text: str) -> str:
    """The text with NaN and Infinity, as JavaScript or C print them (-nan, inf), as strings."""
    return _TOKEN.sub(_as_string, text)


def _as_string(token: re.Match[str]) -> str:
    if token[0].startswith('"'):
        return token[0]
    return '"NaN"' if token["nan"] else '"-Infinity"' if token["sign"] == "-" else '"Infinity"'
