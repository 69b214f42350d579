"""What the store of the stream shows, to whom, and from where one may resume."""

from collections.abc import Iterable

import msgspec
import pytest

from app.jobs.stream import hub
from app.jobs.stream.database import News, Position, Value
from app.jobs.stream.events import Encoder, Progress
from app.jobs.stream.filters import Filter
from app.jobs.stream.query import parse
from app.jobs.stream.store import PACE_S, Mark, Store

EVERYTHING = Filter(parse({}))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return Store(clock)


def position(device: int, transaction: int, client: int = 1, **more: object) -> Position:
    """A position whose JSON is its device and transaction; ``gone``: the device has another client."""
    body = b"null" if more.pop("gone", False) else b'{"cdDispositivo":%d,"n":%d}' % (device, transaction)
    usual = {
        "product": None,
        "product_client": None,
        "latitude": -23.5,
        "longitude": -46.6,
        "is_inside": True,
    }
    return Position(
        client, device, **(usual | more), transaction_text=str(transaction),  # type: ignore[arg-type]
        full=msgspec.Raw(body), without_product=msgspec.Raw(b'{"hidden":true}'),
    )  # fmt: skip


def news(
    positions: Iterable[Position], horizon: int, clients: Iterable[int] = (1, 2), server: str = "s"
) -> News:
    """An answer of the database."""
    return News({"user:x": frozenset(clients)}, horizon, 1_000, server, list(positions), [])


def take(store: Store, *positions: Position, horizon: int, **more: object) -> None:
    """Take in what changed."""
    store.take(news(positions, horizon, **more), list(store.known))  # type: ignore[arg-type]


def seen(store: Store, after: int = 0, clients: Iterable[int] = (1,)) -> dict[int, int]:
    """Device and transaction of what changed after a number; of what is gone, None."""
    return {
        row.device: -1 if row.is_gone else row.transaction for row in store.positions(set(clients), after)
    }


# Seen to fail: with rows of every client in Store.positions.
def test_only_these_clients(store: Store) -> None:
    take(store, position(1, 5), position(2, 6, client=2), horizon=7)
    assert seen(store) == {1: 5}
    assert seen(store, clients=(2,)) == {2: 6}
    assert seen(store, clients=()) == {}


# Seen to fail: with a horizon that leaves out what is held back.
def test_once_a_second_and_then_the_latest(store: Store, clock: Clock) -> None:
    take(store, position(1, 5), horizon=6)
    first = store.mark
    for transaction in (6, 7, 8):
        clock.now += PACE_S / 8
        take(store, position(1, transaction), horizon=transaction + 1)
        assert seen(store) == {1: 5}
        assert store.mark == Mark(first.number, transaction), "whoever resumes here is given it again"
    clock.now = PACE_S
    take(store, horizon=20)
    assert seen(store, first.number) == {1: 8}
    assert store.mark.horizon == 20


# Seen to fail: with changes that are shown a whole second after the one before.
def test_who_reports_once_a_second_is_shown_at_once(store: Store, clock: Clock) -> None:
    for number, moment in enumerate((0.0, 1.2, 2.0, 2.9, 4.1), 1):
        clock.now = moment
        take(store, position(1, number), horizon=number)
        assert seen(store) == {1: number}


def test_who_reports_more_often_is_shown_once_a_second(store: Store, clock: Clock) -> None:
    shown = set()
    for number in range(100):
        clock.now = number / 10
        take(store, position(1, number), horizon=number)
        shown |= set(seen(store).items())
    assert len(shown) <= 11


def test_repeats_are_no_changes(store: Store, clock: Clock) -> None:
    take(store, position(1, 5), horizon=5)
    mark = store.mark
    clock.now = 10
    take(store, position(1, 5), horizon=5)
    assert store.mark == mark


