"""Which numbers are values, what a quotient of extremes is: pure functions of the database."""

import json
import math

import pytest

_LARGEST = "1.3407807929942596e154"  # its square is the largest double


# Seen to fail: read_double, which read values before, takes the numbers up to 1.7976931348623157e308.
@pytest.mark.parametrize(
    "number",
    [
        "9007199254740993", "-9007199254740993", "9007199254740993.0", "9007199254740992.5", "1e16", "1e20",
        "123456789012345678", "18446744073709551615", "1000000000000000000001", "1" + "0" * 30 + "1",
        "1.3407807929942597e154", "-1.3407807929942597e154", "9e307", "1.7976931348623157e308", "1e309",
        "-1.7976931348623157e308", '"1"', "true", "[]", "{}", '"NaN"', '"Infinity"',
    ],
)  # fmt: skip
def test_what_is_not_a_value(db, number):
    assert _one(db, "select private.read_measure(%s)", number) is None


@pytest.mark.parametrize(
    "number",
    [
        "0", "-0.0", "21.5", "-273.15", "9007199254740992", "-9007199254740992", "9007199254740991.0",
        "1e21", "1e30", "-1.5e100", "1" + "0" * 40 + ".0", _LARGEST, f"-{_LARGEST}",
        "2.2250738585072014e-308", "1e-307",
    ],
)  # fmt: skip
def test_what_is_a_value(db, number):
    assert _one(db, "select private.read_measure(%s)", number) == float(number)


def test_what_is_too_small_is_zero(db):
    assert [_one(db, "select private.read_measure(%s)", text) for text in ("5e-324", "-1e-400")] == [0, 0]


# Seen to fail: 1e-307 / 1e100 and 1e154 / 1e-300 raise as plain divisions ("value out of range").
@pytest.mark.parametrize("value", [0, 1, -5e-324, 1e-307, 1e154, -1.7976931348623157e308, math.inf, math.nan])
@pytest.mark.parametrize("weight", [0, 5e-324, 1e-300, 1e-100, -0.25, 1, 1e100, 1e300, math.inf, math.nan])
def test_items_of_any_value_and_weight(db, value, weight):
    items = _one(db, "select private.count_items(3, %s, 0, %s, null)", value, weight)
    wanted = value / weight if weight and 1e-100 <= abs(weight) <= 1e100 else 0
    assert items == (pytest.approx(wanted, rel=1e-15, abs=1e-190) if math.isfinite(wanted) else 0)


# Seen to fail: the share as it was computed raises for the first two ("value out of range").
@pytest.mark.parametrize(
    ("volts", "percent"),
    [
        ("-1.7976931348623157e308", "-100000000.00%"), ("5e-324", "0.00%"), ("3.33", "90.00%"),
        ("60", "100.00%"), ("-1", "-27.03%"), ("NaN", "100.00%"), ("1.7976931348623157e308", "100.00%"),
    ],
)  # fmt: skip
def test_any_voltage_has_a_share(db, volts, percent):
    assert _one(db, "select private.battery_percent(%s)", volts) == percent


def _one(db, statement, *values):
    with db.cursor() as cursor:
        cursor.execute(statement, tuple(v if isinstance(v, str | float) else json.dumps(v) for v in values))
        return cursor.fetchone()[0]
