"""wrk, the load generator: closed loop, one connection per thread; our scripts print one line of JSON.

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
    """One run: requests per second; latency and processor time per request, ms; good responses by thread."""

    rate: float
    p50: float
    p95: float
    p99: float
    api: float = 0
    database: float = 0
    good: tuple[int, ...] = ()


def run(url: str, script: str, arguments: Sequence[object], clients: int, seconds: float) -> Outcome:
    """Load the URL. Raises Problem if a response was not the expected one."""
    command = [programs.wrk(), "--threads", str(clients), "--connections", str(clients)]
    command += ["--duration", f"{max(1, round(seconds))}s", "--timeout", "30s", "--latency"]
    command += ["--script", str(SCRIPTS / script), url, "--", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    return parse(done.stdout)


def parse(output: str) -> Outcome:
    """Parse the line of our scripts. Raises Problem if a bad or missing response makes it invalid."""
    line = next((line for line in output.splitlines() if line.startswith(MARK)), None)
    if line is None:
        raise Problem(f"The output of wrk cannot be parsed:\n{output.strip()}")
    result = json.loads(line.removeprefix(MARK))
    if result["bad"] or result["lost"] or not sum(result["good"]):
        raise Problem(
            f"Not measured: {result['bad']} of {result['requests']} responses were not the expected one, "
            f"{result['lost']} are missing. The first one: {result['first_bad'] or '-'}"
        )
    p50, p95, p99 = (result[mark] / 1_000 for mark in ("p50", "p95", "p99"))
    rate = result["requests"] / (result["microseconds"] / 1e6)
    return Outcome(rate, p50, p95, p99, good=tuple(result["good"]))


def medians(outcomes: Sequence[Outcome]) -> Outcome:
    """The median of each figure."""
    figures = zip(
        *((one.rate, one.p50, one.p95, one.p99, one.api, one.database) for one in outcomes), strict=True
    )
    return Outcome(*map(median, figures))
