"""Received bytes -> the JSON text of ``p_readings``, in which a bad element does not affect the others.

PostgreSQL's jsonb refuses a whole text for one bad spot. So a text it would refuse is cut into elements: good
ones are passed on byte for byte (no number is reformatted), and each bad one is replaced by a wrapper, which
the ingest RPC quarantines:

    {"$payload": base64 of at most 16,384 bytes, "$tamanho": bytes, "$hash": SHA-256, "$error_code", "$error"}

Bad is what is broken, not UTF-8, too large or nested deeper than 64 levels, or holds \\u0000, half a
surrogate pair, a key twice or a number beyond double precision. The tokens NaN and Infinity, also as C
prints them (nan, -nan, inf), become strings "NaN" and "Infinity", which the database judges in their place.
Pure: knows no HTTP and no database.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec

from . import not_finite
from .digest import wrapper

MAX_DEPTH = 64
MAX_ELEMENTS = 5_000
MAX_ELEMENT_BYTES = 256 << 10  # only bounds our work: the database's own limit is lower
_MAX_NUMBER = 1_000  # characters: far more than a double needs, far fewer than numeric takes
_JSON_SPACE = b" \t\n\r"
# Honest batches stay far below; beyond, telling elements apart costs us much and a hostile sender little.
_MOST_COMMAS = 500_000
_MOST_BRACKETS = 400_000

# What a plain element may be: a reading is an object with a list of objects, three levels.
_Leaf = None | bool | int | float | str
_One = _Leaf | list[_Leaf] | dict[str, _Leaf]
_Two = _Leaf | list[_One] | dict[str, _One]
_Three = _Leaf | list[_Two] | dict[str, _Two]
_ELEMENT = msgspec.json.Decoder(_Three)
_ARRAY = msgspec.json.Decoder(list[_Three])
_PIECES = msgspec.json.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.json.Encoder()

# Escapes, negative exponents and zeros with an exponent are legal, but need a closer look.
_ODD_MARKS = (b"\\", b"e-", b"E-", b"0e", b"0E")
_MANY_DIGITS = re.compile(rb"\d{15}")
_STRING = r'"(?:[^"\\]++|\\.)*+"'
_TO_BRACKET = re.compile(rf'(?:[^"\[\]{{}}]++|{_STRING})*+'.encode(), re.DOTALL)
_TO_BORDER = re.compile(rf'(?:[^"\[\]{{}},]++|{_STRING})*+'.encode(), re.DOTALL)
_STRING_OR_BRACKET = re.compile(rf"{_STRING}|[\[\]{{}}]".encode(), re.DOTALL)
_GOOD_ESCAPES = re.compile(
    rb'(?:[^\\]++|\\["\\/bfnrt]|\\u(?!0000|[dD][89a-fA-F])[\da-fA-F]{4}'
    rb"|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})*+"
)
_ROUNDED = ("254740992", "254740993")  # the last digits of all numbers that become 2^53
_NEAR_ZERO = re.compile(r"[-.\d]+([eE][+-]?\d{1,3})?")


class NotJson(ValueError):
    """The body is not JSON, or cannot be split into elements."""


class TooMany(ValueError):
    """More elements than a batch may have."""


class Bad(ValueError):
    """Why an element cannot be passed on: an error_code and a text."""

    def __init__(self, error_code: str, error: str) -> None:
        super().__init__(error)
        self.error_code = error_code


def batch(body: bytes, most: int = MAX_ELEMENTS) -> str:
    """A JSON array of readings as text that jsonb accepts, its elements in their order.

    Raises NotJson if the body is not an array that can be split, TooMany if it has more than ``most``.
    """
    readings = None if _is_crowded(body) else _plain(body, _ARRAY)
    if readings is None or (len(body) > MAX_ELEMENT_BYTES and _largest(body) > MAX_ELEMENT_BYTES):
        return _joined(_split(body, most))
    if len(readings) > most:
        raise TooMany
    return body.decode()


def single(body: bytes) -> str:
    """One reading as a batch of one; a body that is not JSON becomes one bad element."""
    return _joined([body])


def element(raw: bytes) -> tuple[str, Any]:
    """One reading or message as text that jsonb accepts, and decoded. Raises Bad."""
    if len(raw) <= MAX_ELEMENT_BYTES and (value := _plain(raw, _ELEMENT)) is not None:
        return raw.decode(), value
    text = _examined(raw.strip(_JSON_SPACE))
    return text, json.loads(text)


def require_exact(text: str) -> None:
    """Refuse a number beyond 2^53 that its decoded form has rounded to it. Raises Bad."""
    if any(digits in text for digits in _ROUNDED):
        json.loads(text, parse_float=_exact)


def _exact(token: str) -> None:
    if abs(float(token)) == 2**53 and abs(Decimal(token)) > 2**53:
        raise Bad("INVALID_VALUE", f"The number {token[:40]} is beyond 2^53, where it would be rounded.")


def _joined(elements: Iterable[bytes]) -> str:
    return f"[{','.join(_passable(element) for element in elements)}]"


def _passable(element: bytes) -> str:
    if len(element) <= MAX_ELEMENT_BYTES and _plain(element, _ELEMENT) is not None:
        return element.decode()
    try:
        return _examined(element.strip(_JSON_SPACE))
    except Bad as bad:
        return wrapper(element.strip(_JSON_SPACE), bad.error_code, str(bad))


def _plain(raw: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """The decoded value when jsonb surely takes these bytes as they are, otherwise None.

    An encoder that writes fewer quotes than it read has dropped a key that came twice.
    """
    if any(mark in raw for mark in _ODD_MARKS) or _may_hold_a_huge_number(raw):
        return None
    try:
        value = decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return value if _ENCODER.encode(value).count(b'"') == raw.count(b'"') else None


def _may_hold_a_huge_number(raw: bytes) -> bool:
    """Whether numeric's limit, 16,383 decimals, is in sight: so long a run shows in every 1,000th byte."""
    return len(raw) > 16_000 and _MANY_DIGITS.search(raw[::1_000]) is not None


