"""A conversion while the legacy application writes and reads: nothing acknowledged is lost or doubled.

The writer's requests are those of scripts/devkit/fleet/legacy_application.py; a user reads beside it.

Seen to fail: when changes were drained in one transaction, whose earlier rounds were carried again and again.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from scripts.devkit.fleet.legacy_fleet import LegacyFleet
from scripts.devkit.fleet.legacy_traffic import looking, reporting
from scripts.devkit.local import databases
from tests._lib.databases import Database
from tests.conversion._installation import Installation, convert, installation
from tests.conversion._story import Story

STEPS: dict[str, list[str]] = {"prepare": [], "copy": [], "verify": [], "switch": ["--radius", "km"]}


@pytest.fixture(scope="module")
def story(project: Database) -> Iterator[tuple[Installation, Story]]:
    """An installation of 22 devices whose history crosses a month, converted under load."""
    fleet = LegacyFleet(devices=22, days=40, per_day=1, sensors=2)
    with installation(project, fleet) as old:
        told = Story()
        # Not faster: the legacy policies, which look at every row, take seconds for thousands of them.
        with reporting(fleet, old.door, rate=10, connections=3) as traffic, looking(old.reader(5)) as reader:
            told.note("before", old, traffic, reader)
            told.answers.append(old.reader(5).read())
            for step, options in STEPS.items():
                with databases.roles_locked():
                    told.codes[step] = convert(old.database, step, *options)
                told.note(step, old, traffic, reader)
            told.answers.append(old.reader(5).read())
        yield old, told


@pytest.mark.parametrize("step", STEPS)
def test_every_step_ends_well(story: tuple[Installation, Story], step: str) -> None:
    assert story[1].codes[step] == 0


@pytest.mark.parametrize("step", ["before", *STEPS])
def test_no_request_fails(story: tuple[Installation, Story], step: str) -> None:
    assert story[1].failures[step] == {}


@pytest.mark.parametrize("step", ["before", *STEPS])
def test_nothing_acknowledged_is_lost_or_doubled(story: tuple[Installation, Story], step: str) -> None:
    assert str(story[1].accounts[step]) == ""


# Seen to fail: with functions whose rows became an object.
def test_what_was_read_has_the_columns_it_had(story: tuple[Installation, Story]) -> None:
    before, after = story[1].answers
    assert before.keys() == after.keys()
    for name in before:
        assert type(before[name]) is type(after[name]), name
        assert _columns(before[name]) <= _columns(after[name]), name


def _columns(answer: Any) -> set[str]:
    rows = answer if isinstance(answer, list) else answer["data"]
    return set(rows[0]) if rows else set()


def test_writers_never_stop(story: tuple[Installation, Story]) -> None:
    counts = list(story[1].whole.values())
    assert all(b > a for a, b in pairwise(counts)), counts
