"""Times as callers write them: ISO 8601, or days in a time zone."""

from datetime import UTC, datetime, timedelta

import pytest

from app.times import in_zone, parse_before, parse_end, parse_instant, parse_zone


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31 12:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, 3, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456-03:00", datetime(2026, 1, 31, 15, microsecond=123456, tzinfo=UTC)),
        ("2026-01-31T12:00:00-03", datetime(2026, 1, 31, 15, tzinfo=UTC)),
        ("2026-01-31T12:00:00 02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("20260131", datetime(2026, 1, 31, 3, tzinfo=UTC)),
        ("20180101", datetime(2018, 1, 1, 2, tzinfo=UTC)),  # São Paulo had summer time then
    ],
)
def test_good_ones(text, instant):
    assert parse_instant(text) == instant


def test_a_local_day_keeps_its_zone():
    assert parse_instant("20260131").utcoffset() == timedelta(hours=-3)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026", "202601", "2026-02-30", "20260230", "2026-01-31T25:00Z", "2026-W05-6", "１2026-01-31",
     "2026-0131", "2026-01-31T12:00:00+25:00",
     "2026-01-31; drop table x", "infinity", "2026-01-31T12:00:00Z\n"],
)  # fmt: skip
def test_bad_ones(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any text will do
        parse_instant(text)


# Seen to fail: with parse_instant, and without fold=1.
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("20260131", datetime(2026, 2, 1, 2, 59, 59, 999999, tzinfo=UTC)),
        ("20180217", datetime(2018, 2, 18, 2, 59, 59, 999999, tzinfo=UTC)),  # its last hour came twice
        ("20181103", datetime(2018, 11, 4, 2, 59, 59, 999999, tzinfo=UTC)),  # the next day began at one
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 2, 1, 2, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_day_as_an_end_is_its_last_microsecond(text, instant):
    assert parse_end(text).astimezone(UTC) == instant


# Seen to fail: 99991231 was an OverflowError, told as 500.
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("20260131", datetime(2026, 2, 1, 3, tzinfo=UTC)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_day_as_an_excluded_end_is_the_next_one(text, instant):
    assert parse_before(text) == instant


def test_after_the_last_day_there_is_nothing_to_exclude():
    assert parse_before("99991231") == parse_end("99991231")


def test_v1_keeps_its_iso_days():
    assert parse_instant("2026-01-31", iso_days=False) == datetime(2026, 1, 31, tzinfo=UTC)
    assert parse_end("2026-01-31", iso_days=False) == datetime(2026, 1, 31, tzinfo=UTC)


# Seen to fail: with in_zone returning the instant as it is (the first two).
@pytest.mark.parametrize(
    ("instant", "zone", "wanted"),
    [
        (parse_instant("20260131"), "Asia/Tokyo", datetime(2026, 1, 30, 15, tzinfo=UTC)),
        (parse_end("2026-11-01"), "America/New_York", datetime(2026, 11, 2, 4, 59, 59, 999999, tzinfo=UTC)),
        (parse_instant("2026-01-31T00:00:00-03:00"), "Asia/Tokyo", datetime(2026, 1, 31, 3, tzinfo=UTC)),
        (parse_instant("2026-01-31T00:00:00Z"), "Asia/Tokyo", datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_a_day_belongs_to_a_zone(instant, zone, wanted):
    assert in_zone(instant, parse_zone(zone)).astimezone(UTC) == wanted


# The database refuses the same: tests/db/summaries/test_zones.py.
@pytest.mark.parametrize(
    "text",
    ["", "-03:00", "UTC-3", "<+99>-99", "posix/UTC", "localtime", "../UTC", "BRT", "America",
     "America/Sao_Paulo-3", "America/Nowhere", "x" * 65],
)  # fmt: skip
def test_what_is_not_the_name_of_a_zone(text):
    with pytest.raises(ValueError, match="IANA name"):
        parse_zone(text)
