"""Downloads have a number of turns, by caller and by process."""

import pytest

from app.errors import ApiError
from app.http.kit.turns import OF_A_CALLER, OF_ALL, Turns

PATH = "/v2/data/points?cdSensor=702&dtInicio=20260101&dtFim=20260102&formato=csv"


# Should fail: without the look at the caller's; without the look at all; without del.
def test_a_caller_has_some_and_all_together_have_more():
    turns = Turns()
    ends = [turns.take("a") for _ in range(OF_A_CALLER)]
    with pytest.raises(ApiError) as told:
        turns.take("a")
    assert (told.value.status, told.value.retry_after) == (429, 10)
    others = [turns.take(f"b{number}") for number in range(OF_ALL - OF_A_CALLER)]
    with pytest.raises(ApiError) as told:
        turns.take("c")
    assert told.value.status == 503
    for end in [*ends, *others, *ends]:
        end()
    assert turns._open == {}


# Should fail: without `end` in _until_the_end; without call_on_close.
def test_a_download_that_ends_or_breaks_off_gives_its_turn_back(reader):
    turns = reader.client.application.extensions["rastro.turns"]

    def get():
        return reader.client.get(PATH, headers=reader.headers)

    for _ in range(OF_A_CALLER + 1):
        assert get().data.startswith(b"\xef\xbb\xbfTime")
    assert not turns._open
    opened = [get() for _ in range(OF_A_CALLER)]
    refused = get()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    for answer in opened:
        answer.close()
    assert get().status_code == 200
