"""Numbers as Brazilian spreadsheets write them."""

import pytest

from app.files.numbers import Ambiguous, with_comma


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12,5", "12.5"), ("-0,75", "-0.75"), ("1.234,5", "1234.5"), ("1.234.567,00", "1234567.00"),
        ("12", "12"), ("12.5", "12.5"), ("1234.567", "1234.567"), ("0.5", "0.5"), ("0.500", "0.500"),
        ("1,234.5", "1,234.5"), ("1.23,4", "1.23,4"), ("1,2,3", "1,2,3"), ("x,5", "x,5"), (" 3,5 ", "3.5"),
        ("-23.550520", "-23.550520"), ("1e5", "1e5"), (",5", ",5"), ("5,", "5,"),
    ],
)  # fmt: skip
def test_a_decimal_comma_becomes_a_dot(written: str, read: str) -> None:
    assert with_comma(written) == read


# Seen to fail: without the rule, as 1.234.
@pytest.mark.parametrize("written", ["1.234", "-12.345", "1.234.567"])
def test_what_may_be_two_numbers_is_refused(written: str) -> None:
    with pytest.raises(Ambiguous):
        with_comma(written)
