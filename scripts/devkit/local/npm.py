"""Programs from npm, pinned by a package-lock.json of their own and installed into `.local/`."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from ..console import Problem
from .locks import only_one
from .paths import local

_NO_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH")


class UnavailableError(Problem):
    """This machine has no node, an old one, or no way to the registry; nothing is broken."""


def installed(name: str, sources: Path, *more: str) -> Path:
    """The folder `.local/<name>` with what `sources` pins, and these further files of it.

    Raises UnavailableError where it cannot be had, Problem where npm fails otherwise.
    """
    files = [sources / file for file in ("package.json", "package-lock.json", *more)]
    require_node(sources)
    folder = local() / name
    stamp = folder / _stamp(files)
    with only_one(name):
        if not stamp.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for file in files:
                shutil.copy(file, folder)
            _install(folder)
            stamp.touch()
    return folder


def require_node(sources: Path) -> None:
    """Raise UnavailableError unless node is there, as new as the package wants it, with npm."""
    package = json.loads((sources / "package.json").read_text())
    name, wanted = package["name"], package["engines"]["node"]
    if not (shutil.which("node") and shutil.which("npm")):
        raise UnavailableError(f"{name} needs node {wanted} with npm, and there is none")
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if _numbers(found) < _numbers(wanted):
        raise UnavailableError(f"{name} needs node {wanted}, and this is {found}")


def _stamp(files: list[Path]) -> str:
    contents = b"".join(file.read_bytes() for file in files)
    return f"installed-{hashlib.sha256(contents).hexdigest()[:16]}"


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _install(folder: Path) -> None:
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env=os.environ | {"npm_config_update_notifier": "false", "npm_config_fetch_retries": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and (fault := _NO_NETWORK.search(done.stderr)):
        raise UnavailableError(f"npm could not fetch {folder.name} for want of network ({fault[0]})")
    if done.returncode:
        raise Problem(f"npm ci in {folder} failed:\n{done.stderr}")
