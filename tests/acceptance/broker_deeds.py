"""Anything that devices may try at the broker, and which of it may reach whom.

The expectation knows DESIGN §7 and the protocol, nothing of the product: a device publishes to
rastro/<client>/<site>/<device>/<kind> of its own, and reads nothing.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from tests.acceptance.mqtt_session import (
    PUBACK,
    PUBLISH,
    SUBACK,
    UNSUBACK,
    V5,
    Answer,
    Hello,
    Session,
    Will,
)

Message = tuple[bytes, bytes]
"""Topic and payload."""
SELF, CLIENT, DEVICE = b"<login>", b"<client>", b"<device>"  # of whoever acts
ALIASES, LARGEST = 10, 262_000  # of the broker: what topics may be abbreviated, and bytes of a packet
KINDS = (b"telem", b"ack", b"event")
_numbers = count(1)


@dataclass(frozen=True)
class Actor:
    """A login of a device."""

    user: str
    secret: str
    client: int
    device: int

    def own(self, site: bytes = b"loja", kind: bytes = b"event") -> bytes:
        return b"/".join((b"rastro", str(self.client).encode(), site, str(self.device).encode(), kind))

    def owns(self, topic: bytes) -> bool:
        """Whether it may publish there."""
        site = topic.split(b"/")[2] if topic.count(b"/") == 4 else b"+"
        return not {b"+"[0], b"#"[0]} & set(site) and any(topic == self.own(site, kind) for kind in KINDS)

    def filled(self, text: bytes) -> bytes:
        """With its own names."""
        for name, mine in ((SELF, self.user), (CLIENT, self.client), (DEVICE, self.device)):
            text = text.replace(name, str(mine).encode())
        return text[:65_535]


@dataclass
class Ledger:
    """What must arrive where gateways read, once, and what may, at most once; all else never."""

    must: Counter[Message] = field(default_factory=Counter)
    live: Counter[Message] = field(default_factory=Counter)
    """At QoS 0: must arrive where somebody is connected."""
    may: Counter[Message] = field(default_factory=Counter)
    kept: dict[bytes, bool] = field(default_factory=dict)
    """Topics with a retained message; False where that is not certain."""

    def note(self, topic: bytes, payload: bytes, qos: int, *, certain: bool, retain: bool) -> None:
        """The broker has taken this from a device that may publish there."""
        kind = (self.must if qos else self.live) if certain else self.may
        kind[topic, payload] += 1
        if retain and not certain:
            self.kept[topic] = False
        elif retain and payload:
            self.kept[topic] = True
        elif retain:
            self.kept.pop(topic, None)

    def missing(self, seen: Counter[Message], *, live: bool = True) -> Counter[Message]:
        """What has not arrived, where somebody was connected all the time (``live``) or not."""
        return (self.must + self.live if live else self.must) - seen

    def surplus(self, seen: Counter[Message]) -> Counter[Message]:
        """What nobody may send, or not so often."""
        return seen - self.must - self.live - self.may

    def check_kept(self, topics: Iterable[bytes]) -> None:
        """These topics have a retained message."""
        found = set(topics)
        assert {topic for topic, certain in self.kept.items() if certain} <= found <= set(self.kept)


def payload() -> bytes:
    """An event unlike any other."""
    now = datetime.now(UTC).isoformat()
    return json.dumps({"schema": "v1", "event_type": f"n{next(_numbers)}", "ts": now}).encode()


@dataclass(frozen=True)
class Publish:
    """A message; ``size``: None for an event, else so many bytes."""

    topic: bytes
    qos: int
    retain: bool
    alias: int
    expiry_s: int | None
    size: int | None


@dataclass(frozen=True)
class Subscribe:
    """Filters in one packet, to be read or, ``leaves``, to be given up."""

    filters: tuple[bytes, ...]
    qos: int
    leaves: bool


@dataclass(frozen=True)
class Sitting:
    """A connection from its CONNECT to its end. ``login``: None for that of the device itself."""

    actor: int
    at_gateways: bool
    login: tuple[bytes | None, bytes | None] | None
    client_id: bytes
    protocol: int
    clean: bool
    expiry_s: int
    will: Publish | None
    delay_s: int | None
    deeds: tuple[Publish | Subscribe, ...]
    end: str


class Visit:
    """A sitting of a device, and what the broker makes of it, written in the ledger."""

    def __init__(self, sitting: Sitting, actor: Actor, ports: tuple[int, int], ledger: Ledger) -> None:
        self._sitting, self.actor, self._ledger = sitting, actor, ledger
        self._aliases: dict[int, bytes] = {}
        self._deeds = iter(sitting.deeds)
        self._last = payload()
        login = sitting.login or (actor.user.encode(), actor.secret.encode())
        will = (
            None
            if sitting.will is None
            else Will(
                actor.filled(sitting.will.topic),
                self._last,
                sitting.will.qos,
                sitting.will.retain,
                sitting.delay_s,
            )
        )
        user, secret = (None if one is None else actor.filled(one) for one in login)
        self._hello = Hello(
            ports[sitting.at_gateways], user, secret, actor.filled(sitting.client_id),
            sitting.protocol, sitting.clean, sitting.expiry_s, will,
        )  # fmt: skip
        self.session = Session(self._hello)
        self.is_replaced = False
        """A later one of the same login has pushed it out."""
        self._check_admission()

    def _check_admission(self) -> None:
        hello, mine = self._hello, self.actor.user.encode()
        if self._sitting.login or (self._sitting.at_gateways and hello.client_id != mine):
            assert not self.session.accepted, hello
        elif is_plain(hello.client_id) and (hello.client_id or hello.clean) and self._has_proper_will():
            assert self.session.accepted, hello

    def _has_proper_will(self) -> bool:
        will = self._hello.will
        return not will or (self.actor.owns(will.topic) and is_plain(will.topic) and will.qos < 2)

    def act(self) -> bool:
        """Its next deed; False if there is none."""
        deed = next(self._deeds, None)
        if deed is None or self.session.ended:
            return False
        answers = self._publish(deed) if isinstance(deed, Publish) else self._subscribe(deed)
        assert not [one for one in answers if one.kind == PUBLISH], "a device reads nothing"
        return True

    def _subscribe(self, deed: Subscribe) -> list[Answer]:
        filters = [self.actor.filled(one) for one in deed.filters]
        session = self.session
        answers = session.unsubscribe(*filters) if deed.leaves else session.subscribe(*filters, qos=deed.qos)
        for one in answers:
            if one.kind == SUBACK:
                codes = session.codes(one)
                assert [code >= 0x80 for code in codes] == [True] * len(filters), filters
            if one.kind == UNSUBACK and session.protocol == V5:
                assert 0 not in session.codes(one), filters
        return answers

    def _publish(self, deed: Publish) -> list[Answer]:
        topic = self.actor.filled(deed.topic)
        body = payload() if deed.size is None else b"x" * deed.size
        alias = deed.alias if self.session.protocol == V5 else 0
        expiry = deed.expiry_s if self.session.protocol == V5 else None
        answers = self.session.publish(
            topic, body, deed.qos, retain=deed.retain, alias=alias, expiry_s=expiry
        )
        resolved = topic or self._aliases.get(alias, b"")
        if alias and topic:
            self._aliases[alias] = topic
        if deed.qos == 2 and not self._sitting.at_gateways:
            assert self.session.ended, "messages could wait half-sent"
            return answers  # not in the ledger: nothing of it may arrive
        self._note(deed, resolved, body, answers, usual=bool(topic) and is_plain(topic))
        return answers

    def _note(
        self, deed: Publish, topic: bytes, body: bytes, answers: Sequence[Answer], *, usual: bool
    ) -> None:
        codes = [self.session.codes(one)[0] for one in answers if one.kind == PUBACK]
        taken = codes[0] < 0x80 if codes else (deed.qos == 0 and not self.session.ended)
        if not self.actor.owns(topic):
            assert not (taken and codes and self.session.protocol == V5), topic
            return
        if usual and deed.qos < 2 and deed.alias <= ALIASES and len(body) < LARGEST and not self.is_replaced:
            assert taken, topic
        if codes and codes[0] >= 0x80:
            return
        certain = taken and usual and deed.expiry_s is None
        self._ledger.note(topic, body, deed.qos, certain=certain, retain=deed.retain)

    def end(self) -> None:
        """As the sitting says; the will, where it is the device's own, must arrive or may not."""
        if not self.session.accepted:
            return
        self.session.exchange()  # it may have been replaced by another of this login
        was_open, will = not self.session.ended, self._hello.will
        how = self._sitting.end if was_open else "lost"
        if how == "leaves":
            self.session.leave()
        elif how == "asks for its will":
            self.session.leave(4)
        else:
            self.session.close()
        if not will or not self.actor.owns(will.topic):
            return
        asked = how == "vanishes" or (how == "asks for its will" and self.session.protocol == V5)
        if asked or how == "lost":
            certain = asked and is_plain(will.topic) and will.delay_s is None
            self._ledger.note(will.topic, will.payload, will.qos, certain=certain, retain=will.retain)


def is_plain(text: bytes) -> bool:
    """UTF-8 that every broker takes (MQTT 5, 1.5.4)."""
    try:
        found = text.decode()
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(one) == "Cc" or _is_no_character(ord(one)) for one in found)


def _is_no_character(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
