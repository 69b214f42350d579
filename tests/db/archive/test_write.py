"""An archive has every row of a client's month, to the last bit, and readers need nothing of ours."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from scripts.devkit.archive import write
from scripts.devkit.commands import archive
from tests._lib import databases
from tests._lib.databases import Database
from tests.db._fleet import CHILD, CLIENT, STRANGER
from tests.db._lab import Lab
from tests.db.archive import _months
from tests.db.archive._months import (
    COLUMNS,
    OLD,
    OLDER,
    by_duckdb,
    by_pandas,
    file,
    month,
    name,
    rows,
    run,
    single,
)


@pytest.fixture(autouse=True)
def rows_to_archive(world: None) -> None:
    """Two months of two clients."""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "archive"


# Seen to fail: without quoted_strings_can_be_null=False ("" became null), with times in milliseconds.
@pytest.mark.parametrize("client", [CLIENT, CHILD])
@pytest.mark.parametrize("table", COLUMNS)
def test_duckdb_and_pandas_read_the_rows_of_the_database(
    lab: Lab, target: Path, table: str, client: int
) -> None:
    assert run(lab, "write", target, "--until", name(OLD)) == 0
    for start in (OLD, OLDER):
        wanted = rows(lab, table, client, start)
        assert wanted
        if table == "TbPosicao":
            wanted = single(wanted)
        path = file(target, table, client, start)
        assert by_duckdb(path) == wanted
        assert repr(by_pandas(path)) == repr(wanted)  # -0.0 is equal to 0.0, but does not look the same
        assert pq.read_schema(path).names == COLUMNS[table].split()


# Seen to fail: with `"cdCliente" = …` left out of the query.
def test_what_a_device_sent_for_another_client_is_in_that_clients_file(lab: Lab, target: Path) -> None:
    link = 'insert into "TbDispositivoVinculo" ("cdDispositivo", "cdCliente") values (1, %s)'
    lab.sql(f"{link} on conflict do nothing", CHILD)
    for table in COLUMNS:
        sent = [column for column in COLUMNS[table].split() if column not in ("cdCliente", "cdPosicao")]
        names = [f'"{column}"' for column in sent]
        lab.sql(
            f"""insert into series."{table}" ("cdCliente", {", ".join(names)})
                select %s, {", ".join(names)} from "{table}" where "cdCliente" = %s and "dtRegistro" = %s""",
            CHILD, CLIENT, OLD,
        )  # fmt: skip
    assert run(lab, "write", target, "--month", name(OLD)) == 0
    for table in COLUMNS:
        for client, more in ((CLIENT, 0), (CHILD, 2 if table == "TbPosicao" else 1)):
            found = by_duckdb(file(target, table, client, OLD))
            assert {row[COLUMNS[table].split().index("cdCliente")] for row in found} == {client}
            assert len(found) == len(rows(lab, table, client, OLD)) > more


def test_all_months_of_all_clients_are_one_line_of_sql(lab: Lab, target: Path) -> None:
    assert run(lab, "write", target, "--until", name(OLD)) == 0
    counted = duckdb.sql(
        f"""select "cdCliente", count(*) from '{target}/*/*/TbSensorRegistro.parquet' group by 1 order by 1"""
    )
    said = lab.sql('select "cdCliente", count(*) from "TbSensorRegistro" group by 1 order by 1')
    assert counted.fetchall() == said


# Seen to fail: without the lengths of texts in Content, and with hashes per batch.
@pytest.mark.parametrize("block", [1 << 24, 1 << 13])
def test_the_manifest_says_what_the_files_are(
    lab: Lab, target: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(write, "_BLOCK", block)  # several batches and row groups, or one
    assert run(lab, "write", target, "--client", CLIENT, "--month", name(OLD)) == 0
    whole = json.loads((target / f"client-{CLIENT}" / name(OLD) / "manifest.json").read_text())
    assert (whole["client"], whole["month"], whole["expiredBefore"]) == (CLIENT, name(OLD), None)
    assert whole["schema"] == lab.sql("select max(version) from supabase_migrations.schema_migrations")[0][0]
    for table in COLUMNS:
        path, said = file(target, table, CLIENT, OLD), whole["tables"][table]
        found = rows(lab, table, CLIENT, OLD)
        times = [f"{row[COLUMNS[table].split().index('dtRegistro')].isoformat('T', 'microseconds')}Z"
                 for row in found]  # fmt: skip
        digest = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout
        assert said["file"] == path.name
        assert said["rows"] == len(found)
        assert (said["first"], said["last"]) == (min(times), max(times))
        assert (said["bytes"], said["sha256"]) == (path.stat().st_size, digest.split()[0])
        assert said["content"] == _months.content(table, found)


# Seen to fail: with this client added to those that are counted.
def test_a_client_without_rows_has_no_files(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(lab, "write", target, "--client", STRANGER, "--until", name(OLD)) == 0
    assert capsys.readouterr().out == "Written: 0, 0 rows. There already: 0.\n"
    assert list(target.rglob("*")) == []
    assert run(lab, "write", target, "--client", 77, "--until", name(OLD)) == 1
    assert "There is no client 77" in capsys.readouterr().err


def test_one_table_may_be_empty(lab: Lab, target: Path) -> None:
    lab.sql('delete from series."TbPosicao" where "cdCliente" = %s', CHILD)
    assert run(lab, "write", target, "--client", CHILD, "--month", name(OLD)) == 0
    path = file(target, "TbPosicao", CHILD, OLD)
    assert (by_duckdb(path), by_pandas(path)) == ([], [])
    assert pq.read_schema(path) == pq.read_schema(file(target, "TbPosicao", CHILD, OLD))
    assert run(lab, "verify", target) == 0


def test_a_month_that_has_not_ended_is_refused(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(lab, "write", target, "--month", name(month(0))) == 1
    assert "has not ended yet" in capsys.readouterr().err
    assert run(lab, "write", target, "--month", "2025-13") == 1
    assert "write it as 2025-01" in capsys.readouterr().err


# Seen to fail: without set row_security = off (files without rows, and no error).
def test_a_login_that_does_not_see_all_rows_is_refused(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{lab.database.owner_url}?options=-c%20role%3Dauthenticated"
    with pytest.raises(SystemExit) as end:
        archive.main(["write", str(target), "--month", name(OLD), "--dsn", url])
    assert end.value.code == 1
    assert "Only the owner of the tables may do this" in capsys.readouterr().err


# Seen to fail: with again alone as the condition (the archive lost what the database had lost).
def test_what_is_there_is_left_and_what_has_changed_since_is_said(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--client", CLIENT, "--month", name(OLD))
    assert run(lab, "write", target, *asked) == 0
    path = file(target, "TbPosicao", CLIENT, OLD)
    before = path.stat().st_mtime_ns
    assert run(lab, "write", target, *asked) == 0
    assert path.stat().st_mtime_ns == before
    lab.sql(
        'insert into series."TbPosicao" ("dtRegistro", "cdDispositivo", "cdCliente", "nrBat") '
        "values (%s::timestamp + interval '3 days', 1, 1, 3)",
        OLD,
    )
    assert run(lab, "write", target, *asked) == 1
    assert "TbPosicao has 5 rows now, 4 in the archive" in capsys.readouterr().out
    assert run(lab, "write", target, *asked, "--again") == 0
    assert len(by_duckdb(path)) == 5
    lab.sql('delete from series."TbPosicao" where "cdCliente" = 1 and "nrBat" = 3')
    assert run(lab, "write", target, *asked, "--again") == 1
    assert "has what the database no longer has" in capsys.readouterr().out
    assert len(by_duckdb(path)) == 5


# Seen to fail: with TbRetencaoPiso left out of _state().
def test_what_had_expired_before_is_said(lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab.sql(
        """insert into private."TbRetencaoPiso" ("cdCliente", "dtBruto", "dtAnunciado")
           values (%s, %s, %s)""",
        CLIENT, OLD + timedelta(hours=4), OLD + timedelta(hours=4),
    )  # fmt: skip
    assert run(lab, "write", target, "--until", name(OLD)) == 0
    said = f"client 1, {name(OLD)}: what is older than {name(OLD)}-01 04:00 UTC had expired, and is missing"
    out = capsys.readouterr().out
    assert said in out
    assert out.count("had expired") == 2  # and of the older month everything
    whole = json.loads((target / f"client-{CLIENT}" / name(OLD) / "manifest.json").read_text())
    assert whole["expiredBefore"] == f"{name(OLD)}-01T04:00:00.000000Z"


# Seen to fail: without the advisory lock.
def test_one_writes_at_a_time(lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab.sql("select pg_advisory_lock(7274737474)")
    try:
        assert run(lab, "write", target, "--until", name(OLD)) == 1
    finally:
        lab.sql("select pg_advisory_unlock(7274737474)")
    assert "Another scripts/archive write" in capsys.readouterr().err
    assert not target.exists()


# Seen to fail: without the comparison of counts after writing.
def test_rows_that_no_link_leads_to_are_not_left_out_silently(
    lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.sql(
        'insert into series."TbPosicao" ("dtRegistro", "cdDispositivo", "cdCliente") values (%s, 9, 1)', OLD
    )
    assert run(lab, "write", target, "--month", name(OLD)) == 1
    assert "TbPosicao had 5 rows, and 4 were found by the devices" in capsys.readouterr().err
    assert not list(target.rglob("manifest.json"))


def test_a_list_says_what_there_is(lab: Lab, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lab, "list", target) == 1
    assert "has no such month" in capsys.readouterr().err
    assert run(lab, "write", target, "--until", name(OLD)) == 0
    capsys.readouterr()
    assert run(lab, "list", target, "--client", CLIENT) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" rows, ")[0] for line in lines] == [
        f"client 1, {name(OLDER)}: 25",
        f"client 1, {name(OLD)}: 25",
    ]


# Seen to fail: without UNDEFINED_TABLE in _in_words().
def test_a_database_without_migrations_is_said(
    target: Path, project: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with databases.clone(project) as bare, pytest.raises(SystemExit):
        archive.main(["write", str(target), "--month", name(OLD), "--dsn", bare.owner_url])
    assert "The database lacks migrations" in capsys.readouterr().err
