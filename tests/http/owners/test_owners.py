"""Nobody learns or changes anything of what a former or a new owner did, by any door.

The same story is told three times (_world.py): as usual, with other secrets of the former owner, and with
other secrets of the new one. Whoever is not that owner must be answered the same to every question there is
(_doors.py, _rest.py), errors, totals and cursors included, whoever attacked before. So no test says what an
answer is.

Seen to fail (before): with logins of devices that do not know their client; with entries of the audit log
that have both sides of a move; with sensors and logins changed after their device had moved; with the
measuring window of the former owner in a row of the new one. And on purpose: with links shown to keys; with
logins deleted by anybody; with the former owner's late publish not asserted to be its client's.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypeVar

import pytest

from tests._lib import databases
from tests._lib.databases import Database
from tests.http.owners import _doors, _rest
from tests.http.owners._world import (
    CHILDS,
    MOVED,
    NAMES,
    OTHER,
    USUAL,
    A,
    B,
    C,
    World,
    made,
    set_sequences,
    settle,
    tell,
)

pytestmark = pytest.mark.timeout(600)

Answers = dict[str, str]
T = TypeVar("T")
# Who is compared with whom having other secrets. The child is seen by A, so only A's are hidden from it.
COMPARED = [(C, "former"), (B, "former"), (A, "new")]


@pytest.fixture(scope="module")
def worlds(template: Database) -> Iterator[dict[str, World]]:
    """Each is told, and asked, in a thread of its own: PostgreSQL does the work.

    They are made one after another: routes become syntax trees, which threads of Python 3.11 cannot do at
    once (SystemError: AST constructor recursion depth mismatch).
    """
    with ExitStack() as stack:
        wanted = {"usual": {}, "former": {A: OTHER[A]}, "new": {C: OTHER[C]}}
        clones = {name: stack.enter_context(databases.clone(template)) for name in wanted}
        found = {name: stack.enter_context(made(clones[name], USUAL | wanted[name])) for name in wanted}
        _each(wanted, lambda name: tell(found[name]))
        for world in found.values():
            settle(world)
        yield found


def _each(names: Iterable[str], do: Callable[[str], T]) -> dict[str, T]:
    with ThreadPoolExecutor() as threads:
        return dict(zip(names, threads.map(do, names), strict=True))


@pytest.fixture(scope="module")
def attacked(worlds: dict[str, World]) -> dict[tuple[str, int], Answers]:
    """What the attackers were answered. Each leaves out the story that its victim's is compared with."""

    def attack(name: str) -> dict[tuple[str, int], Answers]:
        found = {}
        for turn, (attacker, without) in enumerate(((C, "new"), (A, "former")), 6):
            set_sequences(worlds[name], turn * 100_000)
            if name != without:
                questions = _doors.changes(worlds[name])
                found[name, attacker] = {q.label: _doors.ask(worlds[name], attacker, q) for q in questions}
        return found

    return {key: told for found in _each(worlds, attack).values() for key, told in found.items()}


@pytest.fixture(scope="module")
def seen(worlds: dict[str, World], attacked: Any) -> dict[tuple[str, int], Answers]:
    """What each owner is answered to everything, by the API and the REST API of Supabase."""
    wanted = {name: [client for client, world in COMPARED if world == name] for name in worlds}
    wanted["usual"] = list(NAMES)

    def see(name: str) -> dict[tuple[str, int], Answers]:
        return {(name, client): _see(worlds[name], client) for client in wanted[name]}

    return {key: told for found in _each(worlds, see).values() for key, told in found.items()}


def _see(world: World, client: int) -> Answers:
    answers = {q.label: _doors.ask(world, client, q) for q in _doors.questions(world)}
    set_sequences(world, 900_000)
    asked = [*_rest.statements(world), *_rest.writes(world)]
    answers |= {s.label: _rest.tell(world, client, s) for s in asked}
    set_sequences(world, 950_000)
    return answers | {f"key: {s.label}": _rest.tell(world, client, s, by_key=True) for s in asked}


def _different(some: Answers, others: Answers) -> dict[str, tuple[str, str]]:
    assert some.keys() == others.keys()
    return {label: (some[label], others[label]) for label in some if some[label] != others[label]}


@pytest.mark.parametrize(("client", "world"), COMPARED)
def test_answers_do_not_depend_on_the_other_owner(seen: Any, client: int, world: str) -> None:
    assert _different(seen["usual", client], seen[world, client]) == {}


@pytest.mark.parametrize(("client", "world"), [(C, "former"), (A, "new")])
def test_attempts_are_answered_the_same_whatever_the_other_owner_did(
    worlds: Any, attacked: Any, client: int, world: str
) -> None:
    """The verdicts on readings are among them: both owners send for the same times, numbers and places."""
    assert _different(attacked["usual", client], attacked[world, client]) == {}
    sent = [{label: answer.text for label, answer in worlds[w].answers[client]} for w in ("usual", world)]
    assert _different(*sent) == {}


@pytest.mark.parametrize(("client", "others"), [(A, (C,)), (B, (A, C)), (C, (A, B))])
def test_no_answer_has_a_mark_of_others(seen: Any, client: int, others: tuple[int, ...]) -> None:
    marks = "|".join(f"{USUAL[o].text}|{str(USUAL[o].number)[:4]}\\d\\d" for o in others)
    shown = {label: re.findall(marks, text) for label, text in seen["usual", client].items()}
    assert {label: found for label, found in shown.items() if found} == {}


@pytest.mark.parametrize(("client", "device"), [(A, MOVED), (A, CHILDS), (B, CHILDS), (C, MOVED)])
def test_each_owner_sees_all_of_its_own(seen: Any, client: int, device: int) -> None:
    """So that the tests above compare something: by history, curves, quarantine, messages and keys."""
    variant, answers = USUAL[client], seen["usual", client]
    history = next(
        text for label, text in answers.items() if f"HistoricoPaginaDispositivo/{device} " in label
    )
    for n in range(variant.readings):
        assert f'"nrPorta": {variant.number + n + 2},' in history
    values = answers['public."VwSensorRegistro"']
    assert {str(variant.number + n + kind) in values for n in range(3) for kind in (2, 3, 4, 5, 9)} == {True}
    for relation in ("TbIngestaoErro", "TbComandoAck", "TbEventoDispositivo", "TbApiKeys"):
        found = answers[f'public."{relation}"']
        assert variant.text in found or variant.text.encode().hex() in found, relation
