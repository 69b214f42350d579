"""Devices of two clients try anything at a real Mosquitto, beside gateways and devices that only publish.

What Hypothesis makes up: logins, client ids, wills, topics, filters and retained messages, of several
connections at a time. See broker_deeds for what is expected.

Seen to fail: with + for the device or the client in the role, and with one more kind of topic in it; without
clientid in dynamic-security.json; with subscriptions allowed by default.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests.acceptance.broker_deeds import KINDS, Actor, Ledger, Message, Sitting, Visit, payload
from tests.acceptance.broker_plans import sittings
from tests.acceptance.gateway import GATEWAYS, PUBLISHERS, TRUSTED_KEY, Stage, staged
from tests.acceptance.gateway import Publisher as Field
from tests.acceptance.mqtt_session import PUBLISH, Hello, Session
from tests.acceptance.senders import until
from tests.acceptance.test_broker import SEES, _roles, known
from tests.db._strategies import examples
from tests.http import callers

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "broker-deeds"
    with only_one("broker-deeds"):
        shutil.rmtree(folder, ignore_errors=True)
        with staged(folder) as found:
            found.trust(TRUSTED_KEY)
            yield found
        shutil.rmtree(folder)


class World:
    """Those whom nothing may harm: two devices, who sees all, and a gateway's session that is away."""

    def __init__(self, stage: Stage, neighbours: Sequence[Actor], field: Field) -> None:
        self.ports = (stage.broker.port, stage.broker.gateway_port)
        self._field = field
        self._neighbours = [(one, Session(_hello(self.ports[0], one.user, one.secret))) for one in neighbours]
        self._observer = Session(_hello(self.ports[1], *SEES, b"observer"))
        self._writer = Session(_hello(self.ports[1], "field", PUBLISHERS["field"], b"writer"))
        assert [one.accepted for one in self._all()] == [True] * 4
        self._observer.subscribe(b"rastro/#")
        with self._away() as session:
            session.subscribe(*(b"rastro/+/+/+/" + kind for kind in KINDS))
        self.history = Ledger()
        self.late: Counter[Message] = Counter()

    def play(self, plan: Sequence[Sitting], actors: Sequence[Actor]) -> None:
        """Several sittings at a time, and what came of it."""
        ledger, seen = Ledger(), Counter[Message]()
        self._clear()
        visits: list[Visit] = []
        for sitting in plan:
            visit = Visit(sitting, actors[sitting.actor], self.ports, ledger)
            for one in visits:
                one.is_replaced |= visit.session.accepted and one.actor == visit.actor
            visits.append(visit)
            self._publish(ledger)
        while sum(visit.act() for visit in visits):
            self._publish(ledger)
        self._field.send(1)
        for visit in visits:
            visit.end()
        self._publish(ledger)
        self._check(ledger, seen)
        for mine, all_time in (
            (ledger.must, self.history.must),
            (ledger.live + ledger.may, self.history.may),
        ):
            all_time.update(mine)

    def _check(self, ledger: Ledger, seen: Counter[Message]) -> None:
        def look() -> bool:
            seen.update(self._heard(self._observer))
            return not ledger.missing(seen)

        with suppress(AssertionError):
            until(look, 5)  # the broker finds out later who has vanished
        seen = self._but_of_the_field(seen)
        assert not ledger.missing(seen), "lost"
        assert not self._surplus(ledger, seen), "nobody may send that, or not so often"
        with self._away() as session:
            assert session.resumed, "its session is gone"
            kept = self._but_of_the_field(self._heard(session))
        assert not ledger.missing(kept, live=False), "lost"
        assert not self._surplus(ledger, kept), "nobody may send that, or not so often"
        ledger.check_kept(self._kept())
        assert [one.ended for one in self._all()] == [False] * 4

    def _surplus(self, ledger: Ledger, seen: Counter[Message]) -> Counter[Message]:
        """Beside wills of earlier turns, which may come late."""
        return ledger.surplus(seen) - self.history.may

    def _clear(self) -> None:
        """Nothing is retained, and what arrived late is not of this example."""
        for topic in self._kept():
            self._writer.publish(topic, b"", 0, retain=True)
        found = self._heard(self._observer)
        self.late += Counter({one: times for one, times in self._but_of_the_field(found).items() if one[1]})
        with self._away():
            pass

    def _publish(self, ledger: Ledger) -> None:
        for one, session in self._neighbours:
            topic, body = one.own(), payload()
            (answer,) = session.publish(topic, body)
            assert session.codes(answer)[0] < 0x80
            ledger.note(topic, body, 1, certain=True, retain=False)

    def _kept(self) -> set[bytes]:
        """Topics with a retained message."""
        looker = Session(_hello(self.ports[1], *SEES, b"looker"))
        answers = looker.subscribe(b"rastro/#", qos=0)
        looker.leave()
        return {looker.message(one)[0] for one in answers if one.kind == PUBLISH and one.flags & 1}

    @contextmanager
    def _away(self) -> Iterator[Session]:
        """The session that is away most of the time."""
        session = Session(_hello(self.ports[1], *SEES, b"away", clean=False, expiry_s=3_600))
        yield session
        session.exchange()
        session.leave()

    def _heard(self, session: Session) -> Counter[Message]:
        return Counter(session.message(one)[:2] for one in session.exchange() if one.kind == PUBLISH)

    @staticmethod
    def _but_of_the_field(seen: Counter[Message]) -> Counter[Message]:
        """Readings of the publisher are looked for in the database."""
        return Counter({one: times for one, times in seen.items() if b"/field/" not in one[0]})

    def _all(self) -> list[Session]:
        return [*(session for _, session in self._neighbours), self._observer, self._writer]


