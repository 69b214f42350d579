"""A dialogue with the database: calls in order, what is wanted of each, and how two answers are compared.

It is held on both back ends, each with a database in the same state.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.errors import ApiError
from app.identity.principal import Principal
from tests.http import callers

Outcome = Any
Answers = Mapping[str, Outcome]


@dataclass(frozen=True)
class Told:
    """An error as the HTTP caller is told it; compared with another field by field."""

    status: int
    error_code: str
    error: str = ""
    details: Any = None
    retry_after: int | None = None

    @classmethod
    def of(cls, error: ApiError) -> "Told":
        return cls(error.status, error.error_code, error.error, error.details, error.retry_after)


@dataclass(frozen=True)
class Step:
    """One call. Caller and arguments may depend on earlier answers.

    `owner` and `after`: what the owner of the tables runs before and after it.
    `any_order`: the answer is a list in an order that chance decides.
    """

    rpc: str
    caller: Principal | Callable[[Answers], Principal]
    wanted: Any
    arguments: dict[str, Any] | Callable[[Answers], dict[str, Any]] = field(default_factory=dict)
    owner: str = ""
    after: str = ""
    any_order: bool = False

    def taken(self, backend: Any, answers: Answers) -> Outcome:
        """The answer's JSON, or how the error is told."""
        caller = self.caller if isinstance(self.caller, Principal) else self.caller(answers)
        arguments = self.arguments(answers) if callable(self.arguments) else self.arguments
        try:
            return msgspec.json.decode(backend.call(self.rpc, caller, **arguments).json)
        except ApiError as error:
            return Told.of(error)


def with_key(key: str) -> Principal:
    return Principal("key", hashlib.sha256(key.encode()).hexdigest(), "request-of-a-key")


def dialogue(side: Any, steps: Mapping[str, Step]) -> dict[str, Outcome]:
    """Every step taken on this side, in order; its outcome by its name."""
    outcomes: dict[str, Outcome] = {}
    for name, step in steps.items():
        if step.owner:
            side.sql(step.owner)
        outcomes[name] = step.taken(side.backend, outcomes)
        if step.after:
            side.sql(step.after)
    return outcomes


def holds(outcome: Outcome, wanted: Any) -> bool:
    """Whether all that is wanted is there: of an object some members, of a list all, of an error its code."""
    if callable(wanted):
        return bool(wanted(outcome))
    if isinstance(wanted, Told):
        return isinstance(outcome, Told) and (outcome.status, outcome.error_code) == (
            wanted.status,
            wanted.error_code,
        )
    if isinstance(wanted, dict):
        return isinstance(outcome, dict) and all(
            key in outcome and holds(outcome[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(outcome, list) and len(outcome) == len(wanted) and all(map(holds, outcome, wanted))
    return type(outcome) is type(wanted) and outcome == wanted


NOW = datetime.now(UTC).replace(microsecond=250_000) - timedelta(seconds=30)  # rows are made later
_SENT = {(NOW - timedelta(minutes=minutes)).isoformat()[:19] for minutes in range(60)}
_BY_CHANCE = {
    "cdApiKey",
    "committedAt",
    "dsBilhete",
    "dsChave",
    "dsKey",
    "dsPrefixo",
    "dsSegredo",
    "dsUsuario",
    "marca",
    "versao",
}
_UNTIL_LATER = {"RATE_LIMITED", "QUOTA_EXCEEDED"}  # the wait is what is left of the minute or the day
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d")


def comparable(outcome: Outcome, key: str = "") -> Any:
    """The outcome without what chance and the clock put into it: random names, and moments nobody sent."""
    if isinstance(outcome, Told) and outcome.error_code in _UNTIL_LATER:
        return replace(outcome, retry_after=None)
    if isinstance(outcome, dict):
        return {name: comparable(value, name) for name, value in outcome.items()}
    if isinstance(outcome, list):
        return [comparable(value, key) for value in outcome]
    if (key in _BY_CHANCE and outcome is not None) or _is_uuid(outcome) or _is_horizon(key, outcome):
        return f"<{key}>"
    if isinstance(outcome, str) and _MOMENT.match(outcome) and outcome[:19] not in _SENT:
        return "<moment>"
    return outcome


def _is_uuid(outcome: Any) -> bool:
    return isinstance(outcome, str) and bool(_UUID.fullmatch(outcome))


def _is_horizon(key: str, outcome: Any) -> bool:
    """Whether a cursor ends with the moment at which it was made."""
    is_cursor = key in ("nextCursor", "nextDesde") and isinstance(outcome, str)
    return is_cursor and bool(re.search(rb",20[\d-]{8} [\d:.]{15}$", b64decode(outcome)))


def ago(minutes: int) -> datetime:
    """So long before this run; a moment that the tests send."""
    return NOW - timedelta(minutes=minutes)


GATEWAY = with_key(callers.INGEST_KEY)
READER = Principal("user", callers.READER, "request-of-a-reader")
ADMIN = Principal("user", callers.ADMIN, "request-of-an-admin")
OTHER = Principal("user", callers.OTHER_ADMIN)
SERVICE = Principal("user", callers.SERVICE)

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = Told(401, "UNAUTHORIZED"), Told(403, "FORBIDDEN"), Told(404, "NOT_FOUND")
INVALID, MALFORMED = Told(400, "INVALID_PARAMETER"), Told(400, "MALFORMED")
TEXT = "aspas \" barra \\ ção 🛰 ' %s"


def reading(minutes: int, **fields: Any) -> dict[str, Any]:
    """A report of device 7 so many minutes ago."""
    return {"cdDispositivo": 7, "dtRegistro": ago(minutes).isoformat(), "nrBat": 3.5} | fields


def batch(readings: Any, **more: Any) -> dict[str, Any]:
    """Arguments of insert_device_readings."""
    return {"p_readings": msgspec.json.encode(readings).decode(), **more}


def devices(*wanted: int) -> Callable[[Outcome], bool]:
    """Wanted: rows of these devices, in this order."""
    return lambda rows: [row["cdDispositivo"] for row in rows] == list(wanted)


def rows(wanted: int) -> Callable[[Outcome], bool]:
    """Wanted: so many rows."""
    return lambda found: len(found) == wanted
