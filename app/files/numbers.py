"""Numbers in the cells of a table by semicolon, as Brazilian spreadsheets write them. Pure."""

from __future__ import annotations

import re

_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")  # 12,5 or 1.234,5
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")  # 1.234


class Ambiguous(ValueError):
    """A text that may be two numbers."""


def with_comma(text: str) -> str:
    """The number with a decimal dot; what is not a number stays as it is.

    A dot before the comma separates thousands. Without a comma it is a decimal dot, unless three digits
    follow: raises Ambiguous then.
    """
    text = text.strip()
    if _COMMA.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _GROUPS.fullmatch(text):
        other = text.replace(".", "")
        raise Ambiguous(
            f"could be {text.replace('.', ',', 1)} or {other}: write it with a comma or without a dot"
        )
    return text
