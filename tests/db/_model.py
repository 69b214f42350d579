"""What ingestion must do, in Python: elements one after the other become rows, verdicts and quarantine.

Written from the contract, not from the SQL. Distances come from geopy.
"""

import json
from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from geopy.distance import geodesic

from tests.db._element import Element, PositionKey, Rejected, Sent, understand
from tests.db._fleet import Fleet


class ReadingKey(NamedTuple):
    sensor: int
    time: datetime


class Position(NamedTuple):
    client: int
    site: int | None
    latitude: float | None
    longitude: float | None
    precision: float | None
    battery: Any
    inside: bool | None
    distance: Any  # metres; the model's own equal what is within 0.1 %


class Reading(NamedTuple):
    owner: PositionKey | None
    device: int
    client: int
    item: int | None
    number: float | None
    boolean: bool | None
    text: str | None
    quality: int


class Current(NamedTuple):
    """What is known of a device now: its latest report, coordinates and battery."""

    latest: PositionKey
    client: int
    latitude: float | None
    longitude: float | None
    precision: float | None
    inside: bool | None
    distance: Any
    coordinates_time: datetime | None
    coordinates_seq: int | None
    battery: float | None
    battery_time: datetime | None
    battery_seq: int | None


class Answer(NamedTuple):
    verdict: str
    error_code: str | None = None
    position: PositionKey | None = None


def canonical(element: object) -> str:
    """The same text for the same JSON."""
    return json.dumps(element, sort_keys=True)


class Model:
    """The state after some elements, for one caller who acts for `clients`."""

    def __init__(self, fleet: Fleet, clients: set[int]) -> None:
        self.fleet = fleet
        self.clients = clients
        self.positions: dict[PositionKey, Position] = {}
        self.readings: dict[ReadingKey, Reading] = {}
        self.quarantine: Counter[tuple[str, str]] = Counter()

    def ingest(self, elements: list[Any]) -> list[Answer]:
        """One verdict for each element, in order."""
        return [self.take(element) for element in elements]

    def take(self, element: Any) -> Answer:
        try:
            understood = understand(element, self.fleet, self.clients)
        except Rejected as rejection:
            code = str(rejection)
            told = "UNKNOWN_DEVICE" if code == "FORBIDDEN_DEVICE" else code
            self.quarantine[told, canonical(element)] += 1
            return Answer("rejected", told)
        if self._contradicted(understood):
            self.quarantine["CONFLICT", canonical(element)] += 1
            return Answer("conflict", "CONFLICT")
        return Answer("stored" if self._store(understood) else "duplicate", None, understood.key)

    def current(self) -> dict[int, Current]:
        devices = {key.device for key in self.positions}
        return {device: self._current(device) for device in devices}

    def _contradicted(self, element: Element) -> bool:
        """Something sent differs from what its key already holds."""
        known = self.positions.get(element.key) if element.key else None
        if known and element.coordinates not in (None, (known.latitude, known.longitude)):
            return True
        if known and element.battery not in (None, known.battery):
            return True
        if known and element.precision not in (None, known.precision):
            return True
        return any(_differs(sent, self.readings.get(_key(sent, element))) for sent in element.readings)

    def _store(self, element: Element) -> bool:
        """Whether anything new was in it."""
        before = len(self.positions) + len(self.readings)
        if element.key:
            self.positions.setdefault(element.key, position_of(element))
        for sent in element.readings:
            key, new = _key(sent, element), _reading_of(sent, element)
            known = self.readings.setdefault(key, new)
            self.readings[key] = known._replace(owner=min(known.owner, new.owner, key=_rank))
        return len(self.positions) + len(self.readings) > before

    def _current(self, device: int) -> Current:
        """The latest report, and the latest coordinates and battery known to the same client."""
        keys = sorted((key for key in self.positions if key.device == device), key=_order)
        client = self.positions[keys[-1]].client
        keys = [key for key in keys if self.positions[key].client == client]
        where = [key for key in keys if self.positions[key].latitude is not None]
        power = [key for key in keys if self.positions[key].battery is not None]
        place, charge = (found[-1] if found else None for found in (where, power))
        there = self.positions.get(place) if place else None
        return Current(
            latest=keys[-1],
            client=client,
            latitude=there and there.latitude,
            longitude=there and there.longitude,
            precision=there and there.precision,
            inside=there and there.inside,
            distance=there and there.distance,
            coordinates_time=place and place.time,
            coordinates_seq=place and place.seq,
            battery=self.positions[charge].battery if charge else None,
            battery_time=charge and charge.time,
            battery_seq=charge and charge.seq,
        )


def position_of(element: Element) -> Position:
    site = element.device.site
    distance = inside = None
    if element.coordinates and site and site.latitude is not None:
        metres = geodesic(element.coordinates, (site.latitude, site.longitude)).meters
        distance = pytest.approx(metres, rel=1e-3, abs=0.01)
        inside = None if site.radius is None else metres - (element.precision or 0) <= site.radius
    latitude, longitude = element.coordinates or (None, None)
    code = site.code if site else None
    return Position(
        client=element.device.client,
        site=code,
        latitude=latitude,
        longitude=longitude,
        precision=element.precision,
        battery=element.battery,
        inside=inside,
        distance=distance,
    )


def _reading_of(sent: Sent, element: Element) -> Reading:
    item = sent.sensor.item if sent.item is None else sent.item
    device = element.device
    return Reading(element.key, device.code, device.client, item, *sent.values, sent.quality or 0)


def _key(sent: Sent, element: Element) -> ReadingKey:
    return ReadingKey(sent.sensor.code, element.time)


def _differs(sent: Sent, known: Reading | None) -> bool:
    if known is None:
        return False
    other_item = sent.item not in (None, known.item)
    other_quality = sent.quality not in (None, known.quality)
    return sent.values != (known.number, known.boolean, known.text) or other_item or other_quality


def _rank(owner: PositionKey | None) -> tuple[bool, bool, int]:
    """Who owns a reading: with a position before without, then the lowest nrSeq, null first."""
    return (owner is None, *_order_of_seq(owner.seq if owner else None))


def _order(key: PositionKey) -> tuple[datetime, bool, int]:
    return (key.time, *_order_of_seq(key.seq))


def _order_of_seq(seq: int | None) -> tuple[bool, int]:
    return seq is not None, seq or 0
