"""What happens to the legacy application while a database is converted."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from scripts.devkit.fleet.ledger import Account
from scripts.devkit.fleet.legacy_application import Reader
from scripts.devkit.fleet.legacy_traffic import Traffic
from tests._lib.legacy import owner
from tests.conversion._installation import Installation

REPORTS = 20  # that are written whole before each step, at least


@dataclass
class Story:
    """What happened in each step: its exit code, failures of writer and reader, and what was acknowledged."""

    codes: dict[str, int] = field(default_factory=dict)
    failures: dict[str, Counter[str]] = field(default_factory=dict)
    waits: dict[str, tuple[float, str]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    whole: dict[str, int] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)  # before the first step, after the last

    def note(self, step: str, old: Installation, traffic: Traffic, reader: Reader, reads: int = 16) -> None:
        """What writer and reader met since the last note, and until so many more requests were read."""
        _more(traffic, reader, reads)
        self.failures[step] = Counter(traffic.ledger.failures) + Counter(reader.ledger.failures)
        traffic.ledger.failures.clear()
        reader.ledger.failures.clear()
        self.waits[step] = traffic.ledger.take_longest()
        self.whole[step] = traffic.whole
        with owner(old.database) as cursor:
            self.accounts[step] = traffic.ledger.account(cursor)


def _more(traffic: Traffic, reader: Reader, reads: int) -> None:
    """Wait until so many more reports were sent and requests read."""
    sent, read = traffic.sent, reader.ledger.requests
    while traffic.sent < sent + REPORTS or reader.ledger.requests < read + reads:
        Event().wait(0.05)
