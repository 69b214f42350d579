"""Downloads have a number of turns, by caller and by process."""

import pytest

from app.errors import ApiError
from app.http.kit.turns import OF_A_CALLER, OF_A_CLIENT, OF_ALL, Turns
from app.identity.share import Share

PATH = "/v2/data/points?cdSensor=702&dtInicio=20260101&dtFim=20260102&formato=csv"


# Seen to fail: without the look at the caller's; at the client's; at all; without remove.
def test_a_caller_has_some_a_client_more_and_all_together_most():
    turns = Turns()
    a, *more = [Share("1", f"key {number}") for number in range(OF_A_CLIENT - OF_A_CALLER + 2)]
    ends = [turns.take(a) for _ in range(OF_A_CALLER)]
    assert refused(turns, a) == (429, 10)
    ends += [turns.take(share) for share in more[:-1]]
    assert refused(turns, more[-1]) == (429, 10)
    ends += [turns.take(Share(str(client), "x")) for client in range(2, OF_ALL - OF_A_CLIENT + 2)]
    assert refused(turns, Share("one more", "x")) == (503, 10)
    for end in [*ends, *ends]:
        end()
    assert turns._open.total() == 0
    turns.take(more[-1])


def refused(turns, share):
    with pytest.raises(ApiError) as error:
        turns.take(share)
    return error.value.status, error.value.retry_after


# Seen to fail: without `end` in _until_the_end; without call_on_close, for what is never begun.
def test_a_download_that_ends_or_breaks_off_gives_its_turn_back(reader):
    turns = reader.client.application.extensions["rastro.turns"]

    def get():
        return reader.client.get(PATH, headers=reader.headers)

    for _ in range(OF_A_CALLER + 1):
        assert get().data.startswith(b"\xef\xbb\xbfTime")
    with reader.client.head(PATH, headers=reader.headers) as answer:
        assert answer.status_code == 200
    assert turns._open.total() == 0
    opened = [get() for _ in range(OF_A_CALLER)]
    refused = get()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    for answer in opened:
        answer.close()
    assert get().status_code == 200
