"""When a flood gets a lane, and what its copies are then. Comments name changes that make a test fail."""

import time
from collections.abc import Sequence
from typing import Any

import pytest

from app.ingest import lanes
from app.ingest.acks import Acks
from app.ingest.coverage import Coverage
from app.ingest.lanes import LANES, Lanes
from app.ingest.settings import GatewaySettings
from app.ingest.stop import Stop
from app.ingest.turns import Turns
from app.readings.topics import Topic
from tests.ingest._messages import message


class Session:
    """As a Broker whose broker grants everything at once; says what was asked of it."""

    def __init__(self, name: str, filters: Sequence[str], *, resumed: bool = False) -> None:
        self.name, self.filters, self.asked = name, list(filters), []  # type: tuple[str, list[str], list[Any]]
        self.connected, self.connections, self.came, self.identifier = True, 1, 1e18, 0
        self.resumed, self.refused, self.place, self.is_covered = resumed, False, None, None
        self.acks = Acks(lambda _mids: None, 10)

    def start(self) -> None:
        self.asked.append("start")

    def subscribed(self, _wait_s: float) -> bool:
        return True

    def subscribe(self, identifier: int = 0) -> None:
        self.identifier = identifier
        self.asked.append(("subscribe", bool(identifier)))

    def unsubscribe(self, filters: Sequence[str] = ()) -> None:
        self.asked.append(("unsubscribe", *filters))

    def leave(self, *, forget: bool = False) -> None:
        self.asked.append(("leave", forget))


class World:
    def __init__(self, *, resumed: bool = False) -> None:
        self.sessions: list[Session] = []
        self.main, self.queue = Session("main", ()), Turns()

        def opened(name: str, filters: Sequence[str], _most: int) -> Any:
            self.sessions.append(Session(name, filters, resumed=resumed and name.endswith("lane-2")))
            return self.sessions[-1]

        settings = GatewaySettings.model_construct(broker="mqtt://127.0.0.1:1883", queue=160)
        main: Any = self.main
        self.lanes = Lanes(settings, main, [self.queue], opened, Stop(1))
        self.lanes.step()

    def wait(self, client: int, device: int, many: int) -> None:
        made = [message(n) for n in range(many)]
        for one in made:
            one.place, one.arrived = Topic(client, device, "telem"), 1e18
        self.queue.put(made)

    def covers(self, client: int, device: int) -> bool:
        return self.lanes._coverage.holds(Topic(client, device, "telem"), self.main.identifier)


# Fails when whoever has much waiting gets a lane, however alone it is.
def test_who_harms_nobody_gets_no_lane() -> None:
    world = World()
    world.wait(1, 7, 100)
    world.lanes.step()
    assert (world.lanes.open, world.sessions) == (0, [])


# Seen to fail: with the heaviest first, which is the client, as soon as a sibling has a message that waits.
def test_the_siblings_of_a_device_that_floods_are_not_in_its_lane() -> None:
    world = World()
    world.wait(1, 7, 100)
    world.wait(1, 8, 1)
    world.wait(2, 1_001, 1)
    world.lanes.step()
    assert world.lanes.open == 1
    assert (world.covers(1, 7), world.covers(1, 8)) == (True, False)


# Seen to fail: with a lane for each device that floods; with none for a client one of whose devices has one.
def test_a_client_has_a_lane_for_one_device_and_one_for_the_others() -> None:
    world = World()
    world.wait(2, 1_001, 1)
    for device, many, opened in ((7, 11, 1), (8, 12, 1), (9, 14, 2), (10, 200, 2)):
        world.wait(1, device, many)
        world.lanes.step()
        assert world.lanes.open == opened, device
    assert [one.filters[0] for one in world.sessions] == ["rastro/1/+/7/telem", "rastro/1/+/+/telem"]
    world.wait(2, 1_001, 1_000)
    world.lanes.step()
    assert world.sessions[-1].filters[0] == "rastro/2/+/1001/telem"


# Fails when the own session subscribes again before the lane does: what comes between would be nowhere.
def test_a_device_that_floods_gets_a_lane_and_its_copies_are_left_to_it() -> None:
    world = World()
    world.wait(2, 8, 1)
    world.wait(1, 7, 100)
    before = world.main.identifier
    world.lanes.step()
    (lane,) = world.sessions
    assert lane.filters == [f"rastro/1/+/7/{kind}" for kind in ("telem", "ack", "event")]
    assert lane.asked == ["start"]
    assert world.main.asked == [("subscribe", True)]
    assert world.covers(1, 7)
    assert not world.covers(1, 6)
    assert not world.lanes._coverage.holds(Topic(1, 7, "telem"), before)
    assert not world.lanes._coverage.holds(Topic(1, 7, "telem"), 0), "routed without an identifier"
    world.lanes.step()
    assert world.lanes.open == 1, "one is enough"


# Fails with lanes for devices alone.
def test_a_client_whose_devices_flood_together_gets_a_lane() -> None:
    world = World()
    world.wait(2, 8, 1)
    for device in range(100, 150):
        world.wait(1, device, 2)
    world.lanes.step()
    (lane,) = world.sessions
    assert lane.filters[0] == "rastro/1/+/+/telem"
    assert world.covers(1, 149)
    assert not world.covers(2, 8)


