"""wrk, the load generator: closed loop, one connection a thread, scripts of ours, one line of result.

It is written in C and takes a few percent of what the API takes, so that it is not what is measured.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ..console import Problem
from ..local import programs

SCRIPTS = Path(__file__).parent / "wrk"
MARK = "RASTRO "


@dataclass(frozen=True)
class Outcome:
    """One run: requests a second; latencies and processor time a request in ms; good answers by thread."""

    rate: float
    p50: float
    p95: float
    p99: float
    api: float = 0
    database: float = 0
    good: tuple[int, ...] = ()


def run(url: str, script: str, arguments: Sequence[object], clients: int, seconds: float) -> Outcome:
    """Load the URL. Raises Problem when an answer was not the expected one."""
    command = [programs.wrk(), "--threads", str(clients), "--connections", str(clients)]
    command += ["--duration", f"{max(1, round(seconds))}s", "--timeout", "30s", "--latency"]
    command += ["--script", str(SCRIPTS / script), url, "--", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    return parse(done.stdout)


def parse(output: str) -> Outcome:
    """The line that our scripts print. Raises Problem when a bad or missing answer makes it invalid."""
    line = next((line for line in output.splitlines() if line.startswith(MARK)), None)
    if line is None:
        raise Problem(f"wrk said nothing that can be read:\n{output.strip()}")
    told = json.loads(line.removeprefix(MARK))
    if told["bad"] or told["lost"] or not sum(told["good"]):
        raise Problem(
            f"not measured: {told['bad']} of {told['requests']} answers were not the expected one, "
            f"{told['lost']} never came. The first: {told['first_bad'] or '-'}"
        )
    p50, p95, p99 = (told[mark] / 1_000 for mark in ("p50", "p95", "p99"))
    rate = told["requests"] / (told["microseconds"] / 1e6)
    return Outcome(rate, p50, p95, p99, good=tuple(told["good"]))


def medians(outcomes: Sequence[Outcome]) -> Outcome:
    """Of each figure by itself."""
    figures = zip(
        *((one.rate, one.p50, one.p95, one.p99, one.api, one.database) for one in outcomes), strict=True
    )
    return Outcome(*map(median, figures))
