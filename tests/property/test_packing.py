"""Packed history is history: nobody can tell it from the same history that was never packed.

Two databases get the same calls; in one of them history is packed, in any order of steps, while readings
arrive late, again, contradicting and completing each other, and while a device changes hands. After every
step verdicts, rows and answers of both are compared. The twin knows nothing of packs.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._lib import databases
from tests._lib.databases import Database
from tests.db import _lab, _packing, _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Caller, Lab
from tests.db._strategies import elements, examples, iso

pytestmark = pytest.mark.timeout(600)  # a test tries many examples

OLD, NEXT = _packing.months_ago(3), _packing.months_ago(2)
EDGE = timedelta(microseconds=1)
TIMES = (
    OLD, OLD, OLD + EDGE, OLD + timedelta(days=9), OLD + timedelta(days=9, minutes=15), NEXT - EDGE,
    NEXT, NEXT + timedelta(days=3), OLD - timedelta(days=40), _packing.months_ago(0),
)  # fmt: skip
WINDOWS = (
    (OLD - timedelta(days=90), OLD + timedelta(days=200)),
    (OLD, OLD + timedelta(days=9, minutes=15)),
    (OLD + EDGE, NEXT),
)
SENSORS, DEVICES = (11, 12, 13, 21), (1, 2)


@st.composite
def batches(draw: Any) -> list[dict[str, Any]]:
    """Elements at times that meet often; now and then a run that fills a chunk of its own."""
    found = draw(st.lists(elements(), min_size=1, max_size=8))
    for element in found:
        element["dtRegistro"] = iso(draw(st.sampled_from(TIMES)))
    if draw(st.integers(0, 3)) == 0:
        start, count = draw(st.sampled_from(TIMES[:-1])), draw(st.integers(2, 60))
        gap = timedelta(seconds=draw(st.sampled_from([1, 61.5, 900, 0.25])))
        found += [
            {
                "cdDispositivo": 1,
                "dtRegistro": iso(start + gap * n),
                "nrBat": 3.5,
                "sensores": [{"cdSensor": 11, "nrValor": n / 8}],
            }
            for n in range(count)
        ]
    return found


ACTIONS = st.one_of(
    st.tuples(st.just("send"), batches()),
    st.tuples(st.just("send"), batches()),
    st.tuples(st.just("again")),
    st.tuples(st.just("pack"), st.sampled_from([1, 2, 4, 30])),
    st.tuples(st.just("pack"), st.sampled_from([1, 4, 30])),
    st.tuples(st.just("roll up")),
    st.tuples(st.just("sell"), st.sampled_from([CLIENT, CHILD])),
)


class Twins:
    """Two laboratories, the first of which packs."""

    def __init__(self, labs: list[Lab], readers: list[Caller]) -> None:
        self.labs, self.readers = labs, readers
        self.last: list[dict[str, Any]] = []

    def begin(self) -> None:
        for lab in self.labs:
            lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', CHILD)
            lab.reset()
            _rollups.forget(lab, 1)
            _packing.begin(lab, OLD)
        self.last = []

    def act(self, action: str, *how: Any) -> None:
        getattr(self, action.replace(" ", "_"))(*how)

    def send(self, batch: list[dict[str, Any]]) -> None:
        self.last = batch
        packed, plain = (self._verdicts(lab.gateway.ingest(batch)) for lab in self.labs)
        assert packed == plain

    def again(self) -> None:
        self.send(self.last)

    def pack(self, steps: int) -> None:
        for _ in range(steps):
            _packing.step(self.labs[0])
        _packing.pack_rollups(self.labs[0])

    def roll_up(self) -> None:
        for lab in self.labs:
            _rollups.settle(lab)

    def sell(self, client: int) -> None:
        for lab in self.labs:
            lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', client)

    @staticmethod
    def _verdicts(answer: dict[str, Any]) -> list[Any]:
        return [{key: value for key, value in one.items() if key != "cdPosicao"} for one in answer["results"]]

    def compare(self) -> None:
        packed, plain = ([self._rows(lab), self._answers(reader)] for lab, reader in self._pairs())
        assert packed == plain

    def _pairs(self) -> Iterator[tuple[Lab, Caller]]:
        return iter(zip(self.labs, self.readers, strict=True))

    @staticmethod
    def _rows(lab: Lab) -> Any:
        return [
            sorted(lab.positions().items(), key=str),
            sorted(lab.readings().items(), key=str),
            sorted(lab.current().items(), key=str),
            lab.quarantine(),
        ]

    @staticmethod
    def _answers(reader: Caller) -> list[Any]:
        def ask(function: str, **arguments: Any) -> None:
            try:
                found.append(_without_ids(reader.call(function, **arguments)))
            except psycopg2.InternalError as error:  # texts have no minutes
                found.append(str(error).splitlines()[0])

        found: list[Any] = []
        ask("get_ultimos_valores", p_cd_dispositivos=list(DEVICES))
        for since, until in WINDOWS:
            window = {"p_dt_inicio": f"{since}Z", "p_dt_fim": f"{until}Z"}
            for sensor in SENSORS:
                for agg in ("raw", "1m", "1h", "auto"):
                    ask("get_data_points", p_cd_sensor=sensor, p_agg=agg, **window)
            for device in DEVICES:
                ask("get_trajeto", p_cd_dispositivo=device, **window)
            ask("get_device_aggregations", p_dispositivos=list(DEVICES), **window)
            span = {"p_dt_registro_comeco": window["p_dt_inicio"], "p_dt_registro_fim": window["p_dt_fim"]}
            ask("get_historico_paginado", p_cd_dispositivo=0, p_page_size=7, **span)
        return found


def _without_ids(answer: Any) -> Any:
    """JSON without the generated codes of positions."""
    if isinstance(answer, dict):
        return {key: _without_ids(value) for key, value in answer.items() if key != "cdPosicao"}
    if isinstance(answer, list):
        return [_without_ids(value) for value in answer]
    return answer


@pytest.fixture(scope="module")
def twins(template: Database) -> Iterator[Twins]:
    with ExitStack() as stack:
        labs = [
            stack.enter_context(_lab.opened(stack.enter_context(databases.clone(template)))) for _ in range(2)
        ]
        readers = [stack.enter_context(lab.caller(role="service")) for lab in labs]
        yield Twins(labs, readers)


@given(actions=st.lists(ACTIONS, min_size=3, max_size=10))
@examples(8)
def test_packed_history_cannot_be_told_from_history(twins: Twins, actions: list[tuple[Any, ...]]) -> None:
    twins.begin()
    for action in actions:
        twins.act(*action)
        twins.compare()
    _packing.pack(twins.labs[0])
    twins.compare()
    twins.roll_up()
    twins.compare()
