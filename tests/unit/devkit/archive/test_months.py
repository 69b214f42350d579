"""Months as operators write them."""

from datetime import UTC, datetime

import pytest

from scripts.devkit.archive import months
from scripts.devkit.archive.manifest import Part
from scripts.devkit.console import Problem


def test_months_go_over_the_turn_of_the_year() -> None:
    found = months.between(datetime(2024, 11, 5, 3, tzinfo=UTC), months.parse("2025-02"))
    assert [months.name(one) for one in found] == ["2024-11", "2024-12", "2025-01", "2025-02"]


@pytest.mark.parametrize(
    "text", ["2025", "2025-13", "2025-1", "202501", "2025-00", "0000-01", "2025-01-01", ""]
)
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(Problem, match="write it as 2025-01"):
        months.parse(text)


def test_a_month_has_ended_with_its_last_moment() -> None:
    month = months.parse("2025-12")
    with pytest.raises(Problem):
        months.require_ended(month, datetime(2025, 12, 31, 23, 59, 59, 999999, UTC))
    months.require_ended(month, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "folder",
    [
        "client-07/2025-01",
        "client-7/2025-1",
        "client-7",
        "client-/2025-01",
        "client--7/2025-01",
        "7/2025-01",
        "",
    ],
)
def test_other_folders_are_no_parts(folder: str) -> None:
    assert Part.of(folder) is None


def test_a_part_is_known_by_its_folder() -> None:
    part = Part(7, months.parse("2025-01"))
    assert Part.of(part.folder) == part
