"""Whose turn it is for threads, downloads and writers, in any order of coming, going and being recognised.

The expectations are sums and bounds: nobody waits while another has two turns, no share is exceeded, and what
is returned is there again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.errors import ApiError
from app.http.kit import shares as threads
from app.http.kit import turns as downloads
from app.identity.share import Share
from app.ingest.acks import Message
from app.ingest.turns import Turns as Queue
from app.readings.topics import Topic
from app.server.places import Places
from tests.db._strategies import examples
from tests.ingest._messages import message

CREDENTIALS = {b"a": Share("1", "a"), b"b": Share("1", "b"), b"c": Share("2", "c"), b"d": Share("3", "d")}
INVENTED = [b"x", b"y", b"z"]
OWNERS = [Share(client, f"{client}{caller}") for client in "1234" for caller in "abcdefgh"]
owners = st.sampled_from([OWNERS[0]] * 8 + OWNERS[:8] * 2 + OWNERS)


class Waiting(RuleBasedStateMachine):
    """Requests that wait for a thread.

    Seen to fail: where a client keeps its place after a turn, or a caller does; where whoever invents
    credentials has a turn for each; where a thread is not returned.
    """

    @initialize(size=st.integers(1, 3), known=st.sets(st.sampled_from([*CREDENTIALS])))
    def begin(self, size: int, known: set[bytes]) -> None:
        self.places, self.size = Places(size), size
        self.known = {one: CREDENTIALS[one] for one in known}
        for one, share in self.known.items():
            self.places._met.add(one, share)
        self.waiting: list[Any] = []
        self.served: list[Any] = []

    @rule(credential=st.sampled_from([*CREDENTIALS, *INVENTED, b""]), many=st.integers(1, 3))
    def arrive(self, credential: bytes, many: int) -> None:
        """Some requests."""
        for _ in range(many):
            one = SimpleNamespace(sock=SimpleNamespace(credential=credential), has_thread=False)
            self.places.put(one)  # type: ignore[arg-type]
            stranger = Share("strangers", "strangers") if credential else Share("nobody", "nobody")
            one.whose = self.known.get(credential, stranger)
            one.siblings, one.others = Counter[Share](), Counter[Share]()
            """Turns of others since it is the first of its caller."""
            self.waiting.append(one)

    @rule()
    def free(self) -> None:
        """Threads go to those who wait."""
        for one in self.places.free():
            mine = [other for other in self.waiting if other.whose == one.whose]
            assert one is mine[0], "the order of a caller's own requests stays"
            self.waiting.remove(one)
            self.served.append(one)
            for other in self._first():
                is_sibling = other.whose.client == one.whose.client
                (other.siblings if is_sibling else other.others)[one.whose] += 1
                clients = Counter[str]()
                for share, turns in other.others.items():
                    clients[share.client] += turns
                assert max(other.siblings.values(), default=0) <= 1, "two in a row"
                assert max(clients.values(), default=0) <= 1 + other.siblings.total(), "two in a row"
            if len(mine) > 1:  # the next of this caller begins to wait
                mine[1].siblings.clear()
                mine[1].others.clear()
        assert len(self.served) == min(self.size, len(self.served) + len(self.waiting))

    @precondition(lambda self: self.served)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        """One has its answer; the application may have found out who asked."""
        one = data.draw(st.sampled_from(self.served))
        self.served.remove(one)
        credential = one.sock.credential
        known = data.draw(st.sampled_from(["yes", "no", "not asked"]))
        one.share = CREDENTIALS.get(credential) if known == "yes" else None
        one.is_unknown = known == "no"
        self.places.leave(one)
        if one.share:
            self.known[credential] = one.share
        elif one.is_unknown:
            self.known.pop(credential, None)

    def _first(self) -> list[Any]:
        found: dict[Share, Any] = {}
        for one in self.waiting:
            found.setdefault(one.whose, one)
        return list(found.values())

    def teardown(self) -> None:
        """All are answered."""
        if not hasattr(self, "places"):
            return
        while self.waiting:
            for one in self.served:
                one.share, one.is_unknown = None, False
                self.places.leave(one)
            self.served = []
            self.free()


class Sharing(RuleBasedStateMachine):
    """Threads and downloads that callers have at a time.

    Seen to fail: with a fixed number of threads for each; without the look at a client's threads, at a
    caller's downloads; where what is refused counts as taken, or two calls of an end give back two.
    """

    def __init__(self) -> None:
        super().__init__()
        self.threads, self.downloads = threads.Shares(16), downloads.Turns()
        self.has: dict[str, list[Share]] = defaultdict(list)
        self.ends: list[Any] = []
        self.before, self.asked = threads.counts(), Counter[str]()

    @rule(share=owners, many=st.integers(1, 20))
    def ask(self, share: Share, many: int) -> None:
        """For threads. Who has none gets one while one is free; nobody is refused below its share."""
        for _ in range(many):
            held = self.has["threads"]
            theirs = sum(one.client == share.client for one in held)
            mine = held.count(share)
            if len(held) == 16:
                return
            try:
                self.threads.take(share)
            except ApiError:
                self.asked["refused"] += 1
                assert mine * 2 >= 8 - len(held) + mine or theirs >= 3
                assert mine or theirs, "who has nothing is not refused"
            else:
                self.asked["given"] += 1
                held.append(share)
                assert held.count(share) <= 8
                assert theirs + 1 <= 12

    @rule(share=owners, many=st.integers(1, 20))
    def download(self, share: Share, many: int) -> None:
        """Each end gives back once, however often it is called."""
        for _ in range(many):
            with suppress(ApiError):
                self.ends.append((share, self.downloads.take(share)))
                self.has["downloads"].append(share)

    @precondition(lambda self: self.has["threads"])
    @rule(data=st.data(), many=st.integers(1, 10))
    def give_back(self, data: st.DataObject, many: int) -> None:
        """Threads."""
        for _ in range(min(many, len(self.has["threads"]))):
            one = data.draw(st.sampled_from(self.has["threads"]))
            self.has["threads"].remove(one)
            self.threads.give_back(one)

    @precondition(lambda self: self.ends)
    @rule(data=st.data(), again=st.booleans())
    def end(self, data: st.DataObject, again: bool) -> None:
        """A download, some more than once."""
        share, end = self.ends.pop(data.draw(st.integers(0, len(self.ends) - 1)))
        self.has["downloads"].remove(share)
        for _ in range(1 + again):
            end()

    @invariant()
    def sums_are_right(self) -> None:
        """Of what is held and what was counted."""
        for name, counted in (("threads", self.threads._held), ("downloads", self.downloads._open)):
            held = self.has[name]
            assert counted.total() == len(held)
            assert all(counted.by_caller(one) == held.count(one) for one in OWNERS)
        open_ones = self.has["downloads"]
        assert max(Counter(open_ones).values(), default=0) <= 4
        assert max(Counter(one.client for one in open_ones).values(), default=0) <= 16
        assert len(open_ones) <= 32
        after = threads.counts()
        assert {name: after[name] - self.before[name] for name in after} == {
            name: self.asked[name] for name in after
        }

    def teardown(self) -> None:
        """All is returned."""
        for one in self.has["threads"]:
            self.threads.give_back(one)
        for _, end in self.ends:
            end()
        assert (self.threads._held.total(), self.downloads._open.total()) == (0, 0)
        assert not self.threads._held._of_callers


TestWaiting = Waiting.TestCase
TestWaiting.settings = settings(examples(50), stateful_step_count=40, phases=[Phase.generate])
TestSharing = Sharing.TestCase
TestSharing.settings = settings(examples(40), stateful_step_count=30, phases=[Phase.generate])

_QUANTUM, _LARGEST = 16, 65  # of a turn; what one message of 64 kB takes
comings = st.lists(
    st.tuples(
        st.integers(1, 3), st.integers(1, 3), st.integers(1, 40), st.sampled_from([2, 2, 2_000, 64_000]),
        st.integers(0, 60),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@examples(200)
@given(comings)
def test_who_waits_has_as_much_of_a_writer_as_others(waves: list[tuple[int, int, int, int, int]]) -> None:
    """Messages come in waves and are written between them: one unit each, and one for each kilobyte.

    Seen to fail: where large messages cost as much as small ones; with turns of devices alone.
    """
    queue, numbers = Queue(), 0
    waiting: dict[int, Counter[int]] = defaultdict(Counter)
    since: dict[tuple[int, int], int] = {}
    """By two clients: what the first had more than the second since both wait."""
    for client, device, many, size, written in waves:
        made = []
        for _ in range(many):
            made.append(_of(client, device, numbers, size))
            numbers += 1
        if not waiting[client].total():
            since |= {pair: 0 for one in range(1, 4) for pair in ((client, one), (one, client))}
        waiting[client][device] += many
        queue.put(made)
        _write(queue, written, waiting, since)
    _write(queue, numbers, waiting, since)
    assert (len(queue), queue.places, queue.loads(0)) == (0, 0, [])


def _write(
    queue: Queue, many: int, waiting: dict[int, Counter[int]], since: dict[tuple[int, int], int]
) -> None:
    for _ in range(min(many, len(queue))):
        place = queue.get(0)
        assert place.place
        client, device = place.place.client, place.place.device
        waiting[client][device] -= 1
        for other in range(1, 4):
            if other != client and waiting[other].total():
                cost = 1 + len(place.payload) // 1_024
                since[client, other] += cost
                since[other, client] -= cost
                assert since[client, other] <= 2 * (_QUANTUM + _LARGEST)
        if not waiting[client].total():
            since |= {pair: 0 for one in range(1, 4) for pair in ((client, one), (one, client))}
        assert queue.waiting(client, device) == waiting[client][device]


def _of(client: int, device: int, number: int, size: int) -> Message:
    made = message(number)
    made.place, made.payload = Topic(client, device, "telem"), b"x" * size
    return made
