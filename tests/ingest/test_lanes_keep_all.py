"""Floods, lost connections, refusals and kills in any order: whatever the broker took is stored.

The expectation is the count of what was published; it knows nothing of lanes.

Seen to fail: with identifiers of an earlier process taken for those of this one; where a lane that connects
again counts as silent; where a lane that was refused, or not asked for in time, stays at the broker.
"""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.db._strategies import examples
from tests.ingest._world import Clock, Hub, Process

PLACES = [(1, 7), (1, 7), (1, 8), (2, 9), (3, 5)]
_places = st.sampled_from(PLACES)
_numbers = st.integers(0, 9)
_mostly = st.sampled_from([True] * 4 + [False])


class Keeping(RuleBasedStateMachine):
    """See above."""

    def __init__(self) -> None:
        super().__init__()
        self._patch = pytest.MonkeyPatch()
        self._hub, self._clock, self._stored = Hub(), Clock(), set[int]()
        self._process = self._started()

    def _started(self) -> Process:
        return Process(self._hub, self._clock, self._stored, self._patch)

    @rule(place=_places, many=st.sampled_from([1, 3, 30, 60]))
    def publish(self, place: tuple[int, int], many: int) -> None:
        """A device publishes."""
        for _ in range(many):
            self._hub.publish(f"rastro/{place[0]}/x/{place[1]}/event")

    @rule(place=_places, other=_places, many=st.sampled_from([20, 60]))
    def flood(self, place: tuple[int, int], other: tuple[int, int], many: int) -> None:
        """A device publishes more than others, and somebody looks."""
        self.publish(other, 1)
        self.publish(place, many)
        self.deliver(many)
        self.look()

    @rule(many=st.sampled_from([1, 20, 200]))
    def deliver(self, many: int) -> None:
        """The broker sends to those who are connected."""
        for wire in self._process.wires:
            wire.deliver(many)

    @rule(which=_numbers, many=st.sampled_from([1, 50]))
    def deliver_one(self, which: int, many: int) -> None:
        """To one session."""
        self._wire(which).deliver(many)

    @rule(many=st.sampled_from([1, 20, 200]))
    def commit(self, many: int) -> None:
        """The database stores."""
        self._process.commit(many)

    @rule()
    def look(self) -> None:
        """At floods and lanes."""
        self._process.look()

    @rule(seconds=st.sampled_from([0.1, 2.0, 3.5, 40.0]))
    def wait(self, seconds: float) -> None:
        """Nothing happens."""
        self._clock.sleep(seconds)

    @rule(which=_numbers)
    def lose_a_connection(self, which: int) -> None:
        """It is made again when somebody looks."""
        self._wire(which).break_off()

    @rule(which=_numbers)
    def connect(self, which: int) -> None:
        """Where it was lost."""
        self._wire(which).look()

    @rule(is_up=_mostly, grants=_mostly)
    def change_the_broker(self, is_up: bool, grants: bool) -> None:
        """Whether it can be reached, and lets lanes read."""
        self._hub.is_up, self._hub.grants = is_up, grants
        if not is_up:
            for wire in self._process.wires:
                wire.break_off()

    @rule(stays=_mostly)
    def kill(self, stays: bool) -> None:
        """The process, and start another; seldom, as that ends all lanes."""
        if not stays:
            self._process.end()
            self._process = self._started()

    def _wire(self, which: int) -> object:
        wires = self._process.wires
        return wires[0] if which < 4 else wires[-1 - which % min(len(wires), 3)]

    def teardown(self) -> None:
        """In peace all is stored, and no lane is left."""
        self._hub.is_up = self._hub.grants = True
        for _ in range(40):
            self.look()
            for wire in self._process.wires:
                wire.look()
            self.deliver(1_000)
            self.commit(1_000)
            self._clock.sleep(2.0)
        self._patch.undo()
        assert self._stored == set(range(1, self._hub.published + 1))
        assert list(self._hub.sessions) == ["main"]
        assert not self._hub.sessions["main"].copies
        assert not self._hub.sessions["main"].sent
        assert (self._process.lanes.open, self._process.lanes.held) == (0, 0)


TestKeeping = Keeping.TestCase
# Nothing is made smaller: that takes minutes, as a process is started again and again.
TestKeeping.settings = settings(examples(120), stateful_step_count=40, phases=[Phase.generate])