# Seen to fail: without _take_from_former_owner.
def test_a_device_has_one_owner(store: Store) -> None:
    take(store, position(1, 5), horizon=6)
    mark = store.mark
    take(store, position(1, 7, client=2), horizon=8)
    assert seen(store, mark.number) == {1: -1}
    assert seen(store, clients=(2,)) == {1: 7}
    take(store, position(1, 9, client=2, gone=True), position(1, 10), horizon=11)
    assert seen(store, clients=(2,)) == {1: -1}
    assert seen(store) == {1: 10}


def test_what_is_missing_from_a_whole_is_gone(store: Store, clock: Clock) -> None:
    take(store, position(1, 5), position(2, 5), horizon=6)
    mark, clock.now = store.mark, 60
    store.take(news([position(2, 5)], 9), [])
    assert seen(store, mark.number) == {1: -1}


# Seen to fail: with clients that stay known when the server changes.
def test_another_server(store: Store) -> None:
    take(store, position(1, 50), horizon=60)
    take(store, position(2, 3), horizon=4, server="t")
    assert (list(store.known), store.read_until) == ([], 0), "everything is read again"
    take(store, position(2, 3), position(3, 1), horizon=4, server="t")
    assert seen(store) == {2: 3, 3: 1}


def begun(
    encoder: Encoder, clients: frozenset[int], wanted: Filter, last_id: str = ""
) -> tuple[Progress, bytes]:
    """The first event of a stream, and what is left."""
    return next(filter(None, encoder.opening(clients, wanted, last_id)))


def text(store: Store, wanted: Filter = EVERYTHING, last_id: str = "", clients: Iterable[int] = (1,)) -> str:
    """The first events of a stream, until it has everything."""
    encoder, mine = Encoder(store), frozenset(clients)
    progress, parts = begun(encoder, mine, wanted, last_id)
    while progress.left:
        parts += encoder.more(progress, mine, wanted)
    return parts.decode()


# Seen to fail: with `>` for the comparison of transactions.
def test_resumed(store: Store) -> None:
    take(store, position(1, 5), position(2, 7), position(3, 9), horizon=10)
    resumed = text(store, last_id="s.7")
    assert '"resumed":true,"cdDispositivos":[3,2,1]' in resumed
    assert ('"n":5' in resumed, '"n":7' in resumed, '"n":9' in resumed) == (False, True, True)
    assert "\nid: s.10\nevent: positions\n" in resumed
    for other in ("", "x", "s.", "s.-1", "t.7", "s.1001", "s.٣", "s." + "9" * 30):
        assert '"resumed":false' in text(store, last_id=other), other


def test_who_sees_no_device_may_resume_too(store: Store) -> None:
    take(store, position(1, 5), horizon=10)
    opened = text(store, clients={2})
    assert '"cdDispositivos":[]' in opened
    assert "id: s.10\n" in opened


# Seen to fail: with the full row for whoever does not see the product.
def test_a_product_of_another_client_is_hidden(store: Store) -> None:
    take(store, position(1, 5, product=3, product_client=2), horizon=6)
    assert "hidden" in text(store)
    assert "hidden" not in text(store, clients={1, 2})


# Seen to fail: with the comparison that was there, for which a product without client was everybody's; with a
# filter that compares products which the viewer does not see.
@pytest.mark.parametrize("owner", [None, 2])
def test_a_hidden_product_is_not_found_either(store: Store, owner: int | None) -> None:
    row = position(1, 5, product=3, product_client=owner)
    take(store, row, horizon=6)
    assert "hidden" in text(store)
    asked = Filter(parse({"cdProduto": "3"}))
    assert not asked.wants(row, {1})
    assert asked.wants(row, {1, 2}) is (owner == 2)


# Seen to fail: with another filter under the same key.
def test_viewers_who_see_the_same_share_one_encoding(store: Store) -> None:
    take(store, horizon=4)
    encoder, mine = Encoder(store), frozenset({1})
    queries = [Filter(parse({"cdDispositivos": code})) for code in ("1", "1", "2")]
    viewers = [(begun(encoder, mine, wanted)[0], mine, wanted) for wanted in queries]
    take(store, position(1, 5), position(2, 5), horizon=6)
    one, same, other = [encoder.more(*viewer) for viewer in viewers]
    assert one is same
    assert b'"cdDispositivo":2' in other
    assert b'"cdDispositivo":2' not in one


