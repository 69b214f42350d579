"""Public keys: which of a document are taken, and how it is fetched."""

import json
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from app.identity import jwks
from app.identity.jwks import keys_in
from tests._lib.signing_keys import document, ec_key, publishing, rsa_key

EC, OTHER_EC, RSA = ec_key("ec-1"), ec_key("ec-2"), rsa_key("rsa-1")


def _kept(*jwks_: Any) -> list[tuple[str, str]]:
    return list(keys_in(document(*jwks_)))


# Seen to fail: with alg required of RSA keys.
def test_keys_of_both_kinds_are_taken_also_without_use_and_algorithm():
    bare = {"alg": None, "use": None, "key_ops": None}
    assert _kept(EC.jwk(**bare), RSA.jwk(**bare)) == [("ec-1", "ES256"), ("rsa-1", "RS256")]


FOREIGN: dict[str, Any] = {
    "a shared secret": {"kty": "oct", "kid": "x", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"},
    "a shared secret by name of RS256": {"kty": "oct", "kid": "x", "k": "c2VjcmV0", "alg": "RS256"},
    "Ed25519": {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": "x",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    },
    "P-384": {**EC.jwk(), "crv": "P-384"},
    "a real P-384": {**ec_key("x", ec.SECP384R1()).jwk(), "alg": "ES256"},
    "secp256k1": EC.jwk(crv="secp256k1"),
    "no point of the curve": EC.jwk(y=EC.jwk()["x"]),
    "RSA of 1,024 bits": rsa_key("x", 1_024).jwk(),
    "RSA for encryption": RSA.jwk(use="enc"),
    "EC for encryption": EC.jwk(use="enc"),
    "RSA for RS512": RSA.jwk(alg="RS512"),
    "RSA for PS256": RSA.jwk(alg="PS256"),
    "RSA for HS256": RSA.jwk(alg="HS256"),
    "RSA for ES256": RSA.jwk(alg="ES256"),
    "EC for HS256": EC.jwk(alg="HS256"),
    "EC for ES384": EC.jwk(alg="ES384"),
    "EC for RS256": EC.jwk(alg="RS256"),
    "no id": EC.jwk(kid=None),
    "an id that is no text": EC.jwk(kid=7),
    "no kind": EC.jwk(kty=None),
    "no number": RSA.jwk(n="?"),
    "nothing": None,
    "a list": [],
}


# Seen to fail: with any crv, alg or use; with any key PyJWT reads; with RSA of 1,024 bits; without either
# exception.
@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
def test_other_keys_are_passed_over_and_harm_no_neighbour(foreign):
    assert _kept(foreign, OTHER_EC, foreign) == [("ec-2", "ES256")]


# Seen to fail: with the key as it came given to PyJWT.
def test_of_a_private_key_only_the_public_half_is_used():
    private = json.loads(jwks.PyJWK.from_dict(EC.jwk()).Algorithm.to_jwk(EC.private)) | EC.jwk()
    assert "d" in private
    key = keys_in(document(private))["ec-1", "ES256"]
    assert isinstance(key.key, ec.EllipticCurvePublicKey)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


# Seen to fail: without the exception of msgspec; with the key as it came given to PyJWT.
@given(
    base=st.sampled_from([EC.jwk(), RSA.jwk()]),
    name=st.sampled_from(["kid", "kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops"]),
    value=_json,
)
def test_no_member_can_break_the_rest(base, name, value):
    text = json.dumps({"keys": [base | {name: value}, OTHER_EC.jwk()]}).encode("utf-8", "replace")
    assert ("ec-2", "ES256") in keys_in(text)


class TestFetch:
    """The document over HTTP.

    Seen to fail: with every status, or those below 400; with redirects followed; without the limit of bytes;
    without the deadline; without a timeout.
    """

    @pytest.fixture(autouse=True)
    def _patience(self, monkeypatch):
        """Enough for a slow machine."""
        monkeypatch.setattr(jwks, "_TIMEOUT_S", 20)

    def _refused(self, url: str) -> Exception:
        with pytest.raises(Exception, match=r".") as refused:
            jwks.fetch(url)
        return refused.value

    def test_it_comes_as_it_is(self):
        with publishing(EC) as server:
            assert jwks.fetch(server.url) == document(EC)
            assert server.asked == ["/jwks.json"]

    @pytest.mark.parametrize("status", [204, 404, 500])
    def test_another_status_is_refused(self, status):
        with publishing(EC) as server:
            server.status = status
            assert str(self._refused(server.url)) == f"status {status}"

    def test_no_redirect_is_followed(self):
        with publishing(EC) as elsewhere, publishing() as server:
            server.status, server.headers = 302, {"Location": elsewhere.url}
            assert str(self._refused(server.url)) == "status 302"
            assert elsewhere.asked == []

    def test_a_flood_is_refused(self):
        with publishing(EC) as server:
            server.body = b" " * 300_000 + document(EC)
            assert str(self._refused(server.url)) == "too long or too slow"

    def test_a_server_that_hangs_is_left(self, monkeypatch):
        monkeypatch.setattr(jwks, "_TIMEOUT_S", 0.05)
        with publishing(EC) as server:
            server.answers.clear()
            assert "Timeout" in type(self._refused(server.url)).__name__

    def test_a_server_that_trickles_is_left(self, monkeypatch):
        ticks = count(step=100)
        monkeypatch.setattr(jwks, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        with publishing(EC) as server:
            assert str(self._refused(server.url)) == "too long or too slow"

    def test_nobody_there(self):
        with publishing(EC) as server:
            url = server.url
        assert type(self._refused(url)).__name__ == "ConnectError"
