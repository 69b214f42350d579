"""An archive in a bucket. RASTRO_TEST_S3 is the URL of an empty one of any server, such as moto's:

pip install 'moto[s3]' flask flask-cors && moto_server -p 5555       # in an environment of its own
export AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_DEFAULT_REGION=us-east-1
curl -X PUT http://127.0.0.1:5555/cold
RASTRO_TEST_S3='s3://cold/rastro?endpoint_override=127.0.0.1:5555&scheme=http' scripts/test tests/db/archive
"""

import os
from pathlib import Path

import pytest

from scripts.devkit.archive import target as targets
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Lab
from tests.db.archive import _months
from tests.db.archive._months import delete, everything, month, name, run

URL = os.environ.get("RASTRO_TEST_S3", "")
OLD = month(2)


@pytest.fixture
def bucket() -> targets.Target:
    found = targets.opened(URL)
    for one in found.names():
        found.delete(one)
    return found


def test_a_bucket_gives_back_what_it_got(
    lab: Lab, bucket: targets.Target, capsys: pytest.CaptureFixture[str]
) -> None:
    _months.begin_anew(lab)
    _months.fill(lab, OLD)
    before = everything(lab)
    assert run(lab, "list", URL) == 1
    for already in (0, 2):
        assert run(lab, "write", URL, "--until", name(OLD)) == 0
        assert f"There already: {already}." in capsys.readouterr().out
    assert len(bucket.names()) == 6
    assert run(lab, "verify", URL) == 0
    for client in (CLIENT, CHILD):
        delete(lab, client)
    for _ in range(2):
        assert run(lab, "restore", URL) == 0
        assert everything(lab) == before


def test_an_upload_of_several_parts_is_whole_or_not_there(
    bucket: targets.Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large").write_bytes(os.urandom(30 << 20))
    bucket.put(tmp_path / "large", "whole")
    assert bucket.fetch("whole", tmp_path).read_bytes() == (tmp_path / "large").read_bytes()

    def interrupted(source, sink, _size):
        sink.write(source.read(20 << 20))
        raise KeyboardInterrupt

    monkeypatch.setattr(targets.shutil, "copyfileobj", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bucket.put(tmp_path / "large", "torn")
    assert bucket.names() == ["whole"]
