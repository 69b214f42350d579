"""Whatever comes as a token, the answer is a user or 401."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._lib import identities
from tests._lib.signing_keys import ec_key, publishing, rsa_key
from tests.http import callers
from tests.http.door import Door, patience, segment, settings_for

EC, RSA = ec_key("ec-1"), rsa_key("rsa-1")


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with patience(), publishing(EC, RSA) as publisher:
        yield Door(settings_for(publisher))


_GOOD = [EC.token(callers.READER), RSA.token(callers.READER), identities.token(callers.READER)]
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_values = _json | st.sampled_from(["HS256", "ES256", "RS256", "none", "ec-1", "rsa-1"])
_headers = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "zip"]), _values)
_segments = st.one_of(
    _headers.map(segment),
    _json.map(segment),
    st.binary(max_size=80).map(segment),
    st.sampled_from([1, 500, 2_000]).map(lambda depth: segment(b"[" * depth)),
    st.sampled_from([segment for token in _GOOD for segment in token.split(".")]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=9),
)
_anything = st.one_of(
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60),
    st.lists(_segments, max_size=5).map(".".join),
)


# Seen to fail: with other errors of PyJWT not caught.
@given(token=_anything)
@settings(max_examples=400, deadline=None)
def test_garbage_is_refused(door, token):
    if token not in _GOOD:
        assert not door.admits(token)


_claims = st.dictionaries(
    st.sampled_from(["sub", "role", "aud", "iss", "exp", "nbf", "iat", "jti", "type"]), _values
)


# Seen to fail: with other errors of PyJWT not caught.
@given(claims=_claims, key=st.sampled_from([EC, RSA]), more=_headers)
@settings(max_examples=400, deadline=None)
def test_whatever_a_good_key_has_signed_is_a_user_or_refused(door, claims, key, more):
    payload = json.dumps(identities.claims(callers.READER) | claims).encode()
    said = json.dumps({"alg": key.algorithm, "kid": key.kid} | more).encode()
    input_ = f"{segment(said)}.{segment(payload)}".encode()
    door.admits(f"{input_.decode()}.{segment(key.sign(input_))}")


# Seen to fail: with signatures not verified.
@given(
    good=st.sampled_from(_GOOD), place=st.floats(0, 1, exclude_max=True), other=st.characters(codec="ascii")
)
@settings(max_examples=400, deadline=None)
def test_a_token_with_another_character_is_refused(door, good, place, other):
    index = int(place * len(good))
    changed = good[:index] + other + good[index + 1 :]
    if changed.strip() != good and other not in "\r\n\0":
        assert not door.admits(changed)
