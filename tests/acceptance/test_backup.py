"""Backup and restore as the page for operators says, block by block, while devices send."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import state_dir
from tests.acceptance import backup_stage, bare_server
from tests.acceptance.backup_stage import CRON, OLD, Device, Installation, digests, rows
from tests.acceptance.operating import command
from tests.acceptance.senders import until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    found = state_dir() / "backups"
    with only_one("backups"):
        shutil.rmtree(found, ignore_errors=True)
        found.mkdir()
        yield found
        shutil.rmtree(found)


@pytest.fixture(scope="module")
def source(folder: Path) -> Iterator[Installation]:
    with backup_stage.installed(folder) as found:
        yield found


# Seen to fail: without the roles of globals.sql.
def test_a_dump_is_restored_on_another_server(source: Installation, folder: Path) -> None:
    device = source.device()
    with device.sending():
        begun = list(device.acknowledged)
        source.page("Dump")
    other = bare_server.on_a_port(folder / "other", 54_750)
    other.make()
    with other.running(*CRON):
        said = [source.page("Restore a dump", number, other) for number in range(2)]
        assert said[0].count("ERROR") == said[0].count('role "postgres" already exists') == 1, said[0]
        packed = (OLD, OLD + timedelta(days=32))
        assert digests(other.url("rastro"), *packed) == digests(source.owner_url, *packed)
        source.page("Restore a dump", 2, other)
        assert digests(other.url("beside"), *packed) == digests(source.owner_url, *packed)
        assert rows(other.url("beside"), "show timezone") == [("UTC",)]
        check(source, device, other.url("rastro"), begun)
        assert rows(other.url("rastro"), "select jobname, username, database from cron.job") == [
            ("rastro-manutencao", "rastro_dono", "rastro")
        ]


# Seen to fail: without the target, as the accident is restored then, too.
def test_a_point_in_time_is_restored(source: Installation, folder: Path) -> None:
    device = source.device()
    with device.sending():
        source.page("Base backup and WAL", 1)
    ((target,),) = rows(source.owner_url, "select clock_timestamp()::text")
    before = digests(source.owner_url, OLD, datetime.now(UTC))
    rows(source.owner_url, 'truncate series."TbPosicao", series."TbSensorRegistro", "TbPosicaoAtual"')
    archive_all(source)
    other = bare_server.on_a_port(folder / "restored", 54_750)
    source.page("Restore to a point in time", 0, other, TARGET=target)
    with other.running(*CRON):
        url = other.url("rastro")
        until(lambda: rows(url, "select pg_is_in_recovery()") == [(False,)])
        source.page("Restore to a point in time", 1, other)
        assert digests(url, OLD, datetime.now(UTC)) == before
        check(source, device, url, device.acknowledged)
        assert rows(url, "select name from pg_file_settings where name ~ '^(recovery|restore)'") == []


def check(source: Installation, device: Device, url: str, acknowledged: list[int]) -> None:
    """All that was acknowledged is there, nothing half; the rest is as it was; the database is well."""
    numbers = backup_stage.numbers_of(url, device)
    assert set(acknowledged) <= set(numbers) <= set(range(1, device.sent + 1))
    assert rows(url, 'select 1 from series."TbSensorRegistroFrio" limit 1') != []
    backup_stage.check_rollups(url)
    backup_stage.maintain(url)
    backup_stage.maintain(url)
    backup_stage.check_rollups(url)
    rows(url, "alter system set fsync = on")  # as it is wherever somebody asks the doctor
    rows(url, "select pg_reload_conf()")
    owner = source.owner_url.replace(f":{source.server.port}/", f":{url.split(':')[3].split('/')[0]}/")
    assert "No problems found." in command("scripts/doctor", "--dsn", owner, "--verify-packs")


def archive_all(source: Installation) -> None:
    """The segment that is being written to is archived, as archive_timeout does within a minute."""
    ((segment,),) = rows(source.server.url("rastro"), "select pg_walfile_name(pg_switch_wal())")
    until(lambda: (source.backup / "wal" / segment).exists())
