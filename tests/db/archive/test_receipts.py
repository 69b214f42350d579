"""The receipt of a deletion names the months in archives that have rows of the device still."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from scripts.devkit.archive import register
from scripts.devkit.archive.manifest import Part
from scripts.devkit.archive.target import opened
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Lab, in_background
from tests.db.archive._months import OLD, OLDER, fill, month, name, run


@pytest.fixture(autouse=True)
def unknown(lab: Lab) -> Iterator[None]:
    yield
    lab.sql('delete from private."TbArquivo"')
    lab.sql('delete from "TbReciboExclusao"')


def delete(lab: Lab, device: int) -> list[str]:
    """What the receipt names."""
    with lab.caller(role="service") as service:
        receipt: dict[str, Any] = service.call(
            "excluir_serie", p_cd_exclusao=str(uuid.uuid4()), p_cd_dispositivo=device, p_ds_motivo="x"
        )
    assert receipt["dtFim"]
    return list(receipt["dsArquivos"])


def of(target: Path, client: int, *months: Any) -> list[str]:
    return [f"{target}/client-{client}/{name(one)}" for one in months]


# Seen to fail: without complete(), and without the comparison of devices in finish_series_deletion().
def test_it_names_the_months_with_rows_of_the_device(lab: Lab, archived: Path) -> None:
    newer = month(1)
    lab.sql("select private.create_partition(c.relname::text, %s) from pg_class c where c.relkind = 'p' "
            "and c.relnamespace = 'series'::regnamespace order by c.relname", newer)  # fmt: skip
    lab.sql('insert into series."TbPosicao" ("dtRegistro", "cdDispositivo", "cdCliente") values (%s, 3, %s)',
            newer, CLIENT)  # fmt: skip
    assert run(lab, "write", archived, "--month", name(newer)) == 0
    assert delete(lab, 2) == of(archived, CHILD, OLDER, OLD)
    assert delete(lab, 1) == of(archived, CLIENT, OLDER, OLD)
    assert delete(lab, 3) == of(archived, CLIENT, OLDER, OLD, newer)
    assert delete(lab, 4) == []
    assert delete(lab, 9) == []


# Seen to fail: without found(); when found() forgets which devices there are; without the comparison of
# clients in finish_series_deletion().
def test_what_is_there_already_is_named_too(lab: Lab, archived: Path) -> None:
    assert run(lab, "write", archived, "--until", name(OLD)) == 0
    assert delete(lab, 4) == [], "what is known stays known"
    lab.sql('delete from private."TbArquivo" where "cdCliente" = %s', CLIENT)
    assert run(lab, "write", archived, "--until", name(OLD)) == 0
    assert delete(lab, 4) == of(archived, CLIENT, OLDER, OLD), "nobody knows whose rows are in them"
    assert delete(lab, 2) == of(archived, CHILD, OLDER, OLD)
    fill(lab, month(3))
    assert run(lab, "write", archived, "--until", name(OLD)) == 0
    assert delete(lab, 2) == of(archived, CHILD, OLDER, month(3), OLD)


# Seen to fail: without announce().
def test_a_month_that_was_not_finished_may_have_them(
    lab: Lab, world: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scripts.devkit.archive.target.Folder.put", interrupted)
    assert run(lab, "write", tmp_path / "a", "--month", name(OLD)) == 1
    assert delete(lab, 4) == of(tmp_path / "a", CLIENT, OLD)


# Seen to fail: without the lock in announce().
def test_a_deletion_in_progress_is_waited_for(lab: Lab, world: None, tmp_path: Path) -> None:
    part, target = Part(CLIENT, OLD), opened(str(tmp_path))
    with lab.caller(role="service") as service, closing(psycopg2.connect(lab.database.owner_url)) as archive:
        service.connection.autocommit = False
        service.call("excluir_serie", p_cd_exclusao=str(uuid.uuid4()), p_cd_dispositivo=1, p_ds_motivo="x")
        with in_background(lambda: register.announce(archive, target, part)) as done:
            lab.wait_until_blocked(archive.get_backend_pid())
            service.connection.commit()
            done.result(10)
    shutil.rmtree(tmp_path)


# Seen to fail: with `said`, which is as it was written.
def test_the_path_does_not_depend_on_the_working_directory(
    lab: Lab, world: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(lab, "write", "cold", "--month", name(OLD)) == 0
    assert delete(lab, 2) == of(tmp_path / "cold", CHILD, OLD)
