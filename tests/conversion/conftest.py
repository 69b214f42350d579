"""Fixtures: an installation of the legacy system."""

from collections.abc import Iterator

import pytest

from scripts.devkit.fleet.legacy_fleet import LegacyFleet
from tests._lib.databases import Database
from tests.conversion._installation import Installation, installation


@pytest.fixture(scope="module")
def old(project: Database) -> Iterator[Installation]:
    """22 devices of two clients with two sensors, two days with four reports each: its policies are slow."""
    with installation(project, LegacyFleet(devices=22, days=2, per_day=4, sensors=2)) as one:
        yield one
