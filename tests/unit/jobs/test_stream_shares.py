"""What a caller and a client leave to others. Pure: nothing is opened."""

import pytest

from app.errors import ApiError
from app.jobs.stream.filters import Filter
from app.jobs.stream.query import parse
from app.jobs.stream.settings import StreamSettings
from app.jobs.stream.shares import require_room, require_share
from app.jobs.stream.viewer import Viewer

LIMITS = StreamSettings.model_construct(max_streams=20, max_per_caller=3)
WIDE = StreamSettings.model_construct(max_streams=100, max_per_caller=3)


def following(*sensors: int) -> Filter:
    return Filter(parse({"sensores": ",".join(map(str, sensors))} if sensors else {}))


def viewer(caller: str, *clients: int, sensors: Filter | None = None) -> Viewer:
    one = Viewer(caller, sensors or following(), 0.0)
    one.clients = frozenset(clients)
    return one


def refusal(viewers: list[Viewer], caller: str, wanted: Filter, limits: StreamSettings = LIMITS) -> int:
    with pytest.raises(ApiError) as refused:
        require_room(viewers, caller, wanted, limits)
    return refused.value.status


# Seen to fail: without the bound of a caller, and of all.
def test_a_caller_has_some_streams_and_all_have_a_bound() -> None:
    mine = [viewer("a", 1) for _ in range(3)]
    assert refusal(mine, "a", following()) == 429
    require_room(mine, "b", following(), LIMITS)
    assert refusal([viewer(str(n), n) for n in range(1, 21)], "b", following()) == 503


# Seen to fail: with the sensors of one stream alone; without the bound of all.
def test_sensors_are_counted_over_all_streams_of_a_caller() -> None:
    open_ones = [viewer("a", 1, sensors=following(*range(1, 200)))]
    require_room(open_ones, "a", following(199, 200), LIMITS)
    assert refusal(open_ones, "a", following(200, 201)) == 429
    require_room(open_ones, "b", following(200, 201), LIMITS)
    crowd = [viewer(str(n), n, sensors=following(*range(n * 200, n * 200 + 200))) for n in range(1, 20)]
    require_room(crowd, "x", following(*range(4_000, 4_200)), WIDE)
    crowd.append(viewer("x", 50, sensors=following(*range(4_000, 4_200))))
    assert refusal(crowd, "y", following(9_999), WIDE) == 503


# Seen to fail: without the share of a client, of streams and of sensors.
def test_a_client_leaves_half_to_others_however_many_keys_it_has() -> None:
    mine = [viewer(f"key {n}", 1, *([3] if n % 2 else [])) for n in range(10)]
    require_share(mine, mine[-1], LIMITS)
    mine.append(viewer("key 10", 1))
    with pytest.raises(ApiError, match="half of all streams"):
        require_share(mine, mine[-1], LIMITS)
    other = viewer("other", 2)
    require_share([*mine, other], other, LIMITS)
    greedy = [viewer(f"k{n}", 1, sensors=following(*range(n * 200, n * 200 + 200))) for n in range(1, 11)]
    require_share(greedy, greedy[-1], WIDE)
    greedy.append(viewer("k11", 1, sensors=following(1)))
    with pytest.raises(ApiError, match="2,000 sensors"):
        require_share(greedy, greedy[-1], WIDE)
