"""The circuit opens for longer each time, and counts what fails together once."""

from app.ingest.circuit import Circuit


def test_pauses_grow_up_to_a_limit_and_differ() -> None:
    now, chance = [0.0], [1.0]
    circuit = Circuit(lambda: now[0], lambda: chance[0])
    pauses = []
    for _ in range(8):
        circuit.failed()
        pauses.append(round(circuit.wait_s(), 3))
        now[0] += circuit.wait_s()
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    chance[0] = 0.0
    circuit.failed()
    assert circuit.wait_s() == 2.5


# Fails when each failure of calls that ran side by side counts.
def test_failures_side_by_side_are_one() -> None:
    circuit = Circuit(lambda: 0.0, lambda: 1.0)
    assert [circuit.failed() for _ in range(4)] == [True, False, False, False]
    assert circuit.wait_s() == 0.1
    assert circuit.open
    assert circuit.succeeded()
    assert not circuit.succeeded()
    assert (circuit.open, circuit.wait_s()) == (False, 0.0)


def test_whoever_is_told_how_long_waits_so_long() -> None:
    circuit = Circuit(lambda: 0.0, lambda: 1.0)
    circuit.failed(at_least_s=30)
    assert circuit.wait_s() == 30
