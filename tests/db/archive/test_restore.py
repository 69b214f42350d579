"""What an archive has comes back once, to the last bit, and everything made of it follows."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests._lib.databases import Database
from tests.db import _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Lab, opened
from tests.db._rollups import Reader
from tests.db._strategies import iso
from tests.db.archive._months import OLD, OLDER, delete, everything, month, name, rewrite, rows, run

MINE = ("--client", CLIENT, "--month", name(OLD))


@pytest.fixture(scope="module")
def reader(shared_lab: Lab) -> Iterator[Reader]:
    with _rollups.opened(shared_lab) as reader:
        yield reader


# Seen to fail: with texts that are not in quotation marks, without 30_months.sql.
def test_rows_come_back_once_and_identical(
    lab: Lab, archived: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(lab)
    delete(lab, CLIENT)
    delete(lab, CHILD)
    while _rollups.step(lab, "drop_empty_partitions"):
        pass
    assert everything(lab) == [[], []]
    assert run(lab, "restore", archived, "--client", CLIENT) == 0
    assert rows(lab, "TbPosicao", CHILD, OLD) == rows(lab, "TbSensorRegistro", CHILD, OLDER) == []
    assert "25 rows stored, 0 were there" in capsys.readouterr().out
    assert run(lab, "restore", archived) == 0
    assert everything(lab) == before
    out = capsys.readouterr().out
    assert out.count(": 0 rows stored, 25 were there") == 2
    assert out.count(": 2 rows stored, 0 were there") == 2
    assert run(lab, "restore", archived) == 0
    assert everything(lab) == before


# Seen to fail: without the deletions at the beginning of restore_month() (nothing could be stored).
def test_what_is_left_is_completed(lab: Lab, archived: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(lab)
    lab.sql('delete from series."TbSensorRegistro" where "cdSensor" = 12 and "nrQualidade" = 1')
    lab.sql('delete from series."TbPosicao" where "cdDispositivo" = 3')
    assert run(lab, "restore", archived, *MINE) == 0
    assert "4 rows stored, 21 were there" in capsys.readouterr().out
    assert run(lab, "restore", archived) == 0
    assert everything(lab) == before


# Seen to fail: with cdEndereco among what is compared.
def test_an_address_that_was_found_since_is_no_difference(lab: Lab, archived: Path) -> None:
    lab.sql('update series."TbPosicao" set "cdEndereco" = 2 where "cdEndereco" is null')
    before = everything(lab)
    assert run(lab, "restore", archived) == 0
    assert everything(lab) == before


# Seen to fail: without the dirty hours of values, and without those of positions.
def test_rollups_and_totals_follow(lab: Lab, archived: Path, reader: Reader) -> None:
    windows = [(start, start + timedelta(days=31)) for start in (OLD, OLDER)]
    windows.append((OLD, OLD + timedelta(hours=5, minutes=30)))
    asked: tuple[Any, ...] = ([11, 13, 21], [1, 2, 3], windows)
    _rollups.settle(lab)
    reader.look(*asked)
    for client in (CLIENT, CHILD):
        delete(lab, client)
    _rollups.settle(lab)
    reader.look(*asked)
    assert run(lab, "restore", archived) == 0
    reader.look(*asked)
    _rollups.settle(lab)
    reader.look(*asked)


# Seen to fail: with the current positions of the client deleted before its rows are stored.
def test_current_positions_never_move_back(lab: Lab, archived: Path) -> None:
    delete(lab, CLIENT)
    lab.gateway.ingest([{"cdDispositivo": 1, "dtRegistro": iso(month(1)), "nrBat": 3.3}])
    before = lab.sql('select a.* from "TbPosicaoAtual" a order by 1')
    assert run(lab, "restore", archived, *MINE) == 0
    after = lab.sql('select a.* from "TbPosicaoAtual" a order by 1')
    assert [row for row in after if row[0] != 1] == [row for row in before if row[0] != 1]
    (battery,) = lab.sql('select "dtRegistro", "nrBat" from "TbPosicaoAtual" where "cdDispositivo" = 1')
    assert battery == (month(1), 3.3)


def test_the_addresses_of_restored_positions_cannot_be_deleted(lab: Lab, archived: Path) -> None:
    delete(lab, CLIENT)
    lab.sql('delete from "TbEnderecoVinculo"')
    assert run(lab, "restore", archived, *MINE) == 0
    found = lab.sql('select "cdEndereco", "cdCliente" from "TbEnderecoVinculo" order by 1')
    assert found == [(1, CLIENT), (3, CLIENT)]


# Seen to fail: without the sequence in 30_months.sql.
def test_another_database_with_the_same_devices_takes_it(
    lab: Lab, archived: Path, new_database: Callable[[], Database]
) -> None:
    wanted = everything(lab)
    with opened(new_database()) as other:
        assert run(other, "restore", archived) == 0
        assert everything(other) == wanted
        other.gateway.ingest([{"cdDispositivo": 1, "dtRegistro": iso(month(1)), "nrBat": 3.3}])
        codes = other.sql('select "cdPosicao" from "TbPosicao" order by "dtRegistro"')
        assert codes[-1] > max(codes[:-1])


# Seen to fail: without `including defaults` in 10_tables.sql.
def test_a_column_that_came_later_has_its_default(lab: Lab, archived: Path) -> None:
    lab.sql('update series."TbSensorRegistro" set "nrQualidade" = 0')
    before = everything(lab)
    rewrite(archived, "TbSensorRegistro", OLD, lambda table: table.drop_columns(["nrQualidade"]))
    delete(lab, CLIENT)
    assert run(lab, "restore", archived, *MINE) == 0
    kept = [row for row in before[1] if name(OLD) in row]
    assert [row for row in everything(lab)[1] if name(OLD) in row] == kept
