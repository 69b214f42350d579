"""Tokens signed with ES256 or RS256: the key decides what is let in, whatever a token says of itself."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import g
from jwt.exceptions import InvalidKeyError

from app.identity import auth
from app.identity.jwks import PAUSE_S, Jwks, fetch
from tests._lib import identities
from tests._lib.signing_keys import Publisher, SigningKey, ec_key, publishing, rsa_key
from tests.http import callers
from tests.http.door import PATH, Door, patience, segment, settings_for
from tests.http.stubs import SETTINGS

EC, RSA, FOREIGN = ec_key("ec-1"), rsa_key("rsa-1"), ec_key("ec-1")
_HOUR = 3_600


@pytest.fixture(scope="module", autouse=True)
def _patience() -> Iterator[None]:
    with patience():
        yield


@pytest.fixture
def server() -> Iterator[Publisher]:
    """The project's keys: one of each kind."""
    with publishing(EC, RSA) as publisher:
        yield publisher


@pytest.fixture(scope="module")
def standing() -> Iterator[Publisher]:
    """Likewise; nothing changes it."""
    with publishing(EC, RSA) as publisher:
        yield publisher


@pytest.fixture(scope="module")
def door(standing: Publisher) -> Door:
    return Door(settings_for(standing))


@pytest.fixture(scope="module")
def door_without_secret(standing: Publisher) -> Door:
    return Door(settings_for(standing, jwt_secret=None))


def _with_hmac(secret: bytes, **header: Any) -> str:
    """A token by HS256 with any secret: PyJWT will not sign with a public key."""
    said = f"{segment({'alg': 'HS256'} | header)}.{segment(identities.claims(callers.READER))}"
    return f"{said}.{segment(hmac.digest(secret, said.encode(), hashlib.sha256))}"


# Seen to fail: with HS256 alone in JWT_DECODE_ALGORITHMS; with keys looked up for ES256 only.
@pytest.mark.parametrize("key", [EC, RSA], ids=["ES256", "RS256"])
def test_a_token_of_a_public_key_names_its_user(door, key):
    assert door.admits(key.token(callers.READER))


# Seen to fail: with the secret only for tokens without an id.
def test_the_secret_serves_beside_the_public_keys(door):
    assert door.admits(identities.token(callers.READER))
    assert door.admits(_with_hmac(identities.JWT_SECRET.encode(), kid="of-the-secret"))


def test_public_keys_serve_without_a_secret(door_without_secret):
    assert door_without_secret.admits(EC.token(callers.READER))


# Seen to fail: with signatures not verified.
@pytest.mark.parametrize("secret", [b"", b"None", identities.JWT_SECRET.encode()])
def test_without_a_secret_no_secret_will_do(door_without_secret, secret):
    assert not door_without_secret.admits(_with_hmac(secret))
    assert not door_without_secret.admits(_with_hmac(secret, kid="ec-1"))


# Seen to fail: without `and secret` in _verifier, where PyJWT is a second lock.
def test_without_a_secret_nothing_is_compared_with_an_empty_one(door_without_secret):
    with door_without_secret.app.app_context():
        g.jwt_secret = ""
        with pytest.raises(InvalidKeyError):
            auth._verifier({"alg": "HS256"}, {})


# Seen to fail: without `and jwks` in _verifier.
def test_without_public_keys_only_the_secret_will_do():
    door = Door(SETTINGS)
    assert door.admits(identities.token(callers.READER))
    assert not door.admits(EC.token(callers.READER))


def _public_texts(key: SigningKey) -> list[bytes]:
    public = key.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    shown = json.dumps(key.jwk()).encode()
    compact = json.dumps(key.jwk(), separators=(",", ":")).encode()
    return [pem, pem.strip(), der, base64.b64encode(der), shown, compact]


# Seen to fail: with the public key for HS256: as base64, which PyJWT does not know for a key.
@pytest.mark.parametrize("key", [EC, RSA], ids=["EC", "RSA"])
@pytest.mark.parametrize("form", range(6), ids=["PEM", "PEM stripped", "DER", "base64", "JWK", "JWK compact"])
def test_a_public_key_is_no_secret(door, door_without_secret, key, form):
    token = _with_hmac(_public_texts(key)[form], kid=key.kid)
    for one in (door, door_without_secret):
        assert one.admits(key.token(callers.READER))  # so the key is held
        assert not one.admits(token)


