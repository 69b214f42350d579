"""Bytes from outside become JSON text in which one bad element harms no neighbour."""

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.readings import json_text, packing

GOOD = b'{"cdDispositivo":7,"nrBat":3.60,"sensores":[{"cdSensor":704,"nrValor":-1.50}]}'


def _elements(body: bytes) -> list[Any]:
    elements = json.loads(json_text.batch(body))
    assert isinstance(elements, list)
    return elements


def test_good_readings_pass_byte_for_byte():
    body = b" [\n%b ,%b\t]" % (GOOD, GOOD)
    assert json_text.batch(body) == body.decode()
    assert json_text.single(GOOD) == f"[{GOOD.decode()}]"


def test_neighbours_of_a_bad_element_pass_byte_for_byte():
    text = json_text.batch(b"[%b,?,%b]" % (GOOD, GOOD))
    assert text.startswith(f"[{GOOD.decode()},{{")
    assert text.endswith(f"}},{GOOD.decode()}]")


def test_the_wrapper_says_what_is_kept():
    bad = b'{"a":' + b"x" * 20_000 + b"}"
    (wrapper,) = _elements(b"[ %b ]" % bad)
    assert wrapper == {
        "$payload": base64.b64encode(bad[:16_384]).decode(),
        "$tamanho": len(bad),
        "$hash": hashlib.sha256(bad).hexdigest(),
        "$error_code": "MALFORMED",
        "$error": "The JSON is broken at character 5: Expecting value.",
    }


@pytest.mark.parametrize(
    ("element", "error_code"),
    [
        (b"?", "MALFORMED"),
        (b"", "MALFORMED"),
        (b"01", "MALFORMED"),
        (b"[1}", "MALFORMED"),
        (b'"\xff"', "MALFORMED"),
        (b'"\xed\xa0\x80"', "MALFORMED"),
        (b'"\t"', "MALFORMED"),
        (b'"\\x"', "MALFORMED"),
        (b'"\\u0000"', "MALFORMED"),
        (b'"\\\\\\u0000"', "MALFORMED"),
        (b'"\\ud800"', "MALFORMED"),
        (b'"\\udc00\\ud800"', "MALFORMED"),
        (b'{"a":1,"b":2,"a":1}', "MALFORMED"),
        (b'{"a":1,"\\u0061":1}', "MALFORMED"),
        (b'[{"b":{"a":1,"a":2}}]', "MALFORMED"),
        (b"[" * 65 + b"]" * 65, "MALFORMED"),
        (b"[" * 5_000 + b"]" * 5_000, "MALFORMED"),
        (b"1e309", "INVALID_VALUE"),
        (b"-1e99999999999999999999", "INVALID_VALUE"),
        (b"1e-16384", "INVALID_VALUE"),
        (b"0e16384", "INVALID_VALUE"),
        (b"0." + b"0" * 17_000, "INVALID_VALUE"),
        (b"1" * 5_000, "INVALID_VALUE"),
        (b'"%b"' % (b"x" * json_text.MAX_ELEMENT_BYTES), "TOO_LARGE"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_bad(element, error_code):
    before, wrapper, after = _elements(b"[1,%b,2]" % element)
    assert (before, wrapper["$error_code"], after) == (1, error_code, 2)


@pytest.mark.parametrize(
    "element",
    [b"null", b"1e308", b"5e-324", b"1e-400", b"0e-5", b"-0.0", b"1" * 300, b'"\\\\u0000"',
     b'"\\ud83d\\ude9a"', b'"\\u00e9"', b'{"a":1,"b":{"a":1}}', b"[" * 64 + b"]" * 64, b'"[[[["', b'"NaN"'],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_what_is_not(element):
    assert json_text.batch(b"[1,%b,2]" % element) == f"[1,{element.decode()},2]"


def test_nan_and_infinity_become_strings():
    element = b'{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN, \\" -Infinity"}'
    expected = '{"a":"NaN","b":["Infinity","-Infinity"],"c":"NaN, \\" -Infinity"}'
    assert json_text.batch(b"[%b]" % element) == f"[{expected}]"


# Seen to fail: as not UTF-8. What is cut off within a character stays as it came.
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_mark_of_utf_16_is_believed(encoding):
    text = '{"a":"ção"}\r\n'
    body = text.encode(encoding) if encoding == "utf-16" else f"\ufeff{text}".encode(encoding)
    assert packing.trimmed(body) == '{"a":"ção"}'.encode()
    assert packing.trimmed(body[:-1]).startswith(body[:2])


# Seen to fail: as broken JSON, with NaN and Infinity alone.
@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b'{"a":nan}', {"a": "NaN"}), (b'{"a":-nan,"b":inf}', {"a": "NaN", "b": "Infinity"}),
        (b"[-inf, +Infinity, NAN, -nan(ind), nan(0x8)]", ["-Infinity", "Infinity", "NaN", "NaN", "NaN"]),
        (b'{"nan":"nan, -inf","b\\"":nan}', {"nan": "nan, -inf", 'b"': "NaN"}),
    ],
)  # fmt: skip
def test_what_c_prints_is_not_broken(written, read):
    assert json_text.element(written)[1] == read


# Seen to fail: 6 s for 16,000 quotes, and four times as long for twice as many, where strings had to end.
@pytest.mark.parametrize(
    "broken", [b'{"a":nano}', b"{nan:1}", b'{"a":1nan}', b'"' + b'\\"' * 100_000, b'"\\']
)
def test_what_is_no_number_stays_broken(broken):
    with pytest.raises(json_text.Bad):
        json_text.element(broken)


@pytest.mark.parametrize(
    "body", [b"", b"[", b"]", b"{}", b"x", b"[1]]", b"[1][2]", b'["]', b"[{]", b"\xef\xbb\xbf[1]", b"[1]\x00"]
)
def test_no_elements_to_be_told_apart(body):
    with pytest.raises(json_text.NotJson):
        json_text.batch(body)


@pytest.mark.parametrize("element", [b"1", b"?", b"1e-5"])
def test_a_batch_has_a_limit(element):
    assert len(_elements(b"[%b]" % b",".join([element] * 10))) == 10
    with pytest.raises(json_text.TooMany):
        json_text.batch(b"[%b]" % b",".join([element] * 11), most=10)


def test_empty_lists():
    assert [_elements(body) for body in (b"[]", b" [ ] ")] == [[], []]


def test_an_element_gets_one_judgement_alone_and_among_others():
    large = b'{"x":"%b"}' % (b"x" * json_text.MAX_ELEMENT_BYTES)
    alone, together = json_text.single(large), _elements(b"[%b,%b]" % (GOOD, large))
    assert json.loads(alone) == [together[1]]


# Seen to fail: without _is_crowded; decoding them took up to 2.4 s, in which nobody else was served.
@pytest.mark.parametrize("many", [b"[],", b"{},", b"1,"])
def test_far_too_many_values_are_not_decoded(monkeypatch, many):
    monkeypatch.setattr(json_text, "_plain", lambda *_: pytest.fail("It was decoded."))
    with pytest.raises(json_text.TooMany):
        json_text.batch(b"[" + many * 2**21 + b"1]")


# Seen to fail: without _MOST_BRACKETS (slow: many seconds).
@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"[" * 2**23, json_text.TooMany),
        (b"[" + b"[]{}" * 2**21, json_text.TooMany),
        (b"[" + b"1," * 2**22 + b"?]", json_text.TooMany),
        (b'["' + b'\\"' * 2**22, json_text.NotJson),
        (b"[" + b'"",' * 2**21, json_text.TooMany),
    ],
    ids=["deep", "shallow", "numbers", "escapes", "strings"],
)
def test_hostile_bodies_are_refused_at_little_cost(body, refusal):
    with pytest.raises(refusal):
        json_text.batch(body)


