"""What an archive has comes back once, to the last bit, and everything made of it follows."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pyarrow.parquet as pq
import pytest

from scripts.devkit.archive import manifest
from tests._lib.databases import Database
from tests.db import _fleet, _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Lab, in_background, opened
from tests.db._rollups import Reader
from tests.db._strategies import iso
from tests.db.archive import _months
from tests.db.archive._months import COLUMNS, delete, everything, file, month, name, rows, run

OLD, OLDER = month(2), month(20)
MINE = ("--client", CLIENT, "--month", name(OLD))


@pytest.fixture(scope="module")
def reader(shared_lab: Lab) -> Iterator[Reader]:
    with _rollups.opened(shared_lab) as reader:
        yield reader


@pytest.fixture
def target(lab: Lab, tmp_path: Path) -> Iterator[Path]:
    """An archive of two months of two clients, and the database that has them still."""
    _months.begin_anew(lab)
    for start in (OLD, OLDER):
        _months.fill(lab, start)
    assert run(lab, "write", tmp_path / "archive", "--until", name(OLD)) == 0
    yield tmp_path / "archive"
    _rollups.hold_back(lab, 0)


# Seen to fail: with texts that are not in quotation marks, without 30_months.sql.
def test_rows_come_back_once_and_identical(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(lab)
    delete(lab, CLIENT)
    delete(lab, CHILD)
    while _rollups.step(lab, "drop_empty_partitions"):
        pass
    assert everything(lab) == [[], []]
    assert run(lab, "restore", target, "--client", CLIENT) == 0
    assert rows(lab, "TbPosicao", CHILD, OLD) == rows(lab, "TbSensorRegistro", CHILD, OLDER) == []
    assert "25 rows stored, 0 were there" in capsys.readouterr().out
    assert run(lab, "restore", target) == 0
    assert everything(lab) == before
    out = capsys.readouterr().out
    assert out.count(": 0 rows stored, 25 were there") == 2
    assert out.count(": 2 rows stored, 0 were there") == 2
    assert run(lab, "restore", target) == 0
    assert everything(lab) == before


# Seen to fail: without the deletions at the beginning of restore_month() (nothing could be stored).
def test_what_is_left_is_completed(lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(lab)
    lab.sql('delete from series."TbSensorRegistro" where "cdSensor" = 12 and "nrQualidade" = 1')
    lab.sql('delete from series."TbPosicao" where "cdDispositivo" = 3')
    assert run(lab, "restore", target, *MINE) == 0
    assert "4 rows stored, 21 were there" in capsys.readouterr().out
    assert run(lab, "restore", target) == 0
    assert everything(lab) == before


# Seen to fail: with each part of 40_conflicts.sql left out.
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('update series."TbSensorRegistro" set "nrValor" = 9 where "cdSensor" = 13 and "nrValor" = 0.1',
         "value of sensor 13 at {month}-01 05:30:00Z: nrValor is 9, 0.1 in the archive"),
        ("""update series."TbSensorRegistro" set "dsValor" = 'x' where "dsValor" = '' """,
         "dsValor is x, "),
        ('update series."TbSensorRegistro" set "nrQualidade" = 2 where "cdSensor" = 13 and "nrValor" = 0.1',
         "nrQualidade is 2, 0 in the archive"),
        ('update series."TbPosicao" set "nrBat" = null where "nrBat" = 3.7',
         "position of device 1 at {month}-01 00:00:00Z, nrSeq null"),
        ('update series."TbPosicao" set "cdPosicao" = "cdPosicao" + 1000 where "nrBat" = 3.7',
         "cdPosicao is 1"),
        ('update series."TbPosicao" set "nrSeq" = 99 where "nrBat" = 3.7', "position of code"),
        ('update series."TbPosicao" set "cdEndereco" = 2 where "nrBat" = 3.7', "cdEndereco is 2, 1 in"),
    ],
)  # fmt: skip
def test_a_row_with_other_values_is_an_error_that_names_it(
    lab: Lab, target: Path, change: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.sql("""delete from series."TbSensorRegistro" where "dsValor" <> '' """)
    lab.sql('delete from series."TbPosicao" where "cdDispositivo" = 3')
    lab.sql(f"{change} and \"dtRegistro\" >= '{OLD}'")
    before = everything(lab)
    assert run(lab, "restore", target, *MINE) == 1
    err = capsys.readouterr().err
    assert said.format(month=name(OLD)) in err
    assert "Nothing of it was stored" in err
    assert everything(lab) == before


# Seen to fail: with cdEndereco among what is compared.
def test_an_address_that_was_found_since_is_no_difference(lab: Lab, target: Path) -> None:
    lab.sql('update series."TbPosicao" set "cdEndereco" = 2 where "cdEndereco" is null')
    before = everything(lab)
    assert run(lab, "restore", target) == 0
    assert everything(lab) == before


# Seen to fail: without the dirty hours of values, and without those of positions.
def test_rollups_and_totals_follow(lab: Lab, target: Path, reader: Reader) -> None:
    windows = [(start, start + timedelta(days=31)) for start in (OLD, OLDER)]
    windows.append((OLD, OLD + timedelta(hours=5, minutes=30)))
    asked: tuple[Any, ...] = ([11, 13, 21], [1, 2, 3], windows)
    _rollups.settle(lab)
    reader.look(*asked)
    for client in (CLIENT, CHILD):
        delete(lab, client)
    _rollups.settle(lab)
    reader.look(*asked)
    assert run(lab, "restore", target) == 0
    reader.look(*asked)
    _rollups.settle(lab)
    reader.look(*asked)


# Seen to fail: with the current positions of the client deleted before its rows are stored.
def test_current_positions_never_move_back(lab: Lab, target: Path) -> None:
    delete(lab, CLIENT)
    lab.gateway.ingest([{"cdDispositivo": 1, "dtRegistro": iso(month(1)), "nrBat": 3.3}])
    before = lab.sql('select a.* from "TbPosicaoAtual" a order by 1')
    assert run(lab, "restore", target, *MINE) == 0
    after = lab.sql('select a.* from "TbPosicaoAtual" a order by 1')
    assert [row for row in after if row[0] != 1] == [row for row in before if row[0] != 1]
    (battery,) = lab.sql('select "dtRegistro", "nrBat" from "TbPosicaoAtual" where "cdDispositivo" = 1')
    assert battery == (month(1), 3.3)


def test_the_addresses_of_restored_positions_cannot_be_deleted(lab: Lab, target: Path) -> None:
    delete(lab, CLIENT)
    lab.sql('delete from "TbEnderecoVinculo"')
    assert run(lab, "restore", target, *MINE) == 0
    found = lab.sql('select "cdEndereco", "cdCliente" from "TbEnderecoVinculo" order by 1')
    assert found == [(1, CLIENT), (3, CLIENT)]


# Seen to fail: with retention_deadlines() or TbRetencaoPiso left out of 20_refusals.sql, each.
@pytest.mark.parametrize("expired", [False, True])
def test_what_has_expired_is_refused_and_comes_back_in_a_copy(
    lab: Lab, target: Path, expired: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows(lab, "TbSensorRegistro", CLIENT, OLDER)
    delete(lab, CLIENT)
    lab.sql(
        """insert into "TbPoliticaRetencao" ("cdCliente", "nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
           values (%s, 200, null, null, null)""",
        CLIENT,
    )
    if expired:
        lab.sql("select private.announce_expiry(now() at time zone 'UTC')")
        lab.sql('update "TbPoliticaRetencao" set "blGuardaLegal" = true where "cdCliente" = %s', CLIENT)
    assert run(lab, "restore", target, "--client", CLIENT, "--month", name(OLDER)) == 1
    assert "have expired here, or would at the next maintenance" in capsys.readouterr().err
    assert rows(lab, "TbSensorRegistro", CLIENT, OLDER) == []
    assert run(lab, "restore", target, *MINE) == 0  # is younger
    # as scripts/README.md says, in a copy of the database
    lab.sql(
        """insert into public."TbPoliticaRetencao" ("cdCliente", "blGuardaLegal") values (%s, true)
           on conflict ("cdCliente") do update set "blGuardaLegal" = true""",
        CLIENT,
    )
    lab.sql('delete from private."TbRetencaoPiso" where "cdCliente" = %s', CLIENT)
    assert run(lab, "restore", target, "--client", CLIENT, "--month", name(OLDER)) == 0
    assert rows(lab, "TbSensorRegistro", CLIENT, OLDER) == before


# Seen to fail: without the sequence in 30_months.sql.
def test_another_database_with_the_same_devices_takes_it(
    lab: Lab, target: Path, new_database: Callable[[], Database]
) -> None:
    wanted = everything(lab)
    with opened(new_database()) as other:
        assert run(other, "restore", target) == 0
        assert everything(other) == wanted
        other.gateway.ingest([{"cdDispositivo": 1, "dtRegistro": iso(month(1)), "nrBat": 3.3}])
        codes = other.sql('select "cdPosicao" from "TbPosicao" order by "dtRegistro"')
        assert codes[-1] > max(codes[:-1])


# Seen to fail: with each condition of 20_refusals.sql left out.
def test_what_the_database_does_not_know_is_refused(
    lab: Lab, target: Path, new_database: Callable[[], Database], capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(psycopg2.connect(new_database().owner_url)) as owner:
        owner.autocommit = True
        bare = Lab(Database(owner.info.dbname), owner, "", lab.gateway)
        assert run(bare, "restore", target) == 1
        err = capsys.readouterr().err
        assert "client 1 does not exist here" in err
        assert "devices that the client never had here: 1, 3" in err
        assert "11 (device 1), 12 (device 1), 13 (device 1)" in err
        assert everything(bare) == [[], []]
        _fleet.install(owner)
        assert run(bare, "restore", target) == 0


# Seen to fail: with the violation of a key left to psycopg2 (its text came instead).
def test_what_others_store_meanwhile_is_said(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(lab)
    found = rows(lab, "TbPosicao", CLIENT, OLD)
    delete(lab, CLIENT)
    with closing(psycopg2.connect(lab.database.owner_url)) as other, other.cursor() as cursor:
        names = ", ".join(f'"{column}"' for column in COLUMNS["TbPosicao"].split())
        cursor.execute(
            f'insert into series."TbPosicao" ({names}) values ({", ".join(["%s"] * 13)})', found[0]
        )
        with in_background(lambda: run(lab, "restore", target, *MINE)) as restoring:
            for _ in range(1000):
                if lab.sql("select 1 from pg_locks where not granted"):
                    break
                lab.sql("select pg_sleep(0.01)")
            other.commit()
            assert restoring.result(60) == 1
    assert "others stored rows of this month" in capsys.readouterr().err
    assert len(rows(lab, "TbPosicao", CLIENT, OLD)) == 1
    assert rows(lab, "TbSensorRegistro", CLIENT, OLD) == []
    assert run(lab, "restore", target) == 0
    assert everything(lab) == before


def _rewrite(target: Path, table: str, change: Callable[[Any], Any]) -> None:
    """An archive as another version could have written it."""
    path = file(target, table, CLIENT, OLD)
    pq.write_table(change(pq.read_table(path)), path)
    place = path.with_name("manifest.json")
    whole = json.loads(place.read_text())
    part = manifest.Part.of(f"client-{CLIENT}/{name(OLD)}")
    assert part
    whole["tables"][table] = {"file": path.name} | manifest.describe(part, path)
    place.write_text(json.dumps(whole))


# Seen to fail: without `including defaults` in 10_tables.sql.
def test_a_column_that_came_later_has_its_default(lab: Lab, target: Path) -> None:
    lab.sql('update series."TbSensorRegistro" set "nrQualidade" = 0')
    before = everything(lab)
    _rewrite(target, "TbSensorRegistro", lambda table: table.drop_columns(["nrQualidade"]))
    delete(lab, CLIENT)
    assert run(lab, "restore", target, *MINE) == 0
    kept = [row for row in before[1] if name(OLD) in row]
    assert [row for row in everything(lab)[1] if name(OLD) in row] == kept


def test_a_column_that_the_database_does_not_have_is_refused(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _rewrite(target, "TbPosicao", lambda table: table.append_column("nrAltitude", table["nrBat"]))
    delete(lab, CLIENT)
    assert run(lab, "restore", target, *MINE) == 1
    assert "no columns nrAltitude: it needs migrations" in capsys.readouterr().err
