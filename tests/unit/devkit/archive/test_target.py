"""Files of an archive appear whole, wherever it is."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import fs

from scripts.devkit.archive import target as targets
from scripts.devkit.archive.target import Folder, Target, opened
from scripts.devkit.console import Problem


@pytest.fixture
def store(tmp_path: Path) -> Target:
    """Used as an object store is; it has the folders that those need not have."""
    (tmp_path / "store" / "bucket" / "client-1" / "2025-01").mkdir(parents=True)
    files = fs.SubTreeFileSystem(str(tmp_path / "store"), fs.LocalFileSystem())
    return Target(files, "bucket", "s3://bucket")


@pytest.fixture(params=["folder", "store"])
def archive(request: pytest.FixtureRequest, store: Target, tmp_path: Path) -> Target:
    return store if request.param == "store" else Folder(tmp_path / "a rchive")


def put(archive: Target, name: str, content: bytes) -> None:
    with archive.workspace() as space:
        (space / "new").write_bytes(content)
        archive.put(space / "new", name)


def test_what_is_put_is_read(archive: Target, tmp_path: Path) -> None:
    assert archive.names() == []
    assert archive.read("client-1/2025-01/manifest.json") is None
    for content in (b"old", b"new"):
        put(archive, "client-1/2025-01/manifest.json", content)
    assert archive.names() == ["client-1/2025-01/manifest.json"]
    assert archive.read("client-1/2025-01/manifest.json") == b"new"
    assert archive.fetch("client-1/2025-01/manifest.json", tmp_path).read_bytes() == b"new"
    archive.delete("client-1/2025-01/manifest.json")
    archive.delete("client-1/2025-01/manifest.json")
    assert archive.names() == []
    with pytest.raises(Problem, match=r"has no client-1/2025-01/manifest\.json"):
        archive.fetch("client-1/2025-01/manifest.json", tmp_path)


# Seen to fail: without the deletion in Target.put.
@pytest.mark.parametrize("error", [KeyboardInterrupt(), pa.ArrowInvalid("gone"), OSError("gone")])
def test_an_upload_that_is_interrupted_leaves_nothing(
    store: Target, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def interrupted(source, sink, _size):
        sink.write(source.read(3))
        raise error

    monkeypatch.setattr(targets.shutil, "copyfileobj", interrupted)
    with pytest.raises((KeyboardInterrupt, Problem)):
        put(store, "file", b"content")
    assert store.names() == []


# Seen to fail: with the text of pyarrow as it is.
def test_a_secret_in_a_url_is_not_printed() -> None:
    with pytest.raises(Problem) as problem:
        opened("nothing://user:secret@host/folder")
    assert re.match("nothing://host/folder cannot be used: ", str(problem.value))
    assert "secret" not in str(problem.value)
