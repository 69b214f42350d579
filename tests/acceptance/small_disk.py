"""A file system of a few MB, to be filled."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from scripts.devkit.local import packages


@contextmanager
def mounted(folder: Path, size_mb: int) -> Iterator[Path]:
    """Such a file system in this folder. Skips the test where we may not mount one."""
    folder.mkdir(exist_ok=True)
    _run("umount", str(folder))  # what a killed run left
    options = f"size={size_mb}m,mode=0755,uid={os.getuid()},gid={os.getgid()}"
    done = _run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))
    if done.returncode:
        pytest.skip(f"no small file system to fill could be had: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        _run("umount", str(folder))
        folder.rmdir()


def fill(path: Path, leave: int = 0) -> None:
    """Write a file until only so many bytes are left."""
    room = os.statvfs(path.parent)
    most = room.f_bavail * room.f_frsize - leave
    with suppress(OSError), path.open("wb", buffering=0) as file:
        for _ in range(most // 4096 + 1):
            file.write(bytes(4096))


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(packages.privileged(*command), capture_output=True, text=True, check=False)
