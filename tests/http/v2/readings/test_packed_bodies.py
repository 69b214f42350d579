"""Bodies as programs send them: compressed, with a byte order mark, with NULs behind them."""

import gzip
import tracemalloc
import zlib

import msgspec
import pytest

from tests.http import callers
from tests.http.callers import Api


def _bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


# Seen to fail: each with an encoding as 415, the others as 400, before.
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("Deflate", _bare),
        ("identity", bytes),
        ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
        (None, lambda body: b"\xef\xbb\xbf" + body),
        (None, lambda body: body + b"\0"),
        ("gzip", lambda body: gzip.compress(b"\xef\xbb\xbf" + body + b"\r\n\0")),
    ],
)
def test_a_body_is_unpacked(gateway, reading, encoding, pack):
    headers = {"Content-Encoding": encoding} if encoding else {}
    single = gateway.post("/v2/posicoes", pack(msgspec.json.encode(reading())), headers=headers)
    assert (single.status_code, single.json["verdict"]) == (201, "stored")
    batch = gateway.post(
        "/v2/posicoes/lote", pack(msgspec.json.encode([reading(), reading()])), headers=headers
    )
    assert (batch.status_code, batch.json["stored"]) == (200, 2)
    old = {"cdDispositivo": 7, "dsLat": "-23.5", "dsLong": "-46.6", "sensores": []}
    assert gateway.post("/Posicao", pack(msgspec.json.encode(old)), headers=headers).status_code in (200, 201)


# Seen to fail: as 415, before.
def test_a_body_is_unpacked_within_the_bound_of_bodies(app, gateway, ledger):
    bound = app.extensions["rastro.settings"].max_body_bytes
    bomb = gzip.compress(b"[" + b" " * 20 * bound + b"]", mtime=0)
    before = ledger.quarantined()
    tracemalloc.start()
    try:
        answer = gateway.post("/v2/posicoes/lote", bomb, headers={"Content-Encoding": "gzip"})
        assert tracemalloc.get_traced_memory()[1] < 3 * bound
    finally:
        tracemalloc.stop()
    assert (answer.status_code, answer.json["error_code"]) == (413, "TOO_LARGE")
    assert ledger.grown(before) == [("TOO_LARGE", 1)]


# Seen to fail: as 415, before.
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"[]"),
        ("gzip", b""),
        ("deflate", b"[]"),
        ("gzip", gzip.compress(b"[]", mtime=0)[:-4]),
        ("gzip", gzip.compress(b"[]", mtime=0) + b"more"),
    ],
)
def test_what_cannot_be_unpacked_is_malformed(gateway, encoding, body):
    answer = gateway.post("/v2/posicoes/lote", body, headers={"Content-Encoding": encoding})
    assert (answer.status_code, answer.json["error_code"]) == (400, "MALFORMED")
    assert answer.json["error"].startswith(f"The body is not valid {encoding}: ")


# Seen to fail: with packed=True there.
def test_nothing_is_unpacked_for_a_tracker_without_credentials(app):
    body = gzip.compress(b'{"cdDispositivo": 7}')
    answer = Api(app.test_client(), {}).post("/Posicao", body, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 401


# Seen to fail: as 415, before; CSV files and documents may be compressed as well.
def test_other_bodies_are_unpacked_as_well(app):
    admin = Api(app.test_client(), callers.as_user(callers.ADMIN))
    headers = {"Content-Encoding": "gzip"}
    refused = admin.post("/v2/convites", gzip.compress(b"[]", mtime=0), headers=headers)
    assert (refused.status_code, refused.json["error"]) == (400, "The body must be a JSON object.")