# Seen to fail: without the question whether the id is held.
def test_the_id_of_a_public_key_is_none_of_the_secret(door):
    assert door.admits(EC.token(callers.READER))
    assert not door.admits(_with_hmac(identities.JWT_SECRET.encode(), kid="ec-1"))


# Seen to fail: with signatures not verified.
def test_a_key_of_somebody_else_is_refused(door):
    assert FOREIGN.kid == EC.kid
    assert not door.admits(FOREIGN.token(callers.READER))


# Seen to fail: with any key of the algorithm, whatever its id.
@pytest.mark.parametrize(
    "header",
    [
        {"kid": None},
        {"kid": ""},
        {"kid": "unknown"},
        {"kid": "rsa-1"},
        {"kid": "EC-1"},
    ],
    ids=str,
)
def test_a_key_that_is_not_named_is_not_looked_for(door, header):
    assert not door.admits(EC.token(callers.READER, header))


def _renamed(token: str, **header: Any) -> str:
    """The same token under another header, its signature left as it was."""
    _, payload, signature = token.split(".")
    return f"{segment({'alg': 'ES256', 'kid': 'ec-1', 'typ': 'JWT'} | header)}.{payload}.{signature}"


# Seen to fail: with signatures not verified; with a list of algorithms let through to the look-up.
@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": ""},
        {"alg": None},
        {"alg": ["ES256"]},
        {"alg": {"ES256": 1}},
        {"alg": 0},
        {"alg": "es256"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"alg": "ES384"},
        {"alg": "EdDSA"},
        {"kid": 7},
        {"kid": ["ec-1"]},
        {"kid": None},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
    ],
    ids=str,
)
def test_no_header_makes_a_token_good(door, header):
    good = EC.token(callers.READER)
    assert door.admits(good)
    assert not door.admits(_renamed(good, **header))
    assert not door.admits(_renamed(good.rpartition(".")[0] + ".", **header)), "nor without a signature"


# Seen to fail: with signatures not verified.
@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_a_key_serves_for_one_algorithm(door, algorithm):
    another = SigningKey("rsa-1", algorithm, RSA.private)
    assert not door.admits(another.token(callers.READER))


# Seen to fail: with keys from jku; with the key in jwk.
def test_a_token_brings_no_key_of_its_own(door):
    with publishing(FOREIGN) as elsewhere:
        own = {"jwk": FOREIGN.jwk(), "jku": elsewhere.url, "x5u": elsewhere.url}
        assert not door.admits(FOREIGN.token(callers.READER, own))
        assert not door.admits(FOREIGN.token(callers.READER, {"kid": elsewhere.url, **own}))
        assert elsewhere.asked == []


WRONG: dict[str, Callable[[], dict[str, Any]]] = {
    "expired": lambda: {"exp": int(time.time()) - _HOUR},
    "no expiry": lambda: {"exp": None},
    "an expiry that is no time": lambda: {"exp": "never"},
    "an endless expiry": lambda: {"exp": float("inf")},
    "not yet": lambda: {"nbf": int(time.time()) + _HOUR},
    "another issuer": lambda: {"iss": "https://elsewhere.example/auth/v1"},
    "an issuer that begins alike": lambda: {"iss": identities.ISSUER + "/"},
    "no issuer": lambda: {"iss": None},
    "another audience": lambda: {"aud": "anon"},
    "other audiences": lambda: {"aud": ["anon", "service_role"]},
    "no audience": lambda: {"aud": None},
    "an audience that is no text": lambda: {"aud": {"authenticated": True}},
    "role anon": lambda: {"role": "anon"},
    "role service_role": lambda: {"role": "service_role"},
    "several roles": lambda: {"role": ["authenticated"]},
    "no role": lambda: {"role": None},
    "no user": lambda: {"sub": None},
    "a user without id": lambda: {"sub": "someone"},
    "a user that is no text": lambda: {"sub": 7},
}


# Seen to fail: without issuer, audience, exp or role; with two hours of leeway; with service_role let in.
@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("key", [EC, RSA], ids=["ES256", "RS256"])
def test_a_good_signature_is_not_enough(door, key, claims):
    token = key.token(callers.READER)
    assert door.admits(token)
    _, payload, _ = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert not door.admits(key.token(**({"sub": said["sub"]} | claims())))


