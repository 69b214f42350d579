"""How much of a processor the viewers of one client take. Pure."""

from app.jobs.stream.work import BURST_S, SHARE, Work


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_client_waits_behind_itself() -> None:
    clock = Clock()
    work = Work(clock)
    with work.of(2):
        clock.now += BURST_S + 0.2
    assert work.may(1), "others do not wait for it"
    assert not work.may(2)
    with work.of(1):
        clock.now += BURST_S + 0.2
    assert not work.may(1)
    clock.now += 0.2 / SHARE - 0.01
    assert not work.may(1)
    clock.now += 0.02
    assert work.may(1)


def test_it_takes_its_share_however_much_there_is_to_do() -> None:
    clock = Clock()
    work = Work(clock)
    spent = 0.0
    for _ in range(1_000):
        clock.now += 0.01
        if work.may(1):
            with work.of(1):
                clock.now += 0.02
                spent += 0.02
    assert spent < (clock.now - 100) * SHARE + BURST_S + 0.02


def test_who_owes_nothing_is_forgotten() -> None:
    clock = Clock()
    work = Work(clock)
    for client in range(1_000):
        with work.of(client):
            pass
    clock.now += 1
    work.forget()
    assert not work._spent
