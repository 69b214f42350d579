"""Public keys: when they are fetched, and how long they are trusted."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.errors import ApiError
from app.identity import jwks
from app.identity.jwks import LIFETIME_S, PAUSE_S, RENEWAL_S, Jwks
from tests._lib.signing_keys import SigningKey, document, ec_key, rsa_key

EC, OTHER_EC, RSA = ec_key("ec-1"), ec_key("ec-2"), rsa_key("rsa-1")


@dataclass
class Source:
    """Where keys come from: what it answers next, how often it was asked, and the time."""

    answer: bytes | Exception = field(default_factory=lambda: document(EC))
    now: float = 1_000.0
    asked: int = 0
    answers: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    def fetch(self) -> bytes:
        self.asked += 1
        answer = self.answer
        self.reached.set()
        assert self.answers.wait(10)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def source(monkeypatch) -> Any:
    monkeypatch.setattr(jwks, "_PATIENCE_S", 5)  # enough for a slow machine
    monkeypatch.setattr(jwks, "_SHORT_PATIENCE_S", 5)
    made = Source()
    made.answers.set()
    yield made
    made.answers.set()


@pytest.fixture
def keys(source: Source) -> Jwks:
    return Jwks(source.fetch, lambda: source.now)


def _settled(keys: Jwks) -> None:
    """The latest fetch has ended, well or not."""
    keys._attempt.exception(5)


def _is_held(keys: Jwks, key: SigningKey) -> bool:
    return keys.key(key.kid, key.algorithm) is not None


def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "_PATIENCE_S", 0.01)
    monkeypatch.setattr(jwks, "_SHORT_PATIENCE_S", 0.01)


# Seen to fail: without the second look in key().
def test_a_key_is_fetched_when_first_needed_and_kept(keys, source):
    assert source.asked == 0
    for _ in range(3):
        found = keys.key("ec-1", "ES256")
        assert found.key.public_numbers() == EC.private.public_key().public_numbers()
    assert source.asked == 1


# Seen to fail: with any key of this id in _look.
def test_a_key_is_good_for_its_own_algorithm_only(keys):
    assert keys.key("ec-1", "RS256") is None
    assert _is_held(keys, EC)


# Seen to fail: without PAUSE_S in _ask; with one fetch for ever.
def test_unknown_ids_bring_one_fetch_in_a_while(keys, source):
    assert [keys.key(f"unknown-{number}", "ES256") for number in range(50)] == [None] * 50
    assert source.asked == 1
    source.now += PAUSE_S
    assert [keys.key(f"unknown-{number}", "ES256") for number in range(50)] == [None] * 50
    assert source.asked == 2


# Seen to fail: without PAUSE_S; with a new fetch whenever the one before has ended.
def test_an_outage_brings_one_fetch_in_a_while(keys, source):
    source.answer = OSError("away")
    for _ in range(50):
        with pytest.raises(ApiError):
            keys.key("ec-1", "ES256")
    assert source.asked == 1


# Seen to fail: without PAUSE_S in _ask.
def test_callers_at_once_share_one_fetch(keys, source):
    source.answers.clear()
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(keys.key, "ec-1", "ES256") for _ in range(8)]
        assert source.reached.wait(5)
        source.answers.set()
        assert None not in [one.result(5) for one in found]
    assert source.asked == 1


# Seen to fail: without a second fetch.
def test_a_new_key_is_found_when_it_is_met(keys, source):
    assert _is_held(keys, EC)
    source.answer, source.now = document(EC, OTHER_EC), source.now + PAUSE_S
    assert _is_held(keys, OTHER_EC)


# Seen to fail: without RENEWAL_S; with everybody waiting for the fetch; with new keys added to the old.
def test_a_removed_key_is_refused_after_the_next_fetch(keys, source):
    assert _is_held(keys, EC)
    source.answer, source.now = document(OTHER_EC), source.now + RENEWAL_S
    assert _is_held(keys, EC), "who uses a held key does not wait"
    _settled(keys)
    assert not _is_held(keys, EC)


# Seen to fail: with a question at every look.
def test_before_their_renewal_keys_are_not_fetched_again(keys, source):
    assert _is_held(keys, EC)
    source.now += RENEWAL_S - 1
    assert _is_held(keys, EC)
    assert source.asked == 1


# Seen to fail: with the old keys kept when there are no new ones; without LIFETIME_S in _look.
def test_all_keys_may_be_removed(keys, source):
    assert _is_held(keys, EC)
    source.answer, source.now = document(), source.now + LIFETIME_S
    assert not _is_held(keys, EC)


# Seen to fail: without LIFETIME_S in _look.
def test_keys_outlive_an_outage_for_their_lifetime_and_no_longer(keys, source):
    assert _is_held(keys, EC)
    source.answer = OSError("away")
    source.now += LIFETIME_S - 1
    assert _is_held(keys, EC)
    _settled(keys)
    source.now += 1
    with pytest.raises(ApiError) as refused:
        keys.key("ec-1", "ES256")
    assert refused.value.status == 503


# Seen to fail: counted from the answer.
def test_the_lifetime_counts_from_the_question(keys, source):
    source.answers.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(keys.key, "ec-1", "ES256")
        assert source.reached.wait(5)
        source.now += 2
        source.answers.set()
        assert first.result(5)
    source.now += LIFETIME_S - 2
    source.answer = document()
    assert not _is_held(keys, EC)


# Seen to fail: with 401; with PAUSE_S, or a second, for every wait; without the cause.
def test_when_nobody_answers_that_is_not_the_callers_fault(keys, source):
    source.answer = OSError("away")
    for passed, wait in ((0, PAUSE_S), (PAUSE_S - 1, 1)):
        source.now += passed
        with pytest.raises(ApiError) as refused:
            keys.key("ec-1", "ES256")
        error = refused.value
        assert (error.status, error.error_code, error.retry_after) == (503, "UNAVAILABLE", wait)
        assert isinstance(error.__cause__, OSError)


# Seen to fail: with None for a fetch that failed; with 401.
def test_an_unknown_key_is_not_judged_in_an_outage(keys, source):
    assert _is_held(keys, EC)
    source.answer, source.now = OSError("away"), source.now + PAUSE_S
    with pytest.raises(ApiError) as refused:
        keys.key("ec-2", "ES256")
    assert refused.value.status == 503
    assert _is_held(keys, EC)


# Seen to fail: with None for a fetch that failed; without a second fetch.
def test_after_an_outage_all_is_well(keys, source):
    source.answer = OSError("away")
    with pytest.raises(ApiError):
        keys.key("ec-1", "ES256")
    source.answer, source.now = document(EC), source.now + PAUSE_S
    assert _is_held(keys, EC)


# Seen to fail: with None for a fetch that failed; with everybody waiting for the fetch.
@pytest.mark.parametrize(
    "rubbish", [b"", b"<html>", b"[]", b"{}", b'{"keys": 1}', b'{"keys": null}', b"\xff"]
)
def test_rubbish_is_an_outage(keys, source, rubbish):
    assert _is_held(keys, EC)
    source.answer, source.now = rubbish, source.now + RENEWAL_S
    assert _is_held(keys, EC)
    _settled(keys)
    assert _is_held(keys, EC)
    with pytest.raises(ApiError):
        keys.key("ec-2", "ES256")


# Seen to fail: with _look under the lock of the fetch.
def test_a_slow_fetch_holds_up_nobody_whose_key_is_held(keys, source):
    assert _is_held(keys, EC)
    source.answers.clear()
    source.reached.clear()
    source.now += PAUSE_S
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(keys.key, "ec-2", "ES256")
        assert source.reached.wait(5)
        assert pool.submit(keys.key, "ec-1", "ES256").result(2)
        assert not slow.done()
        source.answers.set()
        assert slow.result(5) is None


# Seen to fail: with a minute more of patience.
@pytest.mark.parametrize("held", [False, True])
def test_nobody_waits_long(keys, source, monkeypatch, held):
    if held:
        assert _is_held(keys, EC)
        source.now += PAUSE_S
    _hurried(monkeypatch)
    source.answers.clear()
    with pytest.raises(ApiError) as refused:
        keys.key("ec-2", "ES256")
    assert refused.value.status == 503
    assert isinstance(refused.value.__cause__, TimeoutError)


# Seen to fail: with one fetch for ever; with a minute more of patience.
def test_a_fetch_that_hangs_does_not_stop_the_next(keys, source, monkeypatch):
    _hurried(monkeypatch)
    source.answers.clear()
    with pytest.raises(ApiError):
        keys.key("ec-1", "ES256")
    hanging = keys._attempt
    source.answer, source.now = document(OTHER_EC), source.now + PAUSE_S
    with pytest.raises(ApiError):
        keys.key("ec-2", "ES256")
    source.answers.set()
    hanging.result(5)
    _settled(keys)
    assert _is_held(keys, OTHER_EC)


# Seen to fail: without the question which answer was asked for later.
def test_a_late_answer_brings_no_old_keys_back(source):
    late = threading.Event()
    first = iter([True])

    def fetch() -> bytes:
        if next(first, False):
            assert late.wait(10)
            return document(EC)
        return document(OTHER_EC)

    keys = Jwks(fetch, lambda: source.now)
    old = keys._ask()
    source.now += PAUSE_S
    assert _is_held(keys, OTHER_EC)
    late.set()
    old.result(5)
    assert _is_held(keys, OTHER_EC)
    assert not _is_held(keys, EC)


# Seen to fail: with other levels.
def test_what_was_fetched_or_was_not_is_logged(keys, source, caplog):
    caplog.set_level(logging.INFO)
    assert _is_held(keys, EC)
    source.answer, source.now = OSError("away"), source.now + RENEWAL_S
    assert _is_held(keys, EC)
    _settled(keys)
    fetched, failed = caplog.records
    assert (fetched.message, fetched.fields) == ("jwks_fetched", {"kids": ["ec-1"]})
    assert (failed.message, failed.levelname) == ("jwks_unavailable", "WARNING")
    assert failed.fields == {"cause": "OSError: away"}
