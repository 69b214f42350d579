"""Readings are posted until acknowledged, and every one is accounted for."""

import itertools
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.fleet import report, traffic

Answer = tuple[int, dict[str, str], Any]
STORED: Answer = (201, {}, {"verdict": "stored"})


class PatientEvent(threading.Event):
    """An event nobody really waits for; it notes how long they would have."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0)
        return self.is_set()


class Api(ThreadingHTTPServer):
    """Answers as the test says: `answers` maps the number of a request to an answer, None hangs up."""

    daemon_threads = True

    def __init__(self, answers: Callable[[int, Any], Answer | None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.requests: list[tuple[str, str | None, Any]] = []
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Api

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers["X-API-Key"], body))
        answer = self.server.answers(len(self.server.requests), body)
        if answer is None:
            self.close_connection = True
            return
        status, headers, content = answer
        text = json.dumps(content).encode()
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(text))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[int, Any], Answer | None]], Api]]:
    servers: list[Api] = []

    def start(answers: Callable[[int, Any], Answer | None]) -> Api:
        servers.append(Api(answers))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.01}).start()
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def run(
    api: Api, requests: list[traffic.Request], connections: int = 1, patience: float = 60
) -> tuple[traffic.Tally, PatientEvent]:
    tally, stop = traffic.Tally(), PatientEvent()
    target = traffic.Target(api.url, "rastro_key", patience)
    senders = [traffic.Sender(target, tally, stop) for _ in range(connections)]
    for thread in traffic.start(iter(requests), senders, tally, stop):
        thread.join(20)
        assert not thread.is_alive()
    return tally, stop


def batch_of(body: list[Any], **counts: int) -> Answer:
    return 200, {}, {"total": len(body), "stored": 0, "results": []} | counts


def test_batches_are_cut_posted_with_the_key_and_counted_by_verdict(serve: Any) -> None:
    def answers(number: int, body: Any) -> Answer:
        codes = [{"index": 0, "verdict": "conflict", "error_code": "CONFLICT"}]
        return 200, {}, {"stored": len(body) - 1, "conflict": 1, "results": codes}

    api = serve(answers)
    tally, _ = run(api, list(traffic.batches([{"n": n} for n in range(10)], 4)))
    assert [len(body) for _, _, body in api.requests] == [4, 4, 2]
    assert {(path, key) for path, key, _ in api.requests} == {("/v2/posicoes/lote", "rastro_key")}
    assert (tally.sent, tally.acknowledged, tally.unacknowledged, tally.failed) == (10, 10, 0, 0)
    assert tally.verdicts == {"stored": 7, "conflict": 3}
    assert tally.reasons == {"CONFLICT": 3}
    assert len(tally.latencies) == 3


@pytest.mark.parametrize(
    ("status", "verdict"), [(201, "stored"), (200, "duplicate"), (409, "conflict"), (422, "rejected")]
)
def test_the_status_of_a_single_reading_is_its_verdict(serve: Any, status: int, verdict: str) -> None:
    api = serve(lambda number, body: (status, {}, {"error_code": "CODE"} if status > 400 else {}))
    tally, _ = run(api, [traffic.single({"cdDispositivo": 1})])
    assert tally.verdicts == {verdict: 1}
    assert tally.reasons == ({"CODE": 1} if status > 400 else {})
    assert tally.unacknowledged == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_api_is_asked_again_when_it_said_to(serve: Any, status: int) -> None:
    api = serve(lambda number, body: (status, {"Retry-After": "7"}, {}) if number < 3 else STORED)
    tally, stop = run(api, [traffic.single({"n": 1})])
    assert [body for _, _, body in api.requests] == [{"n": 1}] * 3
    assert stop.waits == [7, 7]
    assert (tally.sent, tally.verdicts, tally.retries, tally.unacknowledged) == (1, {"stored": 1}, 2, 0)


def test_who_hangs_up_is_asked_again_with_growing_pauses(serve: Any) -> None:
    api = serve(lambda number, body: None if number < 4 else STORED)
    tally, stop = run(api, [traffic.single({"n": 1})])
    assert stop.waits == [0.2, 0.4, 0.8]
    assert (tally.verdicts, tally.unacknowledged) == ({"stored": 1}, 0)


def test_patience_ends_and_the_reading_counts_as_unacknowledged(serve: Any) -> None:
    api = serve(lambda number, body: (503, {"Retry-After": "7"}, {}))
    tally, _ = run(api, [traffic.single({"n": 1})], patience=5)
    assert (tally.sent, tally.unacknowledged, tally.failed) == (1, 1, 1)
    assert tally.reasons == {"HTTP 503": 1}


def test_an_answer_that_forgets_a_reading_leaves_it_unacknowledged(serve: Any) -> None:
    api = serve(lambda number, body: batch_of(body, stored=2))
    tally, _ = run(api, list(traffic.batches([{}, {}, {}], 3)))
    assert (tally.sent, tally.acknowledged, tally.unacknowledged) == (3, 2, 1)


@pytest.mark.parametrize("answer", [(500, {}, {}), (200, {}, "ok"), (404, {}, {"stored": 2})])
def test_an_answer_that_is_none_fails_the_request_and_not_the_next(serve: Any, answer: Answer) -> None:
    api = serve(lambda number, body: answer if number == 1 else batch_of(body, stored=2))
    tally, _ = run(api, list(traffic.batches([{}, {}, {}, {}], 2)))
    assert (tally.sent, tally.acknowledged, tally.unacknowledged, tally.failed) == (4, 2, 2, 1)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_ends_it(serve: Any, status: int) -> None:
    api = serve(lambda number, body: (status, {}, {"error": "Missing or invalid credentials"}))
    tally, stop = run(api, [traffic.single({"n": n}) for n in range(50)])
    assert len(api.requests) == 1
    assert stop.is_set()
    assert str(status) in (tally.problem or "")


def test_connections_are_kept(serve: Any) -> None:
    api = serve(lambda number, body: STORED)
    tally, _ = run(api, [traffic.single({"n": n}) for n in range(60)], connections=3)
    assert api.connections <= 3
    assert Counter(body["n"] for _, _, body in api.requests) == Counter(range(60))
    assert tally.verdicts == {"stored": 60}


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "http://"])
def test_a_url_without_http_is_a_problem(url: str) -> None:
    with pytest.raises(Problem, match="URL"):
        traffic.Sender(traffic.Target(url, "key"), traffic.Tally(), threading.Event())


def test_pacing_keeps_the_schedule_and_skips_nothing() -> None:
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    requests = [traffic.Request("/", b"", 5) for _ in range(4)]
    assert len(list(traffic.paced(requests, 10, pause, lambda: now[0]))) == 4
    assert now[0] == pytest.approx(1.5)
    slow = []
    for _ in traffic.paced(requests, 10, pause, lambda: now[0]):
        slow.append(now[0])
        now[0] += 2.0
    assert [round(later - earlier, 6) for earlier, later in itertools.pairwise(slow)] == [2, 2, 2]


def test_percentiles_are_measured_values() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [report.percentile(values, share) for share in (50, 95, 99)] == [50, 95, 99]
    assert report.percentile([3.0], 99) == 3


def test_the_report_says_what_became_of_every_reading() -> None:
    tally = traffic.Tally(
        sent=10,
        failed=1,
        unacknowledged=2,
        verdicts=Counter(stored=7, conflict=1),
        latencies=deque([0.010, 0.020]),
    )
    words = report.report(tally, 2.0).split()
    for name, number in (("sent", "10"), ("stored", "7"), ("duplicate", "0"), ("conflict", "1")):
        assert words[words.index(name) + 1] == number
    assert words[words.index("unacknowledged") + 1] == "2"
    assert words[words.index("p50") : words.index("p50") + 4] == ["p50", "10.0", "p95", "20.0"]
