"""CORS is off unless origins are named."""

from app.http.application import create_app
from app.settings import Settings
from tests._lib import identities
from tests.http.stubs import SETTINGS, StubBackend

ORIGIN = "https://panel.example"
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, x-api-key",
}


def _client(*origins: str):
    settings = Settings(
        database_url=SETTINGS.database_url,
        jwt_secret=identities.JWT_SECRET,
        jwt_issuer=identities.ISSUER,
        cors_origins=origins,
    )
    return create_app(settings, StubBackend()).test_client()


def test_no_origin_is_allowed_by_default():
    answer = _client().options("/v2/posicoes", headers=PREFLIGHT)
    assert "Access-Control-Allow-Origin" not in answer.headers


# Seen to fail: without max_age.
def test_a_named_origin_may_send_readings():
    answer = _client(ORIGIN).options("/v2/posicoes", headers=PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "x-api-key"))


# Seen to fail: without expose_headers.
def test_errors_can_be_read_by_a_named_origin_too():
    answer = _client(ORIGIN).get("/v2/TbPosicaoAtual", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, ORIGIN)
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert set(exposed) >= {"Retry-After", "X-Request-Id"}


# Seen to fail: without origins in create_app.
def test_another_origin_is_not_allowed():
    answer = _client(ORIGIN).options("/v2/posicoes", headers=PREFLIGHT | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


# Seen to fail: without ETag in EXPOSED.
def test_pages_may_read_what_they_need_to_go_on():
    answer = _client(ORIGIN).get("/v2/dispositivos", headers={"Origin": ORIGIN})
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "Content-Disposition", "Link", "Retry-After", "X-Request-Id"} <= exposed