def _hello(port: int, user: str, secret: str, client_id: bytes = b"", **more: object) -> Hello:
    return Hello(port, user.encode(), secret.encode(), client_id, **more)  # type: ignore[arg-type]


def test_whatever_devices_try_others_get_what_is_theirs_once(stage: Stage) -> None:
    theirs = sorted(device for device, client in stage.clients.items() if client == 2)
    places = [(6, 1), (7, 1), (theirs[0], 2), (5, 1), (theirs[2], 2)]
    logins = known(stage, 6, 7) + known(stage, theirs[0], admin=callers.OTHER_ADMIN)
    logins += known(stage, 5) + known(stage, theirs[2], admin=callers.OTHER_ADMIN)
    found = [Actor(*login, client, device) for login, (device, client) in zip(logins, places, strict=True)]
    actors, neighbours = found[:3], found[3:]
    with stage.gateways(2, RASTRO_GATEWAY_KEY=TRUSTED_KEY) as gateways, stage.publishing() as (field,):
        world = World(stage, neighbours, field)
        names = [*GATEWAYS, *PUBLISHERS, "broker-acl", *(one.user for one in neighbours), *stage.client_ids()]
        filters = [acl["topic"] for acls in _roles(stage).values() for acl in acls]

        @settings(examples(150), phases=[Phase.generate])  # the world remembers: there is nothing to shrink
        @given(st.lists(sittings(actors, names, filters), min_size=1, max_size=3))
        def play(plan: list[Sitting]) -> None:
            world.play(plan, actors)

        play()
        assert not world.history.surplus(world.late)
        assert [one.value("ingest_broker_connected") for one in gateways] == [1, 1], "nobody was pushed out"
        field.settle()
        _check_stored(stage, found, world.history)


def _events(messages: Counter[Message]) -> set[tuple[int, int, str]]:
    """Client, device and type of events."""
    parts = [
        (topic.split(b"/"), body)
        for topic, body in messages
        if topic.endswith(b"/event") and body[:1] == b"{"
    ]
    return {(int(topic[1]), int(topic[3]), json.loads(body)["event_type"]) for topic, body in parts}


def _check_stored(stage: Stage, actors: Sequence[Actor], history: Ledger) -> None:
    """Events are in the database once, for those whose topics they came by."""

    def stored() -> set[tuple[int, int, str]]:
        with stage.cursor() as cursor:
            cursor.execute('select "cdCliente", "cdDispositivo", "dsTipo" from "TbEventoDispositivo"')
            return set(cursor.fetchall())

    must, may = _events(history.must), _events(history.may)
    with suppress(AssertionError):
        until(lambda: must <= stored())
    assert must <= stored() <= must | may
    with stage.cursor() as cursor:
        cursor.execute('select "cdCliente", "cdDispositivo" from "TbIngestaoErro"')
        assert set(cursor.fetchall()) <= {(one.client, one.device) for one in actors}