# Fails when all that wait get lanes while the database is slow.
def test_when_everybody_waits_nobody_gets_a_lane() -> None:
    world = World()
    for device in range(8):
        world.wait(device, device, 20)
    world.lanes.step()
    assert world.lanes.open == 0


# Fails when the lane's topics are given up before the own session has them again.
def test_a_silent_lane_is_closed_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.wait(2, 8, 1)
    world.wait(1, 7, 100)
    world.lanes.step()
    (lane,) = world.sessions
    inside = world.main.identifier
    lane.came = 0.0
    world.lanes.step()
    assert lane.asked[1:] == [("unsubscribe",)]
    assert not world.covers(1, 7), "what is routed from now on is stored"
    assert world.lanes._coverage.holds(Topic(1, 7, "telem"), inside), "what was routed before is in the lane"
    lane.came = 0.0
    while len(world.queue):
        world.queue.get(0)
    world.lanes.step()
    assert lane.asked[2:] == [("leave", True)]
    assert (world.lanes.open, world.main.asked[-1]) == (0, ("subscribe", False))


# Fails when the range stays open: the broker may have lost the lane in the same restart.
def test_after_a_reconnect_copies_are_stored_until_the_lane_is_covered_again() -> None:
    world = World()
    world.wait(2, 8, 1)
    world.wait(1, 7, 100)
    world.lanes.step()
    (lane,) = world.sessions
    world.main.connections, world.main.identifier = 2, 0
    assert not world.covers(1, 7)
    lane.connected = False
    world.lanes.step()
    assert not world.covers(1, 7), "not while the lane is away"
    lane.connected = True
    world.lanes.step()
    assert world.covers(1, 7)


# Fails when only lanes of this process are known: what an earlier one has left there would never be stored.
def test_a_lane_from_before_is_emptied_and_ended() -> None:
    world = World(resumed=True)
    world.lanes._look_for_old_ones()
    assert [one.asked[-1] for one in world.sessions] == [
        ("leave", True), ("leave", True), "start", ("leave", True),
    ]  # fmt: skip
    old = world.sessions[2]
    old.place = Topic(1, 7, "telem")
    world.lanes.step()
    assert ("unsubscribe", *(f"rastro/1/+/7/{kind}" for kind in ("telem", "ack", "event"))) in old.asked
    assert not world.covers(1, 7)
    old.came = 0.0
    world.lanes.step()
    assert (old.asked[-1], world.lanes.open) == (("leave", True), 0)


# Seen to fail: when a slot is given up before the broker has answered; what it keeps there is never stored.
def test_whether_there_is_a_lane_from_before_is_asked_until_the_broker_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "_GRANT_S", 0.0)
    world = World()
    monkeypatch.setattr(Session, "start", lambda one: setattr(one, "resumed", None))
    world.lanes._look_for_old_ones()
    world.lanes.step()
    assert [one.asked for one in world.sessions] == [[]] * LANES
    for number, one in enumerate(world.sessions):
        one.resumed, one.came = number == 3, time.monotonic()
    world.lanes.step()
    assert [one.asked for one in world.sessions] == [[("leave", True)]] * 3 + [[]]
    assert world.lanes.open == 1
    world.sessions[3].came = 0.0
    world.lanes.step()
    assert (world.sessions[3].asked, world.lanes.open) == ([("leave", True)], 0)


# Seen to fail: with a session that stays at the broker, which fills it with what nobody reads.
def test_a_lane_that_is_refused_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(Session, "subscribed", lambda *_: False)
    world.wait(2, 8, 1)
    world.wait(1, 7, 100)
    world.lanes.step()
    assert (world.sessions[0].asked, world.lanes.open) == (["start", ("leave", True)], 0)


# Seen to fail: without the look at the latest one. A gateway that was killed in a flood begins with a lower
# number, and its own session still has copies that no lane has: they were acknowledged and never stored.
def test_identifiers_of_an_earlier_process_are_in_no_range() -> None:
    coverage = Coverage()
    coverage.open((1, 7), 10)
    coverage.open((1, 8), 12)
    place = Topic(1, 7, "telem")
    assert [coverage.holds(place, n) for n in (10, 11, 12, 13, 5_000)] == [True, True, True, False, False]
    coverage.close((1, 7), 14)
    assert [coverage.holds(place, n) for n in (12, 13, 14)] == [True, True, False]


def test_there_are_not_more_lanes_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LANES", 2)
    world = World()
    for client in range(1, 4):
        world.wait(client, client, 100)
    for _ in range(5):
        world.lanes.step()
    assert world.lanes.open == 2 < LANES


def test_a_range_that_is_opened_again_forgets_the_one_before() -> None:
    coverage = Coverage()
    coverage.open((1, 7), 10)
    coverage.close((1, 7), 20)
    coverage.open((1, None), 30)
    place = Topic(1, 7, "ack")
    assert [coverage.holds(place, n) for n in (9, 10, 19, 20, 29, 30)] == [
        False,
        True,
        True,
        False,
        False,
        True,
    ]
    coverage.clear()
    assert not coverage.holds(place, 15)
