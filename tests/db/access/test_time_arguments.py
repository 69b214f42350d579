"""Times that no clock shows, through PostgREST, as arguments of functions.

PostgreSQL reads an argument of the type timestamptz before the function is called, so it takes what
PostgreSQL takes: words such as yesterday as well as ISO 8601. What the function gets is an instant like any
other, except for infinity and for years that ISO 8601 does not have.
"""

from collections.abc import Iterator

import pytest

from app.rpc.signatures import SIGNATURES
from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS
from tests.db.access._postgrest import RestWorld
from tests.db.access.test_argument_bounds import USUAL

_TIME = "timestamp with time zone"
_NEVER = ("infinity", "-infinity", "294276-12-31 23:59:59.999999Z", "4713-01-01 00:00:00Z BC", "10000-01-01Z")
ARGUMENTS = [
    (function, name) for function, (types, _) in SIGNATURES.items() for name in types if types[name] == _TIME
]


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        yield world


# Seen to fail, for four arguments of summaries and histories: with PostgreSQL's own "timestamp out of range".
@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_a_range_without_end_is_answered_or_refused_in_words(
    world: RestWorld, function: str, name: str
) -> None:
    types, _ = SIGNATURES[function]
    for never in _NEVER:
        values = {one: USUAL.get(one) or USUAL.get(kind, "null") for one, kind in types.items()}
        values[name] = f"'{never}'"
        listed = ", ".join(f"{one} => {value}::{types[one]}" for one, value in values.items())
        outcome = world.ask(CALLERS["admin1"], f"select public.{function}({listed})", keep=False)
        assert outcome.state.startswith("PT4") or outcome.rows, (never, outcome)


# Seen to fail, for the one before Christ: it was stored as of today.
@pytest.mark.parametrize(
    ("written", "error_code"),
    [
        ("'infinity'", "INVALID_TIMESTAMP"), ("'-infinity'", "INVALID_TIMESTAMP"),
        ("now() - interval '1 hour' - 4051 * interval '1 year'", "INVALID_TIMESTAMP"),
        ("'294276-12-31'", "INVALID_TIMESTAMP"), ("'10000-01-01Z'", "INVALID_TIMESTAMP"),
        ("'9999-12-31'", "TIMESTAMP_OUT_OF_RANGE"), ("'epoch'", "TIMESTAMP_OUT_OF_RANGE"),
        ("'0001-01-01'", "TIMESTAMP_OUT_OF_RANGE"), ("'tomorrow'", "TIMESTAMP_OUT_OF_RANGE"),
    ],
)  # fmt: skip
def test_a_reading_is_not_stored_at_such_a_time(world: RestWorld, written: str, error_code: str) -> None:
    statement = f"select public.insert_device_reading(101, 3.6, p_dt_registro => {written})"
    (((verdict,),),) = [world.ask(CALLERS["admin1"], statement, keep=False).rows]
    assert (verdict["verdict"], verdict.get("error_code")) == ("rejected", error_code)


# Seen to fail: as the 11th of October and the 1st of February, before the roles had a style of dates.
@pytest.mark.parametrize("written", ["10/11/2026", "10-11-2026 12:00", "01/02/2026"])
@pytest.mark.parametrize("caller", ["admin1", "service_role"])
def test_a_day_without_an_order_is_refused(world: RestWorld, caller: str, written: str) -> None:
    statement = f"select public.insert_device_reading(101, 3.6, p_dt_registro => '{written}')"
    assert world.ask(CALLERS[caller], statement, keep=False).state == "22008"
