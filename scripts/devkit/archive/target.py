"""Where an archive is: a folder, or a bucket of an object store. No reader ever sees half a file there."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from ..console import Problem

PARTIAL = ".partial-"
_BLOCK = 1 << 22


def opened(target: str) -> "Target":
    """The archive at a path or URL such as s3://bucket/folder. Raises Problem."""
    if "://" not in target:
        return Folder(Path(target))
    said = _without_login(target)
    try:
        files, root = fs.FileSystem.from_uri(target)
    except (pa.ArrowException, OSError) as error:
        raise Problem(f"{said} cannot be used: {str(error).replace(target, said)}") from None
    if isinstance(files, fs.LocalFileSystem):
        return Folder(Path(root))
    return Target(files, root.rstrip("/"), said)


class Target:
    """An object store: what is uploaded appears when its last byte is there."""

    def __init__(self, files: fs.FileSystem, root: str, said: str) -> None:
        self._files, self._root, self.said = files, root, said

    @property
    def address(self) -> str:
        """Where it is, whatever the working directory; without what may be a secret."""
        return self.said.rstrip("/")

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A folder for files that are not finished."""
        with tempfile.TemporaryDirectory(prefix=PARTIAL) as folder:
            yield Path(folder)

    def put(self, source: Path, name: str) -> None:
        """Store a whole file under this name, in place of what is there. The source may be moved away."""
        with _in_words(self.said), source.open("rb") as begun:
            sink = self._files.open_output_stream(self._path(name))
            try:
                shutil.copyfileobj(begun, sink, _BLOCK)
            except BaseException:
                # closing ends the upload as if it were whole, and there is no other way to end it
                with suppress(pa.ArrowException, OSError):
                    sink.close()
                self.delete(name)
                raise
            sink.close()

    def fetch(self, name: str, space: Path) -> Path:
        """A file of the archive, copied into this folder. Raises Problem if it is not there."""
        copy = space / Path(name).name
        with (
            _in_words(self.said, name),
            copy.open("wb") as out,
            self._files.open_input_stream(self._path(name)) as source,
        ):
            shutil.copyfileobj(source, out, _BLOCK)
        return copy

    def read(self, name: str) -> bytes | None:
        """The content of a small file, or None if it is not there."""
        with _in_words(self.said, name):
            if self._files.get_file_info(self._path(name)).type == fs.FileType.NotFound:
                return None
            with self._files.open_input_stream(self._path(name)) as source:
                return bytes(source.read())

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""
        with _in_words(self.said, name):
            if self._files.get_file_info(self._path(name)).type == fs.FileType.File:
                self._files.delete_file(self._path(name))

    def names(self) -> list[str]:
        """All files, sorted, relative to the archive."""
        chosen = fs.FileSelector(self._root, allow_not_found=True, recursive=True)
        with _in_words(self.said):
            found = self._files.get_file_info(chosen)
        return sorted(
            one.path[len(self._root) :].lstrip("/") for one in found if one.type == fs.FileType.File
        )

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


class Folder(Target):
    """A folder: files are written beside their place, synced and renamed."""

    def __init__(self, root: Path) -> None:
        super().__init__(fs.LocalFileSystem(), str(root.absolute()), str(root))

    @property
    def address(self) -> str:
        return self._root

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        with _in_words(self.said):
            root = Path(self._root)
            root.mkdir(parents=True, exist_ok=True)
            for left in root.glob(f"{PARTIAL}*"):  # by a run that was killed: one writes at a time
                shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=root) as folder:
            yield Path(folder)

    def put(self, source: Path, name: str) -> None:
        place = Path(self._path(name))
        with _in_words(self.said):
            place.parent.mkdir(parents=True, exist_ok=True)
            _sync(source)
            source.replace(place)
            for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
                _sync(folder)

    def fetch(self, name: str, space: Path) -> Path:
        place = Path(self._path(name))
        if not place.is_file():
            raise Problem(f"{self.said} has no {name}.")
        return place  # as it is: nothing to copy


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _without_login(target: str) -> str:
    """The URL without what may be a secret."""
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def _in_words(said: str, name: str = "") -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Problem(f"{said} has no {name}." if name else f"{said} does not exist: {error}") from error
    except (pa.ArrowException, OSError) as error:
        text = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise Problem(f"{said} cannot be used: {text}") from error
