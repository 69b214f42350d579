"""Post readings to the API over several keep-alive connections, and count the verdicts.

A request is repeated until it is answered: the API stores a reading once however often it comes.
"""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

from ..console import Problem

ONE, MANY = "/v2/posicoes", "/v2/posicoes/lote"
VERDICTS = ("stored", "duplicate", "conflict", "rejected", "published")
VERDICT_OF_STATUS = {
    201: "stored",
    200: "duplicate",
    409: "conflict",
    400: "rejected",
    413: "rejected",
    422: "rejected",
}
REFUSED, TRY_AGAIN = (401, 403), (429, 502, 503, 504)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds
ANSWER_TIMEOUT = 60.0
LATENCIES_KEPT = 100_000


@dataclass(frozen=True)
class Request:
    """One POST and how many readings it carries."""

    path: str
    body: bytes
    count: int


@dataclass(frozen=True)
class Target:
    """Where to post, with which key, and for how many seconds to retry."""

    url: str
    key: str
    patience: float = 60.0


@dataclass
class Tally:
    """Counts of what was sent and of the verdicts, shared by threads."""

    sent: int = 0
    failed: int = 0
    unacknowledged: int = 0
    retries: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))
    problem: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        return self.verdicts.total()

    def answered(
        self, request: Request, seconds: float, verdicts: Counter[str], reasons: Counter[str]
    ) -> None:
        with self.lock:
            self.sent += request.count
            self.latencies.append(seconds)
            self.verdicts += verdicts
            self.reasons += reasons
            self.unacknowledged += request.count - verdicts.total()

    def lost(self, request: Request, problem: str) -> None:
        with self.lock:
            self.sent += request.count
            self.unacknowledged += request.count
            self.failed += 1
            self.reasons[problem] += request.count

    def again(self) -> None:
        with self.lock:
            self.retries += 1


class Refused(Problem):
    """The API rejects the key or its permissions: retrying does not help."""


class Unanswered(Exception):
    """No response, or one that asks to retry, perhaps after so many seconds."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.wait = wait


def single(element: dict[str, Any]) -> Request:
    return Request(ONE, _json(element), 1)


def batches(elements: Sequence[dict[str, Any]], size: int) -> Iterator[Request]:
    for start in range(0, len(elements), size):
        part = elements[start : start + size]
        yield Request(MANY, _json(part), len(part))


def paced(
    requests: Iterable[Request],
    rate: float,
    pause: Callable[[float], Any],
    clock: Callable[[], float] = monotonic,
) -> Iterator[Request]:
    """The requests at `rate` readings per second; none is skipped when behind schedule."""
    due = clock()
    for request in requests:
        if (early := due - clock()) > 0:
            pause(early)
        yield request
        due += request.count / rate


class Delivers(Protocol):
    """A connection that delivers requests."""

    def deliver(self, request: Request) -> None:
        """Return when the request is acknowledged, or counted as lost."""

    def close(self) -> None:
        """Close the connection."""


def start(
    requests: Iterable[Request], senders: Sequence[Delivers], tally: Tally, stop: threading.Event
) -> list[threading.Thread]:
    """Start a thread per connection, which takes requests until there is none or `stop` is set."""
    source, lock = iter(requests), threading.Lock()

    def work(sender: Delivers) -> None:
        try:
            while not stop.is_set() and (request := _next(source, lock)):
                sender.deliver(request)
        except Exception as error:
            tally.problem = str(error) if isinstance(error, Problem) else repr(error)
            stop.set()
        finally:
            sender.close()

    threads = [threading.Thread(target=work, args=(sender,), daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    return threads


def judged(request: Request, status: int, answer: Any) -> tuple[Counter[str], Counter[str]] | None:
    """Verdicts and error codes of a response; None if it acknowledges nothing."""
    if request.path == MANY:
        if status != 200 or not isinstance(answer, dict):
            return None
        verdicts = Counter({verdict: answer[verdict] for verdict in VERDICTS if answer.get(verdict)})
        reasons = Counter(one["error_code"] for one in answer.get("results", ()) if one.get("error_code"))
        return verdicts, reasons
    if status not in VERDICT_OF_STATUS or not isinstance(answer, dict):
        return None
    code = answer.get("error_code")
    return Counter([VERDICT_OF_STATUS[status]]), Counter([code] if code else [])


class Sender:
    """One connection to the API."""

    def __init__(self, target: Target, tally: Tally, stop: threading.Event) -> None:
        address = urlsplit(target.url)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        if address.scheme not in ("http", "https") or not address.hostname:
            raise Problem(f"Not an http:// or https:// URL: {target.url}")
        self._connection = kind(address.hostname, address.port, timeout=ANSWER_TIMEOUT)
        self._prefix = address.path.rstrip("/")
        self._target, self._tally, self._stop = target, tally, stop

    def close(self) -> None:
        self._connection.close()

    def deliver(self, request: Request) -> None:
        """Post until there is a response, patience ends, or `stop` is set. Raises Refused."""
        deadline = monotonic() + self._target.patience
        pause = FIRST_PAUSE
        while True:
            try:
                self._attempt(request)
                return
            except Unanswered as unanswered:
                wait = pause if unanswered.wait is None else unanswered.wait
                if self._stop.is_set() or monotonic() + wait > deadline:
                    self._tally.lost(request, str(unanswered))
                    return
            self._tally.again()
            self._stop.wait(wait)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _attempt(self, request: Request) -> None:
        """One attempt, counted if there is a response. Raises Unanswered, Refused."""
        began = monotonic()
        try:
            status, retry_after, body = self._post(request)
        except (OSError, HTTPException) as error:
            self.close()
            raise Unanswered(f"no response ({type(error).__name__})") from error
        if status in REFUSED:
            raise Refused(f"The API responded with {status}: {body.decode(errors='replace')[:200]}")
        if status in TRY_AGAIN:
            raise Unanswered(f"HTTP {status}", retry_after)
        if (verdicts := judged(request, status, _parsed(body))) is None:
            self._tally.lost(request, f"HTTP {status}")
        else:
            self._tally.answered(request, monotonic() - began, *verdicts)

    def _post(self, request: Request) -> tuple[int, float | None, bytes]:
        headers = {"Content-Type": "application/json", "X-API-Key": self._target.key}
        self._connection.request("POST", self._prefix + request.path, request.body, headers)
        response = self._connection.getresponse()
        return response.status, _seconds(response.getheader("Retry-After")), response.read()


def _next(source: Iterator[Request], lock: threading.Lock) -> Request | None:
    with lock:
        return next(source, None)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None
