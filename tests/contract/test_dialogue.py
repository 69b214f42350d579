"""Every RPC through both back ends: the wanted answers and errors, and the same ones."""

import re

import pytest

from app.rpc.registry import RPCS
from scripts.devkit.local.paths import TYPES
from tests.contract._administration import ADMINISTRATION
from tests.contract._answers import faults
from tests.contract._dialogue import Outcome, Told, comparable, dialogue, holds
from tests.contract._readings import READINGS
from tests.contract._values import VALUES
from tests.contract.conftest import Side

STEPS = READINGS | VALUES | ADMINISTRATION
Outcomes = dict[str, Outcome]


@pytest.fixture(scope="module")
def by_postgres(postgres: Side) -> Outcomes:
    """The dialogue over a direct connection."""
    return dialogue(postgres, STEPS)


@pytest.fixture(scope="module")
def by_supabase(supabase: Side) -> Outcomes:
    """The dialogue through the REST API."""
    return dialogue(supabase, STEPS)


@pytest.fixture(scope="module", params=["by_postgres", "by_supabase"])
def outcomes(request: pytest.FixtureRequest) -> Outcomes:
    found: Outcomes = request.getfixturevalue(request.param)
    return found


# Seen to fail: without hint in Refused.error, isfinite in _as_json, or an argument in the registry.
@pytest.mark.parametrize("name", STEPS)
def test_the_answer_is_the_wanted_one(outcomes, name):
    assert holds(outcomes[name], STEPS[name].wanted), outcomes[name]


# Seen to fail: without isfinite in _as_json; without `once` in tests/_lib/lite/config.mjs.
@pytest.mark.parametrize("name", STEPS)
def test_both_answer_the_same(by_postgres, by_supabase, name):
    one, other = comparable(by_postgres[name]), comparable(by_supabase[name])
    if STEPS[name].any_order:
        one, other = sorted(one, key=repr), sorted(other, key=repr)
    assert one == other


# Seen to fail: with an RPC more in the registry.
def test_every_rpc_is_in_the_dialogue_once_as_it_should_and_once_as_it_should_not(by_postgres):
    answered = {STEPS[name].rpc for name, outcome in by_postgres.items() if not isinstance(outcome, Told)}
    refused = {STEPS[name].rpc for name, outcome in by_postgres.items() if isinstance(outcome, Told)}
    # that one anybody may ask, and there is nothing to get wrong
    assert answered == refused | {"get_saude_series"} == RPCS.keys()


# Seen to fail: with an argument more in the registry.
def test_every_argument_is_in_the_dialogue(by_postgres):
    given = {rpc.name: set() for rpc in RPCS.values()}
    for step in STEPS.values():
        given[step.rpc] |= set(step.arguments(by_postgres) if callable(step.arguments) else step.arguments)
    assert {name: sorted(names) for name, names in given.items()} == {
        rpc.name: sorted(rpc.arguments) for rpc in RPCS.values()
    }


def test_every_kind_of_error_is_in_the_dialogue(by_postgres):
    told = {outcome.status for outcome in by_postgres.values() if isinstance(outcome, Told)}
    assert told == {400, 401, 403, 404, 409, 412, 413, 429}


# Seen to fail: with logins without cdCliente, and pages of history without `page`, as v2 describes them.
@pytest.mark.parametrize("function", RPCS)
def test_answers_are_of_their_type(by_postgres, function):
    """No member more, none less than /types/supabase.ts says."""
    real = [by_postgres[name] for name, step in STEPS.items() if step.rpc == function]
    answers = [one for one in real if not isinstance(one, Told)]
    assert answers
    assert [fault for one in answers for fault in faults(function, one)] == []


def test_every_function_has_a_type_of_its_answer():
    functions = TYPES.read_text().partition("    Functions: {")[2].partition("    Enums: {")[0]
    assert set(re.findall(r'Returns: Answers\["(\w+)"\]', functions)) == set(RPCS)
    assert "Returns: Json" not in functions
