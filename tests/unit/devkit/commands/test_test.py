"""Which tests scripts/test runs, and in how many processes."""

import pytest

from scripts.devkit.commands import test as command

FILE, FOLDER, SLOW = "tests/unit/test_times.py", "tests/http", "tests/acceptance/test_faults.py"


# Seen to fail: with paths that are not split at "::"; without the look at ONE_PROCESS.
@pytest.mark.parametrize(
    ("arguments", "parallel"),
    [
        ([], True),
        ([FOLDER], True),
        ([FILE, FOLDER], True),
        (["-k", "quarantine"], True),
        ([FILE], False),
        ([f"{FILE}::test_it", "-x"], False),
        (["-s"], False),
        ([FOLDER, "--pdb"], False),
        (["-n", "3"], False),
        (["--numprocesses=3"], False),
    ],
)
def test_only_what_is_worth_it_runs_in_parallel(arguments, parallel):
    assert ("-n" in command._processes(arguments)) is parallel


# Seen to fail: with all in one run; with both in parallel; with a file of its own run twice.
def test_acceptance_tests_that_measure_how_long_others_wait_run_alone():
    runs = command._runs([], acceptance=True)
    assert [(selection[1], "-n" in processes) for selection, processes in runs] == [
        ("acceptance and not alone", True),
        ("acceptance and alone", False),
    ]
    assert command._runs([SLOW], acceptance=True) == [(["-m", "acceptance"], [])]


# Seen to fail: with the last code; with the largest: no test of a kind is no failure, none at all is one.
@pytest.mark.parametrize(("codes", "code"), [([0, 0], 0), ([1, 0], 1), ([0, 1], 1), ([5, 0], 0), ([5, 5], 5)])
def test_a_failure_of_either_run_counts(monkeypatch, codes, code):
    left = iter(codes)
    monkeypatch.setattr(command, "_tool", lambda *_: next(left))
    assert command._pytest([], acceptance=True, none_skipped=False) == code


# Seen to fail: with "not acceptance" for everything.
@pytest.mark.parametrize(
    ("arguments", "marked"),
    [
        ([], ["-m", "not acceptance"]),
        ([FOLDER], ["-m", "not acceptance"]),
        ([SLOW], []),
        (["tests/contract/test_backends.py::test_it[pooled]"], []),
    ],
)
def test_a_slow_test_that_is_named_runs_without_an_option(arguments, marked):
    assert command._selection(arguments) == marked


# Seen to fail: with abbreviations allowed.
def test_options_of_pytest_are_left_to_it():
    options, rest = command._parser().parse_known_args(["--acc", "-x", FILE, "--none-skipped"])
    assert (options.acceptance, options.none_skipped, rest) == (False, True, ["--acc", "-x", FILE])