def _is_crowded(body: bytes) -> bool:
    """Whether it has far more values than a batch may: decoding them all would hold up everybody else."""
    return len(body) > _MOST_BRACKETS and (
        body.count(b"[") + body.count(b"{") > _MOST_BRACKETS or body.count(b",") > 2 * _MOST_COMMAS
    )


def _largest(array: bytes) -> int:
    """Bytes of the largest element of an array known to be plain."""
    return max((memoryview(piece).nbytes for piece in _PIECES.decode(array)), default=0)


def _split(body: bytes, most: int) -> list[bytes]:
    """The elements of an array, some of them bad. Raises NotJson or TooMany."""
    if body.count(b",") <= _MOST_COMMAS:
        with suppress(msgspec.MsgspecError, RecursionError):
            elements = [bytes(piece) for piece in _PIECES.decode(body)]
            if len(elements) > most:
                raise TooMany
            return elements
    return _split_broken(body.strip(_JSON_SPACE), most)


def _split_broken(body: bytes, most: int) -> list[bytes]:
    """The same where elements may be broken: only strings and brackets need to be whole.

    Not recursive, so no depth is too much.
    """
    if not body.startswith(b"["):
        raise NotJson
    if body.count(b"[") + body.count(b"{") > _MOST_BRACKETS:
        raise TooMany
    elements: list[bytes] = []
    begin = position = depth = 1
    while depth:
        position = _end_of(_TO_BORDER if depth == 1 else _TO_BRACKET, body, position) + 1
        mark = body[position - 1 : position]
        if mark == b",":
            elements.append(body[begin : position - 1])
            begin = position
            if len(elements) >= most:
                raise TooMany
        elif not mark or mark == b'"':  # the end, or a string without one
            raise NotJson
        else:
            depth += 1 if mark in b"[{" else -1
    if position < len(body):
        raise NotJson
    last = body[begin:-1]
    return [*elements, last] if elements or last.strip(_JSON_SPACE) else []


def _end_of(pattern: re.Pattern[bytes], body: bytes, position: int) -> int:
    match = pattern.match(body, position)
    return match.end() if match else position


def _examined(element: bytes) -> str:
    """The element as text that jsonb accepts. Raises Bad."""
    if len(element) > MAX_ELEMENT_BYTES:
        raise Bad("TOO_LARGE", f"The reading has more than {MAX_ELEMENT_BYTES} bytes.")
    if _is_deeper_than(MAX_DEPTH, element):
        raise Bad("MALFORMED", f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    if b"\\" in element and not _GOOD_ESCAPES.fullmatch(element):
        raise Bad("MALFORMED", "The JSON holds \\u0000, half a surrogate pair or an unknown escape.")
    try:
        text = element.decode()
        quoted = not_finite.quoted(text)
        json.loads(quoted, parse_int=_number, parse_float=_number, object_pairs_hook=_without_repeats)
    except UnicodeDecodeError:
        raise Bad("MALFORMED", "The JSON is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Bad("MALFORMED", f"The JSON is broken at character {error.pos}: {error.msg}.") from None
    return quoted


def _is_deeper_than(levels: int, element: bytes) -> bool:
    if element.count(b"[") + element.count(b"{") <= levels:
        return False
    depth = 0
    for bracket in _STRING_OR_BRACKET.findall(element):
        depth += (bracket in b"[{") - (bracket in b"]}")
        if depth > levels:
            return True
    return False


def _number(token: str) -> None:
    """Pass a number that a double can hold or rounds to zero; jsonb takes more, until numeric overflows."""
    value = float(token) if len(token) <= _MAX_NUMBER else math.inf
    if math.isinf(value) or (value == 0 and not _NEAR_ZERO.fullmatch(token)):
        raise Bad("INVALID_VALUE", f"The number {token[:40]} is beyond double precision.")


def _without_repeats(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        raise Bad("MALFORMED", "The JSON has an object with the same key twice.")
