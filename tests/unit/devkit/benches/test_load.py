"""What the load generator tells is read, a bad answer spoils it, and what was posted is found again."""

import json
from typing import Any

import pytest

from scripts.devkit.benches import load
from scripts.devkit.benches.http_cases import Post
from scripts.devkit.benches.http_run import account
from scripts.devkit.benches.load import Outcome
from scripts.devkit.console import Problem

TOLD = {
    "requests": 3_000, "microseconds": 1_500_000, "p50": 4_000, "p95": 9_500, "p99": 12_000,
    "good": [1_000, 2_000], "bad": 0, "lost": 0, "first_bad": "",
}  # fmt: skip
SINGLE, BATCH = Post("single", "", "", 0), Post("batch", "", "", 100)


def said(**changed: Any) -> str:
    return f"Running 2s test\nRASTRO {json.dumps(TOLD | changed)}\nRequests/sec: 1\n"


# Fails when the time of the run or of the percentiles is taken for milliseconds.
def test_a_run_is_read_from_its_one_line() -> None:
    assert load.parse(said()) == Outcome(rate=2_000, p50=4, p95=9.5, p99=12, good=(1_000, 2_000))


# Fails when the condition on bad, on lost, or on good is left out.
@pytest.mark.parametrize(
    "changed",
    [{"bad": 1, "first_bad": '409 {"error": "taken"}'}, {"lost": 1}, {"good": [0, 0], "requests": 0}],
)
def test_a_bad_or_missing_answer_spoils_the_figure(changed: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        load.parse(said(**changed))
    assert str(changed.get("first_bad", "")) in str(refused.value)


# Fails when the output is not shown.
def test_silence_is_a_problem_that_shows_what_was_said() -> None:
    with pytest.raises(Problem, match="unable to connect"):
        load.parse("unable to connect to 127.0.0.1:1 Connection refused\n")


# Fails when the middle one of the runs is taken whole.
def test_each_figure_has_its_own_median() -> None:
    runs = [Outcome(1, 6, 7, 8, 3, 1), Outcome(2, 4, 9, 7, 2, 3), Outcome(3, 5, 8, 9, 1, 2)]
    assert load.medians(runs) == Outcome(2, 5, 8, 8, 2, 2)


# Fails when requests under way are counted as acknowledged, or not at all.
@pytest.mark.parametrize(
    ("case", "stored", "counted"),
    [(SINGLE, {0: 5, 1: 8}, (12, 1)), (BATCH, {0: 500, 1: 800}, (1_200, 100))],
)
def test_beside_what_was_acknowledged_only_the_last_request_may_be_stored(
    case: Post, stored: dict[int, int], counted: tuple[int, int]
) -> None:
    assert account(case, [5, 7], stored, stored) == counted


# Fails when less than was acknowledged, a part of a request or more than one more passes, in either table.
@pytest.mark.parametrize(
    ("positions", "readings"),
    [(400, 500), (500, 400), (550, 550), (700, 700), (500, 700), (0, 0)],
)
def test_anything_else_is_a_problem(positions: int, readings: int) -> None:
    with pytest.raises(Problem, match="500 readings of connection 0 were acknowledged"):
        account(BATCH, [5], {0: positions}, {0: readings})
