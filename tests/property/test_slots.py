"""Callers of several clients share connections, in any order of asking, answers, errors and waiting in vain.

Requests are real threads. The expectation knows what a client may have, not how turns are kept.

Seen to fail: where who has waited in vain and has nothing is refused until all is returned, or stays in
line; without the bound of a client, or of a caller; where a client keeps its place after a turn, a newcomer
does not wait for those before it, or an error keeps the slot.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.errors import ApiError
from app.identity.share import Share
from app.rpc.slots import Slots
from tests.db._strategies import examples

SHARES = [
    Share(client, caller)
    for client, callers in (("1", "abcd"), ("2", "ef"), ("3", "g"))
    for caller in callers
]
shares = st.sampled_from([SHARES[0]] * 4 + SHARES)
_LONG_S = 60.0


@dataclass
class Request:
    """A thread that asks for a slot, has it until it is to end, and says how it went."""

    share: Share
    answered: bool = False
    has_one: bool = False
    ending: threading.Event = field(default_factory=threading.Event)
    breaks: bool = False
    given_before: dict[str, int] = field(default_factory=dict)
    """Slots given until it began to wait, by client, and of its own client by caller."""

    def run(self, slots: Slots) -> None:
        try:
            with slots.taken(self.share):
                self.has_one = self.answered = True
                self.ending.wait(_LONG_S)
                if self.breaks:
                    raise RuntimeError
        except (ApiError, RuntimeError):
            self.answered = True


class Sharing(RuleBasedStateMachine):
    """See above."""

    @initialize(size=st.integers(1, 7))
    def begin(self, size: int) -> None:
        self.slots, self.size = Slots(size, _LONG_S), size
        self.held: list[Request] = []
        self.waiting: list[Request] = []
        self.threads: dict[int, threading.Thread] = {}
        self.in_vain: dict[Share, int] = {}
        """Callers that waited in vain and have had none returned; how many were returned by then."""
        self.returned = 0
        self.given: Counter[str] = Counter()

    @rule(share=shares, many=st.sampled_from([1, 1, 3, 5]))
    def ask(self, share: Share, many: int) -> None:
        """Each request has a slot, waits, or is refused at once."""
        for _ in range(many):
            self._ask(share)

    def _ask(self, share: Share) -> None:
        one, before = Request(share), self._in_line()
        is_first = not self._of(share, self.held) and not self._of(share, self.waiting)
        one.given_before = dict(self.given)
        thread = self.threads[id(one)] = threading.Thread(target=one.run, args=(self.slots,))
        thread.start()
        _until(lambda: one.answered or self._in_line() > before)
        if not one.answered:
            self.waiting.append(one)
        elif one.has_one:
            self._has(one)
        else:
            assert share in self.in_vain, "who has waited in vain, and nobody else, is refused at once"
            assert not is_first or self.in_vain[share] == self.returned, (
                "who has nothing waits for its turn again"
            )
            thread.join()

    @precondition(lambda self: self.held)
    @rule(data=st.data(), breaks=st.booleans())
    def answer(self, data: st.DataObject, breaks: bool) -> None:
        """One ends, well or not; what it had goes to those who wait."""
        one = data.draw(st.sampled_from(self.held))
        self.held.remove(one)
        one.breaks = breaks
        one.ending.set()
        self.threads.pop(id(one)).join()
        self.in_vain.pop(one.share, None)
        self.returned += 1
        self._settle()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        """One has waited for too long."""
        one = data.draw(st.sampled_from(self.waiting))
        # The oldest of the caller, as all wait equally long.
        one = next(other for other in self.waiting if other.share == one.share)
        self.slots._waiting._clients[one.share.client][one.share][0].ready.set()
        self.threads.pop(id(one)).join()
        assert not one.has_one
        self.waiting.remove(one)
        self.in_vain[one.share] = self.returned

    @invariant()
    def nobody_has_what_is_another_s(self) -> None:
        """Not more than there are; of four a client leaves one, of three a caller."""
        if not hasattr(self, "slots"):
            return
        assert len(self.held) <= self.size
        assert self.slots._held.total() == len(self.held)
        assert self._in_line() == len(self.waiting)
        if self.size >= 3:
            assert max(Counter(one.share for one in self.held).values(), default=0) < self.size
        if self.size >= 4:
            assert max(Counter(one.share.client for one in self.held).values(), default=0) < self.size

    @invariant()
    def nobody_waits_for_what_is_free(self) -> None:
        """Of those whose client has nothing."""
        if hasattr(self, "slots") and len(self.held) < self.size:
            clients = {one.share.client for one in self.held}
            assert not [one for one in self.waiting if one.share.client not in clients]

    def teardown(self) -> None:
        """All end, and all is as it was."""
        if not hasattr(self, "slots"):
            return
        while self.held:
            self.held[0].ending.set()
            self.threads.pop(id(self.held.pop(0))).join()
            self._settle()
        assert not self.waiting
        assert (self.slots._held.total(), self._in_line(), self.slots._in_vain) == (0, 0, set())

    def _settle(self) -> None:
        _until(lambda: self._in_line() + sum(one.has_one for one in self.waiting) == len(self.waiting))
        for one in [one for one in self.waiting if one.has_one]:
            self.waiting.remove(one)
            self._has(one)

    def _has(self, one: Request) -> None:
        self.held.append(one)
        self.given[one.share.client] += 1
        for other in self.waiting:
            if self._of_client(other.share.client, self.held):
                other.given_before = dict(self.given)  # counted for those who have nothing
            for client, many in self.given.items():
                turns = many - other.given_before.get(client, 0)
                assert turns <= 1, "two turns while somebody who has nothing waits"

    def _in_line(self) -> int:
        return len(self.slots._waiting)

    @staticmethod
    def _of(share: Share, requests: list[Request]) -> list[Request]:
        return [one for one in requests if one.share == share]

    @staticmethod
    def _of_client(client: str, requests: list[Request]) -> list[Request]:
        return [one for one in requests if one.share.client == client]


def _until(condition) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.0002)


TestSharing = Sharing.TestCase
# Nothing is made smaller: that takes minutes, as what fails may hang.
TestSharing.settings = settings(examples(60), stateful_step_count=40, phases=[Phase.generate])
