"""Compressed bodies made to cost much."""

import gzip
import zlib

import pytest

from app.readings import packing

EMPTY = gzip.compress(b"", mtime=0)


# Seen to fail: 100,000 empty members in 2 MB took 15 seconds before, and four times as long twice as many.
def test_members_of_gzip_are_bounded():
    assert packing.unpacked(EMPTY * 999 + gzip.compress(b"[]"), "gzip", 100) == b"[]"
    with pytest.raises(packing.Broken, match="more than 1000 members"):
        packing.unpacked(EMPTY * 1_000 + gzip.compress(b"[]"), "gzip", 100)


# Seen to fail: with the whole body as one part.
@pytest.mark.parametrize(
    "body",
    [EMPTY * 900 + gzip.compress(bytes(300_000), 0), gzip.compress(bytes(300_000), 0)],
    ids=["many members", "one member"],
)
def test_no_step_copies_all_that_is_left(monkeypatch, body):
    given = []

    class Recorded:
        def __init__(self, window):
            self._packer = make(window)

        def decompress(self, part, most):
            given.append(len(part))
            return self._packer.decompress(part, most)

        def __getattr__(self, name):
            return getattr(self._packer, name)

    make = zlib.decompressobj
    monkeypatch.setattr(packing.zlib, "decompressobj", Recorded)
    assert packing.unpacked(body, "gzip", 1 << 20) == bytes(300_000)
    assert max(given) <= 64 << 10