# Everybody may write into user_metadata; nothing of this is PostgreSQL's to believe.
CLAIMS = {
    "app_metadata": {"role": "service", "cdCliente": 2, "cdClientes": [1, 2, 3]},
    "user_metadata": {"role": "service"},
    "cdCliente": 2,
    "cdClientes": [1, 2, 3],
    "key_sha256": hashlib.sha256(callers.INGEST_KEY.encode()).hexdigest(),
    "user_role": "service",
    "is_admin": True,
}


# Seen to fail: with user_metadata believed.
def test_claims_about_clients_do_not_reach_the_database(door):
    assert door.admits(EC.token(callers.READER, **CLAIMS))
    (caller,) = door.backend.callers
    assert json.loads(caller.claims()).keys() == {"role", "sub", "request_id"}


# Seen to fail: with user_metadata believed.
def test_claims_about_clients_change_nothing(make_app, gateway, reading, server):
    assert gateway.post("/v2/posicoes", reading()).status_code == 201
    client = make_app(jwt_keys_url=server.url).test_client()

    def seen(who: str, **claims: Any) -> Any:
        return client.get(PATH, headers={"Authorization": f"Bearer {EC.token(who, **claims)}"}).json["data"]

    assert [row["cdDispositivo"] for row in seen(callers.READER)] == [7]
    assert [row["cdDispositivo"] for row in seen(callers.READER, **CLAIMS)] == [7]
    assert seen(callers.OTHER_ADMIN) == seen(callers.OTHER_ADMIN, **(CLAIMS | {"cdCliente": 1})) == []


# Seen to fail: with user_metadata believed.
def test_claims_about_roles_permit_nothing(make_app, reading, server, ledger):
    before = ledger.stored()
    headers = {"Authorization": f"Bearer {EC.token(callers.READER, **CLAIMS)}"}
    answer = (
        make_app(jwt_keys_url=server.url).test_client().post("/v2/posicoes", json=reading(), headers=headers)
    )
    assert (answer.status_code, ledger.stored()) == (403, before)


# Seen to fail: with keys fetched in init_app; without `and kid`.
def test_keys_are_asked_for_by_those_who_need_them_only(server):
    door = Door(settings_for(server))
    assert door.admits(identities.token(callers.READER))
    door.app.test_client().get(PATH, headers=callers.with_key("rastro_x"))
    door.app.test_client().get("/health/ready")
    assert not door.admits("a.b.c")
    assert not door.admits(EC.token(callers.READER, {"kid": None}))
    assert not door.admits(EC.token(callers.READER, {"kid": ""}))
    assert server.asked == []
    for key in (EC, RSA, EC, RSA):
        assert door.admits(key.token(callers.READER))
    assert len(server.asked) == 1


# Seen to fail: without auth/v1 in jwks_url.
def test_by_default_they_are_the_projects(server):
    of_project = server.url.rpartition("/")[0]
    door = Door(settings_for(server, jwt_keys_url=None, supabase_url=of_project))
    assert door.admits(EC.token(callers.READER))
    assert server.asked == ["/auth/v1/.well-known/jwks.json"]


# Seen to fail: with 401 in Jwks._await.
@pytest.mark.parametrize("failing", [{"status": 500}, {"body": b"<html>"}, {"body": b'{"keys":'}], ids=str)
def test_when_the_keys_are_not_to_be_had_the_token_may_still_be_good(server, failing, caplog):
    door = Door(settings_for(server))
    for name, value in failing.items():
        setattr(server, name, value)
    answer = door.get(EC.token(callers.READER))
    assert (answer.status_code, answer.json["error_code"]) == (503, "UNAVAILABLE")
    assert 1 <= int(answer.headers["Retry-After"]) <= PAUSE_S
    assert "WWW-Authenticate" not in answer.headers
    assert door.backend.callers == []
    assert {"jwks_unavailable", "failed"} <= {record.message for record in caplog.records}
    assert door.admits(identities.token(callers.READER)), "the secret needs nobody"


# Seen to fail: without LIFETIME_S in _look; with any key of the algorithm.
def test_rotation(server):
    now = [0.0]
    door = Door(settings_for(server))
    door.app.extensions["rastro.jwks"] = Jwks(lambda: fetch(server.url), lambda: now[0])
    fresh = ec_key("ec-2")
    assert door.admits(EC.token(callers.READER))
    server.publish(EC, fresh)
    now[0] += PAUSE_S
    assert door.admits(fresh.token(callers.READER))
    assert door.admits(EC.token(callers.READER))
    server.publish(fresh)
    now[0] += 600
    assert not door.admits(EC.token(callers.READER))
    assert door.admits(fresh.token(callers.READER))
