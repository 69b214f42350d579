"""Pictures of products: their formats, and their store, a folder or a bucket of Supabase Storage.

Names of files are generated here, never taken from a caller; the format is detected from the content.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from posixpath import normpath
from secrets import token_hex
from typing import Any, Protocol

from PIL import Image, UnidentifiedImageError
from werkzeug.security import safe_join

from app.errors import ApiError, from_status

_KINDS = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WEBP": ("webp", "image/webp")}
MIMETYPES = tuple(mimetype for _, mimetype in _KINDS.values())
_MAX_PIXELS = 50_000_000


class Images(Protocol):
    """Stores files by name. Raises ApiError 404 for an unknown name, 503 when the store is not available."""

    def put(self, name: str, content: bytes, mimetype: str) -> None:
        """Store a file under a new name."""

    def get(self, name: str) -> bytes:
        """The content of a file."""

    def delete(self, name: str) -> None:
        """Delete a file; one that does not exist is ignored."""


def kind_of(content: bytes) -> tuple[str, str] | None:
    """Extension and media type of a PNG, JPEG or WebP picture of sane size; None for anything else."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(_KINDS)) as picture:
            if picture.width * picture.height > _MAX_PIXELS or picture.format not in _KINDS:
                return None
            kind = _KINDS[picture.format]
            picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    return kind


def new_name(extension: str) -> str:
    """A name that nobody can guess."""
    return f"{token_hex(16)}.{extension}"


def folder_of(product: int) -> str:
    """Where files of a product are. Admins can write rows that name any file; the folder says whose it is."""
    return f"produtos/{product}/"


def product_of(name: str) -> int | None:
    """The product whose file this is; None for files of the legacy system, which have no folders."""
    found = re.match(r"/+produtos/(\d+)/", normpath(f"/{name}"))
    return int(found[1]) if found else None


class FolderImages:
    """Images in a folder of this machine."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder).resolve()

    def put(self, name: str, content: bytes, mimetype: str) -> None:
        """See Images. Written to a draft and renamed: a file exists completely or not at all."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}")
            draft.write_bytes(content)
            draft.rename(path)
        except OSError as error:
            raise from_status(503, "Pictures cannot be stored: the store is not available.") from error

    def get(self, name: str) -> bytes:
        """See Images."""
        try:
            return self._path(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise _absent() from None
        except OSError as error:
            raise from_status(503, "Pictures cannot be read: the store is not available.") from error

    def delete(self, name: str) -> None:
        """See Images."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Inside the folder, whatever a row of the database says."""
        inside = safe_join(str(self._folder), name) if "\x00" not in name else None
        if inside is None:
            raise _absent()
        return Path(inside)


class StorageImages:
    """Images in a bucket of Supabase Storage; ``connect`` makes supabase-py's client when first needed."""

    def __init__(self, connect: Callable[[], Any], bucket: str) -> None:
        self._connect, self._bucket = connect, bucket
        self._client: Any = None

    def put(self, name: str, content: bytes, mimetype: str) -> None:
        """See Images."""
        self._do(lambda files: files.upload(name, content, {"content-type": mimetype}), absent=False)

    def get(self, name: str) -> bytes:
        """See Images."""
        content: bytes = self._do(lambda files: files.download(name))
        return content

    def delete(self, name: str) -> None:
        """See Images."""
        self._do(lambda files: files.remove([name]))

    def _do(self, action: Callable[[Any], Any], absent: bool = True) -> Any:
        """``absent``: a refusal may mean that the name is unknown."""
        from httpx import HTTPError
        from storage3.exceptions import StorageApiError

        try:
            self._client = self._client or self._connect()
            return action(self._client.storage.from_(self._bucket))
        except StorageApiError as error:
            if absent and str(error.status) in (
                "400",
                "404",
            ):  # Storage says 400 for a name that is not there
                raise _absent() from error
            raise from_status(503, "The store of pictures is not available.") from error
        except HTTPError as error:
            raise from_status(503, "The store of pictures is not available.") from error


def _absent() -> ApiError:
    return from_status(404, "The picture does not exist or is not visible to you.")
