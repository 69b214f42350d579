"""Lanes: a flooding device, or client, gets a session of its own at the broker.

A broker hands a session its messages in the order in which they came, and at most 65,535 that are not
acknowledged. One device that publishes faster than the database stores would fill that, and everybody else
would wait. So when too many messages of one device wait here (or of one client):

1. a second session, the lane, subscribes to its topics;
2. the gateway's own session subscribes again, to the same topics under a new subscription identifier: what
   carries it was routed after the lane existed, so the lane has it, too;
3. such copies are acknowledged at once in the gateway's own session, which so stays short, and the broker
   keeps the flood in the lane. The lane takes a small number of messages at a time.

When the lane is silent, the same steps are taken back. What is routed in between comes twice and is stored
once, as everything that comes again. A lane outlives a crash at the broker: each start looks for those of
before and empties them. Nothing is acknowledged that neither the database nor a lane has.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.readings import topics

from .broker import Broker
from .coverage import LARGEST, Coverage, Place
from .floods import Floods
from .settings import GatewaySettings
from .stop import Stop
from .turns import Load, Turns

_log = logging.getLogger("app.ingest")
LANES = 4  # at once; with more floods than that nobody has the right of way
_MOST = 1_000  # messages of a lane that are held here
_LOOK_S = 0.1
_GRANT_S = 5.0  # how long the broker may take to grant a subscription
_SILENT_S = 3.0  # a lane without messages for so long is closed
_PAUSE_S = 30.0  # after a lane that could not be opened


@dataclass
class _Lane:
    slot: int
    broker: Broker
    place: Place | None  # None: found at the start, from before
    connections: int = 0
    closing: bool = False


class Lanes(threading.Thread):
    """Opens, watches and closes them."""

    def __init__(
        self,
        settings: GatewaySettings,
        main: Broker,
        queues: Sequence[Turns],
        open_session: Callable[[str, Sequence[str], int], Broker],
        stop: Stop,
    ) -> None:
        super().__init__(name="lanes", daemon=True)
        self._settings, self._main = settings, main
        self._open_session, self._ending = open_session, stop
        self._floods = Floods(queues, settings.queue)
        self._lanes: dict[int, _Lane] = {}
        self._coverage = Coverage()
        self._identifier = random.randrange(1, LARGEST // 2)  # unlike those of an earlier process
        self._connections = 0
        self._paused_until = 0.0
        self.opened = 0
        main.is_covered = self._coverage.holds

    @property
    def open(self) -> int:
        """Number of lanes at this moment."""
        return len(self._lanes)

    @property
    def held(self) -> int:
        """Messages of lanes that are here and not yet acknowledged."""
        return sum(lane.broker.acks.held for lane in list(self._lanes.values()))

    def run(self) -> None:
        """Run until asked to stop."""
        try:
            while not self._main.subscribed(_LOOK_S):
                if self._ending.asked.is_set():
                    return
            self._look_for_old_ones()
            while not self._ending.asked.wait(_LOOK_S):
                self.step()
        except Exception:  # a defect; the process ends by it
            _log.exception("lanes_failed")
            self._ending.failed.set()

    def leave(self) -> None:
        """Disconnect all; the broker keeps what they have not acknowledged."""
        for lane in list(self._lanes.values()):
            lane.broker.leave()

    def take_no_more(self) -> None:
        """Leave what arrives from now on to the broker."""
        for lane in list(self._lanes.values()):
            lane.broker.take_no_more()

    def step(self) -> None:
        """Look once: at connections that were lost, at floods, at lanes that are silent."""
        if self._main.connections != self._connections:
            self._connections = self._main.connections
            self._coverage_ends()
        for lane in list(self._lanes.values()):
            if lane.place is None and lane.broker.resumed is False:
                self._forget(lane)
                continue
            if lane.place is None:
                self._recognise(lane)
            elif not lane.closing and lane.broker.connections != lane.connections:
                self._cover(lane)
            if self._is_silent(lane) or (lane.broker.refused and not lane.closing):
                self._close(lane)
        if time.monotonic() < self._paused_until or len(self._lanes) >= LANES:
            return
        if load := self._floods.found({lane.place for lane in self._lanes.values() if lane.place}):
            self._open(load)

    def _open(self, load: Load) -> None:
        slot = next(slot for slot in range(LANES) if slot not in self._lanes)
        place = (load.client, load.device)
        lane = _Lane(slot, self._session(slot, self._filters(place)), place)
        lane.broker.start()
        if not lane.broker.subscribed(_GRANT_S):
            _log.error("lane_refused", extra={"fields": {"client": load.client, "device": load.device}})
            lane.broker.leave(forget=True)  # or the broker would keep for it what it grants later
            self._paused_until = time.monotonic() + _PAUSE_S
            return
        self._lanes[slot] = lane
        self.opened += 1
        self._cover(lane)
        fields = {"client": load.client, "device": load.device, "waiting": load.waiting}
        _log.warning("lane_opened", extra={"fields": fields})

    def _cover(self, lane: _Lane) -> None:
        """Leave to the lane what is routed from now on; try again at the next look if that fails."""
        assert lane.place is not None
        connections = lane.broker.connections
        if lane.broker.connected and (since := self._renewed()):
            self._coverage.open(lane.place, since)
            lane.connections = connections

    def _renewed(self) -> int:
        """The identifier of what is routed to the gateway's own session from now on; 0 if it has none."""
        self._identifier = self._identifier % LARGEST + 1
        if not self._main.connected:
            return 0
        self._main.subscribe(self._identifier)
        end = time.monotonic() + _GRANT_S
        while self._main.identifier != self._identifier:
            if time.monotonic() > end or not self._main.connected:
                return 0
            time.sleep(0.01)
        return self._identifier

    def _coverage_ends(self) -> None:
        """The own session connected again: what is routed now has no identifier until lanes are covered."""
        for lane in self._lanes.values():
            lane.connections = 0

    def _is_silent(self, lane: _Lane) -> bool:
        if not lane.broker.connected or lane.broker.acks.held:
            return False
        return time.monotonic() - lane.broker.came > _SILENT_S

    def _close(self, lane: _Lane) -> None:
        """Take its topics back, then let the broker forget it."""
        if lane.place is not None and not lane.closing:
            until = self._renewed()
            if not until:
                return
            self._coverage.close(lane.place, until)
            lane.broker.unsubscribe()
            lane.broker.came = time.monotonic()  # what came before that is written first
            lane.closing = True
            return
        self._forget(lane)
        _log.info("lane_closed", extra={"fields": {"slot": lane.slot}})
        if not self._lanes and self._main.connected:
            self._main.subscribe()  # identifiers cost a little for each message

    def _forget(self, lane: _Lane) -> None:
        lane.broker.leave(forget=True)
        del self._lanes[lane.slot]

    def _look_for_old_ones(self) -> None:
        """Lanes that an earlier process left at the broker hold messages: empty them, then end them.

        Where the broker does not say in time whether there is one, it is asked until it does.
        """
        self._lanes = {slot: _Lane(slot, self._session(slot, ()), None) for slot in range(LANES)}
        for lane in self._lanes.values():
            lane.broker.start()
        end = time.monotonic() + _GRANT_S
        for lane in list(self._lanes.values()):
            while lane.broker.resumed is None and time.monotonic() < end:
                time.sleep(0.01)
            if lane.broker.resumed:
                _log.warning("lane_resumed", extra={"fields": {"slot": lane.slot}})
            elif lane.broker.resumed is None:
                _log.error("lane_refused", extra={"fields": {"slot": lane.slot}})
            else:
                self._forget(lane)

    def _recognise(self, lane: _Lane) -> None:
        """The topics of a lane from before, known by its first message: no more of them."""
        if lane.broker.place and not lane.closing:
            client, device = lane.broker.place.client, lane.broker.place.device
            for place in ((client, device), (client, None)):
                lane.broker.unsubscribe(self._filters(place))
            lane.closing = True

    def _session(self, slot: int, filters: Sequence[str]) -> Broker:
        name = f"{self._settings.client_id}-{self._settings.number}-lane-{slot}"
        return self._open_session(name, filters, _MOST)

    def _filters(self, place: Place) -> list[str]:
        """In the group of the gateways, too: a share belongs to its name and its filter (MQTT 5, 4.8.2)."""
        return topics.filters(self._settings.prefix, self._settings.group, *place)