# Pieces from which Hypothesis builds almost-JSON.
PIECES = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b'"a"', b'"a":1', b'{"a":1}', GOOD, b" ", b"\n",
    b"\x00", b"\x0b", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'\\"', b"\\\\",
    b"\\u0000", b"\\ud83d", b"\\ude9a", b"\\u00e9", b"NaN", b"-Infinity", b"1e400", b"1e-400",
    b"0e999999999", b"0E-20000", b"1E5", b"01", b"1.", b"-", b"-0", b"1e-324", b"null", b"true",
    b"9" * 400, b"1" * 5_000, b"0." + b"0" * 17_000, b"[" * 100, b"]" * 100,
]  # fmt: skip
almost_json = st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join)
bodies = st.one_of(
    st.binary(),
    almost_json,
    almost_json.map(lambda inside: b"[" + inside + b"]"),
    st.lists(almost_json, max_size=5).map(lambda elements: b"[" + b",".join(elements) + b"]"),
)


@settings(deadline=None)
@given(bodies)
def test_the_parser_is_total(body):
    """Any bytes: a list of elements, or one of two refusals. (What jsonb takes: tests/contract.)"""
    try:
        text = json_text.batch(body)
    except (json_text.NotJson, json_text.TooMany):
        return
    assert isinstance(json.loads(text), list)
    assert "\x00" not in text


@settings(deadline=None)
@given(almost_json)
def test_one_element_is_always_one_element(body):
    assert len(json.loads(json_text.single(body))) == 1