# Seen to fail: with names of changes that are kept when the store has changed again.
def test_who_comes_later_gets_what_changed_meanwhile_too(store: Store) -> None:
    take(store, horizon=4)
    encoder, mine = Encoder(store), frozenset({1})
    (soon, _), (later, _) = (begun(encoder, mine, EVERYTHING) for _ in range(2))
    take(store, position(1, 5), horizon=6)
    assert b'"cdDispositivo":1' in encoder.more(soon, mine, EVERYTHING)
    take(store, position(2, 6), horizon=7)
    assert b'"cdDispositivo":1' not in encoder.more(soon, mine, EVERYTHING)
    both = encoder.more(later, mine, EVERYTHING)
    assert b'"cdDispositivo":1' in both
    assert b'"cdDispositivo":2' in both


# Seen to fail: with values that do not count as changes of a client.
def test_values_alone_are_sent(store: Store) -> None:
    take(store, position(1, 5), horizon=6)
    encoder, mine, wanted = Encoder(store), frozenset({1}), Filter(parse({"sensores": "7"}))
    progress, _ = begun(encoder, mine, wanted)
    while progress.left:
        encoder.more(progress, mine, wanted)
    store.take(
        msgspec.structs.replace(news([], 6), values=[Value(1, 7, msgspec.Raw(b'{"cdSensor":7}'))]), {1, 2}
    )
    assert b'"cdSensor":7' in encoder.more(progress, mine, wanted)
    assert encoder.more(progress, mine, wanted) == b""


def test_a_fleet_comes_in_pages_that_hold_the_latest(store: Store, clock: Clock) -> None:
    """Whoever takes nothing is held one page for, and then gets each device once, as it is then."""
    many = 1_000
    take(store, *(position(device, 5) for device in range(1, many + 1)), horizon=6)
    encoder, mine = Encoder(store), frozenset({1})
    progress, first = begun(encoder, mine, EVERYTHING)
    parts = [encoder.more(progress, mine, EVERYTHING)]
    clock.now = 10
    take(store, *(position(device, 7) for device in range(1, many + 1)), horizon=8)
    parts += [encoder.more(progress, mine, EVERYTHING) for _ in range(2 * many // 200)]
    rows = [part.count(b'"cdDispositivo":') for part in parts]
    assert max(rows) <= 200 < many
    assert sum(rows) == 200 + many, "the first page, and then all anew"
    assert b"id: " not in first
    assert [b"id: s.8" in part for part in parts if part][-2:] == [False, True]
    assert not any(b"id: " in part for part in parts[:-2])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"caixa": "-24,-47,-23,-46"}, True),
        ({"caixa": "-24,-46,-23,-45"}, False),
        ({"caixa": "-24,170,-23,-46"}, True),
        ({"fora": "0"}, True),
        ({"fora": "1"}, False),
        ({"cdProduto": "3"}, True),
        ({"cdProduto": "4"}, False),
    ],
)
def test_filters(query: dict[str, str], expected: bool) -> None:
    wanted = Filter(parse(query))
    assert wanted.wants(position(1, 5, product=3, product_client=1), {1}) is expected
    assert wanted.may_lose


# Seen to fail: with callers who see nothing more in the cover.
def test_few_callers_see_what_all_see() -> None:
    callers = {"a": frozenset({1}), "b": frozenset({1, 2}), "c": frozenset({3}), "d": frozenset({2, 3})}
    assert hub.union({name: callers[name] for name in hub.cover(callers)}) == {1, 2, 3}
    assert hub.cover(callers) == ["b", "c"] or hub.cover(callers) == ["b", "d"]
