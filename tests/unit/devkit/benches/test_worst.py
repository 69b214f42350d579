"""Functions whose arguments can be large have a worst case in scripts/bench worst, or a reason for none."""

from app.rpc.signatures import SIGNATURES
from scripts.devkit.benches import worst
from scripts.devkit.benches.worst_case import WITHOUT, grows


# Seen to fail: without the case of reprocessar_payload.
def test_every_function_has_a_worst_case_or_a_reason() -> None:
    assert worst.functions_without_a_case() == []


def test_reasons_are_given_for_functions_that_need_one() -> None:
    assert all(grows(SIGNATURES[function][0]) for function in WITHOUT)
