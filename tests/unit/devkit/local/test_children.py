"""What an API that does not become ready says about it."""

import pytest

from scripts.devkit.local import children


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        (b'{"error": "No schema. Run x.", "error_code": "SCHEMA_MISSING"}', "No schema. Run x."),
        (
            b'{"error": "Behind.", "error_code": "SCHEMA_BEHIND", "details": {"missing": ["a", "b"]}}',
            "Behind. Missing: a, b.",
        ),
        (
            b'{"error": "Behind.", "error_code": "SCHEMA_BEHIND",'
            b' "details": {"missing": ["a"], "migrations": ["1_x.sql"]}}',
            "Behind. Not applied: 1_x.sql. Missing: a.",
        ),
        (b'{"error": "Away.", "error_code": "UNAVAILABLE"}', ""),
        (b'{"error_code": null}', ""),
        (b"[]", ""),
        (b"<html>", ""),
    ],
)
def test_missing_migrations_are_not_waited_for(body, remedy):
    assert children._remedy(body) == remedy
