"""Which tests scripts/test runs, and in how many processes."""

import pytest

from scripts.devkit.commands import test as command

FILE, FOLDER = "tests/unit/test_times.py", "tests/http"


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
    assert ("-n" in command._processes(arguments, acceptance=False)) is parallel


# Seen to fail: without the question for acceptance.
def test_acceptance_tests_run_one_after_the_other():
    assert command._processes([], acceptance=True) == []


# Seen to fail: with "not acceptance" for everything.
@pytest.mark.parametrize(
    ("arguments", "acceptance", "marked"),
    [
        ([], False, ["-m", "not acceptance"]),
        ([FOLDER], False, ["-m", "not acceptance"]),
        ([], True, ["-m", "acceptance"]),
        (["tests/acceptance/test_faults.py"], False, []),
        (["tests/contract/test_backends.py::test_it[pooled]"], False, []),
    ],
)
def test_a_slow_test_that_is_named_runs_without_an_option(arguments, acceptance, marked):
    assert command._selection(arguments, acceptance) == marked


# Seen to fail: with abbreviations allowed.
def test_options_of_pytest_are_left_to_it():
    options, rest = command._parser().parse_known_args(["--acc", "-x", FILE, "--none-skipped"])
    assert (options.acceptance, options.none_skipped, rest) == (False, True, ["--acc", "-x", FILE])
